/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine's disks; see virtio_blk_host.h. Virtio 1.2: 3.1 (initialisation), 2.7 (split queue), 4.2 (MMIO),
 * 5.2 (block device).
 *
 * State owned: disk[], and with each its queue, which the device reads and writes too. Lock: disk[].lock (LOCK_DISK);
 * the list of disks grows at boot only.
 *
 * A transfer in flight has a slot, and slot i has the descriptors 3i (header), 3i + 1 (data), 3i + 2 (status) for ever:
 * so nothing that the device writes decides which memory is used. What comes back is a slot's number, checked; a device
 * that gives another one, or more than it has, is reset, its transfers fail, and it is not spoken to again.
 */
#include "drv/virtio_blk_host.h"

#include "abi/virtio.h"
#include "abi/virtio_blk.h"
#include "abi/virtio_mmio.h"
#include "arch/cpu.h"
#include "arch/mmio_io.h"
#include "arch/mmu.h"
#include "core/lock.h"
#include "core/log.h"
#include "plat/plat.h"

#define QUEUE	  0u
#define RING	  64u /* descriptors, if the device has so many */
#define SLOTS	  16u /* transfers in flight */
#define PER_SLOT  3u
#define LINE	  128u /* no cache line that the device writes has anything of ours */
#define SPINS_MAX 1000000u
#define IDLE_MAX  1000u /* interrupts in a row for nothing: a line that stays raised */
#define ACKS_MAX  8u	/* of one interrupt: the device may add reasons meanwhile */
#define STATUS_NO 0xffu /* no device says that */

/* What both sides see: everything little-endian, as we are. */
struct shared {
	struct virtq_desc desc[RING] ALIGNED(LINE);
	struct {
		uint16_t flags, idx, ring[RING], used_event;
	} avail ALIGNED(LINE);
	struct {
		uint16_t flags, idx;
		struct virtq_used_elem ring[RING];
		uint16_t avail_event;
	} used ALIGNED(LINE);
	struct virtio_blk_hdr header[SLOTS] ALIGNED(LINE);
	struct {
		uint8_t value;
	} ALIGNED(LINE) status[SLOTS];
};

struct disk {
	struct spinlock lock;
	char *regs;
	struct shared *shared;
	uint64_t shared_pa;
	struct host_disk_info info;
	struct host_disk_io *io[SLOTS]; /* in flight; NULL: the slot is free */
	struct list waiting;		/* for a slot, the oldest first */
	unsigned int nr_slots, nr_flying, nr_idle;
	uint32_t intid;
	uint16_t num;  /* of the queue */
	uint16_t next; /* avail.idx */
	uint16_t seen; /* used.idx up to which we have looked */
	bool coherent, failed;
};

static struct disk disk[VIRTIO_BLK_HOST_DISKS];
static unsigned int nr_disks;

static uint32_t reg_read(const struct disk *d, uint32_t off)
{
	return io_read32(d->regs + off);
}

static void reg_write(const struct disk *d, uint32_t off, uint32_t value)
{
	io_write32(d->regs + off, value);
}

/* Where the device is outside of the caches: what we wrote is out, what it wrote is not hidden by an old line. */
static void sync(const struct disk *d, const void *p, size_t size)
{
	if (!d->coherent)
		arch_dcache_clean_inval(p, size);
}

static uint64_t shared_pa(const struct disk *d, const void *p)
{
	return d->shared_pa + (uint64_t)((const char *)p - (const char *)d->shared);
}

/* --- the queue; d->lock is held --- */

static uint32_t type_of(enum host_disk_op op)
{
	switch (op) {
	case HOST_DISK_READ:
		return VIRTIO_BLK_T_IN;
	case HOST_DISK_WRITE:
		return VIRTIO_BLK_T_OUT;
	case HOST_DISK_FLUSH:
	default:
		return VIRTIO_BLK_T_FLUSH;
	}
}

