/* SPDX-License-Identifier: BSD-3-Clause */
/* Call chains; see chain.h. No state of its own. */
#include "role/spmc/chain.h"

#include "abi/ffa.h"
#include "role/spmc/sp.h"

/* Read by those who look at a context before they have it. */
#define SET(x, value) __atomic_store_n(&(x), value, __ATOMIC_RELAXED)

static bool is_aborted(const struct sp_ctx *c)
{
	return sp_context_state(&c->state) == SP_ABORTED;
}

/*
 * What it does about interrupts while it runs for below: no SP can make a caller be preempted that would not be
 * (FF-A 1.2, 9.3.1). Those that boot, or handle a secure interrupt, are not disturbed.
 */
static void inherit(const struct sp_ctx *below, struct sp_ctx *c)
{
	const struct sp_manifest *m = &c->sp->manifest;
	bool alone = c->state.model == SP_MODEL_INIT || c->state.model == SP_MODEL_INTERRUPT;

	c->ns_action = alone ? (uint8_t)SP_NS_QUEUED : m->ns_action;
	c->s_queued = alone || m->other_s_action == SP_S_QUEUED;
	if (!below)
		return;
	c->ns_action = MIN(c->ns_action, below->ns_action);
	c->s_queued |= below->s_queued;
}

static void put_on_top(struct sp_ctx *below, struct sp_ctx *c)
{
	SET(c->caller, below);
	/* Held back for a time that is the whole chain's: nobody gets more of it by calling others. */
	c->held = below && below->held;
	if (!below)
		return;
	SET(below->callee, c);
	/* E_STATE: it has just been aborted by another core; chain_pop() will find out. */
	sp_context_mine(&below->state, SP_BLOCK);
}

int chain_push(struct sp_ctx *below, struct sp_ctx *c, enum sp_model model)
{
	if (sp_context_enter(&c->state, model) != OK)
		return E_STATE;
	SET(c->callee, NULL);
	c->asides = 0;
	put_on_top(below, c);
	inherit(below, c);
	return OK;
}

struct sp_ctx *chain_pop(struct sp_ctx *top, struct sp_ctx **above)
{
	struct sp_ctx *below;

	for (*above = top; (below = (*above)->caller) != NULL; *above = below) {
		SET(below->callee, NULL);
		if (sp_context_move(&below->state, SP_UNBLOCK) == OK)
			break;
	}
	return below;
}

struct sp_ctx *chain_head(struct sp_ctx *top)
{
	while (top->caller)
		top = top->caller;
	return top;
}

bool chain_has(const struct sp_ctx *top, const struct sp_ctx *c)
{
	for (; top; top = top->caller)
		if (top == c)
			return true;
	return false;
}

void chain_preempt(struct sp_ctx *top)
{
	const uint32_t core = top->core;
	struct sp_ctx *below;
	bool pinned = false;

	for (; top; top = below) {
		/* Read before the move: the head is anybody's after it. */
		below = top->caller;
		pinned |= top->sp->manifest.ctx_count > 1;
		SET(top->pinned, pinned);
		SET(top->core, core); /* the others have not run since they were resumed, perhaps on another one */
		sp_context_mine(&top->state, SP_PREEMPT);
	}
}

/* Could it go on, if it is asked by the right one? OK or an FF-A error. */
static int error_of_state(enum sp_state state)
{
	switch (state) {
	case SP_YIELDED:
	case SP_PREEMPTED:
	case SP_CHAIN_PREEMPTED:
		return OK;
	case SP_ABORTED:
		return FFA_ABORTED;
	case SP_RESET:
	case SP_IDLE:
		return FFA_DENIED;
	case SP_RUNNING:
	case SP_BLOCKED:
		break;
	}
	return FFA_BUSY;
}

/*
 * Nobody is left who would go on with c: all that waited for it have been aborted; or it had yielded, and its caller
 * has finished without it.
 */
static bool is_orphan(const struct sp_ctx *c)
{
	const struct sp_ctx *above, *below = READ_ONCE(c->caller);

	if (below && sp_context_state(&below->state) == SP_IDLE)
		return true;
	while (below && is_aborted(below)) {
		above = below;
		below = READ_ONCE(above->caller);
		/* It had answered, or yielded, before it was aborted: who called it then waits for nobody. */
		if (below && READ_ONCE(below->callee) != above)
			return true;
	}
	return !below;
}

/* May c, in state word, go on for below? The normal world goes on with orphans, too. */
static int may_resume(const struct sp_ctx *below, const struct sp_ctx *c, uint32_t word, unsigned int cpu)
{
	const struct sp_ctx *caller = READ_ONCE(c->caller);
	int rc = error_of_state(sp_context_of(word));

	if (rc)
		return rc;
	if (caller != below && (below || !is_orphan(c)))
		return FFA_DENIED;
	return READ_ONCE(c->pinned) && READ_ONCE(c->core) != cpu ? FFA_INVALID_PARAMETERS : OK;
}

/*
 * c is on top of below, which goes on: does c? Not, if below has been aborted and the normal world has taken c, as an
 * orphan. One that has been aborted itself stays where it is, so that the next one below is told.
 */
static bool follows(const struct sp_ctx *below, struct sp_ctx *c)
{
	const uint32_t word = sp_context_look(&c->state);

	if (READ_ONCE(c->caller) != below)
		return false;
	return sp_context_move_from(&c->state, word, SP_RESUME) == OK || is_aborted(c);
}

/* c has been moved from its preempted state: the rest of its chain follows. What they do about interrupts is new. */
static struct sp_ctx *resume_rest(struct sp_ctx *below, struct sp_ctx *c)
{
	put_on_top(below, c);
	inherit(below, c);
	while (c->callee && follows(c, c->callee)) {
		c->callee->held = false;
		inherit(c, c->callee);
		c = c->callee;
	}
	return c;
}

int chain_resume(struct sp_ctx *below, struct sp_ctx *c, unsigned int cpu, struct sp_ctx **top)
{
	const uint32_t word = sp_context_look(&c->state);
	int rc = may_resume(below, c, word, cpu);

	if (rc)
		return rc;
	/* What was looked at is true if nobody has had it since. */
	if (sp_context_move_from(&c->state, word, SP_RESUME) != OK)
		return FFA_BUSY;
	*top = resume_rest(below, c);
	return OK;
}

int chain_resume_aside(struct sp_ctx *c, unsigned int cpu, struct sp_ctx **top)
{
	const uint32_t word = sp_context_look(&c->state);

	if (may_resume(NULL, c, word, cpu) != OK || READ_ONCE(c->state.model) != SP_MODEL_INTERRUPT ||
	    sp_context_move_from(&c->state, word, SP_RESUME) != OK)
		return FFA_DENIED;
	*top = resume_rest(NULL, c);
	return OK;
}
