/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attack guest A, instructions: every row of mmio_insn_table.S on a device's register and on what is not there, with
 * the MMU off, and on with the device as Device, as Normal cacheable and as Normal not cacheable; from EL0 too.
 *
 * What is asked: a load has what the register has, extended as the instruction says; a store does what a plain one
 * does; an abort is external (or an alignment fault, where memory is Device), has the access's address, and has changed
 * nothing: no register, no base, no device. What is hidden is UNDEFINED even where CPACR_EL1 lets it pass. `table=1` in
 * bootargs prints a line a row (docs/traps.md).
 *
 * State owned: how the window maps the devices.
 */
#include "mmio.h"

#define CPACR_ALL   (3ul << 16 | 3ul << 20 | 3ul << 24) /* SVE, FP and SIMD, SME */
#define WINDOW(ipa) (0x8000000000ul + (ipa))

/* Registers of each width that keep what is written (some bits of it), and stand for all others. */
#define REG8	  (GICD + 0x400 + 40) /* GICD_IPRIORITYR */
#define REG16	  (UART + 0x24)	      /* UARTIBRD */
#define REG32	  (RTC + 0x04)	      /* RTCMR */
#define REG32PAIR (GICD + 0x400 + 40)
#define REG64	  (GICD + 0x6000 + 8 * 40) /* GICD_IROUTER */

static struct {
	bool translated; /* through WINDOW */
	bool device;	 /* alignment faults are to be expected */
	bool el0;
	bool nowhere; /* instead of registers */
	unsigned int loads, stores, aborts, skipped, undefined, any;
} mode;

static uint8_t copy_buffer[256] ALIGNED(64);

/* --- the register that a row works on --- */

static uint64_t reg_of(const struct insn_row *row)
{
	if (mode.nowhere)
		return NOWHERE + 0x40;
	switch (row->size) {
	case 1:
		return REG8;
	case 2:
		return REG16;
	case 4:
		return row->pair ? REG32PAIR : REG32;
	default:
		return REG64;
	}
}

static void put(uint64_t at, unsigned int size, uint64_t v)
{
	if (size == 1)
		io8(at) = (uint8_t)v;
	else if (size == 2)
		io16(at) = (uint16_t)v;
	else if (size == 4)
		io32_w(at, v);
	else
		io64_w(at, v);
}

static uint64_t get(uint64_t at, unsigned int size)
{
	if (size == 1)
		return io8(at);
	if (size == 2)
		return io16(at);
	return size == 4 ? io32_r(at) : io64_r(at);
}

/* What is put there: the sign bit is set in each, and kept by each register (but not by IROUTER's upper half). */
static uint64_t pattern(const struct insn_row *row, unsigned int element)
{
	static const uint64_t of_size[] = { [1] = 0xf8, [2] = 0x8765, [4] = 0x87654321, [8] = 0x80000102 };

	if (row->size == 4 && row->pair)
		return element ? 0x98f0e8a0 : 0xc8d088f8;
	return of_size[row->size] - element;
}

static uint64_t extended(const struct insn_row *row, uint64_t v)
{
	unsigned int shift = 64 - 8u * row->size;
	uint64_t s = (uint64_t)((int64_t)(v << shift) >> shift);

	if (row->ext == X_ZERO)
		return v;
	return row->ext == X_SIGN32 ? (uint32_t)s : s;
}

/* --- one row --- */

struct trial {
	const struct insn_row *row;
	uint64_t at, ipa; /* where the access goes */
	uint64_t kept[2]; /* what the registers there have */
	uint64_t faults;  /* exceptions */
	struct insn_regs before, after;
};

static void wrong(const struct trial *t, int line, uint64_t got, uint64_t want)
{
	attack_fail_at(__FILE_NAME__, line, t->row->name, got, want, t->at);
}

#define WANT(t, got, want)                                                                                             \
	do {                                                                                                           \
		if ((uint64_t)(got) != (uint64_t)(want))                                                               \
			wrong(t, __LINE__, (uint64_t)(got), (uint64_t)(want));                                         \
	} while (0)

