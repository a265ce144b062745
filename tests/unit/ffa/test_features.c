/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite ffa/features: FFA_FEATURES, and the dispatcher whose rows it tells of: the two must agree about
 * each identifier.
 */
#include "unit.h"

#include "ffa/features.h"
#include "ffa/version.h"

static uint32_t called;

static void handler(struct ffa_caller *caller, struct ffa_regs *r)
{
	assert_non_null(caller);
	called = (uint32_t)r->x[0];
	ffa_call_success(r, 0x42, 0x43);
}

#define ROW(id) [FFA_ROW_INDEX(id)]
#define WORLD	(FFA_FROM_NS | FFA_FROM_SP)

static const struct ffa_row rows[FFA_ROWS] = {
	ROW(FFA_VERSION) = { FFA_VERSION_1_0, FFA_CONV_32, WORLD, handler, 0 },
	ROW(FFA_RXTX_MAP_32) = { FFA_VERSION_1_0, FFA_CONV_BOTH, WORLD, handler, FFA_RXTX_SIZE_4K },
	ROW(FFA_MSG_SEND2) = { FFA_VERSION_1_1, FFA_CONV_32, WORLD, handler, 0 },
	ROW(FFA_MSG_WAIT) = { FFA_VERSION_1_0, FFA_CONV_32, FFA_FROM_SP, handler, 0 },
	ROW(FFA_MSG_SEND_DIRECT_REQ2) = { FFA_VERSION_1_2, FFA_CONV_64, WORLD, handler, 0 },
	ROW(FFA_MEM_RETRIEVE_REQ_32) = { FFA_VERSION_1_0, FFA_CONV_BOTH, WORLD, handler, 0x2 },
	ROW(FFA_RX_ACQUIRE) = { FFA_VERSION_1_1, FFA_CONV_32, FFA_FROM_NS, handler, 0 },
	ROW(FFA_MEM_DONATE_32) = { FFA_VERSION_1_0, FFA_CONV_BOTH, WORLD, NULL, 0 }, /* known, not supported */
};

static const struct ffa_feature interrupts[] = {
	{ FFA_FEATURE_NPI, FFA_VERSION_1_1, FFA_FROM_SP, HF_INTID_NPI },
	{ FFA_FEATURE_SRI, FFA_VERSION_1_1, FFA_FROM_NS, HF_INTID_SRI },
	{ FFA_FEATURE_MEI, FFA_VERSION_1_1, FFA_FROM_SP, HF_INTID_MANAGED_EXIT },
};

static const struct ffa_features features = { rows, interrupts, ARRAY_SIZE(interrupts), 4 };

static struct ffa_version version;
static struct ffa_caller caller;
static struct ffa_regs r;

static void be(enum ffa_from from, uint32_t v)
{
	ffa_version_init(&version, v);
	caller = (struct ffa_caller){ .from = from, .version = &version };
}

static void ask(uint32_t id, uint32_t in)
{
	memset(&r, 0xa5, sizeof(r));
	r.x[0] = FFA_FEATURES;
	r.x[1] = UINT64_C(0xa5a5a5a500000000) | id;
	r.x[2] = UINT64_C(0xa5a5a5a500000000) | in;
	ffa_features_answer(&features, &caller, &r);
}

/* What the caller had in x8 to x17 is still there (SMCCC 1.2, 3.1). */
static void expect_high_kept(void)
{
	for (unsigned int i = FFA_REGS_SHORT; i < FFA_REGS; i++)
		assert_int_equal(r.x[i], UINT64_C(0xa5a5a5a5a5a5a5a5));
}

/* Every register of an answer is what it must be. */
static void expect(uint32_t x0, uint32_t w2, uint32_t w3)
{
	for (unsigned int i = 0; i < FFA_REGS_SHORT; i++)
		assert_int_equal(r.x[i], i == 0 ? x0 : i == 2 ? w2 : i == 3 ? w3 : 0);
	expect_high_kept();
}

static void expect_yes(uint32_t id, uint32_t in, uint32_t w2)
{
	ask(id, in);
	expect(FFA_SUCCESS_32, w2, 0);
}

static void expect_no(uint32_t id, uint32_t in, int code)
{
	ask(id, in);
	expect(FFA_ERROR, (uint32_t)code, 0);
}

