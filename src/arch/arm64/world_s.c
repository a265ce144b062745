/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The secure world: stage 2 of the secure IPA space by VSTTBR_EL2, of the non-secure one by VTTBR_EL2 (ARM DDI 0487
 * D8.2.2); time by CNTHPS, since CNTHP belongs to the normal world and CNTPS is EL3's; other cores by SPMD, as the
 * normal world turns them on.
 *
 * What must be kept for the normal world, since SPMD switches EL2's registers only: EL1's and EL0's (arch/vcpu_regs.h)
 * with FP/SIMD, while a Secure Partition is loaded (role/spmc/run.c); ICC_PMR_EL1, put back before it runs
 * (host_irq_hold_foreign); the ICH registers that are not banked: never written but at boot.
 */
#include "abi/ffa.h"
#include "arch/cpu.h"
#include "arch/el2_bits.h"
#include "arch/ich.h"
#include "arch/mmu.h"
#include "arch/secure_s2.h"
#include "arch/switch.h"
#include "arch/sysreg.h"
#include "arch/world.h"

const char world_name[] = "S-EL2";
const char world_tree[] = "TOS_FW_CONFIG";
const bool world_shares_gic = true;
const unsigned int world_sgi_base = 8; /* TF-A makes 8 to 15 secure; 0 to 7 are the normal world's */
const unsigned int world_timer_index = 5;
const bool world_has_debug = false;
bool world_keeps_vtimer;

/*
 * The list registers, active priorities and ICC_SRE_EL1's fellows of EL1 are one set for both worlds; the normal
 * world's hypervisor keeps its guests' interrupts there, also while an SP runs. So an SP's accesses all trap. SPMD
 * switches ICH_HCR_EL2 and ICH_VMCR_EL2. (QEMU 10.0 has neither these traps nor virtual registers in secure state:
 * there an SP reaches the physical interface.)
 */
const uint32_t world_ich_hcr = ICH_HCR_TC | ICH_HCR_TALL0 | ICH_HCR_TALL1 | ICH_HCR_TDIR;

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
	return (uint32_t)x[0] == FFA_SUCCESS_32 || (uint32_t)x[0] == FFA_SUCCESS_64 ? OK : E_NOTSUP;
}

/* --- the normal world's SVE and SME --- */

#define CPTR_TSM BIT(12)
#define CPTR_TZ	 BIT(8)

#define SVCR_SM BIT(0) /* streaming mode: Z, P and FFR are others, of another length */
#define SVCR_ZA BIT(1) /* ZA and ZT0 hold something */

#define SMCR_FA64 BIT(31) /* streaming mode has FFR too */
#define SMCR_LEN  MASK(3, 0)

#define SMFR0_FA64 BIT(63)

/* At the vector length of this moment; FFR too. */
void arch_sve_save_regs(struct arch_sve *s, bool ffr);
void arch_sve_load_regs(const struct arch_sve *s, bool ffr);

static bool have_sve, have_sme;

/*
 * While the normal world's state is in the registers, EL2 has access to it (CPTR_EL2.TZ and TSM are 0): a change to an
 * exception level where SVE is trapped may lose all but the low 128 bits (ARM DDI 0487 B1.2.4: the effective vector
 * length is then the least one; QEMU does it). While an SP's is, both trap. BL31 must let the secure world have SVE and
 * SME (ENABLE_SVE_FOR_SWD, ENABLE_SME_FOR_SWD), FA64 included.
 *
 * ZCR_EL2 and SMCR_EL2 are not SPMD's to switch, and not written here: what the normal world can reach at the lengths
 * that it has chosen is what is kept.
 */
static void vector_access(bool on)
{
	uint64_t traps = (have_sve ? CPTR_TZ : 0) | (have_sme ? CPTR_TSM : 0), cptr = sysreg_read(CPTR_EL2);

	sysreg_write(CPTR_EL2, on ? cptr & ~traps : cptr | traps);
	__asm__ volatile("isb" ::: "memory");
}

static bool streaming_ffr(void)
{
	return (sysreg_read(ID_AA64SMFR0_EL1) & SMFR0_FA64) && (sysreg_read(SMCR_EL2) & SMCR_FA64);
}

static void svcr_write(uint64_t svcr)
{
	sysreg_write(SVCR, svcr);
	__asm__ volatile("isb" ::: "memory");
}

/*
 * An SP runs outside streaming mode, with its own V registers. Leaving that mode clears Z, P, FFR, and sets FPSR
 * (B1.4.6), so the latter is read before and written at the end. ZA and ZT0 stay where they are: an SP cannot
 * touch them. Their length must not shrink at its EL1, where the normal world's SMCR_EL1 holds: widening it again
 * may give zeros.
 */
