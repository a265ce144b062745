/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A64 decode of loads and stores (ARM DDI 0487 C4.1.94): a row for each class of encodings, then
 * the class's own function.
 *
 * Pure: no state, no lock. The bytes are the guest's: every word has an answer.
 */
#include "core/decode.h"

#define REG_ZERO 31

static uint8_t field(uint32_t insn, unsigned int hi, unsigned int lo)
{
	return (uint8_t)BITS(insn, hi, lo);
}

static int64_t field_signed(uint32_t insn, unsigned int hi, unsigned int lo)
{
	return (int64_t)((uint64_t)insn << (63 - hi)) >> (63 - hi + lo);
}

static bool is_simd(uint32_t insn)
{
	return (insn & BIT(26)) != 0;
}

#define IDX_POST 1 /* 3: pre-index; else no write-back */

static void set_indexed(struct decode_access *a, unsigned int idx, int64_t offset)
{
	a->writeback = idx & 1;
	a->wb_offset = a->writeback ? offset : 0;
	a->offset = idx == IDX_POST ? 0 : offset;
}

/* CONSTRAINED UNPREDICTABLE (K1.1.33 and on): nothing to rely on, so not emulated. */
static bool is_unpredictable(const struct decode_access *a)
{
	if (a->kind != DECODE_GENERAL)
		return false;
	if (a->nregs == 2 && !a->write && a->rt[0] == a->rt[1])
		return true;
	return a->writeback && a->rn != REG_ZERO && (a->rt[0] == a->rn || (a->nregs == 2 && a->rt[1] == a->rn));
}

/* size:2 ... opc:2 of the single-register forms, SIMD&FP: opc<1> with size 0 means 128 bits. */
static int simd_single(uint32_t insn, struct decode_access *a)
{
	unsigned int size = field(insn, 31, 30), opc = field(insn, 23, 22);

	if ((opc & 2) && size)
		return E_NOTSUP;
	a->kind = DECODE_SIMD;
	a->size = (uint8_t)(opc & 2 ? 16 : 1 << size);
	a->write = !(opc & 1);
	return OK;
}

/* The same for general registers. Sets PREFETCH where the encoding says PRFM. */
static int general_single(uint32_t insn, struct decode_access *a)
{
	unsigned int size = field(insn, 31, 30), opc = field(insn, 23, 22);

	a->size = (uint8_t)(1 << size);
	a->write = opc == 0;
	a->reg64 = size == 3;
	if (opc < 2)
		return OK;
	if (size == 3) {
		if (opc == 3)
			return E_NOTSUP;
		a->kind = DECODE_PREFETCH;
		return OK;
	}
	if (size == 2 && opc == 3)
		return E_NOTSUP;
	a->sign_extend = true;
	a->reg64 = opc == 2;
	return OK;
}

static int single(uint32_t insn, struct decode_access *a)
{
	return is_simd(insn) ? simd_single(insn, a) : general_single(insn, a);
}

/* Load register (literal): opc:2 011 V 00 imm19 Rt */
static int load_literal(uint32_t insn, struct decode_access *a)
{
	unsigned int opc = field(insn, 31, 30);

	a->rn = REG_ZERO; /* relative to the program counter */
	if (is_simd(insn)) {
		if (opc == 3)
			return E_NOTSUP;
		a->kind = DECODE_SIMD;
		a->size = (uint8_t)(4 << opc);
		return OK;
	}
	a->size = opc == 1 ? 8 : 4;
	a->reg64 = opc == 1 || opc == 2;
	a->sign_extend = opc == 2;
	if (opc == 3)
		a->kind = DECODE_PREFETCH;
	return OK;
}

