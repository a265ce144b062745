/* SPDX-License-Identifier: BSD-3-Clause */
/* Programs: drivers for virtio-mmio (virtio 1.2, 4.2) as small as can be: one queue, one request at a time. */
#include "guest.h"

#include "abi/virtio.h"
#include "abi/virtio_blk.h"
#include "abi/virtio_mmio.h"

#define FILE_ID 7

#define NUM 8u

static struct {
	struct virtq_desc desc[NUM];
	volatile uint16_t avail_flags, avail_idx, avail_ring[NUM], used_event;
	uint16_t pad[2];
	volatile uint16_t used_flags ALIGNED(4), used_idx;
	volatile struct virtq_used_elem used[NUM];
	uint16_t avail_event;
} q ALIGNED(4096);

void *memset(void *dst, int c, size_t n);

static uint8_t data[1024] ALIGNED(16);
static struct virtio_blk_hdr hdr ALIGNED(16);
static volatile uint8_t status ALIGNED(16);
static uint64_t dev;

static uint32_t get(unsigned int off)
{
	return io32_r(dev + off);
}

static void set(unsigned int off, uint64_t v)
{
	io32_w(dev + off, v);
}

static void set64(unsigned int off, const volatile void *p)
{
	set(off, (uint32_t)(uintptr_t)p);
	set(off + 4, (uint64_t)(uintptr_t)p >> 32);
}

static void acknowledge(unsigned int intid)
{
	if (intid >= 48)
		set(VIRTIO_MMIO_INTERRUPT_ACK, get(VIRTIO_MMIO_INTERRUPT_STATUS));
}

