/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Physical pages: a record for each, and a buddy allocator whose lists run through the records.
 *
 * State owned: the banks and their records. Lock: frames.lock (LOCK_FRAME).
 *
 * A bank has a list of free blocks for each order; a bit in bank->nonempty says which lists are not
 * empty, so that finding, splitting and merging blocks takes O(order) steps. Writing the records of
 * allocated pages takes a step a page, as each has its own owner; of a free block only the first one's is written, so
 * that a machine's memory costs no step a page at boot.
 */
#include "core/frame.h"

#include "arch/mmu.h"
#include "core/lock.h"
#include "core/panic.h"
#include "core/s1.h"
#include "lib/checked.h"
#include "lib/string.h"

#define BANKS_MAX 16
#define NIL	  UINT32_MAX
#define ORDERS	  (FRAME_ORDER_MAX + 1)

/*
 * The first page of a block says how large the block is; all others have NOT_FIRST. Zeroed: not first of anything;
 * inside a free block FREE, which state_of() finds out, and else RESERVED.
 */
#define NOT_FIRST    0
#define FIRST(order) ((uint8_t)((order) + 1))

struct record {
	uint16_t owner;
	uint8_t state; /* enum frame_state */
	uint8_t first;
	uint32_t share_count;
	uint32_t next, prev; /* free blocks: records of the same list, by index in the bank */
};

_Static_assert(sizeof(struct record) == 16, "a record costs 1/256 of its page");

struct bank {
	uint64_t pfn, pages; /* first page frame number, and how many */
	uint64_t released;   /* pages at its beginning that frame_release() has passed */
	struct record *rec;
	uint32_t list[ORDERS]; /* first free block, or NIL */
	uint32_t nonempty;     /* a bit for each order */
};

static struct {
	struct spinlock lock;
	unsigned int banks;
	uint64_t free, total; /* pages */
	struct bank bank[BANKS_MAX];
} frames = { .lock = SPINLOCK_INIT(LOCK_FRAME) };

/* The pages wholly inside [base, base + size), as [*pfn, *pfn + *pages). */
static bool whole_pages(pa_t base, uint64_t size, uint64_t *pfn, uint64_t *pages)
{
	uint64_t from, to;

	if (!checked_add(base.a, size, &to) || !checked_align_up(base.a, PAGE_SIZE, &from))
		return false;
	to = ALIGN_DOWN(to, PAGE_SIZE);
	if (to <= from)
		return false;
	*pfn = from >> PAGE_SHIFT;
	*pages = (to - from) >> PAGE_SHIFT;
	return true;
}

/* The bank that has all of these pages, or NULL. */
static struct bank *find_bank(uint64_t pfn, uint64_t pages)
{
	for (unsigned int i = 0; i < frames.banks; i++) {
		struct bank *b = &frames.bank[i];

		if (pfn >= b->pfn && range_within(pfn - b->pfn, pages, b->pages))
			return b;
	}
	return NULL;
}

static void list_push(struct bank *b, unsigned int order, uint32_t i)
{
	struct record *r = &b->rec[i];

	r->state = FRAME_FREE;
	r->first = FIRST(order);
	r->prev = NIL;
	r->next = b->list[order];
	if (r->next != NIL)
		b->rec[r->next].prev = i;
	b->list[order] = i;
	b->nonempty |= 1U << order;
}

static void list_remove(struct bank *b, unsigned int order, uint32_t i)
{
	struct record *r = &b->rec[i];

	if (r->next != NIL)
		b->rec[r->next].prev = r->prev;
	if (r->prev != NIL)
		b->rec[r->prev].next = r->next;
	else
		b->list[order] = r->next;
	if (b->list[order] == NIL)
		b->nonempty &= ~(1U << order);
	*r = (struct record){ .state = FRAME_RESERVED };
}

/* Put a block of FREE pages on its list, merged with its buddy as long as that is free and whole. */
static void insert_block(struct bank *b, uint64_t pfn, unsigned int order)
{
	while (order < FRAME_ORDER_MAX) {
		uint64_t buddy = pfn ^ BIT(order);
		struct record *r;

		if (buddy < b->pfn || !range_within(buddy - b->pfn, BIT(order), b->pages))
			break;
		r = &b->rec[buddy - b->pfn];
		if (r->state != FRAME_FREE || r->first != FIRST(order))
			break;
		list_remove(b, order, (uint32_t)(buddy - b->pfn));
		pfn &= ~BIT(order);
		order++;
	}
	list_push(b, order, (uint32_t)(pfn - b->pfn));
}

/* Any run of FREE pages, as the largest aligned blocks. */
static void insert_range(struct bank *b, uint64_t pfn, uint64_t pages)
{
	while (pages) {
		unsigned int order = 63U - (unsigned int)__builtin_clzll(pages);

		if (pfn)
			order = MIN(order, (unsigned int)__builtin_ctzll(pfn));
		order = MIN(order, (unsigned int)FRAME_ORDER_MAX);
		insert_block(b, pfn, order);
		pfn += BIT(order);
		pages -= BIT(order);
	}
}

