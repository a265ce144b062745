/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite dev/block_host: a guest's disk on a disk of the machine, which here is an array that answers when the test says
 * so. The backend alone, then under a virtio-blk device and its guest's driver.
 */
#include "driver.h"
#include "fake.h"

#include "abi/virtio_blk.h"
#include "abi/virtio_mmio.h"
#include "core/s1.h"
#include "dev/block.h"
#include "dev/virtio_blk.h"
#include "plat/plat.h"

#define DISK	3u
#define SECTORS 2048u
#define INTID	50u
#define PA_FAR	UINT64_C(0x100000000000)
#define DATA	(FAKE_RAM + 0x20000)
#define HDR	(FAKE_RAM + 0x8000)
#define STATUS	(FAKE_RAM + 0x9000)

/* --- the machine's disk --- */

static uint8_t store[SECTORS * 512u];
static struct host_disk_info info;
static struct host_disk_io *flying[16];
static unsigned int nr_flying, nr_submitted;
static bool dead;

pa_t ptr_to_pa(const void *p)
{
	return PA((uintptr_t)p + PA_FAR);
}

int host_disk_info(unsigned int disk, struct host_disk_info *i)
{
	*i = info;
	return disk == DISK ? OK : E_NOENT;
}

int host_disk_submit(unsigned int disk, struct host_disk_io *io)
{
	assert_int_equal(disk, DISK);
	assert_true(io->size <= HOST_DISK_IO_MAX);
	assert_int_equal(io->pa.a, (uintptr_t)io->data + PA_FAR);
	for (unsigned int i = 0; i < nr_flying; i++)
		assert_true(flying[i] != io && flying[i]->data != io->data);
	nr_submitted++;
	if (dead)
		return E_IO;
	flying[nr_flying++] = io;
	return OK;
}

static void land(unsigned int n, int status)
{
	struct host_disk_io *io = flying[n];

	assert_true(n < nr_flying);
	flying[n] = flying[--nr_flying];
	if (!status && io->op == HOST_DISK_READ)
		memcpy(io->data, store + io->sector * 512, io->size);
	if (!status && io->op == HOST_DISK_WRITE)
		memcpy(store + io->sector * 512, io->data, io->size);
	io->done(io, status);
}

/* --- the backend alone --- */

static struct block *b;
static struct block_req req[8];
static struct iov iov[8];
static unsigned int ended[8];
static int result[8];
static bool wanted = true;

static void done(struct block_req *r, int status)
{
	const size_t n = (size_t)(r - req);
	const int err = block_end(b, r, wanted && !status);

	ended[n]++;
	result[n] = status ? status : err;
}

static int submit(unsigned int n, enum block_op op, uint64_t sector, uint32_t size)
{
	iov[n] = (struct iov){ IPA(DATA + n * 0x20000), size + 64 };
	req[n] = (struct block_req){ .op = op,
				     .offset = sector * 512,
				     .size = size,
				     .buf = { &fake.part, &iov[n], 1 },
				     .skip = 64,
				     .done = done };
	ended[n] = 0;
	return block_submit(b, &req[n]);
}

static int setup(void **state)
{
	fake_setup(state);
	nr_flying = nr_submitted = 0;
	dead = false;
	wanted = true;
	info = (struct host_disk_info){ SECTORS, 4096, false, true };
	for (size_t i = 0; i < sizeof(store); i++)
		store[i] = (uint8_t)(i * 7 + i / 512 * 13);
	b = block_host_create(DISK, false);
	assert_non_null(b);
	return 0;
}

static int teardown(void **state)
{
	block_destroy(b);
	b = NULL;
	return fake_teardown(state);
}

static void test_create(void **state UNUSED)
{
	struct block *other;

	assert_int_equal(b->sectors, SECTORS);
	assert_int_equal(b->block_size, 4096);
	assert_false(b->readonly);
	assert_null(block_host_create(DISK + 1, false));
	other = block_host_create(DISK, true);
	assert_true(other->readonly);
	block_destroy(other);
	info.readonly = true;
	other = block_host_create(DISK, false);
	assert_true(other->readonly);
	block_destroy(other);
	for (int left = 0; left < 2; left++) {
		fake.heap_left = left;
		assert_null(block_host_create(DISK, false));
	}
	fake.heap_left = -1; /* what was taken has been given back: teardown looks */
}

