/* SPDX-License-Identifier: BSD-3-Clause */
/* Version negotiation; see version.h. */
#include "ffa/version.h"

void ffa_version_init(struct ffa_version *v, uint32_t version)
{
	__atomic_store_n(&v->word, version & ~FFA_VERSION_LOCKED, __ATOMIC_RELAXED);
}

int32_t ffa_version_negotiate(struct ffa_version *v, uint32_t requested)
{
	const uint32_t agreed = MIN(requested, (uint32_t)FFA_VERSION_OURS);
	uint32_t word = __atomic_load_n(&v->word, __ATOMIC_RELAXED);

	if ((requested & FFA_VERSION_RESERVED) || FFA_VERSION_MAJOR(requested) != FFA_VERSION_MAJOR(FFA_VERSION_OURS))
		return FFA_NOT_SUPPORTED;
	do {
		if (word == (agreed | FFA_VERSION_LOCKED))
			return FFA_VERSION_OURS;
		if (word & FFA_VERSION_LOCKED)
			return FFA_NOT_SUPPORTED;
	} while (!__atomic_compare_exchange_n(&v->word, &word, agreed, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return FFA_VERSION_OURS;
}

bool ffa_version_is_compatible(uint32_t version)
{
	return !(version & FFA_VERSION_RESERVED) && FFA_VERSION_MAJOR(version) == FFA_VERSION_MAJOR(FFA_VERSION_OURS) &&
	       version <= FFA_VERSION_OURS;
}
