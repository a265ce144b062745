/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dev/virtio_blk, dev/block and dev/block_mem: requests of every kind and shape, errors, turns, resets, a slow backend.
 */
#include "driver.h"

#include "abi/virtio_blk.h"
#include "dev/virtio_blk.h"

#define INTID	48u
#define NUM	128u
#define SECTORS 16384u /* 8 MiB */
#define NEXT	VIRTQ_DESC_F_NEXT
#define WRITE	VIRTQ_DESC_F_WRITE
#define INDIR	BIT(VIRTIO_F_INDIRECT_DESC)
#define EVENT	BIT(VIRTIO_F_EVENT_IDX)

/* Where the request's parts lie. */
#define HDR    RING_DATA
#define STATUS (RING_DATA + 0x800)
#define DATA   (RING_DATA + 0x1000)

static struct virtio_blk *blk;
static uint8_t disk[SECTORS * BLOCK_SECTOR];

/* A backend that finishes when the test says so. */
static struct block slow;
static struct block_req *pending[16];
static unsigned int nr_pending, nr_flushes, nr_ends;
static bool slow_gone;

static int slow_submit(struct block *b UNUSED, struct block_req *req)
{
	assert_int_equal(fake.locks_held, 1);
	assert_true(nr_pending < ARRAY_SIZE(pending));
	pending[nr_pending++] = req;
	nr_flushes += req->op == BLOCK_FLUSH;
	return BLOCK_PENDING;
}

static int slow_end(struct block *b UNUSED, struct block_req *r, bool wanted)
{
	assert_int_equal(fake.locks_held, 1);
	nr_ends++;
	if (!wanted)
		return OK;
	if (r->op == BLOCK_READ)
		return iov_write(&r->buf, r->skip, disk + r->offset, r->size);
	return r->op == BLOCK_WRITE ? iov_read(&r->buf, r->skip, disk + r->offset, r->size) : OK;
}

static void slow_destroy(struct block *b UNUSED)
{
	slow_gone = true;
}

static const struct block_ops slow_ops = { slow_submit, slow_end, slow_destroy };

/* Finish the n-th request that waits. */
static void slow_finish(unsigned int n, int status)
{
	struct block_req *r = pending[n];
	const unsigned int ends = nr_ends;

	pending[n] = pending[--nr_pending];
	r->done(r, status);
	assert_int_equal(fake.locks_held, 0);
	assert_int_equal(nr_ends, ends + 1);
}

static void fill_disk(void)
{
	for (size_t i = 0; i < sizeof(disk); i++)
		disk[i] = (uint8_t)(i * 7 + i / 512 * 13);
}

static void make(struct block *b)
{
	assert_non_null(b);
	assert_int_equal(virtio_blk_create(&fake.part, IPA(FAKE_DEV), INTID, b, "trivet-disk-0", &blk), OK);
	driver_init(FAKE_DEV, NUM);
}

static int setup(void **state)
{
	fake_setup(state);
	fill_disk();
	make(block_mem_create(disk, sizeof(disk), false));
	driver_start(INDIR | EVENT);
	return 0;
}

static int setup_readonly(void **state)
{
	fake_setup(state);
	fill_disk();
	make(block_mem_create(disk, sizeof(disk), true));
	driver_start(0);
	return 0;
}

static int setup_slow(void **state)
{
	fake_setup(state);
	fill_disk();
	slow = (struct block){ &slow_ops, SECTORS, false, 4096 };
	nr_pending = nr_flushes = 0;
	slow_gone = false;
	make(&slow);
	driver_start(BIT(VIRTIO_BLK_F_FLUSH));
	return 0;
}

static int teardown(void **state)
{
	virtio_blk_destroy(blk);
	return fake_teardown(state);
}

static void header(uint64_t at, uint32_t type, uint64_t sector)
{
	const struct virtio_blk_hdr h = { type, 0, sector };

	memcpy(fake_ram(at), &h, sizeof(h));
}

/* A request in three descriptors from number i on: header, data, status. */
static void put(uint16_t i, uint32_t type, uint64_t sector, uint64_t data, uint32_t len)
{
	header(HDR + i * 16u, type, sector);
	fake_poke(STATUS + i, 1, 0xee);
	driver_desc(i, HDR + i * 16u, 16, NEXT, (uint16_t)(i + 1));
	driver_desc((uint16_t)(i + 1), data, len, NEXT | (type == VIRTIO_BLK_T_OUT ? 0 : WRITE), (uint16_t)(i + 2));
	driver_desc((uint16_t)(i + 2), STATUS + i, 1, WRITE, 0);
	driver_offer(i);
}

