/* SPDX-License-Identifier: BSD-3-Clause */
/* dev/virtio_rng: every byte of a buffer comes from the source, no byte outside of it changes, turns are bounded. */
#include "driver.h"

#include "dev/virtio_rng.h"

#define INTID 49u
#define NUM   64u
#define NEXT  VIRTQ_DESC_F_NEXT
#define WRITE VIRTQ_DESC_F_WRITE

static struct virtio_rng *rng;
static uint32_t given; /* bytes of the source: they count up from 1 and leave out 0 */

static void source(void *buf, size_t n)
{
	uint8_t *p = buf;

	assert_int_equal(fake.locks_held, 1);
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(given++ % 255 + 1);
}

static int setup(void **state)
{
	fake_setup(state);
	given = 0;
	assert_int_equal(virtio_rng_create(&fake.part, IPA(FAKE_DEV), INTID, source, &rng), OK);
	driver_init(FAKE_DEV, NUM);
	driver_start(BIT(VIRTIO_F_INDIRECT_DESC));
	return 0;
}

static int teardown(void **state)
{
	virtio_rng_destroy(rng);
	return fake_teardown(state);
}

static void test_identity(void **state UNUSED)
{
	assert_int_equal(driver_reg(VIRTIO_MMIO_DEVICE_ID), 4);
	driver_set(VIRTIO_MMIO_QUEUE_SEL, 1);
	assert_int_equal(driver_reg(VIRTIO_MMIO_QUEUE_NUM_MAX), 0);
	assert_int_equal(driver_reg(VIRTIO_MMIO_CONFIG), 0);
}

static void test_sizes(void **state UNUSED)
{
	uint32_t id, len;

	for (uint32_t size = 1; size <= 1500; size = size < 140 ? size + 1 : size + 97) {
		uint32_t want = MIN(size, 1024u), first = given;

		memset(fake_ram(RING_DATA), 0, 4096);
		driver_desc(0, RING_DATA + 1, size, WRITE, 0);
		driver_offer(0);
		driver_notify();
		assert_true(driver_used(&id, &len));
		assert_int_equal(len, want);
		assert_int_equal(given - first, want); /* no byte of entropy is thrown away */
		assert_int_equal(fake_peek(RING_DATA, 1), 0);
		for (uint32_t i = 0; i < want; i++)
			assert_int_equal(fake_peek(RING_DATA + 1 + i, 1), (first + i) % 255 + 1);
		assert_int_equal(fake_peek(RING_DATA + 1 + want, 1), 0);
	}
	assert_true(fake.level[INTID]);
}

static void test_scattered(void **state UNUSED)
{
	uint32_t id, len;

	driver_desc(0, RING_DATA, 5, WRITE | NEXT, 1);
	driver_desc(1, RING_DATA + 100, 0, WRITE | NEXT, 2);
	driver_desc(2, RING_DATA + 200, 300, WRITE, 0);
	driver_offer(0);
	driver_notify();
	assert_true(driver_used(&id, &len));
	assert_int_equal(len, 305);
	assert_int_equal(fake_peek(RING_DATA + 4, 1), 5);
	assert_int_equal(fake_peek(RING_DATA + 5, 1), 0);
	assert_int_equal(fake_peek(RING_DATA + 100, 1), 0);
	assert_int_equal(fake_peek(RING_DATA + 200, 1), 6);
	assert_int_equal(fake_peek(RING_DATA + 499, 1), 305 % 255);
}

static void test_turns(void **state UNUSED)
{
	uint32_t id, len, n = 0;

	driver_desc(0, RING_DATA, 64, WRITE, 0);
	for (int i = 0; i < 50; i++)
		driver_offer(0);
	driver_notify();
	assert_int_equal(fake_peek(RING_USED + 2, 2), 16);
	fake_pass(1000);
	while (driver_used(&id, &len)) {
		assert_int_equal(len, 64);
		n++;
	}
	assert_int_equal(n, 50);
	assert_int_equal(fake_timers(), 0);
}

static void test_hostile(void **state UNUSED)
{
	static const struct {
		uint64_t addr;
		uint32_t len;
		unsigned int flags;
	} row[] = {
		{ RING_DATA, 64, 0 },	 /* to be read: nothing to read here */
		{ RING_DATA, 0, WRITE }, /* no byte */
		{ FAKE_NOWHERE, 64, WRITE },
		{ FAKE_RO, 64, WRITE },
		{ FAKE_RO - 8, 64, WRITE },
		{ UINT64_MAX - 3, 64, WRITE },
		{ FAKE_NOWHERE, UINT32_MAX, WRITE },
		{ RING_DATA, 64, WRITE | NEXT }, /* a cycle */
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		driver_start(0);
		driver_desc(0, row[i].addr, row[i].len, row[i].flags, 0);
		driver_offer(0);
		driver_notify();
		assert_int_equal(driver_reg(VIRTIO_MMIO_STATUS), 15 | 64);
		assert_int_equal(fake.logged, i + 1);
		assert_int_equal(fake_peek(RING_USED + 2, 2), 0);
	}
	/* A read buffer before a writable one is no request for entropy either. */
	driver_start(0);
	driver_desc(0, RING_DATA, 4, NEXT, 1);
	driver_desc(1, RING_DATA, 4, WRITE, 0);
	driver_offer(0);
	driver_notify();
	assert_int_equal(driver_reg(VIRTIO_MMIO_STATUS), 15 | 64);
	/* 4 GiB - 1 from here on: only the first KiB is touched. */
	driver_start(0);
	driver_desc(0, RING_DATA, UINT32_MAX, WRITE, 0);
	driver_offer(0);
	driver_notify();
	assert_int_equal(driver_reg(VIRTIO_MMIO_STATUS), 15);
	assert_int_equal(fake_peek(RING_DATA + 1024, 8), 0);
}

static void test_reset(void **state UNUSED)
{
	driver_desc(0, RING_DATA, 64, WRITE, 0);
	for (int i = 0; i < 30; i++)
		driver_offer(0);
	driver_notify();
	virtio_rng_reset(rng);
	assert_false(fake.level[INTID]);
	assert_int_equal(driver_reg(VIRTIO_MMIO_STATUS), 0);
	given = 0;
	fake_pass(1000);
	assert_int_equal(given, 0);
	driver_start(0);
	driver_offer(0);
	driver_notify();
	assert_int_equal(given, 64);
}

static void test_create_fails(void **state UNUSED)
{
	struct virtio_rng *other = NULL;

	assert_int_equal(virtio_rng_create(&fake.part, IPA(FAKE_DEV), INTID, source, &other), E_EXIST);
	fake.heap_left = 0;
	assert_int_equal(virtio_rng_create(&fake.part, IPA(FAKE_DEV + 0x1000), INTID, source, &other), E_NOMEM);
	assert_null(other);
	virtio_rng_destroy(NULL);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_identity), T(test_sizes), T(test_scattered),    T(test_turns),
		T(test_hostile),  T(test_reset), T(test_create_fails),
	};

	return cmocka_run_group_tests_name("dev/virtio_rng", tests, NULL, NULL);
}
