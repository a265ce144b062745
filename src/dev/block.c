/* SPDX-License-Identifier: BSD-3-Clause */
/* What all block backends have in common: the check of a request against the disk. No state, no lock. */
#include "dev/block.h"

#include "lib/checked.h"

int block_submit(struct block *b, struct block_req *req)
{
	if (req->op != BLOCK_FLUSH &&
	    (!IS_ALIGNED(req->offset, (uint64_t)BLOCK_SECTOR) || !IS_ALIGNED(req->size, BLOCK_SECTOR)))
		return E_INVAL;
	if (req->op != BLOCK_FLUSH && !range_within(req->offset, req->size, b->sectors * BLOCK_SECTOR))
		return E_RANGE;
	if (req->op == BLOCK_WRITE && b->readonly)
		return E_PERM;
	return b->ops->submit(b, req);
}

int block_end(struct block *b, struct block_req *req, bool wanted)
{
	return b->ops->end ? b->ops->end(b, req, wanted) : OK;
}

void block_destroy(struct block *b)
{
	if (b)
		b->ops->destroy(b);
}
