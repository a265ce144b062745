/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite spmc/spmc_run: chains of SPs in the whole SPMC: cycles, preemption and FFA_RUN, yielding, SPs that are aborted
 * in each state, on this core and from another. FF-A 1.2, 8 and 14.
 */
#include "world.h"

/* The normal world calls a, which calls b, and so on; who is last has the core. */
#define call_chain(core, ...) call_all(core, (const uint16_t[]){ __VA_ARGS__, 0 })

static void call_all(unsigned int core, const uint16_t *id)
{
	nwd_call(core, REQ, E(0, id[0]), 0, id[0]);
	for (unsigned int i = 0; id[i + 1]; i++) {
		expect_sp(core, id[i], id[i] == MP ? core : 0, REQ, E(i ? id[i - 1] : 0, id[i]), 0, id[i]);
		sp_call(core, REQ, E(id[i], id[i + 1]), 0, id[i + 1]);
	}
}

/* b, which has the core, answers a. */
static void answer(unsigned int core, uint16_t b, uint16_t a)
{
	sp_call(core, RESP, E(b, a), 0, b);
}

#define INTERRUPTED(id, vcpu) FFA_INTERRUPT, E(id, vcpu)

/* --- chains --- */

WORLD_TEST(three_sps_call_each_other)
{
	world_boot_all(false);
	call_chain(0, UP, MP, ME);
	expect_sp(0, ME, 0, REQ, E(MP, ME), 0, ME);
	expect_state(UP, 0, SP_BLOCKED);
	expect_state(MP, 0, SP_BLOCKED);
	answer(0, ME, MP);
	expect_sp(0, MP, 0, RESP, E(ME, MP), 0, ME);
	expect_state(ME, 0, SP_IDLE);
	answer(0, MP, UP);
	expect_sp(0, UP, 0, RESP, E(MP, UP), 0, MP);
	answer(0, UP, 0);
	expect_nwd(0, RESP, E(UP, 0), 0, UP);
	world_expect_quiet();
}

WORLD_TEST(a_cycle_is_denied_and_another_core_busy)
{
	world_boot_all(true);
	call_chain(0, UP, MP, ME);
	sp_call(0, REQ, E(ME, UP));
	expect_sp(0, ME, 0, ERR(FFA_DENIED));
	sp_call(0, REQ, E(ME, MP));
	expect_sp(0, ME, 0, ERR(FFA_DENIED));
	sp_call(0, REQ, E(ME, ME));
	expect_sp(0, ME, 0, ERR(FFA_INVALID_PARAMETERS));
	nwd_call(1, REQ, E(0, UP));
	expect_nwd(1, ERR(FFA_BUSY));
	nwd_call(1, REQ, E(0, ME));
	expect_nwd(1, ERR(FFA_BUSY));
	/* MP has another context there. */
	nwd_call(1, REQ, E(0, MP));
	expect_sp(1, MP, 1, REQ, E(0, MP));
	sp_call(1, REQ, E(MP, UP));
	expect_sp(1, MP, 1, ERR(FFA_BUSY));
	answer(1, MP, 0);
	expect_nwd(1, RESP, E(MP, 0), 0, MP);
	answer(0, ME, MP);
	answer(0, MP, UP);
	answer(0, UP, 0);
	expect_nwd(0, RESP, E(UP, 0), 0, UP);
	world_expect_quiet();
}

/* --- preemption and FFA_RUN --- */

WORLD_TEST(one_is_preempted_and_goes_on)
{
	world_boot_all(false);
	nwd_call(0, REQ, E(0, UP), 0, 1, 2);
	sp_fiq(0);
	expect_nwd(0, INTERRUPTED(UP, 0));
	expect_state(UP, 0, SP_PREEMPTED);
	nwd_call(0, REQ, E(0, UP));
	expect_nwd(0, ERR(FFA_BUSY));
	nwd_call(0, FFA_RUN, E(UP, 0));
	/* As it was: the call is none of its affair. */
	expect_sp(0, UP, 0, REQ, E(0, UP), 0, 1, 2);
	sp_fiq(0);
	expect_nwd(0, INTERRUPTED(UP, 0));
	nwd_call(0, FFA_RUN, E(UP, 0));
	sp_call(0, RESP, E(UP, 0), 0, 7);
	expect_nwd(0, RESP, E(UP, 0), 0, 7);
	world_expect_quiet();
}

