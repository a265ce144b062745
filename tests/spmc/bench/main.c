/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What calls of the secure world take, seen from NS-EL2 (docs/benchmarks.md): a program on tests/spmc/client, whose one
 * test prints `BENCH name ticks` for each row, then `BENCH-END`. Under -icount shift=0 a tick of the 1 GHz counter is
 * an instruction, at whichever exception level. tools/bench_spmc.py runs it with QEMU's log of instructions, which
 * tells the levels apart: for that each row is TRIES pairs of bench_stamp(), and nothing else calls it.
 *
 * State owned: none.
 */
#include "abi/ffa.h"
#include "abi/psci.h"
#include "client.h"

#define TRIES 8 /* tools/bench_spmc.py knows it */
#define SP1   FFA_ID_SP_FIRST
#define ECHO  FFA_ENDPOINTS(FFA_ID_HYPERVISOR, SP1)
#define ADDED 0x1000 /* what the echo SP adds to x4 */

uint64_t bench_stamp(void);

struct row {
	const char *name;
	uint64_t call[5];
	uint32_t answer; /* w0 of it */
	uint64_t x4;	 /* and x4 of an echo, else 0 */
};

static const struct row rows[] = {
	{ "spmc-psci-version", { PSCI_VERSION }, PSCI_VERSION_1_1, 0 },
	{ "spmc-id-get", { FFA_ID_GET }, FFA_SUCCESS_32, 0 },
	{ "spmc-features", { FFA_FEATURES, FFA_ID_GET }, FFA_SUCCESS_32, 0 },
	{ "spmc-direct-32", { FFA_MSG_SEND_DIRECT_REQ_32, ECHO, 0, 0, 1 }, FFA_MSG_SEND_DIRECT_RESP_32, ADDED + 1 },
	{ "spmc-direct-64", { FFA_MSG_SEND_DIRECT_REQ_64, ECHO, 0, 0, 1 }, FFA_MSG_SEND_DIRECT_RESP_64, ADDED + 1 },
};

/* What a try takes when there is no call: part of each row's share of NS-EL2. */
static uint64_t nothing(void)
{
	uint64_t from = bench_stamp();

	return bench_stamp() - from;
}

static uint64_t try_once(const struct row *row)
{
	struct regs r = { { row->call[0], row->call[1], row->call[2], row->call[3], row->call[4] } };
	uint64_t from = bench_stamp(), ticks;

	client_smc(&r);
	ticks = bench_stamp() - from;
	EXPECT_EQ((uint32_t)r.x[0], row->answer);
	if (row->x4)
		EXPECT_EQ(r.x[4], row->x4);
	return ticks;
}

static void measure(const struct row *row)
{
	uint64_t best = UINT64_MAX;

	for (unsigned int i = 0; i < TRIES; i++) {
		uint64_t ticks = row ? try_once(row) : nothing();

		best = ticks < best ? ticks : best;
	}
	say("BENCH %s %llu\n", row ? row->name : "spmc-empty", (unsigned long long)best);
}

static void bench(void)
{
	uint64_t frequency;
	struct regs r = ffa_call(FFA_VERSION, FFA_VERSION_1_2, 0, 0, 0);

	EXPECT_EQ(r.x[0], FFA_VERSION_1_2);
	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
	say("BENCH frequency %llu\n", (unsigned long long)frequency);
	measure(NULL);
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		measure(&rows[i]);
	say("BENCH-END\n");
}

const struct test tests[] = { { "bench", bench } };
const unsigned int tests_count = 1;
