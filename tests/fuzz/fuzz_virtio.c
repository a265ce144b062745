/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dev/virtqueue, virtio_mmio, virtio_blk, virtio_rng with a hostile driver: registers in any order, descriptors that
 * lie in memory or not, chains and tables of any shape, indices out of range, resets in mid-request, a backend that is
 * slow and fails, guest RAM that changes while it is read.
 *
 * Watched: locks, heap and timers (tests/unit/dev/fake.c); work and log lines stay bounded; a read-only disk stays as
 * it is; while RAM is not changed behind the device's back it writes nothing but used rings and buffers that were
 * offered as writable; no more is used than was made available. Between the hostile steps come proper requests by a
 * proper driver, whose data are compared with a copy of the disk: whatever went before, they must be served.
 */
#include "dev/driver.h"
#include "fuzz.h"

#include "abi/virtio_blk.h"
#include "core/guest_mem.h"
#include "dev/virtio_blk.h"
#include "dev/virtio_rng.h"
#include "dev/virtqueue.h"

#define INTID	48u
#define STEPS	96u
#define SECTORS 96u
#define NEXT	VIRTQ_DESC_F_NEXT
#define WRITE	VIRTQ_DESC_F_WRITE
#define INDIR	VIRTQ_DESC_F_INDIRECT
#define WORK	60000u /* accesses to guest memory in one step: 64 chains of 128 buffers, and a turn's bytes */

#define HDR    RING_DATA
#define STATUS (RING_DATA + 0x800)
#define DATA   (RING_DATA + 0x1000)

static struct virtio_blk *blk;
static struct virtio_rng *rng;
static uint8_t disk[SECTORS * BLOCK_SECTOR], copy[SECTORS * BLOCK_SECTOR];

/* What the device may write to; too much to remember: anything. */
static struct {
	uint64_t at, size;
} writable[512];
static unsigned int nr_writable;
static uint64_t used_size; /* bytes of the used ring */
static bool strict, racing;
static bool running; /* the queue, as start() left it */
static uint64_t race;
static unsigned int resets;

static void may_write(uint64_t at, uint64_t size)
{
	/* A device that writes where the rings are makes descriptors of its own. */
	if (nr_writable == ARRAY_SIZE(writable) || (at < RING_DATA && (at >= RING_DESC || size > RING_DESC - at)))
		strict = false;
	else
		writable[nr_writable++].at = at, writable[nr_writable - 1].size = size;
}

static void on_write(uint64_t ipa, size_t size)
{
	if (!strict || (ipa >= RING_USED && ipa + size <= RING_USED + used_size))
		return;
	for (unsigned int i = 0; i < nr_writable; i++)
		if (ipa - writable[i].at < writable[i].size && size <= writable[i].size - (ipa - writable[i].at))
			return;
	fuzz_fail(__FILE__, __LINE__, "writes %zu bytes at 0x%llx, which nobody gave it", size,
		  (unsigned long long)ipa);
}

/* The guest's other vCPUs, at each read of guest memory. */
static void on_read(uint64_t ipa, size_t size)
{
	uint64_t at = ipa;

	if (!racing)
		return;
	race = race * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	if (race >> 61)
		return;
	at += (race >> 40) % size;
	if (at >= FAKE_RAM && at < FAKE_RO)
		*(uint8_t *)fake_ram(at) ^= (uint8_t)(1u << (race >> 33 & 7));
}

/* --- A backend that is slow --- */

static struct block slow;
static struct block_req *pending[BLOCK_DEPTH];
static unsigned int nr_pending;

static int move(struct block_req *r)
{
	if (r->op == BLOCK_READ)
		return iov_write(&r->buf, r->skip, disk + r->offset, r->size);
	return r->op == BLOCK_WRITE ? iov_read(&r->buf, r->skip, disk + r->offset, r->size) : OK;
}

static int slow_submit(struct block *b UNUSED, struct block_req *req)
{
	MUST_EQ(fake.locks_held, 1);
	MUST(nr_pending < BLOCK_DEPTH && req->size <= BLOCK_BYTES_MAX);
	MUST(req->op == BLOCK_FLUSH || req->offset + req->size <= sizeof(disk));
	pending[nr_pending++] = req;
	return BLOCK_PENDING;
}

static int slow_end(struct block *b UNUSED, struct block_req *req, bool wanted)
{
	return wanted ? move(req) : OK;
}

static void slow_destroy(struct block *b UNUSED)
{
	MUST_EQ(nr_pending, 0);
}

static const struct block_ops slow_ops = { slow_submit, slow_end, slow_destroy };

