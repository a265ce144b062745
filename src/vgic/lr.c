/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The list registers of a vCPU as a cache over what is pending or active for it, and the queue of what found no place (IHI 0069 6.2-6.4, 12.4).
 *
 * State owned: struct vgic_vcpu's queue, lr_irq, lr_used, hcr. Lock: the vCPU's. While the vCPU is loaded only its core reads or writes
 * its list registers; they stay in the hardware across exits, and are looked at only when something has changed.
 */
#include "core/panic.h"
#include "core/sched.h"
#include "plat/plat.h"
#include "vgic/internal.h"

/* No interrupt twice: what the list registers held, and what EOIcount (five bits) can tell. */
#define MOVES_MAX (ICH_LR_MAX + 32)

/* SPIs that left a vCPU and belong elsewhere now: dealt with once its lock is dropped, as they need the distributor's. */
struct moves {
	unsigned int count;
	struct vgic_irq *irq[MOVES_MAX];
};

static void moves_add(struct moves *m, struct vgic_irq *irq)
{
	CHECK(m->count < MOVES_MAX);
	m->irq[m->count++] = irq;
}

static uint64_t lr_get(const struct vgic_vcpu *vc, unsigned int i)
{
	return vc->on ? ich_lr_read(i) : vc->v->arch.vgic.lr[i];
}

static void lr_put(struct vgic_vcpu *vc, unsigned int i, uint64_t lr)
{
	if (vc->on)
		ich_lr_write(i, lr);
	else
		vc->v->arch.vgic.lr[i] = lr;
}

static uint8_t lr_state(uint64_t lr)
{
	return (uint8_t)(lr >> 62);
}

/* Over, and a maintenance interrupt says so (ICH_EISR_EL2). */
static bool lr_owes_eoi(uint64_t lr)
{
	return !(lr & (ICH_LR_STATE | ICH_LR_HW)) && (lr & ICH_LR_EOI);
}

/* --- The queue --- */

static void queue_remove(struct vgic_irq *irq)
{
	list_del(&irq->link);
	irq->queued = false;
}

/* Behind all of its own priority. */
static void queue_insert(struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	struct list *at = &vc->queue;

	while (at->prev != &vc->queue && list_entry(at->prev, struct vgic_irq, link)->prio > irq->prio)
		at = at->prev;
	list_add_tail(at, &irq->link);
	irq->queued = true;
}

static struct vgic_irq *queue_entry(struct list *l)
{
	return list_entry(l, struct vgic_irq, link);
}

/* vc has something new: make sure that it leaves WFI, or the guest, and comes by vgic_flush. */
static void notify_flush(struct vgic_vcpu *vc)
{
	__atomic_store_n(&vc->attention.work, 1, __ATOMIC_RELEASE);
	sched_wake(vc->v);
	sched_kick(vc->v);
}

/* A list register within reach now holds something new. */
static void notify_pending(struct vgic_vcpu *vc)
{
	if (__atomic_load_n(&vc->v->state, __ATOMIC_RELAXED) != VCPU_RUNNING)
		sched_wake(vc->v);
}

/* --- Interrupt <-> list register --- */

/* What the list register says of irq becomes irq's own state. */
static void lr_fold(struct vgic_vcpu *vc, struct vgic_irq *irq, uint64_t lr)
{
	irq->active = lr & ICH_LR_ACTIVE;
	if (irq->inflight && (lr & ICH_LR_HW)) {
		if (!(lr & ICH_LR_STATE))
			irq->inflight = false; /* the guest's deactivation was the physical one */
	} else if ((lr & ICH_LR_PENDING) && irq->lr_latched && !irq->drop_pend) {
		irq->latch = true;
	}
	irq->lr_latched = false;
	irq->drop_pend = false;

	if (irq->note == NOTE_SET) {
		irq->active = true;
	} else if (irq->note == NOTE_CLEAR && irq->active) {
		irq->active = false;
		if (irq->inflight) {
			irq->inflight = false;
			if (vc->on)
				host_irq_set_active(irq->intid, false);
		}
	}
	irq->note = NOTE_NONE;
}

/*
 * The list register for irq, which is wanted. A latched pending state moves into it. The EOI bit asks for a maintenance interrupt at deactivation: when
 * it will be pending again then (level still high), here or elsewhere.
 */
