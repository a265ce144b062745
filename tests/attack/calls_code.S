/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls with every register given and taken, and entries of vCPUs that have no stack (calls.h). */
#include "abi/psci.h"

	.macro	each_q op, base
	\op	q0, q1, [\base, #0]
	\op	q2, q3, [\base, #32]
	\op	q4, q5, [\base, #64]
	\op	q6, q7, [\base, #96]
	\op	q8, q9, [\base, #128]
	\op	q10, q11, [\base, #160]
	\op	q12, q13, [\base, #192]
	\op	q14, q15, [\base, #224]
	\op	q16, q17, [\base, #256]
	\op	q18, q19, [\base, #288]
	\op	q20, q21, [\base, #320]
	\op	q22, q23, [\base, #352]
	\op	q24, q25, [\base, #384]
	\op	q26, q27, [\base, #416]
	\op	q28, q29, [\base, #448]
	\op	q30, q31, [\base, #480]
	.endm

	.macro	each_x op, base		/* x2 to x29 */
	\op	x2, x3, [\base, #16]
	\op	x4, x5, [\base, #32]
	\op	x6, x7, [\base, #48]
	\op	x8, x9, [\base, #64]
	\op	x10, x11, [\base, #80]
	\op	x12, x13, [\base, #96]
	\op	x14, x15, [\base, #112]
	\op	x16, x17, [\base, #128]
	\op	x18, x19, [\base, #144]
	\op	x20, x21, [\base, #160]
	\op	x22, x23, [\base, #176]
	\op	x24, x25, [\base, #192]
	\op	x26, x27, [\base, #208]
	\op	x28, x29, [\base, #224]
	.endm

	.macro	enter			/* the caller's registers to the stack; x0 at sp + 96 */
	sub	sp, sp, #128
	stp	x19, x20, [sp, #0]
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	stp	x0, x18, [sp, #96]
	mov	x9, sp
	str	x9, [x0, #248]
	.endm

	.macro	load_x
	each_x	ldp, x0
	ldr	x30, [x0, #240]
	ldp	x0, x1, [x0]
	.endm

	.macro	store_x			/* and x0 = the struct again */
	stp	x0, x1, [sp, #-16]!
	ldr	x0, [sp, #112]
	each_x	stp, x0
	str	x30, [x0, #240]
	ldp	x1, x2, [sp], #16
	stp	x1, x2, [x0]
	.endm

	.macro	leave
	ldp	x19, x20, [sp, #0]
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	ldr	x18, [sp, #104]
	add	sp, sp, #128
	ret
	.endm

	.macro	all, name, insn:vararg
	.global	\name
\name:
	enter
	add	x1, x0, #256
	each_q	ldp, x1
	add	x1, x1, #512
	ldp	x2, x3, [x1]
	msr	fpcr, x2
	msr	fpsr, x3
	load_x
	\insn
	store_x
	add	x1, x0, #256
	each_q	stp, x1
	mrs	x2, fpcr
	mrs	x3, fpsr
	msr	fpcr, xzr
	add	x1, x1, #512
	stp	x2, x3, [x1]
	leave
	.endm

	/* Anywhere in here the vCPU may be preempted: looked at, it seems to wait for another (docs/scheduling.md). */
	.macro	spin
	.rept	2000
	yield
	.endr
	.endm

	.macro	sweep, insn
	.global	calls_sweep_\insn
calls_sweep_\insn:
	enter
	load_x
1:	orr	x0, x19, x22
	\insn	#0
	cmn	x0, #1
	b.ne	2f
	add	x19, x19, x21
	subs	x20, x20, #1
	b.ne	1b
2:	store_x
	leave
	.endm

	.text
	all	calls_all_hvc, hvc #0
	all	calls_all_smc, smc #0
	all	regs_all_wfi, wfi
	all	regs_all_spin, spin
	sweep	hvc
	sweep	smc

	.macro	record, reg, tmp
	mrs	\tmp, mpidr_el1
	and	\tmp, \tmp, #0xf
	adrp	\reg, psci_records
	add	\reg, \reg, :lo12:psci_records
	add	\reg, \reg, \tmp, lsl #6
	.endm

	.global	psci_entry
psci_entry:
	record	x2, x1
	mrs	x3, currentel
	mrs	x4, sctlr_el1
	stp	x3, x4, [x2, #32]
	mrs	x3, daif
	str	x3, [x2, #48]
	ldr	x3, [x2, #8]
	add	x3, x3, x0
	str	x3, [x2, #8]
	dmb	sy
	ldr	x3, [x2]
	add	x3, x3, #1
	str	x3, [x2]
	dmb	sy
1:	yield
	ldr	x3, [x2, #24]
	cbnz	x3, 1b
	movz	w0, #(PSCI_CPU_OFF & 0xffff)
	movk	w0, #(PSCI_CPU_OFF >> 16), lsl #16
	hvc	#0
	record	x2, x1
	str	x0, [x2, #16]
	b	.

/*
 * (x0 fid, x1 power state, x2 context): what a resumed vCPU needs is at the struct that is its context; x19 on is lost
 */
	.global	psci_powerdown
psci_powerdown:
	sub	sp, sp, #144
	stp	x19, x20, [sp, #0]
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	mrs	x3, vbar_el1
	mrs	x4, cpacr_el1
	stp	x2, x3, [sp, #96]
	str	x4, [sp, #112]
	mov	x3, sp
	adr	x2, psci_resume_entry
	hvc	#0
	b	2f
psci_resume_entry:
	/* x0 is what x3 was: the stack. */
	mov	sp, x0
	record	x2, x1
	ldr	x3, [x2, #56]
	add	x3, x3, #1
	str	x3, [x2, #56]
	ldp	x0, x3, [sp, #96]
	msr	vbar_el1, x3
	ldr	x4, [sp, #112]
	msr	cpacr_el1, x4
	isb
2:	ldp	x19, x20, [sp, #0]
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	add	sp, sp, #144
	ret

	.bss
	.balign	64
	.global	psci_records
psci_records:
	.skip	16 * 64
