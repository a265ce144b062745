/* SPDX-License-Identifier: BSD-3-Clause */
/* The hardware's own ID registers, by number. */
#ifndef ARCH_IDREG_H
#define ARCH_IDREG_H

#include "lib/types.h"

/* op0 3, op1 0, CRn 0, CRm crm (4 to 7), op2 (0 to 7); 0 for others. */
uint64_t arch_idreg(unsigned int crm, unsigned int op2);

#endif
