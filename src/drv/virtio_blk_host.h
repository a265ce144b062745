/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine's own disks: modern virtio block devices behind virtio-mmio (virtio 1.2, 4.2 and 5.2), driven from EL2 by
 * interrupt; implements the disk part of plat/plat.h. Locks: each disk has one (LOCK_DISK), inside.
 */
#ifndef DRV_VIRTIO_BLK_HOST_H
#define DRV_VIRTIO_BLK_HOST_H

#include "lib/types.h"

#define VIRTIO_BLK_HOST_DISKS 16

/* Registers of one device. */
#define VIRTIO_BLK_HOST_REGS 0x200

/* What a device at regs (mapped, device) is. Only reads registers that have no effect. */
enum virtio_blk_host_kind {
	VIRTIO_BLK_HOST_NONE,	/* no virtio-mmio device, nothing plugged in, or something else than a disk */
	VIRTIO_BLK_HOST_LEGACY, /* a disk behind the interface of before virtio 1.0 */
	VIRTIO_BLK_HOST_DISK
};
enum virtio_blk_host_kind virtio_blk_host_kind(const void *regs);

/* Bytes of memory that a disk's queue takes. */
size_t virtio_blk_host_memory(void);

struct virtio_blk_host_place {
	void *regs;	/* mapped, device */
	void *memory;	/* virtio_blk_host_memory() bytes, zeroed, contiguous, page-aligned; the driver's from now on */
	pa_t memory_pa; /* where the device sees them */
	uint32_t intid;
	bool coherent; /* the device's accesses go through the caches (dma-coherent) */
};

/*
 * Start a device. Its number for plat/plat.h, or an error with a reason in *why: E_NOMEM (more disks than
 * VIRTIO_BLK_HOST_DISKS), E_NOTSUP, E_IO (it does not do as the specification says). The device is in reset then and
 * the memory the caller's again. Interrupts are the caller's business: it enables them after this. Callers serialise.
 */
int virtio_blk_host_add(const struct virtio_blk_host_place *at, const char **why) MUST_CHECK;

/* The interrupt of disk n came: ends what is done, on this core. Called with no lock held. */
void virtio_blk_host_irq(unsigned int n);

#endif
