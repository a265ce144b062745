/* SPDX-License-Identifier: BSD-3-Clause */
/* FP/SIMD registers of a vCPU: struct arch_fpsimd. EL2 itself never uses them (-mgeneral-regs-only). */
	.arch	armv8-a+fp+simd
	.macro	each op
	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
	fpair	\op, \n
	.endr
	.endm
	.altmacro
	.macro	fpair op, n
	fpair2	\op, \n, %(\n + 1), %(\n * 16)
	.endm
	.macro	fpair2 op, a, b, off
	\op	q\a, q\b, [x0, #\off]
	.endm

	.text
	.global arch_fpsimd_save
arch_fpsimd_save:
	each	stp
	mrs	x1, fpcr
	mrs	x2, fpsr
	add	x0, x0, #512
	stp	x1, x2, [x0]
	ret

	.global arch_fpsimd_load
arch_fpsimd_load:
	each	ldp
	add	x0, x0, #512
	ldp	x1, x2, [x0]
	msr	fpcr, x1
	msr	fpsr, x2
	ret
