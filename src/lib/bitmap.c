/* SPDX-License-Identifier: BSD-3-Clause */
/* Searching and counting in bitmaps of 64-bit words. Pure, no state, no lock. */
#include "lib/bitmap.h"

/* The first set bit of (map ^ invert) at or after from. */
static unsigned int bitmap_next(const uint64_t *map, unsigned int nbits, unsigned int from, uint64_t invert)
{
	uint64_t word;

	if (from >= nbits)
		return nbits;
	word = (map[from / 64] ^ invert) & (UINT64_MAX << (from % 64));
	for (unsigned int i = from / 64;;) {
		if (word) {
			unsigned int bit = i * 64 + (unsigned int)__builtin_ctzll(word);

			return MIN(bit, nbits);
		}
		if (++i >= BITMAP_WORDS(nbits))
			return nbits;
		word = map[i] ^ invert;
	}
}

unsigned int bitmap_next_set(const uint64_t *map, unsigned int nbits, unsigned int from)
{
	return bitmap_next(map, nbits, from, 0);
}

unsigned int bitmap_next_clear(const uint64_t *map, unsigned int nbits, unsigned int from)
{
	return bitmap_next(map, nbits, from, UINT64_MAX);
}

/* Bits set in a word. The compiler's own would use FP/SIMD registers, or call libgcc. */
static unsigned int bitmap_weight(uint64_t w)
{
	unsigned int n = 0;

	for (; w; w &= w - 1)
		n++;
	return n;
}

unsigned int bitmap_count(const uint64_t *map, unsigned int nbits)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < nbits / 64; i++)
		n += bitmap_weight(map[i]);
	if (nbits % 64)
		n += bitmap_weight(map[nbits / 64] & (BIT(nbits % 64) - 1));
	return n;
}
