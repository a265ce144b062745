/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The normal world of `make run-sp`, unless the SP brings its own (DIR/client): lists the Secure Partitions, and shows
 * what each makes of one direct request. FF-A 1.2, 13.9 and 15.
 */
#include "abi/ffa.h"
#include "client.h"

#define FIRST 0x1001

typedef unsigned long long ull;

static void ask(unsigned int id, unsigned int contexts, uint64_t properties)
{
	struct regs r = { { FFA_MSG_SEND_DIRECT_REQ_64, FFA_ENDPOINTS(FFA_ID_HYPERVISOR, id), 0, FIRST, FIRST + 1,
			    FIRST + 2, FIRST + 3, FIRST + 4 } };

	say("# 0x%x: execution contexts %u, properties 0x%x\n", id, contexts, (unsigned int)properties);
	if (!(properties & FFA_PARTITION_DIRECT_RECV))
		return;
	client_smc(&r);
	if (EXPECT_EQ(r.x[0], FFA_MSG_SEND_DIRECT_RESP_64))
		say("#   1001 1002 1003 1004 1005 -> %llx %llx %llx %llx %llx\n", (ull)r.x[3], (ull)r.x[4], (ull)r.x[5],
		    (ull)r.x[6], (ull)r.x[7]);
}

static void test_all(void)
{
	uint64_t start = 0, last;

	/* PARTITION_INFO_GET_REGS is for who speaks 1.2. */
	EXPECT_EQ(ffa_call(FFA_VERSION, FFA_VERSION_1_2, 0, 0, 0).x[0], FFA_VERSION_1_2);
	do {
		struct regs r = ffa_call(FFA_PARTITION_INFO_GET_REGS, 0, 0, start, 0);
		uint64_t here = r.x[2] >> 16 & 0xffff;

		last = r.x[2] & 0xffff;
		if (!EXPECT_EQ(r.x[0], FFA_SUCCESS_64) || !EXPECT(here >= start))
			return;
		for (uint64_t i = start; i <= here; i++) {
			uint64_t d = r.x[FFA_INFO_REGS_FIRST + (i - start) * FFA_INFO_REGS_EACH];

			ask((unsigned int)d & 0xffff, (unsigned int)(d >> 16) & 0xffff, d >> 32);
		}
		start = here + 1;
	} while (start <= last);
}

const struct test tests[] = { { "Secure Partitions that take direct requests answer", test_all } };
const unsigned int tests_count = sizeof(tests) / sizeof(tests[0]);
