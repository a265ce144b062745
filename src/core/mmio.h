/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Emulated device memory: which IPA ranges of a partition answer by a function.
 *
 * The table is built before the partition runs and only read afterwards, so reads take no lock.
 */
#ifndef CORE_MMIO_H
#define CORE_MMIO_H

#include "lib/types.h"

struct partition;
struct vcpu;

enum mmio_result {
	MMIO_OK,    /* done; for a read, value holds the result (bits above the size are ignored) */
	MMIO_FAULT, /* no such register at that width: the guest gets a synchronous external abort */
};

struct mmio_access {
	uint64_t offset; /* from the region's base; offset + size lies inside the region */
	uint64_t value;	 /* write: zero-extended from size bytes */
	uint8_t size;	 /* 1, 2, 4 or 8 bytes; offset is a multiple of it */
	bool write;
};

/* Runs on the accessing vCPU's core, which is v's; takes the device's own lock. */
typedef enum mmio_result (*mmio_fn)(void *dev, struct vcpu *v, struct mmio_access *a);

#define MMIO_REGIONS_MAX 48

struct mmio_region {
	uint64_t base, size;
	uint64_t aligned; /* what of size an aligned access cannot cross the end of: 0 if base is odd */
	mmio_fn fn;
	void *dev;
};

struct mmio_map {
	unsigned int count;
	/* The region found last, on any core: only a guess, read and written without a lock. NULL: none yet. */
	const struct mmio_region *hint;
	struct mmio_region region[MMIO_REGIONS_MAX]; /* sorted by base, disjoint */
};

/*
 * Add a region. OK; E_NOMEM when the table is full; E_EXIST when it overlaps another; E_INVAL when empty or wrapping.
 * Before the partition runs.
 */
int mmio_register(struct partition *p, ipa_t base, uint64_t size, mmio_fn fn, void *dev) MUST_CHECK;

/* The region that holds [ipa, ipa + size) whole, or NULL. */
const struct mmio_region *mmio_find(struct mmio_map *m, ipa_t ipa, uint64_t size);

/*
 * The same, and ipa's offset in it, for an ipa that is a multiple of size, which is 1, 2, 4 or 8. Inline: on the path
 * of every device access.
 */
static inline const struct mmio_region *mmio_find_aligned(struct mmio_map *m, ipa_t ipa, uint64_t size, uint64_t *off)
{
	const struct mmio_region *r = READ_ONCE(m->hint);

	if (likely(r)) {
		*off = ipa.a - r->base;
		/* An address below the base wraps to an offset above every size. */
		if (likely(*off < r->aligned))
			return r;
	}
	r = mmio_find(m, ipa, size);
	if (r)
		*off = ipa.a - r->base;
	return r;
}

#endif
