/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Single instructions on MMIO that no compiler makes on demand: each a function of (address, ...), most with
 * results by pointer.
 */
	.arch	armv8.2-a+lse
	.text

	.macro	func, name
	.global	\name
	.balign	4
\name:
	.endm

/* (address, two results) */
	func	do_ldp_x
	ldp	x2, x3, [x0]
	stp	x2, x3, [x1]
	ret
	func	do_ldp_w
	mov	x2, #-1
	mov	x3, #-1
	ldp	w2, w3, [x0]
	stp	x2, x3, [x1]
	ret
	func	do_ldpsw
	ldpsw	x2, x3, [x0]
	stp	x2, x3, [x1]
	ret
/* (address, a, b) */
	func	do_stp_x
	stp	x1, x2, [x0]
	ret
	func	do_stp_w
	stp	w1, w2, [x0]
	ret
	func	do_stp_zr
	stp	x1, xzr, [x0]
	ret
/* (address, value at the pointer in x1): returns the base afterwards */
	func	do_ldr_post
	ldr	x2, [x0], #24
	str	x2, [x1]
	ret
	func	do_ldr_pre
	ldr	w2, [x0, #8]!
	str	x2, [x1]
	ret
	func	do_ldrsb_post
	ldrsb	w2, [x0], #-1
	str	x2, [x1]
	ret
	func	do_ldp_post
	ldp	x2, x3, [x0], #-32
	stp	x2, x3, [x1]
	ret
/* (address, value): returns the base afterwards */
	func	do_str_post
	str	x1, [x0], #16
	ret
	func	do_str_pre
	str	w1, [x0, #-4]!
	ret
	func	do_strh_post
	strh	w1, [x0], #2
	ret
	func	do_stp_pre
	stp	x1, x1, [x0, #16]!
	ret
/* (address, value): the base is SP */
	func	do_str_sp
	mov	x2, sp
	mov	sp, x0
	str	x1, [sp], #16
	mov	x0, sp
	mov	sp, x2
	ret
	func	do_ldur
	ldur	x0, [x0, #-8]
	ret
	func	do_prfm
	prfm	pldl1keep, [x0]
	ret
	func	do_ldar
	ldar	x0, [x0]
	ret
	func	do_stlr
	stlr	x1, [x0]
	ret
	func	do_ldrsw
	ldrsw	x0, [x0]
	ret
	func	do_ldrsh_w
	mov	x1, x0
	mov	x0, #-1
	ldrsh	w0, [x1]
	ret
	func	do_ldrsb_x
	ldrsb	x0, [x0]
	ret
	func	do_str_zr
	str	xzr, [x0]
	ret
	func	do_ldr_zr
	ldr	xzr, [x0]
	ret

/* Not emulated: (address) */
	func	do_ldr_q
	ldr	q0, [x0]
	ret
	func	do_ldxr
	ldxr	x1, [x0]
	clrex
	ret
	func	do_ldadd
	ldadd	x1, x2, [x0]
	ret
	func	do_cas
	cas	x1, x2, [x0]
	ret
	func	do_dc_ivac
	dc	civac, x0
	ret

/* Jump there; an abort of the fetch comes back by x30. */
	func	do_call
	br	x0

/* (buffer of 34 x 16 bytes): v0 to v31, FPCR, FPSR in and out */
	func	fp_set
	ldp	q0, q1, [x0, #0]
	ldp	q2, q3, [x0, #32]
	ldp	q4, q5, [x0, #64]
	ldp	q6, q7, [x0, #96]
	ldp	q8, q9, [x0, #128]
	ldp	q10, q11, [x0, #160]
	ldp	q12, q13, [x0, #192]
	ldp	q14, q15, [x0, #224]
	ldp	q16, q17, [x0, #256]
	ldp	q18, q19, [x0, #288]
	ldp	q20, q21, [x0, #320]
	ldp	q22, q23, [x0, #352]
	ldp	q24, q25, [x0, #384]
	ldp	q26, q27, [x0, #416]
	ldp	q28, q29, [x0, #448]
	ldp	q30, q31, [x0, #480]
	add	x0, x0, #512
	ldp	x1, x2, [x0]
	msr	fpcr, x1
	msr	fpsr, x2
	ret
	func	fp_get
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
	mrs	x1, fpcr
	mrs	x2, fpsr
	add	x0, x0, #512
	stp	x1, x2, [x0]
	ret

/* FEAT_SVE: rdvl x0, #1; FEAT_SME: smstart */
	func	do_sve
	.inst	0x04bf5020
	ret
	func	do_smstart
	.inst	0xd503477f
	ret
/* Calls with an immediate that is not 0: nobody's */
	func	do_hvc_1
	hvc	#1
	ret
	func	do_smc_1
	smc	#1
	ret
	func	do_udf
	.inst	0x00001234
	ret
