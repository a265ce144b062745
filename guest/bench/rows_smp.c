/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows that need a second vCPU: on the same core, asleep; or on another core, being started and getting interrupts.
 * Under -icount all cores take turns, and one that waits for another has to YIELD its turn.
 *
 * State owned: first_instruction, ready: written by the other vCPU, reset by vCPU 0 while that one is off;
 * ping_target: vCPU 0's.
 */
#include "abi/psci.h"
#include "bench.h"

#define ON_TRIES  40
#define IPI_TRIES 400
#define WFI_TRIES 200

enum { ROLE_SLEEP, ROLE_LEAVE, ROLE_SPIN, ROLE_WFI };

static uint64_t first_instruction;
static uint64_t ready;

void bench_secondary(uint64_t context, uint64_t first)
{
	if (context == ROLE_LEAVE) {
		__atomic_store_n(&first_instruction, first, __ATOMIC_RELEASE);
		(void)hvc(PSCI_CPU_OFF, 0, 0, 0);
	}
	if (context == ROLE_SPIN || context == ROLE_WFI)
		gic_init_cpu();
	__atomic_store_n(&ready, 1, __ATOMIC_RELEASE);
	for (;;) {
		if (context == ROLE_SPIN)
			relax();
		else
			__asm__ volatile("wfi" ::: "memory");
	}
}

static void start(uint64_t cpu, uint64_t context)
{
	(void)hvc(PSCI_CPU_ON_64, cpu, (uint64_t)secondary_entry - VA_TO_PA, context);
}

static void start_and_wait(uint64_t cpu, uint64_t context)
{
	__atomic_store_n(&ready, 0, __ATOMIC_RELEASE);
	start(cpu, context);
	while (!load(&ready))
		relax();
}

static uint64_t cpu_on(void)
{
	uint64_t from, fn = PSCI_CPU_ON_64, entry = (uint64_t)secondary_entry - VA_TO_PA;

	__atomic_store_n(&first_instruction, 0, __ATOMIC_RELEASE);
	from = stamp();
	(void)hvc(fn, 1, entry, ROLE_LEAVE);
	while (!load(&first_instruction))
		relax();
	while (hvc(PSCI_AFFINITY_INFO_64, 1, 0, 0) != PSCI_AFF_OFF)
		relax();
	return first_instruction - from;
}

static uint64_t ping_target;

/* An SGI to ping_target, until its handler says so: how long in all, and to the handler's first instruction. */
static uint64_t ping(uint64_t *one_way)
{
	struct cpu *to = &cpus[ping_target];
	uint64_t count = load(&to->count), from = stamp(), took;

	sysreg_write(S3_0_C12_C11_5, (uint64_t)SGI_PING << 24 | BIT(ping_target)); /* ICC_SGI1R_EL1 */
	isb();
	while (load(&to->count) == count)
		relax();
	took = stamp() - from;
	*one_way = to->stamp - from;
	return took;
}

static uint64_t ipi(void)
{
	uint64_t one_way;

	(void)ping(&one_way);
	return one_way;
}

static uint64_t ipi_round_trip(void)
{
	uint64_t one_way;

	return ping(&one_way);
}

void rows_shared(void)
{
	static const struct row trapped = { .name = "wfi-trapped", .value = wake_from_wfi, .tries = WFI_TRIES };

	start_and_wait(1, ROLE_SLEEP);
	run_row(&trapped);
}

void rows_smp(void)
{
	static const struct row on = { .name = "cpu-on", .value = cpu_on, .tries = ON_TRIES };
	static const struct row pings[] = {
		{ .name = "ipi", .value = ipi, .tries = IPI_TRIES },
		{ .name = "ipi-round-trip", .value = ipi_round_trip, .tries = IPI_TRIES },
		{ .name = "ipi-asleep", .value = ipi, .tries = IPI_TRIES },
		{ .name = "ipi-asleep-round-trip", .value = ipi_round_trip, .tries = IPI_TRIES },
	};

	run_row(&on);
	ping_target = 1;
	start_and_wait(1, ROLE_SPIN);
	run_row(&pings[0]);
	run_row(&pings[1]);
	ping_target = 2;
	start_and_wait(2, ROLE_WFI);
	run_row(&pings[2]);
	run_row(&pings[3]);
}
