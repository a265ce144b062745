/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attack programs flood, alloff and spin: too much of everything. Interrupts from all vCPUs to all, levels that nobody
 * quiets, timers in the past, exits as fast as they come, output without end, vCPUs on and off, faults; and the two
 * ends that a guest can come to without ending. seconds= and count= in bootargs.
 */
#include "attack.h"

#include "lib/string.h"

#define SGI_STORM 3
#define SGI_SHAKE 5
#define NR_SPIS	  64u
#define UART_IMSC (UART + 0x38)
#define UART_TXIM BIT(5)
#define SHAKE_MS  10000

static volatile unsigned int ready, quiet_after;
static volatile uint64_t counts[CPUS_MAX];

static uint64_t how_many(uint64_t otherwise)
{
	return attack_arg("count", otherwise);
}

static uint64_t sum(void)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < CPUS_MAX; i++)
		n += counts[i];
	return n;
}

static void all_do(void (*fn)(void))
{
	memset((void *)(uintptr_t)counts, 0, sizeof(counts));
	memset((void *)(uintptr_t)attack_irqs, 0, sizeof(attack_irqs));
	ready = 0;
	attack_on_irq = NULL;
	gic_init();
	attack_everywhere(fn);
	attack_on_irq = NULL;
	sysreg_write(CNTV_CTL_EL0, 0);
	sysreg_write(CNTP_CTL_EL0, 0);
	irq_off();
}

/* --- is everything still there? --- */

/* Each vCPU gets the one SGI that its neighbour sends. */
static void shake(void)
{
	unsigned int me = cpu_id(), to = (me + 1) % attack_cpus;

	gic_cpu_init();
	gic_enable(SGI_SHAKE);
	irq_on();
	(void)__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	A_WAIT_MS(ready >= attack_cpus, SHAKE_MS);
	gic_sgi(SGI_SHAKE, BIT(to));
	A_WAIT_MS(attack_irqs[me][SGI_SHAKE] >= 1, SHAKE_MS);
	irq_off();
}

static void timer_off(unsigned int intid)
{
	if (intid == INTID_VTIMER)
		sysreg_write(CNTV_CTL_EL0, 0);
}

/* And a timer that fires when it is to. */
static void timer_fires(void)
{
	gic_init();
	attack_on_irq = timer_off;
	gic_enable(INTID_VTIMER);
	sysreg_write(CNTV_CVAL_EL0, counter() + ms_ticks(2));
	sysreg_write(CNTV_CTL_EL0, 1);
	wfi(); /* masked: it cannot come before */
	irq_on();
	A_WAIT_MS(IRQS(INTID_VTIMER) >= 1, SHAKE_MS);
	irq_off();
	attack_on_irq = NULL;
}

/* Whatever is pending, enabled or active, and every vCPU's interface, as at the start. */
static void gic_forget(void)
{
	for (unsigned int n = 1; n <= NR_SPIS / 32; n++) {
		io32_w(GICD + 0x180 + n * 4, ~0u);
		io32_w(GICD + 0x280 + n * 4, ~0u);
		io32_w(GICD + 0x380 + n * 4, ~0u);
	}
	for (unsigned int i = 32; i < 32 + NR_SPIS; i++) {
		gic_priority(i, 0x80);
		gic_edge(i, false);
		gic_route(i, 0);
	}
	for (unsigned int i = 0; i < attack_cpus; i++) {
		io32_w(GICR_SGI(i) + 0x180, ~0u);
		io32_w(GICR_SGI(i) + 0x280, ~0u);
		io32_w(GICR_SGI(i) + 0x380, ~0u);
		for (unsigned int k = 0; k < 32; k++)
			io8(GICR_SGI(i) + 0x400 + k) = 0x80;
	}
}

static void still_works(void)
{
	gic_forget();
	all_do(shake);
	timer_fires();
	gic_forget();
}

/* --- interrupts --- */

