/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine that Trivet runs on, as its device tree describes it (Devicetree Specification 0.4; Linux bindings
 * arm,gic-v3, arm,pl011, arm,psci, arm,armv8-timer). Filled once at boot by hw_parse, only read afterwards.
 */
#ifndef CORE_HW_H
#define CORE_HW_H

#include "lib/types.h"

#define HW_BANKS_MAX	16
#define HW_RESERVED_MAX 32
#define HW_GICR_MAX	8
#define HW_SEED_MAX	64
#define HW_TIMERS	6

struct hw_range {
	uint64_t base, size;
};

struct hw {
	struct hw_range bank[HW_BANKS_MAX]; /* RAM */
	unsigned int nr_banks;
	struct hw_range reserved[HW_RESERVED_MAX]; /* /reserved-memory, memreserve, the tree itself, the bundle */
	unsigned int nr_reserved;
	uint64_t mpidr[CONFIG_MAX_CPUS]; /* affinity fields; [0] is the boot core after hw_order_boot_cpu */
	unsigned int nr_cpus, cpus_ignored;
	struct hw_range gicd, gicr[HW_GICR_MAX];
	unsigned int nr_gicr;
	uint32_t maintenance_intid;
	/*
	 * Secure physical, physical, virtual, hypervisor, hypervisor virtual, secure hypervisor; 0: not named. The last
	 * one is not in Linux's binding: the secure role's tree adds it.
	 */
	uint32_t timer_intid[HW_TIMERS];
	struct hw_range uart, rtc; /* size 0: none */
	uint32_t uart_intid;
	bool psci_smc;
	struct hw_range initrd;	   /* the bundle */
	uint8_t seed[HW_SEED_MAX]; /* /chosen/rng-seed */
	unsigned int seed_size;
	const void *tree; /* itself, where the boot code mapped it: stays there, read only */
	char model[64];
};

extern struct hw hw;

/* A virtio,mmio node (Linux binding virtio/mmio.yaml): a place where a virtio device may be. */
struct hw_virtio {
	struct hw_range regs;
	uint32_t intid;
	bool edge;     /* its interrupt is one of edges */
	bool coherent; /* what is there accesses memory through the caches */
};

/* Why hw_parse refused: path and property, in one line. */
struct hw_error {
	char text[160];
};

/*
 * Read a flattened tree of at most size bytes. OK, or E_FORMAT with *err filled: nothing may be used of
 * *out then. Pure.
 */
int hw_parse(const void *fdt, size_t size, struct hw *out, struct hw_error *err) MUST_CHECK;

/*
 * The virtio,mmio nodes of a tree that hw_parse has passed, by address; those that are disabled or not understood are
 * left out, and so are those beyond max. Returns how many. Not part of hw_parse: most boots do not need it. Pure.
 */
unsigned int hw_find_virtio(const void *fdt, struct hw_virtio *list, unsigned int max);

/* When no initrd was given: a bundle that tools/bundle appended to the image becomes hw.initrd. After s1_map_ram. */
void hw_find_appended_bundle(void);

/* The bundle, in the direct map. E_NOENT when there is none; E_RANGE when it does not lie in RAM. */
int hw_bundle(const void **base, size_t *size) MUST_CHECK;

#endif
