/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables: indices, levels, and the pieces into which a range is cut. The tables' memory is whatever the proof
 * says, since table_ptr() asks ops->ptr for it.
 *
 * Sources: (the file itself is included, for its static functions)
 */
#include "arch/mmu.h"

/* What an entry holds is the proof's to say; it is only looked at where there is one. */
static uint64_t proof_read(const uint64_t *pte);
#define arch_pte_read proof_read
#include "core/pgtable.c" // NOLINT(bugprone-suspicious-include)
#include "proof.h"

#define CONCATENATED 16u /* tables at the start level, at most (ARM DDI 0487 D8.2) */
#define PIECES	     3u

/* Which entry of that level an address has, counted from address 0. */
static uint64_t entry_of(uint64_t addr, unsigned int level)
{
	return addr >> (12 + 9 * (3 - level));
}

static uint64_t root[CONCATENATED * PGTABLE_ENTRIES];
static uint64_t table1[PGTABLE_ENTRIES], table2[PGTABLE_ENTRIES], table3[PGTABLE_ENTRIES];
static unsigned int tables_seen;

/* Entries hold anything, or, for the walk, nothing; or what a block is split into. */
static bool empty;
static uint64_t block, entry_above; /* split: what is split, and what its entry became */
static unsigned int block_level, children;

static uint64_t proof_read(const uint64_t *pte)
{
	PROVE(__CPROVER_r_ok(pte, sizeof(*pte)), "an entry of a table");
	if (block)
		return pte == &root[0] ? block : CHAIN_END;
	return empty ? 0 : nondet_u64();
}

/* The next leaf that a split block becomes. */
static void child_written(const uint64_t *pte, uint64_t value)
{
	const uint64_t part = children * pgtable_size(block_level + 1), kept = ~(PGTABLE_ADDR | PGTABLE_TYPE);

	PROVE(pte == &table1[children], "one entry after the other");
	PROVE((value & PGTABLE_ADDR) == ((block & PGTABLE_ADDR) | part), "maps its part");
	PROVE((value & kept) == (block & kept), "with the same attributes");
	PROVE((value & PGTABLE_TYPE) == (block_level == 2 ? PGTABLE_TYPE : PGTABLE_VALID), "a leaf of its level");
	children++;
}

void arch_pte_write(uint64_t *pte, uint64_t value)
{
	PROVE(__CPROVER_w_ok(pte, sizeof(*pte)), "an entry of a table");
	if (pte == &root[0])
		entry_above = value;
	else if (value) /* 0: the table leaves its chain */
		child_written(pte, value);
}

void arch_pte_publish(void)
{
}

void *pa_to_ptr(pa_t pa UNUSED)
{
	PROVE(false, "ops->ptr is asked");
	return NULL;
}

/* The root first, then the table of the next level, whatever the descriptor says. */
static uint64_t *table_at(pa_t pa UNUSED)
{
	const unsigned int n = tables_seen++;

	PROVE(n <= PGTABLE_LAST, "four levels at most");
	return n == 0 ? root : n == 1 ? table1 : n == 2 ? table2 : table3;
}

static const struct pgtable_ops ops = { .ptr = table_at, .perm_mask = BIT(6) | BIT(7) | BIT(54) };

/*
 * As s2.c and s1.c make them: from level 0 with 40 to 48 bits, or from level 1 with up to 39 bits and up to 16 tables.
 */
static struct pgtable any_pgtable(void)
{
	struct pgtable pt = { .ops = &ops, .start_level = nondet_u8(), .addr_bits = nondet_u8() };

	ASSUME(pt.start_level <= 1 && pt.addr_bits >= 32);
	ASSUME(pt.addr_bits <= (pt.start_level ? 43u : 48u));
	return pt;
}

/*
 * Property: check_range accepts exactly the page-aligned, non-empty ranges inside of 2^bits bytes
 * Bound: all addresses and sizes, all widths up to 48
 */
