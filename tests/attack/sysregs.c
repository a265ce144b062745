/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attack guest B, system registers: every encoding of op0 2 and 3 read, written with what was read, then with patterns,
 * at EL1; read at EL0; every SYS, SYSL, hint and PSTATE encoding run. Each gives a value, takes one, or is UNDEFINED as
 * the rules say (sysregs.h); nothing else happens. State owned: the code, and what the first scan found.
 */
#include "sysregs.h"
#include "attack.h"
#include "lib/string.h"

#define INSN_RET	 0xd65f03c0u
#define INSN_NOP	 0xd503201fu
#define INSN_SYS(l, op0) (0xd5000000u | (l) << 21 | (op0) << 19)
#define INSN_WHICH(n)	 (((n)&0x3fff) << 5) /* op1, CRn, CRm, op2 */
#define MRS(n, rt)	 (INSN_SYS(1u, NR_OP0(n)) | INSN_WHICH(n) | (rt))
#define MSR(n, rt)	 (INSN_SYS(0u, NR_OP0(n)) | INSN_WHICH(n) | (rt))

#define MARK_A 0x5a5aa5a55a5aa5a5ul
#define MARK_B 0xa5a55a5aa5a55a5aul

/* MRS x0; RET; MSR x0; RET for each. */
static uint32_t code[SYSREGS][4];
static bool code_is_made;
static uint8_t seen_access[SYSREGS];
static uint64_t first_value[64]; /* of the ID space, by CRm and op2 */

void sysreg_code_sync(const void *at, size_t size)
{
	uint64_t line = 4ul << (sysreg_read(CTR_EL0) & 15), end = (uint64_t)(uintptr_t)at + size;

	for (uint64_t a = (uint64_t)(uintptr_t)at & ~(line - 1); a < end; a += line)
		__asm__ volatile("dc cvau, %0" : : "r"(a) : "memory");
	__asm__ volatile("dsb sy\n\tic iallu\n\tdsb sy\n\tisb" ::: "memory");
}

void sysreg_code_make(void)
{
	if (code_is_made)
		return;
	for (unsigned int n = 0; n < SYSREGS; n++) {
		code[n][0] = MRS(n, 0);
		code[n][2] = MSR(n, 0);
		code[n][1] = code[n][3] = INSN_RET;
	}
	sysreg_code_sync(code, sizeof(code));
	code_is_made = true;
}

uint64_t sysreg_read_nr(unsigned int n, uint64_t mark)
{
	return ((uint64_t(*)(uint64_t))(uintptr_t)&code[n][0])(mark);
}

void sysreg_write_nr(unsigned int n, uint64_t value)
{
	((void (*)(uint64_t))(uintptr_t)&code[n][2])(value);
}

/* --- EL1 --------------------------------------------------------------------------------------------------------- */

/* What came of one access: 1 it went, 0 UNDEFINED; anything else is a failed check. */
static unsigned int outcome(uint64_t before, unsigned int n)
{
	uint64_t count = SEEN.count - before;

	if (!count)
		return 1;
	A_EQ_AT(count, 1, n);
	A_EQ_AT(SEEN.vector, 4, n);
	/* Class 0, a 32-bit instruction; FEAT_IDST names an access to the ID space of op1 0, 1 and 3 (D24.2.37). */
	if (SEEN_EC != EC_SYSREG || NR_CRN(n) || NR_CRM(n) > 7)
		A_EQ_AT(SEEN.esr, BIT(25), n);
	return 0;
}

static void scan_one(unsigned int n)
{
	uint64_t before = SEEN.count, a, b;
	unsigned int access = 0;

	a = sysreg_read_nr(n, MARK_A);
	access |= outcome(before, n) ? SR_R : 0;
	b = sysreg_read_nr(n, MARK_B);
	if (!(access & SR_R)) {
		/* UNDEFINED both times, and the register that was to have the value is as it was. */
		A_EQ_AT(a, MARK_A, n);
		A_EQ_AT(b, MARK_B, n);
	} else if (!(sysreg_flags(n) & SR_MOVES)) {
		A_EQ_AT(a, b, n);
	}
	before = SEEN.count;
	sysreg_write_nr(n, access & SR_R ? b : 0);
	access |= outcome(before, n) ? SR_W : 0;
	seen_access[n] = (uint8_t)access;
}

