/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_CONSOLE_LOG; see console_log.h. Pure: the bytes may be anything, whoever prints them makes them harmless. */
#include "ffa/console_log.h"

#define FIRST 2 /* the register with the first character */

int ffa_console_log_decode(const struct ffa_regs *r, uint32_t version, char out[FFA_CONSOLE_LOG_64_MAX],
			   unsigned int *len)
{
	const bool is64 = (uint32_t)r->x[0] == FFA_CONSOLE_LOG_64;
	const unsigned int each = is64 ? 8 : 4;
	const unsigned int max64 = version >= FFA_VERSION_1_2 ? FFA_CONSOLE_LOG_64_MAX : FFA_CONSOLE_LOG_64_MAX_1_1;
	const uint32_t count = (uint32_t)r->x[1];

	if (!count || count > (is64 ? max64 : FFA_CONSOLE_LOG_32_MAX))
		return FFA_INVALID_PARAMETERS;
	for (unsigned int i = 0; i < count; i++)
		out[i] = (char)(r->x[FIRST + i / each] >> 8 * (i % each) & 0xff);
	*len = count;
	return OK;
}
