/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite spmc/spmc_irq: interrupts of the normal world while SPs run (signalled, managed exit, queued), and those that
 * belong to SPs, in each state of their owner. FF-A 1.2, 9.
 */
#include "world.h"

#include "arch/host.h"

#define INTERRUPTED(id, vcpu) FFA_INTERRUPT, E(id, vcpu)
#define GET(core)	      sp_hvc(core, HF_INTERRUPT_GET)
#define DONE(core, intid)     assert_int_equal(sp_hvc(core, HF_INTERRUPT_DEACTIVATE, intid, intid), 0)

/* All SPs boot, and enable their interrupts meanwhile. */
static void boot(void)
{
	world_boot();
	sp_hvc(0, HF_INTERRUPT_ENABLE, SPI_UP, 1, 0);
	sp_call(0, FFA_MSG_WAIT);
	sp_hvc(0, HF_INTERRUPT_ENABLE, PPI_MP, 1, 0);
	sp_call(0, FFA_MSG_WAIT);
	sp_hvc(0, HF_INTERRUPT_ENABLE, SPI_ME, 1, 0);
	sp_hvc(0, HF_INTERRUPT_ENABLE, PPI_ME, 1, 0);
	sp_call(0, FFA_MSG_WAIT);
	sp_hvc(0, HF_INTERRUPT_ENABLE, SPI_QU, 1, 0);
	sp_call(0, FFA_MSG_WAIT);
	for (unsigned int i = 1; i < CORES; i++) {
		world_core_up(i);
		sp_hvc(i, HF_INTERRUPT_ENABLE, PPI_MP, 1, 0);
		sp_call(i, FFA_MSG_WAIT);
	}
}

static void request(unsigned int core, uint16_t id)
{
	nwd_call(core, REQ, E(0, id));
	expect_sp(core, id, id == MP ? core : 0, REQ, E(0, id));
}

static void request_of(unsigned int core, uint16_t from, uint16_t to)
{
	sp_call(core, REQ, E(from, to));
	expect_sp(core, to, to == MP ? core : 0, REQ, E(from, to));
}

static void answer(unsigned int core, uint16_t from, uint16_t to)
{
	sp_call(core, RESP, E(from, to), 0, from);
}

/* The SP that has the core handles the interrupt that it was entered for. */
static void handle(unsigned int core, uint32_t intid)
{
	assert_int_equal(GET(core), intid);
	DONE(core, intid);
	sp_call(core, FFA_MSG_WAIT);
}

static bool is_deactivated(uint32_t intid)
{
	for (unsigned int i = 0; i < host_log_count(); i++)
		if (host_log_at(i)->kind == HOST_IRQ_DEACTIVATE && host_log_at(i)->a == intid)
			return true;
	return false;
}

/* --- of the normal world --- */

WORLD_TEST(of_the_firmware)
{
	boot();
	request(0, UP);
	host_irq_firmware_set(true);
	sp_fiq(0);
	expect_sp(0, UP, 0, REQ, E(0, UP));
	assert_int_equal(world_to_firmware(), 1);
	host_irq_firmware_set(false);
	sp_fiq(0);
	expect_nwd(0, INTERRUPTED(UP, 0));
	assert_int_equal(world_to_firmware(), 1);
}

WORLD_TEST(managed_exit)
{
	boot();
	request(0, ME);
	assert_false(world_held(0));
	assert_false(world_vf(0));
	sp_fiq(0);
	expect_sp(0, ME, 0, REQ, E(0, ME));
	assert_true(world_vf(0));
	assert_false(world_vi(0));
	assert_true(world_held(0));
	sp_fiq(0); /* none should come; it changes nothing */
	assert_int_equal(GET(0), HF_INTID_MANAGED_EXIT);
	assert_false(world_vf(0));
	assert_int_equal(GET(0), HF_INTERRUPT_NONE);
	DONE(0, HF_INTID_MANAGED_EXIT);
	answer(0, ME, 0);
	expect_nwd(0, RESP, E(ME, 0), 0, ME);
	/* Next time is another time. */
	request(0, ME);
	assert_false(world_held(0));
	answer(0, ME, 0);
	world_expect_quiet();
}

