/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables of either stage: one walker, several visitors, one writer of live descriptors.
 *
 * State owned: none; the table and its lock belong to the caller (s1.c, s2.c).
 * Spec: ARM DDI 0487 D8.2 (walks), D8.3 (descriptors), D8.16 (TLB maintenance, break-before-make).
 *
 * An operation is a struct op and runs in three steps:
 *   plan    a walk that changes nothing: may this be done, and how many tables will it take?
 *   reserve take that many zeroed table pages, all or none
 *   commit  a walk that cannot fail
 */
#include "core/pgtable.h"

#include "arch/mmu.h"
#include "core/panic.h"
#include "core/s1.h"
#include "lib/checked.h"

/*
 * Spare and dead tables are chained through their first word. The link is a page address or
 * CHAIN_END: bit 0 is clear, so a hardware walker that still has a dead table in its caches takes
 * the link for an invalid descriptor.
 */
#define CHAIN_END UINT64_C(2)

/* An entry as a visitor sees it, with the part of the operation's range that lies in it. */
struct entry {
	uint64_t *pte;
	uint64_t desc;
	uint64_t from, to;
	unsigned int level;
};

struct op {
	struct pgtable *pt;
	int (*visit)(struct op *op, const struct entry *e);  /* before descending; may make or clear a table */
	void (*leave)(struct op *op, const struct entry *e); /* after a table below e was walked; may be NULL */
	uint64_t from, to;				     /* the range of input addresses */
	uint64_t delta;					     /* map: output minus input address, modulo 2^64; else 0 */
	uint64_t attr;					     /* map: bits of a leaf; protect: the permission bits */
	uint64_t need;					     /* tables planned and not yet taken from spare */
	uint64_t spare;					     /* chain of zeroed tables */
	uint64_t dead;					     /* chain of detached tables, to be freed after the flush */
	uint64_t flush_from, flush_to;
};

static bool is_valid(uint64_t desc)
{
	return desc & PGTABLE_VALID;
}

static bool is_table(uint64_t desc, unsigned int level)
{
	return level < PGTABLE_LAST && (desc & PGTABLE_TYPE) == PGTABLE_TYPE;
}

static unsigned int shift_of(unsigned int level)
{
	return PAGE_SHIFT + 9 * (PGTABLE_LAST - level);
}

static inline uint64_t *table_ptr(const struct pgtable *pt, uint64_t desc)
{
	pa_t pa = PA(desc & PGTABLE_ADDR);

	return pt->ops->ptr ? pt->ops->ptr(pa) : pa_to_ptr(pa);
}

static uint64_t leaf_desc(unsigned int level, uint64_t pa, uint64_t attr)
{
	return pa | attr | PGTABLE_VALID | (level == PGTABLE_LAST ? PGTABLE_TABLE : 0);
}

/* What a visit returns to say that there is nothing to do below the entry. */
#define WALK_OVER 1

/* The walker. Depth: at most four levels. */
static int walk_table(struct op *op, uint64_t *table, unsigned int level, uint64_t from, uint64_t to);

static int walk_entry(struct op *op, struct entry *e)
{
	int rc;

	e->desc = arch_pte_read(e->pte);
	rc = op->visit(op, e);
	if (rc != OK)
		return rc == WALK_OVER ? OK : rc;
	e->desc = arch_pte_read(e->pte);
	if (!is_table(e->desc, e->level))
		return OK;
	rc = walk_table(op, table_ptr(op->pt, e->desc), e->level + 1, e->from, e->to);
	if (rc == OK && op->leave)
		op->leave(op, e);
	return rc;
}

static int walk_table(struct op *op, uint64_t *table, unsigned int level, uint64_t from, uint64_t to)
{
	/* The root may be several tables in a row: there the index has more than nine bits. */
	uint64_t index_mask = level == op->pt->start_level ? UINT64_MAX : PGTABLE_ENTRIES - 1;
	uint64_t next;

	for (uint64_t a = from; a < to; a = next) {
		struct entry e = { .level = level, .from = a };
		int rc;

		next = MIN(ALIGN_DOWN(a, pgtable_size(level)) + pgtable_size(level), to);
		e.to = next;
		e.pte = &table[(a >> shift_of(level)) & index_mask];
		rc = walk_entry(op, &e);
		if (rc != OK)
			return rc;
	}
	return OK;
}

