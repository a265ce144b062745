/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The payload's entries and vectors. Sixteen vCPUs at most; each has a stack of its own. The first 64 bytes have
 * the form of an arm64 Image header without the magic, so that a test can make an Image of the payload by
 * writing it (test_loader.c).
 */
#define STACK 0x2000

	.section .head, "ax"
	.global	_start
_start:
	b	primary
	nop
	.quad	0, 0, 0, 0, 0, 0
	.word	0, 0

primary:
	mov	x20, x0
	bl	setup
	mov	x0, x20
	bl	guest_main
	b	guest_exit

	.global	guest_secondary
guest_secondary:
	mov	x20, x0
	bl	setup
	mov	x0, x20
	bl	guest_secondary_main
	b	guest_cpu_off

/* FP and SIMD on; stack and vectors of this vCPU. Keeps x20. */
setup:
	mov	x1, #(3 << 20)
	msr	cpacr_el1, x1
	adr	x1, vectors
	msr	vbar_el1, x1
	isb
	mrs	x1, mpidr_el1
	and	x1, x1, #0xf
	add	x1, x1, #1
	mov	x2, #STACK
	mul	x1, x1, x2
	adrp	x2, stacks
	add	x2, x2, :lo12:stacks
	add	sp, x2, x1
	mov	x29, xzr
	ret

	.macro	vector, kind
	.balign	0x80
	sub	sp, sp, #272
	stp	x0, x1, [sp, #0]
	stp	x2, x3, [sp, #16]
	mov	x1, #\kind
	b	taken
	.endm

	.text
	.balign	0x800
	.global	vectors
vectors:
	vector 0
	vector 1
	vector 2
	vector 3
	vector 4
	vector 5
	vector 6
	vector 7
	vector 8
	vector 9
	vector 10
	vector 11
	vector 12
	vector 13
	vector 14
	vector 15

taken:
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x29, x30, [sp, #160]
	mrs	x2, elr_el1
	mrs	x3, spsr_el1
	stp	x2, x3, [sp, #176]
	mov	x0, sp
	bl	guest_exception
	ldp	x2, x3, [sp, #176]
	msr	elr_el1, x2
	msr	spsr_el1, x3
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x19, [sp, #144]
	ldp	x29, x30, [sp, #160]
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp, #0]
	add	sp, sp, #272
	eret

	.bss
	.balign	16
stacks:
	.skip	16 * STACK