WORLD_TEST(managed_exit_as_irq)
{
	world_manifest(ME)->managed_exit_virq = true;
	boot();
	request(0, ME);
	sp_fiq(0);
	assert_false(world_vf(0));
	assert_true(world_vi(0));
	answer(0, ME, 0);
	expect_nwd(0, RESP, E(ME, 0), 0, ME);
}

/* It answers without a look: the signal is for this call, not for its next one. */
WORLD_TEST(managed_exit_that_nobody_looked_at)
{
	boot();
	request(0, ME);
	sp_fiq(0);
	answer(0, ME, 0);
	request(0, ME);
	assert_false(world_vf(0));
	assert_int_equal(GET(0), HF_INTERRUPT_NONE);
	answer(0, ME, 0);
	/* By FFA_RUN, too. */
	nwd_call(0, FFA_RUN, E(ME, 0));
	sp_fiq(0);
	assert_true(world_vf(0));
	sp_call(0, FFA_MSG_WAIT);
	expect_nwd(0, FFA_MSG_WAIT);
	request(0, ME);
	assert_false(world_vf(0));
	answer(0, ME, 0);
	/* Yielding is leaving as well. */
	world_expect_quiet();
}

WORLD_TEST(managed_exit_that_is_disabled)
{
	boot();
	request(0, ME);
	assert_int_equal(sp_hvc(0, HF_INTERRUPT_ENABLE, HF_INTID_MANAGED_EXIT, 0, 0), 0);
	sp_fiq(0);
	expect_nwd(0, INTERRUPTED(ME, 0));
	nwd_call(0, FFA_RUN, E(ME, 0));
	sp_call(0, RESP, E(ME, 0));
	expect_nwd(0, RESP, E(ME, 0));
	world_expect_quiet();
}

/* Asked to leave, it does not. */
WORLD_TEST(managed_exit_that_takes_too_long)
{
	boot();
	request(0, ME);
	sp_fiq(0);
	world_pass(99 * MS);
	expect_sp(0, ME, 0, REQ, E(0, ME));
	assert_true(world_held(0));
	world_pass(1 * MS);
	expect_sp(0, ME, 0, REQ, E(0, ME));
	assert_false(world_held(0));
	sp_fiq(0);
	expect_nwd(0, INTERRUPTED(ME, 0));
	nwd_call(0, FFA_RUN, E(ME, 0));
	assert_false(world_held(0));
	answer(0, ME, 0);
	world_expect_quiet();
}

/* The one it calls has no managed exit: it is let finish, then the caller is asked. */
WORLD_TEST(managed_exit_of_the_caller)
{
	boot();
	request(0, ME);
	request_of(0, ME, UP);
	sp_fiq(0);
	expect_sp(0, UP, 0, REQ, E(ME, UP));
	assert_false(world_vi(0) || world_vf(0));
	assert_true(world_held(0));
	answer(0, UP, ME);
	expect_sp(0, ME, 0, RESP, E(UP, ME), 0, UP);
	assert_false(world_held(0));
	sp_fiq(0); /* it is still pending */
	assert_true(world_vf(0));
	answer(0, ME, 0);
	expect_nwd(0, RESP, E(ME, 0), 0, ME);
	/* The other way round: the one with a managed exit is on top of one that is preempted. */
	request(0, UP);
	request_of(0, UP, ME);
	sp_fiq(0);
	assert_true(world_vf(0));
	answer(0, ME, UP);
	expect_sp(0, UP, 0, RESP, E(ME, UP), 0, ME);
	sp_fiq(0);
	expect_nwd(0, INTERRUPTED(UP, 0));
	nwd_call(0, FFA_RUN, E(UP, 0));
	answer(0, UP, 0);
	world_expect_quiet();
}

