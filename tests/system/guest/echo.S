/* SPDX-License-Identifier: BSD-3-Clause */
/* A raw guest: gives back what is typed, in angle brackets, until a full stop; then powers off. */
	.text
	.globl _start
_start:
	ldr	x21, =0x09000000	/* PL011 */
	mov	w0, #'<'
	str	w0, [x21]
1:	ldr	w0, [x21, #0x18]	/* FR */
	tbnz	w0, #4, 1b		/* RXFE */
	ldr	w0, [x21]
	and	w0, w0, #0xff
	cmp	w0, #'.'
	b.eq	2f
	str	w0, [x21]
	b	1b
2:	mov	w0, #'>'
	str	w0, [x21]
	mov	w0, #'\n'
	str	w0, [x21]
	ldr	w0, =0x84000008		/* PSCI SYSTEM_OFF */
	hvc	#0
	b	.
