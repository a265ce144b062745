/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The barriers, TLB and cache operations that page-table code needs. The host build logs each call in order, and the
 * unit tests check that order (bug class 4).
 */
#ifndef ARCH_MMU_H
#define ARCH_MMU_H

#include "lib/types.h"

/* Store a descriptor: one 64-bit single-copy atomic store. */
static inline void arch_pte_write(uint64_t *pte, uint64_t value)
{
	__atomic_store_n(pte, value, __ATOMIC_RELAXED);
}

static inline uint64_t arch_pte_read(const uint64_t *pte)
{
	return __atomic_load_n(pte, __ATOMIC_RELAXED);
}

/* DSB ISHST: descriptors written before it are visible to the walkers of all cores after it. */
void arch_pte_publish(void);

/* DSB ISHST; TLBI VAE2IS for each page of [va, va + size); DSB ISH; ISB. */
void arch_s1_tlb_flush(va_t va, uint64_t size);

/*
 * DSB ISHST; TLBI IPAS2E1IS for each page of [ipa, ipa + size) (all of the VMID when that is cheaper); DSB ISH; TLBI
 * VMALLE1IS; DSB ISH; ISB: for the VMID of vttbr, whoever is loaded on this core (the caller's VTTBR_EL2 is put back).
 */
void arch_s2_tlb_flush(uint64_t vttbr, ipa_t ipa, uint64_t size);
/* The same for the non-secure IPA space of that VMID (at S-EL2). */
void arch_s2_tlb_flush_ns(uint64_t vttbr, ipa_t ipa, uint64_t size);

/* Everything of that VMID. */
void arch_s2_tlb_flush_all(uint64_t vttbr);

/* Clean (and invalidate) data to the point of coherency: for what a guest will read with its MMU off. */
void arch_dcache_clean_inval(const void *p, size_t size);

/*
 * After instructions were written: clean to the point of unification and invalidate the instruction cache of all cores.
 */
void arch_icache_sync(const void *p, size_t size);

/*
 * Zero memory by FEAT_MOPS or DC ZVA, where there is either. p and size: multiples of 2 KiB, which is DC
 * ZVA's largest block.
 */
void arch_zero_pages(void *p, size_t size);

/*
 * Are all of a guest's accesses to normal memory of stage 2 cacheable, whatever its stage 1 says (FEAT_S2FWB)? Then it
 * sees what EL2 wrote with its MMU off, too, without cache maintenance. Never for a Secure Partition.
 */
bool arch_s2_is_coherent(void);

/*
 * Bits of physical address that this machine has (ID_AA64MMFR0_EL1.PARange): 32 to 52; capped at 48 (4 KiB
 * granule, no LPA2).
 */
unsigned int arch_pa_bits(void);

/*
 * Stage-2 control of a partition: VTCR_EL2 for an IPA space of ipa_bits with start_level (0 to 2) and the 4 KiB
 * granule, inner-shareable write-back walks.
 */
uint64_t arch_vtcr(unsigned int ipa_bits, unsigned int start_level);

#endif
