/* SPDX-License-Identifier: BSD-3-Clause */
/* The guests' payload, as the build left it. */
	.section .rodata.guest_image, "a"
	.balign	16
	.global	guest_image, guest_image_end
guest_image:
	.incbin	"guest.bin"
guest_image_end:
