/* SPDX-License-Identifier: BSD-3-Clause */
/* void arch_smc(uint64_t x[18]): SMC #0 with x0-x17 in and out (SMCCC 1.2). */
#include "abi/smccc_call.S"

	.text
	.global arch_smc
arch_smc:
	smccc_call smc
