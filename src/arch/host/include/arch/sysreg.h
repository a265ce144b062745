/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Host twin: system registers are cells with a name, a set for each thread (a thread is a core).
 * All start as zero. A few are computed: CNTPCT_EL0, ICH_ELRSR_EL2 (see cpu.c).
 */
#ifndef ARCH_SYSREG_H
#define ARCH_SYSREG_H

#include "lib/types.h"

#define sysreg_read(name)	  host_sysreg_read(#name)
#define sysreg_write(name, value) host_sysreg_write(#name, (value))

uint64_t host_sysreg_read(const char *name);
void host_sysreg_write(const char *name, uint64_t value);

#endif
