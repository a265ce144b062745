/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The first translation tables, built with the MMU off: the image where it lies (W^X, guard pages below the
 * stacks), the device tree and the early UART in the boot window. core/s1.c takes over from there (s1_adopt) and
 * adds RAM and devices.
 *
 * With the MMU off every data access is Device-nGnRnE: nothing here may be unaligned, and nothing outside this file and
 * lib/ is called. ARM DDI 0487 D8.3 (descriptors).
 */
#include "arch/asm.h"
#include "arch/boot.h"
#include "core/percpu.h"
#include "lib/string.h"
#include "lib/types.h"

#define PTE_VALID   BIT(0)
#define PTE_TABLE   BIT(1)
#define PTE_PAGE    BIT(1)
#define PTE_ATTR(i) ((uint64_t)(i) << 2)
#define PTE_RES1    BIT(6) /* AP[1]: one privilege level */
#define PTE_RO	    BIT(7)
#define PTE_INNER   (UINT64_C(3) << 8)
#define PTE_AF	    BIT(10)
#define PTE_XN	    BIT(54)

#define NORMAL (PTE_VALID | PTE_ATTR(1) | PTE_RES1 | PTE_INNER | PTE_AF)
#define DEVICE (PTE_VALID | PTE_ATTR(0) | PTE_RES1 | PTE_AF | PTE_XN)

/* Image: L0, L1, and an L2 and L3 for each 2 MiB touched; boot window: L0 entry, L1, L2, an L3 for the UART. */
#define BOOT_TABLES CONFIG_BOOT_TABLES

extern char _start[], _text_end[], _rodata_end[], _boot_end[], _bss_start[], _bss_end[], _end[];
extern uint8_t stacks[CONFIG_MAX_CPUS][STACK_SLOT], panic_stacks[CONFIG_MAX_CPUS][PANIC_STACK];

/* Not cleared at boot: they are written before. */
#define BOOT_BSS __attribute__((section(".bss..boot")))
static uint64_t tables[BOOT_TABLES][512] ALIGNED(4096) BOOT_BSS;
static unsigned int tables_used BOOT_BSS;
uint64_t boot_root BOOT_BSS; /* for the other cores, who read it with the MMU off */
struct boot_cpu boot_cpus[CONFIG_MAX_CPUS + 1];

/* Stacks of all cores. Not cleared at boot: the boot core stands on the first. */
uint8_t stacks[CONFIG_MAX_CPUS][STACK_SLOT] ALIGNED(4096) __attribute__((section(".bss..stacks")));
uint8_t panic_stacks[CONFIG_MAX_CPUS][PANIC_STACK] ALIGNED(4096) __attribute__((section(".bss..stacks")));

static uint64_t *next_table(uint64_t *entry)
{
	if (!*entry) {
		if (tables_used == BOOT_TABLES)
			return NULL;
		memset(tables[tables_used], 0, sizeof(tables[0]));
		*entry = (uint64_t)tables[tables_used++] | PTE_VALID | PTE_TABLE;
	}
	return (uint64_t *)(*entry & MASK(47, 12));
}

/* The table of that level that va's entry is in; NULL: there are too few. */
static uint64_t *table_of(uint64_t va, unsigned int level)
{
	uint64_t *t = tables[0];

	for (unsigned int l = 0; l < level && t; l++)
		t = next_table(&t[BITS(va >> (39 - 9 * l), 8, 0)]);
	return t;
}

/* A page (level 3) or a 2 MiB block (level 2) at va. */
static void map_one(uint64_t va, uint64_t pa, uint64_t attr, unsigned int level)
{
	uint64_t *t = table_of(va, level);

	if (t)
		t[BITS(va >> (39 - 9 * level), 8, 0)] = pa | attr | (level == 3 ? PTE_PAGE : 0);
}

static void map_pages(const char *from, const char *to, uint64_t attr)
{
	uint64_t a = (uint64_t)from;

	while (a < (uint64_t)to) {
		uint64_t *t = table_of(a, 3);

		if (!t)
			return;
		do {
			t[BITS(a >> PAGE_SHIFT, 8, 0)] = a | attr | PTE_PAGE;
			a += PAGE_SIZE;
		} while (a < (uint64_t)to && a & (BLOCK_SIZE - 1));
	}
}

uint64_t boot_map(uint64_t fdt_pa)
{
	tables_used = 1; /* the root */
	memset(tables[0], 0, sizeof(tables[0]));
	map_pages(_start, _text_end, NORMAL | PTE_RO);
	map_pages(_text_end, _rodata_end, NORMAL | PTE_RO | PTE_XN);
	map_pages(_rodata_end, _boot_end, NORMAL | PTE_XN);
	map_pages(_bss_start, _bss_end, NORMAL | PTE_XN);
	for (unsigned int i = 0; i < CONFIG_MAX_CPUS; i++) {
		map_pages((char *)stacks[i] + STACK_GUARD, (char *)stacks[i] + STACK_SLOT, NORMAL | PTE_XN);
		map_pages((char *)panic_stacks[i], (char *)panic_stacks[i] + PANIC_STACK, NORMAL | PTE_XN);
	}
	for (uint64_t i = 0; i < BOOT_FDT_WINDOW / BLOCK_SIZE; i++)
		map_one(BOOT_FDT_VA + i * BLOCK_SIZE, ALIGN_DOWN(fdt_pa, BLOCK_SIZE) + i * BLOCK_SIZE,
			NORMAL | PTE_RO | PTE_XN, 2);
	if (CONFIG_EARLY_UART_BASE)
		map_one(BOOT_UART_VA, CONFIG_EARLY_UART_BASE, DEVICE, 3);
	boot_root = (uint64_t)tables[0];
	return boot_root;
}

pa_t arch_image_base(void)
{
	return PA((uint64_t)_start);
}

uint64_t arch_image_size(void)
{
	return (uint64_t)(_end - _start);
}

uint64_t arch_stack_top(unsigned int i)
{
	return (uint64_t)stacks[i] + STACK_SLOT;
}

uint64_t arch_panic_stack_top(unsigned int i)
{
	return (uint64_t)panic_stacks[i] + PANIC_STACK;
}
