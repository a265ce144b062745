/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry at S-EL1, MMU off: x0 = boot information. Each execution context enters here; MPIDR_EL1's affinity 0 is its number. The first one clears
 * .bss and makes the tables.
 */
#include "abi/smccc_call.S"
#include "sp.h"

	.section .text.entry, "ax"
	.global	_start
_start:
	msr	daifset, #0xf
	mov	x20, x0
	mrs	x19, mpidr_el1
	and	x19, x19, #0xff
	cmp	x19, #SP_CONTEXTS
	b.hs	.			/* no stack for it */
	adrp	x1, stacks
	mov	x2, #SP_STACK
	add	x3, x19, #1
	madd	x21, x2, x3, x1
	mov	sp, x21
	cbnz	x19, 2f
	adrp	x0, _bss_start
	adrp	x1, _bss_end
1:	cmp	x0, x1
	b.hs	3f
	stp	xzr, xzr, [x0], #16
	b	1b
3:	bl	sp_tables_make
2:	bl	mmu_on
	msr	tpidr_el1, x19
	mov	x29, xzr
	mov	x0, x19
	mov	x1, x20
	bl	sp_enter
	b	.

mmu_on:
	ldr	x1, =0xff00		/* attribute 0: Device-nGnRnE, 1: normal write-back */
	msr	mair_el1, x1
	/* EPD1; 40-bit PA; 4 KiB granule; write-back inner-shareable walks; 32-bit VA: level 1 has four entries. */
	ldr	x1, =(2 << 32 | 1 << 23 | 3 << 12 | 1 << 10 | 1 << 8 | 32)
	msr	tcr_el1, x1
	adrp	x1, sp_table_1
	add	x1, x1, :lo12:sp_table_1
	msr	ttbr0_el1, x1
	adrp	x1, vectors
	add	x1, x1, :lo12:vectors
	msr	vbar_el1, x1
	/* Nothing is trapped to S-EL1 itself, so that what the SPMC does not give is seen to be its doing: FP, SVE, SME. */
	ldr	x1, =(3 << 20 | 3 << 16 | 3 << 24)
	msr	cpacr_el1, x1
	isb
	tlbi	vmalle1
	dsb	nsh
	isb
	ldr	x1, =(0x30d00800 | 1 | 1 << 2 | 1 << 12 | 1 << 19) /* M, C, I, WXN */
	msr	sctlr_el1, x1
	isb
	ret

	.text
	.global	sp_call
sp_call:
	smccc_call smc
	.global	sp_call_hvc
sp_call_hvc:
	smccc_call hvc

	.global	sp_hvc
sp_hvc:
	hvc	#0
	ret

	.global	sp_context
sp_context:
	mrs	x0, tpidr_el1
	ret

	.global	sp_counter
sp_counter:
	isb
	mrs	x0, cntpct_el0
	ret

	.global	sp_counter_hz
sp_counter_hz:
	mrs	x0, cntfrq_el0
	ret

	.global	sp_irq_unmask
sp_irq_unmask:
	msr	daifclr, #3
	ret
	.global	sp_irq_mask
sp_irq_mask:
	msr	daifset, #3
	ret

	/* In the order of enum sp_touch. A row is two instructions long. An exception within the rows ends at probe_undefined. */
	.global	sp_probe
sp_probe:
	adr	x2, probe_rows
	add	x2, x2, w0, uxtw #3
	mov	x0, #1023		/* what is written: the end of no interrupt */
	br	x2
	.macro	probe insn:vararg
	\insn
	b	probe_done
	.endm
probe_rows:
	probe	mrs x0, s3_0_c12_c12_0	/* ICC_IAR1_EL1 */
	probe	msr s3_0_c12_c12_1, x0	/* ICC_EOIR1_EL1 */
	probe	mrs x0, s3_0_c4_c6_0	/* ICC_PMR_EL1 */
	probe	mrs x0, cntv_ctl_el0
	probe	mrs x0, cntp_ctl_el0
	probe	.inst 0x04bf5020	/* rdvl x0, #1 */
	probe	.inst 0x04bf5820	/* rdsvl x0, #1 */
	probe	mrs x0, s3_6_c1_c1_0	/* SCR_EL3 */
probe_done:
	str	x0, [x1]
	mov	w0, #1
	ret
probe_undefined:
	mov	w0, wzr
	ret

	.macro	unexpected
	.balign	0x80
	b	fault
	.endm
	.macro	irq
	.balign	0x80
	sub	sp, sp, #192
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x30, [sp, #144]
	mrs	x0, elr_el1
	mrs	x1, spsr_el1
	stp	x0, x1, [sp, #160]
	bl	sp_irq_poll
	b	irq_return
	.endm

	.balign	0x800
vectors:
	.rept	4
	unexpected
	.endr
	.balign	0x80
	b	sync
	irq				/* IRQ */
	irq				/* FIQ: managed exit, unless the manifest has managed-exit-virq */
	.rept	9
	unexpected
	.endr

irq_return:
	ldp	x0, x1, [sp, #160]
	msr	elr_el1, x0
	msr	spsr_el1, x1
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x30, [sp, #144]
	ldp	x0, x1, [sp]
	add	sp, sp, #192
	eret

	/* UNDEFINED (EC 0) in a probe: on behind it. It needs x1 and x30 only. */
sync:
	mrs	x2, esr_el1
	lsr	x3, x2, #26
	cbnz	x3, fault
	mrs	x2, elr_el1
	adr	x3, probe_rows
	cmp	x2, x3
	b.lo	fault
	adr	x3, probe_done
	cmp	x2, x3
	b.hs	fault
	adr	x3, probe_undefined
	msr	elr_el1, x3
	eret

fault:
	mrs	x0, esr_el1
	mrs	x1, elr_el1
	mrs	x2, far_el1
	bl	sp_fault
	b	.

	.section .bss.stacks, "aw", @nobits
	.balign	4096
stacks:
	.skip	SP_STACK * SP_CONTEXTS
