/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite core/time (timer): software timers against a naive model, on three cores that take turns in one thread;
 * cancelling one that runs on another core, with threads; the clocks. ARM DDI 0487 D12.2: a compare value that has
 * passed fires at once.
 */
#include "unit.h"

#include <pthread.h>

#include "arch/host.h"
#include "core/percpu.h"
#include "core/time.h"

#define CPUS   3u
#define TIMERS 12u

struct probe {
	struct timer t;
	unsigned int id;
};

static struct probe probe[TIMERS];
static struct {
	unsigned int id, cpu;
} fired[4096];
static unsigned int nr_fired;

static void on(unsigned int cpu)
{
	arch_this_cpu_set(&percpu[cpu]);
}

static void note(struct timer *t)
{
	fired[nr_fired].id = container_of(t, struct probe, t)->id;
	fired[nr_fired++].cpu = this_cpu()->index;
}

static int setup(void **state UNUSED)
{
	host_reset();
	nr_cpus = CPUS;
	memset(percpu, 0, sizeof(percpu));
	for (unsigned int i = CPUS; i-- > 0;) {
		percpu[i].index = i;
		on(i);
		time_init_cpu();
	}
	for (unsigned int i = 0; i < TIMERS; i++) {
		probe[i].id = i;
		timer_init(&probe[i].t, note);
	}
	nr_fired = 0;
	return 0;
}

static int teardown(void **state UNUSED)
{
	arch_this_cpu_set(NULL);
	nr_cpus = 1;
	return 0;
}

static void expect_fired(unsigned int n, const unsigned int *ids)
{
	assert_int_equal(nr_fired, n);
	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(fired[i].id, ids[i]);
	nr_fired = 0;
}

static void test_order(void **state UNUSED)
{
	static const uint64_t deadline[] = { 500, 100, 300, 100, 900, 300 };
	static const unsigned int order[] = { 1, 3, 2, 5, 0, 4 };

	for (unsigned int i = 0; i < ARRAY_SIZE(deadline); i++)
		timer_start(&probe[i].t, deadline[i]);
	assert_int_equal(host_timer_deadline(), 100);
	host_counter_set(99);
	time_interrupt();
	assert_int_equal(nr_fired, 0);
	assert_int_equal(host_timer_deadline(), 100);
	host_counter_set(100);
	time_interrupt();
	assert_int_equal(host_timer_deadline(), 300);
	expect_fired(2, order);
	assert_false(probe[1].t.armed);
	assert_true(probe[2].t.armed);
	host_counter_set(1000);
	time_interrupt();
	expect_fired(4, order + 2);
	assert_int_equal(host_timer_deadline(), UINT64_MAX);
}

/* The level of the interrupt must fall before a function runs, or a stale deadline would interrupt again. */
static void test_disarmed_first(void **state UNUSED)
{
	timer_start(&probe[0].t, 10);
	timer_start(&probe[1].t, 2000);
	host_counter_set(10);
	host_log_start();
	time_interrupt();
	host_log_stop();
	assert_int_equal(host_log_count(), 2);
	assert_true(host_log_at(0)->a == UINT64_MAX);
	assert_int_equal(host_log_at(1)->a, 2000);
}

/* A core that comes up again: its queue says what its timer was set to, but the hardware has forgotten. */
static void test_core_that_comes_back(void **state UNUSED)
{
	timer_start(&probe[0].t, 700);
	arch_timer_arm(UINT64_MAX); /* as a reset leaves it */
	timer_start(&probe[1].t, 900);
	assert_true(host_timer_deadline() == UINT64_MAX); /* 700 is armed, as far as the queue knows */
	time_restart_cpu();
	assert_int_equal(host_timer_deadline(), 700);
	timer_stop(&probe[0].t);
	timer_stop(&probe[1].t);
	time_restart_cpu();
	assert_true(host_timer_deadline() == UINT64_MAX);
}

static void test_past(void **state UNUSED)
{
	static const unsigned int order[] = { 1, 0 };

	host_counter_set(1000);
	timer_start(&probe[0].t, 1000);
	timer_start(&probe[1].t, 7);
	assert_int_equal(host_timer_deadline(), 7); /* has passed: the hardware fires now */
	time_interrupt();
	expect_fired(2, order);
}

