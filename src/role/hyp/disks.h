/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine's disks for the machine file: which there are, by address, and their start when a VM wants one. A disk
 * that no VM names is not touched. At boot, on the boot core; no lock.
 */
#ifndef ROLE_HYP_DISKS_H
#define ROLE_HYP_DISKS_H

#include "lib/types.h"

/*
 * Disk n of the machine, started if it is not yet: its number for plat/plat.h, and in *readonly whether it can only be
 * read. Or an error with the reason in *why: E_NOENT, E_NOTSUP, E_NOMEM, E_EXIST, E_IO. For config_source.host_disk.
 */
int disks_get(unsigned int n, bool *readonly, const char **why) MUST_CHECK;

/* From now on that disk (by its number for plat/plat.h) raises interrupts, on core cpu. The last call counts. */
void disks_enable(unsigned int disk, unsigned int cpu);

#endif
