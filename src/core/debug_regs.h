/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Self-hosted debug of a vCPU (ARM DDI 0487 D2): every access to a breakpoint or watchpoint register traps
 * (MDCR_EL2.TDA); writes are kept with the vCPU and, when they are in use, also stand in the hardware while
 * it is loaded.
 */
#ifndef CORE_DEBUG_REGS_H
#define CORE_DEBUG_REGS_H

#include "core/trap.h"
#include "lib/types.h"

struct vcpu;

/* v has just been loaded on this core. */
void debug_regs_load(struct vcpu *v);

/* Row handlers; arg: kind << 4 | n, kind 0 to 3 being BVR, BCR, WVR, WCR. */
enum trap_result debug_reg_read(struct vcpu *v, uint64_t arg, uint64_t *value);
enum trap_result debug_reg_write(struct vcpu *v, uint64_t arg, uint64_t value);

#endif
