/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/sint_boot: interrupts of manifests that cannot be had, and what is left of an SP that is refused for one.
 */
#include "unit.h"

#include "sint_world.h"

static enum irq_result ours(uint32_t intid UNUSED, void *arg UNUSED)
{
	return IRQ_DONE;
}

static void refused(struct sp *sp, const char *line)
{
	const unsigned int before = blocks;

	said[0] = 0;
	assert_true(sint_add(sp) < 0);
	assert_non_null(strstr(said, line));
	assert_int_equal(blocks, before);
	for (unsigned int i = 0; i < sp->manifest.ctx_count; i++)
		assert_int_equal(sp->ctx[i].virq.nr, 0);
}

static void what_is_ours_is_nobody_elses(void **state UNUSED)
{
	const uint32_t mine = next_spi++, free_one = next_spi++;
	struct sp *sp = make(2);

	on_core(0);
	assert_int_equal(irq_register(mine, ours, NULL), OK);
	give(sp, free_one, 0);
	give(sp, mine, 0);
	refused(sp, "irq: /device-regions/uart: interrupts: ");
	assert_non_null(strstr(said, "is the SPMC's own"));
	/* The one that it claimed before that is nobody's: it is disabled if it comes, and another SP may have it. */
	host_irq_enable_on(0, free_one);
	come(0, free_one);
	assert_false(host_irq_enabled(0, free_one));
	assert_int_equal(nr_looked, 0);
	sp = make_with(1, free_one);
	assert_int_equal(hvc(&sp->ctx[0], HF_INTERRUPT_ENABLE, free_one, 1, 0), 0);
	come(0, free_one);
	assert_int_equal(nr_looked, 1);
	assert_ptr_equal(looked[0], &sp->ctx[0]);
	/* Twice is refused by manifest_check.c; here too. */
	sp = make(1);
	give(sp, free_one, 0);
	refused(sp, "is the SPMC's own");
	sp = make(1);
	give(sp, next_spi, 0);
	give(sp, next_spi++, 0);
	refused(sp, "interrupts: ");
}

static void a_target_that_is_no_core(void **state UNUSED)
{
	struct sp *sp = make(1);
	struct sp_irq *q = give(sp, next_spi++, 0);

	q->targeted = true;
	q->mpidr = 77 << 8;
	refused(sp, "has a target that is no core");
}

/* Those of the timer node but the first one, which is the secure EL1 timer; and the maintenance interrupt. */
static void the_normal_worlds_timers(void **state UNUSED)
{
	static const uint32_t timers[HW_TIMERS] = { 29, 30, 27, 26, 28, 20 };
	struct sp *sp;

	memcpy(hw.timer_intid, timers, sizeof(timers));
	hw.maintenance_intid = 25;
	for (unsigned int i = 1; i < HW_TIMERS; i++) {
		sp = make(1);
		give(sp, timers[i], 0);
		refused(sp, "is one of the normal world's timers");
	}
	sp = make(1);
	give(sp, 25, 0);
	refused(sp, "or its GIC's");
	sp = make(1);
	give(sp, 29, 0);
	assert_int_equal(sint_add(sp), OK);
	memset(hw.timer_intid, 0, sizeof(hw.timer_intid));
	hw.maintenance_intid = 0;
}

static void no_memory(void **state UNUSED)
{
	struct sp *sp = make(1);

	give(sp, next_spi++, 0);
	heap_is_empty = true;
	refused(sp, "no memory");
	sp->manifest.device[0].nr_irqs = 0;
	assert_int_equal(sint_add(sp), OK); /* without interrupts it needs none */
	assert_int_equal(hvc(&sp->ctx[0], HF_INTERRUPT_GET, 0, 0, 0), HF_INTERRUPT_NONE);
	sint_abort(sp);
}

static void the_normal_worlds_is_left_alone(void **state UNUSED)
{
	const uint32_t spi = next_spi++;
	struct sp *sp = make(1);

	give(sp, spi, 0)->attributes = 0;
	assert_int_equal(sint_add(sp), OK);
	assert_non_null(strstr(said, "is the normal world's: ignored"));
	assert_int_equal(hvc(&sp->ctx[0], HF_INTERRUPT_ENABLE, spi, 1, 0), MINUS);
	assert_false(host_irq_enabled(0, spi));
	assert_int_equal(irq_register(spi, ours, NULL), OK);
}

static void priorities_stay_below_our_own(void **state UNUSED)
{
	const uint32_t spi = next_spi++;
	struct sp *sp = make(1);

	give(sp, spi, 0x10);
	assert_int_equal(sint_add(sp), OK);
	assert_int_equal(hvc(&sp->ctx[0], HF_INTERRUPT_ENABLE, spi, 1, 0), 0);
	assert_int_equal(host_irq_priority(0, spi), 0x48);
}

/* The last test: it takes all that is left. */
static void more_than_there_is_room_for(void **state UNUSED)
{
	struct sp *sp = make(3);

	sp->manifest.ns_action = SP_NS_MANAGED_EXIT;
	sp->manifest.notifications = true;
	sp->manifest.nr_devices = MANIFEST_DEVICES_MAX;
	for (unsigned int d = 0; d < MANIFEST_DEVICES_MAX; d++) {
		strcpy(sp->manifest.device[d].at.node, "/device-regions/many");
		for (unsigned int i = 0; i < MANIFEST_IRQS_MAX; i++)
			sp->manifest.device[d].irq[i] =
				(struct sp_irq){ .intid = next_spi++, .attributes = SP_IRQ_SECURE };
		sp->manifest.device[d].nr_irqs = MANIFEST_IRQS_MAX;
	}
	refused(sp, "is one too many for the SPMC");
	/* As many as were nobody's can be had still. */
	sp->manifest.nr_devices = 1;
	assert_int_equal(sint_add(sp), OK);
	assert_int_equal(sp->ctx[2].virq.nr, 2 + MANIFEST_IRQS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_ours_is_nobody_elses, setup),
		cmocka_unit_test_setup(a_target_that_is_no_core, setup),
		cmocka_unit_test_setup(the_normal_worlds_timers, setup),
		cmocka_unit_test_setup(no_memory, setup),
		cmocka_unit_test_setup(the_normal_worlds_is_left_alone, setup),
		cmocka_unit_test_setup(priorities_stay_below_our_own, setup),
		cmocka_unit_test_setup(more_than_there_is_room_for, setup),
	};

	return UNIT_RUN(tests);
}
