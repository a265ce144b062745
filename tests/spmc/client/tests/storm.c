/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Row 7 of the acceptance: secure and normal interrupts at random moments while every core makes direct requests. Each
 * answer is checked, and at the end SP2 has taken as many as there were. Secure ones by the SPMC's test hook, on each
 * core; normal ones by each core's timer, and by the other cores.
 */
#include "ask.h"
#include "tests.h"

#define TOTAL	 100000u
#define SECURE	 20000u
#define SENT	 4	/* interrupts of ours for other cores, with each request */
#define EVERY_US 50	/* a secure interrupt on each core, at random around that */
#define OURS_US	 60	/* at most so long until the next alarm of ours, but for one in four, */
#define CALM_US	 500	/* which lets requests go on */
#define LIMIT_MS 240000 /* on a machine that has a lot else to do */

static uint64_t requests[CLIENT_CPUS];
static uint64_t ours, secure; /* wanted */
static uint64_t taken;	      /* of ours, by all */
static uint32_t running;      /* cores */

static uint64_t taken_now(void)
{
	return __atomic_load_n(&taken, __ATOMIC_RELAXED);
}

static void on_ours(uint32_t intid)
{
	__atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED);
	if (intid == IRQ_CNTHP)
		irq_timer(time_us(random_below(random_below(4) ? OURS_US : CALM_US)));
}

/* One of the kinds of request, at random; false: a wrong answer. */
static bool any_request(unsigned int cpu)
{
	uint64_t value = random_next() & 0xffffffffffff, how;
	struct regs r;

	switch (random_below(8)) {
	case 0:
	case 1:
		return ask_echo(SP1, value);
	case 2:
		return ask_echo(SP2, value);
	case 3:
		return ask_echo(SP3, value);
	case 4:
		r = ASK(SP3, SP_CMD_RELAY, SP1, value & 0xff, value, cpu);
		return EXPECT_EQ(r.x[4], FFA_MSG_SEND_DIRECT_RESP_64) && EXPECT_EQ(r.x[6], value + ADDED) &&
		       EXPECT_EQ(r.x[7], cpu);
	case 5:
		r = ASK(SP1, SP_CMD_SPIN, value, time_us(random_below(50)));
		return EXPECT_EQ(r.x[4], value + ADDED);
	case 6:
		how = random_below(2) ? IRQ_CMD_SPIN : IRQ_CMD_SPIN_SLOW;
		r = ASK(SP2, how, 0, time_us(random_below(30)));
		return EXPECT_EQ(r.x[3], how);
	default:
		/* In the normal world. */
		irq_unmask();
		time_wait(time_us(random_below(50)));
		irq_mask();
		return true;
	}
}

static void storm(unsigned int cpu)
{
	uint64_t deadline = time_counter() + time_ms(LIMIT_MS);
	struct regs r = ASK(SP2, IRQ_CMD_PEND, PPI, time_us(EVERY_US), secure / cpu_count(), 0x1234567 + cpu);

	EXPECT_EQ(r.x[5], 0);
	registers_begin();
	irq_handler(on_ours);
	irq_timer(time_us(OURS_US));
	for (; !time_is_over(deadline); requests[cpu]++) {
		if (taken_now() >= ours && requests[cpu] % 16 == 0 && ask_irq().taken >= secure)
			break;
		for (unsigned int i = 0; i < SENT && taken_now() < ours && running == cpu_count(); i++)
			irq_send((unsigned int)random_below(cpu_count()));
		if (!any_request(cpu))
			break;
		irq_window();
	}
	__atomic_sub_fetch(&running, 1, __ATOMIC_RELAXED);
	irq_timer_off();
	irq_handler(NULL);
	irq_window();
	registers_hold();
}

void test_storm(void)
{
	unsigned int n = cpu_count();
	uint64_t start, ms, asked = 0;
	struct ask_irq s;

	secure = SECURE / n * n;
	ours = TOTAL - secure;
	taken = 0;
	running = n;
	ask_irq_reset();
	for (unsigned int i = 0; i < CLIENT_CPUS; i++)
		requests[i] = 0;
	start = time_counter();
	cpu_run_all(storm);
	ms = (time_counter() - start) / time_ms(1);
	s = ask_irq();
	for (unsigned int i = 0; i < n; i++)
		asked += requests[i];
	EXPECT(taken >= ours);
	EXPECT_EQ(s.taken, secure);
	say("# %llu ms: %llu normal interrupts, %llu secure ones (%llu by entry), %llu requests, %llu managed exits, %llu times busy on core 0\n",
	    (unsigned long long)ms, (unsigned long long)taken, (unsigned long long)s.taken,
	    (unsigned long long)s.entries, (unsigned long long)asked, (unsigned long long)s.managed_exits,
	    (unsigned long long)ask_count()->busy);
}
