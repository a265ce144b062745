/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All of a vCPU's list registers at once, on its own core: filled before it is entered, emptied and filled again by the
 * maintenance interrupt, in and out when it takes or leaves the core (IHI 0069 6.3, 12.4).
 *
 * State owned: hcr and crowded of struct vgic_vcpu. Lock: the vCPU's; the distributor's afterwards, for what has
 * to go elsewhere.
 */
#include "core/panic.h"
#include "plat/plat.h"
#include "vgic/lr.h"

/* What the list registers held before and after they were filled, and what EOIcount (five bits) can tell. */
#define MOVES_MAX (2 * ICH_LR_MAX + 32)

/*
 * SPIs that left a vCPU and belong elsewhere now: dealt with once its lock is dropped, as they need the distributor's.
 */
struct moves {
	unsigned int count;
	struct vgic_irq *irq[MOVES_MAX];
};

static void moves_add(struct moves *m, struct vgic_irq *irq)
{
	CHECK(m->count < MOVES_MAX);
	m->irq[m->count++] = irq;
}

/* irq is not wanted here, perhaps elsewhere. Once disowned, it is not ours to look at. */
static void leave(struct vgic_vcpu *vc, struct vgic_irq *irq, struct moves *m)
{
	if (!irq->home && vgic_irq_deliverable(vc->gic, irq))
		moves_add(m, irq);
	vgic_irq_disown(irq);
}

/* What its list register had is over, or taken out: queue irq again if it is still wanted. */
static void lr_release(struct vgic_vcpu *vc, struct vgic_irq *irq, uint64_t lr, struct moves *m)
{
	vgic_lr_fold(vc, irq, lr);
	vgic_lr_unbind(vc, irq);
	if (irq->queued)
		vgic_queue_remove(irq);
	if (vgic_irq_wanted(vc, irq)) {
		vgic_queue_insert(vc, irq);
		return;
	}
	leave(vc, irq, m);
}

/* The interrupts that left vc go where they are routed. No vCPU's lock is held. */
static void finish_moves(struct vgic *g, const struct moves *m)
{
	if (likely(!m->count))
		return;
	spin_lock(&g->lock);
	for (unsigned int i = 0; i < m->count; i++)
		vgic_irq_commit(g, m->irq[i], vgic_irq_begin(m->irq[i]));
	spin_unlock(&g->lock);
}

static void set_hcr(struct vgic_vcpu *vc, uint64_t hcr)
{
	if (vc->hcr == hcr)
		return;
	vc->hcr = hcr;
	ich_hcr_write(hcr);
}

/*
 * The guest ended interrupts that were active without a list register: the highest priorities first, as a running
 * guest ends them.
 */
static void take_eoi_count(struct vgic_vcpu *vc, struct moves *m)
{
	uint64_t hcr;
	unsigned int n;

	if (likely(!(vc->hcr & ICH_HCR_LRENPIE)))
		return;
	hcr = ich_hcr_read();
	n = (unsigned int)ICH_HCR_EOICOUNT(hcr);
	list_for_each_safe(l, next, &vc->queue) {
		struct vgic_irq *irq = vgic_queue_entry(l);

		if (!n)
			break;
		if (irq->lr >= 0 || !irq->active)
			continue;
		n--;
		vgic_lr_deactivate(vc, irq);
		if (vgic_irq_wanted(vc, irq))
			continue;
		vgic_queue_remove(irq);
		leave(vc, irq, m);
	}
	vc->hcr = ~UINT64_C(0);
	set_hcr(vc, hcr & (ICH_HCR_EN | ICH_HCR_NPIE | ICH_HCR_LRENPIE));
}

/* Fill free list registers from the queue with those that take() wants, in order of priority; at most max. */
static void fill(struct vgic_vcpu *vc, bool (*take)(const struct vgic_vcpu *, const struct vgic_irq *),
		 unsigned int max)
{
	list_for_each_safe(l, next, &vc->queue) {
		struct vgic_irq *irq = vgic_queue_entry(l);
		uint32_t free = vc->gic->lr_mask & ~vc->lr_used;

		if (!free || !max)
			return;
		if (!take(vc, irq))
			continue;
		vgic_queue_remove(irq);
		vgic_lr_bind(vc, irq, (unsigned int)__builtin_ctz(free));
		max--;
	}
}

/* Can be acknowledged now: not what is pending behind its own active state. */
static bool take_pending(const struct vgic_vcpu *vc, const struct vgic_irq *irq)
{
	return !irq->active && vgic_irq_deliverable(vc->gic, irq) && !vgic_irq_foreign(vc, irq);
}

static bool take_active(const struct vgic_vcpu *vc UNUSED, const struct vgic_irq *irq)
{
	return irq->active;
}

/*
 * More than fits: choose again among all. The best pending one must be there to be taken; then the active ones, so that
 * the guest's EOI finds them; then what else is pending. For what stays out: NPIE says when no pending one is left,
 * LRENPIE when an EOI found no register.
 */
