/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls with anything in their registers, by the normal world and by SP4: whatever they do, everybody is alive
 * afterwards and serves.
 */
#include "abi/smccc.h"
#include "ask.h"
#include "buffers.h"
#include "tests.h"

#define CALLS 3000

static uint64_t any_value(void)
{
	static const uint64_t some[] = { 0,	     1,		 SP1,	     SP2,	 SP4,
					 SP1 << 16,  0x8000,	 0xffff,     0x80000000, 0x50000000,
					 0x60100000, 0x0e400000, 0xffffffff, UINT64_MAX, 0x7fffffffffffffff };
	uint64_t v = random_next();

	switch (random_below(4)) {
	case 0:
		return some[v % (sizeof(some) / sizeof(some[0]))];
	case 1:
		return some[v % (sizeof(some) / sizeof(some[0]))] | 1ull << (v >> 8) % 64;
	case 2:
		return v & 0xffff;
	default:
		return v;
	}
}

static uint64_t any_function(void)
{
	uint64_t fid = FFA_ID_32 | (FFA_NUM_MIN + random_below(FFA_NUM_MAX + 1 - FFA_NUM_MIN));

	return fid | (random_below(2) ? FFA_ID_IS_64 : 0) | (random_below(8) ? 0 : SMCCC_SVE_HINT);
}

/* Of two SPs, or of anybody. */
static uint64_t any_ends(uint32_t from)
{
	return random_below(3) ? FFA_ENDPOINTS(from, SP1 + (uint32_t)random_below(SPS)) : any_value();
}

static struct regs any_call(uint32_t from)
{
	struct regs r = { { any_function(), any_ends(from), random_below(2) ? 0 : any_value() } };

	for (unsigned int i = 3; i < 18; i++)
		r.x[i] = any_value();
	return r;
}

static void clean_up(void)
{
	struct regs r;

	ffa_call(FFA_RX_RELEASE, 0, 0, 0, 0);
	ffa_call(FFA_RXTX_UNMAP, 0, 0, 0, 0);
	for (uint32_t sp = SP1; sp < SP1 + SPS; sp++) {
		/* What was sent to it, it has seen. */
		r = ask_go_on(ffa_call(FFA_RUN, FFA_ENDPOINTS(sp, 0), 0, 0, 0));
		EXPECT_EQ(r.x[0], FFA_MSG_WAIT);
		EXPECT(ask_echo(sp, sp));
	}
	if (buffers_map())
		buffers_unmap();
}

void test_fuzz(void)
{
	unsigned int errors = 0;

	for (unsigned int i = 0; i < CALLS; i++) {
		struct regs r = any_call(FFA_ID_HYPERVISOR);

		client_smc(&r);
		r = ask_go_on(r);
		errors += r.x[0] == FFA_ERROR;
	}
	say("# %u calls, %u errors\n", CALLS, errors);
	clean_up();
}

/* An answer to us would be taken for that of the request that carries the call: not those. */
static bool is_answer(const struct regs *r)
{
	uint64_t id = r->x[0] & FFA_NUM_MASK;

	return id == (FFA_MSG_SEND_DIRECT_RESP_32 & FFA_NUM_MASK) || id == (FFA_MSG_SEND_DIRECT_RESP2 & FFA_NUM_MASK);
}

void test_fuzz_sp(void)
{
	unsigned int errors = 0;

	for (unsigned int i = 0; i < CALLS; i++) {
		struct regs r = any_call(SP4);

		if (is_answer(&r))
			continue;
		r = ask_call_with(SP4, i % 2 ? SP_CMD_SMC : SP_CMD_HVC, r.x);
		errors += r.x[0] == FFA_ERROR;
	}
	say("# %u calls, %u errors\n", CALLS, errors);
	clean_up();
}
