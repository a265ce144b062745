/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a test and its guest agree on: the test device, an emulated page of registers through which they talk; and which
 * guest program runs.
 *
 * Every register is 8 bytes wide. Reading NAME_PROGRAM tells a guest what it is to do; it ends with PSCI SYSTEM_OFF.
 */
#ifndef TEST_ABI_H
#define TEST_ABI_H

#define TESTDEV_BASE 0x0b000000
#define TESTDEV_SIZE 0x2000

#define TESTDEV_PROGRAM 0x000 /* read: enum guest_program */
#define TESTDEV_FAIL	0x008 /* write: a check in the guest failed; its line */
#define TESTDEV_LINE	0x010 /* write: intid << 1 | level of a wired interrupt */
#define TESTDEV_SNAP	0x018 /* write: the product's state on this core is noted (struct guest_snap) */
#define TESTDEV_GO	0x020 /* read: what the test wrote last */
#define TESTDEV_VALUE	0x028 /* write: what the last failed check saw */
#define TESTDEV_SLOT	0x100 /* read and write: 8-byte slots that both sees */
#define TESTDEV_SLOTS	224
#define TESTDEV_BYTES	0x1000 /* a page of plain bytes: any width is allowed, and noted */

enum guest_program {
	G_NOTHING,
	G_HELLO,
	G_DTB,
	G_HYPERCALL,
	G_PAGES,
	G_PAGES_SPIN,
	G_SMP,
	G_COUNT,
	G_SMP_COUNT,
	G_MMIO,
	G_MMIO_BAD,
	G_DECODE,
	G_DECODE_BAD,
	G_IDREGS,
	G_UNDEF,
	G_TIMER_REGS,
	G_CPU_INTERFACE,
	G_LRS,
	G_LEVEL,
	G_EDGE,
	G_MASKED,
	G_MANY,
	G_PRIORITY,
	G_GICD,
	G_GICR,
	G_PENDING,
	G_ENABLES,
	G_SGI,
	G_ROUTE,
	G_FILL,
	G_LOOK,
	G_SURVIVE,
	G_MEMORY,
	G_RESTART,
	G_RTC,
	G_BLK,
	G_RNG,
	G_VTIMER,
	G_PTIMER,
	G_WFI,
	G_STORM,
	G_PL011,
	G_FETCH,
	G_PSCI,
	G_SUSPEND,
	G_TOKEN,
};

/* G_TOKEN: how its vCPUs wait for one another. */
enum token_wait { TOKEN_YIELD, TOKEN_WFE, TOKEN_MONITOR };

#endif
