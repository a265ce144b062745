/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What all proofs use. A proof is a function `void prove_<name>(void)` that tools/proof gives to CBMC with the
 * product's own files: CBMC looks at every path and every value of what is nondeterministic here, up to the bounds that
 * the proof states.
 *
 * tools/proof reads the comments: "Sources:" at the top of a file names the product's files that are linked; above a
 * proof "Property:" and "Bound:" are for people (docs/testing.md), "Options:" goes to CBMC, except "wraps": arithmetic
 * of unsigned numbers may wrap there, which is what the code means to do. A function that is called and has no body
 * fails the proof, so whatever is not the product's is written out in the harness.
 */
#ifndef PROOF_H
#define PROOF_H

#include "lib/types.h"

/* Any value. (CBMC takes functions of these names that have no body so.) */
bool nondet_bool(void);
int nondet_int(void);
uint8_t nondet_u8(void);
uint16_t nondet_u16(void);
uint32_t nondet_u32(void);
uint64_t nondet_u64(void);

/* Only such values are looked at from here on. */
#define ASSUME(c) __CPROVER_assume(c)

/* Must hold for all of them. */
#define PROVE(c, text) __CPROVER_assert((c), text)

/*
 * Must be possible: tools/proof fails when it is not. Without it, assumptions that contradict each other, or a harness
 * that never gets to its point, would prove anything.
 */
#define POSSIBLE(c) __CPROVER_assert(!(c), "POSSIBLE " #c)

/* An object of that many bytes, all of them any: one byte behind it is outside. */
void *any_bytes(size_t size);

/* a + b and a * b as in mathematics, where 64 bits may not do. */
typedef unsigned __int128 wide_t;

#endif
