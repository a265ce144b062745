/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage 2: what of physical memory a partition sees, and where.
 *
 * State owned: struct s2. Lock: s2->lock (LOCK_S2); LOCK_FRAME inside it.
 * Spec: ARM DDI 0487 D8.2 (start level, concatenated tables), D8.3 and D8.5 (stage-2 descriptors), VTTBR_EL2.
 */
#include "core/s2.h"

#include "arch/mmu.h"
#include "core/frame.h"
#include "core/panic.h"
#include "core/s1.h"

/* Attributes of a stage-2 leaf. */
#define DESC_NORMAL_WB	  (UINT64_C(0xf) << 2) /* MemAttr[3:0]: inner and outer write-back */
#define DESC_FORCED_WB	  (UINT64_C(0x6) << 2) /* with HCR_EL2.FWB: the same, whatever stage 1 says */
#define DESC_DEVICE_NGNRE (UINT64_C(0x1) << 2)
#define DESC_MEMATTR	  (UINT64_C(0xf) << 2)
#define DESC_S2AP_R	  BIT(6)
#define DESC_S2AP_W	  BIT(7)
#define DESC_SH_INNER	  (UINT64_C(3) << 8)
#define DESC_AF		  BIT(10)
#define DESC_XN		  BIT(54) /* XN[1]; XN[0] stays 0: never, at EL1 and EL0 */

#define VTTBR_VMID_SHIFT 48

/* Bits of IPA that one table resolves together with all levels below: 21, 30, 39, 48 from level 2, 1, 0, ... */
#define LEVEL1_BITS 39
#define LEVEL0_BITS 48
/* At most sixteen concatenated tables at the start level. */
#define CONCAT_BITS_MAX 4

static pa_t table_alloc(struct pgtable *pt)
{
	pa_t pa = frame_alloc(0, FRAME_TRIVET);

	(void)pt;
	if (!pa_is_none(pa))
		arch_zero_pages(pa_to_ptr(pa), PAGE_SIZE);
	return pa;
}

static void table_free(struct pgtable *pt, pa_t table)
{
	(void)pt;
	frame_free(table, 0);
}

static void flush(struct pgtable *pt, uint64_t addr, uint64_t size)
{
	arch_s2_tlb_flush(container_of(pt, struct s2, pt)->vttbr, IPA(addr), size);
}

static void flush_ns(struct pgtable *pt, uint64_t addr, uint64_t size)
{
	arch_s2_tlb_flush_ns(container_of(pt, struct s2, pt)->vttbr, IPA(addr), size);
}

#define PERM_MASK (DESC_S2AP_R | DESC_S2AP_W | DESC_XN)

static const struct pgtable_ops ops = {
	.alloc = table_alloc,
	.free = table_free,
	.flush = flush,
	.perm_mask = PERM_MASK,
};

static const struct pgtable_ops ns_ops = {
	.alloc = table_alloc,
	.free = table_free,
	.flush = flush_ns,
	.perm_mask = PERM_MASK,
};

static uint64_t perm_bits(unsigned int perm)
{
	return (perm & S2_R ? DESC_S2AP_R : 0) | (perm & S2_W ? DESC_S2AP_W : 0) | (perm & S2_X ? 0 : DESC_XN);
}

static uint64_t normal_bits(void)
{
	return arch_s2_is_coherent() ? DESC_FORCED_WB : DESC_NORMAL_WB;
}

static uint64_t attr_bits(unsigned int perm)
{
	uint64_t type = perm & S2_DEVICE ? DESC_DEVICE_NGNRE : normal_bits() | DESC_SH_INNER;

	return DESC_AF | type | perm_bits(perm);
}

static unsigned int perm_of(uint64_t desc)
{
	return (desc & DESC_S2AP_R ? S2_R : 0U) | (desc & DESC_S2AP_W ? S2_W : 0U) | (desc & DESC_XN ? 0U : S2_X) |
	       ((desc & DESC_MEMATTR) == normal_bits() ? 0U : S2_DEVICE);
}

