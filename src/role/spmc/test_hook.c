/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts for tests; see test_hook.h. */
#include "role/spmc/test_hook.h"

#include "core/percpu.h"
#include "core/time.h"
#include "plat/plat.h"
#include "role/spmc/virq.h"

/* Shorter intervals would leave the SP no time between two timer interrupts, which go before its own. */
#define INTERVAL_MIN_NS 50000

static struct hook {
	struct timer timer;
	const struct virq *q;
	uint32_t intid;
	uint64_t interval, random; /* random 0: all intervals alike */
	uint64_t left;
} hook[CONFIG_MAX_CPUS];

static uint64_t next_interval(struct hook *h)
{
	uint64_t t = h->interval;

	if (h->random) {
		h->random ^= h->random << 13;
		h->random ^= h->random >> 7;
		h->random ^= h->random << 17;
		t = t / 2 + h->random % (t + 1);
	}
	return MAX(t, time_ns_to_ticks(INTERVAL_MIN_NS));
}

/* One more is pending, unless the last one still is. */
static void pend(struct hook *h)
{
	if (host_irq_is_pending(h->intid))
		return;
	h->left--;
	host_irq_set_pending(h->intid);
}

static void go_on(struct hook *h)
{
	if (virq_is_dead(h->q))
		h->left = 0;
	if (h->left)
		timer_start(&h->timer, time_now() + next_interval(h));
}

static void on_timer(struct timer *t)
{
	struct hook *h = container_of(t, struct hook, timer);

	if (!virq_is_dead(h->q))
		pend(h);
	go_on(h);
}

int test_hook_pend(const struct virq *q, const uint64_t *x)
{
	struct hook *h = &hook[this_cpu()->index];

	if (h->left)
		return E_BUSY;
	if (!x[3])
		return E_INVAL;
	timer_init(&h->timer, on_timer);
	h->q = q;
	h->intid = (uint32_t)x[1];
	h->interval = x[2] & UINT32_MAX;
	h->random = x[4];
	h->left = x[3];
	if (!h->interval)
		pend(h);
	go_on(h);
	return OK;
}
