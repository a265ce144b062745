/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attack guest B, calls: every function number of the standard owners by HVC and SMC, fast and yielding, 32 and
 * 64 bits; random ids with random registers; immediates; EL0. SMCCC 1.2 (DEN 0028), PSCI 1.1 (DEN 0022), TRNG
 * 1.0 (DEN 0098).
 *
 * What is known is in a table here; everything else must be NOT_SUPPORTED, and no register but x0 may change. State
 * owned: the registers that go in and out, and the code with immediates.
 */
#include "calls.h"
#include "attack.h"
#include "lib/string.h"
#include "sysregs.h"

#define HINT	   SMCCC_SVE_HINT
#define INSN_RET   0xd65f03c0u
#define INSN_HVC   0xd4000002u
#define INSN_SMC   0xd4000003u
#define IMMEDIATES 65536u

#define CHECK_X_FROM 4 /* x4 on must be kept (SMCCC 1.2 2.6); of an unknown call we promise x1 to x3 as well */

enum {
	NEVER = 1,   /* would end the guest, or this vCPU */
	PENDING = 2, /* waits, unless something is pending */
	RESULTS = 4, /* x1 to x3 are results too */
};

/* Calls of Trivet, and what is expected of them with arguments that are not valid ones. */
static const struct known {
	uint32_t id;
	unsigned int flags;
	int64_t lowest, highest; /* x0 is one of these */
} known[] = {
	{ SMCCC_VERSION, 0, SMCCC_VERSION_1_2, SMCCC_VERSION_1_2 },
	{ SMCCC_ARCH_FEATURES, 0, SMCCC_NOT_SUPPORTED, 1 },
	{ PSCI_VERSION, 0, PSCI_VERSION_1_1, PSCI_VERSION_1_1 },
	{ PSCI_CPU_SUSPEND_32, PENDING, PSCI_INVALID_ADDRESS, PSCI_SUCCESS },
	{ PSCI_CPU_SUSPEND_64, PENDING, PSCI_INVALID_ADDRESS, PSCI_SUCCESS },
	{ PSCI_CPU_OFF, NEVER, 0, 0 },
	{ PSCI_CPU_ON_32, 0, PSCI_INVALID_PARAMETERS, PSCI_INVALID_PARAMETERS },
	{ PSCI_CPU_ON_64, 0, PSCI_INVALID_PARAMETERS, PSCI_INVALID_PARAMETERS },
	{ PSCI_AFFINITY_INFO_32, 0, PSCI_INVALID_PARAMETERS, PSCI_INVALID_PARAMETERS },
	{ PSCI_AFFINITY_INFO_64, 0, PSCI_INVALID_PARAMETERS, PSCI_INVALID_PARAMETERS },
	{ PSCI_MIGRATE_INFO_TYPE, 0, PSCI_MIGRATE_NOT_REQUIRED, PSCI_MIGRATE_NOT_REQUIRED },
	{ PSCI_SYSTEM_OFF, NEVER, 0, 0 },
	{ PSCI_SYSTEM_RESET, NEVER, 0, 0 },
	{ PSCI_FEATURES, 0, PSCI_NOT_SUPPORTED, PSCI_SUCCESS },
	{ PSCI_SYSTEM_RESET2_32, 0, PSCI_INVALID_PARAMETERS, PSCI_INVALID_PARAMETERS },
	{ PSCI_SYSTEM_RESET2_64, 0, PSCI_INVALID_PARAMETERS, PSCI_INVALID_PARAMETERS },
	{ TRNG_VERSION, 0, TRNG_VERSION_1_0, TRNG_VERSION_1_0 },
	{ TRNG_FEATURES, 0, TRNG_NOT_SUPPORTED, TRNG_SUCCESS },
	{ TRNG_GET_UUID, RESULTS, 0, UINT32_MAX },
	{ TRNG_RND32, RESULTS, TRNG_INVALID_PARAMETERS, TRNG_SUCCESS },
	{ TRNG_RND64, RESULTS, TRNG_INVALID_PARAMETERS, TRNG_SUCCESS },
	{ SMCCC_VENDOR_HYP_COUNT, 0, 0, 0 },
	{ SMCCC_VENDOR_HYP_UID, RESULTS, TRIVET_UID_0, TRIVET_UID_0 },
	{ SMCCC_VENDOR_HYP_REV, RESULTS, TRIVET_REV_MAJOR, TRIVET_REV_MAJOR },
};

