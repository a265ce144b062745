/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Secure interrupts, which SP2 owns: 14 and 15. One that comes while the normal world, SP2 itself, or another SP runs,
 * on the core where SP2 ran last or another one. The SPMC's test hook makes them pending. FF-A 1.2, 9.2.
 */
#include "ask.h"
#include "tests.h"

/*
 * SP2 was reset, and has its interrupt DELAY from now. True: a request that is made now finds it not pending yet, so it
 * comes while that one runs, if it runs for LONG.
 */
#define DELAY time_ms(15)
#define LONG  time_ms(40)

static uint64_t due;

static void start(void)
{
	ask_irq_reset();
	due = time_counter() + DELAY;
	ask_irq_pend(DELAY, 1);
}

static bool is_early(void)
{
	return !time_is_over(due);
}

static bool in_normal_world(void)
{
	struct ask_irq s;
	bool early;

	start();
	early = is_early();
	time_wait(LONG);
	s = ask_irq_wait(1);
	EXPECT_EQ(s.last, PPI);
	return early && EXPECT_EQ(s.entries, 1);
}

void test_secure_irq(void)
{
	EXPECT(ask_until(in_normal_world));
	/* As many as were asked for. */
	ask_irq_reset();
	if (ask_irq_pend(time_us(500), 40))
		ask_irq_wait(40);
	/* At once: it is pending while SP2 runs, who finds it before it answers, or just after. */
	ask_irq_reset();
	ask_irq_pend(0, 1);
	ask_irq_wait(1);
}

static bool in_sp1(void)
{
	struct ask_irq s;
	struct regs r;
	bool early;

	start();
	early = is_early();
	r = ASK_ONCE(SP1, SP_CMD_SPIN, 0x77, LONG);
	if (EXPECT_ANSWER(r, SP1))
		EXPECT_EQ(r.x[4], 0x77 + ADDED);
	s = ask_irq_wait(1);
	return early && EXPECT_EQ(s.entries, 1);
}

void test_cross_sp(void)
{
	struct regs r;

	EXPECT(ask_until(in_sp1));
	/* Many, while a chain runs. */
	ask_irq_reset();
	ask_irq_pend(time_ms(1), 20);
	r = ASK_ONCE(SP3, SP_CMD_RELAY, SP1, SP_CMD_SPIN, 8, time_ms(100));
	if (EXPECT_ANSWER(r, SP3) && EXPECT_EQ(r.x[4], FFA_MSG_SEND_DIRECT_RESP_64))
		EXPECT_EQ(r.x[6], 8 + ADDED);
	ask_irq_wait(20);
}

/* SP4 has other SPs' interrupts wait: SP2 gets its own after SP4's answer, but before our next request reaches it. */
static bool in_sp4(void)
{
	struct ask_irq s;
	struct regs r;
	bool early;

	start();
	early = is_early();
	r = ASK_ONCE(SP4, SP_CMD_SPIN, 0x78, LONG);
	if (EXPECT_ANSWER(r, SP4))
		EXPECT_EQ(r.x[4], 0x78 + ADDED);
	s = ask_irq();
	return early && EXPECT_EQ(s.taken, 1) && EXPECT_EQ(s.entries, 1);
}

/* SP2 itself, called by SP4 meanwhile, gets it by its own vector. */
static bool in_sp4_sp2(void)
{
	struct ask_irq s;
	struct regs r;

	start();
	r = ASK_ONCE(SP4, SP_CMD_RELAY, SP2, IRQ_CMD_SPIN, 0, LONG);
	if (!EXPECT_ANSWER(r, SP4) || !EXPECT_EQ(r.x[4], FFA_MSG_SEND_DIRECT_RESP_64))
		return false;
	s = ask_irq_wait(1);
	return r.x[6] == 1 && s.entries == 0;
}

void test_cross_sp_queued(void)
{
	EXPECT(ask_until(in_sp4));
	EXPECT(ask_until(in_sp4_sp2));
}

