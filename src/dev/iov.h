/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of guest buffers, as a descriptor chain gives them, and copies from and to a part of such a list. No state. */
#ifndef DEV_IOV_H
#define DEV_IOV_H

#include "core/partition.h"
#include "lib/types.h"

struct iov {
	ipa_t addr;
	uint32_t len; /* bytes; addr + len does not wrap */
};

/* n buffers of a partition, taken for one run of bytes. The array stays its owner's. */
struct iov_list {
	struct partition *part;
	const struct iov *v;
	unsigned int n;
};

/* All bytes together: cannot overflow for any n that fits a queue. */
uint64_t iov_bytes(const struct iov_list *l);

/*
 * Copy size bytes that start skip bytes into the list to dst, or from src into the list. E_RANGE when the list is
 * shorter (nothing is copied then); E_FAULT from guest memory (a part may be copied).
 */
int iov_read(const struct iov_list *l, uint64_t skip, void *dst, size_t size) MUST_CHECK;
int iov_write(const struct iov_list *l, uint64_t skip, const void *src, size_t size) MUST_CHECK;

#endif
