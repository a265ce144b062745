/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite spmc/chain_threads: four threads as cores that call, answer, yield, are preempted, go on and abort each other
 * at random, also under make check-tsan: each context has one owner, and in the end none is lost.
 */
#include "unit.h"

#include <pthread.h>

#include "abi/ffa.h"
#include "role/spmc/chain.h"
#include "role/spmc/sp.h"

#define CORES  4u
#define UPS    4u
#define CTXS   (UPS + CORES) /* those of the SP with several contexts come last */
#define ROUNDS 300u
#define STEPS  400u

static struct sp sps[UPS + 1];
static struct sp_ctx ctx[CTXS];
static uint64_t value[CTXS]; /* its owner's: plain, so that TSan sees two */
static uint32_t owner[CTXS];
static uint32_t wrong, aborts, resumes;

static bool is_aborted(const struct sp_ctx *c)
{
	return sp_context_state(&c->state) == SP_ABORTED;
}

static void must(bool ok)
{
	if (!ok)
		__atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
}

/* It runs here. */
static struct sp_ctx *take(struct sp_ctx *c, unsigned int core)
{
	if (!c)
		return NULL;
	__atomic_store_n(&c->core, core, __ATOMIC_RELAXED);
	must(__atomic_exchange_n(&owner[c - ctx], 1 + core, __ATOMIC_RELAXED) == 0);
	value[c - ctx]++;
	return c;
}

static void give(const struct sp_ctx *c)
{
	value[c - ctx]++;
	must(__atomic_exchange_n(&owner[c - ctx], 0, __ATOMIC_RELAXED) != 0);
}

/* As run_leave() and settle() do it. */
static struct sp_ctx *leave(struct sp_ctx *c, enum sp_event event)
{
	struct sp_ctx *above, *below = chain_pop(c, &above);

	give(c);
	__atomic_store_n(&c->pinned, c->sp->manifest.ctx_count > 1, __ATOMIC_RELAXED);
	sp_context_mine(&c->state, event);
	return below;
}

static struct sp_ctx *pick(uint64_t r, unsigned int core)
{
	const unsigned int i = r % (UPS + 1);

	return &ctx[i < UPS ? i : UPS + core];
}

static struct sp_ctx *call(struct sp_ctx *on, struct sp_ctx *c, unsigned int core)
{
	if (chain_push(on, c, SP_MODEL_REQUEST) != OK)
		return on;
	if (on)
		give(on);
	return take(c, core);
}

static struct sp_ctx *go_on(struct sp_ctx *on, struct sp_ctx *c, unsigned int core)
{
	struct sp_ctx *top;

	if (chain_resume(on, c, core, &top) != OK)
		return on;
	if (on)
		give(on);
	__atomic_add_fetch(&resumes, 1, __ATOMIC_RELAXED);
	return take(top, core);
}

/* The core has on, or the normal world: what happens there next. */
static struct sp_ctx *step(struct sp_ctx *on, unsigned int core, uint64_t r)
{
	struct sp_ctx *c = pick(r >> 8, core);

	if (on && is_aborted(on))
		return take(leave(on, SP_ABORT), core);
	switch (r % 8) {
	case 0:
	case 1:
	case 2:
		return call(on, c, core);
	case 3:
		return go_on(on, c, core);
	case 4:
		if (on && r >> 40 & 1)
			return take(leave(on, SP_YIELD), core);
		return go_on(on, c, core);
	case 5:
		if (!on)
			break;
		give(on);
		chain_preempt(on);
		return NULL;
	case 6:
		if (r >> 40 & 63)
			return on ? take(leave(on, SP_WAIT), core) : NULL;
		if (sp_context_abort(&ctx[(r >> 32) % CTXS].state)) /* any core may, whoever has it */
			__atomic_add_fetch(&aborts, 1, __ATOMIC_RELAXED);
		break;
	default:
		return on ? take(leave(on, SP_WAIT), core) : NULL;
	}
	return on;
}

static void *core_main(void *arg)
{
	const unsigned int core = (unsigned int)(uintptr_t)arg & 3;
	uint64_t seed = (uint64_t)(uintptr_t)arg * 977 + 1;
	struct sp_ctx *on = NULL;

	for (unsigned int i = 0; i < STEPS; i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		on = step(on, core, seed >> 13);
	}
	while (on)
		on = take(leave(on, is_aborted(on) ? SP_ABORT : SP_WAIT), core);
	return NULL;
}

static void build(void)
{
	memset(ctx, 0, sizeof(ctx));
	for (unsigned int i = 0; i < CTXS; i++) {
		struct sp *sp = &sps[MIN(i, UPS)];

		sp->manifest.ctx_count = i < UPS ? 1 : CORES;
		sp->manifest.ns_action = SP_NS_SIGNALED;
		ctx[i].sp = sp;
		sp_context_init(&ctx[i].state);
		ctx[i].state.word = SP_IDLE;
		owner[i] = 0;
	}
}

static bool stands_still(const struct sp_ctx *c)
{
	const enum sp_state s = sp_context_state(&c->state);

	return s == SP_YIELDED || s == SP_PREEMPTED || s == SP_CHAIN_PREEMPTED;
}

/* Whoever still stands somewhere goes on, for whom he waits or for the normal world, until all are idle. */
static void finish(void)
{
	for (unsigned int tries = 0; tries < 100; tries++) {
		for (unsigned int i = 0; i < CTXS; i++) {
			struct sp_ctx *c = &ctx[i], *on = NULL;
			const unsigned int core = c->core;

			if (!stands_still(c))
				continue;
			on = go_on(NULL, c, core);
			/* It had yielded to one that is idle. */
			if (!on && c->caller && chain_push(NULL, c->caller, SP_MODEL_REQUEST) == OK)
				on = go_on(take(c->caller, core), c, core);
			while (on)
				on = take(leave(on, is_aborted(on) ? SP_ABORT : SP_WAIT), core);
		}
	}
}

static void nobody_is_lost(void **state UNUSED)
{
	wrong = aborts = resumes = 0;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		pthread_t thread[CORES];

		build();
		for (uintptr_t i = 0; i < CORES; i++)
			assert_int_equal(pthread_create(&thread[i], NULL, core_main, (void *)(round * 4 + i)), 0);
		for (unsigned int i = 0; i < CORES; i++)
			pthread_join(thread[i], NULL);
		finish();
		assert_int_equal(wrong, 0);
		for (unsigned int i = 0; i < CTXS; i++) {
			const enum sp_state s = sp_context_state(&ctx[i].state);

			if (s != SP_IDLE && s != SP_ABORTED)
				fail_msg("round %u: context %u is %s", round, i, sp_context_state_name(s));
			assert_int_equal(owner[i], 0);
		}
	}
	/* It has tried what it says. */
	assert_true(aborts > ROUNDS / 4);
	assert_true(resumes > ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_lost),
	};

	return UNIT_RUN(tests);
}
