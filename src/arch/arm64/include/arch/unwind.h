/* SPDX-License-Identifier: BSD-3-Clause */
/* For the panic report: frame records (AAPCS64 6.4.6), and the end of a core. */
#ifndef ARCH_UNWIND_H
#define ARCH_UNWIND_H

#include "lib/types.h"

/*
 * One frame up: *fp is a frame pointer, replaced by its caller's; *pc the return address. False at the end, or when *fp
 * is not on a stack of ours.
 */
bool arch_unwind(uint64_t *fp, uint64_t *pc);

/* A running address as the ELF file has it. */
uint64_t arch_link_address(uint64_t pc);

/* This core does nothing any more. */
void arch_halt(void) NORETURN;

#endif
