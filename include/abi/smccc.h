/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SMC Calling Convention 1.2 (DEN 0028) and the true random number firmware interface 1.0 (DEN 0098): identifiers and
 * return values. For the product, guests and tests; constants only, so that assembly may include it too.
 */
#ifndef ABI_SMCCC_H
#define ABI_SMCCC_H

/* The function identifier in w0. */
#define SMCCC_FAST	  0x80000000
#define SMCCC_64	  0x40000000
#define SMCCC_OWNER_SHIFT 24
#define SMCCC_OWNER_MASK  0x3f
#define SMCCC_SVE_HINT	  0x00010000 /* SMCCC 1.3: no live SVE state; to be ignored where it has no use */
#define SMCCC_FN_MASK	  0x0000ffff

#define SMCCC_OWNER_ARCH	0
#define SMCCC_OWNER_CPU		1
#define SMCCC_OWNER_SIP		2
#define SMCCC_OWNER_OEM		3
#define SMCCC_OWNER_STD		4 /* PSCI, TRNG, FF-A, ... */
#define SMCCC_OWNER_STD_HYP	5
#define SMCCC_OWNER_VENDOR_HYP	6
#define SMCCC_OWNER_TRUSTED_APP 48

/* Return values in w0. */
#define SMCCC_SUCCESS		0
#define SMCCC_NOT_SUPPORTED	(-1)
#define SMCCC_NOT_REQUIRED	(-2)
#define SMCCC_INVALID_PARAMETER (-3)

#define SMCCC_VERSION_1_2 0x10002

/* Arm Architecture Calls (owner 0) */
#define SMCCC_VERSION		0x80000000
#define SMCCC_ARCH_FEATURES	0x80000001
#define SMCCC_ARCH_SOC_ID	0x80000002
#define SMCCC_ARCH_WORKAROUND_3 0x80003fff
#define SMCCC_ARCH_WORKAROUND_2 0x80007fff
#define SMCCC_ARCH_WORKAROUND_1 0x80008000

/* General service queries, the same function numbers for every owner. */
#define SMCCC_QUERY_COUNT    0xff00
#define SMCCC_QUERY_UID	     0xff01
#define SMCCC_QUERY_REVISION 0xff03

#define SMCCC_STD_HYP_UID      0x8500ff01
#define SMCCC_VENDOR_HYP_COUNT 0x8600ff00
#define SMCCC_VENDOR_HYP_UID   0x8600ff01
#define SMCCC_VENDOR_HYP_REV   0x8600ff03

/* UID of Trivet as a vendor-specific hypervisor service: 747269b6-6574-4a7e-9d15-0b2f0f1e6a31, as w0 to w3. */
#define TRIVET_UID_0	 0xb6697274
#define TRIVET_UID_1	 0x7e4a7465
#define TRIVET_UID_2	 0x2f0b159d
#define TRIVET_UID_3	 0x316a1e0f
#define TRIVET_REV_MAJOR 1
#define TRIVET_REV_MINOR 0

/* TRNG (owner 4) */
#define TRNG_VERSION  0x84000050
#define TRNG_FEATURES 0x84000051
#define TRNG_GET_UUID 0x84000052
#define TRNG_RND32    0x84000053
#define TRNG_RND64    0xc4000053

#define TRNG_VERSION_1_0	0x10000
#define TRNG_SUCCESS		0
#define TRNG_NOT_SUPPORTED	(-1)
#define TRNG_INVALID_PARAMETERS (-2)
#define TRNG_NO_ENTROPY		(-3)
#define TRNG_RND32_BITS_MAX	96
#define TRNG_RND64_BITS_MAX	192

#endif
