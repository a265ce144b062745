/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the compiler calls by itself: libgcc is not linked. Without FP/SIMD registers GCC has no instruction for
 * __builtin_popcount*(), and calls this. The name is the compiler's, not ours. Pure, no state, no lock.
 */
#include "lib/types.h"

int __popcountdi2(int64_t v);

int __popcountdi2(int64_t v)
{
	uint64_t w = (uint64_t)v;
	int n = 0;

	for (; w; w &= w - 1)
		n++;
	return n;
}