/* Header, data if there are any, status: into the slot's own descriptors. */
static void describe(struct disk *d, unsigned int slot, const struct host_disk_io *io)
{
	struct shared *s = d->shared;
	const uint16_t head = (uint16_t)(slot * PER_SLOT), data = (uint16_t)(head + 1), end = (uint16_t)(head + 2);

	s->header[slot] = (struct virtio_blk_hdr){ .type = type_of(io->op), .sector = io->sector };
	s->status[slot].value = STATUS_NO;
	s->desc[head] = (struct virtq_desc){ shared_pa(d, &s->header[slot]), sizeof(s->header[slot]), VIRTQ_DESC_F_NEXT,
					     io->size ? data : end };
	if (io->size) {
		const uint16_t way = io->op == HOST_DISK_READ ? VIRTQ_DESC_F_WRITE : 0;

		s->desc[data] = (struct virtq_desc){ io->pa.a, io->size, VIRTQ_DESC_F_NEXT | way, end };
		sync(d, io->data, io->size);
	}
	s->desc[end] = (struct virtq_desc){ shared_pa(d, &s->status[slot]), 1, VIRTQ_DESC_F_WRITE, 0 };
	sync(d, &s->header[slot], sizeof(s->header[slot]));
	sync(d, &s->status[slot], sizeof(s->status[slot]));
	sync(d, &s->desc[head], PER_SLOT * sizeof(s->desc[0]));
}

static void launch(struct disk *d, unsigned int slot, struct host_disk_io *io)
{
	struct shared *s = d->shared;

	describe(d, slot, io);
	d->io[slot] = io;
	d->nr_flying++;
	s->avail.ring[d->next % d->num] = (uint16_t)(slot * PER_SLOT);
	sync(d, &s->avail, sizeof(s->avail));
	/* 2.7.13.2: pairs with the device's load of avail.idx, after which it reads what the index covers. */
	arch_dma_barrier();
	__atomic_store_n(&s->avail.idx, ++d->next, __ATOMIC_RELAXED);
	sync(d, &s->avail, sizeof(s->avail));
	sync(d, &s->used, sizeof(s->used));
	/*
	 * 2.7.13.4: the index before we look whether to notify; pairs with the device's look at it after it
	 * set the flag.
	 */
	arch_dma_barrier();
	if (!(READ_ONCE(s->used.flags) & VIRTQ_USED_F_NO_NOTIFY))
		reg_write(d, VIRTIO_MMIO_QUEUE_NOTIFY, QUEUE);
}

/* Give free slots to those that wait. */
static void launch_waiting(struct disk *d)
{
	for (unsigned int slot = 0; slot < d->nr_slots && !list_empty(&d->waiting); slot++) {
		struct host_disk_io *io;

		if (d->io[slot])
			continue;
		io = list_first(&d->waiting, struct host_disk_io, link);
		list_del(&io->link);
		launch(d, slot, io);
	}
}

static void land(struct disk *d, unsigned int slot, int status, struct list *done)
{
	struct host_disk_io *io = d->io[slot];

	d->io[slot] = NULL;
	d->nr_flying--;
	io->status = status;
	list_add_tail(done, &io->link);
}

/* How a transfer ended. written: bytes that the device says it wrote, which for a read must be all (2.7.8.2). */
static int outcome(struct disk *d, unsigned int slot, uint32_t written)
{
	const struct host_disk_io *io = d->io[slot];
	uint8_t status;

	sync(d, &d->shared->status[slot], sizeof(d->shared->status[slot]));
	status = READ_ONCE(d->shared->status[slot].value);
	if (status != VIRTIO_BLK_S_OK)
		return E_IO;
	if (io->op != HOST_DISK_READ)
		return OK;
	/* Its cache lines may have been filled again while it was in flight. */
	sync(d, io->data, io->size);
	return written == io->size + 1 ? OK : E_IO;
}

