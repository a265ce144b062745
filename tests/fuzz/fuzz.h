/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every harness has: the input as a stream of numbers, and an end with a reason. An input that is used up goes on
 * as zeroes, so that each prefix of an input is one too. libFuzzer calls LLVMFuzzerTestOneInput; what it left behind
 * must not matter to the next call.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "unit.h"

#include "lib/types.h"

struct fuzz {
	const uint8_t *p;
	size_t left;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* A harness that has something to do first, once. */
void fuzz_setup(void);

static inline struct fuzz fuzz_open(const uint8_t *data, size_t size)
{
	return (struct fuzz){ data, size };
}

static inline bool fuzz_more(const struct fuzz *f)
{
	return f->left > 0;
}

/* Little-endian, n bytes, at most 8. */
uint64_t fuzz_int(struct fuzz *f, unsigned int n);

static inline uint8_t fuzz_u8(struct fuzz *f)
{
	return (uint8_t)fuzz_int(f, 1);
}

static inline uint16_t fuzz_u16(struct fuzz *f)
{
	return (uint16_t)fuzz_int(f, 2);
}

static inline uint32_t fuzz_u32(struct fuzz *f)
{
	return (uint32_t)fuzz_int(f, 4);
}

static inline uint64_t fuzz_u64(struct fuzz *f)
{
	return fuzz_int(f, 8);
}

/* 0 to n - 1, from one byte: n is at most 256. */
static inline unsigned int fuzz_below(struct fuzz *f, unsigned int n)
{
	return fuzz_u8(f) % n;
}

/* A number of the kind that breaks things: near a power of two, near the ends, small, or any. */
uint64_t fuzz_odd(struct fuzz *f);

/* The next bytes, at most n; *got is how many there were. */
const uint8_t *fuzz_bytes(struct fuzz *f, size_t n, size_t *got);

/* An exact copy in a block of its own, for ASan. Never NULL; free it. */
uint8_t *fuzz_copy(const uint8_t *data, size_t size);

/* The finding: says so, and aborts. */
__attribute__((noreturn, format(printf, 3, 4))) void fuzz_fail(const char *file, int line, const char *fmt, ...);

#define MUST(cond)                                                                                                     \
	do {                                                                                                           \
		if (!(cond))                                                                                           \
			fuzz_fail(__FILE__, __LINE__, "%s", #cond);                                                    \
	} while (0)

#define MUST_EQ(got, want)                                                                                             \
	do {                                                                                                           \
		uint64_t got_ = (uint64_t)(got), want_ = (uint64_t)(want);                                             \
		if (got_ != want_)                                                                                     \
			fuzz_fail(__FILE__, __LINE__, "%s is 0x%llx, not %s = 0x%llx", #got, (unsigned long long)got_, \
				  #want, (unsigned long long)want_);                                                   \
	} while (0)

/* log.c: lines at LOG_WARN or worse, and others, since fuzz_log_forget(). Each is looked at: one printable line. */
extern unsigned int fuzz_log_lines, fuzz_log_notes;
extern char fuzz_log_last[512];
void fuzz_log_forget(void);

#endif
