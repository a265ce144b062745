/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Guest memory: the only door. Copies between a partition's IPA space and Trivet's own memory,
 * through stage 2; no pointer into guest memory ever leaves this file (bug class 1: what was copied
 * can no longer change). Only normal memory with the needed stage-2 permission is reached. Takes
 * the partition's s2 lock for each piece. A range that is not wholly there: E_FAULT; a part of it
 * may have been copied then.
 */
#ifndef CORE_GUEST_MEM_H
#define CORE_GUEST_MEM_H

#include "lib/types.h"

struct partition;

int guest_mem_read(struct partition *p, ipa_t ipa, void *dst, size_t size) MUST_CHECK;
int guest_mem_write(struct partition *p, ipa_t ipa, const void *src, size_t size) MUST_CHECK;

/*
 * Naturally aligned single-copy atomic accesses of 2, 4 or 8 bytes, for rings that are shared with
 * a running guest. E_INVAL when misaligned. Load has acquire order, store has release order.
 */
int guest_mem_load(struct partition *p, ipa_t ipa, unsigned int size, uint64_t *value) MUST_CHECK;
int guest_mem_store(struct partition *p, ipa_t ipa, unsigned int size, uint64_t value) MUST_CHECK;

/*
 * As guest_mem_write, then cleaned to the point of coherency and visible to instruction fetch: for images loaded before
 * a guest starts with its MMU off.
 */
int guest_mem_load_image(struct partition *p, ipa_t ipa, const void *src, size_t size) MUST_CHECK;

/*
 * n instructions from va on, all in one page, as the vCPU loaded on this core has them at its exception level:
 * through both of its stages, but by a read, so E_FAULT also for code that may only be executed. E_INVAL when
 * misaligned or across pages.
 */
int guest_mem_fetch(uint64_t va, uint32_t *words, unsigned int n) MUST_CHECK;

#endif
