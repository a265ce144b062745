/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who has a core: the normal world, or an SP that runs for it. The schedule is made by calls: a request enters an SP,
 * its answer leaves it; there is no time slice (FF-A 1.2, 8). State owned: per core, who runs and the normal world's
 * registers. No lock: own core only.
 *
 * Handlers decide with run_enter() and run_leave(); role_next(), at the tail of the exit, does it.
 */
#ifndef ROLE_SPMC_RUN_H
#define ROLE_SPMC_RUN_H

#include "ffa/call.h"
#include "lib/types.h"
#include "role/spmc/sp_context.h"

struct sp_ctx;
struct vcpu;

/* Once, on the boot core. */
void run_init(void);

/* c, which is RUNNING by sp_context_enter() and has its message in its registers, has this core next. */
void run_enter(struct sp_ctx *c);

/* The SP that has this core, or NULL: the normal world. */
struct sp_ctx *run_current(void);

/*
 * It gives up the core, by this event of sp_context.h. answer: what the normal world's call returns; NULL: it waits for
 * none (initialization). The event happens only once the vCPU's registers are saved, since from then on another core
 * may enter it. If it is not to be (another core has aborted the SP), or is SP_ABORT, the answer is FFA_ERROR(ABORTED).
 */
void run_leave(const struct ffa_regs *answer, enum sp_event event);

/* role_next(): gives the core to who was decided on, which is the normal world in between. */
struct vcpu *run_next(void);

#endif
