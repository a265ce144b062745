/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtual machines: building, starting, ending, starting anew; see vm.h.
 *
 * State owned: each struct vm. Building is a list of steps; what a step made, vm_destroy() takes
 * back in reverse order, however far it came.
 */
#include "role/hyp/vm.h"

#include "arch/mmu.h"
#include "core/frame.h"
#include "core/heap.h"
#include "core/log.h"
#include "core/percpu.h"
#include "core/sched.h"
#include "core/time.h"
#include "core/trace_exits.h"
#include "core/vcpu.h"
#include "dev/block.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "role/hyp/disks.h"
#include "role/hyp/trng.h"
#include "role/hyp/vfdt.h"
#include "role/hyp/vmap.h"
#include "vgic/vgic.h"
#include "vgic/vtimer.h"

#define DISK_ID_MAX 20

#define RESTART_REST	    4 /* times what the start took */
#define RESTART_REST_MIN_NS 100000000

/* --- the steps of building; each may leave its work half done, as vm_destroy() copes with that --- */

static int build_partition(struct vm *vm)
{
	const struct vm_config *cfg = vm->cfg;

	vm->p = partition_create(cfg->name, cfg->nr_vcpus, MIN(VMAP_IPA_BITS, arch_pa_bits()));
	if (!vm->p)
		return E_NOMEM;
	vm->p->role = vm;
	for (unsigned int i = 0; i < cfg->nr_vcpus; i++) {
		uint64_t affinity = vm_config_affinity(cfg, i) & cpus_online;

		if (!affinity) {
			vm_config_error(cfg, NULL, "trivet,pcpus", "no core of vCPU %u runs", i);
			return E_NOENT;
		}
		sched_add(vm->p->vcpu[i], affinity);
	}
	return OK;
}

static int build_ram(struct vm *vm)
{
	uint64_t free = frame_count_free() * PAGE_SIZE / MIB;
	int err = vm_ram_alloc(&vm->ram, vm->p, vm->cfg->memory);

	if (err == E_NOMEM)
		vm_config_error(vm->cfg, NULL, "memory", "%llu MiB wanted, %llu MiB free",
				(unsigned long long)(vm->cfg->memory / MIB), (unsigned long long)free);
	return err;
}

static int build_dtb_buffer(struct vm *vm)
{
	vm->dtb = heap_alloc(VMAP_DTB_MAX);
	return vm->dtb ? OK : E_NOMEM;
}

static int build_vgic(struct vm *vm)
{
	const struct vgic_config cfg = {
		.gicd = IPA(vmap[VMAP_GICD].base),
		.gicr = IPA(vmap[VMAP_GICR].base),
		.nr_spis = VMAP_NR_SPIS,
	};
	int err = vgic_create(vm->p, &cfg);

	for (unsigned int i = 0; err == OK && i < vm->p->nr_vcpus; i++)
		vtimer_init(vm->p->vcpu[i]);
	return err;
}

static int build_uart(struct vm *vm)
{
	const struct chardev_sink out = { console_putc, &vm->console };
	int err;

	if (!vm->cfg->vpl011)
		return OK;
	err = vpl011_create(vm->p, IPA(vmap[VMAP_PL011].base), vmap[VMAP_PL011].intid, out, &vm->uart);
	return err == OK ? console_add(&vm->console, vm->p->name, vm->uart) : err;
}

static int build_rtc(struct vm *vm)
{
	if (!vm->cfg->rtc)
		return OK;
	return vpl031_create(vm->p, IPA(vmap[VMAP_PL031].base), vmap[VMAP_PL031].intid, &vm->rtc);
}

static int build_disk(struct vm *vm, unsigned int i)
{
	const struct vm_disk *d = &vm->cfg->disk[i];
	char id[DISK_ID_MAX + 1];
	struct block *b;
	int err;

	/* The image's bytes are ours to write: config.c has seen to it that a writable disk shares them with nobody. */
	if (d->host)
		b = block_host_create(d->host_disk, d->readonly);
	else
		b = block_mem_create((void *)(uintptr_t)d->image.data, d->image.size, d->readonly);
	if (!b)
		return E_NOMEM;
	if (d->host)
		disks_enable(d->host_disk, vm->p->vcpu[0]->home); /* a core that runs, as pcpu[0] may not */
	(void)fmt_snprintf(id, sizeof(id), "trivet-%s-%u", vm->cfg->name, i);
	err = virtio_blk_create(vm->p, vmap_virtio_base(i), vmap_virtio_intid(i), b, id, &vm->disk[i]);
	if (err != OK)
		block_destroy(b);
	return err;
}

