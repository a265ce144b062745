/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite ffa/direct: the registers of direct messages, good and bad, and what of them reaches the receiver. */
#include "unit.h"

#include "ffa/direct.h"

#define SP1 0x8001
#define SP2 0x8002
#define VM  0x0001

static const struct ffa_caller ns = { .from = FFA_FROM_NS, .id = FFA_ID_HYPERVISOR };
static const struct ffa_caller sp1 = { .from = FFA_FROM_SP, .id = SP1 };
static const struct ffa_caller sp2 = { .from = FFA_FROM_SP, .id = SP2 };
static const struct ffa_caller spmd = { .from = FFA_FROM_SPMD, .id = FFA_ID_SPMD };

static struct ffa_regs r;
static struct ffa_direct d;

static void regs(uint32_t id, uint32_t sender, uint32_t receiver, uint64_t x2)
{
	memset(&r, 0, sizeof(r));
	r.x[0] = id;
	r.x[1] = UINT64_C(0xa5a5a5a500000000) | sender << 16 | receiver; /* a w register */
	r.x[2] = x2;
	for (unsigned int i = 3; i < FFA_REGS; i++)
		r.x[i] = UINT64_C(0x1111111100000000) * i + i;
}

static int req(const struct ffa_caller *caller, uint32_t sender, uint32_t receiver, uint32_t w2)
{
	regs(FFA_MSG_SEND_DIRECT_REQ_32, sender, receiver, w2);
	return ffa_direct_decode_req(&r, caller, FFA_ID_SPMC, &d);
}

static void a_request_from_each_side(void **state)
{
	(void)state;
	assert_int_equal(req(&ns, 0, SP1, 0), OK);
	assert_true(d.sender == 0 && d.receiver == SP1 && !d.is64 && !d.framework && d.kind == FFA_DIRECT_REGS8);
	assert_int_equal(req(&ns, VM, SP1, 0), OK);
	assert_int_equal(d.sender, VM);
	assert_int_equal(req(&sp1, SP1, SP2, 0), OK);
	regs(FFA_MSG_SEND_DIRECT_REQ_64, SP1, SP2, 0);
	assert_int_equal(ffa_direct_decode_req(&r, &sp1, FFA_ID_SPMC, &d), OK);
	assert_true(d.is64 && d.kind == FFA_DIRECT_REGS8);
}

static void wrong_ends(void **state)
{
	(void)state;
	assert_int_equal(req(&ns, SP1, SP2, 0), FFA_INVALID_PARAMETERS);	  /* the normal world as an SP */
	assert_int_equal(req(&ns, FFA_ID_SPMD, SP2, 0), FFA_INVALID_PARAMETERS);  /* or as SPMD */
	assert_int_equal(req(&sp1, SP2, SP1, 0), FFA_INVALID_PARAMETERS);	  /* as another SP */
	assert_int_equal(req(&sp1, 0, SP2, 0), FFA_INVALID_PARAMETERS);		  /* as the normal world */
	assert_int_equal(req(&sp1, SP1, SP1, 0), FFA_INVALID_PARAMETERS);	  /* to itself */
	assert_int_equal(req(&sp1, SP1, 0, 0), FFA_INVALID_PARAMETERS);		  /* to the normal world */
	assert_int_equal(req(&sp1, SP1, VM, 0), FFA_INVALID_PARAMETERS);	  /* to a VM */
	assert_int_equal(req(&sp1, SP1, FFA_ID_SPMC, 0), FFA_INVALID_PARAMETERS); /* to the SPMC */
	assert_int_equal(req(&ns, 0, FFA_ID_SPMC, 0), FFA_INVALID_PARAMETERS);
	assert_int_equal(req(&ns, 0, FFA_ID_SPMD, 0), FFA_INVALID_PARAMETERS);
	assert_int_equal(req(&ns, 0, 0, 0), FFA_INVALID_PARAMETERS);
	assert_int_equal(req(&ns, 0, VM, 0), FFA_INVALID_PARAMETERS);
	assert_int_equal(req(&spmd, FFA_ID_SPMD, SP1, 0), FFA_INVALID_PARAMETERS);
	assert_int_equal(req(&spmd, FFA_ID_SPMD, FFA_ID_SPMC, 0), FFA_INVALID_PARAMETERS); /* no framework message */
}

