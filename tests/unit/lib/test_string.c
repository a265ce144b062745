/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite lib/string: every function against the C library's, at each alignment and at lengths around the word and
 * unrolling sizes, with guard bytes on both sides. Here Trivet's functions are called trv_*.
 */
#include "unit.h"

#include "lib/string_ext.h"

void *trv_memcpy(void *dst, const void *src, size_t n);
void *trv_memmove(void *dst, const void *src, size_t n);
void *trv_memset(void *dst, int c, size_t n);
int trv_memcmp(const void *a, const void *b, size_t n);
void *trv_memchr(const void *s, int c, size_t n);
size_t trv_strlen(const char *s);
size_t trv_strnlen(const char *s, size_t max);
int trv_strcmp(const char *a, const char *b);
int trv_strncmp(const char *a, const char *b, size_t n);
char *trv_strchr(const char *s, int c);
char *trv_strrchr(const char *s, int c);

#define AREA	256
#define MAX_LEN 140

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

static void fill(uint8_t *p, size_t n, uint8_t seed)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(seed + i * 7);
}

static void copies_at_every_alignment(void **state)
{
	_Alignas(8) uint8_t src[AREA], dst[AREA], want[AREA];

	(void)state;
	fill(src, AREA, 3);
	for (size_t so = 0; so < 8; so++) {
		for (size_t d = 8; d < 16; d++) {
			for (size_t n = 0; n <= MAX_LEN; n++) {
				fill(dst, AREA, 101);
				fill(want, AREA, 101);
				memcpy(want + d, src + so, n);
				assert_ptr_equal(trv_memcpy(dst + d, src + so, n), dst + d);
				assert_memory_equal(dst, want, AREA);
			}
		}
	}
}

static void moves_overlapping(void **state)
{
	_Alignas(8) uint8_t got[AREA], want[AREA];

	(void)state;
	for (size_t from = 40; from < 60; from++) {
		for (size_t to = 32; to < 80; to++) {
			for (size_t n = 0; n <= MAX_LEN; n += n < 40 ? 1 : 9) {
				fill(got, AREA, 9);
				fill(want, AREA, 9);
				memmove(want + to, want + from, n);
				assert_ptr_equal(trv_memmove(got + to, got + from, n), got + to);
				assert_memory_equal(got, want, AREA);
			}
		}
	}
}

static void sets_at_every_alignment(void **state)
{
	_Alignas(8) uint8_t got[AREA], want[AREA];
	const int values[] = { 0, 1, 0x7f, 0x80, 0xff, 0x1234, -1 };

	(void)state;
	for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
		for (size_t off = 8; off < 16; off++) {
			for (size_t n = 0; n <= MAX_LEN; n++) {
				fill(got, AREA, 77);
				fill(want, AREA, 77);
				memset(want + off, values[v], n);
				assert_ptr_equal(trv_memset(got + off, values[v], n), got + off);
				assert_memory_equal(got, want, AREA);
			}
		}
	}
}

static void compares_memory(void **state)
{
	uint8_t a[40], b[40];

	(void)state;
	for (size_t n = 0; n <= sizeof(a); n++) {
		fill(a, sizeof(a), 200);
		fill(b, sizeof(b), 200);
		assert_int_equal(trv_memcmp(a, b, n), 0);
		for (size_t i = 0; i < n; i++) {
			b[i] ^= 0x80;
			assert_int_equal(sign(trv_memcmp(a, b, n)), sign(memcmp(a, b, n)));
			assert_int_equal(sign(trv_memcmp(b, a, n)), sign(memcmp(b, a, n)));
			b[i] ^= 0x80;
		}
	}
}

static void finds_bytes(void **state)
{
	const uint8_t data[] = { 1, 2, 0, 0xff, 2 };

	(void)state;
	for (int c = -3; c < 300; c++) {
		for (size_t n = 0; n <= sizeof(data); n++)
			assert_ptr_equal(trv_memchr(data, c, n), memchr(data, c, n));
	}
}

static const char *const STRINGS[] = {
	"", "a", "b", "ab", "aa", "abc", "abcd", "abd", "\x80", "\xff", "a\x80", "memory", "memory@0", "//", "/a/b/c",
};

static void strings_against_libc(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(STRINGS); i++) {
		const char *s = STRINGS[i];

		assert_int_equal(trv_strlen(s), strlen(s));
		for (size_t n = 0; n < 10; n++)
			assert_int_equal(trv_strnlen(s, n), strnlen(s, n));
		for (int c = 0; c < 256; c++) {
			assert_ptr_equal(trv_strchr(s, c), strchr(s, c));
			assert_ptr_equal(trv_strrchr(s, c), strrchr(s, c));
		}
		for (size_t j = 0; j < ARRAY_SIZE(STRINGS); j++) {
			const char *t = STRINGS[j];

			assert_int_equal(sign(trv_strcmp(s, t)), sign(strcmp(s, t)));
			for (size_t n = 0; n < 10; n++)
				assert_int_equal(sign(trv_strncmp(s, t, n)), sign(strncmp(s, t, n)));
		}
	}
}

/* Reads stop at max: the array has no terminator, and ASan watches what lies behind it. */
static void bounded_reads_stay_inside(void **state)
{
	char *p = malloc(4);

	(void)state;
	memcpy(p, "abcd", 4);
	assert_int_equal(trv_strnlen(p, 4), 4);
	assert_int_equal(trv_strncmp(p, "abcdef", 4), 0);
	assert_null(trv_memchr(p, 'x', 4));
	free(p);
}

static void str_copy_terminates(void **state)
{
	char buf[6];

	(void)state;
	for (size_t size = 0; size <= 5; size++) {
		memset(buf, '#', sizeof(buf));
		assert_int_equal(str_copy(buf, "abc", size), 3);
		if (size)
			assert_int_equal(strlen(buf), MIN(size - 1, (size_t)3));
		assert_int_equal(memcmp(buf, "abc", size ? MIN(size - 1, (size_t)3) : 0), 0);
		for (size_t i = MIN(size, (size_t)4); i < sizeof(buf); i++)
			assert_int_equal(buf[i], '#');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_at_every_alignment),
		cmocka_unit_test(moves_overlapping),
		cmocka_unit_test(sets_at_every_alignment),
		cmocka_unit_test(compares_memory),
		cmocka_unit_test(finds_bytes),
		cmocka_unit_test(strings_against_libc),
		cmocka_unit_test(bounded_reads_stay_inside),
		cmocka_unit_test(str_copy_terminates),
	};

	return UNIT_RUN(tests);
}
