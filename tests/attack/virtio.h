/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The virtio program's own driver: one ring for each of the guest's three devices (two disks, the second read-only, and
 * the source of random numbers), wrong in whatever way a test wants it. One vCPU uses a ring at a time, unless a test
 * is about the contrary.
 */
#ifndef ATTACK_VIRTIO_H
#define ATTACK_VIRTIO_H

#include "abi/virtio.h"
#include "abi/virtio_blk.h"
#include "abi/virtio_mmio.h"
#include "attack.h"

enum { SLOT_DISK, SLOT_RODISK, SLOT_RNG, SLOTS };

#define RING_NUM     16u
#define SECTOR_BYTES 512u
#define BUFFER_BYTES (64u * 1024)

/* Features that the drivers here take, besides VERSION_1. */
#define WITH_INDIRECT (1u << VIRTIO_F_INDIRECT_DESC)
#define WITH_EVENT    (1u << VIRTIO_F_EVENT_IDX)

struct ring {
	struct virtq_desc desc[RING_NUM] ALIGNED(4096);
	struct {
		volatile uint16_t flags, idx, ring[RING_NUM], used_event;
	} avail ALIGNED(64);
	struct {
		volatile uint16_t flags, idx;
		struct virtq_used_elem ring[RING_NUM];
		volatile uint16_t avail_event;
	} used ALIGNED(64);
	struct virtq_desc table[RING_NUM] ALIGNED(64); /* an indirect one */
	struct virtio_blk_hdr hdr ALIGNED(16);
	volatile uint8_t status;
	uint8_t data[BUFFER_BYTES] ALIGNED(4096);
};
extern struct ring rings[SLOTS];

static inline uint64_t addr_of(const volatile void *p)
{
	return (uint64_t)(uintptr_t)p;
}

uint32_t vdev_get(unsigned int slot, unsigned int reg);
void vdev_set(unsigned int slot, unsigned int reg, uint64_t value);
void vdev_set64(unsigned int slot, unsigned int reg, uint64_t value);

/* Reset, and up to FEATURES_OK; then the queue with its parts at these addresses: what QueueReady says. */
void vdev_features(unsigned int slot, uint32_t features);
bool vdev_queue(unsigned int slot, uint64_t desc, uint64_t avail, uint64_t used);
/* All of it, up to DRIVER_OK, with its own ring empty. */
void vdev_start(unsigned int slot, uint32_t features);

static inline bool vdev_is_broken(unsigned int slot)
{
	return (vdev_get(slot, VIRTIO_MMIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET) != 0;
}

/* A request in descriptors 0 to 2: header, n bytes of data that the device writes or reads, the status byte. */
void ring_request(struct ring *r, uint32_t type, uint64_t sector, uint32_t n);
/* Offer the chain that begins at head, and notify. ring_wait(): until the device has used it, or is broken. */
void ring_offer(unsigned int slot, uint16_t head);
void ring_wait(unsigned int slot);

/* A device that is started anew does what it must: a sector's contents, a write that is read back, random bytes. */
void vdev_is_good(unsigned int slot);
void vdev_all_good(void);

/* RAM that no code lies in, up to its very end, for whatever a device may write anywhere. */
uint64_t scratch(void);
/* An address of any kind, but never where our code and data are. */
uint64_t any_address(uint64_t *random);

/* virtio_random.c */
void virtio_scribble(void);
void virtio_storm(void);
void virtio_walk(void);

#endif
