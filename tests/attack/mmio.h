/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of attack guest A share; and, for mmio_insn_table.S too, the kinds of instructions in its table. */
#ifndef ATTACK_MMIO_H
#define ATTACK_MMIO_H

/* What has to come of an instruction on an emulated device's register. */
#define I_LOAD	0 /* x2, and x3 of a pair, from [x1] */
#define I_STORE 1 /* x2, and x3, to [x1] */
#define I_ABORT 2 /* not emulated: an abort, nothing changed */
#define I_SKIP	3 /* as if it were not there */
#define I_UNDEF 4 /* not offered to guests */
#define I_MAYBE 5 /* a store that the architecture lets fail without an access (exclusive): w5 = 1, or an abort */
#define I_ANY	6 /* several instructions, or tags: any number of aborts, and the device is what it was */

/* How a load extends. */
#define X_ZERO	 0
#define X_SIGN32 1
#define X_SIGN64 2

/* Flags. */
#define F_EL1	1 /* not at EL0 */
#define F_BLOCK 2 /* works on a block: FAR may be any of it */

/* The features that a row needs; without them it is not run. */
#define NEED_LSE   1
#define NEED_RCPC  2
#define NEED_RCPC2 3
#define NEED_PAUTH 4
#define NEED_MOPS  5
#define NEED_DPB   6
#define NEED_DPB2  7
#define NEED_LOR   8

#ifndef __ASSEMBLY__
#include "attack.h"

struct insn_row {
	const char *name;
	const void *code; /* the instruction, then RET */
	uint8_t kind, size, pair, ext;
	uint8_t flags, need;
	int16_t at; /* the access is at x1 + at */
	int64_t wb; /* x1 grows by that */
};
_Static_assert(sizeof(struct insn_row) == 32, "mmio_insn_table.S");
extern const struct insn_row insn_rows[], insn_rows_end[];

struct insn_regs {
	uint64_t x[12], v[8];
};
/* Runs a row's code with x0 to x11 and v0 to v3 from the record, and puts them back there. SP_EL0 changes. */
void insn_run(struct insn_regs *r, const void *code);

/* Code for insn_run. */
extern const char mmio_ldp[], mmio_stp_post[], mmio_ldr_q[], mmio_cpyf[], mmio_literals[];
void mmio_el0_ldp(void *at);
uint64_t mmio_big_endian(uint64_t at, uint64_t sctlr);
void mmio_lose_tables(uint64_t ttbr0);
void mmio_vectors_trip(uint64_t vbar, uint64_t to);
extern const char mmio_vectors_stub[];

/* Tests: mmio_sweep.c */
void mmio_reads(void);
void mmio_writes(void);
void mmio_all_at_once(void);
void mmio_unaligned(void);
void mmio_holes(void);
void mmio_devices_work(void);
/* mmio_insn.c */
void mmio_insn_off(void);
void mmio_insn_el0(void);
void mmio_insn_device(void);
void mmio_insn_normal(void);
void mmio_insn_nc(void);
void mmio_insn_nowhere(void);
void mmio_insn_pairs_across(void);
void mmio_insn_literals(void);
void mmio_insn_unreadable(void);
void mmio_insn_big_endian(void);
void mmio_insn_rewritten(void);
void mmio_insn_remapped(void);
/* mmio_walk.c */
void mmio_fetch(void);
void mmio_ipa_space(void);
void mmio_output_size(void);
void mmio_tables(void);
void mmio_at(void);
void mmio_vectors(void);
void mmio_no_tables(void);
#endif

#endif
