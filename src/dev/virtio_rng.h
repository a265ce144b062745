/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtio entropy device (virtio 1.2, 5.4) on virtio-mmio. Lock: its transport's (LOCK_DEVICE), inside.
 */
#ifndef DEV_VIRTIO_RNG_H
#define DEV_VIRTIO_RNG_H

#include "core/partition.h"
#include "lib/types.h"

struct virtio_rng;

/*
 * Build one at base on the wired interrupt intid; fill(buf, n) gives n random bytes and is called under LOCK_DEVICE,
 * any core. Before the partition runs. E_NOMEM; E_EXIST or E_INVAL from mmio_register().
 */
int virtio_rng_create(struct partition *p, ipa_t base, unsigned int intid, void (*fill)(void *buf, size_t n),
		      struct virtio_rng **dev) MUST_CHECK;
/* The partition will not run again. NULL is allowed. */
void virtio_rng_destroy(struct virtio_rng *d);

/* As after power-on. None of the partition's vCPUs runs. */
void virtio_rng_reset(struct virtio_rng *d);

#endif
