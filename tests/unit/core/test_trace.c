/* SPDX-License-Identifier: BSD-3-Clause */
/* core/trace.h: the ring; core/trace_exits.h: whom EL2's time is charged to. */
#include "unit.h"

#include "arch/host.h"
#include "core/trace_exits.h"

static void test_who(void **state UNUSED)
{
	uint64_t who = trace_who(TRACE_EXIT, 0xfffe, 0x1234, 0x8001);

	assert_int_equal(who, UINT64_C(0x80011234fffe0001));
	assert_int_equal(trace_as(who, TRACE_START), UINT64_C(0x80011234fffe0000) | TRACE_START);
}

/* The ring keeps the newest, in their places, and nothing is written beside it. */
static void test_wraps(void **state UNUSED)
{
	static struct {
		struct trace_ring ring;
		uint64_t after;
	} r;
	const uint64_t size = trace_size(&r.ring) / sizeof(struct trace_record);

	r.after = 0x5a5a;
	for (uint64_t i = 0; i < 3 * size + 5; i++)
		trace_put(&r.ring, trace_who(TRACE_IRQ, 0, 0, 0), i, ~i);
	assert_int_equal(trace_count(&r.ring), 3 * size + 5);
	for (uint64_t i = 2 * size + 5; i < 3 * size + 5; i++) {
		assert_int_equal(trace_at(&r.ring, i)->a, i);
		assert_int_equal(trace_at(&r.ring, i)->b, ~i);
	}
	assert_ptr_equal(trace_at(&r.ring, 0), trace_base(&r.ring));
	assert_int_equal(r.after, 0x5a5a);
}

/* From a guest at 100, back at 130; again at 200: the first exit has cost 30, whenever C code looked at the clock. */
static void test_an_exit(void **state UNUSED)
{
	struct trace_meter m = { .taken = 100, .entered = 90, .charged = 80 };
	struct trace_total t = { 0 };

	trace_meter_exit(&m, &t);
	assert_int_equal(t.exits, 1);
	assert_int_equal(t.ticks, 10); /* before its first entry */
	m.entered = 130;
	m.taken = 200;
	trace_meter_exit(&m, &t);
	assert_int_equal(t.exits, 2);
	assert_int_equal(t.ticks, 40);
	assert_int_equal(m.charged, 200);
}

/* One vCPU exits, the core sleeps, another is entered: each pays for its part, and sleep is nobody's. */
static void test_a_switch_over_sleep(void **state UNUSED)
{
	struct trace_meter m = { .taken = 1000, .entered = 900, .charged = 900 };
	struct trace_total first = { 0 }, second = { 0 };

	trace_meter_exit(&m, &first);
	trace_meter_charge(&m, &first, 1030);
	trace_meter_charge(&m, NULL, 1032);
	assert_int_equal(trace_meter_awake(&m, 5000), 5000 - 1032);
	m.entered = 5070;
	m.taken = 6000;
	trace_meter_exit(&m, &second);
	assert_int_equal(first.ticks, 30);
	assert_int_equal(second.ticks, 70);
	assert_int_equal(m.nobody, 2);
	assert_int_equal(m.slept, 5000 - 1032);
	assert_int_equal(first.exits + second.exits, 2);
}

/* All of a core's time is somebody's: EL2's parts, sleep, and the guests' between entry and exit add up. */
static void test_nothing_is_lost(void **state UNUSED)
{
	struct trace_meter m = { 0 };
	struct trace_total t[3] = { 0 };
	uint64_t now = 0, guests = 0;
	unsigned int cur = 0;

	srand(1);
	trace_meter_charge(&m, NULL, now += 17);
	for (unsigned int i = 0; i < 10000; i++) {
		unsigned int next = (unsigned int)rand() % 3;

		m.entered = now += (unsigned int)rand() % 50;
		m.taken = now += (unsigned int)rand() % 1000;
		guests += m.taken - m.entered;
		trace_meter_exit(&m, &t[cur]);
		now += (unsigned int)rand() % 50;
		if (next == cur)
			continue;
		trace_meter_charge(&m, &t[cur], now);
		cur = next;
		if (rand() % 2)
			continue;
		trace_meter_charge(&m, NULL, now += 3);
		trace_meter_awake(&m, now += (unsigned int)rand() % 10000);
	}
	trace_meter_charge(&m, &t[cur], now);
	assert_int_equal(t[0].exits + t[1].exits + t[2].exits, 10000);
	assert_int_equal(guests + t[0].ticks + t[1].ticks + t[2].ticks + m.nobody + m.slept, now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who),
		cmocka_unit_test(test_wraps),
		cmocka_unit_test(test_an_exit),
		cmocka_unit_test(test_a_switch_over_sleep),
		cmocka_unit_test(test_nothing_is_lost),
	};

	return UNIT_RUN(tests);
}
