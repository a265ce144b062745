/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/sint: who gets an interrupt, what the interrupt controller is told and when, and what an SP's calls about
 * interrupts answer, rightly or wrongly made.
 */
#include "unit.h"

#include "sint_world.h"

static void ppi_of_one_context(void **state UNUSED)
{
	const uint32_t ppi = next_ppi++;
	struct sp *sp = make_with(1, ppi);
	struct sp_ctx *c = &sp->ctx[0];

	for (unsigned int i = 0; i < CORES; i++)
		assert_false(host_irq_enabled(i, ppi)); /* not before the SP says so */
	on_core(2);
	assert_int_equal(hvc(c, HF_INTERRUPT_ENABLE, ppi, 1, 0), 0);
	for (unsigned int i = 0; i < CORES; i++)
		assert_true(host_irq_enabled(i, ppi));
	come(3, ppi);
	assert_int_equal(nr_looked, 1);
	assert_ptr_equal(looked[0], c);
	come(1, ppi);
	assert_int_equal(nr_looked, 2);
	assert_int_equal(deactivations(ppi, 1) + deactivations(ppi, 3) + ended_at_once(ppi), 0);
	on_core(0); /* wherever it runs */
	sint_set_lines(c);
	lines(c, true, false);
	assert_int_equal(hvc(c, HF_INTERRUPT_GET, 0, 0, 0), ppi);
	lines(c, true, false);
	assert_int_equal(hvc(c, HF_INTERRUPT_GET, 0, 0, 0), ppi);
	lines(c, false, false);
	assert_int_equal(hvc(c, HF_INTERRUPT_GET, 0, 0, 0), HF_INTERRUPT_NONE);
	assert_int_equal(hvc(c, HF_INTERRUPT_DEACTIVATE, ppi, ppi, 0), 0);
	assert_int_equal(hvc(c, HF_INTERRUPT_DEACTIVATE, ppi, ppi, 0), 0);
	assert_int_equal(deactivations(ppi, 1), 1);
	assert_int_equal(deactivations(ppi, 3), 1);
	assert_int_equal(hvc(c, HF_INTERRUPT_DEACTIVATE, ppi, ppi, 0), MINUS);
	assert_int_equal(hvc(c, HF_INTERRUPT_ENABLE, ppi, 0, 0), 0);
	for (unsigned int i = 0; i < CORES; i++)
		assert_false(host_irq_enabled(i, ppi));
}

static void ppi_of_bound_contexts(void **state UNUSED)
{
	const uint32_t ppi = next_ppi++;
	struct sp *sp = make_with(CORES, ppi);

	on_core(1);
	assert_int_equal(hvc(&sp->ctx[1], HF_INTERRUPT_ENABLE, ppi, 1, 0), 0);
	on_core(3);
	assert_int_equal(hvc(&sp->ctx[3], HF_INTERRUPT_ENABLE, ppi, 1, 1), 0);
	for (unsigned int i = 0; i < CORES; i++)
		assert_int_equal(host_irq_enabled(i, ppi), i == 1 || i == 3);
	come(3, ppi);
	assert_int_equal(nr_looked, 1);
	assert_ptr_equal(looked[0], &sp->ctx[3]);
	sint_set_lines(&sp->ctx[3]);
	lines(&sp->ctx[3], false, true); /* it wanted it by FIQ */
	on_core(1);
	assert_int_equal(hvc(&sp->ctx[1], HF_INTERRUPT_GET, 0, 0, 0), HF_INTERRUPT_NONE);
	assert_int_equal(hvc(&sp->ctx[1], HF_INTERRUPT_DEACTIVATE, ppi, ppi, 0), MINUS);
	on_core(3);
	assert_int_equal(hvc(&sp->ctx[3], HF_INTERRUPT_GET, 0, 0, 0), ppi);
	lines(&sp->ctx[3], false, false);
}

