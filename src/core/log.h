/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The log: lines with a level, kept in a ring for each core and printed on the console. Any core, any time; LOCK_LOG
 * inside. A line that a guest can cause must be rate-limited: log_once() or log_limited().
 */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include "lib/types.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_at(enum log_level level, const char *fmt, ...) PRINTF(2, 3);

#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_at(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)

/* At most limit lines from this place in the life of the machine, the last of which says that there will be no more. */
#define log_limited(limit, level, ...)                                                                                 \
	do {                                                                                                           \
		static uint32_t said_;                                                                                 \
		if (log_may_say(&said_, (limit)))                                                                      \
			log_at(level, __VA_ARGS__);                                                                    \
	} while (0)

bool log_may_say(uint32_t *said, uint32_t limit);

/* Where lines go: one character at a time, under LOCK_LOG. NULL: nowhere, they are only kept. */
void log_set_sink(void (*putc)(char c));

#endif
