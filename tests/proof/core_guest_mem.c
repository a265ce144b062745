/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies to and from guest memory: the pieces are the range, whatever stage 2 says of it.
 *
 * Sources: (the file itself is included, for its static functions)
 */
#include "core/guest_mem.c" // NOLINT(bugprone-suspicious-include)
#include "proof.h"

#define PIECES 3u

static struct partition part;
static uint64_t start, size_in_all, copied;
static struct s2_leaf last;
static unsigned int held, looked;

struct s2_locked s2_lock(struct s2 *s2)
{
	PROVE(held++ == 0, "not held yet");
	return (struct s2_locked){ s2 };
}

void s2_unlock(struct s2_locked l UNUSED)
{
	PROVE(held-- == 1, "held");
}

/* Any leaf, or none. */
int s2_lookup_locked(struct s2_locked l UNUSED, ipa_t ipa, struct s2_leaf *leaf)
{
	PROVE(held == 1, "under the lock");
	PROVE(ipa.a == start + copied, "what comes next");
	last = (struct s2_leaf){ PA(nondet_u64()), nondet_u64(), nondet_u8() };
	ASSUME(last.run >= 1 && last.run <= 512 * GIB && last.perm <= 15); /* pgtable_lookup's promise */
	/* All but the last of so many pieces. */
	ASSUME(++looked <= PIECES);
	*leaf = last;
	return nondet_bool() ? OK : E_NOENT;
}

void *pa_to_ptr(pa_t pa)
{
	return (void *)(uintptr_t)pa.a;
}

void arch_dcache_clean_inval(const void *p UNUSED, size_t size UNUSED)
{
}

void arch_icache_sync(const void *p UNUSED, size_t size UNUSED)
{
}

static uint64_t any_pstate;

uint64_t guest_pstate(void)
{
	return any_pstate;
}

int guest_translate(uint64_t va UNUSED, bool el0 UNUSED, pa_t *pa)
{
	pa->a = nondet_u64();
	return nondet_bool() ? OK : E_FAULT;
}

bool s1_is_direct(pa_t pa UNUSED, uint64_t size UNUSED)
{
	return false;
}

static void any_piece(struct job *j, void *ram, size_t n)
{
	PROVE(held == 1, "under the lock");
	PROVE(ram == pa_to_ptr(last.pa), "the leaf's memory");
	PROVE(n >= 1 && n <= last.run && n <= size_in_all - copied && n <= PIECE_MAX,
	      "no more than leaf, range and piece");
	PROVE((last.perm & S2_R) && !(last.perm & S2_DEVICE), "normal memory that may be read");
	PROVE(j->ipa.a == start + copied, "from where it is");
	copied += n;
}

/*
 * Property: the pieces follow each other, none reaches beyond its leaf, the range, or 256 KiB; together they are the
 * range; a range that
 *   wraps is refused; memory without the permission, and devices, are not touched; the lock is released on every path
 * Bound: all ranges that take up to 3 pieces, any leaves
 * Options: --unwind 5
 */
void prove_guest_mem_pieces(void)
{
	struct job j = { .ipa = IPA(nondet_u64()), .left = nondet_u64() };
	int rc;

	start = j.ipa.a;
	size_in_all = j.left;
	rc = run(&part, &j, S2_R, any_piece);
	PROVE(held == 0, "released");
	PROVE(rc == OK || rc == E_FAULT, "an answer");
	PROVE(rc != OK || copied == size_in_all, "all of it");
	PROVE(copied <= size_in_all, "no more than all");
	PROVE((wide_t)start + size_in_all <= UINT64_MAX || (rc == E_FAULT && !looked),
	      "a range that wraps is not looked at");
	POSSIBLE(rc == OK && looked == PIECES && copied == size_in_all && copied > PIECE_MAX);
	POSSIBLE(rc == E_FAULT && copied);
}

/*
 * Property: a fetch is refused exactly when its words are not aligned or do not lie in one page
 * Bound: all addresses and counts
 */
void prove_guest_mem_fetch(void)
{
	const uint64_t va = nondet_u64();
	const unsigned int n = nondet_u32();
	uint32_t words[1];
	int rc;

	any_pstate = nondet_u64();
	rc = guest_mem_fetch(va, words, n);
	PROVE(rc == E_INVAL || (va % 4 == 0 && va % PAGE_SIZE + (uint64_t)n * 4 <= PAGE_SIZE), "in one page");
	PROVE(rc != E_INVAL || va % 4 || va % PAGE_SIZE + (uint64_t)n * 4 > PAGE_SIZE, "refused only otherwise");
	POSSIBLE(rc == E_FAULT && n == 1024);
}
