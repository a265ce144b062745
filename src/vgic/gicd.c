/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The distributor's registers (IHI 0069 12.9): one security state, affinity routing only, no LPIs.
 *
 * State owned: struct vgic's ctlr and spi[]. Lock: LOCK_VGIC, taken by each handler that needs it.
 */
#include "vgic/regs.h"

/* --- CTLR, TYPER, IIDR --- */

static uint64_t ctlr_read(struct vgic *g, struct vgic_vcpu *vc UNUSED, uint32_t off UNUSED, unsigned int size UNUSED)
{
	uint64_t ctlr = g->ctlr | GICD_CTLR_ARE | GICD_CTLR_DS;

	for (unsigned int i = 0; i < g->part->nr_vcpus; i++) {
		if (vgic_write_pending(g->part->vcpu[i]->vgic))
			ctlr |= GICD_CTLR_RWP;
	}
	return ctlr;
}

static void ctlr_write(struct vgic *g, struct vgic_vcpu *vc UNUSED, uint32_t off UNUSED, unsigned int size UNUSED,
		       uint64_t value)
{
	uint32_t ctlr = (uint32_t)(value & (GICD_CTLR_GRP0 | GICD_CTLR_GRP1));
	const struct partition *p = g->part;

	spin_lock(&g->lock);
	if (ctlr != g->ctlr) {
		__atomic_store_n(&g->ctlr, ctlr, __ATOMIC_RELAXED);
		/* All that is pending, anywhere, may now come or go. */
		for (unsigned int i = 0; i < p->nr_vcpus; i++)
			vgic_irq_commit_private(p->vcpu[i]->vgic);
		for (unsigned int i = 0; i < g->nr_spis; i++)
			vgic_irq_commit(g, &g->spi[i], vgic_irq_begin(&g->spi[i]));
	}
	spin_unlock(&g->lock);
}

static uint64_t typer_read(struct vgic *g, struct vgic_vcpu *vc UNUSED, uint32_t off UNUSED, unsigned int size UNUSED)
{
	return g->typer;
}

static uint64_t iidr_read(struct vgic *g UNUSED, struct vgic_vcpu *vc UNUSED, uint32_t off UNUSED,
			  unsigned int size UNUSED)
{
	return VGIC_IIDR;
}

/* --- Message-based SPIs: SETSPI_NSR, CLRSPI_NSR --- */

static void message(struct vgic *g, uint64_t intid, bool set)
{
	struct vgic_vcpu *owner;
	struct vgic_irq *irq;

	intid &= 0x3ff;
	if (intid < VGIC_PRIVATE)
		return;
	irq = vgic_irq_get(g, NULL, (unsigned int)intid);
	if (!irq)
		return;
	spin_lock(&g->lock);
	owner = vgic_irq_begin(irq);
	if (!irq->edge) {
		irq->line = set;
	} else {
		irq->latch = set;
		irq->drop_pend = !set && irq->lr >= 0;
	}
	if (set)
		vgic_trace_pend(g, irq);
	vgic_irq_commit(g, irq, owner);
	spin_unlock(&g->lock);
}

static void setspi_write(struct vgic *g, struct vgic_vcpu *vc UNUSED, uint32_t off UNUSED, unsigned int size UNUSED,
			 uint64_t value)
{
	message(g, value, true);
}

static void clrspi_write(struct vgic *g, struct vgic_vcpu *vc UNUSED, uint32_t off UNUSED, unsigned int size UNUSED,
			 uint64_t value)
{
	message(g, value, false);
}

/* --- a bit an interrupt; the private interrupts' word is reserved here (affinity routing): it is in the GICRs --- */

static uint64_t bits_read(struct vgic *g, uint32_t off, enum vgic_op op)
{
	uint32_t bits;

	if (off < 4)
		return 0;
	spin_lock(&g->lock);
	bits = vgic_bits_read(g, NULL, off * 8, op);
	spin_unlock(&g->lock);
	return bits;
}

static void bits_write(struct vgic *g, uint32_t off, enum vgic_op op, uint64_t value)
{
	if (off < 4)
		return;
	spin_lock(&g->lock);
	vgic_bits_write(g, NULL, off * 8, op, (uint32_t)value);
	spin_unlock(&g->lock);
}

#define BITS_HANDLERS(name, op)                                                                                        \
	static uint64_t name##_read(struct vgic *g, struct vgic_vcpu *vc UNUSED, uint32_t off,                         \
				    unsigned int size UNUSED)                                                          \
	{                                                                                                              \
		return bits_read(g, off, op);                                                                          \
	}                                                                                                              \
	static void name##_write(struct vgic *g, struct vgic_vcpu *vc UNUSED, uint32_t off, unsigned int size UNUSED,  \
				 uint64_t value)                                                                       \
	{                                                                                                              \
		bits_write(g, off, op, value);                                                                         \
	}

