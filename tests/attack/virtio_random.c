/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attack program virtio, what is random and done by all vCPUs at once: rings that change under the device's eyes (bug
 * class 1), storms of notifications and resets, a walk over all registers. seed= and rounds= in bootargs.
 */
#include "virtio.h"

#include "lib/string.h"

static volatile unsigned int drivers; /* that are at work */
static volatile uint64_t broken[SLOTS], done[SLOTS];

/* --- rings that change --- */

/* A number as drivers get it wrong. */
static uint32_t odd_number(uint64_t *random)
{
	static const uint32_t some[] = { 0,   1,   2,	   15,	   16,	    17,		128,	    129,
					 512, 513, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff };
	uint64_t x = attack_random(random);

	return x >> 32 & 1 ? some[x % ARRAY_SIZE(some)] : (uint32_t)(x % 4096);
}

static void change(struct ring *r, uint64_t *random)
{
	uint64_t x = attack_random(random);
	volatile struct virtq_desc *d = x & 1 ? &r->desc[x >> 8 & 3] : &r->table[x >> 8 & 3];

	switch (x >> 16 & 7) {
	case 0:
		d->addr = any_address(random);
		break;
	case 1:
		d->len = odd_number(random);
		break;
	case 2:
		d->flags = (uint16_t)(x >> 24 & 7);
		break;
	case 3:
		d->next = (uint16_t)(x >> 24 & 3);
		break;
	case 4:
		r->avail.idx = (uint16_t)(r->avail.idx + (x >> 24 & 1));
		break;
	case 5:
		r->avail.ring[x >> 24 & (RING_NUM - 1)] = (uint16_t)(x >> 32 & 3);
		break;
	case 6:
		*(volatile uint32_t *)&r->hdr.type = (uint32_t)(x >> 24 & 15);
		break;
	default:
		*(volatile uint64_t *)&r->hdr.sector = x >> 60;
		break;
	}
}

static void drive(unsigned int slot, uint64_t *random)
{
	struct ring *r = &rings[slot];
	uint64_t rounds = attack_arg("rounds", 1500);

	while (rounds--) {
		vdev_start(slot, WITH_INDIRECT | (rounds & 1 ? WITH_EVENT : 0));
		for (unsigned int i = 0; i < 16 && !vdev_is_broken(slot); i++) {
			uint32_t n = odd_number(random) % BUFFER_BYTES;

			ring_request(r, (uint32_t)(attack_random(random) & 1), i, n);
			if (slot == SLOT_RNG)
				r->desc[0] = (struct virtq_desc){ addr_of(r->data), n, VIRTQ_DESC_F_WRITE, 0 };
			ring_offer(slot, 0);
		}
		done[slot] += r->used.idx;
		broken[slot] += vdev_is_broken(slot);
	}
	(void)__atomic_sub_fetch(&drivers, 1, __ATOMIC_RELEASE);
}

static void scribble_or_drive(void)
{
	unsigned int me = cpu_id();
	uint64_t random = attack_seed(me);

	if (me < SLOTS) {
		drive(me, &random);
		return;
	}
	while (drivers)
		change(&rings[attack_random(&random) % SLOTS], &random);
}

void virtio_scribble(void)
{
	memset((void *)(uintptr_t)broken, 0, sizeof(broken));
	memset((void *)(uintptr_t)done, 0, sizeof(done));
	drivers = MIN(attack_cpus, (unsigned int)SLOTS);
	attack_everywhere(scribble_or_drive);
	for (unsigned int i = 0; i < SLOTS; i++)
		attack_note("slot %u: %llu requests, %llu times broken", i, (unsigned long long)done[i],
			    (unsigned long long)broken[i]);
	/* Else nothing was attacked. */
	if (attack_cpus > SLOTS) {
		A_CHECK(broken[SLOT_DISK] > 0);
		A_CHECK(done[SLOT_DISK] > 0);
	}
	vdev_all_good();
}

/* --- storms --- */

static void storm(void)
{
	uint64_t random = attack_seed(20 + cpu_id());

	for (uint64_t i = attack_arg("rounds", 1500) * 4; i; i--) {
		uint64_t x = attack_random(&random);
		unsigned int slot = (unsigned int)(x % SLOTS);

		if ((x >> 8 & 0x3f) == 0)
			vdev_start(slot, WITH_EVENT);
		else if ((x >> 8 & 0x3f) == 1)
			vdev_set(slot, VIRTIO_MMIO_STATUS, 0);
		else if (x >> 16 & 1)
			ring_offer(slot, 0);
		else
			vdev_set(slot, VIRTIO_MMIO_QUEUE_NOTIFY, x >> 32 & 3);
	}
}

