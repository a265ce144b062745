/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which system registers a guest of Trivet has, transcribed from ARM DDI 0487 (D19.2 general, D19.3 debug, D19.10
 * timer) and IHI 0069 12.2 (CPU interface); see sysregs.h. No state.
 *
 * Features that Trivet hides (SVE, SME, MTE, PMU, AMU, SPE, trace, MPAM, RAS, permission indirection, GCS, ...) have no
 * rows, so their registers must be UNDEFINED; the few exceptions are marked SR_HIDDEN.
 */
#include "attack.h"
#include "sysregs.h"

#define ALL (~UINT64_C(0))

static unsigned int field(uint64_t reg, unsigned int lsb)
{
	return (unsigned int)BITS(reg, lsb + 3, lsb);
}

static bool has_pauth(void)
{
	return (sysreg_read(ID_AA64ISAR1_EL1) & 0xff000ff0) || (sysreg_read(ID_AA64ISAR2_EL1) & 0xff00);
}

static bool has_pan(void)
{
	return field(sysreg_read(ID_AA64MMFR1_EL1), 20);
}

static bool has_uao(void)
{
	return field(sysreg_read(ID_AA64MMFR2_EL1), 4);
}

static bool has_dit(void)
{
	return field(sysreg_read(ID_AA64PFR0_EL1), 48);
}

static bool has_ssbs(void)
{
	return field(sysreg_read(ID_AA64PFR1_EL1), 4) >= 2;
}

static bool has_rng(void)
{
	return field(sysreg_read(ID_AA64ISAR0_EL1), 60);
}

static bool has_ecv(void)
{
	return field(sysreg_read(ID_AA64MMFR0_EL1), 60);
}

/* ICC_CTLR_EL1.PRIbits: an active-priority register for each 32 preemption levels (IHI 0069 12.2.2). */
static unsigned int priority_bits(void)
{
	return (unsigned int)BITS(sysreg_read(ICC_CTLR_EL1), 10, 8) + 1;
}

static bool has_6_bits(void)
{
	return priority_bits() >= 6;
}

static bool has_7_bits(void)
{
	return priority_bits() >= 7;
}

