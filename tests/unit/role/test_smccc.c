/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/smccc: the Arm Architecture Calls, the work-arounds that the firmware has or has not, who we are, and
 * every other id. PSCI's handlers are stand-ins here.
 */
#include "unit.h"

#include "abi/psci.h"
#include "abi/smccc.h"
#include "arch/host.h"
#include "core/hw.h"
#include "core/smc.h"
#include "core/vcpu.h"
#include "role/hyp/psci.h"
#include "role/hyp/smccc.h"
#include "role/hyp/trng.h"
#include "role/role.h"

struct hw hw;

static unsigned int psci_calls;

#define STAND_IN(name)                                                                                                 \
	void name(struct vcpu *v UNUSED)                                                                               \
	{                                                                                                              \
		psci_calls++;                                                                                          \
	}
STAND_IN(psci_version)
STAND_IN(psci_features)
STAND_IN(psci_cpu_suspend)
STAND_IN(psci_cpu_off)
STAND_IN(psci_cpu_on)
STAND_IN(psci_affinity_info)
STAND_IN(psci_migrate_info_type)
STAND_IN(psci_system_off)
STAND_IN(psci_system_reset)
STAND_IN(psci_system_reset2)

/* --- a firmware --- */

static struct {
	int32_t psci, psci_features, smccc, workaround[3];
} fw;
static uint32_t fw_called; /* the last work-around that was called */
static uint64_t fw_x1;
static unsigned int fw_calls;

static void firmware(uint64_t x[18])
{
	uint32_t fid = (uint32_t)x[0], asked = (uint32_t)x[1];
	int32_t r = -1;

	fw_calls++;
	if (fid == PSCI_VERSION)
		r = fw.psci;
	else if (fid == PSCI_FEATURES && asked == SMCCC_VERSION)
		r = fw.psci_features;
	else if (fid == SMCCC_VERSION)
		r = fw.smccc;
	else if (fid == SMCCC_ARCH_FEATURES)
		r = asked == SMCCC_ARCH_WORKAROUND_1   ? fw.workaround[0]
		    : asked == SMCCC_ARCH_WORKAROUND_2 ? fw.workaround[1]
		    : asked == SMCCC_ARCH_WORKAROUND_3 ? fw.workaround[2]
						       : -1;
	else {
		fw_called = fid;
		fw_x1 = x[1];
	}
	x[0] = (uint64_t)(int64_t)r;
	x[1] = x[2] = x[3] = 0x5ec2e7; /* what firmware leaves must not reach a guest */
}

static void boot(int32_t psci, int32_t features, int32_t smccc, int32_t w1, int32_t w2, int32_t w3)
{
	host_reset();
	host_smc_set(firmware);
	hw.psci_smc = true;
	fw.psci = psci;
	fw.psci_features = features;
	fw.smccc = smccc;
	fw.workaround[0] = w1;
	fw.workaround[1] = w2;
	fw.workaround[2] = w3;
	smccc_init();
	fw_called = 0;
	fw_calls = 0;
}

static struct vcpu vcpu;

/* x0 afterwards. changed: how many of x0 and on may have changed. */
static int64_t call(uint32_t fid, uint64_t x1, unsigned int changed)
{
	uint64_t before[31];

	for (unsigned int i = 0; i < 31; i++)
		before[i] = 0xbad0000000000000 + i;
	before[0] = fid;
	before[1] = x1;
	memcpy(vcpu.arch.x, before, sizeof(before));
	smc_dispatch(&vcpu);
	for (unsigned int i = changed; i < 31; i++)
		assert_int_equal(vcpu.arch.x[i], before[i]);
	return (int64_t)vcpu.arch.x[0];
}

static void test_version(void **state UNUSED)
{
	boot(0x10001, 0, 0x10002, -1, -1, -1);
	assert_int_equal(call(SMCCC_VERSION, 0, 1), 0x10002);
	assert_int_equal(call(SMCCC_VERSION | SMCCC_SVE_HINT, 0, 1), 0x10002);
	assert_int_equal(call(SMCCC_VERSION | SMCCC_64, 0, 1), -1);
	assert_int_equal(call(SMCCC_VERSION & ~SMCCC_FAST, 0, 1), -1);
	assert_int_equal(call(SMCCC_ARCH_FEATURES, SMCCC_VERSION, 1), 0);
	assert_int_equal(call(SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURES, 1), 0);
	assert_int_equal(call(SMCCC_ARCH_FEATURES, SMCCC_ARCH_SOC_ID, 1), -1);
	assert_int_equal(call(SMCCC_ARCH_FEATURES, PSCI_VERSION, 1), -1);
	assert_int_equal(call(SMCCC_ARCH_FEATURES, 0xdeadbeef80000000, 1), 0);
	assert_int_equal(call(SMCCC_ARCH_SOC_ID, 0, 1), -1);
	assert_int_equal(fw_calls, 0); /* a guest's question never goes to the firmware */
}

