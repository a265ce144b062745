/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SGIs: ICC_SGI1R_EL1, ICC_ASGI1R_EL1, ICC_SGI0R_EL1 written by a vCPU (IHI 0069 12.2.14 and following).
 *
 * State owned: none. Lock: each target's, one after the other.
 */
#include "vgic/internal.h"

static __attribute__((noinline)) void sgi_raise(struct vgic_vcpu *vc, unsigned int intid, unsigned int group)
{
	struct vgic_irq *irq = &vc->priv[intid];

	spin_lock(&vc->lock);
	/* With one security state SGI1R reaches either group, SGI0R and ASGI1R only group 0. */
	if (group == 1 || !irq->group1) {
		irq->latch = true;
		trace_pend(vc->v, intid, 0);
		vgic_lr_settle(vc, irq);
	}
	spin_unlock(&vc->lock);
}

static COLD void sgi_all_but(const struct vcpu *self, unsigned int intid, unsigned int group)
{
	const struct partition *p = self->part;

	for (unsigned int i = 0; i < p->nr_vcpus; i++) {
		if (p->vcpu[i] != self)
			sgi_raise(p->vcpu[i]->vgic, intid, group);
	}
}

/* To those of 16 vCPUs from first on that list has a bit for. */
static COLD void sgi_send_list(const struct partition *p, unsigned int first, unsigned int list, unsigned int intid,
			       unsigned int group)
{
	for (; list; list &= list - 1) {
		unsigned int i = first + (unsigned int)__builtin_ctz(list);

		if (i < p->nr_vcpus)
			sgi_raise(p->vcpu[i]->vgic, intid, group);
	}
}

/* Out of line: the short way in vgic_sgi saves no registers then. */
static __attribute__((noinline)) void sgi_send(struct vcpu *v, uint64_t sgir, unsigned int intid, unsigned int group)
{
	const struct partition *p = v->part;
	unsigned int first = (unsigned int)BITS(sgir, 23, 16) * 16; /* Aff1 */
	unsigned int list = (unsigned int)sgir & 0xffff;

	if (unlikely(sgir & BIT(40))) { /* IRM */
		sgi_all_but(v, intid, group);
		return;
	}
	/* No vCPU has Aff3, Aff2, or an Aff0 above 15 (RS). */
	if (unlikely((sgir & (MASK(55, 44) | MASK(39, 32))) || !list))
		return;
	if (unlikely(list & (list - 1))) {
		sgi_send_list(p, first, list, intid, group);
		return;
	}
	first += (unsigned int)__builtin_ctz(list);
	if (likely(first < p->nr_vcpus))
		sgi_raise(p->vcpu[first]->vgic, intid, group);
}

/* To itself, and the list register of the last time is at hand. */
static bool sgi_self_again(struct vgic_irq *irq)
{
	unsigned int i;

	if (!irq->direct)
		return false;
	i = (unsigned int)irq->lr;
	trace_pend(irq->home->v, irq->intid, 0);
	trace_list(irq->home->v, irq->intid, i, true);
	ich_lr_write(i, ich_lr_read(i) | ICH_LR_PENDING);
	irq->lr_latched = true;
	return true;
}

void vgic_sgi(struct vcpu *v, uint64_t sgir, unsigned int group)
{
	struct vgic_vcpu *vc = v->vgic;
	unsigned int intid = (unsigned int)BITS(sgir, 27, 24);

	if (likely(group == 1) && (sgir & ~MASK(27, 24)) == vc->sgi_self && sgi_self_again(&vc->priv[intid]))
		return;
	sgi_send(v, sgir, intid, group);
}
