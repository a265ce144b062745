/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/virq: an SP's virtual interrupts against a model of what each call means, the summaries after every call,
 * and posts from several threads.
 */
#include "unit.h"

#include <pthread.h>

#include "arch/host.h"
#include "core/percpu.h"
#include "role/spmc/virq.h"

static struct virq q;
static struct virq_line lines[VIRQ_LINES_MAX];

static int setup(void **state UNUSED)
{
	host_reset();
	arch_this_cpu_set(&percpu[0]);
	memset(lines, 0, sizeof(lines));
	virq_init(&q, lines, VIRQ_LINES_MAX);
	return 0;
}

static unsigned int add(uint32_t intid, bool fiq, bool enabled)
{
	int line = virq_add(&q, intid, fiq);

	assert_true(line >= 0);
	if (enabled)
		assert_int_equal(virq_enable(&q, intid, true, fiq), OK);
	return (unsigned int)line;
}

static void pins(bool irq, bool fiq, bool fresh)
{
	assert_int_equal(virq_irq(&q), irq);
	assert_int_equal(virq_fiq(&q), fiq);
	assert_int_equal(virq_is_fresh(&q), fresh);
}

static void lines_are_added_once_and_not_beyond_the_room(void **state UNUSED)
{
	virq_init(&q, lines, 2);
	assert_int_equal(virq_add(&q, 40, false), 0);
	assert_int_equal(virq_add(&q, 40, true), E_EXIST);
	assert_int_equal(virq_add(&q, 29, false), 1);
	assert_int_equal(virq_add(&q, 30, false), E_NOMEM);
	assert_int_equal(virq_find(&q, 29), 1);
	assert_int_equal(virq_find(&q, 30), E_NOENT);
	virq_init(&q, lines, 1000); /* no more than there are bits */
	for (uint32_t i = 0; i < VIRQ_LINES_MAX; i++)
		assert_int_equal(virq_add(&q, 32 + i, false), i);
	assert_int_equal(virq_add(&q, 500, false), E_NOMEM);
	for (uint32_t i = 0; i < VIRQ_LINES_MAX; i++) {
		assert_int_equal(virq_enable(&q, 32 + i, true, false), OK);
		assert_int_equal(virq_post(&q, i, 63), 1);
	}
	for (uint32_t i = 0; i < VIRQ_LINES_MAX; i++)
		assert_int_equal(virq_get(&q), 32 + i);
	pins(false, false, false);
}

static void without_lines_there_is_nothing(void **state UNUSED)
{
	uint32_t intid = 7;
	unsigned int core;

	virq_init(&q, NULL, 0);
	pins(false, false, false);
	assert_int_equal(virq_get(&q), HF_INTERRUPT_NONE);
	assert_false(virq_take_fresh(&q, &intid));
	assert_int_equal(intid, 7);
	assert_int_equal(virq_enable(&q, 4, true, false), E_NOENT);
	assert_int_equal(virq_deactivate(&q, 4, &core), E_NOENT);
	virq_kill(&q);
}

static void a_life(void **state UNUSED)
{
	const unsigned int l = add(40, false, true);
	unsigned int core = 99;
	uint32_t intid;

	assert_int_equal(virq_post(&q, l, 3), 1);
	pins(true, false, true);
	assert_true(virq_take_fresh(&q, &intid));
	assert_int_equal(intid, 40);
	pins(true, false, false); /* it is entered for it once, and sees the pin until it gets it */
	assert_int_equal(virq_get(&q), 40);
	pins(false, false, false);
	assert_int_equal(virq_get(&q), HF_INTERRUPT_NONE);
	assert_int_equal(virq_deactivate(&q, 40, &core), OK);
	assert_int_equal(core, 3);
	assert_int_equal(virq_deactivate(&q, 40, &core), E_STATE);
}

