/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What of a vCPU the hardware holds while it is loaded on a core: the same layout on the target and on the host.
 *
 * Only x[] is written at each exit. Everything else stays in the hardware's registers until another vCPU takes the
 * core (arch_vcpu_save / arch_vcpu_load), so while a vCPU is loaded the copies here are stale: read them through
 * arch/guest.h. vectors.S knows that x[] is at offset 0 of struct vcpu, and reload behind it.
 */
#ifndef ARCH_VCPU_REGS_H
#define ARCH_VCPU_REGS_H

#include "lib/types.h"

/*
 * The EL1 state that belongs to a vCPU: one list for save, restore, reset and naming (bug class 11). X(name, reset).
 * Reset values: architecturally mostly UNKNOWN (ARM DDI 0487, each register's description); zero here, so that nothing
 * leaks from one VM to another.
 */
#define EL1_REGS(X)                                                                                                    \
	X(SCTLR_EL1, 0x30d00800)                                                                                       \
	X(CPACR_EL1, 0)                                                                                                \
	X(TTBR0_EL1, 0)                                                                                                \
	X(TTBR1_EL1, 0)                                                                                                \
	X(TCR_EL1, 0)                                                                                                  \
	X(MAIR_EL1, 0)                                                                                                 \
	X(AMAIR_EL1, 0)                                                                                                \
	X(VBAR_EL1, 0)                                                                                                 \
	X(ESR_EL1, 0)                                                                                                  \
	X(FAR_EL1, 0)                                                                                                  \
	X(AFSR0_EL1, 0)                                                                                                \
	X(AFSR1_EL1, 0)                                                                                                \
	X(PAR_EL1, 0)                                                                                                  \
	X(ELR_EL1, 0)                                                                                                  \
	X(SPSR_EL1, 0)                                                                                                 \
	X(SP_EL0, 0)                                                                                                   \
	X(SP_EL1, 0)                                                                                                   \
	X(TPIDR_EL0, 0)                                                                                                \
	X(TPIDRRO_EL0, 0)                                                                                              \
	X(TPIDR_EL1, 0)                                                                                                \
	X(CONTEXTIDR_EL1, 0)                                                                                           \
	X(CNTKCTL_EL1, 0)                                                                                              \
	X(CNTV_CVAL_EL0, 0)                                                                                            \
	X(CNTV_CTL_EL0, 0)                                                                                             \
	X(CSSELR_EL1, 0)                                                                                               \
	X(MDSCR_EL1, 0)

/* The keys of FEAT_PAuth: there only when the CPU has it. */
#define PAUTH_REGS(X)                                                                                                  \
	X(APIAKeyLo_EL1)                                                                                               \
	X(APIAKeyHi_EL1)                                                                                               \
	X(APIBKeyLo_EL1)                                                                                               \
	X(APIBKeyHi_EL1)                                                                                               \
	X(APDAKeyLo_EL1)                                                                                               \
	X(APDAKeyHi_EL1)                                                                                               \
	X(APDBKeyLo_EL1)                                                                                               \
	X(APDBKeyHi_EL1)                                                                                               \
	X(APGAKeyLo_EL1)                                                                                               \
	X(APGAKeyHi_EL1)

/*
 * What a guest's DISR_EL1 is while HCR_EL2.AMO is set (FEAT_RAS): not trapped, though RAS is hidden, so switched
 * where it exists.
 */
#define RAS_REGS(X) X(VDISR_EL2)

enum el1_reg {
#define X(name, reset) R_##name,
	EL1_REGS(X)
#undef X
#define X(name) R_##name,
		PAUTH_REGS(X) RAS_REGS(X)
#undef X
			EL1_REG_COUNT
};

#define ICH_LR_MAX 16

/* The virtual CPU interface of a vCPU (ICH_*), as it is while the vCPU is not loaded. */
struct arch_vgic_regs {
	uint64_t lr[ICH_LR_MAX];
	uint64_t vmcr;
	uint32_t ap0r[4];
	uint32_t ap1r[4];
	uint32_t hcr;
};

struct arch_fpsimd {
	uint64_t v[32][2];
	uint64_t fpcr, fpsr;
} ALIGNED(16);

struct arch_vcpu {
	uint64_t x[31];
	/*
	 * Not 0: x[19..28] are newer than what these registers hold. Else C code has kept them as the guest left them
	 * (AAPCS64 6.1.1), and an entry does not load them. Set by who writes them, or gives the core to another vCPU;
	 * cleared on entry.
	 */
	uint64_t reload;
	uint64_t pc;	 /* ELR_EL2 */
	uint64_t pstate; /* SPSR_EL2 */
	uint64_t hcr;	 /* HCR_EL2 */
	uint64_t vmpidr; /* VMPIDR_EL2: what the guest reads as MPIDR_EL1 */
	uint64_t cntvoff;
	uint64_t el1[EL1_REG_COUNT];
	struct arch_vgic_regs vgic;
	struct arch_fpsimd fp;
};

_Static_assert(__builtin_offsetof(struct arch_vcpu, reload) == 248, "vectors.S knows it");

#endif