static void spi_goes_to_its_target(void **state UNUSED)
{
	const uint32_t spi = next_spi++;
	struct sp *sp = make(CORES);
	struct sp_irq *q = give(sp, spi, SP_IRQ_LEVEL | 0x60);

	q->targeted = true;
	q->mpidr = 2 << 8;
	assert_int_equal(sint_add(sp), OK);
	on_core(1);
	assert_int_equal(hvc(&sp->ctx[1], HF_INTERRUPT_ENABLE, spi, 1, 0), 0);
	assert_false(host_irq_enabled(0, spi)); /* the context that gets it has not */
	on_core(2);
	assert_int_equal(hvc(&sp->ctx[2], HF_INTERRUPT_ENABLE, spi, 1, 0), 0);
	assert_true(host_irq_enabled(0, spi));
	assert_int_equal(host_irq_priority(0, spi), 0x60);
	come(2, spi);
	assert_ptr_equal(looked[0], &sp->ctx[2]);
	/* To another core: what counts is now that one's context. */
	on_core(2);
	assert_int_equal(hvc(&sp->ctx[2], HF_INTERRUPT_RECONFIGURE, spi, HF_RECONFIGURE_TARGET, 3), 0);
	assert_false(host_irq_enabled(0, spi));
	assert_int_equal(hvc(&sp->ctx[2], HF_INTERRUPT_RECONFIGURE, spi, HF_RECONFIGURE_TARGET, 1), 0);
	assert_true(host_irq_enabled(0, spi));
	assert_int_equal(hvc(&sp->ctx[2], HF_INTERRUPT_RECONFIGURE, spi, HF_RECONFIGURE_TARGET, CORES), MINUS);
	cpus_online = BIT(2);
	assert_int_equal(hvc(&sp->ctx[2], HF_INTERRUPT_RECONFIGURE, spi, HF_RECONFIGURE_TARGET, 1), MINUS);
}

static void reconfigure(void **state UNUSED)
{
	const uint32_t spi = next_spi++, ppi = next_ppi++;
	struct sp *sp = make(1);
	struct sp_ctx *c = &sp->ctx[0];

	give(sp, spi, 0);
	give(sp, ppi, 0);
	assert_int_equal(sint_add(sp), OK);
	on_core(1);
	assert_int_equal(hvc(c, HF_INTERRUPT_ENABLE, spi, 1, 0), 0);
	assert_int_equal(hvc(c, HF_INTERRUPT_RECONFIGURE, spi, HF_RECONFIGURE_ENABLE, 0), 0);
	assert_false(host_irq_enabled(0, spi));
	assert_int_equal(hvc(c, HF_INTERRUPT_ENABLE, spi, 1, 0), 0);
	assert_false(host_irq_enabled(0, spi));
	assert_int_equal(hvc(c, HF_INTERRUPT_RECONFIGURE, spi, HF_RECONFIGURE_ENABLE, 1), 0);
	assert_true(host_irq_enabled(0, spi));
	assert_int_equal(hvc(c, HF_INTERRUPT_RECONFIGURE, spi, HF_RECONFIGURE_ENABLE, 2), MINUS);
	assert_int_equal(hvc(c, HF_INTERRUPT_RECONFIGURE, spi, HF_RECONFIGURE_SECURITY, 1), 0);
	assert_int_equal(hvc(c, HF_INTERRUPT_RECONFIGURE, spi, HF_RECONFIGURE_SECURITY, 0), MINUS);
	assert_int_equal(hvc(c, HF_INTERRUPT_RECONFIGURE, spi, 3, 1), MINUS);
	assert_int_equal(hvc(c, HF_INTERRUPT_RECONFIGURE, 999, HF_RECONFIGURE_ENABLE, 1), MINUS);
	assert_int_equal(hvc(c, HF_INTERRUPT_RECONFIGURE, HF_INTID_MANAGED_EXIT, HF_RECONFIGURE_ENABLE, 1), MINUS);
	/* One context can have an SPI only where it is (as in Hafnium), and a PPI is where it is. */
	assert_int_equal(hvc(c, HF_INTERRUPT_RECONFIGURE, spi, HF_RECONFIGURE_TARGET, 1), 0);
	assert_int_equal(hvc(c, HF_INTERRUPT_RECONFIGURE, spi, HF_RECONFIGURE_TARGET, 2), MINUS);
	assert_int_equal(hvc(c, HF_INTERRUPT_RECONFIGURE, ppi, HF_RECONFIGURE_TARGET, 1), MINUS);
	assert_true(host_irq_enabled(0, spi));
}

