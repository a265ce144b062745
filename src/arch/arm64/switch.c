/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The EL1 state of a vCPU in and out of the hardware, and what EL2 is set to: once a core, and once a vCPU switch.
 *
 * The list of registers is arch/vcpu_regs.h: one list for save, load and live access. ARM DDI 0487 D19.
 */
#include "arch/switch.h"
#include "arch/boot.h"
#include "arch/cpu.h"
#include "arch/el2_bits.h"
#include "arch/guest.h"
#include "arch/mmu.h"
#include "arch/world.h"

static bool have_pauth, have_ras;

/*
 * The registers go two by two, as the compiler makes one access of the two of a pair: by their place in the list, whose
 * length is even. The base is hidden from it, lest the offsets be too great for that.
 */
#define IS_VTIMER(r) ((r) == R_CNTV_CVAL_EL0 || (r) == R_CNTV_CTL_EL0)
_Static_assert(R_CNTV_CVAL_EL0 % 2 == 0 && R_CNTV_CTL_EL0 == R_CNTV_CVAL_EL0 + 1, "a pair, which is left out");
_Static_assert(R_APIAKeyLo_EL1 % 2 == 0 && R_VDISR_EL2 % 2 == 0, "both lists are of pairs");

#define SAVE(name)                                                                                                     \
	if (!IS_VTIMER(R_##name)) {                                                                                    \
		uint64_t value = sysreg_read(name);                                                                    \
                                                                                                                       \
		if (R_##name % 2) {                                                                                    \
			el1[R_##name - 1] = first;                                                                     \
			el1[R_##name] = value;                                                                         \
		} else {                                                                                               \
			first = value;                                                                                 \
		}                                                                                                      \
	}

#define LOAD(name)                                                                                                     \
	if (!IS_VTIMER(R_##name)) {                                                                                    \
		if (R_##name % 2) {                                                                                    \
			sysreg_write(name, second);                                                                    \
		} else {                                                                                               \
			uint64_t value = el1[R_##name];                                                                \
                                                                                                                       \
			second = el1[R_##name + 1];                                                                    \
			sysreg_write(name, value);                                                                     \
		}                                                                                                      \
	}

/* One list, each register once: as long as that is. */
/* NOLINTNEXTLINE(readability-function-size) */
void arch_el1_save(struct arch_vcpu *a)
{
	uint64_t *el1 = a->el1, first = 0;

	a->pc = sysreg_read(ELR_EL2);
	a->pstate = sysreg_read(SPSR_EL2);
	__asm__("" : "+r"(el1));
#define X(name, reset) SAVE(name)
	EL1_REGS(X)
#undef X
	if (have_pauth) {
		PAUTH_REGS(SAVE)
	}
	if (have_ras)
		el1[R_VDISR_EL2] = sysreg_read(VDISR_EL2);
	if (world_keeps_vtimer)
		return;
	el1[R_CNTV_CVAL_EL0] = sysreg_read(CNTV_CVAL_EL0);
	el1[R_CNTV_CTL_EL0] = sysreg_read(CNTV_CTL_EL0);
	/* The next vCPU's timer is its own; none must fire for this one here. */
	sysreg_write(CNTV_CTL_EL0, 0);
}

/* NOLINTNEXTLINE(readability-function-size) */
void arch_el1_load(const struct arch_vcpu *a)
{
	const uint64_t *el1 = a->el1;
	uint64_t second = 0;

	sysreg_write(ELR_EL2, a->pc);
	sysreg_write(SPSR_EL2, a->pstate);
	sysreg_write(VMPIDR_EL2, a->vmpidr);
	sysreg_write(CNTVOFF_EL2, a->cntvoff);
	sysreg_write(HCR_EL2, a->hcr);
	__asm__("" : "+r"(el1));
#define X(name, reset) LOAD(name)
	EL1_REGS(X)
#undef X
	if (have_pauth) {
		PAUTH_REGS(LOAD)
	}
	if (have_ras)
		sysreg_write(VDISR_EL2, el1[R_VDISR_EL2]);
	if (world_keeps_vtimer)
		return;
	sysreg_write(CNTV_CVAL_EL0, el1[R_CNTV_CVAL_EL0]);
	sysreg_write(CNTV_CTL_EL0, el1[R_CNTV_CTL_EL0]);
}

void arch_vcpu_save(struct arch_vcpu *a)
{
	arch_el1_save(a);
	arch_fpsimd_save(&a->fp);
}

void arch_vcpu_load(const struct arch_vcpu *a)
{
	arch_el1_load(a);
	arch_fpsimd_load(&a->fp);
}

void arch_stage2_load(uint64_t vttbr, uint64_t vtcr)
{
	world_stage2_load(vttbr, vtcr);
	__asm__ volatile("isb" ::: "memory");
}

void arch_tlb_flush_vmid_local(void)
{
	__asm__ volatile("dsb nshst\n\ttlbi vmalle1\n\tdsb nsh\n\tisb" ::: "memory");
}

void arch_guest_trap_waits(struct arch_vcpu *a, bool trap)
{
	uint64_t hcr = trap ? a->hcr | HCR_TWI | HCR_TWE : a->hcr & ~(HCR_TWI | HCR_TWE);

	if (hcr == a->hcr)
		return;
	a->hcr = hcr;
	sysreg_write(HCR_EL2, hcr);
}

void arch_guest_set_lines(struct arch_vcpu *a, bool irq, bool fiq)
{
	uint64_t hcr = (a->hcr & ~(HCR_VI | HCR_VF)) | (irq ? HCR_VI : 0) | (fiq ? HCR_VF : 0);

	if (hcr == a->hcr)
		return;
	a->hcr = hcr;
	sysreg_write(HCR_EL2, hcr);
}

void arch_vcpu_init(struct arch_vcpu *a, uint64_t vmpidr)
{
	a->hcr = HCR_GUEST | (arch_s2_is_coherent() ? HCR_FWB : 0);
	a->vmpidr = vmpidr;
#define X(name, reset) a->el1[R_##name] = (reset);
	EL1_REGS(X)
#undef X
#define X(name) a->el1[R_##name] = 0;
	PAUTH_REGS(X)
	RAS_REGS(X)
#undef X
}

uint64_t guest_el1_read(enum el1_reg r)
{
	switch (r) {
#define X(name, reset)                                                                                                 \
	case R_##name:                                                                                                 \
		return sysreg_read(name);
		EL1_REGS(X)
#undef X
#define X(name)                                                                                                        \
	case R_##name:                                                                                                 \
		return have_pauth ? sysreg_read(name) : 0;
		PAUTH_REGS(X)
#undef X
	case R_VDISR_EL2:
		return have_ras ? sysreg_read(VDISR_EL2) : 0;
	case EL1_REG_COUNT:
		break;
	}
	return 0;
}

void guest_el1_write(enum el1_reg r, uint64_t value)
{
	switch (r) {
#define X(name, reset)                                                                                                 \
	case R_##name:                                                                                                 \
		sysreg_write(name, value);                                                                             \
		break;
		EL1_REGS(X)
#undef X
#define X(name)                                                                                                        \
	case R_##name:                                                                                                 \
		if (have_pauth)                                                                                        \
			sysreg_write(name, value);                                                                     \
		break;
		PAUTH_REGS(X)
#undef X
	case R_VDISR_EL2:
		if (have_ras)
			sysreg_write(VDISR_EL2, value);
		break;
	case EL1_REG_COUNT:
		break;
	}
}

int guest_translate(uint64_t va, bool el0, pa_t *pa)
{
	uint64_t saved = sysreg_read(PAR_EL1), par;

	if (el0)
		__asm__ volatile("at s12e0r, %0\n\tisb" : : "r"(va) : "memory");
	else
		__asm__ volatile("at s12e1r, %0\n\tisb" : : "r"(va) : "memory");
	par = sysreg_read(PAR_EL1);
	sysreg_write(PAR_EL1, saved);
	if (par & 1)
		return E_FAULT;
	*pa = PA((par & MASK(47, 12)) | (va & MASK(11, 0)));
	return OK;
}

/* A field of an ID register of this core. */
static unsigned int id_field(uint64_t reg, unsigned int lsb)
{
	return (unsigned int)BITS(reg, lsb + 3, lsb);
}

/*
 * FEAT_FGT: with all fine-grained traps 0, the "n" bits trap what we hide (TPIDR2, POR, GCS, ...), the others let pass.
 */
static void init_fine_grained_traps(void)
{
	unsigned int fgt = id_field(sysreg_read(ID_AA64MMFR0_EL1), 56);

	if (!fgt)
		return;
	sysreg_write(HFGRTR_EL2, 0);
	sysreg_write(HFGWTR_EL2, 0);
	sysreg_write(HFGITR_EL2, 0);
	sysreg_write(HDFGRTR_EL2, 0);
	sysreg_write(HDFGWTR_EL2, 0);
	if (id_field(sysreg_read(ID_AA64PFR0_EL1), 44)) /* AMU */
		sysreg_write(HAFGRTR_EL2, 0);
	if (fgt < 2)
		return;
	sysreg_write(HFGRTR2_EL2, 0);
	sysreg_write(HFGWTR2_EL2, 0);
	sysreg_write(HFGITR2_EL2, 0);
	sysreg_write(HDFGRTR2_EL2, 0);
	sysreg_write(HDFGWTR2_EL2, 0);
}

/* FEAT_MPAM: a guest that uses it all the same would see and choose another's partition. */
static void init_mpam_traps(void)
{
	if (!id_field(sysreg_read(ID_AA64PFR0_EL1), 40) && !id_field(sysreg_read(ID_AA64PFR1_EL1), 16))
		return;
	sysreg_write(MPAM2_EL2, MPAM2_TRAP_EL0 | MPAM2_TRAP_EL1);
	if (sysreg_read(MPAMIDR_EL1) & MPAMIDR_HAS_HCR)
		sysreg_write(MPAMHCR_EL2, MPAMHCR_TRAP_MPAMIDR);
}

void arch_init_cpu(void)
{
	uint64_t isar1 = sysreg_read(ID_AA64ISAR1_EL1), isar2 = sysreg_read(ID_AA64ISAR2_EL1);

	/* APA, API, GPA, GPI of ISAR1; APA3, GPA3 of ISAR2. */
	have_pauth = (isar1 & (MASK(11, 4) | MASK(31, 24))) || (isar2 & MASK(15, 8));
	have_ras = id_field(sysreg_read(ID_AA64PFR0_EL1), 28);
	sysreg_write(HCR_EL2, HCR_NO_GUEST);
	if (id_field(sysreg_read(ID_AA64MMFR1_EL1), 40)) /* FEAT_HCX */
		sysreg_write(HCRX_EL2, id_field(isar2, 16) ? HCRX_MSCEN : 0);
	init_fine_grained_traps();
	init_mpam_traps();
	/*
	 * The OS (double) lock is set at reset, and would keep every guest's debug exceptions away (H5.1).
	 * Theirs is emulated.
	 */
	sysreg_write(OSDLR_EL1, 0);
	sysreg_write(OSLAR_EL1, 0);
	sysreg_write(CPTR_EL2, CPTR_GUEST);
	sysreg_write(MDCR_EL2, MDCR_GUEST | (sysreg_read(MDCR_EL2) & MDCR_HPMN));
	sysreg_write(HSTR_EL2, 0);
	sysreg_write(HACR_EL2, 0);
	sysreg_write(VPIDR_EL2, sysreg_read(MIDR_EL1));
	sysreg_write(CNTHCTL_EL2, CNTHCTL_GUEST);
	sysreg_write(CNTV_CTL_EL0, 0);
	sysreg_write(CNTP_CTL_EL0, 0);
	sysreg_write(CNTVOFF_EL2, 0);
	sysreg_write(ICC_SRE_EL2, ICC_SRE_EL2_ALL);
	__asm__ volatile("isb" ::: "memory");
	world_init_cpu();
	ich_init_cpu();
}
