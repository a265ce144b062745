/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who we are, and what the normal world and SPs are told alike: handlers for the rows of nwd.c and of sp_calls.c. State
 * owned: our identifier, set once at boot. FF-A 1.2, 13.
 */
#ifndef ROLE_SPMC_COMMON_H
#define ROLE_SPMC_COMMON_H

#include "ffa/call.h"

/* As the SPMC's manifest says. Only read, after common_init(). */
extern uint16_t common_spmc_id;

void common_init(uint16_t spmc_id);

void common_version(struct ffa_caller *caller, struct ffa_regs *r);
void common_id_get(struct ffa_caller *caller, struct ffa_regs *r);
void common_spm_id_get(struct ffa_caller *caller, struct ffa_regs *r);
void common_info_regs(struct ffa_caller *caller, struct ffa_regs *r);

#endif
