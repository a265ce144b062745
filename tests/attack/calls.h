/* SPDX-License-Identifier: BSD-3-Clause */
/* What calls.c and psci.c share with their assembly (calls_code.S). */
#ifndef ATTACK_CALLS_H
#define ATTACK_CALLS_H

#ifndef __ASSEMBLY__
#include "lib/types.h"

/* Every register that a call could touch. sp is written, not read. */
struct calls_regs {
	uint64_t x[31], sp;
	uint64_t v[64];
	uint64_t fpcr, fpsr;
};

/* All of them into the registers, HVC #0 or SMC #0, all of them back. */
void calls_all_hvc(struct calls_regs *r);
void calls_all_smc(struct calls_regs *r);

/*
 * Calls with the ids x[19], x[19] + x[21], ... until one gives anything but -1 in x0, x[20] of them at most; x0's upper
 * half is x[22]'s. The other registers stay as they are given. Afterwards x[20] is how many are left, the one that
 * ended it included.
 */
void calls_sweep_hvc(struct calls_regs *r);
void calls_sweep_smc(struct calls_regs *r);

/* psci.c: where a vCPU is started that needs no stack; a row a vCPU, its own but for hold. */
struct psci_record {
	uint64_t entries;  /* how often it started */
	uint64_t contexts; /* the sum of its x0 */
	uint64_t off_said; /* what CPU_OFF returned: never written when all is well */
	uint64_t hold;	   /* it waits while this is not 0, then turns off */
	uint64_t el, sctlr, daif;
	uint64_t resumed; /* psci_resume_entry: how often */
};
extern volatile struct psci_record psci_records[];
extern void psci_entry(void);

/* CPU_SUSPEND to powerdown, back by psci_resume_entry as if it had returned; x0, or the context if it was resumed. */
int64_t psci_powerdown(uint64_t fid, uint64_t power_state, uint64_t context);
#endif

#endif
