/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random numbers: one generator for guests' TRNG calls (DEN 0098), virtio-rng and the seeds in
 * guests' device trees.
 *
 * A ChaCha20 generator with fast key erasure, keyed from what the machine has: FEAT_RNG (mixed in
 * again at every request), the host device tree's rng-seed, and the jitter of the counter. Lock:
 * its own (LOCK_RANDOM), inside.
 */
#ifndef ROLE_HYP_TRNG_H
#define ROLE_HYP_TRNG_H

#include "lib/types.h"

struct vcpu;

enum trng_quality {
	TRNG_WEAK,     /* counter jitter alone: better than nothing; not offered as a TRNG */
	TRNG_SEEDED,   /* from a seed of 256 bits or more that the boot loader gave */
	TRNG_HARDWARE, /* FEAT_RNG */
};

/* Once, at boot, before the first VM: collect entropy and say in the log of which kind it is. */
void trng_init(void);
enum trng_quality trng_quality(void);

/* Fill n bytes. Any core. */
void trng_fill(void *buf, size_t n);

/* Rows of smccc.c. */
void trng_version(struct vcpu *v);
void trng_features(struct vcpu *v);
void trng_get_uuid(struct vcpu *v);
void trng_rnd(struct vcpu *v);

#endif
