/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dev/virtio_mmio: registers, the status machine, queue set-up, interrupts, turns, resets; with a device of
 * the test's own.
 */
#include "driver.h"

#include "dev/virtio_mmio.h"

#define INTID	48u
#define NUM	8u
#define FEATURE BIT(3)
#define INDIR	BIT(VIRTIO_F_INDIRECT_DESC)
#define EVENT	BIT(VIRTIO_F_EVENT_IDX)
#define V1	BIT(VIRTIO_F_VERSION_1)

enum { ACK = 1, DRIVER = 2, OK_BIT = 4, FEAT = 8, NEEDS_RESET = 64, FAILED = 128 };

static struct virtio_dev dev;
static struct virtq_chain chain;
static unsigned int resets, runs, taken, per_turn;
static uint64_t config_off, config_value;
static unsigned int config_writes;
static const uint8_t config[20] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 };

/* Gives back everything it gets, per_turn chains a turn. */
static bool echo_run(struct virtio_dev *d, unsigned int q)
{
	assert_ptr_equal(d, &dev);
	assert_int_equal(fake.locks_held, 1);
	assert_true(q < 2);
	runs++;
	for (unsigned int i = 0; i < per_turn; i++) {
		if (!virtio_pop(d, q, &chain))
			return false;
		taken++;
		fake.now += 10; /* work takes time */
		virtio_push(d, q, chain.head, 0);
	}
	return true;
}

static void echo_reset(struct virtio_dev *d UNUSED)
{
	resets++;
}

static void echo_config(struct virtio_dev *d UNUSED, uint32_t off, uint64_t value, unsigned int size UNUSED)
{
	config_off = off;
	config_value = value;
	config_writes++;
}

static const struct virtio_ops ops = { .run = echo_run, .reset = echo_reset, .config_write = echo_config };
static const struct virtio_kind kind = {
	.name = "echo",
	.ops = &ops,
	.device_id = 99,
	.nr_queues = 2,
	.features = FEATURE,
};

static int setup(void **state)
{
	fake_setup(state);
	memset(&dev, 0, sizeof(dev));
	resets = runs = taken = config_writes = 0;
	per_turn = 64;
	dev.config = config;
	dev.config_size = sizeof(config);
	assert_int_equal(virtio_init(&dev, &fake.part, IPA(FAKE_DEV), INTID, &kind), OK);
	driver_init(FAKE_DEV, NUM);
	return 0;
}

static int teardown(void **state)
{
	virtio_fini(&dev);
	return fake_teardown(state);
}

static uint32_t rd(unsigned int off)
{
	return driver_reg(off);
}

static void wr(unsigned int off, uint32_t value)
{
	driver_set(off, value);
}

static uint32_t status(void)
{
	return rd(VIRTIO_MMIO_STATUS);
}

static void one_buffer(void)
{
	driver_desc(0, RING_DATA, 16, 0, 0);
	driver_offer(0);
	driver_notify();
}

static void test_identity(void **state UNUSED)
{
	assert_int_equal(rd(VIRTIO_MMIO_MAGIC_VALUE), 0x74726976);
	assert_int_equal(rd(VIRTIO_MMIO_VERSION), 2);
	assert_int_equal(rd(VIRTIO_MMIO_DEVICE_ID), 99);
	assert_int_not_equal(rd(VIRTIO_MMIO_VENDOR_ID), 0);
	wr(VIRTIO_MMIO_MAGIC_VALUE, 0);
	wr(VIRTIO_MMIO_VERSION, 0);
	wr(VIRTIO_MMIO_DEVICE_ID, 0);
	assert_int_equal(rd(VIRTIO_MMIO_MAGIC_VALUE), 0x74726976);
	assert_int_equal(rd(VIRTIO_MMIO_VERSION), 2);
	assert_int_equal(rd(VIRTIO_MMIO_DEVICE_ID), 99);
	/* Absent: shared memory has the length -1, a queue cannot be reset alone. */
	for (unsigned int sel = 0; sel < 3; sel++) {
		wr(VIRTIO_MMIO_SHM_SEL, sel);
		assert_int_equal(rd(VIRTIO_MMIO_SHM_LEN_LOW), UINT32_MAX);
		assert_int_equal(rd(VIRTIO_MMIO_SHM_LEN_HIGH), UINT32_MAX);
	}
	assert_int_equal(rd(VIRTIO_MMIO_QUEUE_RESET), 0);
}

