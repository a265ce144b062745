/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where a character device sends what its guest writes. No state here.
 */
#ifndef DEV_CHARDEV_H
#define DEV_CHARDEV_H

#include "lib/types.h"

struct chardev_sink {
	/*
	 * Called under the device's lock (LOCK_DEVICE), in the order of the guest's writes; may take locks of
	 * a higher rank.
	 */
	void (*putc)(void *ctx, uint8_t c);
	void *ctx;
};

#endif
