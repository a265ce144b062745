/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Trivet's own address space: EL2 stage 1, 48-bit, from level 0.
 *
 * State owned: the EL2 page table from s1_adopt() on, the window's next free address. Lock: s1.lock
 * (LOCK_S1); LOCK_FRAME inside it. Spec: ARM DDI 0487 D8.3 (stage-1 descriptors; the EL2
 * translation regime has one privilege level: AP[1] is RES1).
 */
#include "core/s1.h"

#include "arch/mmu.h"
#include "core/frame.h"
#include "core/lock.h"
#include "core/panic.h"
#include "core/pgtable.h"
#include "lib/checked.h"

/* Lower attributes of a stage-1 leaf. MAIR_EL2, set by the boot code: 0 Device-nGnRnE, 1 Normal write-back. */
#define DESC_DEVICE    (UINT64_C(0) << 2)
#define DESC_NORMAL    (UINT64_C(1) << 2)
#define DESC_NS	       BIT(5) /* in secure state: the output address is a non-secure one */
#define DESC_AP1       BIT(6) /* RES1 */
#define DESC_READ_ONLY BIT(7) /* AP[2] */
#define DESC_SH_INNER  (UINT64_C(3) << 8)
#define DESC_AF	       BIT(10)
#define DESC_XN	       BIT(54)

/* For each bank of RAM at boot up to five: a level-1 table, and two of level 2 and 3 for the ends of each piece. */
#define POOL_PAGES CONFIG_S1_POOL_PAGES

static uint8_t pool[POOL_PAGES][PAGE_SIZE] ALIGNED(4096);

static struct {
	struct spinlock lock;
	struct pgtable pt;
	uint64_t image, image_end;
	uint64_t window;    /* next free va of the window */
	uint64_t pool_free; /* a bit for each page of the pool */
} s1;

_Static_assert(POOL_PAGES <= 64, "pool_free is one word");

static bool in_pool(uint64_t a)
{
	return a - (uintptr_t)pool < sizeof(pool);
}

static bool in_image(uint64_t a)
{
	return a - s1.image < s1.image_end - s1.image;
}

static pa_t table_alloc(struct pgtable *pt)
{
	pa_t pa = frame_alloc(0, FRAME_TRIVET);
	unsigned int i;

	(void)pt;
	if (!pa_is_none(pa)) {
		arch_zero_pages(pa_to_ptr(pa), PAGE_SIZE);
		return pa;
	}
	if (!s1.pool_free)
		return PA_NONE;
	i = (unsigned int)__builtin_ctzll(s1.pool_free);
	s1.pool_free &= ~BIT(i);
	arch_zero_pages(pool[i], PAGE_SIZE);
	return PA((uintptr_t)pool[i]);
}

static void table_free(struct pgtable *pt, pa_t table)
{
	(void)pt;
	if (in_pool(table.a))
		s1.pool_free |= BIT((table.a - (uintptr_t)pool) / PAGE_SIZE);
	else if (!in_image(table.a)) /* the boot code's tables stay where they are */
		frame_free(table, 0);
}

static uint64_t *table_ptr(pa_t table)
{
	return in_pool(table.a) || in_image(table.a) ? (uint64_t *)(uintptr_t)table.a : pa_to_ptr(table);
}

static void flush(struct pgtable *pt, uint64_t addr, uint64_t size)
{
	(void)pt;
	arch_s1_tlb_flush(VA(addr), size);
}

static const struct pgtable_ops ops = {
	.alloc = table_alloc,
	.free = table_free,
	.ptr = table_ptr,
	.flush = flush,
};

