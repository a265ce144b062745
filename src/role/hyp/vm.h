/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtual machine: a partition with memory, an interrupt controller, devices and images, and its life cycle.
 *
 * A VM is built before it runs, and from then on belongs to whoever its partition's state says:
 * while its vCPUs run, each part has its own lock; once the partition is STOPPED, the one core that
 * calls vm_stopped() has it alone, and stops it for good or starts it anew.
 */
#ifndef ROLE_HYP_VM_H
#define ROLE_HYP_VM_H

#include "core/partition.h"
#include "core/time.h"
#include "dev/virtio_blk.h"
#include "dev/virtio_rng.h"
#include "dev/vpl011.h"
#include "dev/vpl031.h"
#include "lib/types.h"
#include "role/hyp/config.h"
#include "role/hyp/console.h"
#include "role/hyp/loader.h"
#include "role/hyp/psci.h"
#include "role/hyp/vm_ram.h"
#include "role/hyp/watch.h"

/* Why a VM stops. The first reason counts. */
enum vm_end {
	VM_END_NONE, /* it does not */
	VM_END_POWEROFF,
	VM_END_REBOOT,
	VM_END_FAULT, /* it did what it cannot go on from: stays stopped */
	VM_END_HANG,  /* the watch says so */
};

struct vm {
	struct partition *p;
	const struct vm_config *cfg;

	uint64_t on_pending; /* psci.c: atomic */
	struct psci_vcpu psci[CONFIG_MAX_VCPUS];
	uint32_t end; /* enum vm_end, atomic: set once in a run */
	struct watch watch;

	struct timer restart;	     /* pending while it rests before a restart */
	uint64_t started, load_time; /* when it was started last (counter), and how long that took (ticks) */
	void (*lost)(struct vm *vm); /* it was to start again after its rest, and could not */

	struct vm_ram ram;
	struct loader_plan plan;
	void *dtb; /* VMAP_DTB_MAX bytes in which its device tree is made at each start */

	struct console_port console;
	struct vpl011 *uart; /* NULL: it has none, as with all devices */
	struct vpl031 *rtc;
	struct virtio_blk *disk[CONFIG_DISKS_MAX];
	struct virtio_rng *rng;
};

/*
 * Build a VM, with all that it has but its memory's contents. NULL when that cannot be: a line in
 * the log says what and why, and nothing is left of it. cfg and the images that it names stay as
 * long as the VM. lost: called when it was to start again after a rest, and could not.
 */
struct vm *vm_create(const struct vm_config *cfg, void (*lost)(struct vm *vm)) MUST_CHECK;

/* Undo vm_create(), however far it came. The VM does not run and never will again. NULL is allowed. */
void vm_destroy(struct vm *vm);

/*
 * Start it as after power-on: memory zeroed, images loaded, devices and vCPUs reset, vCPU 0 at the kernel's entry. It
 * has never run, or is STOPPED. On an error, with a line in the log, it is as it was.
 */
int vm_start(struct vm *vm) MUST_CHECK;

/*
 * One of its vCPUs, or anyone else, wants its end: its vCPUs leave their cores soon, and then vm_stopped() goes
 * on. Any core.
 */
void vm_end(struct vm *vm, enum vm_end why);

/*
 * Its last vCPU has left: start it anew, perhaps after a rest, or leave it stopped, as its configuration says. True: it
 * runs again, or will.
 */
bool vm_stopped(struct vm *vm) MUST_CHECK;

#endif
