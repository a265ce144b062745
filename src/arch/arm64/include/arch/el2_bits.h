/* SPDX-License-Identifier: BSD-3-Clause */
/* The bits of EL2's control registers that Trivet sets, and why (ARM DDI 0487 D19.2). */
#ifndef ARCH_EL2_BITS_H
#define ARCH_EL2_BITS_H

#include "lib/types.h"

/* HCR_EL2 */
#define HCR_VM	   BIT(0) /* stage 2 on */
#define HCR_SWIO   BIT(1) /* invalidate by set/way cleans too: no line of ours is lost */
#define HCR_PTW	   BIT(2) /* stage-1 tables in device memory fault */
#define HCR_FMO	   BIT(3)
#define HCR_IMO	   BIT(4)
#define HCR_AMO	   BIT(5)
#define HCR_VF	   BIT(6) /* a virtual FIQ, IRQ is pending */
#define HCR_VI	   BIT(7)
#define HCR_FB	   BIT(9)  /* TLB and instruction cache maintenance reaches all cores: a vCPU may move */
#define HCR_BSU_IS BIT(10) /* barriers are at least inner shareable: the same reason */
#define HCR_TWI	   BIT(13)
#define HCR_TWE	   BIT(14)
#define HCR_TID3   BIT(18) /* ID registers: core/idregs.c says what a guest can use */
#define HCR_TSC	   BIT(19) /* SMC comes to us */
#define HCR_TIDCP  BIT(20) /* implementation-defined registers: UNDEFINED */
#define HCR_TACR   BIT(21) /* ACTLR_EL1 */
#define HCR_RW	   BIT(31)
#define HCR_TLOR   BIT(35) /* limited ordering regions: hidden */
#define HCR_TERR   BIT(36) /* RAS error records: hidden */
#define HCR_TEA	   BIT(37) /* external aborts come to us */
#define HCR_APK	   BIT(40) /* pointer authentication keys and instructions: the guest's own */
#define HCR_API	   BIT(41)
#define HCR_FWB	   BIT(46) /* stage 2 decides alone what is cacheable: arch_s2_is_coherent() */

#define HCR_NO_GUEST (HCR_RW | HCR_FMO | HCR_IMO | HCR_AMO)
#define HCR_GUEST                                                                                                      \
	(HCR_NO_GUEST | HCR_VM | HCR_SWIO | HCR_PTW | HCR_FB | HCR_BSU_IS | HCR_TWI | HCR_TID3 | HCR_TSC | HCR_TIDCP | \
	 HCR_TACR | HCR_TLOR | HCR_TERR | HCR_TEA | HCR_APK | HCR_API)

/* HCRX_EL2: memory copy and set instructions at EL1 and EL0. All else (TCR2, SCTLR2, LS64, ...) is hidden. */
#define HCRX_MSCEN BIT(11)

/* CPTR_EL2: SVE (TZ), SME (TSM), trace (TTA), activity monitors (TAM) trap; FP/SIMD does not. The rest is RES1. */
#define CPTR_GUEST (BIT(30) | BIT(20) | BIT(13) | BIT(12) | BIT(9) | BIT(8) | MASK(7, 0))

/* MPAM2_EL2, MPAMHCR_EL2, MPAMIDR_EL1 */
#define MPAM2_TRAP_EL0	     BIT(49)
#define MPAM2_TRAP_EL1	     BIT(48)
#define MPAMHCR_TRAP_MPAMIDR BIT(31)
#define MPAMIDR_HAS_HCR	     BIT(17)

/*
 * MDCR_EL2: debug (TDA, TDOSA, TDRA), performance monitors (TPM, TPMCR), trace filter (TTRF), profiling (TPMS,
 * E2PB = 0) trap.
 */
#define MDCR_HPMN  MASK(4, 0)
#define MDCR_GUEST (BIT(19) | BIT(14) | BIT(11) | BIT(10) | BIT(9) | BIT(6) | BIT(5))

/* CNTHCTL_EL2: the guest reads the physical counter (EL1PCTEN) and not the physical timer, which is emulated. */
#define CNTHCTL_GUEST  BIT(0)
#define CNTHCTL_EL1TVT BIT(13) /* the virtual timer traps (FEAT_ECV) */

/* ICC_SRE_EL2: SRE, DFB, DIB; not Enable: a guest's ICC_SRE_EL1 traps and is constant. */
#define ICC_SRE_EL2_ALL 0x7

#endif