static void functions_that_there_are(void **state)
{
	(void)state;
	be(FFA_FROM_SP, FFA_VERSION_1_1);
	expect_yes(FFA_VERSION, 0, 0);
	expect_yes(FFA_MSG_SEND2, 0, 0);
	expect_yes(FFA_MSG_WAIT, 0, 0);
	expect_yes(FFA_RXTX_MAP_32, 0, 0);
	expect_yes(FFA_RXTX_MAP_64, 0, 0);
}

static void functions_that_there_are_not(void **state)
{
	static const uint32_t none[] = {
		FFA_MEM_DONATE_32, FFA_MEM_LEND_32, 0x8400005f, 0x84000098, 0xc4000063, /* VERSION is 32-bit only */
		0x8400008d,								/* REQ2 is 64-bit only */
		0x80000063,	   0x84010063,	    0x8400dead, 0xffffffff, 0x80000000, 0x85000063, 0x94000063,
	};

	(void)state;
	be(FFA_FROM_SP, FFA_VERSION_1_2);
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		expect_no(none[i], 0, FFA_NOT_SUPPORTED);
}

static void by_version_and_by_who_asks(void **state)
{
	(void)state;
	be(FFA_FROM_SP, FFA_VERSION_1_0);
	expect_no(FFA_MSG_SEND2, 0, FFA_NOT_SUPPORTED);
	be(FFA_FROM_SP, FFA_VERSION_1_1);
	expect_no(FFA_MSG_SEND_DIRECT_REQ2, 0, FFA_NOT_SUPPORTED);
	expect_no(FFA_RX_ACQUIRE, 0, FFA_NOT_SUPPORTED);
	be(FFA_FROM_SP, FFA_VERSION_1_2);
	expect_yes(FFA_MSG_SEND_DIRECT_REQ2, 0, 0);
	be(FFA_FROM_NS, FFA_VERSION_1_1);
	expect_yes(FFA_RX_ACQUIRE, 0, 0);
	expect_no(FFA_MSG_WAIT, 0, FFA_NOT_SUPPORTED);
	be(FFA_FROM_SPMD, FFA_VERSION_1_2);
	expect_no(FFA_VERSION, 0, FFA_NOT_SUPPORTED);
}

static void the_size_of_buffers(void **state)
{
	(void)state;
	be(FFA_FROM_NS, FFA_VERSION_1_1);
	expect_yes(FFA_RXTX_MAP_64, 0, FFA_RXTX_SIZE_4K);
	be(FFA_FROM_NS, FFA_VERSION_1_2);
	expect_yes(FFA_RXTX_MAP_64, 0, 4 << 16 | FFA_RXTX_SIZE_4K);
	expect_yes(FFA_RXTX_MAP_32, 0, 4 << 16 | FFA_RXTX_SIZE_4K);
}

/* What the row says stays, and no interrupt behind the last one is told of. */
static void what_else_the_tables_have(void **state)
{
	static struct ffa_row other[FFA_ROWS];
	const struct ffa_features two = { other, interrupts, ARRAY_SIZE(interrupts) - 1, 4 };

	(void)state;
	memcpy(other, rows, sizeof(rows));
	other[FFA_ROW_INDEX(FFA_RXTX_MAP_32)].features = 0x2;
	be(FFA_FROM_SP, FFA_VERSION_1_2);
	r = (struct ffa_regs){ .x = { FFA_FEATURES, FFA_RXTX_MAP_64 } };
	ffa_features_answer(&two, &caller, &r);
	assert_int_equal(r.x[2], 4 << 16 | 0x2);
	r = (struct ffa_regs){ .x = { FFA_FEATURES, FFA_FEATURE_MEI } };
	ffa_features_answer(&two, &caller, &r);
	assert_int_equal(r.x[0], FFA_ERROR);
}

static void input_properties(void **state)
{
	(void)state;
	be(FFA_FROM_SP, FFA_VERSION_1_1);
	expect_yes(FFA_MEM_RETRIEVE_REQ_32, 0x2, 0x2);
	expect_yes(FFA_MEM_RETRIEVE_REQ_64, 0, 0x2);
	expect_yes(FFA_MEM_RETRIEVE_REQ_64, 0x2, 0x2);
	expect_no(FFA_MEM_RETRIEVE_REQ_32, 0x1, FFA_INVALID_PARAMETERS);
	expect_no(FFA_MEM_RETRIEVE_REQ_32, 0x80000000, FFA_INVALID_PARAMETERS);
	expect_no(FFA_MSG_WAIT, 1, FFA_INVALID_PARAMETERS);
	expect_no(FFA_MSG_WAIT, 0x2, FFA_INVALID_PARAMETERS); /* another call's */
	expect_no(FFA_MEM_DONATE_32, 1, FFA_NOT_SUPPORTED);   /* first: is there such a thing? */
}

