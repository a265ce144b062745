/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The physical GIC CPU interface of this core, as EL2 sees it (IHI 0069 12.2). Each function has the barrier that
 * its register needs.
 */
#ifndef ARCH_GIC_CPUIF_H
#define ARCH_GIC_CPUIF_H

#include "arch/sysreg.h"
#include "lib/types.h"

/* All priorities pass, EOI mode 1 (drop and deactivate apart), group 1 on. */
static inline void gic_cpuif_init(void)
{
	unsigned int bits = (unsigned int)BITS(sysreg_read(ICC_CTLR_EL1), 10, 8) + 1; /* PRIbits */

	/* A priority that a boot loader left active would mask all of ours. */
	sysreg_write(ICC_AP1R0_EL1, 0);
	if (bits > 5)
		sysreg_write(ICC_AP1R1_EL1, 0);
	if (bits > 6) {
		sysreg_write(ICC_AP1R2_EL1, 0);
		sysreg_write(ICC_AP1R3_EL1, 0);
	}
	sysreg_write(ICC_PMR_EL1, 0xff);
	sysreg_write(ICC_BPR1_EL1, 0);
	sysreg_write(ICC_CTLR_EL1, BIT(1));
	sysreg_write(ICC_IGRPEN1_EL1, 1);
	__asm__ volatile("isb" ::: "memory");
}

/* The same for a world that shares it: only what each world has of its own. ICC_PMR_EL1 is the normal world's too. */
static inline void gic_cpuif_init_shared(void)
{
	sysreg_write(ICC_BPR1_EL1, 0);
	sysreg_write(ICC_CTLR_EL1, BIT(1));
	sysreg_write(ICC_IGRPEN1_EL1, 1);
	__asm__ volatile("isb" ::: "memory");
}

static inline uint32_t gic_cpuif_ack(void)
{
	uint32_t intid = (uint32_t)sysreg_read(ICC_IAR1_EL1);

	__asm__ volatile("dsb sy" ::: "memory"); /* acknowledged before the handler touches the device */
	return intid & 0xffffff;
}

static inline void gic_cpuif_drop(uint32_t intid)
{
	sysreg_write(ICC_EOIR1_EL1, intid);
	__asm__ volatile("isb" ::: "memory");
}

static inline void gic_cpuif_deactivate(uint32_t intid)
{
	sysreg_write(ICC_DIR_EL1, intid);
	__asm__ volatile("isb" ::: "memory");
}

static inline void gic_cpuif_sgi(uint64_t sgi1r)
{
	__asm__ volatile("dsb ish" ::: "memory"); /* what the receiver is to see, before the SGI */
	sysreg_write(ICC_SGI1R_EL1, sgi1r);
	__asm__ volatile("isb" ::: "memory");
}

/* ICC_PMR_EL1: only what is above mask (below it, as a number) is signalled from now on. What it was. */
static inline uint64_t gic_cpuif_priority_mask(uint64_t mask)
{
	uint64_t was = sysreg_read(ICC_PMR_EL1);

	sysreg_write(ICC_PMR_EL1, mask);
	__asm__ volatile("isb" ::: "memory");
	return was;
}

/* The highest pending interrupt of group 0, if that is what is pending; else a special INTID. */
static inline uint32_t gic_cpuif_pending_group0(void)
{
	return (uint32_t)sysreg_read(ICC_HPPIR0_EL1) & 0xffffff;
}

#endif
