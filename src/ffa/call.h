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
	const char *name;
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
bool ffa_call_is_long(uint32_t id);
/* How many registers, from x0 on, a caller gets back when x0 is id. */
unsigned int ffa_call_regs(uint32_t id);

/* --- answers: x0 to x7 are set, what is not named is 0; x8 to x17 are zeroed too, see ffa_call_regs() --- */

/* FFA_ERROR with code, which is negative. */
void ffa_call_error(struct ffa_regs *r, int code);
/* FFA_SUCCESS (32-bit) with w2 and w3. */
void ffa_call_success(struct ffa_regs *r, uint32_t w2, uint32_t w3);
/* OK: as ffa_call_success(r, 0, 0); else as ffa_call_error(). */
void ffa_call_result(struct ffa_regs *r, int code);
/* FFA_INTERRUPT. */
void ffa_call_interrupt(struct ffa_regs *r, uint16_t id, uint16_t vcpu, uint32_t intid);

#endif
