/* SPDX-License-Identifier: BSD-3-Clause */
/* Data aborts at stage 2: accesses to emulated devices, and to nothing. */
#ifndef CORE_MMIO_TRAP_H
#define CORE_MMIO_TRAP_H

#include "core/trap.h"

/* Exception class 0x24 from the vCPU loaded on this core. */
enum trap_result mmio_trap(struct vcpu *v, uint64_t esr);

/*
 * Would the access that faulted (an abort from v, esr) go through now? need: the S2_* permissions that it needs, when
 * it is not a walk of stage 1. While another core splits a block, what that maps is gone for a moment (core/s2.h); then
 * the guest just tries again. Takes LOCK_S2.
 */
bool mmio_trap_is_gone(struct vcpu *v, uint64_t esr, unsigned int need);

#endif
