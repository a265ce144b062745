/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Loads and stores that the syndrome does not describe (ESR.ISV = 0): A64 decode of pairs, write-back, SIMD&FP,
 * exclusive and so on (ARM DDI 0487 C4.1.94 Loads and Stores). Pure: bytes to a description.
 */
#ifndef CORE_DECODE_H
#define CORE_DECODE_H

#include "lib/types.h"

enum decode_kind {
	DECODE_GENERAL,	  /* general registers: emulated as nregs accesses */
	DECODE_SIMD,	  /* SIMD&FP and SVE registers: not emulated on device memory */
	DECODE_EXCLUSIVE, /* load or store exclusive */
	DECODE_ATOMIC,	  /* compare-and-swap and the other read-modify-writes */
	DECODE_PREFETCH,  /* a hint: may be skipped */
	DECODE_CACHE,	  /* cleaning and invalidating by address: nothing to do where nothing is cached */
	DECODE_OTHER,	  /* memory tags, 64-byte accesses, memory copy: known, not emulated */
};

/*
 * What an instruction does. Fields below the first two are exact for GENERAL and PREFETCH; for the other kinds they are
 * what is easily had.
 */
struct decode_access {
	enum decode_kind kind;
	bool write; /* it stores (also: it loads and stores) */
	bool sign_extend;
	bool reg64;	/* destination is X (else W) */
	uint8_t size;	/* bytes of each element: 1, 2, 4, 8 (16 for SIMD&FP) */
	uint8_t nregs;	/* 1 or 2: the second element lies size bytes above the first */
	uint8_t rt[2];	/* 31: zero register */
	uint8_t rn;	/* base; 31: SP; meaningful with writeback only */
	bool writeback; /* rn += wb_offset afterwards (pre- and post-index) */
	int64_t wb_offset;
	int64_t offset; /* with writeback or two registers: the first element lies at rn + offset */
};

/*
 * OK; E_NOTSUP when it is no load or store that is known here, or one whose effect the architecture
 * leaves open (a write-back base that is also transferred, a pair that loads one register twice).
 */
int decode_load_store(uint32_t insn, struct decode_access *a) MUST_CHECK;

#endif
