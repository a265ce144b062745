/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of src/vgic share: the state of an interrupt, of a vCPU's side and of a distributor. Private
 * to the module.
 *
 * Who may touch what (docs/interrupts.md tells the story):
 *   - a private interrupt (SGI, PPI) and all of struct vgic_vcpu: that vCPU's lock;
 *   - an SPI that nobody owns: the distributor's lock;
 *   - an SPI with an owner (the vCPU in whose queue or list register it is): both locks to write what a guest
 *     configures (enable, priority, group, trigger, route) and the line, the owner's alone for what its list register
 *     does to it. So the owner's core works with one lock. owner goes NULL -> x under both locks, x -> NULL under x's;
 *     never x -> y in one step. Two vCPU locks are never held at once.
 *   - list registers of a loaded vCPU: its core only, under its lock. Another core leaves a note: it queues the
 *     interrupt, sets work, and kicks.
 */
#ifndef VGIC_INTERNAL_H
#define VGIC_INTERNAL_H

#include "arch/cpu.h"
#include "arch/ich.h"
#include "core/lock.h"
#include "core/trace_exits.h"
#include "lib/list.h"
#include "vgic/vgic.h"

#define VGIC_PRIVATE   32 /* SGIs 0-15, PPIs 16-31 */
#define VGIC_SGIS      16
#define VGIC_SPI_MAX   960
#define VGIC_PRIO_MASK 0xf8 /* five bits, as ICH_VTR_EL2.PRIbits of every core we know */

/* struct vgic_irq.target besides the index of a vCPU */
#define VGIC_TARGET_NONE 0xffff /* an affinity that no vCPU has: stays pending */
#define VGIC_TARGET_ANY	 0xfffe /* GICD_IROUTER.IRM */

/* ICH_HCR_EL2.LRENPIE: maintenance interrupt while EOIcount is not zero. */
#define ICH_HCR_LRENPIE BIT(2)

/* GICD_CTLR, one security state */
#define GICD_CTLR_GRP0 BIT(0)
#define GICD_CTLR_GRP1 BIT(1)
#define GICD_CTLR_ARE  BIT(4)
#define GICD_CTLR_DS   BIT(6)
#define GICD_CTLR_RWP  BIT(31)

/* What a guest asked about the active state of an interrupt that is in a list register out of our reach. */
enum vgic_active_note { NOTE_NONE, NOTE_SET, NOTE_CLEAR };

struct vgic_irq {
	struct list link;	 /* in owner->queue, while queued */
	struct vgic_vcpu *home;	 /* whose private interrupt it is; NULL: an SPI */
	struct vgic_vcpu *owner; /* who has it in a queue or list register; always home for a private one */
	uint16_t intid;
	uint16_t target; /* SPI: where it is routed, from router */
	uint32_t router; /* SPI: GICD_IROUTER as written; Aff3 does not exist here */

	uint8_t prio;
	bool enabled, group1, edge; /* configuration */
	bool line;		    /* the input, as the device drives it */
	bool latch;		    /* pending by an edge, an SGI or GICD_ISPENDR, and not (yet) in a list register */
	bool active;		    /* while it is in no list register; there, the register knows */
	bool inflight;		    /* hardware-linked: the physical interrupt is active on the guest's behalf */
	bool queued;		    /* waits in owner->queue for a list register, or with a note for the one it is in */
	bool lr_latched;	    /* the list register's pending bit came from latch: a falling line leaves it */
	bool drop_pend;		    /* note: the pending bit in the list register no longer counts (GICD_ICPENDR) */
	/*
	 * Private, enabled, in a list register that shows its configuration, and nothing waits for want of one: then
	 * the core that its vCPU is loaded on may set the pending bit there without the lock. Who changes something
	 * from elsewhere leaves a note, and that core looks at it anew.
	 */
	bool direct;
	uint8_t note; /* note: enum vgic_active_note */
	int8_t lr;    /* list register that is its own, even when empty by now; -1 */
	uint8_t seen; /* its list register's state (ICH_LR.State) when last written or read */
	uint64_t spare;
};
_Static_assert(sizeof(struct vgic_irq) == 64, "an index into an array of them is a shift");

struct vgic_vcpu {
	struct vgic_attention attention; /* first: vgic_needs_flush */
	uint32_t lr_used;		 /* list registers that some interrupt holds */
	struct spinlock lock;		 /* LOCK_VGIC_CPU */
	struct vcpu *v;
	struct vgic *gic;
	/*
	 * The core whose list registers hold ours; NULL: not loaded, they are in v->arch.vgic. Written atomically:
	 * GICD_CTLR.RWP looks at it.
	 */
	struct percpu *on;
	uint64_t hcr;	   /* ICH_HCR_EL2 while loaded */
	bool crowded;	   /* at the last choice there was more than list registers */
	struct list queue; /* by priority */
	struct vgic_irq *lr_irq[ICH_LR_MAX];
	struct vgic_irq *hw; /* the hardware-linked interrupt, once there was one */
	uint32_t waker;
	uint64_t sgi_self;	    /* ICC_SGI1R_EL1 but for INTID, when it means this vCPU alone */
	uint64_t typer;		    /* GICR_TYPER */
	struct spinlock timer_lock; /* LOCK_VGIC: the emulated timer's registers and its line move together */
	struct vgic_irq priv[VGIC_PRIVATE];
};

struct vgic {
	struct spinlock lock; /* LOCK_VGIC */
	struct partition *part;
	uint32_t ctlr; /* enable bits; relaxed atomic: read under any vCPU's lock */
	uint32_t lr_mask;
	unsigned int nr_spis;
	uint32_t typer; /* GICD_TYPER */
	struct vgic_irq *spi;
};

