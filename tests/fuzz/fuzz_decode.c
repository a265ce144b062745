/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * core/mmio_trap and core/decode: a data abort of any syndrome, at any place, by any instruction, against a small
 * interpreter. That one has a row an addressing form (transcribed from ARM DDI 0487 C4.1.94 and C6.2, apart from how
 * core/decode.c takes instructions to pieces), and does to registers and device what the instruction does. Compared:
 * the accesses that the device saw, all registers, both stack pointers, and the exception that the guest gets.
 */
#include "fuzz.h"

#include "arch/guest.h"
#include "arch/host.h"
#include "core/frame.h"
#include "core/mmio_trap.h"
#include "core/partition.h"
#include "core/s1.h"
#include "core/trap.h"
#include "core/vcpu.h"
#include "role/role.h"

#define RAM    UINT64_C(0x80000000)
#define SIZE   (16 * MIB)
#define CODE   (RAM + 0x5000)
#define DEV    UINT64_C(0x9000000)
#define DEV_SZ UINT64_C(0x1004) /* not a multiple of 8 */
#define PC     UINT64_C(0xffff000080001000)
#define VBAR   UINT64_C(0xffff000000000800)

struct access {
	uint64_t offset, value;
	unsigned int size;
	bool write;
};

struct machine {
	uint64_t x[32]; /* [31]: the zero register */
	uint64_t sp[2];
	struct access seen[4];
	unsigned int n;
};

static uint8_t records[SIZE / 256] ALIGNED(4096);
static struct partition part;
static struct vcpu v;
static struct machine real;
static uint64_t seed, refused; /* the device's answers; offsets from here on it refuses */
static bool readable, unread;

/* --- The world --- */

static uint64_t answer(uint64_t offset, unsigned int size)
{
	return (seed ^ offset * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xd6e8feb86659fd93) + size;
}

static enum mmio_result device(void *dev UNUSED, struct vcpu *who UNUSED, struct mmio_access *a)
{
	MUST(a->size == 1 || a->size == 2 || a->size == 4 || a->size == 8);
	MUST(a->offset % a->size == 0 && a->offset + a->size <= DEV_SZ);
	if (a->offset >= refused)
		return MMIO_FAULT;
	MUST(real.n < 4);
	real.seen[real.n++] = (struct access){ a->offset, a->write ? a->value : 0, a->size, a->write };
	if (!a->write)
		a->value = answer(a->offset, a->size);
	return MMIO_OK;
}

/* The same by values: then plain loads and stores come here, and cannot be refused. */
static uint64_t device_load(void *dev, struct vcpu *who, uint64_t offset, unsigned int size)
{
	struct mmio_access a = { .offset = offset, .size = (uint8_t)size };

	MUST_EQ(device(dev, who, &a), MMIO_OK);
	return size == 8 ? a.value : a.value & (BIT(8 * size) - 1);
}

static void device_store(void *dev, struct vcpu *who, uint64_t offset, unsigned int size, uint64_t value)
{
	struct mmio_access a = { .offset = offset, .value = value, .size = (uint8_t)size, .write = true };

	MUST_EQ(device(dev, who, &a), MMIO_OK);
}

static int translate(uint64_t va, bool el0, pa_t *pa)
{
	MUST_EQ(el0, (guest_pstate() & 0xc) == 0);
	if (va != PC || !readable)
		return E_FAULT;
	*pa = PA(CODE);
	return OK;
}

bool role_stage2_abort(struct vcpu *w UNUSED)
{
	return false;
}

void fuzz_setup(void)
{
	host_reset();
	host_ram_init(PA(RAM), SIZE);
	frame_reset();
	MUST_EQ(frame_add_bank(PA(RAM), SIZE, records), OK);
	MUST_EQ(frame_release(PA(RAM + MIB), SIZE - MIB), OK);
	MUST_EQ(s2_init(&part.s2, 3, 40), OK);
	v.part = &part;
	MUST_EQ(mmio_register(&part, IPA(DEV), DEV_SZ, device, &part), OK);
	host_translate_set(translate);
}

/* --- The interpreter --- */

enum form { PLAIN, POST, PRE, PAIR, PAIR_POST, PAIR_PRE, HINT };

