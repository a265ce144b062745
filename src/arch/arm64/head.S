/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The first instructions: the arm64 Image header, and the way of each core from the firmware to C.
 *
 * Boot core: x0 = device tree (physical), EL2, MMU off (Linux Documentation/arch/arm64/booting). Other cores: PSCI
 * CPU_ON with x0 = struct percpu (which is mapped where it lies). boot_map.c builds the first tables; from mmu_on
 * on, W^X holds.
 */
#include "arch/asm.h"

	.section .head, "ax"
	.global _start
_start:
	b	primary
	.long	0
	.quad	0x80000			/* text_offset */
	.long	_image_size, 0		/* (linker script) memory from _start to the end of .bss */
	.quad	0xa			/* 4 KiB pages, little endian, anywhere in memory */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

primary:
	msr	daifset, #0xf
	msr	spsel, #1
	mov	x20, x0
	mrs	x0, CurrentEL
	cmp	x0, #(2 << 2)
	b.ne	wrong_el

	/*
	 * What follows is C with the MMU off: what it writes, our pointers, the boot tables and the stack, goes to
	 * memory, past any line that a cache may hold of it.
	 */
	adrp	x0, _text_end
	adrp	x1, _boot_end
	bl	cache_invalidate_range
	adrp	x0, stacks
	ldr	x1, =STACK_SLOT
	add	x1, x1, x0
	bl	cache_invalidate_range

	/*
	 * Pointers in the image have their values for where it is linked (tools/pack-relocs): add how far we are from
	 * there. The list: word numbers from the beginning, and a 0.
	 */
	adrp	x23, _start
	ldr	x22, =LINK_BASE
	subs	x21, x23, x22
	b.eq	3f
	adrp	x0, _rela_start
	add	x0, x0, :lo12:_rela_start
2:	ldrh	w1, [x0], #2
	cbz	w1, 3f
	ldr	x2, [x23, x1, lsl #3]
	add	x2, x2, x21
	str	x2, [x23, x1, lsl #3]
	b	2b
3:
	adrp	x0, stacks
	ldr	x1, =STACK_SLOT
	add	sp, x0, x1
	mov	x29, xzr
	mov	x0, x20
	bl	boot_map		/* x0 = device tree; returns the root table */
	bl	mmu_on
	/* With the MMU on it is much faster, and no line needs to be invalidated. */
	adrp	x0, _bss_start
	adrp	x1, _bss_end
	sub	x1, x1, x0
	bl	arch_zero_pages
	adrp	x0, percpu
	add	x0, x0, :lo12:percpu
	msr	tpidr_el2, x0
	mov	x1, sp
	str	x1, [x0]		/* percpu.stack_top */
	adrp	x1, panic_stacks
	add	x1, x1, #PANIC_STACK
	str	x1, [x0, #8]		/* percpu.panic_stack_top */
	mov	x0, x20
	mov	x29, xzr
	bl	main_primary
	b	.

/* Not entered at EL2: nothing can be done but say so where a UART is likely to be. */
wrong_el:
	adr	x1, 9f
	ldr	x2, =CONFIG_EARLY_UART_BASE
	cbz	x2, 2f
1:	ldrb	w0, [x1], #1
	cbz	w0, 2f
	str	w0, [x2]
	b	1b
2:	wfi
	b	2b
9:	.asciz	"trivet: entered below EL2: QEMU needs virtualization=on; on a board, firmware must start the image at EL2\r\n"
	.balign	4

	.text
/* Where firmware says nothing of ours to a core (SPMD's FFA_SECONDARY_EP_REGISTER): it finds itself by its MPIDR. */
	.global secondary_entry_unnamed
secondary_entry_unnamed:
	msr	daifset, #0xf
	adrp	x0, boot_root
	ldr	x0, [x0, :lo12:boot_root]
	bl	mmu_on
	mrs	x0, mpidr_el1
	ldr	x1, =0xff00ffffff
	and	x0, x0, x1
	adrp	x1, boot_cpus
	add	x1, x1, :lo12:boot_cpus
1:	ldp	x2, x20, [x1], #16
	cbz	x20, 2f
	cmp	x2, x0
	b.ne	1b
	b	found
2:	wfi				/* not in the tree, or more than CONFIG_MAX_CPUS */
	b	2b

	.global secondary_entry
secondary_entry:
	msr	daifset, #0xf
	msr	spsel, #1
	mov	x20, x0
	adrp	x0, boot_root
	ldr	x0, [x0, :lo12:boot_root]
	bl	mmu_on
found:	msr	tpidr_el2, x20
	ldr	x1, [x20]
	mov	sp, x1
	mov	x29, xzr
	mov	x0, x20
	bl	main_secondary
	b	.

/*
 * x0 = root table. ARM DDI 0487 D8: 48-bit VA, 4 KiB granule, write-back inner-shareable walks. Clobbers x0-x5.
 */
mmu_on:
	ldr	x1, =MAIR_VALUE
	msr	mair_el2, x1
	ldr	x1, =TCR_VALUE
	mrs	x2, id_aa64mmfr0_el1
	and	x2, x2, #0xf
	cmp	x2, #5			/* 48 bits: what 4 KiB without LPA2 can say */
	mov	x3, #5
	csel	x2, x2, x3, lo
	bfi	x1, x2, #16, #3		/* TCR_EL2.PS */
	msr	tcr_el2, x1
	msr	ttbr0_el2, x0
	ldr	x1, =HCR_BOOT
	msr	hcr_el2, x1
	isb
	tlbi	alle2
	ic	iallu
	dsb	nsh
	isb
	ldr	x1, =SCTLR_VALUE
	msr	sctlr_el2, x1
	isb
	adrp	x1, vectors
	add	x1, x1, :lo12:vectors
	msr	vbar_el2, x1
	isb
	ret

/* [x0, x1): invalidate to the point of coherency. */
cache_invalidate_range:
	mrs	x2, ctr_el0
	ubfx	x2, x2, #16, #4
	mov	x3, #4
	lsl	x3, x3, x2
	dsb	sy
1:	dc	civac, x0
	add	x0, x0, x3
	cmp	x0, x1
	b.lo	1b
	dsb	sy
	ret
