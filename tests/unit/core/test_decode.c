/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite core/decode: A64 loads and stores against what the assembler says that they are, and any word at all. */
#include "unit.h"

#include "core/decode.h"

enum {
	GENERAL = DECODE_GENERAL,
	SIMD = DECODE_SIMD,
	EXCLUSIVE = DECODE_EXCLUSIVE,
	ATOMIC = DECODE_ATOMIC,
	PREFETCH = DECODE_PREFETCH,
	OTHER = DECODE_OTHER,
	NO = 99,
	ANY = 98
};

struct row {
	uint32_t insn;
	int kind, store, sext, reg64, size, nregs, rt, rt2, rn, wb, wb_offset;
};

static const struct row rows[] = {
#include "decode_rows.h"
};

#define SAME(field, want)                                                                                              \
	do {                                                                                                           \
		if ((int64_t)(field) != (int64_t)(want))                                                               \
			fail_msg("%08x: %s is %lld, not %lld", r->insn, #field, (long long)(field),                    \
				 (long long)(want));                                                                   \
	} while (0)

static void check_general(const struct row *r, const struct decode_access *a)
{
	SAME(a->write, r->store);
	SAME(a->sign_extend, r->sext);
	SAME(a->reg64, r->reg64);
	SAME(a->size, r->size);
	SAME(a->nregs, r->nregs);
	SAME(a->rt[0], r->rt);
	if (r->nregs == 2)
		SAME(a->rt[1], r->rt2);
	SAME(a->rn, r->rn);
	SAME(a->writeback, r->wb);
	SAME(a->wb_offset, r->wb_offset);
}

static void test_rows(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];
		struct decode_access a;
		int err = decode_load_store(r->insn, &a);

		SAME(err, r->kind == NO ? E_NOTSUP : OK);
		if (err != OK)
			continue;
		SAME(a.kind, r->kind);
		if (r->kind == GENERAL)
			check_general(r, &a);
		else if (r->kind != PREFETCH && r->store != ANY)
			SAME(a.write, r->store);
	}
}

/* Every immediate of the pre-, post-index and pair forms. */
static void test_immediates(void **state UNUSED)
{
	struct decode_access a;

	for (int imm = -256; imm < 256; imm++) {
		uint32_t field = ((uint32_t)imm & 0x1ff) << 12;

		assert_int_equal(decode_load_store(0xf8400441 | field, &a), OK); /* ldr x1, [x2], #imm */
		assert_true(a.writeback);
		assert_int_equal(a.wb_offset, imm);
		assert_int_equal(a.offset, 0);
		assert_int_equal(decode_load_store(0xb8400c41 | field, &a), OK); /* ldr w1, [x2, #imm]! */
		assert_int_equal(a.wb_offset, imm);
		assert_int_equal(a.offset, imm);
	}
	for (int imm = -64; imm < 64; imm++) {
		uint32_t field = ((uint32_t)imm & 0x7f) << 15;

		assert_int_equal(decode_load_store(0xa8c00c41 | field, &a), OK); /* ldp x1, x3, [x2], #imm * 8 */
		assert_int_equal(a.wb_offset, imm * 8);
		assert_int_equal(a.offset, 0);
		assert_int_equal(decode_load_store(0x29800c41 | field, &a), OK); /* stp w1, w3, [x2, #imm * 4]! */
		assert_int_equal(a.wb_offset, imm * 4);
		assert_int_equal(a.offset, imm * 4);
		assert_int_equal(decode_load_store(0xa9400c41 | field, &a), OK); /* ldp x1, x3, [x2, #imm * 8] */
		assert_false(a.writeback);
		assert_int_equal(a.offset, imm * 8);
		assert_int_equal(decode_load_store(0x28400c41 | field, &a), OK); /* ldnp w1, w3, [x2, #imm * 4] */
		assert_int_equal(a.offset, imm * 4);
	}
}

/* SYS: exactly the six DC by address that neither store nor touch tags. */
static void test_cache(void **state UNUSED)
{
	unsigned int found = 0;

	for (uint32_t op = 0; op < 0x4000; op++) { /* op1, CRn, CRm, op2 */
		struct decode_access a;
		uint32_t insn = 0xd5080000 | op << 5 | 3;

		if (decode_load_store(insn, &a) != OK)
			continue;
		assert_int_equal(a.kind, DECODE_CACHE);
		found++;
	}
	assert_int_equal(found, 6);
}

/* What is accepted can be emulated without looking further, whatever the word was. */
static void test_any_word(void **state UNUSED)
{
	uint64_t x = 0x9e3779b97f4a7c15;
	unsigned int decoded = 0;

	for (unsigned int i = 0; i < 3000000; i++) {
		struct decode_access a;
		uint32_t insn;

		x = x * 6364136223846793005u + 1442695040888963407u;
		insn = (uint32_t)(x >> 32);
		if (i & 1) /* in the group of loads and stores */
			insn = (insn & ~0x0a000000u) | 0x08000000;
		if (decode_load_store(insn, &a) != OK || a.kind != DECODE_GENERAL)
			continue;
		decoded++;
		assert_true(a.size == 1 || a.size == 2 || a.size == 4 || a.size == 8);
		assert_true(a.nregs == 1 || (a.nregs == 2 && a.size >= 4));
		assert_true(a.rt[0] < 32 && a.rt[1] < 32 && a.rn < 32);
		assert_false(a.sign_extend && a.write);
		assert_false(a.sign_extend && a.size == 8);
		assert_true(a.writeback || a.wb_offset == 0);
		assert_true(a.wb_offset >= -512 && a.wb_offset <= 504);
		if (a.writeback && a.rn != 31)
			assert_true(a.rt[0] != a.rn && (a.nregs == 1 || a.rt[1] != a.rn));
	}
	assert_true(decoded > 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_immediates),
		cmocka_unit_test(test_cache),
		cmocka_unit_test(test_any_word),
	};

	return UNIT_RUN(tests);
}
