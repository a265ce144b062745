/* SPDX-License-Identifier: BSD-3-Clause */
/* SPs that call SPs: 17 to 19. FF-A 1.2, 8.2.5 and 15.2. */
#include "ask.h"
#include "tests.h"

/* The answer of SP_CMD_RELAY: what the other one answered. */
#define OTHER_W0(r) ((r).x[4])
#define OTHER_W2(r) ((int32_t)(r).x[5])
#define OTHER_X4(r) ((r).x[6])
#define OTHER_X5(r) ((r).x[7])

void test_relay(void)
{
	for (unsigned int i = 0; i < 100; i++) {
		struct regs r = ASK(SP3, SP_CMD_RELAY, SP1 + i % 2, i, i << 8, ~(uint64_t)i);

		if (!EXPECT_EQ(OTHER_W0(r), FFA_MSG_SEND_DIRECT_RESP_64))
			return;
		EXPECT_EQ(OTHER_W2(r), 0);
		EXPECT_EQ(OTHER_X4(r), (i << 8) + ADDED);
		EXPECT_EQ(OTHER_X5(r), ~(uint64_t)i);
	}
}

/* It was interrupted: is SP1 in the chain, or was it before SP3 came so far? */
static bool sp1_waits_too(unsigned int n)
{
	struct regs r = ASK_ONCE(SP1, 0);

	if (r.x[0] != FFA_ERROR)
		return false;
	EXPECT_ERROR(r, FFA_BUSY);
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP1, 0), 0, 0, 0);
	EXPECT_ERROR(r, FFA_DENIED);
	r = ASK_ONCE(SP3, 0);
	EXPECT_ERROR(r, FFA_BUSY);
	/* Another chain beside it, which is not preempted. */
	EXPECT(ask_echo(SP4, n));
	return true;
}

static bool preempted_in_chain(void)
{
	unsigned int n = 0, together = 0;
	struct regs r;

	irq_timer(time_ms(10));
	r = ASK_ONCE(SP3, SP_CMD_RELAY, SP1, SP_CMD_SPIN, 9, time_ms(200));
	for (; r.x[0] == FFA_INTERRUPT && n < 20; n++) {
		EXPECT_EQ(r.x[1], FFA_ENDPOINTS(SP3, 0)); /* the head */
		EXPECT_EQ(irq_window(), 1);
		together += sp1_waits_too(n);
		if (n < 5)
			irq_timer(time_ms(5));
		r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP3, 0), 0, 0, 0);
	}
	irq_timer_off();
	irq_window();
	if (EXPECT_ANSWER(r, SP3) && EXPECT_EQ(OTHER_W0(r), FFA_MSG_SEND_DIRECT_RESP_64))
		EXPECT_EQ(OTHER_X4(r), 9 + ADDED);
	return together;
}

void test_chain_preempt(void)
{
	EXPECT(ask_until(preempted_in_chain));
}

/* A chain is as strict as its strictest member: SP4 lets no interrupt through, for whomever it calls. */
static bool called_by_sp4(void)
{
	struct regs r;

	irq_timer(time_ms(5));
	r = ask_go_on(ASK_ONCE(SP4, SP_CMD_RELAY, SP1, SP_CMD_SPIN, 9, time_ms(40)));
	if (EXPECT_ANSWER(r, SP4))
		EXPECT_EQ(OTHER_X4(r), 9 + ADDED);
	/* Not taken on the way. */
	return irq_wait(time_ms(100)) && irq_window() == 1;
}

/* Nor for who calls it, until it is done; then SP3 is preempted, at once. */
static bool calls_sp4(void)
{
	uint64_t start = time_counter(), took;
	struct regs r;
	bool interrupted;

	irq_timer(time_ms(5));
	r = ASK_ONCE(SP3, SP_CMD_RELAY, SP4, SP_CMD_SPIN, 9, time_ms(40));
	took = time_counter() - start;
	interrupted = r.x[0] == FFA_INTERRUPT;
	r = ask_go_on(r);
	irq_timer_off();
	irq_window();
	if (EXPECT_ANSWER(r, SP3))
		EXPECT_EQ(OTHER_X4(r), 9 + ADDED);
	return interrupted && took >= time_ms(40);
}

void test_chain_queued(void)
{
	EXPECT(ask_until(called_by_sp4));
	EXPECT(ask_until(calls_sp4));
}