WORLD_TEST(a_chain_is_preempted_as_a_whole)
{
	world_boot_all(false);
	call_chain(0, UP, MP);
	sp_fiq(0);
	expect_nwd(0, INTERRUPTED(UP, 0));
	expect_state(UP, 0, SP_CHAIN_PREEMPTED);
	expect_state(MP, 0, SP_PREEMPTED);
	nwd_call(0, FFA_RUN, E(MP, 0));
	expect_nwd(0, ERR(FFA_DENIED));
	nwd_call(0, FFA_RUN, E(ME, 1)); /* there is no such context */
	expect_nwd(0, ERR(FFA_INVALID_PARAMETERS));
	nwd_call(0, FFA_RUN, E(0x8009, 0));
	expect_nwd(0, ERR(FFA_INVALID_PARAMETERS));
	nwd_call(0, FFA_RUN, E(0, 0));
	expect_nwd(0, ERR(FFA_INVALID_PARAMETERS));
	/* Meanwhile others can be called. */
	nwd_call(0, REQ, E(0, ME));
	expect_sp(0, ME, 0, REQ, E(0, ME));
	/* but an SP may not go on with what is not its own */
	sp_call(0, FFA_RUN, E(UP, 0));
	expect_sp(0, ME, 0, ERR(FFA_DENIED));
	sp_call(0, FFA_RUN, E(MP, 0));
	expect_sp(0, ME, 0, ERR(FFA_DENIED));
	answer(0, ME, 0);
	nwd_call(0, FFA_RUN, E(UP, 0));
	expect_sp(0, MP, 0, REQ, E(UP, MP), 0, MP);
	expect_state(UP, 0, SP_BLOCKED);
	answer(0, MP, UP);
	expect_sp(0, UP, 0, RESP, E(MP, UP), 0, MP);
	answer(0, UP, 0);
	expect_nwd(0, RESP, E(UP, 0), 0, UP);
	world_expect_quiet();
}

WORLD_TEST(a_chain_migrates_unless_an_mp_context_is_in_it)
{
	world_boot_all(true);
	call_chain(0, UP, QU);
	world_pass(100 * MS); /* QU holds them back for so long */
	sp_fiq(0);
	expect_nwd(0, INTERRUPTED(UP, 0));
	nwd_call(2, FFA_RUN, E(UP, 0));
	expect_sp(2, QU, 0, REQ, E(UP, QU), 0, QU);
	nwd_call(1, FFA_RUN, E(UP, 0));
	expect_nwd(1, ERR(FFA_BUSY));
	answer(2, QU, UP);
	expect_sp(2, UP, 0, RESP, E(QU, UP), 0, QU);
	sp_call(2, REQ, E(UP, MP));
	expect_sp(2, MP, 2, REQ, E(UP, MP));
	sp_fiq(2);
	expect_nwd(2, INTERRUPTED(UP, 0));
	nwd_call(0, FFA_RUN, E(UP, 0));
	expect_nwd(0, ERR(FFA_INVALID_PARAMETERS));
	nwd_call(2, FFA_RUN, E(UP, 0));
	expect_sp(2, MP, 2, REQ, E(UP, MP));
	answer(2, MP, UP);
	answer(2, UP, 0);
	world_expect_quiet();
}

