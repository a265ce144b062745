/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite vgic/can_wake: is anything enabled that could end a vCPU's WFI? Of each kind of interrupt, enabled and
 * routed or not.
 */
#include "world.h"

/* As after power-on, but for the groups, which the world has on: nothing is enabled. */
static void test_nothing(void **state UNUSED)
{
	for (unsigned int i = 0; i < 4; i++)
		assert_false(vgic_can_wake(vcpu(i)));
	/* What is pending and not enabled wakes nobody. */
	vgic_set_ppi(vcpu(0), 30, true);
	partition_irq_set(&world.vm[0], 40, true);
	assert_false(vgic_can_wake(vcpu(0)));
}

static void test_private(void **state UNUSED)
{
	for (unsigned int intid = 0; intid < 32; intid++) {
		irq_write(vcpu(1), ISENABLER, intid);
		assert_true(vgic_can_wake(vcpu(1)));
		assert_false(vgic_can_wake(vcpu(0)));
		assert_false(vgic_can_wake(vcpu(2)));
		irq_write(vcpu(1), ICENABLER, intid);
		assert_false(vgic_can_wake(vcpu(1)));
	}
}

static void test_shared(void **state UNUSED)
{
	for (unsigned int intid = SPI0; intid < SPI0 + NR_SPIS; intid++) {
		irq_route(vcpu(0), intid, 2);
		irq_write(vcpu(0), ISENABLER, intid);
		assert_true(vgic_can_wake(vcpu(2)));
		assert_false(vgic_can_wake(vcpu(0)));
		irq_route(vcpu(0), intid, BIT(31)); /* any */
		assert_true(vgic_can_wake(vcpu(0)));
		assert_true(vgic_can_wake(vcpu(3)));
		irq_route(vcpu(0), intid, 7); /* nobody */
		assert_false(vgic_can_wake(vcpu(0)));
		irq_write(vcpu(0), ICENABLER, intid);
	}
}

/* An interrupt whose group is off gets to nobody. */
static void test_group(void **state UNUSED)
{
	irq_write(vcpu(0), ISENABLER, 5);
	irq_write(vcpu(0), ISENABLER, 50);
	gicd_write(vcpu(0), CTLR, 0);
	assert_false(vgic_can_wake(vcpu(0)));
	gicd_write(vcpu(0), CTLR, 2);
	assert_true(vgic_can_wake(vcpu(0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_private, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_shared, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_group, world_setup, world_teardown),
	};

	return UNIT_RUN(tests);
}
