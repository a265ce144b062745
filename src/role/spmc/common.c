/* SPDX-License-Identifier: BSD-3-Clause */
/* What all callers are told alike; see common.h. */
#include "role/spmc/common.h"

#include "ffa/partinfo.h"
#include "ffa/version.h"
#include "role/spmc/sp.h"

uint16_t common_spmc_id;

void common_init(uint16_t spmc_id)
{
	common_spmc_id = spmc_id;
}

/* The normal world's is answered by SPMD, after a framework message to us; its row is there for FEATURES. */
void common_version(struct ffa_caller *caller, struct ffa_regs *r)
{
	ffa_call_answer(r, (uint32_t)ffa_version_negotiate(caller->version, (uint32_t)r->x[1]), 0, 0, 0);
}

void common_id_get(struct ffa_caller *caller, struct ffa_regs *r)
{
	ffa_call_success(r, caller->id, 0);
}

void common_spm_id_get(struct ffa_caller *caller UNUSED, struct ffa_regs *r)
{
	ffa_call_success(r, common_spmc_id, 0);
}

void common_info_regs(struct ffa_caller *caller, struct ffa_regs *r)
{
	const struct ffa_partinfo_caller asks = { ffa_version_get(caller->version), caller->from == FFA_FROM_SP };

	ffa_partinfo_regs(sp_partinfo(), 0, &asks, r);
}
