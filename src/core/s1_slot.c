/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Slots of EL2's own address space: a page for each core; see s1.h.
 *
 * State owned: none but the mappings. Lock: LOCK_S1 inside s1_map() and s1_unmap(); a slot is its core's own, and
 * nothing interrupts EL2. Spec: ARM DDI 0487 D8.16.1: a slot is invalid, and its TLB entries are gone, before it maps
 * something else (break-before-make). Other cores never use the address, but may have walked it speculatively: the
 * invalidation is broadcast.
 */
#include "core/s1.h"

#include "arch/boot.h"
#include "core/panic.h"
#include "core/percpu.h"

/*
 * The first page of the slots' table stays mapped, so that the table is never empty and thus never freed. What it maps
 * does not matter: the image's first page, read only.
 */
#define ANCHOR S1_SLOTS

_Static_assert(CONFIG_MAX_CPUS + 1 <= BLOCK_SIZE / PAGE_SIZE, "one table has all slots");

static va_t slot(void)
{
	return VA(S1_SLOTS + (1 + this_cpu()->index) * PAGE_SIZE);
}

int s1_slots_init(void)
{
	return s1_map(VA(ANCHOR), arch_image_base(), PAGE_SIZE, S1_RO);
}

void *s1_slot_map(pa_t page, enum s1_attr attr)
{
	const va_t va = slot();

	return s1_map(va, page, PAGE_SIZE, attr) == OK ? (void *)(uintptr_t)va.a : NULL;
}

void s1_slot_unmap(void)
{
	/* A page of a table of pages: nothing to split, so it cannot fail. */
	CHECK(s1_unmap(slot(), PAGE_SIZE) == OK);
}