void virtio_storm(void)
{
	for (unsigned int i = 0; i < SLOTS; i++) {
		vdev_start(i, 0);
		ring_request(&rings[i], VIRTIO_BLK_T_FLUSH, 0, 0);
		for (unsigned int k = 0; k < RING_NUM; k++)
			rings[i].avail.ring[k] = 0;
	}
	attack_everywhere(storm);
	vdev_all_good();
}

/* --- a walk --- */

static uint64_t walk_value(unsigned int reg, uint64_t *random)
{
	uint64_t x = attack_random(random);

	switch (reg) {
	case VIRTIO_MMIO_QUEUE_DESC_LOW:
	case VIRTIO_MMIO_QUEUE_DRIVER_LOW:
	case VIRTIO_MMIO_QUEUE_DEVICE_LOW:
		return any_address(random);
	case VIRTIO_MMIO_QUEUE_DESC_HIGH:
	case VIRTIO_MMIO_QUEUE_DRIVER_HIGH:
	case VIRTIO_MMIO_QUEUE_DEVICE_HIGH:
		return x & 7 ? 0 : any_address(random) >> 32;
	case VIRTIO_MMIO_STATUS:
		/* Mostly on the way to a device that runs. */
		return x & 1 ? 15u >> (x >> 8 & 3) : x >> 32;
	case VIRTIO_MMIO_QUEUE_SEL:
	case VIRTIO_MMIO_QUEUE_NOTIFY:
		return x & 3 ? 0 : x >> 32;
	case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
		return x & 1;
	case VIRTIO_MMIO_DRIVER_FEATURES:
		return x & 1 ? 1 : x >> 32;
	default:
		return odd_number(random);
	}
}

static void access(uint64_t at, unsigned int size, bool write, uint64_t value)
{
	switch (size | write) {
	case 0:
		(void)io8(at);
		break;
	case 1:
		io8(at) = (uint8_t)value;
		break;
	case 2:
		(void)io16(at);
		break;
	case 3:
		io16(at) = (uint16_t)value;
		break;
	case 4:
		(void)io32_r(at);
		break;
	case 5:
		io32_w(at, value);
		break;
	case 6:
		(void)io64_r(at);
		break;
	default:
		io64_w(at, value);
		break;
	}
}

static void walk(void)
{
	static const uint16_t regs[] = {
		VIRTIO_MMIO_DEVICE_FEATURES_SEL, VIRTIO_MMIO_DRIVER_FEATURES,	VIRTIO_MMIO_DRIVER_FEATURES_SEL,
		VIRTIO_MMIO_QUEUE_SEL,		 VIRTIO_MMIO_QUEUE_NUM,		VIRTIO_MMIO_QUEUE_READY,
		VIRTIO_MMIO_QUEUE_NOTIFY,	 VIRTIO_MMIO_INTERRUPT_ACK,	VIRTIO_MMIO_STATUS,
		VIRTIO_MMIO_QUEUE_DESC_LOW,	 VIRTIO_MMIO_QUEUE_DESC_HIGH,	VIRTIO_MMIO_QUEUE_DRIVER_LOW,
		VIRTIO_MMIO_QUEUE_DRIVER_HIGH,	 VIRTIO_MMIO_QUEUE_DEVICE_LOW,	VIRTIO_MMIO_QUEUE_DEVICE_HIGH,
		VIRTIO_MMIO_QUEUE_RESET,	 VIRTIO_MMIO_CONFIG_GENERATION, VIRTIO_MMIO_CONFIG,
	};
	uint64_t random = attack_seed(40 + cpu_id());

	for (uint64_t i = attack_arg("rounds", 1500) * 10; i; i--) {
		uint64_t x = attack_random(&random);
		unsigned int slot = (unsigned int)(x % SLOTS), reg = regs[(x >> 8) % ARRAY_SIZE(regs)];

		if ((x >> 16 & 15) == 0) /* any place, width and direction */
			access(VIRTIO(slot) + (x >> 20 & 0xfff), (unsigned int)(x >> 32 & 3) << 1, x >> 40 & 1,
			       walk_value(0, &random));
		else if ((x >> 16 & 15) == 1)
			(void)vdev_get(slot, reg);
		else if ((x >> 16 & 0xff) == 2)
			vdev_start(slot, WITH_INDIRECT | WITH_EVENT);
		else
			vdev_set(slot, reg, walk_value(reg, &random));
	}
}

void virtio_walk(void)
{
	attack_everywhere(walk);
	vdev_all_good();
}
