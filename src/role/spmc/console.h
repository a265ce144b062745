/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_CONSOLE_LOG: calls carry few characters, so they are gathered, and whole lines go to the log. State: a line for
 * each of those that write, which is its owner's; no lock.
 */
#ifndef ROLE_SPMC_CONSOLE_H
#define ROLE_SPMC_CONSOLE_H

#include "ffa/call.h"
#include "lib/types.h"

struct console_line {
	char text[100];
	uint8_t len;
	/* The log is slow, and everybody's: a caller has so many lines a second. */
	uint8_t left;	  /* of this second */
	uint64_t until;	  /* it ends: counter */
	uint32_t dropped; /* lines that were too many, not told yet */
};
#define CONSOLE_LINES_PER_SECOND 50
#define CONSOLE_LINES_PER_CALL	 4

/* Handle the call in r of somebody of that name and version. */
void console_call(struct console_line *line, const char *name, uint32_t version, struct ffa_regs *r);

#endif
