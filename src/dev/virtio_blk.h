/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtio block device (virtio 1.2, 5.2) on virtio-mmio. Lock: its transport's (LOCK_DEVICE), inside.
 */
#ifndef DEV_VIRTIO_BLK_H
#define DEV_VIRTIO_BLK_H

#include "core/partition.h"
#include "dev/block.h"
#include "lib/types.h"

struct virtio_blk;

/*
 * Build one at base on the wired interrupt intid, with the data in b (which the device owns from
 * then on, if OK) and the serial number id (at most 20 bytes count). Before the partition runs.
 * E_NOMEM; E_EXIST or E_INVAL from mmio_register().
 */
int virtio_blk_create(struct partition *p, ipa_t base, unsigned int intid, struct block *b, const char *id,
		      struct virtio_blk **dev) MUST_CHECK;
/* The partition will not run again. Destroys the backend too. NULL is allowed. */
void virtio_blk_destroy(struct virtio_blk *d);

/* As after power-on; the disk's content stays. None of the partition's vCPUs runs. */
void virtio_blk_reset(struct virtio_blk *d);

#endif
