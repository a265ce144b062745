/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attack program virtio: drivers that break the rules of virtio 1.2 in each way that it has. Whatever they do, the
 * device answers with an error, or waits for a reset (2.1.2 DEVICE_NEEDS_RESET); after a reset it works.
 */
#include "virtio.h"

#include "lib/string.h"

#define NEXT VIRTQ_DESC_F_NEXT
#define W    VIRTQ_DESC_F_WRITE
#define IND  VIRTQ_DESC_F_INDIRECT

static const struct ring *const r = &rings[SLOT_RODISK];

/* --- chains --- */

enum outcome { BREAKS, FAILS, WORKS };

#define HDR    ((uint64_t)(uintptr_t)&rings[SLOT_RODISK].hdr)
#define DATA   ((uint64_t)(uintptr_t)rings[SLOT_RODISK].data)
#define STAT   ((uint64_t)(uintptr_t)&rings[SLOT_RODISK].status)
#define TABLE  ((uint64_t)(uintptr_t)rings[SLOT_RODISK].table)
#define AT_END (1ul << 60)

/* Descriptors of the ring, and of an indirect table; the head that is offered, and by how much avail.idx moves. */
struct chain {
	const char *what;
	enum outcome outcome;
	struct virtq_desc d[3], t[3];
	uint16_t head, jump;
};

#define STATUS_DESC                                                                                                    \
	{                                                                                                              \
		STAT, 1, W, 0                                                                                          \
	}
#define INDIRECT(addr, len)  .d = { { addr, len, IND, 0 } }
#define READ_INTO(addr, len) .d = { { HDR, 16, NEXT, 1 }, { addr, len, W | NEXT, 2 }, STATUS_DESC }

