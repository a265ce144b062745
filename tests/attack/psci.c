/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attack guest B, PSCI 1.1 (DEN 0022): every call misused, and vCPUs turned on and off by several others at once. State
 * owned: psci_records (calls_code.S), what the callers of a race were told.
 *
 * The vCPU with the highest number is the one that is turned on and off; it needs no stack.
 */
#include "attack.h"
#include "calls.h"

#define ENTRY	   ((uint64_t)(uintptr_t)psci_entry)
#define VICTIM	   (attack_cpus - 1)
#define RECORD	   (psci_records[VICTIM])
#define ROUNDS	   attack_arg("rounds", 1000)
#define DIRTY	   0xdeadbeef00000000ul
#define MPIDR_RES1 BIT(31)

_Static_assert(sizeof(struct psci_record) == 64, "calls_code.S");

static int64_t on(uint64_t target, uint64_t entry, uint64_t context)
{
	return hvc(PSCI_CPU_ON_64, target, entry, context);
}

/* --- one call at a time ------------------------------------------------------------------------------------------ */

static void wrong_targets(void)
{
	static const uint64_t more[] = { BIT(4),     BIT(8),  BIT(16), BIT(24), BIT(30),
					 MPIDR_RES1, BIT(32), BIT(40), BIT(63), ~0ul };
	uint64_t entries = RECORD.entries;

	for (uint64_t i = attack_cpus; i < 512; i++) {
		/* 16 of them have one Aff1: index 16 is 0x100. */
		if (i >= 256 && (i - 256) + 16 < attack_cpus)
			continue;
		A_EQ_AT(on(i, ENTRY, 0), PSCI_INVALID_PARAMETERS, i);
		A_EQ_AT(hvc(PSCI_AFFINITY_INFO_64, i, 0, 0), PSCI_INVALID_PARAMETERS, i);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(more); i++) {
		A_EQ_AT(on(VICTIM | more[i], ENTRY, 0), PSCI_INVALID_PARAMETERS, more[i]);
		A_EQ_AT(hvc(PSCI_AFFINITY_INFO_64, VICTIM | more[i], 0, 0), PSCI_INVALID_PARAMETERS, more[i]);
		/* An SMC32 call has 32 bits of each argument. */
		if (more[i] < BIT(32))
			A_EQ_AT(hvc(PSCI_CPU_ON_32, VICTIM | more[i], ENTRY, 0), PSCI_INVALID_PARAMETERS, more[i]);
	}
	A_EQ(RECORD.entries, entries);
}

static void wrong_entries(void)
{
	static const uint64_t bad[] = { 0,
					4,
					GICD,
					GICD + 0x10000,
					GICR(0),
					UART,
					RTC,
					VIRTIO(0),
					NOWHERE,
					RAM - 4,
					1ul << 32,
					1ul << 38,
					(1ul << IPA_BITS) - 4,
					1ul << IPA_BITS,
					(1ul << IPA_BITS) + RAM,
					1ul << 47,
					1ul << 48,
					(1ul << 48) + RAM,
					1ul << 55,
					1ul << 63,
					0xffff000000000000,
					~3ul };
	uint64_t entries = RECORD.entries;

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++)
		A_EQ_AT(on(VICTIM, bad[i], 0), PSCI_INVALID_ADDRESS, bad[i]);
	for (unsigned int i = 1; i < 4; i++)
		A_EQ_AT(on(VICTIM, ENTRY + i, 0), PSCI_INVALID_ADDRESS, i);
	A_EQ(on(VICTIM, attack_ram_end, 0), PSCI_INVALID_ADDRESS);
	/* The upper bits are part of an address, unless the call is SMC32. */
	A_EQ(on(VICTIM, ENTRY | DIRTY, 0), PSCI_INVALID_ADDRESS);
	A_EQ(hvc(PSCI_CPU_ON_32, VICTIM, NOWHERE, 0), PSCI_INVALID_ADDRESS);
	A_EQ(RECORD.entries, entries);
	A_EQ(hvc(PSCI_AFFINITY_INFO_64, VICTIM, 0, 0), PSCI_AFF_OFF);
}

