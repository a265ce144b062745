/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Small objects of Trivet's own, built from frames: size classes inside a page, 2^n whole pages
 * above. Zeroed. Lock: LOCK_HEAP, inside. Used while partitions are built; never on a path that a
 * running guest drives.
 */
#ifndef CORE_HEAP_H
#define CORE_HEAP_H

#include "lib/types.h"

/*
 * Zeroed memory of at least size bytes, aligned to 16 (to a page above HEAP_SMALL_MAX bytes). NULL when there is none,
 * or size is 0.
 */
void *heap_alloc(size_t size) MUST_CHECK;

#define HEAP_SMALL_MAX 2016

/* Give it back; NULL is allowed. CHECKs that it is an allocation (double free, foreign pointer). */
void heap_free(void *p);

/* Bytes in use, as handed out: rounded up to the size class. */
size_t heap_in_use(void);

/* Test builds: forget everything, with frame_reset(). */
void heap_reset(void);

#endif
