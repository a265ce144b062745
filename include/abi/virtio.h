/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtio 1.2: what all devices share: identifiers, status (2.1), feature bits (6), the split
 * virtqueue (2.7). All fields are little-endian. For the product, for guests and for tests.
 */
#ifndef ABI_VIRTIO_H
#define ABI_VIRTIO_H

#include <stdint.h>

/* 5: device identifiers */
#define VIRTIO_ID_NET	  1
#define VIRTIO_ID_BLOCK	  2
#define VIRTIO_ID_CONSOLE 3
#define VIRTIO_ID_ENTROPY 4

/* 2.1: device status */
#define VIRTIO_STATUS_ACKNOWLEDGE 1u
#define VIRTIO_STATUS_DRIVER	  2u
#define VIRTIO_STATUS_DRIVER_OK	  4u
#define VIRTIO_STATUS_FEATURES_OK 8u
#define VIRTIO_STATUS_NEEDS_RESET 64u
#define VIRTIO_STATUS_FAILED	  128u

/* 6: feature bits that do not depend on the device, by number */
#define VIRTIO_F_INDIRECT_DESC	 28
#define VIRTIO_F_EVENT_IDX	 29
#define VIRTIO_F_VERSION_1	 32
#define VIRTIO_F_ACCESS_PLATFORM 33
#define VIRTIO_F_RING_PACKED	 34
#define VIRTIO_F_ORDER_PLATFORM	 36
#define VIRTIO_F_RING_RESET	 40

/* 2.7.5: descriptors */
#define VIRTQ_DESC_F_NEXT     1u
#define VIRTQ_DESC_F_WRITE    2u
#define VIRTQ_DESC_F_INDIRECT 4u

struct virtq_desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags;
	uint16_t next;
};
_Static_assert(sizeof(struct virtq_desc) == 16, "virtio 1.2, 2.7.5");

/*
 * 2.7.6: the available ring: flags, idx, ring[num], used_event; 2.7.8: the used ring: flags, idx,
 * ring[num], avail_event
 */
#define VIRTQ_AVAIL_F_NO_INTERRUPT 1u
#define VIRTQ_USED_F_NO_NOTIFY	   1u

#define VIRTQ_AVAIL_FLAGS	    0u
#define VIRTQ_AVAIL_IDX		    2u
#define VIRTQ_AVAIL_RING(i)	    (4u + 2u * (uint32_t)(i))
#define VIRTQ_AVAIL_USED_EVENT(num) VIRTQ_AVAIL_RING(num)
#define VIRTQ_USED_FLAGS	    0u
#define VIRTQ_USED_IDX		    2u
#define VIRTQ_USED_RING(i)	    (4u + 8u * (uint32_t)(i))
#define VIRTQ_USED_AVAIL_EVENT(num) VIRTQ_USED_RING(num)

struct virtq_used_elem {
	uint32_t id;
	uint32_t len;
};
_Static_assert(sizeof(struct virtq_used_elem) == 8, "virtio 1.2, 2.7.8");

#endif
