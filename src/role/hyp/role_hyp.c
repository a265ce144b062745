/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hyp role: virtual machines in the normal world. What role.h asks for, in terms of this role's modules.
 *
 * State owned: the VMs and how many of them still live (atomic); the configuration, which they
 * point into. Built once by role_boot().
 */
#include "role/role.h"

#include "arch/boot.h"
#include "arch/guest.h"
#include "core/frame.h"
#include "core/hw.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/panic.h"
#include "core/percpu.h"
#include "core/s1.h"
#include "core/sched.h"
#include "core/vcpu.h"
#include "lib/string.h"
#include "plat/plat.h"
#include "role/hyp/bundle.h"
#include "role/hyp/config.h"
#include "role/hyp/console.h"
#include "role/hyp/disks.h"
#include "role/hyp/kept.h"
#include "role/hyp/psci.h"
#include "role/hyp/smccc.h"
#include "role/hyp/trng.h"
#include "role/hyp/vm.h"
#include "role/hyp/watch.h"
#include "vgic/vgic.h"
#include "vgic/vtimer.h"

const char role_name[] = "hyp";

static struct bundle bundle;
static struct config config;
static struct vm *vms[CONFIG_MAX_VMS]; /* as config.vm; NULL: could not be built */
static uint32_t live;		       /* VMs that run, or will again */

/* --- interrupts of the vCPU that is loaded --- */

static enum irq_result vtimer_irq(uint32_t intid UNUSED, void *arg UNUSED)
{
	struct vcpu *v = this_cpu()->loaded;

	/*
	 * The line may have fallen since, or have been another vCPU's: not due (ENABLE, not IMASK, ISTATUS),
	 * nothing to give.
	 */
	if (unlikely(!v || !guest_vtimer_is_due()))
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

/* What each core has of its own, when it gets its first vCPU. */
static void prepare_core(void)
{
	static uint64_t done;
	uint64_t bit = BIT(this_cpu()->index);

	if (likely(__atomic_load_n(&done, __ATOMIC_RELAXED) & bit))
		return;
	__atomic_or_fetch(&done, bit, __ATOMIC_RELAXED);
	host_irq_enable(hw.timer_intid[2]);
	host_irq_enable(hw.maintenance_intid);
	watch_core();
}

bool role_stage2_abort(struct vcpu *v UNUSED)
{
	return false;
}

/* EL3 takes group 0: there is none. */
void role_foreign_irq(struct vcpu *v UNUSED)
{
}

struct vcpu *role_next(struct vcpu *cur)
{
	return sched_next(cur);
}

void role_vcpu_load(struct vcpu *v)
{
	prepare_core();
	psci_vcpu_entered(v);
	vgic_load(v);
	vtimer_load(v);
}

void role_vcpu_save(struct vcpu *v)
{
	watch_look(v);
	/* The timer first: it asks whether its interrupt is in flight. */
	vtimer_save(v);
	vgic_save(v);
}

void role_vcpu_enter(struct vcpu *v)
{
	const struct vm *vm = v->part->role;

	if (unlikely(vm->psci[v->index].resume))
		psci_vcpu_resume(v);
	if (vgic_needs_flush(v))
		vgic_flush(v);
}

bool role_vcpu_irq_pending(const struct vcpu *v)
{
	return vgic_irq_pending(v);
}

void role_console_rx(void)
{
	console_rx();
}

/* --- the end of a VM --- */

static void one_vm_less(void)
{
	if (__atomic_sub_fetch(&live, 1, __ATOMIC_ACQ_REL) == 0) {
		log_info("no VM is left: power off");
		plat_power_off();
	}
}

static void vm_lost(struct vm *vm UNUSED)
{
	one_vm_less();
}

void role_partition_stopped(struct partition *p)
{
	if (!vm_stopped(p->role))
		one_vm_less();
}

void role_partition_all_off(struct partition *p)
{
	watch_all_off(p->role);
}

void role_partition_fault(struct vcpu *v, const char *why)
{
	log_limited(64, LOG_ERROR, "%s: vCPU %u: %s: the VM ends", v->part->name, v->index, why);
	vm_end(v->part->role, VM_END_FAULT);
}

/* --- boot --- */

unsigned int role_kept_ranges(struct hw_range *out, unsigned int max)
{
	const struct hw_range image = { arch_image_base().a, arch_image_size() }, *kept;
	struct bundle_file tree;
	struct bundle b = { 0 };
	const void *base;
	unsigned int n;

	if (hw_bundle(&base, &b.size) != OK)
		return 0;
	b.base = base;
	if (bundle_find(&b, BUNDLE_MACHINE_FILE, &tree) != OK)
		return 0; /* read_config() says so */
	kept_find(tree.data, tree.size, &hw, image);
	n = MIN(kept_ranges(&kept), max);
	memcpy(out, kept, n * sizeof(*out));
	return n;
}

/* The configuration from the bundle. OK, or E_*: a line in the log says why. */
static int read_config(void)
{
	const void *base;
	size_t size;
	struct config_source src = {
		.file = BUNDLE_MACHINE_FILE,
		.bundle = &bundle,
		.nr_pcpus = nr_cpus,
		.module_at = kept_module_at,
		.host_disk = disks_get,
	};
	int err = hw_bundle(&base, &size);

	if (err != OK) {
		log_error("no bundle: neither an initrd nor appended to the image");
		return err;
	}
	err = bundle_open(&bundle, base, size);
	if (err != OK)
		return err;
	src.fdt = bundle.machine;
	src.size = bundle.machine_size;
	return config_parse(&src, &config);
}

static void register_irqs(void)
{
	CHECK(irq_register(hw.timer_intid[2], vtimer_irq, NULL) == OK);
	CHECK(irq_register(hw.maintenance_intid, maintenance_irq, NULL) == OK);
}

static void build_vms(void)
{
	watch_init(vms, config.nr_vms);
	for (unsigned int i = 0; i < config.nr_vms; i++) {
		vms[i] = vm_create(&config.vm[i], vm_lost);
		if (vms[i])
			live++;
	}
	if (config.nr_vms && vms[config.console] && vms[config.console]->uart)
		console_focus(&vms[config.console]->console);
}

/* Only now, when all are built: the first may be over before the last has started. */
static void start_vms(void)
{
	for (unsigned int i = 0; i < config.nr_vms; i++) {
		if (!vms[i])
			continue;
		log_info("%s: %u vCPUs, %llu MiB", vms[i]->p->name, vms[i]->p->nr_vcpus,
			 (unsigned long long)(vms[i]->cfg->memory / MIB));
		if (vm_start(vms[i]) != OK)
			one_vm_less();
	}
}

void role_boot(void)
{
	trng_init();
	smccc_init();
	register_irqs();
	if (read_config() == OK)
		build_vms();
	if (!live) {
		log_error("no VM to run: power off");
		plat_power_off();
	}
	start_vms();
	/* What came before there was anybody to type at: a UART that is full raises no interrupt for more. */
	console_rx();
}
