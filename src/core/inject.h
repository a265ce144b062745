/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exceptions that Trivet gives to the vCPU loaded on this core, as the architecture would take them to EL1
 * (AArch64.TakeException, ARM DDI 0487 J1.1.2): ELR, SPSR, ESR, FAR and the new PSTATE. Own core.
 */
#ifndef CORE_INJECT_H
#define CORE_INJECT_H

#include "lib/types.h"

struct vcpu;

/* UNDEFINED instruction: EC 0, IL from the trapped ESR. */
void inject_undef(struct vcpu *v);

/* Synchronous external abort (DFSC 0x10) for a data access or an instruction fetch at far. */
void inject_data_abort(struct vcpu *v, uint64_t far, bool write);
void inject_fetch_abort(struct vcpu *v, uint64_t far);

#endif
