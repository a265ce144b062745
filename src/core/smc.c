/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls by HVC and SMC: from the function identifier to the role's handler (SMCCC 1.2, DEN 0028 ch.
 * 2 and 6).
 *
 * No state, no lock. This is the hottest path that a guest can drive: the standard secure services (PSCI, TRNG, FF-A)
 * have one table, indexed by function number, and everything else goes to the role.
 */
#include "core/smc.h"

#include "abi/smccc.h"
#include "core/vcpu.h"
#include "role/role.h"

#define STD_FIXED (SMCCC_FAST | SMCCC_OWNER_STD << SMCCC_OWNER_SHIFT)
#define STD_ROWS  256
/* What may differ between the calls that role_smc_std answers. The hint bit says only what we need not preserve. */
#define STD_VARIES (SMCCC_64 | SMCCC_SVE_HINT | (STD_ROWS - 1))

/*
 * All that is not the hottest, for hints, other owners and what is not there; apart from smc_dispatch, so that this one
 * needs no stack frame. NOT_SUPPORTED is sign-extended to 64 bits, which is right for both conventions: SMC32 leaves
 * the upper half of x0 unspecified.
 */
static __attribute__((noinline)) void dispatch_other(struct vcpu *v, uint32_t fid)
{
	if ((fid & ~(uint32_t)STD_VARIES) == STD_FIXED) {
		const struct smc_row *row = &role_smc_std[fid & (STD_ROWS - 1)];

		if (row->conv & (fid & SMCCC_64 ? SMC_64 : SMC_32)) {
			row->fn(v);
			return;
		}
	} else if (role_smc_other(v)) {
		return;
	}
	v->arch.x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
}

void smc_dispatch(struct vcpu *v)
{
	uint32_t fid = (uint32_t)v->arch.x[0];
	uint32_t n = fid - STD_FIXED, n64 = fid - (STD_FIXED | SMCCC_64);

	/* A call without a hint; rows without a function have conv 0. */
	if (likely(n < STD_ROWS) && likely(role_smc_std[n].conv & SMC_32))
		role_smc_std[n].fn(v);
	else if (n64 < STD_ROWS && likely(role_smc_std[n64].conv & SMC_64))
		role_smc_std[n64].fn(v);
	else
		dispatch_other(v, fid);
}
