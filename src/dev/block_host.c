/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest's disk whose bytes are a disk of the machine's (plat/plat.h).
 *
 * State owned: struct block_host. Lock: the owning device's (LOCK_DEVICE): submit() and end() run under it; between
 * them a transfer is the driver's.
 *
 * The machine's device never gets an address of guest memory: each request that can be pending has a buffer of ours,
 * BLOCK_DEPTH of HOST_DISK_IO_MAX bytes in all, and data are copied by core/guest_mem.c, in submit() for a write and in
 * end() for a read. It costs a copy (DMA to the guest's pages would not), and buys that a VM may end, start again or
 * reset its device at any moment without anybody to wait for; that what a write stores cannot change while it is
 * stored; and that a device that errs can only spoil buffers, not memory that has found another use.
 */
#include "core/heap.h"
#include "core/s1.h"
#include "dev/block.h"
#include "plat/plat.h"

_Static_assert(HOST_DISK_SECTOR == BLOCK_SECTOR, "one meaning of sector");
_Static_assert(sizeof(char[HOST_DISK_IO_MAX]) >= BLOCK_BYTES_MAX, "a request fits into a transfer");

struct transfer {
	struct host_disk_io io;
	struct block_req *req; /* NULL: free */
};

struct block_host {
	struct block block;
	unsigned int disk;
	bool flush;
	uint8_t *buffers;
	struct transfer transfer[BLOCK_DEPTH];
};

static struct transfer *find_free(struct block_host *h)
{
	for (unsigned int i = 0; i < BLOCK_DEPTH; i++) {
		if (!h->transfer[i].req)
			return &h->transfer[i];
	}
	return NULL;
}

/* The driver's word; no lock is held. */
static void landed(struct host_disk_io *io, int status)
{
	struct block_req *req = container_of(io, struct transfer, io)->req;

	req->done(req, status);
}

static enum host_disk_op op_of(enum block_op op)
{
	switch (op) {
	case BLOCK_READ:
		return HOST_DISK_READ;
	case BLOCK_WRITE:
		return HOST_DISK_WRITE;
	case BLOCK_FLUSH:
	default:
		return HOST_DISK_FLUSH;
	}
}

static int submit(struct block *b, struct block_req *req)
{
	struct block_host *h = container_of(b, struct block_host, block);
	struct transfer *t = find_free(h);
	int err = OK;

	/* Without a cache behind it there is nothing to flush: 5.2.6.2. */
	if (req->op == BLOCK_FLUSH && !h->flush)
		return OK;
	if (!t || req->size > BLOCK_BYTES_MAX)
		return E_BUSY; /* more than was agreed on: an error of the device's */
	if (req->op == BLOCK_WRITE)
		err = iov_read(&req->buf, req->skip, t->io.data, req->size);
	if (err)
		return err;
	t->io.op = op_of(req->op);
	t->io.sector = req->op == BLOCK_FLUSH ? 0 : req->offset / BLOCK_SECTOR;
	t->io.size = req->op == BLOCK_FLUSH ? 0 : req->size;
	t->req = req;
	req->backend = t;
	err = host_disk_submit(h->disk, &t->io);
	if (err) {
		t->req = NULL;
		return err;
	}
	return BLOCK_PENDING;
}

static int end(struct block *b UNUSED, struct block_req *req, bool wanted)
{
	struct transfer *t = req->backend;
	int err = OK;

	if (wanted && req->op == BLOCK_READ)
		err = iov_write(&req->buf, req->skip, t->io.data, req->size);
	t->req = NULL;
	return err;
}

static void destroy(struct block *b)
{
	struct block_host *h = container_of(b, struct block_host, block);

	heap_free(h->buffers);
	heap_free(h);
}

static const struct block_ops ops = { .submit = submit, .end = end, .destroy = destroy };

struct block *block_host_create(unsigned int disk, bool readonly)
{
	struct host_disk_info info;
	struct block_host *h;

	if (host_disk_info(disk, &info) != OK)
		return NULL;
	h = heap_alloc(sizeof(*h));
	if (!h)
		return NULL;
	h->buffers = heap_alloc(BLOCK_DEPTH * HOST_DISK_IO_MAX);
	if (!h->buffers) {
		heap_free(h);
		return NULL;
	}
	for (unsigned int i = 0; i < BLOCK_DEPTH; i++) {
		struct host_disk_io *io = &h->transfer[i].io;

		io->data = h->buffers + (size_t)i * HOST_DISK_IO_MAX;
		io->pa = ptr_to_pa(io->data);
		io->done = landed;
	}
	h->block = (struct block){ &ops, info.sectors, readonly || info.readonly, info.block_size };
	h->disk = disk;
	h->flush = info.flush;
	return &h->block;
}
