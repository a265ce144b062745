/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The memory of a VM; see vm_ram.h. State owned: the list of blocks of each VM.
 *
 * Blocks are taken in descending order of size. So each lies at an IPA that is a multiple of its
 * own size (VMAP_RAM is aligned to 1 GiB), and stage 2 maps it by the largest leaves.
 */
#include "role/hyp/vm_ram.h"

#include "arch/mmu.h"
#include "core/frame.h"
#include "core/heap.h"
#include "core/s1.h"
#include "core/s2.h"
#include "role/hyp/vmap.h"

struct vm_ram_block {
	struct vm_ram_block *next;
	pa_t pa;
	unsigned int order;
};

static uint64_t block_size(unsigned int order)
{
	return PAGE_SIZE << order;
}

/* The largest order that fits into size, which is not less than a page. */
static unsigned int order_within(uint64_t size)
{
	unsigned int order = 63 - (unsigned int)__builtin_clzll(size >> PAGE_SHIFT);

	return MIN(order, (unsigned int)FRAME_ORDER_MAX);
}

/* A block of the largest order not above *order that can be had; *order says which. NULL when there is none at all. */
static struct vm_ram_block *take_block(uint16_t owner, unsigned int *order)
{
	struct vm_ram_block *b = heap_alloc(sizeof(*b));

	if (!b)
		return NULL;
	for (;;) {
		b->pa = frame_alloc(*order, owner);
		b->order = *order;
		if (!pa_is_none(b->pa))
			return b;
		if (*order == 0)
			break;
		--*order;
	}
	heap_free(b);
	return NULL;
}

int vm_ram_alloc(struct vm_ram *ram, struct partition *p, uint64_t size)
{
	unsigned int order = FRAME_ORDER_MAX;

	if (size >> PAGE_SHIFT > frame_count_free())
		return E_NOMEM;
	while (ram->size < size) {
		struct vm_ram_block *b;
		int err;

		order = MIN(order, order_within(size - ram->size));
		b = take_block(p->id, &order);
		if (!b)
			return E_NOMEM;
		b->next = ram->blocks;
		ram->blocks = b;
		err = s2_map(&p->s2, IPA(vmap[VMAP_RAM].base + ram->size), b->pa, block_size(order), S2_RWX);
		if (err != OK)
			return err;
		ram->size += block_size(order);
	}
	return OK;
}

void vm_ram_free(struct vm_ram *ram)
{
	while (ram->blocks) {
		struct vm_ram_block *b = ram->blocks;

		ram->blocks = b->next;
		frame_free(b->pa, b->order);
		heap_free(b);
	}
	ram->size = 0;
}

void vm_ram_clear(struct vm_ram *ram)
{
	for (struct vm_ram_block *b = ram->blocks; b; b = b->next) {
		void *page = pa_to_ptr(b->pa);

		arch_zero_pages(page, block_size(b->order));
		if (!arch_s2_is_coherent())
			arch_dcache_clean_inval(page, block_size(b->order));
	}
}
