/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The FF-A version that a caller has negotiated: one for each endpoint. The version decides which functions it has and
 * how its descriptors look, so it is fixed once the caller has used it: from its first call other than FFA_VERSION on.
 * Safe from any core without a lock: both facts are one word. FF-A 1.2, 13.2.
 */
#ifndef FFA_VERSION_H
#define FFA_VERSION_H

#include "abi/ffa.h"
#include "lib/types.h"

#define FFA_VERSION_OURS FFA_VERSION_1_2

#define FFA_VERSION_LOCKED FFA_VERSION_RESERVED /* a bit that no version has */

struct ffa_version {
	uint32_t word; /* the version; bit 31: locked */
};

/* An endpoint that has not asked yet has `version`: an SP its manifest's, others the oldest that they may have. */
void ffa_version_init(struct ffa_version *v, uint32_t version);

/* Inline, as each call needs them. */
static inline uint32_t ffa_version_get(const struct ffa_version *v)
{
	return __atomic_load_n(&v->word, __ATOMIC_RELAXED) & ~FFA_VERSION_LOCKED;
}
static inline bool ffa_version_is_locked(const struct ffa_version *v)
{
	return __atomic_load_n(&v->word, __ATOMIC_RELAXED) & FFA_VERSION_LOCKED;
}
/* A call other than FFA_VERSION was made. */
static inline void ffa_version_lock(struct ffa_version *v)
{
	/* The store is needed once; the load alone leaves the line shared among cores. */
	if (unlikely(!ffa_version_is_locked(v)))
		__atomic_fetch_or(&v->word, FFA_VERSION_LOCKED, __ATOMIC_RELAXED);
}

/*
 * FFA_VERSION(requested): what goes into w0. FFA_NOT_SUPPORTED: a reserved bit, another major version, or a change
 * after the lock. Else our version, and from now on the lower of both is the caller's.
 */
int32_t ffa_version_negotiate(struct ffa_version *v, uint32_t requested);

/* May an endpoint that expects `version` (of its manifest) run here? */
bool ffa_version_is_compatible(uint32_t version);

#endif
