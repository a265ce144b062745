/* SPDX-License-Identifier: BSD-3-Clause */
/* The virtual CPU interface registers (IHI 0069 12.4). */
#include "arch/ich.h"
#include "arch/switch.h"
#include "arch/world.h"

static unsigned int lr_count, ap_count;

#define LRS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

unsigned int ich_lr_count(void)
{
	return lr_count;
}

uint64_t ich_lr_read_any(unsigned int i)
{
	switch (i) {
#define X(n)                                                                                                           \
	case n:                                                                                                        \
		return sysreg_read(ICH_LR##n##_EL2);
		LRS(X)
#undef X
	}
	return 0;
}

void ich_lr_write_any(unsigned int i, uint64_t lr)
{
	switch (i) {
#define X(n)                                                                                                           \
	case n:                                                                                                        \
		sysreg_write(ICH_LR##n##_EL2, lr);                                                                     \
		break;
		LRS(X)
#undef X
	}
}

/* Preemption bits decide how many active-priority registers there are (ICH_VTR_EL2.PREbits + 1: 5, 6 or 7 bits). */
void ich_save(struct arch_vgic_regs *r)
{
	r->vmcr = sysreg_read(ICH_VMCR_EL2);
	r->ap0r[0] = (uint32_t)sysreg_read(ICH_AP0R0_EL2);
	r->ap1r[0] = (uint32_t)sysreg_read(ICH_AP1R0_EL2);
	if (ap_count > 1) {
		r->ap0r[1] = (uint32_t)sysreg_read(ICH_AP0R1_EL2);
		r->ap1r[1] = (uint32_t)sysreg_read(ICH_AP1R1_EL2);
	}
	if (ap_count > 2) {
		r->ap0r[2] = (uint32_t)sysreg_read(ICH_AP0R2_EL2);
		r->ap1r[2] = (uint32_t)sysreg_read(ICH_AP1R2_EL2);
		r->ap0r[3] = (uint32_t)sysreg_read(ICH_AP0R3_EL2);
		r->ap1r[3] = (uint32_t)sysreg_read(ICH_AP1R3_EL2);
	}
	r->hcr = (uint32_t)sysreg_read(ICH_HCR_EL2);
}

void ich_load(const struct arch_vgic_regs *r)
{
	sysreg_write(ICH_VMCR_EL2, r->vmcr);
	sysreg_write(ICH_AP0R0_EL2, r->ap0r[0]);
	sysreg_write(ICH_AP1R0_EL2, r->ap1r[0]);
	if (ap_count > 1) {
		sysreg_write(ICH_AP0R1_EL2, r->ap0r[1]);
		sysreg_write(ICH_AP1R1_EL2, r->ap1r[1]);
	}
	if (ap_count > 2) {
		sysreg_write(ICH_AP0R2_EL2, r->ap0r[2]);
		sysreg_write(ICH_AP1R2_EL2, r->ap1r[2]);
		sysreg_write(ICH_AP0R3_EL2, r->ap0r[3]);
		sysreg_write(ICH_AP1R3_EL2, r->ap1r[3]);
	}
	sysreg_write(ICH_HCR_EL2, r->hcr);
}

void ich_init_cpu(void)
{
	uint64_t vtr = sysreg_read(ICH_VTR_EL2);
	unsigned int pre_bits = (unsigned int)BITS(vtr, 28, 26) + 1;

	lr_count = (unsigned int)BITS(vtr, 4, 0) + 1;
	if (lr_count > ICH_LR_MAX)
		lr_count = ICH_LR_MAX;
	ap_count = pre_bits <= 5 ? 1 : pre_bits == 6 ? 2 : 4;
	for (unsigned int i = 0; i < lr_count; i++)
		ich_lr_write(i, 0);
	sysreg_write(ICH_VMCR_EL2, 0);
	sysreg_write(ICH_HCR_EL2, world_ich_hcr);
	/* A guest sees the GICv3 system-register interface only (its ICC_SRE_EL1.SRE is RAO/WI from ICC_SRE_EL2 on). */
	sysreg_write(ICC_SRE_EL1, 7);
}
