/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The SP's stage 1: itself where it is linked (text RX, rodata R, the rest RW), and a window for what it is given: NS
 * pages with NS=1, devices. A 32-bit space, 4 KiB granule. State owned: the tables. ARM DDI 0487 D8.3.
 */
#include "sp.h"

#define PAGE	   4096ul
#define BLOCK	   (2ul << 20)
#define PTE_BLOCK  1ul
#define PTE_TABLE  3ul
#define PTE_PAGE   3ul
#define PTE_NORMAL (1ul << 2)
#define PTE_NS	   (1ul << 5)
#define PTE_RO	   (1ul << 7)
#define PTE_INNER  (3ul << 8)
#define PTE_AF	   (1ul << 10)
#define PTE_XN	   (3ul << 53) /* UXN, PXN */
#define PTE_UXN	   (1ul << 54)
#define WINDOW	   0x3fe00000ul /* the last 2 MiB of the first GiB */

void sp_tables_make(void);
extern char _start[], _text_end[], _rodata_end[], _end[];

uint64_t sp_table_1[512] __attribute__((aligned(4096)));
static uint64_t table_2[512] __attribute__((aligned(4096)));
static uint64_t image[512] __attribute__((aligned(4096)));
static uint64_t window[512] __attribute__((aligned(4096)));
static unsigned int window_used;

static void map_image(const char *from, const char *to, uint64_t attr)
{
	for (uint64_t a = (uint64_t)from; a < (uint64_t)to; a += PAGE)
		image[a / PAGE % 512] = a | attr | PTE_PAGE | PTE_AF;
}

/* MMU off. The image and all its memory lie in one 2 MiB block below 1 GiB. */
void sp_tables_make(void)
{
	uint64_t base = (uint64_t)_start / BLOCK * BLOCK;

	map_image((char *)base, _start,
		  PTE_NORMAL | PTE_INNER | PTE_RO | PTE_XN); /* package header, manifest, boot information */
	map_image(_start, _text_end, PTE_NORMAL | PTE_INNER | PTE_RO | PTE_UXN);
	map_image(_text_end, _rodata_end, PTE_NORMAL | PTE_INNER | PTE_RO | PTE_XN);
	map_image(_rodata_end, _end, PTE_NORMAL | PTE_INNER | PTE_XN);
	/*
	 * What NULL points to is not the SP's: to touch it is stage 2's affair, not stage 1's, and ends
	 * the SP (sp_panic).
	 */
	table_2[0] = PTE_BLOCK | PTE_XN | PTE_AF;
	table_2[base / BLOCK % 512] = (uint64_t)image | PTE_TABLE;
	table_2[WINDOW / BLOCK % 512] = (uint64_t)window | PTE_TABLE;
	sp_table_1[0] = (uint64_t)table_2 | PTE_TABLE;
	__asm__ volatile("dsb sy" ::: "memory");
}

void *sp_map(uint64_t pa, size_t size, unsigned int how)
{
	uint64_t attr = PTE_XN | PTE_PAGE | PTE_AF | (how & SP_MAP_NS ? PTE_NS : 0) |
			(how & SP_MAP_DEVICE ? 0 : PTE_NORMAL | PTE_INNER);
	unsigned int first, n = (unsigned int)(size / PAGE);

	if (!size || (pa | size) % PAGE || n > 512)
		return NULL;
	first = __atomic_fetch_add(&window_used, n, __ATOMIC_RELAXED);
	if (first + n > 512)
		return NULL;
	for (unsigned int i = 0; i < n; i++)
		window[first + i] = (pa + i * PAGE) | attr;
	/* Entries that were invalid are in no TLB; this makes them seen by the walks that follow. */
	__asm__ volatile("dsb ishst\n\tisb" ::: "memory");
	return (void *)(WINDOW + first * PAGE);
}