/* Dirty upper halves are not looked at: target, entry and context of 32 bits, EL1, MMU off, interrupts masked. */
static void smc32_dirty(void)
{
	uint64_t entries = RECORD.entries, contexts = RECORD.contexts;

	A_EQ(hvc(DIRTY | PSCI_CPU_ON_32, DIRTY | VICTIM, DIRTY | ENTRY, DIRTY | 0x1234), PSCI_SUCCESS);
	attack_wait_off(VICTIM);
	A_EQ(RECORD.entries, entries + 1);
	A_EQ(RECORD.contexts, contexts + 0x1234);
	A_EQ(RECORD.el, 1 << 2);
	A_EQ(RECORD.sctlr & (BIT(0) | BIT(2) | BIT(12)), 0);
	A_EQ(RECORD.daif, MASK(9, 6));
	A_EQ(hvc(DIRTY | PSCI_AFFINITY_INFO_32, DIRTY | VICTIM, DIRTY, 0), PSCI_AFF_OFF);
	/* The level is a 32-bit parameter in either convention. */
	A_EQ(hvc(PSCI_AFFINITY_INFO_64, VICTIM, DIRTY, 0), PSCI_AFF_OFF);
}

static void already_on(void)
{
	for (unsigned int i = 0; i < 2; i++) {
		uint64_t fid = i ? PSCI_CPU_ON_32 : PSCI_CPU_ON_64;

		A_EQ(hvc(fid, 0, ENTRY, 0), PSCI_ALREADY_ON);
		RECORD.hold = 1;
		A_EQ(hvc(fid, VICTIM, ENTRY, 0), PSCI_SUCCESS);
		for (unsigned int n = 0; n < 100; n++) {
			int64_t r = hvc(fid, VICTIM, ENTRY, 0);

			A_EQ_AT(r == PSCI_ALREADY_ON || r == PSCI_ON_PENDING, 1, n);
		}
		A_WAIT(hvc(PSCI_AFFINITY_INFO_64, VICTIM, 0, 0) == PSCI_AFF_ON);
		A_EQ(hvc(fid, VICTIM, ENTRY, 0), PSCI_ALREADY_ON);
		/* What is wrong with the arguments is said first. */
		A_EQ(hvc(fid, VICTIM, NOWHERE, 0), PSCI_INVALID_ADDRESS);
		RECORD.hold = 0;
		attack_wait_off(VICTIM);
	}
}

static void affinity_levels(void)
{
	A_EQ(hvc(PSCI_AFFINITY_INFO_64, 0, 0, 0), PSCI_AFF_ON);
	A_EQ(hvc(PSCI_AFFINITY_INFO_64, VICTIM, 0, 0), PSCI_AFF_OFF);
	for (uint64_t level = 1; level < 4; level++) {
		A_EQ_AT(hvc(PSCI_AFFINITY_INFO_64, 0, level, 0), PSCI_AFF_ON, level);
		A_EQ_AT(hvc(PSCI_AFFINITY_INFO_64, VICTIM, level, 0), PSCI_AFF_ON, level);
		/* Fields below the level are not looked at (5.7.1), those above are. */
		A_EQ_AT(hvc(PSCI_AFFINITY_INFO_64, BIT(32), level, 0), PSCI_INVALID_PARAMETERS, level);
	}
	for (uint64_t level = 4; level < BIT(32); level *= 2)
		A_EQ_AT(hvc(PSCI_AFFINITY_INFO_64, 0, level, 0), PSCI_INVALID_PARAMETERS, level);
	A_EQ(hvc(PSCI_AFFINITY_INFO_64, 0, UINT32_MAX, 0), PSCI_INVALID_PARAMETERS);
}

/* FEATURES of every function number of the standard service: exactly these are there. */
static void features(void)
{
	static const uint32_t there[] = { PSCI_VERSION,		 PSCI_CPU_SUSPEND_32,	PSCI_CPU_SUSPEND_64,
					  PSCI_CPU_OFF,		 PSCI_CPU_ON_32,	PSCI_CPU_ON_64,
					  PSCI_AFFINITY_INFO_32, PSCI_AFFINITY_INFO_64, PSCI_MIGRATE_INFO_TYPE,
					  PSCI_SYSTEM_OFF,	 PSCI_SYSTEM_RESET,	PSCI_FEATURES,
					  PSCI_SYSTEM_RESET2_32, PSCI_SYSTEM_RESET2_64 };
	static const uint32_t of[] = { PSCI_VERSION, PSCI_VERSION | SMCCC_64, SMCCC_VERSION, 0 };

	for (unsigned int i = 0; i < ARRAY_SIZE(of); i++) {
		for (uint32_t n = 0; n <= SMCCC_FN_MASK; n++) {
			uint32_t id = of[i] + n;
			bool is = id == SMCCC_VERSION;

			for (unsigned int k = 0; k < ARRAY_SIZE(there); k++)
				is = is || there[k] == id;
			A_EQ_AT(hvc(PSCI_FEATURES, DIRTY | id, 0, 0), is ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED, id);
		}
	}
}

