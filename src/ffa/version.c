/* SPDX-License-Identifier: BSD-3-Clause */
/* Version negotiation; see version.h. */
#include "ffa/version.h"

#define LOCKED FFA_VERSION_RESERVED /* a bit that no version has */

void ffa_version_init(struct ffa_version *v, uint32_t version)
{
	__atomic_store_n(&v->word, version & ~LOCKED, __ATOMIC_RELAXED);
}

uint32_t ffa_version_get(const struct ffa_version *v)
{
	return __atomic_load_n(&v->word, __ATOMIC_RELAXED) & ~LOCKED;
}

bool ffa_version_is_locked(const struct ffa_version *v)
{
	return __atomic_load_n(&v->word, __ATOMIC_RELAXED) & LOCKED;
}

void ffa_version_lock(struct ffa_version *v)
{
	/* The store is needed once; the load alone leaves the line shared among cores. */
	if (!ffa_version_is_locked(v))
		__atomic_fetch_or(&v->word, LOCKED, __ATOMIC_RELAXED);
}

int32_t ffa_version_negotiate(struct ffa_version *v, uint32_t requested)
{
	const uint32_t agreed = MIN(requested, (uint32_t)FFA_VERSION_OURS);
	uint32_t word = __atomic_load_n(&v->word, __ATOMIC_RELAXED);

	if ((requested & FFA_VERSION_RESERVED) || FFA_VERSION_MAJOR(requested) != FFA_VERSION_MAJOR(FFA_VERSION_OURS))
		return FFA_NOT_SUPPORTED;
	do {
		if (word == (agreed | LOCKED))
			return FFA_VERSION_OURS;
		if (word & LOCKED)
			return FFA_NOT_SUPPORTED;
	} while (!__atomic_compare_exchange_n(&v->word, &word, agreed, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return FFA_VERSION_OURS;
}

bool ffa_version_is_compatible(uint32_t version)
{
	return !(version & FFA_VERSION_RESERVED) && FFA_VERSION_MAJOR(version) == FFA_VERSION_MAJOR(FFA_VERSION_OURS) &&
	       version <= FFA_VERSION_OURS;
}
