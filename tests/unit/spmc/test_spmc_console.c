/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite spmc/spmc_console: FFA_CONSOLE_LOG's characters become whole lines, of nothing that a terminal would obey, and
 * never longer than there is room.
 */
#include "unit.h"

#include "arch/host.h"
#include "core/log.h"
#include "core/time.h"
#include "role/spmc/console.h"

static char said[8][256];
static unsigned int lines;

/* The log's sink: what is behind its prefix. */
static void hear(char ch)
{
	static char line[256];
	static unsigned int n;

	if (ch == '\n') {
		snprintf(said[lines++ % 8], sizeof(said[0]), "%s", strstr(line, "trivet: ") + 8);
		n = 0;
	} else if (ch != '\r') {
		line[n++] = ch;
		line[n] = 0;
	}
}

static struct {
	struct console_line line;
	char guard[16];
} c;

static int setup(void **state UNUSED)
{
	log_set_sink(hear);
	memset(&c, 0, sizeof(c));
	memset(c.guard, 0x77, sizeof(c.guard));
	lines = 0;
	return 0;
}

static uint32_t say(const char *text, unsigned int n)
{
	struct ffa_regs r = { .x = { FFA_CONSOLE_LOG_64, n } };

	memcpy(&r.x[2], text, MIN(n, 128u));
	console_call(&c.line, "sp", FFA_VERSION_1_2, &r);
	for (unsigned int i = 0; i < sizeof(c.guard); i++)
		assert_int_equal(c.guard[i], 0x77);
	assert_true(c.line.len < sizeof(c.line.text));
	return (uint32_t)r.x[0] == FFA_SUCCESS_32 ? 0 : (uint32_t)r.x[2];
}

static void a_line_is_said_when_it_is_whole(void **state UNUSED)
{
	assert_int_equal(say("one ", 4), 0);
	assert_int_equal(lines, 0);
	assert_int_equal(say("line\nand", 8), 0);
	assert_int_equal(lines, 1);
	assert_string_equal(said[0], "sp: one line");
	assert_int_equal(say(" more\nlast\n", 11), 0);
	assert_int_equal(lines, 3);
	assert_string_equal(said[1], "sp: and more");
	assert_string_equal(said[2], "sp: last");
}

static void empty_lines_are_not(void **state UNUSED)
{
	assert_int_equal(say("\n\n\0\n", 4), 0);
	assert_int_equal(lines, 0);
	assert_int_equal(say("a\0b\n", 4), 0);
	assert_int_equal(lines, 1);
	assert_string_equal(said[0], "sp: ab");
}

static void nothing_that_a_terminal_obeys(void **state UNUSED)
{
	char all[128];

	for (unsigned int half = 0; half < 2; half++) {
		for (unsigned int i = 0; i < 128; i++)
			all[i] = (char)(half * 128 + i);
		assert_int_equal(say(all, 128), 0);
		assert_int_equal(say("\n", 1), 0);
	}
	assert_true(lines >= 3);
	assert_string_equal(said[2] + strlen(said[2]) - 3, "}~?");
	for (unsigned int i = 0; i < lines; i++)
		for (const char *s = said[i]; *s; s++)
			assert_true(*s >= ' ' && *s <= '~');
	assert_string_equal(said[0], "sp: ?????????"); /* 1 to 9 */
	assert_string_equal(said[1] + strlen(said[1]) - 4, "jklm");
}

static void long_lines_are_broken(void **state UNUSED)
{
	char text[128];

	memset(text, 'x', sizeof(text));
	assert_int_equal(say(text, 98), 0);
	assert_int_equal(lines, 0);
	assert_int_equal(say(text, 1), 0);
	assert_int_equal(lines, 1);
	assert_int_equal(strlen(said[0]), 4 + sizeof(c.line.text) - 1);
	for (unsigned int i = 0; i < 30; i++)
		assert_int_equal(say(text, 128), 0);
	assert_int_equal(lines, 1 + 30 * 128 / 99);
}

/* Whatever a caller says: so many lines in a second, and how many were too many. */
static void a_flood_ends(void **state UNUSED)
{
	char text[128];

	for (unsigned int i = 0; i < sizeof(text); i++)
		text[i] = i % 2 ? '\n' : 'a';
	assert_int_equal(say(text, 128), 0);
	assert_int_equal(lines, CONSOLE_LINES_PER_CALL);
	for (unsigned int i = 1; i < 20; i++)
		assert_int_equal(say(text, 128), 0);
	assert_int_equal(lines, CONSOLE_LINES_PER_SECOND);
	host_counter_set(time_freq());
	assert_int_equal(say(text, 4), 0);
	assert_int_equal(lines, CONSOLE_LINES_PER_SECOND + 3);
	assert_string_equal(said[CONSOLE_LINES_PER_SECOND % 8], "warning: sp: 1230 lines more than 50 a second");
	/* Which is said once. */
	host_counter_set(2 * time_freq());
	assert_int_equal(say(text, 4), 0);
	assert_int_equal(lines, CONSOLE_LINES_PER_SECOND + 5);
}

static void wrong_counts(void **state UNUSED)
{
	static const char text[128] = "abc\n";

	assert_int_equal((int32_t)say(text, 0), FFA_INVALID_PARAMETERS);
	assert_int_equal((int32_t)say(text, 129), FFA_INVALID_PARAMETERS);
	assert_int_equal((int32_t)say(text, UINT32_MAX), FFA_INVALID_PARAMETERS);
	assert_int_equal(c.line.len, 0);
	assert_int_equal(lines, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_line_is_said_when_it_is_whole, setup),
		cmocka_unit_test_setup(empty_lines_are_not, setup),
		cmocka_unit_test_setup(nothing_that_a_terminal_obeys, setup),
		cmocka_unit_test_setup(long_lines_are_broken, setup),
		cmocka_unit_test_setup(a_flood_ends, setup),
		cmocka_unit_test_setup(wrong_counts, setup),
	};

	return UNIT_RUN(tests);
}
