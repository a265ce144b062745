/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An emulated PL011 UART, r1p5 (ARM DDI 0183 chapter 3: registers; 2.4 and 2.8: FIFOs and interrupts).
 *
 * State owned: struct vpl011. Lock: d->lock (LOCK_DEVICE), taken by every entry but a read of FR,
 * which is one word kept current by the others. What goes to the sink goes under the lock, so that
 * two vCPUs' bytes keep their order.
 *
 * The transmitter sends at once, so TXFE is always set, and the transmit interrupt, which is raised
 * by the passage through its level (2.8.2), is raised by every byte. Enable bits in CR gate nothing
 * but loopback: guests that never set them work.
 */
#include "dev/vpl011.h"

#include "core/heap.h"

#define RX_FIFO 32u

enum {
	FR_RXFE = 1 << 4,
	FR_RXFF = 1 << 6,
	FR_TXFE = 1 << 7,
	/* In loopback the modem outputs in CR come back as inputs (DDI 0183 3.3.8, LBE). */
	FR_CTS = 1 << 0,
	FR_DSR = 1 << 1,
	FR_DCD = 1 << 2,
	FR_RI = 1 << 8,
	LCR_FEN = 1 << 4,
	CR_LBE = 1 << 7,
	CR_DTR = 1 << 10,
	CR_RTS = 1 << 11,
	CR_OUT1 = 1 << 12,
	CR_OUT2 = 1 << 13,
	CR_RESET = 0x300,
	IFLS_RESET = 0x12,
	INT_RX = 1 << 4,
	INT_TX = 1 << 5,
	INT_RT = 1 << 6,
	INT_OE = 1 << 10,
	INT_ALL = 0x7ff,
	DR_OE = 1 << 11, /* and bit 3 of RSR */
};

struct vpl011 {
	struct spinlock lock;
	struct partition *part;
	unsigned int intid;
	struct chardev_sink out;
	void (*space)(void *ctx);
	void *space_ctx;
	bool refused; /* vpl011_rx() has said no since space was reported last */
	bool line;

	uint32_t fr; /* the flags, current whenever the lock is free; read without it */
	uint32_t ris, imsc;
	uint32_t rsr, ilpr, ibrd, fbrd, lcr_h, cr, ifls, dmacr;

	uint16_t rx[RX_FIFO]; /* a byte and its error bits */
	unsigned int rx_head, rx_count;
	bool overrun; /* the next byte stored says that some were lost before it */
};

static void update_line(struct vpl011 *d)
{
	bool level = (d->ris & d->imsc) != 0;

	if (likely(level == d->line))
		return;
	d->line = level;
	partition_irq_set(d->part, d->intid, level);
}

static unsigned int rx_capacity(const struct vpl011 *d)
{
	return d->lcr_h & LCR_FEN ? RX_FIFO : 1;
}

/* IFLS.RXIFLSEL: 1/8, 1/4, 1/2, 3/4, 7/8 of the FIFO; the reserved values act as the last. */
static unsigned int rx_threshold(const struct vpl011 *d)
{
	static const uint8_t level[8] = { 4, 8, 16, 24, 28, 28, 28, 28 };

	return d->lcr_h & LCR_FEN ? level[d->ifls >> 3 & 7] : 1;
}

static void update_flags(struct vpl011 *d)
{
	uint32_t fr = FR_TXFE;

	if (!d->rx_count)
		fr |= FR_RXFE;
	if (d->rx_count >= rx_capacity(d))
		fr |= FR_RXFF;
	if (d->cr & CR_LBE) {
		fr |= d->cr & CR_RTS ? FR_CTS : 0;
		fr |= d->cr & CR_DTR ? FR_DSR : 0;
		fr |= d->cr & CR_OUT1 ? FR_DCD : 0;
		fr |= d->cr & CR_OUT2 ? FR_RI : 0;
	}
	__atomic_store_n(&d->fr, fr, __ATOMIC_RELAXED);
}

/*
 * After a byte came or went: RX says that the level is reached. RT stands for bytes below it that
 * would wait for ever: it is raised at once in place of after 32 bit times, since no more of them
 * are on a wire.
 */
