/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtqueues with any content of the rings: each read of guest memory gives anything, also something else at each look.
 * What the device is told to read and write lies inside of the rings' ranges and of our own copies.
 *
 * Sources: (the file itself is included, for its static functions)
 */
#include "dev/virtqueue.c" // NOLINT(bugprone-suspicious-include): its static functions are proved
#include "proof.h"

/* Walked as a whole: queues and tables of this size. The step of a walk is proved for all of them. */
#define WALK_MAX 4

static struct virtq q;
static struct virtq_chain chain;

/* Is [at, at + n) in one of the three rings, none of which wraps? */
static bool in_rings(uint64_t at, uint64_t n)
{
	return (at >= q.desc && range_within(at - q.desc, n, q.num * sizeof(struct virtq_desc))) ||
	       (at >= q.avail && range_within(at - q.avail, n, VIRTQ_AVAIL_USED_EVENT(q.num) + 2u)) ||
	       (at >= q.used && range_within(at - q.used, n, VIRTQ_USED_AVAIL_EVENT(q.num) + 2u));
}

int guest_mem_load(struct partition *p UNUSED, ipa_t ipa, unsigned int size, uint64_t *value)
{
	PROVE(size == 2 && in_rings(ipa.a, 2) && IS_ALIGNED(ipa.a, 2), "a load from a ring");
	*value = nondet_u16();
	return nondet_bool() ? OK : E_FAULT;
}

int guest_mem_store(struct partition *p UNUSED, ipa_t ipa, unsigned int size, uint64_t value)
{
	PROVE(size == 2 && in_rings(ipa.a, 2) && IS_ALIGNED(ipa.a, 2) && value <= UINT16_MAX, "a store to a ring");
	return nondet_bool() ? OK : E_FAULT;
}

int guest_mem_write(struct partition *p UNUSED, ipa_t ipa, const void *src, size_t size)
{
	PROVE(__CPROVER_r_ok(src, size) && in_rings(ipa.a, size), "a write to a ring");
	return nondet_bool() ? OK : E_FAULT;
}

static struct virtq_desc any_desc(void)
{
	return (struct virtq_desc){ nondet_u64(), nondet_u32(), nondet_u16(), nondet_u16() };
}

/* A descriptor, or a table of them, of any content. */
int guest_mem_read(struct partition *p UNUSED, ipa_t ipa, void *dst, size_t size)
{
	PROVE(__CPROVER_w_ok(dst, size), "a read into memory of ours");
	PROVE(dst == q.table || (size == sizeof(struct virtq_desc) && in_rings(ipa.a, size)),
	      "a descriptor, or an indirect table");
	if (dst != q.table) {
		*(struct virtq_desc *)dst = any_desc();
		return nondet_bool() ? OK : E_FAULT;
	}
	ASSUME(size <= WALK_MAX * sizeof(struct virtq_desc));
	for (unsigned int i = 0; i < WALK_MAX; i++)
		q.table[i] = any_desc();
	return nondet_bool() ? OK : E_FAULT;
}

/* A queue that virtq_start accepted, at any point of its life. */
static void any_queue(unsigned int most)
{
	q.desc = nondet_u64();
	q.avail = nondet_u64();
	q.used = nondet_u64();
	q.num = nondet_u16();
	q.indirect = nondet_bool();
	q.event_idx = nondet_bool();
	ASSUME(q.num <= most && virtq_start(&q) == OK);
	q.avail_idx = nondet_u16();
	q.next_avail = nondet_u16();
	q.next_used = nondet_u16();
	q.told_used = nondet_u16();
}

/*
 * Property: virtq_start accepts only queues of 1 to 128 entries, a power of two, whose parts do not wrap; all ring
 * addresses that are
 *   used later are inside of them (proved at each access below)
 * Bound: all addresses and sizes
 */
void prove_virtq_start(void)
{
	int rc;

	q.desc = nondet_u64();
	q.avail = nondet_u64();
	q.used = nondet_u64();
	q.num = nondet_u16();
	rc = virtq_start(&q);
	PROVE((rc == OK) == q.ready, "ready when it is accepted");
	if (rc != OK)
		return;
	PROVE(q.num >= 1 && q.num <= VIRTQ_NUM_MAX, "of a size that is allowed");
	PROVE((wide_t)q.desc + q.num * 16 <= UINT64_MAX, "descriptors that do not wrap");
	PROVE((wide_t)q.avail + 6 + q.num * 2 <= UINT64_MAX, "an available ring that does not wrap");
	PROVE((wide_t)q.used + 6 + q.num * 8 <= UINT64_MAX, "a used ring that does not wrap");
	POSSIBLE(q.num == 128);
}