static inline struct vgic *vgic_of(const struct partition *p)
{
	return p->vgic;
}

/* Are vc's list registers within reach of this core: in its hardware, or in memory? */
static inline bool vgic_vcpu_here(const struct vgic_vcpu *vc)
{
	return !vc->on || vc->on == this_cpu();
}

/* --- the trace (CONFIG_TRACE_EXITS) --- */

/* A guest's write or a device has made irq pending. */
static inline void vgic_trace_pend(const struct vgic *g UNUSED, const struct vgic_irq *irq)
{
	if (irq->home)
		trace_pend(irq->home->v, irq->intid, 0);
	else
		trace_pend_spi(g->part, irq->intid, 0);
}

/* --- irq.c: one interrupt --- */

/* NULL when there is no such interrupt. */
struct vgic_irq *vgic_irq_get(struct vgic *g, struct vgic_vcpu *vc, unsigned int intid);
void vgic_irq_init(struct vgic_irq *irq, struct vgic_vcpu *home, unsigned int intid);

/* Is its pending state set, apart from what a list register holds? */
static inline bool vgic_irq_raised(const struct vgic_irq *irq)
{
	return irq->latch || (irq->line && !irq->edge) || (irq->inflight && !irq->active);
}

/* Let through by its own enable and its group's. */
static inline bool vgic_irq_enabled(const struct vgic *g, const struct vgic_irq *irq)
{
	uint32_t ctlr = __atomic_load_n(&g->ctlr, __ATOMIC_RELAXED);

	return irq->enabled && (ctlr & (irq->group1 ? GICD_CTLR_GRP1 : GICD_CTLR_GRP0));
}

static inline bool vgic_irq_deliverable(const struct vgic *g, const struct vgic_irq *irq)
{
	return vgic_irq_raised(irq) && vgic_irq_enabled(g, irq);
}

/* Routed away from vc, which owns it. */
bool vgic_irq_misrouted(const struct vgic_vcpu *vc, const struct vgic_irq *irq);

static inline bool vgic_irq_foreign(const struct vgic_vcpu *vc, const struct vgic_irq *irq)
{
	return !irq->home && vgic_irq_misrouted(vc, irq);
}

/* Does it belong in a list register of vc? */
static inline bool vgic_irq_wanted(const struct vgic_vcpu *vc, const struct vgic_irq *irq)
{
	return irq->active || (vgic_irq_deliverable(vc->gic, irq) && !vgic_irq_foreign(vc, irq));
}

/* An SPI leaves its owner. The owner's lock. */
static inline void vgic_irq_disown(struct vgic_irq *irq)
{
	if (!irq->home)
		__atomic_store_n(&irq->owner, NULL, __ATOMIC_RELEASE);
}

/*
 * Change an interrupt: begin takes the lock that it needs beyond the distributor's (which the caller holds for an SPI)
 * and returns its owner, NULL for an SPI without; then change it; commit moves it where it now belongs and unlocks.
 */
struct vgic_vcpu *vgic_irq_begin_owned(struct vgic_irq *irq, struct vgic_vcpu *vc);
void vgic_irq_commit_slow(struct vgic *g, struct vgic_irq *irq, struct vgic_vcpu *vc);

static inline struct vgic_vcpu *vgic_irq_begin(struct vgic_irq *irq)
{
	struct vgic_vcpu *vc = __atomic_load_n(&irq->owner, __ATOMIC_ACQUIRE);

	return vc ? vgic_irq_begin_owned(irq, vc) : NULL;
}

static inline void vgic_irq_commit(struct vgic *g, struct vgic_irq *irq, struct vgic_vcpu *vc)
{
	/* Nobody's, and nothing that would make it somebody's. */
	if (!vc && !irq->active && !vgic_irq_raised(irq))
		return;
	vgic_irq_commit_slow(g, irq, vc);
}

/* All private interrupts of vc, after something changed that may concern them all. Takes vc's lock. */
void vgic_irq_commit_private(struct vgic_vcpu *vc);

/* --- lr.c: a vCPU's queue and list registers, under its lock --- */

/* irq, owned by vc, has changed. May disown it. */
void vgic_lr_settle(struct vgic_vcpu *vc, struct vgic_irq *irq);
/* ICH_LR state bits of irq, which is in a list register: as of now if within reach, else as last seen. */
uint64_t vgic_lr_peek(const struct vgic_vcpu *vc, struct vgic_irq *irq);
/*
 * Take everything out of queue and list registers of vc, which is not loaded; the interrupts keep their states. True
 * when SPIs were among them: they have no owner now, and the caller, who holds the distributor's lock, commits them.
 */
bool vgic_lr_clear(struct vgic_vcpu *vc);
/*
 * irq, in no list register, is not active any more (it may not have been); a hardware-linked one has a physical
 * side as well.
 */
void vgic_lr_deactivate(struct vgic_vcpu *vc, struct vgic_irq *irq);
/* irq's list register is another core's: have that core look at it soon, for who reads its state again. */
void vgic_lr_ask(struct vgic_vcpu *vc, struct vgic_irq *irq);

/* --- gicd.c, gicr.c --- */
extern const struct mmio_ops vgic_gicd_ops, vgic_gicr_ops;

/* --- vtimer.c needs --- */
/* Is the hardware-linked interrupt of v pending or active in its vGIC? Own core. */
bool vgic_hw_ppi_busy(struct vcpu *v);

#endif
