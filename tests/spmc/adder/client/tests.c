/* SPDX-License-Identifier: BSD-3-Clause */
/* The normal world's side of the SP that adds. */
#include "abi/ffa.h"
#include "client.h"

#define ADDER 0x8004u /* the fourth SP of this machine */

static void test_adds(void)
{
	struct regs r = { { FFA_MSG_SEND_DIRECT_REQ_64, FFA_ENDPOINTS(FFA_ID_HYPERVISOR, ADDER), 0, 20, 3 } };

	client_smc(&r);
	EXPECT_EQ(r.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
	EXPECT_EQ(r.x[3], 23);
}

const struct test tests[] = { { "20 + 3", test_adds } };
const unsigned int tests_count = sizeof(tests) / sizeof(tests[0]);
