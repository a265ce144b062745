/* SPDX-License-Identifier: BSD-3-Clause */
/* <stdlib.h> for libfdt in the freestanding build: it uses no more than size_t and NULL. */
#ifndef LIBC_STDLIB_H
#define LIBC_STDLIB_H

#include <stddef.h>

#endif
