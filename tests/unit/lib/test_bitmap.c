/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite lib/bitmap: searching and counting, at every word edge, against a naive model. */
#include "unit.h"

#include "lib/bitmap.h"

#define NBITS 200

static unsigned int model_next(const uint64_t *map, unsigned int nbits, unsigned int from, bool set)
{
	unsigned int i;

	for (i = from; i < nbits; i++) {
		if (bitmap_test(map, i) == set)
			return i;
	}
	return nbits;
}

static void set_clear_test(void **state)
{
	uint64_t map[BITMAP_WORDS(NBITS)] = { 0 };

	(void)state;
	for (unsigned int i = 0; i < NBITS; i++) {
		assert_false(bitmap_test(map, i));
		bitmap_set(map, i);
		assert_true(bitmap_test(map, i));
		assert_int_equal(bitmap_count(map, NBITS), 1);
		assert_int_equal(bitmap_next_set(map, NBITS, 0), i);
		assert_int_equal(bitmap_next_clear(map, NBITS, i), i + 1);
		bitmap_clear(map, i);
		assert_false(bitmap_test(map, i));
	}
}

static void empty_and_full(void **state)
{
	uint64_t map[BITMAP_WORDS(NBITS)] = { 0 };

	(void)state;
	assert_int_equal(bitmap_next_set(map, NBITS, 0), NBITS);
	assert_int_equal(bitmap_next_clear(map, NBITS, 0), 0);
	assert_int_equal(bitmap_next_set(map, 0, 0), 0);
	assert_int_equal(bitmap_next_set(map, NBITS, NBITS), NBITS);
	assert_int_equal(bitmap_next_set(map, NBITS, NBITS + 1000), NBITS);
	memset(map, 0xff, sizeof(map));
	assert_int_equal(bitmap_next_clear(map, NBITS, 0), NBITS);
	assert_int_equal(bitmap_next_set(map, NBITS, NBITS - 1), NBITS - 1);
	assert_int_equal(bitmap_count(map, NBITS), NBITS);
}

/* Bits beyond nbits in the last word are not the caller's, and never answered. */
static void tail_is_ignored(void **state)
{
	uint64_t map[1] = { BIT(40) };

	(void)state;
	assert_int_equal(bitmap_next_set(map, 40, 0), 40);
	assert_int_equal(bitmap_count(map, 40), 0);
	assert_int_equal(bitmap_next_set(map, 41, 0), 40);
	assert_int_equal(bitmap_count(map, 41), 1);
	map[0] = BIT(40) - 1;
	assert_int_equal(bitmap_next_clear(map, 40, 0), 40);
}

static void random_against_model(void **state)
{
	uint64_t map[BITMAP_WORDS(NBITS)];
	uint64_t seed = 12345;

	(void)state;
	for (unsigned int round = 0; round < 200; round++) {
		unsigned int nbits = 1 + round % NBITS, count = 0;

		for (unsigned int w = 0; w < ARRAY_SIZE(map); w++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			map[w] = round % 3 == 0 ? seed & (seed >> 7) & (seed >> 21) : seed;
		}
		for (unsigned int i = 0; i < nbits; i++)
			count += bitmap_test(map, i);
		assert_int_equal(bitmap_count(map, nbits), count);
		for (unsigned int from = 0; from <= nbits; from++) {
			assert_int_equal(bitmap_next_set(map, nbits, from), model_next(map, nbits, from, true));
			assert_int_equal(bitmap_next_clear(map, nbits, from), model_next(map, nbits, from, false));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_clear_test),
		cmocka_unit_test(empty_and_full),
		cmocka_unit_test(tail_is_ignored),
		cmocka_unit_test(random_against_model),
	};

	return UNIT_RUN(tests);
}
