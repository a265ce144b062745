/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An emulated PL011 UART, r1p5: 32-byte FIFOs (ARM DDI 0183). The transmitter is always ready.
 * Lock: its own (LOCK_DEVICE), inside.
 */
#ifndef DEV_VPL011_H
#define DEV_VPL011_H

#include "core/partition.h"
#include "dev/chardev.h"
#include "lib/types.h"

#define VPL011_SIZE 0x1000

struct vpl011;

/*
 * Build one at base, interrupting by the wired interrupt intid, sending to out. Before the
 * partition runs. E_NOMEM; E_EXIST or E_INVAL from mmio_register().
 */
int vpl011_create(struct partition *p, ipa_t base, unsigned int intid, struct chardev_sink out,
		  struct vpl011 **dev) MUST_CHECK;
/* The partition will not run again. NULL is allowed. */
void vpl011_destroy(struct vpl011 *d);

/* As after power-on, FIFO empty, line low. None of the partition's vCPUs runs. */
void vpl011_reset(struct vpl011 *d);

/* A byte arrives. False: the FIFO is full (or in loopback); the caller keeps the byte. Any core. */
bool vpl011_rx(struct vpl011 *d, uint8_t c);

/*
 * fn(ctx) runs each time that space appears after vpl011_rx() has returned false; on the core of the vCPU that made it,
 * with no lock held, so that it may call vpl011_rx(). Before the partition runs.
 */
void vpl011_on_space(struct vpl011 *d, void (*fn)(void *ctx), void *ctx);

#endif