WORLD_TEST(queued)
{
	boot();
	request(0, QU);
	assert_true(world_held(0));
	request_of(0, QU, UP); /* which is signalled: not while QU waits */
	assert_true(world_held(0));
	sp_fiq(0);
	expect_sp(0, UP, 0, REQ, E(QU, UP));
	answer(0, UP, QU);
	answer(0, QU, 0);
	assert_false(world_held(0));
	/* Its time is over with it: it is not the next one's. */
	request(0, ME);
	world_pass(100 * MS);
	sp_fiq(0);
	expect_sp(0, ME, 0, REQ, E(0, ME));
	assert_true(world_vf(0));
	answer(0, ME, 0);
	/* One that is called by a signalled one holds them back until its answer. */
	request(0, UP);
	assert_false(world_held(0));
	request_of(0, UP, QU);
	assert_true(world_held(0));
	answer(0, QU, UP);
	assert_false(world_held(0));
	answer(0, UP, 0);
	world_expect_quiet();
}

WORLD_TEST(queued_for_too_long)
{
	boot();
	request(0, QU);
	request_of(0, QU, UP);
	world_pass(60 * MS);
	answer(0, UP, QU);
	request_of(0, QU, MP);
	world_pass(40 * MS); /* the time is that of the whole */
	expect_sp(0, MP, 0, REQ, E(QU, MP));
	assert_false(world_held(0));
	sp_fiq(0);
	expect_nwd(0, INTERRUPTED(QU, 0));
	assert_non_null(strstr(host_uart_text(), "kept interrupts of the normal world back"));
	/* It has its time again once it is run. */
	nwd_call(0, FFA_RUN, E(QU, 0));
	assert_true(world_held(0));
	sp_call(0, RESP, E(MP, QU));
	sp_call(0, RESP, E(QU, 0));
	expect_nwd(0, RESP, E(QU, 0));
	world_expect_quiet();
}

/* Asked to leave, it calls others again and again: the time is that of the whole all the same. */
WORLD_TEST(nobody_gets_more_time_by_calling_others)
{
	boot();
	request(0, ME);
	sp_fiq(0);
	assert_true(world_held(0));
	for (unsigned int i = 0; i < 10; i++) {
		world_pass(10 * MS);
		if (!world_held(0))
			break;
		sp_call(0, REQ, E(ME, UP));
		assert_true(world_held(0) || i == 9);
		answer(0, UP, ME);
	}
	assert_false(world_held(0));
	sp_fiq(0);
	expect_nwd(0, INTERRUPTED(ME, 0));
}

/* What held them back before the preemption does not afterwards. */
WORLD_TEST(holding_back_ends_with_the_preemption)
{
	boot();
	request(0, UP);
	request_of(0, UP, ME);
	sp_fiq(0);
	request_of(0, ME, QU);
	world_pass(100 * MS);
	sp_fiq(0);
	expect_nwd(0, INTERRUPTED(UP, 0));
	nwd_call(0, FFA_RUN, E(UP, 0));
	expect_sp(0, QU, 0, REQ, E(ME, QU));
	assert_true(world_held(0));
	answer(0, QU, ME);
	assert_false(world_held(0));
	answer(0, ME, UP);
	assert_false(world_held(0));
	answer(0, UP, 0);
	world_expect_quiet();
}

/* --- of SPs --- */

