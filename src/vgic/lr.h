/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A vCPU's queue and list registers, one at a time: what lr.c has for flush.c. Private to src/vgic. All under the
 * vCPU's lock, and with its list registers within reach (vgic_vcpu_here).
 */
#ifndef VGIC_LR_H
#define VGIC_LR_H

#include "vgic/internal.h"

static inline uint64_t vgic_lr_get(const struct vgic_vcpu *vc, unsigned int i)
{
	return vc->on ? ich_lr_read(i) : vc->v->arch.vgic.lr[i];
}

static inline void vgic_lr_put(struct vgic_vcpu *vc, unsigned int i, uint64_t lr)
{
	if (vc->on)
		ich_lr_write(i, lr);
	else
		vc->v->arch.vgic.lr[i] = lr;
}

static inline uint8_t vgic_lr_state(uint64_t lr)
{
	return (uint8_t)(lr >> 62);
}

/* --- The queue: by priority, then by age --- */

static inline void vgic_queue_remove(struct vgic_irq *irq)
{
	list_del(&irq->link);
	irq->queued = false;
}

/* Behind all of its own priority. */
static inline void vgic_queue_insert(struct vgic_vcpu *vc, struct vgic_irq *irq)
{
	struct list *at = &vc->queue;

	while (at->prev != &vc->queue && list_entry(at->prev, struct vgic_irq, link)->prio > irq->prio)
		at = at->prev;
	list_add_tail(at, &irq->link);
	irq->queued = true;
}

static inline struct vgic_irq *vgic_queue_entry(struct list *l)
{
	return list_entry(l, struct vgic_irq, link);
}

/* vc has something new: make sure that it leaves WFI, or the guest, and comes by vgic_flush. */
void vgic_notify_flush(struct vgic_vcpu *vc);
/* A list register within reach now holds something new. */
void vgic_notify_pending(struct vgic_vcpu *vc);

/* What the list register says of irq becomes irq's own state. */
void vgic_lr_fold(struct vgic_vcpu *vc, struct vgic_irq *irq, uint64_t lr);
/* irq, which is wanted and in no queue, gets the free list register i / gives its own back, whatever it holds. */
void vgic_lr_bind(struct vgic_vcpu *vc, struct vgic_irq *irq, unsigned int i);
void vgic_lr_unbind(struct vgic_vcpu *vc, struct vgic_irq *irq);
/*
 * Bring irq's list register in line with irq. True when it left vc although it is deliverable: to another vCPU,
 * by the caller.
 */
bool vgic_lr_refresh(struct vgic_vcpu *vc, struct vgic_irq *irq);
/* A list register for one more, -1 when there is none. vc is loaded here. */
int vgic_lr_find_free(struct vgic_vcpu *vc);

#endif
