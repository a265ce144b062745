/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite spmc/spmc_edges: guards of the engine that no other test misses when they are taken out. Each was found by a
 * change to the code that all the other suites let pass.
 */
#include "world.h"

#include "arch/host.h"
#include "core/percpu.h"
#include "core/vcpu.h"

#define GET(core)	   sp_hvc(core, HF_INTERRUPT_GET)
#define DONE(core, intid)  assert_int_equal(sp_hvc(core, HF_INTERRUPT_DEACTIVATE, intid, intid), 0)
#define ENABLE(core, irq)  assert_int_equal(sp_hvc(core, HF_INTERRUPT_ENABLE, irq, 1, 0), 0)
#define INTERRUPTED(id, k) FFA_INTERRUPT, E(id, k)
#define INVALID		   ERR(FFA_INVALID_PARAMETERS)
#define OFF(core)	   nwd_call(core, REQ, E(FFA_ID_SPMD, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF)
#define RESULT(kind, w3)   kind, E(SPMC, FFA_ID_SPMD), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_RESP, (uint32_t)(w3)
#define OFF_OK		   RESULT(RESP, PSCI_SUCCESS)
#define REFUSED		   RESULT(FFA_MSG_SEND_DIRECT_RESP_64, PSCI_DENIED)

/* All SPs boot, and those with an SPI enable it meanwhile. */
static void boot(bool all)
{
	world_boot();
	ENABLE(0, SPI_UP);
	sp_call(0, FFA_MSG_WAIT);
	sp_call(0, FFA_MSG_WAIT);
	ENABLE(0, SPI_ME);
	sp_call(0, FFA_MSG_WAIT);
	ENABLE(0, SPI_QU);
	sp_call(0, FFA_MSG_WAIT);
	expect_nwd(0, FFA_MSG_WAIT);
	for (unsigned int i = 1; all && i < CORES; i++) {
		world_core_up(i);
		sp_call(i, FFA_MSG_WAIT);
	}
}

static void request(unsigned int core, uint16_t id)
{
	nwd_call(core, REQ, E(0, id));
	expect_sp(core, id, id == MP ? core : 0, REQ, E(0, id));
}

static void request_of(unsigned int core, uint16_t from, uint16_t to)
{
	sp_call(core, REQ, E(from, to));
	expect_sp(core, to, to == MP ? core : 0, REQ, E(from, to));
}

static void handle(unsigned int core, uint32_t intid)
{
	assert_int_equal(GET(core), intid);
	DONE(core, intid);
	sp_call(core, FFA_MSG_WAIT);
}

/* --- an SP with fewer contexts than there are cores --- */

static void boot_two(void)
{
	world_manifest(MP)->ctx_count = 2;
	world_boot_all(false);
	world_core_up(1);
	expect_sp(1, MP, 1, 0);
	sp_call(1, FFA_MSG_WAIT);
	world_core_up(2);
	expect_nwd(2, FFA_MSG_WAIT);
}

/* Two contexts are each bound to their core, as four are. */
WORLD_TEST(two_contexts_are_bound)
{
	boot_two();
	nwd_call(0, FFA_RUN, E(MP, 1));
	expect_nwd(0, INVALID);
	request(0, MP);
	sp_fiq(0);
	expect_nwd(0, INTERRUPTED(MP, 0));
	nwd_call(1, FFA_RUN, E(MP, 0));
	expect_nwd(1, INVALID);
	nwd_call(0, FFA_RUN, E(MP, 0));
	sp_call(0, FFA_YIELD);
	expect_nwd(0, FFA_YIELD, E(MP, 0));
	nwd_call(1, FFA_RUN, E(MP, 0));
	expect_nwd(1, INVALID);
	nwd_call(0, FFA_RUN, E(MP, 0));
	sp_call(0, RESP, E(MP, 0));
	expect_nwd(0, RESP, E(MP, 0));
	world_expect_quiet();
}