static void test_offered_features(void **state UNUSED)
{
	assert_int_equal(rd(VIRTIO_MMIO_DEVICE_FEATURES), (uint32_t)(FEATURE | INDIR | EVENT));
	wr(VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	assert_int_equal(rd(VIRTIO_MMIO_DEVICE_FEATURES), 1); /* VERSION_1; no RING_RESET, no RING_PACKED */
	for (uint32_t sel = 2; sel; sel *= 2) {
		wr(VIRTIO_MMIO_DEVICE_FEATURES_SEL, sel);
		assert_int_equal(rd(VIRTIO_MMIO_DEVICE_FEATURES), 0);
	}
	wr(VIRTIO_MMIO_DEVICE_FEATURES_SEL, UINT32_MAX);
	assert_int_equal(rd(VIRTIO_MMIO_DEVICE_FEATURES), 0);
}

static void accept(uint64_t features)
{
	for (unsigned int i = 0; i < 2; i++) {
		wr(VIRTIO_MMIO_DRIVER_FEATURES_SEL, i);
		wr(VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)(features >> (32 * i)));
	}
}

static void test_features_ok(void **state UNUSED)
{
	static const struct {
		uint64_t features;
		bool good;
	} row[] = {
		{ V1, true },
		{ V1 | FEATURE, true },
		{ V1 | FEATURE | INDIR | EVENT, true },
		{ 0, false },
		{ FEATURE | INDIR, false }, /* legacy */
		{ V1 | BIT(0), false },	    /* never offered */
		{ V1 | BIT(VIRTIO_F_RING_PACKED), false },
		{ V1 | BIT(VIRTIO_F_RING_RESET), false },
		{ V1 | BIT(63), false },
		{ UINT64_MAX, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		wr(VIRTIO_MMIO_STATUS, 0);
		wr(VIRTIO_MMIO_STATUS, ACK);
		wr(VIRTIO_MMIO_STATUS, ACK | DRIVER);
		accept(row[i].features);
		wr(VIRTIO_MMIO_STATUS, ACK | DRIVER | FEAT);
		assert_int_equal(status(), ACK | DRIVER | (row[i].good ? FEAT : 0));
		/* DRIVER_OK only on top of it. */
		wr(VIRTIO_MMIO_STATUS, ACK | DRIVER | FEAT | OK_BIT);
		assert_int_equal(status(), row[i].good ? 15 : 3);
		assert_int_equal(virtio_has(&dev, 3), row[i].good && (row[i].features & FEATURE));
	}
}

static void test_features_freeze(void **state UNUSED)
{
	wr(VIRTIO_MMIO_STATUS, ACK | DRIVER);
	accept(V1 | FEATURE);
	wr(VIRTIO_MMIO_STATUS, ACK | DRIVER | FEAT);
	accept(V1);
	assert_true(virtio_has(&dev, 3));
	wr(VIRTIO_MMIO_STATUS, 0);
	assert_false(virtio_has(&dev, 3));
	/* A selector out of range selects nothing. */
	accept(V1);
	wr(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 2);
	wr(VIRTIO_MMIO_DRIVER_FEATURES, UINT32_MAX);
	wr(VIRTIO_MMIO_STATUS, ACK | DRIVER | FEAT);
	assert_int_equal(status(), 11);
}

static void test_status_machine(void **state UNUSED)
{
	/* Nothing but in order. */
	wr(VIRTIO_MMIO_STATUS, OK_BIT);
	assert_int_equal(status(), 0);
	wr(VIRTIO_MMIO_STATUS, FEAT);
	assert_int_equal(status(), 0);
	accept(V1);
	wr(VIRTIO_MMIO_STATUS, DRIVER | FEAT);
	assert_int_equal(status(), DRIVER);
	wr(VIRTIO_MMIO_STATUS, NEEDS_RESET);
	assert_int_equal(status(), DRIVER); /* only the device says that */
	wr(VIRTIO_MMIO_STATUS, 0xffffff30);
	assert_int_equal(status(), DRIVER); /* reserved bits */
	wr(VIRTIO_MMIO_STATUS, ACK);
	assert_int_equal(status(), ACK | DRIVER); /* a bit does not go away */
	wr(VIRTIO_MMIO_STATUS, FEAT | OK_BIT);
	assert_int_equal(status(), 15);
	wr(VIRTIO_MMIO_STATUS, FAILED);
	assert_int_equal(status(), 15 | FAILED);
	wr(VIRTIO_MMIO_STATUS, 0);
	assert_int_equal(status(), 0);
	assert_true(resets > 0);
}

static void test_queue_registers(void **state UNUSED)
{
	assert_int_equal(rd(VIRTIO_MMIO_QUEUE_NUM_MAX), VIRTQ_NUM_MAX);
	for (uint32_t sel = 2; sel; sel *= 2) {
		wr(VIRTIO_MMIO_QUEUE_SEL, sel);
		assert_int_equal(rd(VIRTIO_MMIO_QUEUE_NUM_MAX), 0);
		assert_int_equal(rd(VIRTIO_MMIO_QUEUE_READY), 0);
		for (unsigned int off = VIRTIO_MMIO_QUEUE_NUM; off <= VIRTIO_MMIO_QUEUE_DEVICE_HIGH; off += 4) {
			if (off != VIRTIO_MMIO_QUEUE_NOTIFY && off != VIRTIO_MMIO_STATUS)
				wr(off, UINT32_MAX);
		}
		assert_int_equal(rd(VIRTIO_MMIO_QUEUE_READY), 0);
	}
	driver_start(0);
	/* A queue that is ready does not move. */
	wr(VIRTIO_MMIO_QUEUE_DESC_LOW, 0);
	wr(VIRTIO_MMIO_QUEUE_DRIVER_HIGH, 1);
	wr(VIRTIO_MMIO_QUEUE_DEVICE_LOW, 0);
	wr(VIRTIO_MMIO_QUEUE_NUM, 2);
	one_buffer();
	assert_int_equal(taken, 1);
	assert_int_equal(dev.vq[0].num, NUM);
	assert_false(dev.vq[1].ready);
}

static void set_queue(uint32_t num, uint64_t desc, uint64_t avail, uint64_t used)
{
	wr(VIRTIO_MMIO_QUEUE_NUM, num);
	wr(VIRTIO_MMIO_QUEUE_DESC_LOW, (uint32_t)desc);
	wr(VIRTIO_MMIO_QUEUE_DESC_HIGH, (uint32_t)(desc >> 32));
	wr(VIRTIO_MMIO_QUEUE_DRIVER_LOW, (uint32_t)avail);
	wr(VIRTIO_MMIO_QUEUE_DRIVER_HIGH, (uint32_t)(avail >> 32));
	wr(VIRTIO_MMIO_QUEUE_DEVICE_LOW, (uint32_t)used);
	wr(VIRTIO_MMIO_QUEUE_DEVICE_HIGH, (uint32_t)(used >> 32));
	wr(VIRTIO_MMIO_QUEUE_READY, 1);
}

static void test_queue_refused(void **state UNUSED)
{
	static const uint32_t bad[] = { 0, 3, 7, 129, 256, 65535, 65536, 65544, UINT32_MAX, 0x80000000 };

	driver_start(0);
	wr(VIRTIO_MMIO_QUEUE_SEL, 1);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		set_queue(bad[i], RING_DESC, RING_AVAIL, RING_USED);
		assert_int_equal(rd(VIRTIO_MMIO_QUEUE_READY), 0);
	}
	set_queue(8, RING_DESC + 8, RING_AVAIL, RING_USED);
	assert_int_equal(rd(VIRTIO_MMIO_QUEUE_READY), 0);
	set_queue(8, RING_DESC, RING_AVAIL + 1, RING_USED);
	assert_int_equal(rd(VIRTIO_MMIO_QUEUE_READY), 0);
	set_queue(8, RING_DESC, RING_AVAIL, RING_USED + 2);
	assert_int_equal(rd(VIRTIO_MMIO_QUEUE_READY), 0);
	set_queue(8, UINT64_MAX - 15, RING_AVAIL, RING_USED);
	assert_int_equal(rd(VIRTIO_MMIO_QUEUE_READY), 0);
	/* Nowhere is fine until it is used. */
	set_queue(8, UINT64_C(0x123456789000), FAKE_NOWHERE, RING_USED);
	assert_int_equal(rd(VIRTIO_MMIO_QUEUE_READY), 1);
	assert_int_equal(dev.vq[1].desc, UINT64_C(0x123456789000));
	wr(VIRTIO_MMIO_QUEUE_NOTIFY, 1);
	assert_int_equal(status() & NEEDS_RESET, NEEDS_RESET);
	/* Before FEATURES_OK no queue starts. */
	wr(VIRTIO_MMIO_STATUS, 0);
	wr(VIRTIO_MMIO_STATUS, ACK | DRIVER);
	set_queue(8, RING_DESC, RING_AVAIL, RING_USED);
	assert_int_equal(rd(VIRTIO_MMIO_QUEUE_READY), 0);
}