/* Those that firmware may have: then ARCH_FEATURES says so, and they change nothing, x0 too. */
static const uint32_t workarounds[] = { SMCCC_ARCH_WORKAROUND_1, SMCCC_ARCH_WORKAROUND_2, SMCCC_ARCH_WORKAROUND_3 };

typedef void (*conduit_fn)(struct calls_regs *r);

static struct calls_regs in, out;
static uint64_t calls_made, step;

/* The hint bit of a fast call says nothing here. */
static const struct known *find(uint32_t id)
{
	if (id & SMCCC_FAST)
		id &= ~(uint32_t)HINT;
	for (unsigned int i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].id == id)
			return &known[i];
	return NULL;
}

static bool is_workaround(uint32_t id)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(workarounds); i++)
		if ((id & ~(uint32_t)HINT) == workarounds[i])
			return hvc(SMCCC_ARCH_FEATURES, workarounds[i], 0, 0) >= 0;
	return false;
}

/* The registers from x[from] on and all of FP and SIMD are as they went in. */
static void same(unsigned int from, uint32_t id)
{
	for (unsigned int i = from; i < 31; i++)
		A_EQ_AT(out.x[i], in.x[i], (uint64_t)i << 32 | id);
	A_EQ_AT(out.fpcr, in.fpcr, id);
	A_EQ_AT(out.fpsr, in.fpsr, id);
	if (memcmp(out.v, in.v, sizeof(in.v)))
		attack_fail_at(__FILE_NAME__, __LINE__, "V registers", 0, 1, id);
}

/* One call with what is in `in`, all registers looked at. */
static void call(conduit_fn conduit)
{
	uint32_t id = (uint32_t)in.x[0];
	const struct known *k = find(id);
	int64_t got;

	out = in;
	conduit(&out);
	calls_made++;
	got = (int64_t)out.x[0];
	if (is_workaround(id)) {
		A_EQ_AT(got, in.x[0], id);
		same(1, id);
	} else if (!k) {
		A_EQ_AT(got, SMCCC_NOT_SUPPORTED, id);
		same(1, id);
	} else {
		A_EQ_AT(got >= k->lowest && got <= k->highest, 1, id);
		same(k->flags & RESULTS ? CHECK_X_FROM : 1, id);
	}
}

static void fill(uint64_t *seed)
{
	for (unsigned int i = 0; i < 31; i++)
		in.x[i] = attack_random(seed);
	for (unsigned int i = 0; i < 64; i++)
		in.v[i] = attack_random(seed);
	in.fpcr = attack_random(seed) & MASK(26, 22);
	in.fpsr = attack_random(seed) & MASK(4, 0);
}

/* --- every id ---------------------------------------------------------------------------------------------------- */

/* Unknown ids, first to last, each or every step=th of them: all give -1 and change nothing. */
static void sweep_unknown(conduit_fn conduit, uint32_t first, uint32_t last)
{
	while (first <= last) {
		uint64_t n = ((uint64_t)last - first) / step + 1;
		struct calls_regs r = in;

		r.x[19] = first;
		r.x[20] = n;
		r.x[21] = step;
		conduit(&r);
		A_EQ_AT(r.x[0], SMCCC_NOT_SUPPORTED, r.x[19]);
		for (unsigned int i = 1; i < 31; i++)
			if (i < 19 || i > 21)
				A_EQ_AT(r.x[i], in.x[i], (uint64_t)i << 32 | first);
		calls_made += n - r.x[20];
		if (!r.x[20])
			return;
		calls_made++;
		first = (uint32_t)r.x[19] + (uint32_t)step;
		if (!first)
			return;
	}
}