static uint8_t status_of(uint16_t i)
{
	return (uint8_t)fake_peek(STATUS + i, 1);
}

static uint32_t device_status(void)
{
	return driver_reg(VIRTIO_MMIO_STATUS);
}

/* One request, now. Its status; the used length goes to *len if that is wanted. */
static uint8_t request(uint32_t type, uint64_t sector, uint64_t data, uint32_t bytes, uint32_t *len)
{
	uint32_t id, used_len;

	put(0, type, sector, data, bytes);
	driver_notify();
	fake_pass(1000000);
	assert_true(driver_used(&id, &used_len));
	assert_int_equal(id, 0);
	assert_int_equal(device_status(), 15);
	if (len)
		*len = used_len;
	return status_of(0);
}

static void test_config(void **state UNUSED)
{
	struct virtio_blk_config c;

	for (unsigned int i = 0; i < sizeof(c); i += 4) {
		uint32_t word = driver_reg(VIRTIO_MMIO_CONFIG + i);

		memcpy((uint8_t *)&c + i, &word, 4);
	}
	assert_int_equal(c.capacity, SECTORS);
	assert_int_equal(c.seg_max, 126);
	assert_int_equal(c.blk_size, 512);
	assert_int_equal(driver_reg(VIRTIO_MMIO_DEVICE_ID), 2);
	driver_set(VIRTIO_MMIO_CONFIG, 0); /* read-only */
	assert_int_equal(driver_reg(VIRTIO_MMIO_CONFIG), SECTORS);
	driver_set(VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
	assert_int_equal(driver_reg(VIRTIO_MMIO_DEVICE_FEATURES), 0x30000000 | 1 << 2 | 1 << 6 | 1 << 9);
}

static void test_read(void **state UNUSED)
{
	uint32_t len;

	assert_int_equal(request(VIRTIO_BLK_T_IN, 3, DATA, 1024, &len), VIRTIO_BLK_S_OK);
	assert_int_equal(len, 1025);
	assert_memory_equal(fake_ram(DATA), disk + 3 * 512, 1024);
	assert_true(fake.level[INTID]);
	/* The last sector; more than the whole disk; behind it. */
	assert_int_equal(request(VIRTIO_BLK_T_IN, SECTORS - 1, DATA, 512, NULL), VIRTIO_BLK_S_OK);
	assert_memory_equal(fake_ram(DATA), disk + sizeof(disk) - 512, 512);
	assert_int_equal(request(VIRTIO_BLK_T_IN, SECTORS - 1, DATA, 1024, &len), VIRTIO_BLK_S_IOERR);
	assert_int_equal(len, 0);
	assert_int_equal(request(VIRTIO_BLK_T_IN, SECTORS, DATA, 512, NULL), VIRTIO_BLK_S_IOERR);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, DATA, 0, NULL), VIRTIO_BLK_S_OK);
	/* In several pieces. */
	assert_int_equal(request(VIRTIO_BLK_T_IN, 5, DATA, 300 * 1024, NULL), VIRTIO_BLK_S_OK);
	assert_memory_equal(fake_ram(DATA), disk + 5 * 512, 300 * 1024);
}

/* A request that cannot be done moves nothing, not even its first pieces. */
static void test_all_or_nothing(void **state UNUSED)
{
	const uint32_t big = 256 * 1024;

	memset(fake_ram(DATA), 0x11, big + 512);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, DATA, big + 1, NULL), VIRTIO_BLK_S_IOERR);
	assert_int_equal(request(VIRTIO_BLK_T_IN, SECTORS - 511, DATA, big, NULL), VIRTIO_BLK_S_IOERR);
	for (uint32_t i = 0; i < big; i++)
		assert_int_equal(fake_peek(DATA + i, 1), 0x11);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 0, DATA, big + 1, NULL), VIRTIO_BLK_S_IOERR);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, SECTORS - 511, DATA, big, NULL), VIRTIO_BLK_S_IOERR);
	assert_int_equal(disk[0], 0);
	assert_int_equal(disk[511], (uint8_t)(511 * 7));
	assert_int_equal(disk[(SECTORS - 511) * 512], (uint8_t)((SECTORS - 511) * 13));
	/* A write that has no room for its status. */
	header(HDR, VIRTIO_BLK_T_OUT, 0);
	driver_desc(0, HDR, 16, NEXT, 1);
	driver_desc(1, DATA, 512, 0, 0);
	driver_offer(0);
	driver_notify();
	assert_int_equal(device_status(), 15 | 64);
	assert_int_equal(disk[511], (uint8_t)(511 * 7));
}

