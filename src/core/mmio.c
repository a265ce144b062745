/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Emulated device memory: a sorted table of regions, searched on every data abort.
 *
 * State owned: each partition's struct mmio_map. No lock: the table is complete before the partition runs.
 */
#include "core/mmio.h"

#include "core/partition.h"
#include "lib/checked.h"

int mmio_register_ops(struct partition *p, ipa_t base, uint64_t size, const struct mmio_ops *ops, void *dev)
{
	struct mmio_map *m = &p->mmio;
	unsigned int at = 0;
	uint64_t end;

	if (!size || !checked_add(base.a, size, &end))
		return E_INVAL;
	for (unsigned int i = 0; i < m->count; i++) {
		const struct mmio_region *r = &m->region[i];

		if (range_overlaps(base.a, size, r->base, r->size))
			return E_EXIST;
		if (r->base < base.a)
			at = i + 1;
	}
	if (m->count == MMIO_REGIONS_MAX)
		return E_NOMEM;

	for (unsigned int i = m->count; i > at; i--)
		m->region[i] = m->region[i - 1];
	m->region[at] = (struct mmio_region){
		.base = base.a,
		.size = size,
		.aligned = IS_ALIGNED(base.a, 8) ? ALIGN_DOWN(size, 8) : 0,
		.fn = ops->access,
		.load = ops->load,
		.store = ops->store,
		.dev = dev,
	};
	m->count++;
	return OK;
}

int mmio_register(struct partition *p, ipa_t base, uint64_t size, mmio_fn fn, void *dev)
{
	const struct mmio_ops ops = { .access = fn };

	return mmio_register_ops(p, base, size, &ops, dev);
}

static bool holds(const struct mmio_region *r, uint64_t ipa, uint64_t size)
{
	/* An address below the base wraps to an offset above every size. */
	uint64_t off = ipa - r->base;

	return off < r->size && size <= r->size - off;
}

const struct mmio_region *mmio_find(const struct mmio_map *m, ipa_t ipa, uint64_t size)
{
	unsigned int lo = 0, hi = m->count;

	/* The last region whose base is not above ipa is lo - 1. */
	while (lo < hi) {
		unsigned int mid = (lo + hi) / 2;

		if (m->region[mid].base <= ipa.a)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo || !holds(&m->region[lo - 1], ipa.a, size))
		return NULL;
	return &m->region[lo - 1];
}