void prove_pgtable_check_range(void)
{
	const uint64_t addr = nondet_u64(), size = nondet_u64();
	const unsigned int bits = nondet_u8();
	int rc;

	ASSUME(bits <= PGTABLE_ADDR_BITS);
	rc = check_range(addr, size, bits);
	PROVE((rc == OK) ==
		      (size && addr % PAGE_SIZE == 0 && size % PAGE_SIZE == 0 && (wide_t)addr + size <= BIT(bits)),
	      "accepted when it is whole pages inside");
	POSSIBLE(rc == OK && addr + size == BIT(48));
}

/*
 * Property: a lookup reads entries inside of their tables only, whatever they hold; ends after four levels at most;
 * what it finds is the
 *   output address with the input's offset in the leaf, and the run up to the leaf's end
 * Bound: all addresses, all contents of the tables, start levels 0 (32 to 48 bits) and 1 (32 to 43 bits: up
 * to 16 tables)
 * Options: --unwind 5
 */
void prove_pgtable_lookup(void)
{
	const struct pgtable pt = any_pgtable();
	const uint64_t addr = nondet_u64();
	struct pgtable_leaf leaf;
	uint64_t size;

	if (!pgtable_lookup(&pt, addr, &leaf)) {
		POSSIBLE(addr < BIT(pt.addr_bits));
		return;
	}
	PROVE(addr < BIT(pt.addr_bits), "inside of the input space");
	PROVE(leaf.level >= pt.start_level && leaf.level <= PGTABLE_LAST && is_valid(leaf.desc),
	      "a leaf of a level that there is");
	size = pgtable_size(leaf.level);
	PROVE(leaf.run >= 1 && leaf.run <= size && ((addr + leaf.run) & (size - 1)) == 0,
	      "the run ends where the leaf does");
	PROVE(((leaf.pa.a ^ addr) & (PAGE_SIZE - 1)) == 0, "the offset in the page stays");
	PROVE(leaf.pa.a < BIT(49), "an output address that does not wrap");
	POSSIBLE(leaf.level == 3 && pt.start_level == 0 && addr == BIT(48) - 1);
	POSSIBLE(leaf.level == 1 && pt.addr_bits == 43 && addr >= BIT(42));
}

/* Where the walk shall go on, and in how many pieces it went. */
static uint64_t expected, end_of_range;
static unsigned int pieces, level_of_walk;

static int piece(struct op *op UNUSED, const struct entry *e)
{
	const uint64_t size = pgtable_size(level_of_walk);

	PROVE(e->level == level_of_walk, "the level of the walk");
	PROVE(e->from == expected && e->to > e->from && e->to <= end_of_range, "begins where the last one ended");
	PROVE(entry_of(e->from, level_of_walk) == entry_of(e->to - 1, level_of_walk), "lies in one entry");
	PROVE(e->to == end_of_range || (e->to & (size - 1)) == 0, "goes up to the entry's end");
	if (level_of_walk == op->pt->start_level)
		PROVE(e->pte == &root[entry_of(e->from, level_of_walk)], "its entry of the root");
	else
		PROVE(e->pte == &table1[entry_of(e->from, level_of_walk) % PGTABLE_ENTRIES], "its entry of the table");
	expected = e->to;
	pieces++;
	return OK;
}

static void walk_at(unsigned int start_level, unsigned int addr_bits, unsigned int level)
{
	struct pgtable pt = { .ops = &ops, .start_level = start_level, .addr_bits = addr_bits };
	struct op op = { .pt = &pt, .visit = piece, .from = nondet_u64(), .to = nondet_u64() };
	uint64_t *table = level == start_level ? root : table1;

	level_of_walk = level;
	ASSUME(op.from < op.to && op.to <= BIT(addr_bits) && IS_ALIGNED(op.from | op.to, PAGE_SIZE));
	ASSUME(entry_of(op.to - 1, level) - entry_of(op.from, level) < PIECES);
	/* Below the root a walk stays in one table. */
	ASSUME(level == start_level || entry_of(op.from, level - 1) == entry_of(op.to - 1, level - 1));
	empty = true;
	expected = op.from;
	end_of_range = op.to;
	PROVE(walk_table(&op, table, level, op.from, op.to) == OK, "ends well");
	PROVE(expected == op.to, "together they are the range");
	POSSIBLE(pieces == PIECES);
}