static void slow_finish(unsigned int n, int status)
{
	struct block_req *r;

	if (!nr_pending)
		return;
	n %= nr_pending;
	r = pending[n];
	pending[n] = pending[--nr_pending];
	r->done(r, status);
	MUST_EQ(fake.locks_held, 0);
}

static void random_fill(void *buf, size_t n)
{
	memset(buf, 0x5a, n);
}

/* --- Hostile steps --- */

static uint64_t any_address(struct fuzz *f)
{
	unsigned int kind = fuzz_u8(f);

	if (kind < 128)
		return DATA + kind * 0x400u;
	if (kind < 160)
		return HDR + (kind & 31) * 16;
	if (kind < 176)
		return RING_TABLE + (kind & 15) * 0x40u;
	if (kind < 184)
		return FAKE_RO + 8 * (kind & 7);
	if (kind < 192)
		return FAKE_RO - 8 * (kind & 7);
	if (kind < 200)
		return FAKE_NOWHERE;
	if (kind < 210) /* the rings themselves */
		return RING_DESC + (kind & 3) * 0x1000u;
	return fuzz_odd(f);
}

static uint32_t any_length(struct fuzz *f)
{
	unsigned int kind = fuzz_u8(f);

	if (kind < 64)
		return (kind & 31) * BLOCK_SECTOR + (kind & 32 ? 1 : 0);
	return kind < 96 ? 16 * (kind & 31) : kind < 128 ? kind & 31 : (uint32_t)fuzz_odd(f);
}

static void put_desc(struct fuzz *f, uint64_t table, uint16_t i)
{
	uint64_t at = any_address(f);
	uint32_t len = any_length(f);
	unsigned int flags = fuzz_u8(f), next = flags >> 3 & 1 ? fuzz_u8(f) : i + 1u;

	flags &= flags >> 4 & 1 ? 7 : 3;
	driver_table(table, i, at, len, flags, (uint16_t)next);
	if (flags & WRITE)
		may_write(at, len);
	if (flags & INDIR)
		strict = strict && at >= RING_TABLE && at < RING_TABLE + 0x1000; /* else the entries are data */
}

static void step_desc(struct fuzz *f)
{
	unsigned int where = fuzz_u8(f), i = fuzz_below(f, 16);

	put_desc(f, where & 1 ? RING_TABLE + (where >> 1 & 15) * 0x40u : RING_DESC, (uint16_t)i);
}

/* A request that is nearly right. */
static void step_request(struct fuzz *f)
{
	unsigned int how = fuzz_u8(f), type = fuzz_u8(f);
	uint16_t i = (uint16_t)(how & 15);
	const struct virtio_blk_hdr h = { type < 240 ? type % 9 : fuzz_u32(f), 0,
					  how & 0x40 ? fuzz_odd(f) : fuzz_below(f, SECTORS + 1) };
	uint64_t data = any_address(f);
	uint32_t len = any_length(f);

	memcpy(fake_ram(HDR + i * 16u), &h, sizeof(h));
	driver_desc(i, HDR + i * 16u, 16, NEXT, (uint16_t)(i + 1));
	driver_desc((uint16_t)(i + 1), data, len, NEXT | (how & 0x80 ? WRITE : 0), (uint16_t)(i + 2));
	driver_desc((uint16_t)(i + 2), STATUS + i, 1, WRITE, 0);
	if (how & 0x80)
		may_write(data, len);
	may_write(STATUS + i, 1);
	driver_offer(i);
	if (how & 0x20)
		driver_notify();
}

static void step_offer(struct fuzz *f)
{
	unsigned int how = fuzz_u8(f);

	if (how < 200) {
		driver_offer(how & 15);
	} else if (how < 230) {
		drv.avail_idx = (uint16_t)(drv.avail_idx + fuzz_u16(f));
		fake_poke(drv.avail + VIRTQ_AVAIL_IDX, 2, drv.avail_idx);
	} else {
		fake_poke(drv.avail + fuzz_u8(f), 2, fuzz_u16(f)); /* flags, used_event among them */
	}
	driver_notify();
}

