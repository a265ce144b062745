/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The life of an SP's execution context (vCPU): one enum, one transition function. FF-A 1.2, 4.10 and 8.
 *
 *   state      | event -> state
 *   -----------+------------------------------------------------------------------------------
 *   RESET      | ENTER -> RUNNING (its initialization)
 *   IDLE       | ENTER -> RUNNING (a request, a secure interrupt, FFA_RUN)
 *   RUNNING    | WAIT -> IDLE (MSG_WAIT, an answer), BLOCK -> BLOCKED (a request of its own, YIELD), PREEMPT -> PREEMPTED
 *   BLOCKED    | UNBLOCK -> RUNNING (its answer, FFA_RUN after YIELD), PREEMPT -> CHAIN_PREEMPTED
 *   PREEMPTED  | RESUME -> RUNNING
 *   CHAIN_PREEMPTED | RESUME -> BLOCKED
 *   ABORTED    | RESTART -> RESET
 *   all but ABORTED | ABORT -> ABORTED
 *
 * Everything else is illegal: E_STATE, and nothing has changed. For FF-A the two preempted states are one; here the
 * second says that the context is in the middle of a chain of calls whose end was preempted.
 *
 * The state is one word that moves by compare-and-exchange, so any core may try any event at any time: of two that
 * want the same context one gets it. Whoever moved it to RUNNING has it, and everything else in the context, until
 * the move away from RUNNING. ABORT may come from another core: the owner finds out by the E_STATE of its next
 * event, and leaves.
 */
#ifndef ROLE_SPMC_SP_CONTEXT_H
#define ROLE_SPMC_SP_CONTEXT_H

#include "lib/types.h"

enum sp_state {
	SP_RESET,
	SP_IDLE,
	SP_RUNNING,
	SP_BLOCKED,
	SP_PREEMPTED,
	SP_CHAIN_PREEMPTED,
	SP_ABORTED,
};
#define SP_STATES 7

enum sp_event { SP_ENTER, SP_WAIT, SP_BLOCK, SP_UNBLOCK, SP_PREEMPT, SP_RESUME, SP_ABORT, SP_RESTART };
#define SP_EVENTS 8

/* What a context runs for: its runtime model, FF-A 1.2, 8. */
enum sp_model { SP_MODEL_INIT, SP_MODEL_REQUEST, SP_MODEL_RUN, SP_MODEL_INTERRUPT };
#define SP_MODELS 4

/* What it may then ask to leave. */
enum sp_leave { SP_LEAVE_WAIT, SP_LEAVE_YIELD, SP_LEAVE_REQUEST, SP_LEAVE_ANSWER };
#define SP_LEAVES 4

struct sp_context {
	uint32_t state;	     /* enum sp_state: sp_context_state() */
	enum sp_model model; /* its owner's; what it was entered for */
};

/* In RESET. Nobody else knows of it yet. */
void sp_context_init(struct sp_context *c);

/* The table above. Pure. E_STATE: illegal. */
int sp_context_next(enum sp_state from, enum sp_event event, enum sp_state *to) MUST_CHECK;

/* The event happens to c: OK, or E_STATE. Acquires on the way to RUNNING, releases on the way from it. */
int sp_context_move(struct sp_context *c, enum sp_event event) MUST_CHECK;

/* ENTER, and what for: E_STATE when c is neither idle nor reset. A reset context can be entered for INIT only. */
int sp_context_enter(struct sp_context *c, enum sp_model model) MUST_CHECK;

/* ABORT; true: this call did it, so that exactly one core tears it down. */
bool sp_context_abort(struct sp_context *c);

enum sp_state sp_context_state(const struct sp_context *c);

/* May it leave like that in this runtime model? The answer to an SP that breaks it is FFA_DENIED. Pure. */
bool sp_context_may_leave(enum sp_model model, enum sp_leave leave);

const char *sp_context_state_name(enum sp_state state);

#endif
