/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry at S-EL1, MMU off: x0 = boot information. Each execution context enters here; MPIDR_EL1's affinity 0 is its number. The first one clears
 * .bss and makes the tables.
 */
#include "sp.h"

	.section .text.entry, "ax"
	.global	_start
_start:
	msr	daifset, #0xf
	mov	x20, x0
	mrs	x19, mpidr_el1
	and	x19, x19, #0xff
	adrp	x1, stacks
	mov	x2, #SP_STACK
	add	x3, x19, #1
	madd	x21, x2, x3, x1
	mov	sp, x21
	cbnz	x19, 2f
	adrp	x0, _bss_start
	adrp	x1, _bss_end
1:	cmp	x0, x1
	b.hs	3f
	stp	xzr, xzr, [x0], #16
	b	1b
3:	bl	sp_tables_make
2:	bl	mmu_on
	mov	x29, xzr
	mov	x0, x19
	mov	x1, x20
	bl	sp_main
	b	.

mmu_on:
	ldr	x1, =0xff00		/* attribute 0: Device-nGnRnE, 1: normal write-back */
	msr	mair_el1, x1
	/* EPD1; 40-bit PA; 4 KiB granule; write-back inner-shareable walks; 32-bit VA: level 1 has four entries. */
	ldr	x1, =(2 << 32 | 1 << 23 | 3 << 12 | 1 << 10 | 1 << 8 | 32)
	msr	tcr_el1, x1
	adrp	x1, sp_table_1
	add	x1, x1, :lo12:sp_table_1
	msr	ttbr0_el1, x1
	adrp	x1, vectors
	add	x1, x1, :lo12:vectors
	msr	vbar_el1, x1
	mov	x1, #(3 << 20)		/* FP and SIMD are for all */
	msr	cpacr_el1, x1
	isb
	tlbi	vmalle1
	dsb	nsh
	isb
	ldr	x1, =(0x30d00800 | 1 | 1 << 2 | 1 << 12 | 1 << 19) /* M, C, I, WXN */
	msr	sctlr_el1, x1
	isb
	ret

	.text
	.global	sp_call
sp_call:
	stp	x29, x30, [sp, #-32]!
	mov	x29, sp
	str	x0, [sp, #16]
	mov	x30, x0
	ldp	x2, x3, [x30, #16]
	ldp	x4, x5, [x30, #32]
	ldp	x6, x7, [x30, #48]
	ldp	x8, x9, [x30, #64]
	ldp	x10, x11, [x30, #80]
	ldp	x12, x13, [x30, #96]
	ldp	x14, x15, [x30, #112]
	ldp	x16, x17, [x30, #128]
	ldp	x0, x1, [x30]
	smc	#0
	ldr	x30, [sp, #16]
	stp	x0, x1, [x30]
	stp	x2, x3, [x30, #16]
	stp	x4, x5, [x30, #32]
	stp	x6, x7, [x30, #48]
	stp	x8, x9, [x30, #64]
	stp	x10, x11, [x30, #80]
	stp	x12, x13, [x30, #96]
	stp	x14, x15, [x30, #112]
	stp	x16, x17, [x30, #128]
	ldp	x29, x30, [sp], #32
	ret

	.global	sp_hvc
sp_hvc:
	hvc	#0
	ret

	.global	sp_irq_unmask
sp_irq_unmask:
	msr	daifclr, #3
	ret
	.global	sp_irq_mask
sp_irq_mask:
	msr	daifset, #3
	ret

	.weak	sp_irq
sp_irq:
	ret

	.macro	unexpected
	.balign	0x80
	b	fault
	.endm
	.macro	irq
	.balign	0x80
	sub	sp, sp, #192
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x30, [sp, #144]
	mrs	x0, elr_el1
	mrs	x1, spsr_el1
	stp	x0, x1, [sp, #160]
	bl	sp_irq
	b	irq_return
	.endm

	.balign	0x800
vectors:
	.rept	5
	unexpected
	.endr
	irq
	irq
	.rept	9
	unexpected
	.endr

irq_return:
	ldp	x0, x1, [sp, #160]
	msr	elr_el1, x0
	msr	spsr_el1, x1
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x30, [sp, #144]
	ldp	x0, x1, [sp]
	add	sp, sp, #192
	eret

fault:
	mrs	x0, esr_el1
	mrs	x1, elr_el1
	mrs	x2, far_el1
	bl	sp_fault
	b	.

	.section .bss.stacks, "aw", @nobits
	.balign	4096
stacks:
	.skip	SP_STACK * SP_CONTEXTS
