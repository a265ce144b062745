/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vCPUs of one VM that share a core and wait for one another by spinning (docs/scheduling.md). A hypervisor
 * that lets them spin until their slices end hands a token over a hundred times a second; the look at who runs
 * makes it thousands.
 */
#include "framework/guest.h"
#include "framework/test.h"

#define VCPUS  4
#define RUN_MS 400
/* If each vCPU that a handover has to pass spun until the end of its slice; and how much better it must be at least. */
#define AT_SLICES(passed) (RUN_MS / 10 / (passed))
#define BETTER		  5

static struct guest a;

static void circle(const char *what, enum token_wait how, unsigned int stride, uint64_t cores)
{
	guest_init(&a, G_TOKEN, VCPUS, cores);
	guest_slot_set(&a, 0, VCPUS);
	guest_slot_set(&a, 1, how);
	guest_slot_set(&a, 2, RUN_MS);
	guest_slot_set(&a, 3, stride);
	ASSERT(guest_build(&a));
	if (guest_start(&a) && guest_finish(&a)) {
		uint64_t n = guest_slot(&a, 4);

		test_note("%s: %llu in %u ms: %llu us each", what, (unsigned long long)n, RUN_MS,
			  (unsigned long long)(RUN_MS * 1000 / (n ? n : 1)));
		EXPECT(n >= AT_SLICES(stride) * BETTER);
	}
	guest_free(&a);
}

static void waits_with_yield(void)
{
	circle("YIELD", TOKEN_YIELD, 1, BIT(2));
	circle("YIELD, the other way round", TOKEN_YIELD, VCPUS - 1, BIT(2));
}

static void waits_with_wfe(void)
{
	circle("WFE", TOKEN_WFE, 1, BIT(2));
	circle("WFE, the other way round", TOKEN_WFE, VCPUS - 1, BIT(2));
}

static void waits_with_monitor(void)
{
	circle("LDAXR and WFE", TOKEN_MONITOR, 1, BIT(2));
	circle("LDAXR and WFE, the other way round", TOKEN_MONITOR, VCPUS - 1, BIT(2));
}

SUITE(overcommit, { "a token by YIELD, four vCPUs on a core", waits_with_yield }, { "a token by WFE", waits_with_wfe },
      { "a token by LDAXR and WFE", waits_with_monitor });
