/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The role "target": runs the test suites on the boot core, and is the hyp role otherwise. What stands here replaces
 * what role_hyp.c has for VMs of a machine file (mk/target.mk makes those symbols weak); role_vcpu_*() and everything
 * else of src/role/hyp are the product's.
 */
#include "role/role.h"

#include "core/hw.h"
#include "core/irq.h"
#include "core/panic.h"
#include "core/percpu.h"
#include "core/vcpu.h"
#include "guest.h"
#include "plat/plat.h"
#include "role/hyp/smccc.h"
#include "role/hyp/trng.h"
#include "test.h"
#include "vgic/vgic.h"
#include "vgic/vtimer.h"

const char role_name[] = "target";

static enum irq_result vtimer_irq(uint32_t intid UNUSED, void *arg UNUSED)
{
	struct vcpu *v = this_cpu()->loaded;

	if (!v)
		return IRQ_DONE;
	vtimer_host_irq(v);
	return IRQ_FORWARDED;
}

static enum irq_result maintenance_irq(uint32_t intid UNUSED, void *arg UNUSED)
{
	struct vcpu *v = this_cpu()->loaded;

	if (v)
		vgic_maintenance(v);
	return IRQ_DONE;
}

void role_console_rx(void)
{
}

void role_partition_stopped(struct partition *p)
{
	guest_stopped(p);
}

void role_partition_all_off(struct partition *p UNUSED)
{
}

void role_partition_fault(struct vcpu *v, const char *why)
{
	guest_faulted(v, why);
}

unsigned int role_kept_ranges(struct hw_range *out UNUSED, unsigned int max UNUSED)
{
	return 0;
}

void role_boot(void)
{
	trng_init();
	smccc_init();
	CHECK(irq_register(hw.timer_intid[2], vtimer_irq, NULL) == OK);
	CHECK(irq_register(hw.maintenance_intid, maintenance_irq, NULL) == OK);
	(void)test_run_all();
	plat_power_off();
}