static void update_rx(struct vpl011 *d, bool came)
{
	if (d->rx_count < rx_threshold(d))
		d->ris &= ~(uint32_t)INT_RX;
	else if (came)
		d->ris |= INT_RX;
	if (!d->rx_count)
		d->ris &= ~(uint32_t)INT_RT;
	else if ((d->lcr_h & LCR_FEN) && d->rx_count < rx_threshold(d))
		d->ris |= INT_RT;
	update_flags(d);
}

static void rx_put(struct vpl011 *d, uint8_t c)
{
	uint16_t entry = c;

	if (d->overrun)
		entry |= DR_OE;
	d->overrun = false;
	d->rx[(d->rx_head + d->rx_count) % RX_FIFO] = entry;
	d->rx_count++;
	update_rx(d, true);
}

static uint32_t dr_read(struct vpl011 *d)
{
	uint16_t entry;

	if (!d->rx_count)
		return 0;
	entry = d->rx[d->rx_head];
	d->rx_head = (d->rx_head + 1) % RX_FIFO;
	d->rx_count--;
	d->rsr |= (uint32_t)entry >> 8;
	update_rx(d, false);
	return entry;
}

static void dr_write(struct vpl011 *d, uint32_t value)
{
	d->ris |= INT_TX;
	if (likely(!(d->cr & CR_LBE))) {
		d->out.putc(d->out.ctx, (uint8_t)value);
	} else if (d->rx_count < rx_capacity(d)) {
		rx_put(d, (uint8_t)value);
	} else {
		d->overrun = true;
		d->rsr |= DR_OE >> 8;
		d->ris |= INT_OE;
	}
}

static uint32_t rsr_read(struct vpl011 *d)
{
	return d->rsr;
}

static void ecr_write(struct vpl011 *d, uint32_t value UNUSED)
{
	d->rsr = 0;
}

static uint32_t fr_read(struct vpl011 *d)
{
	return d->fr;
}

static void lcr_h_write(struct vpl011 *d, uint32_t value)
{
	/*
	 * What the FIFO holds stays readable when FEN changes: input must not get lost to a guest that sets
	 * its UART up.
	 */
	d->lcr_h = value & 0xff;
	update_rx(d, true);
}

static void cr_write(struct vpl011 *d, uint32_t value)
{
	d->cr = value & 0xff87;
	update_flags(d);
}

static void ifls_write(struct vpl011 *d, uint32_t value)
{
	d->ifls = value & 0x3f;
	update_rx(d, true);
}

static void imsc_write(struct vpl011 *d, uint32_t value)
{
	d->imsc = value & INT_ALL;
}

static uint32_t mis_read(struct vpl011 *d)
{
	return d->ris & d->imsc;
}

static void icr_write(struct vpl011 *d, uint32_t value)
{
	d->ris &= ~value;
}

#define READS_AS_KEPT(name)                                                                                            \
	static uint32_t name##_read(struct vpl011 *d)                                                                  \
	{                                                                                                              \
		return d->name;                                                                                        \
	}

#define KEPT(name, mask)                                                                                               \
	READS_AS_KEPT(name)                                                                                            \
	static void name##_keep(struct vpl011 *d, uint32_t value)                                                      \
	{                                                                                                              \
		d->name = value & (mask);                                                                              \
	}

/* Registers that are only kept: there is no baud rate, infrared or DMA here. */
KEPT(ilpr, 0xff)
KEPT(ibrd, 0xffff)
KEPT(fbrd, 0x3f)
KEPT(dmacr, 0x7)

/* Those with a meaning: it is in what writes them. */
READS_AS_KEPT(lcr_h)
READS_AS_KEPT(cr)
READS_AS_KEPT(ifls)
READS_AS_KEPT(imsc)
READS_AS_KEPT(ris)

struct vpl011_row {
	uint32_t (*read)(struct vpl011 *d);		 /* NULL: reads as zero */
	void (*write)(struct vpl011 *d, uint32_t value); /* NULL: writes are ignored */
};

/* By offset / 4 (DDI 0183 table 3-1). */
static const struct vpl011_row rows[] = {
	[0x00 / 4] = { dr_read, dr_write },	  [0x04 / 4] = { rsr_read, ecr_write },
	[0x18 / 4] = { fr_read, NULL },		  [0x20 / 4] = { ilpr_read, ilpr_keep },
	[0x24 / 4] = { ibrd_read, ibrd_keep },	  [0x28 / 4] = { fbrd_read, fbrd_keep },
	[0x2c / 4] = { lcr_h_read, lcr_h_write }, [0x30 / 4] = { cr_read, cr_write },
	[0x34 / 4] = { ifls_read, ifls_write },	  [0x38 / 4] = { imsc_read, imsc_write },
	[0x3c / 4] = { ris_read, NULL },	  [0x40 / 4] = { mis_read, NULL },
	[0x44 / 4] = { NULL, icr_write },	  [0x48 / 4] = { dmacr_read, dmacr_keep },
};

