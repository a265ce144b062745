/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who has a core: the normal world, or the top of a call chain that runs for it (chain.h). The schedule is made by
 * calls and interrupts: a request enters an SP, its answer leaves it; there is no time slice (FF-A 1.2, 8 and 9). State
 * owned: per core, who runs, the normal world's registers, and which interrupts wait. No lock: own core only.
 *
 * Handlers decide (run_enter, run_leave, ...); run_next(), at the tail of the exit, does it.
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

/* c, the top of a chain (chain_push, chain_resume), has this core next. Its message is in its registers. */
void run_enter(struct sp_ctx *c);

/* The context that has this core, or NULL: the normal world. */
struct sp_ctx *run_current(void);

/*
 * It gives up the core by WAIT, YIELD or ABORT. answer: what the call of the one below returns; NULL: that one made no
 * call (initialization, a secure interrupt). The event happens only once the vCPU's registers are saved, since from
 * then on another core may enter it.
 */
void run_leave(const struct ffa_regs *answer, enum sp_event event);

/*
 * Give it up for a fault, or since another core has aborted it: whoever waits for its answer gets FFA_ERROR(ABORTED).
 */
void run_abort(void);

/* An interrupt of the normal world came while an SP ran: what is done with it is the chain's affair (run_irq.c). */
void run_foreign_irq(void);

/* Give it up for an interrupt of the normal world, with the whole chain. */
void run_preempt(void);

/*
 * A secure interrupt of c has become pending: tell whoever has c, or have it entered on this core if it is idle. If it
 * is blocked or preempted, it finds the interrupt when it goes on. Any core.
 */
void run_interrupt(struct sp_ctx *c);

/* c has been aborted by this core and may run on another one: that one must look. */
void run_tell_aborted(struct sp_ctx *c);

/*
 * The normal world turns this core off: the SPs that want to know are told, before SPMD's call returns the answer that
 * it has now. DENIED: an SP that this core called is not done.
 */
int run_power_off(void) MUST_CHECK;

/* What one of them says: a PSCI return value. */
void run_power_answer(int32_t status);

/* role_next(): gives the core to who was decided on, which is the normal world in between. first: the core comes up. */
struct vcpu *run_next(bool first);

#endif