static void calls_that_are_wrong(void **state UNUSED)
{
	const uint32_t spi = next_spi++, other = next_spi++;
	struct sp *sp = make_with(1, spi);
	struct sp_ctx *c = &sp->ctx[0];
	struct sp_ctx *b = &make_with(1, other)->ctx[0];

	on_core(0);
	assert_int_equal(hvc(b, HF_INTERRUPT_ENABLE, other, 1, 0), 0);
	come(0, other);
	assert_int_equal(hvc(b, HF_INTERRUPT_GET, 0, 0, 0), other);
	/* Another's, in any way. */
	assert_int_equal(hvc(c, HF_INTERRUPT_ENABLE, other, 0, 0), MINUS);
	assert_int_equal(hvc(c, HF_INTERRUPT_DEACTIVATE, other, other, 0), MINUS);
	assert_int_equal(hvc(c, HF_INTERRUPT_RECONFIGURE, other, HF_RECONFIGURE_ENABLE, 0), MINUS);
	assert_true(host_irq_enabled(0, other));
	assert_int_equal(deactivations(other, 0), 0);
	/* Nobody's. */
	assert_int_equal(hvc(c, HF_INTERRUPT_ENABLE, 8, 1, 0), MINUS);
	assert_int_equal(hvc(c, HF_INTERRUPT_ENABLE, HF_INTID_MANAGED_EXIT, 1, 0), MINUS);
	assert_int_equal(hvc(c, HF_INTERRUPT_ENABLE, HF_INTID_NPI, 1, 0), MINUS);
	assert_int_equal(hvc(c, HF_INTERRUPT_ENABLE, UINT32_MAX, 1, 0), MINUS);
	assert_int_equal(hvc(c, HF_INTERRUPT_DEACTIVATE, UINT32_MAX, UINT32_MAX, 0), MINUS);
	/* Its own, wrongly. */
	assert_int_equal(hvc(c, HF_INTERRUPT_ENABLE, spi, 1, 2), MINUS);
	assert_false(host_irq_enabled(0, spi));
	assert_int_equal(hvc(c, HF_INTERRUPT_ENABLE, spi, 1, 0), 0);
	assert_int_equal(hvc(c, HF_INTERRUPT_DEACTIVATE, spi, spi, 0), MINUS);
	come(0, spi);
	assert_int_equal(hvc(c, HF_INTERRUPT_DEACTIVATE, spi, spi, 0), MINUS); /* not got yet */
	assert_int_equal(hvc(c, HF_INTERRUPT_GET, 0, 0, 0), spi);
	assert_int_equal(hvc(c, HF_INTERRUPT_DEACTIVATE, spi, other, 0), MINUS);
	assert_int_equal(hvc(c, HF_INTERRUPT_DEACTIVATE, other, spi, 0), MINUS);
	assert_int_equal(deactivations(spi, 0), 0);
	assert_int_equal(hvc(c, HF_INTERRUPT_SEND_IPI, 0, 0, 0), MINUS);
	/* 32-bit calls: what is above does not count. */
	assert_int_equal(hvc(c, HF_INTERRUPT_DEACTIVATE | BIT(40), spi | BIT(40), spi, 0), 0);
	assert_int_equal(deactivations(spi, 0), 1);
}

static void other_calls_are_not_ours(void **state UNUSED)
{
	static const uint32_t fns[] = { 0, 1, 0x84000061, 0xff02, 0xff05, 0xff06, 0xff0b, 0x1ff03, HF_TEST_PEND };
	struct sp *sp = make_with(1, next_spi++);

	for (unsigned int i = 0; i < ARRAY_SIZE(fns); i++) {
		sp->ctx[0].v->arch.x[0] = fns[i];
		assert_false(sint_hvc(sp->ctx[0].v));
		assert_int_equal(sp->ctx[0].v->arch.x[0], fns[i]);
	}
}