/* ZEN, FPEN, SMEN of CPACR_EL1: else SVE and SME would be EL1's own traps, before they are EL2's. */
static void el1_traps_nothing(void)
{
	sysreg_write(CPACR_EL1, MASK(25, 24) | MASK(21, 20) | MASK(17, 16));
	isb();
}

/* By name where there is one, else as S<op0>_... */
static void say(const char *what, unsigned int n)
{
	const struct sysreg_rule *r = sysreg_rule(n);

	attack_note("%s: S%u_%u_C%u_C%u_%u %s", what, NR_OP0(n), NR_OP1(n), NR_CRN(n), NR_CRM(n), NR_OP2(n),
		    r ? r->name : "");
}

static void every_encoding(void)
{
	unsigned int counts[4] = { 0 }, emulated = 0, wrong = 0;

	sysreg_code_make();
	el1_traps_nothing();
	for (unsigned int n = 0; n < SYSREGS; n++)
		scan_one(n);
	for (unsigned int n = 0; n < SYSREGS; n++) {
		if (sysreg_flags(n) & SR_MAY && !seen_access[n]) {
			say("not in this CPU", n);
			counts[SR_NONE]++;
			continue;
		}
		if (seen_access[n] != sysreg_access(n) && wrong++ < 16)
			say(seen_access[n] == SR_R    ? "only reads"
			    : seen_access[n] == SR_W  ? "only writes"
			    : seen_access[n] == SR_RW ? "reads and writes"
						      : "UNDEFINED",
			    n);
		A_EQ_AT(seen_access[n], sysreg_access(n), n);
		counts[seen_access[n]]++;
		emulated += seen_access[n] && sysreg_flags(n) & SR_EMULATED;
	}
	attack_note(
		"%u encodings: %u read and write, %u only read, %u only write, %u UNDEFINED; of those that are there "
		"Trivet emulates %u",
		SYSREGS, counts[SR_RW], counts[SR_R], counts[SR_W], counts[SR_NONE], emulated);
}

static void slots_fill(unsigned int n)
{
	sysreg_probe_slot0[0] = MRS(n, 3);
	sysreg_probe_slot1[0] = MSR(n, 0);
	sysreg_probe_slot2[0] = MRS(n, 2);
	sysreg_probe_slot3[0] = MSR(n, 3);
	sysreg_probe_slot4[0] = MRS(n, 5);
	if (seen_access[n] == SR_W)
		sysreg_probe_slot0[0] = sysreg_probe_slot2[0] = sysreg_probe_slot3[0] = sysreg_probe_slot4[0] =
			INSN_NOP;
	sysreg_code_sync(sysreg_probe_slot0, 256);
}

static void probe(unsigned int n, uint64_t value)
{
	uint64_t keeps = sysreg_keeps(n), before = SEEN.count;
	struct sysreg_probe p;

	value &= ~sysreg_never(n);
	sysreg_probe_run(value, &p);
	A_EQ_AT(SEEN.count, before, n);
	if (seen_access[n] != SR_RW)
		return;
	A_EQ_AT(p.back & keeps, value & keeps, n);
	A_EQ_AT(p.restored & keeps, p.old & keeps, n);
}

/* What takes a write takes every pattern, and the bits that are there keep it; what was there comes back. */
static void patterns(void)
{
	static const uint64_t fixed[] = { ~0ul, 0, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa, 0x123456789abcdef0 };
	uint64_t seed = attack_seed(1);
	unsigned int written = 0;

	for (unsigned int n = 0; n < SYSREGS; n++) {
		if (!(seen_access[n] & SR_W))
			continue;
		slots_fill(n);
		for (unsigned int i = 0; i < ARRAY_SIZE(fixed); i++)
			probe(n, fixed[i]);
		for (unsigned int i = 0; i < 64; i++) {
			probe(n, BIT(i));
			probe(n, ~BIT(i));
			probe(n, attack_random(&seed));
		}
		written++;
	}
	attack_note("%u registers written with %u patterns each", written, (unsigned int)ARRAY_SIZE(fixed) + 3 * 64);
}

/* Writes to what cannot be written, with every register that may be in an instruction, x30 and XZR too. */
static void undefined_stays_undefined(void)
{
	uint64_t seed = attack_seed(2), before;
	unsigned int tried = 0;

	for (unsigned int n = 0; n < SYSREGS; n++) {
		if (seen_access[n] & SR_W || sysreg_access(n) & SR_W)
			continue;
		before = SEEN.count;
		sysreg_write_nr(n, attack_random(&seed));
		sysreg_write_nr(n, ~0ul);
		A_EQ_AT(SEEN.count, before + 2, n);
		tried++;
	}
	attack_note("%u that take no write: two patterns each", tried);
}

