/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry at NS-EL2, MMU off, x0 = MPIDR (TF-A's plat/qemu) on the boot core; other cores by PSCI CPU_ON. Stage 1 on: flat, 1 GiB blocks, the first
 * one device, the others write-back, as an operating system would have it.
 */
#include "abi/smccc_call.S"
#include "client.h"

	.section .text.entry, "ax"
	.global	_start
_start:
	msr	daifset, #0xf
	adrp	x0, _bss_start
	adrp	x1, _bss_end
1:	cmp	x0, x1
	b.hs	2f
	stp	xzr, xzr, [x0], #16
	b	1b
2:	bl	make_table
	mov	x20, xzr
	b	common

	.global	secondary_entry
secondary_entry:			/* x0 = number of the core */
	msr	daifset, #0xf
	mov	x20, x0
common:
	bl	mmu_on
	msr	tpidr_el2, x20
	adrp	x0, stacks
	add	x0, x0, :lo12:stacks
	mov	x1, #CLIENT_STACK
	add	x2, x20, #1
	madd	x0, x1, x2, x0
	mov	sp, x0
	mov	x29, xzr
	mov	x0, x20
	cbnz	x20, 3f
	bl	client_main
3:	bl	client_secondary
	b	.

make_table:
	adrp	x0, table
	mov	x1, #0x401		/* block, attribute 0 (device), AF */
	str	x1, [x0]
	mov	x2, #1
	mov	x3, #0x705		/* block, attribute 1 (normal), inner shareable, AF */
1:	orr	x4, x3, x2, lsl #30
	str	x4, [x0, x2, lsl #3]
	add	x2, x2, #1
	cmp	x2, #512
	b.lo	1b
	dsb	sy
	ret

mmu_on:
	ldr	x1, =0xff00		/* attribute 0: Device-nGnRnE, 1: normal write-back */
	msr	mair_el2, x1
	/* RES1 31, 23; 40-bit PA; 4 KiB granule; write-back inner-shareable walks; 39-bit VA. */
	ldr	x1, =(1 << 31 | 1 << 23 | 2 << 16 | 3 << 12 | 1 << 10 | 1 << 8 | 25)
	msr	tcr_el2, x1
	adrp	x1, table
	msr	ttbr0_el2, x1
	adrp	x1, vectors
	add	x1, x1, :lo12:vectors
	msr	vbar_el2, x1
	/* FP, SIMD, SVE and SME are not trapped: they are part of what the tests look at. */
	ldr	x1, =0x2ff		/* RES1 bits but for TZ (8) */
	bic	x1, x1, #(1 << 8)
	msr	cptr_el2, x1
	isb
	tlbi	alle2
	dsb	nsh
	isb
	ldr	x1, =(0x30c50830 | 1 | 1 << 2 | 1 << 12)
	msr	sctlr_el2, x1
	isb
	ret

	.text
	.global	client_smc
client_smc:
	smccc_call smc

	.global	client_cpu_id
client_cpu_id:
	mrs	x0, tpidr_el2
	ret

	.global	client_current_el
client_current_el:
	mrs	x0, CurrentEL
	ubfx	x0, x0, #2, #2
	ret

	.macro	unexpected n
	.balign	0x80
	mov	x0, #\n
	mrs	x1, esr_el2
	mrs	x2, elr_el2
	mrs	x3, far_el2
	b	client_exception
	.endm

	.balign	0x800
vectors:
	.irp	n, 0, 1, 2, 3, 4
	unexpected \n
	.endr
	.balign	0x80			/* IRQ at EL2, SP_EL2 */
	b	irq
	.irp	n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	unexpected \n
	.endr

	/* C code has no use for V registers here. */
irq:
	stp	x29, x30, [sp, #-192]!
	mov	x29, sp
	stp	x0, x1, [sp, #16]
	stp	x2, x3, [sp, #32]
	stp	x4, x5, [sp, #48]
	stp	x6, x7, [sp, #64]
	stp	x8, x9, [sp, #80]
	stp	x10, x11, [sp, #96]
	stp	x12, x13, [sp, #112]
	stp	x14, x15, [sp, #128]
	stp	x16, x17, [sp, #144]
	mrs	x0, elr_el2
	mrs	x1, spsr_el2
	stp	x0, x1, [sp, #160]
	str	x18, [sp, #176]
	bl	client_irq
	ldr	x18, [sp, #176]
	ldp	x0, x1, [sp, #160]
	msr	elr_el2, x0
	msr	spsr_el2, x1
	ldp	x16, x17, [sp, #144]
	ldp	x14, x15, [sp, #128]
	ldp	x12, x13, [sp, #112]
	ldp	x10, x11, [sp, #96]
	ldp	x8, x9, [sp, #80]
	ldp	x6, x7, [sp, #64]
	ldp	x4, x5, [sp, #48]
	ldp	x2, x3, [sp, #32]
	ldp	x0, x1, [sp, #16]
	ldp	x29, x30, [sp], #192
	eret

	.section .bss.stacks, "aw", @nobits
	.balign	4096
table:
	.skip	4096
stacks:
	.skip	CLIENT_STACK * CLIENT_CPUS
