/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For assembly: the body of `void f(uint64_t x[18])`, a call with all registers of SMCCC 1.2, x0 to x17, in and out in
 * place. conduit: smc or hvc. Ends in ret; keeps what AAPCS64 has a function keep.
 */
#ifndef ABI_SMCCC_CALL
#define ABI_SMCCC_CALL

	.macro	smccc_call conduit
	stp	x29, x30, [sp, #-32]!
	mov	x29, sp
	str	x0, [sp, #16]
	mov	x30, x0
	.irp	n, 2, 4, 6, 8, 10, 12, 14, 16
	smccc_pair ldp, \n
	.endr
	ldp	x0, x1, [x30]
	\conduit #0
	ldr	x30, [sp, #16]
	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16
	smccc_pair stp, \n
	.endr
	ldp	x29, x30, [sp], #32
	ret
	.endm

	/* Registers n and n + 1 from or to their places. */
	.macro	smccc_pair op, n
	.irp	next, 1, 3, 5, 7, 9, 11, 13, 15, 17
	.if	\next - \n == 1
	\op	x\n, x\next, [x30, #8 * \n]
	.endif
	.endr
	.endm

#endif
