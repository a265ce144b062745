/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Programs: every register that a vCPU has, filled with a pattern; looked for by another VM; kept across switches. Slot
 * 0 is the seed of the pattern.
 */
#include "guest.h"
#include "insn.h"

#define FILE_ID 8

/*
 * What the architecture lets be set freely with the MMU off. Those that a CPU keeps at zero are compared with what
 * could be read back.
 */
#define REGS(X)                                                                                                        \
	X(TTBR0_EL1)                                                                                                   \
	X(TTBR1_EL1)                                                                                                   \
	X(TCR_EL1)                                                                                                     \
	X(MAIR_EL1)                                                                                                    \
	X(AMAIR_EL1)                                                                                                   \
	X(ESR_EL1)                                                                                                     \
	X(FAR_EL1)                                                                                                     \
	X(AFSR0_EL1)                                                                                                   \
	X(AFSR1_EL1)                                                                                                   \
	X(PAR_EL1)                                                                                                     \
	X(ELR_EL1)                                                                                                     \
	X(SPSR_EL1)                                                                                                    \
	X(SP_EL0)                                                                                                      \
	X(TPIDR_EL0)                                                                                                   \
	X(TPIDRRO_EL0)                                                                                                 \
	X(TPIDR_EL1)                                                                                                   \
	X(CONTEXTIDR_EL1)                                                                                              \
	X(CNTKCTL_EL1)                                                                                                 \
	X(CNTV_CVAL_EL0)                                                                                               \
	X(CSSELR_EL1)                                                                                                  \
	X(CNTP_CVAL_EL0)                                                                                               \
	X(DBGBVR1_EL1)                                                                                                 \
	X(DBGWVR1_EL1)                                                                                                 \
	X(ICC_PMR_EL1)
#define KEYS(X)                                                                                                        \
	X(APIAKeyLo_EL1)                                                                                               \
	X(APIAKeyHi_EL1)                                                                                               \
	X(APIBKeyLo_EL1)                                                                                               \
	X(APIBKeyHi_EL1)                                                                                               \
	X(APDAKeyLo_EL1)                                                                                               \
	X(APDAKeyHi_EL1)                                                                                               \
	X(APDBKeyLo_EL1)                                                                                               \
	X(APDBKeyHi_EL1)                                                                                               \
	X(APGAKeyLo_EL1)                                                                                               \
	X(APGAKeyHi_EL1)

#define COUNT(r) +1
enum { NR_REGS = 0 REGS(COUNT), NR_KEYS = 0 KEYS(COUNT), NR = NR_REGS + NR_KEYS, FP = 66 };

static uint64_t want[NR], fp_want[FP], fp_got[FP];

static bool have_keys(void)
{
	return (sysreg_read(ID_AA64ISAR1_EL1) & 0xff000ff0) || (sysreg_read(ID_AA64ISAR2_EL1) & 0xff00);
}

/*
 * DISR_EL1, which EL2 redirects to VDISR_EL2. Without FEAT_RAS it is UNDEFINED: noted and skipped, and reads
 * as zero here.
 */
static uint64_t disr_want;

static uint64_t disr_read(void)
{
	uint64_t v = 0;

	__asm__ volatile("mrs %0, S3_0_C12_C1_1" : "+r"(v));
	return v;
}

static void disr_write(uint64_t v)
{
	__asm__ volatile("msr S3_0_C12_C1_1, %0" : : "r"(v));
}

static uint64_t pattern(uint64_t seed, unsigned int i)
{
	return (seed + i) * 0x9e3779b97f4a7c15ul;
}

static void fill(uint64_t seed)
{
	unsigned int i = 0;

#define X(r)                                                                                                           \
	sysreg_write(r, pattern(seed, i));                                                                             \
	want[i] = sysreg_read(r);                                                                                      \
	i++;
	REGS(X)
	if (have_keys()) {
		KEYS(X)
	}
#undef X
	disr_write(pattern(seed, 99));
	disr_want = disr_read();
	for (i = 0; i < FP; i++)
		fp_want[i] = pattern(seed, 100 + i);
	/* Rounding mode and flags: few bits can be set. */
	fp_want[64] = (seed & 3) << 22;
	fp_want[65] = seed & 0x1f;
	fp_set(fp_want);
}

static unsigned int differences(void)
{
	unsigned int i = 0, n = 0;

#define X(r)                                                                                                           \
	if (sysreg_read(r) != want[i]) {                                                                               \
		slot_set(100 + n % 50, i);                                                                             \
		n++;                                                                                                   \
	}                                                                                                              \
	i++;
	REGS(X)
	if (have_keys()) {
		KEYS(X)
	}
#undef X
	n += disr_read() != disr_want;
	fp_get(fp_got);
	for (i = 0; i < FP; i++)
		if (fp_got[i] != fp_want[i]) {
			slot_set(100 + n % 50, 1000 + i);
			n++;
		}
	return n;
}

PROGRAM(g_fill)
{
	fill(slot_get(0));
	G_EQ(differences(), 0);
	slot_set(1, 1);
	wait_go(1);
	G_EQ(differences(), 0);
}

/* Another VM had these patterns: none of them is here. */
PROGRAM(g_look)
{
	uint64_t seed = slot_get(0);
	unsigned int i = 0;

	fp_get(fp_got);
#define X(r)                                                                                                           \
	want[i] = sysreg_read(r);                                                                                      \
	i++;
	REGS(X)
	if (have_keys()) {
		KEYS(X)
	}
#undef X
	for (i = 0; i < NR; i++)
		G_CHECK(!want[i] || want[i] != pattern(seed, i));
	/* They are zero, so nothing of anybody's is in them: but for what reading them has changed. */
	for (i = 0; i < NR; i++)
		G_EQ(want[i], 0);
	for (i = 0; i < FP; i++)
		G_EQ(fp_got[i], 0);
	G_EQ(disr_read(), 0);
}

/* Looks at its registers again and again, while the scheduler gives the core to others. */
PROGRAM(g_survive)
{
	uint64_t rounds = 0;

	fill(slot_get(0));
	while (!io64_r(TESTDEV_BASE + TESTDEV_GO)) {
		unsigned int n = differences();

		if (n) {
			G_EQ(n, 0);
			break;
		}
		slot_set(1, ++rounds);
	}
}
