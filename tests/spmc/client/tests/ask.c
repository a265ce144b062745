/* SPDX-License-Identifier: BSD-3-Clause */
/* How the tests talk to Secure Partitions; see ask.h. */
#include "ask.h"

#define PATIENCE 10000 /* ms */
#define TRIES	 20

static struct ask_count counts[CLIENT_CPUS];

struct ask_count *ask_count(void)
{
	return &counts[cpu_index()];
}

struct regs ask_once_with(unsigned int sp, const uint64_t arg[5])
{
	struct regs r = { { FFA_MSG_SEND_DIRECT_REQ_64, FFA_ENDPOINTS(FFA_ID_HYPERVISOR, sp), 0, arg[0], arg[1], arg[2],
			    arg[3], arg[4] } };

	client_smc(&r);
	return r;
}

struct regs ask_go_on(struct regs r)
{
	uint64_t deadline = time_counter() + time_ms(PATIENCE);

	while (r.x[0] == FFA_INTERRUPT || r.x[0] == FFA_YIELD) {
		if (r.x[0] == FFA_YIELD)
			ask_count()->yields++;
		else
			ask_count()->interrupts++;
		irq_window();
		if (!EXPECT(!time_is_over(deadline)))
			break;
		r = ffa_call(FFA_RUN, r.x[1], 0, 0, 0);
	}
	return r;
}

bool ask_answered_at(const struct regs *r, unsigned int sp, const char *where)
{
	if (!expect_eq_at(r->x[0], FFA_MSG_SEND_DIRECT_RESP_64, "x0", where)) {
		say("# w1 0x%x, w2 %d\n", (uint32_t)r->x[1], (int)r->x[2]);
		return false;
	}
	return expect_eq_at(r->x[1], FFA_ENDPOINTS(sp, FFA_ID_HYPERVISOR), "x1", where) &&
	       expect_eq_at(r->x[2], 0, "x2", where);
}

static bool is_busy(const struct regs *r)
{
	return r->x[0] == FFA_ERROR && (int32_t)r->x[2] == FFA_BUSY;
}

struct regs ask_with(unsigned int sp, const uint64_t arg[5])
{
	uint64_t deadline = time_counter() + time_ms(PATIENCE);
	struct regs r;

	for (;;) {
		r = ask_go_on(ask_once_with(sp, arg));
		if (is_busy(&r))
			ask_count()->busy++;
		else if (r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && r.x[3] == IRQ_MANAGED_EXIT)
			ask_count()->managed_exits++;
		else
			break;
		if (!EXPECT(!time_is_over(deadline)))
			break;
		irq_window();
		__asm__ volatile("yield");
	}
	if (r.x[0] != FFA_ERROR)
		EXPECT_ANSWER(r, sp);
	return r;
}

struct regs ask_call_with(unsigned int sp, uint64_t how, const uint64_t arg[8])
{
	struct regs r = { { FFA_MSG_SEND_DIRECT_REQ2, FFA_ENDPOINTS(FFA_ID_HYPERVISOR, sp), 0, 0, how } };
	struct regs result = { { 0 } };

	for (unsigned int i = 0; i < 8; i++)
		r.x[5 + i] = arg[i];
	client_smc(&r);
	r = ask_go_on(r);
	if (!EXPECT_EQ(r.x[0], FFA_MSG_SEND_DIRECT_RESP2))
		return r;
	EXPECT_EQ(r.x[1], FFA_ENDPOINTS(sp, FFA_ID_HYPERVISOR));
	for (unsigned int i = 0; i < 8; i++)
		result.x[i] = r.x[5 + i];
	return result;
}

struct ask_irq ask_irq(void)
{
	struct regs r = ASK(SP2, IRQ_CMD_STATUS, PPI);

	return (struct ask_irq){ r.x[4], r.x[5], r.x[6], r.x[7] };
}

struct ask_irq ask_irq_wait(uint64_t taken)
{
	uint64_t deadline = time_counter() + time_ms(PATIENCE);
	struct ask_irq s;

	do {
		time_wait(time_ms(5));
		s = ask_irq();
	} while (s.taken < taken && !time_is_over(deadline));
	EXPECT_EQ(s.taken, taken);
	return s;
}

void ask_irq_reset(void)
{
	ASK(SP2, IRQ_CMD_RESET);
}

bool ask_irq_pend(uint64_t ticks, uint64_t times)
{
	struct regs r = ASK(SP2, IRQ_CMD_PEND, PPI, ticks, times);

	return EXPECT_EQ(r.x[5], 0);
}

bool ask_until(bool (*once)(void))
{
	for (unsigned int i = 0; i < TRIES; i++)
		if (once())
			return true;
	return false;
}

bool ask_echo(unsigned int sp, uint64_t value)
{
	struct regs r = ASK(sp, value & 0xffff, value, ~value, 3, 4);

	return EXPECT_ANSWER(r, sp) && EXPECT_EQ(r.x[4], value + ADDED) && EXPECT_EQ(r.x[5], ~value) &&
	       EXPECT_EQ(r.x[3], value & 0xffff) && EXPECT_EQ(r.x[6], 3) && EXPECT_EQ(r.x[7], 4);
}
