/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The normal world and SPMD, as the SPMC sees them: one call at a time on each core, which arrives as the return of
 * our SMC and whose answer is our next SMC (FF-A 1.2, 4.4; TF-A's SPMD). State owned: the version that the normal
 * world has negotiated.
 */
#ifndef ROLE_SPMC_NWD_H
#define ROLE_SPMC_NWD_H

#include "ffa/call.h"
#include "lib/types.h"

/* Once, on the boot core. */
void nwd_init(void);

/*
 * Give the answer in r to SPMD (at first: FFA_MSG_WAIT, "I am ready"), take the next call and handle it: r is its
 * answer then, unless it had an SP enter (run.h).
 */
void nwd_exchange(struct ffa_regs *r);

/* r, the answer to SPMD's PSCI message, is that the core must stay on. */
void nwd_refuse_power_off(struct ffa_regs *r);

/* The functions that the normal world may call: FFA_ROWS of them. */
extern const struct ffa_row nwd_rows[];

#endif
