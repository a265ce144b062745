/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Trivet's own address space (EL2 stage 1), W^X: the image where it was loaded, all RAM but the image in the direct map
 * (never executable), devices in a window of their own. Lock: LOCK_S1, inside.
 *
 *   va == pa       the image: text RX, rodata R, data RW, stacks with an unmapped guard page below each
 *   S1_DIRECT + pa RAM, RW
 *   S1_WINDOW..    devices and firmware tables, mapped on demand
 *   S1_SLOTS..     a page for each core, for what is mapped only while it is used
 *
 * The order at boot: s1_adopt(), s1_map_ram() for each bank (its tables come from a small pool in
 * the image), frame_add_bank() with records in the direct map, frame_release(). From then on tables
 * come from frame_alloc().
 */
#ifndef CORE_S1_H
#define CORE_S1_H

#include "arch/layout.h"
#include "lib/types.h"

#define S1_DIRECT      ARCH_S1_DIRECT	 /* va of physical address 0; 1 GiB-aligned */
#define S1_DIRECT_SIZE (32 * 1024 * GIB) /* the boot window follows: arch/boot.h */
#define S1_WINDOW      UINT64_C(0xc00000000000)
#define S1_WINDOW_END  S1_SLOTS
#define S1_SLOTS       UINT64_C(0xffffffe00000) /* the last 2 MiB: one table */

enum s1_attr {
	S1_RO,	   /* normal, read only, never executed */
	S1_RW,	   /* normal, read and write, never executed */
	S1_RX,	   /* normal, read and execute */
	S1_DEVICE, /* Device-nGnRnE, read and write, never executed */
	S1_NS_RO,  /* normal memory of the normal world (at S-EL2; elsewhere as S1_RO), read only, never executed */
	S1_NS_RW,  /* the same, read and write */
};

/*
 * Take over the running translation: its root table, and where the image lies, in which the boot
 * code's tables are reached at va == pa. Once, on the boot core, before any other call.
 */
void s1_adopt(pa_t root, pa_t image, uint64_t image_size);

/*
 * Add the whole pages of RAM [base, base + size) to the direct map, all but the image (its text
 * must have no writable alias). E_RANGE: the direct map does not reach so far; E_EXIST, E_NOMEM:
 * then the part below may be mapped (boot ends there).
 */
int s1_map_ram(pa_t base, uint64_t size) MUST_CHECK;

/*
 * Map at a chosen VA (page-aligned; nothing mapped there yet). E_EXIST, E_NOMEM, E_INVAL, E_RANGE: nothing has changed.
 */
int s1_map(va_t va, pa_t pa, uint64_t size, enum s1_attr attr) MUST_CHECK;
int s1_unmap(va_t va, uint64_t size) MUST_CHECK;

/*
 * Map a physical range into the window and return where; NULL when out of space or memory. Neither
 * pa nor size need be aligned. A page of the window is never used twice, and an unmapped one
 * follows each range.
 */
void *s1_map_window(pa_t pa, uint64_t size, enum s1_attr attr) MUST_CHECK;

/*
 * Slots: each core has one page of address space in which it looks at something for a moment. s1_slots_init(): once,
 * before the first use, so that no use needs memory for tables; E_NOMEM, E_EXIST (it was called already).
 * s1_slot_map(): the page is seen there until s1_slot_unmap(), on the same core and with nothing mapped in between.
 * NULL: there is no such physical address, or no memory (if s1_slots_init() was not called). After s1_slot_unmap() no
 * core's TLB has it.
 */
int s1_slots_init(void) MUST_CHECK;
void *s1_slot_map(pa_t page, enum s1_attr attr) MUST_CHECK;
void s1_slot_unmap(void);

/* Direct-map address of RAM. The page must be RAM that s1_map_ram was told of, and not of the image. */
static inline void *pa_to_ptr(pa_t pa)
{
	return (void *)(uintptr_t)(S1_DIRECT + pa.a);
}

/* Is [pa, pa + size) in the direct map? */
bool s1_is_direct(pa_t pa, uint64_t size);

/* And back: of a pointer into the direct map or into the image. */
pa_t ptr_to_pa(const void *p);

#endif