static void disabled_it_waits(void **state UNUSED)
{
	const unsigned int l = add(40, false, false);
	uint32_t intid;

	assert_false(virq_is_enabled(&q, l));
	assert_int_equal(virq_post(&q, l, 0), 0);
	pins(false, false, false);
	assert_int_equal(virq_get(&q), HF_INTERRUPT_NONE);
	assert_int_equal(virq_enable(&q, 40, true, true), OK);
	assert_true(virq_is_enabled(&q, l));
	pins(false, true, true); /* pending before: news now */
	assert_true(virq_take_fresh(&q, &intid));
	assert_int_equal(virq_enable(&q, 40, true, false), OK);
	pins(true, false, false); /* only the pin has changed */
	assert_int_equal(virq_enable(&q, 40, false, false), OK);
	pins(false, false, false);
	assert_int_equal(virq_enable(&q, 40, true, false), OK);
	assert_int_equal(virq_get(&q), 40);
}

static void disabling_takes_back_what_is_fresh(void **state UNUSED)
{
	const unsigned int l = add(40, false, true);
	uint32_t intid;

	assert_int_equal(virq_post(&q, l, 0), 1);
	assert_int_equal(virq_enable(&q, 40, false, false), OK);
	assert_false(virq_take_fresh(&q, &intid));
	pins(false, false, false);
}

static void the_lowest_comes_first(void **state UNUSED)
{
	const unsigned int high = add(60, false, true), low = add(29, true, true), mid = add(40, false, true);
	uint32_t intid;

	assert_int_equal(virq_post(&q, high, 0), 1);
	assert_int_equal(virq_post(&q, mid, 0), 1);
	assert_int_equal(virq_post(&q, low, 0), 1);
	pins(true, true, true);
	assert_true(virq_take_fresh(&q, &intid));
	assert_int_equal(intid, 29);
	assert_true(virq_take_fresh(&q, &intid));
	assert_int_equal(intid, 40);
	assert_int_equal(virq_get(&q), 29);
	pins(true, false, true);
	assert_int_equal(virq_get(&q), 40);
	assert_int_equal(virq_get(&q), 60);
	pins(false, false, false); /* 60 was seen by getting it */
}

static void a_line_of_several_cores(void **state UNUSED)
{
	const unsigned int l = add(29, false, true);
	unsigned int core = 99;
	uint32_t intid;

	assert_int_equal(virq_post(&q, l, 2), 1);
	assert_int_equal(virq_post(&q, l, 2), 0); /* the same: nothing new */
	assert_int_equal(virq_post(&q, l, 5), 1);
	assert_true(virq_take_fresh(&q, &intid));
	assert_false(virq_take_fresh(&q, &intid)); /* one entry for both */
	assert_int_equal(virq_get(&q), 29);
	pins(true, false, true); /* and for the second one, if the SP takes one each time */
	assert_int_equal(virq_get(&q), 29);
	pins(false, false, false);
	assert_int_equal(virq_deactivate(&q, 29, &core), OK);
	assert_int_equal(core, 2);
	assert_int_equal(virq_post(&q, l, 2), 1);
	assert_int_equal(virq_deactivate(&q, 29, &core), OK);
	assert_int_equal(core, 5);
	assert_int_equal(virq_deactivate(&q, 29, &core), E_STATE);
}

/* Got once, ignored once: only the ignored one is lost, and the next one is news again. */
static void one_that_nobody_gets_is_told_of_once(void **state UNUSED)
{
	const unsigned int l = add(29, false, true);
	uint32_t intid;

	assert_int_equal(virq_post(&q, l, 0), 1);
	assert_true(virq_take_fresh(&q, &intid));
	pins(true, false, false);
	assert_int_equal(virq_post(&q, l, 1), 1);
	pins(true, false, true);
}

static void virtual_ones_are_no_reason_to_enter(void **state UNUSED)
{
	const unsigned int me = add(HF_INTID_MANAGED_EXIT, true, true), dev = add(29, false, true);
	unsigned int core;
	uint32_t intid;

	assert_int_equal(virq_post(&q, me, 0), 1);
	pins(false, true, false);
	assert_false(virq_take_fresh(&q, &intid));
	virq_cancel(&q, me);
	pins(false, false, false);
	assert_int_equal(virq_post(&q, me, 0), 1);
	assert_int_equal(virq_get(&q), HF_INTID_MANAGED_EXIT);
	assert_int_equal(virq_post(&q, me, 0), 1); /* not deactivated: it comes all the same */
	assert_int_equal(virq_get(&q), HF_INTID_MANAGED_EXIT);
	assert_int_equal(virq_deactivate(&q, HF_INTID_MANAGED_EXIT, &core), OK);
	assert_int_equal(virq_post(&q, dev, 0), 1);
	virq_cancel(&q, dev); /* a physical one is active on the machine: it stays */
	pins(true, false, true);
}

