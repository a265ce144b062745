/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The life of an SP's execution context (vCPU): one enum, one transition function. FF-A 1.2, 4.10 and 8.
 *
 *   state           | event -> state
 *   ----------------+-----------------------------------------------------------------------------------
 *   RESET           | ENTER -> RUNNING (its initialization)
 *   IDLE            | ENTER -> RUNNING (a request, a secure interrupt, FFA_RUN)
 *   RUNNING         | WAIT -> IDLE (MSG_WAIT, an answer), BLOCK -> BLOCKED (another runs on top of it), YIELD -> YIELDED,
 *                   | PREEMPT -> PREEMPTED
 *   BLOCKED         | UNBLOCK -> RUNNING (the other one is done), PREEMPT -> CHAIN_PREEMPTED
 *   YIELDED         | RESUME -> RUNNING
 *   PREEMPTED       | RESUME -> RUNNING
 *   CHAIN_PREEMPTED | RESUME -> BLOCKED
 *   all but ABORTED | ABORT -> ABORTED
 *
 * Everything else is illegal: E_STATE, and nothing has changed. For FF-A, YIELDED is "blocked" and the two preempted
 * states are one; here they say who may go on with the context: FFA_RUN with YIELDED and both preempted ones, only the
 * end of the call with BLOCKED.
 *
 * The state is one word, with the number of times that the context was taken (ENTER, RESUME), and moves by
 * compare-and-exchange, so any core may try any event at any time: of two that want the same context one gets it, and
 * who looked before somebody else had it in between notices (sp_context_move_from). Whoever moved it to RUNNING has it,
 * and everything else in the context, until the move to a state from which FFA_RUN or ENTER may take it. ABORT may come
 * from another core: the owner finds out by the E_STATE of its next event, and leaves.
 */
#ifndef ROLE_SPMC_SP_CONTEXT_H
#define ROLE_SPMC_SP_CONTEXT_H

#include "lib/types.h"

enum sp_state {
	SP_RESET,
	SP_IDLE,
	SP_RUNNING,
	SP_BLOCKED,
	SP_YIELDED,
	SP_PREEMPTED,
	SP_CHAIN_PREEMPTED,
	SP_ABORTED,
};
#define SP_STATES 8

enum sp_event { SP_ENTER, SP_WAIT, SP_BLOCK, SP_UNBLOCK, SP_YIELD, SP_PREEMPT, SP_RESUME, SP_ABORT };
#define SP_EVENTS 8

/* What a context runs for: its runtime model, FF-A 1.2, 8. */
enum sp_model { SP_MODEL_INIT, SP_MODEL_REQUEST, SP_MODEL_RUN, SP_MODEL_INTERRUPT };
#define SP_MODELS 4

/* How it may then leave; a request of its own is always possible. */
enum sp_leave { SP_LEAVE_WAIT, SP_LEAVE_YIELD, SP_LEAVE_ANSWER };
#define SP_LEAVES 3

struct sp_context {
	uint32_t word;	     /* enum sp_state 7:0, times it was entered or resumed 31:8 */
	enum sp_model model; /* its owner's; what it was entered for */
};

/* In RESET. Nobody else knows of it yet. */
void sp_context_init(struct sp_context *c);

/* The table above. Pure. E_STATE: illegal. */
int sp_context_next(enum sp_state from, enum sp_event event, enum sp_state *to) MUST_CHECK;

/* The event happens to c: OK, or E_STATE. Acquires on the way to RUNNING, releases on the way from it. */
int sp_context_move(struct sp_context *c, enum sp_event event) MUST_CHECK;

/* The same for the owner of c: what is in its way can only be that another core has aborted c, which then stays so. */
void sp_context_mine(struct sp_context *c, enum sp_event event);

/* sp_context_move(), if c is as it was when sp_context_look() gave that word; else E_STATE. */
int sp_context_move_from(struct sp_context *c, uint32_t word, enum sp_event event) MUST_CHECK;

/* ENTER, and what for: E_STATE when c is neither idle nor reset. A reset context can be entered for INIT only. */
int sp_context_enter(struct sp_context *c, enum sp_model model) MUST_CHECK;

/* ABORT; true: this call did it, so that exactly one core tears it down. */
bool sp_context_abort(struct sp_context *c);

/* The word as it is now (acquire), and the state in it. */
static inline uint32_t sp_context_look(const struct sp_context *c)
{
	return __atomic_load_n(&c->word, __ATOMIC_ACQUIRE);
}
static inline enum sp_state sp_context_of(uint32_t word)
{
	return (enum sp_state)(word & 0xff);
}
static inline enum sp_state sp_context_state(const struct sp_context *c)
{
	return sp_context_of(sp_context_look(c));
}

/* May it leave like that in this runtime model? The answer to an SP that breaks it is FFA_DENIED. Pure. */
bool sp_context_may_leave(enum sp_model model, enum sp_leave leave);

const char *sp_context_state_name(enum sp_state state);

#endif
