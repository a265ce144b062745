/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Code with slots for instructions (sysregs.h), which the attack guest writes. What stands between may use registers
 * only: the instruction in a slot may have turned data big-endian, changed SP or moved the vectors.
 */
	.macro	slot, name
	.global	\name
\name:
	nop
	isb
	.endm

	.text
	.balign	64
/* (x0 = value, x1 = struct sysreg_probe *): read x3; write x0; read x2; write x3 back; read x5 */
	.global	sysreg_probe_run
sysreg_probe_run:
	mov	x4, x1
	mov	x3, xzr
	mov	x2, xzr
	mov	x5, xzr
	slot	sysreg_probe_slot0
	slot	sysreg_probe_slot1
	slot	sysreg_probe_slot2
	slot	sysreg_probe_slot3
	slot	sysreg_probe_slot4
	stp	x3, x2, [x4]
	str	x5, [x4, #16]
	ret

	.balign	64
/* (x0) -> x0: the instruction, with DAIF, SPSel and NZCV as before after it */
	.global	sysreg_insn_run
sysreg_insn_run:
	mrs	x9, daif
	mrs	x10, spsel
	mrs	x11, nzcv
	slot	sysreg_insn_slot
	msr	spsel, x10
	msr	daif, x9
	msr	nzcv, x11
	isb
	ret
