/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The normal world beside bl32_hello: has the way BL1, BL2, BL31, BL32 at S-EL2, BL33 at NS-EL2 been gone? (client.h)
 */
#include "abi/ffa.h"
#include "client.h"

#define SPMC_ID 0x8000

unsigned int client_current_el(void);

static void test_level(void)
{
	EXPECT_EQ(client_current_el(), 2);
}

static void test_spmd(void)
{
	struct regs r = ffa_call(FFA_ID_GET, 0, 0, 0, 0);

	if (EXPECT_SUCCESS(r))
		EXPECT_EQ(r.x[2], 0);
	r = ffa_call(FFA_SPM_ID_GET, 0, 0, 0, 0);
	if (EXPECT_SUCCESS(r))
		EXPECT_EQ(r.x[2], SPMC_ID);
}

static void test_bl32(void)
{
	struct regs r = ffa_call(FFA_VERSION, FFA_VERSION_1_1, 0, 0, 0);

	EXPECT_EQ(r.x[0], FFA_VERSION_1_1);
	r = ffa_call(FFA_FEATURES, FFA_MSG_WAIT, 0, 0, 0);
	EXPECT_ERROR(r, FFA_NOT_SUPPORTED);
}

const struct test tests[] = {
	{ "BL33 runs at EL2", test_level },
	{ "SPMD answers FFA_ID_GET and FFA_SPM_ID_GET", test_spmd },
	{ "BL32 answers FFA_VERSION and refuses FFA_FEATURES", test_bl32 },
};
const unsigned int tests_count = sizeof(tests) / sizeof(tests[0]);
