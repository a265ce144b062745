/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The world that the device tests run in: a partition with RAM at an address where no host pointer is, a clock that
 * stands still until it is pushed, an interrupt controller that notes levels, locks that must balance, and a heap that
 * can run out.
 */
#ifndef TESTS_UNIT_DEV_FAKE_H
#define TESTS_UNIT_DEV_FAKE_H

#include "unit.h"

#include "core/mmio.h"
#include "core/partition.h"
#include "core/time.h"
#include "lib/types.h"

#define FAKE_RAM      0x40000000u
#define FAKE_RAM_SIZE 0x100000u
#define FAKE_RO	      (FAKE_RAM + FAKE_RAM_SIZE) /* a page that can only be read */
#define FAKE_NOWHERE  0x90000000u
#define FAKE_DEV      0x0a000000u
#define FAKE_FREQ     1000u

struct fake {
	struct partition part;
	uint8_t ram[FAKE_RAM_SIZE + PAGE_SIZE];
	bool level[1024];
	unsigned int edges[1024]; /* changes of level */
	unsigned int irq_calls;
	uint64_t now, wall;
	uint64_t cost; /* ticks that pass at each access to guest memory */
	unsigned int locks_held, logged;
	char last_log[256];
	unsigned int reads, writes; /* of guest memory */
	size_t read_bytes;
	int heap_left;		  /* allocations that still succeed; -1: all */
	int heap_count;		  /* live allocations */
	struct timer *last_timer; /* started last */
	/* Called before each read or load of guest memory: the guest's other vCPUs. */
	void (*on_read)(uint64_t ipa, size_t size);
	/* Called before each write or store by the device. */
	void (*on_write)(uint64_t ipa, size_t size);
};

extern struct fake fake;

/* Everything as new. A cmocka set-up function. */
int fake_setup(void **state);
/* No lock is held, no memory lost. A cmocka tear-down function. */
int fake_teardown(void **state);

/* A guest's access; fake_read() and fake_write() insist that it is answered. */
enum mmio_result fake_access(uint64_t ipa, struct mmio_access *a);
uint64_t fake_read(uint64_t ipa, unsigned int size);
void fake_write(uint64_t ipa, unsigned int size, uint64_t value);
bool fake_faults(uint64_t ipa, unsigned int size, bool write);

/* Move the clock; timers that become due run, in their order. */
void fake_pass(uint64_t ticks);
unsigned int fake_timers(void);

/* The guest's own view of its RAM. */
void *fake_ram(uint64_t ipa);
void fake_poke(uint64_t ipa, unsigned int size, uint64_t value);
uint64_t fake_peek(uint64_t ipa, unsigned int size);

/* A small random number generator with a seed. */
uint32_t fake_rand(uint64_t *seed);

#endif
