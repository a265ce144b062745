/* SPDX-License-Identifier: BSD-3-Clause */
/* <limits.h> for libfdt in the freestanding build. */
#ifndef LIBC_LIMITS_H
#define LIBC_LIMITS_H

#define INT_MAX	  __INT_MAX__
#define INT_MIN	  (-__INT_MAX__ - 1)
#define UINT_MAX  (INT_MAX * 2U + 1U)
#define LONG_MAX  __LONG_MAX__
#define ULONG_MAX (LONG_MAX * 2UL + 1UL)

#endif
