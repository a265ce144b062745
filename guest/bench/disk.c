/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads from a virtio disk (virtio 1.2, 4.2 and 5.2): one request at a time, from the notification to its used index.
 * The counter says nothing where the machine's disk is waited for: tools/bench_disk.py counts the instructions between
 * two calls of stamp() in QEMU's log.
 *
 * State owned: the queue and the request.
 */
#include "abi/virtio_mmio.h"
#include "bench.h"

#define DISK	   0x0a000000ul /* virtio-mmio slot 0 */
#define DISK_SPI   48
#define QUEUE_SIZE 4
#define READ_MAX   0x100000
#define SECTOR	   512
#define TRIES	   3
#define SECTOR_AT  8 /* where reads begin */

#define DESC_NEXT  1
#define DESC_WRITE 2

struct desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags, next;
};

struct driver_ring {
	uint16_t flags, idx, ring[QUEUE_SIZE];
};

struct device_ring {
	uint16_t flags, idx;
	struct {
		uint32_t id, len;
	} ring[QUEUE_SIZE];
};

static struct desc desc[QUEUE_SIZE] __attribute__((aligned(16)));
static struct driver_ring driver __attribute__((aligned(4)));
static struct device_ring device __attribute__((aligned(4)));
static struct {
	uint32_t type, reserved;
	uint64_t sector;
} request __attribute__((aligned(16)));
static uint8_t status;
static uint8_t data[READ_MAX] __attribute__((aligned(4096)));

static uint64_t pa(const volatile void *p)
{
	return (uint64_t)p - VA_TO_PA;
}

static void set_address(enum virtio_mmio_offset low, const volatile void *p)
{
	io_write32(DISK + low, (uint32_t)pa(p));
	io_write32(DISK + low + 4, (uint32_t)(pa(p) >> 32));
}

static void disk_init(void)
{
	const uint32_t bit = (uint32_t)BIT(DISK_SPI % 32), reg = DISK_SPI / 32 * 4;

	io_write32(DISK + VIRTIO_MMIO_STATUS, 0);
	io_write32(DISK + VIRTIO_MMIO_STATUS, 3); /* ACKNOWLEDGE, DRIVER */
	io_write32(DISK + VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	io_write32(DISK + VIRTIO_MMIO_DRIVER_FEATURES, 1); /* VERSION_1 */
	io_write32(DISK + VIRTIO_MMIO_STATUS, 11);	   /* FEATURES_OK */
	io_write32(DISK + VIRTIO_MMIO_QUEUE_SEL, 0);
	io_write32(DISK + VIRTIO_MMIO_QUEUE_NUM, QUEUE_SIZE);
	set_address(VIRTIO_MMIO_QUEUE_DESC_LOW, desc);
	set_address(VIRTIO_MMIO_QUEUE_DRIVER_LOW, &driver);
	set_address(VIRTIO_MMIO_QUEUE_DEVICE_LOW, &device);
	io_write32(DISK + VIRTIO_MMIO_QUEUE_READY, 1);
	io_write32(DISK + VIRTIO_MMIO_STATUS, 15); /* DRIVER_OK */
	/* It wakes the WFI below, and is never taken. */
	__asm__ volatile("msr daifset, #2" ::: "memory");
	io_write32(GICD + 0x0080 + reg, UINT32_MAX); /* GICD_IGROUPR */
	io_write32(GICD + 0x0100 + reg, bit);	     /* GICD_ISENABLER */
}

static void prepare(uint32_t size)
{
	request.type = 0; /* read */
	request.sector = SECTOR_AT;
	status = 0xff;
	desc[0] = (struct desc){ pa(&request), sizeof(request), DESC_NEXT, 1 };
	desc[1] = (struct desc){ pa(data), size, DESC_NEXT | DESC_WRITE, 2 };
	desc[2] = (struct desc){ pa(&status), 1, DESC_WRITE, 0 };
	driver.ring[driver.idx % QUEUE_SIZE] = 0;
	__atomic_store_n(&driver.idx, (uint16_t)(driver.idx + 1), __ATOMIC_RELEASE);
}

static void read_once(void)
{
	io_write32(DISK + VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	while (__atomic_load_n(&device.idx, __ATOMIC_ACQUIRE) != driver.idx)
		__asm__ volatile("wfi" ::: "memory");
}

/* The disk's sectors begin with their numbers. */
static bool right(uint32_t size)
{
	for (uint32_t at = 0; at < size; at += SECTOR) {
		if (*(uint64_t *)(void *)&data[at] != SECTOR_AT + at / SECTOR)
			return false;
	}
	return status == 0;
}

static void row(const char *name, uint32_t size)
{
	for (unsigned int i = 0; i < TRIES; i++) {
		prepare(size);
		data[0] = 0xff;
		(void)stamp();
		read_once();
		(void)stamp();
		io_write32(DISK + VIRTIO_MMIO_INTERRUPT_ACK, io_read32(DISK + VIRTIO_MMIO_INTERRUPT_STATUS));
		if (!right(size)) {
			put_string("BENCH-ERROR wrong data\r\n");
			power_off();
		}
	}
	result(name, TRIES);
}

void rows_disk(void)
{
	disk_init();
	row("4k", 4096);
	row("1m", READ_MAX);
}
