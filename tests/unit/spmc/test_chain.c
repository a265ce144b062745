/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite spmc/chain: call chains by themselves: who is next, with which actions on interrupts, whatever has become of
 * the others; and what comes between a look and the exchange. FF-A 1.2, 8 and 9.3.1.
 */
#include "unit.h"

#include "abi/ffa.h"
#include "arch/host.h"
#include "role/spmc/chain.h"
#include "role/spmc/sp.h"

#define SPS 5u
#define MP  3u /* the SP with several contexts; the others have one */

static struct sp sps[SPS];
static struct sp_ctx c[SPS], *above, *top;

#define A (&c[0])
#define B (&c[1])
#define C (&c[2])
#define M (&c[3])
#define D (&c[4])

static int setup(void **state UNUSED)
{
	memset(c, 1, sizeof(c)); /* what is left over is all wrong */
	memset(sps, 0, sizeof(sps));
	above = top = NULL;
	for (unsigned int i = 0; i < SPS; i++) {
		sps[i].manifest.ctx_count = i == MP ? 4 : 1;
		sps[i].manifest.ns_action = SP_NS_SIGNALED;
		sps[i].manifest.other_s_action = SP_S_SIGNALED;
		c[i].sp = &sps[i];
		c[i].caller = NULL;
		c[i].core = 0;
		c[i].pinned = false;
		sp_context_init(&c[i].state);
		c[i].state.word = SP_IDLE;
	}
	return 0;
}

static enum sp_state state_of(const struct sp_ctx *x)
{
	return sp_context_state(&x->state);
}

#define is(x, s) assert_string_equal(sp_context_state_name(state_of(x)), sp_context_state_name(s))

static void push(struct sp_ctx *below, struct sp_ctx *x)
{
	assert_int_equal(chain_push(below, x, SP_MODEL_REQUEST), OK);
}

static void abort_it(struct sp_ctx *x)
{
	assert_true(sp_context_abort(&x->state));
}

/* x, on top, is done and idle: as run.c does it. */
static struct sp_ctx *leave(struct sp_ctx *x)
{
	struct sp_ctx *below = chain_pop(x, &above);

	sp_context_mine(&x->state, SP_WAIT);
	return below;
}

static int resume(struct sp_ctx *below, struct sp_ctx *x, unsigned int cpu)
{
	return chain_resume(below, x, cpu, &top);
}

/* --- push and pop --- */

static void only_idle_ones_are_pushed(void **state UNUSED)
{
	for (unsigned int s = 0; s < SP_STATES; s++) {
		struct sp_ctx before;

		A->state.word = SP_RUNNING;
		B->state.word = s;
		B->callee = C;
		before = *B;
		assert_int_equal(chain_push(A, B, SP_MODEL_REQUEST), s == SP_IDLE ? OK : E_STATE);
		assert_int_equal(state_of(A), s == SP_IDLE ? SP_BLOCKED : SP_RUNNING);
		if (s != SP_IDLE)
			assert_memory_equal(&before, B, sizeof(before));
		else
			assert_null(B->callee);
		B->state.word = s;
		A->state.word = SP_RUNNING;
		assert_int_equal(chain_push(A, B, SP_MODEL_INIT), s == SP_RESET ? OK : E_STATE);
	}
}

static void a_chain_grows_and_shrinks(void **state UNUSED)
{
	push(NULL, A);
	assert_null(A->caller);
	push(A, B);
	push(B, C);
	is(A, SP_BLOCKED);
	is(B, SP_BLOCKED);
	is(C, SP_RUNNING);
	assert_ptr_equal(A->callee, B);
	assert_ptr_equal(B->callee, C);
	assert_ptr_equal(chain_head(C), A);
	assert_ptr_equal(chain_head(A), A);
	assert_true(chain_has(C, C) && chain_has(C, B) && chain_has(C, A));
	assert_false(chain_has(C, D) || chain_has(NULL, A) || chain_has(A, B));
	assert_ptr_equal(leave(C), B);
	assert_ptr_equal(above, C);
	assert_null(B->callee);
	is(B, SP_RUNNING);
	is(C, SP_IDLE);
	assert_ptr_equal(leave(B), A);
	assert_null(leave(A));
	assert_ptr_equal(above, A);
	is(A, SP_IDLE);
}