/* The head has not run since the chain went to another core: where it is bound to is where the chain was last. */
WORLD_TEST(a_chain_that_migrated_is_bound_where_it_was_last)
{
	world_manifest(ME)->ns_action = SP_NS_SIGNALED;
	world_boot_all(true);
	call_chain(0, UP, ME);
	expect_sp(0, ME, 0, REQ, E(UP, ME), 0, ME);
	sp_fiq(0);
	nwd_call(1, FFA_RUN, E(UP, 0));
	expect_sp(1, ME, 0, REQ, E(UP, ME), 0, ME);
	sp_call(1, REQ, E(ME, MP));
	expect_sp(1, MP, 1, REQ, E(ME, MP));
	sp_fiq(1);
	expect_nwd(1, INTERRUPTED(UP, 0));
	nwd_call(0, FFA_RUN, E(UP, 0));
	expect_nwd(0, ERR(FFA_INVALID_PARAMETERS));
	nwd_call(1, FFA_RUN, E(UP, 0));
	expect_sp(1, MP, 1, REQ, E(ME, MP));
}

WORLD_TEST(an_idle_one_is_run_and_waits_again)
{
	world_boot_all(true);
	nwd_call(0, FFA_RUN, E(UP, 0));
	expect_sp(0, UP, 0, FFA_RUN, E(UP, 0));
	sp_call(0, RESP, E(UP, 0)); /* there is nothing to be answered */
	expect_sp(0, UP, 0, ERR(FFA_DENIED));
	sp_call(0, FFA_MSG_WAIT);
	expect_nwd(0, FFA_MSG_WAIT);
	nwd_call(3, FFA_RUN, E(UP, 0)); /* on any core */
	sp_call(3, FFA_MSG_WAIT);
	nwd_call(1, FFA_RUN, E(MP, 2));
	expect_nwd(1, ERR(FFA_INVALID_PARAMETERS));
	nwd_call(1, FFA_RUN, E(MP, 1));
	expect_sp(1, MP, 1, FFA_RUN, E(MP, 1));
	/* An SP runs nobody who did not yield to it. */
	sp_call(1, FFA_RUN, E(UP, 0));
	expect_sp(1, MP, 1, ERR(FFA_DENIED));
	sp_fiq(1);
	expect_nwd(1, INTERRUPTED(MP, 1));
	nwd_call(0, FFA_RUN, E(MP, 1));
	expect_nwd(0, ERR(FFA_INVALID_PARAMETERS));
	nwd_call(1, FFA_RUN, E(MP, 1));
	expect_sp(1, MP, 1, ERR(FFA_DENIED)); /* what it had in its registers */
	sp_call(1, FFA_MSG_WAIT, 0, FFA_MSG_WAIT_RETAIN_RX);
	expect_nwd(1, FFA_MSG_WAIT);
	world_expect_quiet();
}

/* --- yielding --- */

WORLD_TEST(yields_to_the_normal_world)
{
	world_boot_all(true);
	nwd_call(0, REQ, E(0, UP));
	sp_call(0, FFA_YIELD, 0, 5, 6, 7, 8);
	expect_nwd(0, FFA_YIELD, E(UP, 0), 5, 6);
	expect_state(UP, 0, SP_YIELDED);
	nwd_call(0, REQ, E(0, UP));
	expect_nwd(0, ERR(FFA_BUSY));
	nwd_call(1, FFA_RUN, E(UP, 0));
	expect_sp(1, UP, 0, SUCCESS4);
	answer(1, UP, 0);
	expect_nwd(1, RESP, E(UP, 0), 0, UP);
	/* One that is run may yield too, and an MP one stays where it is. */
	nwd_call(1, FFA_RUN, E(MP, 1));
	sp_call(1, FFA_YIELD);
	expect_nwd(1, FFA_YIELD, E(MP, 1));
	nwd_call(0, FFA_RUN, E(MP, 1));
	expect_nwd(0, ERR(FFA_INVALID_PARAMETERS));
	nwd_call(1, FFA_RUN, E(MP, 1));
	sp_call(1, FFA_MSG_WAIT);
	expect_nwd(1, FFA_MSG_WAIT);
	world_expect_quiet();
}

