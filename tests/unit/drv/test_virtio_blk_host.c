/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite drv/virtio_blk_host: the driver of the machine's disks against a device that is a model of virtio 1.2, 4.2 and
 * 5.2, and lies when it is told to. It sees memory by physical addresses, which are no host addresses, and looks at it
 * when it is notified. Loads, stores and barriers of the driver go through here, so their order can be asked for.
 */
#include "unit.h"

#include "arch/cpu.h"
#include "arch/host.h"
#include "arch/mmio_io.h"
#include "arch/mmu.h"

static uint32_t dev_read(const volatile void *p);
static void dev_write(volatile void *p, uint32_t v);
static void on_barrier(void);
static void on_cache(const void *p, size_t size);

#define io_read32		dev_read
#define io_write32		dev_write
#define arch_dma_barrier	on_barrier
#define arch_dcache_clean_inval on_cache

#include "drv/virtio_blk_host.c" /* not in the archive */

#define PA_OFFSET UINT64_C(0x7000000000)
#define SECTORS	  4096u
#define INTID	  79u
#define IOS	  40u

#define ALL_FEATURES                                                                                                   \
	(BIT(VIRTIO_F_VERSION_1) | BIT(VIRTIO_BLK_F_FLUSH) | BIT(VIRTIO_BLK_F_BLK_SIZE) | BIT(28) | BIT(29) |          \
	 BIT(VIRTIO_BLK_F_SEG_MAX))

/* --- the device --- */

struct request {
	uint16_t head;
	struct virtio_blk_hdr header;
	uint64_t data, status;
	uint32_t size;
	bool writes;
};

static struct {
	uint32_t magic, version, id, status, isr, queue_max, generation;
	uint64_t offered, accepted;
	uint32_t offered_sel, accepted_sel;
	uint64_t desc, avail, used;
	uint32_t num, ready;
	struct virtio_blk_config config;
	/* Taken from the available ring, not finished. */
	struct request pending[64];
	unsigned int nr_pending, notified, resets;
	uint16_t seen, used_idx;
	bool asleep;	    /* does not take anything, whatever is notified */
	bool sticks;	    /* its status does not become 0 */
	bool refuses;	    /* does not keep FEATURES_OK */
	bool restless;	    /* another generation at each look */
	bool refuses_queue; /* QueueReady stays 0 */
	bool deaf;	    /* does not take an acknowledgement */
	uint32_t meanwhile; /* a reason that comes up between the driver's look and its acknowledgement */
	bool config_read;   /* after which nothing of the queue may have been written yet */
} dev;

static uint8_t store[SECTORS * 512u];
static uint8_t memory[16384] ALIGNED(4096); /* the driver's queue */
static uint8_t data[IOS][16384] ALIGNED(4096);
static uint8_t regs[VIRTIO_BLK_HOST_REGS];

/* Where a physical address is: only what the driver has been given. */
static void *at_pa(uint64_t pa, uint64_t size)
{
	uint8_t *p = (uint8_t *)(uintptr_t)(pa - PA_OFFSET);
	const bool in_queue = p >= memory && size <= sizeof(memory) && p + size <= memory + sizeof(memory);
	const bool in_data = p >= data[0] && p + size <= data[0] + sizeof(data);

	assert_true(in_queue || in_data);
	return p;
}

static pa_t pa_of(const void *p)
{
	return PA((uintptr_t)p + PA_OFFSET);
}

static struct virtq_desc desc_at(unsigned int i)
{
	struct virtq_desc d;

	assert_true(i < dev.num);
	memcpy(&d, at_pa(dev.desc + i * sizeof(d), sizeof(d)), sizeof(d));
	return d;
}

static uint16_t avail16(unsigned int off)
{
	uint16_t v;

	memcpy(&v, at_pa(dev.avail + off, 2), 2);
	return v;
}

static void take(uint16_t head)
{
	struct request *r = &dev.pending[dev.nr_pending++];
	struct virtq_desc d = desc_at(head);

	assert_true(dev.nr_pending <= 64);
	memset(r, 0, sizeof(*r));
	r->head = head;
	assert_int_equal(d.len, sizeof(r->header));
	assert_int_equal(d.flags, VIRTQ_DESC_F_NEXT);
	memcpy(&r->header, at_pa(d.addr, d.len), d.len);
	d = desc_at(d.next);
	if (d.flags & VIRTQ_DESC_F_NEXT) {
		r->data = d.addr;
		r->size = d.len;
		r->writes = d.flags & VIRTQ_DESC_F_WRITE;
		d = desc_at(d.next);
	}
	assert_int_equal(d.flags, VIRTQ_DESC_F_WRITE);
	assert_int_equal(d.len, 1);
	r->status = d.addr;
}

