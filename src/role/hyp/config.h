/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which VMs the machine file asks for: decoded and validated, nothing built yet.
 * docs/machine-file.md has the vocabulary.
 *
 * Any bytes may come: a VM whose description is wrong is refused with one line that names file,
 * node and property, and the others go on. Pure but for the log. Strings and images point into the
 * machine file and the bundle.
 */
#ifndef ROLE_HYP_CONFIG_H
#define ROLE_HYP_CONFIG_H

#include "core/partition.h"
#include "core/prop.h"
#include "lib/types.h"
#include "role/hyp/bundle.h"

#define CONFIG_DISKS_MAX 8
#define CONFIG_PATH_MAX	 PROP_PATH_MAX
#define CONFIG_PCPUS_MAX 64
#define CONFIG_ARGS_MAX	 4096 /* bootargs with its terminator */

/* What happens when a VM powers off, or resets. */
enum vm_action { VM_ACTION_STOP, VM_ACTION_RESTART };
/* And when it hangs (watch.h), beyond a line in the log. */
enum vm_on_hang { VM_HANG_REPORT, VM_HANG_STOP, VM_HANG_RESTART };

/* An image that a module names: a file of the bundle, or an address. size 0: there is none. */
struct vm_image {
	const uint8_t *data;
	size_t size;
	const char *file;	    /* its name in the bundle; NULL when by address */
	char node[CONFIG_PATH_MAX]; /* the module's node, for messages */
};

struct vm_disk {
	struct vm_image image; /* a writable disk has its image to itself */
	bool readonly;
	bool host;		/* no image but a disk of the machine, which a writable disk has to itself, too */
	bool host_readonly;	/* that one can only be read, whatever was asked for */
	unsigned int host_disk; /* its number for plat/plat.h */
};

struct vm_config {
	char name[PARTITION_NAME_MAX]; /* unique */
	const char *file;	       /* the machine file, for messages */
	char node[CONFIG_PATH_MAX];    /* path of its node, for messages */

	uint64_t memory;		/* bytes, a multiple of the page, not 0 */
	unsigned int nr_vcpus;		/* 1 to CONFIG_MAX_VCPUS */
	uint8_t pcpu[CONFIG_PCPUS_MAX]; /* physical cores that it may use, as listed; distinct, all exist */
	unsigned int nr_pcpus;		/* at least 1 */
	bool pin;			/* vCPU i stays on pcpu[i % nr_pcpus] */

	bool vpl011, rtc, rng;
	enum vm_action on_poweroff, on_reboot;
	enum vm_on_hang on_hang;

	struct vm_image kernel; /* always there */
	struct vm_image ramdisk;
	const char *bootargs; /* "" when there are none */
	struct vm_disk disk[CONFIG_DISKS_MAX];
	unsigned int nr_disks;
};

struct config {
	struct vm_config vm[CONFIG_MAX_VMS];
	unsigned int nr_vms;
	unsigned int nr_refused;
	unsigned int console; /* index of the VM that gets the console's input first; 0 when nr_vms is 0 */
};

/* What the decoder is given. */
struct config_source {
	const void *fdt; /* the machine file: 8-byte aligned */
	size_t size;
	const char *file;	     /* its name in messages: "machine.dtb" */
	const struct bundle *bundle; /* where trivet,file looks; NULL: nowhere */
	unsigned int nr_pcpus;	     /* physical cores that run */
	/*
	 * Where Trivet sees [pa, pa + size) of a module with a reg; NULL when that is not RAM that
	 * was kept back for modules. The function may be NULL: then no module may have a reg.
	 */
	const void *(*module_at)(pa_t pa, uint64_t size);
	/*
	 * Disk n of the machine, counted by address: its number for plat/plat.h, and whether it can only be read; or an
	 * error with the reason in *why. The function may be NULL: then there are none.
	 */
	int (*host_disk)(unsigned int n, bool *readonly, const char **why);
};

/*
 * Decode *src into *cfg (large: keep it in static memory). OK even when VMs were refused, see
 * nr_refused. E_FORMAT: the file is no sound device tree; E_NOENT: it describes no VM at all; each
 * with a line in the log.
 */
int config_parse(const struct config_source *src, struct config *cfg) MUST_CHECK;

/*
 * The physical ranges that modules name by reg, for whoever must keep them back before memory is
 * handed out: call visit for each. May be given any bytes; says nothing about errors.
 */
void config_for_each_reg(const void *fdt, size_t size, void (*visit)(void *ctx, pa_t base, uint64_t size), void *ctx);

/* Physical cores, a bit each, that vCPU i may run on. */
uint64_t vm_config_affinity(const struct vm_config *vm, unsigned int vcpu);

/* virtio-mmio slots in use: disk i has slot i, the entropy source (if rng) the slot nr_disks. */
static inline unsigned int vm_config_virtio_slots(const struct vm_config *vm)
{
	return vm->nr_disks + (vm->rng ? 1 : 0);
}

/*
 * One line on what is wrong with a VM: "<file>: <node>: <property>: <text>". node NULL: the VM's own. Unprintable
 * bytes become '?'.
 */
void vm_config_error(const struct vm_config *vm, const char *node, const char *property, const char *fmt, ...)
	PRINTF(4, 5);

#endif