static void aborted_ones_are_left_out(void **state UNUSED)
{
	push(NULL, A);
	push(A, B);
	push(B, C);
	push(C, D);
	abort_it(B);
	abort_it(C);
	assert_ptr_equal(leave(D), A);
	assert_ptr_equal(above, B); /* for whose answer A waited */
	is(A, SP_RUNNING);
	assert_null(A->callee);
	is(D, SP_IDLE);
	push(A, D);
	abort_it(A);
	assert_null(leave(D));
	assert_ptr_equal(above, A);
	is(A, SP_ABORTED);
}

/* One that is aborted while it makes a call. */
static void an_aborted_one_calls(void **state UNUSED)
{
	push(NULL, A);
	abort_it(A);
	push(A, B);
	is(A, SP_ABORTED);
	is(B, SP_RUNNING);
	assert_null(leave(B));
}

/* --- actions --- */

static void actions(unsigned int ns, bool queued)
{
	sps[0].manifest.ns_action = (uint8_t)ns;
	sps[0].manifest.other_s_action = queued ? SP_S_QUEUED : SP_S_SIGNALED;
}

static void the_least_permissive_action_counts(void **state UNUSED)
{
	for (unsigned int below = 0; below < 3; below++) {
		for (unsigned int own = 0; own < 3; own++) {
			for (unsigned int q = 0; q < 4; q++) {
				setup(NULL);
				actions(below, q & 1);
				sps[1].manifest.ns_action = (uint8_t)own;
				sps[1].manifest.other_s_action = q & 2 ? SP_S_QUEUED : SP_S_SIGNALED;
				push(NULL, A);
				assert_int_equal(A->ns_action, below);
				assert_int_equal(A->s_queued, q & 1);
				push(A, B);
				assert_int_equal(B->ns_action, MIN(below, own));
				assert_int_equal(B->s_queued, q != 0);
				push(B, C); /* signalled itself */
				assert_int_equal(C->ns_action, MIN(below, own));
				assert_int_equal(C->s_queued, q != 0);
			}
		}
	}
}

static void who_boots_or_handles_an_interrupt_is_not_disturbed(void **state UNUSED)
{
	static const struct {
		enum sp_model model;
		bool alone;
	} row[] = { { SP_MODEL_INIT, true },
		    { SP_MODEL_INTERRUPT, true },
		    { SP_MODEL_REQUEST, false },
		    { SP_MODEL_RUN, false } };

	for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
		setup(NULL);
		A->state.word = row[i].model == SP_MODEL_INIT ? SP_RESET : SP_IDLE;
		assert_int_equal(chain_push(NULL, A, row[i].model), OK);
		assert_int_equal(A->state.model, row[i].model);
		assert_int_equal(A->ns_action, row[i].alone ? SP_NS_QUEUED : SP_NS_SIGNALED);
		assert_int_equal(A->s_queued, row[i].alone);
		push(A, B);
		assert_int_equal(B->ns_action, A->ns_action);
		assert_int_equal(B->s_queued, A->s_queued);
	}
}

static void holding_back_is_the_whole_chains(void **state UNUSED)
{
	push(NULL, A);
	assert_false(A->held);
	push(A, B);
	B->held = true;
	push(B, C);
	assert_true(C->held);
	leave(C);
	leave(B);
	assert_false(A->held);
	push(A, B);
	assert_false(B->held);
}

/* --- preemption --- */

