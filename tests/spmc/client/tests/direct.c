/* SPDX-License-Identifier: BSD-3-Clause */
/* Direct requests to Secure Partitions, and what is wrong with some. FF-A 1.2, 15. */
#include "abi/ffa.h"
#include "client.h"
#include "tests.h"

#define SP1	0x8001u
#define NOBODY	0x8007u
#define ADDED	0x1000
#define ROUNDS	1000
#define PAYLOAD 0x1111111100000000
#define HIGH	0x5a5a5a5a00000000

/* fid to SP1 with a value of its own in each register; everything of the answer is checked. */
static void echo(uint32_t fid, uint32_t answer, uint64_t salt, bool wide)
{
	struct regs r = { { fid, FFA_ENDPOINTS(FFA_ID_HYPERVISOR, SP1) } };
	unsigned int last = fid == FFA_MSG_SEND_DIRECT_REQ2 ? 17 : 7;
	unsigned int first = fid == FFA_MSG_SEND_DIRECT_REQ2 ? 4 : 3;
	uint64_t base = (wide ? PAYLOAD : 0) + salt;

	for (unsigned int i = first; i <= last; i++)
		r.x[i] = base + i;
	for (unsigned int i = last + 1; i < 18; i++)
		r.x[i] = HIGH + i;
	client_smc(&r);
	if (!EXPECT_EQ(r.x[0], answer)) {
		say("# w2 %d\n", (int)r.x[2]);
		return;
	}
	EXPECT_EQ(r.x[1], FFA_ENDPOINTS(SP1, FFA_ID_HYPERVISOR));
	EXPECT_EQ(r.x[2], 0);
	for (unsigned int i = first; i <= last; i++)
		EXPECT_EQ(r.x[i], base + i + (i == 4 ? ADDED : 0));
	for (unsigned int i = last + 1; i < 18; i++)
		EXPECT_EQ(r.x[i], HIGH + i);
}

void test_direct_32(void)
{
	echo(FFA_MSG_SEND_DIRECT_REQ_32, FFA_MSG_SEND_DIRECT_RESP_32, 0, false);
}

void test_direct_64(void)
{
	echo(FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_RESP_64, 0, true);
}

void test_direct_2(void)
{
	echo(FFA_MSG_SEND_DIRECT_REQ2, FFA_MSG_SEND_DIRECT_RESP2, 0, true);
}

void test_direct_many(void)
{
	for (uint64_t i = 0; i < ROUNDS; i++)
		echo(FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_RESP_64, i << 8, true);
}

void test_info_regs(void)
{
	struct regs r = { { FFA_PARTITION_INFO_GET_REGS } };

	client_smc(&r);
	if (!EXPECT_EQ(r.x[0], FFA_SUCCESS_64))
		return;
	EXPECT_EQ(r.x[2] & 0xffff, 0); /* index of the last one */
	EXPECT_EQ(r.x[2] >> 48, 24);   /* bytes of a descriptor */
	EXPECT_EQ(r.x[3] & 0xffff, SP1);
	EXPECT_EQ(r.x[3] >> 16 & 0xffff, 1); /* execution contexts */
}

void test_direct_errors(void)
{
	struct regs r = ffa_call(FFA_MSG_SEND_DIRECT_REQ_32, FFA_ENDPOINTS(0, NOBODY), 0, 0, 0);

	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = ffa_call(FFA_MSG_SEND_DIRECT_REQ_32, FFA_ENDPOINTS(0, 0), 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = ffa_call(FFA_MSG_SEND_DIRECT_REQ_32, FFA_ENDPOINTS(0, SP1), 1, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = ffa_call(FFA_MSG_SEND_DIRECT_REQ_32, FFA_ENDPOINTS(0x8002u, SP1), 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
}

void client_el1_fill(uint64_t seed);
uint64_t client_el1_differs(uint64_t seed);

/* What SPMD does not switch must be as it was, whatever the SP did with it. */
void test_registers(void)
{
	for (uint64_t seed = 1; seed < 8; seed++) {
		client_el1_fill(seed << 32);
		echo(FFA_MSG_SEND_DIRECT_REQ_32, FFA_MSG_SEND_DIRECT_RESP_32, 0, false);
		EXPECT_EQ(client_el1_differs(seed << 32), 0);
	}
}

/* --- what a call takes: instructions under -icount shift=0, where the counter has 1 GHz; says nothing otherwise --- */

static uint64_t counter(void)
{
	uint64_t t;

	__asm__ volatile("isb\n\tmrs %0, cntpct_el0" : "=r"(t)::"memory");
	return t;
}

static uint64_t cost(const struct regs *call)
{
	uint64_t best = UINT64_MAX;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct regs r = *call;
		uint64_t start = counter(), t;

		client_smc(&r);
		t = counter() - start;
		best = t < best ? t : best;
	}
	return best;
}

void test_cost(void)
{
	const struct regs features = { { FFA_FEATURES, FFA_ID_GET } };
	const struct regs version = { { 0x84000000 } };
	const struct regs direct32 = { { FFA_MSG_SEND_DIRECT_REQ_32, FFA_ENDPOINTS(0, SP1) } };
	const struct regs direct64 = { { FFA_MSG_SEND_DIRECT_REQ_64, FFA_ENDPOINTS(0, SP1) } };

	say("# counter ticks: PSCI_VERSION %llu, FFA_FEATURES %llu, DIRECT_REQ 32 %llu, 64 %llu\n",
	    (unsigned long long)cost(&version), (unsigned long long)cost(&features),
	    (unsigned long long)cost(&direct32), (unsigned long long)cost(&direct64));
}