/*
 * Property: a walk cuts a range into pieces that follow each other, lie in one entry each, and together are the range;
 * each is its
 *   address's entry of the table
 * Bound: any page-aligned range over up to 3 entries of the root, at level 0 (48 bits) or 1 (43 bits: 16 tables)
 * Options: --unwind 5
 */
void prove_pgtable_pieces_of_root(void)
{
	if (nondet_bool())
		walk_at(0, 48, 0);
	else
		walk_at(1, 43, 1);
}

/*
 * Property: the same below the root
 * Bound: any page-aligned range over up to 3 entries of a table of levels 1 to 3, at any address below 2^48
 * Options: --unwind 5
 */
void prove_pgtable_pieces(void)
{
	const unsigned int level = nondet_u8();

	if (level == 1)
		walk_at(0, 48, 1);
	else if (level == 2)
		walk_at(0, 48, 2);
	else
		walk_at(0, 48, 3);
}

/*
 * Property: only a whole, aligned entry of level 1 to 3 becomes one leaf, on both sides of the mapping
 * Bound: all ranges inside an entry, all displacements between pages
 * Options: wraps
 */
void prove_pgtable_fits_leaf(void)
{
	const struct op op = { .delta = nondet_u64() };
	const uint64_t from = nondet_u64(), to = nondet_u64();
	const unsigned int level = nondet_u8();
	uint64_t size;

	ASSUME(level <= PGTABLE_LAST);
	size = pgtable_size(level);
	ASSUME(from < to && to <= BIT(48) && entry_of(from, level) == entry_of(to - 1, level));
	ASSUME(IS_ALIGNED(op.delta, PAGE_SIZE));
	if (!fits_leaf(&op, level, from, to))
		return;
	PROVE(level >= 1 && (from & (size - 1)) == 0 && to == from + size, "a whole entry");
	PROVE(((from + op.delta) & (size - 1)) == 0, "the output is aligned to the leaf");
	POSSIBLE(level == 1 && op.delta == 5 * GIB);
	POSSIBLE(level == 3 && op.delta == PAGE_SIZE);
}

static uint64_t chain_table;

static uint64_t *one_table(pa_t pa)
{
	PROVE(pa.a == (chain_table & PGTABLE_ADDR), "the table that was taken");
	return table1;
}

static void no_flush(struct pgtable *pt UNUSED, uint64_t addr, uint64_t size)
{
	PROVE((addr & (size - 1)) == 0, "what is flushed is the block");
}

static void split_at(unsigned int level)
{
	const struct pgtable_ops one = { .ptr = one_table, .flush = no_flush, .perm_mask = BIT(6) };
	struct pgtable pt = { .ops = &one, .start_level = 1, .addr_bits = 40 };
	struct op op = { .pt = &pt, .need = 1 };
	struct entry e = { .level = level, .desc = nondet_u64(), .pte = &root[0], .from = nondet_u64() };

	ASSUME((e.desc & PGTABLE_TYPE) == PGTABLE_VALID && IS_ALIGNED(e.desc & PGTABLE_ADDR, pgtable_size(level)));
	ASSUME(e.from < BIT(40));
	chain_table = op.spare = nondet_u64() & PGTABLE_ADDR;
	block = e.desc;
	block_level = level;
	split(&op, &e);
	PROVE(entry_above == (chain_table | PGTABLE_TYPE), "the entry has the table");
	PROVE(op.need == 0, "one table was taken");
	PROVE(children == PGTABLE_ENTRIES, "all of them");
	POSSIBLE(true);
}

/*
 * Property: splitting a block gives 512 leaves of the next level that map the same bytes with the same attributes,
 * and no address
 *   carries into other bits
 * Bound: all blocks of levels 1 and 2, all attributes, all addresses
 * Options: --unwind 513 wraps
 */
void prove_pgtable_split(void)
{
	if (nondet_bool())
		split_at(1);
	else
		split_at(2);
}
