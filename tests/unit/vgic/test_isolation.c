/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two VMs' interrupts have nothing to do with each other: neither states nor registers, nor list registers of a core
 * that they share.
 */
#include "world.h"

static int setup(void **state)
{
	world_setup(state);
	world_make_second(4);
	return 0;
}

static void no_trace(struct vcpu *(*of)(unsigned int))
{
	for (unsigned int i = 0; i < 4; i++) {
		assert_false(vgic_irq_pending(of(i)));
		assert_int_equal(sgi_read(of(i), ISPENDR), 0);
		assert_int_equal(sgi_read(of(i), ISENABLER), 0);
		assert_int_equal(guest_cpu(of(i))->wakes, 0);
	}
	for (uint32_t off = 4; off < 12; off += 4) {
		assert_int_equal(gicd_read(of(0), ISENABLER + off), 0);
		assert_int_equal(gicd_read(of(0), ISPENDR + off), 0);
		assert_int_equal(gicd_read(of(0), ISACTIVER + off), 0);
	}
}

/* All that the first can do leaves no trace in the second. */
static void test_states(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		sgi_write(vcpu(i), ISENABLER, 0xffffffff);
		as(vcpu(i));
		vgic_sgi(vcpu(i), UINT64_C(1) << 40 | i << 24, 1);
		vgic_sgi(vcpu(i), 15u | (i + 4) << 24, 1);
		vgic_set_ppi(vcpu(i), 30, true);
	}
	for (unsigned int i = 32; i < 96; i++) {
		irq_write(vcpu(0), ISENABLER, i);
		irq_route(vcpu(0), i, i % 4);
		partition_irq_set(&world.vm[0], i, true);
	}
	settle();
	gicd_write(vcpu(0), ISACTIVER + 8, 0xffffffff);
	gicd_write(vcpu(0), CTLR, 0);
	settle();
	no_trace(vcpu2);
	assert_int_equal(gicd_read(vcpu2(0), CTLR) & 3, 3);
}

/* Two vCPUs take turns on a core: each finds its own interrupts, and none of the other's. */
static void test_shared_core(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, 40);
	irq_write(vcpu2(0), ISENABLER, 40);
	irq_write(vcpu2(0), ISENABLER, 41);
	irq_prio(vcpu2(0), 40, 0x50);
	for (unsigned int n = 0; n < 5; n++) {
		partition_irq_set(&world.vm[0], 40, true);
		settle();
		assert_int_equal(guest_ack(vcpu(0)), 40);
		unload(vcpu(0));
		load(vcpu2(0), 0);
		assert_int_equal(lrs_in_use(vcpu2(0)), 0);
		assert_int_equal(guest_ack(vcpu2(0)), NO_IRQ);
		partition_irq_set(&world.vm[1], 41, true);
		partition_irq_set(&world.vm[1], 40, true);
		guest_takes(vcpu2(0), 40);
		partition_irq_set(&world.vm[1], 40, false);
		partition_irq_set(&world.vm[0], 40, false); /* the other's, who is away */
		unload(vcpu2(0));
		load(vcpu(0), 0);
		assert_int_equal(lrs_in_use(vcpu(0)), 1);
		guest_eoi(vcpu(0), 40);
		settle();
		assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
		unload(vcpu(0));
		load(vcpu2(0), 0);
		guest_takes(vcpu2(0), 41);
		partition_irq_set(&world.vm[1], 41, false);
		settle();
		unload(vcpu2(0));
		load(vcpu(0), 0);
	}
}

/* One ends; the other goes on. */
static void test_destroy(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, 40);
	partition_irq_set(&world.vm[0], 40, true);
	vgic_reset(&world.vm[1]);
	vgic_destroy(&world.vm[1]);
	guest_takes(vcpu(0), 40);
	for (unsigned int i = 0; i < 4; i++)
		free(world.vm[1].vcpu[i]);
	world.vm[1].nr_vcpus = 0;
}

/* A storm in one does not use up what the other needs. */
static void test_storm(void **state)
{
	(void)state;
	irq_write(vcpu2(0), ISENABLER, 40);
	for (unsigned int i = 32; i < 96; i++) {
		irq_write(vcpu(0), ISENABLER, i);
		partition_irq_set(&world.vm[0], i, true);
	}
	settle();
	unload(vcpu(0));
	load(vcpu2(0), 0);
	partition_irq_set(&world.vm[1], 40, true);
	guest_takes(vcpu2(0), 40);
	partition_irq_set(&world.vm[1], 40, false);
	unload(vcpu2(0));
	load(vcpu(0), 0);
	for (unsigned int n = 0; n < 64; n++) {
		unsigned int i = guest_ack(vcpu(0));

		assert_int_not_equal(i, NO_IRQ);
		partition_irq_set(&world.vm[0], i, false);
		guest_eoi(vcpu(0), i);
		settle();
	}
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_states),
		T(test_shared_core),
		T(test_destroy),
		T(test_storm),
	};

	return cmocka_run_group_tests_name("vgic/isolation", tests, NULL, NULL);
}