/* A core on which it has none: nobody to call, and nobody to tell that the core goes. */
WORLD_TEST(no_context_on_this_core)
{
	boot_two();
	nwd_call(2, REQ, E(0, MP));
	expect_nwd(2, INVALID);
	nwd_call(2, FFA_RUN, E(MP, 2));
	expect_nwd(2, INVALID);
	OFF(2);
	expect_nwd(2, OFF_OK);
	OFF(1);
	expect_sp(1, MP, 1, REQ, E(SPMC, MP), FFA_DIRECT_FRAMEWORK, PSCI_CPU_OFF);
}

/* What is behind the last context is not one. */
WORLD_TEST(behind_the_last_context)
{
	boot(true);
	request(3, MP);
	sp_fiq(3);
	expect_state(MP, 3, SP_PREEMPTED);
	sp_find(MP)->manifest.ctx_count = 3;
	nwd_call(3, FFA_RUN, E(MP, 3));
	expect_nwd(3, INVALID);
	OFF(3);
	expect_nwd(3, OFF_OK);
	request(0, MP);
	sp_fault(0);
	expect_state(MP, 2, SP_ABORTED);
	expect_state(MP, 3, SP_PREEMPTED);
}

/* --- versions --- */

/* Before 1.2, w2 of MSG_WAIT was not looked at, and the RX buffer is released always. */
WORLD_TEST(wait_of_1_1)
{
	const uint64_t tx = world_manifest(UP)->load_address + 0x2000, rx = tx + 0x1000;
	const uint32_t size = 24; /* of a descriptor of 1.1 */

	world_manifest(UP)->ffa_version = FFA_VERSION_1_1;
	world_boot_all(false);
	for (unsigned int flags = 0; flags < 4; flags++) {
		nwd_call(0, FFA_RUN, E(UP, 0));
		if (!flags) {
			sp_call(0, FFA_RXTX_MAP_64, tx, rx, 1);
			expect_sp(0, UP, 0, SUCCESS4);
		}
		sp_call(0, FFA_PARTITION_INFO_GET);
		expect_sp(0, UP, 0, FFA_SUCCESS_32, 0, SPS, size);
		sp_call(0, FFA_MSG_WAIT, 0, flags);
		expect_nwd(0, FFA_MSG_WAIT);
	}
}

/* The normal world's is 1.0 until it says another. */
WORLD_TEST(normal_world_of_1_0)
{
	world_boot_all(false);
	nwd_call(0, FFA_SPM_ID_GET);
	expect_nwd(0, ERR(FFA_NOT_SUPPORTED));
	nwd_call(0, FFA_ID_GET);
	expect_nwd(0, SUCCESS4);
}

static void expect_feature(const uint64_t *x, bool yes, uint32_t w2)
{
	assert_int_equal(x[0], yes ? FFA_SUCCESS_32 : FFA_ERROR);
	assert_int_equal(x[2], yes ? w2 : (uint32_t)FFA_NOT_SUPPORTED);
}

