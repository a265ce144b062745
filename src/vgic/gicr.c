/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The redistributors' registers (IHI 0069 12.10, 12.11): for each vCPU a control frame and a frame for its SGIs and
 * PPIs. No LPIs.
 *
 * State owned: waker and priv[] of struct vgic_vcpu. Lock: that vCPU's.
 */
#include "vgic/regs.h"

#define GICR_STRIDE (2 * VGIC_FRAME_SIZE)

#define WAKER_SLEEP  BIT(1) /* ProcessorSleep */
#define WAKER_ASLEEP BIT(2) /* ChildrenAsleep */

/* --- Control frame --- */

static uint64_t ctlr_read(struct vgic *g UNUSED, struct vgic_vcpu *vc, uint32_t off UNUSED, unsigned int size UNUSED)
{
	return vgic_write_pending(vc) ? BIT(3) | BIT(31) : 0; /* RWP, UWP */
}

static uint64_t iidr_read(struct vgic *g UNUSED, struct vgic_vcpu *vc UNUSED, uint32_t off UNUSED,
			  unsigned int size UNUSED)
{
	return VGIC_IIDR;
}

static uint64_t typer_read(struct vgic *g UNUSED, struct vgic_vcpu *vc, uint32_t off, unsigned int size)
{
	return vgic_half(vc->typer, off, size);
}

static uint64_t waker_read(struct vgic *g UNUSED, struct vgic_vcpu *vc, uint32_t off UNUSED, unsigned int size UNUSED)
{
	uint32_t sleep = __atomic_load_n(&vc->waker, __ATOMIC_RELAXED);

	return sleep ? WAKER_SLEEP | WAKER_ASLEEP : 0;
}

/* The handshake alone: a sleeping redistributor delivers as well, as a virtual CPU interface has no power to save. */
static void waker_write(struct vgic *g UNUSED, struct vgic_vcpu *vc, uint32_t off UNUSED, unsigned int size UNUSED,
			uint64_t value)
{
	__atomic_store_n(&vc->waker, (uint32_t)(value & WAKER_SLEEP), __ATOMIC_RELAXED);
}

enum {
	R_CTLR,
	R_IIDR,
	R_TYPER,
	R_STATUSR,
	R_WAKER,
	R_PROPBASER,
	R_PENDBASER,
	R_ID,
	R_END,
};

static const struct vgic_reg rd_reg[] = {
	[R_CTLR] = { 0x0000, 4, W32, ctlr_read, NULL },
	[R_IIDR] = { 0x0004, 4, W32, iidr_read, NULL },
	[R_TYPER] = { 0x0008, 8, W32 | W64, typer_read, NULL },
	[R_STATUSR] = { 0x0010, 4, W32, NULL, NULL }, /* optional, and not there: RAZ/WI */
	[R_WAKER] = { 0x0014, 4, W32, waker_read, waker_write },
	[R_PROPBASER] = { 0x0070, 8, W32 | W64, NULL, NULL }, /* RAZ/WI without LPIs */
	[R_PENDBASER] = { 0x0078, 8, W32 | W64, NULL, NULL }, /* the same */
	[R_ID] = { VGIC_ID_START, VGIC_ID_LEN, W32, vgic_id_read, NULL },
	[R_END] = { .start = VGIC_FRAME_SIZE },
};

static const uint8_t rd_first[VGIC_FRAME_SIZE / VGIC_BUCKET] = {
	[VGIC_ID_START / VGIC_BUCKET] = R_ID,
};

static const uint8_t rd_low[VGIC_LOW / 4] = {
	[0x00 / 4] = R_CTLR,	  [0x04 / 4] = R_IIDR,	    [0x08 / 4] = R_TYPER,     [0x0c / 4] = R_TYPER,
	[0x10 / 4] = R_STATUSR,	  [0x14 / 4] = R_WAKER,	    [0x70 / 4] = R_PROPBASER, [0x74 / 4] = R_PROPBASER,
	[0x78 / 4] = R_PENDBASER, [0x7c / 4] = R_PENDBASER,
};

const struct vgic_frame vgic_rd_frame = { .reg = rd_reg, .count = R_END, .low = rd_low, .first = rd_first };

/* --- SGIs and PPIs --- */

#define BITS_HANDLERS(name, op)                                                                                        \
	static uint64_t name##_read(struct vgic *g, struct vgic_vcpu *vc, uint32_t off UNUSED,                         \
				    unsigned int size UNUSED)                                                          \
	{                                                                                                              \
		return vgic_bits_read(g, vc, 0, op);                                                                   \
	}                                                                                                              \
	static void name##_write(struct vgic *g, struct vgic_vcpu *vc, uint32_t off UNUSED, unsigned int size UNUSED,  \
				 uint64_t value)                                                                       \
	{                                                                                                              \
		vgic_bits_write(g, vc, 0, op, (uint32_t)value);                                                        \
	}

BITS_HANDLERS(igroupr0, OP_GROUP)
BITS_HANDLERS(isenabler0, OP_SET_ENABLE)
BITS_HANDLERS(icenabler0, OP_CLEAR_ENABLE)
BITS_HANDLERS(ispendr0, OP_SET_PENDING)
BITS_HANDLERS(icpendr0, OP_CLEAR_PENDING)
BITS_HANDLERS(isactiver0, OP_SET_ACTIVE)
BITS_HANDLERS(icactiver0, OP_CLEAR_ACTIVE)

