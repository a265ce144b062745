/* SPDX-License-Identifier: BSD-3-Clause */
/* Programs: interrupts from their source to their end. */
#include "guest.h"

#define FILE_ID 4

#define SPI(n) (32u + (n))

/* The state of the list registers while an SPI is pending, then active; then a pending one on top of it. */
PROGRAM(g_lrs)
{
	gic_init();
	gic_enable(SPI(5));
	gic_edge(SPI(5), true);
	gic_priority(SPI(5), 0x40);
	line_set(SPI(5), true);
	line_set(SPI(5), false);
	G_WAIT((sysreg_read(S3_0_C12_C12_2) & 0xffffff) == SPI(5));
	snap();
	slot_set(0, 1);
	wait_go(1);
	G_EQ(sysreg_read(ICC_IAR1_EL1), SPI(5));
	snap();
	slot_set(0, 2);
	wait_go(2);
	sysreg_write(ICC_EOIR1_EL1, SPI(5));
	isb();
	snap();
	slot_set(0, 3);
	wait_go(3);
}

static void lower(unsigned int intid)
{
	/* The first two times it stays up: so it must come again. */
	if (intid == SPI(6) && IRQS(intid) % 3 == 0)
		line_set(intid, false);
}

/* Level: comes again while the line is high; ends when it is lowered; ten rounds. */
PROGRAM(g_level)
{
	gic_init();
	gic_enable(SPI(6));
	on_irq = lower;
	irq_on();
	for (unsigned int round = 1; round <= 10; round++) {
		line_set(SPI(6), true);
		G_WAIT(IRQS(SPI(6)) >= 3 * round);
		G_EQ(IRQS(SPI(6)), 3 * round);
	}
	irq_off();
	G_CHECK(!gic_is_pending(SPI(6)));
	G_CHECK(!gic_is_active(SPI(6)));
	/* Up and down unseen: gone. */
	line_set(SPI(6), true);
	G_CHECK(gic_is_pending(SPI(6)));
	line_set(SPI(6), false);
	G_CHECK(!gic_is_pending(SPI(6)));
	irq_window(5);
	G_EQ(IRQS(SPI(6)), 30);
}

/* Edge: once an edge, even if the line is low again, and one more when it arrives while active. */
static void edge_again(unsigned int intid)
{
	if (intid == SPI(7) && IRQS(intid) == 1) {
		line_set(SPI(7), true);
		line_set(SPI(7), false);
	}
}

PROGRAM(g_edge)
{
	gic_init();
	gic_edge(SPI(7), true);
	gic_enable(SPI(7));
	on_irq = edge_again;
	line_set(SPI(7), true);
	line_set(SPI(7), false);
	G_CHECK(gic_is_pending(SPI(7)));
	irq_window(5);
	G_EQ(IRQS(SPI(7)), 2);
	for (unsigned int i = 0; i < 20; i++) {
		line_set(SPI(7), true);
		irq_window(1);
		G_EQ(IRQS(SPI(7)), 3 + i);
		line_set(SPI(7), false);
	}
	/* Software makes one. */
	gic_set_pending(SPI(7));
	irq_window(2);
	G_EQ(IRQS(SPI(7)), 23);
}

/* Masked by PSTATE, by PMR, by the group enable: waits, and comes afterwards. */
PROGRAM(g_masked)
{
	gic_init();
	gic_enable(SPI(8));
	gic_edge(SPI(8), true);
	gic_priority(SPI(8), 0x80);
	gic_set_pending(SPI(8));
	for (unsigned int i = 0; i < 1000; i++)
		relax();
	G_EQ(IRQS(SPI(8)), 0);
	sysreg_write(ICC_PMR_EL1, 0x80);
	irq_window(2);
	G_EQ(IRQS(SPI(8)), 0);
	sysreg_write(ICC_PMR_EL1, 0x90);
	irq_window(2);
	G_EQ(IRQS(SPI(8)), 1);
	sysreg_write(ICC_IGRPEN1_EL1, 0);
	gic_set_pending(SPI(8));
	irq_window(2);
	G_EQ(IRQS(SPI(8)), 1);
	sysreg_write(ICC_IGRPEN1_EL1, 1);
	irq_window(2);
	G_EQ(IRQS(SPI(8)), 2);
}

#define MANY 40

