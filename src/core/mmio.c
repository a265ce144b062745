/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Emulated device memory: a sorted table of regions, searched on every data abort.
 *
 * State owned: each partition's struct mmio_map. No lock: the table is complete before the
 * partition runs; the hint is a guess that is checked at each use, so a torn or stale one costs
 * only time.
 */
#include "core/mmio.h"

#include "core/partition.h"
#include "lib/checked.h"

int mmio_register(struct partition *p, ipa_t base, uint64_t size, mmio_fn fn, void *dev)
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
	m->region[at] = (struct mmio_region){ base.a, size, fn, dev };
	m->count++;
	return OK;
}

const struct mmio_region *mmio_search(struct mmio_map *m, uint64_t ipa, uint64_t size)
{
	unsigned int lo = 0, hi = m->count;

	/* The last region whose base is not above ipa is lo - 1. */
	while (lo < hi) {
		unsigned int mid = (lo + hi) / 2;

		if (m->region[mid].base <= ipa)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo || !mmio_region_holds(&m->region[lo - 1], ipa, size))
		return NULL;
	__atomic_store_n(&m->hint, lo - 1, __ATOMIC_RELAXED);
	return &m->region[lo - 1];
}