WORLD_TEST(yields_to_the_sp_that_called_it)
{
	world_boot_all(false);
	call_chain(0, UP, MP);
	sp_call(0, FFA_YIELD);
	expect_sp(0, UP, 0, FFA_YIELD, E(MP, 0));
	expect_state(MP, 0, SP_YIELDED);
	sp_call(0, REQ, E(UP, MP));
	expect_sp(0, UP, 0, ERR(FFA_BUSY));
	sp_call(0, FFA_RUN, E(MP, 0));
	expect_sp(0, MP, 0, SUCCESS4);
	sp_call(0, FFA_YIELD);
	/* Its caller leaves, comes again, and goes on with it; another one may not. */
	answer(0, UP, 0);
	expect_nwd(0, RESP, E(UP, 0), 0, UP);
	nwd_call(0, REQ, E(0, ME));
	sp_call(0, FFA_RUN, E(MP, 0));
	expect_sp(0, ME, 0, ERR(FFA_DENIED));
	sp_call(0, REQ, E(ME, UP));
	sp_call(0, FFA_RUN, E(MP, 0));
	expect_sp(0, MP, 0, SUCCESS4);
	answer(0, MP, UP);
	answer(0, UP, ME);
	answer(0, ME, 0);
	world_expect_quiet();
}

/* Its caller has finished without it: the normal world may, and does not see the answer to somebody else. */
WORLD_TEST(yielded_and_forgotten)
{
	world_boot_all(false);
	call_chain(0, UP, MP);
	sp_call(0, FFA_YIELD);
	answer(0, UP, 0);
	nwd_call(0, FFA_RUN, E(MP, 0));
	expect_sp(0, MP, 0, SUCCESS4);
	answer(0, MP, UP);
	expect_nwd(0, FFA_MSG_WAIT);
	expect_state(MP, 0, SP_IDLE);
	world_expect_quiet();
}

/* Whoever goes on with a yielded one lends it its own actions on interrupts, those of now. */
WORLD_TEST(a_yielded_one_inherits_anew)
{
	world_boot_all(false);
	call_chain(0, UP, MP);
	sp_call(0, FFA_YIELD);
	answer(0, UP, 0);
	nwd_call(0, REQ, E(0, QU));
	sp_call(0, REQ, E(QU, UP));
	sp_call(0, FFA_RUN, E(MP, 0));
	expect_sp(0, MP, 0, SUCCESS4);
	assert_true(world_held(0));
	sp_fiq(0);
	expect_sp(0, MP, 0, SUCCESS4); /* QU waits for it, and is not preempted */
	answer(0, MP, UP);
	answer(0, UP, QU);
	answer(0, QU, 0);
	world_expect_quiet();
}

/* --- the end of an SP --- */

WORLD_TEST(one_faults_and_its_caller_is_told)
{
	world_boot_all(false);
	call_chain(0, UP, ME);
	sp_fault(0);
	expect_sp(0, UP, 0, ERR(FFA_ABORTED));
	expect_state(ME, 0, SP_ABORTED);
	sp_call(0, REQ, E(UP, ME));
	expect_sp(0, UP, 0, ERR(FFA_ABORTED));
	sp_call(0, FFA_RUN, E(ME, 0));
	expect_sp(0, UP, 0, ERR(FFA_ABORTED));
	sp_fault(0);
	expect_nwd(0, ERR(FFA_ABORTED));
	nwd_call(0, REQ, E(0, UP));
	expect_nwd(0, ERR(FFA_ABORTED));
	nwd_call(0, FFA_RUN, E(UP, 0));
	expect_nwd(0, ERR(FFA_ABORTED));
	nwd_call(0, REQ, E(0, QU));
	sp_call(0, RESP, E(QU, 0));
	expect_nwd(0, RESP, E(QU, 0));
}

WORLD_TEST(one_that_was_run_faults)
{
	world_boot_all(false);
	nwd_call(0, FFA_RUN, E(UP, 0));
	sp_fault(0);
	expect_nwd(0, ERR(FFA_ABORTED));
}

