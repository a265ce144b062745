/* SPDX-License-Identifier: BSD-3-Clause */
/* The virtio block device: configuration and requests (virtio 1.2, 5.2). Little-endian. */
#ifndef ABI_VIRTIO_BLK_H
#define ABI_VIRTIO_BLK_H

#include <stdint.h>

/* 5.2.3: feature bits, by number */
#define VIRTIO_BLK_F_SIZE_MAX	  1
#define VIRTIO_BLK_F_SEG_MAX	  2
#define VIRTIO_BLK_F_RO		  5
#define VIRTIO_BLK_F_BLK_SIZE	  6
#define VIRTIO_BLK_F_FLUSH	  9
#define VIRTIO_BLK_F_DISCARD	  13
#define VIRTIO_BLK_F_WRITE_ZEROES 14

/* 5.2.4, as far as the features above reach */
struct virtio_blk_config {
	uint64_t capacity; /* sectors of 512 bytes, whatever blk_size says */
	uint32_t size_max;
	uint32_t seg_max;
	uint8_t geometry[4];
	uint32_t blk_size;
	uint8_t topology[8];
	uint8_t writeback;
	uint8_t unused0;
	uint16_t num_queues;
};
_Static_assert(sizeof(struct virtio_blk_config) == 40, "virtio 1.2, 5.2.4");

/* 5.2.6: what a request starts with; data and one status byte follow */
#define VIRTIO_BLK_T_IN		  0u
#define VIRTIO_BLK_T_OUT	  1u
#define VIRTIO_BLK_T_FLUSH	  4u
#define VIRTIO_BLK_T_GET_ID	  8u
#define VIRTIO_BLK_T_DISCARD	  11u
#define VIRTIO_BLK_T_WRITE_ZEROES 13u

struct virtio_blk_hdr {
	uint32_t type;
	uint32_t reserved;
	uint64_t sector;
};
_Static_assert(sizeof(struct virtio_blk_hdr) == 16, "virtio 1.2, 5.2.6");

#define VIRTIO_BLK_ID_BYTES 20u

#define VIRTIO_BLK_S_OK	    0u
#define VIRTIO_BLK_S_IOERR  1u
#define VIRTIO_BLK_S_UNSUPP 2u

#endif