static void sme_save(struct arch_sve *s)
{
	s->smcr_el1 = sysreg_read(SMCR_EL1);
	sysreg_write(SMCR_EL1, s->smcr_el1 | SMCR_LEN);
	if (!(s->svcr & SVCR_SM))
		return;
	arch_sve_save_regs(s, streaming_ffr());
	svcr_write(s->svcr & ~SVCR_SM);
}

static void sme_load(const struct arch_sve *s)
{
	sysreg_write(SMCR_EL1, s->smcr_el1);
	if (!(s->svcr & SVCR_SM))
		return;
	svcr_write(s->svcr);
	arch_sve_load_regs(s, streaming_ffr());
}

void world_vectors_save(struct arch_sve *s, struct arch_fpsimd *fp)
{
	s->svcr = have_sme ? sysreg_read(SVCR) : 0;
	fp->fpcr = sysreg_read(FPCR);
	fp->fpsr = sysreg_read(FPSR);
	if (unlikely(s->svcr))
		sme_save(s);
	if (!(s->svcr & SVCR_SM)) {
		if (have_sve)
			arch_sve_save_regs(s, true);
		else
			arch_fpsimd_save(fp);
	}
	if (have_sve || have_sme)
		vector_access(false);
}

void world_vectors_load(const struct arch_sve *s, const struct arch_fpsimd *fp)
{
	if (have_sve || have_sme)
		vector_access(true);
	if (unlikely(s->svcr))
		sme_load(s);
	if (!(s->svcr & SVCR_SM)) {
		if (have_sve)
			arch_sve_load_regs(s, true);
		else
			arch_fpsimd_load(fp);
	}
	sysreg_write(FPCR, fp->fpcr);
	sysreg_write(FPSR, fp->fpsr);
}

/* --- the rest --- */

void world_init_cpu(void)
{
	sysreg_write(CNTHPS_CTL_EL2, 0);
	/*
	 * EL1's virtual timer is the normal world's. Without FEAT_ECV it is put back when an SP leaves
	 * (role/spmc/run.c).
	 */
	world_keeps_vtimer = BITS(sysreg_read(ID_AA64MMFR0_EL1), 63, 60);
	if (world_keeps_vtimer)
		sysreg_write(CNTHCTL_EL2, CNTHCTL_GUEST | CNTHCTL_EL1TVT);
	have_sve = BITS(sysreg_read(ID_AA64PFR0_EL1), 35, 32);
	have_sme = BITS(sysreg_read(ID_AA64PFR1_EL1), 27, 24);
	if (have_sve || have_sme)
		vector_access(true);
	world_stage2_load(0, VTCR_RES1);
}

bool arch_s2_is_coherent(void)
{
	return false;
}

void world_stage2_load(uint64_t vttbr, uint64_t vtcr)
{
	sysreg_write(VSTCR_EL2, secure_s2_vstcr(vtcr));
	sysreg_write(VSTTBR_EL2, secure_s2_vsttbr(vttbr));
	sysreg_write(VTCR_EL2, secure_s2_vtcr(vtcr, VTCR_EMPTY));
	sysreg_write(VTTBR_EL2, secure_s2_vttbr(vttbr, (uint64_t)empty_table));
}

void world_stage2_ns_load(uint64_t vttbr, uint64_t vtcr)
{
	sysreg_write(VTCR_EL2, secure_s2_vtcr(vtcr, vtcr));
	sysreg_write(VTTBR_EL2, vttbr);
}

#define PAR_F  BIT(0)
#define PAR_NS BIT(9)

/* By stage 1 itself, for HPFAR_EL2.NS is not to be had everywhere: QEMU 10 has it the wrong way round. */
bool world_ipa_is_own(uint64_t va)
{
	uint64_t saved = sysreg_read(PAR_EL1), par;

	__asm__ volatile("at s1e1r, %0\n\tisb" : : "r"(va) : "memory");
	par = sysreg_read(PAR_EL1);
	sysreg_write(PAR_EL1, saved);
	return !(par & (PAR_F | PAR_NS));
}

/* VTTBR_EL2 walks the non-secure space: the root in vttbr is not of that. */
uint64_t world_vmid_only(uint64_t vttbr)
{
	return secure_s2_vttbr(vttbr, (uint64_t)empty_table);
}

void world_timer_write(uint64_t cval, uint64_t ctl)
{
	sysreg_write(CNTHPS_CVAL_EL2, cval);
	sysreg_write(CNTHPS_CTL_EL2, ctl);
}
