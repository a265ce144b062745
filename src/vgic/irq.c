/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One virtual interrupt: its life between the device's line, the distributor's registers and the vCPU that gets it
 * (IHI 0069 4.1).
 *
 * State owned: struct vgic_irq. Locks: see internal.h. What a list register does to it is in lr.c.
 */
#include "core/panic.h"
#include "core/sched.h"
#include "vgic/internal.h"

struct vgic_irq *vgic_irq_get(struct vgic *g, struct vgic_vcpu *vc, unsigned int intid)
{
	if (intid < VGIC_PRIVATE)
		return &vc->priv[intid];
	if (intid - VGIC_PRIVATE < g->nr_spis)
		return &g->spi[intid - VGIC_PRIVATE];
	return NULL;
}

/* As after power-on, but for the line: that is the device's. */
void vgic_irq_init(struct vgic_irq *irq, struct vgic_vcpu *home, unsigned int intid)
{
	bool line = irq->line;

	*irq = (struct vgic_irq){
		.home = home,
		.owner = home,
		.intid = (uint16_t)intid,
		.edge = intid < VGIC_SGIS,
		.line = line,
		.lr = -1,
	};
	list_init(&irq->link);
}

/* 1 of N: the first that is on. */
static struct vgic_vcpu *any_target(const struct partition *p)
{
	for (unsigned int i = 0; i < p->nr_vcpus; i++) {
		if (__atomic_load_n(&p->vcpu[i]->state, __ATOMIC_RELAXED) != VCPU_OFF)
			return p->vcpu[i]->vgic;
	}
	return p->vcpu[0]->vgic;
}

/* Where an SPI goes now; NULL: nowhere. */
static struct vgic_vcpu *irq_target(const struct vgic *g, const struct vgic_irq *irq)
{
	if (irq->target == VGIC_TARGET_ANY)
		return any_target(g->part);
	return irq->target < g->part->nr_vcpus ? g->part->vcpu[irq->target]->vgic : NULL;
}

bool vgic_irq_misrouted(const struct vgic_vcpu *vc, const struct vgic_irq *irq)
{
	/* Who has it keeps it, unless it is off. */
	if (irq->target == VGIC_TARGET_ANY)
		return __atomic_load_n(&vc->v->state, __ATOMIC_RELAXED) == VCPU_OFF && any_target(vc->v->part) != vc;
	return irq->target != vc->v->index;
}

struct vgic_vcpu *vgic_irq_begin_owned(struct vgic_irq *irq, struct vgic_vcpu *vc)
{
	spin_lock(&vc->lock);
	if (likely(irq->owner == vc))
		return vc;
	/* The owner was done with it meanwhile. It cannot have a new one: we hold the distributor's lock. */
	spin_unlock(&vc->lock);
	return NULL;
}

void vgic_irq_commit_slow(struct vgic *g, struct vgic_irq *irq, struct vgic_vcpu *vc)
{
	if (vc) {
		vgic_lr_settle(vc, irq);
		spin_unlock(&vc->lock);
	}
	if (irq->home || __atomic_load_n(&irq->owner, __ATOMIC_ACQUIRE))
		return;

	if (!irq->active && !vgic_irq_deliverable(g, irq))
		return;
	vc = irq_target(g, irq);
	if (!vc)
		return;
	spin_lock(&vc->lock);
	__atomic_store_n(&irq->owner, vc, __ATOMIC_RELEASE);
	vgic_lr_settle(vc, irq);
	spin_unlock(&vc->lock);
}

void vgic_irq_commit_private(struct vgic_vcpu *vc)
{
	spin_lock(&vc->lock);
	for (unsigned int i = 0; i < VGIC_PRIVATE; i++) {
		struct vgic_irq *irq = &vc->priv[i];

		if (irq->lr >= 0 || irq->queued || irq->active || vgic_irq_raised(irq))
			vgic_lr_settle(vc, irq);
	}
	spin_unlock(&vc->lock);
}

bool vgic_can_wake(const struct vcpu *v)
{
	struct vgic_vcpu *vc = v->vgic;
	struct vgic *g = vc->gic;
	bool can = false;

	spin_lock(&vc->lock);
	for (unsigned int i = 0; i < VGIC_PRIVATE && !can; i++)
		can = vgic_irq_enabled(g, &vc->priv[i]);
	spin_unlock(&vc->lock);
	if (can)
		return true;
	spin_lock(&g->lock);
	for (unsigned int i = 0; i < g->nr_spis && !can; i++) {
		const struct vgic_irq *irq = &g->spi[i];

		can = vgic_irq_enabled(g, irq) && (irq->target == v->index || irq->target == VGIC_TARGET_ANY);
	}
	spin_unlock(&g->lock);
	return can;
}

/* The line changes. */
static void irq_set_line(struct vgic_irq *irq, bool level)
{
	if (irq->edge && level)
		irq->latch = true;
	irq->line = level;
}

void vgic_set_level(struct partition *p, unsigned int intid, bool level)
{
	struct vgic *g = vgic_of(p);
	struct vgic_irq *irq;
	struct vgic_vcpu *vc;

	CHECK(intid >= VGIC_PRIVATE && intid - VGIC_PRIVATE < g->nr_spis);
	irq = &g->spi[intid - VGIC_PRIVATE];
	spin_lock(&g->lock);
	if (irq->line != level) {
		vc = vgic_irq_begin(irq);
		if (level || !irq->edge)
			trace_pend_spi(p, intid, level ? 0 : TRACE_GONE);
		irq_set_line(irq, level);
		vgic_irq_commit(g, irq, vc);
	}
	spin_unlock(&g->lock);
}

void vgic_set_ppi(struct vcpu *v, unsigned int intid, bool level)
{
	struct vgic_vcpu *vc = v->vgic;
	struct vgic_irq *irq;

	CHECK(intid >= VGIC_SGIS && intid < VGIC_PRIVATE);
	irq = &vc->priv[intid];
	spin_lock(&vc->lock);
	if (irq->line != level) {
		if (level || !irq->edge)
			trace_pend(v, intid, level ? 0 : TRACE_GONE);
		irq_set_line(irq, level);
		vgic_lr_settle(vc, irq);
	}
	spin_unlock(&vc->lock);
}
