/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The map of a VM. Constant data. Addresses and interrupts are those of QEMU's virt machine with
 * gic-version=3, which bare-metal payloads have built in.
 */
#include "role/hyp/vmap.h"

#define GICD_SIZE     (64 * KIB)  /* IHI 0069 12.10: one 64 KiB frame without GICv4.1 extras */
#define GICR_SIZE     (128 * KIB) /* RD_base and SGI_base */
#define MPIDR_PER_AFF 16

const struct vmap_region vmap[VMAP_COUNT] = {
	[VMAP_GICD] = { "intc", 0x08000000, GICD_SIZE, 0 },
	[VMAP_GICR] = { "intc", 0x080a0000, GICR_SIZE, 0 },
	[VMAP_PL011] = { "pl011", 0x09000000, 0x1000, VMAP_SPI(1) },
	[VMAP_PL031] = { "pl031", 0x09010000, 0x1000, VMAP_SPI(2) },
	[VMAP_VIRTIO] = { "virtio_mmio", 0x0a000000, 0x1000, VMAP_SPI(16) },
	[VMAP_RAM] = { "memory", 0x40000000, BIT(VMAP_IPA_BITS) - 0x40000000, 0 },
};

_Static_assert(0x080a0000 + CONFIG_MAX_VCPUS * GICR_SIZE <= 0x09000000, "GICR runs into the PL011");
_Static_assert(16 + VMAP_VIRTIO_SLOTS <= VMAP_NR_SPIS, "a virtio slot without an SPI");
_Static_assert(VMAP_DTB_MAX <= VMAP_RAW_OFFSET, "the device tree runs into a raw kernel");

uint64_t vmap_gicr_size(unsigned int nr_vcpus)
{
	return nr_vcpus * vmap[VMAP_GICR].size;
}

ipa_t vmap_virtio_base(unsigned int slot)
{
	return IPA(vmap[VMAP_VIRTIO].base + slot * vmap[VMAP_VIRTIO].size);
}

unsigned int vmap_virtio_intid(unsigned int slot)
{
	return vmap[VMAP_VIRTIO].intid + slot;
}

uint64_t vmap_mpidr(unsigned int vcpu)
{
	return (uint64_t)(vcpu / MPIDR_PER_AFF) << 8 | vcpu % MPIDR_PER_AFF;
}
