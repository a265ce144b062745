/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attack guest A, instructions in odd places: accesses that begin in RAM and end in a device, code beside a device,
 * code that cannot be read, code that changes while it faults, the other byte order.
 *
 * State owned: the page before the device; the word that is rewritten.
 */
#include "mmio.h"

#define WINDOW	0x8018000000ul /* a page with registers that keep what is written */
#define IROUTER (GICD + 0x6000)
#define REG64	(IROUTER + 0x140)
#define REG32	(RTC + 0x04) /* RTCMR */

static uint8_t copy_buffer[256] ALIGNED(64);

/* --- pairs that begin in RAM and end in a device --- */

static uint64_t edge[512] ALIGNED(4096);

#define EDGE 0x8000400000ul /* the page of edge[], then the page of IROUTER */
#define LAST (EDGE + 0x1000 - 8)

static void copy_across(uint64_t to, uint64_t from)
{
	struct insn_regs r = { .x = { [1] = to, [4] = from, [5] = sizeof(copy_buffer) } };

	if (BITS(sysreg_read(ID_AA64ISAR2_EL1), 19, 16))
		insn_run(&r, mmio_cpyf);
}

static void pairs_across(uint64_t attr)
{
	uint64_t faults;
	struct insn_regs r = { 0 };

	io64_w(IROUTER + 0x100, 0x80000100);
	attack_map(EDGE, (uint64_t)(uintptr_t)edge | attr | DESC_PAGE | DESC_XN);
	attack_map(EDGE + 0x1000, IROUTER | attr | DESC_PAGE | DESC_XN);
	edge[511] = 0x1111;
	r.x[1] = LAST;
	faults = SEEN.count;
	insn_run(&r, mmio_ldp);
	if (SEEN.count == faults) {
		A_EQ(r.x[2], 0x1111);
		A_EQ(r.x[3], io64_r(IROUTER));
	} else {
		A_EQ(SEEN.count, faults + 1);
		A_EQ(SEEN.far, EDGE + 0x1000);
		A_EQ(r.x[2], 0);
		A_EQ(r.x[3], 0);
	}
	r.x[2] = 0x2222;
	r.x[3] = 0x3333;
	faults = SEEN.count;
	insn_run(&r, mmio_stp_post);
	A_EQ(SEEN.count - faults, r.x[1] == LAST);
	A_CHECK(r.x[1] == LAST || edge[511] == 0x2222);
	/* Across the middle of one access, and of copies, nothing is promised but that there is a next instruction. */
	(void)*(volatile uint64_t *)(LAST + 4);
	io64_w(LAST + 4, 0);
	insn_run(&r, mmio_ldr_q);
	copy_across(LAST - 64, (uint64_t)(uintptr_t)copy_buffer);
	copy_across((uint64_t)(uintptr_t)copy_buffer, LAST - 64);
	A_EQ(io64_r(IROUTER + 0x100), 0x80000100);
}

void mmio_insn_pairs_across(void)
{
	attack_mmu_on();
	pairs_across(ATTR_NORMAL);
	pairs_across(ATTR_DEVICE);
	attack_mmu_off();
}

/* --- code in odd places --- */

/* Loads relative to the program counter: the code is at the end of a page, the device is the next one. */
void mmio_insn_literals(void)
{
	const uint32_t *from = (const uint32_t *)(const void *)mmio_literals;
	uint32_t *to = (uint32_t *)(void *)edge + (0x1000 - 0x50) / 4;
	struct insn_regs r = { 0 };
	uint64_t kept;

	io32_w(RTC + 8, io32_r(RTC));
	attack_mmu_on();
	for (unsigned int i = 0; i < 4; i++)
		to[i] = from[i];
	dsb();
	__asm__ volatile("ic iallu\n\tdsb ish\n\tisb" ::: "memory");
	attack_map(EDGE, (uint64_t)(uintptr_t)edge | ATTR_NORMAL | DESC_PAGE | DESC_RO);
	attack_map(EDGE + 0x1000, RTC | ATTR_DEVICE | DESC_PAGE | DESC_XN);
	/* RTCDR and RTCMR as one access of 64 bits: no device's. RTCLR: sign-extended. */
	A_FAULTS(insn_run(&r, (const void *)(EDGE + 0x1000 - 0x50)), EC_DABT_SAME);
	A_EQ(SEEN.far, EDGE + 0x1000);
	kept = io32_r(RTC + 8);
	A_EQ(r.x[2], 0);
	A_EQ(r.x[3], (uint64_t)(int64_t)(int32_t)kept);
	attack_mmu_off();
}

/* EL0 may execute the flat map, and not read it: what it did there nobody can look up. */
void mmio_insn_unreadable(void)
{
	attack_mmu_on();
	attack_map(WINDOW, IROUTER | ATTR_DEVICE | DESC_PAGE | DESC_EL0 | DESC_XN);
	A_FAULTS(attack_el0(mmio_el0_ldp, (void *)(WINDOW + 0x140)), EC_DABT_LOW);
	A_EQ(SEEN.esr & 0x3f, FSC_EXTERNAL);
	A_EQ(SEEN.far, WINDOW + 0x140);
	attack_mmu_off();
}

/*
 * ID_AA64MMFR0_EL1 says that there is none. A core that has it all the same gives either order; the device stays whole.
 */