/* SGIs to all, to oneself, to vCPUs, clusters and ranges that are not there. */
static void sgi_storm(void)
{
	uint64_t random = attack_seed(cpu_id());

	gic_cpu_init();
	io32_w(GICR_SGI(cpu_id()) + 0x100, 0xffff);
	irq_on();
	for (uint64_t i = how_many(20000) / 20; i; i--) {
		uint64_t x = attack_random(&random), to = x & 0xffff;

		switch (x >> 60) {
		case 0:
			to |= 1ul << 40; /* all others */
			break;
		case 1:
			to |= (x >> 16 & 0xff) << 16; /* some Aff1 */
			break;
		case 2:
			to |= (x >> 16 & 0xff) << 32 | (x >> 24 & 0xff) << 48; /* Aff2, Aff3 */
			break;
		case 3:
			to |= (x >> 16 & 15) << 44; /* range selector */
			break;
		default:
			break;
		}
		sysreg_write(ICC_SGI1R_EL1, to | (x >> 32 & 15) << 24);
		isb();
	}
	for (unsigned int i = 0; i < 16; i++)
		counts[cpu_id()] += attack_irqs[cpu_id()][i];
	irq_off();
}

static void sgis(void)
{
	all_do(sgi_storm);
	attack_note("%llu SGIs taken", (unsigned long long)sum());
	A_CHECK(sum() > 0);
	still_works();
}

/* Every interrupt pending, active, enabled, disabled, of any priority, trigger and route; of any vCPU's. */
static void gic_storm(void)
{
	uint64_t random = attack_seed(20 + cpu_id());

	gic_cpu_init();
	irq_on();
	for (uint64_t i = how_many(20000) / 2; i; i--) {
		uint64_t x = attack_random(&random), who = x >> 8 & 15, bits = x >> 32;
		bool spi = x & 1 || who >= attack_cpus;
		uint64_t base = spi ? GICD : GICR_SGI(who), word = spi ? (1 + (x >> 16) % (NR_SPIS / 32)) * 4 : 0;

		switch (x >> 4 & 15) {
		case 0:
		case 1:
			io32_w(base + 0x100 + word, bits);
			break;
		case 2:
			io32_w(base + 0x180 + word, bits);
			break;
		case 3:
		case 4:
			io32_w(base + 0x200 + word, bits);
			break;
		case 5:
			io32_w(base + 0x280 + word, bits);
			break;
		case 6:
			io32_w(base + 0x300 + word, bits & bits >> 8);
			break;
		case 7:
		case 8:
			io32_w(base + 0x380 + word, ~0u);
			break;
		case 9:
			io32_w(base + 0x400 + 8 * word + (x >> 20 & 7) * 4, bits);
			break;
		case 10:
			io32_w(base + 0xc00 + 2 * word + (x >> 20 & 1) * 4, bits);
			break;
		case 11:
			io64_w(GICD + 0x6000 + 8 * (32 + (x >> 16) % NR_SPIS), x >> 63 ? BIT(31) : bits & 15);
			break;
		case 12:
			io32_w(GICD, x >> 40 & 1 ? 0x12 : x >> 41 & 3);
			break;
		case 13:
			sysreg_write(ICC_PMR_EL1, bits & 0xff);
			break;
		case 14:
			sysreg_write(ICC_EOIR1_EL1, bits & 63);
			break;
		default:
			sysreg_write(ICC_IGRPEN1_EL1, x >> 40 & 1);
			break;
		}
	}
	sysreg_write(ICC_PMR_EL1, 0xff);
	sysreg_write(ICC_IGRPEN1_EL1, 1);
	irq_off();
}

static void gics(void)
{
	all_do(gic_storm);
	still_works();
}

/*
 * A level that stays: the handler ends it and gets it again, quiet_after times; then it is switched off at its source.
 */
static void goes_on(unsigned int intid)
{
	if (++counts[cpu_id()] < quiet_after)
		return;
	if (intid == INTID_VTIMER)
		sysreg_write(CNTV_CTL_EL0, 0);
	else if (intid == INTID_PTIMER)
		sysreg_write(CNTP_CTL_EL0, 0);
	else
		io32_w(UART_IMSC, 0);
}

