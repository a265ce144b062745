/* SPDX-License-Identifier: BSD-3-Clause */
/* The machine's real-time clock, a PL031 (DDI 0224): read once at boot. */
#ifndef DRV_PL031_HOST_H
#define DRV_PL031_HOST_H

#include "lib/types.h"

/* Seconds since 1970; base is mapped (device). */
uint32_t pl031_host_read(void *base);

#endif
