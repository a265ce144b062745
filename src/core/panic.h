/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CHECK and panic: for our own bugs only. Nothing that a guest, a file or a network says may reach them (bug class 8).
 */
#ifndef CORE_PANIC_H
#define CORE_PANIC_H

#include "lib/types.h"

/* Print why, with a backtrace and the other facts at hand; stop all cores; never return. */
void panic(const char *fmt, ...) PRINTF(1, 2) NORETURN;

/* The report itself, for a fault at EL2 whose frame pointer was fp. */
void panic_report(const char *what, uint64_t fp) NORETURN;

/* An invariant of ours: always compiled in. */
#define CHECK(cond)                                                                                                    \
	do {                                                                                                           \
		if (unlikely(!(cond)))                                                                                 \
			panic("%s:%d: CHECK(%s)", __FILE__, __LINE__, #cond);                                          \
	} while (0)

#endif
