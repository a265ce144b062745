/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The normal world's EL1 registers and V (Z and P where there is SVE) registers, while nothing of its own runs at EL1: filled
 * with values that belong to a seed, and looked at again. One list for both. Register values are kept in bits that every
 * implementation has; FEAT_PAuth is there, since this TF-A needs it (and switches the keys itself).
 */
	.arch	armv8.3-a+sve

	.macro	each op
	\op	ttbr0_el1, 0x1000
	\op	ttbr1_el1, 0x2000
	\op	mair_el1, 0x44
	\op	vbar_el1, 0x800
	\op	far_el1, 0x55
	\op	elr_el1, 0x60
	\op	sp_el1, 0x70
	\op	sp_el0, 0x80
	\op	tpidr_el0, 0x91
	\op	tpidrro_el0, 0x92
	\op	tpidr_el1, 0x93
	\op	cntv_cval_el0, 0x94
	\op	apiakeylo_el1, 0xa0
	\op	apiakeyhi_el1, 0xa1
	\op	apibkeylo_el1, 0xa2
	\op	apibkeyhi_el1, 0xa3
	\op	apdakeylo_el1, 0xa4
	\op	apdakeyhi_el1, 0xa5
	\op	apdbkeylo_el1, 0xa6
	\op	apdbkeyhi_el1, 0xa7
	\op	apgakeylo_el1, 0xa8
	\op	apgakeyhi_el1, 0xa9
	.endm

	.macro	fill reg, value
	add	x1, x0, #\value
	msr	\reg, x1
	.endm
	.macro	look reg, value
	add	x1, x0, #\value
	mrs	x3, \reg
	cmp	x1, x3
	cinc	x2, x2, ne
	.endm

	.text
	.global	client_el1_fill
client_el1_fill:
	each	fill
	mov	w1, #0x1234
	msr	contextidr_el1, x1
	mov	x1, #(3 << 20)
	msr	cpacr_el1, x1
	isb
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	add	x1, x0, #\n
	dup	v\n\().2d, x1
	.endr
	mrs	x1, id_aa64pfr0_el1
	ubfx	x1, x1, #32, #4
	cbz	x1, 1f
	mov	x1, #0xf
	msr	s3_4_c1_c2_0, x1	/* ZCR_EL2 */
	isb
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	add	x1, x0, #\n
	dup	z\n\().d, x1
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	pfalse	p\n\().b
	.endr
	ptrue	p5.d
	setffr
1:	ret

	/* How many differ. */
	.global	client_el1_differs
client_el1_differs:
	mov	x2, xzr
	each	look
	mrs	x3, contextidr_el1
	mov	w1, #0x1234
	cmp	x1, x3
	cinc	x2, x2, ne
	mrs	x3, cpacr_el1
	mov	x1, #(3 << 20)
	cmp	x1, x3
	cinc	x2, x2, ne
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	add	x1, x0, #\n
	mov	x3, v\n\().d[0]
	mov	x4, v\n\().d[1]
	cmp	x1, x3
	ccmp	x1, x4, #0, eq
	cinc	x2, x2, ne
	.endr
	mrs	x1, id_aa64pfr0_el1
	ubfx	x1, x1, #32, #4
	cbz	x1, 1f
	/* Every lane of Zn, and P5 and FFR as they were. */
	ptrue	p0.d
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	add	x1, x0, #\n
	dup	z31.d, x1
	cmpne	p1.d, p0/z, z\n\().d, z31.d
	cinc	x2, x2, ne
	.endr
	eor	p1.b, p0/z, p5.b, p0.b
	ptest	p0, p1.b
	cinc	x2, x2, ne
	ptrue	p2.b
	rdffr	p3.b
	eor	p1.b, p2/z, p3.b, p2.b
	ptest	p2, p1.b
	cinc	x2, x2, ne
1:	mov	x0, x2
	ret
