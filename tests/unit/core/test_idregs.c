/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite core/idregs: what guests read, against a table of its own, transcribed from the fields' descriptions
 * (ARM DDI 0487 D19.2.59 ff.): a string a register, the field at 63:60 first. What is not named there is zero, whatever
 * the hardware says.
 */
#include "unit.h"

#include "core/idregs.h"

/*
 * 0: hidden. 1 to 9: passes, up to that. Letters: always that value: A 1, F 6. S: 0 or 0xf (absent), with 1 allowed: s;
 * only 0 and 0xf: z.
 */
static const struct {
	unsigned int crm, op2;
	const char *name, *fields;
} want[] = {
	/* CSV3 CSV2 RME DIT | AMU MPAM SEL2 SVE | RAS GIC AdvSIMD FP | EL3 EL2 EL1 EL0 */
	{ 4, 0, "ID_AA64PFR0_EL1",
	  "1101"
	  "0000"
	  "0Ass"
	  "00AA" },
	/* PFAR DF2 MTEX THE | GCS MTE_frac NMI CSV2_frac | RNDR_trap SME res MPAM_frac | RAS_frac MTE SSBS BT */
	{ 4, 1, "ID_AA64PFR1_EL1",
	  "0000"
	  "0000"
	  "0000"
	  "0021" },
	/*
	 * HPMN0 ExtTrcBuff BRBE MTPMU | TraceBuffer TraceFilt DoubleLock PMSVer |
	 * CTX_CMPs SEBEP WRPs PMSS | BRPs PMUVer TraceVer DebugVer
	 */
	{ 5, 0, "ID_AA64DFR0_EL1",
	  "0000"
	  "00z0"
	  "*0*0"
	  "*00F" },
	/* RNDR TLB TS FHM | DP SM4 SM3 SHA3 | RDM TME Atomic CRC32 | SHA2 SHA1 AES res */
	{ 6, 0, "ID_AA64ISAR0_EL1",
	  "1221"
	  "1111"
	  "1031"
	  "2120" },
	/* LS64 XS I8MM DGH | BF16 SPECRES SB FRINTTS | GPI GPA LRCPC FCMA | JSCVT API APA DPB */
	{ 6, 1, "ID_AA64ISAR1_EL1",
	  "0011"
	  "2211"
	  "1131"
	  "1552" },
	/*
	 * ATS1A LUT CSSC RPRFM | res PRFMSLC SYSINSTR_128 SYSREG_128 |
	 * CLRBHB PAC_frac BC MOPS | APA3 GPA3 RPRES WFxT
	 */
	{ 6, 2, "ID_AA64ISAR2_EL1",
	  "0010"
	  "0000"
	  "1111"
	  "5110" },
	/*
	 * ECV FGT res res | ExS TGran4_2 TGran64_2 TGran16_2 |
	 * TGran4 TGran64 TGran16 BigEndEL0 | SNSMem BigEnd ASIDBits PARange
	 */
	{ 7, 0, "ID_AA64MMFR0_EL1",
	  "1000"
	  "0000"
	  "zz10"
	  "1025" },
	/* ECBHB CMOW TIDCP1 nTLBPA | AFP HCX ETS TWED | XNX SpecSEI PAN LO | HPDS VH VMIDBits HAFDBS */
	{ 7, 1, "ID_AA64MMFR1_EL1",
	  "0001"
	  "1030"
	  "0030"
	  "2002" },
	/* E0PD EVT BBM TTL | res FWB IDS AT | ST NV CCIDX VARange | IESB LSM UAO CnP */
	{ 7, 2, "ID_AA64MMFR2_EL1",
	  "1021"
	  "0011"
	  "1011"
	  "0111" },
};

static uint64_t expected(char c, uint64_t hw)
{
	switch (c) {
	case 'A':
		return 1;
	case 'F':
		return 6;
	case 's':
		return hw >= 8 ? hw : MIN(hw, UINT64_C(1));
	case 'z':
		return hw >= 8 ? hw : 0;
	case '*':
		return hw;
	default:
		return MIN(hw, (uint64_t)(c - '0'));
	}
}

