/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage 2 in the secure state (ARM DDI 0487 D8.2.2, VSTCR_EL2, VTCR_EL2): a partition has two IPA spaces, and its stage
 * 1 says by a bit (NS) which one it means. The secure one is walked by VSTTBR_EL2 and VSTCR_EL2, the non-secure one by
 * VTTBR_EL2 and VTCR_EL2, which also has what both have in common: the attributes of the walks, PS; and the VMID.
 *
 * What goes into the registers, from what NS-EL2 would write to VTTBR_EL2 and VTCR_EL2 (struct s2). Pure.
 */
#ifndef ARCH_SECURE_S2_H
#define ARCH_SECURE_S2_H

#include "lib/types.h"

#define VTCR_RES1  BIT(31)
#define VTCR_NSA   BIT(30) /* what non-secure IPAs lead to is non-secure memory; its tables (NSW, 29: 0) are secure */
#define VTTBR_VMID MASK(63, 48)

/* TG0, SL0, T0SZ: what each space has of its own. */
#define VTCR_GEOMETRY (MASK(15, 14) | MASK(7, 0))

/* A space with nothing in it, whose table is a page of zeros: 39 bits, from level 1. */
#define VTCR_EMPTY (UINT64_C(1) << 6 | 25)

/* SA (30) and SW (29) are 0: tables and memory of the secure space are secure. */
static inline uint64_t secure_s2_vstcr(uint64_t vtcr)
{
	return VTCR_RES1 | (vtcr & VTCR_GEOMETRY);
}

/* No VMID here. */
static inline uint64_t secure_s2_vsttbr(uint64_t vttbr)
{
	return vttbr & ~VTTBR_VMID;
}

/* vtcr's attributes, ns_vtcr's geometry. */
static inline uint64_t secure_s2_vtcr(uint64_t vtcr, uint64_t ns_vtcr)
{
	return (vtcr & ~VTCR_GEOMETRY) | (ns_vtcr & VTCR_GEOMETRY) | VTCR_NSA;
}

/* The partition's VMID, with the root of its non-secure space. */
static inline uint64_t secure_s2_vttbr(uint64_t vttbr, uint64_t ns_root)
{
	return (vttbr & VTTBR_VMID) | ns_root;
}

#endif
