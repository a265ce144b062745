/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The physical GICv3 (IHI 0069), driven from EL2 through system registers; implements the interrupt part of
 * plat/plat.h. EOI mode 1.
 * State owned: where the distributor and each core's redistributor are; what the normal world's priority mask was while
 * its interrupts are held back. Lock: LOCK_GIC for group and priority in the secure role, where interrupts become ours
 * one by one at any time; the rest are write-one registers, a core's own, or changed at boot only.
 */
#ifndef DRV_GICV3_H
#define DRV_GICV3_H

#include "lib/types.h"

/*
 * Once, on the boot core: distributor is mapped (device). All SPIs off, group 1, level, priority in the middle. When it
 * is shared (the secure world's view of a GIC that firmware has set up): nothing of that; an interrupt becomes secure
 * group 1 when it is enabled. E_NOTSUP: not a GICv3.
 */
int gicv3_init(void *distributor, bool shared) MUST_CHECK;

/* A redistributor region, mapped: base and bytes. Before gicv3_init_cpu. */
int gicv3_add_region(void *base, uint64_t size) MUST_CHECK;

/*
 * Each core, with its index and MPIDR: find and wake its redistributor, CPU interface on. E_NOENT: no
 * redistributor is its.
 */
int gicv3_init_cpu(unsigned int cpu, uint64_t mpidr) MUST_CHECK;

#endif
