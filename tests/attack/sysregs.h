/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every encoding of op0 2 and 3 as a number, code that reads and writes each, and the rules: which registers a guest of
 * Trivet has (ARM DDI 0487 D19, IHI 0069 12.2). What no rule names is UNDEFINED at EL1.
 *
 * The rules know nothing of what was seen on any machine: whether a register with a condition is there follows from the
 * ID registers that the guest reads.
 */
#ifndef ATTACK_SYSREGS_H
#define ATTACK_SYSREGS_H

#include "lib/types.h"

#define SYSREGS 32768u

/* op0 2 or 3 */
#define SYSREG_NR(op0, op1, crn, crm, op2)                                                                             \
	((unsigned int)(((op0)&1) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2)))
#define NR_OP0(n) (2 | (n) >> 14)
#define NR_OP1(n) ((n) >> 11 & 7)
#define NR_CRN(n) ((n) >> 7 & 15)
#define NR_CRM(n) ((n) >> 3 & 15)
#define NR_OP2(n) ((n)&7)

enum sysreg_access { SR_NONE = 0, SR_R = 1, SR_W = 2, SR_RW = 3 };

/* What more a rule says. */
#define SR_EMULATED BIT(0) /* traps, and Trivet answers */
#define SR_MOVES    BIT(1) /* reads differ by themselves: counters, random numbers */
#define SR_PSTATE   BIT(2) /* a field of PSTATE */
#define SR_NO_STATE BIT(3) /* not a place of its own: another register's face, or reads as a constant */
#define SR_HIDDEN   BIT(4) /* its feature is hidden, but nothing traps it; the rule says why that is harmless */
#define SR_MAY	    BIT(5) /* may be UNDEFINED as well */

struct sysreg_rule {
	uint8_t op0, op1, crn, crm, op2;
	uint8_t access; /* enum sysreg_access */
	uint8_t flags;
	uint64_t keeps; /* bits that read as they were written */
	uint64_t never; /* bits that a test must not set: the guest could not go on */
	const char *name;
	bool (*there)(void); /* NULL: always */
};

/* The rule of a register that this guest has; NULL: UNDEFINED. Not for the ID space and debug comparators. */
const struct sysreg_rule *sysreg_rule(unsigned int n);
/* How the guest may access register n, of any kind. */
enum sysreg_access sysreg_access(unsigned int n);
/* Bits of n that must read as written, that must not be written; 0 for what has no rule. */
uint64_t sysreg_keeps(unsigned int n);
uint64_t sysreg_never(unsigned int n);
unsigned int sysreg_flags(unsigned int n);
/* op0 3, op1 0, CRn 0, CRm 1 to 7: constants, reserved ones read as zero. */
bool sysreg_is_id(unsigned int n);
/* DBGBVR, DBGBCR, DBGWVR, DBGWCR, there or not. */
bool sysreg_is_debug(unsigned int n);

/* Make the code; once, before all below. */
void sysreg_code_make(void);
/* MRS x0 and MSR x0 of any register: an UNDEFINED one is noted and skipped by the runtime, and then reads as `mark`. */
uint64_t sysreg_read_nr(unsigned int n, uint64_t mark);
void sysreg_write_nr(unsigned int n, uint64_t value);

/* sysregs_code.S: what sits in the slots runs with a value in x0, and nothing else of memory is touched between. */
struct sysreg_probe {
	uint64_t old, back, restored;
};
void sysreg_probe_run(uint64_t value, struct sysreg_probe *p);
extern uint32_t sysreg_probe_slot0[], sysreg_probe_slot1[], sysreg_probe_slot2[], sysreg_probe_slot3[],
	sysreg_probe_slot4[];
/* One instruction, with x0 given; PSTATE's masks and SPSel are put back. x0 afterwards. */
uint64_t sysreg_insn_run(uint64_t x0);
extern uint32_t sysreg_insn_slot[];

/* Makes written instructions the ones that run. */
void sysreg_code_sync(const void *at, size_t size);

#endif