static uint64_t whole(const char *fields, uint64_t hw)
{
	uint64_t v = 0;

	assert_int_equal(strlen(fields), 16);
	for (unsigned int i = 0; i < 16; i++)
		v |= expected(fields[i], BITS(hw, 63 - 4 * i, 60 - 4 * i)) << (60 - 4 * i);
	return v;
}

static const char *fields_of(unsigned int crm, unsigned int op2)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(want); i++)
		if (want[i].crm == crm && want[i].op2 == op2)
			return want[i].fields;
	return "0000000000000000";
}

static void test_table(void **state UNUSED)
{
	uint64_t seed = 5;

	for (unsigned int crm = 0; crm < 16; crm++) {
		for (unsigned int op2 = 0; op2 < 8; op2++) {
			const char *f = fields_of(crm, op2);

			for (uint64_t n = 0; n < 16; n++)
				assert_true(idreg_value(crm, op2, n * UINT64_C(0x1111111111111111), 48) ==
					    whole(f, n * UINT64_C(0x1111111111111111)));
			for (unsigned int i = 0; i < 2000; i++) {
				seed = seed * 6364136223846793005u + 1442695040888963407u;
				assert_true(idreg_value(crm, op2, seed ^ seed >> 29, 48) ==
					    whole(f, seed ^ seed >> 29));
			}
		}
	}
}

/* Named once more, since they are what would leak or trap: all ones in the hardware. */
static void test_hidden(void **state UNUSED)
{
	static const struct {
		unsigned int crm, op2, lsb;
		const char *what;
	} hidden[] = {
		{ 4, 0, 8, "EL2" },	     { 4, 0, 12, "EL3" },   { 4, 0, 28, "RAS" },  { 4, 0, 32, "SVE" },
		{ 4, 0, 36, "SEL2" },	     { 4, 0, 40, "MPAM" },  { 4, 0, 44, "AMU" },  { 4, 0, 52, "RME" },
		{ 4, 1, 8, "MTE" },	     { 4, 1, 24, "SME" },   { 4, 1, 36, "NMI" },  { 4, 1, 44, "GCS" },
		{ 5, 0, 4, "trace" },	     { 5, 0, 8, "PMU" },    { 5, 0, 32, "SPE" },  { 5, 0, 44, "TRBE" },
		{ 5, 0, 52, "BRBE" },	     { 6, 0, 24, "TME" },   { 6, 1, 60, "LS64" }, { 6, 2, 0, "WFxT" },
		{ 7, 0, 56, "FGT" },	     { 7, 1, 8, "VHE" },    { 7, 1, 16, "LOR" },  { 7, 2, 24, "NV" },
		{ 7, 3, 0, "TCRX" },	     { 7, 3, 4, "SCTLRX" }, { 7, 3, 8, "S1PIE" }, { 4, 4, 0, "SVEver" },
		{ 4, 5, 63 - 3, "SMEFA64" }, { 6, 1, 56, "XS" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(hidden); i++) {
		for (uint64_t n = 0; n < 16; n++) {
			uint64_t v = idreg_value(hidden[i].crm, hidden[i].op2, n << hidden[i].lsb, 48);

			if (BITS(v, hidden[i].lsb + 3, hidden[i].lsb))
				fail_msg("%s: %llu passes", hidden[i].what, (unsigned long long)n);
		}
	}
}

/*
 * The IPA space decides on PARange, not the machine alone: 32, 36, 40, 42, 44, 48 bits are 0 to 5. 52 and
 * more is hidden.
 */
static void test_parange(void **state UNUSED)
{
	static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48 };

	for (unsigned int ipa = 32; ipa <= 48; ipa++) {
		for (uint64_t hw = 0; hw < 16; hw++) {
			uint64_t got = idreg_value(7, 0, hw, ipa) & 0xf;

			assert_true(got <= hw && got <= 5);
			assert_true(bits[got] <= ipa);
			assert_true(got == MIN(hw, UINT64_C(5)) || bits[got + 1] > ipa);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_parange),
	};

	return UNIT_RUN(tests);
}