static int walk(struct op *op)
{
	return walk_table(op, table_ptr(op->pt, op->pt->root.a), op->pt->start_level, op->from, op->to);
}

/* Can the part [from, to) of an entry of that level be one leaf? */
static bool fits_leaf(const struct op *op, unsigned int level, uint64_t from, uint64_t to)
{
	return level > 0 && to - from == pgtable_size(level) && IS_ALIGNED(from + op->delta, pgtable_size(level));
}

/* How many tables it takes below an entry that has none, so that [from, to) of it is made of whole leaves. */
static uint64_t tables_for(const struct op *op, unsigned int level, uint64_t from, uint64_t to)
{
	uint64_t n = 1, size, next;

	if (level == PGTABLE_LAST || fits_leaf(op, level, from, to))
		return 0;
	if (level + 1 == PGTABLE_LAST)
		return n;
	size = pgtable_size(level + 1);
	for (uint64_t a = from; a < to; a = next) {
		next = MIN(ALIGN_DOWN(a, size) + size, to);
		if (fits_leaf(op, level + 1, a, next))
			next = ALIGN_DOWN(to, size); /* so do all whole ones behind it */
		else
			n += tables_for(op, level + 1, a, next);
	}
	return n;
}

static uint64_t chain_pop(struct op *op, uint64_t *chain)
{
	uint64_t table = *chain;
	uint64_t *word = table_ptr(op->pt, table);

	*chain = arch_pte_read(word);
	arch_pte_write(word, 0);
	return table;
}

static void chain_push(struct op *op, uint64_t *chain, uint64_t table)
{
	arch_pte_write(table_ptr(op->pt, table), *chain);
	*chain = table;
}

static void chain_free(struct op *op, uint64_t *chain)
{
	while (*chain != CHAIN_END) {
		op->pt->ops->free(op->pt, PA(chain_pop(op, chain)));
		op->pt->tables--;
	}
}

/* Take all tables that the plan needs, or none. */
static int reserve(struct op *op)
{
	for (uint64_t i = 0; i < op->need; i++) {
		pa_t pa = op->pt->ops->alloc(op->pt);

		if (pa_is_none(pa)) {
			chain_free(op, &op->spare);
			return E_NOMEM;
		}
		op->pt->tables++;
		chain_push(op, &op->spare, pa.a);
	}
	return OK;
}

static uint64_t take_table(struct op *op)
{
	CHECK(op->need > 0);
	op->need--;
	return chain_pop(op, &op->spare);
}

static void flush_later(struct op *op, const struct entry *e)
{
	op->flush_from = MIN(op->flush_from, e->from);
	op->flush_to = MAX(op->flush_to, e->to);
}

/*
 * The only place that changes a live descriptor.
 * - Invalid to valid: no TLB can hold it, so nothing is to be invalidated (D8.16: invalid entries
 * aren't cached).
 * - Valid to invalid, or other permissions only: the store now, the TLBs once at the end of the
 * operation.
 * - All else (a block becomes a table): break, invalidate, make (D8.16.1). What the entry maps is
 * gone for a moment for all cores: who takes a stage-2 fault looks again under the lock before it believes it.
 */
static void pte_change(struct op *op, const struct entry *e, uint64_t new)
{
	uint64_t old = arch_pte_read(e->pte);
	uint64_t start = ALIGN_DOWN(e->from, pgtable_size(e->level));

	if (!is_valid(old)) {
		arch_pte_write(e->pte, new);
		return;
	}
	if (!is_valid(new) || ((old ^ new) & ~op->pt->ops->perm_mask) == 0) {
		arch_pte_write(e->pte, new);
		flush_later(op, e);
		return;
	}
	arch_pte_write(e->pte, 0);
	op->pt->ops->flush(op->pt, start, pgtable_size(e->level));
	arch_pte_write(e->pte, new);
}

