/* SPDX-License-Identifier: BSD-3-Clause */
/* What differs between NS-EL2 and S-EL2: world_ns.c or world_s.c, chosen at link time. */
#ifndef ARCH_WORLD_H
#define ARCH_WORLD_H

#include "lib/types.h"

extern const char world_name[]; /* "NS-EL2" */

/*
 * Firmware and the normal world use this world's interrupt controller too: we change what is ours in it,
 * and nothing else.
 */
extern const bool world_shares_gic;
/* Number of SGI_KICK among this world's SGIs. */
extern const unsigned int world_sgi_base;

/* Which entry of the timer node's interrupts is this world's EL2 timer. */
extern const unsigned int world_timer_index;

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
/* VTTBR/VTCR, or VSTTBR/VSTCR. */
void world_stage2_load(uint64_t vttbr, uint64_t vtcr);
/* The EL2 timer that belongs to this world: compare value and control (1: on). */
void world_timer_write(uint64_t cval, uint64_t ctl);

#endif
