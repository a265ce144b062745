/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The normal world's streaming state (SME), for the same question as el1.S asks: is it as it was after a call? C code may run in between, since it uses
 * no vector registers. SMCR_EL1 asks for a shorter length than SMCR_EL2 all the while: nothing of ours runs at EL1, and ZA must not shrink for it.
 *
 *   bool client_sme_present(void);
 *   void client_sme_fill(uint64_t seed, uint64_t svcr);	mode on as svcr says (1 SM, 2 ZA, 3 both), registers filled with what belongs to the seed
 *   uint64_t client_sme_differs(uint64_t seed, uint64_t svcr);	how many differ; mode off
 */
	.arch	armv9-a+sme

	.equ	SM, 0
	.equ	ZA, 1
	.equ	OF_FPSR, 0x11		/* not what a change of PSTATE.SM sets it to */
	.equ	OF_SMCR_EL1, 1

#define SVCR	 s3_3_c4_c2_2
#define SMCR_EL1 s3_0_c1_c2_6
#define SMCR_EL2 s3_4_c1_c2_6
#define FPCR_RZ	 (3 << 22)

	/* \reg = 1 if streaming mode has FFR: ID_AA64SMFR0_EL1.FA64. */
	.macro	fa64 reg
	mrs	\reg, s3_0_c0_c4_5
	lsr	\reg, \reg, #63
	.endm

	.text
	.global	client_sme_present
client_sme_present:
	mrs	x0, s3_0_c0_c4_1	/* ID_AA64PFR1_EL1 */
	ubfx	x0, x0, #24, #4
	cmp	x0, xzr
	cset	x0, ne
	ret

	.global	client_sme_fill
client_sme_fill:
	mrs	x2, cptr_el2
	bic	x2, x2, #(1 << 12)	/* TSM */
	bic	x2, x2, #(1 << 8)	/* TZ */
	msr	cptr_el2, x2
	isb
	mov	x2, #0xf		/* the greatest length, FA64 */
	orr	x2, x2, #(1 << 31)
	msr	SMCR_EL2, x2
	mov	x2, #OF_SMCR_EL1
	msr	SMCR_EL1, x2
	/* Rows of ZA can be written in streaming mode only. */
	mov	x2, #3
	msr	SVCR, x2
	isb
	tbz	x1, #ZA, 2f
	ptrue	p0.b
	rdsvl	x3, #1
	mov	x12, xzr
1:	add	x2, x0, x12
	dup	z0.d, x2
	mov	za0h.b[w12, 0], p0/m, z0.b
	add	x12, x12, #1
	cmp	x12, x3
	b.ne	1b
2:	msr	SVCR, x1
	isb
	tbz	x1, #SM, 4f
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	add	x2, x0, #\n
	dup	z\n\().d, x2
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	pfalse	p\n\().b
	.endr
	ptrue	p5.d
	fa64	x2
	cbz	x2, 3f
	setffr
3:	mov	x2, #FPCR_RZ
	msr	fpcr, x2
	mov	x2, #OF_FPSR
	msr	fpsr, x2
4:	ret

	.global	client_sme_differs
client_sme_differs:
	mov	x2, xzr
	mrs	x3, SVCR
	cmp	x3, x1
	cinc	x2, x2, ne
	mrs	x3, SMCR_EL1
	cmp	x3, #OF_SMCR_EL1
	cinc	x2, x2, ne
	tbz	x1, #SM, 2f
	mrs	x3, fpsr
	cmp	x3, #OF_FPSR
	cinc	x2, x2, ne
	mrs	x3, fpcr
	cmp	x3, #FPCR_RZ
	cinc	x2, x2, ne
	ptrue	p0.d
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	add	x3, x0, #\n
	dup	z31.d, x3
	cmpne	p1.d, p0/z, z\n\().d, z31.d
	cinc	x2, x2, ne
	.endr
	ptrue	p2.b
	eor	p1.b, p2/z, p5.b, p0.b
	ptest	p2, p1.b
	cinc	x2, x2, ne
	fa64	x3
	cbz	x3, 2f
	rdffr	p3.b
	eor	p1.b, p2/z, p3.b, p2.b
	ptest	p2, p1.b
	cinc	x2, x2, ne
2:	tbz	x1, #ZA, 4f
	orr	x3, x1, #(1 << SM)
	msr	SVCR, x3
	isb
	ptrue	p0.b
	rdsvl	x3, #1
	mov	x12, xzr
3:	add	x4, x0, x12
	dup	z0.d, x4
	mov	z1.b, p0/m, za0h.b[w12, 0]
	cmpne	p1.d, p0/z, z0.d, z1.d
	cinc	x2, x2, ne
	add	x12, x12, #1
	cmp	x12, x3
	b.ne	3b
4:	msr	SVCR, xzr
	isb
	msr	fpcr, xzr
	mov	x0, x2
	ret
