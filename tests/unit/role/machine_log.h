/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Catches the log: include it in one file of a test program; it defines the log's functions in place of the product's.
 */
#ifndef TESTS_UNIT_ROLE_MACHINE_LOG_H
#define TESTS_UNIT_ROLE_MACHINE_LOG_H

#include <stdarg.h>

#include "core/log.h"
#include "unit.h"

static char log_text[64][256]; /* lines at LOG_WARN or worse */
static unsigned int log_lines;
static unsigned int log_notes; /* other lines */
static char log_last_note[256];

static void log_forget(void)
{
	log_lines = 0;
	log_notes = 0;
}

void log_at(enum log_level level, const char *fmt, ...)
{
	char *to = level > LOG_WARN ? log_last_note : log_text[log_lines % 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(to, sizeof(log_text[0]), fmt, ap);
	va_end(ap);
	for (const char *c = to; *c; c++)
		assert_true(*c >= ' ' && *c <= '~'); /* one line, nothing that a terminal obeys */
	if (level > LOG_WARN)
		log_notes++;
	else
		log_lines++;
}

bool log_may_say(uint32_t *said, uint32_t limit)
{
	return (*said)++ < limit;
}

/* Exactly one line since log_forget(), and this. */
#define assert_logged(line)                                                                                            \
	do {                                                                                                           \
		assert_int_equal(log_lines, 1);                                                                        \
		assert_string_equal(log_text[0], line);                                                                \
	} while (0)

#endif