static void test_stop(void **state UNUSED)
{
	static const unsigned int two[] = { 2 };

	timer_stop(&probe[0].t); /* never started */
	for (unsigned int i = 0; i < 3; i++)
		timer_start(&probe[i].t, 100 * (i + 1));
	timer_stop(&probe[0].t);
	timer_stop(&probe[0].t);
	assert_int_equal(host_timer_deadline(), 200);
	/* From another core: that one's hardware cannot be reached, so it fires once for nothing. */
	on(1);
	timer_stop(&probe[1].t);
	on(0);
	assert_int_equal(host_timer_deadline(), 200);
	assert_int_equal(percpu[0].timer_armed, 200);
	host_counter_set(200);
	time_interrupt();
	expect_fired(0, two);
	assert_int_equal(host_timer_deadline(), 300);
	host_counter_set(300);
	time_interrupt();
	expect_fired(1, two);
}

static void test_moves(void **state UNUSED)
{
	static const unsigned int zero[] = { 0, 0 };

	timer_start(&probe[0].t, 100);
	timer_start(&probe[0].t, 50); /* earlier */
	assert_int_equal(host_timer_deadline(), 50);
	timer_start(&probe[0].t, 150); /* later */
	assert_int_equal(host_timer_deadline(), 150);
	on(2);
	timer_start(&probe[0].t, 120); /* to another core */
	host_counter_set(1000);
	on(0);
	time_interrupt();
	assert_int_equal(nr_fired, 0);
	on(2);
	time_interrupt();
	assert_int_equal(fired[0].cpu, 2);
	expect_fired(1, zero);
	assert_true(list_empty(&percpu[0].timers));
	assert_true(list_empty(&percpu[2].timers));
}

static void again(struct timer *t)
{
	note(t);
	if (nr_fired < 3)
		timer_start(t, t->deadline + 10);
}

static void stop_next(struct timer *t)
{
	note(t);
	timer_stop(&probe[1].t);
	timer_start(&probe[2].t, t->deadline);
}

static void test_from_its_function(void **state UNUSED)
{
	static const unsigned int zeros[] = { 0, 0, 0 }, swapped[] = { 0, 2 };

	timer_init(&probe[0].t, again);
	timer_start(&probe[0].t, 100);
	host_counter_set(100);
	time_interrupt();
	assert_int_equal(nr_fired, 1);
	assert_int_equal(host_timer_deadline(), 110);
	host_counter_set(125); /* the third start is due as well by then */
	time_interrupt();
	expect_fired(3, zeros);
	assert_int_equal(host_timer_deadline(), UINT64_MAX);

	/* One that changes the others that are due at the same time. */
	timer_init(&probe[0].t, stop_next);
	for (unsigned int i = 0; i < 2; i++)
		timer_start(&probe[i].t, 200);
	host_counter_set(200);
	time_interrupt();
	expect_fired(2, swapped);
}

/* Model: who is armed, for when, where; ids in the order of (deadline, start). */
static struct {
	bool armed;
	unsigned int cpu;
	uint64_t deadline, serial;
} model[TIMERS];

static int model_next(unsigned int cpu, uint64_t now)
{
	int best = -1;

	for (unsigned int i = 0; i < TIMERS; i++) {
		if (!model[i].armed || model[i].cpu != cpu || model[i].deadline > now)
			continue;
		if (best < 0 || model[i].deadline < model[best].deadline ||
		    (model[i].deadline == model[best].deadline && model[i].serial < model[best].serial))
			best = (int)i;
	}
	return best;
}

static void model_interrupt(unsigned int cpu, uint64_t now)
{
	unsigned int n = 0;
	int id;

	nr_fired = 0;
	time_interrupt();
	while ((id = model_next(cpu, now)) >= 0) {
		assert_true(n < nr_fired);
		assert_int_equal(fired[n].id, id);
		assert_int_equal(fired[n++].cpu, cpu);
		model[id].armed = false;
	}
	assert_int_equal(nr_fired, n);
}

