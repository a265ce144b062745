/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite spmc/spmc_handler: each FF-A function of the normal world and of SPs, in each version and convention; direct
 * messages and their errors; what is in whose registers. The world checks with each step that nobody gets what is
 * somebody else's. FF-A 1.2, 11, 13, 15.
 */
#include "world.h"

#include "arch/host.h"

#define REQ64	FFA_MSG_SEND_DIRECT_REQ_64
#define RESP64	FFA_MSG_SEND_DIRECT_RESP_64
#define REQ2	FFA_MSG_SEND_DIRECT_REQ2
#define RESP2	FFA_MSG_SEND_DIRECT_RESP2
#define UNKNOWN ERR(FFA_NOT_SUPPORTED)
#define INVALID ERR(FFA_INVALID_PARAMETERS)

/* --- which functions there are --- */

enum { NWD = 1, SP = 2, BOTH = 3 };

static const struct {
	uint32_t id;
	unsigned int min, who, conv; /* conv: 1: 32, 2: 64 */
} function[] = {
	{ FFA_VERSION, 0, BOTH, 1 },
	{ FFA_FEATURES, 0, BOTH, 1 },
	{ FFA_RX_RELEASE, 0, BOTH, 1 },
	{ FFA_RXTX_MAP_32, 0, BOTH, 3 },
	{ FFA_RXTX_UNMAP, 0, BOTH, 1 },
	{ FFA_PARTITION_INFO_GET, 0, BOTH, 1 },
	{ FFA_ID_GET, 0, BOTH, 1 },
	{ FFA_MSG_WAIT, 0, SP, 1 },
	{ FFA_YIELD, 0, SP, 1 },
	{ FFA_RUN, 0, BOTH, 1 },
	{ FFA_MSG_SEND_DIRECT_REQ_32, 0, BOTH, 3 },
	{ FFA_MSG_SEND_DIRECT_RESP_32, 0, SP, 3 },
	{ FFA_RX_ACQUIRE, 1, NWD, 1 },
	{ FFA_SPM_ID_GET, 1, BOTH, 1 },
	{ FFA_MSG_SEND2, 1, BOTH, 1 },
	{ FFA_SECONDARY_EP_REGISTER, 1, SP, 2 },
	{ FFA_CONSOLE_LOG_32, 0, BOTH, 3 },
	{ FFA_PARTITION_INFO_GET_REGS, 2, BOTH, 2 },
	{ FFA_MSG_SEND_DIRECT_REQ2, 2, BOTH, 2 },
	{ FFA_MSG_SEND_DIRECT_RESP2, 2, SP, 2 },
};

static bool is_there(uint32_t id, unsigned int who, unsigned int minor)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(function); i++)
		if ((function[i].id & FFA_NUM_MASK) == (id & FFA_NUM_MASK))
			return minor >= function[i].min && (function[i].who & who) &&
			       (function[i].conv & (id & FFA_ID_IS_64 ? 2u : 1u));
	return false;
}

/* What calls are answered with: asked for, not called. */
static bool is_answer(uint32_t id)
{
	return id == FFA_ERROR || id == FFA_SUCCESS_32 || id == FFA_SUCCESS_64 || id == FFA_INTERRUPT;
}

static void try_each(unsigned int who, unsigned int minor)
{
	for (uint32_t n = FFA_NUM_MIN; n <= FFA_NUM_MAX; n++) {
		for (unsigned int is64 = 0; is64 < 2; is64++) {
			const uint32_t id = FFA_ID_32 | n | (is64 ? FFA_ID_IS_64 : 0);
			const bool there = is_there(id, who, minor);
			const bool answers = who == NWD ? (nwd_call(0, FFA_FEATURES, id), true)
							: (sp_call(0, FFA_FEATURES, id), true);

			assert_true(answers);
			assert_int_equal(world_x(0)[0], there || is_answer(id) ? FFA_SUCCESS_32 : FFA_ERROR);
			if (there)
				continue;
			assert_int_equal(world_x(0)[2], is_answer(id) ? 0 : (uint32_t)FFA_NOT_SUPPORTED);
			if (who == NWD && id == FFA_INTERRUPT)
				continue; /* SPMD's */
			if (who == NWD)
				nwd_call(0, id, 0xffff);
			else
				sp_call(0, id, 0xffff);
			world_expect(0, who == NWD ? NULL : world_ctx(UP, 0), REGS(UNKNOWN), __FILE__, __LINE__);
		}
	}
}