/* Leaves for [from, to), and tables where they are needed, into an empty table that no walker sees yet. */
static void fill(struct op *op, uint64_t *table, unsigned int level, uint64_t from, uint64_t to)
{
	const uint64_t size = pgtable_size(level);
	uint64_t next;

	for (uint64_t a = from; a < to; a = next) {
		uint64_t *pte = &table[(a >> shift_of(level)) & (PGTABLE_ENTRIES - 1)], below;

		next = MIN(ALIGN_DOWN(a, size) + size, to);
		if (fits_leaf(op, level, a, next)) {
			uint64_t desc = leaf_desc(level, a + op->delta, op->attr);

			/* And so do all whole ones behind it. */
			for (next = a; to - next >= size; next += size, desc += size)
				arch_pte_write(pte++, desc);
			continue;
		}
		below = take_table(op);
		fill(op, table_ptr(op->pt, below), level + 1, a, next);
		arch_pte_publish();
		arch_pte_write(pte, below | PGTABLE_TYPE);
	}
}

/* Hang a table below an invalid entry. What is in it must be visible to every walker before the entry is. */
static void grow(struct op *op, const struct entry *e)
{
	uint64_t table = take_table(op);

	fill(op, table_ptr(op->pt, table), e->level + 1, e->from, e->to);
	arch_pte_publish();
	pte_change(op, e, table | PGTABLE_TYPE);
}

/* Replace a block by a table of the next smaller leaves that map the same. */
static void split(struct op *op, const struct entry *e)
{
	uint64_t table = take_table(op);
	uint64_t *child = table_ptr(op->pt, table);
	uint64_t pa = e->desc & PGTABLE_ADDR;
	uint64_t attr = e->desc & ~(PGTABLE_ADDR | PGTABLE_TYPE);
	unsigned int level = e->level + 1;

	for (unsigned int i = 0; i < PGTABLE_ENTRIES; i++)
		arch_pte_write(&child[i], leaf_desc(level, pa + i * pgtable_size(level), attr));
	arch_pte_publish();
	pte_change(op, e, table | PGTABLE_TYPE);
}

/* Unhook the table below e. It is freed after the flush. */
static void detach(struct op *op, const struct entry *e)
{
	pte_change(op, e, 0);
	chain_push(op, &op->dead, e->desc & PGTABLE_ADDR);
}

static bool table_empty(const uint64_t *table)
{
	for (unsigned int i = 0; i < PGTABLE_ENTRIES; i++) {
		if (is_valid(arch_pte_read(&table[i])))
			return false;
	}
	return true;
}

/* Plan, reserve, commit, clean up. */
static int run(struct op *op, int (*plan)(struct op *op, const struct entry *e),
	       int (*commit)(struct op *op, const struct entry *e), void (*leave)(struct op *op, const struct entry *e))
{
	int rc;

	op->spare = CHAIN_END;
	op->dead = CHAIN_END;
	op->flush_from = UINT64_MAX;
	op->visit = plan;
	rc = walk(op);
	if (rc == OK)
		rc = reserve(op);
	if (rc != OK)
		return rc;

	op->visit = commit;
	op->leave = leave;
	rc = walk(op);
	CHECK(rc == OK && op->need == 0);

	if (op->flush_from < op->flush_to)
		op->pt->ops->flush(op->pt, op->flush_from, op->flush_to - op->flush_from);
	else
		arch_pte_publish();
	chain_free(op, &op->dead);
	return OK;
}

static int check_range(uint64_t addr, uint64_t size, unsigned int bits)
{
	if (!IS_ALIGNED(addr | size, PAGE_SIZE) || size == 0)
		return E_INVAL;
	return range_within(addr, size, BIT(bits)) ? OK : E_RANGE;
}

static int map_plan(struct op *op, const struct entry *e)
{
	if (is_table(e->desc, e->level))
		return OK;
	if (is_valid(e->desc))
		return E_EXIST;
	op->need += tables_for(op, e->level, e->from, e->to);
	return OK;
}

static int map_commit(struct op *op, const struct entry *e)
{
	if (is_table(e->desc, e->level))
		return OK;
	if (fits_leaf(op, e->level, e->from, e->to))
		pte_change(op, e, leaf_desc(e->level, e->from + op->delta, op->attr));
	else
		grow(op, e);
	return WALK_OVER;
}

int pgtable_map(struct pgtable *pt, uint64_t addr, pa_t pa, uint64_t size, uint64_t attr)
{
	struct op op = { .pt = pt, .from = addr, .to = addr + size, .attr = attr };
	int rc = check_range(addr, size, pt->addr_bits);

	if (rc == OK)
		rc = check_range(pa.a, size, PGTABLE_ADDR_BITS);
	if (rc != OK)
		return rc;
	CHECK((attr & (PGTABLE_ADDR | PGTABLE_TYPE)) == 0);
	op.delta = pa.a - addr;
	return run(&op, map_plan, map_commit, NULL);
}