static void reserved_bits(void **state)
{
	(void)state;
	for (unsigned int bit = 0; bit < 31; bit++)
		assert_int_equal(req(&ns, 0, SP1, UINT32_C(1) << bit), FFA_INVALID_PARAMETERS);
	for (unsigned int bit = 8; bit < 31; bit++)
		assert_int_equal(
			req(&ns, 0, SP1, FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VM_CREATED_REQ | UINT32_C(1) << bit),
			FFA_INVALID_PARAMETERS);
}

static void framework_messages_come_from_whom_they_belong_to(void **state)
{
	(void)state;
	for (unsigned int msg = 0; msg < 256; msg++) {
		const uint32_t w2 = FFA_DIRECT_FRAMEWORK | msg;
		const bool of_vm = msg == 4 || msg == 6, of_spmd = msg == 0 || msg == 1 || msg == 8;

		assert_int_equal(req(&ns, 0, SP1, w2), of_vm ? OK : FFA_INVALID_PARAMETERS);
		assert_int_equal(req(&ns, VM, SP1, w2), FFA_INVALID_PARAMETERS); /* only the hypervisor */
		assert_int_equal(req(&sp1, SP1, SP2, w2), FFA_INVALID_PARAMETERS);
		assert_int_equal(req(&spmd, FFA_ID_SPMD, FFA_ID_SPMC, w2), of_spmd ? OK : FFA_INVALID_PARAMETERS);
	}
	assert_int_equal(req(&ns, 0, SP1, FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VM_DESTROYED_REQ), OK);
	assert_true(d.framework && d.message == 6);
}

static void req2_carries_a_uuid(void **state)
{
	(void)state;
	regs(FFA_MSG_SEND_DIRECT_REQ2, 0, SP1, UINT64_C(0x8000000280000001));
	r.x[3] = UINT64_C(0x0000000400000003);
	assert_int_equal(ffa_direct_decode_req(&r, &ns, FFA_ID_SPMC, &d), OK);
	assert_true(d.kind == FFA_DIRECT_REGS18 && d.is64 && !d.framework);
	assert_int_equal(d.uuid.w[0], 0x80000001);
	assert_int_equal(d.uuid.w[1], 0x80000002);
	assert_int_equal(d.uuid.w[2], 3);
	assert_int_equal(d.uuid.w[3], 4);
	regs(FFA_MSG_SEND_DIRECT_REQ2, SP1, SP1, 0);
	assert_int_equal(ffa_direct_decode_req(&r, &sp1, FFA_ID_SPMC, &d), FFA_INVALID_PARAMETERS);
}

/* --- responses --- */

static int resp(const struct ffa_caller *caller, uint32_t id, uint32_t sender, uint32_t receiver, uint64_t x2,
		const struct ffa_direct *to)
{
	regs(id, sender, receiver, x2);
	if (id == FFA_MSG_SEND_DIRECT_RESP2)
		r.x[3] = 0;
	return ffa_direct_decode_resp(&r, caller, to, &d);
}

static void only_the_one_who_was_asked_answers_and_to_whom_asked(void **state)
{
	const struct ffa_direct to = { .sender = VM, .receiver = SP1 };

	(void)state;
	assert_int_equal(resp(&sp1, FFA_MSG_SEND_DIRECT_RESP_32, SP1, VM, 0, &to), OK);
	assert_int_equal(resp(&sp1, FFA_MSG_SEND_DIRECT_RESP_64, SP1, VM, 0, &to), OK);
	assert_int_equal(resp(&sp1, FFA_MSG_SEND_DIRECT_RESP_32, SP1, 0, 0, &to), FFA_INVALID_PARAMETERS);
	assert_int_equal(resp(&sp1, FFA_MSG_SEND_DIRECT_RESP_32, SP1, SP2, 0, &to), FFA_INVALID_PARAMETERS);
	assert_int_equal(resp(&sp1, FFA_MSG_SEND_DIRECT_RESP_32, SP2, VM, 0, &to), FFA_INVALID_PARAMETERS);
	assert_int_equal(resp(&sp2, FFA_MSG_SEND_DIRECT_RESP_32, SP2, VM, 0, &to), FFA_INVALID_PARAMETERS);
	assert_int_equal(resp(&sp2, FFA_MSG_SEND_DIRECT_RESP_32, SP1, VM, 0, &to), FFA_INVALID_PARAMETERS);
	assert_int_equal(resp(&sp1, FFA_MSG_SEND_DIRECT_RESP_32, SP1, VM, 1, &to), FFA_INVALID_PARAMETERS);
	assert_int_equal(resp(&sp1, FFA_MSG_SEND_DIRECT_RESP_32, SP1, VM, FFA_DIRECT_FRAMEWORK | 2, &to),
			 FFA_INVALID_PARAMETERS);
	assert_int_equal(resp(&sp1, FFA_MSG_SEND_DIRECT_RESP2, SP1, VM, 0, &to), FFA_INVALID_PARAMETERS);
}