/* --- ID registers ------------------------------------------------------------------------------------------------ */

static uint64_t id_value(unsigned int i)
{
	return sysreg_read_nr(SYSREG_NR(3, 0, 0, i >> 3, i & 7), MARK_A);
}

static void ids_are_the_same(void)
{
	for (unsigned int i = 8; i < 64; i++)
		A_EQ_AT(id_value(i), first_value[i], i);
}

static const struct {
	uint8_t crm, op2, lsb, is;
	const char *name;
} hidden[] = {
	{ 4, 0, 0, 1, "EL0: AArch64 alone" },
	{ 4, 0, 4, 1, "EL1: AArch64 alone" },
	{ 4, 0, 8, 0, "EL2" },
	{ 4, 0, 12, 0, "EL3" },
	{ 4, 0, 24, 1, "GIC system registers" },
	{ 4, 0, 28, 0, "RAS" },
	{ 4, 0, 32, 0, "SVE" },
	{ 4, 0, 36, 0, "SEL2" },
	{ 4, 0, 40, 0, "MPAM" },
	{ 4, 0, 44, 0, "AMU" },
	{ 4, 0, 52, 0, "RME" },
	{ 4, 1, 8, 0, "MTE" },
	{ 4, 1, 24, 0, "SME" },
	{ 4, 1, 36, 0, "NMI" },
	{ 4, 1, 44, 0, "GCS" },
	{ 5, 0, 4, 0, "trace" },
	{ 5, 0, 8, 0, "PMU" },
	{ 5, 0, 32, 0, "SPE" },
	{ 5, 0, 40, 0, "trace filter" },
	{ 5, 0, 44, 0, "trace buffer" },
	{ 5, 0, 52, 0, "BRBE" },
	{ 6, 0, 24, 0, "TME" },
	{ 7, 0, 28, 0, "LPA2 of 4 KiB" },
	{ 7, 0, 56, 0, "fine-grained traps" },
	{ 7, 1, 8, 0, "VHE" },
	{ 7, 1, 16, 0, "LOR" },
	{ 7, 1, 40, 0, "HCRX" },
	{ 7, 2, 24, 0, "nested virtualization" },
};

/* Every vCPU reads the same; what is hidden reads as not there. */
static void id_registers(void)
{
	unsigned int zero = 0;

	sysreg_code_make();
	for (unsigned int i = 8; i < 64; i++) {
		first_value[i] = id_value(i);
		zero += !first_value[i];
		if (i < 32) /* AArch32, which is not there, and reserved ones */
			A_EQ_AT(first_value[i], 0, i);
	}
	A_EQ(first_value[4 << 3], sysreg_read(ID_AA64PFR0_EL1));
	A_EQ(first_value[7 << 3 | 1], sysreg_read(ID_AA64MMFR1_EL1));
	for (unsigned int i = 0; i < ARRAY_SIZE(hidden); i++)
		A_EQ_AT(BITS(first_value[hidden[i].crm << 3 | hidden[i].op2], hidden[i].lsb + 3u, hidden[i].lsb),
			hidden[i].is, i);
	attack_everywhere(ids_are_the_same);
	attack_note("56 ID registers on %u vCPUs, %u of them zero", attack_cpus, zero);
}

/* What Trivet answers of its own accord (docs/traps.md): debug without a debugger, the CPU interface, the timer. */
static void known_values(void)
{
	sysreg_code_make();
	A_EQ(sysreg_read(CurrentEL), 1 << 2);
	A_EQ(sysreg_read(MPIDR_EL1), BIT(31));
	A_CHECK(BITS(sysreg_read(ID_AA64MMFR0_EL1), 3, 0) <= 2); /* PARange: 40 bits */
	A_EQ(sysreg_read(ICC_SRE_EL1), 7);
	sysreg_write(ICC_SRE_EL1, 0);
	A_EQ(sysreg_read(ICC_SRE_EL1), 7);
	sysreg_write(ACTLR_EL1, ~0ul);
	A_EQ(sysreg_read(ACTLR_EL1), 0);
	/* OSLSR_EL1: OSLM, and OSLK as OSLAR_EL1 says. */
	sysreg_write(OSLAR_EL1, 1);
	A_EQ(sysreg_read(OSLSR_EL1), BIT(3) | BIT(1));
	sysreg_write(OSLAR_EL1, 0);
	A_EQ(sysreg_read(OSLSR_EL1), BIT(3));
	sysreg_write(OSDLR_EL1, 1);
	A_EQ(sysreg_read(OSDLR_EL1), 0);
	sysreg_write(MDSCR_EL1, ~0ul);
	A_EQ(sysreg_read(MDSCR_EL1), BIT(15) | MASK(13, 12) | BIT(0));
	sysreg_write(MDSCR_EL1, 0);
	/* HMC and SSC of a breakpoint: none for EL2. */
	sysreg_write(DBGBCR0_EL1, MASK(28, 0));
	A_EQ(sysreg_read(DBGBCR0_EL1) & MASK(15, 13), 0);
	sysreg_write(DBGBCR0_EL1, 0);
	A_EQ(sysreg_read(MDCCSR_EL0), 0);
	A_EQ(sysreg_read(MDRAR_EL1), 0);
	A_CHECK(sysreg_read(CNTPCT_EL0) >= sysreg_read(CNTVCT_EL0));
}

/* --- EL0 --------------------------------------------------------------------------------------------------------- */

/* What happened there: counted, since EL0 may not read which vCPU it is. */
static struct {
	unsigned int values, undefined, trapped, writes;
	unsigned int wrong, first_wrong;
} el0;

static void el0_scan(void *arg UNUSED)
{
	volatile struct attack_seen *seen = &attack_seen[0];

	for (unsigned int n = 0; n < SYSREGS; n++) {
		uint64_t before = seen->count;

		sysreg_read_nr(n, MARK_A);
		el0.values += seen->count == before;
		el0.undefined += seen->count != before && seen->esr == BIT(25);
		el0.trapped += seen->count != before && seen->esr != BIT(25);
		before = seen->count;
		sysreg_write_nr(n, 0);
		el0.writes += seen->count == before;
		/* Only what has op1 3 in its name can be EL0's (ARM DDI 0487 D18.2). */
		if (seen->count == before && NR_OP1(n) != 3 && !el0.wrong++)
			el0.first_wrong = n;
	}
}

/* FEAT_IDST gives class 0x18 for the ID space, EL1's own traps too. */
static bool el0_exception(struct attack_frame *f UNUSED, uint64_t vector)
{
	uint64_t ec = sysreg_read(ESR_EL1) >> 26;

	A_CHECK(ec == EC_UNDEF || ec == EC_SYSREG);
	A_EQ(vector, 8);
	return false;
}

/* All of EL1's are UNDEFINED or EL1's to trap, nothing of EL2 is there. */
static void from_el0(void)
{
	sysreg_code_make();
	el1_traps_nothing();
	memset(&el0, 0, sizeof(el0));
	attack_on_exception = el0_exception;
	attack_el0(el0_scan, NULL);
	attack_on_exception = NULL;
	A_EQ_AT(el0.wrong, 0, el0.first_wrong);
	A_EQ(el0.values + el0.undefined + el0.trapped, SYSREGS);
	attack_note("at EL0: %u can be read, %u are UNDEFINED, %u EL1's trap; %u can be written", el0.values,
		    el0.undefined, el0.trapped, el0.writes);
}

/* --- SYS, SYSL, hints, PSTATE ------------------------------------------------------------------------------------ */

static unsigned int sys_went, sys_undef, sys_abort;

/*
 * Class 0; or a data abort of a DC: of DC ZVA, as memory is Device while the MMU is off (ARM DDI 0487 D8.17.3), or of
 * one at address 0, where nothing is.
 */
static void insn_outcome(uint64_t before, unsigned int n, uint64_t x0)
{
	uint64_t count = SEEN.count - before;

	if (!count) {
		sys_went++;
		return;
	}
	A_EQ_AT(count, 1, n);
	if (SEEN.esr == BIT(25)) {
		sys_undef++;
		return;
	}
	sys_abort++;
	A_EQ_AT(SEEN_EC, EC_DABT_SAME, n);
	A_EQ_AT(SEEN.esr & 0x3f, x0 ? FSC_ALIGNMENT : FSC_EXTERNAL, n);
	A_EQ_AT(SEEN.far, x0, n);
	A_EQ_AT(BITS(n, 10, 7), 7, n); /* CRn: a DC */
}