static void test_read_and_write(void **state UNUSED)
{
	assert_int_equal(submit(0, BLOCK_READ, 7, 1024), BLOCK_PENDING);
	assert_int_equal(flying[0]->op, HOST_DISK_READ);
	assert_int_equal(flying[0]->sector, 7);
	assert_int_equal(ended[0], 0);
	land(0, OK);
	assert_int_equal(ended[0], 1);
	assert_int_equal(result[0], OK);
	assert_memory_equal(fake_ram(DATA + 64), store + 7 * 512, 1024);
	assert_int_equal(fake_peek(DATA + 56, 8), 0);
	memset(fake_ram(DATA + 64), 0x5c, 512);
	assert_int_equal(submit(0, BLOCK_WRITE, 9, 512), BLOCK_PENDING);
	/* What is stored is what was there when it was asked for. */
	memset(fake_ram(DATA + 64), 0xee, 512);
	land(0, OK);
	assert_int_equal(store[9 * 512], 0x5c);
	assert_int_equal(store[10 * 512 - 1], 0x5c);
	assert_int_not_equal(store[10 * 512], 0x5c);
}

static void test_flush(void **state UNUSED)
{
	assert_int_equal(submit(0, BLOCK_FLUSH, 0, 0), BLOCK_PENDING);
	assert_int_equal(flying[0]->op, HOST_DISK_FLUSH);
	assert_int_equal(flying[0]->size, 0);
	land(0, E_IO);
	assert_int_equal(result[0], E_IO);
	/* A disk without a cache is not asked. */
	block_destroy(b);
	info.flush = false;
	b = block_host_create(DISK, false);
	assert_int_equal(submit(0, BLOCK_FLUSH, 0, 0), OK);
	assert_int_equal(nr_submitted, 1);
}

static void test_limits(void **state UNUSED)
{
	for (unsigned int i = 0; i < BLOCK_DEPTH; i++)
		assert_int_equal(submit(i, BLOCK_READ, i, BLOCK_BYTES_MAX), BLOCK_PENDING);
	assert_int_equal(submit(BLOCK_DEPTH, BLOCK_READ, 0, 512), E_BUSY);
	assert_int_equal(nr_submitted, BLOCK_DEPTH);
	land(1, OK);
	assert_int_equal(submit(BLOCK_DEPTH, BLOCK_READ, 0, BLOCK_BYTES_MAX + 512), E_BUSY);
	assert_int_equal(submit(BLOCK_DEPTH, BLOCK_READ, 0, 512), BLOCK_PENDING);
	while (nr_flying)
		land(0, OK);
	for (unsigned int i = 0; i <= BLOCK_DEPTH; i++)
		assert_int_equal(ended[i], 1);
}

/* An error gives the buffer back each time, whoever it is that fails. */
static void test_errors(void **state UNUSED)
{
	for (unsigned int i = 0; i < 3 * BLOCK_DEPTH; i++) {
		assert_int_equal(submit(0, BLOCK_READ, 0, 512), BLOCK_PENDING);
		land(0, E_IO);
		assert_int_equal(result[0], E_IO);
		/* Guest memory that is not there: before a write, after a read. */
		assert_int_equal(submit(0, BLOCK_WRITE, 0, 512), BLOCK_PENDING);
		land(0, OK);
		iov[1] = (struct iov){ IPA(FAKE_NOWHERE), 4096 };
		req[1] = (struct block_req){
			.op = BLOCK_WRITE, .size = 512, .buf = { &fake.part, &iov[1], 1 }, .done = done
		};
		assert_int_equal(block_submit(b, &req[1]), E_FAULT);
		req[1].op = BLOCK_READ;
		assert_int_equal(block_submit(b, &req[1]), BLOCK_PENDING);
		land(0, OK);
		assert_int_equal(result[1], E_FAULT);
		dead = true;
		assert_int_equal(submit(0, BLOCK_READ, 0, 512), E_IO);
		dead = false;
	}
}

static void test_not_wanted(void **state UNUSED)
{
	memset(fake_ram(DATA), 0x11, 1024);
	wanted = false;
	for (unsigned int i = 0; i < 2 * BLOCK_DEPTH; i++) {
		assert_int_equal(submit(0, BLOCK_READ, 0, 512), BLOCK_PENDING);
		land(0, OK);
		assert_int_equal(fake_peek(DATA + 64, 8), 0x1111111111111111);
	}
}

/* --- under a virtio-blk device --- */

static struct virtio_blk *blk;

static int setup_device(void **state)
{
	setup(state);
	assert_int_equal(virtio_blk_create(&fake.part, IPA(FAKE_DEV), INTID, b, "disk", &blk), OK);
	driver_init(FAKE_DEV, 64);
	driver_start(BIT(VIRTIO_BLK_F_FLUSH));
	return 0;
}

static int teardown_device(void **state)
{
	virtio_blk_destroy(blk);
	return fake_teardown(state);
}