BITS_HANDLERS(igroupr, OP_GROUP)
BITS_HANDLERS(isenabler, OP_SET_ENABLE)
BITS_HANDLERS(icenabler, OP_CLEAR_ENABLE)
BITS_HANDLERS(ispendr, OP_SET_PENDING)
BITS_HANDLERS(icpendr, OP_CLEAR_PENDING)
BITS_HANDLERS(isactiver, OP_SET_ACTIVE)
BITS_HANDLERS(icactiver, OP_CLEAR_ACTIVE)

/* --- Priorities, trigger modes, routes --- */

static uint64_t ipriorityr_read(struct vgic *g, struct vgic_vcpu *vc UNUSED, uint32_t off, unsigned int size)
{
	return off < VGIC_PRIVATE ? 0 : vgic_prio_read(g, NULL, off, size);
}

static void ipriorityr_write(struct vgic *g, struct vgic_vcpu *vc UNUSED, uint32_t off, unsigned int size,
			     uint64_t value)
{
	if (off < VGIC_PRIVATE)
		return;
	spin_lock(&g->lock);
	vgic_prio_write(g, NULL, off, size, (uint32_t)value);
	spin_unlock(&g->lock);
}

static uint64_t icfgr_read(struct vgic *g, struct vgic_vcpu *vc UNUSED, uint32_t off, unsigned int size UNUSED)
{
	return off < 8 ? 0 : vgic_cfg_read(g, NULL, off * 4);
}

static void icfgr_write(struct vgic *g, struct vgic_vcpu *vc UNUSED, uint32_t off, unsigned int size UNUSED,
			uint64_t value)
{
	if (off < 8)
		return;
	spin_lock(&g->lock);
	vgic_cfg_write(g, NULL, off * 4, (uint32_t)value);
	spin_unlock(&g->lock);
}

/* Which vCPU an IROUTER value means: vCPU i has Aff0 = i % 16, Aff1 = i / 16. */
static uint16_t route_target(const struct vgic *g, uint32_t router)
{
	uint32_t i = (uint32_t)BITS(router, 15, 8) * 16 + (router & 0xff);

	if (router & BIT(31))
		return VGIC_TARGET_ANY;
	if ((router & MASK(23, 16)) || (router & 0xff) > 15 || i >= g->part->nr_vcpus)
		return VGIC_TARGET_NONE;
	return (uint16_t)i;
}

static uint64_t irouter_read(struct vgic *g, struct vgic_vcpu *vc UNUSED, uint32_t off, unsigned int size)
{
	struct vgic_irq *irq = vgic_irq_get(g, NULL, VGIC_PRIVATE + off / 8);

	return irq ? vgic_half(irq->router, off, size) : 0;
}

static void irouter_write(struct vgic *g, struct vgic_vcpu *vc UNUSED, uint32_t off, unsigned int size UNUSED,
			  uint64_t value)
{
	struct vgic_irq *irq = vgic_irq_get(g, NULL, VGIC_PRIVATE + off / 8);
	struct vgic_vcpu *owner;

	/* The upper half has Aff3 alone, which is not there. */
	if (!irq || (off & 4))
		return;
	spin_lock(&g->lock);
	owner = vgic_irq_begin(irq);
	irq->router = (uint32_t)(value & (BIT(31) | MASK(23, 0)));
	irq->target = route_target(g, irq->router);
	vgic_irq_commit(g, irq, owner);
	spin_unlock(&g->lock);
}

/* --- The table --- */

enum {
	D_CTLR,
	D_TYPER,
	D_IIDR,
	D_TYPER2,
	D_STATUSR,
	D_SETSPI,
	D_CLRSPI,
	D_IGROUPR,
	D_ISENABLER,
	D_ICENABLER,
	D_ISPENDR,
	D_ICPENDR,
	D_ISACTIVER,
	D_ICACTIVER,
	D_IPRIORITYR,
	D_ITARGETSR,
	D_ICFGR,
	D_IGRPMODR,
	D_NSACR,
	D_SGIR,
	D_CPENDSGIR,
	D_SPENDSGIR,
	D_IROUTER,
	D_ID,
	D_END,
};

