/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Chance; see client.h: the same numbers in each run, so that what differs is only when things happen. State owned:
 * each core's own.
 */
#include "client.h"

static uint64_t state[CLIENT_CPUS];

uint64_t random_next(void)
{
	uint64_t *s = &state[cpu_index()];

	if (!*s)
		*s = 0x9e3779b97f4a7c15 * (cpu_index() + 1);
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

uint64_t random_below(uint64_t limit)
{
	return random_next() % limit;
}
