/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The map of what is not free at boot, from ranges that a device tree gives.
 *
 * Sources: src/core/memory_map.c
 */
#include "core/memory_map.h"

#include "proof.h"

#define ADDED 2u

/* Any number of 18 bits with its sign: small ones, and those that are near 2^64. */
static uint64_t any_number(void)
{
	return (uint64_t)((int64_t)(nondet_u64() << 46) >> 46);
}

/*
 * Whole words, of an array of ranges that overlaps itself. lib/string.c's is tested on its own; here it would
 * only cost time.
 */
void *memmove(void *dst, const void *src, size_t n)
{
	uint64_t copy[2 * ADDED];

	PROVE(n % 8 == 0 && n <= sizeof(copy), "no more than there are holes");
	for (size_t i = 0; i < n / 8; i++)
		copy[i] = ((const uint64_t *)src)[i];
	for (size_t i = 0; i < n / 8; i++)
		((uint64_t *)dst)[i] = copy[i];
	return dst;
}

/*
 * Property: holes are whole pages, in order, apart from each other, and none wraps; each byte that was added is
 * in a hole
 *   (but for the last page of all); the free run that is found has none
 * Bound: 2 ranges; bases and sizes up to 128 KiB, or up to 128 KiB below 2^64
 * Options: --unwind 5 --unwindset memmove.0:8,memmove.1:8
 */
void prove_memory_map(void)
{
	static struct memory_map m;
	struct hw_range r[ADDED];
	const uint64_t byte = any_number();
	bool added = false, in_hole = false;
	uint64_t at, end, run;

	for (unsigned int i = 0; i < ADDED; i++) {
		r[i] = (struct hw_range){ any_number(), any_number() };
		PROVE(memory_map_add(&m, r[i]) == OK, "there is room for it");
		added |= byte >= r[i].base && byte - r[i].base < r[i].size;
	}
	PROVE(m.count <= ADDED, "no more holes than ranges");
	for (unsigned int i = 0; i < m.count; i++) {
		const uint64_t base = m.hole[i].base, size = m.hole[i].size;

		PROVE(size && IS_ALIGNED(base | size, PAGE_SIZE), "whole pages");
		PROVE((wide_t)base + size <= UINT64_MAX, "does not wrap");
		PROVE(!i || m.hole[i - 1].base + m.hole[i - 1].size < base, "in order and apart");
		in_hole |= byte >= base && byte - base < size;
	}
	PROVE(!added || in_hole || byte >= ~(PAGE_SIZE - 1), "what was added is in a hole");
	POSSIBLE(m.count == ADDED);
	POSSIBLE(m.count == 1 && r[0].size && r[1].size);

	at = any_number();
	end = any_number();
	if (!memory_map_next_free(&m, &at, end, &run))
		return;
	PROVE(IS_ALIGNED(at | run, PAGE_SIZE) && run && (wide_t)at + run <= end,
	      "a free run: whole pages before the end");
	PROVE(!in_hole || byte < at || byte - at >= run, "with no hole in it");
}