/* Exclusive, ordered, compare and swap: size:2 001000 o2 L o1 Rs o0 Rt2 Rn Rt */
static int exclusive_ordered(uint32_t insn, struct decode_access *a)
{
	unsigned int size = field(insn, 31, 30);
	bool load = insn & BIT(22), o1 = insn & BIT(21), o2 = insn & BIT(23);

	a->size = (uint8_t)(1 << size);
	a->reg64 = size == 3;
	a->write = !load;
	if (!o2 && !o1) {
		a->kind = DECODE_EXCLUSIVE;
	} else if (!o2 && size >= 2) {
		a->kind = DECODE_EXCLUSIVE;
		a->nregs = 2;
	} else if (!o2) { /* CASP: size 0 is 32 bits, 1 is 64; o1 set, Rt2 all ones */
		if (field(insn, 14, 10) != REG_ZERO)
			return E_NOTSUP;
		a->kind = DECODE_ATOMIC;
		a->size = (uint8_t)(4 << size);
		a->reg64 = size == 1;
		a->nregs = 2;
		a->write = true;
		a->rt[1] = (uint8_t)((a->rt[0] + 1) & 31);
	} else if (o1) {
		if (field(insn, 14, 10) != REG_ZERO)
			return E_NOTSUP;
		a->kind = DECODE_ATOMIC;
		a->write = true;
	}
	/* o2 and not o1: LDAR, STLR, LDLAR, STLLR. An emulated access is in order anyway. */
	return OK;
}

/*
 * LDAPUR, STLUR: size:2 011 V 01 opc:2 0 imm9 00 Rn Rt (V: bits 11:10 are 10); around them memory copy,
 * tags, 128-bit atomics.
 */
static int ordered_unscaled_and_misc(uint32_t insn, struct decode_access *a)
{
	unsigned int size = field(insn, 31, 30), op4 = field(insn, 11, 10);

	if (insn & BIT(21)) {
		if (is_simd(insn))
			return E_NOTSUP;
		/* size 3: LDG, STG and so on; 0 and 1: LDCLRP, SWPP, RCWCAS and so on. */
		a->kind = size == 3 ? DECODE_OTHER : DECODE_ATOMIC;
		a->size = 16;
		a->write = true;
		return size == 2 ? E_NOTSUP : OK;
	}
	if (op4 == (is_simd(insn) ? 2U : 0U)) {
		int err = single(insn, a);

		return err == OK && a->kind == DECODE_PREFETCH ? E_NOTSUP : err;
	}
	if (op4 != 1)
		return E_NOTSUP;
	a->kind = DECODE_OTHER; /* CPY*, SET* */
	a->write = true;
	return OK;
}

/* Pairs: opc:2 101 V 0 idx:2 L imm7 Rt2 Rn Rt; idx 0 no-allocate, 1 post, 2 offset, 3 pre */
static int pair(uint32_t insn, struct decode_access *a)
{
	unsigned int opc = field(insn, 31, 30), idx = field(insn, 24, 23);
	bool load = insn & BIT(22);

	if (opc == 3)
		return E_NOTSUP;
	a->nregs = 2;
	a->write = !load;
	if (is_simd(insn)) {
		a->kind = DECODE_SIMD;
		a->size = (uint8_t)(4 << opc);
	} else if (opc == 1) {
		if (idx == 0)
			return E_NOTSUP;
		a->kind = load ? DECODE_GENERAL : DECODE_OTHER; /* LDPSW; STGP */
		a->size = 4;
		a->sign_extend = load;
		a->reg64 = true;
	} else {
		a->size = opc == 2 ? 8 : 4;
		a->reg64 = opc == 2;
	}
	set_indexed(a, idx, field_signed(insn, 21, 15) * (a->kind == DECODE_OTHER ? 16 : a->size));
	return OK;
}

/* Register with imm9: size:2 111 V 00 opc:2 0 imm9 idx:2 Rn Rt; idx 0 unscaled, 1 post, 2 unprivileged, 3 pre */
static int register_imm9(uint32_t insn, struct decode_access *a)
{
	unsigned int idx = field(insn, 11, 10);
	int err = single(insn, a);

	if (err != OK)
		return err;
	if (idx && a->kind == DECODE_PREFETCH)
		return E_NOTSUP;
	if (idx == 2 && a->kind == DECODE_SIMD)
		return E_NOTSUP;
	set_indexed(a, idx, field_signed(insn, 20, 12));
	return OK;
}

