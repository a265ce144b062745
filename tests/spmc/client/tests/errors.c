/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * 24: wrong identifiers, wrong states, reserved bits: the exact error each, for the normal world and for an SP. What
 * belongs to one topic is tested beside it: buffers.c, messages.c, preempt.c, chain.c. FF-A 1.2, 12 to 18.
 */
#include "ask.h"
#include "tests.h"

#define NWD(to)	    FFA_ENDPOINTS(0u, (uint32_t)(to))
#define FROM(s, to) FFA_ENDPOINTS((uint32_t)(s), (uint32_t)(to))
#define FRAMEWORK   FFA_DIRECT_FRAMEWORK

struct wrong {
	uint64_t x[8];
	int32_t error;
};

/* By the normal world. SPMD answers some of them. */
static const struct wrong of_normal_world[] = {
	/* to nobody, to itself, to the SPMC, to SPMD */
	{ { FFA_MSG_SEND_DIRECT_REQ_32, NWD(NOBODY) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_64, NWD(NOBODY) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ2, NWD(NOBODY) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_32, NWD(0) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_32, NWD(5) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_64, NWD(FFA_ID_SPMC) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_64, NWD(FFA_ID_SPMD) }, FFA_INVALID_PARAMETERS },
	/* as somebody else */
	{ { FFA_MSG_SEND_DIRECT_REQ_32, FROM(SP2, SP1) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_64, FROM(SP1, SP1) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ2, FROM(FFA_ID_SPMC, SP1) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_32, FROM(FFA_ID_SPMD, FFA_ID_SPMC), FRAMEWORK | FFA_FRAMEWORK_PSCI_REQ },
	  FFA_INVALID_PARAMETERS },
	/* reserved bits; framework messages of others */
	{ { FFA_MSG_SEND_DIRECT_REQ_32, NWD(SP1), 1 }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_64, NWD(SP1), 0x40000000 }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_32, NWD(SP1), FRAMEWORK | 0x100 }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_32, NWD(SP1), FRAMEWORK | FFA_FRAMEWORK_PSCI_REQ }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_32, NWD(SP1), FRAMEWORK | FFA_FRAMEWORK_VERSION_REQ, FFA_VERSION_1_0 },
	  FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_32, FROM(5, SP1), FRAMEWORK | FFA_FRAMEWORK_VM_CREATED_REQ },
	  FFA_INVALID_PARAMETERS },
	/* what only the secure world may call */
	{ { FFA_MSG_WAIT }, FFA_NOT_SUPPORTED },
	{ { FFA_YIELD }, FFA_NOT_SUPPORTED },
	{ { FFA_INTERRUPT }, FFA_NOT_SUPPORTED },
	{ { FFA_MSG_SEND_DIRECT_RESP_32, NWD(SP1) }, FFA_NOT_SUPPORTED },
	{ { FFA_MSG_SEND_DIRECT_RESP_64, NWD(SP1) }, FFA_NOT_SUPPORTED },
	{ { FFA_MSG_SEND_DIRECT_RESP2, NWD(SP1) }, FFA_NOT_SUPPORTED },
	{ { FFA_SUCCESS_32 }, FFA_NOT_SUPPORTED },
	{ { FFA_SUCCESS_64 }, FFA_NOT_SUPPORTED },
	{ { FFA_ERROR, 0, (uint32_t)FFA_BUSY }, FFA_NOT_SUPPORTED },
	{ { FFA_SECONDARY_EP_REGISTER, 0x60000000 }, FFA_NOT_SUPPORTED },
	{ { FFA_EL3_INTR_HANDLE }, FFA_NOT_SUPPORTED },
	{ { FFA_NORMAL_WORLD_RESUME }, FFA_DENIED },
	/* forms that do not exist */
	{ { FFA_FEATURES | FFA_ID_IS_64, FFA_VERSION }, FFA_NOT_SUPPORTED },
	{ { FFA_RUN | FFA_ID_IS_64, NWD(SP1) }, FFA_NOT_SUPPORTED },
	{ { FFA_ID_GET | FFA_ID_IS_64 }, FFA_NOT_SUPPORTED },
	{ { FFA_MSG_SEND2 | FFA_ID_IS_64 }, FFA_NOT_SUPPORTED },
	{ { FFA_MSG_SEND_DIRECT_REQ2 & ~(uint32_t)FFA_ID_IS_64, NWD(SP1) }, FFA_NOT_SUPPORTED },
	{ { FFA_PARTITION_INFO_GET_REGS & ~(uint32_t)FFA_ID_IS_64 }, FFA_NOT_SUPPORTED },
	/* not there (yet) */
	{ { FFA_MSG_POLL }, FFA_NOT_SUPPORTED },
	{ { FFA_MSG_SEND }, FFA_NOT_SUPPORTED },
	{ { FFA_MEM_DONATE_32, 64, 64 }, FFA_NOT_SUPPORTED },
	{ { FFA_MEM_LEND_64, 64, 64 }, FFA_NOT_SUPPORTED },
	{ { FFA_MEM_SHARE_32, 64, 64 }, FFA_NOT_SUPPORTED },
	{ { FFA_MEM_RETRIEVE_REQ_32, 64, 64 }, FFA_NOT_SUPPORTED },
	{ { FFA_MEM_RELINQUISH }, FFA_NOT_SUPPORTED },
	{ { FFA_MEM_RECLAIM, 1 }, FFA_NOT_SUPPORTED },
	{ { FFA_MEM_FRAG_RX, 1 }, FFA_NOT_SUPPORTED },
	{ { FFA_MEM_FRAG_TX, 1 }, FFA_NOT_SUPPORTED },
	{ { FFA_MEM_PERM_GET_32, 0x60000000 }, FFA_NOT_SUPPORTED },
	{ { FFA_MEM_PERM_SET_64, 0x60000000, 1, 7 }, FFA_NOT_SUPPORTED },
	{ { FFA_NOTIFICATION_BITMAP_CREATE, 5, 1 }, FFA_NOT_SUPPORTED },
	{ { FFA_NOTIFICATION_BIND, FROM(SP1, 0), 0, 1 }, FFA_NOT_SUPPORTED },
	{ { FFA_NOTIFICATION_SET, FROM(0, SP1), 0, 1 }, FFA_NOT_SUPPORTED },
	{ { FFA_NOTIFICATION_GET, 0, 1 }, FFA_NOT_SUPPORTED },
	{ { FFA_NOTIFICATION_INFO_GET_64 }, FFA_NOT_SUPPORTED },
};