/* clang-format off */
static const struct sysreg_rule rules[] = {
	{ 3, 0, 0, 0, 0, SR_R, 0, 0, 0, "MIDR_EL1", NULL },
	{ 3, 0, 0, 0, 5, SR_R, 0, 0, 0, "MPIDR_EL1", NULL },
	{ 3, 0, 0, 0, 6, SR_R, 0, 0, 0, "REVIDR_EL1", NULL },
	{ 3, 1, 0, 0, 0, SR_R, 0, 0, 0, "CCSIDR_EL1", NULL },
	{ 3, 1, 0, 0, 1, SR_R, 0, 0, 0, "CLIDR_EL1", NULL },
	{ 3, 1, 0, 0, 7, SR_R, 0, 0, 0, "AIDR_EL1", NULL },
	{ 3, 2, 0, 0, 0, SR_RW, 0, 0, 0, "CSSELR_EL1", NULL },
	{ 3, 3, 0, 0, 1, SR_R, 0, 0, 0, "CTR_EL0", NULL },
	{ 3, 3, 0, 0, 7, SR_R, 0, 0, 0, "DCZID_EL0", NULL },

	/* M: the next instruction would be translated by nobody's tables. */
	{ 3, 0, 1, 0, 0, SR_RW, 0, BIT(1) | BIT(2) | BIT(12), BIT(0), "SCTLR_EL1", NULL },
	{ 3, 0, 1, 0, 1, SR_RW, SR_EMULATED | SR_NO_STATE, 0, 0, "ACTLR_EL1", NULL },
	{ 3, 0, 1, 0, 2, SR_RW, 0, MASK(21, 20), 0, "CPACR_EL1", NULL },
	{ 3, 0, 2, 0, 0, SR_RW, 0, MASK(47, 12), 0, "TTBR0_EL1", NULL },
	{ 3, 0, 2, 0, 1, SR_RW, 0, MASK(47, 12), 0, "TTBR1_EL1", NULL },
	{ 3, 0, 2, 0, 2, SR_RW, 0, MASK(23, 22) | MASK(21, 16) | BIT(7) | MASK(5, 0), 0, "TCR_EL1", NULL },
	{ 3, 0, 2, 1, 0, SR_RW, 0, ALL, 0, "APIAKeyLo_EL1", has_pauth },
	{ 3, 0, 2, 1, 1, SR_RW, 0, ALL, 0, "APIAKeyHi_EL1", has_pauth },
	{ 3, 0, 2, 1, 2, SR_RW, 0, ALL, 0, "APIBKeyLo_EL1", has_pauth },
	{ 3, 0, 2, 1, 3, SR_RW, 0, ALL, 0, "APIBKeyHi_EL1", has_pauth },
	{ 3, 0, 2, 2, 0, SR_RW, 0, ALL, 0, "APDAKeyLo_EL1", has_pauth },
	{ 3, 0, 2, 2, 1, SR_RW, 0, ALL, 0, "APDAKeyHi_EL1", has_pauth },
	{ 3, 0, 2, 2, 2, SR_RW, 0, ALL, 0, "APDBKeyLo_EL1", has_pauth },
	{ 3, 0, 2, 2, 3, SR_RW, 0, ALL, 0, "APDBKeyHi_EL1", has_pauth },
	{ 3, 0, 2, 3, 0, SR_RW, 0, ALL, 0, "APGAKeyLo_EL1", has_pauth },
	{ 3, 0, 2, 3, 1, SR_RW, 0, ALL, 0, "APGAKeyHi_EL1", has_pauth },
	{ 3, 0, 4, 0, 0, SR_RW, 0, MASK(31, 28), 0, "SPSR_EL1", NULL },
	{ 3, 0, 4, 0, 1, SR_RW, 0, ALL, 0, "ELR_EL1", NULL },
	{ 3, 0, 4, 1, 0, SR_RW, 0, ALL, 0, "SP_EL0", NULL },
	{ 3, 0, 4, 2, 0, SR_RW, SR_PSTATE, BIT(0), 0, "SPSel", NULL },
	{ 3, 0, 4, 2, 2, SR_R, 0, 0, 0, "CurrentEL", NULL },
	{ 3, 0, 4, 2, 3, SR_RW, SR_PSTATE, BIT(22), 0, "PAN", has_pan },
	{ 3, 0, 4, 2, 4, SR_RW, SR_PSTATE, BIT(23), 0, "UAO", has_uao },
	{ 3, 0, 5, 1, 0, SR_RW, 0, 0, 0, "AFSR0_EL1", NULL },
	{ 3, 0, 5, 1, 1, SR_RW, 0, 0, 0, "AFSR1_EL1", NULL },
	{ 3, 0, 5, 2, 0, SR_RW, 0, MASK(31, 0), 0, "ESR_EL1", NULL },
	{ 3, 0, 6, 0, 0, SR_RW, 0, ALL, 0, "FAR_EL1", NULL },
	{ 3, 0, 7, 4, 0, SR_RW, 0, BIT(0), 0, "PAR_EL1", NULL },
	{ 3, 0, 10, 2, 0, SR_RW, 0, ALL, 0, "MAIR_EL1", NULL },
	{ 3, 0, 10, 3, 0, SR_RW, 0, 0, 0, "AMAIR_EL1", NULL },
	{ 3, 0, 12, 0, 0, SR_RW, 0, MASK(47, 11), 0, "VBAR_EL1", NULL },
	{ 3, 0, 12, 1, 0, SR_R, SR_MOVES, 0, 0, "ISR_EL1", NULL },
	{ 3, 0, 13, 0, 1, SR_RW, 0, MASK(31, 0), 0, "CONTEXTIDR_EL1", NULL },
	{ 3, 0, 13, 0, 4, SR_RW, 0, ALL, 0, "TPIDR_EL1", NULL },
	{ 3, 3, 2, 4, 0, SR_R, SR_MOVES, 0, 0, "RNDR", has_rng },
	{ 3, 3, 2, 4, 1, SR_R, SR_MOVES, 0, 0, "RNDRRS", has_rng },
	{ 3, 3, 4, 2, 0, SR_RW, SR_PSTATE | SR_MOVES, MASK(31, 28), 0, "NZCV", NULL },
	{ 3, 3, 4, 2, 1, SR_RW, SR_PSTATE, MASK(9, 6), 0, "DAIF", NULL },
	{ 3, 3, 4, 2, 5, SR_RW, SR_PSTATE, BIT(24), 0, "DIT", has_dit },
	{ 3, 3, 4, 2, 6, SR_RW, SR_PSTATE, BIT(12), 0, "SSBS", has_ssbs },
	{ 3, 3, 4, 4, 0, SR_RW, 0, MASK(26, 22), 0, "FPCR", NULL },
	{ 3, 3, 4, 4, 1, SR_RW, 0, BIT(27) | BIT(7) | MASK(4, 0), 0, "FPSR", NULL },
	{ 3, 3, 13, 0, 2, SR_RW, 0, ALL, 0, "TPIDR_EL0", NULL },
	{ 3, 3, 13, 0, 3, SR_RW, 0, ALL, 0, "TPIDRRO_EL0", NULL },

	/* CNTFRQ_EL0 is the highest level's to write. */
	{ 3, 0, 14, 1, 0, SR_RW, 0, MASK(9, 0), 0, "CNTKCTL_EL1", NULL },
	{ 3, 3, 14, 0, 0, SR_R, 0, 0, 0, "CNTFRQ_EL0", NULL },
	{ 3, 3, 14, 0, 1, SR_R, SR_MOVES, 0, 0, "CNTPCT_EL0", NULL },
	{ 3, 3, 14, 0, 2, SR_R, SR_MOVES, 0, 0, "CNTVCT_EL0", NULL },
	{ 3, 3, 14, 0, 5, SR_R, SR_MOVES, 0, 0, "CNTPCTSS_EL0", has_ecv },
	{ 3, 3, 14, 0, 6, SR_R, SR_MOVES, 0, 0, "CNTVCTSS_EL0", has_ecv },
	{ 3, 3, 14, 2, 0, SR_RW, SR_EMULATED | SR_MOVES | SR_NO_STATE, 0, 0, "CNTP_TVAL_EL0", NULL },
	{ 3, 3, 14, 2, 1, SR_RW, SR_EMULATED, MASK(1, 0), 0, "CNTP_CTL_EL0", NULL },
	{ 3, 3, 14, 2, 2, SR_RW, SR_EMULATED, ALL, 0, "CNTP_CVAL_EL0", NULL },
	{ 3, 3, 14, 3, 0, SR_RW, SR_MOVES | SR_NO_STATE, 0, 0, "CNTV_TVAL_EL0", NULL },
	{ 3, 3, 14, 3, 1, SR_RW, 0, MASK(1, 0), 0, "CNTV_CTL_EL0", NULL },
	{ 3, 3, 14, 3, 2, SR_RW, 0, ALL, 0, "CNTV_CVAL_EL0", NULL },

	/* The CPU interface: at least five bits of priority (IHI 0069 4.8). */
	{ 3, 0, 4, 6, 0, SR_RW, 0, MASK(7, 3), 0, "ICC_PMR_EL1", NULL },
	{ 3, 0, 12, 8, 0, SR_R, SR_MOVES, 0, 0, "ICC_IAR0_EL1", NULL },
	{ 3, 0, 12, 8, 1, SR_W, 0, 0, 0, "ICC_EOIR0_EL1", NULL },
	{ 3, 0, 12, 8, 2, SR_R, SR_MOVES, 0, 0, "ICC_HPPIR0_EL1", NULL },
	{ 3, 0, 12, 8, 3, SR_RW, 0, 0, 0, "ICC_BPR0_EL1", NULL },
	{ 3, 0, 12, 8, 4, SR_RW, 0, 0, 0, "ICC_AP0R0_EL1", NULL },
	{ 3, 0, 12, 8, 5, SR_RW, 0, 0, 0, "ICC_AP0R1_EL1", has_6_bits },
	{ 3, 0, 12, 8, 6, SR_RW, 0, 0, 0, "ICC_AP0R2_EL1", has_7_bits },
	{ 3, 0, 12, 8, 7, SR_RW, 0, 0, 0, "ICC_AP0R3_EL1", has_7_bits },
	{ 3, 0, 12, 9, 0, SR_RW, 0, 0, 0, "ICC_AP1R0_EL1", NULL },
	{ 3, 0, 12, 9, 1, SR_RW, 0, 0, 0, "ICC_AP1R1_EL1", has_6_bits },
	{ 3, 0, 12, 9, 2, SR_RW, 0, 0, 0, "ICC_AP1R2_EL1", has_7_bits },
	{ 3, 0, 12, 9, 3, SR_RW, 0, 0, 0, "ICC_AP1R3_EL1", has_7_bits },
	{ 3, 0, 12, 11, 1, SR_W, 0, 0, 0, "ICC_DIR_EL1", NULL },
	{ 3, 0, 12, 11, 3, SR_R, SR_MOVES, 0, 0, "ICC_RPR_EL1", NULL },
	{ 3, 0, 12, 11, 5, SR_W, SR_EMULATED, 0, 0, "ICC_SGI1R_EL1", NULL },
	{ 3, 0, 12, 11, 6, SR_W, SR_EMULATED, 0, 0, "ICC_ASGI1R_EL1", NULL },
	{ 3, 0, 12, 11, 7, SR_W, SR_EMULATED, 0, 0, "ICC_SGI0R_EL1", NULL },
	{ 3, 0, 12, 12, 0, SR_R, SR_MOVES, 0, 0, "ICC_IAR1_EL1", NULL },
	{ 3, 0, 12, 12, 1, SR_W, 0, 0, 0, "ICC_EOIR1_EL1", NULL },
	{ 3, 0, 12, 12, 2, SR_R, SR_MOVES, 0, 0, "ICC_HPPIR1_EL1", NULL },
	{ 3, 0, 12, 12, 3, SR_RW, 0, 0, 0, "ICC_BPR1_EL1", NULL },
	{ 3, 0, 12, 12, 4, SR_RW, 0, MASK(1, 0), 0, "ICC_CTLR_EL1", NULL },
	{ 3, 0, 12, 12, 5, SR_RW, SR_EMULATED | SR_NO_STATE, 0, 0, "ICC_SRE_EL1", NULL },
	{ 3, 0, 12, 12, 6, SR_RW, 0, BIT(0), 0, "ICC_IGRPEN0_EL1", NULL },
	{ 3, 0, 12, 12, 7, SR_RW, 0, BIT(0), 0, "ICC_IGRPEN1_EL1", NULL },

	/* Debug, all of it Trivet's; QEMU lacks three. MDE, KDE, TDCC, SS of MDSCR_EL1. */
	{ 2, 0, 0, 0, 2, SR_RW, SR_EMULATED | SR_NO_STATE, 0, 0, "OSDTRRX_EL1", NULL },
	{ 2, 0, 0, 2, 0, SR_RW, SR_EMULATED | SR_NO_STATE, 0, 0, "MDCCINT_EL1", NULL },
	{ 2, 0, 0, 2, 2, SR_RW, SR_EMULATED, BIT(15) | MASK(13, 12) | BIT(0), 0, "MDSCR_EL1", NULL },
	{ 2, 0, 0, 3, 2, SR_RW, SR_EMULATED | SR_NO_STATE, 0, 0, "OSDTRTX_EL1", NULL },
	{ 2, 0, 0, 6, 2, SR_RW, SR_EMULATED | SR_NO_STATE, 0, 0, "OSECCR_EL1", NULL },
	{ 2, 0, 1, 0, 0, SR_R, SR_EMULATED, 0, 0, "MDRAR_EL1", NULL },
	{ 2, 0, 1, 0, 4, SR_W, SR_EMULATED, 0, 0, "OSLAR_EL1", NULL },
	{ 2, 0, 1, 1, 4, SR_R, SR_EMULATED | SR_MOVES, 0, 0, "OSLSR_EL1", NULL },
	{ 2, 0, 1, 3, 4, SR_RW, SR_EMULATED | SR_NO_STATE, 0, 0, "OSDLR_EL1", NULL },
	{ 2, 0, 1, 4, 4, SR_RW, SR_EMULATED | SR_MAY | SR_NO_STATE, 0, 0, "DBGPRCR_EL1", NULL },
	{ 2, 0, 7, 8, 6, SR_RW, SR_EMULATED | SR_NO_STATE, 0, 0, "DBGCLAIMSET_EL1", NULL },
	{ 2, 0, 7, 9, 6, SR_RW, SR_EMULATED | SR_NO_STATE, 0, 0, "DBGCLAIMCLR_EL1", NULL },
	{ 2, 0, 7, 14, 6, SR_R, SR_EMULATED | SR_MAY, 0, 0, "DBGAUTHSTATUS_EL1", NULL },
	{ 2, 3, 0, 1, 0, SR_R, SR_EMULATED, 0, 0, "MDCCSR_EL0", NULL },
	{ 2, 3, 0, 4, 0, SR_RW, SR_EMULATED | SR_MAY | SR_NO_STATE, 0, 0, "DBGDTR_EL0", NULL },
	{ 2, 3, 0, 5, 0, SR_RW, SR_EMULATED | SR_NO_STATE, 0, 0, "DBGDTRRX_EL0 and TX", NULL },

	/*
	 * Of features that are hidden, and yet there, as no trap is for them: fields of PSTATE, which each vCPU has for
	 * itself (ALLINT: NMI; TCO: MTE); RAS's DISR_EL1, which is VDISR_EL2 here and switched; constants.
	 */
	{ 3, 0, 4, 3, 0, SR_RW, SR_HIDDEN | SR_MAY | SR_PSTATE, 0, 0, "ALLINT", NULL },
	{ 3, 3, 4, 2, 7, SR_RW, SR_HIDDEN | SR_MAY | SR_PSTATE, 0, 0, "TCO", NULL },
	{ 3, 0, 12, 1, 1, SR_RW, SR_HIDDEN | SR_MAY, 0, 0, "DISR_EL1", NULL },
	{ 3, 0, 12, 9, 5, SR_R, SR_HIDDEN | SR_MAY | SR_MOVES, 0, 0, "ICC_NMIAR1_EL1", NULL },
	{ 3, 1, 0, 0, 6, SR_R, SR_HIDDEN | SR_MAY, 0, 0, "SMIDR_EL1", NULL },
};
/* clang-format on */