/* MP faults on core 0 while its other contexts are in each other state. */
WORLD_TEST(an_mp_sp_ends_as_a_whole)
{
	world_manifest(ME)->ns_action = SP_NS_SIGNALED;
	world_boot_all(true);
	call_chain(1, MP);	   /* 1 runs */
	call_chain(2, UP, MP, QU); /* 2 is blocked */
	call_chain(3, ME, MP);	   /* 3 was preempted */
	sp_fiq(3);
	expect_nwd(3, INTERRUPTED(ME, 0));
	nwd_call(0, REQ, E(0, MP));
	sp_fault(0);
	expect_nwd(0, ERR(FFA_ABORTED));
	for (unsigned int i = 0; i < CORES; i++)
		expect_state(MP, i, SP_ABORTED);
	/* Who runs is told, and leaves. */
	assert_true(world_take_kick(1));
	expect_nwd(1, ERR(FFA_ABORTED));
	/* Who is above a blocked one is not disturbed; then the next one below gets it. */
	(void)world_take_kick(2);
	expect_sp(2, QU, 0, REQ, E(MP, QU), 0, QU);
	answer(2, QU, MP);
	expect_sp(2, UP, 0, ERR(FFA_ABORTED));
	expect_state(QU, 0, SP_IDLE);
	answer(2, UP, 0);
	expect_nwd(2, RESP, E(UP, 0), 0, UP);
	/* The preempted one does not go on: its caller does. */
	nwd_call(3, FFA_RUN, E(ME, 0));
	expect_sp(3, ME, 0, ERR(FFA_ABORTED));
	answer(3, ME, 0);
	expect_nwd(3, RESP, E(ME, 0), 0, ME);
}

/* It is told late, and makes calls until then. */
WORLD_TEST(an_aborted_one_that_does_not_know_it_yet)
{
	world_boot_all(true);
	call_chain(1, ME, MP);
	call_chain(2, MP);
	call_chain(3, UP, MP);
	nwd_call(0, REQ, E(0, MP));
	sp_fault(0);
	answer(1, MP, ME);
	expect_sp(1, ME, 0, RESP, E(MP, ME), 0, MP);
	assert_true(world_take_kick(1));
	answer(1, ME, 0);
	sp_call(2, REQ, E(MP, QU));
	expect_sp(2, QU, 0, REQ, E(MP, QU));
	assert_true(world_take_kick(2));
	expect_sp(2, QU, 0, REQ, E(MP, QU));
	answer(2, QU, MP);
	expect_nwd(2, ERR(FFA_ABORTED));
	sp_call(3, FFA_YIELD);
	expect_sp(3, UP, 0, FFA_YIELD, E(MP, 3));
	sp_call(3, FFA_RUN, E(MP, 3));
	expect_sp(3, UP, 0, ERR(FFA_ABORTED));
	assert_true(world_take_kick(3));
	answer(3, UP, 0);
	for (unsigned int i = 0; i < CORES; i++)
		expect_state(MP, i, SP_ABORTED);
	expect_state(QU, 0, SP_IDLE);
	expect_state(ME, 0, SP_IDLE);
}

static void abort_mp(unsigned int core)
{
	nwd_call(core, REQ, E(0, MP));
	expect_sp(core, MP, core, REQ, E(0, MP));
	sp_fault(core);
	expect_nwd(core, ERR(FFA_ABORTED));
}

/* The head is gone: those above it are the normal world's to run, who does not get what was said to the head. */
WORLD_TEST(an_orphan_goes_on_and_answers_nobody)
{
	world_boot_all(true);
	call_chain(1, MP, UP);
	sp_fiq(1);
	expect_nwd(1, INTERRUPTED(MP, 1));
	nwd_call(1, FFA_RUN, E(UP, 0));
	expect_nwd(1, ERR(FFA_DENIED));
	abort_mp(0);
	nwd_call(1, FFA_RUN, E(MP, 1));
	expect_nwd(1, ERR(FFA_ABORTED));
	nwd_call(2, REQ, E(0, ME));
	sp_call(2, FFA_RUN, E(UP, 0));
	expect_sp(2, ME, 0, ERR(FFA_DENIED));
	answer(2, ME, 0);
	nwd_call(1, FFA_RUN, E(UP, 0));
	expect_sp(1, UP, 0, REQ, E(MP, UP), 0, UP);
	sp_call(1, RESP, E(UP, MP), 0, 0x5ec7e7);
	expect_nwd(1, FFA_MSG_WAIT);
	expect_state(UP, 0, SP_IDLE);
}