/* Take what the device has finished. What is wrong with the device, or NULL. */
static const char *collect(struct disk *d, struct list *done)
{
	struct shared *s = d->shared;
	uint16_t n;

	sync(d, &s->used, sizeof(s->used));
	n = (uint16_t)(READ_ONCE(s->used.idx) - d->seen);
	if (n > d->nr_flying)
		return "it finished more than it had";
	/* 2.7.14: pairs with the device's store of used.idx, before which it wrote entries, status and data. */
	arch_dma_barrier();
	/* The cache may have fetched entries ahead of the index, so before the device wrote them. */
	if (n)
		sync(d, &s->used, sizeof(s->used));
	for (; n; n--, d->seen++) {
		const uint32_t id = READ_ONCE(s->used.ring[d->seen % d->num].id);
		const uint32_t len = READ_ONCE(s->used.ring[d->seen % d->num].len);
		const uint32_t slot = id / PER_SLOT;

		if (id % PER_SLOT || slot >= d->nr_slots || !d->io[slot])
			return "it finished what it did not have";
		d->nr_idle = 0;
		land(d, slot, outcome(d, slot, len), done);
	}
	return NULL;
}

/* It does nothing more, and reaches no memory of ours, once it says so (3.3.1, 4.2.2.1: it reads back as 0). */
static bool stop_device(const struct disk *d)
{
	reg_write(d, VIRTIO_MMIO_STATUS, 0);
	for (unsigned int i = 0; i < SPINS_MAX; i++) {
		if (!reg_read(d, VIRTIO_MMIO_STATUS))
			return true;
	}
	return false;
}

/*
 * The end of the disk, not of its users: all that is in flight fails, and all that comes. The memory that it had been
 * given stays what it was, for nobody knows whether it still writes there.
 */
static void give_up(struct disk *d, const char *why, struct list *done)
{
	log_error("disk %u of the machine: %s; it is given up", (unsigned int)(d - disk), why);
	d->failed = true;
	host_irq_disable(d->intid);
	(void)stop_device(d);
	for (unsigned int slot = 0; slot < d->nr_slots; slot++) {
		if (d->io[slot])
			land(d, slot, E_IO, done);
	}
	list_for_each_safe(it, next, &d->waiting) {
		struct host_disk_io *io = list_entry(it, struct host_disk_io, link);

		list_del(it);
		io->status = E_IO;
		list_add_tail(done, it);
	}
}