static void only_the_head_goes_on(void **state UNUSED)
{
	push(NULL, A);
	push(A, B);
	push(B, C);
	B->held = C->held = true;
	chain_preempt(C);
	assert_int_equal(resume(NULL, B, 0), FFA_DENIED);
	assert_int_equal(resume(NULL, C, 0), FFA_DENIED);
	assert_int_equal(resume(D, A, 0), FFA_DENIED);
	assert_null(top);
	assert_int_equal(resume(NULL, A, 3), OK);
	assert_ptr_equal(top, C);
	is(A, SP_BLOCKED);
	is(B, SP_BLOCKED);
	is(C, SP_RUNNING);
	assert_false(B->held || C->held);
	assert_int_equal(resume(NULL, A, 0), FFA_BUSY);
	assert_int_equal(resume(NULL, C, 0), FFA_BUSY);
	assert_ptr_equal(leave(C), B);
	assert_ptr_equal(leave(B), A);
	assert_null(leave(A));
}

static void errors_of_states(void **state UNUSED)
{
	static const int error[SP_STATES] = {
		[SP_RESET] = FFA_DENIED, [SP_IDLE] = FFA_DENIED, [SP_RUNNING] = FFA_BUSY,   [SP_BLOCKED] = FFA_BUSY,
		[SP_YIELDED] = OK,	 [SP_PREEMPTED] = OK,	 [SP_CHAIN_PREEMPTED] = OK, [SP_ABORTED] = FFA_ABORTED,
	};

	for (unsigned int s = 0; s < SP_STATES; s++) {
		setup(NULL);
		A->state.word = s;
		A->callee = NULL;
		assert_int_equal(resume(NULL, A, 0), error[s]);
		if (error[s])
			assert_int_equal(A->state.word, s);
	}
}

static void yielding_to_a_caller(void **state UNUSED)
{
	push(NULL, A);
	push(A, B);
	assert_ptr_equal(chain_pop(B, &above), A);
	sp_context_mine(&B->state, SP_YIELD);
	assert_int_equal(resume(NULL, B, 0), FFA_DENIED);
	assert_int_equal(resume(D, B, 0), FFA_DENIED);
	leave(A); /* B is still A's, but for the normal world, who may go on with what was forgotten */
	assert_int_equal(resume(D, B, 0), FFA_DENIED);
	/* A is entered for somebody who queues: so does B, then. */
	sps[3].manifest.ns_action = SP_NS_QUEUED;
	sps[3].manifest.other_s_action = SP_S_QUEUED;
	push(NULL, M);
	push(M, A);
	assert_int_equal(B->ns_action, SP_NS_SIGNALED);
	assert_int_equal(resume(A, B, 0), OK);
	assert_ptr_equal(top, B);
	is(A, SP_BLOCKED);
	assert_ptr_equal(A->callee, B);
	assert_int_equal(B->ns_action, SP_NS_QUEUED);
	assert_true(B->s_queued);
	assert_ptr_equal(leave(B), A);
}

/* What is above the head inherits anew, too. */
static void actions_after_a_preemption(void **state UNUSED)
{
	push(NULL, A);
	push(A, B);
	A->ns_action = B->ns_action = SP_NS_QUEUED;
	chain_preempt(B);
	assert_int_equal(resume(NULL, A, 0), OK);
	assert_int_equal(A->ns_action, SP_NS_SIGNALED);
	assert_int_equal(B->ns_action, SP_NS_SIGNALED);
}

static void bound_to_a_core(void **state UNUSED)
{
	A->core = 3; /* where it was once */
	push(NULL, A);
	push(A, M);
	push(M, C);
	C->core = 1;
	chain_preempt(C);
	assert_true(A->pinned && M->pinned);
	assert_false(C->pinned);
	assert_int_equal(A->core, 1);
	assert_int_equal(M->core, 1);
	for (unsigned int cpu = 0; cpu < 4; cpu++)
		if (cpu != 1)
			assert_int_equal(resume(NULL, A, cpu), FFA_INVALID_PARAMETERS);
	is(A, SP_CHAIN_PREEMPTED);
	assert_int_equal(resume(NULL, A, 1), OK);
	leave(C);
	leave(M);
	chain_preempt(A);
	assert_false(A->pinned);
	assert_int_equal(resume(NULL, A, 2), OK);
}