void mmio_insn_big_endian(void)
{
	uint64_t v;

	io32_w(REG32, 0x87654321);
	A_QUIET(v = mmio_big_endian(REG32, sysreg_read(SCTLR_EL1) | BIT(25)));
	A_CHECK(v == 0x87654321 || v == 0x21436587);
	A_EQ(io32_r(REG32), 0x87654321);
}

/* --- code that another vCPU changes while it faults --- */

static volatile uint32_t rewritten[2] ALIGNED(8);
static volatile bool stop_rewriting;

/* Each race goes on until this many exceptions have shown that there is one. */
#define RACES 100

static bool is_over(uint64_t i, uint64_t n, uint64_t faults, uint64_t end)
{
	return (i >= n && SEEN.count - faults >= RACES) || counter() > end;
}

static void race_done(uint64_t n, uint64_t faults)
{
	uint64_t seen = SEEN.count - faults;

	stop_rewriting = true;
	attack_wait_off(1);
	A_CHECK(seen >= RACES);
	attack_note("%llu instructions, %llu exceptions", (unsigned long long)n, (unsigned long long)seen);
}

static void rewrite(void)
{
	uint64_t state = attack_seed(1);

	while (!stop_rewriting) {
		const struct insn_row *row = &insn_rows[attack_random(&state) % (uint64_t)(insn_rows_end - insn_rows)];
		uint32_t word = *(const uint32_t *)row->code;

		/* Not those that need others around them, nor what ends in another place. */
		if (row->kind == I_LOAD || row->kind == I_STORE || row->kind == I_ABORT || row->kind == I_SKIP)
			rewritten[0] = row->flags ? 0 : word;
	}
}

void mmio_insn_rewritten(void)
{
	uint64_t n = attack_arg("rewrites", 20000), faults = SEEN.count, end = counter() + ms_ticks(30000), i;
	const uint32_t ret = 0xd65f03c0;

	if (attack_cpus < 2)
		return;
	stop_rewriting = false;
	rewritten[0] = ret;
	rewritten[1] = ret;
	A_EQ(attack_cpu_on(1, rewrite), PSCI_SUCCESS);
	for (i = 0; !is_over(i, n, faults, end); i++) {
		struct insn_regs r = { .x = { 0, i & 1 ? REG64 : NOWHERE, 0x80000102, 0x80000103 } };

		__asm__ volatile("dsb ish\n\tic iallu\n\tdsb ish\n\tisb" ::: "memory");
		insn_run(&r, (const void *)rewritten);
	}
	race_done(i, faults);
}

/* --- code and data that another vCPU maps elsewhere while they fault --- */

#define CODE_VA (EDGE + 0x10000)
#define DATA_VA (EDGE + 0x11000)

static volatile uint64_t *code_desc, *data_desc;

/* To what the two pages may lead; also nothing at all. */
static uint64_t some_page(uint64_t r, bool code)
{
	uint64_t ram = (uint64_t)(uintptr_t)edge | ATTR_NORMAL | DESC_PAGE;
	const uint64_t pages[] = {
		ram | DESC_RO,
		IROUTER | ATTR_DEVICE | DESC_PAGE,
		IROUTER | ATTR_NORMAL | DESC_PAGE,
		NOWHERE | DESC_PAGE,
		0,
		BIT(40) | DESC_PAGE,
	};

	/* Code is there half of the time, so that there is something to interrupt. */
	return r & 1 && code ? pages[0] : pages[(r >> 1) % ARRAY_SIZE(pages)];
}

static void remap(void)
{
	uint64_t state = attack_seed(2);

	attack_mmu_on();
	while (!stop_rewriting) {
		uint64_t r = attack_random(&state);

		*code_desc = some_page(r, true);
		*data_desc = some_page(r >> 8, false);
		__asm__ volatile("dsb ish" ::: "memory");
		/* Now and then without telling the TLBs. */
		if (r >> 63)
			__asm__ volatile("tlbi vmalle1is\n\tdsb ish\n\tisb" ::: "memory");
	}
	attack_mmu_off();
}

void mmio_insn_remapped(void)
{
	uint64_t n = attack_arg("remaps", 20000), faults = SEEN.count, end = counter() + ms_ticks(30000), i;
	const uint32_t *ldp = (const uint32_t *)(const void *)mmio_ldp;
	uint32_t *code = (uint32_t *)(void *)edge;

	if (attack_cpus < 2)
		return;
	code[0] = ldp[0];
	code[1] = ldp[1];
	attack_mmu_on();
	/* No fault before the other one begins. */
	attack_map(CODE_VA, some_page(1, true));
	attack_map(DATA_VA, IROUTER | ATTR_DEVICE | DESC_PAGE);
	code_desc = attack_desc(CODE_VA, 3);
	data_desc = attack_desc(DATA_VA, 3);
	stop_rewriting = false;
	A_EQ(attack_cpu_on(1, remap), PSCI_SUCCESS);
	for (i = 0; !is_over(i, n, faults, end); i++) {
		struct insn_regs r = { .x = { [1] = DATA_VA + 0x140 } };

		insn_run(&r, (const void *)CODE_VA);
	}
	race_done(i, faults);
	attack_map(CODE_VA, 0);
	attack_map(DATA_VA, 0);
	attack_mmu_off();
}
