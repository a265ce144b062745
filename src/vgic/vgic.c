/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Birth, reset and end of a partition's vGIC. See vgic.h.
 *
 * State owned: struct vgic and struct vgic_vcpu as such. Locks: none while they are built; a reset takes them
 * all in turn.
 */
#include "vgic/vgic.h"

#include "core/heap.h"
#include "vgic/internal.h"
#include "vgic/regs.h"

static const struct irqchip_ops ops = { .set_level = vgic_set_level };

static void vcpu_init(struct vgic *g, struct vcpu *v, struct vgic_vcpu *vc)
{
	vc->v = v;
	vc->gic = g;
	vc->hcr = ICH_HCR_EN;
	vc->waker = 1;
	vc->sgi_self = (uint64_t)(v->index / 16) << 16 | BIT(v->index % 16);
	/* Affinity_Value: Aff1, Aff0; Processor_Number; Last */
	vc->typer = (uint64_t)(v->index / 16) << 40 | (uint64_t)(v->index % 16) << 32 | (uint64_t)v->index << 8 |
		    (v->index + 1u == g->part->nr_vcpus ? BIT(4) : 0);
	spin_init(&vc->lock, LOCK_VGIC_CPU);
	spin_init(&vc->timer_lock, LOCK_VGIC);
	list_init(&vc->queue);
	for (unsigned int i = 0; i < VGIC_PRIVATE; i++)
		vgic_irq_init(&vc->priv[i], vc, i);
	v->vgic = vc;
}

static int alloc_all(struct vgic *g, struct partition *p)
{
	if (g->nr_spis) {
		g->spi = heap_alloc(g->nr_spis * sizeof(*g->spi));
		if (!g->spi)
			return E_NOMEM;
	}
	for (unsigned int i = 0; i < g->nr_spis; i++)
		vgic_irq_init(&g->spi[i], NULL, VGIC_PRIVATE + i);
	for (unsigned int i = 0; i < p->nr_vcpus; i++) {
		struct vgic_vcpu *vc = heap_alloc(sizeof(*vc));

		if (!vc)
			return E_NOMEM;
		vcpu_init(g, p->vcpu[i], vc);
	}
	return OK;
}

static bool config_valid(const struct vgic_config *cfg)
{
	return cfg->nr_spis % 32 == 0 && cfg->nr_spis <= VGIC_SPI_MAX && IS_ALIGNED(cfg->gicd.a, VGIC_FRAME_SIZE) &&
	       IS_ALIGNED(cfg->gicr.a, VGIC_FRAME_SIZE);
}

int vgic_create(struct partition *p, const struct vgic_config *cfg)
{
	struct vgic *g;
	int err;

	if (!config_valid(cfg) || !p->nr_vcpus)
		return E_INVAL;
	g = heap_alloc(sizeof(*g));
	if (!g)
		return E_NOMEM;
	spin_init(&g->lock, LOCK_VGIC);
	g->part = p;
	g->nr_spis = cfg->nr_spis;
	/* IDbits 10, message-based SPIs, 1 of N; Aff3 and Aff0 above 15 are not there */
	g->typer = (9u << 19) | (uint32_t)BIT(16) | (g->nr_spis / 32);
	g->lr_mask = (uint32_t)(BIT(ich_lr_count()) - 1);
	p->vgic = g;
	p->irqchip = &ops;

	err = alloc_all(g, p);
	if (!err)
		err = mmio_register_ops(p, cfg->gicd, VGIC_FRAME_SIZE, &vgic_gicd_ops, g);
	if (!err)
		err = mmio_register_ops(p, cfg->gicr, (uint64_t)p->nr_vcpus * 2 * VGIC_FRAME_SIZE, &vgic_gicr_ops, g);
	if (err)
		vgic_destroy(p);
	return err;
}

void vgic_destroy(struct partition *p)
{
	struct vgic *g = vgic_of(p);

	if (!g)
		return;
	for (unsigned int i = 0; i < p->nr_vcpus; i++) {
		heap_free(p->vcpu[i]->vgic);
		p->vcpu[i]->vgic = NULL;
	}
	heap_free(g->spi);
	heap_free(g);
	p->vgic = NULL;
	p->irqchip = NULL;
}

static void cpu_interface_reset(struct vgic_vcpu *vc)
{
	vc->v->arch.vgic = (struct arch_vgic_regs){ .hcr = ICH_HCR_EN };
}

void vgic_reset(struct partition *p)
{
	struct vgic *g = vgic_of(p);

	spin_lock(&g->lock);
	g->ctlr = 0;
	for (unsigned int n = 0; n < p->nr_vcpus; n++) {
		struct vgic_vcpu *vc = p->vcpu[n]->vgic;

		spin_lock(&vc->lock);
		(void)vgic_lr_clear(vc);
		for (unsigned int i = 0; i < VGIC_PRIVATE; i++)
			vgic_irq_init(&vc->priv[i], vc, i);
		cpu_interface_reset(vc);
		vc->waker = 1;
		spin_unlock(&vc->lock);
	}
	for (unsigned int i = 0; i < g->nr_spis; i++)
		vgic_irq_init(&g->spi[i], NULL, VGIC_PRIVATE + i);
	spin_unlock(&g->lock);
}

void vgic_vcpu_reset(struct vcpu *v)
{
	struct vgic_vcpu *vc = v->vgic;
	struct vgic *g = vc->gic;
	bool spis;

	spin_lock(&g->lock);
	spin_lock(&vc->lock);
	spis = vgic_lr_clear(vc);
	/* The timer is reset with the vCPU, and its physical interrupt is not active while the vCPU is not loaded. */
	if (vc->hw) {
		vc->hw->inflight = false;
		vc->hw->active = false;
	}
	cpu_interface_reset(vc);
	spin_unlock(&vc->lock);
	vgic_irq_commit_private(vc);
	for (unsigned int i = 0; spis && i < g->nr_spis; i++)
		vgic_irq_commit(g, &g->spi[i], vgic_irq_begin(&g->spi[i]));
	spin_unlock(&g->lock);
}
