/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Physical interrupts that Trivet takes at EL2: who handles which INTID.
 *
 * Handlers run on the core that took the interrupt, interrupts masked. The table is filled at boot and
 * only read afterwards.
 */
#ifndef CORE_IRQ_H
#define CORE_IRQ_H

#include "lib/types.h"

enum irq_result {
	IRQ_DONE,      /* handled: deactivate it */
	IRQ_FORWARDED, /* a guest will deactivate it through a hardware-linked list register */
};

typedef enum irq_result (*irq_fn)(uint32_t intid, void *arg);

#define IRQ_MAX 1020

/* SGIs between cores of Trivet. */
enum { SGI_KICK = 0, SGI_PANIC = 1 };

/*
 * Names of the PPIs in use (Arm BSA: the recommended numbers; the host device tree's timer node decides
 * for the timers).
 */
#define PPI_MAINTENANCE 25
#define PPI_HYP_TIMER	26
#define PPI_VIRT_TIMER	27
#define PPI_PHYS_TIMER	30

/* E_INVAL, or E_EXIST when taken. */
int irq_register(uint32_t intid, irq_fn fn, void *arg) MUST_CHECK;

/*
 * Acknowledge and handle the highest pending interrupt of this core, if there is one. Another that is pending
 * comes by itself.
 */
void irq_dispatch(void);

#endif
