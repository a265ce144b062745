/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Split virtqueues, the device's side (virtio 1.2, 2.7).
 *
 * State owned: struct virtq. Lock: the owner's, over every call. The rings are shared with running
 * vCPUs: indices go through guest_mem_load (acquire) and guest_mem_store (release), which order
 * them against the entries that they cover.
 */
#include "dev/virtqueue.h"

#include "core/guest_mem.h"
#include "lib/checked.h"
#include "lib/string.h"

void virtq_break(struct virtq *q, const char *why)
{
	if (q->broken)
		return;
	q->broken = true;
	q->why = why;
}

static int breaks(struct virtq *q, const char *why)
{
	virtq_break(q, why);
	return E_FORMAT;
}

void virtq_reset(struct virtq *q)
{
	struct partition *p = q->part;

	memset(q, 0, sizeof(*q));
	q->part = p;
}

int virtq_start(struct virtq *q)
{
	uint64_t end;

	if (!q->num || q->num > VIRTQ_NUM_MAX || (q->num & (q->num - 1)))
		return E_INVAL;
	/* 2.7: alignment of the parts */
	if (!IS_ALIGNED(q->desc, 16) || !IS_ALIGNED(q->avail, 2) || !IS_ALIGNED(q->used, 4))
		return E_INVAL;
	/* With these three checked, no address inside a ring can wrap. */
	if (!checked_add(q->desc, q->num * sizeof(struct virtq_desc), &end) ||
	    !checked_add(q->avail, VIRTQ_AVAIL_USED_EVENT(q->num) + 2u, &end) ||
	    !checked_add(q->used, VIRTQ_USED_AVAIL_EVENT(q->num) + 2u, &end))
		return E_INVAL;
	q->ready = true;
	return OK;
}

static int load16(struct virtq *q, uint64_t addr, uint16_t *v)
{
	uint64_t value;
	int err = guest_mem_load(q->part, IPA(addr), 2, &value);

	if (!err)
		*v = (uint16_t)value;
	return err;
}

/* Is there an entry to take? Looks at the driver's index only when the entries that it covered last are used up. */
static int fetch_avail(struct virtq *q)
{
	if (q->avail_idx != q->next_avail)
		return OK;
	if (load16(q, q->avail + VIRTQ_AVAIL_IDX, &q->avail_idx))
		return breaks(q, "the available ring is not in memory");
	if (q->avail_idx == q->next_avail)
		return E_NOENT;
	if ((uint16_t)(q->avail_idx - q->next_avail) > q->num)
		return breaks(q, "the available index ran more than a queue ahead");
	return OK;
}

/* Add one buffer to the chain. 2.7.4.2: what the device reads comes before what it writes. */
static int add_buffer(struct virtq *q, struct virtq_chain *c, const struct virtq_desc *d)
{
	unsigned int n = c->nr_out + c->nr_in;
	uint64_t end;

	if (n == VIRTQ_NUM_MAX)
		return breaks(q, "a chain has too many buffers");
	if (!checked_add(d->addr, d->len, &end))
		return breaks(q, "a buffer wraps around the address space");
	c->iov[n] = (struct iov){ IPA(d->addr), d->len };
	if (d->flags & VIRTQ_DESC_F_WRITE) {
		c->nr_in++;
		c->in_bytes += d->len;
	} else if (c->nr_in) {
		return breaks(q, "a readable buffer follows a writable one");
	} else {
		c->nr_out++;
		c->out_bytes += d->len;
	}
	return OK;
}

/* 2.7.5.3: the chain inside an indirect table, which starts at its entry 0. The table is copied once, whole. */
static int add_indirect(struct virtq *q, struct virtq_chain *c, const struct virtq_desc *d)
{
	unsigned int n = d->len / sizeof(struct virtq_desc), at = 0;

	if (!q->indirect)
		return breaks(q, "an indirect table without the feature");
	if (d->flags & VIRTQ_DESC_F_NEXT)
		return breaks(q, "a descriptor is indirect and chained");
	if (!n || n > VIRTQ_NUM_MAX || d->len % sizeof(struct virtq_desc))
		return breaks(q, "an indirect table has a wrong length");
	if (guest_mem_read(q->part, IPA(d->addr), q->table, d->len))
		return breaks(q, "an indirect table is not in memory");

	/* A chain that takes more steps than the table has entries is a cycle. */
	for (unsigned int step = 0; step < n; step++) {
		int err;

		if (q->table[at].flags & VIRTQ_DESC_F_INDIRECT)
			return breaks(q, "an indirect table inside another");
		err = add_buffer(q, c, &q->table[at]);
		if (err)
			return err;
		if (!(q->table[at].flags & VIRTQ_DESC_F_NEXT))
			return OK;
		at = q->table[at].next;
		if (at >= n)
			return breaks(q, "an indirect table's next is outside of it");
	}
	return breaks(q, "an indirect table has a cycle");
}