static void managed_exit(void **state UNUSED)
{
	struct sp *sp = make(1);
	struct sp_ctx *c = &sp->ctx[0];

	on_core(0);
	assert_int_equal(sint_add(sp), OK);
	assert_false(sint_managed_exit(c)); /* the manifest doesn't have it */
	sint_managed_exit_end(c);
	sp = make(1);
	c = &sp->ctx[0];
	sp->manifest.ns_action = SP_NS_MANAGED_EXIT;
	assert_int_equal(sint_add(sp), OK);
	assert_true(sint_managed_exit(c)); /* enabled from the start */
	lines(c, false, true);
	assert_true(sint_managed_exit(c)); /* again is the same */
	assert_int_equal(hvc(c, HF_INTERRUPT_GET, 0, 0, 0), HF_INTID_MANAGED_EXIT);
	lines(c, false, false);
	assert_int_equal(hvc(c, HF_INTERRUPT_DEACTIVATE, HF_INTID_MANAGED_EXIT, HF_INTID_MANAGED_EXIT, 0), 0);
	assert_int_equal(deactivations(HF_INTID_MANAGED_EXIT, 0), 0); /* nothing on the machine */
	assert_true(sint_managed_exit(c));
	sint_managed_exit_end(c); /* it did not look */
	sint_set_lines(c);
	lines(c, false, false);
	assert_int_equal(hvc(c, HF_INTERRUPT_GET, 0, 0, 0), HF_INTERRUPT_NONE);
	assert_int_equal(hvc(c, HF_INTERRUPT_ENABLE, HF_INTID_MANAGED_EXIT, 0, 1), 0);
	assert_false(sint_managed_exit(c));
	assert_int_equal(hvc(c, HF_INTERRUPT_ENABLE, HF_INTID_MANAGED_EXIT, 1, 0), 0);
	assert_true(sint_managed_exit(c));
	lines(c, false, true); /* the pin is the manifest's */
	assert_int_equal(nr_looked, 0);
	sp = make(1);
	c = &sp->ctx[0];
	sp->manifest.ns_action = SP_NS_MANAGED_EXIT;
	sp->manifest.managed_exit_virq = true;
	assert_int_equal(sint_add(sp), OK);
	assert_true(sint_managed_exit(c));
	lines(c, true, false);
	sint_abort(sp);
	assert_false(sint_managed_exit(c));
}

static void a_core_comes_later_and_goes(void **state UNUSED)
{
	const uint32_t ppi = next_ppi++, spi = next_spi++;
	struct sp *sp = make(CORES);
	struct sp_irq *q;

	cpus_online = BIT(0);
	give(sp, ppi, 0);
	q = give(sp, spi, 0);
	q->targeted = true;
	q->mpidr = 1 << 8;
	on_core(0);
	assert_int_equal(sint_add(sp), OK);
	assert_int_equal(hvc(&sp->ctx[0], HF_INTERRUPT_ENABLE, spi, 1, 0), 0);
	assert_true(host_irq_enabled(0, spi)); /* core 0 gets it as long as core 1 is not there */
	on_core(1);
	cpus_online |= BIT(1);
	sint_init_cpu();
	assert_false(host_irq_enabled(0, spi)); /* its own context has not enabled it yet */
	assert_int_equal(hvc(&sp->ctx[1], HF_INTERRUPT_ENABLE, spi, 1, 0), 0);
	assert_true(host_irq_enabled(0, spi));
	assert_int_equal(hvc(&sp->ctx[0], HF_INTERRUPT_ENABLE, spi, 0, 0), 0);
	assert_true(host_irq_enabled(0, spi)); /* core 0's is not the one that gets it */
	assert_int_equal(hvc(&sp->ctx[1], HF_INTERRUPT_ENABLE, ppi, 1, 0), 0);
	host_irq_disable_on(1, ppi); /* what turning it off and on does to the redistributor */
	sint_init_cpu();
	assert_true(host_irq_enabled(1, ppi));
	sint_exit_cpu();
	assert_false(host_irq_enabled(0, spi)); /* core 0's context gets it, which does not want it */
	cpus_online = BIT(0);
	on_core(0);
	sint_exit_cpu(); /* the last one: there is nobody */
}