static void req2_is_answered_by_resp2(void **state)
{
	const struct ffa_direct to = { .sender = 0, .receiver = SP1, .kind = FFA_DIRECT_REGS18, .is64 = true };

	(void)state;
	assert_int_equal(resp(&sp1, FFA_MSG_SEND_DIRECT_RESP2, SP1, 0, 0, &to), OK);
	assert_int_equal(resp(&sp1, FFA_MSG_SEND_DIRECT_RESP_64, SP1, 0, 0, &to), FFA_INVALID_PARAMETERS);
	assert_int_equal(resp(&sp1, FFA_MSG_SEND_DIRECT_RESP2, SP1, 0, 1, &to), FFA_INVALID_PARAMETERS);
	assert_int_equal(resp(&sp1, FFA_MSG_SEND_DIRECT_RESP2, SP1, 0, UINT64_C(1) << 63, &to), FFA_INVALID_PARAMETERS);
	regs(FFA_MSG_SEND_DIRECT_RESP2, SP1, 0, 0); /* x3 is not 0 */
	assert_int_equal(ffa_direct_decode_resp(&r, &sp1, &to, &d), FFA_INVALID_PARAMETERS);
}

static void framework_requests_have_their_own_answers(void **state)
{
	static const uint8_t pairs[][2] = { { 0, 2 }, { 1, 2 }, { 4, 5 }, { 6, 7 } };
	struct ffa_direct to = { .sender = FFA_ID_SPMC, .receiver = SP1, .framework = true };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		to.message = pairs[i][0];
		for (unsigned int msg = 0; msg < 16; msg++)
			assert_int_equal(resp(&sp1, FFA_MSG_SEND_DIRECT_RESP_32, SP1, FFA_ID_SPMC,
					      FFA_DIRECT_FRAMEWORK | msg, &to),
					 msg == pairs[i][1] ? OK : FFA_INVALID_PARAMETERS);
		assert_int_equal(resp(&sp1, FFA_MSG_SEND_DIRECT_RESP_32, SP1, FFA_ID_SPMC, 0, &to),
				 FFA_INVALID_PARAMETERS);
	}
}

/* --- properties, copying --- */

static void properties_decide(void **state)
{
	const struct ffa_direct one = { .kind = FFA_DIRECT_REGS8 }, two = { .kind = FFA_DIRECT_REGS18 };
	const struct ffa_direct vm = { .framework = true, .message = FFA_FRAMEWORK_VM_CREATED_REQ };
	const struct ffa_direct_end s1 = { SP1, FFA_PARTITION_DIRECT_SEND }, r1 = { SP2, FFA_PARTITION_DIRECT_RECV };
	const struct ffa_direct_end s2 = { SP1, FFA_PARTITION_DIRECT2_SEND }, r2 = { SP2, FFA_PARTITION_DIRECT2_RECV };
	const struct ffa_direct_end sub = { SP2, FFA_PARTITION_VM_CREATED };

	(void)state;
	assert_int_equal(ffa_direct_may(&one, &s1, &r1), OK);
	assert_int_equal(ffa_direct_may(&one, &s2, &r1), FFA_DENIED);
	assert_int_equal(ffa_direct_may(&one, &s1, &r2), FFA_DENIED);
	assert_int_equal(ffa_direct_may(&two, &s2, &r2), OK);
	assert_int_equal(ffa_direct_may(&two, &s1, &r2), FFA_DENIED);
	assert_int_equal(ffa_direct_may(&two, &s2, &r1), FFA_DENIED);
	assert_int_equal(ffa_direct_may(&vm, &s1, &sub), OK);
	assert_int_equal(ffa_direct_may(&vm, &s1, &r1), FFA_DENIED);
}

