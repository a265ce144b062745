/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An emulated PL031 real-time clock (ARM DDI 0224): the machine's wall clock, shifted by what the
 * guest loads. Lock: its own (LOCK_DEVICE).
 */
#ifndef DEV_VPL031_H
#define DEV_VPL031_H

#include "core/partition.h"
#include "lib/types.h"

#define VPL031_SIZE 0x1000

struct vpl031;

/*
 * Build one at base, its alarm by the wired interrupt intid. Before the partition runs. E_NOMEM; E_EXIST or
 * E_INVAL from mmio_register().
 */
int vpl031_create(struct partition *p, ipa_t base, unsigned int intid, struct vpl031 **dev) MUST_CHECK;
/* The partition will not run again. NULL is allowed. */
void vpl031_destroy(struct vpl031 *d);

/*
 * Alarm off, masks clear. The time stays, as that of a clock with a battery does. None of the partition's vCPUs runs.
 */
void vpl031_reset(struct vpl031 *d);

#endif