static uint64_t lr_build(const struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	uint64_t lr = irq->intid | ICH_LR_PRIO(irq->prio);

	if (irq->group1)
		lr |= ICH_LR_GROUP1;
	if (irq->inflight)
		return lr | ICH_LR_HW | ICH_LR_PINTID(irq->intid) |
		       (irq->active ? ICH_LR_ACTIVE : ICH_LR_PENDING);
	if (irq->active)
		lr |= ICH_LR_ACTIVE;
	if (vgic_irq_deliverable(vc->gic, irq) && !vgic_irq_foreign(vc, irq)) {
		lr |= ICH_LR_PENDING;
		irq->lr_latched = irq->latch;
		irq->latch = false;
	}
	if (vgic_irq_raised(irq))
		lr |= ICH_LR_EOI;
	return lr;
}

static void lr_bind(struct vgic_vcpu *vc, struct vgic_irq *irq, unsigned int i)
{
	uint64_t lr = lr_build(vc, irq);

	lr_put(vc, i, lr);
	irq->seen = lr_state(lr);
	irq->lr = (int8_t)i;
	vc->lr_irq[i] = irq;
	vc->lr_used |= (uint32_t)BIT(i);
}

static void lr_unbind(struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	vc->lr_used &= ~(uint32_t)BIT(irq->lr);
	vc->lr_irq[irq->lr] = NULL;
	irq->lr = -1;
}

/*
 * Bring irq's list register, within reach, in line with irq. True when it left vc although it is deliverable: to another vCPU, by the caller.
 */
static bool lr_refresh(struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	unsigned int i = (unsigned int)irq->lr;
	uint64_t old = lr_get(vc, i), lr;

	if (irq->queued)
		queue_remove(irq);
	lr_fold(vc, irq, old);
	if (vgic_irq_wanted(vc, irq)) {
		lr = lr_build(vc, irq);
		if (lr != old)
			lr_put(vc, i, lr);
		irq->seen = lr_state(lr);
		if (lr & ~old & ICH_LR_PENDING)
			notify_pending(vc);
		return false;
	}
	if (old)
		lr_put(vc, i, 0);
	lr_unbind(vc, irq);
	vgic_irq_disown(irq);
	return !irq->home && vgic_irq_deliverable(vc->gic, irq);
}

/* What its list register had is over, or taken out: queue irq again if it is still wanted. */
static void lr_release(struct vgic_vcpu *vc, struct vgic_irq *irq, uint64_t lr, struct moves *m)
{
	lr_fold(vc, irq, lr);
	lr_unbind(vc, irq);
	if (irq->queued)
		queue_remove(irq);
	if (vgic_irq_wanted(vc, irq)) {
		queue_insert(vc, irq);
		return;
	}
	vgic_irq_disown(irq);
	if (!irq->home && vgic_irq_deliverable(vc->gic, irq))
		moves_add(m, irq);
}

/* A list register for one more, -1 when there is none. vc is loaded here. */
static int lr_find_free(struct vgic_vcpu *vc)
{
	uint32_t free = vc->gic->lr_mask & ~vc->lr_used;

	if (likely(free))
		return __builtin_ctz(free);
	free = ich_empty_lrs() & vc->lr_used;
	while (free) {
		int i = __builtin_ctz(free);
		struct vgic_irq *irq = vc->lr_irq[i];

		free &= free - 1;
		if (irq->queued)
			continue;
		lr_fold(vc, irq, ich_lr_read((unsigned int)i));
		/* Only one that has nothing more to say; the others are for vgic_flush. */
		if (vgic_irq_raised(irq))
			continue;
		lr_unbind(vc, irq);
		vgic_irq_disown(irq);
		return i;
	}
	return -1;
}

/* irq is wanted and has neither list register nor place in the queue. */
static void lr_place(struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	int i;

	/* As long as something waits, the choice among all is vgic_flush's. */
	if (vc->on == this_cpu() && list_empty(&vc->queue)) {
		i = lr_find_free(vc);
		if (i >= 0) {
			lr_bind(vc, irq, (unsigned int)i);
			notify_pending(vc);
			return;
		}
	}
	queue_insert(vc, irq);
	notify_flush(vc);
}

void vgic_lr_settle(struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	bool wanted;

	if (irq->lr >= 0) {
		if (vgic_vcpu_here(vc)) {
			/* When it has to move, our caller, who has the distributor's lock, sees to it. */
			(void)lr_refresh(vc, irq);
			return;
		}
		vgic_lr_ask(vc, irq);
		return;
	}
	wanted = vgic_irq_wanted(vc, irq);
	if (irq->queued)
		queue_remove(irq);
	if (wanted)
		lr_place(vc, irq);
	else
		vgic_irq_disown(irq);
}

void vgic_lr_ask(struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	if (!irq->queued)
		queue_insert(vc, irq);
	notify_flush(vc);
}