static void reset_types(void)
{
	for (unsigned int i = 0; i < 32; i++) {
		A_EQ_AT(hvc(PSCI_SYSTEM_RESET2_64, BIT(i), 0, 0), PSCI_INVALID_PARAMETERS, i);
		A_EQ_AT(hvc(PSCI_SYSTEM_RESET2_32, DIRTY | BIT(i), BIT(i), 0), PSCI_INVALID_PARAMETERS, i);
	}
	A_EQ(hvc(PSCI_SYSTEM_RESET2_64, ~0ul, ~0ul, ~0ul), PSCI_INVALID_PARAMETERS);
	/* 32-bit calls without a 64-bit twin, and what is optional and not there. */
	A_EQ(hvc(PSCI_SYSTEM_OFF | SMCCC_64, 0, 0, 0), PSCI_NOT_SUPPORTED);
	A_EQ(hvc(PSCI_SYSTEM_RESET | SMCCC_64, 0, 0, 0), PSCI_NOT_SUPPORTED);
	A_EQ(hvc(PSCI_CPU_OFF | SMCCC_64, 0, 0, 0), PSCI_NOT_SUPPORTED);
	A_EQ(hvc(PSCI_MIGRATE_64, 0, 0, 0), PSCI_NOT_SUPPORTED);
	A_EQ(hvc(PSCI_MIGRATE_32, 0, 0, 0), PSCI_NOT_SUPPORTED);
	A_EQ(hvc(PSCI_MIGRATE_INFO_UP_64, 0, 0, 0), PSCI_NOT_SUPPORTED);
	A_EQ(hvc(PSCI_MIGRATE_INFO_TYPE, ~0ul, ~0ul, ~0ul), PSCI_MIGRATE_NOT_REQUIRED);
	A_EQ(hvc(PSCI_SYSTEM_SUSPEND_64, ENTRY, 0, 0), PSCI_NOT_SUPPORTED);
	A_EQ(hvc(PSCI_SET_SUSPEND_MODE, 1, 0, 0), PSCI_NOT_SUPPORTED);
	A_EQ(hvc(PSCI_CPU_FREEZE, 0, 0, 0), PSCI_NOT_SUPPORTED);
	A_EQ(hvc(PSCI_MEM_PROTECT, 1, 0, 0), PSCI_NOT_SUPPORTED);
}

/* --- CPU_SUSPEND ------------------------------------------------------------------------------------------------- */

static void timer_at(uint64_t us)
{
	sysreg_write(CNTV_CTL_EL0, 0);
	isb();
	sysreg_write(CNTV_CVAL_EL0, counter() + sysreg_read(CNTFRQ_EL0) * us / 1000000);
	sysreg_write(CNTV_CTL_EL0, 1);
	isb();
}

/* Interrupts stay masked: what is due is taken from the interface here. */
static void timer_done(void)
{
	uint64_t intid;

	sysreg_write(CNTV_CTL_EL0, 0);
	isb();
	intid = sysreg_read(ICC_IAR1_EL1);
	if (intid < 1020)
		sysreg_write(ICC_EOIR1_EL1, intid);
}