static void test_write(void **state UNUSED)
{
	uint32_t len;

	memset(fake_ram(DATA), 0x5a, 2048);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 8, DATA, 1024, &len), VIRTIO_BLK_S_OK);
	assert_int_equal(len, 1);
	for (int i = 0; i < 1024; i++)
		assert_int_equal(disk[8 * 512 + i], 0x5a);
	assert_int_equal(disk[8 * 512 - 1], (uint8_t)((8 * 512 - 1) * 7 + 7 * 13));
	assert_int_equal(disk[10 * 512], (uint8_t)(10 * 512 * 7 + 10 * 13));
	assert_int_equal(request(VIRTIO_BLK_T_OUT, SECTORS, DATA, 512, NULL), VIRTIO_BLK_S_IOERR);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, SECTORS - 1, DATA, 1024, NULL), VIRTIO_BLK_S_IOERR);
	assert_int_equal(disk[sizeof(disk) - 1], (uint8_t)((sizeof(disk) - 1) * 7 + (SECTORS - 1) * 13));
}

static void test_bad_numbers(void **state UNUSED)
{
	static const uint64_t sector[] = { UINT64_MAX, UINT64_MAX / 512, UINT64_MAX / 512 + 1, BIT(55),	   BIT(55) - 1,
					   BIT(63),    SECTORS,		 SECTORS + 1,	       UINT32_MAX, BIT(32) + 5,
					   BIT(55) + 1 };
	static const uint32_t bytes[] = { 1, 511, 513, 1023, 0x7fffffff };
	uint8_t before = disk[0];

	for (size_t i = 0; i < ARRAY_SIZE(sector); i++) {
		assert_int_equal(request(VIRTIO_BLK_T_IN, sector[i], DATA, 512, NULL), VIRTIO_BLK_S_IOERR);
		assert_int_equal(request(VIRTIO_BLK_T_OUT, sector[i], DATA, 512, NULL), VIRTIO_BLK_S_IOERR);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bytes); i++) {
		assert_int_equal(request(VIRTIO_BLK_T_IN, 0, DATA, bytes[i], NULL), VIRTIO_BLK_S_IOERR);
		assert_int_equal(request(VIRTIO_BLK_T_OUT, 0, DATA, bytes[i], NULL), VIRTIO_BLK_S_IOERR);
	}
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, DATA, UINT32_MAX & ~511u, NULL), VIRTIO_BLK_S_IOERR);
	assert_int_equal(disk[0], before);
}

static void test_bad_memory(void **state UNUSED)
{
	uint8_t copy[1024];

	memcpy(copy, disk, sizeof(copy));
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, FAKE_NOWHERE, 512, NULL), VIRTIO_BLK_S_IOERR);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, FAKE_RO, 512, NULL), VIRTIO_BLK_S_IOERR);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 0, FAKE_NOWHERE, 512, NULL), VIRTIO_BLK_S_IOERR);
	assert_memory_equal(disk, copy, sizeof(copy));
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 0, FAKE_RO, 512, NULL), VIRTIO_BLK_S_OK);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, FAKE_RO - 256, 512, NULL), VIRTIO_BLK_S_IOERR);
}

static void test_flush_and_others(void **state UNUSED)
{
	uint32_t len;

	assert_int_equal(request(VIRTIO_BLK_T_FLUSH, 0, DATA, 0, &len), VIRTIO_BLK_S_OK);
	assert_int_equal(len, 1);
	assert_int_equal(request(VIRTIO_BLK_T_FLUSH, UINT64_MAX, DATA, 0, NULL), VIRTIO_BLK_S_OK);
	for (uint32_t type = 0; type < 64; type++) {
		bool known = type == 0 || type == 1 || type == 4 || type == 8;

		if (!known)
			assert_int_equal(request(type, 0, DATA, 512, NULL), VIRTIO_BLK_S_UNSUPP);
	}
	assert_int_equal(request(UINT32_MAX, 0, DATA, 512, NULL), VIRTIO_BLK_S_UNSUPP);
	assert_int_equal(request(0x80000000, 0, DATA, 512, NULL), VIRTIO_BLK_S_UNSUPP);
	assert_int_equal(request(0x100, 0, DATA, 512, NULL), VIRTIO_BLK_S_UNSUPP);
}