static void on_notify(void)
{
	dev.notified++;
	assert_true(dev.status & VIRTIO_STATUS_DRIVER_OK);
	while (!dev.asleep && dev.seen != avail16(VIRTQ_AVAIL_IDX))
		take(avail16(VIRTQ_AVAIL_RING(dev.seen++ % dev.num)));
}

/* An entry of the used ring, as it is said to be. */
static void push_used(uint32_t id, uint32_t len)
{
	const struct virtq_used_elem e = { id, len };

	memcpy(at_pa(dev.used + VIRTQ_USED_RING(dev.used_idx % dev.num), sizeof(e)), &e, sizeof(e));
	dev.used_idx++;
	memcpy(at_pa(dev.used + VIRTQ_USED_IDX, 2), &dev.used_idx, 2);
	dev.isr |= VIRTIO_MMIO_INT_USED;
}

/* Do the n-th pending request, with this status. */
static void finish(unsigned int n, uint8_t status)
{
	struct request r;
	uint32_t len = 1;

	assert_true(n < dev.nr_pending);
	r = dev.pending[n];
	memmove(&dev.pending[n], &dev.pending[n + 1], (--dev.nr_pending - n) * sizeof(r));
	if (status == VIRTIO_BLK_S_OK && r.size) {
		uint8_t *disk_at = store + r.header.sector * 512;

		assert_true(r.header.sector * 512 + r.size <= sizeof(store));
		assert_int_equal(r.writes, r.header.type == VIRTIO_BLK_T_IN);
		if (r.writes) {
			memcpy(at_pa(r.data, r.size), disk_at, r.size);
			len += r.size;
		} else {
			memcpy(disk_at, at_pa(r.data, r.size), r.size);
		}
	}
	memcpy(at_pa(r.status, 1), &status, 1);
	push_used(r.head, len);
}

static void dev_reset(void)
{
	dev.resets++;
	dev.status = dev.sticks ? 4 : 0;
	dev.isr = 0;
	dev.ready = 0;
	dev.accepted = 0;
	dev.nr_pending = 0;
	dev.seen = dev.used_idx = 0;
}

static uint32_t config_word(uint32_t off)
{
	uint32_t v;

	assert_true(off + 4 <= sizeof(dev.config));
	memcpy(&v, (const uint8_t *)&dev.config + off, 4);
	return v;
}

static uint32_t dev_read(const volatile void *p)
{
	const uint32_t off = (uint32_t)((const volatile uint8_t *)p - regs);

	switch (off) {
	case VIRTIO_MMIO_MAGIC_VALUE:
		return dev.magic;
	case VIRTIO_MMIO_VERSION:
		return dev.version;
	case VIRTIO_MMIO_DEVICE_ID:
		return dev.id;
	case VIRTIO_MMIO_DEVICE_FEATURES:
		return (uint32_t)(dev.offered >> (dev.offered_sel ? 32 : 0));
	case VIRTIO_MMIO_QUEUE_NUM_MAX:
		return dev.queue_max;
	case VIRTIO_MMIO_QUEUE_READY:
		return dev.ready;
	case VIRTIO_MMIO_INTERRUPT_STATUS:
		return dev.isr;
	case VIRTIO_MMIO_STATUS:
		return dev.status;
	case VIRTIO_MMIO_CONFIG_GENERATION:
		return dev.restless ? dev.generation++ : dev.generation;
	default:
		assert_true(off >= VIRTIO_MMIO_CONFIG && off < VIRTIO_BLK_HOST_REGS);
		return config_word(off - VIRTIO_MMIO_CONFIG);
	}
}

static void set_half(uint64_t *v, bool high, uint32_t half)
{
	assert_false(dev.ready);
	*v = high ? (*v & UINT32_MAX) | (uint64_t)half << 32 : (*v & ~(uint64_t)UINT32_MAX) | half;
}

static void write_status(uint32_t v)
{
	if (!v) {
		dev_reset();
		return;
	}
	/* 3.1.1: bits are added in this order. */
	assert_int_equal(v & dev.status, dev.status);
	if ((v & VIRTIO_STATUS_FEATURES_OK) && (dev.refuses || dev.accepted & ~dev.offered))
		v &= ~VIRTIO_STATUS_FEATURES_OK;
	if (v & VIRTIO_STATUS_DRIVER_OK)
		assert_true((v & VIRTIO_STATUS_FEATURES_OK) && dev.ready);
	dev.status = v;
}

