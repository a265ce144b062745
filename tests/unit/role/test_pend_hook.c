/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite role/pend_hook: when interrupts become pending for tests. */
#include "unit.h"

#include "sint_world.h"

static unsigned int run_hook(uint32_t intid, unsigned int most)
{
	unsigned int n = 0;

	for (; n < most && host_timer_deadline() != UINT64_MAX; n++) {
		host_irq_clear_pending(this_cpu()->index, intid);
		host_counter_set(host_timer_deadline());
		time_interrupt();
	}
	return n;
}

static void hook(void **state UNUSED)
{
	const uint32_t ppi = next_ppi++;
	struct sp *sp = make_with(1, ppi);
	const struct virq *q = &sp->ctx[0].virq;
	uint64_t x[5] = { HF_TEST_PEND, ppi, 0, 1, 0 };

	host_counter_freq_set(1000000000);
	on_core(0);
	assert_int_equal(test_hook_pend(q, x), OK); /* at once, once */
	assert_true(host_irq_is_pending(ppi));
	assert_int_equal(host_timer_deadline(), UINT64_MAX);
	host_irq_clear_pending(0, ppi);
	x[2] = 200000;
	x[3] = 5;
	assert_int_equal(test_hook_pend(q, x), OK);
	assert_false(host_irq_is_pending(ppi));
	assert_int_equal(host_timer_deadline(), time_now() + 200000);
	assert_int_equal(test_hook_pend(q, x), E_BUSY);
	on_core(1); /* each core has its own */
	assert_int_equal(test_hook_pend(q, x), OK);
	assert_int_equal(run_hook(ppi, 100), 5);
	on_core(0);
	/* The timer that this thread sees is the last one that was armed: start anew here. */
	x[3] = 0;
	on_core(2);
	assert_int_equal(test_hook_pend(q, x), E_INVAL);
	x[3] = 2;
	assert_int_equal(test_hook_pend(q, x), OK);
	host_irq_set_pending(ppi); /* an interval in which it is still pending does not count */
	for (unsigned int i = 0; i < 10; i++) {
		host_counter_set(host_timer_deadline());
		time_interrupt();
	}
	assert_int_equal(run_hook(ppi, 100), 2);
}

static void random_hook_and_abort(void **state UNUSED)
{
	const uint32_t ppi = next_ppi++;
	struct sp *sp = make_with(1, ppi);
	const uint64_t x[5] = { HF_TEST_PEND, ppi, 1000000, 1000, 12345 };
	uint64_t least = UINT64_MAX, most = 0;

	host_counter_freq_set(1000000000);
	on_core(3);
	assert_int_equal(test_hook_pend(&sp->ctx[0].virq, x), OK);
	for (unsigned int i = 0; i < 900; i++) {
		const uint64_t t = host_timer_deadline() - time_now();

		least = MIN(least, t);
		most = MAX(most, t);
		run_hook(ppi, 1);
	}
	assert_true(least >= 500000 && least < 520000);
	assert_true(most <= 1500000 && most > 1480000);
	sint_abort(sp);
	assert_int_equal(run_hook(ppi, 100), 1);
	assert_false(host_irq_is_pending(ppi));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(hook, setup),
		cmocka_unit_test_setup(random_hook_and_abort, setup),
	};

	return UNIT_RUN(tests);
}
