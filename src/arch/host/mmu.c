/* SPDX-License-Identifier: BSD-3-Clause */
/* The RAM arena, and memory operations that are logged instead of done. State owned: the arena. */
#include "arch/mmu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "arch/host.h"
#include "arch/layout.h"
#include "host_internal.h"

#define ARENA_MAX (64 * GIB)

/*
 * Physical address 0 as a host address. Until there is an arena: a place that faults, GiB-aligned as s1_adopt wants it.
 */
uint64_t host_direct_base = UINT64_C(0x600000000000);

static void *arena;
static size_t arena_size;
static unsigned int pa_bits = 44;
static bool s2_coherent;

void host_mmu_reset(void)
{
	if (arena)
		munmap(arena, arena_size);
	arena = NULL;
	pa_bits = 44;
	s2_coherent = false;
}

void host_ram_init(pa_t base, uint64_t size)
{
	uint64_t start;
	char *p;

	if (arena)
		munmap(arena, arena_size);
	if (size > ARENA_MAX || !IS_ALIGNED(base.a | size, PAGE_SIZE))
		abort();
	/* A GiB more, to place it so that blocks of a GiB of PA are blocks of a GiB of VA. */
	arena_size = size + GIB;
	p = mmap(NULL, arena_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED) {
		perror("host_ram_init");
		abort();
	}
	arena = p;
	start = ALIGN_UP((uintptr_t)p, GIB) + (base.a & (GIB - 1));
	if (start - GIB >= (uintptr_t)p)
		start -= GIB;
	host_direct_base = start - base.a;
}

void arch_pte_write(uint64_t *pte, uint64_t value)
{
	__atomic_store_n(pte, value, __ATOMIC_RELAXED);
	host_log_add(HOST_PTE_WRITE, (uintptr_t)pte, value, 0);
}

void arch_pte_publish(void)
{
	host_barrier();
	host_log_add(HOST_PUBLISH, 0, 0, 0);
}

void arch_s1_tlb_flush(va_t va, uint64_t size)
{
	host_log_add(HOST_S1_FLUSH, va.a, size, 0);
}

void arch_s2_tlb_flush(uint64_t vttbr, ipa_t ipa, uint64_t size)
{
	host_log_add(HOST_S2_FLUSH, ipa.a, size, vttbr);
}

void arch_s2_tlb_flush_ns(uint64_t vttbr, ipa_t ipa, uint64_t size)
{
	host_log_add(HOST_S2_FLUSH_NS, ipa.a, size, vttbr);
}

void arch_s2_tlb_flush_all(uint64_t vttbr)
{
	host_log_add(HOST_S2_FLUSH_ALL, 0, 0, vttbr);
}

void arch_dcache_clean_inval(const void *p, size_t size)
{
	host_log_add(HOST_DCACHE, (uintptr_t)p, size, 0);
}

void arch_icache_sync(const void *p, size_t size)
{
	host_log_add(HOST_ICACHE, (uintptr_t)p, size, 0);
}

void arch_zero_pages(void *p, size_t size)
{
	if (!IS_ALIGNED((uintptr_t)p | size, PAGE_SIZE))
		abort();
	memset(p, 0, size);
	host_log_add(HOST_ZERO, (uintptr_t)p, size, 0);
}

bool arch_s2_is_coherent(void)
{
	return s2_coherent;
}

unsigned int arch_pa_bits(void)
{
	return pa_bits;
}

void host_s2_coherent_set(bool is)
{
	s2_coherent = is;
}

void host_pa_bits_set(unsigned int bits)
{
	pa_bits = bits;
}

uint64_t arch_vtcr(unsigned int ipa_bits, unsigned int start_level)
{
	/* T0SZ [5:0] and SL0 [7:6] (2 - level for 4 KiB): what tests can tell apart. */
	return (64 - ipa_bits) | (uint64_t)(2 - start_level) << 6 | BIT(31);
}
