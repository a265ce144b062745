/* SPDX-License-Identifier: BSD-3-Clause */
/* The firmware below us: PSCI by SMC (DEN 0022); implements the firmware part of plat/plat.h. */
#ifndef DRV_PSCI_HOST_H
#define DRV_PSCI_HOST_H

#include "lib/types.h"

/*
 * CPU_ON: the core with that MPIDR starts at entry (physical) with x0 = context. The firmware's answer: 0 or a
 * negative PSCI code.
 */
int32_t psci_host_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t context);

#endif