static void step_register(struct fuzz *f)
{
	static const uint16_t some[] = {
		VIRTIO_MMIO_STATUS,	     VIRTIO_MMIO_QUEUE_SEL,	      VIRTIO_MMIO_QUEUE_NUM,
		VIRTIO_MMIO_QUEUE_READY,     VIRTIO_MMIO_QUEUE_NOTIFY,	      VIRTIO_MMIO_INTERRUPT_ACK,
		VIRTIO_MMIO_QUEUE_DESC_LOW,  VIRTIO_MMIO_QUEUE_DRIVER_LOW,    VIRTIO_MMIO_QUEUE_DEVICE_LOW,
		VIRTIO_MMIO_QUEUE_DESC_HIGH, VIRTIO_MMIO_QUEUE_DRIVER_HIGH,   VIRTIO_MMIO_QUEUE_DEVICE_HIGH,
		VIRTIO_MMIO_DRIVER_FEATURES, VIRTIO_MMIO_DRIVER_FEATURES_SEL, VIRTIO_MMIO_DEVICE_FEATURES_SEL,
	};
	unsigned int how = fuzz_u8(f), off = how < 192 ? some[how % ARRAY_SIZE(some)] : fuzz_u16(f) % 0x1000u;
	struct mmio_access a = { .size = 4, .write = how & 1 };

	if (how >= 240)
		a.size = (uint8_t)(1u << (how & 3));
	off &= ~(a.size - 1u);
	if (a.write)
		a.value = fuzz_odd(f) & (a.size == 8 ? UINT64_MAX : BIT(8 * a.size) - 1);
	/* Rings anywhere: what the device writes there is not known here. */
	if (a.write && off >= VIRTIO_MMIO_QUEUE_DESC_LOW && off <= VIRTIO_MMIO_QUEUE_DEVICE_HIGH)
		strict = false;
	resets += a.write && off == VIRTIO_MMIO_STATUS && !a.value;
	if (a.write && (off == VIRTIO_MMIO_STATUS || off == VIRTIO_MMIO_QUEUE_READY))
		running = false;
	MUST_EQ(fake_access(FAKE_DEV + off, &a), off < VIRTIO_MMIO_CONFIG && a.size != 4 ? MMIO_FAULT : MMIO_OK);
}

static void step_poke(struct fuzz *f)
{
	uint64_t at = RING_DESC + fuzz_u16(f) % 0x4800u;

	fake_poke(at & ~UINT64_C(7), 8, fuzz_odd(f));
	strict = false;
}

static void step_other(struct fuzz *f)
{
	unsigned int how = fuzz_u8(f);

	if (how < 120) {
		fake_pass(how);
	} else if (how < 200) {
		slow_finish(how, how & 8 ? E_IO : OK);
	} else if (how < 220) {
		resets++;
		running = false;
		if (blk)
			virtio_blk_reset(blk);
		else
			virtio_rng_reset(rng);
	} else {
		racing = how & 1;
		strict = false;
		fake.cost = how & 2;
	}
}

/* --- A proper driver --- */

static void start(struct fuzz *f)
{
	unsigned int how = fuzz_u8(f);

	racing = false;
	resets++;
	driver_init(FAKE_DEV, (uint16_t)(2u << (how & 3)));
	used_size = 6 + 8ul * drv.num; /* flags, index, elements, avail_event */
	running = true;
	driver_start((how & 4 ? BIT(VIRTIO_F_INDIRECT_DESC) : 0) | (how & 8 ? BIT(VIRTIO_F_EVENT_IDX) : 0));
}

/* len bytes of data in some buffers of an indirect table; returns the entries. */
static uint16_t put_pieces(struct fuzz *f, uint32_t len, unsigned int flags)
{
	uint16_t i = 1;
	uint32_t at = 0;

	while (at < len) {
		uint32_t n = i == 14 ? len : 64 + 64 * fuzz_below(f, 64);

		n = MIN(n, len - at);
		driver_table(RING_TABLE, i, DATA + at, n, NEXT | flags, (uint16_t)(i + 1));
		at += n;
		i++;
	}
	return i;
}

static void wait_used(uint32_t *id, uint32_t *len)
{
	for (unsigned int n = 0; n < 100 && !driver_used(id, len); n++) {
		while (nr_pending)
			slow_finish(0, OK);
		fake_pass(1000);
	}
	MUST_EQ(*id, 0);
}

static void request(struct fuzz *f, uint32_t type, uint64_t sector, uint32_t len)
{
	const struct virtio_blk_hdr h = { type, 0, sector };
	unsigned int flags = type == VIRTIO_BLK_T_OUT ? 0 : WRITE;
	uint32_t id = UINT32_MAX, used = 0;
	uint16_t i;

	memcpy(fake_ram(HDR), &h, sizeof(h));
	fake_poke(STATUS, 1, 0xee);
	driver_table(RING_TABLE, 0, HDR, 16, NEXT, 1);
	i = put_pieces(f, len, flags);
	driver_table(RING_TABLE, i, STATUS, 1, WRITE, 0);
	driver_desc(0, RING_TABLE, 16 * (i + 1u), INDIR, 0);
	may_write(STATUS, 1);
	if (flags)
		may_write(DATA, len);
	driver_offer(0);
	driver_notify();
	wait_used(&id, &used);
	MUST_EQ(fake_peek(STATUS, 1), VIRTIO_BLK_S_OK);
	MUST_EQ(used, type == VIRTIO_BLK_T_IN ? len + 1 : 1);
}

