/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ID registers by encoding: all of CRm 4 to 7 may be read on every CPU (unallocated ones are RAZ;
 * ARM DDI 0487 D19.1.1).
 */
#include "arch/idreg.h"
#include "arch/sysreg.h"

#define OP2S(X, m) X(m, 0) X(m, 1) X(m, 2) X(m, 3) X(m, 4) X(m, 5) X(m, 6) X(m, 7)

uint64_t arch_idreg(unsigned int crm, unsigned int op2)
{
	switch (crm << 3 | op2) {
#define X(m, o)                                                                                                        \
	case (m) << 3 | (o):                                                                                           \
		return sysreg_read(S3_0_C0_C##m##_##o);
		OP2S(X, 4)
		OP2S(X, 5)
		OP2S(X, 6)
		OP2S(X, 7)
#undef X
	default:
		return 0;
	}
}
