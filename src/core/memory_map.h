/* SPDX-License-Identifier: BSD-3-Clause */
/* Boot: which RAM is free, and where the page records go. */
#ifndef CORE_MEMORY_MAP_H
#define CORE_MEMORY_MAP_H

#include "core/hw.h"

#define MEMORY_MAP_HOLES_MAX (HW_RESERVED_MAX + 40)

/* Ranges that are not free, sorted and merged, page-aligned outwards. */
struct memory_map {
	struct hw_range hole[MEMORY_MAP_HOLES_MAX];
	unsigned int count;
};

/* Add a hole. E_NOMEM when there are too many. Pure. */
int memory_map_add(struct memory_map *m, struct hw_range r) MUST_CHECK;

/*
 * The first piece of [*at, end) that is in no hole: *at and *size, whole pages. False when there is none. Pure.
 */
bool memory_map_next_free(const struct memory_map *m, uint64_t *at, uint64_t end, uint64_t *size);

/*
 * Page records for all banks of h (in the direct map), everything released but h's reserved ranges, own[] and the
 * records themselves. E_NOMEM.
 */
int memory_map_init(const struct hw *h, const struct hw_range *own, unsigned int nr_own) MUST_CHECK;

#endif