static void test_model(void **state UNUSED)
{
	uint64_t seed = 7, now = 0;

	memset(model, 0, sizeof(model));
	for (unsigned int step = 0; step < 200000; step++) {
		unsigned int r, cpu, i;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		r = (unsigned int)(seed >> 33);
		cpu = r % CPUS;
		i = r / 4 % TIMERS;
		on(cpu);
		if (r >> 10 & 1) {
			uint64_t deadline = now + (r >> 12 & 63) - 8;

			deadline = (int64_t)deadline < 0 ? 0 : deadline;
			timer_start(&probe[i].t, deadline);
			model[i].armed = true;
			model[i].cpu = cpu;
			model[i].deadline = deadline;
			model[i].serial = step;
		} else if (r >> 11 & 1) {
			(r >> 20 & 1 ? timer_stop : timer_cancel)(&probe[i].t);
			model[i].armed = false;
		} else {
			now += r >> 12 & 15;
			host_counter_set(now);
			model_interrupt(cpu, now);
		}
		for (i = 0; i < TIMERS; i++)
			assert_int_equal(probe[i].t.armed, model[i].armed);
		/* The hardware may fire for nothing, but never too late. */
		for (i = 0; i < CPUS; i++)
			assert_true(list_empty(&percpu[i].timers) ||
				    percpu[i].timer_armed <=
					    list_first(&percpu[i].timers, struct timer, link)->deadline);
	}
}

/* --- timer_cancel, with the function on another core --- */

static struct {
	struct probe *p;
	uint32_t entered, may_end, ended, stop;
	bool restart;
} run;

static void wait_for(const uint32_t *flag)
{
	while (!__atomic_load_n(flag, __ATOMIC_ACQUIRE))
		arch_relax();
}

static void slow(struct timer *t)
{
	__atomic_store_n(&run.entered, 1, __ATOMIC_RELEASE);
	wait_for(&run.may_end);
	if (run.restart)
		timer_start(t, 0);
	__atomic_store_n(&run.ended, 1, __ATOMIC_RELEASE);
}

static void *core_1(void *arg UNUSED)
{
	on(1);
	time_interrupt();
	return NULL;
}

static void *canceller(void *arg)
{
	on(2);
	timer_cancel(arg);
	__atomic_store_n(&run.stop, __atomic_load_n(&run.ended, __ATOMIC_ACQUIRE) ? 1 : 2, __ATOMIC_RELEASE);
	return NULL;
}

static void cancel_waits(bool restart)
{
	pthread_t one, two;

	memset(&run, 0, sizeof(run));
	run.restart = restart;
	timer_init(&probe[0].t, slow);
	on(1);
	timer_start(&probe[0].t, 0);
	pthread_create(&one, NULL, core_1, NULL);
	wait_for(&run.entered);
	pthread_create(&two, NULL, canceller, &probe[0].t);
	for (unsigned int i = 0; i < 1000; i++) {
		arch_relax();
		assert_int_equal(__atomic_load_n(&run.stop, __ATOMIC_ACQUIRE), 0);
	}
	/* A function that starts itself for ever would do so until the canceller wins; here once is enough. */
	__atomic_store_n(&run.may_end, 1, __ATOMIC_RELEASE);
	pthread_join(two, NULL);
	pthread_join(one, NULL);
	assert_int_equal(run.stop, 1);
	assert_false(probe[0].t.armed);
	assert_true(list_empty(&percpu[1].timers));
	assert_null(percpu[1].timer_running);
}

static void test_cancel_waits(void **state UNUSED)
{
	cancel_waits(false);
	cancel_waits(true);
}

static void cancel_self(struct timer *t)
{
	note(t);
	timer_start(t, 0);
	timer_cancel(t);
}

static void test_cancel_from_its_function(void **state UNUSED)
{
	static const unsigned int zero[] = { 0 };

	timer_init(&probe[0].t, cancel_self);
	timer_start(&probe[0].t, 0);
	time_interrupt();
	expect_fired(1, zero);
	assert_false(probe[0].t.armed);
}

