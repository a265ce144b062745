/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts of the normal world while an SP runs: signalled, managed exit, queued; FFA_RUN and FFA_YIELD. FF-A 1.2, 8,
 * 9.3 and 14.
 */
#include "ask.h"
#include "tests.h"

#define ALARMS	 20
#define RUNS_MAX 1000
#define TIMEOUT	 0x123456789aull

/* Our interrupt came, and is what we wanted. */
static bool took_alarm(void)
{
	return EXPECT(irq_wait(time_ms(1000))) && EXPECT_EQ(irq_window(), 1);
}

static unsigned int preemptions;

static bool preempted(void)
{
	struct regs r;
	unsigned int n = 0;

	irq_timer(time_ms(1));
	/* Long, since on a busy machine QEMU's timers are late. */
	r = ASK_ONCE(SP1, SP_CMD_SPIN, 7, time_ms(200));
	while (r.x[0] == FFA_INTERRUPT && n < RUNS_MAX) {
		n++;
		EXPECT_EQ(r.x[1], FFA_ENDPOINTS(SP1, 0));
		EXPECT_EQ(r.x[2] | r.x[3] | r.x[4] | r.x[5] | r.x[6] | r.x[7], 0);
		took_alarm();
		/* Somebody else's request must wait. */
		if (n == 1) {
			struct regs busy = ASK_ONCE(SP1, 0, 1, 2);

			EXPECT_ERROR(busy, FFA_BUSY);
			EXPECT(ask_echo(SP2, 1));
		}
		if (n < ALARMS)
			irq_timer(time_ms(1));
		r = ffa_call(FFA_RUN, r.x[1], 0, 0, 0);
	}
	irq_timer_off();
	irq_window();
	if (EXPECT_ANSWER(r, SP1))
		EXPECT_EQ(r.x[4], 7 + ADDED);
	preemptions += n;
	return n > 0;
}

void test_preempt(void)
{
	preemptions = 0;
	EXPECT(ask_until(preempted));
	say("# preempted %u times\n", preemptions);
}

/* SP2 spins for long, and leaves early. */
static void leave_early(void)
{
	struct regs r = ASK_ONCE(SP2, IRQ_CMD_SPIN, 0, time_ms(3000));

	took_alarm();
	if (EXPECT_ANSWER(r, SP2))
		EXPECT_EQ(r.x[3], IRQ_MANAGED_EXIT);
}

void test_managed_exit(void)
{
	struct regs r;

	ask_irq_reset();
	irq_timer(time_ms(5));
	leave_early();
	EXPECT_EQ(ask_irq().managed_exits, 1);
	/* It answered: it is free for the next request, whose end nobody hastens. */
	r = ASK_ONCE(SP2, IRQ_CMD_SPIN, 0, time_ms(2));
	if (EXPECT_ANSWER(r, SP2))
		EXPECT_EQ(r.x[3], IRQ_CMD_SPIN);
	/* An interrupt that is pending already has it leave at once. */
	irq_timer(0);
	EXPECT(irq_wait(time_ms(1000)));
	leave_early();
	EXPECT_EQ(ask_irq().managed_exits, 2);
}

/* SP2 with interrupts masked does not see that it is asked to leave: it may finish, for a while. */
static bool stays_too_long(void)
{
	uint64_t start = time_counter(), took;
	struct regs r;

	irq_timer(time_ms(1));
	r = ASK_ONCE(SP2, IRQ_CMD_SPIN_SLOW, 0, time_ms(400));
	took = time_counter() - start;
	irq_window();
	if (r.x[0] == FFA_INTERRUPT) {
		EXPECT_EQ(r.x[1], FFA_ENDPOINTS(SP2, 0));
		EXPECT(took >= time_ms(100));
		r = ask_go_on(r);
		return EXPECT_ANSWER(r, SP2);
	}
	EXPECT_ANSWER(r, SP2);
	return false;
}