uint64_t vgic_lr_peek(const struct vgic_vcpu *vc, const struct vgic_irq *irq)
{
	if (vgic_vcpu_here(vc))
		return lr_get(vc, (unsigned int)irq->lr) & ICH_LR_STATE;
	return (uint64_t)irq->seen << 62;
}

/* --- The vCPU's own core: flush, maintenance, switch --- */

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

/* The guest ended interrupts that were active without a list register: the highest priorities first, as a running guest ends them. */
static void take_eoi_count(struct vgic_vcpu *vc, struct moves *m)
{
	uint64_t hcr;
	unsigned int n;

	if (likely(!(vc->hcr & ICH_HCR_LRENPIE)))
		return;
	hcr = ich_hcr_read();
	n = (unsigned int)ICH_HCR_EOICOUNT(hcr);
	list_for_each_safe(l, next, &vc->queue) {
		struct vgic_irq *irq = queue_entry(l);

		if (!n)
			break;
		if (irq->lr >= 0 || !irq->active)
			continue;
		n--;
		irq->active = false;
		if (vgic_irq_wanted(vc, irq))
			continue;
		queue_remove(irq);
		vgic_irq_disown(irq);
		if (!irq->home && vgic_irq_deliverable(vc->gic, irq))
			moves_add(m, irq);
	}
	vc->hcr = ~UINT64_C(0);
	set_hcr(vc, hcr & (ICH_HCR_EN | ICH_HCR_NPIE | ICH_HCR_LRENPIE));
}

/* Fill free list registers from the queue with those that take() wants, in order of priority; at most max. */
static void fill(struct vgic_vcpu *vc, bool (*take)(const struct vgic_vcpu *, const struct vgic_irq *),
		 unsigned int max)
{
	list_for_each_safe(l, next, &vc->queue) {
		struct vgic_irq *irq = queue_entry(l);
		uint32_t free = vc->gic->lr_mask & ~vc->lr_used;

		if (!free || !max)
			return;
		if (!take(vc, irq))
			continue;
		queue_remove(irq);
		lr_bind(vc, irq, (unsigned int)__builtin_ctz(free));
		max--;
	}
}

static bool take_pending(const struct vgic_vcpu *vc, const struct vgic_irq *irq)
{
	return vgic_irq_deliverable(vc->gic, irq) && !vgic_irq_foreign(vc, irq);
}

static bool take_active(const struct vgic_vcpu *vc UNUSED, const struct vgic_irq *irq)
{
	return irq->active;
}

/*
 * More than fits: choose again among all. The best pending one must be there to be taken; then the active ones, so that the guest's EOI finds
 * them; then what else is pending. For what stays out: NPIE says when no pending one is left, LRENPIE when an EOI found no register.
 */
static void choose_all(struct vgic_vcpu *vc, struct moves *m)
{
	uint64_t hcr = ICH_HCR_EN;

	for (uint32_t used = vc->lr_used; used; used &= used - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(used);
		uint64_t lr = lr_get(vc, i);

		lr_release(vc, vc->lr_irq[i], lr, m);
		lr_put(vc, i, 0);
	}
	fill(vc, take_pending, 1);
	fill(vc, take_active, ICH_LR_MAX);
	fill(vc, take_pending, ICH_LR_MAX);
	list_for_each(l, &vc->queue) {
		if (take_pending(vc, queue_entry(l)))
			hcr |= ICH_HCR_NPIE;
		if (queue_entry(l)->active)
			hcr |= ICH_HCR_LRENPIE;
	}
	set_hcr(vc, hcr);
}

