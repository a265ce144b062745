/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The buddy allocator over one bank, at any place in memory: what stays true after each step stays true for ever.
 *
 * Sources: (the file itself is included, for its static functions)
 */
#include "core/frame.c" // NOLINT(bugprone-suspicious-include)
#include "proof.h"

#define PAGES 6u

static struct record records[PAGES];
static struct bank bank;

/* The bank's free blocks are those that the lists have: count pages by the records' words. */
static uint64_t free_in_blocks(void)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < bank.pages; i++) {
		const struct record *r = &records[i];

		if (r->state != FRAME_FREE || r->first == NOT_FIRST)
			continue;
		PROVE(r->first <= 4, "no block is larger than the bank");
		PROVE(IS_ALIGNED(bank.pfn + i, BIT(r->first - 1u)), "a block is aligned to its size");
		PROVE(i + BIT(r->first - 1u) <= bank.pages, "a block lies in the bank");
		PROVE(bank.nonempty & 1U << (r->first - 1u), "its list is not empty");
		sum += BIT(r->first - 1u);
	}
	return sum;
}

/*
 * Property: whole_pages are the pages inside of a range, and nothing wraps
 * Bound: all ranges
 */
void prove_frame_whole_pages(void)
{
	const uint64_t base = nondet_u64(), size = nondet_u64(), page = nondet_u64();
	uint64_t pfn, pages;
	bool inside;

	ASSUME(page <= UINT64_MAX >> PAGE_SHIFT);
	inside = (wide_t)page * PAGE_SIZE >= base && ((wide_t)page + 1) * PAGE_SIZE <= (wide_t)base + size;
	if (!whole_pages(PA(base), size, &pfn, &pages)) {
		PROVE(!inside || (wide_t)base + size > UINT64_MAX, "none only when none is inside, or it wraps");
		return;
	}
	PROVE(inside == (page >= pfn && page - pfn < pages), "these pages and no others");
	POSSIBLE(pages == 3 && base % PAGE_SIZE);
}

/* A bank that begins at that page, of which [at, at + pages) is given and a block of that order taken. */
static void buddy(uint64_t first, uint64_t at, uint64_t pages, unsigned int order)
{
	uint64_t pfn;

	bank = (struct bank){ .pfn = first, .pages = PAGES, .rec = records };
	for (unsigned int i = 0; i < ORDERS; i++)
		bank.list[i] = NIL;
	for (unsigned int i = 0; i < PAGES; i++)
		records[i] = (struct record){ .state = i >= at && i < at + pages ? FRAME_FREE : FRAME_RESERVED };
	insert_range(&bank, first + at, pages);
	PROVE(free_in_blocks() == pages, "all that was given is free");
	pfn = take_block(&bank, order);
	if (pfn == UINT64_MAX) {
		PROVE(bank.nonempty >> order == 0, "none only when there is none so large");
		return;
	}
	PROVE(IS_ALIGNED(pfn, BIT(order)), "aligned");
	PROVE(pfn >= first + at && range_within(pfn - first - at, BIT(order), pages), "out of those given");
	set_records(&records[pfn - first], order, (struct record){ .owner = 1, .state = FRAME_OWNED });
	PROVE(free_in_blocks() == pages - BIT(order), "the rest is free");
}

/*
 * Property: pages given to the allocator and one block taken from it: blocks are aligned, lie in the bank, do not
 * overlap, and none is
 *   lost: the free pages are those given less those taken
 * Bound: a bank of 6 pages that begins anywhere as to alignment to 4 pages, each run of its pages given, blocks of 1, 2
 * and 4 pages taken
 * Options: --unwind 20
 */
void prove_frame_buddy(void)
{
	for (uint64_t first = 0x3ffff; first < 0x40003; first++) {
		for (uint64_t at = 0; at < PAGES; at++) {
			for (uint64_t pages = 1; pages <= PAGES - at; pages++) {
				for (unsigned int order = 0; order <= 2; order++)
					buddy(first, at, pages, order);
			}
		}
	}
	POSSIBLE(true);
}