static void never_quiet(void)
{
	gic_cpu_init();
	gic_enable(INTID_VTIMER);
	gic_enable(INTID_PTIMER);
	sysreg_write(CNTV_CVAL_EL0, 0);
	sysreg_write(CNTP_CVAL_EL0, 0);
	sysreg_write(CNTV_CTL_EL0, 1);
	sysreg_write(CNTP_CTL_EL0, 1);
	attack_on_irq = goes_on;
	irq_on();
	A_WAIT_MS(counts[cpu_id()] >= quiet_after, 60000);
	irq_off();
	sysreg_write(CNTV_CTL_EL0, 0);
	sysreg_write(CNTP_CTL_EL0, 0);
}

static void timers(void)
{
	quiet_after = (unsigned int)how_many(20000) / 2;
	all_do(never_quiet);
	still_works();
}

static void uart_level(void)
{
	quiet_after = (unsigned int)how_many(20000) / 2;
	memset((void *)(uintptr_t)counts, 0, sizeof(counts));
	gic_init();
	gic_enable(INTID_UART);
	attack_on_irq = goes_on;
	io32_w(UART_IMSC, UART_TXIM);
	/* The interrupt of an empty transmitter needs something to have been sent. */
	attack_note("the transmitter's interrupt");
	irq_on();
	A_WAIT_MS(counts[0] >= quiet_after, 60000);
	irq_off();
	io32_w(UART_IMSC, 0);
	attack_on_irq = NULL;
	still_works();
}

/* --- exits --- */

static void leave_and_return(void)
{
	uint64_t end = counter() + ms_ticks(attack_arg("seconds", 3) * 1000), n = 0;

	while (counter() < end) {
		for (unsigned int i = 0; i < 50; i++) {
			(void)hvc(PSCI_VERSION, 0, 0, 0);
			(void)io32_r(UART + 0x18);
			n += 2;
		}
	}
	counts[cpu_id()] = n;
}

static void exits(void)
{
	all_do(leave_and_return);
	attack_note("%llu exits in %llu s", (unsigned long long)sum(), (unsigned long long)attack_arg("seconds", 3));
	A_CHECK(sum() > 10000);
	/* As many a second as are asked for: what a machine can do, and QEMU in virtual time. */
	A_CHECK(sum() >= attack_arg("rate", 0) * attack_arg("seconds", 3));
	still_works();
}

static const struct attack_test exit_tests[] = {
	{ "exits: as fast as they come, from all vCPUs", exits },
};

ATTACK_PROGRAM(exits, exit_tests, .mmu = true);

/* WFI that ends at once, as something masked is pending; WFI with nothing enabled at all is in alloff's relatives. */
static void wait_with_pending(void)
{
	gic_cpu_init();
	gic_enable(SGI_STORM);
	gic_sgi(SGI_STORM, BIT(cpu_id()));
	for (uint64_t i = how_many(20000); i; i--)
		wfi();
	irq_on();
	A_WAIT(IRQS(SGI_STORM) == 1);
	irq_off();
}

static void waits(void)
{
	all_do(wait_with_pending);
	still_works();
}

/* The upper half sleeps with PSTATE masked and nothing enabled but one SGI; the lower half wakes each of them. */
static void sleep_or_wake(void)
{
	unsigned int me = cpu_id(), half = attack_cpus / 2;

	gic_cpu_init();
	gic_enable(SGI_STORM);
	if (me < half) {
		A_WAIT(ready >= attack_cpus - half);
		for (unsigned int i = half; i < attack_cpus; i++)
			gic_sgi(SGI_STORM, BIT(i));
		return;
	}
	(void)__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	wfi();
	irq_on();
	A_WAIT(IRQS(SGI_STORM) >= 1);
	irq_off();
}

static void sleepers(void)
{
	for (unsigned int i = 0; i < 50; i++)
		all_do(sleep_or_wake);
	still_works();
}

static void spin_masked(void)
{
	for (uint64_t end = counter() + ms_ticks(2000); counter() < end;)
		;
}

static void spins(void)
{
	all_do(spin_masked);
	still_works();
}

/* --- vCPUs on and off --- */

