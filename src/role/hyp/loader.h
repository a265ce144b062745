/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where a VM's images go in its RAM, and putting them there; at the first start and at each reboot,
 * always from the pristine images. Linux Documentation/arch/arm64/booting.rst has the Image header
 * and the rules. No state.
 */
#ifndef ROLE_HYP_LOADER_H
#define ROLE_HYP_LOADER_H

#include "lib/types.h"
#include "role/hyp/config.h"

struct loader_plan {
	ipa_t entry;	      /* vCPU 0 starts here, at EL1 with its MMU off */
	ipa_t dtb;	      /* x0; the tree may have VMAP_DTB_MAX bytes */
	ipa_t kernel;	      /* where the kernel's file goes */
	uint64_t kernel_size; /* RAM that it takes there, BSS included */
	ipa_t ramdisk;
	uint64_t ramdisk_size; /* 0: none */
	const uint8_t *kernel_data, *ramdisk_data;
	size_t kernel_file_size;
	bool raw; /* no Image header: a raw binary */
};

/*
 * Lay a VM's RAM out. Pure. E_FORMAT: the kernel is nothing that can be entered (ELF, compressed, empty, bad Image
 * header); E_RANGE: the images don't fit into its memory. A line in the log says which.
 */
int loader_plan(const struct vm_config *vm, struct loader_plan *plan) MUST_CHECK;

/*
 * Write kernel, ramdisk and the device tree (dtb, dtb_size: made by vfdt_build) into p's RAM, clean
 * to the point of coherency. The rest of RAM is the caller's to clear. E_FAULT with a line when
 * stage 2 has no RAM there; the VM must not start then.
 */
int loader_load(struct partition *p, const struct loader_plan *plan, const void *dtb, size_t dtb_size) MUST_CHECK;

#endif
