/* SPDX-License-Identifier: BSD-3-Clause */
/* Programs: the simple guest, its tree, its calls, its memory, its UART and clock. */
#include "guest.h"
#include "insn.h"

#define FILE_ID 1

/* What the loader must bring anew at each start: 1 in the pristine image. */
static volatile uint64_t pristine = 1;
static volatile uint64_t in_bss;

static uint32_t be32(uint64_t at)
{
	return __builtin_bswap32(io32_r(at));
}

static void print(const char *s)
{
	for (; *s; s++) {
		while (io32_r(UART + 0x18) & 0x20)
			relax();
		io32_w(UART, *s);
	}
}

PROGRAM(g_hello)
{
	print("# hello from a guest at EL1\r\n");
	slot_set(0, sysreg_read(CurrentEL) >> 2);
	slot_set(1, sysreg_read(MPIDR_EL1));
	slot_set(2, guest_dtb);
	slot_set(3, 0x600d);
}

PROGRAM(g_dtb)
{
	G_EQ(guest_dtb, RAM);
	G_EQ(be32(guest_dtb), 0xd00dfeed);
	G_CHECK(be32(guest_dtb + 4) > 256 && be32(guest_dtb + 4) <= 65536);
}

/* Calls keep every register that is not a result; unknown ones say NOT_SUPPORTED. */
PROGRAM(g_hypercall)
{
	void (*const how[])(struct call *) = { call_hvc, call_smc };

	for (unsigned int k = 0; k < 2; k++) {
		struct call c;

		for (unsigned int i = 0; i < 18; i++)
			c.x[i] = 0x1111111111111111ul * (i % 15 + 1);
		c.x[0] = PSCI_VERSION;
		how[k](&c);
		G_EQ(c.x[0], PSCI_VERSION_1_1);
		for (unsigned int i = 4; i < 18; i++)
			G_EQ(c.x[i], 0x1111111111111111ul * (i % 15 + 1));
		c.x[0] = SMCCC_VERSION;
		how[k](&c);
		G_CHECK(c.x[0] >= SMCCC_VERSION_1_2);
		c.x[0] = 0x8400ffff;
		how[k](&c);
		G_EQ((int32_t)c.x[0], SMCCC_NOT_SUPPORTED);
		c.x[0] = 0xc2003344;
		how[k](&c);
		G_EQ(c.x[0], (uint64_t)SMCCC_NOT_SUPPORTED);
	}
	G_EQ((int32_t)hvc(SMCCC_ARCH_FEATURES, SMCCC_VERSION, 0, 0), 0);
	G_EQ((int32_t)hvc(SMCCC_ARCH_FEATURES, 0x80001234, 0, 0), SMCCC_NOT_SUPPORTED);
	G_EQ((int32_t)hvc(TRNG_VERSION, 0, 0, 0), TRNG_VERSION_1_0);
	/* Only immediate 0 is a call. */
	G_UNDEF(do_hvc_1());
	G_EQ(SEEN.elr, (uint64_t)(uintptr_t)do_hvc_1);
	G_UNDEF(do_smc_1());
	G_EQ(SEEN.elr, (uint64_t)(uintptr_t)do_smc_1);
}

PROGRAM(g_psci)
{
	G_EQ(hvc(PSCI_VERSION, 0, 0, 0), PSCI_VERSION_1_1);
	G_EQ((int32_t)hvc(PSCI_FEATURES, PSCI_CPU_ON_64, 0, 0), 0);
	G_EQ((int32_t)hvc(PSCI_FEATURES, PSCI_MIGRATE_32, 0, 0), PSCI_NOT_SUPPORTED);
	G_EQ((int32_t)hvc(PSCI_MIGRATE_INFO_TYPE, 0, 0, 0), PSCI_MIGRATE_NOT_REQUIRED);
	G_EQ((int32_t)hvc(PSCI_CPU_ON_64, 0, RAM + 0x80000, 0), PSCI_ALREADY_ON);
	G_EQ((int32_t)hvc(PSCI_CPU_ON_64, 77, RAM + 0x80000, 0), PSCI_INVALID_PARAMETERS);
	G_EQ((int32_t)hvc(PSCI_CPU_ON_64, 1, NOWHERE, 0), PSCI_INVALID_ADDRESS);
	G_EQ((int32_t)hvc(PSCI_AFFINITY_INFO_64, 0, 0, 0), PSCI_AFF_ON);
	G_EQ((int32_t)hvc(PSCI_AFFINITY_INFO_64, 1, 0, 0), PSCI_AFF_OFF);
	G_EQ((int32_t)hvc(PSCI_AFFINITY_INFO_64, 0x500, 0, 0), PSCI_INVALID_PARAMETERS);
	G_EQ((int32_t)hvc(PSCI_SYSTEM_RESET2_32, 0x80000000, 0, 0), PSCI_INVALID_PARAMETERS);
}

