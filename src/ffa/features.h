/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_FEATURES: which functions and which feature interrupts a caller has. The functions are those of the dispatcher's
 * own rows, so the answer cannot differ from what a call would do. No state, no lock. FF-A 1.2, 13.3.
 */
#ifndef FFA_FEATURES_H
#define FFA_FEATURES_H

#include "ffa/call.h"

/* A feature by its identifier: NPI, SRI, MEI. */
struct ffa_feature {
	uint32_t id;
	uint32_t min_version;
	uint8_t from;	/* a mask of enum ffa_from */
	uint32_t value; /* w2: the INTID */
};

/* What a role has. */
struct ffa_features {
	const struct ffa_row *rows; /* FFA_ROWS of them */
	const struct ffa_feature *feature;
	unsigned int nr_features;
	uint16_t rxtx_max_pages; /* in w2 of RXTX_MAP from 1.2 on; 0: no limit */
};

/*
 * Answer FFA_FEATURES in r for this caller. NOT_SUPPORTED: it has no such function or feature. INVALID_PARAMETERS:
 * reserved bits, or input properties for a function that has none.
 */
void ffa_features_answer(const struct ffa_features *f, const struct ffa_caller *caller, struct ffa_regs *r);

#endif
