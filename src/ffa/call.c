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

const struct ffa_row *ffa_call_row(const struct ffa_row *rows, const struct ffa_caller *caller, uint32_t id)
{
	const struct ffa_row *row;

	if (!ffa_call_is_ffa(id))
		return NULL;
	row = &rows[FFA_ROW_INDEX(id)];
	if (!row->fn || !(row->from & caller->from) || ffa_version_get(caller->version) < row->min_version)
		return NULL;
	return row->conv & (id & FFA_ID_IS_64 ? FFA_CONV_64 : FFA_CONV_32) ? row : NULL;
}

void ffa_call_dispatch(const struct ffa_row *rows, struct ffa_caller *caller, struct ffa_regs *r)
{
	const uint32_t id = (uint32_t)r->x[0] & ~(uint32_t)SMCCC_SVE_HINT;
	const struct ffa_row *row = ffa_call_row(rows, caller, id);

	if (id != FFA_VERSION)
		ffa_version_lock(caller->version);
	if (!row) {
		ffa_call_error(r, FFA_NOT_SUPPORTED);
		return;
	}
	r->x[0] = id;
	row->fn(caller, r);
}

bool ffa_call_is_long(uint32_t id)
{
	return id == FFA_MSG_SEND_DIRECT_REQ2 || id == FFA_MSG_SEND_DIRECT_RESP2 || id == FFA_CONSOLE_LOG_64 ||
	       id == FFA_PARTITION_INFO_GET_REGS || id == FFA_SUCCESS_64;
}

unsigned int ffa_call_regs(uint32_t id)
{
	return ffa_call_is_long(id) ? FFA_REGS : FFA_REGS_SHORT;
}

void ffa_call_error(struct ffa_regs *r, int code)
{
	*r = (struct ffa_regs){ .x = { [0] = FFA_ERROR, [2] = (uint32_t)code } };
}

void ffa_call_success(struct ffa_regs *r, uint32_t w2, uint32_t w3)
{
	*r = (struct ffa_regs){ .x = { [0] = FFA_SUCCESS_32, [2] = w2, [3] = w3 } };
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
	*r = (struct ffa_regs){ .x = { [0] = FFA_INTERRUPT, [1] = FFA_ENDPOINTS((uint32_t)id, vcpu), [2] = intid } };
}
