/* SPDX-License-Identifier: BSD-3-Clause */
/* Breakpoint and watchpoint registers of vCPUs; see debug_regs.h. */
#include "core/debug_regs.h"

#include "arch/debug.h"
#include "core/percpu.h"
#include "core/vcpu.h"

/* Cores whose hardware registers hold something other than zero: at first all may, as they reset to UNKNOWN. */
static uint64_t dirty = UINT64_MAX;

static unsigned int count(unsigned int kind)
{
	return kind < 2 ? arch_debug_breakpoints() : arch_debug_watchpoints();
}

void debug_regs_load(struct vcpu *v)
{
	uint64_t me = BIT(this_cpu()->index);

	if (!v->dbg_used && !(__atomic_load_n(&dirty, __ATOMIC_RELAXED) & me))
		return;
	for (unsigned int kind = 0; kind < 4; kind++)
		for (unsigned int n = 0; n < count(kind); n++)
			arch_debug_reg_write(kind, n, v->dbg[kind][n]);
	if (v->dbg_used)
		__atomic_fetch_or(&dirty, me, __ATOMIC_RELAXED);
	else
		__atomic_fetch_and(&dirty, ~me, __ATOMIC_RELAXED);
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