static const char *look(struct disk *d, uint32_t reason, struct list *done)
{
	const char *why = collect(d, done);

	if (why)
		return why;
	if ((reason & VIRTIO_MMIO_INT_CONFIG) && (reg_read(d, VIRTIO_MMIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET))
		return "it asks for a reset";
	return ++d->nr_idle > IDLE_MAX ? "its interrupt comes for nothing" : NULL;
}

/*
 * Why it interrupts, acknowledged before the look at the ring: what comes after the look raises the line again. Until
 * nothing is left, since a line that one reason keeps up has no edge for the next; and reading it once more is what
 * makes sure that the acknowledgement has arrived.
 */
static uint32_t take_reasons(const struct disk *d)
{
	uint32_t all = 0, reason;

	for (unsigned int i = 0; i < ACKS_MAX && (reason = reg_read(d, VIRTIO_MMIO_INTERRUPT_STATUS)); i++) {
		all |= reason;
		reg_write(d, VIRTIO_MMIO_INTERRUPT_ACK, reason);
	}
	/* Registers before used.idx, which is memory: a load of it must not have gone ahead. */
	arch_dma_barrier();
	return all;
}

void virtio_blk_host_irq(unsigned int n)
{
	struct disk *d = &disk[n];
	uint32_t reason = take_reasons(d);
	struct list done;

	list_init(&done);
	spin_lock(&d->lock);
	if (!d->failed) {
		const char *why = look(d, reason, &done);

		if (why)
			give_up(d, why, &done);
		else
			launch_waiting(d);
	}
	spin_unlock(&d->lock);
	while (!list_empty(&done)) {
		struct host_disk_io *io = list_first(&done, struct host_disk_io, link);

		list_del(&io->link); /* before done(): it is its owner's again */
		io->done(io, io->status);
	}
}

/* --- plat.h --- */

int host_disk_info(unsigned int n, struct host_disk_info *info)
{
	if (n >= nr_disks)
		return E_NOENT;
	*info = disk[n].info;
	return OK;
}

int host_disk_submit(unsigned int n, struct host_disk_io *io)
{
	struct disk *d = &disk[n];
	int err = OK;

	spin_lock(&d->lock);
	if (d->failed) {
		err = E_IO;
	} else {
		list_add_tail(&d->waiting, &io->link);
		launch_waiting(d);
	}
	spin_unlock(&d->lock);
	return err;
}

/* --- starting a device (3.1.1, 4.2.3) --- */

enum virtio_blk_host_kind virtio_blk_host_kind(const void *regs)
{
	const char *r = regs;
	uint32_t version;

	if (io_read32(r + VIRTIO_MMIO_MAGIC_VALUE) != VIRTIO_MMIO_MAGIC)
		return VIRTIO_BLK_HOST_NONE;
	version = io_read32(r + VIRTIO_MMIO_VERSION);
	if (io_read32(r + VIRTIO_MMIO_DEVICE_ID) != VIRTIO_ID_BLOCK)
		return VIRTIO_BLK_HOST_NONE;
	if (version == VIRTIO_MMIO_VERSION_LEGACY)
		return VIRTIO_BLK_HOST_LEGACY;
	return version == VIRTIO_MMIO_VERSION_MODERN ? VIRTIO_BLK_HOST_DISK : VIRTIO_BLK_HOST_NONE;
}

size_t virtio_blk_host_memory(void)
{
	return sizeof(struct shared);
}

/* Of these what it offers. The platform's rules on addresses and order are kept in any case: we have no IOMMU. */
#define WANTED                                                                                                         \
	(BIT(VIRTIO_F_VERSION_1) | BIT(VIRTIO_F_ACCESS_PLATFORM) | BIT(VIRTIO_F_ORDER_PLATFORM) |                      \
	 BIT(VIRTIO_BLK_F_SIZE_MAX) | BIT(VIRTIO_BLK_F_RO) | BIT(VIRTIO_BLK_F_BLK_SIZE) | BIT(VIRTIO_BLK_F_FLUSH))

/* 0: it did not agree. */
static uint64_t negotiate(const struct disk *d)
{
	uint64_t features;

	reg_write(d, VIRTIO_MMIO_STATUS, VIRTIO_STATUS_ACKNOWLEDGE);
	reg_write(d, VIRTIO_MMIO_STATUS, VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER);
	reg_write(d, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	features = (uint64_t)reg_read(d, VIRTIO_MMIO_DEVICE_FEATURES) << 32;
	reg_write(d, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
	features |= reg_read(d, VIRTIO_MMIO_DEVICE_FEATURES);
	features &= WANTED;
	reg_write(d, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	reg_write(d, VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)(features >> 32));
	reg_write(d, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	reg_write(d, VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)features);
	reg_write(d, VIRTIO_MMIO_STATUS, VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER | VIRTIO_STATUS_FEATURES_OK);
	if (!(features & BIT(VIRTIO_F_VERSION_1)) || !(reg_read(d, VIRTIO_MMIO_STATUS) & VIRTIO_STATUS_FEATURES_OK))
		return 0;
	return features;
}

static uint32_t config_read(const struct disk *d, size_t off)
{
	return reg_read(d, VIRTIO_MMIO_CONFIG + (uint32_t)off);
}

/* 4.2.2.2: fields of the configuration belong together when the generation did not change meanwhile. */
static const char *read_config(struct disk *d, uint64_t features)
{
	uint64_t sectors = 0;
	uint32_t before, size_max = HOST_DISK_IO_MAX, block = HOST_DISK_SECTOR;
	unsigned int tries = 0;

	do {
		if (tries++ == 100)
			return "its configuration never stands still";
		before = reg_read(d, VIRTIO_MMIO_CONFIG_GENERATION);
		sectors = config_read(d, offsetof(struct virtio_blk_config, capacity));
		sectors |= (uint64_t)config_read(d, offsetof(struct virtio_blk_config, capacity) + 4) << 32;
		if (features & BIT(VIRTIO_BLK_F_SIZE_MAX))
			size_max = config_read(d, offsetof(struct virtio_blk_config, size_max));
		if (features & BIT(VIRTIO_BLK_F_BLK_SIZE))
			block = config_read(d, offsetof(struct virtio_blk_config, blk_size));
	} while (reg_read(d, VIRTIO_MMIO_CONFIG_GENERATION) != before);
	if (size_max < HOST_DISK_IO_MAX)
		return "it takes only small pieces of memory";
	if (block < HOST_DISK_SECTOR || block > PAGE_SIZE || (block & (block - 1)))
		return "its blocks have an odd size";
	sectors -= sectors % (block / HOST_DISK_SECTOR);
	if (!sectors || sectors > UINT64_MAX / HOST_DISK_SECTOR)
		return sectors ? "its size is more than can be counted" : "it is empty";
	d->info = (struct host_disk_info){ sectors, block, features & BIT(VIRTIO_BLK_F_RO),
					   features & BIT(VIRTIO_BLK_F_FLUSH) };
	return NULL;
}

static void write64(const struct disk *d, uint32_t low, uint64_t value)
{
	reg_write(d, low, (uint32_t)value);
	reg_write(d, low + 4, (uint32_t)(value >> 32));
}

static const char *start_queue(struct disk *d)
{
	uint32_t max;

	reg_write(d, VIRTIO_MMIO_QUEUE_SEL, QUEUE);
	if (reg_read(d, VIRTIO_MMIO_QUEUE_READY))
		return "its queue is in use after a reset";
	max = reg_read(d, VIRTIO_MMIO_QUEUE_NUM_MAX);
	for (d->num = RING; d->num > max; d->num /= 2)
		;
	d->nr_slots = MIN(d->num / PER_SLOT, SLOTS);
	if (!d->nr_slots)
		return "its queue is too short";
	reg_write(d, VIRTIO_MMIO_QUEUE_NUM, d->num);
	write64(d, VIRTIO_MMIO_QUEUE_DESC_LOW, shared_pa(d, d->shared->desc));
	write64(d, VIRTIO_MMIO_QUEUE_DRIVER_LOW, shared_pa(d, &d->shared->avail));
	write64(d, VIRTIO_MMIO_QUEUE_DEVICE_LOW, shared_pa(d, &d->shared->used));
	sync(d, d->shared, sizeof(*d->shared));
	/* The empty rings before the device may look at them. */
	arch_dma_barrier();
	reg_write(d, VIRTIO_MMIO_QUEUE_READY, 1);
	return reg_read(d, VIRTIO_MMIO_QUEUE_READY) ? NULL : "it refuses its queue";
}

/* What keeps it from working, or NULL. */
static const char *start(struct disk *d)
{
	uint64_t features;
	const char *why;

	if (!stop_device(d))
		return "it does not reset";
	features = negotiate(d);
	if (!features)
		return "it does not agree on features";
	why = read_config(d, features);
	if (!why)
		why = start_queue(d);
	if (why)
		return why;
	reg_write(d, VIRTIO_MMIO_STATUS, reg_read(d, VIRTIO_MMIO_STATUS) | VIRTIO_STATUS_DRIVER_OK);
	return NULL;
}

int virtio_blk_host_add(const struct virtio_blk_host_place *at, const char **why)
{
	struct disk *d = &disk[nr_disks];

	if (nr_disks == VIRTIO_BLK_HOST_DISKS) {
		*why = "too many disks are in use";
		return E_NOMEM;
	}
	if (virtio_blk_host_kind(at->regs) != VIRTIO_BLK_HOST_DISK) {
		*why = "its interface is the legacy one (QEMU: -global virtio-mmio.force-legacy=false)";
		return E_NOTSUP;
	}
	*d = (struct disk){ .regs = at->regs,
			    .shared = at->memory,
			    .shared_pa = at->memory_pa.a,
			    .intid = at->intid,
			    .coherent = at->coherent };
	spin_init(&d->lock, LOCK_DISK);
	list_init(&d->waiting);
	*why = start(d);
	if (*why) {
		(void)stop_device(d);
		return E_IO;
	}
	return (int)nr_disks++;
}
