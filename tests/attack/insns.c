/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random instructions with random registers, at EL1 and EL0, by all vCPUs at once; and ERET to every state there is.
 * What a guest may take for it is an exception that the architecture has for EL1; it goes on, and so does Trivet.
 *
 * An instruction runs on SP_EL0, so that SP_EL1 and with it the vectors' stack stay whatever it does, with an SVC
 * behind it; all that comes back comes as an exception. Registers point into a scratch area, at devices, nowhere,
 * or are random: no sum that an addressing mode makes of two of them is in the program's own memory. State owned: a
 * row a vCPU.
 */
#include "attack.h"
#include "calls.h"
#include "lib/string.h"

#define SLOTS	  512u
#define SVC_END	  0xd40f6f61u /* svc #0x7b7b */
#define A32_SVC	  0xef000000u
#define SCRATCH	  0x40000ul
#define EL0T	  0x3c0ul /* SPSR_EL1, all masked */
#define EL1T	  0x3c4ul
#define EL1H	  0x3c5ul
#define RAM_LIMIT 0x44000000ul

void insns_run(const void *at, uint64_t spsr, const struct calls_regs *r);
extern void insns_back(void);

static uint32_t slots[CPUS_MAX][SLOTS][2];
static uint8_t scratch[CPUS_MAX][SCRATCH] __attribute__((aligned(64)));
static struct {
	uint64_t ran, ended, classes[64];
	uint64_t esr, vector;
	uint64_t rounds;
} of[CPUS_MAX];

static bool to_back(struct attack_frame *f, uint64_t vector)
{
	unsigned int me = cpu_id();

	of[me].esr = sysreg_read(ESR_EL1);
	of[me].vector = vector;
	of[me].classes[of[me].esr >> 26]++;
	f->elr = (uint64_t)(uintptr_t)insns_back;
	f->spsr = EL1H;
	return true;
}

/*
 * Not run: what other programs run each of (system instructions, HVC, SMC), what goes on in this program's own code
 * (direct branches, ERET), and copies of any length (FEAT_MOPS).
 */
static bool is_left_out(uint32_t insn)
{
	static const struct {
		uint32_t mask, is;
	} out[] = {
		{ 0xffc00000, 0xd5000000 },				/* MSR, MRS, SYS, hints, barriers */
		{ 0xffe0001f, 0xd4000002 }, { 0xffe0001f, 0xd4000003 }, /* HVC, SMC */
		{ 0x7c000000, 0x14000000 }, { 0x7c000000, 0x34000000 }, /* B, BL; CBZ, TBZ */
		{ 0xff000000, 0x54000000 }, { 0xfffff000, 0xd69f0000 }, /* B.cond; ERET */
		{ 0x3b200c00, 0x19000400 },				/* CPY, SET */
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(out); i++)
		if ((insn & out[i].mask) == out[i].is)
			return true;
	return false;
}

static uint64_t value(uint64_t *seed)
{
	uint64_t r = attack_random(seed), middle = (uint64_t)(uintptr_t)scratch[cpu_id()] + SCRATCH / 2;
	uint64_t near = r >> 32 & (r & 8 ? 0x7f8 : 0x7ff);

	switch (r & 7) {
	case 0:
		return GICD + (r >> 32 & 0xffff);
	case 1:
		return GICR(0) + (r >> 32 & 0x3ffff);
	case 2:
		return (r & 16 ? RTC : VIRTIO(0)) + (r >> 32 & 0x1fff);
	case 3:
		return NOWHERE + near;
	case 4:
		return attack_random(seed) | BIT(50);
	default:
		return middle + near;
	}
}

static void fill_slots(uint64_t *seed)
{
	uint32_t(*s)[2] = slots[cpu_id()];

	for (unsigned int i = 0; i < SLOTS; i++) {
		do {
			uint64_t r = attack_random(seed);

			/* Half of them among the loads and stores (ARM DDI 0487 C4.1: op0 is x1x0). */
			s[i][0] = r >> 32 & 1 ? ((uint32_t)r | 1u << 27) & ~(1u << 25) : (uint32_t)r;
		} while (is_left_out(s[i][0]));
		s[i][1] = SVC_END;
	}
	for (uint64_t a = (uint64_t)(uintptr_t)s; a < (uint64_t)(uintptr_t)(s + SLOTS); a += 16)
		__asm__ volatile("dc cvau, %0" : : "r"(a) : "memory");
	__asm__ volatile("dsb sy\n\tic iallu\n\tdsb sy\n\tisb" ::: "memory");
}

/*
 * Classes of exceptions that a single instruction may have at EL1 or EL0, of a VM whose traps to EL2 are not
 * to be seen.
 */
static bool is_possible(uint64_t esr)
{
	static const uint8_t possible[] = {
		EC_UNDEF,    0x07,	   0x09, 0x0a,	      0x0d,	    0x0e, EC_SVC, 0x1c,
		EC_IABT_LOW, EC_IABT_SAME, 0x22, EC_DABT_LOW, EC_DABT_SAME, 0x26, 0x2c,	  0x3c,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(possible); i++)
		if (esr >> 26 == possible[i])
			return true;
	return false;
}