static int init(struct s2 *s2, uint16_t vmid, unsigned int ipa_bits, const struct pgtable_ops *space)
{
	unsigned int start_level = ipa_bits <= LEVEL1_BITS + CONCAT_BITS_MAX ? 1 : 0;
	unsigned int order = start_level == 1 && ipa_bits > LEVEL1_BITS ? ipa_bits - LEVEL1_BITS : 0;
	pa_t root;

	if (ipa_bits < 32 || ipa_bits > LEVEL0_BITS || ipa_bits > arch_pa_bits())
		return E_RANGE;
	/* The root's alignment is its size: that of a buddy block. */
	root = frame_alloc(order, FRAME_TRIVET);
	if (pa_is_none(root))
		return E_NOMEM;
	arch_zero_pages(pa_to_ptr(root), PAGE_SIZE << order);
	arch_pte_publish();

	*s2 = (struct s2){
		.pt = { .ops = space,
			.root = root,
			.start_level = start_level,
			.addr_bits = ipa_bits,
			.tables = BIT(order) },
		.vttbr = root.a | (uint64_t)vmid << VTTBR_VMID_SHIFT,
		.vtcr = arch_vtcr(ipa_bits, start_level),
		.ipa_bits = ipa_bits,
		.root_order = order,
	};
	spin_init(&s2->lock, LOCK_S2);
	/* The VMID may have been another partition's. */
	arch_s2_tlb_flush_all(s2->vttbr);
	return OK;
}

int s2_init(struct s2 *s2, uint16_t vmid, unsigned int ipa_bits)
{
	return init(s2, vmid, ipa_bits, &ops);
}

int s2_init_ns(struct s2 *s2, uint16_t vmid, unsigned int ipa_bits)
{
	return init(s2, vmid, ipa_bits, &ns_ops);
}

void s2_destroy(struct s2 *s2)
{
	spin_lock(&s2->lock);
	arch_s2_tlb_flush_all(s2->vttbr);
	pgtable_clear(&s2->pt);
	CHECK(s2->pt.tables == BIT(s2->root_order));
	frame_free(s2->pt.root, s2->root_order);
	s2->pt.root = PA_NONE;
	s2->pt.addr_bits = 0; /* every later lookup finds nothing */
	s2->pt.tables = 0;
	spin_unlock(&s2->lock);
}

int s2_map(struct s2 *s2, ipa_t ipa, pa_t pa, uint64_t size, unsigned int perm)
{
	int rc;

	if (perm & ~(unsigned int)(S2_RWX | S2_DEVICE))
		return E_INVAL;
	spin_lock(&s2->lock);
	rc = pgtable_map(&s2->pt, ipa.a, pa, size, attr_bits(perm));
	spin_unlock(&s2->lock);
	return rc;
}

int s2_unmap(struct s2 *s2, ipa_t ipa, uint64_t size)
{
	int rc;

	spin_lock(&s2->lock);
	rc = pgtable_unmap(&s2->pt, ipa.a, size);
	spin_unlock(&s2->lock);
	return rc;
}

int s2_protect(struct s2 *s2, ipa_t ipa, uint64_t size, unsigned int perm)
{
	int rc;

	if (perm & ~(unsigned int)S2_RWX)
		return E_INVAL;
	spin_lock(&s2->lock);
	rc = pgtable_protect(&s2->pt, ipa.a, size, perm_bits(perm));
	spin_unlock(&s2->lock);
	return rc;
}

struct s2_locked s2_lock(struct s2 *s2)
{
	spin_lock(&s2->lock);
	return (struct s2_locked){ s2 };
}

void s2_unlock(struct s2_locked l)
{
	spin_unlock(&l.s2->lock);
}

int s2_lookup_locked(struct s2_locked l, ipa_t ipa, struct s2_leaf *leaf)
{
	struct pgtable_leaf found;

	if (!pgtable_lookup(&l.s2->pt, ipa.a, &found))
		return E_NOENT;
	leaf->pa = found.pa;
	leaf->run = found.run;
	leaf->perm = perm_of(found.desc);
	return OK;
}

int s2_lookup(struct s2 *s2, ipa_t ipa, pa_t *pa, unsigned int *perm, uint64_t *run)
{
	struct s2_locked l = s2_lock(s2);
	struct s2_leaf leaf;
	int rc = s2_lookup_locked(l, ipa, &leaf);

	s2_unlock(l);
	if (rc != OK)
		return rc;
	if (pa)
		*pa = leaf.pa;
	if (perm)
		*perm = leaf.perm;
	if (run)
		*run = leaf.run;
	return OK;
}

uint64_t s2_tables(struct s2 *s2)
{
	struct s2_locked l = s2_lock(s2);
	uint64_t n = s2->pt.tables;

	s2_unlock(l);
	return n;
}
