/* SPDX-License-Identifier: BSD-3-Clause */
/* dev/vpl031 against ARM DDI 0224: time, load, alarm, interrupt, every offset and width. */
#include "fake.h"

#include "dev/vpl031.h"

#define BASE  0x09010000u
#define INTID 34u
#define START (1767225600u + 5) /* the fake's wall clock, 5 s after it was set */

enum { DR = 0, MR = 4, LR = 8, CR = 0xc, IMSC = 0x10, RIS = 0x14, MIS = 0x18, ICR = 0x1c };

static struct vpl031 *rtc;

static int setup(void **state)
{
	fake_setup(state);
	assert_int_equal(vpl031_create(&fake.part, IPA(BASE), INTID, &rtc), OK);
	return 0;
}

static int teardown(void **state)
{
	vpl031_destroy(rtc);
	return fake_teardown(state);
}

static uint32_t rd(unsigned int off)
{
	return (uint32_t)fake_read(BASE + off, 4);
}

static void wr(unsigned int off, uint32_t value)
{
	fake_write(BASE + off, 4, value);
}

static void pass(uint64_t seconds)
{
	fake_pass(seconds * FAKE_FREQ);
}

static void test_registers(void **state UNUSED)
{
	static const uint8_t id[8] = { 0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	assert_int_equal(rd(DR), START);
	assert_int_equal(rd(MR), 0);
	assert_int_equal(rd(LR), 0);
	assert_int_equal(rd(CR), 1);
	assert_int_equal(rd(IMSC), 0);
	assert_int_equal(rd(RIS), 0);
	assert_int_equal(rd(MIS), 0);
	assert_int_equal(rd(ICR), 0);
	assert_int_equal(rd(0x20), 0);
	assert_int_equal(rd(0xfdc), 0);
	for (unsigned int i = 0; i < 8; i++)
		assert_int_equal(rd(0xfe0 + 4 * i), id[i]);
	wr(CR, 0); /* cannot be stopped */
	assert_int_equal(rd(CR), 1);
	wr(DR, 7);
	wr(RIS, 1);
	wr(MIS, 1);
	assert_int_equal(rd(DR), START);
	assert_int_equal(rd(RIS), 0);
	wr(IMSC, UINT32_MAX);
	assert_int_equal(rd(IMSC), 1);
}

static void test_time_runs(void **state UNUSED)
{
	pass(100);
	assert_int_equal(rd(DR), START + 100);
	fake_pass(FAKE_FREQ - 1);
	assert_int_equal(rd(DR), START + 100);
	fake_pass(1);
	assert_int_equal(rd(DR), START + 101);
}

static void test_load(void **state UNUSED)
{
	wr(LR, 1000);
	assert_int_equal(rd(LR), 1000);
	assert_int_equal(rd(DR), 1000);
	pass(5);
	assert_int_equal(rd(DR), 1005);
	assert_int_equal(rd(LR), 1000);
	wr(LR, UINT32_MAX);
	pass(1);
	assert_int_equal(rd(DR), 0); /* wraps */
	/* The machine's clock, and other guests', are not moved. */
	assert_int_equal(time_wall_seconds(), START + 6);
	/* A reboot does not stop a clock with a battery. */
	wr(LR, 5000);
	vpl031_reset(rtc);
	pass(3);
	assert_int_equal(rd(DR), 5003);
}

static void test_alarm(void **state UNUSED)
{
	wr(IMSC, 1);
	wr(MR, START + 10);
	assert_int_equal(rd(MR), START + 10);
	pass(9);
	assert_int_equal(rd(RIS), 0);
	assert_false(fake.level[INTID]);
	pass(1);
	assert_int_equal(rd(RIS), 1);
	assert_int_equal(rd(MIS), 1);
	assert_true(fake.level[INTID]);
	pass(100);
	assert_true(fake.level[INTID]);
	assert_int_equal(fake_timers(), 0);
	wr(ICR, 0);
	assert_true(fake.level[INTID]);
	wr(ICR, 1);
	assert_int_equal(rd(RIS), 0);
	assert_false(fake.level[INTID]);
	assert_int_equal(fake.irq_calls, 2);
}

static void test_alarm_in_mid_second(void **state UNUSED)
{
	wr(IMSC, 1);
	fake_pass(FAKE_FREQ * 7 / 10);
	wr(MR, START + 3);
	fake_pass(FAKE_FREQ * 2); /* 2.7 s */
	assert_false(fake.level[INTID]);
	fake_pass(FAKE_FREQ * 3 / 10 + FAKE_FREQ / 8); /* not later than an eighth of a second */
	assert_true(fake.level[INTID]);
}

static void test_alarm_masked(void **state UNUSED)
{
	wr(MR, START + 2);
	pass(3);
	assert_int_equal(rd(RIS), 1);
	assert_int_equal(rd(MIS), 0);
	assert_false(fake.level[INTID]);
	wr(IMSC, 1);
	assert_true(fake.level[INTID]);
	wr(IMSC, 0);
	assert_false(fake.level[INTID]);
}

static void test_alarm_now_and_past(void **state UNUSED)
{
	wr(IMSC, 1);
	wr(MR, START);
	assert_true(fake.level[INTID]);
	wr(ICR, 1);
	/* Past: after the counter has gone round, and not before. */
	wr(MR, START - 1);
	pass(1000000);
	assert_false(fake.level[INTID]);
	pass(UINT32_MAX - 1000000 - 1);
	assert_false(fake.level[INTID]);
	pass(1);
	assert_true(fake.level[INTID]);
}

static void test_alarm_moves(void **state UNUSED)
{
	wr(IMSC, 1);
	wr(MR, START + 100);
	wr(MR, START + 200); /* later */
	pass(150);
	assert_int_equal(rd(RIS), 0);
	wr(MR, START + 151); /* earlier */
	pass(1);
	assert_int_equal(rd(RIS), 1);
	wr(ICR, 1);
	/* Setting the clock moves the alarm with it. */
	wr(LR, 1000);
	wr(MR, 1010);
	wr(LR, 1008);
	pass(1);
	assert_int_equal(rd(RIS), 0);
	pass(1);
	assert_int_equal(rd(RIS), 1);
	wr(ICR, 1);
	wr(LR, 1010); /* straight onto it */
	assert_int_equal(rd(RIS), 1);
}

static void test_reset(void **state UNUSED)
{
	wr(IMSC, 1);
	wr(MR, START + 5);
	vpl031_reset(rtc);
	assert_int_equal(fake_timers(), 0);
	pass(10);
	/* A timer that had fired on another core already, and comes late, finds nothing to do. */
	fake.last_timer->fn(fake.last_timer);
	assert_int_equal(rd(RIS), 0);
	wr(IMSC, 1);
	wr(MR, START + 11);
	pass(1);
	assert_true(fake.level[INTID]);
	vpl031_reset(rtc);
	assert_false(fake.level[INTID]);
	assert_int_equal(rd(MR), 0);
	assert_int_equal(rd(IMSC), 0);
}

static void test_widths(void **state UNUSED)
{
	wr(LR, 0x12345678);
	assert_int_equal(fake_read(BASE + DR, 2), 0x5678);
	assert_int_equal(fake_read(BASE + DR + 2, 2), 0x1234);
	assert_int_equal(fake_read(BASE + DR + 3, 1), 0x12);
	fake_write(BASE + LR + 2, 2, 1); /* no register there */
	assert_int_equal(rd(DR), 0x12345678);
	for (unsigned int size = 1; size <= 8; size *= 2) {
		for (unsigned int off = 0; off < VPL031_SIZE; off += size) {
			assert_int_equal(fake_faults(BASE + off, size, true), size == 8);
			assert_int_equal(fake_faults(BASE + off, size, false), size == 8);
		}
	}
}

static void test_create_fails(void **state UNUSED)
{
	struct vpl031 *other = NULL;

	assert_int_equal(vpl031_create(&fake.part, IPA(BASE), INTID, &other), E_EXIST);
	fake.heap_left = 0;
	assert_int_equal(vpl031_create(&fake.part, IPA(BASE + 0x1000), INTID, &other), E_NOMEM);
	assert_null(other);
	assert_int_equal(fake.heap_count, 1);
	vpl031_destroy(NULL);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_registers),
		T(test_time_runs),
		T(test_load),
		T(test_alarm),
		T(test_alarm_in_mid_second),
		T(test_alarm_masked),
		T(test_alarm_now_and_past),
		T(test_alarm_moves),
		T(test_reset),
		T(test_widths),
		T(test_create_fails),
	};

	return cmocka_run_group_tests_name("dev/vpl031", tests, NULL, NULL);
}