static void an_abort_leaves_nothing_behind(void **state UNUSED)
{
	const uint32_t ppi = next_ppi++, spi = next_spi++;
	struct sp *sp = make(1);
	struct sp_ctx *c = &sp->ctx[0];

	give(sp, ppi, 0);
	give(sp, spi, 0);
	assert_int_equal(sint_add(sp), OK);
	on_core(0);
	assert_int_equal(hvc(c, HF_INTERRUPT_ENABLE, ppi, 1, 0), 0);
	assert_int_equal(hvc(c, HF_INTERRUPT_ENABLE, spi, 1, 0), 0);
	come(1, ppi);
	come(2, ppi);
	come(3, spi);
	on_core(0);
	assert_int_equal(hvc(c, HF_INTERRUPT_GET, 0, 0, 0), ppi);
	on_core(3);
	sint_abort(sp);
	for (unsigned int i = 0; i < CORES; i++)
		assert_false(host_irq_enabled(i, ppi));
	assert_false(host_irq_enabled(0, spi));
	assert_int_equal(deactivations(ppi, 1), 1);
	assert_int_equal(deactivations(ppi, 2), 1);
	assert_int_equal(deactivations(spi, 3), 1);
	sint_set_lines(c);
	lines(c, false, false);
	sint_abort(sp); /* once more does nothing */
	assert_int_equal(deactivations(ppi, 1) + deactivations(ppi, 2) + deactivations(spi, 3), 3);
	/* One that was on its way: nobody is told, and it is over. */
	nr_looked = 0;
	host_irq_enable_on(1, ppi);
	come(1, ppi);
	assert_int_equal(nr_looked, 0);
	assert_false(host_irq_enabled(1, ppi));
	assert_int_equal(ended_at_once(ppi), 1);
	/* And it cannot have it back. */
	assert_int_equal(hvc(c, HF_INTERRUPT_ENABLE, ppi, 1, 0), MINUS);
	assert_false(host_irq_enabled(0, ppi));
	on_core(1);
	sint_init_cpu();
	assert_false(host_irq_enabled(1, ppi));
}

static void disabled_it_waits_for_its_owner(void **state UNUSED)
{
	const uint32_t spi = next_spi++;
	struct sp *sp = make_with(1, spi);

	come(0, spi); /* it was on its way when it was disabled */
	assert_int_equal(nr_looked, 0);
	assert_int_equal(hvc(&sp->ctx[0], HF_INTERRUPT_GET, 0, 0, 0), HF_INTERRUPT_NONE);
	assert_int_equal(hvc(&sp->ctx[0], HF_INTERRUPT_ENABLE, spi, 1, 0), 0);
	lines(&sp->ctx[0], true, false);
	assert_int_equal(hvc(&sp->ctx[0], HF_INTERRUPT_GET, 0, 0, 0), spi);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ppi_of_one_context, setup),
		cmocka_unit_test_setup(ppi_of_bound_contexts, setup),
		cmocka_unit_test_setup(spi_goes_to_its_target, setup),
		cmocka_unit_test_setup(reconfigure, setup),
		cmocka_unit_test_setup(calls_that_are_wrong, setup),
		cmocka_unit_test_setup(other_calls_are_not_ours, setup),
		cmocka_unit_test_setup(managed_exit, setup),
		cmocka_unit_test_setup(a_core_comes_later_and_goes, setup),
		cmocka_unit_test_setup(an_abort_leaves_nothing_behind, setup),
		cmocka_unit_test_setup(disabled_it_waits_for_its_owner, setup),
	};

	return UNIT_RUN(tests);
}