/* 3.1.1: reset, features, queue, go. */
static void driver_init(unsigned int slot, uint32_t id)
{
	dev = VIRTIO(slot);
	G_EQ(get(VIRTIO_MMIO_MAGIC_VALUE), VIRTIO_MMIO_MAGIC);
	G_EQ(get(VIRTIO_MMIO_VERSION), 2);
	G_EQ(get(VIRTIO_MMIO_DEVICE_ID), id);
	set(VIRTIO_MMIO_STATUS, 0);
	G_EQ(get(VIRTIO_MMIO_STATUS), 0);
	set(VIRTIO_MMIO_STATUS, VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER);
	set(VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	G_CHECK(get(VIRTIO_MMIO_DEVICE_FEATURES) & 1);
	set(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	set(VIRTIO_MMIO_DRIVER_FEATURES, 1);
	set(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	set(VIRTIO_MMIO_DRIVER_FEATURES, 0);
	set(VIRTIO_MMIO_STATUS, get(VIRTIO_MMIO_STATUS) | VIRTIO_STATUS_FEATURES_OK);
	G_CHECK(get(VIRTIO_MMIO_STATUS) & VIRTIO_STATUS_FEATURES_OK);
	set(VIRTIO_MMIO_QUEUE_SEL, 0);
	G_CHECK(get(VIRTIO_MMIO_QUEUE_NUM_MAX) >= NUM);
	set(VIRTIO_MMIO_QUEUE_NUM, NUM);
	set64(VIRTIO_MMIO_QUEUE_DESC_LOW, q.desc);
	set64(VIRTIO_MMIO_QUEUE_DRIVER_LOW, &q.avail_flags);
	set64(VIRTIO_MMIO_QUEUE_DEVICE_LOW, &q.used_flags);
	set(VIRTIO_MMIO_QUEUE_READY, 1);
	set(VIRTIO_MMIO_STATUS, get(VIRTIO_MMIO_STATUS) | VIRTIO_STATUS_DRIVER_OK);
	gic_init();
	gic_enable(48 + slot);
	on_irq = acknowledge;
	irq_on();
}

static void describe(unsigned int i, const volatile void *p, uint32_t len, bool write, bool more)
{
	q.desc[i].addr = (uint64_t)(uintptr_t)p;
	q.desc[i].len = len;
	q.desc[i].flags = (uint16_t)((write ? VIRTQ_DESC_F_WRITE : 0) | (more ? VIRTQ_DESC_F_NEXT : 0));
	q.desc[i].next = (uint16_t)(i + 1);
}

/* Offer the chain that begins at descriptor 0 and wait for it: the bytes that the device wrote. */
static uint32_t submit(void)
{
	uint16_t idx = q.avail_idx;
	uint32_t before = IRQS(48);

	q.avail_ring[idx % NUM] = 0;
	dsb();
	q.avail_idx = (uint16_t)(idx + 1);
	dsb();
	set(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	G_WAIT(q.used_idx == (uint16_t)(idx + 1));
	G_WAIT(IRQS(48) == before + 1);
	G_EQ(q.used[idx % NUM].id, 0);
	return q.used[idx % NUM].len;
}

static void request(uint32_t type, uint64_t sector, uint32_t len, uint8_t want)
{
	hdr.type = type;
	hdr.sector = sector;
	status = 0xff;
	describe(0, &hdr, sizeof(hdr), false, true);
	if (len)
		describe(1, data, len, type != VIRTIO_BLK_T_OUT, true);
	describe(len ? 2 : 1, &status, 1, true, false);
	if (!len)
		q.desc[0].next = 1;
	(void)submit();
	G_EQ(status, want);
}

/* Slot 0: sectors. The test has put a pattern on the disk, and looks at what is written. */
PROGRAM(g_blk)
{
	uint64_t sectors = slot_get(0);

	driver_init(0, VIRTIO_ID_BLOCK);
	G_EQ(get(VIRTIO_MMIO_CONFIG), sectors);
	request(VIRTIO_BLK_T_IN, 1, 1024, VIRTIO_BLK_S_OK);
	for (unsigned int i = 0; i < 1024; i++)
		if (data[i] != (uint8_t)((512 + i) * 7))
			G_EQ(data[i], (uint8_t)((512 + i) * 7));
	for (unsigned int i = 0; i < 512; i++)
		data[i] = (uint8_t)(i ^ 0x5a);
	request(VIRTIO_BLK_T_OUT, 3, 512, VIRTIO_BLK_S_OK);
	memset(data, 0, sizeof(data));
	request(VIRTIO_BLK_T_IN, 3, 512, VIRTIO_BLK_S_OK);
	for (unsigned int i = 0; i < 512; i++)
		if (data[i] != (uint8_t)(i ^ 0x5a))
			G_EQ(data[i], (uint8_t)(i ^ 0x5a));
	request(VIRTIO_BLK_T_FLUSH, 0, 0, VIRTIO_BLK_S_OK);
	request(VIRTIO_BLK_T_GET_ID, 0, VIRTIO_BLK_ID_BYTES, VIRTIO_BLK_S_OK);
	G_EQ(data[0], 't');
	/* Beyond the end, and what is not known. */
	request(VIRTIO_BLK_T_IN, sectors, 512, VIRTIO_BLK_S_IOERR);
	request(99, 0, 512, VIRTIO_BLK_S_UNSUPP);
	/* A chain that leads in a circle breaks the queue, and nothing else. */
	describe(0, &hdr, sizeof(hdr), false, true);
	describe(1, data, 512, true, true);
	q.desc[1].next = 0;
	q.avail_ring[q.avail_idx % NUM] = 0;
	dsb();
	q.avail_idx++;
	dsb();
	set(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	G_WAIT(get(VIRTIO_MMIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET);
	irq_off();
}

PROGRAM(g_rng)
{
	uint32_t same = 0;

	driver_init(0, VIRTIO_ID_ENTROPY);
	describe(0, data, 64, true, false);
	G_EQ(submit(), 64);
	for (unsigned int i = 0; i < 64; i++)
		data[64 + i] = data[i];
	G_EQ(submit(), 64);
	for (unsigned int i = 0; i < 64; i++)
		same += data[i] == data[64 + i];
	G_CHECK(same < 16);
	irq_off();
}
