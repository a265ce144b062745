/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Output and expectations; see client.h. State owned: the console, under a lock for each line; the result of the
 * test that runs.
 */
#include <stdarg.h>

#include "abi/ffa.h"
#include "client.h"

#define UART	 ((volatile uint32_t *)0x09000000)
#define UART_FR	 6
#define FR_TXFF	 (UINT32_C(1) << 5)
#define SAID_MAX 20 /* failures of a test of which the details are told */

static uint32_t line_lock;
static unsigned int failures; /* of the test that runs */
static const char *skipped;

/* --- output --- */

static void put(char c)
{
	while (UART[UART_FR] & FR_TXFF)
		;
	UART[0] = (uint8_t)c;
}

static void put_string(const char *s)
{
	for (; *s; s++) {
		if (*s == '\n')
			put('\r');
		put(*s);
	}
}

static void put_number(uint64_t v, unsigned int base)
{
	char text[24];
	unsigned int i = sizeof(text) - 1;

	text[i] = '\0';
	do {
		text[--i] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	put_string(text + i);
}

static void put_arg(char kind, bool wide, va_list *ap)
{
	int64_t d;

	switch (kind) {
	case 's':
		put_string(va_arg(*ap, const char *));
		break;
	case 'c':
		put((char)va_arg(*ap, int));
		break;
	case 'd':
		d = wide ? va_arg(*ap, long long) : va_arg(*ap, int);
		if (d < 0)
			put('-');
		put_number(d < 0 ? -(uint64_t)d : (uint64_t)d, 10);
		break;
	case 'u':
	case 'x':
		put_number(wide ? va_arg(*ap, unsigned long long) : va_arg(*ap, unsigned int), kind == 'x' ? 16 : 10);
		break;
	default:
		put(kind);
		break;
	}
}

void say(const char *fmt, ...)
{
	va_list ap;

	while (__atomic_exchange_n(&line_lock, 1, __ATOMIC_ACQUIRE))
		__asm__ volatile("yield");
	va_start(ap, fmt);
	for (; *fmt; fmt++) {
		bool wide = false;

		if (*fmt != '%') {
			if (*fmt == '\n')
				put('\r');
			put(*fmt);
			continue;
		}
		for (fmt++; *fmt == 'l'; fmt++)
			wide = true;
		put_arg(*fmt, wide, &ap);
	}
	va_end(ap);
	__atomic_store_n(&line_lock, 0, __ATOMIC_RELEASE);
}

/* --- expectations --- */

/* Count it: are its details to be told? */
static bool failed(void)
{
	return __atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED) < SAID_MAX;
}

bool expect_at(bool holds, const char *what, const char *where)
{
	if (!holds && failed())
		say("# %s: %s does not hold\n", where, what);
	return holds;
}

bool expect_eq_at(uint64_t seen, uint64_t wanted, const char *what, const char *where)
{
	if (seen == wanted)
		return true;
	if (failed())
		say("# %s: %s is 0x%llx, not 0x%llx\n", where, what, (unsigned long long)seen,
		    (unsigned long long)wanted);
	return false;
}

bool expect_error_at(const struct regs *r, int code, const char *where)
{
	uint64_t rest = r->x[1] | r->x[3] | r->x[4] | r->x[5] | r->x[6] | r->x[7];

	return expect_eq_at(r->x[0], FFA_ERROR, "x0", where) &&
	       expect_eq_at(r->x[2], (uint32_t)code, "x2 of FFA_ERROR", where) &&
	       expect_eq_at(rest, 0, "x1, x3 to x7 of FFA_ERROR", where);
}

bool expect_success_at(const struct regs *r, const char *where)
{
	if (r->x[0] == FFA_SUCCESS_32 || r->x[0] == FFA_SUCCESS_64)
		return true;
	if (failed())
		say("# %s: x0 is 0x%llx (w2 %d), not FFA_SUCCESS\n", where, (unsigned long long)r->x[0], (int)r->x[2]);
	return false;
}

void skip(const char *why)
{
	skipped = why;
}

void report_begin(void)
{
	failures = 0;
	skipped = NULL;
}

void report_result(unsigned int number, const char *name)
{
	if (failures > SAID_MAX)
		say("# %u failures in all\n", failures);
	say("%s %u - %s%s%s\n", failures ? "not ok" : "ok", number, name, skipped ? " # skip " : "",
	    skipped ? skipped : "");
}
