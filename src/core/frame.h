/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Physical pages: the one authority on who owns each of them and in which state it is, and the
 * allocator of free ones.
 *
 * Every 4 KiB page of RAM has a record. Stage-2 tables follow the records, never the other way round. Lock: one
 * (LOCK_FRAME), inside. A buddy allocator: blocks of 2^order pages, aligned to their size.
 */
#ifndef CORE_FRAME_H
#define CORE_FRAME_H

#include "lib/types.h"

/* Owners: 0 nobody (free), FRAME_TRIVET ourselves, else the id of a partition. */
#define FRAME_NOBODY 0
#define FRAME_TRIVET 0xffff

#define FRAME_ORDER_MAX 18 /* 1 GiB */

/* pKVM's model; what is not shared, lent or donated is OWNED by its owner. */
enum frame_state {
	FRAME_RESERVED, /* not ours to give: firmware, the image, the bundle, holes. Zero: what new records say */
	FRAME_FREE,
	FRAME_OWNED,
	FRAME_SHARED_OWNED,
	FRAME_SHARED_BORROWED,
	FRAME_LENT,
	FRAME_DONATED,
};

struct frame_info {
	uint16_t owner;
	enum frame_state state;
	uint8_t order; /* of the allocation that begins here; FRAME_NO_ORDER: none does */
	uint32_t share_count;
};

#define FRAME_NO_ORDER 0xff

/*
 * Set up the records for the whole pages of RAM [base, base + size) (several calls for several
 * banks), all RESERVED. The records themselves live in memory that the caller gives:
 * frame_records_size(size) bytes (whole pages) at the page-aligned EL2 address records. E_NOMEM
 * when there are too many banks, E_INVAL when there is no page in it or it is more than 16 TiB,
 * E_EXIST when it overlaps another bank.
 */
size_t frame_records_size(uint64_t size);
int frame_add_bank(pa_t base, uint64_t size, void *records) MUST_CHECK;

/*
 * RESERVED -> FREE for the whole pages inside [base, base + size), which lie in one bank; from a bank's
 * beginning to its end. E_STATE when it is not above what was released before, E_RANGE when no bank has them: nothing
 * has changed. What the firmware left in them stays in them.
 */
int frame_release(pa_t base, uint64_t size) MUST_CHECK;

/*
 * 2^order contiguous pages, aligned to their size, for owner (state OWNED). PA_NONE when there is
 * none. Contents: zero when they have ever been freed, else as the firmware left them.
 */
pa_t frame_alloc(unsigned int order, uint16_t owner) MUST_CHECK;

/*
 * These very pages, all of them FREE: page by page for owner, as frame_alloc(0, owner) would give them. E_INVAL:
 * misaligned or empty; E_RANGE: no bank has them; E_STATE: one is not free; nothing has changed then.
 */
int frame_take(pa_t base, uint64_t size, uint16_t owner) MUST_CHECK;

/*
 * Give back what frame_alloc gave, zeroed, whoever the owner was: a partition must see nothing of
 * another, nor of ours. CHECKs that it is an allocation of that order, and that none of its pages
 * is shared, lent or donated.
 */
void frame_free(pa_t pa, unsigned int order);

/* The record of a page. E_RANGE when no bank has it. */
int frame_get(pa_t pa, struct frame_info *info) MUST_CHECK;

/* Is [pa, pa+size) wholly RAM / wholly owned (state OWNED) by owner? */
bool frame_is_ram(pa_t pa, uint64_t size);
bool frame_owned_by(pa_t pa, uint64_t size, uint16_t owner);

/* Pages free now, and in all. */
uint64_t frame_count_free(void);
uint64_t frame_count_total(void);

/* Test builds: forget everything. */
void frame_reset(void);

#endif