static void dev_write(volatile void *p, uint32_t v)
{
	const uint32_t off = (uint32_t)((volatile uint8_t *)p - regs);

	switch (off) {
	case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
		dev.offered_sel = v;
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
		dev.accepted_sel = v;
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES:
		assert_false(dev.status & VIRTIO_STATUS_FEATURES_OK);
		dev.accepted |= (uint64_t)v << (dev.accepted_sel ? 32 : 0);
		break;
	case VIRTIO_MMIO_QUEUE_SEL:
		assert_int_equal(v, 0);
		break;
	case VIRTIO_MMIO_QUEUE_NUM:
		assert_true(v && v <= dev.queue_max && !(v & (v - 1)));
		dev.num = v;
		break;
	case VIRTIO_MMIO_QUEUE_DESC_LOW:
	case VIRTIO_MMIO_QUEUE_DESC_HIGH:
		set_half(&dev.desc, off == VIRTIO_MMIO_QUEUE_DESC_HIGH, v);
		break;
	case VIRTIO_MMIO_QUEUE_DRIVER_LOW:
	case VIRTIO_MMIO_QUEUE_DRIVER_HIGH:
		set_half(&dev.avail, off == VIRTIO_MMIO_QUEUE_DRIVER_HIGH, v);
		break;
	case VIRTIO_MMIO_QUEUE_DEVICE_LOW:
	case VIRTIO_MMIO_QUEUE_DEVICE_HIGH:
		set_half(&dev.used, off == VIRTIO_MMIO_QUEUE_DEVICE_HIGH, v);
		break;
	case VIRTIO_MMIO_QUEUE_READY:
		assert_true(dev.status & VIRTIO_STATUS_FEATURES_OK);
		dev.ready = dev.refuses_queue ? 0 : v;
		break;
	case VIRTIO_MMIO_QUEUE_NOTIFY:
		assert_int_equal(v, 0);
		on_notify();
		break;
	case VIRTIO_MMIO_INTERRUPT_ACK:
		dev.isr &= dev.deaf ? dev.isr : ~v;
		dev.isr |= dev.meanwhile;
		dev.meanwhile = 0;
		break;
	case VIRTIO_MMIO_STATUS:
		write_status(v);
		break;
	default:
		fail_msg("write to offset 0x%x", off);
	}
}

/* --- what the driver did, in order --- */

static struct {
	uint16_t idx[16]; /* avail.idx as it stands in memory at each barrier */
	uint32_t isr[16]; /* and why the device interrupts */
	unsigned int notified[16];
	bool described[16]; /* the newest ring entry leads to a chain that is whole */
	unsigned int n;
	const void *cached[256];
	unsigned int nr_cached;
} seen;

static bool chain_is_whole(uint16_t idx)
{
	struct virtq_desc d = desc_at(avail16(VIRTQ_AVAIL_RING(idx % dev.num)));

	return d.addr && d.len == 16 && desc_at(d.next).addr;
}

static void on_barrier(void)
{
	const unsigned int n = seen.n;

	if (!dev.ready || n == ARRAY_SIZE(seen.idx))
		return;
	seen.idx[n] = avail16(VIRTQ_AVAIL_IDX);
	seen.isr[n] = dev.isr;
	seen.notified[n] = dev.notified;
	seen.described[n] = chain_is_whole(disk[0].next);
	seen.n++;
}

/* The cache has an old line of this entry of the used ring, until it is dropped so many times; 0: it has none. */
static struct {
	unsigned int entry, drops;
	struct virtq_used_elem now;
} old_line;

static void on_cache(const void *p, size_t size)
{
	if (p == &disk[0].shared->used && old_line.drops && !--old_line.drops)
		disk[0].shared->used.ring[old_line.entry] = old_line.now;
	(void)at_pa(pa_of(p).a, size); /* ours */
	if (seen.nr_cached < ARRAY_SIZE(seen.cached))
		seen.cached[seen.nr_cached++] = p;
}

/* --- the world --- */

static struct host_disk_io io[IOS];
static unsigned int ended[IOS];
static int result[IOS];
static bool in_submit;

static char said[160];

void log_at(enum log_level level UNUSED, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said, sizeof(said), fmt, ap);
	va_end(ap);
}

/* As hard as a done() may be on the driver: the transfer is somebody else's at once. */
static void done(struct host_disk_io *x, int status)
{
	const size_t n = (size_t)(x - io);

	assert_true(n < IOS);
	assert_false(in_submit);
	assert_false(spin_is_locked(&disk[0].lock));
	ended[n]++;
	result[n] = status;
	memset(x, 0xa5, sizeof(*x));
}

static int submit(unsigned int n, enum host_disk_op op, uint64_t sector, uint32_t size)
{
	int err;

	io[n] = (struct host_disk_io){
		.op = op, .sector = sector, .size = size, .data = data[n], .pa = pa_of(data[n]), .done = done
	};
	ended[n] = 0;
	in_submit = true;
	err = host_disk_submit(0, &io[n]);
	in_submit = false;
	return err;
}

static void irq(void)
{
	virtio_blk_host_irq(0);
	assert_false(spin_is_locked(&disk[0].lock));
}

