/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Register frames as tables, and what the distributor's and the redistributors' registers do to interrupts
 * (IHI 0069 12.8-12.11).
 *
 * State owned: none of its own. Locks: see each function and internal.h.
 */
#include "vgic/regs.h"
#include "core/panic.h"

/* --- Bits --- */

/* vc: irq's owner, whose lock is held; settled by the caller. */
static inline void op_apply(struct vgic_irq *irq, struct vgic_vcpu *vc, enum vgic_op op, bool bit)
{
	if (op == OP_SET_ENABLE || op == OP_CLEAR_ENABLE) { /* by far the most frequent */
		irq->enabled = op == OP_SET_ENABLE;
		return;
	}
	switch (op) {
	case OP_SET_PENDING:
		/* A hardware-linked one in flight is pending, or active with its level high. */
		irq->latch = irq->latch || !__atomic_load_n(&irq->inflight, __ATOMIC_RELAXED);
		break;
	case OP_CLEAR_PENDING:
		irq->latch = false;
		irq->drop_pend = irq->lr >= 0;
		break;
	case OP_SET_ACTIVE:
		if (irq->lr >= 0)
			irq->note = NOTE_SET;
		else
			irq->active = true;
		break;
	case OP_CLEAR_ACTIVE:
		if (irq->lr >= 0)
			irq->note = NOTE_CLEAR;
		else if (vc)
			vgic_lr_deactivate(vc, irq);
		else
			irq->active = false;
		break;
	case OP_GROUP:
		irq->group1 = bit;
		break;
	case OP_SET_ENABLE: /* enables_write() */
	case OP_CLEAR_ENABLE:
	case OP_COUNT:
		break;
	}
}

static bool irq_in_lr(struct vgic_irq *irq, struct vgic_vcpu *vc, uint64_t *state)
{
	if (!vc || irq->lr < 0)
		return false;
	*state = vgic_lr_peek(vc, irq);
	if (!vgic_vcpu_here(vc))
		vgic_lr_ask(vc, irq);
	return true;
}

static bool read_pending(struct vgic_irq *irq, struct vgic_vcpu *vc)
{
	uint64_t state;

	if (irq->latch || (irq->line && !irq->edge))
		return true;
	if (irq_in_lr(irq, vc, &state))
		return (state & ICH_LR_PENDING) && !irq->drop_pend;
	return irq->inflight && !irq->active;
}

static bool read_active(struct vgic_irq *irq, struct vgic_vcpu *vc)
{
	uint64_t state;

	if (irq_in_lr(irq, vc, &state))
		return irq->note == NOTE_NONE ? !!(state & ICH_LR_ACTIVE) : irq->note == NOTE_SET;
	return irq->active;
}

static bool op_read(struct vgic_irq *irq, enum vgic_op op)
{
	struct vgic_vcpu *vc;
	bool bit;

	if (op == OP_SET_ENABLE || op == OP_CLEAR_ENABLE)
		return irq->enabled;
	if (op == OP_GROUP)
		return irq->group1;
	vc = vgic_irq_begin(irq);
	if (op == OP_SET_PENDING || op == OP_CLEAR_PENDING)
		bit = read_pending(irq, vc);
	else
		bit = read_active(irq, vc);
	if (vc)
		spin_unlock(&vc->lock);
	return bit;
}

/* 32 interrupts from base on, a multiple of 32; there are all of them or none, since nr_spis is one, too. */
static inline struct vgic_irq *irqs_from(struct vgic *g, struct vgic_vcpu *vc, unsigned int base)
{
	if (base < VGIC_PRIVATE)
		return vc->priv;
	return likely(base - VGIC_PRIVATE < g->nr_spis) ? &g->spi[base - VGIC_PRIVATE] : NULL;
}

uint32_t vgic_bits_read(struct vgic *g, struct vgic_vcpu *vc, unsigned int base, enum vgic_op op)
{
	struct vgic_irq *irqs = irqs_from(g, vc, base);
	uint32_t bits = 0;

	for (unsigned int i = 0; irqs && i < 32; i++) {
		if (op_read(&irqs[i], op))
			bits |= (uint32_t)BIT(i);
	}
	return bits;
}

