/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_FEATURES; see features.h. */
#include "ffa/features.h"

#include "ffa/version.h"

#define RETRIEVE_NS_BIT 0x2 /* w2 in and out: does the caller of MEM_RETRIEVE_REQ know the NS attribute? */

static bool takes_properties(uint32_t id)
{
	return id == FFA_MEM_RETRIEVE_REQ_32 || id == FFA_MEM_RETRIEVE_REQ_64;
}

/* Not callable, so they have no rows: what calls are answered with. They are asked for all the same. */
static bool is_answer(uint32_t id)
{
	return id == FFA_ERROR || id == FFA_SUCCESS_32 || id == FFA_SUCCESS_64 || id == FFA_INTERRUPT;
}

static void answer_function(const struct ffa_features *f, const struct ffa_caller *caller, struct ffa_regs *r)
{
	const uint32_t id = (uint32_t)r->x[1], in = (uint32_t)r->x[2];
	const struct ffa_row *row = ffa_call_row(f->rows, caller, id);
	uint32_t w2;

	if (!row && !is_answer(id)) {
		ffa_call_error(r, FFA_NOT_SUPPORTED);
		return;
	}
	if (in && (!takes_properties(id) || (in & ~(uint32_t)RETRIEVE_NS_BIT))) {
		ffa_call_error(r, FFA_INVALID_PARAMETERS);
		return;
	}
	w2 = row ? row->features : 0;
	if ((id == FFA_RXTX_MAP_32 || id == FFA_RXTX_MAP_64) && ffa_version_get(caller->version) >= FFA_VERSION_1_2)
		w2 |= (uint32_t)f->rxtx_max_pages << FFA_RXTX_MAX_PAGES_SHIFT;
	ffa_call_success(r, w2, 0);
}

static void answer_feature(const struct ffa_features *f, const struct ffa_caller *caller, struct ffa_regs *r)
{
	const uint32_t id = (uint32_t)r->x[1];

	if ((id & ~(uint32_t)FFA_FEATURE_ID_MASK) || (uint32_t)r->x[2]) {
		ffa_call_error(r, FFA_INVALID_PARAMETERS);
		return;
	}
	for (unsigned int i = 0; i < f->nr_features; i++) {
		const struct ffa_feature *feature = &f->feature[i];

		if (feature->id == id && (feature->from & caller->from) &&
		    ffa_version_get(caller->version) >= feature->min_version) {
			ffa_call_success(r, feature->value, 0);
			return;
		}
	}
	ffa_call_error(r, FFA_NOT_SUPPORTED);
}

void ffa_features_answer(const struct ffa_features *f, const struct ffa_caller *caller, struct ffa_regs *r)
{
	if ((uint32_t)r->x[1] & FFA_FEATURE_IS_FUNCTION)
		answer_function(f, caller, r);
	else
		answer_feature(f, caller, r);
}