WORLD_TEST(owner_is_idle_and_the_normal_world_runs)
{
	boot();
	host_log_start();
	nwd_irq(0, SPI_UP);
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	assert_true(world_vi(0));
	assert_true(world_held(0)); /* while it handles it */
	sp_call(0, FFA_YIELD);
	expect_sp(0, UP, 0, ERR(FFA_DENIED));
	sp_call(0, RESP, E(UP, 0));
	expect_sp(0, UP, 0, ERR(FFA_DENIED));
	assert_int_equal(GET(0), SPI_UP);
	assert_false(world_vi(0));
	assert_false(is_deactivated(SPI_UP));
	DONE(0, SPI_UP);
	assert_true(is_deactivated(SPI_UP));
	sp_call(0, FFA_MSG_WAIT);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	/* An interrupt of nobody: the normal world goes on. */
	nwd_irq(0, 99);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	/* Of an MP SP each context has its core's. */
	nwd_irq(2, PPI_MP);
	expect_sp(2, MP, 2, FFA_INTERRUPT, 0, PPI_MP);
	request(1, MP);
	answer(1, MP, 0);
	handle(2, PPI_MP);
	expect_nwd(2, FFA_NORMAL_WORLD_RESUME);
	world_expect_quiet();
}

/* It may call others meanwhile, and their end is not its own. */
WORLD_TEST(a_handler_calls_others)
{
	boot();
	nwd_irq(0, SPI_UP);
	request_of(0, UP, MP);
	assert_true(world_held(0));
	sp_fault(0);
	expect_sp(0, UP, 0, ERR(FFA_ABORTED));
	handle(0, SPI_UP);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	nwd_irq(0, SPI_UP);
	sp_fault(0);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	expect_state(UP, 0, SP_ABORTED);
}

WORLD_TEST(owner_runs_here)
{
	boot();
	request(0, UP);
	sp_irq(0, SPI_UP);
	expect_sp(0, UP, 0, REQ, E(0, UP));
	assert_true(world_vi(0));
	for (unsigned int i = 0; i < CORES; i++)
		assert_false(world_take_kick(i)); /* nobody else has to know */
	assert_int_equal(GET(0), SPI_UP);
	DONE(0, SPI_UP);
	answer(0, UP, 0);
	expect_nwd(0, RESP, E(UP, 0), 0, UP);
	world_expect_quiet();
}

WORLD_TEST(owner_runs_on_another_core)
{
	boot();
	request(1, UP);
	nwd_irq(0, SPI_UP);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	assert_false(world_vi(1));
	assert_true(world_take_kick(1));
	expect_sp(1, UP, 0, REQ, E(0, UP));
	assert_true(world_vi(1));
	assert_int_equal(GET(1), SPI_UP);
	DONE(1, SPI_UP);
	answer(1, UP, 0);
	world_expect_quiet();
}

