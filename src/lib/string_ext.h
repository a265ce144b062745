/* SPDX-License-Identifier: BSD-3-Clause */
/* What the C library lacks: a bounded copy that always terminates. */
#ifndef LIB_STRING_EXT_H
#define LIB_STRING_EXT_H

#include "lib/types.h"

/* Copy src into dst[size], always terminated. Returns strlen(src): >= size means that it was cut. */
size_t str_copy(char *dst, const char *src, size_t size);

#endif
