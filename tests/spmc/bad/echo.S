/* SPDX-License-Identifier: BSD-3-Clause */
/* The smallest Secure Partition, for any address: answers direct requests (64-bit) with x4 increased by 0x1000. It can be told by that from none. */
	.text
	.global	_start
_start:
	mov	x0, #0x6b		/* FFA_MSG_WAIT */
	movk	x0, #0x8400, lsl #16
	mov	x1, xzr
	mov	x2, xzr
1:	smc	#0
	mov	x0, #0x70		/* FFA_MSG_SEND_DIRECT_RESP_64 */
	movk	x0, #0xc400, lsl #16
	ror	w1, w1, #16		/* back to whom it came from */
	mov	x2, xzr
	add	x4, x4, #0x1000
	b	1b