/* It leaves before the kick has come: then it is entered for it, where it was. */
WORLD_TEST(owner_leaves_another_core)
{
	boot();
	request(1, UP);
	nwd_irq(0, SPI_UP);
	answer(1, UP, 0);
	expect_sp(1, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	handle(1, SPI_UP);
	expect_nwd(1, RESP, E(UP, 0), 0, UP);
	assert_true(world_take_kick(1));
	expect_nwd(1, FFA_NORMAL_WORLD_RESUME);
	world_expect_quiet();
}

/* It goes to sleep without a look at what has just come. */
WORLD_TEST(owner_waits_right_after_it_came)
{
	boot();
	nwd_irq(0, SPI_UP);
	assert_int_equal(GET(0), SPI_UP);
	DONE(0, SPI_UP);
	sp_irq(0, SPI_UP);
	sp_call(0, FFA_MSG_WAIT);
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	/* Entered for it, it does not look: it is not entered again and again. */
	sp_call(0, FFA_MSG_WAIT);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	/* Of another INTID it is told. */
	request(0, UP);
	assert_true(world_vi(0));
	handle(0, SPI_UP);
	expect_sp(0, UP, 0, ERR(FFA_DENIED)); /* no MSG_WAIT in a request */
	answer(0, UP, 0);
	world_expect_quiet();
}

WORLD_TEST(owner_has_two)
{
	boot();
	request(0, ME);
	sp_irq(0, SPI_ME);
	sp_irq(0, PPI_ME);
	assert_int_equal(GET(0), PPI_ME);
	DONE(0, PPI_ME);
	answer(0, ME, 0);
	expect_sp(0, ME, 0, FFA_INTERRUPT, 0, SPI_ME);
	sp_irq(0, PPI_ME);
	handle(0, PPI_ME);
	/* SPI_ME it has been told of. */
	expect_nwd(0, RESP, E(ME, 0), 0, ME);
	/* A PPI of an SP that migrates: from each core. */
	nwd_irq(1, PPI_ME);
	expect_sp(1, ME, 0, FFA_INTERRUPT, 0, PPI_ME);
	nwd_irq(2, PPI_ME);
	expect_nwd(2, FFA_NORMAL_WORLD_RESUME);
	assert_true(world_take_kick(1));
	assert_int_equal(GET(1), PPI_ME);
	assert_int_equal(GET(1), PPI_ME);
	assert_int_equal(GET(1), SPI_ME);
	host_log_start();
	DONE(1, PPI_ME);
	DONE(1, PPI_ME);
	assert_int_equal(host_log_at(host_log_find(HOST_IRQ_DEACTIVATE, 0))->b, 1);
	assert_int_equal(host_log_at(host_log_find(HOST_IRQ_DEACTIVATE, 1))->b, 2);
	DONE(1, SPI_ME);
	sp_call(1, FFA_MSG_WAIT);
	expect_nwd(1, FFA_NORMAL_WORLD_RESUME);
	world_expect_quiet();
}

WORLD_TEST(owner_is_blocked)
{
	boot();
	request(0, UP);
	request_of(0, UP, MP);
	sp_irq(0, SPI_UP);
	expect_sp(0, MP, 0, REQ, E(UP, MP));
	assert_false(world_vi(0));
	answer(0, MP, UP);
	expect_sp(0, UP, 0, RESP, E(MP, UP), 0, MP);
	assert_true(world_vi(0));
	assert_int_equal(GET(0), SPI_UP);
	DONE(0, SPI_UP);
	answer(0, UP, 0);
	world_expect_quiet();
}

WORLD_TEST(owner_is_preempted_or_has_yielded)
{
	boot();
	request(0, UP);
	sp_fiq(0);
	nwd_irq(1, SPI_UP);
	expect_nwd(1, FFA_NORMAL_WORLD_RESUME);
	nwd_call(0, FFA_RUN, E(UP, 0));
	expect_sp(0, UP, 0, REQ, E(0, UP));
	assert_true(world_vi(0));
	assert_int_equal(GET(0), SPI_UP);
	DONE(0, SPI_UP);
	sp_call(0, FFA_YIELD);
	nwd_irq(1, SPI_UP);
	expect_nwd(1, FFA_NORMAL_WORLD_RESUME);
	nwd_call(1, FFA_RUN, E(UP, 0));
	expect_sp(1, UP, 0, SUCCESS4);
	assert_true(world_vi(1));
	answer(1, UP, 0);
	expect_sp(1, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	handle(1, SPI_UP);
	expect_nwd(1, RESP, E(UP, 0), 0, UP);
	world_expect_quiet();
}

WORLD_TEST(owner_is_idle_and_another_sp_runs)
{
	boot();
	request(0, MP);
	request_of(0, MP, ME);
	sp_irq(0, SPI_UP);
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	expect_state(ME, 0, SP_BLOCKED);
	assert_true(world_held(0));
	sp_call(0, REQ, E(UP, ME));
	expect_sp(0, UP, 0, ERR(FFA_DENIED)); /* a cycle */
	handle(0, SPI_UP);
	/* As if nothing had been. */
	expect_sp(0, ME, 0, REQ, E(MP, ME));
	assert_false(world_held(0));
	/* A handler that faults takes nobody with it. */
	sp_irq(0, SPI_UP);
	sp_fault(0);
	expect_sp(0, ME, 0, REQ, E(MP, ME));
	answer(0, ME, MP);
	answer(0, MP, 0);
	expect_nwd(0, RESP, E(MP, 0), 0, MP);
}

WORLD_TEST(owner_has_to_wait_for_one_that_queues)
{
	boot();
	request(0, QU);
	sp_irq(0, SPI_UP);
	expect_sp(0, QU, 0, REQ, E(0, QU));
	request_of(0, QU, MP); /* which inherits it */
	sp_irq(0, SPI_ME);
	expect_sp(0, MP, 0, REQ, E(QU, MP));
	/* Its own comes at once. */
	sp_irq(0, PPI_MP);
	assert_true(world_vi(0));
	assert_int_equal(GET(0), PPI_MP);
	DONE(0, PPI_MP);
	answer(0, MP, QU);
	expect_sp(0, QU, 0, RESP, E(MP, QU), 0, MP);
	answer(0, QU, 0);
	/* Before the normal world has the core; one after the other. */
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	handle(0, SPI_UP);
	expect_sp(0, ME, 0, FFA_INTERRUPT, 0, SPI_ME);
	handle(0, SPI_ME);
	expect_nwd(0, RESP, E(QU, 0), 0, QU);
	/* One that handles its own is not disturbed either. */
	nwd_irq(0, SPI_UP);
	sp_irq(0, SPI_ME);
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	handle(0, SPI_UP);
	expect_sp(0, ME, 0, FFA_INTERRUPT, 0, SPI_ME);
	handle(0, SPI_ME);
	world_expect_quiet();
}

/* While it waits for its turn somebody else calls it: it is told there, and not entered. */
WORLD_TEST(owner_is_called_while_it_waits)
{
	boot();
	request(0, QU);
	sp_irq(0, SPI_UP);
	request(1, UP);
	assert_true(world_vi(1));
	answer(0, QU, 0);
	expect_nwd(0, RESP, E(QU, 0), 0, QU);
	assert_true(world_take_kick(1));
	assert_int_equal(GET(1), SPI_UP);
	DONE(1, SPI_UP);
	answer(1, UP, 0);
	expect_nwd(1, RESP, E(UP, 0), 0, UP);
	world_expect_quiet();
}

/* --- handling takes too long --- */

WORLD_TEST(a_handler_on_top_of_a_call_is_preempted_with_it)
{
	boot();
	request(0, MP);
	sp_irq(0, SPI_UP);
	world_pass(100 * MS);
	sp_fiq(0);
	expect_nwd(0, INTERRUPTED(MP, 0));
	nwd_call(0, FFA_RUN, E(UP, 0));
	expect_nwd(0, ERR(FFA_DENIED));
	nwd_call(0, FFA_RUN, E(MP, 0));
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	handle(0, SPI_UP);
	expect_sp(0, MP, 0, REQ, E(0, MP));
	answer(0, MP, 0);
	world_expect_quiet();
}

/* There is no call that it could be the answer to. */
WORLD_TEST(a_handler_is_set_aside_and_goes_on)
{
	boot();
	nwd_irq(0, SPI_UP);
	for (unsigned int i = 0; i < 3; i++) {
		assert_true(world_held(0));
		world_pass((i ? i * 40 : 100) * MS - 1 * MS);
		expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
		/*
		 * Whether it has an interrupt or not, the normal world has the core then, and each time twice as long;
		 * the handler has four times that.
		 */
		world_pass(1 * MS);
		expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
		expect_state(UP, 0, SP_PREEMPTED);
		nwd_call(0, REQ, E(0, UP));
		expect_nwd(0, ERR(FFA_BUSY));
		world_pass((UINT64_C(10) << i) * MS - 1 * MS);
		expect_nwd(0, ERR(FFA_BUSY));
		world_pass(1 * MS);
		expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	}
	handle(0, SPI_UP);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	world_pass(1000 * MS);
	world_expect_quiet();
}

WORLD_TEST(two_are_set_aside)
{
	boot();
	nwd_irq(0, SPI_UP);
	world_pass(100 * MS);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	/* The normal world has its time before another one interrupts it, too. */
	nwd_irq(0, SPI_ME);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	world_pass(10 * MS);
	expect_sp(0, ME, 0, FFA_INTERRUPT, 0, SPI_ME);
	sp_call(0, REQ, E(ME, QU));
	world_pass(39 * MS);
	expect_sp(0, QU, 0, REQ, E(ME, QU));
	world_pass(1 * MS);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	/* Each has its turn, also when the other one takes too long again. */
	world_pass(10 * MS);
	expect_sp(0, QU, 0, REQ, E(ME, QU));
	world_pass(40 * MS);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	world_pass(20 * MS);
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	world_pass(80 * MS);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	world_pass(20 * MS);
	expect_sp(0, QU, 0, REQ, E(ME, QU));
	answer(0, QU, ME);
	handle(0, SPI_ME);
	/* The normal world waits for none that can end now. */
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	handle(0, SPI_UP);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	world_expect_quiet();
}

/* The normal world may run it: then it is whom it answers. */
WORLD_TEST(one_that_is_set_aside_is_run)
{
	boot();
	nwd_irq(0, SPI_UP);
	world_pass(100 * MS);
	nwd_call(1, FFA_RUN, E(UP, 0));
	expect_sp(1, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	world_pass(10 * MS);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	expect_sp(1, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	handle(1, SPI_UP);
	expect_nwd(1, FFA_MSG_WAIT);
	world_expect_quiet();
}

WORLD_TEST(one_that_is_set_aside_and_aborted)
{
	boot();
	nwd_irq(1, PPI_MP);
	world_pass(100 * MS);
	request(0, MP);
	host_log_start();
	sp_fault(0);
	assert_true(is_deactivated(PPI_MP));
	world_pass(10 * MS);
	expect_nwd(1, FFA_NORMAL_WORLD_RESUME);
	expect_state(MP, 1, SP_ABORTED);
	/* Nothing comes any more. */
	nwd_irq(2, PPI_MP);
	expect_nwd(2, FFA_NORMAL_WORLD_RESUME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_the_firmware),
		cmocka_unit_test(managed_exit),
		cmocka_unit_test(managed_exit_as_irq),
		cmocka_unit_test(managed_exit_that_nobody_looked_at),
		cmocka_unit_test(managed_exit_that_is_disabled),
		cmocka_unit_test(managed_exit_that_takes_too_long),
		cmocka_unit_test(managed_exit_of_the_caller),
		cmocka_unit_test(queued),
		cmocka_unit_test(queued_for_too_long),
		cmocka_unit_test(nobody_gets_more_time_by_calling_others),
		cmocka_unit_test(holding_back_ends_with_the_preemption),
		cmocka_unit_test(owner_is_idle_and_the_normal_world_runs),
		cmocka_unit_test(a_handler_calls_others),
		cmocka_unit_test(owner_runs_here),
		cmocka_unit_test(owner_runs_on_another_core),
		cmocka_unit_test(owner_leaves_another_core),
		cmocka_unit_test(owner_waits_right_after_it_came),
		cmocka_unit_test(owner_has_two),
		cmocka_unit_test(owner_is_blocked),
		cmocka_unit_test(owner_is_preempted_or_has_yielded),
		cmocka_unit_test(owner_is_idle_and_another_sp_runs),
		cmocka_unit_test(owner_has_to_wait_for_one_that_queues),
		cmocka_unit_test(owner_is_called_while_it_waits),
		cmocka_unit_test(a_handler_on_top_of_a_call_is_preempted_with_it),
		cmocka_unit_test(a_handler_is_set_aside_and_goes_on),
		cmocka_unit_test(two_are_set_aside),
		cmocka_unit_test(one_that_is_set_aside_is_run),
		cmocka_unit_test(one_that_is_set_aside_and_aborted),
	};

	return UNIT_RUN(tests);
}