static void feature_interrupts(void **state)
{
	(void)state;
	be(FFA_FROM_SP, FFA_VERSION_1_1);
	expect_yes(FFA_FEATURE_NPI, 0, 5);
	expect_yes(FFA_FEATURE_MEI, 0, 4);
	expect_no(FFA_FEATURE_SRI, 0, FFA_NOT_SUPPORTED);
	be(FFA_FROM_NS, FFA_VERSION_1_1);
	expect_yes(FFA_FEATURE_SRI, 0, 8);
	expect_no(FFA_FEATURE_NPI, 0, FFA_NOT_SUPPORTED);
	be(FFA_FROM_NS, FFA_VERSION_1_0);
	expect_no(FFA_FEATURE_SRI, 0, FFA_NOT_SUPPORTED);
	be(FFA_FROM_SP, FFA_VERSION_1_2);
	expect_no(0, 0, FFA_NOT_SUPPORTED);
	expect_no(4, 0, FFA_NOT_SUPPORTED);
	expect_no(0xad, 0, FFA_NOT_SUPPORTED);
	expect_no(0xdead, 0, FFA_INVALID_PARAMETERS); /* bits 30:8 of a feature identifier are reserved */
	expect_no(FFA_FEATURE_NPI, 1, FFA_INVALID_PARAMETERS);
	for (unsigned int bit = 8; bit < 31; bit++)
		expect_no(FFA_FEATURE_NPI | UINT32_C(1) << bit, 0, FFA_INVALID_PARAMETERS);
}

/* --- the dispatcher --- */

static void call(uint32_t id)
{
	called = 0;
	memset(&r, 0xa5, sizeof(r));
	r.x[0] = UINT64_C(0xa5a5a5a500000000) | id;
	ffa_call_dispatch(rows, &caller, &r);
}

/* Nobody calls them, and everybody asks for them. */
static bool is_answer(uint32_t id)
{
	return id == FFA_ERROR || id == FFA_SUCCESS_32 || id == FFA_INTERRUPT;
}

static void what_calls_are_answered_with_is_there(void **state)
{
	static const uint32_t ids[] = { FFA_ERROR, FFA_SUCCESS_32, FFA_SUCCESS_64, FFA_INTERRUPT };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(ids); i++) {
		be(FFA_FROM_SP, FFA_VERSION_1_0);
		ask(ids[i], 0);
		expect(FFA_SUCCESS_32, 0, 0);
		ask(ids[i], 1);
		expect(FFA_ERROR, (uint32_t)FFA_INVALID_PARAMETERS, 0);
	}
	ask(FFA_ERROR | FFA_ID_IS_64, 0);
	expect(FFA_ERROR, (uint32_t)FFA_NOT_SUPPORTED, 0);
}

static void features_tell_what_a_call_would_do(void **state)
{
	static const uint32_t versions[] = { FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2 };

	(void)state;
	for (unsigned int i = 0; i < 3 * 5; i++) {
		for (uint32_t id = 0x84000000; id < 0x84000100; id++) {
			bool supported;

			be(1 << i / 3, versions[i % 3]);
			ask(id, 0);
			supported = r.x[0] == FFA_SUCCESS_32;
			call(id);
			assert_int_equal(called, supported && !is_answer(id) ? id : 0);
			ask(id | FFA_ID_IS_64, 0);
			supported = r.x[0] == FFA_SUCCESS_32;
			call(id | FFA_ID_IS_64);
			assert_int_equal(called, supported && id != FFA_SUCCESS_32 ? id | FFA_ID_IS_64 : 0);
		}
	}
}

static void an_unknown_call_is_answered_and_no_register_is_left(void **state)
{
	(void)state;
	be(FFA_FROM_SP, FFA_VERSION_1_2);
	call(FFA_MEM_DONATE_32);
	expect(FFA_ERROR, (uint32_t)FFA_NOT_SUPPORTED, 0);
	call(0);
	expect(FFA_ERROR, (uint32_t)FFA_NOT_SUPPORTED, 0);
}

static void any_call_but_version_locks_the_version(void **state)
{
	(void)state;
	be(FFA_FROM_SP, FFA_VERSION_1_1);
	call(FFA_VERSION);
	assert_int_equal(called, FFA_VERSION);
	assert_false(ffa_version_is_locked(&version));
	call(FFA_MEM_DONATE_32); /* even one that we don't support */
	assert_true(ffa_version_is_locked(&version));
}