static const uint32_t ids[3] = { SMCCC_ARCH_WORKAROUND_1, SMCCC_ARCH_WORKAROUND_2, SMCCC_ARCH_WORKAROUND_3 };

static void expect_workarounds(int32_t w1, int32_t w2, int32_t w3)
{
	const int32_t want[3] = { w1, w2, w3 };

	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(call(SMCCC_ARCH_FEATURES, ids[i], 1), want[i]);
		fw_called = 0;
		(void)call(ids[i], 0xffffffff00000001, want[i] < 0 ? 1 : 0);
		if (want[i] < 0)
			assert_int_equal(vcpu.arch.x[0], UINT64_MAX);
		assert_int_equal(fw_called, want[i] == 0 ? ids[i] : 0);
		if (want[i] == 0)
			assert_int_equal(fw_x1, 1);
	}
}

static void test_workarounds(void **state UNUSED)
{
	boot(0x10001, 0, 0x10002, 0, 1, -1);
	expect_workarounds(0, 1, -1);
	boot(0x10001, 0, 0x10001, -1, 0, 0);
	expect_workarounds(-1, 0, 0);
}

/* What old firmware is not asked, guests are not promised. */
static void test_old_firmware(void **state UNUSED)
{
	boot(0x2, 0, 0x10002, 0, 0, 0); /* PSCI 0.2 */
	expect_workarounds(-1, -1, -1);
	boot(0x10000, -1, 0x10002, 0, 0, 0); /* SMCCC 1.0: PSCI_FEATURES knows no SMCCC_VERSION */
	expect_workarounds(-1, -1, -1);
	boot(0x10000, 0, -1, 0, 0, 0);
	expect_workarounds(-1, -1, -1);
	boot(-1, 0, 0x10002, 0, 0, 0);
	expect_workarounds(-1, -1, -1);
	boot(0x10001, 0, 0x10002, 0, 0, 0);
	hw.psci_smc = false; /* no firmware at all */
	fw_calls = 0;
	smccc_init();
	assert_int_equal(fw_calls, 0);
	expect_workarounds(-1, -1, -1);
}

static void test_vendor(void **state UNUSED)
{
	(void)call(SMCCC_VENDOR_HYP_UID, 0, 4);
	assert_int_equal(vcpu.arch.x[0], TRIVET_UID_0);
	assert_int_equal(vcpu.arch.x[1], TRIVET_UID_1);
	assert_int_equal(vcpu.arch.x[2], TRIVET_UID_2);
	assert_int_equal(vcpu.arch.x[3], TRIVET_UID_3);
	assert_int_equal(call(SMCCC_VENDOR_HYP_COUNT, 0, 1), 0);
	assert_int_equal(call(SMCCC_VENDOR_HYP_REV, 0, 2), TRIVET_REV_MAJOR);
	assert_int_equal(vcpu.arch.x[1], TRIVET_REV_MINOR);
	assert_int_equal(call(SMCCC_STD_HYP_UID, 0, 1), -1);
	assert_int_equal(call(0x8400ff01, 0, 1), -1);
	assert_int_equal(call(0x8600ff02, 0, 1), -1);
}

/* Ids that nobody has: -1 in x0, the rest untouched, the firmware not called. */
static void test_unknown(void **state UNUSED)
{
	uint64_t r = 7;

	boot(0x10001, 0, 0x10002, -1, -1, -1);
	psci_calls = 0;
	for (uint32_t fn = 0x60; fn < 0x90; fn++) { /* FF-A */
		assert_int_equal(call(0x84000000 | fn, 0, 1), -1);
		assert_int_equal(call(0xc4000000 | fn, 0, 1), -1);
	}
	for (unsigned int i = 0; i < 1000000; i++) {
		uint32_t fid, owner;

		r = r * 6364136223846793005u + 1442695040888963407u;
		fid = (uint32_t)(r >> 32);
		owner = fid >> 24 & 0x3f;
		if (fid & SMCCC_FAST && (owner == 0 || owner == 4 || owner == 6))
			continue;
		assert_int_equal(call(fid, r, 1), -1);
	}
	assert_int_equal(psci_calls, 0);
	assert_int_equal(fw_calls, 0);
}

/* The table itself: a row has a function exactly if it has a convention; PSCI and TRNG, nothing else. */
static void test_table(void **state UNUSED)
{
	for (unsigned int i = 0; i < 256; i++) {
		const struct smc_row *row = &role_smc_std[i];

		assert_int_equal(row->fn != NULL, row->conv != 0);
		if (row->fn)
			assert_true(i < 0x20 || (i >= 0x50 && i <= 0x53));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_version), cmocka_unit_test(test_workarounds), cmocka_unit_test(test_old_firmware),
		cmocka_unit_test(test_vendor),	cmocka_unit_test(test_unknown),	    cmocka_unit_test(test_table),
	};

	return UNIT_RUN(tests);
}
