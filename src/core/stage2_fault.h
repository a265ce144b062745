/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Faults at stage 2: what their syndrome says (ARM DDI 0487 D19.2.40, instruction and data aborts), and whether what
 * was missing is there again. No state.
 */
#ifndef CORE_STAGE2_FAULT_H
#define CORE_STAGE2_FAULT_H

#include "lib/types.h"

struct vcpu;

#define ISS_FNV	     BIT(10)
#define ISS_S1PTW    BIT(7)
#define ISS_WNR	     BIT(6)
#define ISS_FSC(iss) ((unsigned int)BITS(iss, 5, 0))

/* Fault status code of a translation fault; the low two bits are the level. */
#define FSC_TRANSLATION 0x04

static inline bool stage2_fault_is_translation(uint64_t esr)
{
	return (ISS_FSC(esr) & ~3u) == FSC_TRANSLATION;
}

/*
 * Would the access that faulted (an abort from v, esr) go through now? need: the S2_* permissions that it needs, when
 * it is not a walk of stage 1. While another core splits a block, what that maps is gone for a moment (core/s2.h); then
 * the guest just tries again. Takes LOCK_S2.
 */
bool stage2_fault_is_gone(struct vcpu *v, uint64_t esr, unsigned int need);

#endif