static void the_hint_bit_of_smccc_is_not_part_of_the_number(void **state)
{
	(void)state;
	be(FFA_FROM_SP, FFA_VERSION_1_1);
	call(FFA_MSG_WAIT | 0x10000);
	assert_int_equal(called, FFA_MSG_WAIT);
	call(FFA_VERSION | 0x10000);
	assert_int_equal(called, FFA_VERSION);
}

/* What is behind the last row, and what of all 32 bits is a call of FF-A. */
static void the_numbers_of_ffa(void **state)
{
	static struct ffa_row more[FFA_ROWS + 1];

	(void)state;
	memcpy(more, rows, sizeof(rows));
	more[FFA_ROWS - 1] = more[FFA_ROWS] = (struct ffa_row){ FFA_VERSION_1_0, FFA_CONV_BOTH, WORLD, handler, 0 };
	be(FFA_FROM_SP, FFA_VERSION_1_2);
	assert_non_null(ffa_call_row(more, &caller, FFA_ID_32 | FFA_NUM_MAX));
	assert_null(ffa_call_row(more, &caller, FFA_ID_32 | (FFA_NUM_MAX + 1)));
	assert_null(ffa_call_row(more, &caller, FFA_ID_32 | (FFA_NUM_MIN - 1)));
	assert_true(ffa_call_is_ffa(FFA_ID_32 | FFA_NUM_MIN));
	assert_true(ffa_call_is_ffa(FFA_ID_32 | FFA_NUM_MAX));
	assert_true(ffa_call_is_ffa(FFA_ID_32 | FFA_ID_IS_64 | FFA_NUM_MAX));
	assert_false(ffa_call_is_ffa(FFA_ID_32 | (FFA_NUM_MIN - 1)));
	assert_false(ffa_call_is_ffa(FFA_ID_32 | (FFA_NUM_MAX + 1)));
	for (unsigned int bit = 16; bit < 32; bit++)
		assert_int_equal(ffa_call_is_ffa(FFA_VERSION ^ UINT32_C(1) << bit), UINT32_C(1) << bit == FFA_ID_IS_64);
}

static void answers(void **state)
{
	(void)state;
	memset(&r, 0xa5, sizeof(r));
	ffa_call_result(&r, OK);
	expect(FFA_SUCCESS_32, 0, 0);
	memset(&r, 0xa5, sizeof(r));
	ffa_call_result(&r, FFA_BUSY);
	expect(FFA_ERROR, 0xfffffffc, 0);
	memset(&r, 0xa5, sizeof(r));
	ffa_call_interrupt(&r, 0x8002, 3, 40);
	assert_int_equal(r.x[0], FFA_INTERRUPT);
	assert_int_equal(r.x[1], 0x80020003);
	assert_int_equal(r.x[2], 40);
	for (unsigned int i = 3; i < FFA_REGS_SHORT; i++)
		assert_int_equal(r.x[i], 0);
	expect_high_kept();
	assert_int_equal(ffa_call_regs(FFA_SUCCESS_32), 8);
	assert_int_equal(ffa_call_regs(FFA_MSG_SEND_DIRECT_REQ_64), 8);
	assert_int_equal(ffa_call_regs(FFA_MSG_SEND_DIRECT_REQ2), 18);
	assert_int_equal(ffa_call_regs(FFA_MSG_SEND_DIRECT_RESP2), 18);
	assert_int_equal(ffa_call_regs(FFA_CONSOLE_LOG_64), 18);
	assert_int_equal(ffa_call_regs(FFA_SUCCESS_64), 18);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_that_there_are),
		cmocka_unit_test(functions_that_there_are_not),
		cmocka_unit_test(by_version_and_by_who_asks),
		cmocka_unit_test(the_size_of_buffers),
		cmocka_unit_test(what_else_the_tables_have),
		cmocka_unit_test(input_properties),
		cmocka_unit_test(feature_interrupts),
		cmocka_unit_test(what_calls_are_answered_with_is_there),
		cmocka_unit_test(features_tell_what_a_call_would_do),
		cmocka_unit_test(an_unknown_call_is_answered_and_no_register_is_left),
		cmocka_unit_test(any_call_but_version_locks_the_version),
		cmocka_unit_test(the_hint_bit_of_smccc_is_not_part_of_the_number),
		cmocka_unit_test(the_numbers_of_ffa),
		cmocka_unit_test(answers),
	};

	return UNIT_RUN(tests);
}