static int unmap_plan(struct op *op, const struct entry *e)
{
	if (is_valid(e->desc) && !is_table(e->desc, e->level))
		op->need += tables_for(op, e->level, e->from, e->to);
	return OK;
}

static int unmap_commit(struct op *op, const struct entry *e)
{
	bool whole = e->to - e->from == pgtable_size(e->level);

	if (!is_valid(e->desc))
		return OK;
	if (is_table(e->desc, e->level)) {
		/* A table of pages that goes as a whole is not visited: 1 GiB of pages costs 512 steps. */
		if (whole && e->level + 1 == PGTABLE_LAST)
			detach(op, e);
		return OK;
	}
	if (whole)
		pte_change(op, e, 0);
	else
		split(op, e);
	return OK;
}

static void unmap_leave(struct op *op, const struct entry *e)
{
	if (table_empty(table_ptr(op->pt, e->desc)))
		detach(op, e);
}

int pgtable_unmap(struct pgtable *pt, uint64_t addr, uint64_t size)
{
	struct op op = { .pt = pt, .from = addr, .to = addr + size };
	int rc = check_range(addr, size, pt->addr_bits);

	return rc == OK ? run(&op, unmap_plan, unmap_commit, unmap_leave) : rc;
}

static uint64_t with_perm(const struct op *op, uint64_t desc)
{
	return (desc & ~op->pt->ops->perm_mask) | op->attr;
}

static int protect_plan(struct op *op, const struct entry *e)
{
	if (is_table(e->desc, e->level))
		return OK;
	if (!is_valid(e->desc))
		return E_NOENT;
	if (with_perm(op, e->desc) != e->desc)
		op->need += tables_for(op, e->level, e->from, e->to);
	return OK;
}

static int protect_commit(struct op *op, const struct entry *e)
{
	uint64_t new = with_perm(op, e->desc);

	if (is_table(e->desc, e->level) || new == e->desc)
		return OK;
	if (e->to - e->from == pgtable_size(e->level))
		pte_change(op, e, new);
	else
		split(op, e);
	return OK;
}

int pgtable_protect(struct pgtable *pt, uint64_t addr, uint64_t size, uint64_t perm)
{
	struct op op = { .pt = pt, .from = addr, .to = addr + size, .attr = perm };
	int rc = check_range(addr, size, pt->addr_bits);

	CHECK((perm & ~pt->ops->perm_mask) == 0);
	return rc == OK ? run(&op, protect_plan, protect_commit, NULL) : rc;
}

bool pgtable_lookup(const struct pgtable *pt, uint64_t addr, struct pgtable_leaf *leaf)
{
	unsigned int level = pt->start_level;
	uint64_t desc = pt->root.a;
	uint64_t index = addr >> shift_of(level);
	uint64_t size;

	if (addr >= BIT(pt->addr_bits))
		return false;
	for (;;) {
		desc = arch_pte_read(&table_ptr(pt, desc)[index]);
		if (!is_valid(desc))
			return false;
		if (!is_table(desc, level))
			break;
		level++;
		index = (addr >> shift_of(level)) & (PGTABLE_ENTRIES - 1);
	}
	size = pgtable_size(level);
	leaf->desc = desc;
	leaf->pa = PA((desc & PGTABLE_ADDR) + (addr & (size - 1)));
	leaf->run = size - (addr & (size - 1));
	leaf->level = level;
	return true;
}

static int clear_visit(struct op *op, const struct entry *e)
{
	if (!is_table(e->desc, e->level))
		arch_pte_write(e->pte, 0);
	else if (e->level + 1 == PGTABLE_LAST)
		detach(op, e);
	return OK;
}

void pgtable_clear(struct pgtable *pt)
{
	struct op op = { .pt = pt, .to = BIT(pt->addr_bits) };
	int rc;

	op.dead = CHAIN_END;
	op.visit = clear_visit;
	op.leave = detach;
	rc = walk(&op);
	CHECK(rc == OK);
	chain_free(&op, &op.dead);
}
