/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite spmc/spmc_race: what another core does between two steps of this one. The files are compiled in here, with the
 * second step behind a function of the test: what it does before it comes from another core.
 */
#include "world.h"

#include "arch/host.h"
#include "core/percpu.h"
#include "core/vcpu.h"
#include "role/spmc/chain.h"
#include "role/spmc/virq.h"

/* How many lines another core takes just before us; and how many are still there, but are not for us any more. */
static unsigned int taken, missed;

static bool take_fresh(struct virq *q, uint32_t *intid)
{
	if (missed && missed--)
		return false;
	if (!virq_take_fresh(q, intid))
		return false;
	return !(taken && taken--);
}

/* How many resumes come too late. */
static unsigned int late;

static int move_from(struct sp_context *c, uint32_t word, enum sp_event event)
{
	if (event == SP_RESUME && late && late--)
		return E_STATE;
	return sp_context_move_from(c, word, event);
}

#define virq_take_fresh	     take_fresh
#define sp_context_move_from move_from
#include "role/spmc/chain.c"
#include "role/spmc/run_irq.c"
#undef virq_take_fresh
#undef sp_context_move_from

static void boot(void)
{
	world_boot();
	assert_int_equal(sp_hvc(0, HF_INTERRUPT_ENABLE, SPI_UP, 1, 0), 0);
	for (unsigned int i = 0; i < SPS; i++)
		sp_call(0, FFA_MSG_WAIT);
	expect_nwd(0, FFA_MSG_WAIT);
}

/* Somebody else has entered the owner for it: it is left as it was found, for whoever wants it next. */
WORLD_TEST(another_core_was_entered_for_it)
{
	boot();
	taken = 1;
	nwd_irq(0, SPI_UP);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	assert_int_equal(taken, 0);
	expect_state(UP, 0, SP_IDLE);
	nwd_call(0, REQ, E(0, UP), 0, 3);
	expect_sp(0, UP, 0, REQ, E(0, UP), 0, 3);
	sp_call(0, RESP, E(UP, 0), 0, 4);
	expect_nwd(0, RESP, E(UP, 0), 0, 4);
	world_expect_quiet();
}

/* The same on top of an SP, which goes on. */
WORLD_TEST(another_core_was_entered_and_an_sp_runs)
{
	boot();
	nwd_call(0, REQ, E(0, MP));
	taken = 1;
	sp_irq(0, SPI_UP);
	expect_sp(0, MP, 0, REQ, E(0, MP));
	assert_int_equal(taken, 0);
	expect_state(UP, 0, SP_IDLE);
	expect_state(MP, 0, SP_RUNNING);
	sp_call(0, REQ, E(MP, UP));
	expect_sp(0, UP, 0, REQ, E(MP, UP));
	sp_call(0, RESP, E(UP, MP));
	sp_call(0, RESP, E(MP, 0));
	expect_nwd(0, RESP, E(MP, 0));
	world_expect_quiet();
}

/* A new one came while it was held for nothing: that one is not lost. */
WORLD_TEST(a_new_one_meanwhile)
{
	boot();
	missed = 1;
	nwd_irq(0, SPI_UP);
	assert_int_equal(missed, 0);
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	assert_int_equal(sp_hvc(0, HF_INTERRUPT_GET), SPI_UP);
	sp_call(0, FFA_MSG_WAIT);
	world_expect_quiet();
}

/* Another core was faster with FFA_RUN. */
WORLD_TEST(another_core_runs_it)
{
	boot();
	nwd_call(0, REQ, E(0, UP));
	sp_fiq(0);
	expect_nwd(0, FFA_INTERRUPT, E(UP, 0));
	late = 1;
	nwd_call(0, FFA_RUN, E(UP, 0));
	expect_nwd(0, ERR(FFA_BUSY));
	expect_state(UP, 0, SP_PREEMPTED);
	nwd_call(0, FFA_RUN, E(UP, 0));
	expect_sp(0, UP, 0, REQ, E(0, UP));
	sp_call(0, RESP, E(UP, 0));
	world_expect_quiet();
}

/* And while it was set aside: it is that core's then. */
WORLD_TEST(another_core_runs_what_was_set_aside)
{
	boot();
	nwd_irq(0, SPI_UP);
	world_pass(100 * MS);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	late = 1;
	world_pass(10 * MS);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	assert_int_equal(late, 0);
	expect_state(UP, 0, SP_PREEMPTED);
	nwd_call(0, FFA_RUN, E(UP, 0));
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_core_was_entered_for_it),
		cmocka_unit_test(another_core_was_entered_and_an_sp_runs),
		cmocka_unit_test(a_new_one_meanwhile),
		cmocka_unit_test(another_core_runs_it),
		cmocka_unit_test(another_core_runs_what_was_set_aside),
	};

	return UNIT_RUN(tests);
}