static void test_get_id(void **state UNUSED)
{
	static const char id[20] = "trivet-disk-0";

	memset(fake_ram(DATA), 0xcc, 64);
	assert_int_equal(request(VIRTIO_BLK_T_GET_ID, 0, DATA, 20, NULL), VIRTIO_BLK_S_OK);
	assert_memory_equal(fake_ram(DATA), id, 20);
	assert_int_equal(fake_peek(DATA + 20, 1), 0xcc);
	memset(fake_ram(DATA), 0xcc, 64);
	assert_int_equal(request(VIRTIO_BLK_T_GET_ID, 0, DATA, 6, NULL), VIRTIO_BLK_S_OK);
	assert_memory_equal(fake_ram(DATA), "trivet\xcc", 7);
	assert_int_equal(request(VIRTIO_BLK_T_GET_ID, 0, DATA, 64, NULL), VIRTIO_BLK_S_OK);
	assert_int_equal(fake_peek(DATA + 20, 1), 0xcc);
	assert_int_equal(request(VIRTIO_BLK_T_GET_ID, 0, FAKE_RO, 20, NULL), VIRTIO_BLK_S_IOERR);
}

static void test_readonly(void **state UNUSED)
{
	uint8_t before = disk[0];

	driver_set(VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
	assert_int_equal(driver_reg(VIRTIO_MMIO_DEVICE_FEATURES) & 1 << 5, 1 << 5);
	memset(fake_ram(DATA), (uint8_t)~before, 512);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 0, DATA, 512, NULL), VIRTIO_BLK_S_IOERR);
	assert_int_equal(disk[0], before);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 0, DATA, 0, NULL), VIRTIO_BLK_S_IOERR);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, DATA, 512, NULL), VIRTIO_BLK_S_OK);
	assert_int_equal(request(VIRTIO_BLK_T_FLUSH, 0, DATA, 0, NULL), VIRTIO_BLK_S_OK);
}

/* 2.7.4: no framing may be assumed: header, data and status cut anywhere. */
static void test_any_framing(void **state UNUSED)
{
	uint64_t s = 23;

	for (int round = 0; round < 300; round++) {
		bool out = fake_rand(&s) % 2;
		uint32_t sectors = 1 + fake_rand(&s) % 4, at = fake_rand(&s) % (SECTORS - 4);
		uint32_t total = 16 + sectors * 512 + 1, border = out ? 16 + sectors * 512 : 16;
		uint16_t n = 0;
		uint32_t id, len;

		header(DATA, out ? VIRTIO_BLK_T_OUT : VIRTIO_BLK_T_IN, at);
		for (uint32_t i = 0; i < sectors * 512; i++)
			fake_poke(DATA + 16 + i, 1, fake_rand(&s));
		for (uint32_t pos = 0; pos < total;) {
			uint32_t limit = pos < border ? border : total;
			uint32_t piece = 1 + fake_rand(&s) % (n > 100 ? 4096 : 64);

			piece = MIN(piece, limit - pos);
			driver_desc(n, DATA + pos, piece,
				    (pos + piece < total ? NEXT : 0) | (pos >= border ? WRITE : 0), (uint16_t)(n + 1));
			pos += piece;
			n++;
		}
		assert_true(n <= NUM);
		driver_offer(0);
		driver_notify();
		fake_pass(1000000);
		assert_true(driver_used(&id, &len));
		assert_int_equal(fake_peek(DATA + total - 1, 1), 0);
		assert_memory_equal(fake_ram(DATA + 16), disk + at * 512, sectors * 512);
	}
}

static void test_no_sense(void **state UNUSED)
{
	for (int kind = 0; kind < 6; kind++) {
		header(HDR, VIRTIO_BLK_T_IN, 0);
		switch (kind) {
		case 0: /* no status */
			driver_desc(0, HDR, 16, 0, 0);
			break;
		case 1: /* no header */
			driver_desc(0, DATA, 513, WRITE, 0);
			break;
		case 2: /* a short one */
			driver_desc(0, HDR, 15, NEXT, 1);
			driver_desc(1, DATA, 513, WRITE, 0);
			break;
		case 3: /* one in no memory */
			driver_desc(0, FAKE_NOWHERE, 16, NEXT, 1);
			driver_desc(1, DATA, 513, WRITE, 0);
			break;
		case 4: /* a status that cannot be written */
			driver_desc(0, HDR, 16, NEXT, 1);
			driver_desc(1, FAKE_RO, 1, WRITE, 0);
			break;
		default: /* a status of no bytes */
			driver_desc(0, HDR, 16, NEXT, 1);
			driver_desc(1, DATA, 0, WRITE, 0);
			break;
		}
		driver_offer(0);
		driver_notify();
		assert_int_equal(device_status(), 15 | 64);
		assert_int_equal(fake_peek(RING_USED + 2, 2), 0);
		assert_int_equal(fake.logged, kind + 1);
		driver_start(0);
		assert_int_equal(request(VIRTIO_BLK_T_IN, 0, DATA, 512, NULL), VIRTIO_BLK_S_OK);
		driver_start(0);
	}
}

