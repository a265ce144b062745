/* SPDX-License-Identifier: BSD-3-Clause */
/* FF-A calls that Secure Partitions make by SMC or HVC. */
#ifndef ROLE_SPMC_SP_CALLS_H
#define ROLE_SPMC_SP_CALLS_H

#include "lib/types.h"

struct vcpu;

/* v made an FF-A call: a row of role_smc_std. */
void sp_calls_ffa(struct vcpu *v);

#endif