static const struct vgic_reg gicd_reg[] = {
	[D_CTLR] = { 0x0000, 4, W32, ctlr_read, ctlr_write },
	[D_TYPER] = { 0x0004, 4, W32, typer_read, NULL },
	[D_IIDR] = { 0x0008, 4, W32, iidr_read, NULL },
	[D_TYPER2] = { 0x000c, 4, W32, NULL, NULL },
	[D_STATUSR] = { 0x0010, 4, W32, NULL, NULL }, /* optional, and not there: RAZ/WI */
	[D_SETSPI] = { 0x0040, 4, W16 | W32, NULL, setspi_write },
	[D_CLRSPI] = { 0x0048, 4, W16 | W32, NULL, clrspi_write },
	[D_IGROUPR] = { 0x0080, 0x80, W32, igroupr_read, igroupr_write },
	[D_ISENABLER] = { 0x0100, 0x80, W32, isenabler_read, isenabler_write },
	[D_ICENABLER] = { 0x0180, 0x80, W32, icenabler_read, icenabler_write },
	[D_ISPENDR] = { 0x0200, 0x80, W32, ispendr_read, ispendr_write },
	[D_ICPENDR] = { 0x0280, 0x80, W32, icpendr_read, icpendr_write },
	[D_ISACTIVER] = { 0x0300, 0x80, W32, isactiver_read, isactiver_write },
	[D_ICACTIVER] = { 0x0380, 0x80, W32, icactiver_read, icactiver_write },
	[D_IPRIORITYR] = { 0x0400, 0x400, W8 | W32, ipriorityr_read, ipriorityr_write },
	[D_ITARGETSR] = { 0x0800, 0x400, W8 | W32, NULL, NULL }, /* RAZ/WI with affinity routing */
	[D_ICFGR] = { 0x0c00, 0x100, W32, icfgr_read, icfgr_write },
	[D_IGRPMODR] = { 0x0d00, 0x80, W32, NULL, NULL }, /* RAZ/WI with one security state */
	[D_NSACR] = { 0x0e00, 0x100, W32, NULL, NULL },	  /* the same */
	[D_SGIR] = { 0x0f00, 4, W32, NULL, NULL },	  /* these three: affinity routing */
	[D_CPENDSGIR] = { 0x0f10, 0x10, W8 | W32, NULL, NULL },
	[D_SPENDSGIR] = { 0x0f20, 0x10, W8 | W32, NULL, NULL },
	[D_IROUTER] = { 0x6100, 0x1ee0, W32 | W64, irouter_read, irouter_write }, /* 32 to 1019 */
	[D_ID] = { VGIC_ID_START, VGIC_ID_LEN, W32, vgic_id_read, NULL },
	[D_END] = { .start = VGIC_FRAME_SIZE },
};

#define AT(off)		[(off) / VGIC_BUCKET]
#define RANGE(from, to) [(from) / VGIC_BUCKET...((to)-1) / VGIC_BUCKET]

/* Buckets that are not named start at row 0: slow, and right. */
static const uint8_t gicd_first[VGIC_FRAME_SIZE / VGIC_BUCKET] = {
	AT(0x080) = D_IGROUPR,
	AT(0x100) = D_ISENABLER,
	AT(0x180) = D_ICENABLER,
	AT(0x200) = D_ISPENDR,
	AT(0x280) = D_ICPENDR,
	AT(0x300) = D_ISACTIVER,
	AT(0x380) = D_ICACTIVER,
	RANGE(0x400, 0x800) = D_IPRIORITYR,
	RANGE(0x800, 0xc00) = D_ITARGETSR,
	RANGE(0xc00, 0xd00) = D_ICFGR,
	RANGE(0x6100, 0x8000) = D_IROUTER,
	AT(0xff80) = D_ID,
};

static const uint8_t gicd_low[VGIC_LOW / 4] = {
	[0x00 / 4] = D_CTLR,	[0x04 / 4] = D_TYPER,  [0x08 / 4] = D_IIDR,   [0x0c / 4] = D_TYPER2,
	[0x10 / 4] = D_STATUSR, [0x40 / 4] = D_SETSPI, [0x48 / 4] = D_CLRSPI,
};

const struct vgic_frame vgic_gicd_frame = {
	.reg = gicd_reg,
	.count = D_END,
	.low = gicd_low,
	.first = gicd_first,
};

static uint64_t gicd_load(void *dev, struct vcpu *v, uint64_t offset, unsigned int size)
{
	return vgic_regs_load(&vgic_gicd_frame, dev, v->vgic, (uint32_t)offset, size);
}

static void gicd_store(void *dev, struct vcpu *v, uint64_t offset, unsigned int size, uint64_t value)
{
	vgic_regs_store(&vgic_gicd_frame, dev, v->vgic, (struct vgic_store){ (uint32_t)offset, size, value });
}

static enum mmio_result gicd_access(void *dev, struct vcpu *v, struct mmio_access *a)
{
	if (a->write)
		gicd_store(dev, v, a->offset, a->size, a->value);
	else
		a->value = gicd_load(dev, v, a->offset, a->size);
	return MMIO_OK;
}

const struct mmio_ops vgic_gicd_ops = { gicd_access, gicd_load, gicd_store };
