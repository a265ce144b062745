/* SPDX-License-Identifier: BSD-3-Clause */
/* Breakpoint and watchpoint registers of vCPUs; see debug_regs.h. */
#include "core/debug_regs.h"

#include "arch/debug.h"
#include "core/percpu.h"
#include "core/vcpu.h"

/*
 * Cores whose hardware registers are all zero: at first none, as they reset to UNKNOWN. Each its own, without a lock.
 */
static bool clean[CONFIG_MAX_CPUS];

static unsigned int count(unsigned int kind)
{
	return kind < 2 ? arch_debug_breakpoints() : arch_debug_watchpoints();
}

void debug_regs_load(struct vcpu *v)
{
	bool *is_clean = &clean[this_cpu()->index];

	if (likely(!v->dbg_used && *is_clean))
		return;
	for (unsigned int kind = 0; kind < 4; kind++)
		for (unsigned int n = 0; n < count(kind); n++)
			arch_debug_reg_write(kind, n, v->dbg[kind][n]);
	*is_clean = !v->dbg_used;
}

enum trap_result debug_reg_read(struct vcpu *v, uint64_t arg, uint64_t *value)
{
	unsigned int kind = (unsigned int)arg >> 4, n = arg & 15;

	if (n >= count(kind))
		return TRAP_UNDEF;
	*value = v->dbg[kind][n];
	return TRAP_DONE;
}

enum trap_result debug_reg_write(struct vcpu *v, uint64_t arg, uint64_t value)
{
	unsigned int kind = (unsigned int)arg >> 4, n = arg & 15;
	bool used = false;

	if (n >= count(kind))
		return TRAP_UNDEF;
	/* A control register may only match at EL1 and EL0: HMC (13) and SSC (15:14) would name EL2 (D2.8.3). */
	v->dbg[kind][n] = kind & 1 ? value & ~MASK(15, 13) & MASK(28, 0) : value;
	for (unsigned int k = 0; k < 4; k++)
		for (unsigned int i = 0; i < 16; i++)
			used = used || v->dbg[k][i];
	v->dbg_used = used;
	debug_regs_load(v);
	return TRAP_DONE;
}
