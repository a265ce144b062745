/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The spmc role: Trivet at S-EL2, as BL32 under TF-A. What role.h asks for, in terms of this role's modules. The
 * machine is described by TOS_FW_CONFIG (machines/spmc), which core/hw.c reads as it reads a host's device tree: memory
 * nodes of type "memory" are secure ones there.
 *
 * State owned: none yet beyond its modules'.
 */
#include "role/role.h"

#include "arch/guest.h"
#include "core/hw.h"
#include "core/log.h"
#include "core/partition.h"
#include "core/vcpu.h"
#include "role/spmc/nwd.h"
#include "role/spmc/run.h"
#include "role/spmc/sp.h"
#include "role/spmc/sp_calls.h"

const char role_name[] = "spmc";

/* Calls of Secure Partitions. */
const struct smc_row role_smc_std[256] = {
	[FFA_NUM_MIN... FFA_NUM_MAX] = { sp_calls_ffa, SMC_BOTH },
};
const struct sysreg_row role_sysregs[1];
const unsigned int role_sysregs_count;

bool role_smc_other(struct vcpu *v UNUSED)
{
	return false;
}

struct vcpu *role_next(struct vcpu *cur UNUSED)
{
	return run_next();
}

bool role_stage2_abort(struct vcpu *v)
{
	role_partition_fault(v, "stage 2 abort");
	return true;
}

void role_foreign_irq(struct vcpu *v)
{
	sp_calls_preempt(v);
}

void role_vcpu_load(struct vcpu *v UNUSED)
{
}

void role_vcpu_save(struct vcpu *v UNUSED)
{
}

void role_vcpu_enter(struct vcpu *v UNUSED)
{
}

bool role_vcpu_irq_pending(const struct vcpu *v UNUSED)
{
	return false;
}

void role_console_rx(void)
{
}

void role_partition_stopped(struct partition *p UNUSED)
{
}

void role_partition_all_off(struct partition *p UNUSED)
{
}

void role_partition_fault(struct vcpu *v, const char *why)
{
	log_limited(64, LOG_ERROR, "%s: vCPU %u: %s at 0x%llx: it is aborted", v->part->name, v->index, why,
		    (unsigned long long)guest_pc());
	sp_calls_abort(v);
}

/* The first that is done with the tree: a manifest that cannot be used leaves an SPMC without SPs. */
unsigned int role_kept_ranges(struct hw_range *out, unsigned int max)
{
	return sp_read_manifest() == OK ? sp_kept_ranges(out, max) : 0;
}

void role_boot(void)
{
	const struct spmc_manifest *m = sp_spmc_manifest();
	uint16_t id = m ? (uint16_t)m->spmc_id : FFA_ID_SPMC;

	nwd_init(id);
	sp_calls_init(id);
	run_init();
	if (m)
		sp_init();
	log_info("SPMC 0x%x: %u Secure Partitions", id, sp_count());
}
