/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls from a partition by HVC or SMC (SMCCC 1.2, DEN 0028): rows that a role fills in.
 *
 * Arguments and results are v->arch.x[0..17] in place: a handler writes exactly the registers that
 * its call defines as results; all others stay as the caller had them. An unknown call answers
 * SMCCC_NOT_SUPPORTED in x0.
 */
#ifndef CORE_SMC_H
#define CORE_SMC_H

#include "lib/types.h"

struct vcpu;

enum { SMC_32 = 1, SMC_64 = 2, SMC_BOTH = 3 };

struct smc_row {
	void (*fn)(struct vcpu *v); /* NULL: not supported */
	uint8_t conv;		    /* calling conventions that exist for it */
};

/*
 * v made a call: dispatch by owner and number. For SMC32 calls the upper halves of arguments are the
 * handler's to ignore.
 */
void smc_dispatch(struct vcpu *v);

#endif
