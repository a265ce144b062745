/* SPDX-License-Identifier: BSD-3-Clause */
/* Software timers on each core's EL2 timer, and the clocks; see time.h. */
#include "core/time.h"

#include "core/percpu.h"
#include "core/trace_exits.h"

static uint64_t wall_offset; /* seconds: wall clock minus counter */

uint64_t time_now(void)
{
	return arch_counter();
}

uint64_t time_freq(void)
{
	return arch_counter_freq();
}

/* n * mul / div without overflow of the product: whole units first, then the rest. */
static uint64_t scale(uint64_t n, uint64_t mul, uint64_t div)
{
	return n / div * mul + n % div * mul / div;
}

uint64_t time_ticks_to_ns(uint64_t ticks)
{
	return scale(ticks, UINT64_C(1000000000), time_freq());
}

uint64_t time_ns_to_ticks(uint64_t ns)
{
	return scale(ns, time_freq(), UINT64_C(1000000000));
}

uint64_t time_wall_seconds(void)
{
	return wall_offset + time_now() / time_freq();
}

void time_set_wall(uint64_t seconds_now)
{
	wall_offset = seconds_now - time_now() / time_freq();
}

void time_init_cpu(void)
{
	struct percpu *cpu = this_cpu();

	spin_init(&cpu->timer_lock, LOCK_TIMER);
	list_init(&cpu->timers);
	cpu->timer_armed = UINT64_MAX;
}

void timer_init(struct timer *t, void (*fn)(struct timer *t))
{
	list_init(&t->link);
	t->deadline = 0;
	t->fn = fn;
	t->cpu = 0;
	t->armed = false;
}

/* Set the EL2 timer to the first deadline of this core. Lock held. */
static void arm_first(struct percpu *cpu)
{
	uint64_t first = list_empty(&cpu->timers) ? UINT64_MAX : list_first(&cpu->timers, struct timer, link)->deadline;

	if (first == cpu->timer_armed)
		return;
	cpu->timer_armed = first;
	arch_timer_arm(first);
}

void time_restart_cpu(void)
{
	struct percpu *cpu = this_cpu();

	spin_lock(&cpu->timer_lock);
	cpu->timer_armed = UINT64_MAX;
	arm_first(cpu);
	spin_unlock(&cpu->timer_lock);
}

void timer_start(struct timer *t, uint64_t deadline)
{
	struct percpu *cpu = this_cpu();
	struct list *at;

	timer_stop(t);
	spin_lock(&cpu->timer_lock);
	t->deadline = deadline;
	__atomic_store_n(&t->cpu, cpu->index, __ATOMIC_RELAXED);
	for (at = cpu->timers.next; at != &cpu->timers; at = at->next)
		if (list_entry(at, struct timer, link)->deadline > deadline)
			break;
	list_add_tail(at, &t->link);
	__atomic_store_n(&t->armed, true, __ATOMIC_RELEASE);
	arm_first(cpu);
	spin_unlock(&cpu->timer_lock);
}

void timer_stop(struct timer *t)
{
	/* The queue may change between the look and the lock: look again under it. */
	while (__atomic_load_n(&t->armed, __ATOMIC_ACQUIRE)) {
		struct percpu *cpu = &percpu[__atomic_load_n(&t->cpu, __ATOMIC_RELAXED)];

		spin_lock(&cpu->timer_lock);
		if (t->armed && &percpu[t->cpu] == cpu) {
			list_del(&t->link);
			__atomic_store_n(&t->armed, false, __ATOMIC_RELEASE);
			/*
			 * Another core's EL2 timer is left as it is: it fires once, finds nothing due and
			 * is armed anew.
			 */
			if (cpu == this_cpu())
				arm_first(cpu);
		}
		spin_unlock(&cpu->timer_lock);
	}
}

/*
 * Is t's function running on another core, or has it started t again? A core takes t from its queue, and forgets that
 * it runs, under its lock: there is no moment in which it does neither.
 */
static bool is_busy(const struct timer *t)
{
	bool busy = false;

	for (unsigned int i = 0; i < nr_cpus && !busy; i++) {
		struct percpu *cpu = &percpu[i];

		spin_lock(&cpu->timer_lock);
		busy = (cpu != this_cpu() && cpu->timer_running == t) || __atomic_load_n(&t->armed, __ATOMIC_RELAXED);
		spin_unlock(&cpu->timer_lock);
	}
	return busy;
}

void timer_cancel(struct timer *t)
{
	timer_stop(t);
	while (is_busy(t)) {
		arch_relax();
		timer_stop(t);
	}
}

void time_interrupt(void)
{
	struct percpu *cpu = this_cpu();
	uint64_t now = time_now();

	spin_lock(&cpu->timer_lock);
	/* Disarm: the level of the interrupt falls before it is deactivated. */
	cpu->timer_armed = UINT64_MAX;
	arch_timer_arm(UINT64_MAX);
	while (!list_empty(&cpu->timers)) {
		struct timer *t = list_first(&cpu->timers, struct timer, link);

		if (t->deadline > now)
			break;
		list_del(&t->link);
		cpu->timer_running = t;
		__atomic_store_n(&t->armed, false, __ATOMIC_RELEASE);
		spin_unlock(&cpu->timer_lock);
		trace_timer(cpu, t);
		t->fn(t); /* and t may be gone */
		spin_lock(&cpu->timer_lock);
		cpu->timer_running = NULL;
	}
	arm_first(cpu);
	spin_unlock(&cpu->timer_lock);
}