static void test_many_at_once(void **state UNUSED)
{
	uint32_t id, len;

	for (uint16_t i = 0; i < 40; i++)
		put((uint16_t)(i * 3), VIRTIO_BLK_T_IN, i * 2u, DATA + i * 1024u, 1024);
	fake_poke(RING_AVAIL + VIRTQ_AVAIL_USED_EVENT(NUM), 2, 39);
	driver_notify();
	fake_pass(1000000);
	assert_int_equal(fake.edges[INTID], 1); /* one interrupt, for the last */
	for (uint16_t i = 0; i < 40; i++) {
		assert_true(driver_used(&id, &len));
		assert_int_equal(id, i * 3);
		assert_int_equal(status_of((uint16_t)(i * 3)), 0);
		assert_memory_equal(fake_ram(DATA + i * 1024u), disk + i * 1024, 1024);
	}
	assert_false(driver_used(&id, &len));
}

/* 100 requests of 504 KiB, and then one of 7.9 MiB through the same pages: no turn moves much more than 1 MiB. */
static void test_turns_are_bounded(void **state UNUSED)
{
	unsigned int turns = 0;
	uint32_t id, len, done = 0;

	driver_start(INDIR);
	header(HDR, VIRTIO_BLK_T_IN, 1);
	driver_table(RING_TABLE, 0, HDR, 16, NEXT, 1);
	for (uint16_t i = 1; i <= 126; i++)
		driver_table(RING_TABLE, i, DATA, 4096 * 16, NEXT | WRITE, (uint16_t)(i + 1));
	driver_table(RING_TABLE, 127, STATUS, 1, WRITE, 0);
	for (uint16_t i = 0; i < 3; i++) {
		driver_desc(i, RING_TABLE, 128 * 16, VIRTQ_DESC_F_INDIRECT, 0);
		driver_offer(i);
	}
	fake.cost = 100;
	driver_notify();
	while (fake_timers()) {
		uint64_t before = fake.now;

		fake.read_bytes = 0;
		fake.writes = 0;
		fake_pass(1);
		assert_true(fake.writes <= 16 + 16 + 3); /* pieces of 64 KiB */
		turns += fake.now - before > 1;
		while (driver_used(&id, &len)) {
			assert_int_equal(status_of(0), 0);
			assert_int_equal(len, 126 * 65536 + 1);
			done++;
		}
	}
	assert_int_equal(done, 3);
	assert_true(turns >= 3 * 126 * 65536 / (1024 * 1024) - 1);
}

static void test_reset_in_mid_request(void **state UNUSED)
{
	uint32_t id, len;

	driver_start(INDIR);
	header(HDR, VIRTIO_BLK_T_IN, 1);
	driver_table(RING_TABLE, 0, HDR, 16, NEXT, 1);
	for (uint16_t i = 1; i <= 126; i++)
		driver_table(RING_TABLE, i, DATA, 65536, NEXT | WRITE, (uint16_t)(i + 1));
	driver_table(RING_TABLE, 127, STATUS, 1, WRITE, 0);
	driver_desc(0, RING_TABLE, 128 * 16, VIRTQ_DESC_F_INDIRECT, 0);
	for (int how = 0; how < 3; how++) {
		fake_poke(STATUS, 1, 0xee);
		driver_offer(0);
		driver_notify();
		assert_int_equal(fake_timers(), 1); /* in the middle of it */
		memset(fake_ram(DATA), 0, 65536);
		if (how == 0)
			driver_set(VIRTIO_MMIO_STATUS, 0);
		else if (how == 1)
			virtio_blk_reset(blk);
		else
			driver_set(VIRTIO_MMIO_QUEUE_READY, 0);
		fake_pass(1000000);
		for (int i = 0; i < 65536; i++)
			assert_int_equal(fake_peek(DATA + (unsigned int)i, 1), 0);
		assert_int_equal(status_of(0), 0xee);
		assert_false(driver_used(&id, &len));
		driver_start(INDIR);
	}
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, DATA, 512, NULL), VIRTIO_BLK_S_OK);
}

static void test_content_outlives_reset(void **state UNUSED)
{
	memset(fake_ram(DATA), 0x42, 512);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 100, DATA, 512, NULL), VIRTIO_BLK_S_OK);
	virtio_blk_reset(blk);
	memset(fake.ram, 0, sizeof(fake.ram));
	driver_start(0);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 100, DATA, 512, NULL), VIRTIO_BLK_S_OK);
	assert_int_equal(fake_peek(DATA, 4), 0x42424242);
}