static void put(uint16_t i, uint32_t type, uint64_t sector, uint64_t data, uint32_t len)
{
	const struct virtio_blk_hdr h = { type, 0, sector };
	const uint16_t in = VIRTQ_DESC_F_WRITE, next = VIRTQ_DESC_F_NEXT;

	memcpy(fake_ram(HDR + i * 16u), &h, sizeof(h));
	fake_poke(STATUS + i, 1, 0xee);
	driver_desc(i, HDR + i * 16u, 16, next, (uint16_t)(len ? i + 1 : i + 2));
	driver_desc((uint16_t)(i + 1), data, len, (uint16_t)(next | (type == VIRTIO_BLK_T_OUT ? 0 : in)),
		    (uint16_t)(i + 2));
	driver_desc((uint16_t)(i + 2), STATUS + i, 1, in, 0);
	driver_offer(i);
}

/*
 * What the guest was told is written is with the machine's disk before its flush goes there; the flush is told when the
 * disk has done it, whatever else ends meanwhile.
 */
static void test_flush_order(void **state UNUSED)
{
	uint32_t id, len;

	memset(fake_ram(DATA), 0x42, 300 * 1024);
	put(0, VIRTIO_BLK_T_OUT, 0, DATA, 300 * 1024); /* three transfers */
	driver_notify();
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(nr_flying, 1);
		assert_int_equal(flying[0]->op, HOST_DISK_WRITE);
		assert_false(driver_used(&id, &len));
		land(0, OK);
	}
	assert_true(driver_used(&id, &len));
	assert_int_equal(store[300 * 1024 - 1], 0x42);
	put(0, VIRTIO_BLK_T_FLUSH, 0, 0, 0);
	put(3, VIRTIO_BLK_T_OUT, 1000, DATA, 512); /* later: may be before or behind the flush */
	driver_notify();
	assert_int_equal(nr_flying, 2);
	assert_int_equal(flying[0]->op, HOST_DISK_FLUSH);
	land(1, OK);
	assert_true(driver_used(&id, &len));
	assert_int_equal(id, 3);
	assert_false(driver_used(&id, &len));
	land(0, OK);
	assert_true(driver_used(&id, &len));
	assert_int_equal(id, 0);
	assert_int_equal(fake_peek(STATUS, 1), VIRTIO_BLK_S_OK);
}

static void test_reset_in_mid_request(void **state UNUSED)
{
	uint32_t id, len;

	for (uint16_t i = 0; i < 4; i++)
		put((uint16_t)(i * 3), VIRTIO_BLK_T_IN, i, DATA + i * 512u, 512);
	driver_notify();
	assert_int_equal(nr_flying, 4);
	land(0, OK);
	assert_true(driver_used(&id, &len));
	driver_set(VIRTIO_MMIO_STATUS, 0);
	memset(fake_ram(DATA), 0x99, 4 * 512);
	driver_start(0);
	put(0, VIRTIO_BLK_T_IN, 9, DATA + 0x10000, 512);
	driver_notify();
	assert_int_equal(nr_flying, 4); /* in the buffer that is free */
	while (nr_flying > 1)
		land(flying[0]->sector == 9, OK); /* the others first */
	assert_int_equal(flying[0]->sector, 9);
	land(0, OK);
	assert_true(driver_used(&id, &len));
	assert_false(driver_used(&id, &len));
	assert_memory_equal(fake_ram(DATA + 0x10000), store + 9 * 512, 512);
	for (unsigned int i = 0; i < 4 * 512; i += 8)
		assert_int_equal(fake_peek(DATA + i, 8), 0x9999999999999999);
}

/* The machine's disk fails for good: each request ends with an error, at once, and the guest goes on. */
static void test_disk_dies(void **state UNUSED)
{
	uint32_t id, len;

	for (uint16_t i = 0; i < 6; i++)
		put((uint16_t)(i * 3), i % 2 ? VIRTIO_BLK_T_OUT : VIRTIO_BLK_T_IN, i, DATA + i * 512u, 512);
	driver_notify();
	assert_int_equal(nr_flying, 4);
	dead = true;
	while (nr_flying)
		land(0, E_IO);
	for (uint16_t i = 0; i < 6; i++) {
		assert_true(driver_used(&id, &len));
		assert_int_equal(fake_peek(STATUS + i * 3u, 1), VIRTIO_BLK_S_IOERR);
	}
	put(0, VIRTIO_BLK_T_FLUSH, 0, 0, 0);
	driver_notify();
	assert_true(driver_used(&id, &len));
	assert_int_equal(fake_peek(STATUS, 1), VIRTIO_BLK_S_IOERR);
	assert_int_equal(driver_reg(VIRTIO_MMIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET, 0);
}

#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
#define T_IN(f) cmocka_unit_test_setup_teardown(f, setup_device, teardown_device)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_create),	      T(test_read_and_write), T(test_flush),	      T(test_limits),
		T(test_errors),	      T(test_not_wanted),     T_IN(test_flush_order), T_IN(test_reset_in_mid_request),
		T_IN(test_disk_dies),
	};

	return UNIT_RUN(tests);
}
