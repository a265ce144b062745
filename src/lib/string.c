/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The C string functions (C11 7.24). Pure, no state, no lock.
 *
 * Accesses are aligned to their size: EL2 runs its first instructions with the MMU off, when all memory is device
 * memory and an unaligned access faults (Arm ARM DDI 0487 B2.5). The file is compiled with -fno-builtin, so that a loop
 * here does not become a call of the function it stands in.
 */
#include "lib/string.h"

#include "lib/string_ext.h"

typedef uint64_t __attribute__((may_alias)) word_t;

#define WORD	 sizeof(word_t)
#define OFF(p)	 ((uintptr_t)(p) % WORD)
#define UNROLL	 4
#define REPEATED UINT64_C(0x0101010101010101)

/* dst and src lie alike in their words, so that after some bytes both are aligned. */
static bool string_alike(const void *dst, const void *src)
{
	return OFF(dst) == OFF(src);
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	uint8_t *d = dst;
	const uint8_t *s = src;

	if (string_alike(d, s)) {
		for (; n && OFF(d); n--)
			*d++ = *s++;
		for (; n >= 2 * UNROLL * WORD; n -= 2 * UNROLL * WORD, d += 2 * UNROLL * WORD, s += 2 * UNROLL * WORD) {
			const word_t *sw = (const word_t *)(const void *)s;
			word_t *dw = (word_t *)(void *)d;
			word_t a = sw[0], b = sw[1], c = sw[2], e = sw[3], f = sw[4], g = sw[5], h = sw[6], i = sw[7];

			dw[0] = a;
			dw[1] = b;
			dw[2] = c;
			dw[3] = e;
			dw[4] = f;
			dw[5] = g;
			dw[6] = h;
			dw[7] = i;
		}
		for (; n >= WORD; n -= WORD, d += WORD, s += WORD)
			*(word_t *)(void *)d = *(const word_t *)(const void *)s;
	}
	while (n--)
		*d++ = *s++;
	return dst;
}

/* From the last byte to the first. */
static void string_copy_down(uint8_t *dst, const uint8_t *src, size_t n)
{
	uint8_t *d = dst + n;
	const uint8_t *s = src + n;

	if (string_alike(d, s)) {
		for (; n && OFF(d); n--)
			*--d = *--s;
		for (; n >= WORD; n -= WORD) {
			d -= WORD;
			s -= WORD;
			*(word_t *)(void *)d = *(const word_t *)(const void *)s;
		}
	}
	while (n--)
		*--d = *--s;
}

void *memmove(void *dst, const void *src, size_t n)
{
	uint8_t *d = dst;
	const uint8_t *s = src;

	if ((uintptr_t)d - (uintptr_t)s >= n) {
		/*
		 * dst is below src, or beyond its end: upwards never reads what it has written, word by word neither.
		 */
		if (string_alike(d, s)) {
			for (; n && OFF(d); n--)
				*d++ = *s++;
			for (; n >= WORD; n -= WORD, d += WORD, s += WORD)
				*(word_t *)(void *)d = *(const word_t *)(const void *)s;
		}
		while (n--)
			*d++ = *s++;
	} else {
		string_copy_down(d, s, n);
	}
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	uint8_t *d = dst;
	uint64_t word = (uint8_t)c * REPEATED;

	for (; n && OFF(d); n--)
		*d++ = (uint8_t)c;
	for (; n >= UNROLL * WORD; n -= UNROLL * WORD, d += UNROLL * WORD) {
		word_t *w = (word_t *)(void *)d;

		w[0] = word;
		w[1] = word;
		w[2] = word;
		w[3] = word;
	}
	for (; n >= WORD; n -= WORD, d += WORD)
		*(word_t *)(void *)d = word;
	while (n--)
		*d++ = (uint8_t)c;
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	for (; n; n--, x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const uint8_t *p = s;

	for (; n; n--, p++) {
		if (*p == (uint8_t)c)
			return (void *)(uintptr_t)p;
	}
	return NULL;
}

size_t strlen(const char *s)
{
	const char *p = s;

	while (*p)
		p++;
	return (size_t)(p - s);
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return (uint8_t)*a - (uint8_t)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n && *a && *a == *b; n--, a++, b++)
		;
	return n ? (uint8_t)*a - (uint8_t)*b : 0;
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)(uintptr_t)s;
		if (!*s)
			return NULL;
	}
}

char *strrchr(const char *s, int c)
{
	const char *found = NULL;

	for (;; s++) {
		if (*s == (char)c)
			found = s;
		if (!*s)
			return (char *)(uintptr_t)found;
	}
}

size_t str_copy(char *dst, const char *src, size_t size)
{
	size_t len = strlen(src);

	if (size) {
		size_t n = MIN(len, size - 1);

		memcpy(dst, src, n);
		dst[n] = '\0';
	}
	return len;
}

void str_make_printable(char *s)
{
	for (; *s; s++) {
		if (*s < ' ' || *s > '~')
			*s = '?';
	}
}