static void test_queue_stops(void **state UNUSED)
{
	uint32_t id, len;
	unsigned int before;

	driver_start(0);
	one_buffer();
	one_buffer();
	assert_int_equal(taken, 2);
	before = resets;
	wr(VIRTIO_MMIO_QUEUE_READY, 0);
	assert_int_equal(rd(VIRTIO_MMIO_QUEUE_READY), 0);
	assert_int_equal(resets, before + 1); /* the device forgets what it had of it */
	wr(VIRTIO_MMIO_QUEUE_READY, 0);
	assert_int_equal(resets, before + 1);
	one_buffer();
	assert_int_equal(taken, 2);
	/* Started again, it begins at index 0. */
	memset(fake_ram(RING_AVAIL), 0, 64);
	memset(fake_ram(RING_USED), 0, 128);
	drv.avail_idx = drv.used_idx = 0;
	set_queue(NUM, RING_DESC, RING_AVAIL, RING_USED);
	one_buffer();
	assert_int_equal(taken, 3);
	assert_true(driver_used(&id, &len));
}

static void test_no_work_before_driver_ok(void **state UNUSED)
{
	driver_start_until_ok(0);
	one_buffer();
	assert_int_equal(runs, 0);
	wr(VIRTIO_MMIO_STATUS, 15);
	assert_int_equal(taken, 1); /* what is there is served then */
	assert_true(fake.level[INTID]);
}

