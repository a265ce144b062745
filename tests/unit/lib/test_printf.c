/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite lib/printf: fmt_snprintf against the C library's snprintf, in text, return value and at every buffer size. */
#include "unit.h"

#include "lib/printf.h"

/* Formats are built at run time here, and some are wrong on purpose. */
#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat-truncation"
#pragma GCC diagnostic ignored "-Wformat-overflow"
#pragma GCC diagnostic ignored "-Wformat-zero-length"

#define SIZE 512

#define SAME(...)                                                                                                      \
	do {                                                                                                           \
		char want[SIZE], got[SIZE];                                                                            \
		int want_len = snprintf(want, SIZE, __VA_ARGS__);                                                      \
		int got_len = fmt_snprintf(got, SIZE, __VA_ARGS__);                                                    \
		assert_string_equal(got, want);                                                                        \
		assert_int_equal(got_len, want_len);                                                                   \
	} while (0)

static const char *const FLAGS[] = { "", "-", "0", "-0", "+", " ", "+0", "#", "#0", "-#", "+-" };
static const char *const WIDTHS[] = { "", "1", "2", "5", "8", "16", "20", "33" };
static const char *const PRECISIONS[] = { "", ".", ".0", ".1", ".5", ".19", ".25" };

static void each_number(const char *fmt, bool is_long)
{
	static const uint64_t values[] = {
		0,	     1,
		9,	     10,
		15,	     16,
		99,	     255,
		4096,	     0x7fffffff,
		0x80000000,  0xffffffff,
		0x100000000, 0x123456789abcdef0,
		INT64_MAX,   (uint64_t)INT64_MIN,
		UINT64_MAX,  10000000000000000000u,
	};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		if (is_long)
			SAME(fmt, values[i]);
		else
			SAME(fmt, (unsigned int)values[i]);
	}
}

static void numbers(const char *length, bool is_long)
{
	for (const char *letter = "diuxX"; *letter; letter++) {
		for (size_t f = 0; f < ARRAY_SIZE(FLAGS); f++) {
			for (size_t w = 0; w < ARRAY_SIZE(WIDTHS); w++) {
				for (size_t p = 0; p < ARRAY_SIZE(PRECISIONS); p++) {
					char fmt[64];

					snprintf(fmt, sizeof(fmt), "<%%%s%s%s%s%c>", FLAGS[f], WIDTHS[w], PRECISIONS[p],
						 length, *letter);
					each_number(fmt, is_long);
				}
			}
		}
	}
}

static void numbers_int(void **state)
{
	(void)state;
	numbers("", false);
	numbers("h", false);
	numbers("hh", false);
}

static void numbers_long(void **state)
{
	(void)state;
	numbers("l", true);
	numbers("ll", true);
	numbers("z", true);
}

static void strings(void **state)
{
	static const char *const texts[] = { "", "x", "hello", "a longer text than any width here, really" };
	const char *null = NULL;

	(void)state;
	for (size_t f = 0; f < 2; f++) {
		for (size_t w = 0; w < ARRAY_SIZE(WIDTHS); w++) {
			for (size_t p = 0; p < ARRAY_SIZE(PRECISIONS); p++) {
				char fmt[64];

				snprintf(fmt, sizeof(fmt), "<%%%s%s%ss>", FLAGS[f], WIDTHS[w], PRECISIONS[p]);
				for (size_t t = 0; t < ARRAY_SIZE(texts); t++)
					SAME(fmt, texts[t]);
			}
		}
	}
	SAME("%s", null);
	SAME("%c%c%c", 'a', '%', 'z');
	SAME("<%5c><%-5c>", 'a', 'b');
}

/* %.Ns reads no more than N characters of what may have no terminator. */
static void precision_bounds_reads(void **state)
{
	char *raw = malloc(3), out[16];

	(void)state;
	memcpy(raw, "abc", 3);
	assert_int_equal(fmt_snprintf(out, sizeof(out), "%.3s", raw), 3);
	assert_string_equal(out, "abc");
	free(raw);
}

static void mixed(void **state)
{
	(void)state;
	SAME("plain");
	SAME("");
	SAME("100%%");
	SAME("%d of %u, 0x%lx, %s, %c|%zu|%lld|%llx", -5, 7u, 0xdeadbeeful, "str", 'q', (size_t)9, -1ll, 0xfull);
	SAME("%*d|%-*d|%.*s", 6, 42, 6, 42, 2, "abc");
	SAME("%*d", -6, 42);
	SAME("%08x %016lx", 0xabcu, 0x1234ul);
	SAME("%p", (void *)0x1234);
	SAME("%20p|%-20p|", (void *)0x1234, (void *)0xffff0000);
}

static void null_pointer(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(fmt_snprintf(out, sizeof(out), "%p", NULL), 3);
	assert_string_equal(out, "0x0");
}

/* The return value is the whole length at every size, the text a prefix, and nothing beyond size is touched. */
static void every_buffer_size(void **state)
{
	char want[64], got[64];
	int len = snprintf(want, sizeof(want), "vm %d: %-8s|%08lx", 3, "linux", 0xbeeful);

	(void)state;
	for (size_t size = 0; size < 40; size++) {
		memset(got, '#', sizeof(got));
		assert_int_equal(fmt_snprintf(got, size, "vm %d: %-8s|%08lx", 3, "linux", 0xbeeful), len);
		if (size) {
			size_t n = MIN(size - 1, (size_t)len);

			assert_memory_equal(got, want, n);
			assert_int_equal(got[n], 0);
		}
		for (size_t i = MIN(size, (size_t)len + 1); i < sizeof(got); i++)
			assert_int_equal(got[i], '#');
	}
	assert_int_equal(fmt_snprintf(NULL, 0, "%s", "abc"), 3);
}

static void unknown_as_it_stands(void **state)
{
	char out[32];

	(void)state;
	fmt_snprintf(out, sizeof(out), "a%5qb");
	assert_string_equal(out, "a%5qb");
	fmt_snprintf(out, sizeof(out), "end%");
	assert_string_equal(out, "end%");
	fmt_snprintf(out, sizeof(out), "end%-08l");
	assert_string_equal(out, "end%-08l");
	fmt_snprintf(out, sizeof(out), "%n");
	assert_string_equal(out, "%n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_int),
		cmocka_unit_test(numbers_long),
		cmocka_unit_test(strings),
		cmocka_unit_test(precision_bounds_reads),
		cmocka_unit_test(mixed),
		cmocka_unit_test(null_pointer),
		cmocka_unit_test(every_buffer_size),
		cmocka_unit_test(unknown_as_it_stands),
	};

	return UNIT_RUN(tests);
}
