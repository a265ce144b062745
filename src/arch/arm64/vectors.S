/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The exception vectors of EL2, and the door between a guest and Trivet.
 *
 * While a guest runs, SP_EL2 is its struct vcpu, whose first member is x0..x30: an exit stores them there, takes
 * the core's own stack and calls C with the vCPU. What C returns is the vCPU to enter. ELR_EL2 and SPSR_EL2 stay in
 * the hardware: nothing at EL2 takes an exception (interrupts are masked), so they move only when another vCPU
 * takes the core (switch.c).
 */
#include "arch/asm.h"

	.macro	save_x
	stp	x0, x1, [sp, #0]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	str	x30, [sp, #240]
	.endm

#ifdef CONFIG_TRACE_EXITS
/* struct percpu: core/trace_exits.c asserts where they are. */
#define PERCPU_TAKEN   16
#define PERCPU_ENTERED 24
	.macro	stamp where
	mrs	x0, cntpct_el0
	mrs	x1, tpidr_el2
	str	x0, [x1, #\where]
	.endm
	/* Before save_x, which stores x0 and x1 once more. */
	.macro	stamp_exit
	stp	x0, x1, [sp, #0]
	stamp	PERCPU_TAKEN
	ldp	x0, x1, [sp, #0]
	.endm
	.macro	stamp_entry
	stamp	PERCPU_ENTERED
	.endm
#else
	.macro	stamp_exit
	.endm
	.macro	stamp_entry
	.endm
#endif

	.macro	from_guest, handler
	.balign	0x80
	stamp_exit
	save_x
	mrs	x2, tpidr_el2
	mov	x0, sp
	ldr	x3, [x2]		/* percpu.stack_top */
	mov	sp, x3
	mov	x29, xzr
	mrs	x1, esr_el2
	bl	\handler
	b	guest_return
	.endm

	/*
	 * Our own fault: Trivet is about to panic, so the guest's TPIDR registers serve as scratch. Always on the
	 * core's panic stack: the fault may be the guard page below the other one.
	 */
	.macro	from_el2, kind
	.balign	0x80
	msr	tpidr_el0, x0
	mov	x0, sp
	msr	tpidr_el1, x0
	mrs	x0, tpidr_el2
	ldr	x0, [x0, #8]		/* percpu.panic_stack_top */
	mov	sp, x0
	mrs	x0, tpidr_el0
	sub	sp, sp, #(32 * 8)
	save_x
	mov	x0, sp
	mov	x1, #\kind
	b	el2_exception
	.endm

	.section .vectors, "ax"
	.balign	0x800
	.global	vectors
vectors:
	/* From EL2 with SP_EL0: never used. */
	from_el2 0
	from_el2 1
	from_el2 2
	from_el2 3
	/* From EL2: our own faults. */
	from_el2 4
	from_el2 5
	from_el2 6
	from_el2 7
	/* From EL1 or EL0, AArch64. */
	from_guest upcall_guest_sync
	from_guest upcall_guest_irq
	from_guest upcall_guest_fiq
	from_guest upcall_guest_serror
	/* AArch32 below: the guests' ID registers have none, but ERET may try. */
	from_guest upcall_guest_sync
	from_guest upcall_guest_irq
	from_guest upcall_guest_fiq
	from_guest upcall_guest_serror

/*
 * x0 = the vCPU to enter after an exit. Mostly the same one, and then x19 to x28 are still its own
 * (arch/vcpu_regs.h, reload).
 */
guest_return:
	mov	sp, x0
	ldp	x30, x1, [sp, #240]	/* and reload */
	cbnz	x1, guest_enter
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldr	x18, [sp, #144]
	ldr	x29, [sp, #232]
	stamp_entry
	ldp	x0, x1, [sp, #0]
	eret
	/* No speculation past ERET (CVE-2020-13844). */
	dsb	nsh
	isb

	.global	guest_enter
/* x0 = the vCPU to enter, with all of its registers. Does not return. */
guest_enter:
	mov	sp, x0
	str	xzr, [sp, #248]		/* reload */
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x19, [sp, #144]
	ldp	x20, x21, [sp, #160]
	ldp	x22, x23, [sp, #176]
	ldp	x24, x25, [sp, #192]
	ldp	x26, x27, [sp, #208]
	ldp	x28, x29, [sp, #224]
	ldr	x30, [sp, #240]
	stamp_entry
	ldp	x0, x1, [sp, #0]
	eret
	/* No speculation past ERET (CVE-2020-13844). */
	dsb	nsh
	isb

el2_exception:
	mrs	x2, tpidr_el1
	str	x2, [x0, #248]		/* SP as it was: x[31] of the frame */
	mov	x29, xzr
	bl	arch_el2_exception
	b	.
