/* SPDX-License-Identifier: BSD-3-Clause */
/* The log, in place of the product's: each line is looked at and counted. */
#include "core/log.h"

#include "fuzz.h"

unsigned int fuzz_log_lines, fuzz_log_notes;
char fuzz_log_last[512];

void fuzz_log_forget(void)
{
	fuzz_log_lines = fuzz_log_notes = 0;
}

void log_at(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(fuzz_log_last, sizeof(fuzz_log_last), fmt, ap);
	va_end(ap);
	for (const char *c = fuzz_log_last; *c; c++)
		MUST(*c >= ' ' && *c <= '~'); /* one line, nothing that a terminal obeys */
	if (level > LOG_WARN)
		fuzz_log_notes++;
	else
		fuzz_log_lines++;
}

/* A machine says so at most limit times; here each input is a machine. That there is a limit is what counts. */
bool log_may_say(uint32_t *said UNUSED, uint32_t limit)
{
	MUST(limit > 0 && limit <= 1000);
	return true;
}