static bool is_there(const struct insn_row *row)
{
	uint64_t isar1 = sysreg_read(ID_AA64ISAR1_EL1);

	switch (row->need) {
	case NEED_LSE:
		return BITS(sysreg_read(ID_AA64ISAR0_EL1), 23, 20);
	case NEED_RCPC:
		return BITS(isar1, 23, 20);
	case NEED_RCPC2:
		return BITS(isar1, 23, 20) > 1;
	case NEED_PAUTH:
		return BITS(isar1, 11, 4) || BITS(sysreg_read(ID_AA64ISAR2_EL1), 15, 12);
	case NEED_MOPS:
		return BITS(sysreg_read(ID_AA64ISAR2_EL1), 19, 16);
	case NEED_DPB:
		return BITS(isar1, 3, 0);
	case NEED_DPB2:
		return BITS(isar1, 3, 0) > 1;
	default:
		return true;
	}
}

static void run_at_el0(void *arg)
{
	struct trial *t = arg;

	insn_run(&t->after, t->row->code);
}

static void run(struct trial *t)
{
	uint64_t before = SEEN.count;

	t->before.x[0] = 0;
	t->before.x[1] = t->at - (uint64_t)(int64_t)t->row->at;
	t->before.x[2] = pattern(t->row, 0) | 0x1122334400000000;
	t->before.x[3] = pattern(t->row, 1) | 0x5566778800000000;
	t->before.x[4] = (uint64_t)(uintptr_t)copy_buffer;
	t->before.x[5] = 32;
	t->after = t->before;
	if (mode.el0)
		attack_el0(run_at_el0, t);
	else
		insn_run(&t->after, t->row->code);
	isb();
	t->faults = SEEN.count - before;
}

static void prepare(struct trial *t, const struct insn_row *row)
{
	*t = (struct trial){ .row = row, .ipa = reg_of(row) };
	t->at = mode.translated ? WINDOW(t->ipa) : t->ipa;
	for (unsigned int i = 0; i < 2 && !mode.nowhere; i++) {
		uint64_t at = t->ipa + i * row->size;

		if (i && !row->pair)
			break;
		put(at, row->size, pattern(row, i));
		t->kept[i] = get(at, row->size);
		if (row->kind == I_STORE)
			put(at, row->size, 0);
	}
}

/* The registers of the device have what a plain store left. */
static void want_kept(const struct trial *t)
{
	for (unsigned int i = 0; i <= t->row->pair && !mode.nowhere; i++)
		WANT(t, get(t->ipa + i * t->row->size, t->row->size), t->kept[i]);
}

static void want_registers(const struct trial *t, uint64_t wb)
{
	WANT(t, t->after.x[1], t->before.x[1] + wb);
	WANT(t, t->after.x[2], t->before.x[2]);
	WANT(t, t->after.x[3], t->before.x[3]);
}

static void check_load(const struct trial *t)
{
	WANT(t, t->faults, 0);
	WANT(t, t->after.x[1], t->before.x[1] + (uint64_t)t->row->wb);
	WANT(t, t->after.x[2], extended(t->row, t->kept[0]));
	WANT(t, t->after.x[3], t->row->pair ? extended(t->row, t->kept[1]) : t->before.x[3]);
	want_kept(t);
	mode.loads++;
}

static void check_store(const struct trial *t)
{
	WANT(t, t->faults, 0);
	want_registers(t, (uint64_t)t->row->wb);
	want_kept(t);
	mode.stores++;
}

static void check_abort(const struct trial *t)
{
	const uint64_t fsc = SEEN.esr & 0x3f;
	/*
	 * Where memory is Device, DC ZVA has to give an alignment fault, and QEMU gives one for structures whose
	 * elements are aligned and whose whole is not.
	 */
	bool aligned = t->row->kind == I_ABORT && mode.device;
	uint64_t mask = t->row->flags & F_BLOCK ? ~0xffful : ~0ul;

	WANT(t, t->faults, 1);
	WANT(t, SEEN_EC, mode.el0 ? EC_DABT_LOW : EC_DABT_SAME);
	if (!aligned || fsc != FSC_ALIGNMENT)
		WANT(t, fsc, FSC_EXTERNAL);
	WANT(t, SEEN.far & mask, t->at & mask);
	want_registers(t, 0);
	if (t->row->kind != I_STORE)
		want_kept(t);
	mode.aborts++;
}

