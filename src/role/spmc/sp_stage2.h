/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an SP sees of physical memory, as its manifest says: its own memory, memory and devices of the secure world in
 * its secure IPA space (struct partition's stage 2), those of the normal world in its non-secure one (struct sp, ns).
 * IPA is PA in both. FF-A 1.2, 5.2.2; ARM DDI 0487 D8.2.2.
 *
 * Not part of it: what is lent and shared at run time. No state of its own; struct sp's, built once at boot.
 */
#ifndef ROLE_SPMC_SP_STAGE2_H
#define ROLE_SPMC_SP_STAGE2_H

#include "lib/types.h"

struct sp;

/*
 * Map all of it. sp has its partition and a manifest that manifest_check_sp() has let pass. E_BUSY: a region is
 * not free secure RAM, or a device is ours; E_EXIST: there is something already; E_RANGE: beyond the IPA space;
 * E_NOMEM; each with a line. On an error the caller destroys the partition, and nothing else is left.
 */
int sp_stage2_build(struct sp *sp) MUST_CHECK;

/* Give back what it took beside the partition's stage 2, which is the caller's to destroy next. Before it ran. */
void sp_stage2_destroy(struct sp *sp);

/* The SP's partition has just been loaded on this core: its non-secure IPA space too. */
void sp_stage2_load(const struct sp *sp);

#endif
