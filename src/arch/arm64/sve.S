/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All of the SVE state at the vector length of this moment: Z0-Z31, P0-P15, and FFR if w1. Of the normal world, while a Secure Partition has the
 * V registers. EL2's own access is on (world_s.c). x0 = struct arch_sve.
 */
	.arch	armv8.2-a+sve

	.macro	each_z op
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op	z\n, [x0, #\n, mul vl]
	.endr
	.endm
	.macro	each_p op
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	\op	p\n, [x2, #\n, mul vl]
	.endr
	.endm

	.text
	.global	arch_sve_save_regs
arch_sve_save_regs:
	add	x2, x0, #(32 * 256)
	each_z	str
	each_p	str
	cbz	w1, 1f
	rdffr	p0.b
	str	p0, [x2, #16, mul vl]
	ldr	p0, [x2]
1:	ret

	.global	arch_sve_load_regs
arch_sve_load_regs:
	add	x2, x0, #(32 * 256)
	cbz	w1, 1f
	ldr	p0, [x2, #16, mul vl]
	wrffr	p0.b
1:	each_z	ldr
	each_p	ldr
	ret
