/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtio block device (virtio 1.2, 5.2).
 *
 * State owned: struct virtio_blk. Lock: its transport's, d->virtio.lock (LOCK_DEVICE).
 *
 * A request lives in a slot from the moment its chain is taken until it is given back. Its data
 * move in pieces, so a turn is bounded by TURN_BYTES and TURN_CHAINS whatever a guest asks for; a
 * slot whose turn ended half-way is ACTIVE and goes on first in the next.
 */
#include "dev/virtio_blk.h"

#include "abi/virtio_blk.h"
#include "core/heap.h"
#include "dev/virtio_mmio.h"
#include "lib/checked.h"
#include "lib/string.h"

#define SLOTS	    BLOCK_DEPTH
#define PIECE	    BLOCK_BYTES_MAX /* given to the backend at once */
#define TURN_BYTES  (1024u * 1024)
#define TURN_CHAINS 64u
#define QUEUE	    0u
/* What a descriptor's handling counts for in TURN_BYTES: tiny buffers take time, too. */
#define BUFFER_COST 512u

enum slot_state {
	SLOT_FREE,
	SLOT_ACTIVE,  /* has a piece to submit, or is finished by the next look at it */
	SLOT_PENDING, /* the backend has it */
	SLOT_ORPHAN,  /* the backend has it, and the driver has reset the device meanwhile */
};

struct slot {
	enum slot_state state;
	struct virtio_blk *dev;
	struct block_req req;
	struct virtq_chain chain;
	uint32_t type;
	bool safe;	      /* it may end without a flush of its own */
	uint64_t start;	      /* byte on the disk */
	uint64_t total, done; /* bytes of data */
};

struct virtio_blk {
	struct virtio_dev virtio;
	struct block *block;
	struct virtio_blk_config config;
	char id[VIRTIO_BLK_ID_BYTES];
	struct slot slot[SLOTS];
};

struct turn {
	uint32_t bytes, chains;
};

static void finish(struct slot *s, uint8_t status)
{
	struct virtio_blk *d = s->dev;
	const struct virtq_chain *c = &s->chain;
	const struct iov_list in = virtq_in(c);
	uint32_t written = 0;

	s->state = SLOT_FREE;
	if (iov_write(&in, c->in_bytes - 1, &status, 1)) {
		virtio_break(&d->virtio, QUEUE, "a request's status byte is not in memory");
		return;
	}
	/* How much from the start of the buffers is sure to be written (2.7.8.2). */
	if (c->in_bytes == 1 || (s->type == VIRTIO_BLK_T_IN && status == VIRTIO_BLK_S_OK))
		written = (uint32_t)MIN(c->in_bytes, (uint64_t)UINT32_MAX);
	virtio_push(&d->virtio, QUEUE, c->head, written);
}

static void piece_done(struct slot *s, int status)
{
	if (status)
		finish(s, VIRTIO_BLK_S_IOERR);
	else
		s->done += s->req.size;
}

/* The backend ends a pending request. No lock is held. */
static void completed(struct block_req *req, int status)
{
	struct slot *s = container_of(req, struct slot, req);
	struct virtio_blk *d = s->dev;
	const uint64_t since = time_now();
	bool orphan;
	int err;

	spin_lock(&d->virtio.lock);
	orphan = s->state == SLOT_ORPHAN;
	err = block_end(d->block, req, !orphan && !status);
	s->state = orphan ? SLOT_FREE : SLOT_ACTIVE;
	if (!orphan)
		piece_done(s, status ? status : err);
	virtio_completed(&d->virtio, QUEUE, since);
	spin_unlock(&d->virtio.lock);
}

/* size 0: a flush. */
static int submit_piece(struct slot *s, uint32_t size)
{
	const struct virtq_chain *c = &s->chain;
	struct block_req *r = &s->req;
	int err;

	r->done = completed;
	r->offset = s->start + s->done;
	r->size = size;
	r->op = BLOCK_FLUSH;
	if (size && s->type == VIRTIO_BLK_T_IN) {
		r->op = BLOCK_READ;
		r->buf = virtq_in(c);
		r->skip = s->done;
	} else if (size && s->type == VIRTIO_BLK_T_OUT) {
		r->op = BLOCK_WRITE;
		r->buf = virtq_out(c);
		r->skip = s->done + sizeof(struct virtio_blk_hdr);
	}
	/* From here on the backend may complete it, on another core: that waits for our lock. */
	s->state = SLOT_PENDING;
	err = block_submit(s->dev->block, r);
	if (err != BLOCK_PENDING)
		s->state = SLOT_ACTIVE;
	return err;
}

static void flush(struct slot *s)
{
	int err = submit_piece(s, 0);

	if (err != BLOCK_PENDING)
		piece_done(s, err);
}

/* Move data until the request ends, waits for the backend, or the turn is over. */
static void advance(struct slot *s, struct turn *t)
{
	while (s->state == SLOT_ACTIVE && s->done < s->total && t->bytes) {
		uint32_t size = MIN(t->bytes, PIECE);
		int err;

		if (s->total - s->done < size)
			size = (uint32_t)(s->total - s->done);
		t->bytes -= size;
		err = submit_piece(s, size);
		if (err != BLOCK_PENDING)
			piece_done(s, err);
	}
	/* 5.2.6.2: what a driver writes that does not know of flushes is safe when it is told so. */
	if (s->state == SLOT_ACTIVE && s->done == s->total && !s->safe) {
		s->safe = true;
		flush(s);
	}
	if (s->state == SLOT_ACTIVE && s->done == s->total)
		finish(s, VIRTIO_BLK_S_OK);
}

