/* SPDX-License-Identifier: BSD-3-Clause */
/* The state machine of SP execution contexts; see sp_context.h. */
#include "role/spmc/sp_context.h"

#include "core/panic.h"

#define NO -1

#define TAKEN 0x100 /* one more time */

/* enum sp_state, or NO. */
static const int8_t table[SP_STATES][SP_EVENTS] = {
	/* ENTER, WAIT, BLOCK, UNBLOCK, YIELD, PREEMPT, RESUME, ABORT */
	[SP_RESET] = { SP_RUNNING, NO, NO, NO, NO, NO, NO, SP_ABORTED },
	[SP_IDLE] = { SP_RUNNING, NO, NO, NO, NO, NO, NO, SP_ABORTED },
	[SP_RUNNING] = { NO, SP_IDLE, SP_BLOCKED, NO, SP_YIELDED, SP_PREEMPTED, NO, SP_ABORTED },
	[SP_BLOCKED] = { NO, NO, NO, SP_RUNNING, NO, SP_CHAIN_PREEMPTED, NO, SP_ABORTED },
	[SP_YIELDED] = { NO, NO, NO, NO, NO, NO, SP_RUNNING, SP_ABORTED },
	[SP_PREEMPTED] = { NO, NO, NO, NO, NO, NO, SP_RUNNING, SP_ABORTED },
	[SP_CHAIN_PREEMPTED] = { NO, NO, NO, NO, NO, NO, SP_BLOCKED, SP_ABORTED },
	[SP_ABORTED] = { NO, NO, NO, NO, NO, NO, NO, NO },
};

/* FF-A 1.2, 8.2 to 8.5: which calls end which model. */
static const bool leaves[SP_MODELS][SP_LEAVES] = {
	[SP_MODEL_INIT] = { [SP_LEAVE_WAIT] = true },
	[SP_MODEL_REQUEST] = { [SP_LEAVE_YIELD] = true, [SP_LEAVE_ANSWER] = true },
	[SP_MODEL_RUN] = { [SP_LEAVE_WAIT] = true, [SP_LEAVE_YIELD] = true },
	[SP_MODEL_INTERRUPT] = { [SP_LEAVE_WAIT] = true },
};

static const char *const names[SP_STATES] = {
	[SP_RESET] = "reset",
	[SP_IDLE] = "idle",
	[SP_RUNNING] = "running",
	[SP_BLOCKED] = "blocked",
	[SP_YIELDED] = "yielded",
	[SP_PREEMPTED] = "preempted",
	[SP_CHAIN_PREEMPTED] = "preempted in a chain",
	[SP_ABORTED] = "aborted",
};

void sp_context_init(struct sp_context *c)
{
	*c = (struct sp_context){ .word = SP_RESET, .model = SP_MODEL_INIT };
}

int sp_context_next(enum sp_state from, enum sp_event event, enum sp_state *to)
{
	const int8_t next = table[from][event];

	if (next == NO)
		return E_STATE;
	*to = (enum sp_state)next;
	return OK;
}

static bool exchange(struct sp_context *c, uint32_t *from, uint32_t to)
{
	/* Acquire pairs with the release of whoever had the context before: its registers are seen. */
	return __atomic_compare_exchange_n(&c->word, from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static uint32_t with_state(uint32_t word, enum sp_state state)
{
	return (word & ~UINT32_C(0xff)) | (uint32_t)state;
}

/* The word after the event. Somebody who takes the context counts. E_STATE as sp_context_next(). */
static int next_word(uint32_t word, enum sp_event event, uint32_t *next)
{
	enum sp_state to;

	if (sp_context_next(sp_context_of(word), event, &to) != OK)
		return E_STATE;
	*next = with_state(word, to) + (event == SP_ENTER || event == SP_RESUME ? TAKEN : 0);
	return OK;
}

int sp_context_move_from(struct sp_context *c, uint32_t word, enum sp_event event)
{
	uint32_t next;

	if (next_word(word, event, &next) != OK)
		return E_STATE;
	return exchange(c, &word, next) ? OK : E_STATE;
}

int sp_context_move(struct sp_context *c, enum sp_event event)
{
	uint32_t word = sp_context_look(c);
	uint32_t next;

	do {
		if (next_word(word, event, &next) != OK)
			return E_STATE;
	} while (!exchange(c, &word, next));
	return OK;
}

void sp_context_mine(struct sp_context *c, enum sp_event event)
{
	int rc = sp_context_move(c, event);

	CHECK(rc == OK || sp_context_state(c) == SP_ABORTED);
}

int sp_context_enter(struct sp_context *c, enum sp_model model)
{
	const uint32_t word = sp_context_look(c);

	if (sp_context_of(word) != (model == SP_MODEL_INIT ? SP_RESET : SP_IDLE) ||
	    sp_context_move_from(c, word, SP_ENTER) != OK)
		return E_STATE;
	__atomic_store_n(&c->model, model, __ATOMIC_RELAXED); /* chain_resume_aside() looks, without having it */
	return OK;
}

bool sp_context_abort(struct sp_context *c)
{
	return sp_context_move(c, SP_ABORT) == OK;
}

bool sp_context_may_leave(enum sp_model model, enum sp_leave leave)
{
	return leaves[model][leave];
}

const char *sp_context_state_name(enum sp_state state)
{
	return names[state];
}