static bool rule_is(const struct sysreg_rule *r, unsigned int n)
{
	return SYSREG_NR(r->op0, r->op1, r->crn, r->crm, r->op2) == n;
}

const struct sysreg_rule *sysreg_rule(unsigned int n)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(rules); i++)
		if (rule_is(&rules[i], n))
			return !rules[i].there || rules[i].there() ? &rules[i] : NULL;
	return NULL;
}

bool sysreg_is_id(unsigned int n)
{
	return NR_OP0(n) == 3 && NR_OP1(n) == 0 && NR_CRN(n) == 0 && NR_CRM(n) >= 1 && NR_CRM(n) <= 7;
}

bool sysreg_is_debug(unsigned int n)
{
	return NR_OP0(n) == 2 && NR_OP1(n) == 0 && NR_CRN(n) == 0 && NR_OP2(n) >= 4;
}

/* ID_AA64DFR0_EL1: BRPs 15:12, WRPs 23:20, both less one. */
static bool debug_there(unsigned int n)
{
	return NR_CRM(n) <= field(sysreg_read(ID_AA64DFR0_EL1), NR_OP2(n) < 6 ? 12 : 20);
}

enum sysreg_access sysreg_access(unsigned int n)
{
	const struct sysreg_rule *r;

	if (sysreg_is_id(n))
		return SR_R;
	if (sysreg_is_debug(n))
		return debug_there(n) ? SR_RW : SR_NONE;
	r = sysreg_rule(n);
	return r ? (enum sysreg_access)r->access : SR_NONE;
}

/*
 * Of a comparator that is there: all of an address, but for what must be zero; of a control register what matches at
 * EL1 and EL0 (docs/traps.md: HMC and SSC read as zero). E, PMC, BAS: D19.3.
 */
uint64_t sysreg_keeps(unsigned int n)
{
	const struct sysreg_rule *r;

	if (sysreg_is_debug(n) && debug_there(n))
		return NR_OP2(n) & 1 ? BIT(0) | MASK(2, 1) | MASK(8, 5) : MASK(47, 2);
	r = sysreg_rule(n);
	return r ? r->keeps : 0;
}

uint64_t sysreg_never(unsigned int n)
{
	const struct sysreg_rule *r = sysreg_rule(n);

	return r ? r->never : 0;
}

unsigned int sysreg_flags(unsigned int n)
{
	const struct sysreg_rule *r = sysreg_rule(n);

	if (sysreg_is_id(n) || sysreg_is_debug(n))
		return SR_EMULATED;
	return r ? r->flags : 0;
}
