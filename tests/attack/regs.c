/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The register guest, twice: `regs` fills every register of its vCPUs, which share cores, has them switched often,
 * and looks at all after each; `look` looks at its first instructions for anything that is not a reset value,
 * leaves patterns everywhere, and resets itself. Run them side by side on one core (docs/scheduling.md). State
 * owned: the ring.
 */
#include "regs.h"
#include "attack.h"
#include "lib/string.h"
#include "sysregs.h"

#define WAKER 0

static struct regs_set sets[CPUS_MAX];

/* A token goes round: who has it passes it on by an SGI and waits. */
static struct {
	volatile uint64_t token, turns, goal, key, stop;
	volatile uint64_t ran, switches; /* who ran last, and how often that was another */
	volatile uint64_t waits, calls;
	volatile uint64_t ready[CPUS_MAX];
} ring;

/* Interrupts are masked: the waker is taken from the interface, and the active priorities are as before. */
static void end_waker(void)
{
	uint64_t intid = sysreg_read(ICC_IAR1_EL1) & 0xffffff;

	if (intid >= 1020)
		return;
	A_EQ(intid, WAKER);
	sysreg_write(ICC_EOIR1_EL1, intid);
	isb();
	if (sysreg_read(ICC_CTLR_EL1) & BIT(1)) /* EOImode: that was only the priority */
		sysreg_write(ICC_DIR_EL1, intid);
	isb();
}

static void count_switch(unsigned int me)
{
	if (ring.ran == me)
		return;
	ring.ran = me;
	ring.switches++;
}

/* Often enough; and with key=1 not before something is typed, so that a test says when. */
static bool is_enough(unsigned int me)
{
	if (ring.turns < ring.goal)
		return false;
	return !ring.key || (me == 0 && !(io32_r(UART + 0x18) & BIT(4))); /* UARTFR.RXFE */
}

static void pass_on(unsigned int me)
{
	ring.turns++;
	if (is_enough(me)) {
		ring.stop = 1;
		gic_sgi(WAKER, BIT(attack_cpus) - 1);
		return;
	}
	ring.token = (me + 1) % attack_cpus;
	gic_sgi(WAKER, BIT(ring.token));
}

static void ring_here(void)
{
	unsigned int me = cpu_id();
	struct regs_set *s = &sets[me];
	uint64_t seed = attack_seed(100 + me);

	gic_cpu_init();
	regs_fill(s, me * 2 + 1 + me % 2);
	regs_check(s);
	ring.ready[me] = 1;
	for (uint64_t i = 1; me == 0 && i < attack_cpus; i++)
		A_WAIT_MS(ring.ready[i], 60000);
	if (!me)
		pass_on(me);
	while (!ring.stop) {
		bool by_call = attack_random(&seed) & 1;

		regs_wait(s, by_call ? REGS_SUSPEND : REGS_WFI);
		count_switch(me);
		regs_check(s);
		end_waker();
		ring.calls += by_call;
		ring.waits++;
		if (ring.token == me && !ring.stop)
			pass_on(me);
	}
	if (!me)
		regs_restore(s);
}

static void switches(void)
{
	unsigned int n = regs_find();

	memset(&ring, 0, sizeof(ring));
	ring.goal = attack_arg("switches", 10000);
	ring.key = attack_arg("key", 0);
	gic_init();
	attack_everywhere(ring_here);
	attack_note("%u system registers, x0 to x30, V, FPCR, FPSR, 13 of GICR; %u vCPUs", n, attack_cpus);
	attack_note("%llu turns, %llu waits, %llu of them CPU_SUSPEND; seen to come back after another %llu times",
		    (unsigned long long)ring.turns, (unsigned long long)ring.waits, (unsigned long long)ring.calls,
		    (unsigned long long)ring.switches);
	A_CHECK(ring.turns >= ring.goal);
	A_CHECK(ring.switches * 10 >= ring.goal * 9);
}

/* Nobody gives the core up: it is taken, at any instruction. */
static void spin_here(void)
{
	unsigned int me = cpu_id();
	uint64_t goal = attack_arg("spins", 200), end;

	gic_cpu_init();
	regs_fill(&sets[me], me * 2 + 100);
	ring.ready[me] = 1;
	for (uint64_t i = 1; me == 0 && i < attack_cpus; i++)
		A_WAIT_MS(ring.ready[i], 60000);
	end = counter() + ms_ticks(30000);
	while (ring.switches < goal && counter() < end) {
		regs_wait(&sets[me], REGS_SPIN);
		count_switch(me);
		regs_check(&sets[me]);
	}
	if (!me)
		regs_restore(&sets[me]);
}

static void preempted(void)
{
	regs_find();
	memset(&ring, 0, sizeof(ring));
	gic_init();
	attack_everywhere(spin_here);
	attack_note("seen to come back after another %llu times", (unsigned long long)ring.switches);
	A_CHECK(ring.switches >= attack_arg("spins", 200));
}

/* --- what a vCPU finds ------------------------------------------------------------------------------------------- */

