/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Several cores at once: an SP with one execution context serves one of them at a time, and says FFA_BUSY
 * to the others.
 */
#include "abi/ffa.h"
#include "client.h"
#include "tests.h"

#define SP1	  0x8001u
#define ADDED	  0x1000
#define ROUNDS	  300
#define CORES_MAX 8

static uint32_t answered[CORES_MAX], busy[CORES_MAX];

static void talk(unsigned int cpu)
{
	for (uint64_t i = 0; answered[cpu] < ROUNDS; i++) {
		uint64_t mine = (uint64_t)cpu << 32 | i;
		struct regs r = { { FFA_MSG_SEND_DIRECT_REQ_64, FFA_ENDPOINTS(FFA_ID_HYPERVISOR, SP1), 0, 0, mine,
				    ~mine } };

		client_smc(&r);
		if (r.x[0] == FFA_ERROR && (int32_t)r.x[2] == FFA_BUSY) {
			busy[cpu]++;
			__asm__ volatile("yield");
			continue;
		}
		if (!EXPECT_EQ(r.x[0], FFA_MSG_SEND_DIRECT_RESP_64) || !EXPECT_EQ(r.x[4], mine + ADDED) ||
		    !EXPECT_EQ(r.x[5], ~mine))
			return;
		answered[cpu]++;
	}
}

void test_all_cores_talk(void)
{
	unsigned int n = 1, refused = 0;

	while (n < CORES_MAX && cpu_start(n, talk))
		n++;
	talk(0);
	for (unsigned int i = 1; i < n; i++)
		cpu_join(i);
	for (unsigned int i = 0; i < n; i++) {
		EXPECT_EQ(answered[i], ROUNDS);
		refused += busy[i];
	}
	say("# %u cores, %u answers each, %u times FFA_BUSY\n", n, ROUNDS, refused);
}
