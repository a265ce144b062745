/* SPDX-License-Identifier: BSD-3-Clause */
/* Host twin: the direct map is the RAM arena, so that S1_DIRECT + pa is a pointer that works (arch/host.h). */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

#include <stdint.h>

extern uint64_t host_direct_base;

#define ARCH_S1_DIRECT host_direct_base

#endif