static void entry_is_clean(unsigned int cpu)
{
	const struct attack_entry *e = &attack_entries[cpu];
	uint64_t mask, want;

	for (unsigned int i = 1; i < 31; i++)
		A_EQ_AT(e->x[i], 0, i);
	A_EQ(e->sp, 0);
	A_EQ(e->cpacr, 0);
	A_EQ(e->fpcr, 0);
	A_EQ(e->fpsr, 0);
	for (unsigned int i = 0; i < 64; i++)
		A_EQ_AT(e->v[i], 0, i);
	for (unsigned int i = 0; regs_at_entry[i] != 0xffff; i++) {
		want = regs_reset(regs_at_entry[i], &mask);
		A_EQ_AT(e->sys[i] & mask, want, regs_at_entry[i]);
	}
}

static void fill_and_off(void)
{
	gic_cpu_init();
	regs_fill(&sets[cpu_id()], 77 + cpu_id());
	regs_wait(&sets[cpu_id()], REGS_WFI);
}

static void nothing(void)
{
}

/* Each leaves a pattern in every register and turns off; turned on again, it finds nothing of that. */
static void two_lives(void)
{
	regs_find();
	gic_init();
	for (unsigned int i = 1; i < attack_cpus; i++) {
		A_EQ(attack_cpu_on(i, fill_and_off), PSCI_SUCCESS);
		while (hvc(PSCI_AFFINITY_INFO_64, i, 0, 0) != PSCI_AFF_OFF)
			gic_sgi(WAKER, BIT(i));
		A_EQ(attack_cpu_on(i, nothing), PSCI_SUCCESS);
		attack_wait_off(i);
		entry_is_clean(i);
	}
}

static const struct attack_test tests[] = {
	{ "every register intact over the switches", switches },
	{ "every register intact where the core is taken away", preempted },
	{ "a vCPU that is turned on again finds nothing of its former life", two_lives },
};
ATTACK_PROGRAM(regs, tests, .mmu = false);

/* --- look -------------------------------------------------------------------------------------------------------- */

extern char _end[];

/* The rest of the registers, before anything has touched them: all that `regs` fills. */
static void registers_are_reset(void)
{
	unsigned int n = regs_find();

	for (unsigned int i = 0; i < n; i++) {
		uint64_t mask, want = regs_reset(regs_nr(i), &mask);

		/* What start.S has set since. */
		if (regs_nr(i) == SYSREG_NR(3, 0, 12, 0, 0) || regs_nr(i) == SYSREG_NR(3, 0, 1, 0, 2))
			continue;
		A_EQ_AT(sysreg_read_nr(regs_nr(i), 0) & mask, want, regs_nr(i));
	}
	for (unsigned int i = 0; i < 8; i++)
		A_EQ_AT(io32_r(GICR_SGI(0) + 0x400 + i * 4), 0, i);
	A_EQ(io32_r(GICR_SGI(0) + 0x100), 0);
	A_EQ(io32_r(GICR_SGI(0) + 0x200), 0);
	A_EQ(io32_r(GICR_SGI(0) + 0x300), 0);
}

static void memory_is_zero(void)
{
	uint64_t tree = ALIGN_UP(attack_dtb + 0x10000, 8ul), from = ALIGN_UP((uint64_t)(uintptr_t)_end, 8ul), dirty = 0;

	for (uint64_t a = tree; a < RAM + 0x80000; a += 8)
		dirty += *(volatile uint64_t *)(uintptr_t)a != 0;
	for (uint64_t a = from; a < attack_ram_end; a += 8)
		dirty += *(volatile uint64_t *)(uintptr_t)a != 0;
	A_EQ(dirty, 0);
}

static void leave_traces(void)
{
	uint64_t from = ALIGN_UP((uint64_t)(uintptr_t)_end, 4096ul);

	for (uint64_t a = from; a < attack_ram_end; a += 512)
		*(volatile uint64_t *)(uintptr_t)a = a | 1;
	gic_init();
	regs_fill(&sets[0], counter());
	gic_sgi(WAKER, 1);
	regs_wait(&sets[0], REGS_WFI);
}

/* Until the machine is until= seconds old: look, leave traces, reset by either call. */
static void look(void)
{
	uint64_t age;

	memory_is_zero();
	entry_is_clean(0);
	registers_are_reset();
	age = sysreg_read(CNTPCT_EL0) / sysreg_read(CNTFRQ_EL0);
	attack_print("1..1\r\n%s 1 - nothing of another VM or of a life before is seen\r\n",
		     attack_failures() ? "not ok" : "ok");
	if (age >= attack_arg("until", 10))
		return;
	leave_traces();
	hvc(counter() & 64 ? PSCI_SYSTEM_RESET : PSCI_SYSTEM_RESET2_64, PSCI_RESET2_WARM, 0, 0);
	attack_print("not ok 2 - a reset comes back\r\n");
}

const struct attack_program attack_look = { "look", NULL, 0, .mmu = false, .fn = look };
