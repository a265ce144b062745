/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bitmaps: the search and the count compared with looking at the bits.
 *
 * Sources: src/lib/bitmap.c
 */
#include "lib/bitmap.h"

#include "proof.h"

#define BITS_MAX 160u

/* Exactly the words that so many bits need. */
static uint64_t *any_map(unsigned int nbits)
{
	return any_bytes(BITMAP_WORDS(nbits) * sizeof(uint64_t));
}

/*
 * Property: bitmap_next_set and _clear give the first such bit at or after from, or nbits; nothing behind the last
 * word is read
 * Bound: maps of up to 160 bits, any size, start and content
 * Options: --unwind 5
 */
void prove_bitmap_next(void)
{
	const unsigned int nbits = nondet_u8(), from = nondet_u32(), other = nondet_u8();
	const bool set = nondet_bool();
	const uint64_t *map;
	unsigned int found;

	ASSUME(nbits <= BITS_MAX);
	map = any_map(nbits);
	found = set ? bitmap_next_set(map, nbits, from) : bitmap_next_clear(map, nbits, from);
	PROVE(found <= nbits, "a bit of the map, or its size");
	PROVE(found == nbits || (found >= from && bitmap_test(map, found) == set), "such a bit, not before from");
	ASSUME(other >= from && other < found && other < nbits);
	PROVE(bitmap_test(map, other) != set, "none before it");
	POSSIBLE(found == nbits && nbits > 130);
	POSSIBLE(found < nbits && found > 130 && from < 60);
}

/*
 * Property: bitmap_count counts the set bits of the map, and none behind it
 * Bound: maps of up to 160 bits, of any size, with up to 3 bits set anywhere in their words
 * Options: --unwind 5 --unwindset bitmap_count.0:4
 */
void prove_bitmap_count(void)
{
	const unsigned int nbits = nondet_u8();
	uint64_t map[BITMAP_WORDS(BITS_MAX)] = { 0 };
	unsigned int bit[3], sum = 0;

	ASSUME(nbits <= BITS_MAX);
	for (unsigned int i = 0; i < ARRAY_SIZE(bit); i++) {
		bit[i] = nondet_u8();
		ASSUME(bit[i] < BITMAP_WORDS(BITS_MAX) * 64);
		sum += bit[i] < nbits && !bitmap_test(map, bit[i]);
		bitmap_set(map, bit[i]);
	}
	PROVE(bitmap_count(map, nbits) == sum, "the number of set bits");
	POSSIBLE(sum == 3 && nbits == BITS_MAX && bit[0] > 128);
	POSSIBLE(sum == 1 && nbits == 64);
}
