/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A partition: a set of vCPUs, a stage 2, emulated devices, owned pages. A VM in the hyp role, a Secure
 * Partition in spmc.
 */
#ifndef CORE_PARTITION_H
#define CORE_PARTITION_H

#include "core/lock.h"
#include "core/mmio.h"
#include "core/s2.h"
#include "lib/types.h"

struct vcpu;

#define PARTITION_NAME_MAX 32

/* How an emulated device raises its line, without knowing which interrupt controller there is. */
struct irqchip_ops {
	/* Set the level of a wired interrupt (SPI, by INTID). Any core, any time; takes LOCK_VGIC. */
	void (*set_level)(struct partition *p, unsigned int intid, bool level);
};

enum partition_state {
	PARTITION_NEW,	    /* being built */
	PARTITION_RUNNING,  /* its vCPUs may run */
	PARTITION_STOPPING, /* its vCPUs are leaving their cores */
	PARTITION_STOPPED,  /* none of its vCPUs is on any core */
};

struct partition {
	uint16_t id;   /* owner id in frame records; 0 is Trivet itself */
	uint16_t vmid; /* VTTBR_EL2.VMID: never 0 */
	char name[PARTITION_NAME_MAX];
	enum partition_state state; /* under lock */
	struct spinlock lock;	    /* LOCK_PARTITION */

	struct s2 s2;
	struct mmio_map mmio;
	const struct irqchip_ops *irqchip;
	void *vgic; /* struct vgic *, in a role that has one */

	struct vcpu **vcpu; /* nr_vcpus of them */
	unsigned int nr_vcpus;
	unsigned int nr_live;		    /* vCPUs not yet off while STOPPING */
	uint16_t last_ran[CONFIG_MAX_CPUS]; /* 1 + the vCPU that this core's TLB last saw; each core its own */
	void *role;			    /* the role's own, e.g. struct vm */
};

static inline void partition_irq_set(struct partition *p, unsigned int intid, bool level)
{
	p->irqchip->set_level(p, intid, level);
}

/*
 * A partition with nr_vcpus vCPUs (all off, registers as after power-on) and an empty stage 2 of ipa_bits. NULL: out of
 * memory or identifiers. vCPU i is MPIDR affinity 0.0.(i / 16).(i % 16).
 */
struct partition *partition_create(const char *name, unsigned int nr_vcpus, unsigned int ipa_bits) MUST_CHECK;

/* Undo partition_create. None of its vCPUs is on. What stage 2 maps is the caller's. */
void partition_destroy(struct partition *p);

/*
 * For core/sched.c: one of p's vCPUs has just become VCPU_OFF. p->lock is held, and released here. May call the role.
 */
void partition_vcpu_off_and_unlock(struct partition *p);

/*
 * Ask all vCPUs to leave their cores; role_partition_stopped(p) runs on the core of the last one, once none is left.
 * Idempotent. Any core.
 */
void partition_stop(struct partition *p);

#endif
