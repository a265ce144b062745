/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Does a vCPU spin? Where WFE traps (HCR_EL2.TWE) the hardware says so; QEMU's TCG, and some cores, never trap it, so
 * its instructions are looked at.
 */
#ifndef CORE_SPIN_H
#define CORE_SPIN_H

#include "lib/types.h"

/*
 * Is the vCPU loaded on this core within a few instructions of a WFE or YIELD, which stand only in loops that wait
 * for another CPU?
 */
bool spin_guest_waits(void);

#endif
