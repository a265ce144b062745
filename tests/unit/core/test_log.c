/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite core/log: levels, prefixes, the ring of each core, long lines, lines that a guest can cause, several
 * cores at once.
 */
#include "unit.h"

#include <pthread.h>

#include "arch/host.h"
#include "core/log.h"
#include "core/percpu.h"

#define RING_SIZE CONFIG_LOG_RING
#define THREADS	  4u
#define LINES	  500u

/* As core/log.c has it: what gdb and the panic report read. */
struct log_ring {
	uint32_t next;
	char text[RING_SIZE];
};
extern struct log_ring log_rings[];

static struct percpu cpu[THREADS];
static char out[1 << 18];
static size_t out_len;
static bool slow;

static void sink(char c)
{
	if (out_len + 1 < sizeof(out))
		out[out_len++] = c;
	out[out_len] = 0;
	if (slow && c == 'r')
		arch_relax(); /* let another thread come between */
}

static int setup(void **state UNUSED)
{
	host_reset();
	memset(cpu, 0, sizeof(cpu));
	for (unsigned int i = 0; i < THREADS; i++) {
		cpu[i].index = i;
		memset(&log_rings[i], 0, sizeof(log_rings[i]));
	}
	arch_this_cpu_set(&cpu[0]);
	log_set_sink(sink);
	out_len = 0;
	out[0] = 0;
	return 0;
}

static void test_lines(void **state UNUSED)
{
	log_info("hello %u", 42u);
	assert_string_equal(out, "[    0.000000] trivet: hello 42\r\n");
	assert_string_equal(log_rings[0].text, "[    0.000000] trivet: hello 42\n");
	out_len = 0;
	host_counter_set(UINT64_C(62500000) * 12345 + 62500);
	log_error("%s", "x");
	assert_string_equal(out, "[12345.001000] trivet: error: x\r\n");
	out_len = 0;
	log_warn("%c", 'y');
	assert_string_equal(out, "[12345.001000] trivet: warning: y\r\n");
}

static void test_levels(void **state UNUSED)
{
	static const enum log_level levels[] = { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

	for (unsigned int l = 0; l < 4; l++) {
		uint32_t before = log_rings[0].next;

		out_len = 0;
		log_at(levels[l], "line");
		assert_int_equal(out_len != 0, l <= CONFIG_LOG_LEVEL);
		assert_int_equal(log_rings[0].next != before, l <= CONFIG_LOG_LEVEL);
	}
}

/* 255 characters at most, whatever is in it; nothing behind it is touched (ASan). */
static void test_long_line(void **state UNUSED)
{
	char text[1000];

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	log_info("%s", text);
	assert_int_equal(out_len, 255 + 2);
	assert_int_equal(log_rings[0].next, 256);
	assert_string_equal(out + out_len - 3, "a\r\n");
	out_len = 0;
	log_warn("%s", "");
	assert_string_equal(out, "[    0.000000] trivet: warning: \r\n");
}

static void test_ring_wraps(void **state UNUSED)
{
	char want[64];
	uint32_t end;

	log_set_sink(NULL);
	for (unsigned int i = 0; i < 1000; i++)
		log_info("%03u", i);
	end = log_rings[0].next;
	assert_int_equal(end, 1000 * 27);
	assert_int_equal(out_len, 0);
	/* The last lines are all there, in order, up to next. */
	for (unsigned int i = 0; i < RING_SIZE / 27; i++) {
		snprintf(want, sizeof(want), "[    0.000000] trivet: %03u\n", 999 - i);
		for (unsigned int c = 0; c < 27; c++)
			assert_int_equal(log_rings[0].text[(end - 27 * (i + 1) + c) % RING_SIZE], want[c]);
	}
}

static void test_limited(void **state UNUSED)
{
	uint32_t said = 0;

	for (unsigned int i = 0; i < 100; i++)
		log_limited(3, LOG_WARN, "line %u", i);
	assert_string_equal(out, "[    0.000000] trivet: warning: line 0\r\n"
				 "[    0.000000] trivet: warning: line 1\r\n"
				 "[    0.000000] trivet: warning: line 2\r\n"
				 "[    0.000000] trivet: warning: (no more of these)\r\n");
	/* The count never comes around to allow more. */
	said = UINT32_MAX - 1;
	out_len = 0;
	for (unsigned int i = 0; i < 10; i++)
		assert_false(log_may_say(&said, 3));
	assert_int_equal(said, 4);
	assert_int_equal(out_len, 0);
}

static void *talk(void *arg)
{
	struct percpu *me = arg;

	arch_this_cpu_set(me);
	for (unsigned int i = 0; i < LINES; i++)
		log_info("core %u line %u end", me->index, i);
	return NULL;
}

/* Lines of several cores come whole, each core's in order. */
static void test_cores(void **state UNUSED)
{
	unsigned int next[THREADS] = { 0 }, lines = 0;
	pthread_t t[THREADS];

	slow = true;
	for (unsigned int i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, talk, &cpu[i]);
	for (unsigned int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	slow = false;
	for (char *s = out, *end; *s; s = end + 2, lines++) {
		unsigned int core, line;
		int used = 0;

		end = strstr(s, "\r\n");
		assert_non_null(end);
		assert_int_equal(sscanf(s, "[    0.000000] trivet: core %u line %u end%n", &core, &line, &used), 2);
		assert_ptr_equal(s + used, end);
		assert_true(core < THREADS);
		assert_int_equal(line, next[core]++);
	}
	assert_int_equal(lines, THREADS * LINES);
	for (unsigned int i = 0; i < THREADS; i++)
		assert_int_equal(this_cpu()->lock_ranks | cpu[i].lock_ranks, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_lines, setup),     cmocka_unit_test_setup(test_levels, setup),
		cmocka_unit_test_setup(test_long_line, setup), cmocka_unit_test_setup(test_ring_wraps, setup),
		cmocka_unit_test_setup(test_limited, setup),   cmocka_unit_test_setup(test_cores, setup),
	};

	return UNIT_RUN(tests);
}