/* Take a block of that order out of a bank: PFN, or UINT64_MAX. */
static uint64_t take_block(struct bank *b, unsigned int order)
{
	uint32_t fitting = b->nonempty & ~((1U << order) - 1);
	unsigned int have;
	uint32_t i;

	if (!fitting)
		return UINT64_MAX;
	have = (unsigned int)__builtin_ctz(fitting);
	i = b->list[have];
	list_remove(b, have, i);
	/* Give the upper halves back until it is small enough. */
	while (have > order) {
		have--;
		list_push(b, have, i + (1U << have));
	}
	return b->pfn + i;
}

size_t frame_records_size(uint64_t size)
{
	return ALIGN_UP((size >> PAGE_SHIFT) * sizeof(struct record), PAGE_SIZE);
}

int frame_add_bank(pa_t base, uint64_t size, void *records)
{
	struct bank *b = &frames.bank[frames.banks];
	uint64_t pfn, pages;

	if (!whole_pages(base, size, &pfn, &pages) || pages >= NIL)
		return E_INVAL;
	if (frames.banks == BANKS_MAX)
		return E_NOMEM;
	for (unsigned int i = 0; i < frames.banks; i++) {
		if (range_overlaps(frames.bank[i].pfn, frames.bank[i].pages, pfn, pages))
			return E_EXIST;
	}
	arch_zero_pages(records, frame_records_size(pages << PAGE_SHIFT));
	spin_lock(&frames.lock);
	b->pfn = pfn;
	b->pages = pages;
	b->rec = records;
	b->released = 0;
	b->nonempty = 0;
	for (unsigned int i = 0; i < ORDERS; i++)
		b->list[i] = NIL;
	frames.banks++;
	frames.total += pages;
	spin_unlock(&frames.lock);
	return OK;
}

int frame_release(pa_t base, uint64_t size)
{
	uint64_t pfn, pages;
	struct bank *b;
	int rc = OK;

	if (!whole_pages(base, size, &pfn, &pages))
		return OK;
	spin_lock(&frames.lock);
	b = find_bank(pfn, pages);
	if (!b)
		rc = E_RANGE;
	else if (pfn - b->pfn < b->released)
		rc = E_STATE;
	if (rc == OK) {
		insert_range(b, pfn, pages);
		b->released = pfn - b->pfn + pages;
		frames.free += pages;
	}
	spin_unlock(&frames.lock);
	return rc;
}

/* Make 2^order records say the same; the first one, which block it is. By words: a VM's memory is thousands of them. */
static void set_records(struct record *r, unsigned int order, struct record what)
{
	uint64_t *to = (uint64_t *)(void *)r, word[2];
	const uint64_t *end = to + (BIT(order) << 1);

	/* Read back, so that the compiler stores words and not members. */
	*r = what;
	word[0] = READ_ONCE(to[0]);
	word[1] = READ_ONCE(to[1]);
	while ((to += 2) != end) {
		to[0] = word[0];
		to[1] = word[1];
	}
	r->first = FIRST(order);
}

pa_t frame_alloc(unsigned int order, uint16_t owner)
{
	uint64_t pfn = UINT64_MAX;

	CHECK(owner != FRAME_NOBODY);
	if (order > FRAME_ORDER_MAX)
		return PA_NONE;
	spin_lock(&frames.lock);
	for (unsigned int i = 0; i < frames.banks && pfn == UINT64_MAX; i++) {
		struct bank *b = &frames.bank[i];

		pfn = take_block(b, order);
		if (pfn == UINT64_MAX)
			continue;
		set_records(&b->rec[pfn - b->pfn], order, (struct record){ .owner = owner, .state = FRAME_OWNED });
		frames.free -= BIT(order);
	}
	spin_unlock(&frames.lock);
	return pfn == UINT64_MAX ? PA_NONE : PA(pfn << PAGE_SHIFT);
}

/* The free block that page i of a bank is in; NIL: none. */
static uint32_t free_block(const struct bank *b, uint64_t i, unsigned int *order)
{
	for (*order = 0; *order <= FRAME_ORDER_MAX; (*order)++) {
		uint64_t first = (b->pfn + i) & ~(BIT(*order) - 1);

		if (first < b->pfn)
			break;
		first -= b->pfn;
		if (b->rec[first].state == FRAME_FREE && b->rec[first].first == FIRST(*order))
			return (uint32_t)first;
	}
	return NIL;
}

static enum frame_state state_of(const struct bank *b, uint64_t i)
{
	unsigned int order;

	if (b->rec[i].state == FRAME_RESERVED && free_block(b, i, &order) != NIL)
		return FRAME_FREE;
	return (enum frame_state)b->rec[i].state;
}

