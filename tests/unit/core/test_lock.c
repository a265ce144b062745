/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite core/lock: mutual exclusion and ticket order among threads, ranks (docs/locking.md) with CONFIG_DEBUG, which
 * the unit tests have.
 */
#include "unit.h"

#include <pthread.h>

#include "arch/host.h"
#include "core/lock.h"
#include "core/percpu.h"

#define THREADS 4u
#define ROUNDS	20000u

static struct percpu cpu[THREADS + 1];
static struct spinlock lock;
static unsigned int counter, order[THREADS], arrived;

static int setup(void **state UNUSED)
{
	host_reset();
	memset(cpu, 0, sizeof(cpu));
	arch_this_cpu_set(&cpu[THREADS]);
	spin_init(&lock, LOCK_DEVICE);
	counter = arrived = 0;
	return 0;
}

static void *adder(void *arg)
{
	arch_this_cpu_set(arg);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		spin_lock(&lock);
		counter++; /* plain: TSan, and the sum, would tell */
		spin_unlock(&lock);
	}
	return NULL;
}

static void test_exclusion(void **state UNUSED)
{
	pthread_t t[THREADS];

	for (unsigned int i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, adder, &cpu[i]);
	for (unsigned int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	assert_int_equal(counter, THREADS * ROUNDS);
	assert_false(spin_is_locked(&lock));
}

static void *queuer(void *arg)
{
	arch_this_cpu_set(arg);
	spin_lock(&lock);
	order[arrived++] = (unsigned int)(this_cpu() - cpu);
	spin_unlock(&lock);
	return NULL;
}

/* Who came first is served first. Tickets wrap around. */
static void test_ticket_order(void **state UNUSED)
{
	for (unsigned int round = 0; round < 8; round++) {
		pthread_t t[THREADS];
		uint32_t first = UINT32_MAX - 2 + round;

		lock.next = lock.owner = first;
		arrived = 0;
		spin_lock(&lock);
		for (unsigned int i = 0; i < THREADS; i++) {
			pthread_create(&t[i], NULL, queuer, &cpu[(i + round) % THREADS]);
			while (__atomic_load_n(&lock.next, __ATOMIC_RELAXED) != first + 2 + i)
				arch_relax();
		}
		assert_int_equal(arrived, 0);
		spin_unlock(&lock);
		for (unsigned int i = 0; i < THREADS; i++)
			pthread_join(t[i], NULL);
		for (unsigned int i = 0; i < THREADS; i++)
			assert_int_equal(order[i], (i + round) % THREADS);
	}
}

static void test_is_locked(void **state UNUSED)
{
	assert_false(spin_is_locked(&lock));
	spin_lock(&lock);
	assert_true(spin_is_locked(&lock));
	spin_unlock(&lock);
	assert_false(spin_is_locked(&lock));
}

static const enum lock_rank ranks[] = { LOCK_ROLE,     LOCK_PARTITION, LOCK_DEVICE, LOCK_S2,	 LOCK_VGIC,
					LOCK_VGIC_CPU, LOCK_RUNQUEUE,  LOCK_TIMER,  LOCK_S1,	 LOCK_HEAP,
					LOCK_FRAME,    LOCK_RANDOM,    LOCK_LOG,    LOCK_CONSOLE };

/* All pairs: only upwards. */
static void test_ranks(void **state UNUSED)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(ranks); i++) {
		for (unsigned int j = 0; j < ARRAY_SIZE(ranks); j++) {
			struct spinlock a, b;

			spin_init(&a, ranks[i]);
			spin_init(&b, ranks[j]);
			spin_lock(&a);
			assert_int_equal(HOST_PANICS(spin_lock(&b)), ranks[j] <= ranks[i]);
			assert_true(spin_is_locked(&a));
			/* Caught before it would wait. */
			assert_int_equal(spin_is_locked(&b), ranks[j] > ranks[i]);
			this_cpu()->lock_ranks = 0;
		}
	}
}

static void test_rank_after_unlock(void **state UNUSED)
{
	struct spinlock low, mid, high;

	spin_init(&low, LOCK_PARTITION);
	spin_init(&mid, LOCK_S2);
	spin_init(&high, LOCK_LOG);
	/* Released in any order; what counts is what is still held. */
	spin_lock(&low);
	spin_lock(&high);
	spin_unlock(&low);
	assert_true(HOST_PANICS(spin_lock(&mid)));
	spin_unlock(&high);
	spin_lock(&mid);
	spin_unlock(&mid);
	assert_int_equal(this_cpu()->lock_ranks, 0);
	/* Another core's locks are its own affair. */
	spin_lock(&high);
	arch_this_cpu_set(&cpu[0]);
	spin_lock(&low);
	spin_unlock(&low);
	arch_this_cpu_set(&cpu[THREADS]);
	spin_unlock(&high);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_exclusion, setup),	       cmocka_unit_test_setup(test_ticket_order, setup),
		cmocka_unit_test_setup(test_is_locked, setup),	       cmocka_unit_test_setup(test_ranks, setup),
		cmocka_unit_test_setup(test_rank_after_unlock, setup),
	};

	return UNIT_RUN(tests);
}
