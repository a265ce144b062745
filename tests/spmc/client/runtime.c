/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a client program stands on: calls, cores, the run of its tests; see client.h. State owned: what each core does.
 */
#include "abi/ffa.h"
#include "abi/psci.h"
#include "client.h"

void client_main(void);
void client_secondary(unsigned int cpu);
void client_exception(unsigned int vector, uint64_t esr, uint64_t elr, uint64_t far);
unsigned int client_cpu_id(void);
extern char secondary_entry[];

/* Words that two cores look at: 0 or 1. */
static struct {
	void (*fn)(unsigned int cpu);
	uint32_t go;	  /* fn is to be run */
	uint32_t arrived; /* it is being run, or has been */
	uint32_t done;
	uint32_t stays; /* CPU_OFF was refused: it waits for go */
} job[CLIENT_CPUS];

/* --- calls --- */

struct regs ffa_call(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4)
{
	struct regs r = { { fid, x1, x2, x3, x4 } };

	client_smc(&r);
	return r;
}

static void power_off(void)
{
	struct regs r = { { PSCI_SYSTEM_OFF } };

	client_smc(&r);
	for (;;)
		__asm__ volatile("wfi");
}

/* --- cores --- */

unsigned int cpu_index(void)
{
	return client_cpu_id();
}

static uint32_t get(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void set(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static bool wait_for(const uint32_t *flag, uint64_t ticks)
{
	uint64_t deadline = time_counter() + ticks;

	while (!get(flag)) {
		if (time_is_over(deadline))
			return false;
		__asm__ volatile("yield");
	}
	return true;
}

/* TF-A turns cores on that the machine does not have: whoever is not there in a second does not exist. */
bool cpu_start(unsigned int cpu, void (*fn)(unsigned int cpu))
{
	struct regs r = { { PSCI_CPU_ON_64, cpu, (uint64_t)secondary_entry, cpu } };

	job[cpu].fn = fn;
	set(&job[cpu].arrived, 0);
	set(&job[cpu].done, 0);
	set(&job[cpu].go, 1);
	if (!get(&job[cpu].stays)) {
		client_smc(&r);
		if ((int32_t)r.x[0] != PSCI_SUCCESS)
			return false;
	}
	return wait_for(&job[cpu].arrived, time_ms(1000));
}

bool cpu_join(unsigned int cpu)
{
	uint64_t deadline = time_counter() + time_ms(2000);
	struct regs r;

	if (!wait_for(&job[cpu].done, time_ms(120000)))
		return expect_at(false, "a core's part of the test comes to its end", CLIENT_HERE);
	do {
		if (get(&job[cpu].stays))
			return false;
		r = (struct regs){ { PSCI_AFFINITY_INFO_64, cpu, 0 } };
		client_smc(&r);
		if (r.x[0] == PSCI_AFF_OFF)
			return true;
	} while (!time_is_over(deadline));
	return false;
}

static void nothing(unsigned int cpu)
{
	(void)cpu;
}

unsigned int cpu_count(void)
{
	static unsigned int n;

	if (n)
		return n;
	for (n = 1; n < CLIENT_CPUS && cpu_start(n, nothing); n++)
		EXPECT(cpu_join(n));
	return n;
}

void cpu_run_all(void (*fn)(unsigned int cpu))
{
	unsigned int n = cpu_count();

	for (unsigned int i = 1; i < n; i++)
		EXPECT(cpu_start(i, fn));
	fn(0);
	for (unsigned int i = 1; i < n; i++)
		EXPECT(cpu_join(i));
}

void client_secondary(unsigned int cpu)
{
	struct regs r;

	irq_init();
	for (;;) {
		if (!wait_for(&job[cpu].go, time_ms(1000)))
			continue;
		set(&job[cpu].go, 0);
		set(&job[cpu].stays, 0);
		set(&job[cpu].arrived, 1);
		job[cpu].fn(cpu);
		irq_timer_off();
		irq_handler(NULL);
		set(&job[cpu].done, 1);
		/*
		 * When CPU_OFF is refused, TF-A 2.12 comes back with EL2's registers as they were at the last FF-A
		 * call, the stack pointer among them: let that be from here.
		 */
		r = (struct regs){ { FFA_FEATURES, FFA_FEATURES } };
		client_smc(&r);
		r = (struct regs){ { PSCI_CPU_OFF } };
		client_smc(&r);
		set(&job[cpu].stays, 1);
	}
}

/* --- the program --- */

void client_exception(unsigned int vector, uint64_t esr, uint64_t elr, uint64_t far)
{
	say("Bail out! exception at EL2: vector %u ESR 0x%llx ELR 0x%llx FAR 0x%llx\n", vector, (unsigned long long)esr,
	    (unsigned long long)elr, (unsigned long long)far);
	power_off();
}

void client_main(void)
{
	irq_init();
	say("TAP version 13\n1..%u\n", tests_count);
	for (unsigned int i = 0; i < tests_count; i++) {
		report_begin();
		tests[i].run();
		irq_timer_off();
		irq_handler(NULL);
		report_result(i + 1, tests[i].name);
	}
	power_off();
}