struct insn {
	unsigned int bytes, nregs;
	bool load, sign, x; /* sign: extended to X if x, to W else */
	enum form form;
	bool literal;
};

/*
 * size:opc of a load or store of one register: STRB LDRB LDRSB LDRSB STRH LDRH LDRSH LDRSH STR LDR LDRSW - STR LDR - -
 */
static bool by_size(uint32_t w, struct insn *i)
{
	static const struct {
		uint8_t bytes;
		bool load, sign, x;
	} op[16] = {
		{ 1, 0, 0, 0 }, { 1, 1, 0, 0 }, { 1, 1, 1, 1 }, { 1, 1, 1, 0 }, { 2, 0, 0, 0 }, { 2, 1, 0, 0 },
		{ 2, 1, 1, 1 }, { 2, 1, 1, 0 }, { 4, 0, 0, 0 }, { 4, 1, 0, 0 }, { 4, 1, 1, 1 }, { 0, 0, 0, 0 },
		{ 8, 0, 0, 1 }, { 8, 1, 0, 1 }, { 0, 0, 0, 0 }, { 0, 0, 0, 0 },
	};
	unsigned int n = (w >> 30) * 4 + (w >> 22 & 3);

	i->bytes = op[n].bytes;
	i->load = op[n].load;
	i->sign = op[n].sign;
	i->x = op[n].x;
	return i->bytes;
}

static bool by_opc(uint32_t w, struct insn *i) /* pairs: STP LDP W, LDPSW, STP LDP X */
{
	unsigned int opc = w >> 30;

	i->nregs = 2;
	i->load = w >> 22 & 1;
	i->bytes = opc == 2 ? 8 : 4;
	i->x = opc != 0;
	i->sign = opc == 1;
	return opc != 3 && (opc != 1 || (i->load && (w >> 23 & 3)));
}

static bool by_level(uint32_t w, struct insn *i) /* LDAR, STLR and their like: L is bit 22 */
{
	i->bytes = 1u << (w >> 30);
	i->load = w >> 22 & 1;
	i->x = w >> 30 == 3;
	return true;
}

static bool by_load(uint32_t w, struct insn *i) /* LDAPR */
{
	i->bytes = 1u << (w >> 30);
	i->load = true;
	i->x = w >> 30 == 3;
	return true;
}

static bool by_literal(uint32_t w, struct insn *i) /* LDR W, LDR X, LDRSW, PRFM */
{
	unsigned int opc = w >> 30;

	i->bytes = opc == 1 ? 8 : 4;
	i->load = i->literal = true;
	i->x = opc == 1 || opc == 2;
	i->sign = opc == 2;
	if (opc == 3)
		i->form = HINT;
	return true;
}

static const struct {
	uint32_t mask, value;
	enum form form;
	bool (*by)(uint32_t w, struct insn *i);
} table[] = {
	{ 0xffffffe0, 0xd5087620, HINT, NULL },	       /* DC IVAC: nothing is cached of a device */
	{ 0xffffffe0, 0xd50b7a20, HINT, NULL },	       /* DC CVAC */
	{ 0xffffffe0, 0xd50b7b20, HINT, NULL },	       /* DC CVAU */
	{ 0xffffffe0, 0xd50b7c20, HINT, NULL },	       /* DC CVAP */
	{ 0xffffffe0, 0xd50b7d20, HINT, NULL },	       /* DC CVADP */
	{ 0xffffffe0, 0xd50b7e20, HINT, NULL },	       /* DC CIVAC */
	{ 0xffc00000, 0xf9800000, HINT, NULL },	       /* PRFM #imm12 */
	{ 0xffe00c00, 0xf8800000, HINT, NULL },	       /* PRFUM */
	{ 0xffe04c00, 0xf8a04800, HINT, NULL },	       /* PRFM [Xn, Xm] */
	{ 0x3f000000, 0x39000000, PLAIN, by_size },    /* #imm12 */
	{ 0x3f200c00, 0x38000000, PLAIN, by_size },    /* LDUR */
	{ 0x3f200c00, 0x38000400, POST, by_size },     /* ], #imm9 */
	{ 0x3f200c00, 0x38000800, PLAIN, by_size },    /* LDTR */
	{ 0x3f200c00, 0x38000c00, PRE, by_size },      /* #imm9]! */
	{ 0x3f204c00, 0x38204800, PLAIN, by_size },    /* [Xn, Xm] */
	{ 0x3f200c00, 0x19000000, PLAIN, by_size },    /* LDAPUR, STLUR */
	{ 0x3fe0fc00, 0x38a0c000, PLAIN, by_load },    /* LDAPR */
	{ 0x3fa00000, 0x08800000, PLAIN, by_level },   /* LDAR, LDLAR, STLR, STLLR */
	{ 0xff200c00, 0xf8200400, PLAIN, by_load },    /* LDRAA, LDRAB */
	{ 0x3f800000, 0x28000000, PAIR, by_opc },      /* LDNP, STNP */
	{ 0x3f800000, 0x28800000, PAIR_POST, by_opc }, /* LDP ], #imm7 */
	{ 0x3f800000, 0x29000000, PAIR, by_opc },      /* LDP */
	{ 0x3f800000, 0x29800000, PAIR_PRE, by_opc },  /* LDP #imm7]! */
	{ 0x3f000000, 0x18000000, PLAIN, by_literal }, /* LDR, LDRSW, PRFM (literal) */
};