static void test_slow_backend(void **state UNUSED)
{
	uint32_t id, len;

	for (uint16_t i = 0; i < 6; i++)
		put((uint16_t)(i * 3), VIRTIO_BLK_T_IN, i, DATA + i * 512u, 512);
	driver_notify();
	assert_int_equal(nr_pending, 4); /* as many as there are slots */
	assert_false(fake.level[INTID]);
	assert_int_equal(fake_timers(), 0); /* a completion drives it, no timer */
	driver_notify();
	assert_int_equal(nr_pending, 4);
	slow_finish(1, OK); /* out of order */
	assert_true(fake.level[INTID]);
	assert_true(driver_used(&id, &len));
	assert_int_equal(id, 3);
	assert_int_equal(nr_pending, 4); /* the next one went out */
	slow_finish(0, E_IO);
	assert_true(driver_used(&id, &len));
	assert_int_equal(id, 0);
	assert_int_equal(len, 0);
	assert_int_equal(status_of(0), VIRTIO_BLK_S_IOERR);
	while (nr_pending)
		slow_finish(0, OK);
	for (int i = 0; i < 4; i++)
		assert_true(driver_used(&id, &len));
	assert_false(driver_used(&id, &len));
	for (uint16_t i = 1; i < 6; i++) {
		assert_int_equal(status_of((uint16_t)(i * 3)), 0);
		assert_memory_equal(fake_ram(DATA + i * 512u), disk + i * 512, 512);
	}
}

static void test_slow_pieces_and_flush(void **state UNUSED)
{
	uint32_t id, len;

	put(0, VIRTIO_BLK_T_OUT, 0, DATA, 300 * 1024);
	put(3, VIRTIO_BLK_T_FLUSH, 0, DATA, 0);
	memset(fake_ram(DATA), 0x77, 300 * 1024);
	driver_notify();
	assert_int_equal(nr_pending, 2);
	assert_int_equal(nr_flushes, 1);
	slow_finish(1, OK);
	assert_true(driver_used(&id, &len));
	assert_int_equal(id, 3);
	assert_int_equal(status_of(3), 0);
	assert_int_equal(pending[0]->size, 128 * 1024);
	slow_finish(0, OK);
	assert_int_equal(pending[0]->offset, 128 * 1024);
	slow_finish(0, OK);
	assert_int_equal(pending[0]->size, 44 * 1024);
	assert_false(driver_used(&id, &len));
	slow_finish(0, OK);
	assert_true(driver_used(&id, &len));
	assert_int_equal(status_of(0), 0);
	assert_int_equal(disk[300 * 1024 - 1], 0x77);
	assert_int_not_equal(disk[300 * 1024], 0x77);
	put(0, VIRTIO_BLK_T_FLUSH, 0, DATA, 0);
	driver_notify();
	slow_finish(0, E_IO);
	assert_int_equal(status_of(0), VIRTIO_BLK_S_IOERR);
}

/* The guest's buffer is gone when the data come; and a store of larger blocks gets whole ones, whatever the framing. */
/*
 * 5.2.6.2: to a driver that did not take VIRTIO_BLK_F_FLUSH a write has ended when it is safe; to one that did, or for
 * a read, nothing is flushed unasked.
 */
static void test_slow_write_through(void **state UNUSED)
{
	uint32_t id, len;

	put(0, VIRTIO_BLK_T_OUT, 0, DATA, 512);
	driver_notify();
	slow_finish(0, OK);
	assert_true(driver_used(&id, &len));
	assert_int_equal(nr_flushes, 0);
	driver_start(0);
	put(0, VIRTIO_BLK_T_IN, 0, DATA, 512);
	driver_notify();
	slow_finish(0, OK);
	assert_true(driver_used(&id, &len));
	assert_int_equal(nr_flushes, 0);
	for (int status = OK; status >= E_IO; status += E_IO) {
		put(0, VIRTIO_BLK_T_OUT, 0, DATA, 200 * 1024);
		driver_notify();
		nr_flushes = 0;
		slow_finish(0, OK);
		assert_int_equal(nr_flushes, 0);
		slow_finish(0, OK);
		assert_int_equal(nr_flushes, 1); /* of the whole, once */
		assert_int_equal(nr_pending, 1);
		assert_int_equal(pending[0]->op, BLOCK_FLUSH);
		assert_false(driver_used(&id, &len));
		slow_finish(0, status);
		assert_true(driver_used(&id, &len));
		assert_int_equal(status_of(0), status ? VIRTIO_BLK_S_IOERR : VIRTIO_BLK_S_OK);
		assert_int_equal(nr_pending, 0);
	}
	/* What could not be written needs none. */
	nr_flushes = 0;
	put(0, VIRTIO_BLK_T_OUT, 0, DATA, 512);
	driver_notify();
	slow_finish(0, E_IO);
	assert_true(driver_used(&id, &len));
	assert_int_equal(status_of(0), VIRTIO_BLK_S_IOERR);
	assert_int_equal(nr_flushes, 0);
}

