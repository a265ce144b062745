/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The memory of a VM: blocks of frames, as large as there are, one after the other from VMAP_RAM on in its IPA space.
 * No lock: built and freed while the VM does not run, cleared by whoever restarts it.
 */
#ifndef ROLE_HYP_VM_RAM_H
#define ROLE_HYP_VM_RAM_H

#include "core/partition.h"
#include "lib/types.h"

struct vm_ram_block;

struct vm_ram {
	struct vm_ram_block *blocks; /* the last one first */
	uint64_t size;		     /* bytes that are mapped */
};

/*
 * Give p size bytes of memory. On an error p has what had been found until then: vm_ram_free()
 * takes it back. E_NOMEM: there are not that many free frames (nor is any taken, when that is clear
 * from the start).
 */
int vm_ram_alloc(struct vm_ram *ram, struct partition *p, uint64_t size) MUST_CHECK;

/* Take all of it back, scrubbed. p will not run again; its stage 2 is about to be destroyed. */
void vm_ram_free(struct vm_ram *ram);

/* Zero all of it, to the point of coherency: the guest's first reads are with its MMU off. */
void vm_ram_clear(struct vm_ram *ram);

#endif