static int build_disks(struct vm *vm)
{
	int err = OK;

	for (unsigned int i = 0; err == OK && i < vm->cfg->nr_disks; i++)
		err = build_disk(vm, i);
	return err;
}

static int build_rng(struct vm *vm)
{
	unsigned int slot = vm->cfg->nr_disks;

	if (!vm->cfg->rng)
		return OK;
	return virtio_rng_create(vm->p, vmap_virtio_base(slot), vmap_virtio_intid(slot), trng_fill, &vm->rng);
}

/* clang-format off */
/* Those without a name have said themselves what was wrong. */
static const struct {
	const char *name;
	int (*build)(struct vm *vm);
} steps[] = {
	{ "cpus",       build_partition },
	{ NULL,         build_ram },
	{ "memory",     build_dtb_buffer },
	{ "cpus",       build_vgic },
	{ "vpl011",     build_uart },
	{ "trivet,rtc", build_rtc },
	{ "disks",      build_disks },
	{ "trivet,rng", build_rng },
};
/* clang-format on */

/* The rest before a restart. */
static void rest_is_over(struct timer *t)
{
	struct vm *vm = container_of(t, struct vm, restart);

	if (vm_start(vm) == OK)
		return;
	log_error("%s: cannot start again; stays stopped", vm->p->name);
	vm->lost(vm);
}

void vm_destroy(struct vm *vm)
{
	if (!vm)
		return;
	timer_cancel(&vm->restart);
	virtio_rng_destroy(vm->rng);
	for (unsigned int i = CONFIG_DISKS_MAX; i-- > 0;)
		virtio_blk_destroy(vm->disk[i]);
	vpl031_destroy(vm->rtc);
	console_remove(&vm->console);
	vpl011_destroy(vm->uart);
	if (vm->p && vm->p->vgic)
		vgic_destroy(vm->p);
	heap_free(vm->dtb);
	vm_ram_free(&vm->ram);
	if (vm->p)
		partition_destroy(vm->p);
	heap_free(vm);
}

struct vm *vm_create(const struct vm_config *cfg, void (*lost)(struct vm *vm))
{
	struct vm *vm;
	struct loader_plan plan;

	/* First what costs nothing. A line in the log is the plan's. */
	if (loader_plan(cfg, &plan) != OK)
		return NULL;
	vm = heap_alloc(sizeof(*vm));
	if (!vm) {
		vm_config_error(cfg, NULL, "memory", "none left for the VM's own record");
		return NULL;
	}
	vm->cfg = cfg;
	vm->plan = plan;
	vm->lost = lost;
	timer_init(&vm->restart, rest_is_over);
	for (unsigned int i = 0; i < ARRAY_SIZE(steps); i++) {
		int err = steps[i].build(vm);

		if (err == OK)
			continue;
		if (err == E_NOMEM && steps[i].name)
			vm_config_error(cfg, NULL, steps[i].name, "out of memory");
		else if (err != E_NOENT && err != E_NOMEM)
			vm_config_error(cfg, NULL, steps[i].name ? steps[i].name : "memory",
					"cannot be built: error %d", err);
		vm_destroy(vm);
		return NULL;
	}
	return vm;
}

/* --- running --- */

/* Every vCPU off and as after power-on, with the VM's counter at zero. */
static void reset_vcpus(struct vm *vm)
{
	uint64_t now = time_now();

	for (unsigned int i = 0; i < vm->p->nr_vcpus; i++) {
		struct vcpu *v = vm->p->vcpu[i];

		v->arch.cntvoff = now;
		vcpu_reset(v, 0, 0);
		vtimer_reset(v);
	}
	vgic_reset(vm->p);
}

