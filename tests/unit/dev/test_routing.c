/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device routing: with all devices of a VM at once, an access reaches the right one, a device's line is its own INTID
 * and no other, and one device's reset or failure leaves the others alone.
 */
#include "driver.h"

#include "abi/virtio_blk.h"
#include "dev/virtio_blk.h"
#include "dev/virtio_rng.h"
#include "dev/vpl011.h"
#include "dev/vpl031.h"

#define UART	   0x09000000u
#define RTC	   0x09010000u
#define VIRTIO(n)  (0x0a000000u + (n)*0x1000u)
#define UART_IRQ   33u
#define RTC_IRQ	   34u
#define VIRTIO_IRQ 48u
#define DISKS	   6u
#define SLOTS	   (DISKS + 1u)

static struct vpl011 *uart;
static struct vpl031 *rtc;
static struct virtio_blk *blk[DISKS];
static struct virtio_rng *rng;
static uint8_t image[DISKS][4096];
static char last;

static void out(void *ctx UNUSED, uint8_t c)
{
	last = (char)c;
}

static void source(void *buf, size_t n)
{
	memset(buf, 0x99, n);
}

/* Registered in no order at all. */
static int setup(void **state)
{
	const struct chardev_sink sink = { out, NULL };

	fake_setup(state);
	assert_int_equal(virtio_rng_create(&fake.part, IPA(VIRTIO(DISKS)), VIRTIO_IRQ + DISKS, source, &rng), OK);
	assert_int_equal(vpl011_create(&fake.part, IPA(UART), UART_IRQ, sink, &uart), OK);
	for (unsigned int i = DISKS; i-- > 0;) {
		memset(image[i], (int)(i + 1), sizeof(image[i]));
		assert_int_equal(virtio_blk_create(&fake.part, IPA(VIRTIO(i)), VIRTIO_IRQ + i,
						   block_mem_create(image[i], sizeof(image[i]), false), "x", &blk[i]),
				 OK);
	}
	assert_int_equal(vpl031_create(&fake.part, IPA(RTC), RTC_IRQ, &rtc), OK);
	return 0;
}

static int teardown(void **state)
{
	vpl011_destroy(uart);
	vpl031_destroy(rtc);
	virtio_rng_destroy(rng);
	for (unsigned int i = 0; i < DISKS; i++)
		virtio_blk_destroy(blk[i]);
	return fake_teardown(state);
}

/* Exactly these lines are high: bit 0 UART, 1 RTC, 2 + n virtio slot n. */
static void assert_lines(uint32_t want)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(fake.level); i++) {
		bool high = false;

		if (i == UART_IRQ)
			high = want & 1;
		else if (i == RTC_IRQ)
			high = want & 2;
		else if (i >= VIRTIO_IRQ && i < VIRTIO_IRQ + SLOTS)
			high = want >> (2 + i - VIRTIO_IRQ) & 1;
		assert_int_equal(fake.level[i], high);
	}
}

/* Have slot n do one thing. */
static void work(unsigned int n)
{
	const struct virtio_blk_hdr h = { VIRTIO_BLK_T_IN, 0, 0 };

	driver_init(VIRTIO(n), 8);
	driver_start(0);
	memset(fake_ram(RING_DATA), 0, 2048);
	if (n < DISKS) {
		memcpy(fake_ram(RING_DATA), &h, sizeof(h));
		driver_desc(0, RING_DATA, 16, VIRTQ_DESC_F_NEXT, 1);
		driver_desc(1, RING_DATA + 16, 513, VIRTQ_DESC_F_WRITE, 0);
	} else {
		driver_desc(0, RING_DATA + 16, 512, VIRTQ_DESC_F_WRITE, 0);
	}
	driver_offer(0);
	driver_notify();
	assert_int_equal(fake_peek(RING_DATA + 16, 1), n < DISKS ? n + 1 : 0x99);
}

static void test_each_line(void **state UNUSED)
{
	uint32_t lines = 0;

	assert_lines(0);
	fake_write(UART + 0x38, 4, 1 << 4);
	vpl011_rx(uart, 'x');
	assert_lines(1);
	fake_write(RTC + 0x10, 4, 1);
	fake_write(RTC + 0x04, 4, fake_read(RTC, 4));
	assert_lines(3);
	fake_read(UART, 4);
	assert_lines(2);
	fake_write(RTC + 0x1c, 4, 1);
	assert_lines(0);
	for (unsigned int n = 0; n < SLOTS; n++) {
		work(n);
		lines |= 4u << n;
		assert_lines(lines);
	}
	for (unsigned int n = 0; n < SLOTS; n++) {
		fake_write(VIRTIO(n) + VIRTIO_MMIO_INTERRUPT_ACK, 4, 3);
		lines &= ~(4u << n);
		assert_lines(lines);
	}
	assert_lines(0);
}

static void test_each_address(void **state UNUSED)
{
	fake_write(UART, 4, 'Q');
	assert_int_equal(last, 'Q');
	assert_int_equal(fake_read(UART + 0xfe0, 4), 0x11);
	assert_int_equal(fake_read(RTC + 0xfe0, 4), 0x31);
	for (unsigned int n = 0; n < SLOTS; n++) {
		assert_int_equal(fake_read(VIRTIO(n), 4), VIRTIO_MMIO_MAGIC);
		assert_int_equal(fake_read(VIRTIO(n) + VIRTIO_MMIO_DEVICE_ID, 4), n < DISKS ? 2 : 4);
	}
	assert_null(mmio_find(&fake.part.mmio, IPA(UART + 0x1000), 4));
	assert_null(mmio_find(&fake.part.mmio, IPA(RTC - 4), 4));
	assert_null(mmio_find(&fake.part.mmio, IPA(VIRTIO(0) - 4), 4));
	assert_null(mmio_find(&fake.part.mmio, IPA(VIRTIO(SLOTS)), 4));
	assert_null(mmio_find(&fake.part.mmio, IPA(VIRTIO(1) - 4), 8)); /* across two devices */
}

static void test_one_fails_alone(void **state UNUSED)
{
	work(0);
	work(1);
	/* Break disk 1. */
	driver_desc(0, 0, 1, VIRTQ_DESC_F_NEXT, 0);
	driver_offer(0);
	driver_notify();
	assert_int_equal(fake_read(VIRTIO(1) + VIRTIO_MMIO_STATUS, 4), 15 | 64);
	assert_int_equal(fake_read(VIRTIO(1) + VIRTIO_MMIO_INTERRUPT_STATUS, 4), 3);
	assert_lines(4 | 8);
	assert_int_equal(fake_read(VIRTIO(0) + VIRTIO_MMIO_STATUS, 4), 15);
	work(2);
	work(DISKS);
	/* And reset it: its line falls, the others' stay. */
	virtio_blk_reset(blk[1]);
	assert_lines(4 | 16 | 4u << DISKS);
	assert_int_equal(fake_read(VIRTIO(0) + VIRTIO_MMIO_STATUS, 4), 15);
	assert_int_equal(fake_read(VIRTIO(1) + VIRTIO_MMIO_STATUS, 4), 0);
	vpl011_rx(uart, 'x');
	fake_write(UART + 0x38, 4, 1 << 4);
	virtio_rng_reset(rng);
	assert_lines(1 | 4 | 16);
	vpl011_reset(uart);
	assert_lines(4 | 16);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_each_line),
		T(test_each_address),
		T(test_one_fails_alone),
	};

	return cmocka_run_group_tests_name("dev/routing", tests, NULL, NULL);
}
