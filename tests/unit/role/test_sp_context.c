/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/sp_context: every event in every state, legal or not; two cores that want the same context;
 * runtime models.
 */
#include "unit.h"

#include <pthread.h>
#include <sched.h>

#include "role/spmc/sp_context.h"

#define NO -1

/* As sp_context.h has it, written down a second time. */
static const int expected[SP_STATES][SP_EVENTS] = {
	/* ENTER, WAIT, BLOCK, UNBLOCK, YIELD, PREEMPT, RESUME, ABORT */
	[SP_RESET] = { SP_RUNNING, NO, NO, NO, NO, NO, NO, SP_ABORTED },
	[SP_IDLE] = { SP_RUNNING, NO, NO, NO, NO, NO, NO, SP_ABORTED },
	[SP_RUNNING] = { NO, SP_IDLE, SP_BLOCKED, NO, SP_YIELDED, SP_PREEMPTED, NO, SP_ABORTED },
	[SP_BLOCKED] = { NO, NO, NO, SP_RUNNING, NO, SP_CHAIN_PREEMPTED, NO, SP_ABORTED },
	[SP_YIELDED] = { NO, NO, NO, NO, NO, NO, SP_RUNNING, SP_ABORTED },
	[SP_PREEMPTED] = { NO, NO, NO, NO, NO, NO, SP_RUNNING, SP_ABORTED },
	[SP_CHAIN_PREEMPTED] = { NO, NO, NO, NO, NO, NO, SP_BLOCKED, SP_ABORTED },
	[SP_ABORTED] = { NO, NO, NO, NO, NO, NO, NO, NO },
};

static struct sp_context c;

static void be(enum sp_state s)
{
	sp_context_init(&c);
	c.word = s;
}

static void every_event_in_every_state(void **state)
{
	unsigned int legal = 0;

	(void)state;
	for (unsigned int s = 0; s < SP_STATES; s++) {
		for (unsigned int e = 0; e < SP_EVENTS; e++) {
			enum sp_state to = 99;
			const int r = sp_context_next(s, e, &to);

			assert_int_equal(r, expected[s][e] == NO ? E_STATE : OK);
			assert_int_equal(to, expected[s][e] == NO ? 99 : expected[s][e]);
			be(s);
			assert_int_equal(sp_context_move(&c, e), r);
			assert_int_equal(sp_context_state(&c), expected[s][e] == NO ? (int)s : expected[s][e]);
			legal += r == OK;
		}
	}
	assert_int_equal(legal, 18); /* and 46 are not */
}

static void states_and_events_are_all_in_the_table(void **state)
{
	(void)state;
	assert_int_equal(SP_ABORTED, SP_STATES - 1);
	assert_int_equal(SP_ABORT, SP_EVENTS - 1);
	for (unsigned int s = 0; s < SP_STATES; s++)
		assert_non_null(sp_context_state_name(s));
	assert_string_equal(sp_context_state_name(SP_BLOCKED), "blocked");
}

static void a_context_is_born_in_reset(void **state)
{
	(void)state;
	memset(&c, 0xa5, sizeof(c));
	sp_context_init(&c);
	assert_int_equal(sp_context_state(&c), SP_RESET);
}

static void it_is_entered_for_init_first_and_once(void **state)
{
	(void)state;
	for (unsigned int s = 0; s < SP_STATES; s++) {
		for (unsigned int m = 0; m < SP_MODELS; m++) {
			const bool may = s == (m == SP_MODEL_INIT ? SP_RESET : SP_IDLE);

			be(s);
			c.model = 99;
			assert_int_equal(sp_context_enter(&c, m), may ? OK : E_STATE);
			assert_int_equal(sp_context_state(&c), may ? SP_RUNNING : s);
			assert_int_equal(c.model, may ? m : 99);
		}
	}
}

static void a_life(void **state)
{
	(void)state;
	sp_context_init(&c);
	assert_int_equal(sp_context_enter(&c, SP_MODEL_INIT), OK);
	assert_int_equal(sp_context_move(&c, SP_WAIT), OK);
	assert_int_equal(sp_context_enter(&c, SP_MODEL_REQUEST), OK);
	assert_int_equal(sp_context_move(&c, SP_BLOCK), OK);   /* asks another SP */
	assert_int_equal(sp_context_move(&c, SP_PREEMPT), OK); /* which is preempted */
	assert_int_equal(sp_context_state(&c), SP_CHAIN_PREEMPTED);
	assert_int_equal(sp_context_move(&c, SP_RESUME), OK);
	assert_int_equal(sp_context_state(&c), SP_BLOCKED);
	assert_int_equal(sp_context_move(&c, SP_UNBLOCK), OK); /* and answers */
	assert_int_equal(sp_context_move(&c, SP_PREEMPT), OK);
	assert_int_equal(sp_context_move(&c, SP_RESUME), OK);
	assert_int_equal(sp_context_state(&c), SP_RUNNING);
	assert_int_equal(c.model, SP_MODEL_REQUEST);
	assert_true(sp_context_abort(&c)); /* faults */
	assert_false(sp_context_abort(&c));
	assert_int_equal(sp_context_enter(&c, SP_MODEL_REQUEST), E_STATE);
	assert_int_equal(sp_context_move(&c, SP_WAIT), E_STATE);
}

