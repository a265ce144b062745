/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An arm64 Image that counts until someone sets go, then ends by PSCI: a guest for the debugger. Linked for 0x40200000,
 * where an Image with text_offset 0 is loaded; a raw binary would lie at 0x40080000, which is an address of Trivet's
 * own code too.
 */
	.global	_start, guest_main, guest_loop, go
_start:
	b	guest_main
	.long	0
	.quad	0			/* text_offset */
	.quad	_end - _start
	.quad	0xa
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

	.type	guest_main, %function
guest_main:
	mov	x20, #0
guest_loop:
	add	x20, x20, #1
	adr	x1, go
	ldr	w2, [x1]
	cbz	w2, guest_loop
	ldr	w0, =0x84000008		/* PSCI SYSTEM_OFF */
	hvc	#0
1:	b	1b
	.balign	4
go:	.long	0
	.ltorg
_end:
