/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The state of the vCPU that is loaded on this core, where the hardware holds it (the host build has the same
 * functions over a register array). Only for the loaded vCPU: for another one, use its struct arch_vcpu. No locking:
 * own core only.
 */
#ifndef ARCH_GUEST_H
#define ARCH_GUEST_H

#include "arch/sysreg.h"
#include "arch/vcpu_regs.h"
#include "lib/types.h"

static inline uint64_t guest_pc(void)
{
	return sysreg_read(ELR_EL2);
}

static inline void guest_pc_set(uint64_t pc)
{
	sysreg_write(ELR_EL2, pc);
}

static inline uint64_t guest_pstate(void)
{
	return sysreg_read(SPSR_EL2);
}

static inline void guest_pstate_set(uint64_t pstate)
{
	sysreg_write(SPSR_EL2, pstate);
}

/* FAR_EL2 of the exit that is being handled. Valid for aborts. */
static inline uint64_t guest_far(void)
{
	return sysreg_read(FAR_EL2);
}

/* The IPA page of a stage-2 fault: HPFAR_EL2.FIPA, shifted into place (low 12 bits are zero). */
static inline ipa_t guest_fault_ipa_page(void)
{
	return IPA(BITS(sysreg_read(HPFAR_EL2), 43, 4) << 12);
}

/* Does the loaded vCPU's virtual timer raise its line: CNTV_CTL_EL0 ENABLE and ISTATUS, not IMASK? */
static inline bool guest_vtimer_is_due(void)
{
	return (sysreg_read(CNTV_CTL_EL0) & 7) == 5;
}

/* An EL1 register of the loaded vCPU, live. */
uint64_t guest_el1_read(enum el1_reg r);
void guest_el1_write(enum el1_reg r, uint64_t value);

/*
 * Translate a VA of the loaded vCPU through both of its stages as a data read at its current exception level (AT S12E1R
 * / S12E0R). OK and *pa, or E_FAULT. PAR_EL1 is preserved.
 */
int guest_translate(uint64_t va, bool el0, pa_t *pa) MUST_CHECK;

#endif