static void suspend_misused(void)
{
	gic_init();
	gic_enable(INTID_VTIMER);
	timer_at(0);
	A_WAIT(sysreg_read(ISR_EL1));
	for (unsigned int bit = 17; bit < 32; bit++) {
		int64_t want = BIT(bit) & PSCI_STATE_VALID_MASK ? PSCI_SUCCESS : PSCI_INVALID_PARAMETERS;

		A_EQ_AT(hvc(PSCI_CPU_SUSPEND_64, BIT(bit), 0, 0), want, bit);
		A_EQ_AT(hvc(DIRTY | PSCI_CPU_SUSPEND_32, DIRTY | BIT(bit), 0, 0), want, bit);
	}
	A_EQ(hvc(PSCI_CPU_SUSPEND_64, PSCI_STATE_POWERDOWN, NOWHERE, 0), PSCI_INVALID_ADDRESS);
	A_EQ(hvc(PSCI_CPU_SUSPEND_64, PSCI_STATE_POWERDOWN, ENTRY | 2, 0), PSCI_INVALID_ADDRESS);
	A_EQ(hvc(PSCI_CPU_SUSPEND_64, PSCI_STATE_POWERDOWN, ENTRY | DIRTY, 0), PSCI_INVALID_ADDRESS);
	A_EQ(hvc(PSCI_CPU_SUSPEND_32, PSCI_STATE_POWERDOWN, UART, 0), PSCI_INVALID_ADDRESS);
	/* Standby does not look at the entry. Powerdown with something pending returns (5.4.2). */
	A_EQ(hvc(PSCI_CPU_SUSPEND_64, 0, NOWHERE, 0), PSCI_SUCCESS);
	A_EQ(hvc(PSCI_CPU_SUSPEND_64, PSCI_STATE_POWERDOWN, ENTRY, 0), PSCI_SUCCESS);
	timer_done();
}

/* Down and up again, by either kind, with an interrupt that comes at any moment around it. */
static void suspend_often(void)
{
	uint64_t seed = attack_seed(20), resumed = psci_records[0].resumed, back = 0, n = ROUNDS;

	for (uint64_t i = 0; i < n; i++) {
		timer_at(attack_random(&seed) % 300);
		if (i & 1) {
			A_EQ_AT(hvc(PSCI_CPU_SUSPEND_64, 0, 0, 0), PSCI_SUCCESS, i);
		} else {
			int64_t r = psci_powerdown(PSCI_CPU_SUSPEND_64, PSCI_STATE_POWERDOWN, i + 1);

			/* It was resumed with its context, or returned. */
			A_CHECK(r == 0 || r == (int64_t)i + 1);
			back += r == (int64_t)i + 1;
			sysreg_write(ICC_IGRPEN1_EL1, 1);
			sysreg_write(ICC_PMR_EL1, 0xff);
		}
		timer_done();
	}
	A_EQ(psci_records[0].resumed, resumed + back);
	attack_note("%llu suspended, %llu of them powered down and resumed at their entry", (unsigned long long)n,
		    (unsigned long long)back);
	A_CHECK(back);
}

/* --- races ------------------------------------------------------------------------------------------------------- */

#define CALLERS (attack_cpus - 1)

static struct {
	volatile uint64_t at; /* the round that this vCPU is ready for */
	volatile int64_t told;
	volatile uint64_t successes, contexts, wrong;
	uint64_t pad[3];
} caller[CPUS_MAX];
static volatile uint64_t go;

/* Everybody but the victim gets here before anybody goes on. */
static void meet(uint64_t round)
{
	unsigned int me = cpu_id();

	dsb();
	caller[me].at = round;
	if (!me) {
		for (unsigned int i = 0; i < CALLERS; i++)
			while (caller[i].at < round)
				relax();
		dsb();
		go = round;
	}
	while (go < round)
		relax();
	dsb();
}

static void judge(uint64_t round)
{
	unsigned int ok = 0;

	for (unsigned int i = 0; i < CALLERS; i++) {
		int64_t r = caller[i].told;

		ok += r == PSCI_SUCCESS;
		if (r != PSCI_SUCCESS && r != PSCI_ALREADY_ON)
			A_EQ_AT(r, PSCI_ON_PENDING, round);
	}
	A_EQ_AT(ok, 1, round);
	RECORD.hold = 0;
	attack_wait_off(VICTIM);
	RECORD.hold = 1;
}

static void one_of_many_here(void)
{
	uint64_t rounds = ROUNDS;

	for (uint64_t round = 1; round <= rounds; round++) {
		meet(2 * round);
		caller[cpu_id()].told = on(VICTIM, ENTRY, round);
		meet(2 * round + 1);
		if (!cpu_id())
			judge(round);
	}
}

static void race_begin(void (*fn)(void))
{
	go = 0;
	for (unsigned int i = 0; i < CPUS_MAX; i++)
		caller[i].at = caller[i].successes = caller[i].contexts = caller[i].wrong = 0;
	dsb();
	for (unsigned int i = 1; i < CALLERS; i++)
		A_EQ(attack_cpu_on(i, fn), PSCI_SUCCESS);
	fn();
	for (unsigned int i = 1; i < CALLERS; i++)
		attack_wait_off(i);
}

