/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System registers by name. Names that assemblers for Armv8.0 do not know are given by their encoding
 * (ARM DDI 0487 D19).
 */
#ifndef ARCH_SYSREG_H
#define ARCH_SYSREG_H

#include "lib/types.h"

#define SYSREG_STR_(x) #x
#define SYSREG_STR(x)  SYSREG_STR_(x)

#define sysreg_read(name)                                                                                              \
	({                                                                                                             \
		uint64_t v_;                                                                                           \
		__asm__ volatile("mrs %0, " SYSREG_STR(name) : "=r"(v_));                                              \
		v_;                                                                                                    \
	})

#define sysreg_write(name, value)                                                                                      \
	do {                                                                                                           \
		uint64_t w_ = (value);                                                                                 \
		__asm__ volatile("msr " SYSREG_STR(name) ", %0" : : "r"(w_) : "memory");                               \
	} while (0)

#define APIAKeyLo_EL1 S3_0_C2_C1_0
#define APIAKeyHi_EL1 S3_0_C2_C1_1
#define APIBKeyLo_EL1 S3_0_C2_C1_2
#define APIBKeyHi_EL1 S3_0_C2_C1_3
#define APDAKeyLo_EL1 S3_0_C2_C2_0
#define APDAKeyHi_EL1 S3_0_C2_C2_1
#define APDBKeyLo_EL1 S3_0_C2_C2_2
#define APDBKeyHi_EL1 S3_0_C2_C2_3
#define APGAKeyLo_EL1 S3_0_C2_C3_0
#define APGAKeyHi_EL1 S3_0_C2_C3_1

#define ID_AA64PFR2_EL1	 S3_0_C0_C4_2
#define ID_AA64ZFR0_EL1	 S3_0_C0_C4_4
#define ID_AA64SMFR0_EL1 S3_0_C0_C4_5
#define ID_AA64ISAR2_EL1 S3_0_C0_C6_2
#define ID_AA64ISAR3_EL1 S3_0_C0_C6_3
#define ID_AA64MMFR2_EL1 S3_0_C0_C7_2
#define ID_AA64MMFR3_EL1 S3_0_C0_C7_3

#define RNDR S3_3_C2_C4_0

#define HCRX_EL2	S3_4_C1_C2_2
#define HFGRTR_EL2	S3_4_C1_C1_4
#define HFGWTR_EL2	S3_4_C1_C1_5
#define HFGITR_EL2	S3_4_C1_C1_6
#define HDFGRTR_EL2	S3_4_C3_C1_4
#define HDFGWTR_EL2	S3_4_C3_C1_5
#define HAFGRTR_EL2	S3_4_C3_C1_6
#define HFGRTR2_EL2	S3_4_C3_C1_2
#define HFGWTR2_EL2	S3_4_C3_C1_3
#define HFGITR2_EL2	S3_4_C3_C1_7
#define HDFGRTR2_EL2	S3_4_C3_C1_0
#define HDFGWTR2_EL2	S3_4_C3_C1_1
#define CNTPOFF_EL2	S3_4_C14_C0_6
#define ZCR_EL1		S3_0_C1_C2_0
#define ZCR_EL2		S3_4_C1_C2_0
#define SMCR_EL1	S3_0_C1_C2_6
#define SMCR_EL2	S3_4_C1_C2_6
#define SVCR		S3_3_C4_C2_2
#define VSTTBR_EL2	S3_4_C2_C6_0
#define VSTCR_EL2	S3_4_C2_C6_2
#define CNTHPS_CTL_EL2	S3_4_C14_C5_1
#define CNTHPS_CVAL_EL2 S3_4_C14_C5_2
#define VMPIDR_EL2	S3_4_C0_C0_5
#define VDISR_EL2	S3_4_C12_C1_1
#define MPAM2_EL2	S3_4_C10_C5_0
#define MPAMHCR_EL2	S3_4_C10_C4_0
#define MPAMIDR_EL1	S3_0_C10_C4_4

/* GICv3 CPU interface (IHI 0069 12.2, 12.4) */
#define ICC_PMR_EL1	S3_0_C4_C6_0
#define ICC_IAR0_EL1	S3_0_C12_C8_0
#define ICC_HPPIR0_EL1	S3_0_C12_C8_2
#define ICC_IAR1_EL1	S3_0_C12_C12_0
#define ICC_EOIR1_EL1	S3_0_C12_C12_1
#define ICC_DIR_EL1	S3_0_C12_C11_1
#define ICC_SGI1R_EL1	S3_0_C12_C11_5
#define ICC_CTLR_EL1	S3_0_C12_C12_4
#define ICC_SRE_EL1	S3_0_C12_C12_5
#define ICC_IGRPEN1_EL1 S3_0_C12_C12_7
#define ICC_BPR1_EL1	S3_0_C12_C12_3
#define ICC_AP1R0_EL1	S3_0_C12_C9_0
#define ICC_AP1R1_EL1	S3_0_C12_C9_1
#define ICC_AP1R2_EL1	S3_0_C12_C9_2
#define ICC_AP1R3_EL1	S3_0_C12_C9_3
#define ICC_SRE_EL2	S3_4_C12_C9_5
#define ICH_AP0R0_EL2	S3_4_C12_C8_0
#define ICH_AP0R1_EL2	S3_4_C12_C8_1
#define ICH_AP0R2_EL2	S3_4_C12_C8_2
#define ICH_AP0R3_EL2	S3_4_C12_C8_3
#define ICH_AP1R0_EL2	S3_4_C12_C9_0
#define ICH_AP1R1_EL2	S3_4_C12_C9_1
#define ICH_AP1R2_EL2	S3_4_C12_C9_2
#define ICH_AP1R3_EL2	S3_4_C12_C9_3
#define ICH_HCR_EL2	S3_4_C12_C11_0
#define ICH_VTR_EL2	S3_4_C12_C11_1
#define ICH_MISR_EL2	S3_4_C12_C11_2
#define ICH_EISR_EL2	S3_4_C12_C11_3
#define ICH_ELRSR_EL2	S3_4_C12_C11_5
#define ICH_VMCR_EL2	S3_4_C12_C11_7
#define ICH_LR0_EL2	S3_4_C12_C12_0
#define ICH_LR1_EL2	S3_4_C12_C12_1
#define ICH_LR2_EL2	S3_4_C12_C12_2
#define ICH_LR3_EL2	S3_4_C12_C12_3
#define ICH_LR4_EL2	S3_4_C12_C12_4
#define ICH_LR5_EL2	S3_4_C12_C12_5
#define ICH_LR6_EL2	S3_4_C12_C12_6
#define ICH_LR7_EL2	S3_4_C12_C12_7
#define ICH_LR8_EL2	S3_4_C12_C13_0
#define ICH_LR9_EL2	S3_4_C12_C13_1
#define ICH_LR10_EL2	S3_4_C12_C13_2
#define ICH_LR11_EL2	S3_4_C12_C13_3
#define ICH_LR12_EL2	S3_4_C12_C13_4
#define ICH_LR13_EL2	S3_4_C12_C13_5
#define ICH_LR14_EL2	S3_4_C12_C13_6
#define ICH_LR15_EL2	S3_4_C12_C13_7

#endif
