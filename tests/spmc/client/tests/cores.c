/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Several cores at once: 22, what tests 8 to 14 do, on all of them; and what becomes of the normal world's
 * registers meanwhile: 23. An SP with one execution context serves one core at a time, and is FFA_BUSY for the
 * others, which try again.
 */
#include "ask.h"
#include "tests.h"

#define ROUNDS 120
#define ALARM  2 /* ms between interrupts of ours */

void client_el1_fill(uint64_t seed);
uint64_t client_el1_differs(uint64_t seed);

static struct {
	uint64_t differing; /* registers, at the end */
	bool looked;
} registers[CLIENT_CPUS];
static uint32_t ready;
static bool held_so_far; /* the boot core's, over tests 1 to 21 */

static uint64_t core_seed(void)
{
	return (uint64_t)(cpu_index() + 0x51) << 40;
}

void registers_begin(void)
{
	client_el1_fill(core_seed());
}

bool registers_hold(void)
{
	return EXPECT_EQ(client_el1_differs(core_seed()), 0);
}

static bool echo_32(unsigned int sp, uint32_t value)
{
	struct regs r = { { FFA_MSG_SEND_DIRECT_REQ_32, FFA_ENDPOINTS(FFA_ID_HYPERVISOR, sp), 0, 1, value } };

	client_smc(&r);
	r = ask_go_on(r);
	if (r.x[0] == FFA_ERROR && (int32_t)r.x[2] == FFA_BUSY && sp == SP2)
		return true;
	return EXPECT_EQ(r.x[0], FFA_MSG_SEND_DIRECT_RESP_32) && EXPECT_EQ(r.x[4], value + ADDED);
}

static bool echo_2(uint64_t value)
{
	struct regs r = { { FFA_MSG_SEND_DIRECT_REQ2, FFA_ENDPOINTS(FFA_ID_HYPERVISOR, SP1) } };
	bool fine;

	for (uint64_t i = 4; i < 18; i++)
		r.x[i] = value + i;
	client_smc(&r);
	r = ask_go_on(r);
	fine = EXPECT_EQ(r.x[0], FFA_MSG_SEND_DIRECT_RESP2);
	for (uint64_t i = 4; i < 18; i++)
		fine &= EXPECT_EQ(r.x[i], value + i + (i == 4 ? ADDED : 0));
	return fine;
}

static bool spin(void)
{
	struct regs r = ASK(SP1, SP_CMD_SPIN, 5, time_us(300));

	return EXPECT_EQ(r.x[4], 5 + ADDED);
}

static void alarm_again(uint32_t intid)
{
	(void)intid;
	irq_timer(time_us(ALARM * 500 + random_below(ALARM * 1000)));
}

static void talk(unsigned int cpu)
{
	uint64_t seed = (uint64_t)(cpu + 1) << 40;

	client_el1_fill(seed);
	__atomic_add_fetch(&ready, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) < cpu_count())
		__asm__ volatile("yield");
	irq_handler(alarm_again);
	irq_timer(time_ms(ALARM));
	if (!cpu)
		ask_irq_pend(time_ms(1), ROUNDS);
	for (uint64_t i = 0; i < ROUNDS; i++) {
		uint64_t mine = (uint64_t)cpu << 32 | i << 8;

		if (!echo_32(SP1, (uint32_t)mine) || !echo_32(SP2, (uint32_t)mine) || !ask_echo(SP1, mine) ||
		    !ask_echo(SP2, mine) || !echo_2(mine) || !spin() || !ask_echo(SP3, mine))
			break;
	}
	irq_timer_off();
	irq_handler(NULL);
	irq_window();
	registers[cpu].differing = client_el1_differs(seed);
	registers[cpu].looked = true;
}

void test_all_at_once(void)
{
	struct ask_irq s;

	ask_irq_reset();
	held_so_far = registers_hold();
	ready = 0;
	cpu_run_all(talk);
	s = ask_irq_wait(ROUNDS);
	say("# %u cores; secure interrupts %llu, of them %llu by entry\n", cpu_count(), (unsigned long long)s.taken,
	    (unsigned long long)s.entries);
}

void test_registers(void)
{
	unsigned int looked = 0;

	EXPECT(held_so_far);
	for (unsigned int i = 0; i < cpu_count(); i++) {
		EXPECT_EQ(registers[i].differing, 0);
		looked += registers[i].looked;
	}
	EXPECT_EQ(looked, cpu_count());
	/* And each kind of call for itself. */
	for (uint64_t seed = 1; seed < 8; seed++) {
		client_el1_fill(seed << 32);
		EXPECT(ask_echo((unsigned int)(SP1 + seed % SPS), seed));
		EXPECT(echo_2(seed));
		EXPECT_EQ(client_el1_differs(seed << 32), 0);
	}
	client_el1_fill(0x99ull << 32);
	ask_irq_pend(time_ms(1), 3);
	time_wait(time_ms(20));
	EXPECT_EQ(client_el1_differs(0x99ull << 32), 0);
}

/* --- every core reaches the SPMC once it is on --- */

static uint32_t answered;

static void on_core(unsigned int cpu)
{
	struct regs r = ffa_call(FFA_FEATURES, FFA_ID_GET, 0, 0, 0);

	if (EXPECT_SUCCESS(r))
		__atomic_or_fetch(&answered, 1u << cpu, __ATOMIC_RELAXED);
}

void test_cores(void)
{
	unsigned int n = cpu_count();

	answered = 0;
	/* Twice: a core that was off comes again. */
	for (unsigned int i = 1; i < 2 * n - 1; i++) {
		unsigned int cpu = (i - 1) % (n - 1) + 1;

		EXPECT(cpu_start(cpu, on_core));
		EXPECT(cpu_join(cpu));
	}
	say("# %u cores\n", n);
	EXPECT_EQ(answered, (1u << n) - 2);
}

/* --- streaming mode and ZA: sme.S --- */

bool client_sme_present(void);
void client_sme_fill(uint64_t seed, uint64_t svcr);
uint64_t client_sme_differs(uint64_t seed, uint64_t svcr);

void test_sme(void)
{
	if (!client_sme_present()) {
		skip("no SME");
		return;
	}
	for (uint64_t svcr = 1; svcr <= 3; svcr++) {
		client_sme_fill(svcr << 32, svcr);
		EXPECT(ask_echo(SP1, svcr));
		EXPECT(ask_echo(SP2, svcr));
		EXPECT_EQ(client_sme_differs(svcr << 32, svcr), 0);
	}
}