static uint64_t prio_read(struct vgic *g, struct vgic_vcpu *vc, uint32_t off, unsigned int size)
{
	return vgic_prio_read(g, vc, off, size);
}

static void prio_write(struct vgic *g, struct vgic_vcpu *vc, uint32_t off, unsigned int size, uint64_t value)
{
	vgic_prio_write(g, vc, off, size, (uint32_t)value);
}

static uint64_t cfg_read(struct vgic *g, struct vgic_vcpu *vc, uint32_t off, unsigned int size UNUSED)
{
	return vgic_cfg_read(g, vc, off * 4);
}

static void cfg_write(struct vgic *g, struct vgic_vcpu *vc, uint32_t off, unsigned int size UNUSED, uint64_t value)
{
	vgic_cfg_write(g, vc, off * 4, (uint32_t)value);
}

enum {
	S_IGROUPR0,
	S_ISENABLER0,
	S_ICENABLER0,
	S_ISPENDR0,
	S_ICPENDR0,
	S_ISACTIVER0,
	S_ICACTIVER0,
	S_IPRIORITYR,
	S_ICFGR,
	S_IGRPMODR0,
	S_NSACR,
	S_END,
};

static const struct vgic_reg sgi_reg[] = {
	[S_IGROUPR0] = { 0x0080, 4, W32, igroupr0_read, igroupr0_write },
	[S_ISENABLER0] = { 0x0100, 4, W32, isenabler0_read, isenabler0_write },
	[S_ICENABLER0] = { 0x0180, 4, W32, icenabler0_read, icenabler0_write },
	[S_ISPENDR0] = { 0x0200, 4, W32, ispendr0_read, ispendr0_write },
	[S_ICPENDR0] = { 0x0280, 4, W32, icpendr0_read, icpendr0_write },
	[S_ISACTIVER0] = { 0x0300, 4, W32, isactiver0_read, isactiver0_write },
	[S_ICACTIVER0] = { 0x0380, 4, W32, icactiver0_read, icactiver0_write },
	[S_IPRIORITYR] = { 0x0400, 0x20, W8 | W32, prio_read, prio_write },
	[S_ICFGR] = { 0x0c00, 8, W32, cfg_read, cfg_write },
	[S_IGRPMODR0] = { 0x0d00, 4, W32, NULL, NULL }, /* RAZ/WI with one security state */
	[S_NSACR] = { 0x0e00, 4, W32, NULL, NULL },	/* the same */
	[S_END] = { .start = VGIC_FRAME_SIZE },
};

static const uint8_t sgi_first[VGIC_FRAME_SIZE / VGIC_BUCKET] = {
	[0x100 / VGIC_BUCKET] = S_ISENABLER0, [0x180 / VGIC_BUCKET] = S_ICENABLER0,
	[0x200 / VGIC_BUCKET] = S_ISPENDR0,   [0x280 / VGIC_BUCKET] = S_ICPENDR0,
	[0x300 / VGIC_BUCKET] = S_ISACTIVER0, [0x380 / VGIC_BUCKET] = S_ICACTIVER0,
	[0x400 / VGIC_BUCKET] = S_IPRIORITYR, [0xc00 / VGIC_BUCKET] = S_ICFGR,
};

static const uint8_t sgi_low[VGIC_LOW / 4]; /* nothing is there */

const struct vgic_frame vgic_sgi_frame = { .reg = sgi_reg, .count = S_END, .low = sgi_low, .first = sgi_first };

/* The region has a stride for each vCPU, and the access lies inside it. */
static inline struct vgic_vcpu *redistributor(const struct vgic *g, uint64_t offset)
{
	return g->part->vcpu[offset / GICR_STRIDE]->vgic;
}

static uint64_t gicr_load(void *dev, struct vcpu *v UNUSED, uint64_t offset, unsigned int size)
{
	struct vgic_vcpu *vc = redistributor(dev, offset);
	uint32_t off = offset % VGIC_FRAME_SIZE;

	if (offset & VGIC_FRAME_SIZE)
		return vgic_regs_load(&vgic_sgi_frame, dev, vc, off, size);
	return vgic_regs_load(&vgic_rd_frame, dev, vc, off, size);
}

static void gicr_store(void *dev, struct vcpu *v UNUSED, uint64_t offset, unsigned int size, uint64_t value)
{
	struct vgic_vcpu *vc = redistributor(dev, offset);
	struct vgic_store s = { offset % VGIC_FRAME_SIZE, size, value };

	if (offset & VGIC_FRAME_SIZE)
		vgic_regs_store(&vgic_sgi_frame, dev, vc, s);
	else
		vgic_regs_store(&vgic_rd_frame, dev, vc, s);
}

static enum mmio_result gicr_access(void *dev, struct vcpu *v, struct mmio_access *a)
{
	if (a->write)
		gicr_store(dev, v, a->offset, a->size, a->value);
	else
		a->value = gicr_load(dev, v, a->offset, a->size);
	return MMIO_OK;
}

const struct mmio_ops vgic_gicr_ops = { gicr_access, gicr_load, gicr_store };
