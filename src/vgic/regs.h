/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Register frames as tables: a row a register or range of like registers, and the operations that GICD and GICR have in
 * common. Private to src/vgic.
 */
#ifndef VGIC_REGS_H
#define VGIC_REGS_H

#include "core/mmio.h"
#include "vgic/internal.h"

/* Widths that a register allows. */
#define W8  1
#define W16 2
#define W32 4
#define W64 8

/* off: from the row's start. vc: whose private interrupts are meant. A missing handler: RAZ or WI. */
typedef uint64_t (*vgic_read_fn)(struct vgic *g, struct vgic_vcpu *vc, uint32_t off, unsigned int size);
typedef void (*vgic_write_fn)(struct vgic *g, struct vgic_vcpu *vc, uint32_t off, unsigned int size, uint64_t value);

struct vgic_reg {
	uint32_t start, len;
	uint32_t widths;
	vgic_read_fn read;
	vgic_write_fn write;
};

#define VGIC_FRAME_SIZE 0x10000u
#define VGIC_BUCKET	128u /* bytes of a frame that share an entry of its index */
#define VGIC_LOW	128u /* what is below has an entry for each word: single registers, read often */

struct vgic_frame {
	const struct vgic_reg *reg; /* sorted, disjoint; ends with start = VGIC_FRAME_SIZE */
	unsigned int count;	    /* without the end */
	const uint8_t *low;	    /* for each word below VGIC_LOW the row that it is in; any where there is none */
	const uint8_t *first;	    /* for each bucket, a row not behind the first one that reaches into it */
};

/* The row that an offset inside the frame is in, or any other one if it is in none. */
static inline const struct vgic_reg *vgic_regs_at(const struct vgic_frame *f, uint32_t off)
{
	const struct vgic_reg *r;

	if (off < VGIC_LOW)
		return &f->reg[f->low[off / 4]];
	r = &f->reg[f->first[off / VGIC_BUCKET]];
	/* The end ends the walk for all of them. */
	while (r[1].start <= off)
		r++;
	return r;
}

/* The row for an offset inside the frame; NULL: reserved. */
static inline const struct vgic_reg *vgic_regs_find(const struct vgic_frame *f, uint32_t off)
{
	const struct vgic_reg *r = vgic_regs_at(f, off);

	return off - r->start < r->len ? r : NULL;
}

/*
 * A load or a store inside a frame. Reserved offsets and forbidden widths read as zero and ignore writes (IHI 0069
 * 12.1.3 leaves the latter to us). vc: whose private interrupts it is about. Inline: with a constant frame it is half
 * as long, and the handler's call is its end.
 */
static inline uint64_t vgic_regs_load(const struct vgic_frame *f, struct vgic *g, struct vgic_vcpu *vc, uint32_t off,
				      unsigned int size)
{
	const struct vgic_reg *r = vgic_regs_at(f, off);

	off -= r->start;
	if (unlikely(off >= r->len || !(r->widths & size) || !r->read))
		return 0;
	return r->read(g, vc, off, size);
}

struct vgic_store {
	uint32_t off, size;
	uint64_t value;
};

static inline void vgic_regs_store(const struct vgic_frame *f, struct vgic *g, struct vgic_vcpu *vc,
				   struct vgic_store s)
{
	const struct vgic_reg *r = vgic_regs_at(f, s.off);

	s.off -= r->start;
	if (unlikely(s.off >= r->len || !(r->widths & s.size) || !r->write))
		return;
	r->write(g, vc, s.off, s.size, s.value);
}

/* A bit an interrupt, 32 from base on: what GICD_I*R<n> and GICR_I*R0 do. */
enum vgic_op {
	OP_SET_ENABLE,
	OP_CLEAR_ENABLE,
	OP_SET_PENDING,
	OP_CLEAR_PENDING,
	OP_SET_ACTIVE,
	OP_CLEAR_ACTIVE,
	OP_GROUP, /* each bit is the new value */
	OP_COUNT,
};

/* The caller holds the distributor's lock if base is an SPI. Interrupts that do not exist are left out. */
uint32_t vgic_bits_read(struct vgic *g, struct vgic_vcpu *vc, unsigned int base, enum vgic_op op);
void vgic_bits_write(struct vgic *g, struct vgic_vcpu *vc, unsigned int base, enum vgic_op op, uint32_t bits);
/* size bytes of priorities, of size interrupts from base on. */
uint32_t vgic_prio_read(struct vgic *g, struct vgic_vcpu *vc, unsigned int base, unsigned int size);
void vgic_prio_write(struct vgic *g, struct vgic_vcpu *vc, unsigned int base, unsigned int size, uint32_t value);
/* Trigger modes of 16 interrupts, two bits each. SGIs are edge and stay so. */
uint32_t vgic_cfg_read(struct vgic *g, struct vgic_vcpu *vc, unsigned int base);
void vgic_cfg_write(struct vgic *g, struct vgic_vcpu *vc, unsigned int base, uint32_t value);

/* PIDR4..CIDR3, from offset 0xffd0 on. */
uint64_t vgic_id_read(struct vgic *g, struct vgic_vcpu *vc, uint32_t off, unsigned int size);
#define VGIC_ID_START 0xffd0u
#define VGIC_ID_LEN   0x30u
#define VGIC_IIDR     UINT64_C(0x5400043b) /* product 'T', implementer Arm (JEP106) */

/* The part of a 64-bit register that an access of size bytes at off sees. */
static inline uint64_t vgic_half(uint64_t reg, uint32_t off, unsigned int size)
{
	return size == 8 ? reg : (uint32_t)(reg >> ((off & 4) * 8));
}

/* Does vc run on another core and has yet to see what was asked of it (GICD_CTLR.RWP, GICR_CTLR.RWP)? */
bool vgic_write_pending(const struct vgic_vcpu *vc);

extern const struct vgic_frame vgic_gicd_frame, vgic_rd_frame, vgic_sgi_frame;

#endif