static void each_function(unsigned int minor)
{
	for (unsigned int i = 0; i < SPS; i++)
		world_manifest((uint16_t)(UP + i))->ffa_version = FFA_VERSION_1_0 + minor;
	world_boot_all(false);
	nwd_call(0, REQ, E(FFA_ID_SPMD, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VERSION_REQ,
		 FFA_VERSION_1_0 + minor);
	try_each(NWD, minor);
	nwd_call(0, FFA_RUN, E(UP, 0));
	try_each(SP, minor);
	sp_call(0, FFA_MSG_WAIT);
	expect_nwd(0, FFA_MSG_WAIT);
	world_expect_quiet();
}

WORLD_TEST(functions_of_1_0)
{
	each_function(0);
}

WORLD_TEST(functions_of_1_1)
{
	each_function(1);
}

WORLD_TEST(functions_of_1_2)
{
	each_function(2);
}

/* --- discovery --- */

WORLD_TEST(who_are_we)
{
	world_boot_all(false);
	/* Of the normal world: nobody has negotiated, so it is 1.0, until it makes its first call. */
	nwd_call(0, FFA_VERSION, FFA_VERSION_1_2);
	expect_nwd(0, FFA_VERSION_1_2);
	nwd_call(0, FFA_ID_GET);
	expect_nwd(0, FFA_SUCCESS_32, 0, 0);
	nwd_call(0, FFA_SPM_ID_GET);
	expect_nwd(0, FFA_SUCCESS_32, 0, SPMC);
	nwd_call(0, FFA_VERSION, FFA_VERSION_1_1);
	expect_nwd(0, (uint32_t)FFA_NOT_SUPPORTED);
	nwd_call(0, FFA_FEATURES, FFA_FEATURE_SRI);
	expect_nwd(0, FFA_SUCCESS_32, 0, HF_INTID_SRI);
	nwd_call(0, FFA_FEATURES, FFA_FEATURE_MEI);
	expect_nwd(0, UNKNOWN);
	nwd_call(0, FFA_RUN, E(ME, 0));
	sp_call(0, FFA_VERSION, FFA_VERSION_1_2);
	expect_sp(0, ME, 0, FFA_VERSION_1_2);
	sp_call(0, FFA_VERSION, 0x20000);
	expect_sp(0, ME, 0, (uint32_t)FFA_NOT_SUPPORTED);
	sp_call(0, FFA_ID_GET);
	expect_sp(0, ME, 0, FFA_SUCCESS_32, 0, ME);
	sp_call(0, FFA_SPM_ID_GET);
	expect_sp(0, ME, 0, FFA_SUCCESS_32, 0, SPMC);
	sp_call(0, FFA_FEATURES, FFA_FEATURE_MEI);
	expect_sp(0, ME, 0, FFA_SUCCESS_32, 0, HF_INTID_MANAGED_EXIT);
	sp_call(0, FFA_FEATURES, FFA_FEATURE_NPI);
	expect_sp(0, ME, 0, FFA_SUCCESS_32, 0, HF_INTID_NPI);
	sp_call(0, FFA_FEATURES, FFA_FEATURE_SRI);
	expect_sp(0, ME, 0, UNKNOWN);
	sp_call(0, FFA_FEATURES, FFA_FEATURE_IS_FUNCTION | FFA_RXTX_MAP_64);
	expect_sp(0, ME, 0, FFA_SUCCESS_32, 0, MAIL_PAGES_MAX << 16);
}

static const uint64_t mine[] = { 4, 0 }; /* the UUID of QU */

WORLD_TEST(who_is_there)
{
	world_boot_all(false);
	nwd_call(0, FFA_VERSION, FFA_VERSION_1_2);
	nwd_call(0, FFA_PARTITION_INFO_GET_REGS, mine[0], mine[1], 0);
	/* An SP does not send to the normal world: that property is not told. */
	expect_nwd(0, FFA_SUCCESS_64, 0, 24ull << 48,
		   QU | 1ull << 16 |
			   (uint64_t)(FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_DIRECT2_RECV | FFA_PARTITION_AARCH64)
				   << 32);
	nwd_call(0, FFA_PARTITION_INFO_GET_REGS, 99, 0, 0);
	assert_int_equal(world_x(0)[0], FFA_ERROR);
	nwd_call(0, FFA_PARTITION_INFO_GET, 0, 0, 0, 0, FFA_PARTITION_COUNT_FLAG);
	expect_nwd(0, FFA_SUCCESS_32, 0, SPS);
	nwd_call(0, FFA_RUN, E(UP, 0));
	sp_call(0, FFA_PARTITION_INFO_GET_REGS, mine[0], mine[1], 0);
	expect_sp(0, UP, 0, FFA_SUCCESS_64, 0, 24ull << 48,
		  QU | 1ull << 16 |
			  (uint64_t)(FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_DIRECT2_RECV | FFA_PARTITION_AARCH64 |
				     FFA_PARTITION_DIRECT_SEND | FFA_PARTITION_DIRECT2_SEND)
				  << 32);
	sp_call(0, FFA_PARTITION_INFO_GET, 0, 0, 0, 0, FFA_PARTITION_COUNT_FLAG);
	expect_sp(0, UP, 0, FFA_SUCCESS_32, 0, SPS);
}

/* --- buffers: only that the calls get there; the rest is suite role/mail's --- */

WORLD_TEST(buffers)
{
	const uint64_t tx = world_manifest(UP)->load_address + 0x2000, rx = tx + 0x1000;

	world_boot_all(false);
	nwd_call(0, FFA_VERSION, FFA_VERSION_1_2);
	nwd_call(0, FFA_RXTX_MAP_64, 0x1000, 0x2000, 1);
	expect_nwd(0, INVALID); /* there is no such memory */
	nwd_call(0, FFA_RX_RELEASE);
	expect_nwd(0, ERR(FFA_DENIED));
	nwd_call(0, FFA_RX_ACQUIRE, 1);
	expect_nwd(0, INVALID);
	nwd_call(0, FFA_RXTX_UNMAP);
	expect_nwd(0, INVALID);
	nwd_call(0, FFA_MSG_SEND2);
	expect_nwd(0, ERR(FFA_DENIED));
	nwd_call(0, FFA_RUN, E(UP, 0));
	sp_call(0, FFA_RXTX_MAP_64, tx, rx, 1);
	expect_sp(0, UP, 0, SUCCESS4);
	sp_call(0, FFA_PARTITION_INFO_GET);
	expect_sp(0, UP, 0, FFA_SUCCESS_32, 0, SPS, sizeof(struct ffa_partition_info));
	sp_call(0, FFA_PARTITION_INFO_GET);
	expect_sp(0, UP, 0, ERR(FFA_BUSY));
	/* Waiting releases it, unless it says otherwise. */
	sp_call(0, FFA_MSG_WAIT, 0, FFA_MSG_WAIT_RETAIN_RX);
	nwd_call(0, FFA_RUN, E(UP, 0));
	sp_call(0, FFA_PARTITION_INFO_GET);
	expect_sp(0, UP, 0, ERR(FFA_BUSY));
	sp_call(0, FFA_MSG_WAIT);
	nwd_call(0, FFA_RUN, E(UP, 0));
	sp_call(0, FFA_PARTITION_INFO_GET);
	expect_sp(0, UP, 0, FFA_SUCCESS_32, 0, SPS, sizeof(struct ffa_partition_info));
	sp_call(0, FFA_RX_RELEASE);
	expect_sp(0, UP, 0, SUCCESS4);
	sp_call(0, FFA_MSG_SEND2);
	expect_sp(0, UP, 0, ERR(FFA_DENIED)); /* by its manifest */
	sp_call(0, FFA_RXTX_UNMAP);
	expect_sp(0, UP, 0, SUCCESS4);
	sp_call(0, FFA_RXTX_MAP_64, tx, rx, 1);
	sp_fault(0);
	assert_true(world_ctx(UP, 0)->sp->mail.closed);
}

/* --- direct messages --- */

WORLD_TEST(a_request_and_its_answer)
{
	world_boot_all(false);
	nwd_call(0, REQ, E(0, UP), 0, 11, 12, 13, 14, 15);
	expect_sp(0, UP, 0, REQ, E(0, UP), 0, 11, 12, 13, 14, 15);
	expect_state(UP, 0, SP_RUNNING);
	sp_call(0, RESP, E(UP, 0), 0, 21, 22, 23, 24, 25);
	expect_nwd(0, RESP, E(UP, 0), 0, 21, 22, 23, 24, 25);
	/* From a VM. */
	nwd_call(0, REQ, E(7, UP), 0, 31);
	expect_sp(0, UP, 0, REQ, E(7, UP), 0, 31);
	sp_call(0, RESP, E(UP, 7), 0, 41);
	expect_nwd(0, RESP, E(UP, 7), 0, 41);
	world_expect_quiet();
}

#define HIGH UINT64_C(0x1234567800000000)

/* The upper halves belong to 64-bit messages only. */
WORLD_TEST(messages_of_32_and_of_64_bits)
{
	world_boot_all(false);
	nwd_call(0, REQ | HIGH, E(0, UP) | HIGH, HIGH, HIGH | 1, HIGH | 2, HIGH | 3, HIGH | 4, HIGH | 5);
	expect_sp(0, UP, 0, REQ, E(0, UP), 0, 1, 2, 3, 4, 5);
	sp_call(0, RESP | HIGH, E(UP, 0) | HIGH, HIGH, HIGH | 1, HIGH | 2, HIGH | 3, HIGH | 4, HIGH | 5);
	expect_nwd(0, RESP, E(UP, 0), 0, 1, 2, 3, 4, 5);
	nwd_call(0, REQ64, E(0, UP), 0, HIGH | 1, HIGH | 2, HIGH | 3, HIGH | 4, HIGH | 5);
	expect_sp(0, UP, 0, REQ64, E(0, UP), 0, HIGH | 1, HIGH | 2, HIGH | 3, HIGH | 4, HIGH | 5);
	sp_call(0, REQ64, E(UP, MP), 0, HIGH | 6);
	expect_sp(0, MP, 0, REQ64, E(UP, MP), 0, HIGH | 6);
	sp_call(0, RESP64, E(MP, UP), 0, HIGH | 7);
	expect_sp(0, UP, 0, RESP64, E(MP, UP), 0, HIGH | 7);
	/* 32 bits may answer 64, and the other way round. */
	sp_call(0, RESP, E(UP, 0), 0, HIGH | 1);
	expect_nwd(0, RESP, E(UP, 0), 0, 1);
	/* SMCCC's hint is not part of the function. */
	nwd_call(0, REQ | 0x10000, E(0, UP));
	expect_sp(0, UP, 0, REQ, E(0, UP));
	sp_call(0, RESP64 | 0x10000, E(UP, 0));
	expect_nwd(0, RESP64, E(UP, 0));
	world_expect_quiet();
}

WORLD_TEST(messages_of_18_registers)
{
	world_boot_all(false);
	nwd_call(0, FFA_VERSION, FFA_VERSION_1_2);
	nwd_call(0, REQ2, E(0, UP), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
	expect_sp(0, UP, 0, REQ2, E(0, UP), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
	sp_call(0, RESP, E(UP, 0));
	expect_sp(0, UP, 0, INVALID); /* another kind */
	sp_call(0, RESP2, E(UP, 0), 1);
	expect_sp(0, UP, 0, INVALID); /* reserved */
	sp_call(0, REQ2, E(UP, MP), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17);
	expect_sp(0, MP, 0, REQ2, E(UP, MP), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17);
	sp_call(0, RESP2, E(MP, UP), 0, 0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18);
	expect_sp(0, UP, 0, RESP2, E(MP, UP), 0, 0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18);
	sp_call(0, RESP2, E(UP, 0), 0, 0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 19);
	expect_nwd(0, RESP2, E(UP, 0), 0, 0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 19);
	nwd_call(0, REQ, E(0, UP));
	sp_call(0, RESP2, E(UP, 0));
	expect_sp(0, UP, 0, INVALID);
	sp_call(0, RESP, E(UP, 0));
	/*
	 * A long call that fails, or that is interrupted, has a short answer: the rest is the caller's
	 * (the world checks).
	 */
	nwd_call(0, REQ2, E(0, 0x8009), 1, 2, 3, 4, 5, 6, 7, 8, 9);
	expect_nwd(0, INVALID);
	nwd_call(0, REQ2, E(0, UP), 0, 0, 0, 0, 0, 0, 0, 8, 9);
	sp_fiq(0);
	expect_nwd(0, FFA_INTERRUPT, E(UP, 0));
	nwd_call(0, FFA_RUN, E(UP, 0));
	sp_fault(0);
	expect_nwd(0, ERR(FFA_ABORTED));
}

static const struct {
	uint64_t x[8];
	int error;
} wrong[] = {
	{ { REQ, E(UP, MP) }, FFA_INVALID_PARAMETERS }, /* not the sender */
	{ { REQ, E(SPMC, UP) }, FFA_INVALID_PARAMETERS },
	{ { REQ, E(0, SPMC) }, FFA_INVALID_PARAMETERS },
	{ { REQ, E(0, FFA_ID_SPMD) }, FFA_INVALID_PARAMETERS },
	{ { REQ, E(0, 0) }, FFA_INVALID_PARAMETERS },
	{ { REQ, E(0, 7) }, FFA_INVALID_PARAMETERS },		     /* a VM */
	{ { REQ, E(0, 0x8005) }, FFA_INVALID_PARAMETERS },	     /* nobody */
	{ { REQ, E(0, UP), 1 }, FFA_INVALID_PARAMETERS },	     /* reserved */
	{ { REQ64, E(0, UP), 0x40000000 }, FFA_INVALID_PARAMETERS }, /* reserved */
	{ { REQ, E(0, UP), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_REQ }, FFA_INVALID_PARAMETERS },
	{ { REQ, E(0, UP), FFA_DIRECT_FRAMEWORK | 0x7f }, FFA_INVALID_PARAMETERS },
	{ { REQ, E(0, UP), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VM_CREATED_REQ }, FFA_DENIED }, /* nobody subscribed */
	{ { REQ, E(0, QU) }, FFA_DENIED },							/* receives none */
	{ { REQ2, E(0, ME) }, FFA_DENIED },							/* none of these */
};

WORLD_TEST(wrong_requests)
{
	world_manifest(QU)->messaging = FFA_PARTITION_DIRECT_SEND | FFA_PARTITION_DIRECT2_RECV;
	world_manifest(ME)->messaging = FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_DIRECT2_SEND;
	world_boot_all(false);
	nwd_call(0, FFA_VERSION, FFA_VERSION_1_2);
	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++) {
		const uint64_t *x = wrong[i].x;

		nwd_call(0, x[0], x[1], x[2], x[3]);
		expect_nwd(0, ERR(wrong[i].error));
		world_expect_quiet();
	}
	nwd_call(0, REQ, E(0, ME));
	sp_call(0, REQ, E(ME, UP));
	expect_sp(0, ME, 0, ERR(FFA_DENIED)); /* sends none of these */
	sp_call(0, REQ2, E(ME, UP));
	expect_sp(0, UP, 0, REQ2, E(ME, UP));
	sp_call(0, REQ, E(MP, QU));
	expect_sp(0, UP, 0, INVALID); /* in the name of another */
	sp_call(0, REQ, E(UP, 0));
	expect_sp(0, UP, 0, INVALID); /* the normal world is not called */
	sp_call(0, REQ, E(UP, UP));
	expect_sp(0, UP, 0, INVALID);
	sp_call(0, REQ, E(UP, SPMC));
	expect_sp(0, UP, 0, INVALID);
	sp_call(0, REQ, E(UP, MP), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VM_CREATED_REQ);
	expect_sp(0, UP, 0, INVALID);
	sp_call(0, RESP2, E(UP, ME));
	sp_call(0, RESP, E(ME, 0));
	world_expect_quiet();
}

WORLD_TEST(wrong_answers)
{
	world_boot_all(false);
	nwd_call(0, REQ, E(5, UP));
	sp_call(0, RESP, E(UP, 0));
	expect_sp(0, UP, 0, INVALID); /* another VM */
	sp_call(0, RESP, E(MP, 5));
	expect_sp(0, UP, 0, INVALID);
	sp_call(0, RESP, E(UP, MP));
	expect_sp(0, UP, 0, INVALID);
	sp_call(0, RESP, E(UP, 5), 1);
	expect_sp(0, UP, 0, INVALID);
	sp_call(0, RESP, E(UP, 5), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_RESP);
	expect_sp(0, UP, 0, INVALID);
	/* Nor does it leave otherwise. */
	sp_call(0, FFA_MSG_WAIT);
	expect_sp(0, UP, 0, ERR(FFA_DENIED));
	sp_call(0, RESP, E(UP, 5));
	expect_nwd(0, RESP, E(UP, 5));
	world_expect_quiet();
}

/* The framework's messages about VMs come to those that subscribed. */
WORLD_TEST(a_vm_is_created)
{
	world_manifest(UP)->vm_messages = SP_VM_CREATED | SP_VM_DESTROYED;
	world_boot_all(false);
	nwd_call(0, REQ, E(0, UP), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VM_CREATED_REQ, 0, 0, 9);
	expect_sp(0, UP, 0, REQ, E(0, UP), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VM_CREATED_REQ, 0, 0, 9);
	sp_call(0, RESP, E(UP, 0));
	expect_sp(0, UP, 0, INVALID);
	sp_call(0, RESP, E(UP, 0), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VM_DESTROYED_RESP);
	expect_sp(0, UP, 0, INVALID);
	sp_call(0, RESP, E(UP, 0), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VM_CREATED_RESP);
	expect_nwd(0, RESP, E(UP, 0), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VM_CREATED_RESP);
}

/* --- before and beside messages --- */

WORLD_TEST(sps_that_are_not_there)
{
	world_boot_all(false);
	nwd_call(0, FFA_RUN, E(0x8005, 0));
	expect_nwd(0, INVALID);
	nwd_call(0, FFA_RUN, E(UP, 1));
	expect_nwd(0, INVALID);
	nwd_call(0, FFA_RUN, E(MP, 4));
	expect_nwd(0, INVALID);
	nwd_call(0, REQ, E(0, UP));
	sp_call(0, FFA_RUN, E(0x8005, 0));
	expect_sp(0, UP, 0, INVALID);
	sp_call(0, REQ, E(UP, 0x8005));
	expect_sp(0, UP, 0, INVALID);
	sp_call(0, FFA_RUN, E(UP, 0)); /* itself */
	expect_sp(0, UP, 0, ERR(FFA_BUSY));
}

/* An MP SP with fewer contexts than there are cores is not on all of them. */
WORLD_TEST(no_context_here)
{
	world_manifest(MP)->ctx_count = 2;
	world_boot_all(false);
	world_core_up(3);
	expect_nwd(3, FFA_MSG_WAIT);
	nwd_call(3, REQ, E(0, MP));
	expect_nwd(3, INVALID);
	nwd_irq(3, PPI_MP);
	expect_nwd(3, FFA_NORMAL_WORLD_RESUME);
	nwd_call(3, REQ, E(0, UP));
	sp_call(3, REQ, E(UP, MP));
	expect_sp(3, UP, 0, INVALID);
}

/* --- console --- */

#define LOG32 FFA_CONSOLE_LOG_32

WORLD_TEST(what_they_say)
{
	world_boot_all(true);
	nwd_call(0, LOG32, 4, 0x6c6c6548);
	expect_nwd(0, SUCCESS4);
	nwd_call(1, LOG32, 3, 0x0a7961); /* each core has its own line */
	expect_nwd(1, SUCCESS4);
	assert_non_null(strstr(host_uart_text(), "normal world: ay\r\n"));
	nwd_call(0, LOG32, 2, 0x0a6f);
	assert_non_null(strstr(host_uart_text(), "normal world: Hello\r\n"));
	nwd_call(0, LOG32, 0);
	expect_nwd(0, INVALID);
	nwd_call(0, LOG32, 25);
	expect_nwd(0, INVALID);
	nwd_call(0, FFA_RUN, E(ME, 0));
	sp_call(0, FFA_CONSOLE_LOG_64, 10, UINT64_C(0x6867666564636261), 0x0a69);
	expect_sp(0, ME, 0, SUCCESS4);
	assert_non_null(strstr(host_uart_text(), "sp3: abcdefghi\r\n"));
	sp_call(0, FFA_CONSOLE_LOG_64, 129);
	expect_sp(0, ME, 0, INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_of_1_0),
		cmocka_unit_test(functions_of_1_1),
		cmocka_unit_test(functions_of_1_2),
		cmocka_unit_test(who_are_we),
		cmocka_unit_test(who_is_there),
		cmocka_unit_test(buffers),
		cmocka_unit_test(a_request_and_its_answer),
		cmocka_unit_test(messages_of_32_and_of_64_bits),
		cmocka_unit_test(messages_of_18_registers),
		cmocka_unit_test(wrong_requests),
		cmocka_unit_test(wrong_answers),
		cmocka_unit_test(a_vm_is_created),
		cmocka_unit_test(sps_that_are_not_there),
		cmocka_unit_test(no_context_here),
		cmocka_unit_test(what_they_say),
	};

	return UNIT_RUN(tests);
}