static bool writes_back(const struct insn *i)
{
	return i->form == POST || i->form == PRE || i->form == PAIR_POST || i->form == PAIR_PRE;
}

static bool look_up(uint32_t w, struct insn *i)
{
	unsigned int t = w & 31, t2 = w >> 10 & 31, n = w >> 5 & 31;

	for (unsigned int k = 0; k < ARRAY_SIZE(table); k++) {
		if ((w & table[k].mask) != table[k].value)
			continue;
		*i = (struct insn){ .nregs = 1, .form = table[k].form };
		if (table[k].by && !table[k].by(w, i))
			return false;
		/* Where the architecture leaves the effect open. */
		if (i->nregs == 2 && i->load && t == t2)
			return false;
		return !(writes_back(i) && n != 31 && (t == n || (i->nregs == 2 && t2 == n)));
	}
	return false;
}

static uint64_t cut(uint64_t value, unsigned int bytes)
{
	return bytes == 8 ? value : value & (BIT(8 * bytes) - 1);
}

static uint64_t extend(uint64_t value, unsigned int bytes, bool sign, bool x)
{
	int64_t s = bytes == 1	 ? (int8_t)value
		    : bytes == 2 ? (int16_t)value
		    : bytes == 4 ? (int32_t)(uint32_t)value
				 : (int64_t)value;

	if (!sign)
		return cut(value, bytes);
	return x ? (uint64_t)s : (uint32_t)s;
}

/* One access; false: an abort. */
static bool bus(struct machine *m, uint64_t ipa, unsigned int bytes, bool write, uint64_t *value)
{
	uint64_t off = ipa - DEV;

	if (ipa % bytes || ipa < DEV || ipa + bytes > DEV + DEV_SZ || off >= refused)
		return false;
	m->seen[m->n++] = (struct access){ off, write ? cut(*value, bytes) : 0, bytes, write };
	if (!write)
		*value = answer(off, bytes);
	return true;
}

/* The immediate of those forms that say by it where the first element lies: imm7, scaled, or imm9. */
static int64_t immediate(uint32_t w, const struct insn *i)
{
	if (i->nregs == 2)
		return ((int64_t)((uint64_t)w << 42) >> 57) * (int64_t)i->bytes;
	return (int64_t)((uint64_t)w << 43) >> 55;
}

static uint64_t *base_register(struct machine *m, uint32_t w)
{
	uint64_t pstate = guest_pstate();
	unsigned int n = w >> 5 & 31;

	return n < 31 ? &m->x[n] : &m->sp[(pstate & 0xc) && (pstate & 1)];
}

/*
 * Is the first element what faulted? Else it lies in memory, in the page before, and an instruction that is half of
 * memory is not emulated.
 */
