/* SPDX-License-Identifier: BSD-3-Clause */
/* FF-A calls that Secure Partitions make by SMC or HVC, and the requests that others make of them. */
#ifndef ROLE_SPMC_SP_CALLS_H
#define ROLE_SPMC_SP_CALLS_H

#include "ffa/call.h"

struct vcpu;

void sp_calls_init(uint16_t spmc_id);

/* v made an FF-A call: a row of role_smc_std. */
void sp_calls_ffa(struct vcpu *v);

/*
 * A direct request of the normal world, in r: enters the SP, or leaves the error in r. FF-A 1.2, 15.2 to 15.5.
 */
void sp_calls_request(struct ffa_caller *caller, struct ffa_regs *r);

/* FFA_RUN of the normal world: goes on with an SP that was preempted, or lets one that waits have the core. */
void sp_calls_run(struct ffa_caller *caller, struct ffa_regs *r);

/* An interrupt of the normal world came while v ran: it gets the core back at once, and goes on with v by FFA_RUN. */
void sp_calls_preempt(struct vcpu *v);

/* v's SP ends: it did what it cannot go on from. Whoever waits for it gets FFA_ERROR(ABORTED). */
void sp_calls_abort(struct vcpu *v);

#endif
