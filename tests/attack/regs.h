/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A vCPU's registers all together: filled with a pattern, looked at, put back. Which there are, the rules say
 * (sysregs.h). One struct regs_set a vCPU, which alone uses it.
 */
#ifndef ATTACK_REGS_H
#define ATTACK_REGS_H

#include "calls.h"
#include "lib/types.h"

#define REGS_MAX 192
#define REGS_GIC 16

struct regs_set {
	uint64_t want[REGS_MAX], old[REGS_MAX];
	uint64_t gic[REGS_GIC];
	uint64_t oslsr;
	struct calls_regs general; /* x0 to x30, V, FPCR, FPSR */
};

/* Finds the registers that keep what is written; once, on vCPU 0. How many. */
unsigned int regs_find(void);
/* The number (sysregs.h) of the i-th of them. */
unsigned int regs_nr(unsigned int i);

/* Everything that this vCPU has, by a pattern of this seed; what it reads as now is what is wanted from then on. */
void regs_fill(struct regs_set *s, uint64_t seed);
/* A failed check for each that is not as it is wanted. */
void regs_check(struct regs_set *s);
/* What was there before regs_fill(). */
void regs_restore(struct regs_set *s);
/* x0 to x30, V, FPCR, FPSR by the pattern, then the core is given up or taken; what has changed is a failed check. */
enum regs_how { REGS_WFI, REGS_SUSPEND, REGS_SPIN, REGS_HOWS };
void regs_wait(struct regs_set *s, enum regs_how how);

/* calls_code.S: as calls_all_hvc(), with WFI in its place, or 2000 YIELDs. */
void regs_all_wfi(struct calls_regs *r);
void regs_all_spin(struct calls_regs *r);

/* The registers that attack_entry_hook() notes at a vCPU's first instructions, in order, by number; ends by ~0. */
extern const uint16_t regs_at_entry[];
/* What register n is after a reset, or may be (mask: what counts). */
uint64_t regs_reset(unsigned int n, uint64_t *mask);

#endif
