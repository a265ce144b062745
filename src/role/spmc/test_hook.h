/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What only tests ask of the SPMC: secure interrupts at given or random moments (HF_TEST_PEND, abi/trivet_test.h).
 * Without CONFIG_SPMC_TEST_HOOK nobody calls it, and the linker leaves it out. State owned: a timer for each core. No
 * lock: own core only.
 */
#ifndef ROLE_SPMC_TEST_HOOK_H
#define ROLE_SPMC_TEST_HOOK_H

#include "abi/trivet_test.h"
#include "lib/types.h"

struct virq;

static inline bool test_hook_is_there(void)
{
#ifdef CONFIG_SPMC_TEST_HOOK
	return true;
#else
	return false;
#endif
}

/*
 * The call with its registers, of a context with those interrupts, which owns the INTID. E_BUSY: one is going on for
 * this core; E_INVAL: none at all is asked for.
 */
int test_hook_pend(const struct virq *q, const uint64_t *x) MUST_CHECK;

#endif