/* More pending than list registers: all come, the highest priorities first. */
PROGRAM(g_many)
{
	gic_init();
	for (unsigned int i = 0; i < MANY; i++) {
		gic_edge(SPI(i), true);
		gic_priority(SPI(i), (uint8_t)((i * 7 % MANY) / 2 * 8));
		gic_enable(SPI(i));
	}
	for (unsigned int i = 0; i < MANY; i++)
		gic_set_pending(SPI(i));
	irq_window(20);
	for (unsigned int i = 0; i < MANY; i++)
		G_EQ(IRQS(SPI(i)), 1);
	G_EQ(irq_orders[0], MANY);
	for (unsigned int i = 1; i < MANY; i++) {
		unsigned int before = irq_order[0][i - 1] - 32, now = irq_order[0][i] - 32;

		G_CHECK(before * 7 % MANY / 2 <= now * 7 % MANY / 2);
	}
}

static void nest(unsigned int intid)
{
	if (intid != SPI(10))
		return;
	/* A lower one waits, a higher one comes in between. */
	gic_set_pending(SPI(11));
	gic_set_pending(SPI(12));
	irq_on();
	G_WAIT(IRQS(SPI(12)) == 1);
	irq_off();
	G_EQ(IRQS(SPI(11)), 0);
}

PROGRAM(g_priority)
{
	gic_init();
	for (unsigned int i = 10; i < 13; i++) {
		gic_edge(SPI(i), true);
		gic_priority(SPI(i), (uint8_t)(i == 10 ? 0x80 : i == 11 ? 0xa0 : 0x40));
		gic_enable(SPI(i));
	}
	on_irq = nest;
	gic_set_pending(SPI(10));
	irq_window(5);
	G_EQ(IRQS(SPI(10)), 1);
	G_EQ(IRQS(SPI(11)), 1);
	G_EQ(IRQS(SPI(12)), 1);
	G_EQ(irq_order[0][1], SPI(12));
	G_EQ(irq_order[0][2], SPI(11));
}

/* Pending and active by register: set, seen, cleared, without and with an enable. */
PROGRAM(g_pending)
{
	uint64_t set = GICD + 0x204, clear = GICD + 0x284, active = GICD + 0x304, inactive = GICD + 0x384;

	gic_init();
	gic_edge(SPI(4), true);
	io32_w(set, BIT(4));
	G_EQ(io32_r(set), BIT(4));
	G_EQ(io32_r(clear), BIT(4));
	irq_window(2);
	G_EQ(IRQS(SPI(4)), 0);
	io32_w(clear, BIT(4));
	G_EQ(io32_r(set), 0);
	gic_enable(SPI(4));
	irq_window(2);
	G_EQ(IRQS(SPI(4)), 0);
	/* Enabled: in a list register, and taken back. */
	io32_w(set, BIT(4));
	G_EQ(io32_r(set), BIT(4));
	io32_w(clear, BIT(4));
	G_EQ(io32_r(set), 0);
	irq_window(2);
	G_EQ(IRQS(SPI(4)), 0);
	/* Active by register: does not come, until it is not. */
	io32_w(active, BIT(4));
	G_EQ(io32_r(active), BIT(4));
	io32_w(set, BIT(4));
	irq_window(2);
	G_EQ(IRQS(SPI(4)), 0);
	io32_w(inactive, BIT(4));
	G_EQ(io32_r(active), 0);
	irq_window(2);
	G_EQ(IRQS(SPI(4)), 1);
}

/* Off by its own enable, then by the distributor's: it stays pending, and comes when both are on. */
PROGRAM(g_enables)
{
	gic_init();
	gic_edge(SPI(3), true);
	gic_enable(SPI(3));
	gic_disable(SPI(3));
	line_set(SPI(3), true);
	irq_window(2);
	G_EQ(IRQS(SPI(3)), 0);
	io32_w(GICD, 0x10);
	gic_enable(SPI(3));
	irq_window(2);
	G_EQ(IRQS(SPI(3)), 0);
	G_CHECK(gic_is_pending(SPI(3)));
	io32_w(GICD, 0x12);
	irq_window(2);
	G_EQ(IRQS(SPI(3)), 1);
	G_CHECK(!gic_is_pending(SPI(3)));
	/* Group 0 is not enabled. */
	io32_w(GICD + 0x84, ~(uint32_t)BIT(3));
	gic_set_pending(SPI(3));
	irq_window(2);
	G_EQ(IRQS(SPI(3)), 1);
	io32_w(GICD + 0x84, 0xffffffff);
	irq_window(2);
	G_EQ(IRQS(SPI(3)), 2);
}

/* --- several vCPUs --- */

static volatile uint32_t ready, quit;

static void serve(void)
{
	gic_cpu_init();
	for (unsigned int i = 0; i < 16; i++)
		gic_enable(i);
	/* MMU off: no exclusives. Each vCPU has a byte of its own. */
	((volatile uint8_t *)&ready)[cpu_id()] = 1;
	/* WFI ends by a pending interrupt although it is masked: so none comes between the look and the sleep. */
	while (!quit) {
		wfi();
		irq_on();
		isb();
		irq_off();
	}
}

