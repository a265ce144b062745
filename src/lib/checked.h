/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checked arithmetic: no raw + or * on a number that a guest, a file or a device tree gave.
 * Each returns true and stores the result, or returns false (overflow) and leaves *out alone. Pure.
 */
#ifndef LIB_CHECKED_H
#define LIB_CHECKED_H

#include "lib/types.h"

static inline bool MUST_CHECK checked_add(uint64_t a, uint64_t b, uint64_t *out)
{
	uint64_t r;

	if (__builtin_add_overflow(a, b, &r))
		return false;
	*out = r;
	return true;
}

static inline bool MUST_CHECK checked_mul(uint64_t a, uint64_t b, uint64_t *out)
{
	uint64_t r;

	if (__builtin_mul_overflow(a, b, &r))
		return false;
	*out = r;
	return true;
}

/* n rounded up to a multiple of align (a power of two). */
static inline bool MUST_CHECK checked_align_up(uint64_t n, uint64_t align, uint64_t *out)
{
	uint64_t r;

	if (!checked_add(n, align - 1, &r))
		return false;
	*out = r & ~(align - 1);
	return true;
}

/* Is [off, off + len) inside [0, size)? An empty range at off == size is. */
static inline bool range_within(uint64_t off, uint64_t len, uint64_t size)
{
	return off <= size && len <= size - off;
}

/* Do [a, a + alen) and [b, b + blen) share a byte? The caller has checked that neither wraps. */
static inline bool range_overlaps(uint64_t a, uint64_t alen, uint64_t b, uint64_t blen)
{
	return alen && blen && a < b + blen && b < a + alen;
}

#endif