static void set_aside(void **state UNUSED)
{
	push(NULL, A);
	chain_preempt(A);
	assert_int_equal(chain_resume_aside(A, 0, &top), FFA_DENIED); /* it handles no interrupt */
	is(A, SP_PREEMPTED);
	assert_int_equal(chain_push(NULL, M, SP_MODEL_INTERRUPT), OK);
	assert_int_equal(chain_resume_aside(M, 0, &top), FFA_DENIED);
	push(M, B);
	B->core = 2;
	chain_preempt(B);
	assert_int_equal(chain_resume_aside(M, 0, &top), FFA_DENIED);
	assert_int_equal(chain_resume_aside(B, 2, &top), FFA_DENIED);
	assert_int_equal(chain_resume_aside(M, 2, &top), OK);
	assert_ptr_equal(top, B);
	is(M, SP_BLOCKED);
	assert_int_equal(B->ns_action, SP_NS_QUEUED);
}

/* --- who is aborted in a preempted chain of three --- */

static void three(void)
{
	setup(NULL);
	push(NULL, A);
	push(A, B);
	push(B, C);
	chain_preempt(C);
}

static void the_head_is_aborted(void **state UNUSED)
{
	three();
	abort_it(A);
	assert_int_equal(resume(NULL, A, 0), FFA_ABORTED);
	assert_int_equal(resume(D, B, 0), FFA_DENIED);
	assert_int_equal(resume(NULL, C, 0), FFA_DENIED);
	assert_int_equal(resume(NULL, B, 0), OK);
	assert_ptr_equal(top, C);
	assert_null(B->caller);
	assert_ptr_equal(leave(C), B);
	assert_null(leave(B));
	assert_ptr_equal(above, B);
	/* Before it was preempted */
	setup(NULL);
	push(NULL, A);
	push(A, B);
	abort_it(A);
	chain_preempt(B);
	is(A, SP_ABORTED);
	assert_int_equal(resume(NULL, B, 0), OK);
	assert_ptr_equal(top, B);
}

static void the_middle_is_aborted(void **state UNUSED)
{
	three();
	abort_it(B);
	assert_int_equal(resume(NULL, C, 0), FFA_DENIED); /* A waits, by B */
	assert_int_equal(resume(NULL, A, 0), OK);
	assert_ptr_equal(top, C);
	is(B, SP_ABORTED);
	assert_ptr_equal(leave(C), A);
	assert_ptr_equal(above, B);
}

static void both_below_are_aborted(void **state UNUSED)
{
	three();
	abort_it(B);
	abort_it(A);
	assert_int_equal(resume(NULL, C, 0), OK);
	assert_ptr_equal(top, C);
	assert_null(leave(C));
	assert_ptr_equal(above, C);
}

static void the_top_is_aborted(void **state UNUSED)
{
	three();
	abort_it(C);
	assert_int_equal(resume(NULL, A, 0), OK);
	assert_ptr_equal(top, C); /* who finds out, and leaves */
	is(B, SP_BLOCKED);
	assert_ptr_equal(chain_pop(C, &above), B);
	is(B, SP_RUNNING);
}

/* It had yielded to one that is idle again, and then gone: whoever called that one then does not matter. */
static void who_had_yielded_to_an_aborted_one(void **state UNUSED)
{
	push(NULL, D);
	push(D, A);
	push(A, B);
	(void)chain_pop(B, &above);
	sp_context_mine(&B->state, SP_YIELD);
	assert_int_equal(resume(NULL, B, 0), FFA_DENIED);
	leave(A);
	abort_it(A);
	assert_int_equal(resume(D, B, 0), FFA_DENIED);
	assert_int_equal(resume(NULL, B, 0), OK);
	assert_ptr_equal(top, B);
	/* Or had yielded itself. */
	setup(NULL);
	push(NULL, D);
	push(D, A);
	push(A, B);
	(void)chain_pop(B, &above);
	sp_context_mine(&B->state, SP_YIELD);
	(void)chain_pop(A, &above);
	sp_context_mine(&A->state, SP_YIELD);
	abort_it(A);
	assert_int_equal(resume(NULL, B, 0), OK);
	assert_ptr_equal(top, B);
}

