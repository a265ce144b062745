/* SPDX-License-Identifier: BSD-3-Clause */
/* The state machine of SP execution contexts; see sp_context.h. */
#include "role/spmc/sp_context.h"

#define NO -1

/* enum sp_state, or NO. */
static const int8_t table[SP_STATES][SP_EVENTS] = {
	/* ENTER, WAIT, BLOCK, UNBLOCK, PREEMPT, RESUME, ABORT, RESTART */
	[SP_RESET] = { SP_RUNNING, NO, NO, NO, NO, NO, SP_ABORTED, NO },
	[SP_IDLE] = { SP_RUNNING, NO, NO, NO, NO, NO, SP_ABORTED, NO },
	[SP_RUNNING] = { NO, SP_IDLE, SP_BLOCKED, NO, SP_PREEMPTED, NO, SP_ABORTED, NO },
	[SP_BLOCKED] = { NO, NO, NO, SP_RUNNING, SP_CHAIN_PREEMPTED, NO, SP_ABORTED, NO },
	[SP_PREEMPTED] = { NO, NO, NO, NO, NO, SP_RUNNING, SP_ABORTED, NO },
	[SP_CHAIN_PREEMPTED] = { NO, NO, NO, NO, NO, SP_BLOCKED, SP_ABORTED, NO },
	[SP_ABORTED] = { NO, NO, NO, NO, NO, NO, NO, SP_RESET },
};

/* FF-A 1.2, 8.2 to 8.5: which calls end which model. */
static const bool leaves[SP_MODELS][SP_LEAVES] = {
	[SP_MODEL_INIT] = { [SP_LEAVE_WAIT] = true, [SP_LEAVE_REQUEST] = true },
	[SP_MODEL_REQUEST] = { [SP_LEAVE_YIELD] = true, [SP_LEAVE_REQUEST] = true, [SP_LEAVE_ANSWER] = true },
	[SP_MODEL_RUN] = { [SP_LEAVE_WAIT] = true, [SP_LEAVE_YIELD] = true, [SP_LEAVE_REQUEST] = true },
	[SP_MODEL_INTERRUPT] = { [SP_LEAVE_WAIT] = true, [SP_LEAVE_REQUEST] = true },
};

static const char *const names[SP_STATES] = {
	[SP_RESET] = "reset",	  [SP_IDLE] = "idle",		[SP_RUNNING] = "running",
	[SP_BLOCKED] = "blocked", [SP_PREEMPTED] = "preempted", [SP_CHAIN_PREEMPTED] = "preempted in a chain",
	[SP_ABORTED] = "aborted",
};

void sp_context_init(struct sp_context *c)
{
	*c = (struct sp_context){ .state = SP_RESET, .model = SP_MODEL_INIT };
}

int sp_context_next(enum sp_state from, enum sp_event event, enum sp_state *to)
{
	const int8_t next = table[from][event];

	if (next == NO)
		return E_STATE;
	*to = (enum sp_state)next;
	return OK;
}

int sp_context_move(struct sp_context *c, enum sp_event event)
{
	uint32_t from = __atomic_load_n(&c->state, __ATOMIC_RELAXED);
	enum sp_state to;

	/* Acquire pairs with the release of whoever had the context before: its registers are seen. */
	do {
		if (sp_context_next(from, event, &to) != OK)
			return E_STATE;
	} while (!__atomic_compare_exchange_n(&c->state, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
	return OK;
}

int sp_context_enter(struct sp_context *c, enum sp_model model)
{
	uint32_t from = model == SP_MODEL_INIT ? SP_RESET : SP_IDLE;

	if (!__atomic_compare_exchange_n(&c->state, &from, SP_RUNNING, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return E_STATE;
	c->model = model;
	return OK;
}

bool sp_context_abort(struct sp_context *c)
{
	return sp_context_move(c, SP_ABORT) == OK;
}

enum sp_state sp_context_state(const struct sp_context *c)
{
	return (enum sp_state)__atomic_load_n(&c->state, __ATOMIC_ACQUIRE);
}

bool sp_context_may_leave(enum sp_model model, enum sp_leave leave)
{
	return leaves[model][leave];
}

const char *sp_context_state_name(enum sp_state state)
{
	return names[state];
}