/* All call CPU_ON of the same one at once: one is told SUCCESS. */
static void one_of_many(void)
{
	uint64_t entries = RECORD.entries;

	if (attack_cpus < 3) {
		attack_note("needs three vCPUs");
		return;
	}
	RECORD.hold = 1;
	race_begin(one_of_many_here);
	RECORD.hold = 0;
	A_EQ(RECORD.entries, entries + ROUNDS);
	attack_note("%llu rounds of %u callers", (unsigned long long)ROUNDS, CALLERS);
}

/* As fast as it goes, until this vCPU has had its part of the successes; the victim turns itself off each time. */
static void on_off_here(void)
{
	unsigned int me = cpu_id();
	uint64_t want = ROUNDS / CALLERS + 1, end = counter() + ms_ticks(60000);

	meet(1);
	for (uint64_t i = 1; caller[me].successes < want && counter() < end; i++) {
		int64_t r = on(VICTIM, ENTRY, i), a = hvc(PSCI_AFFINITY_INFO_64, VICTIM, 0, 0);

		if (r == PSCI_SUCCESS) {
			caller[me].successes++;
			caller[me].contexts += i;
		} else if (r != PSCI_ALREADY_ON && r != PSCI_ON_PENDING) {
			caller[me].wrong++;
		}
		if (a < PSCI_AFF_ON || a > PSCI_AFF_ON_PENDING)
			caller[me].wrong++;
		if (r != PSCI_SUCCESS)
			relax();
	}
}

/* Each SUCCESS is one start with that call's context, and CPU_OFF never returns. */
static void on_off(void)
{
	uint64_t entries = RECORD.entries, contexts = RECORD.contexts, successes = 0, sum = 0;

	race_begin(on_off_here);
	attack_wait_off(VICTIM);
	for (unsigned int i = 0; i < CALLERS; i++) {
		A_EQ_AT(caller[i].wrong, 0, i);
		successes += caller[i].successes;
		sum += caller[i].contexts;
	}
	A_EQ(RECORD.entries - entries, successes);
	A_EQ(RECORD.contexts - contexts, sum);
	A_CHECK(successes >= ROUNDS);
	for (unsigned int i = 0; i < CPUS_MAX; i++)
		A_EQ_AT(psci_records[i].off_said, 0, i);
	attack_note("%u callers started it %llu times", CALLERS, (unsigned long long)successes);
}

/*
 * The last word of RAM is where it starts; the next is nowhere, and so are its vectors: it takes fetch aborts for ever.
 * The others go on, and SYSTEM_OFF ends it with them.
 */
static void nowhere_to_go(void)
{
	volatile uint32_t *last = (volatile uint32_t *)(uintptr_t)(attack_ram_end - 4);
	uint64_t end;

	*last = 0xd503201f; /* NOP */
	dsb();
	A_EQ(on(VICTIM, attack_ram_end - 4, 0), PSCI_SUCCESS);
	A_WAIT(hvc(PSCI_AFFINITY_INFO_64, VICTIM, 0, 0) == PSCI_AFF_ON);
	end = counter() + ms_ticks(500);
	while (counter() < end)
		A_EQ(on(VICTIM, ENTRY, 0), PSCI_ALREADY_ON);
}

static const struct attack_test tests[] = {
	{ "targets that do not exist", wrong_targets },
	{ "entries that are no memory, not aligned, beyond the address space", wrong_entries },
	{ "32-bit calls look at 32 bits", smc32_dirty },
	{ "CPU_ON of oneself and of one that is on or about to be", already_on },
	{ "AFFINITY_INFO: every level", affinity_levels },
	{ "FEATURES of every function number", features },
	{ "SYSTEM_RESET2 of other types; functions that are not there", reset_types },
	{ "CPU_SUSPEND: wrong states, wrong entries, something pending", suspend_misused },
	{ "CPU_SUSPEND: down and up", suspend_often },
	{ "CPU_ON by all at once: one SUCCESS", one_of_many },
	{ "CPU_ON against CPU_OFF: each SUCCESS is one start", on_off },
	{ "a vCPU with nowhere to go", nowhere_to_go },
};
ATTACK_PROGRAM(psci, tests, .mmu = false);