static void a_dead_one(void **state UNUSED)
{
	const unsigned int a = add(29, false, true), b = add(40, true, true), n = add(41, false, true);
	unsigned int core;
	uint32_t intid;

	assert_int_equal(virq_post(&q, a, 0), 1);
	assert_int_equal(virq_post(&q, a, 3), 1);
	assert_int_equal(virq_get(&q), 29);
	assert_int_equal(virq_post(&q, b, 1), 1);
	assert_false(virq_is_dead(&q));
	virq_kill(&q);
	assert_true(virq_is_dead(&q));
	pins(false, false, false);
	assert_false(virq_is_enabled(&q, a));
	assert_int_equal(virq_post(&q, a, 1), E_STATE);
	assert_int_equal(virq_enable(&q, 41, true, false), E_STATE);
	assert_int_equal(virq_deactivate(&q, 29, &core), E_STATE);
	assert_int_equal(virq_get(&q), HF_INTERRUPT_NONE);
	assert_false(virq_take_fresh(&q, &intid));
	pins(false, false, false);
	assert_int_equal(virq_take_held(&q, a), BIT(0) | BIT(3));
	assert_int_equal(virq_take_held(&q, a), 0);
	assert_int_equal(virq_take_held(&q, b), BIT(1));
	assert_int_equal(virq_take_held(&q, n), 0);
}

/* --- random calls beside a model that has no summaries --- */

#define MODEL_LINES 5
static struct {
	bool enabled, fiq;
	uint64_t pending, active;
} model[MODEL_LINES];
static const uint32_t model_intid[MODEL_LINES] = { 40, 4, 29, 100, 5 };

static uint32_t model_get(void)
{
	unsigned int best = MODEL_LINES;

	for (unsigned int i = 0; i < MODEL_LINES; i++)
		if (model[i].enabled && model[i].pending && (best == MODEL_LINES || model_intid[i] < model_intid[best]))
			best = i;
	if (best == MODEL_LINES)
		return HF_INTERRUPT_NONE;
	for (unsigned int core = 0; core < 64; core++) {
		if (model[best].pending & BIT(core)) {
			model[best].pending &= ~BIT(core);
			model[best].active |= BIT(core);
			break;
		}
	}
	return model_intid[best];
}

static int model_deactivate(unsigned int i, unsigned int *core)
{
	for (*core = 0; *core < 64; (*core)++) {
		if (model[i].active & BIT(*core)) {
			model[i].active &= ~BIT(*core);
			return OK;
		}
	}
	return E_STATE;
}

static void model_step(unsigned int i, unsigned int what, unsigned int core)
{
	unsigned int got = 99, want = 99;

	switch (what) {
	case 0:
		assert_int_equal(virq_get(&q), model_get());
		break;
	case 1:
		model[i].enabled = core & 1;
		model[i].fiq = core & 2;
		assert_int_equal(virq_enable(&q, model_intid[i], core & 1, core & 2), OK);
		break;
	case 2: {
		const int rc = model_deactivate(i, &want);

		assert_int_equal(virq_deactivate(&q, model_intid[i], &got), rc);
		if (rc == OK)
			assert_int_equal(got, want);
		break;
	}
	default:
		assert_int_equal(virq_post(&q, i, core), model[i].enabled && !(model[i].pending & BIT(core)));
		model[i].pending |= BIT(core);
		break;
	}
}

static void as_the_model_says(void **state UNUSED)
{
	srand(1);
	for (unsigned int i = 0; i < MODEL_LINES; i++)
		add(model_intid[i], false, false);
	for (unsigned int n = 0; n < 200000; n++) {
		bool irq = false, fiq = false;

		model_step((unsigned int)rand() % MODEL_LINES, (unsigned int)rand() % 6, (unsigned int)rand() % 64);
		for (unsigned int i = 0; i < MODEL_LINES; i++) {
			irq |= model[i].enabled && model[i].pending && !model[i].fiq;
			fiq |= model[i].enabled && model[i].pending && model[i].fiq;
		}
		assert_int_equal(virq_irq(&q), irq);
		assert_int_equal(virq_fiq(&q), fiq);
		assert_true(!virq_is_fresh(&q) || irq || fiq);
	}
}

