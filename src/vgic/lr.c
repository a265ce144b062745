/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The list registers of a vCPU as a cache over what is pending or active for it, and the queue of what found no place
 * (IHI 0069 6.2-6.4, 12.4).
 *
 * State owned: struct vgic_vcpu's queue, lr_irq, lr_used, hcr. Lock: the vCPU's. While the vCPU is loaded only its
 * core reads or writes its list registers; they stay in the hardware across exits, and are looked at only when
 * something has changed.
 */
#include "vgic/lr.h"

#include "core/panic.h"
#include "core/sched.h"
#include "plat/plat.h"

/* Over, and a maintenance interrupt says so (ICH_EISR_EL2). */
static bool lr_owes_eoi(uint64_t lr)
{
	return !(lr & (ICH_LR_STATE | ICH_LR_HW)) && (lr & ICH_LR_EOI);
}

void vgic_notify_flush(struct vgic_vcpu *vc)
{
	__atomic_store_n(&vc->attention.work, 1, __ATOMIC_RELEASE);
	/*
	 * Pairs with the fences in sched_block and sched_next. Who is woken, by us or another, looks at what is new
	 * before it enters.
	 */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&vc->v->state, __ATOMIC_RELAXED) == VCPU_BLOCKED)
		sched_wake(vc->v);
	else
		sched_kick(vc->v);
}

void vgic_notify_pending(struct vgic_vcpu *vc)
{
	if (__atomic_load_n(&vc->v->state, __ATOMIC_RELAXED) != VCPU_RUNNING)
		sched_wake(vc->v);
}

/* --- Interrupt <-> list register --- */

void vgic_lr_deactivate(struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	/* Out of reach, the physical one stays active: pending again, as its level is likely to be. */
	if (irq->active && irq->inflight && vgic_vcpu_here(vc)) {
		irq->inflight = false;
		if (vc->on)
			host_irq_set_active(irq->intid, false);
	}
	irq->active = false;
}

static inline __attribute__((always_inline)) void lr_fold(struct vgic_vcpu *vc, struct vgic_irq *irq, uint64_t lr)
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

	if (irq->note == NOTE_SET)
		irq->active = true;
	else if (irq->note == NOTE_CLEAR)
		vgic_lr_deactivate(vc, irq);
	irq->note = NOTE_NONE;
}

void vgic_lr_fold(struct vgic_vcpu *vc, struct vgic_irq *irq, uint64_t lr)
{
	lr_fold(vc, irq, lr);
}

/*
 * The list register for irq, which is wanted. A latched pending state moves into it. The EOI bit asks for a maintenance
 * interrupt at deactivation: when it will be pending again then (level still high), here or elsewhere.
 */
static inline __attribute__((always_inline)) uint64_t lr_build(const struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	uint64_t lr = irq->intid | ICH_LR_PRIO(irq->prio);
	bool enabled = vgic_irq_enabled(vc->gic, irq);

	if (irq->group1)
		lr |= ICH_LR_GROUP1;
	irq->direct = irq->home && !vc->crowded && enabled;
	if (irq->inflight)
		return lr | ICH_LR_HW | ICH_LR_PINTID(irq->intid) | (irq->active ? ICH_LR_ACTIVE : ICH_LR_PENDING);
	if (irq->active)
		lr |= ICH_LR_ACTIVE;
	/* While others wait it must not become pending behind our back, before one with a higher priority. */
	if (enabled && vgic_irq_raised(irq) && !vgic_irq_foreign(vc, irq) && !(irq->active && vc->crowded)) {
		lr |= ICH_LR_PENDING;
		irq->lr_latched = irq->latch;
		irq->latch = false;
	}
	if (vgic_irq_raised(irq))
		lr |= ICH_LR_EOI;
	return lr;
}

void vgic_lr_bind(struct vgic_vcpu *vc, struct vgic_irq *irq, unsigned int i)
{
	uint64_t lr = lr_build(vc, irq);

	trace_list(vc->v, irq->intid, i, lr & ICH_LR_PENDING);
	vgic_lr_put(vc, i, lr);
	irq->seen = vgic_lr_state(lr);
	irq->lr = (int8_t)i;
	vc->lr_irq[i] = irq;
	vc->lr_used |= (uint32_t)BIT(i);
}

void vgic_lr_unbind(struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	vc->lr_used &= ~(uint32_t)BIT(irq->lr);
	vc->lr_irq[irq->lr] = NULL;
	irq->lr = -1;
	irq->direct = false;
}