/* clang-format off */
static const struct chain chains[] = {
	{ "a read of a sector", WORKS, READ_INTO(DATA, 512) },
	{ "a read of nothing", WORKS, READ_INTO(DATA, 0) },
	{ "one that names itself", BREAKS, .d = { { HDR, 16, NEXT, 0 } } },
	{ "two that name each other", BREAKS, .d = { { HDR, 16, NEXT, 1 }, { DATA, 512, NEXT, 0 } } },
	{ "a cycle of writable ones", BREAKS, .d = { { HDR, 16, NEXT, 1 }, { DATA, 512, W | NEXT, 2 }, { DATA, 512, W | NEXT, 1 } } },
	{ "next is the queue's size", BREAKS, .d = { { HDR, 16, NEXT, RING_NUM } } },
	{ "next is 65535", BREAKS, .d = { { HDR, 16, NEXT, 0xffff } } },
	{ "the head is the queue's size", BREAKS, READ_INTO(DATA, 512), .head = RING_NUM },
	{ "the head is 65535", BREAKS, READ_INTO(DATA, 512), .head = 0xffff },
	{ "a readable one after a writable one", BREAKS, .d = { { HDR, 16, NEXT, 1 }, { STAT, 1, W | NEXT, 2 }, { DATA, 512, 0, 0 } } },
	{ "no header", BREAKS, .d = { STATUS_DESC } },
	{ "a header of 15 bytes", BREAKS, .d = { { HDR, 15, NEXT, 2 }, { 0, 0, 0, 0 }, STATUS_DESC } },
	{ "no status", BREAKS, .d = { { HDR, 16, NEXT, 1 }, { DATA, 512, 0, 0 } } },
	{ "all lengths 0", BREAKS, .d = { { HDR, 0, NEXT, 1 }, { DATA, 0, W | NEXT, 2 }, { STAT, 0, W, 0 } } },
	{ "a header in no memory", BREAKS, .d = { { NOWHERE, 16, NEXT, 2 }, { 0, 0, 0, 0 }, STATUS_DESC } },
	{ "a header in a device", BREAKS, .d = { { GICD, 16, NEXT, 2 }, { 0, 0, 0, 0 }, STATUS_DESC } },
	{ "a status in no memory", BREAKS, .d = { { HDR, 16, NEXT, 2 }, { 0, 0, 0, 0 }, { NOWHERE, 1, W, 0 } } },
	{ "a status in a device", BREAKS, .d = { { HDR, 16, NEXT, 2 }, { 0, 0, 0, 0 }, { UART, 1, W, 0 } } },
	{ "an address that wraps", BREAKS, READ_INTO(~0ul - 15, 512) },
	{ "data in no memory", FAILS, READ_INTO(NOWHERE, 512) },
	{ "data in a device", FAILS, READ_INTO(VIRTIO(0), 512) },
	{ "data in the GIC", FAILS, READ_INTO(GICD, 4096) },
	{ "data over the end of RAM", FAILS, READ_INTO(AT_END - 511, 512) },
	{ "data above 2^40", FAILS, READ_INTO(1ul << 40, 512) },
	{ "data at the top of the address space", FAILS, READ_INTO(~0ul - 512, 512) },
	{ "a length of 2^32-1", FAILS, READ_INTO(DATA, 0xffffffff) },
	{ "a length of 2^32-512", FAILS, READ_INTO(DATA, 0xfffffe00) },
	{ "a length of 2^31", FAILS, READ_INTO(DATA, 0x80000000) },
	{ "a length of 1", FAILS, READ_INTO(DATA, 1) },
	{ "a length of 513", FAILS, READ_INTO(DATA, 513) },
	{ "avail.idx jumps by 17", BREAKS, READ_INTO(DATA, 512), .jump = RING_NUM + 1 },
	{ "avail.idx jumps by 32768", BREAKS, READ_INTO(DATA, 512), .jump = 0x8000 },
	{ "avail.idx goes back by 1", BREAKS, READ_INTO(DATA, 512), .jump = 0xffff },
	{ "indirect", WORKS, INDIRECT(TABLE, 48), .t = { { HDR, 16, NEXT, 1 }, { DATA, 512, W | NEXT, 2 }, STATUS_DESC } },
	{ "indirect and chained", BREAKS, .d = { { TABLE, 48, IND | NEXT, 1 }, { DATA, 512, W, 0 } } },
	{ "an indirect table of no length", BREAKS, INDIRECT(TABLE, 0) },
	{ "an indirect table of half an entry", BREAKS, INDIRECT(TABLE, 8) },
	{ "an indirect table of three and a half", BREAKS, INDIRECT(TABLE, 56) },
	{ "an indirect table of 129 entries", BREAKS, INDIRECT(TABLE, 129 * 16) },
	{ "an indirect table of 2^32-16 bytes", BREAKS, INDIRECT(TABLE, 0xfffffff0) },
	{ "an indirect table in no memory", BREAKS, INDIRECT(NOWHERE, 48) },
	{ "an indirect table in a device", BREAKS, INDIRECT(GICD, 48) },
	{ "an indirect table over the end of RAM", BREAKS, INDIRECT(AT_END - 16, 48) },
	{ "an indirect table at the top", BREAKS, INDIRECT(~0ul - 47, 48) },
	{ "an indirect one that names itself", BREAKS, INDIRECT(TABLE, 48), .t = { { HDR, 16, NEXT, 0 } } },
	{ "an indirect cycle", BREAKS, INDIRECT(TABLE, 48), .t = { { HDR, 16, NEXT, 1 }, { DATA, 512, W | NEXT, 2 }, { DATA, 512, W | NEXT, 1 } } },
	{ "indirect inside indirect", BREAKS, INDIRECT(TABLE, 48), .t = { { TABLE, 48, IND, 0 } } },
	{ "an indirect next outside of the table", BREAKS, INDIRECT(TABLE, 48), .t = { { HDR, 16, NEXT, 3 } } },
	{ "an indirect next of 65535", BREAKS, INDIRECT(TABLE, 48), .t = { { HDR, 16, NEXT, 0xffff } } },
	{ "an indirect table that is a ring in a device's registers", BREAKS, INDIRECT(VIRTIO(1) + 0x80, 48) },
};
/* clang-format on */

static uint64_t place(uint64_t addr)
{
	return addr >> 56 == 0x0f || addr >> 56 == 0x10 ? attack_ram_end + (addr - AT_END) : addr;
}

