/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The virtual GICv3 of a partition (IHI 0069): distributor, redistributors, SGIs, and the list registers as a cache
 * over each vCPU's pending interrupts. Affinity routing always on, one security state (GICD_CTLR.DS = 1), no LPIs.
 *
 * Locks: one LOCK_VGIC for a distributor's SPIs, one LOCK_VGIC_CPU for each vCPU's pending list, SGIs and PPIs.
 */
#ifndef VGIC_VGIC_H
#define VGIC_VGIC_H

#include "core/partition.h"
#include "core/vcpu.h"
#include "lib/types.h"

struct vgic_config {
	ipa_t gicd, gicr;     /* 64 KiB and 128 KiB x nr_vcpus, 64 KiB-aligned */
	unsigned int nr_spis; /* a multiple of 32, up to 960 */
};

/*
 * Build it for a partition whose vcpu[] is complete; registers its MMIO regions and p->irqchip. E_NOMEM,
 * E_INVAL, E_EXIST.
 */
int vgic_create(struct partition *p, const struct vgic_config *cfg) MUST_CHECK;
void vgic_destroy(struct partition *p);

/* As after power-on; none of the partition's vCPUs is loaded or running. */
void vgic_reset(struct partition *p);
/*
 * The CPU interface of one vCPU as after power-on (PSCI CPU_ON of a vCPU that is off, and loaded nowhere): VMCR and
 * active priorities. Its redistributor keeps enables, priorities, pending and active states, as the hardware's does.
 */
void vgic_vcpu_reset(struct vcpu *v);

/* A wired SPI, or a private interrupt of v (PPI), rises or falls. Any core. Wakes and kicks who gets it. */
void vgic_set_level(struct partition *p, unsigned int intid, bool level);
void vgic_set_ppi(struct vcpu *v, unsigned int intid, bool level);

/*
 * A hardware-linked PPI of the vCPU that is loaded on this core (the virtual timer): pending with LR.HW and
 * pINTID = intid, the physical interrupt is active and stays so until the guest deactivates it. Own core.
 */
void vgic_set_hw_ppi(struct vcpu *v, unsigned int intid);

/* ICC_SGI1R_EL1 / SGI0R / ASGI1R written by v (trapped). */
void vgic_sgi(struct vcpu *v, uint64_t sgir, unsigned int group);

/*
 * What each exit looks at: struct vgic_vcpu begins with it. Set, under the vCPU's lock, by whoever leaves something for
 * the vCPU's own core to do; a sched_wake and a sched_kick follow.
 */
struct vgic_attention {
	uint32_t work;
};

static inline bool vgic_needs_flush(const struct vcpu *v)
{
	const struct vgic_attention *a = (const struct vgic_attention *)(const void *)v->vgic;

	return __atomic_load_n(&a->work, __ATOMIC_ACQUIRE);
}

/*
 * Before v, loaded here, is entered when vgic_needs_flush(v): pending interrupts go into free list registers, the
 * highest priorities first when there are too few; what other cores asked about interrupts in list registers is done.
 */
void vgic_flush(struct vcpu *v);

/*
 * v takes or leaves this core: list registers, VMCR, active priorities in and out; physical active state of
 * hardware-linked interrupts follows.
 */
void vgic_load(struct vcpu *v);
void vgic_save(struct vcpu *v);

/* Maintenance interrupt (PPI 25) on this core while v is loaded. */
void vgic_maintenance(struct vcpu *v);

/*
 * Would v wake from WFI: is an interrupt pending that is enabled in the distributor? What the guest's CPU interface
 * masks (PMR, ICC_IGRPEN) and PSTATE do not count. Its own core while it is loaded; else any. No lock. May say yes too
 * often, then v finds out at its next WFI.
 */
bool vgic_irq_pending(const struct vcpu *v);

/*
 * Could anything wake v from WFI: is any interrupt enabled in the distributor that would go to it? Any core;
 * takes LOCK_VGIC, LOCK_VGIC_CPU.
 */
bool vgic_can_wake(const struct vcpu *v);

#endif
