/* SPDX-License-Identifier: BSD-3-Clause */
/* Between the files of src/arch/host. */
#ifndef HOST_INTERNAL_H
#define HOST_INTERNAL_H

#include "lib/types.h"

void host_mmu_reset(void);
void host_plat_reset(void);

/* A full barrier that ThreadSanitizer understands (it knows no fences). */
static inline void host_barrier(void)
{
	static uint32_t word;

	__atomic_fetch_add(&word, 1, __ATOMIC_SEQ_CST);
}

/* This thread's cell for a system register, and list register i. */
uint64_t *host_cell(const char *name);
uint64_t *host_lr(unsigned int i);

#endif