/* Who looked, and then somebody else had the context in between, must not take it though its state is the same. */
static void a_look_is_good_until_the_context_is_entered_again(void **state)
{
	uint32_t word;

	(void)state;
	be(SP_IDLE);
	assert_int_equal(sp_context_enter(&c, SP_MODEL_REQUEST), OK);
	assert_int_equal(sp_context_move(&c, SP_PREEMPT), OK);
	word = sp_context_look(&c);
	assert_int_equal(sp_context_of(word), SP_PREEMPTED);
	assert_int_equal(sp_context_move_from(&c, word, SP_WAIT), E_STATE);
	assert_int_equal(sp_context_move(&c, SP_RESUME), OK);
	assert_int_equal(sp_context_move_from(&c, word, SP_RESUME), E_STATE);
	assert_int_equal(sp_context_move(&c, SP_WAIT), OK);
	assert_int_equal(sp_context_enter(&c, SP_MODEL_REQUEST), OK);
	assert_int_equal(sp_context_move(&c, SP_PREEMPT), OK);
	assert_int_equal(sp_context_state(&c), SP_PREEMPTED);
	assert_int_equal(sp_context_move_from(&c, word, SP_RESUME), E_STATE);
	assert_int_equal(sp_context_move_from(&c, sp_context_look(&c), SP_RESUME), OK);
}

static void what_each_runtime_model_may_do(void **state)
{
	static const bool want[SP_MODELS][SP_LEAVES] = {
		/* WAIT, YIELD, ANSWER */
		[SP_MODEL_INIT] = { true, false, false },
		[SP_MODEL_REQUEST] = { false, true, true },
		[SP_MODEL_RUN] = { true, true, false },
		[SP_MODEL_INTERRUPT] = { true, false, false },
	};

	(void)state;
	for (unsigned int m = 0; m < SP_MODELS; m++) {
		for (unsigned int l = 0; l < SP_LEAVES; l++)
			assert_int_equal(sp_context_may_leave(m, l), want[m][l]);
	}
}

/* --- several cores --- */

#define CORES  4
#define ROUNDS 5000

static struct {
	struct sp_context c;
	uint64_t value; /* the owner's: plain, so that TSan sees a missing barrier */
	unsigned int aborts;
} shared;

static void *user(void *arg)
{
	unsigned int done = 0;

	while (done < ROUNDS) {
		if (sp_context_enter(&shared.c, SP_MODEL_REQUEST) != OK)
			continue;
		shared.value++;
		if (done % 3 == 0) {
			if (sp_context_move(&shared.c, SP_PREEMPT) != OK || sp_context_move(&shared.c, SP_RESUME) != OK)
				abort();
			shared.value++;
		}
		done++;
		if (sp_context_move(&shared.c, SP_WAIT) != OK)
			abort();
	}
	return arg;
}

static void of_several_cores_one_has_it(void **state)
{
	pthread_t thread[CORES];

	(void)state;
	sp_context_init(&shared.c);
	shared.c.word = SP_IDLE;
	shared.value = 0;
	for (unsigned int i = 0; i < CORES; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, user, NULL), 0);
	for (unsigned int i = 0; i < CORES; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(shared.value, CORES * (ROUNDS + (ROUNDS + 2) / 3));
	assert_int_equal(sp_context_state(&shared.c), SP_IDLE);
}

/* Round by round: all cores want an idle context at the same moment, and one gets it. */
static unsigned int gate, winners;

static void wait_for(unsigned int count)
{
	for (unsigned int spins = 0; __atomic_load_n(&gate, __ATOMIC_ACQUIRE) < count; spins++) {
		if (spins > 1000)
			sched_yield(); /* the other one may need this core */
	}
}

static void *contender(void *arg)
{
	for (unsigned int round = 1; round <= ROUNDS; round++) {
		__atomic_fetch_add(&gate, 1, __ATOMIC_ACQ_REL);
		wait_for((2 * round - 1) * 2);
		if (sp_context_enter(&shared.c, SP_MODEL_REQUEST) == OK)
			__atomic_fetch_add(&winners, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&gate, 1, __ATOMIC_ACQ_REL);
		wait_for(2 * round * 2);
		/* The one of the two that has it lets go; the state was RUNNING for both. */
		if (arg)
			(void)!sp_context_move(&shared.c, SP_WAIT);
	}
	return arg;
}

static void of_two_at_the_same_moment_one_wins(void **state)
{
	pthread_t thread[2];

	(void)state;
	sp_context_init(&shared.c);
	shared.c.word = SP_IDLE;
	gate = winners = 0;
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, contender, i ? &gate : NULL), 0);
	for (unsigned int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(winners, ROUNDS);
}

static void *aborter(void *arg)
{
	if (sp_context_abort(&shared.c))
		__atomic_fetch_add(&shared.aborts, 1, __ATOMIC_RELAXED);
	return arg;
}

static void exactly_one_core_tears_it_down(void **state)
{
	(void)state;
	for (unsigned int round = 0; round < 100; round++) {
		pthread_t thread[CORES];

		sp_context_init(&shared.c);
		shared.c.word = round % SP_ABORTED;
		shared.aborts = 0;
		for (unsigned int i = 0; i < CORES; i++)
			assert_int_equal(pthread_create(&thread[i], NULL, aborter, NULL), 0);
		for (unsigned int i = 0; i < CORES; i++)
			pthread_join(thread[i], NULL);
		assert_int_equal(shared.aborts, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_in_every_state),
		cmocka_unit_test(states_and_events_are_all_in_the_table),
		cmocka_unit_test(a_context_is_born_in_reset),
		cmocka_unit_test(it_is_entered_for_init_first_and_once),
		cmocka_unit_test(a_life),
		cmocka_unit_test(a_look_is_good_until_the_context_is_entered_again),
		cmocka_unit_test(what_each_runtime_model_may_do),
		cmocka_unit_test(of_several_cores_one_has_it),
		cmocka_unit_test(of_two_at_the_same_moment_one_wins),
		cmocka_unit_test(exactly_one_core_tears_it_down),
	};

	return UNIT_RUN(tests);
}
