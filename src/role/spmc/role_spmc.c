/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The spmc role: Trivet at S-EL2, as BL32 under TF-A. What role.h asks for, in terms of this role's modules. The
 * machine is described by TOS_FW_CONFIG (machines/spmc), which core/hw.c reads as it reads a host's device tree: memory
 * nodes of type "memory" are secure ones there.
 *
 * State owned: none beyond its modules'.
 */
#include "role/role.h"

#include "abi/smccc.h"
#include "arch/guest.h"
#include "arch/world.h"
#include "core/frame.h"
#include "core/hw.h"
#include "core/log.h"
#include "core/mmio_trap.h"
#include "core/partition.h"
#include "core/stage2_fault.h"
#include "core/vcpu.h"
#include "ffa/call.h"
#include "role/spmc/common.h"
#include "role/spmc/msg.h"
#include "role/spmc/nwd.h"
#include "role/spmc/run.h"
#include "role/spmc/sint.h"
#include "role/spmc/sp.h"
#include "role/spmc/sp_calls.h"
#include "role/spmc/sp_stage2.h"

const char role_name[] = "spmc";

const struct sysreg_row role_sysregs[1];
const unsigned int role_sysregs_count;

/* In place of core/smc.c: the calls of Secure Partitions are FF-A's and a few of ours. */
void smc_dispatch(struct vcpu *v)
{
	if (likely(ffa_call_is_ffa((uint32_t)v->arch.x[0] & ~(uint32_t)SMCCC_SVE_HINT)))
		sp_calls_ffa(v);
	else if (!sint_hvc(v))
		v->arch.x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
}

/* In place of core/mmio_trap.c: no device is emulated for a Secure Partition. */
enum trap_result mmio_trap(struct vcpu *v, uint64_t esr)
{
	if (!stage2_fault_is_gone(v, esr, esr & ISS_WNR ? S2_W : S2_R))
		role_stage2_abort(v);
	return TRAP_AGAIN;
}

struct vcpu *role_next(struct vcpu *cur)
{
	return run_next(!cur);
}

bool role_stage2_abort(struct vcpu *v)
{
	role_partition_fault(v, "stage 2 abort");
	return true;
}

void role_foreign_irq(struct vcpu *v UNUSED)
{
	run_foreign_irq();
}

void role_vcpu_load(struct vcpu *v)
{
	const struct sp_ctx *c = v->role;

	sp_stage2_load(c->sp);
}

void role_vcpu_save(struct vcpu *v UNUSED)
{
}

void role_vcpu_enter(struct vcpu *v)
{
	sint_set_lines(v->role);
}

bool role_vcpu_irq_pending(const struct vcpu *v)
{
	const struct sp_ctx *c = v->role;

	return virq_irq(&c->virq) || virq_fiq(&c->virq);
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
	msg_abort(v);
}

/*
 * The first that is done with the tree, and before any memory that it names is touched: with a manifest that cannot be
 * used, of which a line has been said, nothing tells what is ours.
 */
unsigned int role_kept_ranges(struct hw_range *out, unsigned int max)
{
	if (sp_read_manifest() != OK)
		world_give_up();
	return sp_kept_ranges(out, max);
}

/* KiB of secure RAM that are not free, and no SP's: the image, page records, tables, heap. */
static unsigned int own_memory(void)
{
	struct hw_range kept[ROLE_KEPT_MAX];
	uint64_t bytes = (frame_count_total() - frame_count_free()) * PAGE_SIZE;

	for (unsigned int i = 0, n = sp_kept_ranges(kept, ROLE_KEPT_MAX); i < n; i++)
		bytes -= kept[i].size;
	return (unsigned int)(bytes / 1024);
}

void role_boot(void)
{
	const uint16_t id = (uint16_t)sp_spmc_manifest()->spmc_id;

	common_init(id);
	nwd_init();
	run_init();
	sp_init();
	log_info("SPMC 0x%x: %u Secure Partitions, %u KiB of memory for itself", id, sp_count(), own_memory());
}