static void run_slot(unsigned int i, uint64_t spsr, uint64_t *seed)
{
	unsigned int me = cpu_id();
	struct calls_regs r;

	for (unsigned int n = 0; n < 31; n++)
		r.x[n] = value(seed);
	r.sp = value(seed);
	insns_run(slots[me][i], spsr, &r);
	of[me].ran++;
	of[me].ended += of[me].esr >> 26 == EC_SVC;
	if (!is_possible(of[me].esr))
		A_EQ_AT(of[me].esr, 0, slots[me][i][0]);
	/* EL1 with SP_EL0, or EL0. */
	A_EQ_AT(of[me].vector, spsr & BIT(2) ? 0 : 8, slots[me][i][0]);
}

static void run_here(void)
{
	uint64_t seed = attack_seed(200 + cpu_id()), rounds = attack_arg("insns", 100000) / SLOTS / attack_cpus + 1;

	sysreg_write(CPACR_EL1, MASK(25, 24) | MASK(21, 20) | MASK(17, 16));
	isb();
	for (uint64_t n = 0; n < rounds; n++) {
		fill_slots(&seed);
		for (unsigned int i = 0; i < SLOTS; i++) {
			/* NZCV and BTYPE as they come. */
			uint64_t r = attack_random(&seed), flags = r & (MASK(31, 28) | MASK(11, 10));

			run_slot(i, (r & 1 ? EL1T : EL0T) | flags, &seed);
		}
	}
}

static void random_instructions(void)
{
	uint64_t ran = 0, ended = 0, classes[64] = { 0 };

	A_CHECK(attack_ram_end <= RAM_LIMIT);
	if (attack_ram_end > RAM_LIMIT)
		return;
	memset(of, 0, sizeof(of));
	attack_on_exception = to_back;
	attack_everywhere(run_here);
	attack_on_exception = NULL;
	for (unsigned int i = 0; i < attack_cpus; i++) {
		ran += of[i].ran;
		ended += of[i].ended;
		for (unsigned int c = 0; c < 64; c++)
			classes[c] += of[i].classes[c];
	}
	attack_note("%llu instructions, %llu went without an exception; seed 0x%llx", (unsigned long long)ran,
		    (unsigned long long)ended, (unsigned long long)attack_seed(200));
	for (unsigned int c = 0; c < 64; c++)
		if (classes[c] && c != EC_SVC)
			attack_note("class 0x%x: %llu", c, (unsigned long long)classes[c]);
	A_CHECK(ended > ran / 10);
}

#define EC_ILLEGAL 0x0e
#define EC_SVC32   0x11
#define SPSR_SS	   BIT(21)
#define SPSR_IL	   BIT(20)
#define USER32	   0x10ul

static uint32_t return_code[4] = { SVC_END, SVC_END, A32_SVC, A32_SVC };

/*
 * EL0t, EL1t, EL1h go on; AArch32 at EL0 may exist, hidden or not; to all else a return is illegal, and that is EL1's.
 */
static void one_return(uint64_t spsr, uint64_t counts[64])
{
	uint64_t mode = spsr & 0x1f, ec;
	struct calls_regs r;

	memset(&r, 0, sizeof(r));
	r.sp = (uint64_t)(uintptr_t)scratch[0] + SCRATCH / 2;
	insns_run(mode & BIT(4) ? &return_code[2] : &return_code[0], spsr, &r);
	ec = of[0].esr >> 26;
	counts[ec]++;
	if (mode == USER32)
		A_EQ_AT(ec == EC_SVC32 || ec == EC_ILLEGAL || ec == EC_UNDEF, 1, spsr);
	else if ((mode == 0 || mode == 4 || mode == 5) && !(spsr & SPSR_IL))
		A_EQ_AT(ec, EC_SVC, spsr);
	else
		A_EQ_AT(ec, EC_ILLEGAL, spsr);
}

/* SPSR_EL1 with each mode and each bit, interrupts masked. Not T, which would need other code, nor a single step. */
static void every_return(void)
{
	uint64_t counts[64] = { 0 };

	__asm__ volatile("dc cvau, %0\n\tdsb sy\n\tic iallu\n\tdsb sy\n\tisb" : : "r"(return_code) : "memory");
	attack_on_exception = to_back;
	for (uint64_t mode = 0; mode < 32; mode++) {
		one_return(mode | EL0T, counts);
		for (unsigned int bit = 9; bit < 64; bit++)
			if (BIT(bit) != SPSR_SS)
				one_return(mode | EL0T | BIT(bit), counts);
	}
	attack_on_exception = NULL;
	attack_note("ERET: %llu to AArch64, %llu to AArch32 at EL0, %llu illegal", (unsigned long long)counts[EC_SVC],
		    (unsigned long long)counts[EC_SVC32], (unsigned long long)counts[EC_ILLEGAL]);
}

static const struct attack_test tests[] = {
	{ "random instructions with random registers, at EL1 and EL0", random_instructions },
	{ "ERET with every mode and every bit of SPSR_EL1", every_return },
};
ATTACK_PROGRAM(insns, tests, .mmu = false);
