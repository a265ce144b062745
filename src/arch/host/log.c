/* SPDX-License-Identifier: BSD-3-Clause */
/* The log of events. State owned: the log; written by any thread, each event in a slot of its own. */
#include <stdio.h>
#include <stdlib.h>

#include "arch/host.h"

static struct host_event events[HOST_LOG_MAX];
static unsigned int count;
static bool on;

void host_log_start(void)
{
	__atomic_store_n(&count, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&on, true, __ATOMIC_RELAXED);
}

void host_log_stop(void)
{
	__atomic_store_n(&on, false, __ATOMIC_RELAXED);
}

void host_log_add(enum host_event_kind kind, uint64_t a, uint64_t b, uint64_t vttbr)
{
	unsigned int i;

	if (!__atomic_load_n(&on, __ATOMIC_RELAXED))
		return;
	i = __atomic_fetch_add(&count, 1, __ATOMIC_RELAXED);
	if (i >= HOST_LOG_MAX) {
		fprintf(stderr, "host: more than %d events in the log\n", HOST_LOG_MAX);
		abort();
	}
	events[i] = (struct host_event){ .kind = kind, .a = a, .b = b, .vttbr = vttbr };
}

unsigned int host_log_count(void)
{
	return __atomic_load_n(&count, __ATOMIC_RELAXED);
}

const struct host_event *host_log_at(unsigned int i)
{
	if (i >= host_log_count()) {
		fprintf(stderr, "host: event %u of %u\n", i, host_log_count());
		abort();
	}
	return &events[i];
}

unsigned int host_log_find(enum host_event_kind kind, unsigned int from)
{
	while (from < host_log_count() && events[from].kind != kind)
		from++;
	return from;
}