/* SGI 14 is for that. */
static void quit_all(void)
{
	quit = 1;
	gic_sgi(14, BIT(40));
}

static void start_all(unsigned int n)
{
	for (unsigned int i = 1; i < n; i++)
		G_EQ(cpu_on(i, serve), 0);
	for (unsigned int i = 1; i < n; i++)
		G_WAIT(((volatile uint8_t *)&ready)[i]);
}

PROGRAM(g_sgi)
{
	gic_init();
	for (unsigned int i = 0; i < 16; i++)
		gic_enable(i);
	start_all(3);
	irq_on();
	/* One, then several, then all but oneself, then oneself. */
	gic_sgi(1, BIT(1));
	G_WAIT(irq_count[1][1] == 1);
	gic_sgi(2, BIT(1) | BIT(2));
	G_WAIT(irq_count[1][2] == 1 && irq_count[2][2] == 1);
	gic_sgi(15, BIT(40));
	G_WAIT(irq_count[1][15] == 1 && irq_count[2][15] == 1);
	G_EQ(irq_count[0][15], 0);
	gic_sgi(4, BIT(0));
	G_WAIT(irq_count[0][4] == 1);
	/* Nobody: vCPUs that do not exist. */
	gic_sgi(5, 0xfff8);
	gic_sgi(5, 1 | 7ul << 16);
	for (unsigned int i = 0; i < 50; i++) {
		gic_sgi(6, BIT(1));
		G_WAIT(irq_count[1][6] == i + 1);
	}
	for (unsigned int i = 0; i < 3; i++)
		G_EQ(irq_count[i][5], 0);
	G_EQ(irq_count[2][1], 0);
	G_EQ(irq_count[2][6], 0);
	irq_off();
	quit_all();
}

/* An SPI goes where IROUTER says: to the one, then to the other, also when it is pending already. */
PROGRAM(g_route)
{
	gic_init();
	gic_edge(SPI(20), true);
	gic_enable(SPI(20));
	start_all(3);
	irq_on();
	for (unsigned int round = 1; round <= 5; round++)
		for (unsigned int cpu = 0; cpu < 3; cpu++) {
			gic_route(SPI(20), cpu);
			G_EQ(io64_r(GICD + 0x6000 + SPI(20) * 8ul), cpu);
			line_set(SPI(20), true);
			line_set(SPI(20), false);
			G_WAIT(irq_count[cpu][SPI(20)] == round);
		}
	irq_off();
	/* Pending here while masked, then moved. */
	gic_route(SPI(20), 0);
	line_set(SPI(20), true);
	line_set(SPI(20), false);
	G_CHECK(gic_is_pending(SPI(20)));
	gic_route(SPI(20), 2);
	G_WAIT(irq_count[2][SPI(20)] == 6);
	irq_window(2);
	G_EQ(irq_count[0][SPI(20)], 5);
	/* Nowhere: it waits. */
	gic_route(SPI(20), 0x300);
	line_set(SPI(20), true);
	line_set(SPI(20), false);
	G_CHECK(gic_is_pending(SPI(20)));
	gic_route(SPI(20), 1);
	G_WAIT(irq_count[1][SPI(20)] == 6);
	/* Any: some vCPU takes it. */
	gic_route(SPI(20), BIT(31));
	line_set(SPI(20), true);
	line_set(SPI(20), false);
	irq_on();
	G_WAIT(irq_count[0][SPI(20)] + irq_count[1][SPI(20)] + irq_count[2][SPI(20)] == 5 + 6 + 6 + 1);
	irq_off();
	quit_all();
}

#define ROUNDS 100

/* Two vCPUs throw SGIs at each other while the test raises SPIs: nothing is lost. */
static volatile uint64_t pong;

static void ponger(unsigned int intid)
{
	if (intid == 7 && cpu_id() == 1) {
		pong++;
		gic_sgi(8, BIT(0));
	}
}

PROGRAM(g_storm)
{
	gic_init();
	for (unsigned int i = 0; i < 16; i++)
		gic_enable(i);
	gic_enable(SPI(9));
	gic_edge(SPI(9), true);
	on_irq = ponger;
	start_all(2);
	irq_on();
	slot_set(0, 1);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		gic_sgi(7, BIT(1));
		G_WAIT(IRQS(8) == i + 1);
		if (IRQS(8) != i + 1)
			break;
	}
	slot_set(0, 2);
	G_EQ(pong, ROUNDS);
	wait_go(1);
	G_WAIT(IRQS(SPI(9)) > 0);
	slot_set(1, IRQS(SPI(9)));
	irq_off();
	quit_all();
}
