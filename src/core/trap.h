/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exits: why a vCPU came to EL2, as const tables. An exception class nobody knows injects UNDEFINED, is logged once,
 * and the guest goes on.
 */
#ifndef CORE_TRAP_H
#define CORE_TRAP_H

#include "core/vcpu.h"
#include "lib/types.h"

enum trap_result {
	TRAP_DONE,  /* handled; go on at the next instruction */
	TRAP_AGAIN, /* handled; the program counter is already right (or the instruction is to run again) */
	TRAP_UNDEF, /* inject an UNDEFINED exception */
};

/*
 * op0, op1, CRn, CRm, op2 as in ISS of EC 0x18, so that a trap's key needs no shuffling: bits 21:20, 16:14,
 * 13:10, 4:1, 19:17.
 */
#define SYSREG_KEY(op0, op1, crn, crm, op2)                                                                            \
	((uint32_t)((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1))
#define SYSREG_KEY_MASK SYSREG_KEY(3, 7, 15, 15, 7)

struct sysreg_row {
	uint32_t key;
	/* NULL: that direction is UNDEFINED. arg is the row's. */
	enum trap_result (*read)(struct vcpu *v, uint64_t arg, uint64_t *value);
	enum trap_result (*write)(struct vcpu *v, uint64_t arg, uint64_t value);
	uint64_t arg;
};

/* A guest's register by its number in an instruction: 31 reads as zero and ignores writes. */
static inline uint64_t trap_reg_read(const struct vcpu *v, uint64_t r)
{
	return likely(r < 31) ? v->arch.x[r] : 0;
}

static inline void trap_reg_write(struct vcpu *v, uint64_t r, uint64_t value)
{
	if (unlikely(r >= 19)) {
		v->arch.reload = 1;
		if (r > 30)
			return;
	}
	v->arch.x[r] = value;
}

#endif