static int walk(struct virtq *q, struct virtq_chain *c)
{
	uint16_t at = c->head;

	/* A chain that takes more steps than the queue has descriptors is a cycle. */
	for (unsigned int step = 0; step < q->num; step++) {
		struct virtq_desc d;
		int err;

		if (at >= q->num)
			return breaks(q, "a descriptor's number is outside of the queue");
		if (guest_mem_read(q->part, IPA(q->desc + at * sizeof(d)), &d, sizeof(d)))
			return breaks(q, "the descriptor table is not in memory");
		if (d.flags & VIRTQ_DESC_F_INDIRECT)
			return add_indirect(q, c, &d);
		err = add_buffer(q, c, &d);
		if (err)
			return err;
		if (!(d.flags & VIRTQ_DESC_F_NEXT))
			return OK;
		at = d.next;
	}
	return breaks(q, "a descriptor chain has a cycle");
}

int virtq_pop(struct virtq *q, struct virtq_chain *c)
{
	uint64_t entry;
	int err;

	if (!q->ready || q->broken)
		return E_NOENT;
	err = fetch_avail(q);
	if (err)
		return err;
	c->part = q->part;
	c->nr_out = c->nr_in = 0;
	c->out_bytes = c->in_bytes = 0;
	entry = q->avail + VIRTQ_AVAIL_RING(q->next_avail & (q->num - 1));
	if (load16(q, entry, &c->head))
		return breaks(q, "the available ring is not in memory");
	err = walk(q, c);
	if (err)
		return err;
	q->next_avail++;
	return OK;
}

bool virtq_rearm(struct virtq *q)
{
	if (!q->ready || q->broken)
		return false;
	if (q->event_idx) {
		/* 2.7.10: the driver notifies when its index passes avail_event. */
		uint64_t at = q->used + VIRTQ_USED_AVAIL_EVENT(q->num);

		if (guest_mem_store(q->part, IPA(at), 2, q->next_avail)) {
			virtq_break(q, "the used ring is not writable memory");
			return false;
		}
		/* Pairs with the driver's barrier between its index and its look at avail_event. */
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	}
	return fetch_avail(q) == OK;
}

int virtq_push(struct virtq *q, uint16_t head, uint32_t written)
{
	struct virtq_used_elem e = { .id = head, .len = written };
	uint64_t at = q->used + VIRTQ_USED_RING(q->next_used & (q->num - 1));

	if (!q->ready || q->broken)
		return OK;
	if (guest_mem_write(q->part, IPA(at), &e, sizeof(e)))
		return breaks(q, "the used ring is not writable memory");
	/* The element must be seen before the index: a store with release order. */
	if (guest_mem_store(q->part, IPA(q->used + VIRTQ_USED_IDX), 2, (uint16_t)(q->next_used + 1)))
		return breaks(q, "the used ring is not writable memory");
	q->next_used++;
	return OK;
}

bool virtq_wants_irq(struct virtq *q)
{
	uint16_t told = q->told_used, now = q->next_used, event, flags;

	if (!q->ready || q->broken || told == now)
		return false;
	q->told_used = now;
	/* Pairs with the driver's barrier between its wish and its last look at the used index. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!q->event_idx) {
		if (load16(q, q->avail + VIRTQ_AVAIL_FLAGS, &flags)) {
			virtq_break(q, "the available ring is not in memory");
			return false;
		}
		return !(flags & VIRTQ_AVAIL_F_NO_INTERRUPT);
	}
	if (load16(q, q->avail + VIRTQ_AVAIL_USED_EVENT(q->num), &event)) {
		virtq_break(q, "the available ring is not in memory");
		return false;
	}
	/* 2.7.10: did the index pass the event? Modulo 2^16. */
	return (uint16_t)(now - event - 1) < (uint16_t)(now - told);
}
