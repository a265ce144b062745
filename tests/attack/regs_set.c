/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All registers of a vCPU filled, looked at, put back; see regs.h. State owned: the list of them, constant once made.
 */
#include "attack.h"
#include "lib/string.h"
#include "regs.h"
#include "sysregs.h"

#define FPCR	 SYSREG_NR(3, 3, 4, 4, 0)
#define FPSR	 SYSREG_NR(3, 3, 4, 4, 1)
#define SPSEL	 SYSREG_NR(3, 0, 4, 2, 0)
#define DAIF	 SYSREG_NR(3, 3, 4, 2, 1)
#define NZCV	 SYSREG_NR(3, 3, 4, 2, 0)
#define SCTLR	 SYSREG_NR(3, 0, 1, 0, 0)
#define CPACR	 SYSREG_NR(3, 0, 1, 0, 2)
#define CSSELR	 SYSREG_NR(3, 2, 0, 0, 0)
#define CNTP_CTL SYSREG_NR(3, 3, 14, 2, 1)
#define CNTV_CTL SYSREG_NR(3, 3, 14, 3, 1)
#define PMR	 SYSREG_NR(3, 0, 4, 6, 0)
#define BPR0	 SYSREG_NR(3, 0, 12, 8, 3)
#define AP0R0	 SYSREG_NR(3, 0, 12, 8, 4)
#define AP1R0	 SYSREG_NR(3, 0, 12, 9, 0)
#define BPR1	 SYSREG_NR(3, 0, 12, 12, 3)
#define ICC_CTLR SYSREG_NR(3, 0, 12, 12, 4)
#define IGRPEN1	 SYSREG_NR(3, 0, 12, 12, 7)
#define OSLAR	 SYSREG_NR(2, 0, 1, 0, 4)
#define OSLSR	 SYSREG_NR(2, 0, 1, 1, 4)

/* GICR_*R0 of the SGI frame */
#define GROUP	0x080
#define ENABLE	0x100
#define DISABLE 0x180
#define PEND	0x200
#define UNPEND	0x280
#define ACTIVE	0x300
#define UNACT	0x380
#define PRIO	0x400
#define CFG1	0xc04
/* Interrupts that may be left pending (disabled), active, enabled (not pending); SGI 0 is the one that wakes. */
#define MAY_PEND   (MASK(11, 8) | MASK(23, 16))
#define MAY_ACTIVE MASK(14, 13)
#define MAY_ENABLE MASK(7, 1)
#define WAKER	   BIT(0)

/*
 * What a vCPU needs to go on, wait and wake: bits that are never set, and that always are. Timers may be on, but
 * masked. Active priorities are in the lower half, group 0's and group 1's apart (IHI 0069 12.2.2), so that the waker,
 * which has the highest priority, preempts them whatever the binary points are.
 */
static const struct limit {
	unsigned int nr;
	uint64_t never, always;
} limits[] = {
	{ SCTLR, BIT(0) | BIT(25), 0 }, /* M; EE: the data of this program is little-endian */
	{ CPACR, 0, MASK(21, 20) },	/* FP and SIMD are looked at too */
	{ CSSELR, ~UINT64_C(1), 0 },	/* another cache may not exist: UNKNOWN */
	{ CNTP_CTL, BIT(2), BIT(1) },
	{ CNTV_CTL, BIT(2), BIT(1) },
	{ PMR, 0, BIT(7) },
	{ BPR0, ~MASK(1, 0), 0 },
	{ BPR1, ~MASK(1, 0), 0 },
	{ AP0R0, ~UINT64_C(0x55550000), 0 },
	{ AP1R0, ~UINT64_C(0xaaaa0000), 0 },
	{ ICC_CTLR, ~MASK(1, 0), 0 },
	{ IGRPEN1, 0, BIT(0) },
};

static uint16_t list[REGS_MAX];
static unsigned int count;

/* RW, one of its own, and not what this code itself moves. */
static bool is_state(unsigned int n)
{
	if (sysreg_access(n) != SR_RW || n == FPCR || n == FPSR || n == SPSEL || n == DAIF || n == NZCV)
		return false;
	return !(sysreg_flags(n) & (SR_MOVES | SR_NO_STATE));
}

unsigned int regs_find(void)
{
	sysreg_code_make();
	if (count)
		return count;
	for (unsigned int n = 0; n < SYSREGS; n++) {
		uint64_t before = SEEN.count;

		if (!is_state(n))
			continue;
		/* SR_MAY: not in this CPU. */
		sysreg_read_nr(n, 0);
		if (SEEN.count != before)
			continue;
		A_CHECK(count < REGS_MAX);
		list[count++] = (uint16_t)n;
	}
	return count;
}

unsigned int regs_nr(unsigned int i)
{
	return list[i];
}

static uint64_t pattern(uint64_t seed, uint64_t i)
{
	uint64_t x = (seed + 1) * 0x9e3779b97f4a7c15 + (i + 1) * 0xbf58476d1ce4e5b9;

	x = (x ^ x >> 31) * 0x94d049bb133111eb;
	return x ^ x >> 29;
}

static uint64_t limited(unsigned int n, uint64_t value)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(limits); i++)
		if (limits[i].nr == n)
			return (value & ~limits[i].never) | limits[i].always;
	return value;
}