/* The lowest id of [from, last] that is not to be swept: known, or a work-around that the firmware has. */
static uint64_t next_known(uint64_t from, uint64_t last)
{
	uint64_t best = last + 1;

	for (unsigned int i = 0; i < 2 * ARRAY_SIZE(known); i++) {
		uint64_t id = known[i / 2].id | (i & 1 ? HINT : 0);

		if (id >= from && id < best)
			best = id;
	}
	for (unsigned int i = 0; i < 2 * ARRAY_SIZE(workarounds); i++) {
		uint64_t id = workarounds[i / 2] | (i & 1 ? HINT : 0);

		if (id >= from && id < best)
			best = id;
	}
	return best;
}

static void sweep(conduit_fn sweeper, conduit_fn all, uint64_t first, uint64_t last)
{
	while (first <= last) {
		uint64_t stop = next_known(first, last);
		const struct known *k;

		if (stop > first)
			sweep_unknown(sweeper, (uint32_t)first, (uint32_t)stop - 1);
		if (stop > last)
			return;
		k = find((uint32_t)stop);
		if (!k || !(k->flags & NEVER)) {
			in.x[0] = in.x[22] | stop;
			call(all);
		}
		first = stop + 1;
	}
}

/* Arguments that are wrong for every call that there is: no target, no power state, no reset type. */
static void wrong_arguments(uint64_t seed)
{
	fill(&seed);
	in.x[1] |= BIT(63) | BIT(31) | BIT(17);
	in.x[2] |= 1;
	/* The id's upper half says nothing. */
	in.x[22] &= ~MASK(31, 0);
}

static bool is_standard_owner(unsigned int owner)
{
	return owner <= 6 || owner >= 48;
}

/* Each owner's function numbers 0 to 0xffff, and with one of bits 23:16 set. */
static void every_owner(conduit_fn sweeper, conduit_fn all, uint32_t kind)
{
	for (unsigned int owner = 0; owner < 64; owner++) {
		uint32_t first = kind | owner << SMCCC_OWNER_SHIFT;

		if (!is_standard_owner(owner))
			continue;
		sweep(sweeper, all, first, first + SMCCC_FN_MASK);
		for (unsigned int bit = 16; bit < 24; bit++) {
			sweep(sweeper, all, first + (1u << bit), first + (1u << bit) + 0x1ff);
			sweep(sweeper, all, first + (1u << bit) + 0xff00, first + (1u << bit) + 0xffff);
		}
	}
}

static void every_id(conduit_fn sweeper, conduit_fn all)
{
	static const uint32_t kinds[] = { SMCCC_FAST, SMCCC_FAST | SMCCC_64, 0, SMCCC_64 };
	uint64_t from = counter(), ms;

	calls_made = 0;
	step = attack_arg("step", 1);
	wrong_arguments(attack_seed(10));
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
		every_owner(sweeper, all, kinds[i]);
	ms = (counter() - from) / MAX(ms_ticks(1), UINT64_C(1));
	attack_note("%llu calls, %llu a ms", (unsigned long long)calls_made,
		    (unsigned long long)(calls_made / MAX(ms, UINT64_C(1))));
}

static void every_hvc(void)
{
	every_id(calls_sweep_hvc, calls_all_hvc);
}

static void every_smc(void)
{
	every_id(calls_sweep_smc, calls_all_smc);
}

/* --- random ids -------------------------------------------------------------------------------------------------- */

/* Half of them anything; the others near what there is. */
static uint32_t random_id(uint64_t *seed)
{
	uint64_t r = attack_random(seed);
	const struct known *k = &known[(r >> 40) % ARRAY_SIZE(known)];

	switch (r >> 60 & 3) {
	case 0:
		return k->id ^ (uint32_t)BIT(r & 31);
	case 1:
		return (k->id & ~UINT32_C(0xff)) | (r & 0xff);
	default:
		return (uint32_t)r;
	}
}

