/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one virtio transport: virtio-mmio, version 2, modern only (virtio 1.2, 4.2). A device embeds
 * struct virtio_dev and gives ops.
 *
 * Lock: d->lock (LOCK_DEVICE), over every call of an op. Work is done on the core of the vCPU that notifies, in bounded
 * turns; the rest of it waits for a timer, so that a guest cannot hold EL2 for long.
 */
#ifndef DEV_VIRTIO_MMIO_H
#define DEV_VIRTIO_MMIO_H

#include "core/partition.h"
#include "core/time.h"
#include "dev/virtqueue.h"
#include "lib/types.h"

#define VIRTIO_MMIO_SIZE  0x1000
#define VIRTIO_QUEUES_MAX 3u

struct virtio_dev;

struct virtio_ops {
	/*
	 * Serve queue q, for one bounded turn, with virtio_pop() and virtio_push(). True: there may be more to do now.
	 */
	bool (*run)(struct virtio_dev *d, unsigned int q);
	/* Forget the requests in hand: the device is reset, or the driver has stopped a queue. */
	void (*reset)(struct virtio_dev *d);
	/* The driver writes the device's configuration, inside config_size. NULL: it is read-only. */
	void (*config_write)(struct virtio_dev *d, uint32_t off, uint64_t value, unsigned int size);
};

/* What a device is, for virtio_init(). */
struct virtio_kind {
	const char *name; /* for the log */
	const struct virtio_ops *ops;
	uint32_t device_id;
	unsigned int nr_queues;
	uint64_t features; /* beyond those that the transport adds: VERSION_1, INDIRECT_DESC, EVENT_IDX */
};

struct virtio_dev {
	struct spinlock lock;
	struct partition *part;
	const struct virtio_kind *kind;
	unsigned int intid;
	uint64_t offered;   /* feature bits */
	const void *config; /* the device's configuration, little-endian; outlives the device */
	uint32_t config_size;

	uint32_t status;
	uint64_t accepted; /* by the driver; frozen by FEATURES_OK */
	uint32_t offered_sel, accepted_sel, queue_sel;
	uint32_t isr; /* InterruptStatus */
	bool line;
	uint32_t generation; /* of the configuration */
	uint32_t again;	     /* queues with work left for the timer, a bit each */
	struct timer turn;
	uint64_t window, spent; /* when we began to count what completions cost, and how much that is */
	struct virtq vq[VIRTIO_QUEUES_MAX];
};

/*
 * Make d ready and register its MMIO region: the last step of a creation, when config, config_size
 * and offered (features beyond kind->features) are set and all else is zero. E_EXIST, E_INVAL,
 * E_NOMEM from mmio_register().
 */
int virtio_init(struct virtio_dev *d, struct partition *p, ipa_t base, unsigned int intid,
		const struct virtio_kind *kind) MUST_CHECK;

/* Stop its timer: the partition will not run again. */
void virtio_fini(struct virtio_dev *d);

/* The whole device as after power-on, for a restart of the partition. Takes the lock. */
void virtio_reset(struct virtio_dev *d);

/* The rest: under d->lock. */

/* Has the driver accepted that feature bit? */
bool virtio_has(const struct virtio_dev *d, unsigned int feature);
/*
 * As virtq_pop(), rearming when the queue is empty; a queue that breaks is told to the driver.
 * True: *c is a chain.
 */
bool virtio_pop(struct virtio_dev *d, unsigned int q, struct virtq_chain *c);
void virtio_push(struct virtio_dev *d, unsigned int q, uint16_t head, uint32_t written);
/* A chain that makes no sense to the device, as a constant text. */
void virtio_break(struct virtio_dev *d, unsigned int q, const char *why);
/* run() queue q now and interrupt the driver for what was pushed. */
void virtio_serve(struct virtio_dev *d, unsigned int q);
/*
 * A backend has finished something, in an interrupt that may have come while anybody's vCPU ran; the work on it began
 * at since. As virtio_serve(), but a device gets at most half of a core's time this way: then the queue rests.
 */
void virtio_completed(struct virtio_dev *d, unsigned int q, uint64_t since);

#endif