#define OFF_FR 0x18u
#define OFF_ID 0xfe0u

/* PeriphID0-3 (part 0x011, designer Arm, revision 3 = r1p5), PCellID0-3 */
static const uint8_t pl011_id[8] = { 0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

static uint32_t reg_read(struct vpl011 *d, uint64_t off)
{
	if (off >= OFF_ID)
		return pl011_id[(off - OFF_ID) / 4];
	if (off / 4 < ARRAY_SIZE(rows) && rows[off / 4].read)
		return rows[off / 4].read(d);
	return 0;
}

static void reg_write(struct vpl011 *d, uint64_t off, uint32_t value)
{
	if (off / 4 < ARRAY_SIZE(rows) && rows[off / 4].write)
		rows[off / 4].write(d, value);
}

static __attribute__((noinline)) enum mmio_result locked_access(struct vpl011 *d, struct mmio_access *a)
{
	unsigned int shift = (unsigned int)(a->offset & 3) * 8;
	bool space;

	if (a->size > 4)
		return MMIO_FAULT;
	spin_lock(&d->lock);
	if (!a->write)
		a->value = reg_read(d, a->offset & ~UINT64_C(3)) >> shift;
	else if (!shift)
		reg_write(d, a->offset, (uint32_t)a->value);
	update_line(d);
	space = unlikely(d->refused) && !(d->cr & CR_LBE) && d->rx_count < rx_capacity(d);
	if (space)
		d->refused = false;
	spin_unlock(&d->lock);

	if (space && d->space)
		d->space(d->space_ctx);
	return MMIO_OK;
}

static enum mmio_result vpl011_mmio(void *dev, struct vcpu *v UNUSED, struct mmio_access *a)
{
	struct vpl011 *d = dev;

	/* Drivers spin on FR: no lock for it, and nothing to save for the call below. */
	if (likely(a->offset == OFF_FR && !a->write && a->size <= 4)) {
		a->value = __atomic_load_n(&d->fr, __ATOMIC_RELAXED);
		return MMIO_OK;
	}
	return locked_access(d, a);
}

bool vpl011_rx(struct vpl011 *d, uint8_t c)
{
	bool taken;

	spin_lock(&d->lock);
	taken = !(d->cr & CR_LBE) && d->rx_count < rx_capacity(d);
	if (taken) {
		rx_put(d, c);
		update_line(d);
	} else {
		d->refused = true;
	}
	spin_unlock(&d->lock);
	return taken;
}

void vpl011_on_space(struct vpl011 *d, void (*fn)(void *ctx), void *ctx)
{
	d->space = fn;
	d->space_ctx = ctx;
}

void vpl011_reset(struct vpl011 *d)
{
	spin_lock(&d->lock);
	d->ris = 0;
	d->imsc = 0;
	d->rsr = 0;
	d->ilpr = 0;
	d->ibrd = 0;
	d->fbrd = 0;
	d->lcr_h = 0;
	d->cr = CR_RESET;
	d->ifls = IFLS_RESET;
	d->dmacr = 0;
	d->rx_head = 0;
	d->rx_count = 0;
	d->overrun = false;
	/* d->refused stays: who still holds a byte hears of the space at the guest's next access. */
	update_flags(d);
	update_line(d);
	spin_unlock(&d->lock);
}

int vpl011_create(struct partition *p, ipa_t base, unsigned int intid, struct chardev_sink out, struct vpl011 **dev)
{
	struct vpl011 *d = heap_alloc(sizeof(*d));
	int err;

	if (!d)
		return E_NOMEM;
	spin_init(&d->lock, LOCK_DEVICE);
	d->part = p;
	d->intid = intid;
	d->out = out;
	vpl011_reset(d);
	err = mmio_register(p, base, VPL011_SIZE, vpl011_mmio, d);
	if (err) {
		heap_free(d);
		return err;
	}
	*dev = d;
	return OK;
}

void vpl011_destroy(struct vpl011 *d)
{
	heap_free(d);
}