/* Atomic memory operations: size:2 111 V 00 A R 1 Rs o3 opc:3 00 Rn Rt. LDAPR is among them. */
static int atomic(uint32_t insn, struct decode_access *a)
{
	unsigned int size = field(insn, 31, 30), op = field(insn, 15, 12);

	if (is_simd(insn))
		return E_NOTSUP; /* FEAT_LSFE: not offered */
	a->size = (uint8_t)(1 << size);
	a->reg64 = size == 3;
	if (op == 0xc && field(insn, 23, 22) == 2) { /* A = 1, R = 0, o3 = 1, opc = 4 */
		return OK;			     /* LDAPR: a load in order */
	}
	a->write = true;
	a->kind = op <= 8 ? DECODE_ATOMIC : DECODE_OTHER; /* 9 and on: 64-byte accesses, RCW */
	return OK;
}

/* Register offset: size:2 111 V 00 opc:2 1 Rm option:3 S 10 Rn Rt */
static int register_offset(uint32_t insn, struct decode_access *a)
{
	return insn & BIT(14) ? single(insn, a) : E_NOTSUP;
}

/*
 * LDRAA, LDRAB: 11 111 0 00 M S 1 imm9 W 1 Rn Rt. With write-back the base becomes the authenticated
 * address: not emulated.
 */
static int authenticated(uint32_t insn, struct decode_access *a)
{
	if (is_simd(insn) || field(insn, 31, 30) != 3)
		return E_NOTSUP;
	a->size = 8;
	a->reg64 = true;
	if (insn & BIT(11))
		a->kind = DECODE_OTHER;
	return OK;
}

static int register_any(uint32_t insn, struct decode_access *a)
{
	if (!(insn & BIT(21)))
		return register_imm9(insn, a);
	switch (field(insn, 11, 10)) {
	case 0:
		return atomic(insn, a);
	case 2:
		return register_offset(insn, a);
	default:
		return authenticated(insn, a);
	}
}

static int vector(uint32_t insn UNUSED, struct decode_access *a)
{
	a->kind = DECODE_SIMD;
	a->size = 16;
	return OK;
}

/* Advanced SIMD structures: 0 Q 00110 single L ... */
static int simd_structure(uint32_t insn, struct decode_access *a)
{
	a->write = !(insn & BIT(22));
	return vector(insn, a);
}

/*
 * SYS: 1101010100 0 01 op1:3 CRn:4 CRm:4 op2:3 Rt. DC by address (C5.3): IVAC (op1 0), CVAC, CVAU, CVAP, CVADP, CIVAC
 * (op1 3). Not DC ZVA, which stores, nor those of tags.
 */
static int cache_by_address(uint32_t insn, struct decode_access *a)
{
	unsigned int op1 = field(insn, 18, 16), crm = field(insn, 11, 8);

	if (field(insn, 7, 5) != 1)
		return E_NOTSUP;
	if (op1 == 0 ? crm != 6 : op1 != 3 || crm < 10 || crm > 14)
		return E_NOTSUP;
	a->kind = DECODE_CACHE;
	a->write = true;
	return OK;
}

static const struct {
	uint32_t mask, value;
	int (*fn)(uint32_t insn, struct decode_access *a);
} classes[] = {
	{ 0x3b000000, 0x39000000, single }, /* unsigned 12-bit offset */
	{ 0x3b000000, 0x38000000, register_any },
	{ 0x3a000000, 0x28000000, pair },
	{ 0x3f000000, 0x08000000, exclusive_ordered },
	{ 0x3b000000, 0x18000000, load_literal },
	{ 0x3b000000, 0x19000000, ordered_unscaled_and_misc },
	{ 0xbe000000, 0x0c000000, simd_structure },
	{ 0x9e000000, 0x84000000, vector }, /* SVE memory */
	{ 0xfff8f000, 0xd5087000, cache_by_address },
};

int decode_load_store(uint32_t insn, struct decode_access *a)
{
	*a = (struct decode_access){
		.kind = DECODE_GENERAL,
		.nregs = 1,
		.rt = { field(insn, 4, 0), field(insn, 14, 10) },
		.rn = field(insn, 9, 5),
	};
	for (unsigned int i = 0; i < ARRAY_SIZE(classes); i++) {
		int err;

		if ((insn & classes[i].mask) != classes[i].value)
			continue;
		err = classes[i].fn(insn, a);
		return err == OK && is_unpredictable(a) ? E_NOTSUP : err;
	}
	return E_NOTSUP;
}
