/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RAM that is kept back for the images that modules name by address (reg), before the rest is handed out to VMs.
 * Without it such an address could be anybody's: Trivet's own image, another VM's memory.
 */
#ifndef ROLE_HYP_KEPT_H
#define ROLE_HYP_KEPT_H

#include "core/hw.h"
#include "lib/types.h"

#define KEPT_MAX 32

/*
 * Note the ranges that the machine file names: those that lie in one RAM bank of h and meet neither a reserved range of
 * h, nor its initrd, nor image (Trivet's own). The others will be refused with their VM. Any bytes may come as fdt;
 * aligned to 8 when larger than 16 KiB. At boot, before frames are released; once.
 */
void kept_find(const void *fdt, size_t size, const struct hw *h, struct hw_range image);

/* The ranges, for who sets up the frames: they must stay FRAME_RESERVED. Returns how many; at most KEPT_MAX. */
unsigned int kept_ranges(const struct hw_range **ranges);

/* Where Trivet sees [pa, pa + size), for config_source.module_at: NULL unless one kept range holds all of it. */
const void *kept_module_at(pa_t pa, uint64_t size);

#endif