static bool in_owner(void)
{
	struct regs r;

	start();
	r = ASK_ONCE(SP2, IRQ_CMD_SPIN, 0, LONG);
	EXPECT_ANSWER(r, SP2);
	return ask_irq_wait(1).entries == 0 && r.x[4] == 1 && EXPECT_EQ(r.x[5], PPI);
}

/* With interrupts masked: it asks at the end. */
static bool in_slow_owner(void)
{
	struct regs r;

	start();
	r = ASK_ONCE(SP2, IRQ_CMD_SPIN_SLOW, 0, LONG);
	EXPECT_ANSWER(r, SP2);
	return ask_irq_wait(1).entries == 0 && r.x[4] == 1 && EXPECT_EQ(r.x[5], PPI);
}

void test_owner_runs(void)
{
	EXPECT(ask_until(in_owner));
	EXPECT(ask_until(in_slow_owner));
}

/* SP2 has asked SP1: it gets its interrupt when it goes on. */
static bool in_blocked_owner(void)
{
	struct regs r;
	bool early;

	start();
	early = is_early();
	r = ASK(SP2, SP_CMD_RELAY, SP1, SP_CMD_SPIN, 0x55, LONG);
	EXPECT_EQ(r.x[4], FFA_MSG_SEND_DIRECT_RESP_64);
	EXPECT_EQ(r.x[6], 0x55 + ADDED);
	return early && ask_irq_wait(1).entries == 0;
}

/* SP2 was asked to leave and did not, until it was preempted. Its interrupt comes while the normal world runs. */
static bool in_preempted_owner(void)
{
	struct regs r;

	ask_irq_reset();
	ask_irq_pend(time_ms(250), 1);
	irq_timer(time_ms(1));
	r = ASK_ONCE(SP2, IRQ_CMD_SPIN_SLOW, 0, time_ms(400));
	irq_window();
	if (r.x[0] != FFA_INTERRUPT)
		return false;
	time_wait(time_ms(200));
	r = ask_go_on(r);
	return EXPECT_ANSWER(r, SP2) && ask_irq_wait(1).entries == 0 && r.x[4] == 1;
}

void test_owner_waits(void)
{
	EXPECT(ask_until(in_blocked_owner));
	EXPECT(ask_until(in_preempted_owner));
}

void test_uart(void)
{
	struct regs r;

	for (unsigned int i = 0; i < 3; i++) {
		r = ASK(SP2, IRQ_CMD_UART);
		EXPECT_EQ(r.x[4], 1);
		EXPECT_EQ(r.x[5], UART1_SPI);
	}
}

/* --- two cores --- */

static struct regs of_other;

static void run_owner(unsigned int cpu)
{
	(void)cpu;
	of_other = ASK(SP2, IRQ_CMD_SPIN, 0, time_ms(150));
}

/* SP2 runs on core 1 while its interrupt comes here. */
static bool owner_there(void)
{
	struct ask_irq s;

	ask_irq_reset();
	ask_irq_pend(time_ms(80), 1);
	EXPECT(cpu_start(1, run_owner));
	EXPECT(cpu_join(1));
	s = ask_irq_wait(1);
	return of_other.x[4] == 1 && s.entries == 0;
}

static void ask_owner(unsigned int cpu)
{
	(void)cpu;
	of_other = ASK(SP2, 0, 0, 0);
}

/* SP2 ran there last. */
static bool owner_was_there(void)
{
	bool early;

	ask_irq_reset();
	due = time_counter() + time_ms(80);
	ask_irq_pend(time_ms(80), 1);
	EXPECT(cpu_start(1, ask_owner));
	EXPECT(cpu_join(1));
	early = is_early();
	time_wait(time_ms(100));
	return ask_irq_wait(1).entries == 1 && early;
}

void test_other_core(void)
{
	if (cpu_count() < 2) {
		skip("one core");
		return;
	}
	EXPECT(ask_until(owner_there));
	EXPECT(ask_until(owner_was_there));
}
