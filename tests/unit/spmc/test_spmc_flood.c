/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite spmc/spmc_flood: interrupts that come again and again leave the normal world its share of the core. */
#include "world.h"

#include "arch/host.h"

static void boot(void)
{
	world_boot();
	sp_hvc(0, HF_INTERRUPT_ENABLE, SPI_UP, 1, 0);
	sp_call(0, FFA_MSG_WAIT);
	sp_call(0, FFA_MSG_WAIT);
	sp_hvc(0, HF_INTERRUPT_ENABLE, SPI_ME, 1, 0);
	sp_call(0, FFA_MSG_WAIT);
	sp_call(0, FFA_MSG_WAIT);
}

static void get_and_done(void)
{
	assert_int_equal(sp_hvc(0, HF_INTERRUPT_GET), SPI_UP);
	assert_int_equal(sp_hvc(0, HF_INTERRUPT_DEACTIVATE, SPI_UP, SPI_UP), 0);
}

/* The line is still high: it comes again as soon as it is deactivated. A second of that. */
WORLD_TEST(a_level_that_nobody_quiets)
{
	unsigned int ms = 0;

	boot();
	nwd_irq(0, SPI_UP);
	for (; ms < 1000 && world_on(0); ms++) {
		get_and_done();
		sp_irq(0, SPI_UP);
		world_pass(1 * MS);
		if (world_on(0))
			sp_call(0, FFA_MSG_WAIT);
	}
	assert_in_range(ms, 1, 110);
}

/* The same, but it comes once the normal world has the core, before its first instruction. */
WORLD_TEST(a_level_that_comes_in_the_normal_world)
{
	unsigned int ms = 0;

	boot();
	for (; ms < 1000; ms += 50) {
		nwd_irq(0, SPI_UP);
		if (!world_on(0))
			break; /* the normal world goes on for a while */
		get_and_done();
		world_pass(50 * MS);
		if (world_on(0))
			sp_call(0, FFA_MSG_WAIT);
		assert_null(world_on(0));
	}
	assert_in_range(ms, 1, 250);
}

/* One that was set aside is due when there is no credit: it goes on once there is some. */
WORLD_TEST(set_aside_and_no_credit)
{
	boot();
	nwd_irq(0, SPI_UP);
	world_pass(100 * MS);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	nwd_irq(0, SPI_ME);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	world_pass(10 * MS);
	expect_sp(0, ME, 0, FFA_INTERRUPT, 0, SPI_ME);
	world_pass(39 * MS);
	sp_call(0, FFA_MSG_WAIT);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	world_pass(10 * MS);
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
	get_and_done();
	sp_call(0, FFA_MSG_WAIT);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
}

/* An interrupt that waits for credit: the core does not go off under it. */
WORLD_TEST(no_power_off_while_one_waits)
{
	world_manifest(MP)->other_s_action = SP_S_QUEUED; /* it is told in peace */
	boot();
	nwd_irq(0, SPI_UP);
	world_pass(100 * MS);
	nwd_call(0, FFA_RUN, E(UP, 0));
	get_and_done();
	sp_call(0, FFA_MSG_WAIT);
	expect_nwd(0, FFA_MSG_WAIT);
	nwd_irq(0, SPI_UP);
	expect_nwd(0, FFA_NORMAL_WORLD_RESUME);
	nwd_call(0, REQ, E(FFA_ID_SPMD, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF);
	sp_call(0, RESP, E(MP, SPMC), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_RESP, 0);
	expect_nwd(0, FFA_MSG_SEND_DIRECT_RESP_64, E(SPMC, FFA_ID_SPMD), FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_RESP,
		   (uint32_t)PSCI_DENIED);
	nwd_call(0, FFA_ERROR);
	world_pass(10 * MS);
	expect_sp(0, UP, 0, FFA_INTERRUPT, 0, SPI_UP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_level_that_nobody_quiets),
		cmocka_unit_test(a_level_that_comes_in_the_normal_world),
		cmocka_unit_test(set_aside_and_no_credit),
		cmocka_unit_test(no_power_off_while_one_waits),
	};

	return UNIT_RUN(tests);
}
