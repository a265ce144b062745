/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_CONSOLE_LOG: characters out of registers. Pure. FF-A 1.2, 13.14. */
#ifndef FFA_CONSOLE_LOG_H
#define FFA_CONSOLE_LOG_H

#include "ffa/call.h"

/*
 * The call's characters into out (not terminated), their number into *len. version: the caller's; 32-bit calls carry up
 * to 24 characters, 64-bit ones 128, or 48 before 1.2. FFA_INVALID_PARAMETERS: none, or more than that.
 */
int ffa_console_log_decode(const struct ffa_regs *r, uint32_t version, char out[FFA_CONSOLE_LOG_64_MAX],
			   unsigned int *len) MUST_CHECK;

#endif
