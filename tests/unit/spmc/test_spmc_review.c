/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite spmc/spmc_review: what a reviewer with fresh eyes found in the engine: lost kicks, cores that go off too early,
 * an SP that keeps a core.
 */
#include "world.h"

#include "arch/host.h"
#include "core/percpu.h"
#include "core/vcpu.h"
#include "plat/plat.h"

#define OFF(core) nwd_call(core, REQ, E(FFA_ID_SPMD, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF)
#define SAYS(core, id, status)                                                                                         \
	sp_call(core, RESP, E(id, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_RESP, (uint32_t)(status))
#define REFUSED                                                                                                        \
	FFA_MSG_SEND_DIRECT_RESP_64, E(SPMC, FFA_ID_SPMD), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_RESP,             \
		(uint32_t)PSCI_DENIED
#define OFF_OK RESP, E(SPMC, FFA_ID_SPMD), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_RESP, 0

static void boot_irqs(void)
{
	world_boot_all(true);
	/* UP enables SPI 40, MP PPI 20 on core 0. */
	nwd_call(0, REQ, E(0, UP));
	assert_int_equal(sp_hvc(0, HF_INTERRUPT_ENABLE, SPI_UP, 1, 0), 0);
	sp_call(0, RESP, E(UP, 0));
	nwd_call(0, REQ, E(0, MP));
	assert_int_equal(sp_hvc(0, HF_INTERRUPT_ENABLE, PPI_MP, 1, 0), 0);
	sp_call(0, RESP, E(MP, 0));
}

/* An SP minded a CPU_OFF; an ordinary call afterwards is answered by who was asked. */
WORLD_TEST(nobody_is_told_later)
{
	world_manifest(UP)->ctx_count = CORES;
	world_manifest(UP)->power_messages = SP_POWER_CPU_OFF;
	world_boot_all(false);
	OFF(0);
	SAYS(0, UP, PSCI_DENIED);
	expect_nwd(0, REFUSED);
	nwd_call(0, REFUSED);
	nwd_call(0, REQ, E(0, QU), 0, 5);
	expect_sp(0, QU, 0, REQ, E(0, QU), 0, 5);
	sp_call(0, RESP, E(QU, 0), 0, 6);
	expect_nwd(0, RESP, E(QU, 0), 0, 6);
}

/* A core whose SP was entered for an interrupt from the normal world gets the SGI that tells it of the abort. */
WORLD_TEST(told_of_the_abort)
{
	boot_irqs();
	nwd_irq(0, PPI_MP);
	expect_sp(0, MP, 0, FFA_INTERRUPT, 0, PPI_MP);
	(void)world_take_kick(0);
	nwd_call(1, REQ, E(0, MP));
	sp_fault(1);
	expect_state(MP, 0, SP_ABORTED);
	assert_true(world_take_kick(0));
}

/* The same for the bit of an interrupt: left from when the core was in the normal world. */
WORLD_TEST(kicked_for_each_interrupt)
{
	boot_irqs();
	/* The kick for something that has left core 0 meanwhile: as percpu_add_work() of another core leaves it. */
	percpu_add_work(&percpu[0], WORK_ENTER);
	any_irq(0, 0); /* SGI_KICK, in the normal world */
	nwd_call(0, REQ, E(0, UP));
	nwd_irq(1, SPI_UP);
	assert_true(world_take_kick(0));
	assert_true(world_vi(0));
}

/* SPIs go to a core that is there. */
WORLD_TEST(spis_go_to_a_core_that_is_on)
{
	boot_irqs();
	OFF(1);
	SAYS(1, MP, PSCI_SUCCESS);
	expect_nwd(1, OFF_OK);
	assert_false(__atomic_load_n(&cpus_online, __ATOMIC_RELAXED) & BIT(1));
}

/* A core does not go off under a handler that was set aside there. */
WORLD_TEST(not_with_one_set_aside)
{
	world_manifest(MP)->other_s_action = SP_S_QUEUED;
	boot_irqs();
	OFF(0);
	sp_irq(0, SPI_UP);
	SAYS(0, MP, PSCI_SUCCESS);
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	world_pass(100 * MS);
	if (world_on(0))
		sp_fiq(0);
	expect_state(UP, 0, SP_PREEMPTED);
	expect_nwd(0, REFUSED);
}

/* The normal world has the core again although it has no interrupt of its own. */
WORLD_TEST(a_handler_that_never_ends)
{
	boot_irqs();
	nwd_irq(0, SPI_UP);
	for (unsigned int i = 0; i < 1000 && world_on(0); i++)
		world_pass(10 * MS);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
}

/* One interrupt that nobody takes does not enter the SP again and again. */
WORLD_TEST(one_entry_each)
{
	boot_irqs();
	nwd_irq(0, SPI_UP);
	for (unsigned int i = 0; i < 50; i++) {
		expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
		sp_hvc(0, HF_INTERRUPT_ENABLE, SPI_UP, 0, 0);
		sp_hvc(0, HF_INTERRUPT_ENABLE, SPI_UP, 1, 0);
		sp_call(0, FFA_MSG_WAIT);
		if (!world_on(0))
			return;
	}
	fail_msg("entered 50 times");
}

/* Nobody calls them, and everybody asks for them. */
WORLD_TEST(features_of_answers)
{
	world_boot_all(false);
	nwd_call(0, FFA_FEATURES, FFA_ERROR);
	expect_nwd(0, SUCCESS4);
	nwd_call(0, FFA_FEATURES, FFA_SUCCESS_32);
	expect_nwd(0, SUCCESS4);
	nwd_call(0, FFA_FEATURES, FFA_INTERRUPT);
	expect_nwd(0, SUCCESS4);
}

/* Each that is told has its own time. */
WORLD_TEST(told_each_its_time)
{
	world_manifest(UP)->ctx_count = CORES;
	world_manifest(UP)->power_messages = SP_POWER_CPU_OFF;
	world_boot_all(false);
	OFF(0);
	world_pass(100 * MS);
	SAYS(0, UP, PSCI_SUCCESS);
	expect_sp(0, MP, 0, REQ, E(SPMC, MP), FFA_DIRECT_FRAMEWORK, PSCI_CPU_OFF);
	assert_true(world_held(0));
}

/* What one call of the normal world may print while interrupts are masked. */
WORLD_TEST(log_of_one_call)
{
	size_t before, n;

	world_boot_all(false);
	nwd_call(0, REQ, E(FFA_ID_SPMD, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VERSION_REQ, FFA_VERSION_1_2);
	before = strlen(host_uart_text());
	nwd_call(0, FFA_CONSOLE_LOG_64, 128, 0x0a610a610a610a61, 0x0a610a610a610a61, 0x0a610a610a610a61,
		 0x0a610a610a610a61, 0x0a610a610a610a61, 0x0a610a610a610a61, 0x0a610a610a610a61, 0x0a610a610a610a61,
		 0x0a610a610a610a61, 0x0a610a610a610a61, 0x0a610a610a610a61, 0x0a610a610a610a61, 0x0a610a610a610a61,
		 0x0a610a610a610a61, 0x0a610a610a610a61, 0x0a610a610a610a61);
	n = strlen(host_uart_text()) - before;
	assert_true(n > 50 && n < 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_told_later),
		cmocka_unit_test(told_of_the_abort),
		cmocka_unit_test(kicked_for_each_interrupt),
		cmocka_unit_test(spis_go_to_a_core_that_is_on),
		cmocka_unit_test(not_with_one_set_aside),
		cmocka_unit_test(a_handler_that_never_ends),
		cmocka_unit_test(one_entry_each),
		cmocka_unit_test(features_of_answers),
		cmocka_unit_test(told_each_its_time),
		cmocka_unit_test(log_of_one_call),
	};

	return UNIT_RUN(tests);
}
