/* SPDX-License-Identifier: BSD-3-Clause */
/* <string.h> for libfdt in the freestanding build. */
#ifndef LIBC_STRING_H
#define LIBC_STRING_H

#include "lib/string.h"

#endif