static bool is_first(struct machine *m, uint32_t w, const struct insn *i, uint64_t far)
{
	uint64_t first = *base_register(m, w);

	if (i->form == PLAIN)
		return true;
	if (i->form != POST && i->form != PAIR_POST)
		first += (uint64_t)immediate(w, i);
	return first % PAGE_SIZE == far % PAGE_SIZE;
}

static bool execute(struct machine *m, uint32_t w, const struct insn *i, uint64_t ipa)
{
	unsigned int reg[2] = { w & 31, w >> 10 & 31 };
	uint64_t got[2] = { 0, 0 };

	for (unsigned int k = 0; k < i->nregs; k++) {
		got[k] = m->x[reg[k]];
		if (!bus(m, ipa + k * i->bytes, i->bytes, !i->load, &got[k]))
			return false;
	}
	for (unsigned int k = 0; i->load && k < i->nregs; k++)
		m->x[reg[k]] = extend(got[k], i->bytes, i->sign, i->x);
	m->x[31] = 0;
	if (writes_back(i))
		*base_register(m, w) += (uint64_t)immediate(w, i);
	return true;
}

/* ISV = 1: SAS 23:22, SSE 21, SRT 20:16, SF 15, WnR 6. */
static bool execute_syndrome(struct machine *m, uint64_t esr, uint64_t ipa)
{
	unsigned int bytes = 1u << (esr >> 22 & 3), t = esr >> 16 & 31;
	uint64_t value = m->x[t];

	if (!bus(m, ipa, bytes, esr >> 6 & 1, &value))
		return false;
	if (!(esr >> 6 & 1))
		m->x[t] = extend(value, bytes, esr >> 21 & 1, esr >> 15 & 1);
	m->x[31] = 0;
	return true;
}

enum outcome { DONE, AGAIN, ABORT };

static enum outcome expected(struct machine *m, uint64_t esr, uint32_t w, uint64_t ipa)
{
	struct insn i;

	/* A translation fault (any level), of which FAR is valid, and not on a walk: else no device is meant. */
	if ((esr & 0x3c) != 4 || (esr & BIT(10)) || (esr & BIT(7)))
		return ABORT;
	if (esr & BIT(24))
		return execute_syndrome(m, esr, ipa) ? DONE : ABORT;
	if (esr & BIT(8)) /* cache maintenance */
		return DONE;
	/* Gone for a moment, or never to be read: the second time at one place is the last. */
	if (!readable) {
		unread = !unread;
		return unread ? AGAIN : ABORT;
	}
	if (!look_up(w, &i))
		return ABORT;
	if (i.form == HINT)
		return DONE;
	return is_first(m, w, &i, ipa) && execute(m, w, &i, ipa) ? DONE : ABORT;
}

static void compare(const struct machine *want, enum outcome out, uint64_t esr, uint64_t far)
{
	MUST_EQ(real.n, want->n);
	for (unsigned int k = 0; k < real.n; k++) {
		MUST_EQ(real.seen[k].offset, want->seen[k].offset);
		MUST_EQ(real.seen[k].value, want->seen[k].value);
		MUST_EQ(real.seen[k].size, want->seen[k].size);
		MUST_EQ(real.seen[k].write, want->seen[k].write);
	}
	for (unsigned int k = 0; k < 31; k++) {
		if (v.arch.x[k] != want->x[k])
			fuzz_fail(__FILE__, __LINE__, "x%u is 0x%llx, not 0x%llx", k, (unsigned long long)v.arch.x[k],
				  (unsigned long long)want->x[k]);
	}
	MUST_EQ(guest_el1_read(R_SP_EL0), want->sp[0]);
	MUST_EQ(guest_el1_read(R_SP_EL1), want->sp[1]);
	if (out != ABORT) {
		MUST_EQ(guest_pc(), PC);
		MUST_EQ(guest_el1_read(R_ESR_EL1), 0);
		return;
	}
	MUST_EQ(guest_el1_read(R_ELR_EL1), PC);
	MUST_EQ(guest_el1_read(R_FAR_EL1), far);
	MUST_EQ(guest_el1_read(R_ESR_EL1) & ~BIT(26), UINT64_C(0x24) << 26 | BIT(25) | (esr & BIT(6)) | 0x10);
}

/* --- The input --- */

