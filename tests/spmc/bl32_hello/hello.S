/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The smallest thing that BL31 accepts as SPMC: says at which exception level and in which world it runs, tells SPMD that it is ready, answers
 * FFA_VERSION (which SPMD asks for as a framework message) and refuses everything else. No stack, no data, no MMU; each core the same code.
 * It shows that the way into S-EL2 works before anything of Trivet is on it.
 */

#include "abi/ffa.h"

#define UART0 0x09000000
#define UART_FR 0x18
/* VSTTBR_EL2: UNDEFINED but in the secure world (ARM DDI 0487 D19.2.218). */
#define VSTTBR_EL2 s3_4_c2_c6_0

	.section .text.entry, "ax"
	.global	_start
_start:
	mov	x19, x4			/* SPMD: number of this core */
	mov	x20, x0			/* TOS_FW_CONFIG */
	adr	x0, vectors
	msr	vbar_el2, x0
	isb
	cbnz	x19, ready
	adr	x0, hello_text
	bl	puts
	mrs	x0, CurrentEL
	ubfx	x0, x0, #2, #2
	add	x0, x0, #'0'
	bl	putc
	mrs	x21, VSTTBR_EL2
	adr	x0, secure_text
	bl	puts
	mov	x0, x20
	bl	puthex
	adr	x0, newline
	bl	puts
ready:
	ldr	w0, =FFA_MSG_WAIT
	bl	clear
	/* What comes back is the next call. */
call:
	smc	#0
	ldr	w8, =FFA_MSG_SEND_DIRECT_REQ_32
	cmp	w0, w8
	b.ne	refuse
	ldr	w8, =(FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VERSION_REQ)
	cmp	w2, w8
	b.ne	refuse
	ldr	w0, =FFA_MSG_SEND_DIRECT_RESP_32
	bl	clear
	ldr	w1, =FFA_ENDPOINTS(FFA_ID_SPMC, FFA_ID_SPMD)
	ldr	w2, =(FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VERSION_RESP)
	ldr	w3, =FFA_VERSION_1_1
	b	call
refuse:
	ldr	w0, =FFA_ERROR
	bl	clear
	mov	w2, #FFA_NOT_SUPPORTED
	b	call

/* x1 to x7: zero. */
clear:
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	mov	x6, xzr
	mov	x7, xzr
	ret

putc:	/* x0; clobbers x1, x2 */
	mov	x1, #UART0
1:	ldr	w2, [x1, #UART_FR]
	tbnz	w2, #5, 1b
	str	w0, [x1]
	ret

puts:	/* x0; clobbers x0-x4 */
	mov	x3, x0
	mov	x4, x30
1:	ldrb	w0, [x3], #1
	cbz	w0, 2f
	bl	putc
	b	1b
2:	ret	x4

puthex:	/* x0; clobbers x0-x5 */
	mov	x3, x0
	mov	x4, x30
	mov	x5, #64
1:	sub	x5, x5, #4
	lsr	x0, x3, x5
	and	x0, x0, #15
	add	x0, x0, #'0'
	cmp	x0, #'9'
	b.ls	2f
	add	x0, x0, #('a' - '0' - 10)
2:	bl	putc
	cbnz	x5, 1b
	ret	x4

/* The one exception that is expected: VSTTBR_EL2 is UNDEFINED when this is not the secure world. */
oops:
	adr	x0, oops_text
	bl	puts
	mrs	x0, esr_el2
	bl	puthex
	adr	x0, newline
	bl	puts
1:	wfi
	b	1b

	.balign	0x800
vectors:
	.rept	16
	.balign	0x80
	b	oops
	.endr

hello_text:
	.asciz	"hello: BL32 at EL"
secure_text:
	.asciz	", VSTTBR_EL2 is there: S-EL2; TOS_FW_CONFIG at 0x"
oops_text:
	.asciz	", exception, so not S-EL2: ESR 0x"
newline:
	.asciz	"\r\n"
