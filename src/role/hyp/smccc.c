/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The calls that a VM can make (SMCCC 1.2, DEN 0028): which function answers which, and the Arm Architecture Calls.
 *
 * State owned: what the firmware said about work-arounds; written once at boot, before any VM runs.
 * No lock. The calls of FF-A (0x60 to 0x8f of owner 4) have no rows yet: NOT_SUPPORTED.
 */
#include "role/hyp/smccc.h"

#include "abi/psci.h"
#include "abi/smccc.h"
#include "arch/cpu.h"
#include "core/hw.h"
#include "core/log.h"
#include "core/vcpu.h"
#include "role/hyp/psci.h"
#include "role/hyp/trng.h"
#include "role/role.h"

const struct smc_row role_smc_std[256] = {
	[PSCI_VERSION & 0xff] = { psci_version, SMC_32 },
	[PSCI_CPU_SUSPEND_32 & 0xff] = { psci_cpu_suspend, SMC_BOTH },
	[PSCI_CPU_OFF & 0xff] = { psci_cpu_off, SMC_32 },
	[PSCI_CPU_ON_32 & 0xff] = { psci_cpu_on, SMC_BOTH },
	[PSCI_AFFINITY_INFO_32 & 0xff] = { psci_affinity_info, SMC_BOTH },
	[PSCI_MIGRATE_INFO_TYPE & 0xff] = { psci_migrate_info_type, SMC_32 },
	[PSCI_SYSTEM_OFF & 0xff] = { psci_system_off, SMC_32 },
	[PSCI_SYSTEM_RESET & 0xff] = { psci_system_reset, SMC_32 },
	[PSCI_FEATURES & 0xff] = { psci_features, SMC_32 },
	[PSCI_SYSTEM_RESET2_32 & 0xff] = { psci_system_reset2, SMC_BOTH },
	[TRNG_VERSION & 0xff] = { trng_version, SMC_32 },
	[TRNG_FEATURES & 0xff] = { trng_features, SMC_32 },
	[TRNG_GET_UUID & 0xff] = { trng_get_uuid, SMC_32 },
	[TRNG_RND32 & 0xff] = { trng_rnd, SMC_BOTH },
};

/*
 * The work-arounds that firmware may have (SMCCC 7.4 to 7.6), and what it answered to ARCH_FEATURES: negative, 0, or 1
 * for "not needed".
 */
static struct workaround {
	uint32_t fid;
	int32_t firmware;
} workarounds[] = {
	{ SMCCC_ARCH_WORKAROUND_1, SMCCC_NOT_SUPPORTED },
	{ SMCCC_ARCH_WORKAROUND_2, SMCCC_NOT_SUPPORTED },
	{ SMCCC_ARCH_WORKAROUND_3, SMCCC_NOT_SUPPORTED },
};

/* A call of the firmware with one argument: w0 as it comes back. */
static int32_t firmware(uint32_t fid, uint64_t argument)
{
	uint64_t x[18] = { fid, argument };

	arch_smc(x);
	return (int32_t)x[0];
}

/*
 * The order of discovery is the specification's (Appendix A): what came before SMCCC 1.1 need not survive
 * an unknown call.
 */
void smccc_init(void)
{
	int32_t version;

	for (unsigned int i = 0; i < ARRAY_SIZE(workarounds); i++)
		workarounds[i].firmware = SMCCC_NOT_SUPPORTED;
	if (!hw.psci_smc || firmware(PSCI_VERSION, 0) < 0x10000)
		return;
	if (firmware(PSCI_FEATURES, SMCCC_VERSION) < 0)
		return;
	version = firmware(SMCCC_VERSION, 0);
	if (version < 0x10001)
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(workarounds); i++)
		workarounds[i].firmware = firmware(SMCCC_ARCH_FEATURES, workarounds[i].fid);
	log_debug("firmware: SMCCC %u.%u", (uint32_t)version >> 16, (uint32_t)version & 0xffff);
}

static void result(struct vcpu *v, int64_t r)
{
	v->arch.x[0] = (uint64_t)r;
}

static const struct workaround *find_workaround(uint32_t fid)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(workarounds); i++)
		if (workarounds[i].fid == fid)
			return &workarounds[i];
	return NULL;
}

static int64_t arch_features(uint32_t fid)
{
	const struct workaround *w = find_workaround(fid);

	if (fid == SMCCC_VERSION || fid == SMCCC_ARCH_FEATURES)
		return SMCCC_SUCCESS;
	return w ? w->firmware : SMCCC_NOT_SUPPORTED;
}

/*
 * Owner 0. The work-arounds themselves return nothing: x0 to x3 stay, and the firmware does what it does on this core.
 */
static bool arch_call(struct vcpu *v, uint32_t fid)
{
	const struct workaround *w = find_workaround(fid);

	if (fid == SMCCC_VERSION) {
		result(v, SMCCC_VERSION_1_2);
	} else if (fid == SMCCC_ARCH_FEATURES) {
		result(v, arch_features((uint32_t)v->arch.x[1]));
	} else if (w && w->firmware >= 0) {
		/* 1: this machine has no need of it. */
		if (w->firmware == 0)
			(void)firmware(fid, (uint32_t)v->arch.x[1]);
	} else {
		return false;
	}
	return true;
}

/* Owner 6: who we are. */
static bool vendor_hyp_call(struct vcpu *v, uint32_t fid)
{
	switch (fid) {
	case SMCCC_VENDOR_HYP_COUNT:
		result(v, 0);
		break;
	case SMCCC_VENDOR_HYP_UID:
		v->arch.x[0] = TRIVET_UID_0;
		v->arch.x[1] = TRIVET_UID_1;
		v->arch.x[2] = TRIVET_UID_2;
		v->arch.x[3] = TRIVET_UID_3;
		break;
	case SMCCC_VENDOR_HYP_REV:
		v->arch.x[0] = TRIVET_REV_MAJOR;
		v->arch.x[1] = TRIVET_REV_MINOR;
		break;
	default:
		return false;
	}
	return true;
}

bool role_smc_other(struct vcpu *v)
{
	uint32_t fid = (uint32_t)v->arch.x[0];

	/* The hint bit belongs to fast calls with a 16-bit function number, as all of ours are. */
	if (fid & SMCCC_FAST)
		fid &= ~(uint32_t)SMCCC_SVE_HINT;
	switch (fid >> SMCCC_OWNER_SHIFT) {
	case SMCCC_FAST >> SMCCC_OWNER_SHIFT | SMCCC_OWNER_ARCH:
		return arch_call(v, fid);
	case SMCCC_FAST >> SMCCC_OWNER_SHIFT | SMCCC_OWNER_VENDOR_HYP:
		return vendor_hyp_call(v, fid);
	default:
		return false;
	}
}