/* One FREE page out of the block that it is in: the halves that it is not in go back. */
static void take_page(struct bank *b, uint64_t i, uint16_t owner)
{
	unsigned int order;
	uint32_t block = free_block(b, i, &order);

	list_remove(b, order, block);
	while (order) {
		uint32_t upper = block + (1U << --order);

		list_push(b, order, i < upper ? upper : block);
		block = i < upper ? block : upper;
	}
	set_records(&b->rec[i], 0, (struct record){ .owner = owner, .state = FRAME_OWNED });
}

int frame_take(pa_t base, uint64_t size, uint16_t owner)
{
	uint64_t pfn = base.a >> PAGE_SHIFT, pages = size >> PAGE_SHIFT;
	struct bank *b;
	int rc;

	CHECK(owner != FRAME_NOBODY);
	if (!size || !IS_ALIGNED(base.a | size, PAGE_SIZE))
		return E_INVAL;
	spin_lock(&frames.lock);
	b = find_bank(pfn, pages);
	rc = b ? OK : E_RANGE;
	for (uint64_t i = 0; rc == OK && i < pages; i++)
		rc = state_of(b, pfn - b->pfn + i) == FRAME_FREE ? OK : E_STATE;
	for (uint64_t i = 0; rc == OK && i < pages; i++)
		take_page(b, pfn - b->pfn + i, owner);
	if (rc == OK)
		frames.free -= pages;
	spin_unlock(&frames.lock);
	return rc;
}

void frame_free(pa_t pa, unsigned int order)
{
	uint64_t pfn = pa.a >> PAGE_SHIFT;
	struct record *r;
	struct bank *b;

	CHECK(order <= FRAME_ORDER_MAX && IS_ALIGNED(pa.a, PAGE_SIZE << order));
	spin_lock(&frames.lock);
	b = find_bank(pfn, BIT(order));
	CHECK(b != NULL);
	r = &b->rec[pfn - b->pfn];
	CHECK(r->state == FRAME_OWNED && r->first == FIRST(order));
	for (uint64_t i = 1; i < BIT(order); i++)
		CHECK(r[i].state == FRAME_OWNED && r[i].owner == r->owner && r[i].first == NOT_FIRST);
	r->first = NOT_FIRST; /* ours alone from here on, while it is scrubbed without the lock */
	spin_unlock(&frames.lock);

	arch_zero_pages(pa_to_ptr(pa), PAGE_SIZE << order);

	spin_lock(&frames.lock);
	memset(r, 0, sizeof(*r) << order);
	insert_block(b, pfn, order);
	frames.free += BIT(order);
	spin_unlock(&frames.lock);
}

int frame_get(pa_t pa, struct frame_info *info)
{
	uint64_t pfn = pa.a >> PAGE_SHIFT;
	struct bank *b;

	spin_lock(&frames.lock);
	b = find_bank(pfn, 1);
	if (b) {
		const struct record *r = &b->rec[pfn - b->pfn];
		bool first = r->state != FRAME_FREE && r->first != NOT_FIRST;

		info->owner = r->owner;
		info->state = state_of(b, pfn - b->pfn);
		info->order = first ? (uint8_t)(r->first - 1) : FRAME_NO_ORDER;
		info->share_count = r->share_count;
	}
	spin_unlock(&frames.lock);
	return b ? OK : E_RANGE;
}

/*
 * Does each page of the range have a record that says so? owner FRAME_NOBODY: any, in any state. Ranges may span banks.
 */
static bool all_pages(pa_t pa, uint64_t size, uint16_t owner)
{
	uint64_t end;
	bool ok;

	if (size == 0 || !checked_add(pa.a, size, &end))
		return false;
	spin_lock(&frames.lock);
	ok = true;
	for (uint64_t pfn = pa.a >> PAGE_SHIFT; ok && pfn <= (end - 1) >> PAGE_SHIFT;) {
		struct bank *b = find_bank(pfn, 1);
		struct record *r;

		if (!b) {
			ok = false;
		} else if (owner == FRAME_NOBODY) {
			pfn = b->pfn + b->pages; /* the rest of the bank is RAM too */
		} else {
			r = &b->rec[pfn - b->pfn];
			ok = r->state == FRAME_OWNED && r->owner == owner;
			pfn++;
		}
	}
	spin_unlock(&frames.lock);
	return ok;
}

bool frame_is_ram(pa_t pa, uint64_t size)
{
	return all_pages(pa, size, FRAME_NOBODY);
}

bool frame_owned_by(pa_t pa, uint64_t size, uint16_t owner)
{
	return owner != FRAME_NOBODY && all_pages(pa, size, owner);
}

uint64_t frame_count_free(void)
{
	uint64_t n;

	spin_lock(&frames.lock);
	n = frames.free;
	spin_unlock(&frames.lock);
	return n;
}

uint64_t frame_count_total(void)
{
	uint64_t n;

	spin_lock(&frames.lock);
	n = frames.total;
	spin_unlock(&frames.lock);
	return n;
}

void frame_reset(void)
{
	memset(&frames, 0, sizeof(frames));
	spin_init(&frames.lock, LOCK_FRAME);
}