/* Would this call, with these arguments, end or start something? */
static bool must_not(const struct calls_regs *r)
{
	const struct known *k = find((uint32_t)r->x[0]);
	uint32_t id = (uint32_t)r->x[0] & ~(uint32_t)HINT;

	if (!k)
		return false;
	return k->flags & (NEVER | PENDING) || ((id | SMCCC_64) == PSCI_SYSTEM_RESET2_64 && !(uint32_t)r->x[1]);
}

static void random_calls(void)
{
	uint64_t seed = attack_seed(11), n = attack_arg("calls", 100000), known_ones = 0;

	calls_made = 0;
	for (uint64_t i = 0; i < n; i++) {
		fill(&seed);
		in.x[0] = (in.x[0] & ~MASK(31, 0)) | random_id(&seed);
		if (must_not(&in))
			continue;
		known_ones += find((uint32_t)in.x[0]) != NULL;
		call(i & 1 ? calls_all_hvc : calls_all_smc);
	}
	attack_note("%llu random calls, %llu of known functions; seed 0x%llx", (unsigned long long)calls_made,
		    (unsigned long long)known_ones, (unsigned long long)attack_seed(11));
	A_CHECK(calls_made > n * 9 / 10);
}

/* --- values ------------------------------------------------------------------------------------------------------ */

static uint64_t call_of(uint64_t id, uint64_t x1)
{
	uint64_t seed = id;

	fill(&seed);
	in.x[0] = id;
	in.x[1] = x1;
	out = in;
	calls_all_smc(&out);
	same(CHECK_X_FROM, (uint32_t)id);
	return out.x[0];
}

/* What Trivet has, asked as the specifications say, and each answer's other registers. */
static void values(void)
{
	A_EQ(call_of(SMCCC_VERSION, 0), SMCCC_VERSION_1_2);
	A_EQ(call_of(SMCCC_VERSION | HINT, 0), SMCCC_VERSION_1_2);
	A_EQ(call_of(0xabcdef0000000000 | SMCCC_VERSION, 0), SMCCC_VERSION_1_2);
	A_EQ(call_of(SMCCC_ARCH_FEATURES, SMCCC_VERSION), SMCCC_SUCCESS);
	A_EQ(call_of(SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURES), SMCCC_SUCCESS);
	A_EQ(call_of(SMCCC_ARCH_FEATURES, 0xffffffff00000000 | SMCCC_VERSION), SMCCC_SUCCESS);
	A_EQ(call_of(SMCCC_ARCH_FEATURES, SMCCC_ARCH_SOC_ID), SMCCC_NOT_SUPPORTED);
	A_EQ(call_of(SMCCC_ARCH_FEATURES, PSCI_VERSION), SMCCC_NOT_SUPPORTED);
	A_EQ(call_of(SMCCC_VENDOR_HYP_COUNT, 0), 0);
	A_EQ(call_of(SMCCC_VENDOR_HYP_UID, 0), TRIVET_UID_0);
	A_EQ(out.x[1], TRIVET_UID_1);
	A_EQ(out.x[2], TRIVET_UID_2);
	A_EQ(out.x[3], TRIVET_UID_3);
	A_EQ(call_of(SMCCC_VENDOR_HYP_REV, 0), TRIVET_REV_MAJOR);
	A_EQ(out.x[1], TRIVET_REV_MINOR);
	A_EQ(call_of(TRNG_VERSION, 0), TRNG_VERSION_1_0);
	A_EQ(call_of(TRNG_FEATURES, TRNG_RND64), TRNG_SUCCESS);
	A_EQ(call_of(TRNG_FEATURES, PSCI_VERSION), TRNG_NOT_SUPPORTED);
	A_CHECK((uint32_t)call_of(TRNG_GET_UUID, 0) != UINT32_MAX);
}

