/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ID registers as guests see them: one row a register (ARM DDI 0487 D19.2.59 ff.). Deny by default: of each register
 * only the fields named here pass, each capped at the highest value that Trivet knows how to give. Hidden, because
 * their state is not switched or their traps are on: SVE, SME, MTE, RAS, MPAM, AMU, PMU, SPE, trace, AArch32, nested
 * virtualization, WFxT, TCR2, SCTLR2, permission indirection, GCS, LS64.
 */
#include "core/idregs.h"

#define F_END 0xff

/*
 * A field that passes: its lowest bit, and the highest value (signed fields that say "not there" by 0xf pass as they
 * are with SGN).
 */
struct id_field {
	uint8_t lsb;
	uint8_t max;
};

#define SGN 0x10 /* signed: 0xf means absent */
#define FIX 0x20 /* this value, whatever the hardware says */

struct id_row {
	uint8_t crm, op2;
	struct id_field field[16];
};

/* clang-format off */
static const struct id_row rows[] = {
	/*
	 * ID_AA64PFR0_EL1: EL0 and EL1 AArch64 only; no EL2, EL3; FP, AdvSIMD; GIC system registers; DIT, CSV2, CSV3.
	 */
	{ 4, 0, { { 0, FIX | 1 }, { 4, FIX | 1 }, { 16, SGN | 1 }, { 20, SGN | 1 }, { 24, FIX | 1 }, { 48, 1 },
		  { 56, 1 }, { 60, 1 }, { F_END, 0 } } },
	/* ID_AA64PFR1_EL1: BT, SSBS. */
	{ 4, 1, { { 0, 1 }, { 4, 2 }, { F_END, 0 } } },
	/* ID_AA64DFR0_EL1: DebugVer (Armv8.0 debug: 6), BRPs, WRPs, CTX_CMPs, DoubleLock. */
	{ 5, 0, { { 0, FIX | 6 }, { 12, 15 }, { 20, 15 }, { 28, 15 }, { 36, SGN | 0 }, { F_END, 0 } } },
	/* ID_AA64ISAR0_EL1: all instruction sets but TME. */
	{ 6, 0, { { 4, 2 }, { 8, 1 }, { 12, 2 }, { 16, 1 }, { 20, 3 }, { 28, 1 }, { 32, 1 }, { 36, 1 }, { 40, 1 },
		  { 44, 1 }, { 48, 1 }, { 52, 2 }, { 56, 2 }, { 60, 1 }, { F_END, 0 } } },
	/*
	 * ID_AA64ISAR1_EL1: DPB, APA, API, JSCVT, FCMA, LRCPC, GPA, GPI, FRINTTS, SB, SPECRES, BF16, DGH, I8MM;
	 * not XS, LS64.
	 */
	{ 6, 1, { { 0, 2 }, { 4, 5 }, { 8, 5 }, { 12, 1 }, { 16, 1 }, { 20, 3 }, { 24, 1 }, { 28, 1 }, { 32, 1 },
		  { 36, 1 }, { 40, 2 }, { 44, 2 }, { 48, 1 }, { 52, 1 }, { F_END, 0 } } },
	/* ID_AA64ISAR2_EL1: RPRES, GPA3, APA3, MOPS, BC, PAC_frac, CLRBHB, CSSC; not WFxT. */
	{ 6, 2, { { 4, 1 }, { 8, 1 }, { 12, 5 }, { 16, 1 }, { 20, 1 }, { 24, 1 }, { 28, 1 }, { 52, 1 },
		  { F_END, 0 } } },
	/*
	 * ID_AA64MMFR0_EL1: PARange (capped below), ASIDBits, SNSMem, TGran16, TGran64, TGran4 (no LPA2), ECV
	 * (self-synchronising views). Not BigEnd: devices are emulated little-endian.
	 */
	{ 7, 0, { { 0, 5 }, { 4, 2 }, { 12, 1 }, { 20, 1 }, { 24, SGN | 0 }, { 28, SGN | 0 }, { 60, 1 },
		  { F_END, 0 } } },
	/* ID_AA64MMFR1_EL1: HAFDBS, HPDS, PAN, ETS, AFP, nTLBPA. */
	{ 7, 1, { { 0, 2 }, { 12, 2 }, { 20, 3 }, { 36, 3 }, { 44, 1 }, { 48, 1 }, { F_END, 0 } } },
	/* ID_AA64MMFR2_EL1: CnP, UAO, LSM, VARange, CCIDX, ST, AT, IDS, TTL, BBM, E0PD. */
	{ 7, 2, { { 0, 1 }, { 4, 1 }, { 8, 1 }, { 16, 1 }, { 20, 1 }, { 28, 1 }, { 32, 1 }, { 36, 1 }, { 48, 1 },
		  { 52, 2 }, { 60, 1 }, { F_END, 0 } } },
};
/* clang-format on */

static uint64_t reduce(struct id_field f, uint64_t hw)
{
	uint64_t v = BITS(hw, f.lsb + 3, f.lsb);

	if (f.max & FIX)
		return (uint64_t)(f.max & 0xf) << f.lsb;
	if ((f.max & SGN) && v >= 8) /* a negative value: absent */
		return v << f.lsb;
	return MIN(v, (uint64_t)(f.max & 0xf)) << f.lsb;
}

/* PARange that an IPA space of that many bits fills. */
static uint64_t parange(unsigned int ipa_bits)
{
	static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48 };
	uint64_t i = 0;

	while (i + 1 < ARRAY_SIZE(bits) && bits[i + 1] <= ipa_bits)
		i++;
	return i;
}

uint64_t idreg_value(unsigned int crm, unsigned int op2, uint64_t hw, unsigned int ipa_bits)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct id_row *r = &rows[i];
		uint64_t v = 0;

		if (r->crm != crm || r->op2 != op2)
			continue;
		for (unsigned int f = 0; f < ARRAY_SIZE(r->field) && r->field[f].lsb != F_END; f++)
			v |= reduce(r->field[f], hw);
		if (crm == 7 && op2 == 0 && (v & 0xf) > parange(ipa_bits))
			v = (v & ~UINT64_C(0xf)) | parange(ipa_bits);
		return v;
	}
	return 0;
}
