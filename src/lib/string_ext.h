/* SPDX-License-Identifier: BSD-3-Clause */
/* What the C library lacks: a bounded copy that always terminates; text for a terminal. */
#ifndef LIB_STRING_EXT_H
#define LIB_STRING_EXT_H

#include "lib/types.h"

/* Copy src into dst[size], always terminated. Returns strlen(src): >= size means that it was cut. */
size_t str_copy(char *dst, const char *src, size_t size);

/* What is not printable ASCII becomes '?': text that somebody else chose may hold what a terminal obeys. */
void str_make_printable(char *s);

#endif