static int add(bool coherent, const char **why)
{
	const struct virtio_blk_host_place at = { regs, memory, pa_of(memory), INTID, coherent };

	assert_true(virtio_blk_host_memory() <= sizeof(memory));
	return virtio_blk_host_add(&at, why);
}

static void plug_in(void)
{
	host_reset();
	memset(&dev, 0, sizeof(dev));
	memset(&seen, 0, sizeof(seen));
	memset(&old_line, 0, sizeof(old_line));
	memset(said, 0, sizeof(said));
	memset(disk, 0, sizeof(disk));
	memset(memory, 0, sizeof(memory));
	memset(ended, 0, sizeof(ended));
	nr_disks = 0;
	dev.magic = VIRTIO_MMIO_MAGIC;
	dev.version = 2;
	dev.id = VIRTIO_ID_BLOCK;
	dev.queue_max = 256;
	dev.offered = ALL_FEATURES;
	dev.config.capacity = SECTORS;
	dev.config.blk_size = 512;
	for (size_t i = 0; !store[1] && i < sizeof(store); i++)
		store[i] = (uint8_t)(i * 7 + i / 512 * 13);
}

static int setup(void **state)
{
	const char *why;

	(void)state;
	plug_in();
	assert_int_equal(add(true, &why), 0);
	seen.n = 0;
	return 0;
}

static int setup_apart(void **state)
{
	const char *why;

	(void)state;
	plug_in();
	assert_int_equal(add(false, &why), 0);
	seen.n = seen.nr_cached = 0;
	return 0;
}

/* --- starting --- */

static void test_start(void **state UNUSED)
{
	struct host_disk_info info;

	assert_int_equal(dev.resets, 1);
	assert_int_equal(dev.status, 0xf);
	assert_int_equal(dev.accepted, BIT(VIRTIO_F_VERSION_1) | BIT(VIRTIO_BLK_F_FLUSH) | BIT(VIRTIO_BLK_F_BLK_SIZE));
	assert_int_equal(dev.num, 64);
	assert_int_equal(dev.ready, 1);
	/* 2.7: how the parts are aligned. */
	assert_int_equal(dev.desc % 16, 0);
	assert_int_equal(dev.avail % 2, 0);
	assert_int_equal(dev.used % 4, 0);
	assert_int_equal(host_disk_info(0, &info), OK);
	assert_int_equal(info.sectors, SECTORS);
	assert_int_equal(info.block_size, 512);
	assert_false(info.readonly);
	assert_true(info.flush);
	assert_int_equal(host_disk_info(1, &info), E_NOENT);
}

static void test_kinds(void **state UNUSED)
{
	plug_in();
	assert_int_equal(virtio_blk_host_kind(regs), VIRTIO_BLK_HOST_DISK);
	dev.version = 1;
	assert_int_equal(virtio_blk_host_kind(regs), VIRTIO_BLK_HOST_LEGACY);
	dev.version = 3;
	assert_int_equal(virtio_blk_host_kind(regs), VIRTIO_BLK_HOST_NONE);
	dev.version = 2;
	dev.id = 0;
	assert_int_equal(virtio_blk_host_kind(regs), VIRTIO_BLK_HOST_NONE);
	dev.id = VIRTIO_ID_NET;
	assert_int_equal(virtio_blk_host_kind(regs), VIRTIO_BLK_HOST_NONE);
	dev.id = VIRTIO_ID_BLOCK;
	dev.magic = 0;
	assert_int_equal(virtio_blk_host_kind(regs), VIRTIO_BLK_HOST_NONE);
	assert_int_equal(dev.resets, 0);
}

/* A device that is not as it must be: refused with a reason, in reset, and not counted. */
static void refused(const char *reason)
{
	const char *why = NULL;
	int err = add(true, &why);

	assert_true(err < 0);
	assert_non_null(why);
	assert_non_null(strstr(why, reason));
	assert_int_equal(nr_disks, 0);
	assert_int_equal(dev.status & VIRTIO_STATUS_DRIVER_OK, dev.sticks ? 4 : 0);
	plug_in();
}

static void test_refused(void **state UNUSED)
{
	plug_in();
	dev.version = 1;
	refused("legacy");
	dev.sticks = true;
	refused("does not reset");
	dev.refuses = true;
	refused("features");
	dev.offered &= ~BIT(VIRTIO_F_VERSION_1);
	refused("features");
	dev.restless = true;
	refused("never stands still");
	dev.config.capacity = 0;
	refused("empty");
	dev.config.capacity = UINT64_MAX / 512 + 1;
	refused("more than can be counted");
	dev.config.capacity = 7;
	dev.config.blk_size = 4096;
	refused("empty");
	dev.config.blk_size = 256;
	refused("odd size");
	dev.config.blk_size = 1536;
	refused("odd size");
	dev.config.blk_size = 8192;
	refused("odd size");
	dev.offered |= BIT(VIRTIO_BLK_F_SIZE_MAX);
	dev.config.size_max = 65536;
	refused("small pieces");
	dev.queue_max = 0;
	refused("too short");
	dev.queue_max = 2;
	refused("too short");
	dev.refuses_queue = true;
	refused("refuses its queue");
}

