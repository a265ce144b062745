/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The calls that a VM can make (SMCCC 1.2): the table role_smc_std and role_smc_other of role.h are
 * defined in smccc.c.
 */
#ifndef ROLE_HYP_SMCCC_H
#define ROLE_HYP_SMCCC_H

/* Once, at boot: ask the firmware which of the processor work-arounds it has. */
void smccc_init(void);

#endif