/* What the timer stands in is freed as soon as timer_cancel() returns: ASan and TSan watch. */
static void restless(struct timer *t)
{
	struct probe *p = container_of(t, struct probe, t);

	p->id++;
	timer_start(t, time_now() + 1);
	p->id++;
}

static void *core_loop(void *arg)
{
	on((unsigned int)(uintptr_t)arg);
	while (!__atomic_load_n(&run.stop, __ATOMIC_ACQUIRE)) {
		struct probe *p = __atomic_exchange_n(&run.p, NULL, __ATOMIC_ACQ_REL);

		if (p) {
			timer_start(&p->t, 0);
			__atomic_store_n(&run.entered, 1, __ATOMIC_RELEASE);
		}
		host_counter_advance(1);
		time_interrupt();
	}
	return NULL;
}

static void test_cancel_then_free(void **state UNUSED)
{
	pthread_t core[2];

	memset(&run, 0, sizeof(run));
	for (uintptr_t i = 0; i < 2; i++)
		pthread_create(&core[i], NULL, core_loop, (void *)(i + 1));
	for (unsigned int i = 0; i < 150; i++) {
		struct probe *p = calloc(1, sizeof(*p));

		timer_init(&p->t, restless);
		__atomic_store_n(&run.entered, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&run.p, p, __ATOMIC_RELEASE);
		wait_for(&run.entered);
		timer_cancel(&p->t);
		free(p);
	}
	__atomic_store_n(&run.stop, 1, __ATOMIC_RELEASE);
	for (unsigned int i = 0; i < 2; i++)
		pthread_join(core[i], NULL);
}

/* --- clocks --- */

static uint64_t exact(uint64_t n, uint64_t mul, uint64_t div)
{
	return (uint64_t)((unsigned __int128)n * mul / div);
}

static void test_scale(void **state UNUSED)
{
	static const uint64_t hz[] = { 1000000, 19200000, 24000000, 54000000, 62500000, 100000000, 1000000000 };
	const uint64_t years_500 = UINT64_C(500) * 31556952 * 1000000000u;
	uint64_t seed = 1;

	for (unsigned int f = 0; f < ARRAY_SIZE(hz); f++) {
		const uint64_t edge[] = { 0, 1, hz[f] - 1, hz[f], hz[f] + 1, exact(years_500, hz[f], 1000000000) };

		host_counter_freq_set(hz[f]);
		assert_int_equal(time_freq(), hz[f]);
		for (unsigned int i = 0; i < ARRAY_SIZE(edge); i++)
			assert_true(time_ticks_to_ns(edge[i]) == exact(edge[i], 1000000000, hz[f]));
		assert_true(time_ns_to_ticks(years_500) == exact(years_500, hz[f], 1000000000));
		for (unsigned int i = 0; i < 10000; i++) {
			uint64_t ns;

			seed = seed * 6364136223846793005u + 1442695040888963407u;
			ns = (seed >> (seed & 31)) % years_500;
			assert_true(time_ns_to_ticks(ns) == exact(ns, hz[f], 1000000000));
		}
	}
}

static void test_wall(void **state UNUSED)
{
	host_counter_freq_set(1000);
	host_counter_set(5500);
	time_set_wall(0);
	assert_int_equal(time_wall_seconds(), 0);
	time_set_wall(1700000000);
	assert_int_equal(time_wall_seconds(), 1700000000);
	host_counter_advance(499);
	assert_int_equal(time_wall_seconds(), 1700000000);
	host_counter_advance(1);
	assert_int_equal(time_wall_seconds(), 1700000001);
	host_counter_advance(UINT64_C(3600000));
	assert_int_equal(time_wall_seconds(), 1700003601);
	assert_int_equal(time_now(), 3606000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_disarmed_first, setup, teardown),
		cmocka_unit_test_setup_teardown(test_core_that_comes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_past, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stop, setup, teardown),
		cmocka_unit_test_setup_teardown(test_moves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_from_its_function, setup, teardown),
		cmocka_unit_test_setup_teardown(test_model, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cancel_waits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cancel_from_its_function, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cancel_then_free, setup, teardown),
		cmocka_unit_test_setup_teardown(test_scale, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wall, setup, teardown),
	};

	return UNIT_RUN(tests);
}
