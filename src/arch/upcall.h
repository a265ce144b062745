/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The only ways in which src/arch calls up into core: six, implemented in core/trap.c and core/main.c.
 * Interrupts are masked in all of them. A guest's exit is given its vCPU, and answers which vCPU to enter.
 */
#ifndef ARCH_UPCALL_H
#define ARCH_UPCALL_H

#include "lib/types.h"

struct vcpu;
struct percpu;

/* esr: ESR_EL2 of the exit. */
struct vcpu *upcall_guest_sync(struct vcpu *v, uint64_t esr);
struct vcpu *upcall_guest_irq(struct vcpu *v);
/* An interrupt that is not this world's (IHI 0069 4.6.3: group 1 of the other one, or group 0). */
struct vcpu *upcall_guest_fiq(struct vcpu *v);
struct vcpu *upcall_guest_serror(struct vcpu *v, uint64_t esr);

/* The boot core, stage 1 on, with the physical address of the device tree; and each other core. Do not return. */
void main_primary(uint64_t fdt_pa) NORETURN;
void main_secondary(struct percpu *cpu) NORETURN;

#endif
