/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory of the normal world, by copying only: no pointer to it leaves nsmem.c, and what was copied can no longer
 * change (bug class 1). Only what the SPMC's manifest calls "ns-memory" is ever reached: behind any other address
 * there may be nothing, and an access to it would be an exception of our own.
 *
 * A page at a time is mapped, non-secure and never executable, and only while it is copied. No state, no lock of its
 * own; LOCK_S1 inside. Any core, once nsmem_init() was called.
 */
#ifndef ROLE_SPMC_NSMEM_H
#define ROLE_SPMC_NSMEM_H

#include "lib/types.h"

/* Once, on the boot core. E_NOMEM. */
int nsmem_init(void) MUST_CHECK;

/* Whole pages of the normal world's RAM? E_INVAL: misaligned or empty; E_RANGE: not wholly in one range of it. */
int nsmem_check(pa_t pa, uint64_t size) MUST_CHECK;

/* Copy size bytes, of any alignment. E_RANGE as above, and nothing was copied; E_NOMEM: a part may have been. */
int nsmem_read(pa_t pa, void *dst, size_t size) MUST_CHECK;
int nsmem_write(pa_t pa, const void *src, size_t size) MUST_CHECK;

#endif