static void test_notify(void **state UNUSED)
{
	driver_start(0);
	runs = 0;
	wr(VIRTIO_MMIO_QUEUE_NOTIFY, 1); /* not ready */
	wr(VIRTIO_MMIO_QUEUE_NOTIFY, 2); /* not there */
	wr(VIRTIO_MMIO_QUEUE_NOTIFY, 32);
	wr(VIRTIO_MMIO_QUEUE_NOTIFY, 64);
	wr(VIRTIO_MMIO_QUEUE_NOTIFY, UINT32_MAX);
	assert_int_equal(runs, 0);
	wr(VIRTIO_MMIO_QUEUE_NOTIFY, 0); /* empty: harmless */
	assert_int_equal(runs, 1);
	assert_int_equal(fake.irq_calls, 0);
	assert_int_equal(status(), 15);
}

static void test_interrupt(void **state UNUSED)
{
	driver_start(0);
	assert_int_equal(rd(VIRTIO_MMIO_INTERRUPT_STATUS), 0);
	one_buffer();
	assert_int_equal(rd(VIRTIO_MMIO_INTERRUPT_STATUS), VIRTIO_MMIO_INT_USED);
	assert_true(fake.level[INTID]);
	one_buffer();
	assert_int_equal(fake.edges[INTID], 1);
	wr(VIRTIO_MMIO_INTERRUPT_STATUS, 0); /* read-only */
	wr(VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_CONFIG);
	assert_true(fake.level[INTID]);
	wr(VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_USED);
	assert_false(fake.level[INTID]);
	assert_int_equal(rd(VIRTIO_MMIO_INTERRUPT_STATUS), 0);
	fake_poke(RING_AVAIL, 2, VIRTQ_AVAIL_F_NO_INTERRUPT);
	one_buffer();
	assert_false(fake.level[INTID]);
	assert_int_equal(taken, 3);
}

static void test_event_idx(void **state UNUSED)
{
	driver_start(EVENT);
	fake_poke(RING_AVAIL + VIRTQ_AVAIL_USED_EVENT(NUM), 2, 2);
	one_buffer();
	one_buffer();
	assert_false(fake.level[INTID]);
	one_buffer();
	assert_true(fake.level[INTID]);
	assert_int_equal(fake_peek(RING_USED + VIRTQ_USED_AVAIL_EVENT(NUM), 2), 3);
	/* Without the feature accepted, the field is not the device's. */
	driver_start(0);
	one_buffer();
	assert_true(fake.level[INTID]);
	assert_int_equal(fake_peek(RING_USED + VIRTQ_USED_AVAIL_EVENT(NUM), 2), 0);
}

