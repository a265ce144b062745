/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry (offset 0 of the flat binary, MMU off, anywhere in the first GiB of RAM from 0x40000000), vectors, calls. x18
 * is reserved: the interrupt vector's first instruction puts CNTVCT there.
 */
#include "bench.h"

	.section .text.entry, "ax"
	.global	_start
_start:
	msr	daifset, #0xf
	mov	x20, x0
	adrp	x0, _bss_start
	adrp	x1, _bss_end
1:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	1b
	adrp	x0, stacks
	add	x0, x0, #STACK_SIZE
	mov	sp, x0
	bl	mmu_tables
	bl	mmu_on
	/* From here on at the addresses that we are linked at. */
	ldr	x0, =stacks + STACK_SIZE
	mov	sp, x0
	ldr	x0, =cpus
	msr	tpidr_el1, x0
	mov	x0, x20
	ldr	x1, =bench_main
	br	x1

	.global	secondary_entry
secondary_entry:
	mrs	x19, cntvct_el0
	mov	x20, x0
	msr	daifset, #0xf
	bl	mmu_on
	mrs	x0, mpidr_el1
	and	x0, x0, #3
	ldr	x1, =stacks + STACK_SIZE
	mov	x2, #STACK_SIZE
	madd	x1, x0, x2, x1
	mov	sp, x1
	ldr	x1, =cpus
	mov	x2, #24			/* sizeof(struct cpu) */
	madd	x1, x0, x2, x1
	msr	tpidr_el1, x1
	mov	x0, x20
	mov	x1, x19
	ldr	x2, =bench_secondary
	br	x2

/* 39-bit addresses, 4 KiB granule, write-back inner shareable walks (ARM DDI 0487 D19.2.147). */
mmu_on:
	ldr	x1, =0xff00		/* attribute 0: Device-nGnRnE, 1: normal write-back */
	msr	mair_el1, x1
	ldr	x1, =(25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | 2 << 32)
	msr	tcr_el1, x1
	adrp	x1, tables
	msr	ttbr0_el1, x1
	ldr	x1, =vectors
	msr	vbar_el1, x1
	isb
	tlbi	vmalle1
	dsb	nsh
	isb
	ldr	x1, =(0x30d00800 | 1 | 1 << 2 | 1 << 12)
	msr	sctlr_el1, x1
	isb
	ret

	.text
	.global	stamp
stamp:
	isb
	mrs	x0, cntvct_el0
	ret

	.global	hvc
hvc:
	hvc	#0
	ret

	.global	smc
smc:
	smc	#0
	ret

	.macro	unexpected
	.balign	0x80
	b	bench_exception
	.endm

	.balign	0x800
vectors:
	.rept	5
	unexpected
	.endr
	.balign	0x80
	mrs	x18, cntvct_el0
	stp	x0, x1, [sp, #-160]!
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x29, x30, [sp, #144]
	mov	x0, x18
	bl	bench_irq
	b	irq_return
	.rept	10
	unexpected
	.endr

irq_return:
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x29, x30, [sp, #144]
	ldp	x0, x1, [sp], #160
	eret

	.section .bss.stacks, "aw", @nobits
	.balign	4096
stacks:
	.skip	STACK_SIZE * CPUS_MAX