static void one_chain(const struct chain *c, unsigned int i)
{
	struct ring *w = &rings[SLOT_RODISK];

	vdev_start(SLOT_RODISK, WITH_INDIRECT);
	w->hdr = (struct virtio_blk_hdr){ .type = VIRTIO_BLK_T_IN, .sector = 5 };
	w->status = 0xff;
	for (unsigned int k = 0; k < 3; k++) {
		w->desc[k] = c->d[k];
		w->desc[k].addr = place(c->d[k].addr);
		w->table[k] = c->t[k];
	}
	if (c->jump)
		w->avail.idx = (uint16_t)(c->jump - 1);
	ring_offer(SLOT_RODISK, c->head);
	if (c->jump)
		A_WAIT(vdev_is_broken(SLOT_RODISK));
	else
		ring_wait(SLOT_RODISK);
	A_EQ_AT(vdev_is_broken(SLOT_RODISK), c->outcome == BREAKS, i);
	if (c->outcome == BREAKS) {
		A_EQ_AT(vdev_get(SLOT_RODISK, VIRTIO_MMIO_INTERRUPT_STATUS) & VIRTIO_MMIO_INT_CONFIG,
			VIRTIO_MMIO_INT_CONFIG, i);
		A_EQ_AT(w->used.idx, 0, i);
	} else {
		A_EQ_AT(w->status, c->outcome == WORKS ? VIRTIO_BLK_S_OK : VIRTIO_BLK_S_IOERR, i);
	}
	vdev_is_good(SLOT_RODISK);
}

static void bad_chains(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(chains); i++) {
		unsigned int before = attack_failures();

		one_chain(&chains[i], i);
		if (attack_failures() != before)
			attack_note("that was: %s", chains[i].what);
	}
	/* The same without the feature: an indirect descriptor is none. */
	vdev_start(SLOT_RODISK, 0);
	rings[SLOT_RODISK].desc[0] = (struct virtq_desc){ TABLE, 48, IND, 0 };
	ring_offer(SLOT_RODISK, 0);
	A_WAIT(vdev_is_broken(SLOT_RODISK));
	vdev_all_good();
}

/* --- rings where there can be none --- */

/* Part (0 to 2) of the ring lies there: refused by QueueReady, or broken by the first request. */
static void ring_at(unsigned int part, uint64_t at)
{
	uint64_t where[] = { addr_of(r->desc), addr_of(&r->avail), addr_of(&r->used) };

	vdev_start(SLOT_RODISK, WITH_EVENT);
	vdev_features(SLOT_RODISK, WITH_EVENT);
	where[part] = at;
	/* What is in memory of it asks for a request. */
	if (part == 1 && at >= scratch() && at + 4 <= attack_ram_end && !(at & 1))
		*(volatile uint16_t *)(uintptr_t)(at + 2) = 1;
	if (!vdev_queue(SLOT_RODISK, where[0], where[1], where[2]))
		return;
	vdev_set(SLOT_RODISK, VIRTIO_MMIO_STATUS, vdev_get(SLOT_RODISK, VIRTIO_MMIO_STATUS) | VIRTIO_STATUS_DRIVER_OK);
	ring_request(&rings[SLOT_RODISK], VIRTIO_BLK_T_IN, 1, SECTOR_BYTES);
	rings[SLOT_RODISK].avail.idx = 0;
	ring_offer(SLOT_RODISK, 0);
	A_EQ_AT(vdev_is_broken(SLOT_RODISK), true, at);
}

static void rings_elsewhere(void)
{
	const uint64_t at[] = { 0,
				NOWHERE,
				GICD,
				UART,
				VIRTIO(1),
				VIRTIO(1) + 0x80,
				RAM - 16,
				attack_ram_end,
				attack_ram_end - 4,
				1ul << 40,
				1ul << 48,
				~0ul - 15,
				~0ul & ~0xffful,
				~0ul };

	for (unsigned int part = 0; part < 3; part++) {
		for (unsigned int i = 0; i < ARRAY_SIZE(at); i++)
			ring_at(part, at[i]);
		/* A table's first entry alone is there. */
		ring_at(part, attack_ram_end - (part ? 4 : 16));
	}
	/* Not aligned: refused. */
	vdev_features(SLOT_RODISK, 0);
	for (unsigned int i = 1; i < 16; i++) {
		A_EQ_AT(vdev_queue(SLOT_RODISK, scratch() + i, scratch() + 0x1000, scratch() + 0x2000), false, i);
		A_EQ_AT(vdev_queue(SLOT_RODISK, scratch(), scratch() + 0x1000 + i, scratch() + 0x2000), !(i & 1), i);
		A_EQ_AT(vdev_queue(SLOT_RODISK, scratch(), scratch() + 0x1000, scratch() + 0x2000 + i), !(i & 3), i);
	}
	vdev_all_good();
}

