/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Guest memory, by copying only.
 *
 * State owned: none. Lock: the partition's s2 lock is held while a piece is copied, so that its
 * page cannot be taken away meanwhile. Trivet sees guest RAM through its own cacheable mapping; a
 * guest that runs with its caches on does too (ARM DDI 0487 B2.7).
 */
#include "core/guest_mem.h"

#include "arch/guest.h"
#include "arch/mmu.h"
#include "core/partition.h"
#include "core/s1.h"
#include "core/s2.h"
#include "lib/checked.h"
#include "lib/string.h"

/* How much is copied under one hold of the lock: no other core waits longer for a fault than this takes. */
#define PIECE_MAX (256 * KIB)

/* The guest range that is left, and our end of it. */
struct job {
	ipa_t ipa;
	uint64_t left;
	void *dst;	 /* read */
	const void *src; /* write */
};

typedef void (*piece_fn)(struct job *j, void *ram, size_t n);

static void piece_read(struct job *j, void *ram, size_t n)
{
	memcpy(j->dst, ram, n);
	j->dst = (char *)j->dst + n;
}

static void piece_write(struct job *j, void *ram, size_t n)
{
	memcpy(ram, j->src, n);
	j->src = (const char *)j->src + n;
}

static void piece_image(struct job *j, void *ram, size_t n)
{
	piece_write(j, ram, n);
	if (!arch_s2_is_coherent())
		arch_dcache_clean_inval(ram, n);
	arch_icache_sync(ram, n);
}

/* Find the leaf that maps ipa, if it is normal memory with the permissions need. */
static int find(struct s2_locked l, ipa_t ipa, unsigned int need, struct s2_leaf *leaf)
{
	if (s2_lookup_locked(l, ipa, leaf) != OK)
		return E_FAULT;
	return (leaf->perm & (need | S2_DEVICE)) == need ? OK : E_FAULT;
}

/* Leaf by leaf, in bounded pieces. */
static int run(struct partition *p, struct job *j, unsigned int need, piece_fn fn)
{
	uint64_t end;

	if (!checked_add(j->ipa.a, j->left, &end))
		return E_FAULT;
	while (j->left) {
		struct s2_locked l = s2_lock(&p->s2);
		struct s2_leaf leaf;
		int rc = find(l, j->ipa, need, &leaf);
		uint64_t n = 0;

		if (rc == OK) {
			n = MIN(MIN(j->left, leaf.run), PIECE_MAX);
			fn(j, pa_to_ptr(leaf.pa), n);
		}
		s2_unlock(l);
		if (rc != OK)
			return rc;
		j->ipa.a += n;
		j->left -= n;
	}
	return OK;
}

int guest_mem_read(struct partition *p, ipa_t ipa, void *dst, size_t size)
{
	return run(p, &(struct job){ .ipa = ipa, .left = size, .dst = dst }, S2_R, piece_read);
}

int guest_mem_write(struct partition *p, ipa_t ipa, const void *src, size_t size)
{
	return run(p, &(struct job){ .ipa = ipa, .left = size, .src = src }, S2_W, piece_write);
}

int guest_mem_load_image(struct partition *p, ipa_t ipa, const void *src, size_t size)
{
	return run(p, &(struct job){ .ipa = ipa, .left = size, .src = src }, S2_W, piece_image);
}

static bool good_size(ipa_t ipa, unsigned int size)
{
	return (size == 2 || size == 4 || size == 8) && IS_ALIGNED(ipa.a, size);
}

int guest_mem_load(struct partition *p, ipa_t ipa, unsigned int size, uint64_t *value)
{
	struct s2_locked l;
	struct s2_leaf leaf;
	int rc;

	if (!good_size(ipa, size))
		return E_INVAL;
	l = s2_lock(&p->s2);
	rc = find(l, ipa, S2_R, &leaf);
	if (rc == OK) {
		const void *ram = pa_to_ptr(leaf.pa);

		if (size == 2)
			*value = __atomic_load_n((const uint16_t *)ram, __ATOMIC_ACQUIRE);
		else if (size == 4)
			*value = __atomic_load_n((const uint32_t *)ram, __ATOMIC_ACQUIRE);
		else
			*value = __atomic_load_n((const uint64_t *)ram, __ATOMIC_ACQUIRE);
	}
	s2_unlock(l);
	return rc;
}

int guest_mem_store(struct partition *p, ipa_t ipa, unsigned int size, uint64_t value)
{
	struct s2_locked l;
	struct s2_leaf leaf;
	int rc;

	if (!good_size(ipa, size))
		return E_INVAL;
	l = s2_lock(&p->s2);
	rc = find(l, ipa, S2_W, &leaf);
	if (rc == OK) {
		void *ram = pa_to_ptr(leaf.pa);

		if (size == 2)
			__atomic_store_n((uint16_t *)ram, (uint16_t)value, __ATOMIC_RELEASE);
		else if (size == 4)
			__atomic_store_n((uint32_t *)ram, (uint32_t)value, __ATOMIC_RELEASE);
		else
			__atomic_store_n((uint64_t *)ram, value, __ATOMIC_RELEASE);
	}
	s2_unlock(l);
	return rc;
}

int guest_mem_fetch(uint64_t va, uint32_t *words, unsigned int n)
{
	bool el0 = !(guest_pstate() & MASK(3, 2));
	uint64_t size = (uint64_t)n * sizeof(*words);
	const uint32_t *ram;
	pa_t pa;

	if (!IS_ALIGNED(va, sizeof(*words)) || !range_within(va & (PAGE_SIZE - 1), size, PAGE_SIZE))
		return E_INVAL;
	if (guest_translate(va, el0, &pa) || !s1_is_direct(pa, size))
		return E_FAULT;
	ram = pa_to_ptr(pa);
	for (unsigned int i = 0; i < n; i++)
		words[i] = __atomic_load_n(&ram[i], __ATOMIC_RELAXED);
	return OK;
}
