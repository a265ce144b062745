/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The normal world of the tests with bad input (tests/system/test_spmc_bad_input.py): says which Secure Partitions
 * there are, a line each, and whether each one answers. FF-A 1.2, 13.9, 15.
 */
#include "abi/ffa.h"
#include "client.h"

#define ASKED 0x1234560000000000u
#define ADDED 0x1000u

static int32_t version;

static void ask(unsigned int id, unsigned int contexts)
{
	struct regs r = { { FFA_MSG_SEND_DIRECT_REQ_64, FFA_ENDPOINTS(FFA_ID_HYPERVISOR, id), 0, 0, ASKED | id } };
	bool echo;

	client_smc(&r);
	echo = r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && r.x[4] == (ASKED | id) + ADDED;
	say("# SP 0x%x: %u contexts: %s\n", id, contexts, echo ? "answers" : "WRONG");
	EXPECT(echo);
}

/* As many calls as it takes; a descriptor is three registers, the first one: id 15:0, contexts 31:16. */
static void test_all(void)
{
	uint64_t start = 0, last = 0;

	if (version < 0) {
		skip("no FF-A here");
		return;
	}
	while (start <= last) {
		struct regs r = ffa_call(FFA_PARTITION_INFO_GET_REGS, 0, 0, start, 0);
		uint64_t here = r.x[2] >> 16 & 0xffff;

		if (r.x[0] != FFA_SUCCESS_64) {
			say("# PARTITION_INFO_GET_REGS: x0 0x%llx, w2 %d\n", (unsigned long long)r.x[0], (int)r.x[2]);
			return;
		}
		last = r.x[2] & 0xffff;
		for (uint64_t i = start; i <= here; i++) {
			uint64_t d = r.x[FFA_INFO_REGS_FIRST + (i - start) * FFA_INFO_REGS_EACH];

			ask((unsigned int)d & 0xffff, (unsigned int)(d >> 16) & 0xffff);
		}
		start = here + 1;
	}
}

/* No SP, or not even an SPMC, is nothing to fail for. */
static void test_version(void)
{
	struct regs r = ffa_call(FFA_VERSION, FFA_VERSION_1_2, 0, 0, 0);

	version = (int32_t)r.x[0];
	say("# FFA_VERSION: %d\n", version);
}

const struct test tests[] = {
	{ "FFA_VERSION comes back", test_version },
	{ "all Secure Partitions answer", test_all },
};
const unsigned int tests_count = sizeof(tests) / sizeof(tests[0]);
