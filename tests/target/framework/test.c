/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Running the suites; see test.h.
 *
 * State owned: whether the running test has failed, and the log since it began. The log arrives from every core, under
 * LOCK_LOG; the rest is the boot core's.
 */
#include "test.h"

#include "arch/cpu.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/time.h"
#include "lib/printf.h"
#include "plat/plat.h"

#define LINE_MAX 240
#define LOG_KEPT 16384
#define POLL_NS	 200000

static bool failed;
static char log_text[LOG_KEPT];
static uint32_t log_used;

static void put_line(const char *s)
{
	for (; *s; s++)
		host_uart_putc(*s);
	host_uart_putc('\r');
	host_uart_putc('\n');
}

static void put(const char *fmt, ...) PRINTF(1, 2);

static void put(const char *fmt, ...)
{
	char line[LINE_MAX];
	va_list ap;

	va_start(ap, fmt);
	fmt_vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	put_line(line);
}

/* The log's sink while tests run. Under LOCK_LOG; what does not fit is dropped. */
static void keep_log(char c)
{
	uint32_t n = log_used;

	if (c == '\r' || n >= LOG_KEPT - 1)
		return;
	log_text[n] = c;
	__atomic_store_n(&log_used, n + 1, __ATOMIC_RELEASE);
}

const char *test_log(void)
{
	log_text[__atomic_load_n(&log_used, __ATOMIC_ACQUIRE)] = '\0';
	return log_text;
}

void test_log_clear(void)
{
	__atomic_store_n(&log_used, 0, __ATOMIC_RELEASE);
}

static void print_log(void)
{
	const char *s = test_log();

	while (*s) {
		const char *end = s;

		while (*end && *end != '\n')
			end++;
		put("#     %.*s", (int)(end - s), s);
		s = *end ? end + 1 : end;
	}
}

void test_note(const char *fmt, ...)
{
	char line[LINE_MAX];
	va_list ap;

	va_start(ap, fmt);
	fmt_vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	put("# %s", line);
}

void test_fail(const char *file, int line, const char *fmt, ...)
{
	char text[LINE_MAX];
	va_list ap;

	failed = true;
	va_start(ap, fmt);
	fmt_vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put("# %s:%d: %s", file, line, text);
}

uint64_t test_deadline(unsigned int ms)
{
	return time_now() + time_ns_to_ticks(ms * UINT64_C(1000000));
}

bool test_expired(uint64_t deadline)
{
	return time_now() >= deadline;
}

static void nothing(struct timer *t UNUSED)
{
}

/*
 * Sleeps for a moment, so that the guests have the machine under QEMU. An interrupt that is pending ends that, masked
 * as it is.
 */
void test_poll(void)
{
	static struct timer alarm;

	timer_init(&alarm, nothing);
	timer_start(&alarm, time_now() + time_ns_to_ticks(POLL_NS));
	arch_wfi();
	irq_dispatch();
	timer_stop(&alarm);
}

static unsigned int planned(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < test_suites_count; i++)
		n += test_suites[i]->count;
	return n;
}

static bool run_one(unsigned int number, const struct suite *s, const struct test *t)
{
	uint64_t start = time_now();

	failed = false;
	test_log_clear();
	t->fn();
	if (failed)
		print_log();
	put("%s %u - %s: %s # %llu ms", failed ? "not ok" : "ok", number, s->name, t->name,
	    (unsigned long long)(time_ticks_to_ns(time_now() - start) / 1000000));
	return !failed;
}

bool test_run_all(void)
{
	unsigned int number = 0, bad = 0;

	put("1..%u", planned());
	log_set_sink(keep_log);
	for (unsigned int i = 0; i < test_suites_count; i++)
		for (unsigned int j = 0; j < test_suites[i]->count; j++)
			bad += !run_one(++number, test_suites[i], &test_suites[i]->test[j]);
	log_set_sink(host_uart_putc);
	put("# %u suites, %u tests, %u failed", test_suites_count, number, bad);
	return !bad;
}