static void yield_to_sp3(void)
{
	struct regs r = ASK_ONCE(SP3, SP_CMD_RELAY, SP1, SP_CMD_YIELD, 0, 0);

	if (EXPECT_ANSWER(r, SP3))
		EXPECT_EQ(OTHER_W0(r), FFA_YIELD);
	r = ASK_ONCE(SP1, 0);
	EXPECT_ERROR(r, FFA_BUSY);
}

/* One in a chain yields to its caller, not to us: its caller has it go on. */
void test_chain_yield(void)
{
	struct regs r;

	yield_to_sp3();
	r = ASK_SMC(SP3, FFA_RUN, FFA_ENDPOINTS(SP1, 0));
	EXPECT_EQ(r.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
	EXPECT_EQ(r.x[1], FFA_ENDPOINTS(SP1, SP3));
	EXPECT_EQ(r.x[6], FFA_SUCCESS_32);
	EXPECT(ask_echo(SP1, 3));
	/* Or finishes without it: then we may, but its answer is not for us. */
	yield_to_sp3();
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP1, 0), 0, 0, 0);
	EXPECT_EQ(r.x[0], FFA_MSG_WAIT);
	for (unsigned int i = 1; i < 8; i++)
		EXPECT_EQ(r.x[i], 0);
	EXPECT(ask_echo(SP1, 3));
	/* Another SP may not. */
	yield_to_sp3();
	r = ASK_SMC(SP2, FFA_RUN, FFA_ENDPOINTS(SP1, 0));
	EXPECT_ERROR(r, FFA_DENIED);
	r = ASK_SMC(SP3, FFA_RUN, FFA_ENDPOINTS(SP1, 0));
	EXPECT_EQ(r.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
	EXPECT(ask_echo(SP1, 3));
}

void test_cycle(void)
{
	/* SP3 asks SP1 to ask SP3. */
	struct regs r = ASK(SP3, SP_CMD_RELAY, SP1, SP_CMD_RELAY, SP3, 0);

	EXPECT_EQ(OTHER_W0(r), FFA_MSG_SEND_DIRECT_RESP_64);
	EXPECT_EQ(OTHER_X4(r), FFA_ERROR);
	EXPECT_EQ((int32_t)OTHER_X5(r), FFA_DENIED);
	/* Itself. */
	r = ASK(SP3, SP_CMD_RELAY, SP3, 0, 0, 0);
	EXPECT_EQ(OTHER_W0(r), FFA_ERROR);
	EXPECT_EQ(OTHER_W2(r), FFA_INVALID_PARAMETERS);
	r = ASK(SP3, SP_CMD_RELAY, NOBODY, 0, 0, 0);
	EXPECT_EQ(OTHER_W0(r), FFA_ERROR);
	EXPECT_EQ(OTHER_W2(r), FFA_INVALID_PARAMETERS);
}

/* --- one context, two callers --- */

static void spin_there(unsigned int cpu)
{
	struct regs r;

	(void)cpu;
	r = ASK(SP2, IRQ_CMD_SPIN, 0, time_ms(200));
	EXPECT_ANSWER(r, SP2);
}

static bool is_error(uint64_t x0, uint64_t x2, int32_t error)
{
	return x0 == FFA_ERROR && (int32_t)x2 == error;
}

static bool busy_for_all(void)
{
	uint64_t deadline = time_counter() + time_ms(150);
	struct regs r;
	bool busy;

	EXPECT(cpu_start(1, spin_there));
	do {
		r = ASK_ONCE(SP2, 0);
	} while (r.x[0] != FFA_ERROR && !time_is_over(deadline));
	busy = is_error(r.x[0], r.x[2], FFA_BUSY);
	r = ASK(SP3, SP_CMD_RELAY, SP2, 0, 0, 0);
	busy &= is_error(OTHER_W0(r), r.x[5], FFA_BUSY);
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP2, 0), 0, 0, 0);
	busy &= is_error(r.x[0], r.x[2], FFA_BUSY);
	EXPECT(cpu_join(1));
	EXPECT(ask_echo(SP2, 4));
	return busy;
}

void test_busy(void)
{
	if (cpu_count() < 2)
		skip("one core");
	else
		EXPECT(ask_until(busy_for_all));
}
