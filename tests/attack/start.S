/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The attack guests' entries, vectors, calls and the way to EL0 (attack.h). Sixteen vCPUs at most, each with stacks of
 * its own.
 *
 * The first thing that each vCPU does is to note what it finds in its registers, before it writes to any but x0 (which
 * Trivet sets: the device tree, or CPU_ON's argument): struct attack_entry.
 */
#include "layout.h"

	.arch	armv8.2-a
	.section .head, "ax"
	.global	_start
_start:
	b	primary
	nop
	.quad	0, 0, 0, 0, 0, 0
	.word	0, 0

/* x0 is made of the vCPU's number and the table's place alone: the table is 64 KiB-aligned, a row has 4 KiB. */
	.macro	note_entry
	mrs	x0, mpidr_el1
	ubfiz	x0, x0, #12, #4
	movk	x0, #:abs_g1_nc:attack_entries
	stp	xzr, x1, [x0, #0]
	stp	x2, x3, [x0, #16]
	stp	x4, x5, [x0, #32]
	stp	x6, x7, [x0, #48]
	stp	x8, x9, [x0, #64]
	stp	x10, x11, [x0, #80]
	stp	x12, x13, [x0, #96]
	stp	x14, x15, [x0, #112]
	stp	x16, x17, [x0, #128]
	stp	x18, x19, [x0, #144]
	stp	x20, x21, [x0, #160]
	stp	x22, x23, [x0, #176]
	stp	x24, x25, [x0, #192]
	stp	x26, x27, [x0, #208]
	stp	x28, x29, [x0, #224]
	mov	x1, sp
	stp	x30, x1, [x0, #240]
	mov	x19, x0
	mrs	x1, cpacr_el1
	str	x1, [x19, #ENTRY_CPACR]
	mov	x1, #(3 << 20)
	msr	cpacr_el1, x1
	isb
	mrs	x1, fpcr
	mrs	x2, fpsr
	add	x0, x19, #ENTRY_FP
	stp	x1, x2, [x0], #16
	stp	q0, q1, [x0, #0]
	stp	q2, q3, [x0, #32]
	stp	q4, q5, [x0, #64]
	stp	q6, q7, [x0, #96]
	stp	q8, q9, [x0, #128]
	stp	q10, q11, [x0, #160]
	stp	q12, q13, [x0, #192]
	stp	q14, q15, [x0, #224]
	stp	q16, q17, [x0, #256]
	stp	q18, q19, [x0, #288]
	stp	q20, q21, [x0, #320]
	stp	q22, q23, [x0, #352]
	stp	q24, q25, [x0, #384]
	stp	q26, q27, [x0, #416]
	stp	q28, q29, [x0, #448]
	stp	q30, q31, [x0, #480]
	/* System registers are noted by who wants them (x0: where, room for 384; no stack; may use all but x19). */
	add	x0, x19, #ENTRY_SYS
	bl	attack_entry_hook
	.endm

	.weak	attack_entry_hook
attack_entry_hook:
	ret

primary:
	note_entry
	bl	setup
	bl	attack_main
	b	attack_off

	.global	attack_secondary
attack_secondary:
	note_entry
	bl	setup
	bl	attack_secondary_main
	b	attack_cpu_off

/* FP and SIMD on; stack and vectors of this vCPU. */
setup:
	adr	x1, attack_vectors
	msr	vbar_el1, x1
	isb
	mrs	x1, mpidr_el1
	and	x1, x1, #0xf
	add	x1, x1, #1
	mov	x2, #STACK_SIZE
	mul	x1, x1, x2
	adrp	x2, stacks
	add	x2, x2, :lo12:stacks
	add	sp, x2, x1
	mov	x29, xzr
	ret

	.macro	vector, kind
	.balign	0x80
	sub	sp, sp, #FRAME_SIZE
	stp	x0, x1, [sp, #0]
	stp	x2, x3, [sp, #16]
	mov	x1, #\kind
	b	taken
	.endm

	.text
	.balign	0x800
	.global	attack_vectors
attack_vectors:
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
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	mrs	x2, elr_el1
	mrs	x3, spsr_el1
	stp	x30, x2, [sp, #240]
	str	x3, [sp, #256]
	mov	x0, sp
	bl	attack_exception
	ldp	x30, x2, [sp, #240]
	ldr	x3, [sp, #256]
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
	ldp	x20, x21, [sp, #160]
	ldp	x22, x23, [sp, #176]
	ldp	x24, x25, [sp, #192]
	ldp	x26, x27, [sp, #208]
	ldp	x28, x29, [sp, #224]
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp, #0]
	add	sp, sp, #FRAME_SIZE
	eret

/* void attack_hvc(struct attack_call *c), attack_smc(): x0 to x17 in and out; x18 and on must come back unchanged. */
	.macro	conduit, name, insn
	.global	\name
\name:
	stp	x29, x30, [sp, #-32]!
	stp	x19, x0, [sp, #16]
	mov	x19, x0
	ldp	x0, x1, [x19]
	ldp	x2, x3, [x19, #16]
	ldp	x4, x5, [x19, #32]
	ldp	x6, x7, [x19, #48]
	ldp	x8, x9, [x19, #64]
	ldp	x10, x11, [x19, #80]
	ldp	x12, x13, [x19, #96]
	ldp	x14, x15, [x19, #112]
	ldp	x16, x17, [x19, #128]
	\insn	#0
	/* Where to put it comes from our stack: x19 itself may be what was broken. */
	ldr	x19, [sp, #24]
	stp	x0, x1, [x19]
	stp	x2, x3, [x19, #16]
	stp	x4, x5, [x19, #32]
	stp	x6, x7, [x19, #48]
	stp	x8, x9, [x19, #64]
	stp	x10, x11, [x19, #80]
	stp	x12, x13, [x19, #96]
	stp	x14, x15, [x19, #112]
	stp	x16, x17, [x19, #128]
	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
	.endm

	conduit	attack_hvc, hvc
	conduit	attack_smc, smc

/*
 * void attack_el0(void (*fn)(void *arg), void *arg): fn runs at EL0 on a stack of its own; SVC #EL0_RETURN, which its
 * return comes to, ends it: attack_exception() goes on at attack_el0_back, at EL1, with sp as it was here.
 */
	.global	attack_el0
attack_el0:
	stp	x29, x30, [sp, #-112]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	mrs	x2, mpidr_el1
	and	x2, x2, #0xf
	add	x2, x2, #1
	mov	x3, #EL0_STACK_SIZE
	mul	x2, x2, x3
	adrp	x3, el0_stacks
	add	x3, x3, :lo12:el0_stacks
	add	x2, x3, x2
	mrs	x3, sp_el0
	str	x3, [sp, #96]
	msr	sp_el0, x2
	adr	x30, el0_end
	msr	elr_el1, x0
	mov	x2, #0x3c0	/* EL0t, all masked */
	msr	spsr_el1, x2
	mov	x0, x1
	eret
el0_end:
	svc	#EL0_RETURN
	b	.

	.global	attack_el0_back
attack_el0_back:
	ldr	x3, [sp, #96]
	msr	sp_el0, x3
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #112
	ret

/* void attack_mmu_write(mair, tcr, ttbr0, sctlr): in this order, with what has to stand between. */
	.global	attack_mmu_write
attack_mmu_write:
	dsb	sy
	msr	mair_el1, x0
	msr	tcr_el1, x1
	msr	ttbr0_el1, x2
	isb
	tlbi	vmalle1
	dsb	sy
	isb
	msr	sctlr_el1, x3
	isb
	ret

	.bss
	.balign	65536
	.global	attack_entries
attack_entries:
	.skip	CPUS_MAX * ENTRY_SIZE
stacks:
	.skip	CPUS_MAX * STACK_SIZE
el0_stacks:
	.skip	CPUS_MAX * EL0_STACK_SIZE