/* Of which version on the interrupts of the framework are told, and how large a buffer may be. */
static void features_of(uint32_t version)
{
	const bool has = version >= FFA_VERSION_1_1;

	world_manifest(UP)->ffa_version = version;
	world_boot_all(false);
	nwd_call(0, REQ, E(FFA_ID_SPMD, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VERSION_REQ, version);
	nwd_call(0, FFA_FEATURES, FFA_FEATURE_SRI);
	expect_feature(world_x(0), has, HF_INTID_SRI);
	nwd_call(0, FFA_FEATURES, FFA_RXTX_MAP_64);
	expect_feature(world_x(0), true, version >= FFA_VERSION_1_2 ? MAIL_PAGES_MAX << 16 : 0);
	nwd_call(0, FFA_RUN, E(UP, 0));
	sp_call(0, FFA_FEATURES, FFA_FEATURE_NPI);
	expect_feature(world_x(0), has, HF_INTID_NPI);
	sp_call(0, FFA_FEATURES, FFA_FEATURE_MEI);
	expect_feature(world_x(0), has, HF_INTID_MANAGED_EXIT);
	sp_call(0, FFA_FEATURES, FFA_RXTX_MAP_64);
	expect_feature(world_x(0), true, version >= FFA_VERSION_1_2 ? MAIL_PAGES_MAX << 16 : 0);
}

WORLD_TEST(features_of_1_0)
{
	features_of(FFA_VERSION_1_0);
}

WORLD_TEST(features_of_1_1)
{
	features_of(FFA_VERSION_1_1);
}

WORLD_TEST(features_of_1_2)
{
	features_of(FFA_VERSION_1_2);
}

/* Nobody's entry point changes after its boot. */
WORLD_TEST(entry_after_the_boot)
{
	const uint64_t at = world_manifest(MP)->load_address + 0x3000;

	world_boot_all(false);
	request(0, MP);
	sp_call(0, FFA_SECONDARY_EP_REGISTER, at);
	expect_sp(0, MP, 0, ERR(FFA_DENIED));
	sp_call(0, RESP, E(MP, 0));
	world_core_up(1);
	expect_sp(1, MP, 1, 0);
	assert_int_equal(world_ctx(MP, 1)->v->arch.pc, at - 0x2000);
}

/* --- a core goes off --- */

/* The first one yields instead of an answer: CPU_OFF has failed, and the next one is not told of it. */
WORLD_TEST(none_is_told_after_one_that_yields)
{
	world_manifest(UP)->ctx_count = CORES;
	world_manifest(UP)->power_messages = SP_POWER_CPU_OFF;
	world_boot_all(false);
	OFF(0);
	expect_sp(0, UP, 0, REQ, E(SPMC, UP), FFA_DIRECT_FRAMEWORK, PSCI_CPU_OFF);
	sp_call(0, FFA_YIELD);
	expect_nwd(0, REFUSED);
	expect_state(MP, 0, SP_IDLE);
	nwd_call(0, FFA_RUN, E(UP, 0));
	sp_call(0, RESP, E(UP, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_RESP, PSCI_SUCCESS);
	expect_nwd(0, FFA_MSG_WAIT);
	world_expect_quiet();
}

/* Of a chain that was preempted here only the head is left: it is still to be finished here. */
WORLD_TEST(not_while_a_caller_stands_still_here)
{
	boot(true);
	request(1, UP);
	request_of(1, UP, MP);
	sp_fiq(1);
	expect_nwd(1, INTERRUPTED(UP, 0));
	request(0, MP);
	sp_fault(0);
	expect_state(MP, 1, SP_ABORTED);
	expect_state(UP, 0, SP_CHAIN_PREEMPTED);
	OFF(1);
	expect_nwd(1, REFUSED);
	nwd_call(1, REFUSED);
	nwd_call(1, FFA_RUN, E(UP, 0));
	expect_sp(1, UP, 0, ERR(FFA_ABORTED));
	sp_call(1, RESP, E(UP, 0));
	OFF(1);
	expect_nwd(1, OFF_OK);
}

/* Who could not boot on a core, since its first context had not, does when the core comes again. */
WORLD_TEST(boots_when_the_core_comes_again)
{
	world_boot();
	world_core_up(1);
	expect_nwd(1, FFA_MSG_WAIT);
	expect_state(MP, 1, SP_RESET);
	for (unsigned int i = 0; i < SPS; i++)
		sp_call(0, FFA_MSG_WAIT);
	expect_nwd(0, FFA_MSG_WAIT);
	OFF(1);
	expect_nwd(1, OFF_OK);
	cpus_online &= ~BIT(1);
	world_core_up(1);
	expect_sp(1, MP, 1, 0);
	sp_call(1, FFA_MSG_WAIT);
	world_expect_quiet();
}

/* --- interrupts of the normal world --- */

/* Its time is over under a handler: the one below, who kept nothing back, is preempted once and as a whole. */
WORLD_TEST(preempted_after_a_long_handler)
{
	boot(false);
	request(0, UP);
	sp_irq(0, SPI_QU);
	expect_sp(0, QU, 0, FFA_INTERRUPT, 0, SPI_QU);
	world_pass(100 * MS);
	assert_false(world_held(0));
	handle(0, SPI_QU);
	expect_sp(0, UP, 0, REQ, E(0, UP));
	sp_fiq(0);
	expect_nwd(0, INTERRUPTED(UP, 0));
	nwd_call(0, FFA_RUN, E(UP, 0));
	sp_call(0, RESP, E(UP, 0));
	world_expect_quiet();
}

/* One with a managed exit, called by one that keeps them back: nobody asks it to leave. */
WORLD_TEST(no_managed_exit_under_one_that_queues)
{
	boot(false);
	request(0, QU);
	request_of(0, QU, ME);
	assert_true(world_held(0));
	sp_fiq(0); /* none should come */
	expect_sp(0, ME, 0, REQ, E(QU, ME));
	assert_false(world_vi(0) || world_vf(0));
	assert_int_equal(GET(0), HF_INTERRUPT_NONE);
	sp_call(0, RESP, E(ME, QU));
	sp_call(0, RESP, E(QU, 0));
	world_expect_quiet();
}

/* --- secure interrupts, and how long their handlers have --- */

/* Where an idle owner ran last nobody is disturbed. */
WORLD_TEST(no_kick_for_an_idle_owner)
{
	boot(true);
	request(1, UP);
	sp_call(1, RESP, E(UP, 0));
	(void)world_take_kick(1);
	nwd_irq(0, SPI_UP);
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	assert_false(world_take_kick(1));
	handle(0, SPI_UP);
	world_expect_quiet();
}

/* It had to wait for one that keeps interrupts back; its own time starts when it is entered. */
WORLD_TEST(a_handler_after_a_call_has_its_own_time)
{
	boot(false);
	request(0, QU);
	sp_irq(0, SPI_UP);
	expect_sp(0, QU, 0, REQ, E(0, QU));
	world_pass(90 * MS);
	sp_call(0, RESP, E(QU, 0));
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	world_pass(99 * MS);
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	assert_true(world_held(0));
	handle(0, SPI_UP);
	expect_nwd(0, RESP, E(QU, 0));
	world_expect_quiet();
}

/* On top of one that was asked to leave it has what is left of that one's. */
WORLD_TEST(a_handler_on_top_has_the_chains_time)
{
	boot(false);
	request(0, ME);
	sp_fiq(0);
	assert_true(world_held(0));
	world_pass(90 * MS);
	sp_irq(0, SPI_UP);
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	assert_true(world_held(0));
	world_pass(10 * MS);
	assert_false(world_held(0));
	sp_fiq(0);
	expect_nwd(0, INTERRUPTED(ME, 0));
}

/* How often it was set aside counts for one interrupt, not for the next one. */
WORLD_TEST(the_next_interrupt_waits_no_longer)
{
	boot(false);
	nwd_irq(0, SPI_UP);
	for (unsigned int i = 0; i < 3; i++) {
		world_pass(100 * MS);
		expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
		world_pass((UINT64_C(10) << i) * MS);
		expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	}
	handle(0, SPI_UP);
	nwd_irq(0, SPI_UP);
	world_pass(100 * MS);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	world_pass(10 * MS);
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	handle(0, SPI_UP);
	world_expect_quiet();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_contexts_are_bound),
		cmocka_unit_test(no_context_on_this_core),
		cmocka_unit_test(behind_the_last_context),
		cmocka_unit_test(wait_of_1_1),
		cmocka_unit_test(normal_world_of_1_0),
		cmocka_unit_test(features_of_1_0),
		cmocka_unit_test(features_of_1_1),
		cmocka_unit_test(features_of_1_2),
		cmocka_unit_test(entry_after_the_boot),
		cmocka_unit_test(none_is_told_after_one_that_yields),
		cmocka_unit_test(not_while_a_caller_stands_still_here),
		cmocka_unit_test(boots_when_the_core_comes_again),
		cmocka_unit_test(preempted_after_a_long_handler),
		cmocka_unit_test(no_managed_exit_under_one_that_queues),
		cmocka_unit_test(no_kick_for_an_idle_owner),
		cmocka_unit_test(a_handler_after_a_call_has_its_own_time),
		cmocka_unit_test(a_handler_on_top_has_the_chains_time),
		cmocka_unit_test(the_next_interrupt_waits_no_longer),
	};

	return UNIT_RUN(tests);
}
