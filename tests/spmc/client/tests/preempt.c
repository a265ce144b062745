/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts of the normal world while an SP runs: CNTHP, armed just before the call. GICv3 in its non-secure
 * view, IHI 0069.
 */
#include "abi/ffa.h"
#include "client.h"
#include "hello.h"
#include "tests.h"

#define GICD	       0x08000000ul
#define GICR_SGI       0x080b0000ul /* of the boot core */
#define CTLR	       0x000
#define ISENABLER      0x100
#define IPRIORITYR     0x400
#define CTLR_GRP1A_ARE 0x12 /* EnableGrp1A, ARE_NS */
#define CNTHP_INTID    26

#define SP1	 0x8001u
#define ADDED	 0x1000
#define RUNS_MAX 1000
#define ALARMS	 20

static volatile uint32_t *reg32(uint64_t a)
{
	return (volatile uint32_t *)a;
}

static void gic_on(void)
{
	*reg32(GICD + CTLR) = CTLR_GRP1A_ARE;
	*reg32(GICR_SGI + 0x80) = UINT32_MAX;
	*(volatile uint8_t *)(GICR_SGI + IPRIORITYR + CNTHP_INTID) = 0x80;
	*reg32(GICR_SGI + ISENABLER) = 1u << CNTHP_INTID;
	__asm__ volatile("msr s3_0_c4_c6_0, %0\n\tmsr s3_0_c12_c12_7, %1\n\tisb" : : "r"(0xfful), "r"(1ul) : "memory");
}

static uint64_t ms(void)
{
	uint64_t freq;

	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(freq));
	return freq / 1000;
}

static void timer_in(uint64_t ticks)
{
	uint64_t now;

	__asm__ volatile("isb\n\tmrs %0, cntpct_el0" : "=r"(now)::"memory");
	__asm__ volatile("msr cnthp_cval_el2, %0\n\tmsr cnthp_ctl_el2, %1\n\tisb"
			 :
			 : "r"(now + ticks), "r"(1ul)
			 : "memory");
}

/* The INTID that is pending for us, acknowledged and ended. */
static uint32_t take_interrupt(void)
{
	uint64_t intid;

	__asm__ volatile("mrs %0, s3_0_c12_c12_0\n\tdsb sy" : "=r"(intid)::"memory");
	__asm__ volatile("msr cnthp_ctl_el2, xzr\n\tisb" ::: "memory");
	if (intid < 1020)
		__asm__ volatile("msr s3_0_c12_c12_1, %0\n\tisb" : : "r"(intid) : "memory");
	return (uint32_t)intid;
}

static struct regs tell_hello(uint32_t what, uint64_t x4, uint64_t x5)
{
	struct regs r = { { FFA_MSG_SEND_DIRECT_REQ_64, FFA_ENDPOINTS(FFA_ID_HYPERVISOR, SP1), 0, what, x4, x5 } };

	client_smc(&r);
	return r;
}

void test_preempt(void)
{
	struct regs r;
	unsigned int n = 0;

	gic_on();
	timer_in(ms());
	/* Long, since on a busy machine QEMU's timers are late. */
	r = tell_hello(HELLO_SPIN, 7, 200 * ms());
	while (r.x[0] == FFA_INTERRUPT && n < RUNS_MAX) {
		n++;
		EXPECT_EQ(r.x[1], FFA_ENDPOINTS(SP1, 0));
		EXPECT_EQ(take_interrupt(), CNTHP_INTID);
		/* Somebody else's request must wait. */
		if (n == 1) {
			struct regs busy = tell_hello(0, 1, 2);

			EXPECT_ERROR(busy, FFA_BUSY);
		}
		if (n < ALARMS)
			timer_in(ms());
		r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP1, 0), 0, 0, 0);
	}
	take_interrupt();
	EXPECT(n > 0);
	say("# preempted %u times\n", n);
	EXPECT_EQ(r.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
	EXPECT_EQ(r.x[4], 7 + ADDED);
}

void test_run_errors(void)
{
	struct regs r = ffa_call(FFA_RUN, FFA_ENDPOINTS(0x8007u, 0), 0, 0, 0);

	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP1, 1), 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	/* hello waits: it takes the core, finds no request, waits again. */
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP1, 0), 0, 0, 0);
	EXPECT_EQ(r.x[0], FFA_MSG_WAIT);
}

/* 400 ms are for ever to who wants its core back after one. */
void test_loop(void)
{
	struct regs r;

	gic_on();
	for (unsigned int i = 0; i < 3; i++) {
		timer_in(ms());
		r = i ? ffa_call(FFA_RUN, FFA_ENDPOINTS(SP1, 0), 0, 0, 0) : tell_hello(HELLO_SPIN, 0, 400 * ms());
		EXPECT_EQ(r.x[0], FFA_INTERRUPT);
		EXPECT_EQ(take_interrupt(), CNTHP_INTID);
	}
	r = tell_hello(0, 0, 0);
	EXPECT_ERROR(r, FFA_BUSY);
	r = ffa_call(FFA_FEATURES, FFA_VERSION, 0, 0, 0);
	EXPECT_SUCCESS(r);
	timer_in(1000 * ms());
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP1, 0), 0, 0, 0);
	take_interrupt();
	EXPECT_EQ(r.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
}

/* After that SP1 is gone for good: last. */
void test_fault(void)
{
	struct regs r = tell_hello(HELLO_FAULT, 0, 0);

	EXPECT_ERROR(r, FFA_ABORTED);
	r = tell_hello(0, 0, 0);
	EXPECT_ERROR(r, FFA_ABORTED);
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP1, 0), 0, 0, 0);
	EXPECT_ERROR(r, FFA_ABORTED);
	r = ffa_call(FFA_FEATURES, FFA_VERSION, 0, 0, 0);
	EXPECT_SUCCESS(r);
}