bool vgic_lr_refresh(struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	unsigned int i = (unsigned int)irq->lr;
	uint64_t old = vgic_lr_get(vc, i), lr;
	bool moves;

	if (irq->queued)
		vgic_queue_remove(irq);
	lr_fold(vc, irq, old);
	if (vgic_irq_wanted(vc, irq)) {
		lr = lr_build(vc, irq);
		trace_list(vc->v, irq->intid, i, lr & ICH_LR_PENDING);
		if (lr != old)
			vgic_lr_put(vc, i, lr);
		irq->seen = vgic_lr_state(lr);
		if (lr & ~old & ICH_LR_PENDING)
			vgic_notify_pending(vc);
		return false;
	}
	if (old)
		vgic_lr_put(vc, i, 0);
	vgic_lr_unbind(vc, irq);
	/* Once disowned, it is not ours to look at. */
	moves = !irq->home && vgic_irq_deliverable(vc->gic, irq);
	vgic_irq_disown(irq);
	return moves;
}

int vgic_lr_find_free(struct vgic_vcpu *vc)
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
		vgic_lr_fold(vc, irq, ich_lr_read((unsigned int)i));
		/* Only one that has nothing more to say; the others are for vgic_flush. */
		if (vgic_irq_raised(irq))
			continue;
		vgic_lr_unbind(vc, irq);
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
		i = vgic_lr_find_free(vc);
		if (i >= 0) {
			vgic_lr_bind(vc, irq, (unsigned int)i);
			vgic_notify_pending(vc);
			return;
		}
	}
	vgic_queue_insert(vc, irq);
	vgic_notify_flush(vc);
}

void vgic_lr_settle(struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	bool wanted;

	if (irq->lr >= 0) {
		if (vgic_vcpu_here(vc)) {
			/* When it has to move, our caller, who has the distributor's lock, sees to it. */
			(void)vgic_lr_refresh(vc, irq);
			/* It may have a better or worse claim now than one that waits. */
			if (unlikely(!list_empty(&vc->queue)))
				vgic_notify_flush(vc);
			return;
		}
		vgic_lr_ask(vc, irq);
		return;
	}
	wanted = vgic_irq_wanted(vc, irq);
	if (irq->queued) {
		vgic_queue_remove(irq);
		if (list_empty(&vc->queue))
			__atomic_store_n(&vc->attention.work, 0, __ATOMIC_RELAXED);
	}
	if (wanted)
		lr_place(vc, irq);
	else
		vgic_irq_disown(irq);
}

void vgic_lr_ask(struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	if (!irq->queued)
		vgic_queue_insert(vc, irq);
	vgic_notify_flush(vc);
}

uint64_t vgic_lr_peek(const struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	if (vgic_vcpu_here(vc))
		irq->seen = vgic_lr_state(vgic_lr_get(vc, (unsigned int)irq->lr));
	return (uint64_t)irq->seen << 62;
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
		uint64_t lr = vgic_lr_get(vc, (unsigned int)__builtin_ctz(used));

		/* Or a maintenance interrupt is due that will make it so. */
		if ((lr & ICH_LR_PENDING) || lr_owes_eoi(lr))
			return true;
	}
	return false;
}

/* The timer fires while the list register of its last time is still its own and empty: all but the state is right. */
static bool hw_again(struct vgic_irq *irq)
{
	uint64_t lr;

	if (!irq->direct)
		return false;
	lr = ich_lr_read((unsigned int)irq->lr);
	if ((lr & ICH_LR_STATE) || !(lr & ICH_LR_HW))
		return false;
	__atomic_store_n(&irq->inflight, true, __ATOMIC_RELAXED);
	irq->active = false;
	trace_list(irq->home->v, irq->intid, (uint64_t)irq->lr, true);
	ich_lr_write((unsigned int)irq->lr, lr | ICH_LR_PENDING);
	return true;
}

/* Any other state of it. Out of line, as the short way is taken at each tick. */
static __attribute__((noinline)) void hw_first(struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	spin_lock(&vc->lock);
	vc->hw = irq;
	if (irq->lr >= 0) {
		vgic_lr_fold(vc, irq, ich_lr_read((unsigned int)irq->lr));
		vgic_lr_put(vc, (unsigned int)irq->lr, 0);
		vgic_lr_unbind(vc, irq);
	}
	irq->inflight = true;
	irq->latch = false;
	vgic_lr_settle(vc, irq);
	spin_unlock(&vc->lock);
}

void vgic_set_hw_ppi(struct vcpu *v, unsigned int intid)
{
	struct vgic_vcpu *vc = v->vgic;
	struct vgic_irq *irq = &vc->priv[intid];

	CHECK(intid >= VGIC_SGIS && intid < VGIC_PRIVATE && vc->on == this_cpu());
	if (likely(hw_again(irq)))
		vgic_notify_pending(vc);
	else
		hw_first(vc, irq);
}

bool vgic_hw_ppi_busy(struct vcpu *v)
{
	struct vgic_vcpu *vc = v->vgic;
	struct vgic_irq *irq = vc->hw;
	bool busy;

	if (!irq)
		return false;
	spin_lock(&vc->lock);
	busy = irq->inflight && (irq->lr < 0 || vgic_lr_peek(vc, irq));
	spin_unlock(&vc->lock);
	return busy;
}
