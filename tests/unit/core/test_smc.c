/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite core/smc: from function identifier to row; the role here is this file's own. */
#include "unit.h"

#include "core/smc.h"
#include "core/vcpu.h"
#include "role/role.h"

static unsigned int calls, others;
static bool other_answers;

static void answer(struct vcpu *v)
{
	calls++;
	v->arch.x[0] = 0x1234;
}

const struct smc_row role_smc_std[256] = {
	[0x00] = { answer, SMC_32 },
	[0x03] = { answer, SMC_BOTH },
	[0x10] = { answer, SMC_64 },
	[0xff] = { answer, SMC_BOTH },
};

bool role_smc_other(struct vcpu *v)
{
	others++;
	if (other_answers)
		v->arch.x[0] = 0x5678;
	return other_answers;
}

/* x0 after the call; all others must be as before. */
static uint64_t call(uint64_t x0)
{
	struct vcpu v = { 0 };

	for (unsigned int i = 0; i < 31; i++)
		v.arch.x[i] = 0xa5a5000000000000 + i;
	v.arch.x[0] = x0;
	calls = others = 0;
	smc_dispatch(&v);
	for (unsigned int i = 1; i < 31; i++)
		assert_int_equal(v.arch.x[i], 0xa5a5000000000000 + i);
	return v.arch.x[0];
}

static void test_std(void **state UNUSED)
{
	static const struct {
		uint32_t fid;
		bool known;
	} c[] = {
		{ 0x84000000, true },  { 0xc4000000, false }, /* SMC32 alone */
		{ 0x84000003, true },  { 0xc4000003, true },  { 0x84000010, false },
		{ 0xc4000010, true },			      /* SMC64 alone */
		{ 0x84000001, false }, { 0xc4000001, false }, /* no row */
		{ 0x840000ff, true },  { 0xc40000ff, true },  { 0x84010000, true },
		{ 0xc4010003, true },  { 0xc4010000, false }, /* the hint bit */
	};

	for (size_t i = 0; i < ARRAY_SIZE(c); i++) {
		assert_int_equal(call(c[i].fid), c[i].known ? 0x1234 : UINT64_MAX);
		assert_int_equal(calls, c[i].known);
		assert_int_equal(others, 0);
	}
	/* The upper half of x0 is no part of the identifier. */
	assert_int_equal(call(0xdeadbeef84000000), 0x1234);
}

static void test_other(void **state UNUSED)
{
	static const uint32_t fids[] = {
		0x80000000, 0x86000000, 0x85000000, 0x83000000, 0xbf000000,
		0xff000000, 0x04000000, 0x44000003,			    /* yielding calls of owner 4 */
		0x84000100, 0x84008000, 0x84020000, 0x84800003, 0x84040003, /* bits of owner 4 that no row has */
		0,	    0xffffffff,
	};

	for (size_t i = 0; i < ARRAY_SIZE(fids); i++) {
		other_answers = false;
		assert_int_equal(call(fids[i]), UINT64_MAX);
		assert_int_equal(others, 1);
		assert_int_equal(calls, 0);
		other_answers = true;
		assert_int_equal(call(fids[i]), 0x5678);
		assert_int_equal(others, 1);
	}
}

/* Any identifier: it is answered by exactly one, and by a row only when the row is there. */
static void test_any(void **state UNUSED)
{
	uint64_t x = 1;

	other_answers = false;
	for (unsigned int i = 0; i < 1000000; i++) {
		uint32_t fid, fn;
		bool row;

		x = x * 6364136223846793005u + 1442695040888963407u;
		fid = (uint32_t)(x >> 32);
		if (i & 1) /* mostly near the rows */
			fid = (fid & 0x4001001f) | 0x84000000 | ((fid >> 24 & 3) == 3 ? 1u << (fid >> 27) : 0);
		fn = fid & 0xff;
		row = (fid & 0xbffeff00) == 0x84000000 &&
		      (fn == 3 || fn == 0xff || (fn == 0 && !(fid & 0x40000000)) || (fn == 0x10 && fid & 0x40000000));
		assert_int_equal(call(fid), row ? 0x1234 : UINT64_MAX);
		assert_int_equal(calls, row);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_std),
		cmocka_unit_test(test_other),
		cmocka_unit_test(test_any),
	};

	return UNIT_RUN(tests);
}