/* --- threads: each core's interrupt comes again once it was deactivated; none is lost, none is counted twice --- */

#define POSTERS 3
#define EACH	20000
static uint32_t active_on[POSTERS];
static bool done;

static void *poster(void *arg)
{
	const unsigned int core = (unsigned int)(uintptr_t)arg;

	arch_this_cpu_set(&percpu[1 + core]);
	for (unsigned int n = 0; n < EACH; n++) {
		while (__atomic_load_n(&active_on[core], __ATOMIC_ACQUIRE))
			sched_yield();
		__atomic_store_n(&active_on[core], 1, __ATOMIC_RELAXED);
		assert_int_equal(virq_post(&q, 0, core), 1);
	}
	return NULL;
}

static void *taker(void *arg)
{
	unsigned int *count = arg, core = 99;
	uint32_t intid;

	arch_this_cpu_set(&percpu[0]);
	while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE) || virq_irq(&q)) {
		if (!virq_take_fresh(&q, &intid)) {
			sched_yield();
			continue;
		}
		/* Entered for it: one is there, and it takes just that one. */
		assert_int_equal(virq_get(&q), 29);
		assert_int_equal(virq_deactivate(&q, 29, &core), OK);
		(*count)++;
		__atomic_store_n(&active_on[core], 0, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void none_is_lost(void **state UNUSED)
{
	pthread_t t[POSTERS], owner;
	unsigned int count = 0;

	add(29, false, true);
	assert_int_equal(pthread_create(&owner, NULL, taker, &count), 0);
	for (uintptr_t i = 0; i < POSTERS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, poster, (void *)i), 0);
	for (unsigned int i = 0; i < POSTERS; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	__atomic_store_n(&done, true, __ATOMIC_RELEASE);
	assert_int_equal(pthread_join(owner, NULL), 0);
	assert_int_equal(count, POSTERS * EACH);
	pins(false, false, false);
}

/* Off and on again is no new interrupt: else an SP could have itself entered without end. */
static void enabling_again_is_no_news(void **state UNUSED)
{
	uint32_t intid;

	add(29, false, true);
	assert_int_equal(virq_post(&q, 0, 0), 1);
	assert_true(virq_take_fresh(&q, &intid));
	assert_int_equal(virq_enable(&q, 29, false, false), OK);
	assert_int_equal(virq_enable(&q, 29, true, false), OK);
	pins(true, false, false);
	/* But one that comes while it is disabled is, and so is another core's. */
	assert_int_equal(virq_enable(&q, 29, false, false), OK);
	assert_int_equal(virq_post(&q, 0, 1), 0);
	assert_int_equal(virq_enable(&q, 29, true, false), OK);
	pins(true, false, true);
	/* Entered for two at once, and only one is got: the other one is news, disabled in between or not. */
	assert_true(virq_take_fresh(&q, &intid));
	assert_int_equal(virq_get(&q), 29);
	assert_int_equal(virq_enable(&q, 29, false, false), OK);
	assert_int_equal(virq_enable(&q, 29, true, false), OK);
	pins(true, false, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lines_are_added_once_and_not_beyond_the_room, setup),
		cmocka_unit_test_setup(without_lines_there_is_nothing, setup),
		cmocka_unit_test_setup(a_life, setup),
		cmocka_unit_test_setup(disabled_it_waits, setup),
		cmocka_unit_test_setup(disabling_takes_back_what_is_fresh, setup),
		cmocka_unit_test_setup(the_lowest_comes_first, setup),
		cmocka_unit_test_setup(a_line_of_several_cores, setup),
		cmocka_unit_test_setup(one_that_nobody_gets_is_told_of_once, setup),
		cmocka_unit_test_setup(enabling_again_is_no_news, setup),
		cmocka_unit_test_setup(virtual_ones_are_no_reason_to_enter, setup),
		cmocka_unit_test_setup(a_dead_one, setup),
		cmocka_unit_test_setup(as_the_model_says, setup),
		cmocka_unit_test_setup(none_is_lost, setup),
	};

	return UNIT_RUN(tests);
}
