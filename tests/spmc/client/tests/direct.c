/* SPDX-License-Identifier: BSD-3-Clause */
/* Direct requests to Secure Partitions: 8 to 12, and what they take. FF-A 1.2, 15. */
#include "ask.h"
#include "tests.h"

#define ROUNDS	1000
#define COSTS	100
#define PAYLOAD 0x1111111100000000
#define HIGH	0x5a5a5a5a00000000
#define VM	5u

struct kind {
	uint32_t fid, answer;
	unsigned int first, last; /* registers of the payload */
	bool wide;
};

static const struct kind of_32 = { FFA_MSG_SEND_DIRECT_REQ_32, FFA_MSG_SEND_DIRECT_RESP_32, 3, 7, false };
static const struct kind of_64 = { FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_RESP_64, 3, 7, true };
static const struct kind of_2 = { FFA_MSG_SEND_DIRECT_REQ2, FFA_MSG_SEND_DIRECT_RESP2, 4, 17, true };

/* To sp with a value of its own in each register; everything of the answer is checked. */
static bool echo(const struct kind *k, uint32_t from, uint32_t sp, uint64_t salt)
{
	uint64_t base = (k->wide ? PAYLOAD : 0) + salt;
	struct regs r = { { k->fid, FFA_ENDPOINTS(from, sp) } };
	bool fine = true;

	for (unsigned int i = k->first; i <= k->last; i++)
		r.x[i] = base + i;
	for (unsigned int i = k->last + 1; i < 18; i++)
		r.x[i] = HIGH + i;
	client_smc(&r);
	if (!EXPECT_EQ(r.x[0], k->answer)) {
		say("# w2 %d\n", (int)r.x[2]);
		return false;
	}
	fine &= EXPECT_EQ(r.x[1], FFA_ENDPOINTS(sp, from)) & EXPECT_EQ(r.x[2], 0);
	for (unsigned int i = k->first; i <= k->last; i++)
		fine &= EXPECT_EQ(r.x[i], base + i + (i == 4 ? ADDED : 0));
	for (unsigned int i = k->last + 1; i < 18; i++)
		fine &= EXPECT_EQ(r.x[i], HIGH + i);
	return fine;
}

void test_direct_sp1(void)
{
	echo(&of_32, FFA_ID_HYPERVISOR, SP1, 0);
	/* What is above 32 bits is not part of it, and 32-bit answers have nothing there. */
	struct regs r = { { FFA_MSG_SEND_DIRECT_REQ_32, HIGH | FFA_ENDPOINTS(0, SP1), HIGH, HIGH | 3, HIGH | 4,
			    HIGH | 5, HIGH | 6, HIGH | 7 } };

	client_smc(&r);
	if (!EXPECT_EQ(r.x[0], FFA_MSG_SEND_DIRECT_RESP_32))
		return;
	for (unsigned int i = 3; i < 8; i++)
		EXPECT_EQ(r.x[i], i + (i == 4 ? ADDED : 0));
	/* The SP does not even see that: it knows the command, and does not echo. */
	r = (struct regs){ { FFA_MSG_SEND_DIRECT_REQ_32, FFA_ENDPOINTS(0, SP1), 0, HIGH | SP_CMD_CALLS, 0x7654 } };
	client_smc(&r);
	EXPECT_EQ(r.x[4], ASK(SP1, SP_CMD_CALLS).x[4] - 1);
}

void test_direct_sp2(void)
{
	echo(&of_32, FFA_ID_HYPERVISOR, SP2, 0x700);
	echo(&of_32, FFA_ID_HYPERVISOR, SP3, 0x700);
	echo(&of_32, FFA_ID_HYPERVISOR, SP4, 0x700);
}

void test_direct_64(void)
{
	for (uint32_t sp = SP1; sp < SP1 + SPS; sp++)
		echo(&of_64, FFA_ID_HYPERVISOR, sp, 0);
	/* A VM speaks through its hypervisor. */
	echo(&of_64, VM, SP1, 0);
	echo(&of_32, VM, SP1, 0);
}

void test_direct_2(void)
{
	for (uint32_t sp = SP1; sp < SP1 + SPS; sp++)
		echo(&of_2, FFA_ID_HYPERVISOR, sp, 0);
	echo(&of_2, VM, SP1, 0);
}

