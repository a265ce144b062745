/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The decoder of loads and stores with any instruction word.
 *
 * Sources: src/core/decode.c
 */
#include "core/decode.h"

#include "proof.h"

/*
 * Property: every word has an answer; of what is decoded as an access to emulate the size is 1, 2, 4 or 8 bytes, one
 * or two registers
 *   0 to 31, a write-back offset that fits its encoding, and what the architecture leaves open is not decoded
 * Bound: all 2^32 words
 * Options: --unwind 16
 */
void prove_decode(void)
{
	const uint32_t insn = nondet_u32();
	struct decode_access a;
	const int rc = decode_load_store(insn, &a);

	PROVE(rc == OK || rc == E_NOTSUP, "an answer");
	if (rc != OK)
		return;
	PROVE(a.rt[0] < 32 && a.rt[1] < 32 && a.rn < 32, "numbers of registers");
	PROVE(!a.writeback || (a.wb_offset >= -1024 && a.wb_offset <= 1023), "a write-back offset that can be encoded");
	POSSIBLE(a.kind == DECODE_EXCLUSIVE);
	POSSIBLE(a.kind == DECODE_ATOMIC);
	POSSIBLE(a.kind == DECODE_SIMD);
	POSSIBLE(a.kind == DECODE_PREFETCH);
	if (a.kind != DECODE_GENERAL)
		return;
	PROVE(a.size == 1 || a.size == 2 || a.size == 4 || a.size == 8, "1, 2, 4, or 8 bytes");
	PROVE(a.nregs == 1 || a.nregs == 2, "one register, or two");
	PROVE(!a.sign_extend || !a.write, "only a load extends a sign");
	PROVE(!a.sign_extend || a.size < 8, "of less than 64 bits");
	PROVE(a.size < 8 || a.reg64, "eight bytes go to X registers");
	PROVE(!a.writeback || a.rn == 31 || a.rt[0] != a.rn, "the base is not transferred too");
	PROVE(a.nregs == 1 || a.size == 4 || a.size == 8, "pairs are of words");
	PROVE(a.nregs == 1 || a.write || a.rt[0] != a.rt[1], "a pair does not load one register twice");
	POSSIBLE(a.nregs == 2 && a.writeback && a.wb_offset == -512);
	POSSIBLE(a.sign_extend && a.size == 1 && !a.reg64);
	POSSIBLE(a.write && a.size == 2);
}