static void reset_devices(struct vm *vm)
{
	if (vm->uart)
		vpl011_reset(vm->uart);
	if (vm->rtc)
		vpl031_reset(vm->rtc);
	for (unsigned int i = 0; i < vm->cfg->nr_disks; i++)
		virtio_blk_reset(vm->disk[i]);
	if (vm->rng)
		virtio_rng_reset(vm->rng);
}

/* Memory as after power-on, with the pristine images and a tree with seeds of its own. */
static int load_images(struct vm *vm)
{
	int size;

	vm_ram_clear(&vm->ram);
	size = vfdt_build(vm->cfg, &vm->plan, trng_fill, vm->dtb, VMAP_DTB_MAX);
	if (size < 0) {
		vm_config_error(vm->cfg, NULL, "device tree", "cannot be made: error %d", size);
		return size;
	}
	return loader_load(vm->p, &vm->plan, vm->dtb, (size_t)size);
}

static int start_now(struct vm *vm)
{
	struct partition *p = vm->p;
	int err;

	/* First of all: what a device of the former life still has to do must not reach the memory of the new one. */
	reset_devices(vm);
	err = load_images(vm);
	if (err != OK)
		return err;
	reset_vcpus(vm);
	/* Translations of its former life: a payload may turn its MMU on without a thought for them. */
	arch_s2_tlb_flush_all(p->s2.vttbr);
	vcpu_reset(p->vcpu[0], vm->plan.entry.a, vm->plan.dtb.a);
	__atomic_store_n(&vm->on_pending, 0, __ATOMIC_RELAXED);
	memset(vm->psci, 0, sizeof(vm->psci));
	watch_reset(vm);
	__atomic_store_n(&vm->end, VM_END_NONE, __ATOMIC_RELAXED);
	spin_lock(&p->lock);
	p->state = PARTITION_RUNNING;
	spin_unlock(&p->lock);
	trace_start(p);
	err = sched_start(p->vcpu[0]);
	if (err == OK && vm->uart)
		console_restarted(&vm->console);
	return err;
}

int vm_start(struct vm *vm)
{
	uint64_t from = time_now();
	int err = start_now(vm);

	vm->started = time_now();
	vm->load_time = vm->started - from;
	return err;
}

/*
 * Clearing and loading a VM takes a core from the others for as long as its memory is big. One that has just been
 * started, and wants it again, rests a multiple of that time first: so a VM that resets in a loop gets a fifth of a
 * core at most.
 */
static bool must_rest(struct vm *vm, uint64_t *until)
{
	uint64_t rest = MAX(RESTART_REST * vm->load_time, time_ns_to_ticks(RESTART_REST_MIN_NS));

	*until = vm->started + rest;
	return time_now() < *until;
}

void vm_end(struct vm *vm, enum vm_end why)
{
	uint32_t none = VM_END_NONE;

	/* Whoever comes second has the same wish: the reason that stays is the first. */
	(void)__atomic_compare_exchange_n(&vm->end, &none, why, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
	partition_stop(vm->p);
}

bool vm_stopped(struct vm *vm)
{
	enum vm_action action = VM_ACTION_STOP;
	const char *what = "stopped";
	uint64_t until;

	trace_say(vm->p, vm->started);
	switch ((enum vm_end)__atomic_load_n(&vm->end, __ATOMIC_ACQUIRE)) {
	case VM_END_POWEROFF:
		what = "powered off";
		action = vm->cfg->on_poweroff;
		break;
	case VM_END_REBOOT:
		what = "reset";
		action = vm->cfg->on_reboot;
		break;
	case VM_END_HANG:
		what = "ended";
		action = vm->cfg->on_hang == VM_HANG_RESTART ? VM_ACTION_RESTART : VM_ACTION_STOP;
		break;
	case VM_END_FAULT:
	case VM_END_NONE:
		break;
	}
	if (action == VM_ACTION_STOP) {
		log_info("%s: %s", vm->p->name, what);
		return false;
	}
	log_limited(1000, LOG_INFO, "%s: %s; starts again", vm->p->name, what);
	if (must_rest(vm, &until)) {
		timer_start(&vm->restart, until);
		return true;
	}
	if (vm_start(vm) == OK)
		return true;
	log_error("%s: cannot start again; stays stopped", vm->p->name);
	return false;
}