void test_direct_many(void)
{
	static const struct kind *const kinds[] = { &of_32, &of_64, &of_2 };
	uint64_t before = ASK(SP1, SP_CMD_CALLS).x[4], after;

	for (unsigned int i = 0; i < ROUNDS; i++)
		if (!echo(kinds[i % 3], FFA_ID_HYPERVISOR, SP1, (uint64_t)i << 8) ||
		    !echo(kinds[i % 3], FFA_ID_HYPERVISOR, SP2, (uint64_t)i << 8))
			return;
	after = ASK(SP1, SP_CMD_CALLS).x[4];
	EXPECT_EQ(after - before, ROUNDS + 1);
}

/* --- VMs that come and go: framework messages of the hypervisor, to who asked for them. 18.3 --- */

static struct regs vm_message(uint32_t sp, uint32_t message)
{
	struct regs r = { { FFA_MSG_SEND_DIRECT_REQ_32, FFA_ENDPOINTS(FFA_ID_HYPERVISOR, sp),
			    FFA_DIRECT_FRAMEWORK | message, 0x1234, 0x5678, VM } };

	client_smc(&r);
	return r;
}

static void expect_done(const struct regs *r, uint32_t sp, uint32_t message)
{
	EXPECT_EQ(r->x[0], FFA_MSG_SEND_DIRECT_RESP_32);
	EXPECT_EQ(r->x[1], FFA_ENDPOINTS(sp, FFA_ID_HYPERVISOR));
	EXPECT_EQ(r->x[2], FFA_DIRECT_FRAMEWORK | message);
	for (unsigned int i = 3; i < 8; i++)
		EXPECT_EQ(r->x[i], 0);
}

void test_vm_messages(void)
{
	struct regs before = ASK(SP1, SP_CMD_EVENTS), r = vm_message(SP1, FFA_FRAMEWORK_VM_CREATED_REQ), after;

	expect_done(&r, SP1, FFA_FRAMEWORK_VM_CREATED_RESP);
	r = vm_message(SP1, FFA_FRAMEWORK_VM_DESTROYED_REQ);
	expect_done(&r, SP1, FFA_FRAMEWORK_VM_DESTROYED_RESP);
	after = ASK(SP1, SP_CMD_EVENTS);
	EXPECT_EQ(after.x[5] - before.x[5], 1);
	EXPECT_EQ(after.x[6] - before.x[6], 1);
	/* SP2 did not ask; and the rest is not for the normal world to send. */
	r = vm_message(SP2, FFA_FRAMEWORK_VM_CREATED_REQ);
	EXPECT_ERROR(r, FFA_DENIED);
	for (uint32_t m = 0; m < 16; m++) {
		if (m == FFA_FRAMEWORK_VM_CREATED_REQ || m == FFA_FRAMEWORK_VM_DESTROYED_REQ)
			continue;
		r = vm_message(SP1, m);
		EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	}
}

/* --- what a call takes: instructions under -icount shift=0, where the counter has 1 GHz; says nothing otherwise --- */

static unsigned long long cost(const struct regs *call)
{
	uint64_t best = UINT64_MAX;

	for (unsigned int i = 0; i < COSTS; i++) {
		struct regs r = *call;
		uint64_t start = time_counter(), t;

		client_smc(&r);
		t = time_counter() - start;
		best = t < best ? t : best;
	}
	return best;
}

void test_cost(void)
{
	const struct regs features = { { FFA_FEATURES, FFA_ID_GET } };
	const struct regs version = { { 0x84000000 } };
	const struct regs direct32 = { { FFA_MSG_SEND_DIRECT_REQ_32, FFA_ENDPOINTS(0, SP1) } };
	const struct regs direct64 = { { FFA_MSG_SEND_DIRECT_REQ_64, FFA_ENDPOINTS(0, SP1) } };

	say("# counter ticks: PSCI_VERSION %llu, FFA_FEATURES %llu, DIRECT_REQ 32 %llu, 64 %llu\n", cost(&version),
	    cost(&features), cost(&direct32), cost(&direct64));
}