WORLD_TEST(an_orphan_that_had_yielded)
{
	world_boot_all(true);
	call_chain(1, MP, UP);
	sp_call(1, FFA_YIELD);
	expect_sp(1, MP, 1, FFA_YIELD, E(UP, 0));
	answer(1, MP, 0);
	abort_mp(0);
	nwd_call(2, FFA_RUN, E(UP, 0));
	expect_sp(2, UP, 0, SUCCESS4);
	sp_call(2, FFA_YIELD);
	expect_nwd(2, FFA_YIELD, E(UP, 0));
	nwd_call(3, FFA_RUN, E(UP, 0));
	sp_call(3, RESP, E(UP, MP), 0, 0x5ec7e7);
	expect_nwd(3, FFA_MSG_WAIT);
}

/* Whoever had called the one that is gone has nothing to do with it any more. */
WORLD_TEST(an_orphan_whose_caller_had_answered)
{
	world_boot_all(true);
	call_chain(1, UP, MP, QU);
	sp_call(1, FFA_YIELD);
	answer(1, MP, UP);
	expect_sp(1, UP, 0, RESP, E(MP, UP), 0, MP);
	abort_mp(0);
	answer(1, UP, 0);
	nwd_call(2, FFA_RUN, E(QU, 0));
	expect_sp(2, QU, 0, SUCCESS4);
	sp_call(2, RESP, E(QU, MP));
	expect_nwd(2, FFA_MSG_WAIT);
}

/* The one in the middle is gone: who is above it is still the head's. */
WORLD_TEST(the_middle_of_a_preempted_chain_is_aborted)
{
	world_manifest(QU)->ns_action = SP_NS_SIGNALED;
	world_boot_all(true);
	call_chain(1, UP, MP, QU);
	sp_fiq(1);
	expect_nwd(1, INTERRUPTED(UP, 0));
	abort_mp(0);
	nwd_call(1, FFA_RUN, E(QU, 0));
	expect_nwd(1, ERR(FFA_DENIED));
	nwd_call(1, FFA_RUN, E(MP, 1));
	expect_nwd(1, ERR(FFA_ABORTED));
	nwd_call(1, FFA_RUN, E(UP, 0));
	expect_sp(1, QU, 0, REQ, E(MP, QU), 0, QU);
	answer(1, QU, MP);
	expect_sp(1, UP, 0, ERR(FFA_ABORTED));
	answer(1, UP, 0);
	expect_nwd(1, RESP, E(UP, 0), 0, UP);
	expect_state(QU, 0, SP_IDLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_sps_call_each_other),
		cmocka_unit_test(a_cycle_is_denied_and_another_core_busy),
		cmocka_unit_test(one_is_preempted_and_goes_on),
		cmocka_unit_test(a_chain_is_preempted_as_a_whole),
		cmocka_unit_test(a_chain_migrates_unless_an_mp_context_is_in_it),
		cmocka_unit_test(a_chain_that_migrated_is_bound_where_it_was_last),
		cmocka_unit_test(an_idle_one_is_run_and_waits_again),
		cmocka_unit_test(yields_to_the_normal_world),
		cmocka_unit_test(yields_to_the_sp_that_called_it),
		cmocka_unit_test(yielded_and_forgotten),
		cmocka_unit_test(a_yielded_one_inherits_anew),
		cmocka_unit_test(one_faults_and_its_caller_is_told),
		cmocka_unit_test(one_that_was_run_faults),
		cmocka_unit_test(an_mp_sp_ends_as_a_whole),
		cmocka_unit_test(an_aborted_one_that_does_not_know_it_yet),
		cmocka_unit_test(an_orphan_goes_on_and_answers_nobody),
		cmocka_unit_test(an_orphan_that_had_yielded),
		cmocka_unit_test(an_orphan_whose_caller_had_answered),
		cmocka_unit_test(the_middle_of_a_preempted_chain_is_aborted),
	};

	return UNIT_RUN(tests);
}
