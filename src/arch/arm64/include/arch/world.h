/* SPDX-License-Identifier: BSD-3-Clause */
/* What differs between NS-EL2 and S-EL2: world_ns.c or world_s.c, chosen at link time. */
#ifndef ARCH_WORLD_H
#define ARCH_WORLD_H

#include "lib/types.h"

extern const char world_name[]; /* "NS-EL2" */
extern const char world_tree[]; /* the tree that describes the machine, in messages */

/*
 * Firmware and the normal world use this world's interrupt controller too: we change what is ours in it,
 * and nothing else.
 */
extern const bool world_shares_gic;
/* Number of SGI_KICK among this world's SGIs. */
extern const unsigned int world_sgi_base;

/* Which entry of the timer node's interrupts is this world's EL2 timer. */
extern const unsigned int world_timer_index;

/* Partitions may have the breakpoint and watchpoint registers: they are not the other world's at the same time. */
extern const bool world_has_debug;
/* ICH_HCR_EL2 of partitions without a virtual GIC. */
extern const uint32_t world_ich_hcr;

/*
 * EL1's virtual timer is the other world's all the time, and partitions cannot reach it: it is not switched.
 * Known after world_init_cpu().
 */
extern bool world_keeps_vtimer;

void world_init_cpu(void);

/*
 * The boot core cannot go on, and the reason has been said: stop here, or tell the firmware that it has to
 * do without us.
 */
void world_give_up(void) NORETURN;

/*
 * How the other cores come when there is no PSCI for us to call: firmware sends each of them to entry once the normal
 * world has turned it on. E_NOTSUP: they never do.
 */
int world_await_cores(uint64_t entry) MUST_CHECK;
/* VTTBR/VTCR, or VSTTBR/VSTCR; then the non-secure IPA space is empty. */
void world_stage2_load(uint64_t vttbr, uint64_t vtcr);
/*
 * The non-secure IPA space of the partition just loaded, whose VMID is in vttbr too. It counts from the next exception
 * return on. Nothing at NS-EL2.
 */
void world_stage2_ns_load(uint64_t vttbr, uint64_t vtcr);
/*
 * Of a stage-2 fault at va: is its IPA one of struct partition's stage 2? At S-EL2: not if it is a non-secure one, or
 * if stage 1 does not lead anywhere.
 */
bool world_ipa_is_own(uint64_t va);
/* What VTTBR_EL2 is to be for TLB maintenance of vttbr's VMID. */
uint64_t world_vmid_only(uint64_t vttbr);
/* The EL2 timer that belongs to this world: compare value and control (1: on). */
void world_timer_write(uint64_t cval, uint64_t ctl);

#endif
