/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Access to device registers: one load or store of just that width (a compiler may neither split nor merge them, nor
 * use write-back forms).
 */
#ifndef ARCH_MMIO_IO_H
#define ARCH_MMIO_IO_H

#include "lib/types.h"

static inline uint32_t io_read32(const volatile void *p)
{
	uint32_t v;

	__asm__ volatile("ldr %w0, %1" : "=r"(v) : "Q"(*(const volatile uint32_t *)p) : "memory");
	return v;
}

static inline uint64_t io_read64(const volatile void *p)
{
	uint64_t v;

	__asm__ volatile("ldr %0, %1" : "=r"(v) : "Q"(*(const volatile uint64_t *)p) : "memory");
	return v;
}

static inline void io_write8(volatile void *p, uint8_t v)
{
	__asm__ volatile("strb %w1, %0" : "=Q"(*(volatile uint8_t *)p) : "r"(v) : "memory");
}

static inline void io_write32(volatile void *p, uint32_t v)
{
	__asm__ volatile("str %w1, %0" : "=Q"(*(volatile uint32_t *)p) : "r"(v) : "memory");
}

static inline void io_write64(volatile void *p, uint64_t v)
{
	__asm__ volatile("str %1, %0" : "=Q"(*(volatile uint64_t *)p) : "r"(v) : "memory");
}

#endif