static void test_slow_end_and_blocks(void **state UNUSED)
{
	uint32_t id, len;

	assert_int_equal(driver_reg(VIRTIO_MMIO_CONFIG + offsetof(struct virtio_blk_config, blk_size)), 4096);
	put(0, VIRTIO_BLK_T_IN, 0, FAKE_NOWHERE, 512);
	driver_notify();
	slow_finish(0, OK);
	assert_true(driver_used(&id, &len));
	assert_int_equal(len, 0);
	assert_int_equal(status_of(0), VIRTIO_BLK_S_IOERR);
	for (uint16_t i = 0; i < 4; i++)
		put((uint16_t)(i * 3), VIRTIO_BLK_T_IN, 0, DATA, 256 * 1024);
	driver_notify();
	while (nr_pending) {
		assert_int_equal(pending[0]->offset % 4096, 0);
		assert_int_equal(pending[0]->size % 4096, 0);
		slow_finish(0, OK);
		fake_pass(1);
	}
	for (uint16_t i = 0; i < 4; i++) {
		assert_true(driver_used(&id, &len));
		assert_int_equal(len, 256 * 1024 + 1);
	}
}

/* Time in completions is taken from whoever runs there: at most half of it, and nothing is lost by the rest. */
static void test_slow_rests(void **state UNUSED)
{
	const uint64_t start = fake.now;
	uint64_t spent = 0, most = 0;
	unsigned int used = 0;
	uint32_t id, len;

	fake.cost = 1;
	for (uint16_t i = 0; i < 20; i++)
		put((uint16_t)(i * 3), VIRTIO_BLK_T_IN, i, DATA + i * 512u, 512);
	driver_notify();
	assert_int_equal(nr_pending, 4);
	slow_finish(0, OK);
	assert_int_equal(fake_timers(), 1); /* it rests: what ends now waits, and nothing is begun */
	assert_int_equal(nr_pending, 4);
	slow_finish(0, OK);
	assert_int_equal(nr_pending, 3);
	assert_true(driver_used(&id, &len));
	assert_false(driver_used(&id, &len));
	for (used = 1; used < 20;) {
		const uint64_t before = fake.now;

		if (nr_pending)
			slow_finish(0, OK);
		spent += fake.now - before;
		most = MAX(most, fake.now - before);
		fake_pass(1);
		while (driver_used(&id, &len))
			used++;
		assert_true(fake.now < start + 100000);
	}
	/* The four that are away when a rest begins come all the same. */
	assert_true(spent <= (fake.now - start) / 2 + 4 * most);
	for (uint16_t i = 0; i < 20; i++)
		assert_memory_equal(fake_ram(DATA + i * 512u), disk + i * 512, 512);
	fake.cost = 0;
	fake_pass(1000);
	assert_int_equal(fake_timers(), 0);
	put(0, VIRTIO_BLK_T_IN, 1, DATA, 512);
	driver_notify();
	slow_finish(0, OK);
	assert_int_equal(fake_timers(), 0);
}

static void test_slow_reset(void **state UNUSED)
{
	uint32_t id, len;

	put(0, VIRTIO_BLK_T_IN, 0, DATA, 512);
	put(3, VIRTIO_BLK_T_IN, 1, DATA, 512);
	driver_notify();
	assert_int_equal(nr_pending, 2);
	driver_set(VIRTIO_MMIO_STATUS, 0);
	driver_start(0);
	fake_poke(DATA, 8, 0x6e6f7468696e6721);
	slow_finish(0, OK); /* of before the reset: nobody wants it */
	assert_int_equal(fake_peek(DATA, 8), 0x6e6f7468696e6721);
	assert_false(driver_used(&id, &len));
	assert_int_equal(status_of(0), 0xee);
	assert_false(fake.level[INTID]);
	/* The slot that is still out is not given to a new request. */
	for (uint16_t i = 0; i < 5; i++)
		put((uint16_t)(i * 3), VIRTIO_BLK_T_IN, i, DATA + i * 512u, 512);
	driver_notify();
	assert_int_equal(nr_pending, 4);
	driver_set(VIRTIO_MMIO_STATUS, 0); /* again, with one orphan still there */
	while (nr_pending)
		slow_finish(0, OK);
	assert_false(driver_used(&id, &len));
	driver_start(0);
	put(0, VIRTIO_BLK_T_IN, 7, DATA, 512);
	driver_notify();
	slow_finish(0, OK);
	assert_true(driver_used(&id, &len));
	assert_memory_equal(fake_ram(DATA), disk + 7 * 512, 512);
	virtio_blk_destroy(blk);
	assert_true(slow_gone);
	blk = NULL;
}

