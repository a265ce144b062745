/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Split virtqueues, the device's side (virtio 1.2, 2.7): take descriptor chains, give them back used.
 *
 * Everything in the rings is the guest's word: each descriptor is copied once and the copy checked;
 * chains are bounded; nothing here can loop for ever or reach outside guest memory. A queue that
 * breaks the rules is `broken` and stays so until it is reset; its owner then tells the driver
 * (DEVICE_NEEDS_RESET). Lock: the owner's.
 */
#ifndef DEV_VIRTQUEUE_H
#define DEV_VIRTQUEUE_H

#include "abi/virtio.h"
#include "core/partition.h"
#include "dev/iov.h"
#include "lib/types.h"

/* The largest queue that is offered, and the most buffers in one chain, through an indirect table too. */
#define VIRTQ_NUM_MAX 128u

struct virtq {
	struct partition *part;
	uint64_t desc, avail, used; /* guest addresses of the three parts */
	uint16_t num;		    /* entries: a power of two up to VIRTQ_NUM_MAX, or 0: never set, or wrongly */
	bool ready, broken;
	bool indirect, event_idx; /* negotiated features */

	uint16_t avail_idx;  /* the driver's index, as read last */
	uint16_t next_avail; /* the next entry of the available ring to take */
	uint16_t next_used;  /* our index in the used ring */
	uint16_t told_used;  /* next_used when the driver was considered for an interrupt last */
	const char *why;     /* what broke it: a constant text */

	struct virtq_desc table[VIRTQ_NUM_MAX]; /* copy of the indirect table in hand */
};

/* Its buffers: first nr_out that the device reads, then nr_in that it writes. */
struct virtq_chain {
	struct partition *part;
	uint16_t head; /* names the chain when it is given back */
	unsigned int nr_out, nr_in;
	uint64_t out_bytes, in_bytes;
	struct iov iov[VIRTQ_NUM_MAX];
};

static inline struct iov_list virtq_out(const struct virtq_chain *c)
{
	return (struct iov_list){ c->part, c->iov, c->nr_out };
}

static inline struct iov_list virtq_in(const struct virtq_chain *c)
{
	return (struct iov_list){ c->part, &c->iov[c->nr_out], c->nr_in };
}

/* As after power-on. Keeps part. */
void virtq_reset(struct virtq *q);

/* Start it, with num and the addresses set: E_INVAL when num is not valid, or a part is misaligned or wraps. */
int virtq_start(struct virtq *q) MUST_CHECK;

/*
 * Take the next chain. OK; E_NOENT when there is none, or the queue is not ready or broken; E_FORMAT when it
 * has just broken.
 */
int virtq_pop(struct virtq *q, struct virtq_chain *c) MUST_CHECK;

/*
 * Ask the driver for a notification of the next chain, then look once more: true when there is one
 * already. A device calls it when virtq_pop() has found nothing, and pops again on true.
 */
bool virtq_rearm(struct virtq *q);

/*
 * Give a chain back, of which written bytes were written. Nothing when the queue is broken. E_FORMAT when it
 * has just broken.
 */
int virtq_push(struct virtq *q, uint16_t head, uint32_t written) MUST_CHECK;

/* After one push or several: does the driver want an interrupt for them? */
bool virtq_wants_irq(struct virtq *q);

/* The owner found a chain that makes no sense for its device. */
void virtq_break(struct virtq *q, const char *why);

#endif
