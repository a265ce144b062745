/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cores that are turned off: SPs are told, and it is refused while one that this core called is not done.
 * FF-A 1.2, 18.2.
 */
#include "abi/psci.h"
#include "ask.h"
#include "tests.h"

#define ALONE 1 /* the core that goes and comes */

static struct regs events;

static void get_events(unsigned int cpu)
{
	(void)cpu;
	events = ASK(SP1, SP_CMD_EVENTS);
}

static uint64_t times_told(void)
{
	events = (struct regs){ { 0 } };
	EXPECT(cpu_start(ALONE, get_events));
	EXPECT(cpu_join(ALONE));
	return events.x[4];
}

/* The context of a core begins anew when the core comes up, so its counts may, too. */
void test_cpu_off(void)
{
	uint64_t before, after;

	if (cpu_count() < 2) {
		skip("one core");
		return;
	}
	before = times_told();
	after = times_told();
	EXPECT_EQ(after - before, 1);
}

/* SP1's context of this core is preempted when fn returns: PSCI_CPU_OFF is not to be had. */
static void leave_preempted(unsigned int cpu)
{
	uint64_t deadline = time_counter() + time_ms(3000);
	struct regs r;

	do {
		irq_timer(time_ms(1));
		r = ASK_ONCE(SP1, SP_CMD_SPIN, 1, time_ms(100));
	} while (r.x[0] != FFA_INTERRUPT && !time_is_over(deadline));
	EXPECT_EQ(r.x[0], FFA_INTERRUPT);
	EXPECT_EQ(r.x[1], FFA_ENDPOINTS(SP1, cpu));
	irq_window();
}

static void finish_preempted(unsigned int cpu)
{
	struct regs r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP1, cpu), 0, 0, 0);

	r = ask_go_on(r);
	if (EXPECT_ANSWER(r, SP1))
		EXPECT_EQ(r.x[4], 1 + ADDED);
}

/*
 * mk/spmc.mk: TF-A 2.12 with its assertions wants a refusal to be PSCI_DENIED, and its own SPMD makes it another one.
 */
extern char client_tfa_asserts[] __attribute__((weak));

void test_cpu_off_refused(void)
{
	struct regs r;

	if (cpu_count() < 2 || client_tfa_asserts) {
		skip(client_tfa_asserts ? "TF-A with assertions" : "one core");
		return;
	}
	EXPECT(cpu_start(ALONE, leave_preempted));
	EXPECT(!cpu_join(ALONE));
	r = (struct regs){ { PSCI_AFFINITY_INFO_64, ALONE, 0 } };
	client_smc(&r);
	EXPECT_EQ(r.x[0], PSCI_AFF_ON);
	/* Nobody else can go on with it: that context is bound to its core. */
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP1, ALONE), 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	EXPECT(cpu_start(ALONE, finish_preempted));
	EXPECT(cpu_join(ALONE));
}