static void test_block_checks(void **state UNUSED)
{
	const struct iov v = { IPA(DATA), 4096 };
	struct block_req r = { .op = BLOCK_READ, .buf = { &fake.part, &v, 1 }, .size = 512 };
	struct block *b = block_mem_create(disk, 1024 + 511, true);

	assert_non_null(b);
	assert_int_equal(b->sectors, 2);
	assert_int_equal(block_submit(b, &r), OK);
	r.offset = 512;
	assert_int_equal(block_submit(b, &r), OK);
	r.offset = 1024;
	assert_int_equal(block_submit(b, &r), E_RANGE);
	r.offset = UINT64_MAX - 511;
	assert_int_equal(block_submit(b, &r), E_RANGE);
	r.offset = 1;
	assert_int_equal(block_submit(b, &r), E_INVAL);
	r.offset = 0;
	r.size = 100;
	assert_int_equal(block_submit(b, &r), E_INVAL);
	r.size = 512;
	r.op = BLOCK_WRITE;
	assert_int_equal(block_submit(b, &r), E_PERM);
	r.op = BLOCK_FLUSH;
	assert_int_equal(block_submit(b, &r), OK);
	block_destroy(b);
	block_destroy(NULL);
	fake.heap_left = 0;
	assert_null(block_mem_create(disk, 1024, false));
	fake.heap_left = -1;
}

static void test_create_fails(void **state UNUSED)
{
	struct virtio_blk *other = NULL;
	struct block *b = block_mem_create(disk, sizeof(disk), false);

	assert_int_equal(virtio_blk_create(&fake.part, IPA(FAKE_DEV), INTID, b, "", &other), E_EXIST);
	fake.heap_left = 0;
	assert_int_equal(virtio_blk_create(&fake.part, IPA(FAKE_DEV + 0x1000), INTID, b, "", &other), E_NOMEM);
	assert_null(other);
	block_destroy(b); /* still the caller's */
	virtio_blk_destroy(NULL);
}

/* Random requests against a plain copy of the disk, with random faults among them. */
static void test_random_requests(void **state UNUSED)
{
	static uint8_t model[sizeof(disk)];
	uint64_t s = 31;

	memcpy(model, disk, sizeof(model));
	for (int i = 0; i < 3000; i++) {
		uint32_t n = 1 + fake_rand(&s) % 64;
		uint64_t at = fake_rand(&s) % (SECTORS + 64);
		bool fits = at + n <= SECTORS, out = fake_rand(&s) % 2;
		uint8_t c = (uint8_t)fake_rand(&s);

		memset(fake_ram(DATA), c, n * 512);
		assert_int_equal(request(out ? VIRTIO_BLK_T_OUT : VIRTIO_BLK_T_IN, at, DATA, n * 512, NULL),
				 fits ? 0 : 1);
		if (fits && out)
			memset(model + at * 512, c, n * 512);
		else if (fits)
			assert_memory_equal(fake_ram(DATA), model + at * 512, n * 512);
	}
	assert_memory_equal(disk, model, sizeof(model));
}

#define T(f)	      cmocka_unit_test_setup_teardown(f, setup, teardown)
#define T_IN(f, with) cmocka_unit_test_setup_teardown(f, with, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_config),
		T(test_read),
		T(test_all_or_nothing),
		T(test_write),
		T(test_bad_numbers),
		T(test_bad_memory),
		T(test_flush_and_others),
		T(test_get_id),
		T_IN(test_readonly, setup_readonly),
		T(test_any_framing),
		T(test_no_sense),
		T(test_many_at_once),
		T(test_turns_are_bounded),
		T(test_reset_in_mid_request),
		T(test_content_outlives_reset),
		T_IN(test_slow_backend, setup_slow),
		T_IN(test_slow_pieces_and_flush, setup_slow),
		T_IN(test_slow_write_through, setup_slow),
		T_IN(test_slow_end_and_blocks, setup_slow),
		T_IN(test_slow_rests, setup_slow),
		T_IN(test_slow_reset, setup_slow),
		T(test_block_checks),
		T(test_create_fails),
		T(test_random_requests),
	};

	return cmocka_run_group_tests_name("dev/virtio_blk", tests, NULL, NULL);
}
