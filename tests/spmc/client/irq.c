/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts of the normal world; see client.h. State owned: each core's own handler and count. The GICv3 of QEMU's
 * virt machine in its non-secure view, IHI 0069; the timer of EL2, DDI 0487 D12.
 */
#include "client.h"

#define GICD	       0x08000000ul
#define GICR_SGI(cpu)  (0x080b0000ul + (cpu)*0x20000ul)
#define CTLR	       0x000
#define CTLR_GRP1A_ARE 0x12 /* EnableGrp1A, ARE_NS */
#define ISENABLER0     0x100
#define IPRIORITYR     0x400
#define PRIORITY       0x80
#define INTID_SPECIAL  1020
#define HCR_TO_EL2     0x38ul /* FMO, IMO, AMO: interrupts of EL2 */
#define ISR_I	       (1ul << 7)

void client_irq(void);

static struct {
	void (*handler)(uint32_t intid);
	uint64_t taken;
} core[CLIENT_CPUS];

static volatile uint32_t *reg32(uint64_t a)
{
	return (volatile uint32_t *)a;
}

void irq_init(void)
{
	uint64_t gicr = GICR_SGI(cpu_index()), hcr;

	core[cpu_index()].handler = NULL;
	irq_timer_off();
	*reg32(GICD + CTLR) = CTLR_GRP1A_ARE;
	*(volatile uint8_t *)(gicr + IPRIORITYR + IRQ_CNTHP) = PRIORITY;
	*(volatile uint8_t *)(gicr + IPRIORITYR + IRQ_SGI) = PRIORITY;
	*reg32(gicr + ISENABLER0) = 1u << IRQ_CNTHP | 1u << IRQ_SGI;
	__asm__ volatile("mrs %0, hcr_el2" : "=r"(hcr));
	__asm__ volatile("msr hcr_el2, %0" : : "r"(hcr | HCR_TO_EL2));
	/* ICC_PMR_EL1, ICC_IGRPEN1_EL1 */
	__asm__ volatile("msr s3_0_c4_c6_0, %0\n\tmsr s3_0_c12_c12_7, %1\n\tisb" : : "r"(0xfful), "r"(1ul) : "memory");
}

void irq_timer(uint64_t ticks)
{
	__asm__ volatile("msr cnthp_cval_el2, %0\n\tmsr cnthp_ctl_el2, %1\n\tisb"
			 :
			 : "r"(time_counter() + ticks), "r"(1ul)
			 : "memory");
}

void irq_timer_off(void)
{
	__asm__ volatile("msr cnthp_ctl_el2, xzr\n\tisb" ::: "memory");
}

void irq_send(unsigned int cpu)
{
	/* ICC_SGI1R_EL1: the target list, of affinity 0.0.0 */
	__asm__ volatile("dsb ish\n\tmsr s3_0_c12_c11_5, %0\n\tisb"
			 :
			 : "r"(1ul << cpu | (uint64_t)IRQ_SGI << 24)
			 : "memory");
}

void irq_handler(void (*fn)(uint32_t intid))
{
	core[cpu_index()].handler = fn;
}

void irq_unmask(void)
{
	__asm__ volatile("msr daifclr, #2\n\tisb" ::: "memory");
}

void irq_mask(void)
{
	__asm__ volatile("msr daifset, #2\n\tisb" ::: "memory");
}

/* From the vectors, interrupts masked. */
void client_irq(void)
{
	unsigned int cpu = cpu_index();
	uint64_t intid;

	__asm__ volatile("mrs %0, s3_0_c12_c12_0\n\tdsb sy" : "=r"(intid)::"memory"); /* ICC_IAR1_EL1 */
	if (intid >= INTID_SPECIAL)
		return;
	core[cpu].taken++;
	if (intid == IRQ_CNTHP)
		irq_timer_off();
	else
		expect_eq_at(intid, IRQ_SGI, "INTID of an interrupt of the normal world", "irq.c");
	if (core[cpu].handler)
		core[cpu].handler((uint32_t)intid);
	__asm__ volatile("msr s3_0_c12_c12_1, %0\n\tisb" : : "r"(intid) : "memory"); /* ICC_EOIR1_EL1 */
}

bool irq_is_pending(void)
{
	uint64_t isr;

	__asm__ volatile("isb\n\tmrs %0, isr_el1" : "=r"(isr)::"memory");
	return isr & ISR_I;
}

unsigned int irq_window(void)
{
	uint64_t before = core[cpu_index()].taken;

	irq_unmask();
	irq_mask();
	return (unsigned int)(core[cpu_index()].taken - before);
}

bool irq_wait(uint64_t ticks)
{
	uint64_t deadline = time_counter() + ticks;

	while (!irq_is_pending()) {
		if (time_is_over(deadline))
			return false;
		__asm__ volatile("yield");
	}
	return true;
}

uint64_t irq_taken(void)
{
	return core[cpu_index()].taken;
}