/* --- requests to the disk --- */

static unsigned int expected(unsigned int slot, uint32_t type, uint64_t sector, uint32_t n)
{
	uint64_t sectors = vdev_get(slot, VIRTIO_MMIO_CONFIG);
	bool fits = !(n % SECTOR_BYTES) && sector <= sectors && n / SECTOR_BYTES <= sectors - sector;

	switch (type) {
	case VIRTIO_BLK_T_IN:
		return fits ? VIRTIO_BLK_S_OK : VIRTIO_BLK_S_IOERR;
	case VIRTIO_BLK_T_OUT:
		return fits && slot == SLOT_DISK ? VIRTIO_BLK_S_OK : VIRTIO_BLK_S_IOERR;
	case VIRTIO_BLK_T_FLUSH:
	case VIRTIO_BLK_T_GET_ID:
		return VIRTIO_BLK_S_OK;
	default:
		return VIRTIO_BLK_S_UNSUPP;
	}
}

static void requests_of_type(unsigned int slot, uint32_t type)
{
	static const uint32_t sizes[] = { 0, 1, 20, 511, 512, 513, 1024, 0x8000, BUFFER_BYTES };
	uint64_t sectors = vdev_get(slot, VIRTIO_MMIO_CONFIG);
	const uint64_t at[] = { 0,	   1,	      sectors - 1, sectors,   sectors + 1,
				1ul << 32, 1ul << 55, 1ul << 63,   ~0ul >> 9, ~0ul };

	for (unsigned int i = 0; i < ARRAY_SIZE(at); i++) {
		for (unsigned int k = 0; k < ARRAY_SIZE(sizes); k++) {
			ring_request(&rings[slot], type, at[i], sizes[k]);
			ring_offer(slot, 0);
			ring_wait(slot);
			A_EQ_AT(rings[slot].status, expected(slot, type, at[i], sizes[k]), at[i] << 8 | type);
		}
	}
}

static void requests(void)
{
	static const uint32_t types[] = { 0,  1,  2,	3,	4,	    5,		6,	   7,  8,
					  9,  10, 11,	12,	13,	    14,		15,	   16, 24,
					  25, 26, 0x80, 0x8000, 0x7fffffff, 0x80000000, 0xffffffff };

	for (unsigned int slot = SLOT_DISK; slot <= SLOT_RODISK; slot++) {
		vdev_start(slot, 0);
		for (unsigned int i = 0; i < ARRAY_SIZE(types); i++)
			requests_of_type(slot, types[i]);
		A_EQ(vdev_is_broken(slot), false);
	}
	vdev_all_good();
}

/* The name's buffer may be of any size. */
static void names(void)
{
	struct ring *w = &rings[SLOT_DISK];

	vdev_start(SLOT_DISK, 0);
	for (uint32_t n = 0; n < 64; n++) {
		memset(w->data, 0xee, 64);
		ring_request(w, VIRTIO_BLK_T_GET_ID, 0, n);
		ring_offer(SLOT_DISK, 0);
		ring_wait(SLOT_DISK);
		A_EQ_AT(w->status, VIRTIO_BLK_S_OK, n);
		for (uint32_t i = MIN(n, VIRTIO_BLK_ID_BYTES); i < 64; i++)
			A_EQ_AT(w->data[i], 0xee, i);
		if (n)
			A_EQ(w->data[0], 't');
	}
	vdev_all_good();
}

/* --- registers in the wrong order --- */

