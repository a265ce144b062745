/* SPDX-License-Identifier: BSD-3-Clause */
/* Host twin: each call leaves an event in the log (arch/host.h), in order. */
#ifndef ARCH_MMU_H
#define ARCH_MMU_H

#include "lib/types.h"

void arch_pte_write(uint64_t *pte, uint64_t value);
void arch_pte_publish(void);
void arch_s1_tlb_flush(va_t va, uint64_t size);
void arch_s2_tlb_flush(uint64_t vttbr, ipa_t ipa, uint64_t size);
void arch_s2_tlb_flush_ns(uint64_t vttbr, ipa_t ipa, uint64_t size);
void arch_s2_tlb_flush_all(uint64_t vttbr);
void arch_dcache_clean_inval(const void *p, size_t size);
void arch_icache_sync(const void *p, size_t size);
void arch_zero_pages(void *p, size_t size);
bool arch_s2_is_coherent(void);
unsigned int arch_pa_bits(void);
uint64_t arch_vtcr(unsigned int ipa_bits, unsigned int start_level);

static inline uint64_t arch_pte_read(const uint64_t *pte)
{
	return __atomic_load_n(pte, __ATOMIC_RELAXED);
}

#endif
