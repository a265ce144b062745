/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests at EL2: suites of plain functions that run on the boot core, one after the other, and print TAP.
 *
 * A test is over when its function returns; EXPECT() notes a failure and goes on, ASSERT() leaves the function. What
 * the product logs meanwhile is kept back, and printed when the test has failed.
 */
#ifndef TEST_H
#define TEST_H

#include "lib/types.h"

struct test {
	const char *name;
	void (*fn)(void);
};

struct suite {
	const char *name;
	const struct test *test;
	unsigned int count;
};

/* The suite that a file of tests defines: SUITE(name, { "what it shows", function }, ...). */
#define SUITE(suite_name, ...)                                                                                         \
	static const struct test tests_##suite_name[] = { __VA_ARGS__ };                                               \
	extern const struct suite suite_##suite_name;                                                                  \
	const struct suite suite_##suite_name = { #suite_name, tests_##suite_name, ARRAY_SIZE(tests_##suite_name) }

/* All of them, in the order in which they run (suites.c). */
extern const struct suite *const test_suites[];
extern const unsigned int test_suites_count;

/* Run everything and print TAP. True: all passed. */
bool test_run_all(void);

/* The running test fails; a line says where and why. Only on the boot core. */
void test_fail(const char *file, int line, const char *fmt, ...) PRINTF(3, 4);

/* A line that starts with "# ", for who reads the output. */
void test_note(const char *fmt, ...) PRINTF(1, 2);

/* What the product logged since the test began. */
const char *test_log(void);
void test_log_clear(void);

#define EXPECT(cond)                                                                                                   \
	do {                                                                                                           \
		if (!(cond))                                                                                           \
			test_fail(__FILE__, __LINE__, "%s", #cond);                                                    \
	} while (0)

#define ASSERT(cond)                                                                                                   \
	do {                                                                                                           \
		if (!(cond)) {                                                                                         \
			test_fail(__FILE__, __LINE__, "%s", #cond);                                                    \
			return;                                                                                        \
		}                                                                                                      \
	} while (0)

/* Two numbers that must be equal: both are printed when they are not. */
#define EXPECT_EQ(got, want)                                                                                           \
	do {                                                                                                           \
		uint64_t got_ = (uint64_t)(got), want_ = (uint64_t)(want);                                             \
		if (got_ != want_)                                                                                     \
			test_fail(__FILE__, __LINE__, "%s is 0x%llx, not 0x%llx", #got, (unsigned long long)got_,      \
				  (unsigned long long)want_);                                                          \
	} while (0)

/*
 * Wait on this core, taking its interrupts, until the condition holds: false when it does not within ms milliseconds.
 */
#define WAIT_FOR(cond, ms)                                                                                             \
	({                                                                                                             \
		uint64_t end_ = test_deadline(ms);                                                                     \
		bool met_;                                                                                             \
		while (!(met_ = (cond)) && !test_expired(end_))                                                        \
			test_poll();                                                                                   \
		met_;                                                                                                  \
	})

/* A time ms milliseconds ahead; whether it is past; and what a loop that waits does: take interrupts and relax. */
uint64_t test_deadline(unsigned int ms);
bool test_expired(uint64_t deadline);
void test_poll(void);

#endif
