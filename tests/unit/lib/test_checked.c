/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite lib/checked: checked arithmetic at its edges, against 128-bit arithmetic; also the macros of
 * types.h, and list.h.
 */
#include "unit.h"

#include "lib/checked.h"
#include "lib/list.h"

static const uint64_t EDGES[] = {
	0,
	1,
	2,
	3,
	4095,
	4096,
	4097,
	0x7fffffff,
	0x80000000,
	0xffffffff,
	0x100000000,
	0x100000001,
	INT64_MAX,
	(uint64_t)INT64_MIN,
	UINT64_MAX - 4096,
	UINT64_MAX - 1,
	UINT64_MAX,
};

static void add_and_mul(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(EDGES); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(EDGES); j++) {
			unsigned __int128 a = EDGES[i], b = EDGES[j];
			uint64_t out = 77;
			bool fits = a + b <= UINT64_MAX;

			assert_int_equal(checked_add(EDGES[i], EDGES[j], &out), fits);
			assert_true(out == (fits ? (uint64_t)(a + b) : 77));
			out = 77;
			fits = a * b <= UINT64_MAX;
			assert_int_equal(checked_mul(EDGES[i], EDGES[j], &out), fits);
			assert_true(out == (fits ? (uint64_t)(a * b) : 77));
		}
	}
}

static void align_up(void **state)
{
	uint64_t out = 0;

	(void)state;
	assert_true(checked_align_up(0, 4096, &out) && out == 0);
	assert_true(checked_align_up(1, 4096, &out) && out == 4096);
	assert_true(checked_align_up(4096, 4096, &out) && out == 4096);
	assert_true(checked_align_up(UINT64_MAX - 4095, 4096, &out) && out == UINT64_MAX - 4095);
	assert_false(checked_align_up(UINT64_MAX - 4094, 4096, &out));
	assert_false(checked_align_up(UINT64_MAX, 2, &out));
	assert_true(checked_align_up(UINT64_MAX, 1, &out) && out == UINT64_MAX);
}

static void within(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(EDGES); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(EDGES); j++) {
			for (size_t k = 0; k < ARRAY_SIZE(EDGES); k++) {
				unsigned __int128 end = (unsigned __int128)EDGES[i] + EDGES[j];

				assert_int_equal(range_within(EDGES[i], EDGES[j], EDGES[k]), end <= EDGES[k]);
			}
		}
	}
}

static void overlaps(void **state)
{
	(void)state;
	for (uint64_t a = 0; a < 6; a++) {
		for (uint64_t alen = 0; alen < 6; alen++) {
			for (uint64_t b = 0; b < 6; b++) {
				for (uint64_t blen = 0; blen < 6; blen++) {
					bool share = false;

					for (uint64_t x = a; x < a + alen; x++)
						share |= x >= b && x < b + blen;
					assert_int_equal(range_overlaps(a, alen, b, blen), share);
				}
			}
		}
	}
}

static void type_macros(void **state)
{
	(void)state;
	assert_true(MASK(63, 0) == UINT64_MAX);
	assert_true(MASK(7, 4) == 0xf0);
	assert_true(MASK(0, 0) == 1);
	assert_true(MASK(63, 63) == BIT(63));
	assert_true(BITS(0xabcd, 15, 8) == 0xab);
	assert_true(BITS(UINT64_MAX, 63, 0) == UINT64_MAX);
	assert_true(BITS(UINT64_MAX, 63, 63) == 1);
	assert_true(ALIGN_UP(4097u, 4096) == 8192);
	assert_true(ALIGN_DOWN(UINT64_MAX, 4096) == UINT64_MAX - 4095);
	assert_true(IS_ALIGNED(UINT64_C(0x200000), BLOCK_SIZE));
	assert_false(IS_ALIGNED(UINT64_C(0x201000), BLOCK_SIZE));
	assert_true(pa_is_none(PA_NONE));
	assert_false(pa_is_none(PA(0)));
}

struct item {
	int n;
	struct list link;
};

static int sum(struct list *l)
{
	int n = 0;

	list_for_each(it, l)
		n = n * 10 + list_entry(it, struct item, link)->n;
	return n;
}

static void lists(void **state)
{
	struct item a = { .n = 1 }, b = { .n = 2 }, c = { .n = 3 };
	struct list l;

	(void)state;
	list_init(&l);
	assert_true(list_empty(&l));
	list_add_tail(&l, &a.link);
	list_add_tail(&l, &b.link);
	list_add(&l, &c.link);
	assert_int_equal(sum(&l), 312);
	assert_ptr_equal(list_first(&l, struct item, link), &c);
	list_del(&a.link);
	assert_int_equal(sum(&l), 32);
	assert_true(list_empty(&a.link));
	list_del(&a.link);
	assert_int_equal(sum(&l), 32);
	list_for_each_safe(it, next, &l)
		list_del(it);
	assert_true(list_empty(&l));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(add_and_mul), cmocka_unit_test(align_up),    cmocka_unit_test(within),
		cmocka_unit_test(overlaps),    cmocka_unit_test(type_macros), cmocka_unit_test(lists),
	};

	return UNIT_RUN(tests);
}