/* By SP1, while it handles a request of ours. */
static const struct wrong of_sp[] = {
	/* to the normal world, nobody, itself, the SPMC, SPMD */
	{ { FFA_MSG_SEND_DIRECT_REQ_32, FROM(SP1, 0) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_64, FROM(SP1, 5) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_64, FROM(SP1, NOBODY) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ2, FROM(SP1, NOBODY) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_64, FROM(SP1, SP1) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_64, FROM(SP1, FFA_ID_SPMC) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_64, FROM(SP1, FFA_ID_SPMD) }, FFA_INVALID_PARAMETERS },
	/* as somebody else */
	{ { FFA_MSG_SEND_DIRECT_REQ_64, FROM(SP3, SP2) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_64, FROM(0, SP2) }, FFA_INVALID_PARAMETERS },
	/* reserved bits; framework messages of others */
	{ { FFA_MSG_SEND_DIRECT_REQ_64, FROM(SP1, SP2), 2 }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_32, FROM(SP1, SP2), FRAMEWORK | FFA_FRAMEWORK_VM_CREATED_REQ },
	  FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_REQ_32, FROM(SP1, SP2), FRAMEWORK | FFA_FRAMEWORK_PSCI_REQ }, FFA_INVALID_PARAMETERS },
	/*
	 * answers to whom it was not asked by, of another kind (it was asked by REQ2), with something in reserved
	 * fields
	 */
	{ { FFA_MSG_SEND_DIRECT_RESP2, FROM(SP1, SP2) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_RESP2, FROM(SP2, 0) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_RESP_32, FROM(SP1, 0) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_RESP_64, FROM(SP1, 0) }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_RESP2, FROM(SP1, 0), 1 }, FFA_INVALID_PARAMETERS },
	{ { FFA_MSG_SEND_DIRECT_RESP2, FROM(SP1, 0), 0, 1 }, FFA_INVALID_PARAMETERS },
	/* it has not answered */
	{ { FFA_MSG_WAIT }, FFA_DENIED },
	{ { FFA_MSG_WAIT, 0, 1 }, FFA_DENIED },
	/* nobody that waits for it to go on */
	{ { FFA_RUN, FROM(SP3, 0) }, FFA_DENIED },
	{ { FFA_RUN, FROM(SP1, 0) }, FFA_BUSY },
	{ { FFA_RUN, FROM(NOBODY, 0) }, FFA_INVALID_PARAMETERS },
	{ { FFA_RUN, FROM(SP2, 1) }, FFA_INVALID_PARAMETERS },
	/* its initialization is long over */
	{ { FFA_SECONDARY_EP_REGISTER, 0x0e404000 }, FFA_DENIED },
	/* its buffers: mapped since then; nothing in them; nobody else's */
	{ { FFA_RXTX_MAP_64, 0x0e480000, 0x0e481000, 1 }, FFA_DENIED },
	{ { FFA_RX_RELEASE }, FFA_DENIED },
	{ { FFA_RX_RELEASE, 5 }, FFA_INVALID_PARAMETERS },
	{ { FFA_RXTX_UNMAP, FROM(5, 0) }, FFA_INVALID_PARAMETERS },
	{ { FFA_RXTX_UNMAP, 1 }, FFA_INVALID_PARAMETERS },
	{ { FFA_PARTITION_INFO_GET, 1, 2, 3, 4 }, FFA_INVALID_PARAMETERS },
	{ { FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 4 }, FFA_INVALID_PARAMETERS },
	{ { FFA_PARTITION_INFO_GET_REGS, 0, 0, SPS }, FFA_INVALID_PARAMETERS },
	/* what only others may call */
	{ { FFA_RX_ACQUIRE, 0 }, FFA_NOT_SUPPORTED },
	{ { FFA_INTERRUPT }, FFA_NOT_SUPPORTED },
	{ { FFA_NORMAL_WORLD_RESUME }, FFA_NOT_SUPPORTED },
	{ { FFA_EL3_INTR_HANDLE }, FFA_NOT_SUPPORTED },
	{ { FFA_SUCCESS_32 }, FFA_NOT_SUPPORTED },
	{ { FFA_ERROR, 0, (uint32_t)FFA_BUSY }, FFA_NOT_SUPPORTED },
	{ { FFA_MEM_PERM_GET_32, 0x0e404000 }, FFA_NOT_SUPPORTED },
	{ { FFA_MEM_PERM_SET_32, 0x0e404000, 1, FFA_MEM_PERM_RW }, FFA_NOT_SUPPORTED },
	{ { FFA_MEM_PERM_GET_64, 0x0e404000 }, FFA_NOT_SUPPORTED },
	/* forms that do not exist, and what is not there (yet) */
	{ { FFA_MSG_WAIT | FFA_ID_IS_64 }, FFA_NOT_SUPPORTED },
	{ { FFA_YIELD | FFA_ID_IS_64 }, FFA_NOT_SUPPORTED },
	{ { FFA_MSG_SEND_DIRECT_REQ2 & ~(uint32_t)FFA_ID_IS_64, FROM(SP1, SP2) }, FFA_NOT_SUPPORTED },
	{ { FFA_MSG_POLL }, FFA_NOT_SUPPORTED },
	{ { FFA_MEM_SHARE_64, 64, 64 }, FFA_NOT_SUPPORTED },
	{ { FFA_MEM_RETRIEVE_REQ_32, 64, 64 }, FFA_NOT_SUPPORTED },
	{ { FFA_NOTIFICATION_GET, 0, 1 }, FFA_NOT_SUPPORTED },
	{ { FFA_ID_32 | FFA_NUM_MAX }, FFA_NOT_SUPPORTED },
	{ { FFA_ID_64 | FFA_NUM_MAX }, FFA_NOT_SUPPORTED },
};