static uint64_t attr_bits(enum s1_attr attr)
{
	const uint64_t common = DESC_AP1 | DESC_AF;

	switch (attr) {
	case S1_RO:
		return common | DESC_NORMAL | DESC_SH_INNER | DESC_READ_ONLY | DESC_XN;
	case S1_RW:
		return common | DESC_NORMAL | DESC_SH_INNER | DESC_XN;
	case S1_RX:
		return common | DESC_NORMAL | DESC_SH_INNER | DESC_READ_ONLY;
	case S1_DEVICE:
		return common | DESC_DEVICE | DESC_XN;
	case S1_NS_RO:
		return common | DESC_NORMAL | DESC_SH_INNER | DESC_NS | DESC_READ_ONLY | DESC_XN;
	case S1_NS_RW:
		return common | DESC_NORMAL | DESC_SH_INNER | DESC_NS | DESC_XN;
	}
	panic("s1: attribute %d", (int)attr);
}

void s1_adopt(pa_t root, pa_t image, uint64_t image_size)
{
	CHECK(IS_ALIGNED(image.a | image_size, PAGE_SIZE) && IS_ALIGNED(S1_DIRECT, GIB));
	spin_init(&s1.lock, LOCK_S1);
	s1.pt = (struct pgtable){ .ops = &ops, .root = root, .addr_bits = PGTABLE_ADDR_BITS };
	s1.image = image.a;
	s1.image_end = image.a + image_size;
	s1.window = S1_WINDOW;
	s1.pool_free = UINT64_MAX >> (64 - POOL_PAGES);
}

int s1_map(va_t va, pa_t pa, uint64_t size, enum s1_attr attr)
{
	int rc;

	spin_lock(&s1.lock);
	rc = pgtable_map(&s1.pt, va.a, pa, size, attr_bits(attr));
	spin_unlock(&s1.lock);
	return rc;
}

int s1_unmap(va_t va, uint64_t size)
{
	int rc;

	spin_lock(&s1.lock);
	rc = pgtable_unmap(&s1.pt, va.a, size);
	spin_unlock(&s1.lock);
	return rc;
}

static int map_direct(uint64_t from, uint64_t to)
{
	return from < to ? s1_map(VA(S1_DIRECT + from), PA(from), to - from, S1_RW) : OK;
}

int s1_map_ram(pa_t base, uint64_t size)
{
	uint64_t from, to;
	int rc;

	if (!range_within(base.a, size, S1_DIRECT_SIZE))
		return E_RANGE;
	from = ALIGN_UP(base.a, PAGE_SIZE);
	to = ALIGN_DOWN(base.a + size, PAGE_SIZE);
	/* The larger part first: an empty table is filled faster. */
	rc = map_direct(MAX(from, MIN(to, s1.image_end)), to);
	if (rc != OK)
		return rc;
	return map_direct(from, MIN(to, MAX(from, s1.image)));
}

void *s1_map_window(pa_t pa, uint64_t size, enum s1_attr attr)
{
	uint64_t offset = pa.a & (PAGE_SIZE - 1), first = pa.a - offset, align, room, va;
	int rc;

	if (size == 0 || !checked_add(size, offset, &size) || !checked_align_up(size, PAGE_SIZE, &size))
		return NULL;
	/* As pa in its 2 MiB block, if it has one, so that blocks can be used. */
	align = size >= BLOCK_SIZE ? BLOCK_SIZE : PAGE_SIZE;
	spin_lock(&s1.lock);
	va = ALIGN_UP(s1.window, align) + (first & (align - 1));
	room = S1_WINDOW_END - va;
	rc = size < room ? pgtable_map(&s1.pt, va, PA(first), size, attr_bits(attr)) : E_NOMEM;
	if (rc == OK)
		s1.window = va + size + PAGE_SIZE;
	spin_unlock(&s1.lock);
	return rc == OK ? (void *)(uintptr_t)(va + offset) : NULL;
}

pa_t ptr_to_pa(const void *p)
{
	uint64_t a = (uintptr_t)p;

	if (a - S1_DIRECT < S1_DIRECT_SIZE)
		return PA(a - S1_DIRECT);
	CHECK(in_image(a) || in_pool(a));
	return PA(a);
}

bool s1_is_direct(pa_t pa, uint64_t size)
{
	/* RAM is what the frame records know; all of it but the image is mapped. */
	return frame_is_ram(pa, size) && !range_overlaps(pa.a, size, s1.image, s1.image_end - s1.image);
}
