/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The device tree that a VM is given: generated from its configuration and its map (vmap.h), so it
 * says what the VM really has. Pure: no state, no lock.
 */
#ifndef ROLE_HYP_VFDT_H
#define ROLE_HYP_VFDT_H

#include "lib/types.h"
#include "role/hyp/config.h"
#include "role/hyp/loader.h"

/* Fill n bytes at buf with randomness. */
typedef void (*vfdt_random_fn)(void *buf, size_t n);

/*
 * Write the tree into buf (VMAP_DTB_MAX bytes are always enough for a vm that config_parse
 * accepted). random gives kaslr-seed and rng-seed; NULL leaves both out and the same input makes
 * the same bytes. Returns the size, or E_NOMEM when size is too small.
 */
int vfdt_build(const struct vm_config *vm, const struct loader_plan *plan, vfdt_random_fn random, void *buf,
	       size_t size) MUST_CHECK;

#endif
