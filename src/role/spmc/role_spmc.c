/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The spmc role: Trivet at S-EL2, as BL32 under TF-A. What role.h asks for, in terms of this role's modules. The machine is described by
 * TOS_FW_CONFIG (machines/spmc), which core/hw.c reads as it reads a host's device tree: memory nodes of type "memory" are secure ones there.
 *
 * State owned: none yet beyond its modules'.
 */
#include "role/role.h"

#include <libfdt.h>

#include "core/hw.h"
#include "core/log.h"
#include "core/panic.h"
#include "core/partition.h"
#include "core/vcpu.h"
#include "role/spmc/nwd.h"

const char role_name[] = "spmc";

/* Calls of Secure Partitions. */
const struct smc_row role_smc_std[256];
const struct sysreg_row role_sysregs[1];
const unsigned int role_sysregs_count;

bool role_smc_other(struct vcpu *v UNUSED)
{
	return false;
}

struct vcpu *role_next(struct vcpu *cur UNUSED)
{
	nwd_serve();
}

void role_vcpu_load(struct vcpu *v UNUSED)
{
}

void role_vcpu_save(struct vcpu *v UNUSED)
{
}

void role_vcpu_blocked(struct vcpu *v UNUSED)
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
	log_limited(64, LOG_ERROR, "%s: vCPU %u: %s", v->part->name, v->index, why);
}

unsigned int role_kept_ranges(struct hw_range *out UNUSED, unsigned int max UNUSED)
{
	return 0;
}

/* spmc_id of the manifest, which SPMD has checked too. */
static uint16_t manifest_id(void)
{
	int node = fdt_path_offset(hw.tree, "/attribute"), len = 0;
	const fdt32_t *id = node < 0 ? NULL : fdt_getprop(hw.tree, node, "spmc_id", &len);

	if (!id || len != 4 || !(fdt32_to_cpu(*id) & FFA_ID_SECURE)) {
		log_warn("TOS_FW_CONFIG: /attribute: spmc_id: none that is secure, so 0x%x", FFA_ID_SPMC);
		return FFA_ID_SPMC;
	}
	return (uint16_t)fdt32_to_cpu(*id);
}

void role_boot(void)
{
	uint16_t id = manifest_id();

	nwd_init(id);
	log_info("SPMC 0x%x is ready: 0 Secure Partitions", id);
}