/*
 * Property: one buffer more never goes beyond the chain's 128, keeps readable before writable, and the sums of bytes
 * do not overflow
 * Bound: a chain of any length and content, any descriptor
 */
void prove_virtq_add_buffer(void)
{
	const struct virtq_desc d = any_desc();
	unsigned int n;

	chain.nr_out = nondet_u32();
	chain.nr_in = nondet_u32();
	chain.out_bytes = nondet_u64();
	chain.in_bytes = nondet_u64();
	ASSUME(chain.nr_out <= VIRTQ_NUM_MAX && chain.nr_in <= VIRTQ_NUM_MAX - chain.nr_out);
	ASSUME(chain.out_bytes <= (uint64_t)chain.nr_out * UINT32_MAX &&
	       chain.in_bytes <= (uint64_t)chain.nr_in * UINT32_MAX);
	n = chain.nr_out + chain.nr_in;
	if (add_buffer(&q, &chain, &d) != OK) {
		PROVE(q.broken && q.why, "refused: the queue is broken");
		PROVE(chain.nr_out + chain.nr_in == n, "refused: none more");
		POSSIBLE(n == VIRTQ_NUM_MAX);
		return;
	}
	PROVE(chain.nr_out + chain.nr_in == n + 1 && n + 1 <= VIRTQ_NUM_MAX, "one more, in the array");
	PROVE(chain.out_bytes <= (uint64_t)chain.nr_out * UINT32_MAX, "bytes to read");
	PROVE(chain.in_bytes <= (uint64_t)chain.nr_in * UINT32_MAX, "bytes to write");
	PROVE((wide_t)chain.iov[n].addr.a + chain.iov[n].len <= UINT64_MAX, "a buffer that does not wrap");
	PROVE(!(d.flags & VIRTQ_DESC_F_WRITE) == (chain.nr_in == 0), "what is read comes before what is written");
	POSSIBLE(n + 1 == VIRTQ_NUM_MAX && chain.nr_in == 1);
}

/*
 * Property: virtq_pop comes to an end, with any chains, cycles and numbers in the rings, direct or indirect; reads
 * only the rings,
 *   and indirect tables no longer than our copy; a chain that it gives has at most 128 buffers; a queue that it refuses is broken
 * Bound: queues of up to 4 entries, indirect tables of up to 4 (the step, virtq_add_buffer, for any); any
 * state and content
 * Options: --unwind 6 wraps
 */
void prove_virtq_pop(void)
{
	int rc;

	any_queue(WALK_MAX);
	rc = virtq_pop(&q, &chain);
	PROVE(rc == OK || rc == E_NOENT || rc == E_FORMAT, "an answer");
	PROVE((rc == E_FORMAT) == q.broken, "broken when it breaks the rules");
	if (rc != OK)
		return;
	PROVE(chain.nr_out + chain.nr_in >= 1 && chain.nr_out + chain.nr_in <= VIRTQ_NUM_MAX, "buffers in the array");
	POSSIBLE(chain.nr_out == 2 && chain.nr_in == 2);
	POSSIBLE(chain.nr_out + chain.nr_in > q.num);
}

/*
 * Property: giving a chain back, asking for notifications and the question of the interrupt touch the rings only, at
 * any state of the
 *   indices; a broken queue is left alone
 * Bound: queues of any size, any state and content
 * Options: wraps
 */
void prove_virtq_push(void)
{
	const uint16_t before = nondet_u16();
	int rc;

	any_queue(VIRTQ_NUM_MAX);
	q.broken = nondet_bool();
	q.next_used = before;
	if (nondet_bool()) {
		bool was = q.broken;

		rc = virtq_push(&q, nondet_u16(), nondet_u32());
		PROVE(rc == OK || q.broken, "an error breaks the queue");
		PROVE(q.next_used == before || (!was && q.next_used == (uint16_t)(before + 1)), "one more at most");
		POSSIBLE(rc == OK && !was && before == UINT16_MAX);
	} else {
		virtq_rearm(&q);
		virtq_wants_irq(&q);
		PROVE(q.next_used == before, "no index of the used ring changes");
	}
	POSSIBLE(q.num == 128);
}
