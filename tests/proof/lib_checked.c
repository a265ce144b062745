/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checked arithmetic is arithmetic: compared with sums and products of 128 bits.
 *
 * Sources: (lib/checked.h is all inline)
 */
#include "lib/checked.h"

#include "proof.h"

/*
 * Property: checked_add is the sum, or says that 64 bits do not hold it and leaves the result alone
 * Bound: all inputs
 */
void prove_checked_add(void)
{
	const uint64_t a = nondet_u64(), b = nondet_u64(), before = nondet_u64();
	const wide_t sum = (wide_t)a + b;
	uint64_t out = before;
	const bool ok = checked_add(a, b, &out);

	PROVE(ok == (sum <= UINT64_MAX), "says true when the sum fits");
	PROVE(out == (ok ? (uint64_t)sum : before), "the sum, or untouched");
	POSSIBLE(ok);
	POSSIBLE(!ok);
}

/*
 * Property: checked_mul is the product, or says that 64 bits do not hold it and leaves the result alone
 * Bound: all inputs
 * Options: --z3
 */
void prove_checked_mul(void)
{
	const uint64_t a = nondet_u64(), b = nondet_u64(), before = nondet_u64();
	const wide_t product = (wide_t)a * b;
	uint64_t out = before;
	const bool ok = checked_mul(a, b, &out);

	PROVE(ok == (product <= UINT64_MAX), "says true when the product fits");
	PROVE(out == (ok ? (uint64_t)product : before), "the product, or untouched");
	POSSIBLE(ok);
	POSSIBLE(!ok);
}

/*
 * Property: checked_align_up is the smallest multiple that is not below n, or says that it does not fit
 * Bound: all n, all powers of two
 */
void prove_checked_align_up(void)
{
	const uint64_t n = nondet_u64(), before = nondet_u64();
	const unsigned int shift = nondet_u8();
	uint64_t out = before;
	wide_t up;
	bool ok;

	ASSUME(shift < 64);
	up = (((wide_t)n + BIT(shift) - 1) >> shift) << shift;
	ok = checked_align_up(n, BIT(shift), &out);
	PROVE(ok || up > UINT64_MAX, "false only when the multiple does not fit");
	PROVE(!ok || (out == up && up <= UINT64_MAX), "the multiple");
	PROVE(ok || out == before, "untouched");
	POSSIBLE(ok && out != n);
	POSSIBLE(!ok);
}

/*
 * Property: range_within and range_overlaps are what they say, byte by byte
 * Bound: all inputs of range_within; range_overlaps: ranges that do not wrap, as its caller promises
 */
void prove_ranges(void)
{
	const uint64_t a = nondet_u64(), alen = nondet_u64(), b = nondet_u64(), blen = nondet_u64(),
		       byte = nondet_u64();
	const wide_t a_end = (wide_t)a + alen, b_end = (wide_t)b + blen;
	bool in_both;

	PROVE(range_within(a, alen, b) == (a_end <= b), "within: the mathematical end is no larger than the size");
	POSSIBLE(range_within(a, alen, b));

	ASSUME(a_end <= UINT64_MAX && b_end <= UINT64_MAX);
	in_both = byte >= a && byte < a_end && byte >= b && byte < b_end;
	PROVE(!in_both || range_overlaps(a, alen, b, blen), "a byte of both: they overlap");
	/* The first byte of the one that starts later is a byte of both, if any is. */
	PROVE(!range_overlaps(a, alen, b, blen) || (MAX(a, b) < a_end && MAX(a, b) < b_end),
	      "they overlap: a byte of both");
	POSSIBLE(range_overlaps(a, alen, b, blen));
	POSSIBLE(!range_overlaps(a, alen, b, blen));
}