static void all_wrong(const struct wrong *row, unsigned int count, struct regs (*call)(const struct wrong *))
{
	for (unsigned int i = 0; i < count; i++) {
		struct regs r = call(&row[i]);

		if (!EXPECT_ERROR(r, row[i].error))
			say("# row %u: 0x%x 0x%x 0x%x\n", i, (uint32_t)row[i].x[0], (uint32_t)row[i].x[1],
			    (uint32_t)row[i].x[2]);
	}
}

static struct regs by_us(const struct wrong *w)
{
	struct regs r = { { w->x[0], w->x[1], w->x[2], w->x[3], w->x[4], w->x[5], w->x[6], w->x[7] } };

	client_smc(&r);
	return r;
}

static struct regs by_sp1(const struct wrong *w)
{
	return ask_call_with(SP1, SP_CMD_SMC, w->x);
}

static struct regs by_sp1_hvc(const struct wrong *w)
{
	return ask_call_with(SP1, SP_CMD_HVC, w->x);
}

void test_errors(void)
{
	all_wrong(of_normal_world, sizeof(of_normal_world) / sizeof(of_normal_world[0]), by_us);
	EXPECT(ask_echo(SP1, 1));
}

void test_errors_sp(void)
{
	all_wrong(of_sp, sizeof(of_sp) / sizeof(of_sp[0]), by_sp1);
	EXPECT(ask_echo(SP1, 1));
	/* The conduit makes no difference. */
	all_wrong(of_sp, sizeof(of_sp) / sizeof(of_sp[0]), by_sp1_hvc);
	EXPECT(ask_echo(SP1, 1));
}