/* ISTATUS moves with time. */
static uint64_t read_one(unsigned int n)
{
	return sysreg_read_nr(n, 0) & (n == CNTP_CTL || n == CNTV_CTL ? MASK(1, 0) : UINT64_MAX);
}

/* --- GICR -------------------------------------------------------------------------------------------------------- */

static void gic_fill(uint64_t seed)
{
	uint64_t base = GICR_SGI(cpu_id());

	io32_w(base + DISABLE, ~0u);
	io32_w(base + UNPEND, ~0u);
	io32_w(base + UNACT, ~0u);
	for (unsigned int i = 0; i < 8; i++)
		io32_w(base + PRIO + i * 4, pattern(seed, 1000 + i) & (i ? UINT32_MAX : ~0xffu));
	io32_w(base + CFG1, pattern(seed, 1010));
	io32_w(base + GROUP, pattern(seed, 1011) | WAKER);
	io32_w(base + PEND, pattern(seed, 1012) & MAY_PEND);
	io32_w(base + ACTIVE, pattern(seed, 1013) & MAY_ACTIVE);
	io32_w(base + ENABLE, (pattern(seed, 1014) & MAY_ENABLE) | WAKER);
}

static void gic_read(uint64_t gic[REGS_GIC])
{
	uint64_t base = GICR_SGI(cpu_id());

	for (unsigned int i = 0; i < 8; i++)
		gic[i] = io32_r(base + PRIO + i * 4);
	gic[8] = io32_r(base + CFG1);
	gic[9] = io32_r(base + GROUP);
	gic[10] = io32_r(base + PEND) & ~WAKER;
	gic[11] = io32_r(base + ACTIVE) & ~WAKER;
	gic[12] = io32_r(base + ENABLE);
}

/* --- all together ------------------------------------------------------------------------------------------------ */

void regs_fill(struct regs_set *s, uint64_t seed)
{
	for (unsigned int i = 0; i < count; i++)
		s->old[i] = read_one(list[i]);
	gic_fill(seed);
	sysreg_write_nr(OSLAR, seed & 1);
	for (unsigned int i = 0; i < count; i++)
		sysreg_write_nr(list[i], limited(list[i], pattern(seed, i)));
	isb();
	for (unsigned int i = 0; i < count; i++)
		s->want[i] = read_one(list[i]);
	s->oslsr = sysreg_read_nr(OSLSR, 0);
	gic_read(s->gic);
	for (unsigned int i = 0; i < 31; i++)
		s->general.x[i] = pattern(seed, 300 + i);
	for (unsigned int i = 0; i < 64; i++)
		s->general.v[i] = pattern(seed, 400 + i);
	s->general.fpcr = pattern(seed, 500) & MASK(26, 22);
	s->general.fpsr = pattern(seed, 501) & (BIT(27) | BIT(7) | MASK(4, 0));
}

void regs_check(struct regs_set *s)
{
	uint64_t gic[REGS_GIC] = { 0 };

	for (unsigned int i = 0; i < count; i++)
		A_EQ_AT(read_one(list[i]), s->want[i], list[i]);
	A_EQ(sysreg_read_nr(OSLSR, 0), s->oslsr);
	gic_read(gic);
	for (unsigned int i = 0; i < 13; i++)
		A_EQ_AT(gic[i], s->gic[i], i);
}

void regs_restore(struct regs_set *s)
{
	uint64_t base = GICR_SGI(cpu_id());

	io32_w(base + DISABLE, ~0u);
	io32_w(base + UNPEND, ~0u);
	io32_w(base + UNACT, ~0u);
	for (unsigned int i = 0; i < count; i++)
		sysreg_write_nr(list[i], s->old[i]);
	isb();
}

void regs_wait(struct regs_set *s, enum regs_how how)
{
	struct calls_regs r = s->general;

	if (how == REGS_SUSPEND) {
		r.x[0] = PSCI_CPU_SUSPEND_64;
		r.x[1] = 0; /* standby */
		calls_all_hvc(&r);
		A_EQ(r.x[0], PSCI_SUCCESS);
		r.x[0] = s->general.x[0];
		A_EQ(r.x[1], 0);
		r.x[1] = s->general.x[1];
	} else if (how == REGS_SPIN) {
		regs_all_spin(&r);
	} else {
		regs_all_wfi(&r);
	}
	for (unsigned int i = 0; i < 31; i++)
		A_EQ_AT(r.x[i], s->general.x[i], i);
	for (unsigned int i = 0; i < 64; i++)
		A_EQ_AT(r.v[i], s->general.v[i], 100 + i);
	A_EQ(r.fpcr, s->general.fpcr);
	A_EQ(r.fpsr, s->general.fpsr);
}

uint64_t regs_reset(unsigned int n, uint64_t *mask)
{
	*mask = UINT64_MAX;
	if (n == BPR0 || n == BPR1) /* what the CPU has least */
		*mask = ~MASK(1, 0);
	else if (n == ICC_CTLR || n == CNTP_CTL || n == CNTV_CTL)
		*mask = MASK(1, 0);
	return n == SCTLR ? ATTACK_SCTLR_OFF : 0;
}