static uint32_t any_word(struct fuzz *f)
{
	uint32_t kind = fuzz_u8(f), w = fuzz_u32(f);

	/* A row's fixed bits, and the rest as they come: or anything at all. */
	if (kind < ARRAY_SIZE(table) * 8)
		w = (w & ~table[kind % ARRAY_SIZE(table)].mask) | table[kind % ARRAY_SIZE(table)].value;
	return w;
}

static void begin(struct machine *want, struct fuzz *f, uint64_t ipa)
{
	uint64_t base = fuzz_u64(f);

	for (unsigned int k = 0; k < 31; k++)
		v.arch.x[k] = want->x[k] = base * (2 * k + 1) + k;
	want->sp[0] = base ^ 0x7000;
	want->sp[1] = base ^ 0x8000;
	guest_el1_write(R_SP_EL0, want->sp[0]);
	guest_el1_write(R_SP_EL1, want->sp[1]);
	guest_el1_write(R_VBAR_EL1, VBAR);
	guest_el1_write(R_SCTLR_EL1, BIT(23));
	guest_el1_write(R_ESR_EL1, 0);
	guest_el1_write(R_FAR_EL1, 0);
	guest_el1_write(R_ELR_EL1, 0);
	guest_pc_set(PC);
	host_sysreg_write("FAR_EL2", (base << 12) | (ipa & 0xfff));
	host_sysreg_write("HPFAR_EL2", ipa >> 12 << 4);
	real.n = 0;
}

/* Mostly the base register is such that the access lies where the syndrome says. */
static void aim(struct machine *want, uint32_t w, unsigned int how, uint64_t ipa)
{
	uint64_t *base = base_register(want, w);
	struct insn i;

	if (how < 200 && look_up(w, &i))
		*base = (*base & ~(PAGE_SIZE - 1)) + ipa % PAGE_SIZE -
			(i.form == POST || i.form == PAIR_POST ? 0 : (uint64_t)immediate(w, &i));
	memcpy(v.arch.x, want->x, sizeof(v.arch.x));
	guest_el1_write(R_SP_EL0, want->sp[0]);
	guest_el1_write(R_SP_EL1, want->sp[1]);
}

static void one(struct fuzz *f)
{
	static const uint8_t pstate[] = { 0, 4, 5 };
	static const enum trap_result result[] = { [DONE] = TRAP_DONE, [AGAIN] = TRAP_AGAIN, [ABORT] = TRAP_AGAIN };
	struct machine want = { .n = 0 };
	uint32_t word = any_word(f), how = fuzz_u8(f), iss = fuzz_u32(f) & 0x1ffffff;
	uint64_t esr, ipa = DEV + (how & 1 ? fuzz_u16(f) : fuzz_u8(f)), far;
	enum outcome out;

	if (how & 2)
		ipa = how & 4 ? DEV + DEV_SZ - 16 + ipa % 16 : ipa - 0x80;
	if (how & 8) /* as hardware says it of what it does not describe */
		iss = (iss & 0x40) | 7;
	else if (how & 16)
		iss = (iss & ~0x5bfu) | BIT(24) | 7;
	readable = (how & 0xe0) != 0xe0;
	esr = UINT64_C(0x24) << 26 | BIT(25) | iss;
	seed = fuzz_u64(f);
	refused = how & 0x80 ? fuzz_u16(f) : UINT64_MAX;
	part.mmio.region[0].load = !(how & 0x80) && (seed & 1) ? device_load : NULL;
	part.mmio.region[0].store = part.mmio.region[0].load ? device_store : NULL;
	guest_pstate_set(pstate[fuzz_below(f, 3)]);
	begin(&want, f, ipa);
	aim(&want, word, fuzz_u8(f), ipa);
	memcpy(pa_to_ptr(PA(CODE)), &word, 4);
	far = host_sysreg_read("FAR_EL2");
	out = expected(&want, esr, word, ipa);
	MUST_EQ(mmio_trap(&v, esr), result[out]);
	compare(&want, out, esr, far);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = fuzz_open(data, size);

	v.unread_pc = 0;
	unread = false;
	while (fuzz_more(&f))
		one(&f);
	return 0;
}
