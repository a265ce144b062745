/* SPDX-License-Identifier: BSD-3-Clause */
/* A driver for one virtqueue in the fake guest's RAM, good or hostile: it writes what it is told to. */
#ifndef TESTS_UNIT_DEV_DRIVER_H
#define TESTS_UNIT_DEV_DRIVER_H

#include "fake.h"

#include "abi/virtio.h"
#include "abi/virtio_mmio.h"

/* Where the parts of the queue lie unless a test moves them, and where its buffers start. */
#define RING_DESC  (FAKE_RAM + 0x1000)
#define RING_AVAIL (FAKE_RAM + 0x2000)
#define RING_USED  (FAKE_RAM + 0x3000)
#define RING_TABLE (FAKE_RAM + 0x4000)
#define RING_DATA  (FAKE_RAM + 0x10000)

struct driver {
	uint64_t base; /* of the device's registers */
	uint64_t desc, avail, used;
	uint16_t num, avail_idx, used_idx;
};

extern struct driver drv;

/* A queue of num entries at the usual places; touches no device. */
void driver_init(uint64_t base, uint16_t num);

uint32_t driver_reg(unsigned int off);
void driver_set(unsigned int off, uint32_t value);

/* Reset, accept these features (and VERSION_1), set queue 0 up, DRIVER_OK. */
void driver_start(uint64_t features);

/* The same without the last step. */
void driver_start_until_ok(uint64_t features);

void driver_desc(uint16_t i, uint64_t addr, uint32_t len, unsigned int flags, uint16_t next);
void driver_table(uint64_t table, uint16_t i, uint64_t addr, uint32_t len, unsigned int flags, uint16_t next);
/* Offer the chain that starts at head. */
void driver_offer(uint16_t head);
void driver_notify(void);
/* The next used element, if there is one. */
bool driver_used(uint32_t *id, uint32_t *len);

#endif
