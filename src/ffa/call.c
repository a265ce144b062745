/* SPDX-License-Identifier: BSD-3-Clause */
/* FF-A calls: dispatch by row, and answers; see call.h. No state, no lock. */
#include "ffa/call.h"

#include "abi/smccc.h"
#include "ffa/version.h"

bool ffa_call_is_ffa(uint32_t id)
{
	const uint32_t num = id & FFA_NUM_MASK;

	return (id & ~(uint32_t)(FFA_NUM_MASK | FFA_ID_IS_64)) == FFA_ID_32 && num >= FFA_NUM_MIN && num <= FFA_NUM_MAX;
}

static inline const struct ffa_row *find(const struct ffa_row *rows, const struct ffa_caller *caller, uint32_t id)
{
	/* What is not FF-A's is a great number here. */
	const uint32_t n = (id & ~(uint32_t)FFA_ID_IS_64) - (FFA_ID_32 | FFA_NUM_MIN);
	const struct ffa_row *row = &rows[n];

	if (n >= FFA_ROWS || !row->fn || !(row->from & caller->from) ||
	    ffa_version_get(caller->version) < row->min_version)
		return NULL;
	return row->conv & (id & FFA_ID_IS_64 ? FFA_CONV_64 : FFA_CONV_32) ? row : NULL;
}

const struct ffa_row *ffa_call_row(const struct ffa_row *rows, const struct ffa_caller *caller, uint32_t id)
{
	return find(rows, caller, id);
}

void ffa_call_dispatch(const struct ffa_row *rows, struct ffa_caller *caller, struct ffa_regs *r)
{
	const uint32_t id = (uint32_t)r->x[0] & ~(uint32_t)SMCCC_SVE_HINT;
	const struct ffa_row *row = find(rows, caller, id);

	if (id != FFA_VERSION)
		ffa_version_lock(caller->version);
	if (!row) {
		ffa_call_error(r, FFA_NOT_SUPPORTED);
		return;
	}
	r->x[0] = id;
	row->fn(caller, r);
}

void ffa_call_copy_rest(uint64_t *to, const uint64_t *from)
{
	for (unsigned int i = FFA_REGS_SHORT; i < FFA_REGS; i++)
		to[i] = from[i];
}

void ffa_call_error(struct ffa_regs *r, int code)
{
	ffa_call_answer(r, FFA_ERROR, 0, (uint32_t)code, 0);
}

void ffa_call_success(struct ffa_regs *r, uint32_t w2, uint32_t w3)
{
	ffa_call_answer(r, FFA_SUCCESS_32, 0, w2, w3);
}

void ffa_call_result(struct ffa_regs *r, int code)
{
	if (code == OK)
		ffa_call_success(r, 0, 0);
	else
		ffa_call_error(r, code);
}

void ffa_call_interrupt(struct ffa_regs *r, uint16_t id, uint16_t vcpu, uint32_t intid)
{
	ffa_call_answer(r, FFA_INTERRUPT, FFA_ENDPOINTS((uint32_t)id, vcpu), intid, 0);
}