/* Each framework message has its subscription, needs no property of the sender, and is known by its flag. */
static void subscriptions_decide(void **state)
{
	const struct ffa_direct created = { .framework = true, .message = FFA_FRAMEWORK_VM_CREATED_REQ };
	const struct ffa_direct destroyed = { .framework = true, .message = FFA_FRAMEWORK_VM_DESTROYED_REQ };
	const struct ffa_direct psci = { .framework = true, .message = FFA_FRAMEWORK_PSCI_REQ };
	const struct ffa_direct_end nobody = { 0, 0 };
	const struct ffa_direct_end c = { SP2, FFA_PARTITION_VM_CREATED }, d1 = { SP2, FFA_PARTITION_VM_DESTROYED };
	const struct ffa_direct_end plain = { SP2, FFA_PARTITION_DIRECT_RECV };
	const struct ffa_direct_end s1 = { SP1, FFA_PARTITION_DIRECT_SEND };
	struct ffa_direct unflagged = created;

	(void)state;
	assert_int_equal(ffa_direct_may(&created, &nobody, &c), OK);
	assert_int_equal(ffa_direct_may(&created, &nobody, &d1), FFA_DENIED);
	assert_int_equal(ffa_direct_may(&destroyed, &nobody, &d1), OK);
	assert_int_equal(ffa_direct_may(&destroyed, &nobody, &c), FFA_DENIED);
	assert_int_equal(ffa_direct_may(&psci, &nobody, &plain), OK);
	assert_int_equal(ffa_direct_may(&psci, &nobody, &c), FFA_DENIED);
	assert_int_equal(ffa_direct_may(&psci, &nobody, &d1), FFA_DENIED);
	unflagged.framework = false;
	assert_int_equal(ffa_direct_may(&unflagged, &s1, &plain), OK);
	unflagged.message = FFA_FRAMEWORK_VM_DESTROYED_REQ;
	assert_int_equal(ffa_direct_may(&unflagged, &s1, &plain), OK);
}

#define UNTOUCHED UINT64_C(0xa5a5a5a5a5a5a5a5)

static void only_the_message_reaches_the_receiver(void **state)
{
	struct ffa_regs to;

	(void)state;
	regs(FFA_MSG_SEND_DIRECT_REQ_32, 0, SP1, 0);
	r.x[0] |= UINT64_C(0xa5a5a5a500000000); /* a w register, too */
	memset(&to, 0xa5, sizeof(to));
	ffa_direct_narrow(&r);
	ffa_call_copy(to.x, r.x);
	assert_int_equal(to.x[0], FFA_MSG_SEND_DIRECT_REQ_32);
	assert_int_equal(to.x[1], SP1);
	for (unsigned int i = 3; i < FFA_REGS; i++)
		assert_int_equal(to.x[i], i < 8 ? i : UNTOUCHED);
	regs(FFA_MSG_SEND_DIRECT_RESP_64, SP1, 0, 0);
	memset(&to, 0xa5, sizeof(to));
	ffa_direct_narrow(&r);
	ffa_call_copy(to.x, r.x);
	for (unsigned int i = 3; i < FFA_REGS; i++)
		assert_int_equal(to.x[i], i < 8 ? r.x[i] : UNTOUCHED);
	regs(FFA_MSG_SEND_DIRECT_REQ2, 0, SP1, UINT64_C(0x1234567812345678));
	memset(&to, 0xa5, sizeof(to));
	ffa_direct_narrow(&r);
	ffa_call_copy(to.x, r.x);
	assert_int_equal(to.x[1], SP1);
	for (unsigned int i = 2; i < FFA_REGS; i++)
		assert_int_equal(to.x[i], r.x[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_from_each_side),
		cmocka_unit_test(wrong_ends),
		cmocka_unit_test(reserved_bits),
		cmocka_unit_test(framework_messages_come_from_whom_they_belong_to),
		cmocka_unit_test(req2_carries_a_uuid),
		cmocka_unit_test(only_the_one_who_was_asked_answers_and_to_whom_asked),
		cmocka_unit_test(req2_is_answered_by_resp2),
		cmocka_unit_test(framework_requests_have_their_own_answers),
		cmocka_unit_test(properties_decide),
		cmocka_unit_test(subscriptions_decide),
		cmocka_unit_test(only_the_message_reaches_the_receiver),
	};

	return UNIT_RUN(tests);
}