static void test_variants(void **state UNUSED)
{
	struct host_disk_info info;
	const char *why;

	plug_in();
	dev.offered = BIT(VIRTIO_F_VERSION_1) | BIT(VIRTIO_BLK_F_RO) | BIT(33) | BIT(36);
	dev.queue_max = 100; /* no power of two */
	assert_int_equal(add(true, &why), 0);
	assert_int_equal(dev.num, 64);
	assert_int_equal(dev.accepted, dev.offered);
	assert_int_equal(host_disk_info(0, &info), OK);
	assert_true(info.readonly);
	assert_false(info.flush);
	assert_int_equal(info.block_size, 512);
	plug_in();
	dev.config.blk_size = 4096;
	dev.config.capacity = 4095;
	dev.queue_max = 4; /* one transfer at a time */
	assert_int_equal(add(true, &why), 0);
	assert_int_equal(host_disk_info(0, &info), OK);
	assert_int_equal(info.block_size, 4096);
	assert_int_equal(info.sectors, 4088);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(submit(i, HOST_DISK_READ, 8 * i, 4096), OK);
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(dev.nr_pending, 1);
		finish(0, 0);
		irq();
		assert_int_equal(ended[i], 1);
		assert_memory_equal(data[i], store + 4096 * i, 4096);
	}
}

static void test_too_many(void **state UNUSED)
{
	const char *why = NULL;

	for (int i = 1; i < VIRTIO_BLK_HOST_DISKS; i++)
		assert_int_equal(add(true, &why), i);
	assert_int_equal(add(true, &why), E_NOMEM);
	assert_non_null(why);
}

/* --- transfers --- */

static void test_transfers(void **state UNUSED)
{
	assert_int_equal(submit(0, HOST_DISK_READ, 5, 1024), OK);
	assert_int_equal(dev.nr_pending, 1);
	assert_int_equal(dev.pending[0].header.type, VIRTIO_BLK_T_IN);
	assert_int_equal(dev.pending[0].header.sector, 5);
	assert_int_equal(dev.pending[0].header.reserved, 0);
	irq();
	assert_int_equal(ended[0], 0);
	finish(0, VIRTIO_BLK_S_OK);
	assert_int_equal(ended[0], 0);
	irq();
	assert_int_equal(ended[0], 1);
	assert_int_equal(result[0], OK);
	assert_int_equal(dev.isr, 0);
	assert_memory_equal(data[0], store + 5 * 512, 1024);

	memset(data[1], 0x5a, 4096);
	assert_int_equal(submit(1, HOST_DISK_WRITE, 100, 4096), OK);
	finish(0, VIRTIO_BLK_S_OK);
	irq();
	assert_int_equal(result[1], OK);
	assert_memory_equal(store + 100 * 512, data[1], 4096);
	assert_int_equal(submit(1, HOST_DISK_FLUSH, 0, 0), OK);
	assert_int_equal(dev.pending[0].header.type, VIRTIO_BLK_T_FLUSH);
	assert_int_equal(dev.pending[0].size, 0);
	finish(0, VIRTIO_BLK_S_OK);
	irq();
	assert_int_equal(ended[1], 1);
	assert_int_equal(result[1], OK);
}

/* 2.7.13: chain and ring entry, barrier, index, barrier, notification. */
static void test_order(void **state UNUSED)
{
	for (uint16_t i = 0; i < 5; i++) {
		seen.n = 0;
		dev.notified = 0;
		memset(memory, 0, offsetof(struct shared, avail)); /* no chain of before */
		assert_int_equal(submit(0, HOST_DISK_READ, i, 512), OK);
		assert_int_equal(seen.n, 2);
		assert_int_equal(seen.idx[0], i);
		assert_true(seen.described[0]);
		assert_int_equal(seen.notified[0], 0);
		assert_int_equal(seen.idx[1], i + 1);
		assert_int_equal(seen.notified[1], 0);
		assert_int_equal(dev.notified, 1);
		finish(0, VIRTIO_BLK_S_OK);
		seen.n = 0;
		irq();
		/* Between the acknowledgement and the index, and between that and what it covers. */
		assert_int_equal(seen.n, 2);
		assert_int_equal(seen.isr[0], 0);
	}
}

