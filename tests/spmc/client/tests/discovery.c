/* SPDX-License-Identifier: BSD-3-Clause */
/* What is there: versions, identifiers, features. FF-A 1.2, 13.2, 13.3, 13.9. */
#include "abi/ffa.h"
#include "client.h"
#include "tests.h"

#define SMP_MAX 8
#define HIGH(i) (0x1234567800000000 + (i)) /* x8 to x17 of a call that has no use for them */
#define REGS	18
#define NOT_ONE 0x8400dead

void test_version(void)
{
	struct regs r = ffa_call(FFA_VERSION, FFA_VERSION_RESERVED | FFA_VERSION_1_1, 0, 0, 0);

	EXPECT_EQ((int32_t)r.x[0], FFA_NOT_SUPPORTED);
	r = ffa_call(FFA_VERSION, FFA_VERSION_MAKE(2u, 0u), 0, 0, 0);
	EXPECT_EQ((int32_t)r.x[0], FFA_NOT_SUPPORTED);
	r = ffa_call(FFA_VERSION, FFA_VERSION_1_2, 0, 0, 0);
	EXPECT_EQ(r.x[0], FFA_VERSION_1_2);
}

void test_id_get(void)
{
	struct regs r = ffa_call(FFA_ID_GET, 0, 0, 0, 0);

	if (EXPECT_SUCCESS(r))
		EXPECT_EQ(r.x[2], FFA_ID_HYPERVISOR);
}

void test_spm_id_get(void)
{
	struct regs r = ffa_call(FFA_SPM_ID_GET, 0, 0, 0, 0);

	if (EXPECT_SUCCESS(r))
		EXPECT_EQ(r.x[2], FFA_ID_SPMC);
}

static void expect_feature(uint32_t id)
{
	struct regs r = { { FFA_FEATURES, id } };

	for (uint64_t i = 8; i < REGS; i++)
		r.x[i] = HIGH(i);
	client_smc(&r);
	if (!EXPECT_SUCCESS(r))
		say("# FFA_FEATURES(0x%x)\n", id);
	for (uint64_t i = 8; i < REGS; i++)
		EXPECT_EQ(r.x[i], HIGH(i));
}

void test_features(void)
{
	static const uint32_t known[] = { FFA_VERSION, FFA_FEATURES, FFA_ID_GET, FFA_SPM_ID_GET };
	struct regs r;

	for (unsigned int i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		expect_feature(known[i]);
	r = ffa_call(FFA_FEATURES, NOT_ONE, 0, 0, 0);
	EXPECT_ERROR(r, FFA_NOT_SUPPORTED);
	r = ffa_call(FFA_FEATURES, 0xdead, 0, 0, 0); /* a feature id has 8 bits */
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	/* The version is fixed by now. */
	r = ffa_call(FFA_VERSION, FFA_VERSION_1_0, 0, 0, 0);
	EXPECT_EQ((int32_t)r.x[0], FFA_NOT_SUPPORTED);
}

/* --- other cores --- */

static uint32_t answered;

static void on_core(unsigned int cpu)
{
	struct regs r = ffa_call(FFA_FEATURES, FFA_ID_GET, 0, 0, 0);

	if (EXPECT_SUCCESS(r))
		__atomic_or_fetch(&answered, 1u << cpu, __ATOMIC_RELAXED);
}

void test_cores(void)
{
	unsigned int n = 1;

	answered = 0;
	while (n < SMP_MAX && cpu_start(n, on_core))
		cpu_join(n++);
	say("# %u cores\n", n);
	EXPECT_EQ(answered, (1u << n) - 2);
}