static void choose_all(struct vgic_vcpu *vc, struct moves *m)
{
	uint64_t hcr = ICH_HCR_EN;
	unsigned int count = 0;

	for (uint32_t used = vc->lr_used; used; used &= used - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(used);
		uint64_t lr = vgic_lr_get(vc, i);

		lr_release(vc, vc->lr_irq[i], lr, m);
		vgic_lr_put(vc, i, 0);
	}
	list_for_each(l, &vc->queue)
		count++;
	vc->crowded = count > (unsigned int)__builtin_popcount(vc->gic->lr_mask);
	fill(vc, take_pending, 1);
	fill(vc, take_active, ICH_LR_MAX);
	fill(vc, take_pending, ICH_LR_MAX);
	list_for_each(l, &vc->queue) {
		if (take_pending(vc, vgic_queue_entry(l)))
			hcr |= ICH_HCR_NPIE;
		if (vgic_queue_entry(l)->active)
			hcr |= ICH_HCR_LRENPIE;
	}
	set_hcr(vc, hcr);
}

/* Empty the queue into list registers that are free, and follow its notes. False when something stays in it. */
static bool drain(struct vgic_vcpu *vc, struct moves *m)
{
	while (!list_empty(&vc->queue)) {
		struct vgic_irq *irq = vgic_queue_entry(vc->queue.next);
		int i;

		if (irq->lr >= 0) {
			if (vgic_lr_refresh(vc, irq))
				moves_add(m, irq);
			continue;
		}
		i = vgic_lr_find_free(vc);
		if (i < 0)
			return false;
		vgic_queue_remove(irq);
		vgic_lr_bind(vc, irq, (unsigned int)i);
	}
	return true;
}

static void flush_locked(struct vgic_vcpu *vc, struct moves *m)
{
	take_eoi_count(vc, m);
	if (unlikely(vc->hcr != ICH_HCR_EN) || unlikely(!drain(vc, m)))
		choose_all(vc, m);
	__atomic_store_n(&vc->attention.work, 0, __ATOMIC_RELAXED);
}

void vgic_flush(struct vcpu *v)
{
	struct vgic_vcpu *vc = v->vgic;
	struct moves m;

	m.count = 0;
	spin_lock(&vc->lock);
	flush_locked(vc, &m);
	spin_unlock(&vc->lock);
	finish_moves(vc->gic, &m);
}

/*
 * Empty list registers that owe a maintenance interrupt or that nobody needs: give them back, queueing what
 * is pending again.
 */
static void reap(struct vgic_vcpu *vc, struct moves *m)
{
	for (uint32_t used = vc->lr_used; used; used &= used - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(used);
		uint64_t lr = vgic_lr_get(vc, i);

		if (lr & ICH_LR_STATE)
			continue;
		lr_release(vc, vc->lr_irq[i], lr, m);
		vgic_lr_put(vc, i, 0);
	}
}

void vgic_maintenance(struct vcpu *v)
{
	struct vgic_vcpu *vc = v->vgic;
	struct moves m;

	m.count = 0;
	spin_lock(&vc->lock);
	reap(vc, &m);
	flush_locked(vc, &m);
	spin_unlock(&vc->lock);
	finish_moves(vc->gic, &m);
	/* A level that is still high is pending again. */
	vgic_notify_pending(vc);
}

void vgic_save(struct vcpu *v)
{
	struct vgic_vcpu *vc = v->vgic;
	struct moves m;

	m.count = 0;
	spin_lock(&vc->lock);
	take_eoi_count(vc, &m);
	reap(vc, &m);
	for (uint32_t used = vc->lr_used; used; used &= used - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(used);
		uint64_t lr = ich_lr_read(i);

		v->arch.vgic.lr[i] = lr;
		vc->lr_irq[i]->seen = vgic_lr_state(lr);
		ich_lr_write(i, 0);
	}
	ich_save(&v->arch.vgic);
	ich_hcr_write(0);
	if (vc->hw && vc->hw->inflight)
		host_irq_set_active(vc->hw->intid, false);
	__atomic_store_n(&vc->on, NULL, __ATOMIC_RELAXED);
	/* It may have decided to block before this was found. */
	if (!list_empty(&vc->queue))
		vgic_notify_flush(vc);
	spin_unlock(&vc->lock);
	finish_moves(vc->gic, &m);
}

void vgic_load(struct vcpu *v)
{
	struct vgic_vcpu *vc = v->vgic;

	spin_lock(&vc->lock);
	CHECK(!vc->on);
	__atomic_store_n(&vc->on, this_cpu(), __ATOMIC_RELAXED);
	for (uint32_t used = vc->lr_used; used; used &= used - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(used);

		ich_lr_write(i, v->arch.vgic.lr[i]);
	}
	v->arch.vgic.hcr = (uint32_t)vc->hcr;
	ich_load(&v->arch.vgic);
	ich_hcr_write(vc->hcr);
	if (vc->hw && vc->hw->inflight)
		host_irq_set_active(vc->hw->intid, true);
	spin_unlock(&vc->lock);
}

bool vgic_lr_clear(struct vgic_vcpu *vc)
{
	bool spis = false;

	CHECK(!vc->on);
	while (!list_empty(&vc->queue)) {
		struct vgic_irq *irq = vgic_queue_entry(vc->queue.next);

		vgic_queue_remove(irq);
		if (irq->lr >= 0)
			continue;
		spis |= !irq->home;
		vgic_irq_disown(irq);
	}
	for (uint32_t used = vc->lr_used; used; used &= used - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(used);
		struct vgic_irq *irq = vc->lr_irq[i];

		vgic_lr_fold(vc, irq, vgic_lr_get(vc, i));
		vgic_lr_unbind(vc, irq);
		spis |= !irq->home;
		vgic_irq_disown(irq);
	}
	vc->hcr = ICH_HCR_EN;
	vc->crowded = false;
	vc->attention.work = 0;
	return spis;
}
