/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TLB and cache maintenance (ARM DDI 0487 D8.13, D7.5). Each barrier says what it waits for.
 */
#include "arch/mmu.h"
#include "arch/sysreg.h"
#include "arch/world.h"

#define TLBI(op)      __asm__ volatile("tlbi " op ::: "memory")
#define TLBI_X(op, x) __asm__ volatile("tlbi " op ", %0" : : "r"(x) : "memory")
#define DSB(kind)     __asm__ volatile("dsb " kind ::: "memory")
#define ISB()	      __asm__ volatile("isb" ::: "memory")

/* Above this many pages one invalidation of everything is cheaper than one for each page. */
#define FLUSH_PAGES_MAX 64

void arch_pte_publish(void)
{
	DSB("ishst"); /* descriptors before the walks that follow, on all cores */
	ISB();
}

void arch_s1_tlb_flush(va_t va, uint64_t size)
{
	uint64_t pages = size >> PAGE_SHIFT;

	DSB("ishst"); /* the new (invalid) descriptors before the invalidation */
	if (pages > FLUSH_PAGES_MAX) {
		TLBI("alle2is");
	} else {
		for (uint64_t i = 0; i < pages; i++)
			TLBI_X("vae2is", (va.a >> PAGE_SHIFT) + i);
	}
	DSB("ish"); /* until all cores have done it */
	ISB();
}

/* TLBI by VMID acts on the current VTTBR_EL2.VMID. */
static bool other_vmid(uint64_t a, uint64_t b)
{
	return BITS(a ^ b, 63, 48) != 0;
}

static uint64_t vmid_enter(uint64_t vttbr)
{
	uint64_t old = sysreg_read(VTTBR_EL2);

	DSB("ishst");
	if (other_vmid(old, vttbr)) {
		sysreg_write(VTTBR_EL2, world_vmid_only(vttbr));
		ISB();
	}
	return old;
}

static void vmid_leave(uint64_t old, uint64_t vttbr)
{
	if (other_vmid(old, vttbr))
		sysreg_write(VTTBR_EL2, old);
	ISB();
}

/* In the operand of TLBI IPAS2E1IS, in secure state: the IPA is a non-secure one. */
#define TLBI_NS BIT(63)

static void flush_ipas(uint64_t vttbr, ipa_t ipa, uint64_t size, uint64_t space)
{
	uint64_t pages = size >> PAGE_SHIFT, old;

	if (pages > FLUSH_PAGES_MAX) {
		arch_s2_tlb_flush_all(vttbr);
		return;
	}
	old = vmid_enter(vttbr);
	for (uint64_t i = 0; i < pages; i++)
		TLBI_X("ipas2e1is", space | ((ipa.a >> PAGE_SHIFT) + i));
	DSB("ish"); /* stage 2 entries are gone before combined ones are dropped */
	TLBI("vmalle1is");
	DSB("ish");
	vmid_leave(old, vttbr);
}

void arch_s2_tlb_flush(uint64_t vttbr, ipa_t ipa, uint64_t size)
{
	flush_ipas(vttbr, ipa, size, 0);
}

void arch_s2_tlb_flush_ns(uint64_t vttbr, ipa_t ipa, uint64_t size)
{
	flush_ipas(vttbr, ipa, size, TLBI_NS);
}

void arch_s2_tlb_flush_all(uint64_t vttbr)
{
	uint64_t old = vmid_enter(vttbr);

	TLBI("vmalls12e1is");
	DSB("ish");
	vmid_leave(old, vttbr);
}

static size_t dcache_line(void)
{
	return (size_t)4 << BITS(sysreg_read(CTR_EL0), 19, 16);
}

void arch_dcache_clean_inval(const void *p, size_t size)
{
	size_t line = dcache_line();
	uint64_t end = (uint64_t)p + size;

	for (uint64_t a = ALIGN_DOWN((uint64_t)p, line); a < end; a += line)
		__asm__ volatile("dc civac, %0" : : "r"(a) : "memory");
	DSB("sy"); /* done at the point of coherency */
}

void arch_icache_sync(const void *p, size_t size)
{
	size_t line = dcache_line();
	uint64_t end = (uint64_t)p + size;

	for (uint64_t a = ALIGN_DOWN((uint64_t)p, line); a < end; a += line)
		__asm__ volatile("dc cvau, %0" : : "r"(a) : "memory");
	DSB("ish"); /* data are at the point of unification before instruction caches drop theirs */
	__asm__ volatile("ic ialluis" ::: "memory");
	DSB("ish");
	ISB();
}

/* FEAT_MOPS: the core does it all in three instructions, as fast as it can (ARM DDI 0487 C6.2, SETP). */
static void set_zero(void *p, size_t size)
{
	__asm__ volatile(".arch_extension mops\n\t"
			 "setp [%0]!, %1!, xzr\n\t"
			 "setm [%0]!, %1!, xzr\n\t"
			 "sete [%0]!, %1!, xzr"
			 : "+r"(p), "+r"(size)
			 :
			 : "memory", "cc");
}

void arch_zero_pages(void *p, size_t size)
{
	uint64_t dczid = sysreg_read(DCZID_EL0), end = (uint64_t)p + size;
	size_t block = (size_t)4 << BITS(dczid, 3, 0);

	if (BITS(sysreg_read(ID_AA64ISAR2_EL1), 19, 16)) {
		set_zero(p, size);
		return;
	}
	if (dczid & BIT(4)) { /* DC ZVA prohibited */
		for (uint64_t *q = p; (uint64_t)q < end; q += 2) {
			q[0] = 0;
			q[1] = 0;
		}
		return;
	}
	for (uint64_t a = (uint64_t)p; a < end; a += block)
		__asm__ volatile("dc zva, %0" : : "r"(a) : "memory");
}

unsigned int arch_pa_bits(void)
{
	static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48, 48, 48 };
	uint64_t range = BITS(sysreg_read(ID_AA64MMFR0_EL1), 3, 0);

	return bits[MIN(range, ARRAY_SIZE(bits) - 1)];
}

uint64_t arch_vtcr(unsigned int ipa_bits, unsigned int start_level)
{
	uint64_t ps = MIN(BITS(sysreg_read(ID_AA64MMFR0_EL1), 3, 0), 5);

	/* RES1 31; PS; TG0 4 KiB; SH0 inner; ORGN0, IRGN0 write-back write-allocate; SL0 2 - level; T0SZ. */
	return BIT(31) | ps << 16 | UINT64_C(3) << 12 | UINT64_C(1) << 10 | UINT64_C(1) << 8 |
	       (uint64_t)(2 - start_level) << 6 | (64 - ipa_bits);
}
