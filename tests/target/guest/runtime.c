/* SPDX-License-Identifier: BSD-3-Clause */
/* The payload's runtime: see guest.h. State owned: what exceptions and interrupts left, a row a vCPU. */
#include "guest.h"

#define FILE_ID 0

uint64_t guest_dtb;
volatile struct seen seen[16];
void (*volatile on_irq)(unsigned int intid);
volatile uint32_t irq_count[16][128];
volatile uint32_t irq_order[16][64], irq_orders[16];

void guest_main(uint64_t dtb);
void guest_secondary_main(void (*fn)(void));
void guest_exception(struct frame *f, uint64_t vector);
void *memcpy(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);

/* For the compiler. */
void *memcpy(void *dst, const void *src, size_t n)
{
	volatile uint8_t *d = dst;
	const uint8_t *s = src;

	while (n--)
		*d++ = *s++;
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	volatile uint8_t *d = dst;

	while (n--)
		*d++ = (uint8_t)c;
	return dst;
}

#define CALL(name, insn)                                                                                               \
	void name(struct call *c)                                                                                      \
	{                                                                                                              \
		__asm__ volatile("mov x19, %0\n\t"                                                                     \
				 "ldp x0, x1, [x19]\n\t"                                                               \
				 "ldp x2, x3, [x19, #16]\n\t"                                                          \
				 "ldp x4, x5, [x19, #32]\n\t"                                                          \
				 "ldp x6, x7, [x19, #48]\n\t"                                                          \
				 "ldp x8, x9, [x19, #64]\n\t"                                                          \
				 "ldp x10, x11, [x19, #80]\n\t"                                                        \
				 "ldp x12, x13, [x19, #96]\n\t"                                                        \
				 "ldp x14, x15, [x19, #112]\n\t"                                                       \
				 "ldp x16, x17, [x19, #128]\n\t" insn "\n\t"                                           \
				 "stp x0, x1, [x19]\n\t"                                                               \
				 "stp x2, x3, [x19, #16]\n\t"                                                          \
				 "stp x4, x5, [x19, #32]\n\t"                                                          \
				 "stp x6, x7, [x19, #48]\n\t"                                                          \
				 "stp x8, x9, [x19, #64]\n\t"                                                          \
				 "stp x10, x11, [x19, #80]\n\t"                                                        \
				 "stp x12, x13, [x19, #96]\n\t"                                                        \
				 "stp x14, x15, [x19, #112]\n\t"                                                       \
				 "stp x16, x17, [x19, #128]"                                                           \
				 :                                                                                     \
				 : "r"(c)                                                                              \
				 : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",    \
				   "x13", "x14", "x15", "x16", "x17", "x19", "memory", "cc");                          \
	}

CALL(call_hvc, "hvc #0")
CALL(call_smc, "smc #0")

int64_t hvc(uint64_t fid, uint64_t a, uint64_t b, uint64_t c)
{
	struct call k = { .x = { fid, a, b, c } };

	call_hvc(&k);
	return (int64_t)k.x[0];
}

void guest_exit(void)
{
	irq_off();
	hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		wfi();
}

void guest_cpu_off(void)
{
	irq_off();
	hvc(PSCI_CPU_OFF, 0, 0, 0);
	for (;;)
		wfi();
}

void wait_go(uint64_t value)
{
	while (io64_r(TESTDEV_BASE + TESTDEV_GO) < value)
		relax();
}

static void take_irq(void)
{
	unsigned int cpu = cpu_id(), intid = (unsigned int)sysreg_read(ICC_IAR1_EL1) & 0xffffff;

	if (intid >= 1020)
		return;
	if (irq_orders[cpu] < 64)
		irq_order[cpu][irq_orders[cpu]++] = intid;
	if (intid < 128)
		irq_count[cpu][intid]++;
	if (on_irq)
		on_irq(intid);
	sysreg_write(ICC_EOIR1_EL1, intid);
	isb();
}

void guest_exception(struct frame *f, uint64_t vector)
{
	volatile struct seen *s = &SEEN;

	if ((vector & 3) == 1) {
		take_irq();
		return;
	}
	s->count++;
	s->esr = sysreg_read(ESR_EL1);
	s->far = sysreg_read(FAR_EL1);
	s->elr = f->elr;
	s->vector = vector;
	s->spsr = f->spsr;
	/* A fetch abort has no next instruction: back to who called. */
	if (s->esr >> 26 == EC_IABT_SAME)
		f->elr = f->lr;
	else
		f->elr += 4;
}

/* --- the interrupt controller --- */

void gic_cpu_init(void)
{
	uint64_t waker = GICR(cpu_id()) + 0x14;

	io32_w(waker, 0);
	while (io32_r(waker) & 4)
		relax();
	io32_w(GICR_SGI(cpu_id()) + 0x80, 0xffffffff);
	sysreg_write(ICC_SRE_EL1, 7);
	isb();
	sysreg_write(ICC_PMR_EL1, 0xff);
	sysreg_write(ICC_BPR1_EL1, 0);
	sysreg_write(ICC_IGRPEN1_EL1, 1);
	isb();
}

void gic_init(void)
{
	io32_w(GICD, 0x12); /* ARE, group 1 */
	for (unsigned int n = 1; n < 3; n++)
		io32_w(GICD + 0x80 + n * 4, 0xffffffff);
	gic_cpu_init();
}

static uint64_t bank(unsigned int intid, uint64_t off)
{
	if (intid < 32)
		return GICR_SGI(cpu_id()) + off;
	return GICD + off + intid / 32 * 4;
}

void gic_enable(unsigned int intid)
{
	io32_w(bank(intid, 0x100), BIT(intid % 32));
}

void gic_disable(unsigned int intid)
{
	io32_w(bank(intid, 0x180), BIT(intid % 32));
}

void gic_set_pending(unsigned int intid)
{
	io32_w(bank(intid, 0x200), BIT(intid % 32));
}

bool gic_is_pending(unsigned int intid)
{
	return io32_r(bank(intid, 0x200)) >> intid % 32 & 1;
}

bool gic_is_active(unsigned int intid)
{
	return io32_r(bank(intid, 0x300)) >> intid % 32 & 1;
}

void gic_priority(unsigned int intid, uint8_t prio)
{
	io8((intid < 32 ? GICR_SGI(cpu_id()) : GICD) + 0x400 + intid) = prio;
}

void gic_edge(unsigned int intid, bool edge)
{
	uint64_t at = (intid < 32 ? GICR_SGI(cpu_id()) : GICD) + 0xc00 + intid / 16 * 4;
	uint32_t bit = (uint32_t)(2u << intid % 16 * 2), v = io32_r(at);

	io32_w(at, edge ? v | bit : v & ~bit);
}

void gic_route(unsigned int intid, uint64_t router)
{
	io64_w(GICD + 0x6000 + intid * 8ul, router);
}

void gic_sgi(unsigned int intid, uint64_t targets)
{
	dsb();
	sysreg_write(ICC_SGI1R_EL1, (uint64_t)intid << 24 | targets);
	isb();
}

void irq_window(uint64_t ms)
{
	uint64_t end = counter() + ms_ticks(ms);

	irq_on();
	while (counter() < end)
		relax();
	irq_off();
}

int64_t cpu_on(unsigned int cpu, void (*fn)(void))
{
	return hvc(PSCI_CPU_ON_64, cpu, (uint64_t)(uintptr_t)guest_secondary, (uint64_t)(uintptr_t)fn);
}

void guest_secondary_main(void (*fn)(void))
{
	fn();
}

void guest_main(uint64_t dtb)
{
	guest_dtb = dtb;
	programs[io64_r(TESTDEV_BASE + TESTDEV_PROGRAM)]();
}
