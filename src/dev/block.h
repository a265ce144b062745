/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a virtual disk asks of the thing that stores its data: an image in memory, later a disk of the machine.
 *
 * Asynchronous by design. submit() either finishes the request and returns its status, or returns
 * BLOCK_PENDING and calls done() later from a context that holds no lock of rank LOCK_DEVICE or
 * above. The data move between the backend and guest memory directly.
 */
#ifndef DEV_BLOCK_H
#define DEV_BLOCK_H

#include "dev/iov.h"
#include "lib/list.h"
#include "lib/types.h"

#define BLOCK_SECTOR 512u

enum block_op { BLOCK_READ, BLOCK_WRITE, BLOCK_FLUSH };

/* submit() will call done(): no error is positive. */
#define BLOCK_PENDING 1

/* Owned by the backend from submit() until its end. */
struct block_req {
	enum block_op op;
	uint64_t offset;     /* bytes from the start of the disk, whole sectors; checked against the disk */
	uint32_t size;	     /* bytes, whole sectors; 0 for a flush */
	struct iov_list buf; /* the guest's buffers; stay as they are until the end */
	uint64_t skip;	     /* where in them this request starts */
	void (*done)(struct block_req *req, int status); /* OK, E_FAULT (guest memory), E_IO, E_PERM */
	struct list link;				 /* the backend's, while it owns the request */
};

struct block;

struct block_ops {
	int (*submit)(struct block *b, struct block_req *req); /* OK, E_*, BLOCK_PENDING; called under LOCK_DEVICE */
	void (*destroy)(struct block *b);		       /* none of its requests is pending */
};

struct block {
	const struct block_ops *ops;
	uint64_t sectors; /* of BLOCK_SECTOR bytes */
	bool readonly;
};

/* Checks the request against the disk, then hands it to the backend. */
int block_submit(struct block *b, struct block_req *req) MUST_CHECK;
/* NULL is allowed. */
void block_destroy(struct block *b);

/*
 * A disk in memory: size bytes at data, which stay the caller's. A part of a sector at the end is
 * not reachable. Requests finish at once. NULL when out of memory.
 */
struct block *block_mem_create(void *data, size_t size, bool readonly) MUST_CHECK;

#endif