/* The line is one of edges: it must have fallen when the handler ends, or no other interrupt comes. */
static void test_line_falls(void **state UNUSED)
{
	assert_int_equal(submit(0, HOST_DISK_READ, 0, 512), OK);
	finish(0, VIRTIO_BLK_S_OK);
	dev.meanwhile = VIRTIO_MMIO_INT_CONFIG;
	irq();
	assert_int_equal(dev.isr, 0);
	assert_int_equal(result[0], OK);
	/* And what it said meanwhile counts. */
	assert_int_equal(submit(0, HOST_DISK_READ, 0, 512), OK);
	finish(0, VIRTIO_BLK_S_OK);
	dev.meanwhile = VIRTIO_MMIO_INT_CONFIG;
	dev.status |= VIRTIO_STATUS_NEEDS_RESET;
	irq();
	assert_true(disk[0].failed);
}

static void test_no_notification(void **state UNUSED)
{
	const uint16_t flag = VIRTQ_USED_F_NO_NOTIFY;

	memcpy(at_pa(dev.used, 2), &flag, 2);
	assert_int_equal(submit(0, HOST_DISK_READ, 0, 512), OK);
	assert_int_equal(dev.notified, 0);
	on_notify();
	finish(0, VIRTIO_BLK_S_OK);
	irq();
	assert_int_equal(result[0], OK);
}

/* More than fit: they wait, in their order; nothing is lost or done twice, however often the rings go around. */
static void test_limits(void **state UNUSED)
{
	unsigned int submitted = 0, order = 0;
	uint64_t seed = 3;

	for (unsigned int i = 0; i < IOS; i++, submitted++)
		assert_int_equal(submit(i, HOST_DISK_READ, i, 512), OK);
	assert_int_equal(dev.nr_pending, SLOTS);
	for (unsigned int i = 0; i < SLOTS; i++)
		assert_int_equal(dev.pending[i].header.sector, i);
	while (dev.nr_pending) {
		finish(dev.nr_pending - 1, VIRTIO_BLK_S_OK);
		irq();
		/* The next one that waits went out, the oldest. */
		if (SLOTS + order < IOS)
			assert_int_equal(dev.pending[dev.nr_pending - 1].header.sector, SLOTS + order);
		order++;
	}
	for (unsigned int i = 0; i < IOS; i++) {
		assert_int_equal(ended[i], 1);
		assert_int_equal(result[i], OK);
		assert_memory_equal(data[i], store + i * 512, 512);
	}
	/* 70,000 transfers: the indices wrap. */
	for (unsigned int n = 0; n < 70000; n++) {
		const unsigned int i = n % IOS;

		if (n >= IOS)
			assert_int_equal(ended[i], 1);
		assert_int_equal(submit(i, HOST_DISK_READ, n % SECTORS, 512), OK);
		seed = seed * UINT64_C(6364136223846793005) + 1;
		while (dev.nr_pending &&
		       (seed >> 60 > dev.nr_pending || disk[0].nr_flying == SLOTS || n % IOS == IOS - 1))
			finish((unsigned int)(seed >> 33) % dev.nr_pending, VIRTIO_BLK_S_OK), irq();
	}
}

static void test_several_at_once(void **state UNUSED)
{
	for (unsigned int i = 0; i < 8; i++)
		assert_int_equal(submit(i, HOST_DISK_READ, i, 512), OK);
	finish(3, VIRTIO_BLK_S_OK);
	finish(0, VIRTIO_BLK_S_IOERR);
	finish(5, VIRTIO_BLK_S_UNSUPP);
	irq();
	assert_int_equal(ended[3] + ended[0] + ended[7], 3);
	assert_int_equal(result[3], OK);
	assert_int_equal(result[0], E_IO);
	assert_int_equal(result[7], E_IO);
	assert_int_equal(disk[0].nr_flying, 5);
	assert_false(disk[0].failed);
}

static void test_apart(void **state UNUSED)
{
	unsigned int before, last_index = 0, first_index = 0;

	assert_int_equal(submit(0, HOST_DISK_READ, 0, 512), OK);
	/*
	 * What the device reads is cleaned: data, chain, then the ring around the index; then its flags are looked at.
	 */
	for (unsigned int i = 0; i < seen.nr_cached; i++) {
		if (seen.cached[i] == &disk[0].shared->avail) {
			last_index = i;
			first_index = first_index ? first_index : i;
		}
	}
	assert_ptr_equal(seen.cached[0], data[0]);
	assert_true(first_index >= 4 && last_index > first_index);
	assert_ptr_equal(seen.cached[last_index + 1], &disk[0].shared->used);
	before = seen.nr_cached;
	finish(0, VIRTIO_BLK_S_OK);
	irq();
	/* And what it wrote is read anew: ring, status, data. */
	assert_ptr_equal(seen.cached[before], &disk[0].shared->used);
	assert_ptr_equal(seen.cached[before + 1], &disk[0].shared->used);
	assert_ptr_equal(seen.cached[before + 2], &disk[0].shared->status[0]);
	assert_ptr_equal(seen.cached[before + 3], data[0]);
	assert_int_equal(seen.nr_cached, before + 4);
	/* Nothing that we write while it works shares a line with what it writes. */
	assert_int_equal((uintptr_t)&disk[0].shared->used % LINE, 0);
	assert_int_equal(sizeof(disk[0].shared->status[0]) % LINE, 0);
	assert_int_equal((uintptr_t)disk[0].shared->status % LINE, 0);
}

