/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Constants that assembly and C share. No C here. LINK_BASE, where the image is linked, comes from mk/build.mk: each
 * role has its own.
 */
#ifndef ARCH_ASM_H
#define ARCH_ASM_H

/* A stack slot: an unmapped guard page, then the stack. */
#define STACK_GUARD 0x1000
#define STACK_SLOT  (STACK_GUARD + CONFIG_STACK_SIZE)

#define PANIC_STACK 0x1000

/* MAIR_EL2: 0 Device-nGnRnE, 1 Normal write-back read-write-allocate, 2 Normal non-cacheable. */
#define MAIR_VALUE 0x44ff00

/*
 * TCR_EL2: RES1 31 and 23, TG0 4 KiB, SH0 inner, ORGN0 IRGN0 write-back write-allocate, T0SZ 16 (48 bits). PS is added.
 */
#define TCR_VALUE (1 << 31 | 1 << 23 | 3 << 12 | 1 << 10 | 1 << 8 | 16)

/* HCR_EL2 while no guest is loaded: EL1 is AArch64 (RW), physical interrupts come to EL2 (FMO, IMO, AMO). */
#define HCR_BOOT 0x80000038

/* SCTLR_EL2: RES1 (29,28,23,22,18,16,11,5,4), M, C, SA, I, WXN. */
#define SCTLR_VALUE 0x30cd183d

#endif