/* DEN 0098 2.5: bits beyond those asked for are zero, in w/x1 the highest; an error leaves nothing there. */
static void random_numbers(void)
{
	for (unsigned int wide = 0; wide < 2; wide++) {
		uint64_t id = wide ? TRNG_RND64 : TRNG_RND32, width = wide ? 64 : 32;

		for (uint64_t bits = 0; bits <= 200; bits++) {
			bool good = bits >= 1 && bits <= 3 * width;

			A_EQ_AT(call_of(id, bits), good ? TRNG_SUCCESS : TRNG_INVALID_PARAMETERS, bits);
			for (unsigned int i = 0; i < 3; i++) {
				uint64_t left = !good || bits <= i * width ? 0 : MIN(bits - i * width, width);

				A_EQ_AT(left >= 64 ? 0 : out.x[3 - i] >> left, 0, bits);
			}
		}
		A_EQ(call_of(id, UINT64_C(0x100000000) | 32), wide ? TRNG_INVALID_PARAMETERS : TRNG_SUCCESS);
		A_EQ(call_of(id, ~UINT64_C(0)), TRNG_INVALID_PARAMETERS);
	}
}

/* --- immediates, EL0 --------------------------------------------------------------------------------------------- */

static uint32_t imm_code[IMMEDIATES][2];

static void immediates_of(uint32_t insn, uint64_t vector, void (*run)(uint64_t at))
{
	for (uint32_t i = 0; i < IMMEDIATES; i++) {
		imm_code[i][0] = insn | i << 5;
		imm_code[i][1] = INSN_RET;
	}
	sysreg_code_sync(imm_code, sizeof(imm_code));
	for (uint32_t i = 1; i < IMMEDIATES; i++) {
		uint64_t before = SEEN.count;

		run((uint64_t)(uintptr_t)imm_code[i]);
		A_EQ_AT(SEEN.count, before + 1, i);
		A_EQ_AT(SEEN.esr, BIT(25), i);
		A_EQ_AT(SEEN.elr, (uint64_t)(uintptr_t)imm_code[i], i);
		A_EQ_AT(SEEN.vector, vector, i);
	}
}

static void run_here(uint64_t at)
{
	((void (*)(void))(uintptr_t)at)();
}

/* Only #0 is a call (DEN 0028 2.9): PSCI_VERSION in x0 would not answer either. */
static void immediates(void)
{
	immediates_of(INSN_HVC, 4, run_here);
	immediates_of(INSN_SMC, 4, run_here);
	attack_note("HVC and SMC with the immediates 1 to 0xffff: UNDEFINED, each at its own address");
}

static void el0_calls(void *arg)
{
	run_here((uint64_t)(uintptr_t)arg);
}

/* HVC and SMC at EL0 are UNDEFINED, to EL1 (ARM DDI 0487 C6.2.127, C6.2.324); Trivet never sees them. */
static void from_el0(void)
{
	static const uint32_t insns[] = { INSN_HVC, INSN_SMC, INSN_HVC | 1 << 5, INSN_SMC | 1 << 5 };

	for (unsigned int i = 0; i < ARRAY_SIZE(insns); i++) {
		imm_code[i][0] = insns[i];
		imm_code[i][1] = INSN_RET;
		sysreg_code_sync(imm_code[i], 8);
		A_FAULTS(attack_el0(el0_calls, imm_code[i]), EC_UNDEF);
		A_EQ(SEEN.vector, 8);
		A_EQ(SEEN.elr, (uint64_t)(uintptr_t)imm_code[i]);
	}
}

static const struct attack_test tests[] = {
	{ "calls that there are: their values, and x4 on kept", values },
	{ "random numbers: every number of bits from 0 to 200", random_numbers },
	{ "HVC: every function of every standard owner", every_hvc },
	{ "SMC: every function of every standard owner", every_smc },
	{ "random ids with random registers: all of x1 to x30, V, FPCR, FPSR looked at", random_calls },
	{ "HVC and SMC with another immediate than 0 are UNDEFINED", immediates },
	{ "HVC and SMC at EL0 are UNDEFINED", from_el0 },
};
ATTACK_PROGRAM(calls, tests, .mmu = false);
