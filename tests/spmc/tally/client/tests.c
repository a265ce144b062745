/* SPDX-License-Identifier: BSD-3-Clause */
/* The normal world's side of tally (docs/write-your-own-sp.md). */
#include "../tally.h"
#include "abi/ffa.h"
#include "client.h"

#define TALLY 0x8004

static uint8_t rx[4096] __attribute__((aligned(4096))), tx[4096] __attribute__((aligned(4096)));

static struct regs ask(uint64_t what, uint64_t a, uint64_t b)
{
	struct regs r = { { FFA_MSG_SEND_DIRECT_REQ_64, FFA_ENDPOINTS(FFA_ID_HYPERVISOR, TALLY), 0, what, a, b } };

	client_smc(&r);
	return r;
}

static void test_version(void)
{
	EXPECT_EQ(ffa_call(FFA_VERSION, FFA_VERSION_1_2, 0, 0, 0).x[0], FFA_VERSION_1_2);
}

static void test_requests(void)
{
	struct regs r = ask(TALLY_ADD, 20, 3);

	EXPECT_EQ(r.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
	EXPECT_EQ(r.x[4], 23);
	EXPECT_EQ(ask(TALLY_COUNT, 0, 0).x[4], 2);
}

static void test_alarm(void)
{
	ask(TALLY_ALARM, 0, 0);
	time_wait(time_ms(2500));
	EXPECT_EQ(ask(TALLY_RINGS, 0, 0).x[4], 1);
}

static void test_hello(void)
{
	EXPECT_EQ(ask(TALLY_ASK_HELLO, 0x77, 0).x[4], 0x1077);
}

static void test_letter(void)
{
	struct ffa_msg_header_1_2 *h = (struct ffa_msg_header_1_2 *)tx;
	struct regs r = ffa_call(FFA_RXTX_MAP_64, (uint64_t)tx, (uint64_t)rx, 1, 0);

	EXPECT_SUCCESS(r);
	*h = (struct ffa_msg_header_1_2){ .base = { .offset = sizeof(*h), .receiver = TALLY, .size = 5 } };
	__builtin_memcpy(h + 1, "Hello", 5);
	r = ffa_call(FFA_MSG_SEND2, 0, 0, 0, 0);
	EXPECT_SUCCESS(r);
	r = ffa_call(FFA_RUN, (uint64_t)TALLY << 16, 0, 0, 0);
	EXPECT_EQ(r.x[0], FFA_MSG_WAIT);
	EXPECT_EQ(ask(TALLY_LETTERS, 0, 0).x[4], 5);
}

static void test_fault(void)
{
	struct regs r = ask(TALLY_WRITE, 0x40000000, 0);

	EXPECT_ERROR(r, FFA_ABORTED);
	r = ask(TALLY_COUNT, 0, 0);
	EXPECT_ERROR(r, FFA_ABORTED);
}

const struct test tests[] = {
	{ "version", test_version },
	{ "requests", test_requests },
	{ "an alarm in a second", test_alarm },
	{ "a request of its own to hello", test_hello },
	{ "an indirect message", test_letter },
	{ "a fault ends it", test_fault },
};
const unsigned int tests_count = sizeof(tests) / sizeof(tests[0]);