/* --- between a look and the exchange --- */

/* A host atomic cannot be stopped in the middle: the look is the test's own. */
static int resume_after(struct sp_ctx *x, void (*fn)(void))
{
	const uint32_t word = sp_context_look(&x->state);

	fn();
	return sp_context_move_from(&x->state, word, SP_RESUME);
}

static void finished_and_called_again(void)
{
	assert_int_equal(resume(NULL, A, 1), OK);
	leave(A);
	push(NULL, A);
	chain_preempt(A);
}

static void preempted_again(void)
{
	assert_int_equal(resume(NULL, A, 1), OK);
	chain_preempt(A);
}

static void a_look_is_good_once(void **state UNUSED)
{
	static void (*const fn[])(void) = { finished_and_called_again, preempted_again };

	for (unsigned int i = 0; i < ARRAY_SIZE(fn); i++) {
		setup(NULL);
		push(NULL, A);
		chain_preempt(A);
		assert_int_equal(resume_after(A, fn[i]), E_STATE);
		is(A, SP_PREEMPTED);
		assert_int_equal(resume(NULL, A, 0), OK);
	}
}

/* C was taken as an orphan between: A, which is aborted but does not know it, does not get it back. */
static void an_orphan_was_taken_meanwhile(void **state UNUSED)
{
	three();
	assert_int_equal(sp_context_move(&A->state, SP_RESUME), OK); /* the first step of chain_resume(NULL, A) */
	abort_it(B);
	abort_it(A);
	assert_int_equal(resume(NULL, C, 0), OK);
	assert_null(C->caller);
	chain_preempt(C);
	A->state.word = SP_CHAIN_PREEMPTED; /* and its second step: A goes on as far as B */
	assert_int_equal(resume(NULL, A, 0), OK);
	assert_ptr_equal(top, B);
	is(C, SP_PREEMPTED);
	A->state.word = SP_CHAIN_PREEMPTED;
	C->state.word = SP_IDLE;
	assert_int_equal(resume(NULL, A, 0), OK);
	assert_ptr_equal(top, B);
	is(C, SP_IDLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(only_idle_ones_are_pushed, setup),
		cmocka_unit_test_setup(a_chain_grows_and_shrinks, setup),
		cmocka_unit_test_setup(aborted_ones_are_left_out, setup),
		cmocka_unit_test_setup(an_aborted_one_calls, setup),
		cmocka_unit_test_setup(the_least_permissive_action_counts, setup),
		cmocka_unit_test_setup(who_boots_or_handles_an_interrupt_is_not_disturbed, setup),
		cmocka_unit_test_setup(holding_back_is_the_whole_chains, setup),
		cmocka_unit_test_setup(only_the_head_goes_on, setup),
		cmocka_unit_test_setup(errors_of_states, setup),
		cmocka_unit_test_setup(yielding_to_a_caller, setup),
		cmocka_unit_test_setup(actions_after_a_preemption, setup),
		cmocka_unit_test_setup(bound_to_a_core, setup),
		cmocka_unit_test_setup(set_aside, setup),
		cmocka_unit_test_setup(the_head_is_aborted, setup),
		cmocka_unit_test_setup(the_middle_is_aborted, setup),
		cmocka_unit_test_setup(both_below_are_aborted, setup),
		cmocka_unit_test_setup(the_top_is_aborted, setup),
		cmocka_unit_test_setup(who_had_yielded_to_an_aborted_one, setup),
		cmocka_unit_test_setup(a_look_is_good_once, setup),
		cmocka_unit_test_setup(an_orphan_was_taken_meanwhile, setup),
	};

	return UNIT_RUN(tests);
}