/* Keeps a number of its own at an address that all guests share, and looks at it again and again: slot 0 names it. */
PROGRAM(g_memory)
{
	uint64_t at = RAM + 0x400000, mine = slot_get(0);

	G_EQ(io64_r(at), 0);
	io64_w(at, mine);
	slot_set(1, 1);
	while (!io64_r(TESTDEV_BASE + TESTDEV_GO)) {
		G_EQ(io64_r(at), mine);
		slot_set(1, slot_get(1) + 1);
	}
	snap();
}

/* Runs three times, by SYSTEM_RESET, and finds itself as new each time. */
PROGRAM(g_restart)
{
	uint64_t run = slot_get(0);

	G_EQ(pristine, 1);
	G_EQ(in_bss, 0);
	G_EQ(io64_r(RAM + 0x300000), 0);
	G_EQ(io32_r(GICD), 0x50);
	G_EQ(sysreg_read(TPIDR_EL1), 0);
	pristine = 2;
	in_bss = 3;
	io64_w(RAM + 0x300000, 4);
	io32_w(GICD, 0x12);
	sysreg_write(TPIDR_EL1, 5);
	slot_set(0, run + 1);
	if (run < 2)
		hvc(PSCI_SYSTEM_RESET, 0, 0, 0);
}

static volatile char typed[8];
static volatile unsigned int typed_count;

static void uart_irq(unsigned int intid)
{
	if (intid != 33)
		return;
	while (!(io32_r(UART + 0x18) & 0x10) && typed_count < sizeof(typed))
		typed[typed_count++] = (char)io32_r(UART);
}

PROGRAM(g_pl011)
{
	static const uint8_t id[] = { 0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	for (unsigned int i = 0; i < 8; i++)
		G_EQ(io32_r(UART + 0xfe0 + 4 * i), id[i]);
	G_EQ(io32_r(UART + 0x18) & 0xb8, 0x90); /* nothing received, all sent */
	/* The transmit interrupt, at the vGIC: SPI 1. */
	gic_init();
	gic_enable(33);
	io32_w(UART + 0x30, 0x301);
	io32_w(UART + 0x38, 0x20);
	print("#");
	print(" guest: UART interrupt\r\n");
	G_CHECK(io32_r(UART + 0x3c) & 0x20);
	G_CHECK(gic_is_pending(33));
	io32_w(UART + 0x44, 0x20);
	G_CHECK(!gic_is_pending(33));
	/* What the test types: one at a time without FIFO (LCR_H.FEN = 0), an interrupt each. */
	on_irq = uart_irq;
	io32_w(UART + 0x38, 0x10);
	irq_on();
	for (unsigned int i = 1; i <= 4; i++) {
		slot_set(0, i);
		G_WAIT(typed_count == i);
		G_EQ(typed[i - 1], "type"[i - 1]);
		G_EQ(IRQS(33), i);
	}
	irq_off();
	G_CHECK(io32_r(UART + 0x18) & 0x10);
}

static void rtc_irq(unsigned int intid)
{
	if (intid == 34)
		io32_w(RTC + 0x1c, 1);
}

PROGRAM(g_rtc)
{
	static const uint8_t id[] = { 0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };
	uint32_t now = io32_r(RTC);

	for (unsigned int i = 0; i < 8; i++)
		G_EQ(io32_r(RTC + 0xfe0 + 4 * i), id[i]);
	slot_set(0, now);
	/* An alarm at once: the match is level-triggered at SPI 2, and the handler clears it. */
	on_irq = rtc_irq;
	gic_init();
	gic_enable(34);
	io32_w(RTC + 0x10, 1);
	io32_w(RTC + 0x04, io32_r(RTC) + 1);
	irq_on();
	G_WAIT(IRQS(34));
	irq_off();
	G_EQ(IRQS(34), 1);
	G_EQ(io32_r(RTC + 0x14), 0);
	/* It is set, and goes on from there. */
	io32_w(RTC + 0x08, 0x10000000);
	G_CHECK(io32_r(RTC) - 0x10000000 < 3);
}
