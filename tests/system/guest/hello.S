/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The smallest guest: a raw binary for 0x40080000. Prints through the PL011 whether it was entered as promised
 * (x0 is the device tree at 0x40000000 with its magic, MMU off, EL1, the address), how much memory the tree says,
 * and powers off.
 */
#define UART 0x09000000
#define TREE 0x40000000

	.text
	.globl _start
_start:
	mov	x19, x0
	adr	x20, _start
	ldr	x21, =UART
	adr	x0, hello
	bl	puts

	adr	x0, s_tree
	ldr	x1, =TREE
	cmp	x19, x1
	bl	verdict
	adr	x0, s_magic
	ldr	w1, =0xedfe0dd0		/* big-endian 0xd00dfeed */
	ldr	w2, [x19]
	cmp	w1, w2
	bl	verdict
	adr	x0, s_address
	ldr	x1, =0x40080000
	cmp	x20, x1
	bl	verdict
	adr	x0, s_el
	mrs	x1, CurrentEL
	cmp	x1, #4
	bl	verdict
	adr	x0, s_mmu
	mrs	x1, SCTLR_EL1
	tst	x1, #1
	bl	verdict

	ldr	w0, =0x84000008		/* PSCI SYSTEM_OFF */
	hvc	#0
1:	b	1b

/* x0: a name. Says whether the flags are "equal". */
verdict:
	mov	x28, x30
	cset	w27, eq
	bl	puts
	adr	x0, s_ok
	adr	x1, s_wrong
	cmp	w27, #1
	csel	x0, x0, x1, eq
	bl	puts
	ret	x28

puts:
	ldrb	w1, [x0], #1
	cbz	w1, 2f
	str	w1, [x21]
	b	puts
2:	ret

hello:		.asciz "hello from a guest\n"
s_tree:		.asciz "x0"
s_magic:	.asciz "magic"
s_address:	.asciz "address"
s_el:		.asciz "EL1"
s_mmu:		.asciz "MMU off"
s_ok:		.asciz ": ok\n"
s_wrong:	.asciz ": WRONG\n"
	.balign 4
