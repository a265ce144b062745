/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a virtual disk asks of the thing that stores its data: an image in memory, or a disk of the machine.
 *
 * Asynchronous by design. submit() either finishes the request and returns its status, or returns
 * BLOCK_PENDING and calls done() later from a context that holds no lock of rank LOCK_DEVICE or
 * above. done() then calls block_end(), once, under the device's lock, and says whether the request is still wanted:
 * only there do the data of a read reach guest memory, so none comes after a reset of the device.
 */
#ifndef DEV_BLOCK_H
#define DEV_BLOCK_H

#include "dev/iov.h"
#include "lib/types.h"

#define BLOCK_SECTOR 512u

enum block_op { BLOCK_READ, BLOCK_WRITE, BLOCK_FLUSH };

/* submit() will call done(): no error is positive. */
#define BLOCK_PENDING 1

/* What a device asks for at most: bytes of one request, and requests that are pending at once. */
#define BLOCK_BYTES_MAX (128u * 1024)
#define BLOCK_DEPTH	4u

/* Owned by the backend from submit() until its end. */
struct block_req {
	enum block_op op;
	uint64_t offset;     /* bytes from the start of the disk, whole sectors; checked against the disk */
	uint32_t size;	     /* bytes, whole sectors, at most BLOCK_BYTES_MAX; 0 for a flush */
	struct iov_list buf; /* the guest's buffers; stay as they are until the end */
	uint64_t skip;	     /* where in them this request starts */
	void (*done)(struct block_req *req, int status); /* OK, E_FAULT (guest memory), E_IO, E_PERM */
	void *backend;					 /* its own, while it owns the request */
};

struct block;

struct block_ops {
	int (*submit)(struct block *b, struct block_req *req); /* OK, E_*, BLOCK_PENDING; called under LOCK_DEVICE */
	/* NULL for a backend of which nothing is ever pending. */
	int (*end)(struct block *b, struct block_req *req, bool wanted);
	void (*destroy)(struct block *b); /* none of its requests is pending */
};

struct block {
	const struct block_ops *ops;
	uint64_t sectors; /* of BLOCK_SECTOR bytes */
	bool readonly;
	uint32_t block_size; /* a power of two: what requests should be multiples of, for what it stores on */
};

/* Checks the request against the disk, then hands it to the backend. */
int block_submit(struct block *b, struct block_req *req) MUST_CHECK;
/*
 * The end of a pending request; wanted: it went well, and whoever asked still waits for it. From done(), once, under
 * LOCK_DEVICE. OK; E_FAULT: the data of a read have no place in guest memory. The request is the device's again.
 */
int block_end(struct block *b, struct block_req *req, bool wanted) MUST_CHECK;
/* NULL is allowed. */
void block_destroy(struct block *b);

/*
 * A disk in memory: size bytes at data, which stay the caller's. A part of a sector at the end is
 * not reachable. Requests finish at once. NULL when out of memory.
 */
struct block *block_mem_create(void *data, size_t size, bool readonly) MUST_CHECK;

/*
 * A disk of the machine, by its number for plat/plat.h; not written when readonly, or when it is so itself. NULL when
 * there is none of that number, or no memory.
 */
struct block *block_host_create(unsigned int disk, bool readonly) MUST_CHECK;

#endif
