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

/*
 * The same by values, for a device of which every access succeeds: arguments and result stay in registers. load returns
 * the value zero-extended from size bytes. offset and size: as in struct mmio_access.
 */
typedef uint64_t (*mmio_load_fn)(void *dev, struct vcpu *v, uint64_t offset, unsigned int size);
typedef void (*mmio_store_fn)(void *dev, struct vcpu *v, uint64_t offset, unsigned int size, uint64_t value);

struct mmio_ops {
	mmio_fn access;
	mmio_load_fn load; /* NULL: plain loads go to access, too; both or none */
	mmio_store_fn store;
};

#define MMIO_REGIONS_MAX 48

struct mmio_region {
	uint64_t base;
	uint64_t aligned; /* what of size an aligned access cannot cross the end of: 0 if base is odd */
	void *dev;
	mmio_load_fn load;
	mmio_store_fn store;
	mmio_fn fn;
	uint64_t size;
};

struct mmio_map {
	unsigned int count;
	struct mmio_region region[MMIO_REGIONS_MAX]; /* sorted by base, disjoint */
};

/*
 * Add a region. OK; E_NOMEM when the table is full; E_EXIST when it overlaps another; E_INVAL when empty or wrapping.
 * Before the partition runs.
 */
int mmio_register(struct partition *p, ipa_t base, uint64_t size, mmio_fn fn, void *dev) MUST_CHECK;
int mmio_register_ops(struct partition *p, ipa_t base, uint64_t size, const struct mmio_ops *ops, void *dev) MUST_CHECK;

/* The region that holds [ipa, ipa + size) whole, or NULL. */
const struct mmio_region *mmio_find(const struct mmio_map *m, ipa_t ipa, uint64_t size);

#endif