/* The line of an entry was fetched before the device wrote it, that of the index after. */
static void test_apart_entry_fetched_early(void **state UNUSED)
{
	assert_int_equal(submit(0, HOST_DISK_READ, 0, 512), OK);
	finish(0, VIRTIO_BLK_S_OK);
	old_line.now = disk[0].shared->used.ring[0];
	old_line.entry = 0;
	old_line.drops = 2;
	disk[0].shared->used.ring[0] = (struct virtq_used_elem){ 9, 513 };
	irq();
	assert_int_equal(old_line.drops, 0);
	assert_false(disk[0].failed);
	assert_int_equal(result[0], OK);
}

/* --- a device that lies --- */

static void test_short_and_long_reads(void **state UNUSED)
{
	static const uint32_t lens[] = { 0, 1, 512, 514, 4096, UINT32_MAX };

	for (unsigned int i = 0; i < ARRAY_SIZE(lens); i++) {
		const uint8_t ok = 0;

		assert_int_equal(submit(0, HOST_DISK_READ, 0, 512), OK);
		memcpy(at_pa(dev.pending[0].status, 1), &ok, 1);
		push_used(dev.pending[0].head, lens[i]);
		dev.nr_pending = 0;
		irq();
		assert_int_equal(ended[0], 1);
		assert_int_equal(result[0], E_IO);
	}
	assert_int_equal(submit(0, HOST_DISK_READ, 0, 512), OK);
	finish(0, VIRTIO_BLK_S_OK);
	irq();
	assert_int_equal(result[0], OK);
}

static void test_any_status(void **state UNUSED)
{
	for (unsigned int s = 1; s < 256; s++) {
		assert_int_equal(submit(0, HOST_DISK_WRITE, 0, 512), OK);
		finish(0, (uint8_t)s);
		irq();
		assert_int_equal(result[0], E_IO);
	}
	/* It says done, and has written no status at all; an older one was good. */
	assert_int_equal(submit(0, HOST_DISK_WRITE, 0, 512), OK);
	finish(0, VIRTIO_BLK_S_OK);
	irq();
	assert_int_equal(submit(0, HOST_DISK_WRITE, 0, 512), OK);
	push_used(dev.pending[0].head, 1);
	irq();
	assert_int_equal(ended[0], 1);
	assert_int_equal(result[0], E_IO);
}

/* All that was under way has failed, the device is in reset, nothing more goes to it, and no more is heard of it. */
static void given_up(unsigned int flying, const char *reason)
{
	const unsigned int notified = dev.notified;

	assert_true(disk[0].failed);
	assert_non_null(strstr(said, reason));
	assert_false(host_irq_enabled(0, INTID));
	assert_int_equal(dev.status, 0);
	for (unsigned int i = 0; i < flying; i++) {
		assert_int_equal(ended[i], 1);
		assert_int_equal(result[i], E_IO);
	}
	assert_int_equal(submit(IOS - 1, HOST_DISK_READ, 0, 512), E_IO);
	irq();
	assert_int_equal(ended[IOS - 1], 0);
	assert_int_equal(dev.notified, notified);
}

static void test_wrong_ids(void **state UNUSED)
{
	static const uint32_t ids[] = { 1,  2,	4,     5,     3 * 2,	 3 * 15,     3 * 16,	3 * 21,
					63, 64, 65535, 65536, 65536 * 3, 0x80000000, UINT32_MAX };

	for (unsigned int i = 0; i < ARRAY_SIZE(ids); i++) {
		setup(NULL);
		host_irq_enable(INTID);
		assert_int_equal(submit(0, HOST_DISK_READ, 0, 512), OK);
		assert_int_equal(submit(1, HOST_DISK_READ, 0, 512), OK);
		push_used(ids[i], 513);
		irq();
		given_up(2, "finished what it did not have");
	}
}

