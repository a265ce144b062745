/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage 1 for the attack guests (attack.h; ARM DDI 0487 D8): a flat map and single pages. State owned: the tables,
 * which vCPU 0 alone writes.
 */
#include "attack.h"

#define ENTRIES 512
#define POOL	24

#define DESC_BLOCK   (1ul | 1ul << 10 | 3ul << 8)
#define SCTLR_M	     1ul
#define ADDRESS_MASK MASK(47, 12)

static uint64_t pool[POOL][ENTRIES] ALIGNED(4096);
static unsigned int pool_used;

static uint64_t *new_table(void)
{
	if (pool_used == POOL) {
		attack_fail(__FILE_NAME__, __LINE__, "no table left in the pool", pool_used, POOL);
		return pool[POOL - 1];
	}
	return pool[pool_used++];
}

static uint64_t as_table(const uint64_t *t)
{
	return (uint64_t)(uintptr_t)t | DESC_TABLE;
}

/*
 * Tables are read and written uncached while the MMU is off, cached while it is on: QEMU has one view, and so has
 * hardware that broadcasts; each vCPU cleans nothing because Trivet's stage 2 makes RAM cacheable for both
 * (HCR_EL2.CD = 0).
 */
static void make_flat(void)
{
	uint64_t *l0 = new_table(), *l1 = new_table();

	l0[0] = as_table(l1);
	l1[0] = 0 | DESC_BLOCK | ATTR_DEVICE | DESC_XN;
	l1[1] = RAM | DESC_BLOCK | ATTR_NORMAL;
	dsb();
}

uint64_t attack_mmu_tcr(void)
{
	uint64_t pa_range = sysreg_read(ID_AA64MMFR0_EL1) & 7;

	/* T0SZ 16, walks write-back and inner shareable, no walks by TTBR1, IPS as large as the core's. */
	return 16 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | pa_range << 32;
}

void attack_mmu_on(void)
{
	if (!pool_used)
		make_flat();
	attack_mmu_write(ATTACK_MAIR, attack_mmu_tcr(), (uint64_t)(uintptr_t)pool[0], ATTACK_SCTLR_ON);
}

void attack_mmu_off(void)
{
	if (sysreg_read(SCTLR_EL1) & SCTLR_M)
		attack_mmu_write(ATTACK_MAIR, attack_mmu_tcr(), (uint64_t)(uintptr_t)pool[0], ATTACK_SCTLR_OFF);
}

volatile uint64_t *attack_desc(uint64_t va, unsigned int level)
{
	uint64_t *t = pool[0];

	if (!pool_used)
		make_flat();
	for (unsigned int l = 0;; l++) {
		uint64_t *d = &t[va >> (39 - 9 * l) & (ENTRIES - 1)];

		if (l == level)
			return d;
		if ((*d & 3) != DESC_TABLE)
			return NULL;
		t = (uint64_t *)(uintptr_t)(*d & ADDRESS_MASK);
	}
}

void attack_map(uint64_t va, uint64_t desc)
{
	for (unsigned int l = 0; l < 3; l++) {
		volatile uint64_t *d = attack_desc(va, l);

		if (!(*d & 1))
			*d = as_table(new_table());
	}
	*attack_desc(va, 3) = 0;
	dsb();
	__asm__ volatile("tlbi vmalle1is" ::: "memory");
	dsb();
	*attack_desc(va, 3) = desc;
	dsb();
	isb();
}
