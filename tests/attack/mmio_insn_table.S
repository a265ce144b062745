/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every kind of instruction that can touch a device (ARM DDI 0487 C4.1.94, and DC and IC), each with what has to come
 * of it: a row each (struct insn_row). x1 is the address; x2, x3 data; w5 an exclusive's status.
 */
#include "mmio.h"

	.arch	armv8.8-a
	.arch_extension	sve
	.arch_extension	memtag
	.arch_extension	mops
	.arch_extension	ls64
	.arch_extension	pauth

	.text
/* (regs, code) */
	.global	insn_run
insn_run:
	stp	x29, x30, [sp, #-32]!
	stp	x19, x20, [sp, #16]
	mov	x19, x0
	mov	x20, x1
	ldp	q0, q1, [x19, #96]
	ldp	q2, q3, [x19, #128]
	ldp	x0, x1, [x19, #0]
	ldp	x2, x3, [x19, #16]
	ldp	x4, x5, [x19, #32]
	ldp	x6, x7, [x19, #48]
	ldp	x8, x9, [x19, #64]
	ldp	x10, x11, [x19, #80]
	blr	x20
	stp	x0, x1, [x19, #0]
	stp	x2, x3, [x19, #16]
	stp	x4, x5, [x19, #32]
	stp	x6, x7, [x19, #48]
	stp	x8, x9, [x19, #64]
	stp	x10, x11, [x19, #80]
	stp	q0, q1, [x19, #96]
	stp	q2, q3, [x19, #128]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret

/* Two for insn_run alone. */
	.global	mmio_ldp
mmio_ldp:
	ldp	x2, x3, [x1]
	ret
	.global	mmio_stp_post
mmio_stp_post:
	stp	x2, x3, [x1], #16
	ret

	.global	mmio_ldr_q
mmio_ldr_q:
	ldr	q0, [x1]
	ret
	.global	mmio_cpyf
mmio_cpyf:
	cpyfp	[x1]!, [x4]!, x5!
	cpyfm	[x1]!, [x4]!, x5!
	cpyfe	[x1]!, [x4]!, x5!
	ret
/* x2, x3 and x4 from the page behind this code, wherever it is: 0xff0 of a page, and nothing behind it. */
	.global	mmio_literals
mmio_literals:
	ldr	x2, mmio_literals + 0x50
	ldrsw	x3, mmio_literals + 0x58
	prfm	pldl1keep, mmio_literals + 0x50
	ret
/* At EL0 (address): code that only may be executed. */
	.global	mmio_el0_ldp
mmio_el0_ldp:
	ldp	x2, x3, [x0]
	ret
/* (address, SCTLR_EL1 with EE): one load and one store of what was loaded, big-endian. No other access between. */
	.global	mmio_big_endian
mmio_big_endian:
	mrs	x3, sctlr_el1
	msr	sctlr_el1, x1
	isb
	ldr	w2, [x0]
	str	w2, [x0]
	msr	sctlr_el1, x3
	isb
	mov	x0, x2
	ret
/* (TTBR0): no more instructions, no more vectors. */
	.global	mmio_lose_tables
mmio_lose_tables:
	msr	ttbr0_el1, x0
	isb
	tlbi	vmalle1
	dsb	sy
	isb
	ret

/* (VBAR, where to): jumps there with those vectors. The stub, as vectors, comes back here with the old ones. */
	.global	mmio_vectors_trip
mmio_vectors_trip:
	stp	x27, x28, [sp, #-16]!
	mrs	x28, vbar_el1
	adr	x27, 1f
	msr	vbar_el1, x0
	isb
	br	x1
1:	ldp	x27, x28, [sp], #16
	ret
	.balign	4096
	.global	mmio_vectors_stub
mmio_vectors_stub:
	.skip	0x200
	msr	vbar_el1, x28
	isb
	br	x27
	.balign	4096

	.section .rodata.insn_rows, "a"
	.balign	8
	.global	insn_rows
insn_rows:

	.macro	row, kind, size, pair, ext, flags, need, at, wb, insn:vararg
	.section .rodata.insn_names, "a"
91:	.asciz	"\insn"
	.text
	.balign	4
92:	\insn
	ret
	.section .rodata.insn_rows, "a"
	.quad	91b, 92b
	.byte	\kind, \size, \pair, \ext, \flags, \need
	.short	\at
	.quad	\wb
	.endm

/* What takes several instructions. At EL1 SP is SP_EL0 for the access, so that an abort finds a stack. */
	.macro	with_sp, insn:vararg
	msr	spsel, #0
	mov	sp, x1
	\insn
	mov	x1, sp
	msr	spsel, #1
	.endm
	.macro	cpyf, to, from
	cpyfp	[\to]!, [\from]!, x5!
	cpyfm	[\to]!, [\from]!, x5!
	cpyfe	[\to]!, [\from]!, x5!
	.endm
	.macro	cpy, to, from
	cpyp	[\to]!, [\from]!, x5!
	cpym	[\to]!, [\from]!, x5!
	cpye	[\to]!, [\from]!, x5!
	.endm
	.macro	set
	setp	[x1]!, x5!, x3
	setm	[x1]!, x5!, x3
	sete	[x1]!, x5!, x3
	.endm
	.macro	signed_ldraa, insn:vararg
	mov	x6, x1
	pacdza	x6
	\insn
	.endm

/* The usual ones; the rest of the arguments have their usual values. */
	.macro	load, size, ext, insn:vararg
	row	I_LOAD, \size, 0, \ext, 0, 0, 0, 0, \insn
	.endm
	.macro	load_wb, size, ext, at, wb, insn:vararg
	row	I_LOAD, \size, 0, \ext, 0, 0, \at, \wb, \insn
	.endm
	.macro	store, size, insn:vararg
	row	I_STORE, \size, 0, 0, 0, 0, 0, 0, \insn
	.endm
	.macro	store_wb, size, at, wb, insn:vararg
	row	I_STORE, \size, 0, 0, 0, 0, \at, \wb, \insn
	.endm
	.macro	load_pair, size, ext, at, wb, insn:vararg
	row	I_LOAD, \size, 1, \ext, 0, 0, \at, \wb, \insn
	.endm
	.macro	store_pair, size, at, wb, insn:vararg
	row	I_STORE, \size, 1, 0, 0, 0, \at, \wb, \insn
	.endm
	.macro	load_needs, need, size, ext, insn:vararg
	row	I_LOAD, \size, 0, \ext, 0, \need, 0, 0, \insn
	.endm
	.macro	store_needs, need, size, insn:vararg
	row	I_STORE, \size, 0, 0, 0, \need, 0, 0, \insn
	.endm
	.macro	aborts, size, insn:vararg
	row	I_ABORT, \size, 0, 0, 0, 0, 0, 0, \insn
	.endm
	.macro	aborts_needs, need, size, insn:vararg
	row	I_ABORT, \size, 0, 0, 0, \need, 0, 0, \insn
	.endm
	.macro	skips, flags, need, insn:vararg
	row	I_SKIP, 4, 0, 0, \flags, \need, 0, 0, \insn
	.endm
	.macro	undef, insn:vararg
	row	I_UNDEF, 8, 0, 0, 0, 0, 0, 0, \insn
	.endm
	.macro	any, flags, need, insn:vararg
	row	I_ANY, 8, 0, 0, \flags, \need, 0, 0, \insn
	.endm
	.macro	maybe, size, insn:vararg
	row	I_MAYBE, \size, 0, 0, 0, 0, 0, 0, \insn
	.endm
	.macro	load_sp, size, at, wb, insn:vararg
	row	I_LOAD, \size, 0, 0, F_EL1, 0, \at, \wb, with_sp \insn
	.endm
	.macro	store_sp, size, at, wb, insn:vararg
	row	I_STORE, \size, 0, 0, F_EL1, 0, \at, \wb, with_sp \insn
	.endm

	/* Plain: the syndrome describes them. */
	load	1, X_ZERO, ldrb w2, [x1]
	load	2, X_ZERO, ldrh w2, [x1]
	load	4, X_ZERO, ldr w2, [x1]
	load	8, X_ZERO, ldr x2, [x1]
	load	1, X_SIGN32, ldrsb w2, [x1]
	load	1, X_SIGN64, ldrsb x2, [x1]
	load	2, X_SIGN32, ldrsh w2, [x1]
	load	2, X_SIGN64, ldrsh x2, [x1]
	load	4, X_SIGN64, ldrsw x2, [x1]
	store	1, strb w2, [x1]
	store	2, strh w2, [x1]
	store	4, str w2, [x1]
	store	8, str x2, [x1]
	load_wb	4, X_ZERO, 16, 0, ldr w2, [x1, #16]
	load_wb	8, X_ZERO, -8, 0, ldur x2, [x1, #-8]
	load_wb	4, X_SIGN64, -4, 0, ldursw x2, [x1, #-4]
	store_wb 4, 16, 0, str w2, [x1, #16]
	store_wb 2, -2, 0, sturh w2, [x1, #-2]
	load	8, X_ZERO, ldr x2, [x1, x0]
	load	4, X_ZERO, ldr w2, [x1, w0, sxtw #2]
	load	2, X_SIGN32, ldrsh w2, [x1, w0, uxtw]
	store	1, strb w2, [x1, x0]
	store	8, str x2, [x1, x0, lsl #3]
	/* Unprivileged. */
	load	1, X_ZERO, ldtrb w2, [x1]
	load	2, X_SIGN64, ldtrsh x2, [x1]
	load	4, X_SIGN64, ldtrsw x2, [x1]
	load	8, X_ZERO, ldtr x2, [x1]
	store	1, sttrb w2, [x1]
	store	2, sttrh w2, [x1]
	store	4, sttr w2, [x1]
	store	8, sttr x2, [x1]
	/* In order. */
	load	1, X_ZERO, ldarb w2, [x1]
	load	2, X_ZERO, ldarh w2, [x1]
	load	4, X_ZERO, ldar w2, [x1]
	load	8, X_ZERO, ldar x2, [x1]
	store	1, stlrb w2, [x1]
	store	2, stlrh w2, [x1]
	store	4, stlr w2, [x1]
	store	8, stlr x2, [x1]
	load_needs NEED_LOR, 4, X_ZERO, ldlar w2, [x1]
	store_needs NEED_LOR, 4, stllr w2, [x1]
	load_needs NEED_RCPC, 1, X_ZERO, ldaprb w2, [x1]
	load_needs NEED_RCPC, 2, X_ZERO, ldaprh w2, [x1]
	load_needs NEED_RCPC, 4, X_ZERO, ldapr w2, [x1]
	load_needs NEED_RCPC, 8, X_ZERO, ldapr x2, [x1]
	load_needs NEED_RCPC2, 1, X_SIGN64, ldapursb x2, [x1]
	load_needs NEED_RCPC2, 4, X_SIGN64, ldapursw x2, [x1]
	load_needs NEED_RCPC2, 8, X_ZERO, ldapur x2, [x1]
	store_needs NEED_RCPC2, 1, stlurb w2, [x1]
	store_needs NEED_RCPC2, 4, stlur w2, [x1]
	store_needs NEED_RCPC2, 8, stlur x2, [x1]
	/* Write-back. */
	load_wb	1, X_ZERO, 0, 1, ldrb w2, [x1], #1
	load_wb	1, X_SIGN32, 0, -1, ldrsb w2, [x1], #-1
	load_wb	2, X_ZERO, -256, -256, ldrh w2, [x1, #-256]!
	load_wb	2, X_SIGN64, 0, 255, ldrsh x2, [x1], #255
	load_wb	4, X_ZERO, 4, 4, ldr w2, [x1, #4]!
	load_wb	4, X_SIGN64, 0, 4, ldrsw x2, [x1], #4
	load_wb	8, X_ZERO, 0, 8, ldr x2, [x1], #8
	load_wb	8, X_ZERO, 64, 64, ldr x2, [x1, #64]!
	store_wb 1, 0, 1, strb w2, [x1], #1
	store_wb 2, 2, 2, strh w2, [x1, #2]!
	store_wb 4, 0, -4, str w2, [x1], #-4
	store_wb 4, 4, 4, str w2, [x1, #4]!
	store_wb 8, 0, 8, str x2, [x1], #8
	store_wb 8, -8, -8, str x2, [x1, #-8]!
	load_sp	4, 0, 16, ldr w2, [sp], #16
	load_sp	8, 16, 16, ldr x2, [sp, #16]!
	store_sp 4, 0, 16, str w2, [sp], #16
	store_sp 8, -16, -16, str x2, [sp, #-16]!
	/* Pairs. */
	load_pair 4, X_ZERO, 0, 0, ldp w2, w3, [x1]
	load_pair 8, X_ZERO, 0, 0, ldp x2, x3, [x1]
	load_pair 4, X_SIGN64, 0, 0, ldpsw x2, x3, [x1]
	load_pair 8, X_ZERO, 0, 0, ldnp x2, x3, [x1]
	load_pair 4, X_ZERO, -8, 0, ldnp w2, w3, [x1, #-8]
	load_pair 8, X_ZERO, 0, 16, ldp x2, x3, [x1], #16
	load_pair 4, X_SIGN64, 8, 8, ldpsw x2, x3, [x1, #8]!
	load_pair 4, X_ZERO, -8, -8, ldp w2, w3, [x1, #-8]!
	store_pair 4, 0, 0, stp w2, w3, [x1]
	store_pair 8, 0, 0, stp x2, x3, [x1]
	store_pair 8, 16, 0, stp x2, x3, [x1, #16]
	store_pair 4, 0, 0, stnp w2, w3, [x1]
	store_pair 8, 0, 16, stp x2, x3, [x1], #16
	store_pair 4, -8, -8, stp w2, w3, [x1, #-8]!
	/* Pointer authentication. With write-back the base would become the authenticated address: not emulated. */
	load_needs NEED_PAUTH, 8, X_ZERO, signed_ldraa ldraa x2, [x6]
	aborts_needs NEED_PAUTH, 8, signed_ldraa ldrab x2, [x6, #0]!
	/* SIMD&FP. */
	aborts	1, ldr b0, [x1]
	aborts	2, ldr h0, [x1]
	aborts	4, ldr s0, [x1]
	aborts	8, ldr d0, [x1]
	aborts	8, ldr q0, [x1]
	aborts	1, str b0, [x1]
	aborts	4, str s0, [x1]
	aborts	8, str d0, [x1]
	aborts	8, str q0, [x1]
	aborts	8, ldr d0, [x1], #8
	aborts	8, str q0, [x1, #0]!
	aborts	4, ldp s0, s1, [x1]
	aborts	8, ldp d0, d1, [x1]
	aborts	8, ldp q0, q1, [x1]
	aborts	8, stp d0, d1, [x1]
	aborts	8, stp q0, q1, [x1]
	aborts	8, ldnp q0, q1, [x1]
	aborts	8, stnp d0, d1, [x1]
	aborts	8, ldur q0, [x1]
	aborts	1, ld1 {v0.16b}, [x1]
	aborts	8, ld1 {v0.2d, v1.2d, v2.2d, v3.2d}, [x1]
	aborts	4, ld1 {v0.s}[1], [x1]
	aborts	4, ld1r {v0.4s}, [x1]
	aborts	4, ld2 {v0.4s, v1.4s}, [x1]
	aborts	2, ld3 {v0.8h, v1.8h, v2.8h}, [x1]
	aborts	1, ld4 {v0.16b, v1.16b, v2.16b, v3.16b}, [x1]
	aborts	4, ld2r {v0.4s, v1.4s}, [x1]
	aborts	1, st1 {v0.16b}, [x1]
	aborts	8, st1 {v0.d}[1], [x1]
	aborts	4, st2 {v0.4s, v1.4s}, [x1]
	aborts	4, st4 {v0.4s, v1.4s, v2.4s, v3.4s}, [x1]
	aborts	4, ld1 {v0.4s}, [x1], #16
	/* Exclusive. */
	aborts	1, ldxrb w2, [x1]
	aborts	2, ldxrh w2, [x1]
	aborts	4, ldxr w2, [x1]
	aborts	8, ldxr x2, [x1]
	aborts	4, ldaxr w2, [x1]
	aborts	8, ldxp x2, x3, [x1]
	aborts	8, ldaxp w2, w3, [x1]
	maybe	1, stxrb w5, w2, [x1]
	maybe	4, stxr w5, w2, [x1]
	maybe	8, stlxr w5, x2, [x1]
	maybe	8, stxp w5, x2, x3, [x1]
	/* Atomic. */
	aborts_needs NEED_LSE, 1, casb w2, w3, [x1]
	aborts_needs NEED_LSE, 2, cash w2, w3, [x1]
	aborts_needs NEED_LSE, 4, cas w2, w3, [x1]
	aborts_needs NEED_LSE, 8, casal x2, x3, [x1]
	aborts_needs NEED_LSE, 8, casp x2, x3, x4, x5, [x1]
	aborts_needs NEED_LSE, 8, caspal w2, w3, w4, w5, [x1]
	aborts_needs NEED_LSE, 1, swpb w2, w3, [x1]
	aborts_needs NEED_LSE, 4, swpa w2, w3, [x1]
	aborts_needs NEED_LSE, 8, swpal x2, x3, [x1]
	aborts_needs NEED_LSE, 1, ldaddb w2, w3, [x1]
	aborts_needs NEED_LSE, 2, ldaddh w2, w3, [x1]
	aborts_needs NEED_LSE, 4, ldadd w2, w3, [x1]
	aborts_needs NEED_LSE, 8, ldaddal x2, x3, [x1]
	aborts_needs NEED_LSE, 4, stadd w2, [x1]
	aborts_needs NEED_LSE, 8, ldclr x2, x3, [x1]
	aborts_needs NEED_LSE, 8, ldeor x2, x3, [x1]
	aborts_needs NEED_LSE, 8, ldset x2, x3, [x1]
	aborts_needs NEED_LSE, 8, ldsmax x2, x3, [x1]
	aborts_needs NEED_LSE, 8, ldsmin x2, x3, [x1]
	aborts_needs NEED_LSE, 4, ldumax w2, w3, [x1]
	aborts_needs NEED_LSE, 4, ldumin w2, w3, [x1]
	/* Memory copy and set: prologue, main part, epilogue may each abort. From the device, to it, onto it. */
	any	0, NEED_MOPS, cpyf x4, x1
	any	0, NEED_MOPS, cpyf x1, x4
	any	0, NEED_MOPS, cpy x1, x4
	any	0, NEED_MOPS, set
	/* Tags: hidden. The core may have them all the same, and then they are loads and stores like others. */
	any	0, 0, ldg x2, [x1]
	any	0, 0, stg x1, [x1]
	any	0, 0, st2g x1, [x1]
	any	0, 0, stgp x2, x3, [x1]
	any	F_EL1, 0, ldgm x2, [x1]
	any	F_EL1, 0, stgm x2, [x1]
	/* 64-byte accesses and the vectors of SVE: hidden, and trapped. */
	undef	ld64b x0, [x1]
	undef	st64b x0, [x1]
	undef	st64bv x8, x0, [x1]
	undef	ldr z0, [x1]
	undef	str z0, [x1]
	undef	ldr p0, [x1]
	undef	ld1b {z0.b}, p0/z, [x1]
	undef	ld1rqd {z0.d}, p0/z, [x1]
	undef	ldff1b {z0.b}, p0/z, [x1]
	undef	st1d {z0.d}, p0, [x1]
	undef	prfb pldl1keep, p0, [x1]
	/* Hints. */
	skips	0, 0, prfm pldl1keep, [x1]
	skips	0, 0, prfm pstl3strm, [x1]
	skips	0, 0, prfm plil1keep, [x1, x0]
	skips	0, 0, prfum pldl2strm, [x1]
	/* RPRFM pldkeep, x2, [x1] */
	skips	0, 0, .inst 0xf8a24838
	/* Caches. */
	skips	F_EL1, 0, dc ivac, x1
	skips	F_EL1, 0, dc cvac, x1
	skips	F_EL1, 0, dc civac, x1
	skips	F_EL1, 0, dc cvau, x1
	skips	F_EL1, 0, ic ivau, x1
	skips	F_EL1, NEED_DPB, sys #3, c7, c12, #1, x1
	skips	F_EL1, NEED_DPB2, sys #3, c7, c13, #1, x1
	row	I_ABORT, 8, 0, 0, F_EL1 | F_BLOCK, 0, 0, 0, dc zva, x1

	.section .rodata.insn_rows, "a"
	.global	insn_rows_end
insn_rows_end:
