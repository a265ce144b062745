/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The map of a VM: which device answers at which IPA with which interrupt. One table for who builds
 * the devices, who loads the images and who writes the device tree. Like QEMU's virt machine, so
 * that payloads built for it run here.
 */
#ifndef ROLE_HYP_VMAP_H
#define ROLE_HYP_VMAP_H

#include "lib/types.h"

enum vmap_id {
	VMAP_GICD,
	VMAP_GICR, /* size: for one vCPU; vmap_gicr_size() for all */
	VMAP_PL011,
	VMAP_PL031,
	VMAP_VIRTIO, /* slot 0; vmap_virtio_*() for the others */
	VMAP_RAM,    /* size: the most that a VM can have */
	VMAP_COUNT,
};

struct vmap_region {
	const char *name; /* as in the device tree's node, without the address */
	uint64_t base, size;
	unsigned int intid; /* 0: none */
};

extern const struct vmap_region vmap[VMAP_COUNT];

#define VMAP_SPI(n)	  (32 + (n)) /* INTID of SPI n */
#define VMAP_NR_SPIS	  64	     /* SPIs that a VM's GICD has: INTID 32 to 95 */
#define VMAP_VIRTIO_SLOTS 32
#define VMAP_IPA_BITS	  40

/* Private interrupts (INTID), as the base system architecture (DEN 0094) has them. */
enum {
	VMAP_PPI_MAINTENANCE = 25,
	VMAP_PPI_HYP_TIMER = 26,
	VMAP_PPI_VTIMER = 27,
	VMAP_PPI_SEC_TIMER = 29,
	VMAP_PPI_PTIMER = 30,
};

/* In RAM: the device tree lies at its start; a raw kernel VMAP_RAW_OFFSET above it, so the tree ends below that. */
#define VMAP_DTB_MAX	(64 * KIB)
#define VMAP_RAW_OFFSET (512 * KIB)

uint64_t vmap_gicr_size(unsigned int nr_vcpus);

/* virtio-mmio slot n (less than VMAP_VIRTIO_SLOTS): disks first in their order, then the entropy source. */
ipa_t vmap_virtio_base(unsigned int slot);
unsigned int vmap_virtio_intid(unsigned int slot);

/* Affinity fields of vCPU i, as in MPIDR_EL1 without its RES1 bit: sixteen vCPUs to an Aff1, as ICC_SGI1R can name. */
uint64_t vmap_mpidr(unsigned int vcpu);

#endif
