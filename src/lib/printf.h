/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Formatted output into a buffer. %c %s %d %i %u %x %X %p %% with l, ll, z lengths, width, 0 and - flags,
 * precision for %s. Returns the length that the whole text has (as C99 snprintf); writes at most size bytes with
 * the terminator. Pure.
 */
#ifndef LIB_PRINTF_H
#define LIB_PRINTF_H

#include <stdarg.h>

#include "lib/types.h"

int fmt_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap) PRINTF(3, 0);
int fmt_snprintf(char *buf, size_t size, const char *fmt, ...) PRINTF(3, 4);

#endif
