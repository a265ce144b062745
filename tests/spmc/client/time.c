/* SPDX-License-Identifier: BSD-3-Clause */
/* Time; see client.h. No state. The physical counter, DDI 0487 D12. */
#include "client.h"

uint64_t time_counter(void)
{
	uint64_t t;

	__asm__ volatile("isb\n\tmrs %0, cntpct_el0" : "=r"(t)::"memory");
	return t;
}

static uint64_t frequency(void)
{
	uint64_t hz;

	__asm__("mrs %0, cntfrq_el0" : "=r"(hz));
	return hz;
}

uint64_t time_ms(uint64_t n)
{
	return n * frequency() / 1000;
}

uint64_t time_us(uint64_t n)
{
	return n * frequency() / 1000000;
}

bool time_is_over(uint64_t deadline)
{
	return time_counter() >= deadline;
}

void time_wait(uint64_t ticks)
{
	uint64_t deadline = time_counter() + ticks;

	while (!time_is_over(deadline))
		__asm__ volatile("yield");
}