/* Calls that are none of FF-A: an SP gets SMCCC's "unknown", and no firmware behind the SPMC; of HF_*, -1. */
void test_foreign_calls(void)
{
	static const uint64_t smc[] = { 0x80000000, 0x84000000, 0x84000002, 0xc4000003, 0x84000008, 0x82000000,
					0x86000000, 0x8400dead, 0xbf00ff01, 0xffffffff, 0x4000000,  0 };
	static const uint64_t hvc[] = { 0xff00, 0xff07, 0xfff1 };
	struct regs r;

	for (unsigned int i = 0; i < sizeof(smc) / sizeof(smc[0]); i++) {
		r = ASK_SMC(SP1, smc[i], 1, 2, 3);
		if (!EXPECT_EQ((int64_t)r.x[0] == -1 || (int32_t)r.x[0] == -1, true))
			say("# SMC 0x%llx: 0x%llx\n", (unsigned long long)smc[i], (unsigned long long)r.x[0]);
	}
	for (unsigned int i = 0; i < sizeof(hvc) / sizeof(hvc[0]); i++) {
		r = ASK_HVC(SP1, hvc[i], 1, 2, 3);
		if (!EXPECT_EQ((int64_t)r.x[0] == -1 || (int32_t)r.x[0] == -1, true))
			say("# HVC 0x%llx: 0x%llx\n", (unsigned long long)hvc[i], (unsigned long long)r.x[0]);
	}
	/* Interrupts that are not its own. */
	r = ASK_HVC(SP1, HF_INTERRUPT_ENABLE, PPI, 1, 0);
	EXPECT_EQ((int64_t)r.x[0], -1);
	r = ASK_HVC(SP1, HF_INTERRUPT_DEACTIVATE, PPI, PPI);
	EXPECT_EQ((int64_t)r.x[0], -1);
	r = ASK_HVC(SP1, HF_INTERRUPT_GET);
	EXPECT_EQ((uint32_t)r.x[0], HF_INTERRUPT_NONE);
	r = ASK_HVC(SP2, HF_INTERRUPT_DEACTIVATE, PPI, PPI); /* not active */
	EXPECT_EQ((int64_t)r.x[0], -1);
	r = ASK_HVC(SP2, HF_INTERRUPT_DEACTIVATE, PPI, UART1_SPI);
	EXPECT_EQ((int64_t)r.x[0], -1);
}