static void test_turns(void **state UNUSED)
{
	uint64_t start;

	driver_start(0);
	per_turn = 2;
	driver_desc(0, RING_DATA, 16, 0, 0);
	for (unsigned int i = 0; i < 7; i++)
		driver_offer(0);
	runs = 0;
	start = fake.now;
	driver_notify();
	assert_int_equal(taken, 2);
	assert_true(fake.level[INTID]); /* what is done is told at once */
	assert_int_equal(fake_timers(), 1);
	/* A guest that notifies on and on gets no more of it. */
	for (int i = 0; i < 100; i++)
		driver_notify();
	assert_int_equal(taken, 2);
	assert_int_equal(fake.now, start + 20);
	fake_pass(19); /* it rests as long as it worked: 20 ticks */
	assert_int_equal(taken, 2);
	fake_pass(1);
	assert_int_equal(taken, 4);
	fake_pass(1000);
	assert_int_equal(taken, 7);
	assert_int_equal(runs, 4);
	assert_int_equal(fake_timers(), 0);
	/* The end of it: notifications work again. */
	driver_offer(0);
	driver_notify();
	assert_int_equal(taken, 8);
}

static void test_reset_between_turns(void **state UNUSED)
{
	driver_start(0);
	per_turn = 1;
	driver_desc(0, RING_DATA, 16, 0, 0);
	for (unsigned int i = 0; i < 7; i++)
		driver_offer(0);
	driver_notify();
	assert_int_equal(taken, 1);
	wr(VIRTIO_MMIO_STATUS, 0);
	assert_int_equal(fake_timers(), 0);
	assert_false(fake.level[INTID]);
	fake_pass(1000);
	assert_int_equal(taken, 1);
	assert_int_equal(rd(VIRTIO_MMIO_QUEUE_READY), 0);
	assert_int_equal(rd(VIRTIO_MMIO_INTERRUPT_STATUS), 0);
	/* A turn that was due on another core already, and comes late, finds nothing to do. */
	dev.turn.fn(&dev.turn);
	assert_int_equal(taken, 1);
	driver_start(0);
	one_buffer();
	assert_int_equal(taken, 2);
	/* The same by a restart of the partition. */
	virtio_reset(&dev);
	assert_int_equal(status(), 0);
	assert_false(fake.level[INTID]);
	driver_start(0);
	one_buffer();
	assert_int_equal(taken, 3);
}

static void test_needs_reset(void **state UNUSED)
{
	uint32_t generation;

	for (int again = 1; again <= 3; again++) {
		driver_start(0);
		generation = rd(VIRTIO_MMIO_CONFIG_GENERATION);
		driver_desc(0, RING_DATA, 1, VIRTQ_DESC_F_NEXT, 0); /* a cycle */
		driver_offer(0);
		driver_notify();
		assert_int_equal(status(), 15 | NEEDS_RESET);
		assert_int_equal(rd(VIRTIO_MMIO_INTERRUPT_STATUS), VIRTIO_MMIO_INT_CONFIG);
		assert_int_not_equal(rd(VIRTIO_MMIO_CONFIG_GENERATION), generation);
		assert_true(fake.level[INTID]);
		assert_int_equal(fake.logged, again);
		assert_non_null(strstr(fake.last_log, "guest: echo: queue 0: "));
		wr(VIRTIO_MMIO_INTERRUPT_ACK, 3);
		/* However much it is poked, it does nothing more and says nothing more. */
		runs = taken = 0;
		for (int i = 0; i < 1000; i++)
			driver_notify();
		wr(VIRTIO_MMIO_STATUS, 15);
		fake_pass(1000);
		assert_int_equal(runs, 0);
		assert_int_equal(fake.logged, again);
		assert_false(fake.level[INTID]);
		assert_int_equal(status(), 15 | NEEDS_RESET);
		/* A reset heals it. */
		driver_start(0);
		assert_int_equal(status(), 15);
		one_buffer();
		assert_int_equal(taken, 1);
	}
}

static void test_used_ring_goes_away(void **state UNUSED)
{
	drv.used = FAKE_RO;
	driver_start(0);
	one_buffer();
	assert_int_equal(status(), 15 | NEEDS_RESET);
	assert_int_equal(rd(VIRTIO_MMIO_INTERRUPT_STATUS), VIRTIO_MMIO_INT_CONFIG);
	assert_int_equal(fake.logged, 1);
}

