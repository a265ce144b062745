/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The secure world: stage 2 of the secure IPA space by VSTTBR_EL2, of the non-secure one by VTTBR_EL2 (ARM DDI 0487
 * D8.2.2); time by CNTHPS, since CNTHP belongs to the normal world and CNTPS is EL3's; other cores by SPMD, as the
 * normal world turns them on.
 *
 * What must be kept for the normal world, since SPMD switches EL2's registers only: EL1's and EL0's (arch/vcpu_regs.h)
 * with FP/SIMD, while a Secure Partition is loaded (role/spmc/nwd.c); ICC_PMR_EL1 and the ICH registers that are not
 * banked: never written but at boot.
 */
#include "abi/ffa.h"
#include "arch/cpu.h"
#include "arch/switch.h"
#include "arch/sysreg.h"
#include "arch/world.h"

#define VTCR_NSA   BIT(30) /* what non-secure IPAs lead to is non-secure memory */
#define VTCR_RES1  BIT(31)
#define VTTBR_VMID MASK(63, 48)

/*
 * T0SZ, SL0, TG0, RES1: all of VSTCR_EL2 that there is to say. SW and SA are 0: tables and memory of the secure IPA
 * space are secure.
 */
#define VSTCR_OF_VTCR (VTCR_RES1 | MASK(15, 14) | MASK(7, 0))

/* A non-secure IPA space with nothing in it: 39 bits, from level 1. */
#define NS_T0SZ	    25
#define NS_SL0	    (UINT64_C(1) << 6)
#define NS_GEOMETRY (MASK(15, 14) | MASK(7, 0))

const char world_name[] = "S-EL2";
const bool world_shares_gic = true;
const unsigned int world_sgi_base = 8; /* TF-A makes 8 to 15 secure; 0 to 7 are the normal world's */
const unsigned int world_timer_index = 5;

/* Walked in secure memory (VTCR_EL2.NSW is 0). In the image, where va == pa. */
static uint64_t empty_table[512] ALIGNED(4096);

/* SPMD boots the normal world without an SPMC then. */
void world_give_up(void)
{
	for (;;) {
		uint64_t x[18] = { FFA_ERROR, 0, (uint32_t)FFA_NOT_SUPPORTED };

		arch_smc(x);
	}
}

int world_await_cores(uint64_t entry)
{
	uint64_t x[18] = { FFA_SECONDARY_EP_REGISTER, entry };

	arch_smc(x);
	return (uint32_t)x[0] == FFA_ERROR ? E_NOTSUP : OK;
}

/* --- the normal world's SVE --- */

#define CPTR_TZ BIT(8)
#define ZCR_MAX 0xf

void arch_sve_save_regs(struct arch_sve *s);
void arch_sve_load_regs(const struct arch_sve *s);

static bool have_sve(void)
{
	return BITS(sysreg_read(ID_AA64PFR0_EL1), 35, 32);
}

/*
 * While the normal world's state is in the registers, EL2 has access to it (CPTR_EL2.TZ is 0): a change to an exception
 * level where SVE is trapped may lose all but the low 128 bits (ARM DDI 0487 B1.2.4: the effective vector length is
 * then the least one; QEMU does it). While an SP's is, SVE traps. BL31 must let the secure world have SVE
 * (ENABLE_SVE_FOR_SWD). ZCR_EL2 is not SPMD's to switch either.
 */
static void sve_access(bool on)
{
	uint64_t cptr = sysreg_read(CPTR_EL2);

	sysreg_write(CPTR_EL2, on ? cptr & ~CPTR_TZ : cptr | CPTR_TZ);
	__asm__ volatile("isb" ::: "memory");
}

static uint64_t longest_vectors(void)
{
	uint64_t zcr = sysreg_read(ZCR_EL2);

	sysreg_write(ZCR_EL2, ZCR_MAX);
	__asm__ volatile("isb" ::: "memory");
	return zcr;
}

void world_sve_save(struct arch_sve *s)
{
	if (!have_sve())
		return;
	s->zcr_el1 = sysreg_read(ZCR_EL1);
	s->zcr_el2 = longest_vectors();
	arch_sve_save_regs(s);
	sve_access(false);
}

void world_sve_load(const struct arch_sve *s)
{
	if (!have_sve())
		return;
	sve_access(true);
	(void)longest_vectors();
	arch_sve_load_regs(s);
	sysreg_write(ZCR_EL1, s->zcr_el1);
	sysreg_write(ZCR_EL2, s->zcr_el2);
	__asm__ volatile("isb" ::: "memory");
}

/* --- the rest --- */

void world_init_cpu(void)
{
	sysreg_write(CNTHPS_CTL_EL2, 0);
	if (have_sve())
		sve_access(true);
	world_stage2_load(0, VTCR_RES1);
}

void world_stage2_load(uint64_t vttbr, uint64_t vtcr)
{
	sysreg_write(VSTCR_EL2, vtcr & VSTCR_OF_VTCR);
	sysreg_write(VSTTBR_EL2, vttbr & ~VTTBR_VMID);
	/* The VMID of both, and of TLB maintenance, is VTTBR_EL2's. */
	sysreg_write(VTCR_EL2, (vtcr & ~NS_GEOMETRY) | NS_T0SZ | NS_SL0 | VTCR_NSA);
	sysreg_write(VTTBR_EL2, (vttbr & VTTBR_VMID) | (uint64_t)empty_table);
}

void world_timer_write(uint64_t cval, uint64_t ctl)
{
	sysreg_write(CNTHPS_CVAL_EL2, cval);
	sysreg_write(CNTHPS_CTL_EL2, ctl);
}
