/* SPDX-License-Identifier: BSD-3-Clause */
/* The driver of driver.h. */
#include "driver.h"

struct driver drv;

void driver_init(uint64_t base, uint16_t num)
{
	drv = (struct driver){ .base = base, .desc = RING_DESC, .avail = RING_AVAIL, .used = RING_USED, .num = num };
}

uint32_t driver_reg(unsigned int off)
{
	return (uint32_t)fake_read(drv.base + off, 4);
}

void driver_set(unsigned int off, uint32_t value)
{
	fake_write(drv.base + off, 4, value);
}

static void set_pair(unsigned int low, uint64_t value)
{
	driver_set(low, (uint32_t)value);
	driver_set(low + 4, (uint32_t)(value >> 32));
}

void driver_start_until_ok(uint64_t features)
{
	driver_set(VIRTIO_MMIO_STATUS, 0);
	driver_set(VIRTIO_MMIO_STATUS, 1);
	driver_set(VIRTIO_MMIO_STATUS, 3);
	features |= BIT(VIRTIO_F_VERSION_1);
	for (unsigned int i = 0; i < 2; i++) {
		driver_set(VIRTIO_MMIO_DRIVER_FEATURES_SEL, i);
		driver_set(VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)(features >> (32 * i)));
	}
	driver_set(VIRTIO_MMIO_STATUS, 11);
	assert_int_equal(driver_reg(VIRTIO_MMIO_STATUS), 11);
	driver_set(VIRTIO_MMIO_QUEUE_SEL, 0);
	assert_int_equal(driver_reg(VIRTIO_MMIO_QUEUE_READY), 0);
	driver_set(VIRTIO_MMIO_QUEUE_NUM, drv.num);
	set_pair(VIRTIO_MMIO_QUEUE_DESC_LOW, drv.desc);
	set_pair(VIRTIO_MMIO_QUEUE_DRIVER_LOW, drv.avail);
	set_pair(VIRTIO_MMIO_QUEUE_DEVICE_LOW, drv.used);
	driver_set(VIRTIO_MMIO_QUEUE_READY, 1);
	assert_int_equal(driver_reg(VIRTIO_MMIO_QUEUE_READY), 1);
	drv.avail_idx = drv.used_idx = 0;
	if (drv.avail == RING_AVAIL)
		memset(fake_ram(drv.avail), 0, 0x1000);
	if (drv.used == RING_USED)
		memset(fake_ram(drv.used), 0, 0x1000);
}

void driver_start(uint64_t features)
{
	driver_start_until_ok(features);
	driver_set(VIRTIO_MMIO_STATUS, 15);
	assert_int_equal(driver_reg(VIRTIO_MMIO_STATUS) & 15, 15);
}

void driver_table(uint64_t table, uint16_t i, uint64_t addr, uint32_t len, unsigned int flags, uint16_t next)
{
	const struct virtq_desc d = { addr, len, (uint16_t)flags, next };

	memcpy(fake_ram(table + i * sizeof(d)), &d, sizeof(d));
}

void driver_desc(uint16_t i, uint64_t addr, uint32_t len, unsigned int flags, uint16_t next)
{
	driver_table(drv.desc, i, addr, len, flags, next);
}

void driver_offer(uint16_t head)
{
	fake_poke(drv.avail + VIRTQ_AVAIL_RING(drv.avail_idx % drv.num), 2, head);
	fake_poke(drv.avail + VIRTQ_AVAIL_IDX, 2, ++drv.avail_idx);
}

void driver_notify(void)
{
	driver_set(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
}

bool driver_used(uint32_t *id, uint32_t *len)
{
	uint64_t at = drv.used + VIRTQ_USED_RING(drv.used_idx % drv.num);

	if (fake_peek(drv.used + VIRTQ_USED_IDX, 2) == drv.used_idx)
		return false;
	*id = (uint32_t)fake_peek(at, 4);
	*len = (uint32_t)fake_peek(at + 4, 4);
	drv.used_idx++;
	return true;
}
