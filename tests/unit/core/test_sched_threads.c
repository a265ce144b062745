/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite core/sched_threads: a thread a core, also under make check-tsan: what is lost or seen twice when cores meet.
 * Twelve vCPUs of two VMs send each other interrupts, sleep, yield, turn off and on; in the end none sleeps with an
 * interrupt pending, and all stop.
 */
#include "sched_world.h"

#include <pthread.h>

/* --- cores that are threads --- */

#define ROUNDS 20000u

static pthread_barrier_t barrier;
static uint32_t done;

/* The guest of v, between two exits. */
static void guest_does(struct vcpu *v, uint64_t r)
{
	unsigned int to = (r >> 8) % VCPUS;

	__atomic_store_n(&seen[id(v)], __atomic_load_n(&sent[id(v)], __ATOMIC_SEQ_CST), __ATOMIC_RELAXED);
	switch (r % 8) {
	case 0:
	case 1:
		__atomic_add_fetch(&sent[to], 1, __ATOMIC_SEQ_CST);
		sched_wake(&vcpu[to]);
		sched_kick(&vcpu[to]);
		break;
	case 2:
	case 3:
		sched_block(v);
		break;
	case 4:
		sched_give_way(v);
		break;
	case 5:
		(void)!sched_start(&vcpu[to]);
		break;
	case 6:
		if (r >> 20 & 1 && id(v)) /* one is always on */
			sched_off(v);
		break;
	default:
		host_counter_advance(300 * US);
	}
}

static void *core_main(void *arg)
{
	struct percpu *cpu = arg;
	volatile uint64_t seed = cpu->index + 77; /* setjmp */
	struct vcpu *v;

	arch_this_cpu_set(cpu);
	guest_pstate_set(5);
	pthread_barrier_wait(&barrier);
	if (setjmp(asleep))
		return NULL;
	for (v = sched_next(NULL);; v = __atomic_load_n(&cpu->work, __ATOMIC_ACQUIRE) ? sched_next(v) : v) {
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		if (__atomic_add_fetch(&done, 1, __ATOMIC_RELAXED) < ROUNDS * CPUS) {
			guest_does(v, seed >> 20);
		} else {
			/* Now each takes what has been sent, and sleeps. */
			__atomic_store_n(&seen[id(v)], __atomic_load_n(&sent[id(v)], __ATOMIC_SEQ_CST),
					 __ATOMIC_RELAXED);
			sched_block(v);
		}
		irq_dispatch();
	}
}

static bool all_sleep(void)
{
	for (unsigned int i = 0; i < VCPUS; i++) {
		enum vcpu_state s = __atomic_load_n(&vcpu[i].state, __ATOMIC_ACQUIRE);

		if (s != VCPU_BLOCKED && s != VCPU_OFF)
			return false;
		if (s == VCPU_BLOCKED && role_vcpu_irq_pending(&vcpu[i]))
			return false;
	}
	return true;
}

static void wait_until(bool (*fn)(void), const char *what)
{
	for (unsigned int ms = 0; ms < 20000; ms++) {
		if (fn())
			return;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	fail_msg("%s", what);
}

static bool both_stopped(void)
{
	return __atomic_load_n(&nr_stopped, __ATOMIC_SEQ_CST) == 2;
}

static void test_threads(void **state UNUSED)
{
	static struct percpu me; /* a core that runs none: it only watches */
	pthread_t t[CPUS];

	machine(CPUS);
	vm(&a, list_a, 0, 7, 0xf);
	vm(&b, list_b, 7, 5, 0x6);
	for (unsigned int i = 0; i < VCPUS; i++)
		start(i);
	threaded = true;
	quit = done = wrong = 0;
	pthread_barrier_init(&barrier, NULL, CPUS);
	for (unsigned int i = 0; i < CPUS; i++)
		pthread_create(&t[i], NULL, core_main, &percpu[i]);
	me.index = CPUS;
	arch_this_cpu_set(&me);
	/* When all sleep, somebody must begin anew. */
	while (__atomic_load_n(&done, __ATOMIC_RELAXED) < ROUNDS * CPUS) {
		__atomic_add_fetch(&sent[0], 1, __ATOMIC_SEQ_CST);
		sched_wake(&vcpu[0]);
		sched_kick(&vcpu[0]);
		arch_relax();
	}
	/* No wake-up is lost: in the end all sleep, and none has something pending. */
	wait_until(all_sleep, "a vCPU sleeps and has an interrupt, or never gets to run");
	partition_stop(&a);
	partition_stop(&b);
	wait_until(both_stopped, "a vCPU does not stop");
	__atomic_store_n(&quit, 1, __ATOMIC_RELEASE);
	for (unsigned int i = 0; i < CPUS; i++)
		pthread_join(t[i], NULL);
	threaded = false;
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { SUITE(test_threads) };

	return UNIT_RUN(tests);
}