/* By far the most frequent, so with little to keep. */
static void enables_write(struct vgic *g, struct vgic_irq *irqs, uint32_t bits, bool enabled)
{
	for (; bits; bits &= bits - 1) {
		struct vgic_irq *irq = &irqs[(unsigned int)__builtin_ctz(bits)];
		struct vgic_vcpu *owner = vgic_irq_begin(irq);

		irq->enabled = enabled;
		vgic_irq_commit(g, irq, owner);
	}
}

void vgic_bits_write(struct vgic *g, struct vgic_vcpu *vc, unsigned int base, enum vgic_op op, uint32_t bits)
{
	struct vgic_irq *irqs = irqs_from(g, vc, base);
	uint32_t todo = bits;

	if (unlikely(!irqs))
		return;
	if (op == OP_SET_ENABLE || op == OP_CLEAR_ENABLE) {
		enables_write(g, irqs, bits, op == OP_SET_ENABLE);
		return;
	}
	if (op == OP_GROUP)
		todo = bits ^ vgic_bits_read(g, vc, base, op);
	for (; todo; todo &= todo - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(todo);
		struct vgic_irq *irq = &irqs[i];
		struct vgic_vcpu *owner = vgic_irq_begin(irq);

		op_apply(irq, owner, op, bits & BIT(i));
		if (op == OP_SET_PENDING)
			vgic_trace_pend(g, irq);
		vgic_irq_commit(g, irq, owner);
	}
}

/* --- Priorities and trigger modes --- */

uint32_t vgic_prio_read(struct vgic *g, struct vgic_vcpu *vc, unsigned int base, unsigned int size)
{
	uint32_t value = 0;

	for (unsigned int i = 0; i < size; i++) {
		struct vgic_irq *irq = vgic_irq_get(g, vc, base + i);

		if (irq)
			value |= (uint32_t)irq->prio << (8 * i);
	}
	return value;
}

void vgic_prio_write(struct vgic *g, struct vgic_vcpu *vc, unsigned int base, unsigned int size, uint32_t value)
{
	for (unsigned int i = 0; i < size; i++) {
		struct vgic_irq *irq = vgic_irq_get(g, vc, base + i);
		uint8_t prio = (uint8_t)((value >> (8 * i)) & VGIC_PRIO_MASK);
		struct vgic_vcpu *owner;

		if (!irq || irq->prio == prio)
			continue;
		owner = vgic_irq_begin(irq);
		irq->prio = prio;
		vgic_irq_commit(g, irq, owner);
	}
}

uint32_t vgic_cfg_read(struct vgic *g, struct vgic_vcpu *vc, unsigned int base)
{
	uint32_t value = 0;

	for (unsigned int i = 0; i < 16; i++) {
		struct vgic_irq *irq = vgic_irq_get(g, vc, base + i);

		if (irq && irq->edge)
			value |= (uint32_t)BIT(2 * i + 1);
	}
	return value;
}

void vgic_cfg_write(struct vgic *g, struct vgic_vcpu *vc, unsigned int base, uint32_t value)
{
	for (unsigned int i = 0; i < 16; i++) {
		struct vgic_irq *irq = vgic_irq_get(g, vc, base + i);
		bool edge = value & BIT(2 * i + 1);
		struct vgic_vcpu *owner;

		if (!irq || irq->intid < VGIC_SGIS || irq->edge == edge)
			continue;
		owner = vgic_irq_begin(irq);
		irq->edge = edge;
		vgic_irq_commit(g, irq, owner);
	}
}

/* --- Others --- */

uint64_t vgic_id_read(struct vgic *g UNUSED, struct vgic_vcpu *vc UNUSED, uint32_t off, unsigned int size UNUSED)
{
	/* PIDR4-7, PIDR0-3 (PIDR2.ArchRev = 3), CIDR0-3 */
	static const uint8_t id[] = { 0x44, 0, 0, 0, 0x92, 0xb4, 0x3b, 0, 0x0d, 0xf0, 0x05, 0xb1 };

	return id[off / 4];
}

bool vgic_write_pending(const struct vgic_vcpu *vc)
{
	return __atomic_load_n(&vc->attention.work, __ATOMIC_ACQUIRE) &&
	       __atomic_load_n(&vc->v->state, __ATOMIC_RELAXED) == VCPU_RUNNING &&
	       __atomic_load_n(&vc->on, __ATOMIC_RELAXED) != this_cpu();
}
