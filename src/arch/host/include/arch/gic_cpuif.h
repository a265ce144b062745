/* SPDX-License-Identifier: BSD-3-Clause */
/* Host twin: the registers are cells, without the barriers. */
#ifndef ARCH_GIC_CPUIF_H
#define ARCH_GIC_CPUIF_H

#include "arch/sysreg.h"
#include "lib/types.h"

static inline void gic_cpuif_init(void)
{
	sysreg_write(ICC_PMR_EL1, 0xff);
	sysreg_write(ICC_IGRPEN1_EL1, 1);
}

static inline void gic_cpuif_init_shared(void)
{
	sysreg_write(ICC_IGRPEN1_EL1, 1);
}

static inline uint32_t gic_cpuif_ack(void)
{
	return (uint32_t)sysreg_read(ICC_IAR1_EL1) & 0xffffff;
}

static inline void gic_cpuif_drop(uint32_t intid)
{
	sysreg_write(ICC_EOIR1_EL1, intid);
}

static inline void gic_cpuif_deactivate(uint32_t intid)
{
	sysreg_write(ICC_DIR_EL1, intid);
}

static inline void gic_cpuif_sgi(uint64_t sgi1r)
{
	sysreg_write(ICC_SGI1R_EL1, sgi1r);
}

static inline uint64_t gic_cpuif_priority_mask(uint64_t mask)
{
	uint64_t was = sysreg_read(ICC_PMR_EL1);

	sysreg_write(ICC_PMR_EL1, mask);
	return was;
}

static inline uint32_t gic_cpuif_pending_group0(void)
{
	return (uint32_t)sysreg_read(ICC_HPPIR0_EL1) & 0xffffff;
}

#endif
