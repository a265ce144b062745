/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite spmc/spmc_power: SPs boot, cores come up, go off and come again, and what SPMD itself asks. FF-A
 * 1.2, 4.4, 18.2.
 */
#include "world.h"

#include "arch/host.h"
#include "core/percpu.h"
#include "core/vcpu.h"

#define OFF(core) nwd_call(core, REQ, E(FFA_ID_SPMD, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF)
#define TOLD(core)                                                                                                     \
	expect_sp(core, MP, core, REQ, E(SPMC, MP), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF)
#define SAY(core, status)                                                                                              \
	sp_call(core, RESP, E(MP, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_RESP, (uint32_t)(status))
#define ANSWER(message, w3) RESP, E(SPMC, FFA_ID_SPMD), FFA_DIRECT_FRAMEWORK | (message), (uint32_t)(w3)
#define OFF_OK		    ANSWER(FFA_FRAMEWORK_PSCI_RESP, 0)
/* nwd_refuse_power_off(): SPMD wants a response, but not that one; then it asks once more, and takes the error. */
#define REFUSED                                                                                                        \
	FFA_MSG_SEND_DIRECT_RESP_64, E(SPMC, FFA_ID_SPMD), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_RESP,             \
		(uint32_t)PSCI_DENIED
#define expect_refused(core)                                                                                           \
	do {                                                                                                           \
		expect_nwd(core, REFUSED);                                                                             \
		nwd_call(core, REFUSED);                                                                               \
		expect_nwd(core, ERR(FFA_NOT_SUPPORTED));                                                              \
	} while (0)

static uint64_t pc(unsigned int core)
{
	return world_ctx(MP, core)->v->arch.pc;
}

/* --- boot --- */

WORLD_TEST(sps_boot_in_their_order)
{
	world_manifest(UP)->boot_order = 7;
	world_manifest(QU)->boot_order = 0;
	world_boot();
	expect_sp(0, QU, 0, 0);
	assert_true(world_held(0));
	sp_call(0, REQ, E(QU, UP)); /* which has not booted */
	expect_sp(0, QU, 0, ERR(FFA_DENIED));
	sp_call(0, FFA_RUN, E(UP, 0));
	expect_sp(0, QU, 0, ERR(FFA_DENIED));
	sp_call(0, FFA_YIELD);
	expect_sp(0, QU, 0, ERR(FFA_DENIED));
	sp_call(0, RESP, E(QU, 0));
	expect_sp(0, QU, 0, ERR(FFA_DENIED));
	sp_call(0, FFA_MSG_WAIT, 0, 2);
	expect_sp(0, QU, 0, ERR(FFA_INVALID_PARAMETERS));
	sp_call(0, FFA_MSG_WAIT);
	expect_sp(0, MP, 0, 0);
	/* Those that have can be called. */
	sp_call(0, REQ, E(MP, QU), 0, 5);
	expect_sp(0, QU, 0, REQ, E(MP, QU), 0, 5);
	assert_true(world_held(0));
	sp_call(0, RESP, E(QU, MP), 0, 6);
	expect_sp(0, MP, 0, RESP, E(QU, MP), 0, 6);
	sp_call(0, FFA_MSG_WAIT);
	expect_sp(0, ME, 0, 0);
	sp_call(0, FFA_MSG_WAIT);
	expect_sp(0, UP, 0, 0);
	sp_call(0, FFA_MSG_WAIT);
	expect_nwd(0, FFA_MSG_WAIT);
	assert_false(world_held(0));
	world_expect_quiet();
}

/* Its secure interrupt waits until it has booted. */
WORLD_TEST(an_interrupt_while_sps_boot)
{
	world_manifest(UP)->gp_register = 0;
	world_boot();
	expect_sp(0, UP, 0, world_manifest(UP)->load_address); /* its boot information */
	assert_int_equal(sp_hvc(0, HF_INTERRUPT_ENABLE, SPI_UP, 1, 0), 0);
	sp_irq(0, SPI_UP);
	sp_call(0, FFA_MSG_WAIT);
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	/* It takes its time: the next one that boots has its own. */
	world_pass(99 * MS);
	sp_hvc(0, HF_INTERRUPT_GET);
	sp_call(0, FFA_MSG_WAIT);
	expect_sp(0, MP, 0, 0);
	world_pass(1999 * MS);
	expect_sp(0, MP, 0, 0);
}

WORLD_TEST(one_faults_while_it_boots)
{
	world_boot();
	sp_fault(0);
	expect_sp(0, MP, 0, 0);
	sp_fault(0);
	expect_sp(0, ME, 0, 0);
	sp_call(0, FFA_MSG_WAIT);
	sp_call(0, FFA_MSG_WAIT);
	expect_nwd(0, FFA_MSG_WAIT);
	nwd_call(0, REQ, E(0, UP));
	expect_nwd(0, ERR(FFA_ABORTED));
	/* No context of one that was aborted boots on another core. */
	world_core_up(1);
	expect_nwd(1, FFA_MSG_WAIT);
	expect_state(MP, 1, SP_ABORTED);
}

WORLD_TEST(one_does_not_end_its_boot)
{
	world_boot();
	sp_call(0, FFA_MSG_WAIT);
	assert_int_equal(sp_hvc(0, HF_INTERRUPT_ENABLE, PPI_MP, 1, 0), 0);
	assert_true(host_irq_enabled(0, PPI_MP));
	world_pass(1999 * MS);
	expect_sp(0, MP, 0, 0, PPI_MP, 1);
	world_pass(1 * MS);
	expect_sp(0, ME, 0, 0);
	assert_non_null(strstr(host_uart_text(), "did not reach FFA_MSG_WAIT"));
	/* It ends as a whole. */
	expect_state(MP, 0, SP_ABORTED);
	expect_state(MP, 3, SP_ABORTED);
	assert_false(host_irq_enabled(0, PPI_MP));
	/* The next one has its own time. */
	world_pass(1999 * MS);
	expect_sp(0, ME, 0, 0);
	sp_call(0, FFA_MSG_WAIT);
	sp_call(0, FFA_MSG_WAIT);
	world_core_up(1);
	expect_nwd(1, FFA_MSG_WAIT);
}

/* Its time ends while another one works for it: that one is not to blame, unless it does not end either. */
WORLD_TEST(one_does_not_end_its_boot_but_calls_others)
{
	world_boot();
	sp_call(0, FFA_MSG_WAIT);
	world_pass(1000 * MS);
	sp_call(0, REQ, E(MP, UP));
	world_pass(1000 * MS);
	expect_sp(0, UP, 0, REQ, E(MP, UP));
	expect_state(MP, 0, SP_ABORTED);
	world_pass(1000 * MS);
	sp_call(0, RESP, E(UP, MP));
	expect_sp(0, ME, 0, 0);
	expect_state(UP, 0, SP_IDLE);
	sp_call(0, REQ, E(ME, UP));
	world_pass(2000 * MS);
	expect_sp(0, UP, 0, REQ, E(ME, UP));
	world_pass(2000 * MS);
	expect_sp(0, QU, 0, 0);
	expect_state(UP, 0, SP_ABORTED);
	expect_state(ME, 0, SP_ABORTED);
	sp_call(0, FFA_MSG_WAIT);
	expect_nwd(0, FFA_MSG_WAIT);
}

WORLD_TEST(where_other_contexts_start)
{
	const uint64_t base = world_manifest(MP)->load_address, entry = base + 0x1000;

	world_boot();
	sp_call(0, FFA_MSG_WAIT);
	sp_call(0, FFA_SECONDARY_EP_REGISTER, base - 4);
	expect_sp(0, MP, 0, ERR(FFA_INVALID_PARAMETERS));
	sp_call(0, FFA_SECONDARY_EP_REGISTER, base + world_manifest(MP)->mem_size);
	expect_sp(0, MP, 0, ERR(FFA_INVALID_PARAMETERS));
	sp_call(0, FFA_SECONDARY_EP_REGISTER, base + 0x1002);
	expect_sp(0, MP, 0, ERR(FFA_INVALID_PARAMETERS));
	sp_call(0, FFA_SECONDARY_EP_REGISTER, base + 0x2000);
	expect_sp(0, MP, 0, SUCCESS4);
	sp_call(0, FFA_SECONDARY_EP_REGISTER, base + world_manifest(MP)->mem_size - 4);
	expect_sp(0, MP, 0, SUCCESS4);
	sp_call(0, FFA_SECONDARY_EP_REGISTER, base + 0x3000);
	expect_sp(0, MP, 0, SUCCESS4);
	sp_call(0, FFA_MSG_WAIT);
	sp_call(0, FFA_MSG_WAIT);
	sp_call(0, FFA_MSG_WAIT);
	world_core_up(1);
	expect_sp(1, MP, 1, 0);
	assert_int_equal(pc(1), base + 0x3000);
	sp_call(1, FFA_SECONDARY_EP_REGISTER, entry);
	expect_sp(1, MP, 1, ERR(FFA_DENIED));
	/* Until it has booted there nobody can call it there. */
	world_pass(2000 * MS);
	expect_nwd(1, FFA_MSG_WAIT);
	nwd_call(0, REQ, E(0, MP));
	expect_nwd(0, ERR(FFA_ABORTED));
}

WORLD_TEST(not_before_its_first_context)
{
	world_boot();
	/* The normal world isn't there yet, but it costs nothing. */
	world_core_up(1);
	expect_nwd(1, FFA_MSG_WAIT);
	nwd_call(1, REQ, E(0, MP));
	expect_nwd(1, ERR(FFA_DENIED));
	nwd_call(1, FFA_RUN, E(MP, 1));
	expect_nwd(1, ERR(FFA_DENIED));
	nwd_call(1, REQ, E(0, ME));
	expect_nwd(1, ERR(FFA_DENIED));
	expect_state(MP, 1, SP_RESET);
}

/* --- what SPMD asks --- */

WORLD_TEST(spmd_asks)
{
	world_boot_all(false);
	nwd_call(0, REQ, E(FFA_ID_SPMD, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VERSION_REQ, FFA_VERSION_1_1);
	expect_nwd(0, ANSWER(FFA_FRAMEWORK_VERSION_RESP, FFA_VERSION_1_2));
	nwd_call(0, FFA_ID_GET);
	expect_nwd(0, SUCCESS4);
	nwd_call(0, REQ, E(FFA_ID_SPMD, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VERSION_REQ, FFA_VERSION_1_2);
	expect_nwd(0, ANSWER(FFA_FRAMEWORK_VERSION_RESP, FFA_NOT_SUPPORTED)); /* it has been used */
	nwd_call(0, REQ, E(FFA_ID_SPMD, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_BOOT_REQ, 0);
	expect_nwd(0, OFF_OK);
	nwd_call(0, REQ, E(FFA_ID_SPMD, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_REQ, 0x84000003);
	expect_nwd(0, OFF_OK);
	expect_state(MP, 0, SP_IDLE);
	nwd_call(0, REQ, E(FFA_ID_SPMD, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VM_CREATED_REQ);
	expect_nwd(0, ERR(FFA_INVALID_PARAMETERS));
	/* Without the framework's bit it is a message like any other. */
	nwd_call(0, REQ, E(FFA_ID_SPMD, SPMC), FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF);
	expect_nwd(0, ERR(FFA_INVALID_PARAMETERS));
	nwd_call(0, REQ, E(1, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF);
	expect_nwd(0, ERR(FFA_INVALID_PARAMETERS));
	nwd_call(0, FFA_MSG_SEND_DIRECT_REQ_64, E(FFA_ID_SPMD, SPMC), FFA_DIRECT_FRAMEWORK, PSCI_CPU_OFF);
	expect_nwd(0, ERR(FFA_INVALID_PARAMETERS));
}

/* --- a core goes off --- */

WORLD_TEST(a_core_goes_off_and_comes_again)
{
	world_boot_all(true);
	OFF(1);
	TOLD(1);
	assert_true(world_held(1));
	SAY(1, PSCI_SUCCESS);
	expect_nwd(1, OFF_OK);
	assert_false(world_held(1));
	cpus_online &= ~BIT(1);
	nwd_call(0, REQ, E(0, MP));
	sp_call(0, RESP, E(MP, 0));
	expect_nwd(0, RESP, E(MP, 0));
	world_core_up(1);
	expect_nwd(1, FFA_MSG_WAIT);
	expect_state(MP, 1, SP_IDLE);
	nwd_call(1, REQ, E(0, MP), 0, 3);
	expect_sp(1, MP, 1, REQ, E(0, MP), 0, 3);
	sp_call(1, RESP, E(MP, 0));
	world_expect_quiet();
}

WORLD_TEST(an_sp_minds)
{
	world_manifest(UP)->ctx_count = CORES;
	world_manifest(UP)->power_messages = SP_POWER_CPU_OFF;
	world_boot_all(false);
	OFF(0);
	expect_sp(0, UP, 0, REQ, E(SPMC, UP), FFA_DIRECT_FRAMEWORK, PSCI_CPU_OFF);
	/* Not what answers it. */
	sp_call(0, RESP, E(UP, SPMC), 0, PSCI_SUCCESS);
	expect_sp(0, UP, 0, ERR(FFA_INVALID_PARAMETERS));
	sp_call(0, RESP, E(UP, 0), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_RESP, PSCI_SUCCESS);
	expect_sp(0, UP, 0, ERR(FFA_INVALID_PARAMETERS));
	sp_call(0, RESP, E(UP, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_RESP, (uint32_t)PSCI_DENIED);
	/* The others are not told what will not be. */
	expect_refused(0);
	OFF(0);
	sp_call(0, RESP, E(UP, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_RESP, PSCI_SUCCESS);
	TOLD(0);
	SAY(0, PSCI_SUCCESS);
	expect_nwd(0, OFF_OK);
	world_expect_quiet();
}

/* What stands still here could be finished nowhere else. */
WORLD_TEST(not_while_one_stands_still_here)
{
	world_boot_all(true);
	nwd_call(1, REQ, E(0, UP));
	sp_fiq(1);
	OFF(1);
	expect_refused(1);
	OFF(0);
	TOLD(0);
	SAY(0, PSCI_SUCCESS);
	/* It goes on elsewhere. */
	nwd_call(2, FFA_RUN, E(UP, 0));
	OFF(1);
	TOLD(1);
	SAY(1, PSCI_SUCCESS);
	expect_nwd(1, OFF_OK);
	sp_call(2, REQ, E(UP, QU));
	world_pass(100 * MS);
	sp_fiq(2);
	expect_nwd(2, FFA_INTERRUPT, E(UP, 0));
	OFF(2);
	expect_refused(2);
	nwd_call(3, FFA_RUN, E(UP, 0)); /* all of the chain, also what does not run at once */
	sp_fiq(3);
	world_pass(100 * MS);
	sp_fiq(3);
	OFF(3);
	expect_refused(3);
	OFF(2);
	TOLD(2);
	SAY(2, PSCI_SUCCESS);
	nwd_call(3, FFA_RUN, E(UP, 0));
	sp_call(3, RESP, E(QU, UP));
	sp_call(3, FFA_YIELD);
	expect_nwd(3, FFA_YIELD, E(UP, 0));
	OFF(3);
	expect_refused(3);
	nwd_call(3, FFA_RUN, E(UP, 0));
	sp_call(3, RESP, E(UP, 0));
	OFF(3);
	TOLD(3);
	SAY(3, PSCI_SUCCESS);
	world_expect_quiet();
}

/* It takes too long, or yields: this CPU_OFF fails, and it goes on by FFA_RUN. */
WORLD_TEST(an_sp_takes_its_time)
{
	world_boot_all(false);
	OFF(0);
	world_pass(100 * MS);
	TOLD(0);
	sp_fiq(0);
	expect_refused(0);
	OFF(0);
	expect_refused(0);
	nwd_call(0, FFA_RUN, E(MP, 0));
	TOLD(0);
	SAY(0, PSCI_SUCCESS);
	expect_nwd(0, FFA_MSG_WAIT);
	OFF(0);
	sp_call(0, FFA_YIELD);
	expect_refused(0);
	nwd_call(0, FFA_RUN, E(MP, 0));
	SAY(0, PSCI_DENIED);
	expect_nwd(0, FFA_MSG_WAIT);
	OFF(0);
	TOLD(0);
	SAY(0, PSCI_SUCCESS);
	expect_nwd(0, OFF_OK);
	world_expect_quiet();
}

WORLD_TEST(an_sp_faults_when_it_is_told)
{
	world_boot_all(true);
	OFF(1);
	sp_fault(1);
	expect_nwd(1, OFF_OK);
	expect_state(MP, 1, SP_ABORTED);
	OFF(2);
	expect_nwd(2, OFF_OK);
}

/* Its SPIs go to a core that stays. */
WORLD_TEST(interrupts_go_elsewhere)
{
	world_manifest(UP)->device[0].irq[0].targeted = true;
	world_manifest(UP)->device[0].irq[0].mpidr = 1;
	world_boot_all(true);
	assert_int_equal(world_route(SPI_UP), 1);
	OFF(1);
	SAY(1, PSCI_DENIED);
	expect_refused(1);
	assert_int_equal(world_route(SPI_UP), 1);
	OFF(1);
	assert_int_equal(world_route(SPI_UP), 1);
	SAY(1, PSCI_SUCCESS);
	expect_nwd(1, OFF_OK);
	assert_int_equal(world_route(SPI_UP), 0);
	assert_int_equal(world_route(SPI_ME), 0);
	cpus_online &= ~BIT(1);
	world_core_up(1);
	assert_int_equal(world_route(SPI_UP), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sps_boot_in_their_order),
		cmocka_unit_test(an_interrupt_while_sps_boot),
		cmocka_unit_test(one_faults_while_it_boots),
		cmocka_unit_test(one_does_not_end_its_boot),
		cmocka_unit_test(one_does_not_end_its_boot_but_calls_others),
		cmocka_unit_test(where_other_contexts_start),
		cmocka_unit_test(not_before_its_first_context),
		cmocka_unit_test(spmd_asks),
		cmocka_unit_test(a_core_goes_off_and_comes_again),
		cmocka_unit_test(an_sp_minds),
		cmocka_unit_test(not_while_one_stands_still_here),
		cmocka_unit_test(an_sp_takes_its_time),
		cmocka_unit_test(an_sp_faults_when_it_is_told),
		cmocka_unit_test(interrupts_go_elsewhere),
	};

	return UNIT_RUN(tests);
}