/* Empty the queue into list registers that are free, and follow its notes. False when something stays in it. */
static bool drain(struct vgic_vcpu *vc, struct moves *m)
{
	while (!list_empty(&vc->queue)) {
		struct vgic_irq *irq = queue_entry(vc->queue.next);
		int i;

		if (irq->lr >= 0) {
			if (lr_refresh(vc, irq))
				moves_add(m, irq);
			continue;
		}
		i = lr_find_free(vc);
		if (i < 0)
			return false;
		queue_remove(irq);
		lr_bind(vc, irq, (unsigned int)i);
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

/* Empty list registers that owe a maintenance interrupt or that nobody needs: give them back, queueing what is pending again. */
static void reap(struct vgic_vcpu *vc, struct moves *m)
{
	for (uint32_t used = vc->lr_used; used; used &= used - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(used);
		uint64_t lr = lr_get(vc, i);

		if (lr & ICH_LR_STATE)
			continue;
		lr_release(vc, vc->lr_irq[i], lr, m);
		lr_put(vc, i, 0);
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
	notify_pending(vc);
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
		vc->lr_irq[i]->seen = lr_state(lr);
		ich_lr_write(i, 0);
	}
	ich_save(&v->arch.vgic);
	ich_hcr_write(0);
	if (vc->hw && vc->hw->inflight)
		host_irq_set_active(vc->hw->intid, false);
	vc->on = NULL;
	/* It may have decided to block before this was found. */
	if (!list_empty(&vc->queue))
		notify_flush(vc);
	spin_unlock(&vc->lock);
	finish_moves(vc->gic, &m);
}

void vgic_load(struct vcpu *v)
{
	struct vgic_vcpu *vc = v->vgic;

	spin_lock(&vc->lock);
	CHECK(!vc->on);
	vc->on = this_cpu();
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
		struct vgic_irq *irq = queue_entry(vc->queue.next);

		queue_remove(irq);
		if (irq->lr >= 0)
			continue;
		spis |= !irq->home;
		vgic_irq_disown(irq);
	}
	for (uint32_t used = vc->lr_used; used; used &= used - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(used);
		struct vgic_irq *irq = vc->lr_irq[i];

		lr_fold(vc, irq, lr_get(vc, i));
		lr_unbind(vc, irq);
		spis |= !irq->home;
		vgic_irq_disown(irq);
	}
	vc->hcr = ICH_HCR_EN;
	vc->attention.work = 0;
	return spis;
}

/* --- What others ask --- */

bool vgic_irq_pending(const struct vcpu *v)
{
	const struct vgic_vcpu *vc = v->vgic;

	if (vgic_needs_flush(v))
		return true;
	if (!vgic_vcpu_here(vc))
		return false;
	for (uint32_t used = vc->lr_used; used; used &= used - 1) {
		uint64_t lr = lr_get(vc, (unsigned int)__builtin_ctz(used));

		/* Or a maintenance interrupt is due that will make it so. */
		if ((lr & ICH_LR_PENDING) || lr_owes_eoi(lr))
			return true;
	}
	return false;
}

/* May irq's list register get its pending bit as it is, without the whole of lr_refresh? */
static bool lr_simple(const struct vgic_vcpu *vc, const struct vgic_irq *irq)
{
	uint32_t ctlr = __atomic_load_n(&vc->gic->ctlr, __ATOMIC_RELAXED);

	return irq->lr >= 0 && !irq->queued && irq->enabled &&
	       (ctlr & (irq->group1 ? GICD_CTLR_GRP1 : GICD_CTLR_GRP0)) && vc->on == this_cpu();
}

void vgic_lr_raise(struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	unsigned int i = (unsigned int)irq->lr;

	if (likely(lr_simple(vc, irq))) {
		/* All but the state is up to date: who changes its configuration refreshes it. */
		ich_lr_write(i, ich_lr_read(i) | ICH_LR_PENDING);
		irq->lr_latched = true;
		notify_pending(vc);
		return;
	}
	irq->latch = true;
	vgic_lr_settle(vc, irq);
}

void vgic_set_hw_ppi(struct vcpu *v, unsigned int intid)
{
	struct vgic_vcpu *vc = v->vgic;
	struct vgic_irq *irq = &vc->priv[intid];
	uint64_t lr;

	CHECK(intid >= VGIC_SGIS && intid < VGIC_PRIVATE && vc->on == this_cpu());
	spin_lock(&vc->lock);
	vc->hw = irq;
	if (irq->lr >= 0) {
		lr = ich_lr_read((unsigned int)irq->lr);
		if (likely((lr & ICH_LR_HW) && !(lr & ICH_LR_STATE) && lr_simple(vc, irq))) {
			irq->inflight = true;
			irq->active = false;
			ich_lr_write((unsigned int)irq->lr, lr | ICH_LR_PENDING);
			notify_pending(vc);
			spin_unlock(&vc->lock);
			return;
		}
		lr_fold(vc, irq, lr);
		lr_put(vc, (unsigned int)irq->lr, 0);
		lr_unbind(vc, irq);
	}
	irq->inflight = true;
	irq->latch = false;
	vgic_lr_settle(vc, irq);
	spin_unlock(&vc->lock);
}

bool vgic_hw_ppi_busy(struct vcpu *v)
{
	struct vgic_vcpu *vc = v->vgic;
	const struct vgic_irq *irq = vc->hw;
	bool busy;

	if (!irq)
		return false;
	spin_lock(&vc->lock);
	busy = irq->inflight && (irq->lr < 0 || vgic_lr_peek(vc, irq));
	spin_unlock(&vc->lock);
	return busy;
}
