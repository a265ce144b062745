/* SPDX-License-Identifier: BSD-3-Clause */
/* Host twin: device registers are memory of the test. */
#ifndef ARCH_MMIO_IO_H
#define ARCH_MMIO_IO_H

#include "lib/types.h"

static inline uint32_t io_read32(const volatile void *p)
{
	return *(const volatile uint32_t *)p;
}

static inline uint64_t io_read64(const volatile void *p)
{
	return *(const volatile uint64_t *)p;
}

static inline void io_write8(volatile void *p, uint8_t v)
{
	*(volatile uint8_t *)p = v;
}

static inline void io_write32(volatile void *p, uint32_t v)
{
	*(volatile uint32_t *)p = v;
}

static inline void io_write64(volatile void *p, uint64_t v)
{
	*(volatile uint64_t *)p = v;
}

#endif
