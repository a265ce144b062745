/* SPDX-License-Identifier: BSD-3-Clause */
/* A small virtio driver (virtio 1.2, 2.7, 4.2) for the virtio program: see virtio.h. State owned: the rings. */
#include "virtio.h"

#include "lib/string.h"

#define WAIT_MS	 10000
#define SCRATCH	 (16ul * 1024 * 1024)
#define ID_BYTES 64u

struct ring rings[SLOTS];

uint32_t vdev_get(unsigned int slot, unsigned int reg)
{
	return io32_r(VIRTIO(slot) + reg);
}

void vdev_set(unsigned int slot, unsigned int reg, uint64_t value)
{
	io32_w(VIRTIO(slot) + reg, value);
}

void vdev_set64(unsigned int slot, unsigned int reg, uint64_t value)
{
	vdev_set(slot, reg, (uint32_t)value);
	vdev_set(slot, reg + 4, value >> 32);
}

void vdev_features(unsigned int slot, uint32_t features)
{
	vdev_set(slot, VIRTIO_MMIO_STATUS, 0);
	vdev_set(slot, VIRTIO_MMIO_STATUS, VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER);
	vdev_set(slot, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	vdev_set(slot, VIRTIO_MMIO_DRIVER_FEATURES, 1); /* VERSION_1 */
	vdev_set(slot, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	vdev_set(slot, VIRTIO_MMIO_DRIVER_FEATURES, features);
	vdev_set(slot, VIRTIO_MMIO_STATUS,
		 VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER | VIRTIO_STATUS_FEATURES_OK);
}

bool vdev_queue(unsigned int slot, uint64_t desc, uint64_t avail, uint64_t used)
{
	vdev_set(slot, VIRTIO_MMIO_QUEUE_SEL, 0);
	vdev_set(slot, VIRTIO_MMIO_QUEUE_READY, 0);
	vdev_set(slot, VIRTIO_MMIO_QUEUE_NUM, RING_NUM);
	vdev_set64(slot, VIRTIO_MMIO_QUEUE_DESC_LOW, desc);
	vdev_set64(slot, VIRTIO_MMIO_QUEUE_DRIVER_LOW, avail);
	vdev_set64(slot, VIRTIO_MMIO_QUEUE_DEVICE_LOW, used);
	vdev_set(slot, VIRTIO_MMIO_QUEUE_READY, 1);
	return vdev_get(slot, VIRTIO_MMIO_QUEUE_READY) != 0;
}

void vdev_start(unsigned int slot, uint32_t features)
{
	struct ring *r = &rings[slot];

	vdev_features(slot, features);
	r->avail.flags = r->avail.idx = r->avail.used_event = 0;
	r->used.idx = r->used.flags = r->used.avail_event = 0;
	dsb();
	(void)vdev_queue(slot, addr_of(r->desc), addr_of(&r->avail), addr_of(&r->used));
	vdev_set(slot, VIRTIO_MMIO_STATUS, vdev_get(slot, VIRTIO_MMIO_STATUS) | VIRTIO_STATUS_DRIVER_OK);
}

static struct virtq_desc *describe(struct virtq_desc *d, const volatile void *p, uint32_t len, unsigned int flags,
				   uint16_t next)
{
	*d = (struct virtq_desc){ .addr = addr_of(p), .len = len, .flags = (uint16_t)flags, .next = next };
	return d;
}

void ring_request(struct ring *r, uint32_t type, uint64_t sector, uint32_t n)
{
	unsigned int dir = type == VIRTIO_BLK_T_OUT ? 0 : VIRTQ_DESC_F_WRITE;

	r->hdr = (struct virtio_blk_hdr){ .type = type, .sector = sector };
	r->status = 0xff;
	describe(&r->desc[0], &r->hdr, sizeof(r->hdr), VIRTQ_DESC_F_NEXT, n ? 1 : 2);
	describe(&r->desc[1], r->data, n, dir | VIRTQ_DESC_F_NEXT, 2);
	describe(&r->desc[2], &r->status, 1, VIRTQ_DESC_F_WRITE, 0);
}

void ring_offer(unsigned int slot, uint16_t head)
{
	struct ring *r = &rings[slot];

	r->avail.ring[r->avail.idx % RING_NUM] = head;
	dsb();
	r->avail.idx++;
	dsb();
	vdev_set(slot, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
}

void ring_wait(unsigned int slot)
{
	const struct ring *r = &rings[slot];

	A_WAIT_MS(r->used.idx == r->avail.idx || vdev_is_broken(slot), WAIT_MS);
	dsb();
}

/* --- does it work? --- */

static uint8_t disk_byte(uint64_t sector, unsigned int at)
{
	return (uint8_t)(sector * 7 + at);
}

static void expect_status(unsigned int slot, uint8_t status)
{
	ring_wait(slot);
	A_EQ_AT(vdev_is_broken(slot), 0, slot);
	A_EQ_AT(rings[slot].status, status, slot);
}

/* Each byte of the read-only disk says which sector it is in, and where. */
static void reads_what_is_there(void)
{
	static uint64_t random;
	struct ring *r = &rings[SLOT_RODISK];
	uint64_t sectors = vdev_get(SLOT_RODISK, VIRTIO_MMIO_CONFIG), sector;

	random = random ? random : attack_seed(99);
	sector = attack_random(&random) % sectors;
	memset(r->data, 0xa5, SECTOR_BYTES);
	ring_request(r, VIRTIO_BLK_T_IN, sector, SECTOR_BYTES);
	ring_offer(SLOT_RODISK, 0);
	expect_status(SLOT_RODISK, VIRTIO_BLK_S_OK);
	for (unsigned int i = 0; i < SECTOR_BYTES; i++)
		A_EQ_AT(r->data[i], disk_byte(sector, i), sector * SECTOR_BYTES + i);
}

static void reads_what_it_wrote(void)
{
	static uint8_t turn;
	struct ring *r = &rings[SLOT_DISK];
	uint64_t sector = turn++ % vdev_get(SLOT_DISK, VIRTIO_MMIO_CONFIG);

	for (unsigned int i = 0; i < SECTOR_BYTES; i++)
		r->data[i] = (uint8_t)(disk_byte(sector, i) ^ turn);
	ring_request(r, VIRTIO_BLK_T_OUT, sector, SECTOR_BYTES);
	ring_offer(SLOT_DISK, 0);
	expect_status(SLOT_DISK, VIRTIO_BLK_S_OK);
	memset(r->data, 0x5a, SECTOR_BYTES);
	ring_request(r, VIRTIO_BLK_T_IN, sector, SECTOR_BYTES);
	ring_offer(SLOT_DISK, 0);
	expect_status(SLOT_DISK, VIRTIO_BLK_S_OK);
	for (unsigned int i = 0; i < SECTOR_BYTES; i++)
		A_EQ_AT(r->data[i], (uint8_t)(disk_byte(sector, i) ^ turn), sector * SECTOR_BYTES + i);
}

static void gives_random_bytes(void)
{
	struct ring *r = &rings[SLOT_RNG];
	unsigned int other = 0;

	memset(r->data, 0, 2 * ID_BYTES);
	for (unsigned int i = 0; i < 2; i++) {
		describe(&r->desc[i], &r->data[i * ID_BYTES], ID_BYTES, VIRTQ_DESC_F_WRITE, 0);
		ring_offer(SLOT_RNG, (uint16_t)i);
		ring_wait(SLOT_RNG);
		A_EQ(r->used.ring[i].len, ID_BYTES);
	}
	for (unsigned int i = 0; i < ID_BYTES; i++)
		other += r->data[i] != r->data[ID_BYTES + i];
	A_CHECK(other > ID_BYTES / 2);
}

void vdev_is_good(unsigned int slot)
{
	static void (*const check[])(void) = { reads_what_it_wrote, reads_what_is_there, gives_random_bytes };

	vdev_start(slot, WITH_INDIRECT);
	A_EQ_AT(vdev_get(slot, VIRTIO_MMIO_STATUS),
		VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER | VIRTIO_STATUS_FEATURES_OK | VIRTIO_STATUS_DRIVER_OK,
		slot);
	check[slot]();
}

void vdev_all_good(void)
{
	for (unsigned int i = 0; i < SLOTS; i++)
		vdev_is_good(i);
}

/* --- addresses --- */

uint64_t scratch(void)
{
	return attack_ram_end - SCRATCH;
}

uint64_t any_address(uint64_t *random)
{
	uint64_t x = attack_random(random), fine = x >> 16 & 0xff;

	switch (x % 12) {
	case 0:
		return attack_ram_end - fine; /* crosses the end of RAM */
	case 1:
		return attack_ram_end + fine * 16;
	case 2:
		return RAM - 1 - fine;
	case 3:
		return NOWHERE + fine;
	case 4:
		return GICD + fine * 8;
	case 5:
		return VIRTIO(x >> 32 & 3) + fine * 4;
	case 6:
		return ~0ul - fine;
	case 7:
		return (1ul << IPA_BITS) - fine;
	case 8:
		return scratch() + (x >> 24 & 0xffff); /* unaligned */
	default:
		return scratch() + (x >> 24 & 0xffff) * 64;
	}
}
