/* SPDX-License-Identifier: BSD-3-Clause */
/* Bitmaps of 64-bit words. No locking here: the owner of the bitmap has the lock. Indices are ours, not a guest's. */
#ifndef LIB_BITMAP_H
#define LIB_BITMAP_H

#include "lib/types.h"

#define BITMAP_WORDS(bits) (((bits) + 63) / 64)

static inline bool bitmap_test(const uint64_t *map, unsigned int bit)
{
	return (map[bit / 64] >> (bit % 64)) & 1;
}

static inline void bitmap_set(uint64_t *map, unsigned int bit)
{
	map[bit / 64] |= BIT(bit % 64);
}

static inline void bitmap_clear(uint64_t *map, unsigned int bit)
{
	map[bit / 64] &= ~BIT(bit % 64);
}

/* Index of the first set (or clear) bit at or after from; nbits when there is none. */
unsigned int bitmap_next_set(const uint64_t *map, unsigned int nbits, unsigned int from);
unsigned int bitmap_next_clear(const uint64_t *map, unsigned int nbits, unsigned int from);
unsigned int bitmap_count(const uint64_t *map, unsigned int nbits);

#endif