static void test_the_same_twice(void **state UNUSED)
{
	uint16_t head;

	host_irq_enable(INTID);
	assert_int_equal(submit(0, HOST_DISK_READ, 0, 512), OK);
	assert_int_equal(submit(1, HOST_DISK_READ, 0, 512), OK);
	head = dev.pending[0].head;
	finish(0, VIRTIO_BLK_S_OK);
	push_used(head, 513);
	irq();
	assert_int_equal(ended[0], 1);
	assert_int_equal(result[0], OK);
	result[0] = E_IO;
	given_up(2, "finished what it did not have");
}

/* The index jumps: by one too many, by half of all, back. With some that wait for a slot. */
static void test_wrong_index(void **state UNUSED)
{
	static const uint16_t jumps[] = { SLOTS + 1, 64, 65, 0x8000, 0xffff };

	for (unsigned int i = 0; i < ARRAY_SIZE(jumps); i++) {
		setup(NULL);
		host_irq_enable(INTID);
		for (unsigned int n = 0; n < SLOTS + 4; n++)
			assert_int_equal(submit(n, HOST_DISK_READ, n, 512), OK);
		memcpy(at_pa(dev.used + VIRTQ_USED_IDX, 2), &jumps[i], 2);
		irq();
		given_up(SLOTS + 4, "finished more");
	}
}

static void test_asks_for_a_reset(void **state UNUSED)
{
	host_irq_enable(INTID);
	assert_int_equal(submit(0, HOST_DISK_READ, 0, 512), OK);
	dev.isr |= VIRTIO_MMIO_INT_CONFIG; /* a change of something else, such as its size */
	irq();
	assert_false(disk[0].failed);
	assert_int_equal(dev.isr, 0);
	dev.status |= VIRTIO_STATUS_NEEDS_RESET;
	dev.isr |= VIRTIO_MMIO_INT_CONFIG;
	irq();
	given_up(1, "asks for a reset");
}

/* A line that nobody can quiet must not take a core for ever; now and then one for nothing is no harm. */
static void test_interrupts_for_nothing(void **state UNUSED)
{
	unsigned int n;

	host_irq_enable(INTID);
	for (unsigned int round = 0; round < 3; round++) {
		for (n = 0; n < 900; n++)
			irq();
		assert_int_equal(submit(0, HOST_DISK_READ, 0, 512), OK);
		finish(0, VIRTIO_BLK_S_OK);
		irq();
		assert_int_equal(result[0], OK);
	}
	assert_int_equal(submit(0, HOST_DISK_READ, 0, 512), OK);
	for (n = 0; n < 2000 && host_irq_enabled(0, INTID); n++)
		irq();
	assert_true(n > 900 && n < 2000);
	given_up(1, "for nothing");
	/* The same of one that names a reason for ever. */
	setup(NULL);
	host_irq_enable(INTID);
	dev.deaf = true;
	dev.isr = VIRTIO_MMIO_INT_USED;
	for (n = 0; n < 2000 && host_irq_enabled(0, INTID); n++)
		irq();
	assert_true(n > 900 && n < 2000);
}

/* Anything at all in what the device writes: every transfer ends at most once, none ends well that it did not do. */
static void test_random_lies(void **state UNUSED)
{
	uint64_t seed = 1;

	for (unsigned int round = 0; round < 1500; round++) {
		setup(NULL);
		for (unsigned int i = 0; i < 20; i++)
			assert_int_equal(submit(i, i % 3 ? HOST_DISK_READ : HOST_DISK_WRITE, i, 512), OK);
		for (unsigned int turn = 0; turn < 4; turn++) {
			uint8_t *used = at_pa(dev.used, sizeof(disk[0].shared->used));

			for (unsigned int n = 0; n < 12; n++) {
				seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
				used[(seed >> 40) % (turn ? 80 : 8)] = (uint8_t)((seed >> 33) % (turn % 2 ? 256 : 4));
			}
			dev.isr = (uint32_t)(seed >> 60);
			irq();
		}
		for (unsigned int i = 0; i < 20; i++) {
			assert_true(ended[i] <= 1);
			/* No status was ever written. */
			assert_true(!ended[i] || result[i] == E_IO);
		}
	}
}

#define T(f)	     cmocka_unit_test_setup(f, setup)
#define T_IN(f, set) cmocka_unit_test_setup(f, set)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_start),
		T(test_kinds),
		T(test_refused),
		T(test_variants),
		T(test_too_many),
		T(test_transfers),
		T(test_order),
		T(test_line_falls),
		T(test_no_notification),
		T(test_limits),
		T(test_several_at_once),
		T_IN(test_apart, setup_apart),
		T_IN(test_apart_entry_fetched_early, setup_apart),
		T(test_short_and_long_reads),
		T(test_any_status),
		T(test_wrong_ids),
		T(test_the_same_twice),
		T(test_wrong_index),
		T(test_asks_for_a_reset),
		T(test_interrupts_for_nothing),
		T(test_random_lies),
	};

	return UNIT_RUN(tests);
}