static void come_and_go(void)
{
	counts[cpu_id()]++;
}

static void on_and_off(void)
{
	unsigned int half = (attack_cpus + 1) / 2;
	uint64_t random = attack_seed(60 + cpu_id());

	if (cpu_id() >= half)
		return;
	for (uint64_t i = how_many(20000) / 20; i; i--) {
		unsigned int to = half + (unsigned int)(attack_random(&random) % (attack_cpus - half));
		int64_t got = attack_cpu_on(to, come_and_go);

		if (got != PSCI_SUCCESS && got != PSCI_ALREADY_ON && got != PSCI_ON_PENDING)
			A_EQ(got, PSCI_SUCCESS);
	}
}

static void onoff(void)
{
	if (attack_cpus < 2)
		return;
	all_do(on_and_off);
	attack_note("%llu times on", (unsigned long long)sum());
	A_CHECK(sum() > 0);
	still_works();
}

/* --- faults and output --- */

/* What Trivet has something to say about, again and again. */
static void fault(void)
{
	for (uint64_t i = how_many(20000) / 10; i; i--) {
		(void)io32_r(NOWHERE);
		io32_w(GICD + 0xfffc, i);
		io64_w(UART, i);
		io32_w(attack_ram_end + 64, i);
		(void)hvc(0xc2000000 + i, i, i, i);
		(void)hvc(PSCI_CPU_ON_64, i | 0x100, 1, 0);
		io32_w(VIRTIO(0) + 0x70, 0);
		io32_w(VIRTIO(0) + 0x70, 15);
		__asm__ volatile("msr s3_0_c15_c2_0, xzr\n\t"
				 "mrs x0, s3_1_c11_c0_2\n\t"
				 "hvc #1234\n\t"
				 "smc #77" ::
					 : "x0", "memory");
		((void (*)(void))NOWHERE)();
	}
	counts[cpu_id()] = SEEN.count;
}

static void faults(void)
{
	all_do(fault);
	attack_note("%llu faults", (unsigned long long)sum());
	A_CHECK(sum() > 0);
	still_works();
}

static void output(void)
{
	for (uint64_t i = how_many(20000) / 40; i; i--)
		attack_print("# %08llx the quick brown fox jumps over the lazy dog, and over it, and over it again\r\n",
			     (unsigned long long)i);
	/* No end of line, and what a terminal would obey. */
	for (unsigned int i = 0; i < 2000; i++)
		attack_print("%c", i % 32 == 10 || i % 32 == 13 ? '#' : (char)(i % 128 ? i % 128 : 1));
	attack_print("\r\n");
	still_works();
}

static const struct attack_test tests[] = {
	{ "flood: SGIs to all, and to vCPUs that are not there", sgis },
	{ "flood: all of the GIC's registers from all vCPUs", gics },
	{ "flood: timers in the past that nobody quiets", timers },
	{ "flood: a device's level that nobody quiets", uart_level },
	{ "flood: exits from all vCPUs", exits },
	{ "flood: WFI with something masked pending", waits },
	{ "flood: sleepers with all masked, and who wakes them", sleepers },
	{ "flood: all spin with interrupts masked", spins },
	{ "flood: vCPUs on and off", onoff },
	{ "flood: faults that are said", faults },
	{ "flood: lines without end", output },
};

ATTACK_PROGRAM(flood, tests, .mmu = true);

/* --- ends --- */

static void forever(void)
{
	for (;;)
		;
}

static void nothing(void)
{
}

static void all_off(void)
{
	attack_print("# all vCPUs turn off\r\n");
	for (unsigned int i = 1; i < attack_cpus; i++)
		(void)attack_cpu_on(i, nothing);
	attack_cpu_off();
}

static void spin_for_ever(void)
{
	attack_print("# all vCPUs spin for ever, interrupts masked\r\n");
	for (unsigned int i = 1; i < attack_cpus; i++)
		(void)attack_cpu_on(i, forever);
	forever();
}

const struct attack_program attack_alloff = { .name = "alloff", .fn = all_off };
const struct attack_program attack_spin = { .name = "spin", .fn = spin_for_ever };