static void status_games(void)
{
	const unsigned int begun = VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER;

	vdev_set(SLOT_DISK, VIRTIO_MMIO_STATUS, 0);
	vdev_set(SLOT_DISK, VIRTIO_MMIO_STATUS, VIRTIO_STATUS_DRIVER_OK);
	A_EQ(vdev_get(SLOT_DISK, VIRTIO_MMIO_STATUS), 0);
	vdev_set(SLOT_DISK, VIRTIO_MMIO_STATUS, VIRTIO_STATUS_FEATURES_OK | VIRTIO_STATUS_DRIVER_OK);
	A_EQ(vdev_get(SLOT_DISK, VIRTIO_MMIO_STATUS), 0);
	/* Without VERSION_1. */
	vdev_set(SLOT_DISK, VIRTIO_MMIO_STATUS, begun);
	vdev_set(SLOT_DISK, VIRTIO_MMIO_STATUS, begun | VIRTIO_STATUS_FEATURES_OK | VIRTIO_STATUS_DRIVER_OK);
	A_EQ(vdev_get(SLOT_DISK, VIRTIO_MMIO_STATUS), begun);
	/* A feature that is not offered: all of them. */
	for (unsigned int sel = 0; sel < 4; sel++) {
		vdev_set(SLOT_DISK, VIRTIO_MMIO_DRIVER_FEATURES_SEL, sel);
		vdev_set(SLOT_DISK, VIRTIO_MMIO_DRIVER_FEATURES, 0xffffffff);
	}
	vdev_set(SLOT_DISK, VIRTIO_MMIO_STATUS, begun | VIRTIO_STATUS_FEATURES_OK);
	A_EQ(vdev_get(SLOT_DISK, VIRTIO_MMIO_STATUS), begun);
	/* A queue before its time. */
	A_EQ(vdev_queue(SLOT_DISK, scratch(), scratch() + 0x1000, scratch() + 0x2000), false);
	vdev_set(SLOT_DISK, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	/* FAILED, NEEDS_RESET, bits that do not exist: nothing goes on from there but by a reset. */
	vdev_set(SLOT_DISK, VIRTIO_MMIO_STATUS, 0xffffffff);
	A_EQ(vdev_get(SLOT_DISK, VIRTIO_MMIO_STATUS), begun | VIRTIO_STATUS_FAILED);
	vdev_all_good();
}

static void queue_games(void)
{
	static const uint32_t sizes[] = { 0, 3, 129, 256, 65535, 65536, 65536 + RING_NUM, 0x80000000, 0xffffffff };

	vdev_features(SLOT_DISK, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		(void)vdev_queue(SLOT_DISK, scratch(), scratch() + 0x1000, scratch() + 0x2000);
		vdev_set(SLOT_DISK, VIRTIO_MMIO_QUEUE_READY, 0);
		vdev_set64(SLOT_DISK, VIRTIO_MMIO_QUEUE_DESC_LOW, scratch());
		vdev_set64(SLOT_DISK, VIRTIO_MMIO_QUEUE_DRIVER_LOW, scratch() + 0x1000);
		vdev_set64(SLOT_DISK, VIRTIO_MMIO_QUEUE_DEVICE_LOW, scratch() + 0x2000);
		vdev_set(SLOT_DISK, VIRTIO_MMIO_QUEUE_NUM, sizes[i]);
		vdev_set(SLOT_DISK, VIRTIO_MMIO_QUEUE_READY, 1);
		A_EQ_AT(vdev_get(SLOT_DISK, VIRTIO_MMIO_QUEUE_READY), 0, sizes[i]);
	}
	/* Queues that are not there. */
	for (uint32_t q = 1; q; q = q << 1 | (q & 1 && q < 0x80000000)) {
		vdev_set(SLOT_DISK, VIRTIO_MMIO_QUEUE_SEL, q);
		A_EQ_AT(vdev_get(SLOT_DISK, VIRTIO_MMIO_QUEUE_NUM_MAX), 0, q);
		vdev_set(SLOT_DISK, VIRTIO_MMIO_QUEUE_NUM, RING_NUM);
		vdev_set(SLOT_DISK, VIRTIO_MMIO_QUEUE_READY, 1);
		A_EQ_AT(vdev_get(SLOT_DISK, VIRTIO_MMIO_QUEUE_READY), 0, q);
		vdev_set(SLOT_DISK, VIRTIO_MMIO_QUEUE_NOTIFY, q);
	}
	vdev_all_good();
}

/* A queue's layout while it is ready: as if nothing had been written (4.2.2.2). */
static void layout_while_ready(void)
{
	static const uint16_t regs[] = { VIRTIO_MMIO_QUEUE_NUM,		VIRTIO_MMIO_QUEUE_DESC_LOW,
					 VIRTIO_MMIO_QUEUE_DESC_HIGH,	VIRTIO_MMIO_QUEUE_DRIVER_LOW,
					 VIRTIO_MMIO_QUEUE_DRIVER_HIGH, VIRTIO_MMIO_QUEUE_DEVICE_LOW,
					 VIRTIO_MMIO_QUEUE_DEVICE_HIGH, VIRTIO_MMIO_DRIVER_FEATURES };
	struct ring *w = &rings[SLOT_RODISK];
	uint32_t config = vdev_get(SLOT_RODISK, VIRTIO_MMIO_CONFIG);

	vdev_start(SLOT_RODISK, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(regs); i++) {
		vdev_set(SLOT_RODISK, regs[i], 0xfffffff0);
		vdev_set(SLOT_RODISK, VIRTIO_MMIO_CONFIG + 4 * i, 0);
		ring_request(w, VIRTIO_BLK_T_IN, 0, SECTOR_BYTES);
		ring_offer(SLOT_RODISK, 0);
		ring_wait(SLOT_RODISK);
		A_EQ_AT(w->status, VIRTIO_BLK_S_OK, regs[i]);
	}
	A_EQ(vdev_get(SLOT_RODISK, VIRTIO_MMIO_CONFIG), config);
	/* Stopped and started: from its beginning again. */
	w->avail.idx = w->used.idx = 0;
	A_CHECK(vdev_queue(SLOT_RODISK, addr_of(w->desc), addr_of(&w->avail), addr_of(&w->used)));
	ring_request(w, VIRTIO_BLK_T_IN, 0, SECTOR_BYTES);
	ring_offer(SLOT_RODISK, 0);
	ring_wait(SLOT_RODISK);
	A_EQ(w->status, VIRTIO_BLK_S_OK);
	A_EQ(w->used.idx, 1);
	vdev_all_good();
}

/* --- a reset in the middle --- */

/* More than a turn's work is offered, and the device reset at once: not a byte is written after that. */
static void reset_in_the_middle(void)
{
	struct ring *w = &rings[SLOT_RODISK];

	for (unsigned int round = 0; round < 20; round++) {
		vdev_start(SLOT_RODISK, 0);
		ring_request(w, VIRTIO_BLK_T_IN, 0, BUFFER_BYTES);
		for (unsigned int i = 0; i < RING_NUM; i++)
			w->avail.ring[i] = 0;
		w->avail.idx = RING_NUM;
		dsb();
		vdev_set(SLOT_RODISK, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
		vdev_set(SLOT_RODISK, round & 1 ? VIRTIO_MMIO_QUEUE_READY : VIRTIO_MMIO_STATUS, 0);
		memset(w->data, 0xa5, BUFFER_BYTES);
		w->status = 0xee;
		for (uint64_t end = counter() + ms_ticks(3); counter() < end;)
			relax();
		for (unsigned int i = 0; i < BUFFER_BYTES; i++)
			A_EQ_AT(w->data[i], 0xa5, i);
		A_EQ(w->status, 0xee);
	}
	vdev_all_good();
}

static void works(void)
{
	for (unsigned int i = 0; i < 10; i++)
		vdev_all_good();
}

static const struct attack_test tests[] = {
	{ "virtio: good requests", works },
	{ "virtio: chains with cycles, wrong lengths, indices and addresses", bad_chains },
	{ "virtio: rings in no memory, in devices, not aligned", rings_elsewhere },
	{ "virtio: disk requests of every type, size and sector", requests },
	{ "virtio: the disk's name in buffers of every size", names },
	{ "virtio: status and features in the wrong order", status_games },
	{ "virtio: queues of wrong sizes, queues that are not there", queue_games },
	{ "virtio: layout changed while ready", layout_while_ready },
	{ "virtio: reset in the middle of requests", reset_in_the_middle },
	{ "virtio: rings that other vCPUs change at any moment", virtio_scribble },
	{ "virtio: notifications, flushes and resets from all vCPUs", virtio_storm },
	{ "virtio: all vCPUs at random registers", virtio_walk },
};

ATTACK_PROGRAM(virtio, tests, .mmu = true);