static void transfer(struct slot *s, uint64_t sector, uint64_t bytes)
{
	uint64_t size = s->dev->block->sectors * BLOCK_SECTOR;

	s->total = bytes;
	if (bytes % BLOCK_SECTOR || !checked_mul(sector, BLOCK_SECTOR, &s->start) ||
	    !range_within(s->start, bytes, size))
		finish(s, VIRTIO_BLK_S_IOERR);
	else if (s->type == VIRTIO_BLK_T_OUT && s->dev->block->readonly)
		finish(s, VIRTIO_BLK_S_IOERR);
}

static void get_id(struct slot *s)
{
	struct virtio_blk *d = s->dev;
	const struct virtq_chain *c = &s->chain;
	const struct iov_list in = virtq_in(c);
	size_t n = (size_t)MIN(c->in_bytes - 1, (uint64_t)sizeof(d->id));

	if (iov_write(&in, 0, d->id, n))
		finish(s, VIRTIO_BLK_S_IOERR);
}

/* Decode a new chain. The slot is ACTIVE, or was finished already with an error. */
static void begin(struct slot *s)
{
	struct virtio_blk *d = s->dev;
	const struct virtq_chain *c = &s->chain;
	const struct iov_list out = virtq_out(c);
	struct virtio_blk_hdr h;

	s->state = SLOT_ACTIVE;
	s->total = s->done = s->start = 0;
	if (!c->in_bytes || c->out_bytes < sizeof(h) || iov_read(&out, 0, &h, sizeof(h))) {
		s->state = SLOT_FREE;
		virtio_break(&d->virtio, QUEUE, "a request without its header or status");
		return;
	}
	s->type = h.type;
	s->safe = h.type != VIRTIO_BLK_T_OUT || virtio_has(&d->virtio, VIRTIO_BLK_F_FLUSH);
	switch (h.type) {
	case VIRTIO_BLK_T_IN:
		transfer(s, h.sector, c->in_bytes - 1);
		break;
	case VIRTIO_BLK_T_OUT:
		transfer(s, h.sector, c->out_bytes - sizeof(h));
		break;
	case VIRTIO_BLK_T_FLUSH:
		flush(s);
		break;
	case VIRTIO_BLK_T_GET_ID:
		get_id(s);
		break;
	default:
		finish(s, VIRTIO_BLK_S_UNSUPP);
		break;
	}
}

static struct slot *find_slot(struct virtio_blk *d, enum slot_state state)
{
	for (unsigned int i = 0; i < SLOTS; i++) {
		if (d->slot[i].state == state)
			return &d->slot[i];
	}
	return NULL;
}

static bool blk_run(struct virtio_dev *v, unsigned int q)
{
	struct virtio_blk *d = container_of(v, struct virtio_blk, virtio);
	struct turn t = { TURN_BYTES, TURN_CHAINS };

	while (t.bytes && t.chains) {
		struct slot *s = find_slot(d, SLOT_ACTIVE);

		if (!s) {
			s = find_slot(d, SLOT_FREE);
			/* All are with the backend: a completion comes back here. */
			if (!s || !virtio_pop(v, q, &s->chain))
				return false;
			t.chains--;
			t.bytes -= MIN(t.bytes, (s->chain.nr_out + s->chain.nr_in) * BUFFER_COST);
			begin(s);
		}
		advance(s, &t);
	}
	return true;
}

static void blk_reset(struct virtio_dev *v)
{
	struct virtio_blk *d = container_of(v, struct virtio_blk, virtio);

	for (unsigned int i = 0; i < SLOTS; i++) {
		bool away = d->slot[i].state == SLOT_PENDING || d->slot[i].state == SLOT_ORPHAN;

		d->slot[i].state = away ? SLOT_ORPHAN : SLOT_FREE;
	}
}

static const struct virtio_ops blk_ops = { .run = blk_run, .reset = blk_reset };

static const struct virtio_kind blk_kind = {
	.name = "virtio-blk",
	.ops = &blk_ops,
	.device_id = VIRTIO_ID_BLOCK,
	.nr_queues = 1,
	.features = BIT(VIRTIO_BLK_F_SEG_MAX) | BIT(VIRTIO_BLK_F_BLK_SIZE) | BIT(VIRTIO_BLK_F_FLUSH),
};

int virtio_blk_create(struct partition *p, ipa_t base, unsigned int intid, struct block *b, const char *id,
		      struct virtio_blk **dev)
{
	struct virtio_blk *d = heap_alloc(sizeof(*d));
	int err;

	if (!d)
		return E_NOMEM;
	d->block = b;
	d->config.capacity = b->sectors;
	d->config.seg_max = VIRTQ_NUM_MAX - 2; /* beside the header and the status */
	d->config.blk_size = b->block_size;
	memcpy(d->id, id, strnlen(id, sizeof(d->id)));
	for (unsigned int i = 0; i < SLOTS; i++)
		d->slot[i].dev = d;
	d->virtio.config = &d->config;
	d->virtio.config_size = sizeof(d->config);
	d->virtio.offered = b->readonly ? BIT(VIRTIO_BLK_F_RO) : 0;
	err = virtio_init(&d->virtio, p, base, intid, &blk_kind);
	if (err) {
		heap_free(d);
		return err;
	}
	*dev = d;
	return OK;
}

void virtio_blk_destroy(struct virtio_blk *d)
{
	if (!d)
		return;
	virtio_fini(&d->virtio);
	block_destroy(d->block);
	heap_free(d);
}

void virtio_blk_reset(struct virtio_blk *d)
{
	virtio_reset(&d->virtio);
}
