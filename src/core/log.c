/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The log; see log.h. State owned: one ring of text a core (what gdb and the panic report read), and the sink. Lock:
 * LOCK_LOG around the sink.
 */
#include "core/log.h"

#include "core/lock.h"
#include "core/percpu.h"
#include "core/time.h"
#include "lib/printf.h"
#include "lib/string.h"

#define LINE_MAX 256

struct log_ring {
	uint32_t next; /* bytes written since boot */
	char text[CONFIG_LOG_RING];
};

struct log_ring log_rings[CONFIG_MAX_CPUS];

static struct spinlock lock = SPINLOCK_INIT(LOCK_LOG);
static void (*sink)(char c);

void log_set_sink(void (*putc)(char c))
{
	sink = putc;
}

bool log_may_say(uint32_t *said, uint32_t limit)
{
	uint32_t n = __atomic_fetch_add(said, 1, __ATOMIC_RELAXED);

	if (n < limit)
		return true;
	if (n == limit)
		log_at(LOG_WARN, "(no more of these)");
	else
		__atomic_store_n(said, limit + 1, __ATOMIC_RELAXED); /* never wraps */
	return false;
}

static void ring_put(struct log_ring *r, const char *s)
{
	for (; *s; s++)
		r->text[r->next++ % CONFIG_LOG_RING] = *s;
}

void log_at(enum log_level level, const char *fmt, ...)
{
	static const char *const prefix[] = { "error: ", "warning: ", "", "debug: " };
	char line[LINE_MAX];
	uint64_t us = time_ticks_to_ns(time_now()) / 1000;
	va_list ap;
	int n;

	if (level > (enum log_level)CONFIG_LOG_LEVEL)
		return;
	n = fmt_snprintf(line, sizeof(line), "[%5llu.%06llu] trivet: %s", (unsigned long long)(us / 1000000),
			 (unsigned long long)(us % 1000000), prefix[level]);
	va_start(ap, fmt);
	fmt_vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, ap);
	va_end(ap);
	ring_put(&log_rings[this_cpu()->index], line);
	ring_put(&log_rings[this_cpu()->index], "\n");
	if (!sink)
		return;
	spin_lock(&lock);
	for (const char *s = line; *s; s++)
		sink(*s);
	sink('\r');
	sink('\n');
	spin_unlock(&lock);
}
