/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Time: the counter, software timers on this core's EL2 timer, and the wall clock.
 *
 * A timer runs its function at EL2 on the core that started it, with interrupts masked, soon after its deadline.
 * Locks: each core's queue has its own (rank LOCK_TIMER); the function runs with no lock held and may start its
 * own timer again.
 */
#ifndef CORE_TIME_H
#define CORE_TIME_H

#include "lib/list.h"
#include "lib/types.h"

struct timer {
	struct list link;
	uint64_t deadline; /* counter value */
	void (*fn)(struct timer *t);
	unsigned int cpu; /* whose queue it is in */
	bool armed;
};

/* Give t its function. Before any other call on it. */
void timer_init(struct timer *t, void (*fn)(struct timer *t));

/*
 * (Re)start t on this core for an absolute counter value; one in the past fires at once. Any core's earlier start
 * is undone first.
 */
void timer_start(struct timer *t, uint64_t deadline);

/* Stop t, from any core. Its function may still be running on another core when this returns. */
void timer_stop(struct timer *t);

/*
 * Stop t, and wait until its function runs on no other core: afterwards what t stands in may be freed. From now on
 * nobody but the function itself starts t. The caller holds no lock that the function takes, and none of rank
 * LOCK_TIMER or above. May be called by the function itself.
 */
void timer_cancel(struct timer *t);

/* The counter now, and its frequency in Hz. */
uint64_t time_now(void);
uint64_t time_freq(void);

/* Ticks to nanoseconds and back, without overflow for 500 years. */
uint64_t time_ticks_to_ns(uint64_t ticks);
uint64_t time_ns_to_ticks(uint64_t ns);

/* Seconds since 1970 UTC, from the machine's RTC at boot plus the counter; the counter alone when it has none. */
uint64_t time_wall_seconds(void);
void time_set_wall(uint64_t seconds_now);

/* This core's EL2 timer has fired: run what is due, arm for the next. */
void time_interrupt(void);

/* Once, and once a core. */
void time_init_cpu(void);

/* On a core that has come up, perhaps not for the first time: its EL2 timer is as the hardware's reset left it. */
void time_restart_cpu(void);

#endif
