/* SPDX-License-Identifier: BSD-3-Clause */
/* The hardware's breakpoints and watchpoints. Own core. */
#ifndef ARCH_DEBUG_H
#define ARCH_DEBUG_H

#include "lib/types.h"

/* How many there are (2 to 16). */
unsigned int arch_debug_breakpoints(void);
unsigned int arch_debug_watchpoints(void);

/* kind 0 to 3: DBGBVR<n>_EL1, DBGBCR<n>_EL1, DBGWVR<n>_EL1, DBGWCR<n>_EL1. */
void arch_debug_reg_write(unsigned int kind, unsigned int n, uint64_t value);

#endif
