/* SPDX-License-Identifier: BSD-3-Clause */
/* Data aborts at stage 2: accesses to emulated devices, and to nothing. */
#ifndef CORE_MMIO_TRAP_H
#define CORE_MMIO_TRAP_H

#include "core/trap.h"

/* Exception class 0x24 from the vCPU loaded on this core. Not this file's in a role that emulates no device. */
enum trap_result mmio_trap(struct vcpu *v, uint64_t esr);

#endif
