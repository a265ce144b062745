/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System registers that trap because Trivet emulates what is behind them: SGI generation (IHI 0069 12.2) and the EL1
 * physical timer (ARM DDI 0487 D12). No state, no lock: the vGIC and the timer have theirs.
 */
#include "core/trap.h"
#include "core/vcpu.h"
#include "role/role.h"
#include "vgic/vgic.h"
#include "vgic/vtimer.h"

static enum trap_result sgi_write(struct vcpu *v, uint64_t group, uint64_t value)
{
	vgic_sgi(v, value, (unsigned int)group);
	return TRAP_DONE;
}

static enum trap_result cntp_read(struct vcpu *v, uint64_t reg, uint64_t *value)
{
	*value = vtimer_cntp_read(v, (enum vtimer_reg)reg);
	return TRAP_DONE;
}

static enum trap_result cntp_write(struct vcpu *v, uint64_t reg, uint64_t value)
{
	vtimer_cntp_write(v, (enum vtimer_reg)reg, value);
	return TRAP_DONE;
}

/* ICC_SRE_EL1: system registers only, no legacy interface behind them: all bits RAO/WI (IHI 0069 12.2.34). */
static enum trap_result sre_read(struct vcpu *v UNUSED, uint64_t arg, uint64_t *value)
{
	*value = arg;
	return TRAP_DONE;
}

static enum trap_result sre_write(struct vcpu *v UNUSED, uint64_t arg UNUSED, uint64_t value UNUSED)
{
	return TRAP_DONE;
}

/*
 * By key, which has op2 above the other fields. With one security state ASGI1R makes group 0 interrupts, as SGI0R does.
 */
const struct sysreg_row role_sysregs[] = {
	{ SYSREG_KEY(3, 3, 14, 2, 0), cntp_read, cntp_write, VTIMER_CNTP_TVAL },
	{ SYSREG_KEY(3, 3, 14, 2, 1), cntp_read, cntp_write, VTIMER_CNTP_CTL },
	{ SYSREG_KEY(3, 3, 14, 2, 2), cntp_read, cntp_write, VTIMER_CNTP_CVAL },
	{ SYSREG_KEY(3, 0, 12, 11, 5), NULL, sgi_write, 1 }, /* ICC_SGI1R_EL1 */
	{ SYSREG_KEY(3, 0, 12, 12, 5), sre_read, sre_write, 7 },
	{ SYSREG_KEY(3, 0, 12, 11, 6), NULL, sgi_write, 0 }, /* ICC_ASGI1R_EL1 */
	{ SYSREG_KEY(3, 0, 12, 11, 7), NULL, sgi_write, 0 }, /* ICC_SGI0R_EL1 */
};

const unsigned int role_sysregs_count = ARRAY_SIZE(role_sysregs);
