/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SPs that loop, fault, or answer whom they were not asked by, while others and the normal world go on: row 8 of the
 * acceptance. Afterwards SP4 and SP3 are gone for good: last of all tests.
 */
#include "ask.h"
#include "tests.h"

#define NOT_ITS (0x50000000ul + FFA_PAGE_SIZE) /* the normal world's memory, and in nobody's manifest */
#define MARK	0x6d61726bull
#define HEAD	1 /* cores */
#define OTHER	2

static void others_live(void)
{
	struct regs r = ffa_call(FFA_FEATURES, FFA_VERSION, 0, 0, 0);

	EXPECT_SUCCESS(r);
	EXPECT(ask_echo(SP1, 1));
	EXPECT(ask_echo(SP2, 2));
}

/* First the answer goes to somebody else: refused, and the SP may try again. */
void test_misreply(void)
{
	const uint32_t wrong[] = {
		FFA_ENDPOINTS(SP4, SP1),     FFA_ENDPOINTS(SP4, SP4), FFA_ENDPOINTS(SP4, FFA_ID_SPMC),
		FFA_ENDPOINTS(SP4, 5u),	     FFA_ENDPOINTS(SP1, 0u),  FFA_ENDPOINTS(0u, SP4),
		FFA_ENDPOINTS(SP4, 0xffffu),
	};

	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct regs r = ASK(SP4, SP_CMD_MISREPLY, wrong[i]);

		if (!EXPECT_EQ(r.x[5], FFA_ERROR) || !EXPECT_EQ((int32_t)r.x[6], FFA_INVALID_PARAMETERS))
			say("# w1 0x%x\n", wrong[i]);
	}
	others_live();
}

static void expect_gone(unsigned int sp)
{
	struct regs r = ASK_ONCE(sp, 0);

	EXPECT_ERROR(r, FFA_ABORTED);
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(sp, 0), 0, 0, 0);
	EXPECT_ERROR(r, FFA_ABORTED);
}

/* SP4 looks at the normal world's memory, a page behind what any manifest names. */
void test_fault(void)
{
	struct regs r;

	*(volatile uint64_t *)NOT_ITS = MARK;
	r = ASK_ONCE(SP4, SP_CMD_NS_READ, NOT_ITS);
	EXPECT_ERROR(r, FFA_ABORTED);
	expect_gone(SP4);
	r = ASK(SP3, SP_CMD_RELAY, SP4, 0, 0, 0);
	EXPECT_EQ(r.x[4], FFA_ERROR);
	EXPECT_EQ((int32_t)r.x[5], FFA_ABORTED);
	EXPECT_EQ(*(volatile uint64_t *)NOT_ITS, MARK);
	others_live();
}

/* --- SP3 loops on one core, in a chain on another one; then it faults on a third --- */

static uint32_t step;
static struct regs of_head, of_other;

static void reach(uint32_t n)
{
	__atomic_add_fetch(&step, n, __ATOMIC_RELEASE);
}

static bool wait_step(uint32_t n)
{
	uint64_t deadline = time_counter() + time_ms(5000);

	while (__atomic_load_n(&step, __ATOMIC_ACQUIRE) < n) {
		if (time_is_over(deadline))
			return EXPECT(!"the other core comes so far");
		__asm__ volatile("yield");
	}
	return true;
}

/* Preempted for the third time, it is left where it is. */
static void loop_alone(unsigned int cpu)
{
	struct regs r;

	for (unsigned int i = 0; i < 3; i++) {
		irq_timer(time_ms(1));
		r = i ? ffa_call(FFA_RUN, FFA_ENDPOINTS(SP3, cpu), 0, 0, 0) : ASK_ONCE(SP3, SP_CMD_LOOP);
		EXPECT_EQ(r.x[0], FFA_INTERRUPT);
		EXPECT_EQ(r.x[1], FFA_ENDPOINTS(SP3, cpu));
		EXPECT_EQ(irq_window(), 1);
	}
	others_live();
	reach(1);
	wait_step(3);
	of_head = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP3, cpu), 0, 0, 0);
	others_live();
}

/* SP1 has called it, and it runs when it is aborted: SP1 is told. */
static void loop_in_chain(unsigned int cpu)
{
	(void)cpu;
	reach(1);
	of_other = ASK_ONCE(SP1, SP_CMD_RELAY, SP3, SP_CMD_LOOP, 0, 0);
	others_live();
}

void test_loop(void)
{
	struct regs r;

	if (cpu_count() < 3) {
		skip("less than three cores");
		return;
	}
	step = 0;
	EXPECT(cpu_start(HEAD, loop_alone));
	wait_step(1);
	EXPECT(cpu_start(OTHER, loop_in_chain));
	wait_step(2);
	time_wait(time_ms(20));
	EXPECT(ask_echo(SP3, 5)); /* its context of this core */
	others_live();
	r = ASK_ONCE(SP3, SP_CMD_FAULT);
	EXPECT_ERROR(r, FFA_ABORTED);
	reach(1);
	EXPECT(cpu_join(OTHER));
	EXPECT(cpu_join(HEAD));
	EXPECT_ERROR(of_head, FFA_ABORTED);
	if (EXPECT_ANSWER(of_other, SP1)) {
		EXPECT_EQ(of_other.x[4], FFA_ERROR);
		EXPECT_EQ((int32_t)of_other.x[5], FFA_ABORTED);
	}
	expect_gone(SP3);
	others_live();
}

static void last_words(unsigned int cpu)
{
	for (uint64_t i = 0; i < 100; i++)
		if (!ask_echo(SP1, i << 8 | cpu) || !ask_echo(SP2, i << 8 | cpu))
			return;
}

void test_the_rest_lives(void)
{
	struct regs r;

	cpu_run_all(last_words);
	ask_irq_reset();
	ask_irq_pend(time_ms(1), 5);
	ask_irq_wait(5);
	r = ASK(SP2, IRQ_CMD_UART);
	EXPECT_EQ(r.x[4], 1);
}
