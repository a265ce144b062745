/* SPDX-License-Identifier: BSD-3-Clause */
/* PL031 driver; see pl031_host.h. */
#include "drv/pl031_host.h"

#include "arch/mmio_io.h"

#define RTCDR 0x00

uint32_t pl031_host_read(void *base)
{
	return io_read32((char *)base + RTCDR);
}