/* After a reset all is as if nothing had been. Requests of before it that the backend still has go first. */
static void step_proper(struct fuzz *f)
{
	unsigned int how = fuzz_u8(f), n = 1 + (how >> 4);
	uint64_t sector = fuzz_below(f, SECTORS + 1 - n);
	uint32_t len = n * BLOCK_SECTOR;

	fake.cost = 0;
	if (!blk)
		return;
	start(&(struct fuzz){ (const uint8_t *)"\x06", 1 });
	while (nr_pending)
		slow_finish(how, OK);
	memcpy(copy, disk, sizeof(disk));
	if ((how & 1) && drv.num) {
		for (uint32_t i = 0; i < len; i++)
			copy[sector * BLOCK_SECTOR + i] = (uint8_t)(how + i * 3);
		memcpy(fake_ram(DATA), copy + sector * BLOCK_SECTOR, len);
		if (!(driver_set(VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0),
		      driver_reg(VIRTIO_MMIO_DEVICE_FEATURES) & BIT(VIRTIO_BLK_F_RO)))
			request(f, VIRTIO_BLK_T_OUT, sector, len);
		else
			memcpy(copy, disk, sizeof(disk));
		MUST(memcmp(copy, disk, sizeof(disk)) == 0);
	}
	/* Around the ring. */
	for (unsigned int i = 0; i <= (how & 15); i++) {
		memset(fake_ram(DATA), 0xee, len);
		request(f, VIRTIO_BLK_T_IN, sector, len);
		MUST(memcmp(fake_ram(DATA), copy + sector * BLOCK_SECTOR, len) == 0);
	}
	MUST(fake.level[INTID]);
}

/* --- One input --- */

static void step_start(struct fuzz *f)
{
	start(f);
}

static void make(unsigned int kind)
{
	nr_pending = nr_writable = resets = 0;
	used_size = 0;
	strict = true;
	racing = running = false;
	blk = NULL;
	rng = NULL;
	for (size_t i = 0; i < sizeof(disk); i++)
		disk[i] = (uint8_t)(i * 7 + i / 512 * 13);
	slow = (struct block){ &slow_ops, SECTORS, false, BLOCK_SECTOR };
	if (kind == 3)
		MUST_EQ(virtio_rng_create(&fake.part, IPA(FAKE_DEV), INTID, random_fill, &rng), OK);
	else
		MUST_EQ(virtio_blk_create(&fake.part, IPA(FAKE_DEV), INTID,
					  kind == 2 ? &slow : block_mem_create(disk, sizeof(disk), kind == 1), "fuzz",
					  &blk),
			OK);
	fake.on_read = on_read;
	fake.on_write = on_write;
	driver_init(FAKE_DEV, 16);
}

static void check(unsigned int kind, unsigned int work)
{
	uint16_t used = (uint16_t)fake_peek(RING_USED + VIRTQ_USED_IDX, 2);

	MUST_EQ(fake.locks_held, 0);
	MUST(work < WORK);
	MUST(fake.logged <= resets + 1);
	/*
	 * While it waits for its backend, or rests, or is stopped, it does not look at the index, which may
	 * be any then.
	 */
	if (strict && running && !nr_pending && !fake_timers() && drv.avail == RING_AVAIL &&
	    driver_reg(VIRTIO_MMIO_STATUS) == 15)
		MUST((uint16_t)(drv.avail_idx - used) <= VIRTQ_NUM_MAX);
	for (size_t i = 0; kind == 1 && i < sizeof(disk); i += 97)
		MUST_EQ(disk[i], (uint8_t)(i * 7 + i / 512 * 13));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const step[])(struct fuzz * f) = {
		step_desc,     step_desc,     step_request, step_request, step_request, step_offer,  step_offer,
		step_register, step_register, step_poke,    step_other,	  step_other,	step_proper, step_start,
	};
	struct fuzz f = fuzz_open(data, size);
	unsigned int how = fuzz_u8(&f), kind = how & 3;

	fake_setup(NULL);
	make(kind);
	race = size * UINT64_C(0x9e3779b97f4a7c15) + how;
	if (how & 4)
		start(&f);
	for (unsigned int n = 0; n < STEPS && fuzz_more(&f); n++) {
		unsigned int before = fake.reads + fake.writes;

		step[fuzz_below(&f, ARRAY_SIZE(step))](&f);
		check(kind, fake.reads + fake.writes - before);
	}
	while (nr_pending)
		slow_finish(0, OK);
	virtio_blk_destroy(blk);
	virtio_rng_destroy(rng);
	fake_teardown(NULL);
	return 0;
}
