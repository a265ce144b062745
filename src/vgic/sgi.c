/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SGIs: ICC_SGI1R_EL1, ICC_ASGI1R_EL1, ICC_SGI0R_EL1 written by a vCPU (IHI 0069 12.2.14 and following).
 *
 * State owned: none. Lock: each target's, one after the other.
 */
#include "vgic/internal.h"

static void sgi_raise(struct vgic_vcpu *vc, unsigned int intid, unsigned int group)
{
	struct vgic_irq *irq = &vc->priv[intid];

	spin_lock(&vc->lock);
	/* With one security state SGI1R reaches either group, SGI0R and ASGI1R only group 0. */
	if (group == 1 || !irq->group1)
		vgic_lr_raise(vc, irq);
	spin_unlock(&vc->lock);
}

static void sgi_all_but(const struct vcpu *self, unsigned int intid, unsigned int group)
{
	const struct partition *p = self->part;

	for (unsigned int i = 0; i < p->nr_vcpus; i++) {
		if (p->vcpu[i] != self)
			sgi_raise(p->vcpu[i]->vgic, intid, group);
	}
}

void vgic_sgi(struct vcpu *v, uint64_t sgir, unsigned int group)
{
	const struct partition *p = v->part;
	unsigned int intid = (unsigned int)BITS(sgir, 27, 24);
	unsigned int first = (unsigned int)BITS(sgir, 23, 16) * 16; /* Aff1 */

	if (unlikely(sgir & BIT(40))) { /* IRM */
		sgi_all_but(v, intid, group);
		return;
	}
	/* No vCPU has Aff3, Aff2, or an Aff0 above 15 (RS). */
	if (unlikely(sgir & (MASK(55, 44) | MASK(39, 32))))
		return;
	for (unsigned int list = (unsigned int)sgir & 0xffff; list; list &= list - 1) {
		unsigned int i = first + (unsigned int)__builtin_ctz(list);

		if (i < p->nr_vcpus)
			sgi_raise(p->vcpu[i]->vgic, intid, group);
	}
}