static void check_skip(const struct trial *t)
{
	WANT(t, t->faults, 0);
	want_registers(t, 0);
	want_kept(t);
	mode.skipped++;
}

static void check_undef(const struct trial *t)
{
	WANT(t, t->faults, 1);
	WANT(t, SEEN_EC, EC_UNDEF);
	want_registers(t, 0);
	want_kept(t);
	mode.undefined++;
}

/* The monitor is not set: it may fail without an access, and must not succeed. */
static void check_maybe(const struct trial *t)
{
	if (t->faults)
		check_abort(t);
	else
		WANT(t, t->after.x[5], 1);
	want_kept(t);
}

static void check(const struct trial *t)
{
	static void (*const of_kind[])(const struct trial *) = {
		[I_LOAD] = check_load, [I_STORE] = check_store, [I_ABORT] = check_abort,
		[I_SKIP] = check_skip, [I_UNDEF] = check_undef, [I_MAYBE] = check_maybe,
	};
	unsigned int kind = t->row->kind;

	if (kind == I_ANY) {
		want_kept(t);
		mode.any++;
	} else if (mode.nowhere && (kind == I_LOAD || kind == I_STORE)) {
		check_abort(t);
	} else {
		of_kind[kind](t);
	}
}

static void say(const struct trial *t)
{
	static const char *const outcome[] = {
		[EC_UNDEF] = "UNDEFINED",
		[EC_DABT_SAME] = "abort",
		[EC_DABT_LOW] = "abort",
	};
	const char *what = "done";

	if (t->faults)
		what = SEEN_EC < ARRAY_SIZE(outcome) && outcome[SEEN_EC] ? outcome[SEEN_EC] : "another exception";
	attack_note("| %s | %s | %llu, FSC 0x%llx |", t->row->name, what, (unsigned long long)t->faults,
		    (unsigned long long)(t->faults ? SEEN.esr & 0x3f : 0));
}

static void run_rows(void)
{
	uint64_t cpacr = sysreg_read(CPACR_EL1);
	bool table = attack_arg("table", 0);
	struct trial t;

	sysreg_write(CPACR_EL1, CPACR_ALL);
	isb();
	for (const struct insn_row *row = insn_rows; row < insn_rows_end; row++) {
		if (!is_there(row) || (mode.el0 && (row->flags & F_EL1)))
			continue;
		prepare(&t, row);
		run(&t);
		check(&t);
		if (table)
			say(&t);
	}
	sysreg_write(CPACR_EL1, cpacr);
	isb();
	attack_note("loads %u, stores %u, aborts %u, skipped %u, undefined %u, any %u", mode.loads, mode.stores,
		    mode.aborts, mode.skipped, mode.undefined, mode.any);
}

/* --- the modes --- */

static void map(uint64_t ipa, uint64_t attr)
{
	attack_map(WINDOW(ipa), ipa | attr | DESC_PAGE | DESC_EL0 | DESC_XN);
}

static void run_translated(uint64_t attr, bool device, bool nowhere)
{
	mode = (typeof(mode)){ .translated = true, .device = device, .nowhere = nowhere };
	attack_mmu_on();
	map(GICD, attr);
	map(GICD + 0x6000, attr);
	map(UART, attr);
	map(RTC, attr);
	map(NOWHERE, attr);
	run_rows();
	attack_mmu_off();
}

void mmio_insn_off(void)
{
	mode = (typeof(mode)){ .device = true };
	run_rows();
}

void mmio_insn_el0(void)
{
	mode = (typeof(mode)){ .device = true, .el0 = true };
	run_rows();
}

void mmio_insn_device(void)
{
	run_translated(ATTR_DEVICE, true, false);
}

void mmio_insn_normal(void)
{
	run_translated(ATTR_NORMAL, false, false);
}

void mmio_insn_nc(void)
{
	run_translated(ATTR_NC, false, false);
}

/* The same where nothing is: with the MMU off and on. */
void mmio_insn_nowhere(void)
{
	mode = (typeof(mode)){ .device = true, .nowhere = true };
	run_rows();
	run_translated(ATTR_DEVICE, true, true);
	run_translated(ATTR_NORMAL, false, true);
}
