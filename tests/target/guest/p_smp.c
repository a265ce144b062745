/* SPDX-License-Identifier: BSD-3-Clause */
/* Programs: several vCPUs, and time. Slots 16 + n and 32 + n belong to vCPU n. */
#include "guest.h"

#define FILE_ID 6

static volatile uint8_t here[16];

static void secondary(void)
{
	unsigned int me = cpu_id();

	slot_set(16 + me, sysreg_read(MPIDR_EL1));
	here[me] = 1;
}

static void wait_off(unsigned int cpu)
{
	G_WAIT(hvc(PSCI_AFFINITY_INFO_64, cpu, 0, 0) == PSCI_AFF_OFF);
}

/* Each vCPU on, seen by its own MPIDR, off, and on again. */
PROGRAM(g_smp)
{
	unsigned int n = (unsigned int)slot_get(0);

	for (unsigned int round = 0; round < 3; round++) {
		for (unsigned int i = 1; i < n; i++) {
			here[i] = 0;
			slot_set(16 + i, 0);
			G_EQ(cpu_on(i, secondary), 0);
		}
		for (unsigned int i = 1; i < n; i++) {
			G_WAIT(here[i]);
			G_EQ(slot_get(16 + i), BIT(31) | i);
			wait_off(i);
		}
	}
	/* Of two CPU_ON at most one starts it. */
	here[1] = 0;
	G_EQ(cpu_on(1, secondary), 0);
	G_CHECK(cpu_on(1, secondary) < 0 || here[1]);
	wait_off(1);
}

static void count(void)
{
	unsigned int me = cpu_id();

	while (!io64_r(TESTDEV_BASE + TESTDEV_GO)) {
		for (unsigned int i = 0; i < 1000; i++)
			__asm__ volatile("" ::: "memory");
		slot_set(32 + me, slot_get(32 + me) + 1);
	}
}

PROGRAM(g_count)
{
	count();
}

PROGRAM(g_smp_count)
{
	unsigned int n = (unsigned int)slot_get(0);

	for (unsigned int i = 1; i < n; i++)
		G_EQ(cpu_on(i, count), 0);
	count();
	for (unsigned int i = 1; i < n; i++)
		wait_off(i);
}

/* --- time --- */

static volatile uint64_t fired_at;

static void on_vtimer(unsigned int intid)
{
	if (intid != 27)
		return;
	fired_at = counter();
	sysreg_write(CNTV_CTL_EL0, 0);
	isb();
}

PROGRAM(g_vtimer)
{
	gic_init();
	gic_enable(27);
	on_irq = on_vtimer;
	irq_on();
	for (unsigned int i = 1; i <= 20; i++) {
		uint64_t due = counter() + ms_ticks(2);

		sysreg_write(CNTV_CVAL_EL0, due);
		sysreg_write(CNTV_CTL_EL0, 1);
		isb();
		/* Busy in odd rounds, in WFI in even ones. */
		if (i % 2)
			G_WAIT(IRQS(27) == i);
		else
			while (IRQS(27) < i)
				wfi();
		G_EQ(IRQS(27), i);
		G_CHECK(fired_at >= due);
		G_CHECK(fired_at < due + ms_ticks(1500));
	}
	irq_off();
	/* Masked in the timer: never. */
	sysreg_write(CNTV_CVAL_EL0, 0);
	sysreg_write(CNTV_CTL_EL0, 3);
	irq_window(3);
	G_EQ(IRQS(27), 20);
	G_EQ(sysreg_read(CNTV_CTL_EL0), 7);
}

static void on_ptimer(unsigned int intid)
{
	if (intid != 30)
		return;
	fired_at = sysreg_read(CNTPCT_EL0);
	sysreg_write(CNTP_CTL_EL0, 0);
}

PROGRAM(g_ptimer)
{
	gic_init();
	gic_enable(30);
	on_irq = on_ptimer;
	irq_on();
	for (unsigned int i = 1; i <= 10; i++) {
		uint64_t due = sysreg_read(CNTPCT_EL0) + ms_ticks(2);

		sysreg_write(CNTP_CVAL_EL0, due);
		sysreg_write(CNTP_CTL_EL0, 1);
		if (i % 2)
			G_WAIT(IRQS(30) == i);
		else
			while (IRQS(30) < i)
				wfi();
		G_EQ(IRQS(30), i);
		G_CHECK(fired_at >= due);
	}
	irq_off();
	G_CHECK(!gic_is_pending(30));
}

/*
 * After CPU_SUSPEND into a powerdown state: registers as after power-on, the timer and what it made pending
 * as they were.
 */
static void resumed(void)
{
	G_EQ(sysreg_read(TPIDR_EL1), 0);
	G_EQ(sysreg_read(SCTLR_EL1) & 1, 0);
	G_EQ(sysreg_read(CNTV_CTL_EL0), 5);
	on_irq = on_vtimer;
	gic_cpu_init();
	irq_on();
	G_WAIT(IRQS(27) == 2);
	irq_off();
	slot_set(0, 2);
	guest_exit();
}

PROGRAM(g_suspend)
{
	gic_init();
	gic_enable(27);
	on_irq = on_vtimer;
	/* Standby: it comes back like a call, and the interrupt waits. */
	sysreg_write(CNTV_CVAL_EL0, counter() + ms_ticks(3));
	sysreg_write(CNTV_CTL_EL0, 1);
	G_EQ(hvc(PSCI_CPU_SUSPEND_64, 0, 0, 0), PSCI_SUCCESS);
	G_EQ(sysreg_read(CNTV_CTL_EL0), 5);
	irq_window(2);
	G_EQ(IRQS(27), 1);
	slot_set(0, 1);
	/* Powerdown: at the entry, with the context. */
	sysreg_write(TPIDR_EL1, 0x1234);
	sysreg_write(CNTV_CVAL_EL0, counter() + ms_ticks(20));
	sysreg_write(CNTV_CTL_EL0, 1);
	hvc(PSCI_CPU_SUSPEND_64, PSCI_STATE_POWERDOWN, (uint64_t)(uintptr_t)guest_secondary,
	    (uint64_t)(uintptr_t)resumed);
	G_CHECK(false);
}

/* Waits in WFI with interrupts masked and without; the test raises SPI 9 each time that slot 0 grows. */
PROGRAM(g_wfi)
{
	gic_init();
	gic_edge(41, true);
	gic_enable(41);
	for (unsigned int i = 1; i <= 20; i++) {
		slot_set(0, i);
		if (i % 2) {
			irq_on();
			while (IRQS(41) < i)
				wfi();
			irq_off();
		} else {
			while (!gic_is_pending(41))
				wfi();
			irq_window(1);
		}
		G_EQ(IRQS(41), i);
	}
}
