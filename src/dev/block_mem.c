/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A disk in Trivet's memory: the image that came with the bundle. Copies go straight between it and
 * guest memory. State owned: struct block_mem and the image's content. Lock: none; the device that
 * owns it calls under its own.
 */
#include "core/heap.h"
#include "dev/block.h"

struct block_mem {
	struct block block;
	uint8_t *data;
};

static int submit(struct block *b, struct block_req *req)
{
	struct block_mem *m = container_of(b, struct block_mem, block);

	switch (req->op) {
	case BLOCK_READ:
		return iov_write(&req->buf, req->skip, m->data + req->offset, req->size);
	case BLOCK_WRITE:
		return iov_read(&req->buf, req->skip, m->data + req->offset, req->size);
	case BLOCK_FLUSH:
	default:
		return OK; /* memory is as safe as it gets */
	}
}

static void destroy(struct block *b)
{
	heap_free(container_of(b, struct block_mem, block));
}

static const struct block_ops ops = { .submit = submit, .destroy = destroy };

struct block *block_mem_create(void *data, size_t size, bool readonly)
{
	struct block_mem *m = heap_alloc(sizeof(*m));

	if (!m)
		return NULL;
	m->block = (struct block){ &ops, size / BLOCK_SECTOR, readonly, BLOCK_SECTOR };
	m->data = data;
	return &m->block;
}
