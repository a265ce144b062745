/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The types that everything uses: the three kinds of address, error codes, and a few compiler helpers.
 *
 * An address is always one of three things, and mixing them up is a bug class of its own (docs/testing.md, class 9).
 * So each is a struct of one member: with -O2 it costs nothing, and the compiler refuses the mix-up.
 */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A physical address: what leaves stage 2 (or EL2's stage 1). */
typedef struct {
	uint64_t a;
} pa_t;

/* An intermediate physical address: what a guest takes for physical memory. */
typedef struct {
	uint64_t a;
} ipa_t;

/* A virtual address of Trivet itself (EL2 stage 1). */
typedef struct {
	uint64_t a;
} va_t;

#define PA(x)  ((pa_t){ .a = (x) })
#define IPA(x) ((ipa_t){ .a = (x) })
#define VA(x)  ((va_t){ .a = (x) })

#define PA_NONE PA(UINT64_MAX)

static inline bool pa_is_none(pa_t pa)
{
	return pa.a == UINT64_MAX;
}

/* Errors inside Trivet: 0 or one of these. Each ABI translates once, at its edge. */
enum {
	OK = 0,
	E_INVAL = -1,	/* the caller's argument is wrong */
	E_NOMEM = -2,	/* out of memory, slots or identifiers */
	E_NOENT = -3,	/* no such thing */
	E_PERM = -4,	/* not allowed to this caller */
	E_BUSY = -5,	/* in use; may succeed later */
	E_RANGE = -6,	/* outside what is allowed, or arithmetic overflow */
	E_FAULT = -7,	/* guest memory that is not there, or not so */
	E_EXIST = -8,	/* already there */
	E_NOTSUP = -9,	/* understood, not supported */
	E_FORMAT = -10, /* input data (image, tree, archive) is malformed */
	E_STATE = -11,	/* not in this state */
	E_IO = -12,	/* a device failed */
};

#define MUST_CHECK   __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#define NORETURN     __attribute__((noreturn))
#define ALIGNED(n)   __attribute__((aligned(n)))
#define PACKED	     __attribute__((packed))
#define UNUSED	     __attribute__((unused))
#define COLD	     __attribute__((noinline, cold)) /* off the hot path: keeps its caller's frame small */
#define likely(x)    __builtin_expect(!!(x), 1)
#define unlikely(x)  __builtin_expect(!!(x), 0)

/*
 * One plain load, now: of what another core may write. No order. (An __atomic load costs GCC an address
 * computation more.)
 */
#ifdef __SANITIZE_THREAD__ /* takes a volatile access for a race */
#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#else
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#endif

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)	((a) < (b) ? (a) : (b))
#define MAX(a, b)	((a) > (b) ? (a) : (b))
#define BIT(n)		(UINT64_C(1) << (n))
#define MASK(hi, lo)	((UINT64_MAX >> (63 - (hi))) & (UINT64_MAX << (lo)))
#define BITS(v, hi, lo) (((uint64_t)(v) >> (lo)) & (UINT64_MAX >> (63 - (hi) + (lo))))

/* n is a power of two. Our own numbers only: for a guest's use lib/checked.h. */
#define ALIGN_DOWN(x, n) ((x) & ~((__typeof__(x))(n)-1))
#define ALIGN_UP(x, n)	 ALIGN_DOWN((x) + ((__typeof__(x))(n)-1), n)
#define IS_ALIGNED(x, n) (((x) & ((__typeof__(x))(n)-1)) == 0)

#define container_of(p, type, member) ((type *)((char *)(p)-offsetof(type, member)))

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

#define PAGE_SHIFT 12
#define PAGE_SIZE  (UINT64_C(1) << PAGE_SHIFT)
#define BLOCK_SIZE (2 * MIB)

#endif
