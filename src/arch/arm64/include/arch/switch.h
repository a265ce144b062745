/* SPDX-License-Identifier: BSD-3-Clause */
/* vCPU state in and out of the hardware: whole, when another vCPU takes the core. Own core only, interrupts masked. */
#ifndef ARCH_SWITCH_H
#define ARCH_SWITCH_H

#include "arch/vcpu_regs.h"
#include "lib/types.h"

/* Registers of a vCPU that is off: as after power-on, HCR_EL2 for a guest. x, pc, pstate are the caller's. */
void arch_vcpu_init(struct arch_vcpu *a, uint64_t vmpidr);

void arch_vcpu_save(struct arch_vcpu *a);
void arch_vcpu_load(const struct arch_vcpu *a);
/* The same without the FP/SIMD registers. */
void arch_el1_save(struct arch_vcpu *a);
void arch_el1_load(const struct arch_vcpu *a);

/* The stage 2 that walks from now on (with ISB). */
void arch_stage2_load(uint64_t vttbr, uint64_t vtcr);

/* Drop what this core's TLB has of the loaded VMID, both stages combined. */
void arch_tlb_flush_vmid_local(void);

/* WFI and WFE of the loaded vCPU come to EL2, so that others may have the core; or they let the core sleep. */
void arch_guest_trap_waits(struct arch_vcpu *a, bool trap);

/* The pins of a virtual CPU interface that is not there: a, which is loaded, has a virtual IRQ, FIQ pending. */
void arch_guest_set_lines(struct arch_vcpu *a, bool irq, bool fiq);

void arch_fpsimd_save(struct arch_fpsimd *f);
void arch_fpsimd_load(const struct arch_fpsimd *f);

/*
 * All of the normal world's vector registers (FP/SIMD, SVE, SME), kept by the secure role while an SP is loaded.
 * FP/SIMD goes to fp where the CPU has no SVE, else it is part of z.
 */
struct arch_sve {
	uint8_t z[32][256], p[17][32]; /* room for the greatest vector length; then P16 is FFR */
	uint64_t svcr;		       /* of SME; the other only when it is not 0 */
	uint64_t smcr_el1;
} ALIGNED(16);
void world_vectors_save(struct arch_sve *s, struct arch_fpsimd *fp);
void world_vectors_load(const struct arch_sve *s, const struct arch_fpsimd *fp);

/* List registers empty, virtual interface off; count them. */
void ich_init_cpu(void);

#endif
