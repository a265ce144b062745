/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtio entropy device (virtio 1.2, 5.4): fills what the driver offers, up to BUFFER_BYTES of each buffer and
 * TURN_CHAINS buffers a turn. State owned: struct virtio_rng. Lock: its transport's (LOCK_DEVICE).
 */
#include "dev/virtio_rng.h"

#include "core/heap.h"
#include "dev/virtio_mmio.h"

#define TURN_CHAINS  16u
#define BUFFER_BYTES 1024u /* fewer than offered is allowed: 5.4.6.1 */
#define PIECE	     128u

struct virtio_rng {
	struct virtio_dev virtio;
	void (*fill)(void *buf, size_t n);
	struct virtq_chain chain;
};

static int fill_chain(struct virtio_rng *d, size_t size)
{
	const struct iov_list in = virtq_in(&d->chain);
	uint8_t buf[PIECE];

	for (size_t done = 0; done < size; done += PIECE) {
		size_t n = MIN(size - done, (size_t)PIECE);
		int err;

		d->fill(buf, n);
		err = iov_write(&in, done, buf, n);
		if (err)
			return err;
	}
	return OK;
}

static bool rng_run(struct virtio_dev *v, unsigned int q)
{
	struct virtio_rng *d = container_of(v, struct virtio_rng, virtio);

	for (unsigned int i = 0; i < TURN_CHAINS; i++) {
		uint32_t size;

		if (!virtio_pop(v, q, &d->chain))
			return false;
		size = (uint32_t)MIN(d->chain.in_bytes, (uint64_t)BUFFER_BYTES);
		if (!size || d->chain.nr_out || fill_chain(d, size)) {
			virtio_break(v, q, "a buffer that cannot be filled");
			return false;
		}
		virtio_push(v, q, d->chain.head, size);
	}
	return true;
}

static void rng_reset(struct virtio_dev *v UNUSED)
{
	/* No request outlives a turn. */
}

static const struct virtio_ops rng_ops = { .run = rng_run, .reset = rng_reset };

static const struct virtio_kind rng_kind = {
	.name = "virtio-rng",
	.ops = &rng_ops,
	.device_id = VIRTIO_ID_ENTROPY,
	.nr_queues = 1,
};

int virtio_rng_create(struct partition *p, ipa_t base, unsigned int intid, void (*fill)(void *buf, size_t n),
		      struct virtio_rng **dev)
{
	struct virtio_rng *d = heap_alloc(sizeof(*d));
	int err;

	if (!d)
		return E_NOMEM;
	d->fill = fill;
	err = virtio_init(&d->virtio, p, base, intid, &rng_kind);
	if (err) {
		heap_free(d);
		return err;
	}
	*dev = d;
	return OK;
}

void virtio_rng_destroy(struct virtio_rng *d)
{
	if (!d)
		return;
	virtio_fini(&d->virtio);
	heap_free(d);
}

void virtio_rng_reset(struct virtio_rng *d)
{
	virtio_reset(&d->virtio);
}
