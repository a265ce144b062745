/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables of either stage: 4 KiB granule, levels 0 to 3, blocks of 1 GiB and 2 MiB (ARM DDI 0487 D8.2, D8.3).
 *
 * s1.c and s2.c say how a leaf looks, where table pages come from and how TLBs are cleaned;
 * walking, splitting, the order of a change and the freeing of empty tables are here, once for
 * both. Every operation plans first and takes all table pages that it will need, and only then
 * changes something: on an error nothing has changed (bug class 6).
 *
 * No lock of its own: the owner of the table holds its lock over each call, pgtable_lookup included.
 */
#ifndef CORE_PGTABLE_H
#define CORE_PGTABLE_H

#include "lib/types.h"

/* What descriptors of both stages have in common (ARM DDI 0487 D8.3.1). */
#define PGTABLE_VALID BIT(0)
#define PGTABLE_TABLE BIT(1) /* levels 0 to 2: a table, not a block; always set in a page at level 3 */
#define PGTABLE_ADDR  MASK(47, 12)
#define PGTABLE_TYPE  (PGTABLE_VALID | PGTABLE_TABLE)

#define PGTABLE_ENTRIES	  512
#define PGTABLE_LAST	  3  /* the level of pages */
#define PGTABLE_ADDR_BITS 48 /* of input and of output addresses, at most */

struct pgtable;

struct pgtable_ops {
	/* One zeroed page for a table, or PA_NONE; and its return. */
	pa_t (*alloc)(struct pgtable *pt);
	void (*free)(struct pgtable *pt, pa_t table);
	/* Where the table at that address is seen by us. NULL: pa_to_ptr. */
	uint64_t *(*ptr)(pa_t table);
	/* arch_s1_tlb_flush or arch_s2_tlb_flush: entries of any level for [addr, addr + size). */
	void (*flush)(struct pgtable *pt, uint64_t addr, uint64_t size);
	/*
	 * The descriptor bits that pgtable_protect changes. No others may differ without break-before-make (D8.16.1).
	 */
	uint64_t perm_mask;
};

struct pgtable {
	const struct pgtable_ops *ops;
	pa_t root; /* the table of start_level, or several concatenated */
	unsigned int start_level;
	unsigned int addr_bits; /* input addresses are below 2^addr_bits */
	uint64_t tables;	/* tables that ops->alloc gave and ops->free has not got back */
};

/* What maps an input address. */
struct pgtable_leaf {
	uint64_t desc;
	pa_t pa;      /* of the input address itself */
	uint64_t run; /* bytes from the input address to the end of the leaf */
	unsigned int level;
};

/* Bytes that an entry of that level covers. */
static inline uint64_t pgtable_size(unsigned int level)
{
	return PAGE_SIZE << (9 * (PGTABLE_LAST - level));
}

/*
 * Map [addr, addr + size) to pa, with attr as the descriptor's bits beside address and type.
 * E_INVAL: misaligned or empty. E_RANGE: outside the input or output space, or wrapping. E_EXIST:
 * something is mapped there. E_NOMEM. On an error nothing has changed.
 */
int pgtable_map(struct pgtable *pt, uint64_t addr, pa_t pa, uint64_t size, uint64_t attr) MUST_CHECK;

/*
 * Unmap the range, holes allowed; free tables that become empty. E_INVAL, E_RANGE; E_NOMEM when a block must be split.
 * On an error nothing has changed. On return no TLB of any core holds anything of it.
 */
int pgtable_unmap(struct pgtable *pt, uint64_t addr, uint64_t size) MUST_CHECK;

/*
 * Give the whole range the permission bits perm (inside ops->perm_mask). E_NOENT when there is a hole; else as unmap.
 */
int pgtable_protect(struct pgtable *pt, uint64_t addr, uint64_t size, uint64_t perm) MUST_CHECK;

/* What maps addr? False: nothing. */
bool pgtable_lookup(const struct pgtable *pt, uint64_t addr, struct pgtable_leaf *leaf);

/* Free every table below the root, which is left empty. Nothing may be walking it any more, TLBs included. */
void pgtable_clear(struct pgtable *pt);

#endif
