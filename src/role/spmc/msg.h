/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls that give the core to somebody: direct messages, FFA_RUN, and those by which an SP gives it up. The same
 * functions for the normal world and for SPs (caller->role: its struct sp_ctx; NULL: the normal world), in the form of
 * ffa_row.fn. After one that succeeded, r is not what the caller gets: run.h decides. No state. FF-A 1.2,
 * 8 (runtime models), 14 (CPU cycles), 15 (direct messages).
 */
#ifndef ROLE_SPMC_MSG_H
#define ROLE_SPMC_MSG_H

#include "ffa/call.h"
#include "lib/types.h"

struct vcpu;

void msg_request(struct ffa_caller *caller, struct ffa_regs *r);
void msg_run(struct ffa_caller *caller, struct ffa_regs *r);

/* Of SPs only. */
void msg_response(struct ffa_caller *caller, struct ffa_regs *r);
void msg_wait(struct ffa_caller *caller, struct ffa_regs *r);
void msg_yield(struct ffa_caller *caller, struct ffa_regs *r);

/* v, which runs here or waits for who does, cannot go on: its SP ends as a whole. */
void msg_abort(struct vcpu *v);

#endif