static void insn_run(uint32_t insn, uint64_t x0, unsigned int n)
{
	uint64_t before;

	sysreg_insn_slot[0] = insn;
	sysreg_code_sync(sysreg_insn_slot, 4);
	before = SEEN.count;
	sysreg_insn_run(x0);
	insn_outcome(before, n, insn & 31 ? 0 : x0);
}

static uint64_t sys_target[64] __attribute__((aligned(512)));

/* An op0 1 encoding that EL1 has, with nothing that is hidden: DC, IC, AT, TLBI (ARM DDI 0487 C5.3 to C5.5). */
static bool sys_is_known(unsigned int n)
{
	unsigned int op1 = n >> 11 & 7, crn = n >> 7 & 15;

	if (op1 == 0)
		return crn >= 7 && crn <= 9;
	return op1 == 3 && crn == 7;
}

static void every_sys(void)
{
	unsigned int outside = 0;

	sys_went = sys_undef = sys_abort = 0;
	for (unsigned int n = 0; n < 1 << 14; n++) {
		unsigned int went = sys_went;

		insn_run(INSN_SYS(0u, 1u) | INSN_WHICH(n), (uint64_t)(uintptr_t)sys_target, n);
		insn_run(INSN_SYS(0u, 1u) | INSN_WHICH(n) | 31, 0, n);
		insn_run(INSN_SYS(1u, 1u) | INSN_WHICH(n), 0, n);
		if (!sys_is_known(n) && sys_went != went && outside++ < 16)
			attack_note("SYS #%u, C%u, C%u, #%u went", n >> 11 & 7, n >> 7 & 15, n >> 3 & 15, n & 7);
	}
	A_EQ(outside, 0);
	attack_note("SYS with x0 and with XZR, SYSL: %u went, %u UNDEFINED, %u aborted", sys_went, sys_undef,
		    sys_abort);
}

/* The virtual timer is due, and pending while interrupts are masked, so that no wait is long. */
static void timer_due(void)
{
	if (sysreg_read(ISR_EL1))
		return;
	sysreg_write(CNTV_CTL_EL0, 1);
	A_WAIT(sysreg_read(ISR_EL1));
}

/* DAIFClr has let it in. */
static void timer_irq(unsigned int intid UNUSED)
{
	sysreg_write(CNTV_CTL_EL0, 3);
}

/* Hints, barriers, PSTATE, WFIT, and all the rest of op0 0. */
static void every_op0_0(void)
{
	sys_went = sys_undef = sys_abort = 0;
	el1_traps_nothing();
	gic_init();
	gic_enable(INTID_VTIMER);
	sysreg_write(CNTV_CVAL_EL0, 0);
	attack_on_irq = timer_irq;
	for (unsigned int n = 0; n < 1 << 14; n++) {
		timer_due();
		insn_run(INSN_SYS(0u, 0u) | INSN_WHICH(n) | 31, 0, n);
		timer_due();
		insn_run(INSN_SYS(0u, 0u) | INSN_WHICH(n), 0, n);
		timer_due();
		insn_run(INSN_SYS(1u, 0u) | INSN_WHICH(n) | 31, 0, n);
	}
	sysreg_write(CNTV_CTL_EL0, 0);
	attack_on_irq = NULL;
	attack_note("op0 0 with XZR and x0, both directions: %u went, %u UNDEFINED", sys_went, sys_undef);
	A_EQ(sys_abort, 0);
	A_CHECK(IRQS(INTID_VTIMER) > 0);
}

static const struct attack_test tests[] = {
	{ "ID registers are the same on every vCPU, and hide what is hidden", id_registers },
	{ "what Trivet answers is what its documents say", known_values },
	{ "every encoding of op0 2 and 3 reads, writes or is UNDEFINED as its rule says", every_encoding },
	{ "what can be written takes every pattern and gives back what was there", patterns },
	{ "what cannot be written is UNDEFINED with any value", undefined_stays_undefined },
	{ "every encoding read at EL0: a value, UNDEFINED, or EL1's own trap", from_el0 },
	{ "every SYS and SYSL encoding goes or is UNDEFINED; of EL2's none goes", every_sys },
	{ "every hint, barrier and PSTATE encoding goes or is UNDEFINED", every_op0_0 },
};
ATTACK_PROGRAM(sysregs, tests, .mmu = false);
