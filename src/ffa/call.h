/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An FF-A call: its registers, who made it, the rows of a function table, and the one place that fills in results, so
 * that no register of an answer is left over from something else (bug class 7). No state, no lock. FF-A 1.2, 11
 * (calling conventions) and 12 to 18 (functions).
 *
 * Within src/ffa a function that can refuse returns OK or an FF-A error code (FFA_DENIED, ...): both are 0 or negative.
 */
#ifndef FFA_CALL_H
#define FFA_CALL_H

#include "abi/ffa.h"
#include "lib/types.h"

#define FFA_REGS       18 /* x0 to x17: SMCCC 1.2 */
#define FFA_REGS_SHORT 8  /* all calls but those of ffa_call_is_long() */

struct ffa_regs {
	uint64_t x[FFA_REGS];
};

struct ffa_version;

/* Where a call comes from: the instance. A bit each, for rows. */
enum ffa_from {
	FFA_FROM_NS = 1,     /* the normal world's hypervisor or OS, through SPMD */
	FFA_FROM_SPMD = 2,   /* SPMD itself */
	FFA_FROM_SP = 4,     /* a Secure Partition at S-EL1 */
	FFA_FROM_SP_EL0 = 8, /* a Secure Partition at S-EL0 */
	FFA_FROM_VM = 16,    /* a VM, to the hypervisor */
};

struct ffa_caller {
	enum ffa_from from;
	uint16_t id;		     /* for FFA_FROM_NS: FFA_ID_HYPERVISOR */
	struct ffa_version *version; /* the caller's own */
	void *role;		     /* what the role knows of it: the vCPU, the mailbox */
};

/*
 * A function. Rows stand in a table at index ffa_row_index(): [0x63 - 0x60] is VERSION. fn NULL: not supported. It gets
 * the registers of the call and leaves the answer there.
 */
struct ffa_row {
	uint32_t min_version; /* FFA_VERSION_1_0, ... */
	uint8_t conv;	      /* FFA_CONV_* that exist */
	uint8_t from;	      /* a mask of enum ffa_from */
	void (*fn)(struct ffa_caller *caller, struct ffa_regs *r);
	uint32_t features; /* w2 of FEATURES for it; more in features.h */
};
enum { FFA_CONV_32 = 1, FFA_CONV_64 = 2, FFA_CONV_BOTH = 3 };

#define FFA_ROWS	  (FFA_NUM_MAX - FFA_NUM_MIN + 1)
#define FFA_ROW_INDEX(id) (((id)&FFA_NUM_MASK) - FFA_NUM_MIN)

/* Is id (w0, without SMCCC's hint bit) in FF-A's range, 32- or 64-bit? */
bool ffa_call_is_ffa(uint32_t id);
/* The row that answers id for this caller at its version, or NULL: NOT_SUPPORTED. rows has FFA_ROWS. */
const struct ffa_row *ffa_call_row(const struct ffa_row *rows, const struct ffa_caller *caller, uint32_t id);
/*
 * Handle the call in r: find the row, lock the caller's version unless this negotiates it, call the handler. What has
 * no row is answered FFA_ERROR(NOT_SUPPORTED).
 */
void ffa_call_dispatch(const struct ffa_row *rows, struct ffa_caller *caller, struct ffa_regs *r);

/* Does id use x8 to x17 (1.2)? Of others these registers are neither read nor written. */
static inline bool ffa_call_is_long(uint32_t id)
{
	return (id & FFA_ID_IS_64) &&
	       (id == FFA_MSG_SEND_DIRECT_REQ2 || id == FFA_MSG_SEND_DIRECT_RESP2 || id == FFA_CONSOLE_LOG_64 ||
		id == FFA_PARTITION_INFO_GET_REGS || id == FFA_SUCCESS_64);
}
/* How many registers, from x0 on, a caller gets back when x0 is id. */
static inline unsigned int ffa_call_regs(uint32_t id)
{
	return ffa_call_is_long(id) ? FFA_REGS : FFA_REGS_SHORT;
}

/* x8 to x17 of ffa_call_copy(). */
void ffa_call_copy_rest(uint64_t *to, const uint64_t *from);

/*
 * A message or an answer from one set of registers to another: what it does not use stays as it is. Pairs, not a loop.
 */
static inline void ffa_call_copy(uint64_t *to, const uint64_t *from)
{
	const uint64_t x0 = from[0], x1 = from[1], x2 = from[2], x3 = from[3];
	const uint64_t x4 = from[4], x5 = from[5], x6 = from[6], x7 = from[7];

	to[0] = x0;
	to[1] = x1;
	to[2] = x2;
	to[3] = x3;
	to[4] = x4;
	to[5] = x5;
	to[6] = x6;
	to[7] = x7;
	if (unlikely(ffa_call_is_long((uint32_t)x0)))
		ffa_call_copy_rest(to, from);
}

/*
 * --- answers: x0 to x7 are set, what is not named is 0. x8 to x17 stay as they are: the caller's own (SMCCC 1.2, 3.1),
 * since r has the registers of the call. So a handler reads all that it needs before it answers.
 */

static inline void ffa_call_answer(struct ffa_regs *r, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
	uint64_t *x = r->x;

	x[0] = x0;
	x[1] = x1;
	x[2] = x2;
	x[3] = x3;
	x[4] = x[5] = x[6] = x[7] = 0;
}
/* FFA_ERROR with code, which is negative. */
void ffa_call_error(struct ffa_regs *r, int code);
/* FFA_SUCCESS (32-bit) with w2 and w3. */
void ffa_call_success(struct ffa_regs *r, uint32_t w2, uint32_t w3);
/* OK: as ffa_call_success(r, 0, 0); else as ffa_call_error(). */
void ffa_call_result(struct ffa_regs *r, int code);
/* FFA_INTERRUPT. */
void ffa_call_interrupt(struct ffa_regs *r, uint16_t id, uint16_t vcpu, uint32_t intid);

#endif