static void test_config(void **state UNUSED)
{
	uint64_t c = FAKE_DEV + VIRTIO_MMIO_CONFIG;

	assert_int_equal(fake_read(c, 1), 0);
	assert_int_equal(fake_read(c + 5, 1), 5);
	assert_int_equal(fake_read(c + 2, 2), 0x0302);
	assert_int_equal(fake_read(c + 4, 4), 0x07060504);
	assert_int_equal(fake_read(c + 8, 8), UINT64_C(0x0f0e0d0c0b0a0908));
	assert_int_equal(fake_read(c + 16, 4), 0x13121110);
	assert_int_equal(fake_read(c + 16, 8), 0); /* not whole in it */
	assert_int_equal(fake_read(c + 20, 1), 0);
	assert_int_equal(fake_read(FAKE_DEV + 0xff8, 8), 0);
	fake_write(c + 4, 2, 0xbeef);
	assert_int_equal(config_writes, 1);
	assert_int_equal(config_off, 4);
	assert_int_equal(config_value, 0xbeef);
	fake_write(c + 18, 2, 1);
	assert_int_equal(config_writes, 2);
	fake_write(c + 20, 4, 1);
	fake_write(c + 16, 8, 1);
	fake_write(FAKE_DEV + 0xffc, 4, 1);
	assert_int_equal(config_writes, 2);
	assert_int_equal(rd(VIRTIO_MMIO_CONFIG_GENERATION), 0);
}

static void test_every_offset_and_width(void **state UNUSED)
{
	uint64_t s = 3;

	for (int round = 0; round < 20; round++) {
		driver_start(INDIR | EVENT);
		for (unsigned int size = 1; size <= 8; size *= 2) {
			for (unsigned int off = 0; off < VIRTIO_MMIO_SIZE; off += size) {
				struct mmio_access a = {
					.size = (uint8_t)size,
					.write = true,
					.value = fake_rand(&s) % 2 ? fake_rand(&s) % 16 : fake_rand(&s),
				};
				enum mmio_result want = off < 0x100 && size != 4 ? MMIO_FAULT : MMIO_OK;

				assert_int_equal(fake_access(FAKE_DEV + off, &a), want);
				a.write = false;
				assert_int_equal(fake_access(FAKE_DEV + off, &a), want);
			}
		}
	}
}

/* A guest that writes anything to any register, with rings full of anything. */
static void test_random_guest(void **state UNUSED)
{
	static const uint16_t offs[] = { 0x14, 0x20, 0x24, 0x30, 0x38, 0x44, 0x50, 0x50, 0x50, 0x64,
					 0x70, 0x80, 0x84, 0x90, 0x94, 0xa0, 0xa4, 0xac, 0xc0, 0x100 };
	unsigned int broke = 0, worked = 0;
	uint64_t s = 17;

	per_turn = 3;
	for (int round = 0; round < 3000; round++) {
		driver_start(fake_rand(&s) % 2 ? INDIR | EVENT : 0);
		for (unsigned int i = 0; i < 512; i++)
			fake_poke(RING_DESC + i, 1, fake_rand(&s) % 4 ? fake_rand(&s) % 4 : fake_rand(&s));
		for (unsigned int i = 4; i < 40; i++)
			fake_poke(RING_AVAIL + i, 1, fake_rand(&s) % 8 * (i % 2 == 0));
		fake_poke(RING_AVAIL + 2, 2, fake_rand(&s) % (NUM + 2));
		taken = 0;
		for (int i = 0; i < 30; i++) {
			wr(offs[fake_rand(&s) % ARRAY_SIZE(offs)],
			   fake_rand(&s) % 4 ? fake_rand(&s) % 16 : fake_rand(&s));
			assert_int_equal(status() & ~0xcfu, 0);
		}
		fake_pass(fake_rand(&s) % 100);
		broke += (status() & NEEDS_RESET) != 0;
		worked += taken != 0;
	}
	assert_true(broke > 100);
	assert_true(worked > 50);
	assert_true(fake.logged >= broke);
}

static void test_init_fails(void **state UNUSED)
{
	static struct virtio_dev other;

	assert_int_equal(virtio_init(&other, &fake.part, IPA(FAKE_DEV + 0x800), INTID, &kind), E_EXIST);
	assert_int_equal(fake.part.mmio.count, 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_identity),
		T(test_offered_features),
		T(test_features_ok),
		T(test_features_freeze),
		T(test_status_machine),
		T(test_queue_registers),
		T(test_queue_refused),
		T(test_queue_stops),
		T(test_no_work_before_driver_ok),
		T(test_notify),
		T(test_interrupt),
		T(test_event_idx),
		T(test_turns),
		T(test_reset_between_turns),
		T(test_needs_reset),
		T(test_used_ring_goes_away),
		T(test_config),
		T(test_every_offset_and_width),
		T(test_random_guest),
		T(test_init_fails),
	};

	return cmocka_run_group_tests_name("dev/virtio_mmio", tests, NULL, NULL);
}
