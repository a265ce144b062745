/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The virtual CPU interface of this core (GICv3 ICH_*_EL2, IHI 0069 12.4): its list registers hold interrupts of the
 * vCPU that is loaded here. Own core only.
 */
#ifndef ARCH_ICH_H
#define ARCH_ICH_H

#include "arch/sysreg.h"
#include "arch/vcpu_regs.h"
#include "lib/types.h"

/* ICH_LR<n>_EL2 */
#define ICH_LR_PENDING	   BIT(62)
#define ICH_LR_ACTIVE	   BIT(63)
#define ICH_LR_STATE	   (ICH_LR_PENDING | ICH_LR_ACTIVE)
#define ICH_LR_HW	   BIT(61)
#define ICH_LR_GROUP1	   BIT(60)
#define ICH_LR_PRIO(p)	   ((uint64_t)(p) << 48)
#define ICH_LR_EOI	   BIT(41) /* HW == 0: maintenance interrupt at EOI */
#define ICH_LR_PINTID(i)   ((uint64_t)(i) << 32)
#define ICH_LR_VINTID_MASK UINT64_C(0xffffffff)

/* ICH_HCR_EL2 */
#define ICH_HCR_EN	    BIT(0)
#define ICH_HCR_UIE	    BIT(1)  /* underflow: none or one list register is valid */
#define ICH_HCR_NPIE	    BIT(3)  /* no pending interrupt in the list registers */
#define ICH_HCR_TC	    BIT(10) /* EL1's ICC registers trap: those common to both groups, */
#define ICH_HCR_TALL0	    BIT(11) /* of group 0, */
#define ICH_HCR_TALL1	    BIT(12) /* of group 1, */
#define ICH_HCR_TDIR	    BIT(14) /* ICC_DIR_EL1 */
#define ICH_HCR_EOICOUNT(v) BITS(v, 31, 27)

/* List registers that this machine has (1 to 16). */
unsigned int ich_lr_count(void);

/* List register i, below ich_lr_count(). The first ones, which nearly all interrupts use, inline. */
uint64_t ich_lr_read_any(unsigned int i);
void ich_lr_write_any(unsigned int i, uint64_t lr);

static inline uint64_t ich_lr_read(unsigned int i)
{
	if (likely(i == 0))
		return sysreg_read(ICH_LR0_EL2);
	return ich_lr_read_any(i);
}

static inline void ich_lr_write(unsigned int i, uint64_t lr)
{
	if (likely(i == 0))
		sysreg_write(ICH_LR0_EL2, lr);
	else
		ich_lr_write_any(i, lr);
}

/* A bit for each list register that is empty (ICH_ELRSR_EL2). */
static inline uint32_t ich_empty_lrs(void)
{
	return (uint32_t)sysreg_read(ICH_ELRSR_EL2);
}

static inline uint64_t ich_hcr_read(void)
{
	return sysreg_read(ICH_HCR_EL2);
}

static inline void ich_hcr_write(uint64_t v)
{
	sysreg_write(ICH_HCR_EL2, v);
}

/* All of it but the list registers' contents, which src/vgic moves: VMCR, AP0R, AP1R. */
void ich_save(struct arch_vgic_regs *r);
void ich_load(const struct arch_vgic_regs *r);

#endif