static bool stays_a_while(void)
{
	struct regs r;

	irq_timer(time_ms(1));
	r = ASK_ONCE(SP2, IRQ_CMD_SPIN_SLOW, 0, time_ms(20));
	if (r.x[0] == FFA_INTERRUPT) {
		ask_go_on(r);
		return false;
	}
	return EXPECT_ANSWER(r, SP2) && irq_wait(time_ms(100)) && irq_window() == 1;
}

void test_managed_exit_late(void)
{
	EXPECT(ask_until(stays_a_while));
	EXPECT(ask_until(stays_too_long));
}

static bool queued_once(void)
{
	uint64_t start = time_counter(), took;
	struct regs r;

	irq_timer(time_ms(1));
	r = ASK_ONCE(SP4, SP_CMD_SPIN, 5, time_ms(20));
	took = time_counter() - start;
	irq_wait(time_ms(100));
	irq_window();
	if (r.x[0] == FFA_INTERRUPT) {
		/* Only if it was not given the time that it needs: a busy machine. */
		EXPECT(took >= time_ms(100));
		ask_go_on(r);
		return false;
	}
	EXPECT(took >= time_ms(20));
	return EXPECT_ANSWER(r, SP4) && EXPECT_EQ(r.x[4], 5 + ADDED);
}

/* But not for ever. */
static bool queued_too_long(void)
{
	uint64_t start = time_counter(), took;
	struct regs r;

	irq_timer(time_ms(1));
	r = ASK_ONCE(SP4, SP_CMD_SPIN, 5, time_ms(500));
	took = time_counter() - start;
	irq_window();
	if (r.x[0] == FFA_INTERRUPT) {
		EXPECT_EQ(r.x[1], FFA_ENDPOINTS(SP4, 0));
		EXPECT(took >= time_ms(100));
		r = ask_go_on(r);
		return EXPECT_ANSWER(r, SP4) && EXPECT_EQ(r.x[4], 5 + ADDED) && took < time_ms(450);
	}
	return false;
}

void test_queued(void)
{
	EXPECT(ask_until(queued_once));
	EXPECT(ask_until(queued_too_long));
}

void test_yield(void)
{
	struct regs r = ASK_ONCE(SP1, SP_CMD_YIELD, 0, TIMEOUT), busy;

	if (!EXPECT_EQ(r.x[0], FFA_YIELD))
		return;
	EXPECT_EQ(r.x[1], FFA_ENDPOINTS(SP1, 0));
	EXPECT_EQ(r.x[2], (uint32_t)TIMEOUT);
	EXPECT_EQ(r.x[3], TIMEOUT >> 32);
	busy = ASK_ONCE(SP1, 0);
	EXPECT_ERROR(busy, FFA_BUSY);
	EXPECT(ask_echo(SP3, 2));
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP1, 0), 0, 0, 0);
	if (EXPECT_ANSWER(r, SP1))
		EXPECT_EQ(r.x[6], FFA_SUCCESS_32);
}

void test_run(void)
{
	struct regs before = ASK(SP1, SP_CMD_EVENTS), after, r = ffa_call(FFA_RUN, FFA_ENDPOINTS(NOBODY, 0), 0, 0, 0);

	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(0u, 0), 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS((uint32_t)FFA_ID_SPMC, 0), 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP1, 4), 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP2, 1), 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	/* There, but bound to another core; or that core never came. */
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP1, 1), 0, 0, 0);
	EXPECT_ERROR(r, cpu_count() > 1 ? FFA_INVALID_PARAMETERS : FFA_DENIED);
	/* hello waits: it takes the core, finds no message, waits again. */
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP1, 0), 0, 0, 0);
	EXPECT_EQ(r.x[0], FFA_MSG_WAIT);
	for (unsigned int i = 1; i < 8; i++)
		EXPECT_EQ(r.x[i], 0);
	after = ASK(SP1, SP_CMD_EVENTS);
	EXPECT_EQ(after.x[7] - before.x[7], 1);
}
