/* SPDX-License-Identifier: BSD-3-Clause */
/* A complete interrupt: raised, acknowledged, ended, and again; each kind, and what may happen in between. */
#include "world.h"

#define LEVEL_SPI 40u
#define EDGE_SPI  41u

static int setup(void **state)
{
	world_setup(state);
	irq_edge(vcpu(0), EDGE_SPI, true);
	irq_write(vcpu(0), ISENABLER, LEVEL_SPI);
	irq_write(vcpu(0), ISENABLER, EDGE_SPI);
	return 0;
}

static void line(unsigned int intid, bool level)
{
	vgic_set_level(&world.vm[0], intid, level);
}

/* The usual life of a device's interrupt costs no maintenance interrupt. */
static void test_level(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 10; n++) {
		line(LEVEL_SPI, true);
		assert_true(irq_read(vcpu(0), ISPENDR, LEVEL_SPI));
		assert_int_equal(guest_ack(vcpu(0)), LEVEL_SPI);
		assert_true(irq_read(vcpu(0), ISACTIVER, LEVEL_SPI));
		assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
		line(LEVEL_SPI, false); /* the handler reads the device */
		assert_false(irq_read(vcpu(0), ISPENDR, LEVEL_SPI));
		guest_eoi(vcpu(0), LEVEL_SPI);
		settle();
		assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
		assert_false(irq_read(vcpu(0), ISACTIVER, LEVEL_SPI));
	}
	assert_int_equal(world.maintenance, 0);
}

/* A level that the handler does not lower is pending again at the end. */
static void test_level_stays(void **state)
{
	(void)state;
	line(LEVEL_SPI, true);
	for (unsigned int n = 0; n < 5; n++) {
		assert_int_equal(guest_ack(vcpu(0)), LEVEL_SPI);
		guest_eoi(vcpu(0), LEVEL_SPI);
		settle();
	}
	assert_int_equal(world.maintenance, 5);
	assert_int_equal(guest_ack(vcpu(0)), LEVEL_SPI);
	line(LEVEL_SPI, false);
	guest_eoi(vcpu(0), LEVEL_SPI);
	settle();
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
}

/* Falls and rises while active: pending again after the end; falls for good: not. */
static void test_level_bounces(void **state)
{
	(void)state;
	line(LEVEL_SPI, true);
	assert_int_equal(guest_ack(vcpu(0)), LEVEL_SPI);
	line(LEVEL_SPI, false);
	line(LEVEL_SPI, true);
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
	guest_eoi(vcpu(0), LEVEL_SPI);
	settle();
	assert_int_equal(guest_ack(vcpu(0)), LEVEL_SPI);
	line(LEVEL_SPI, false);
	line(LEVEL_SPI, true);
	line(LEVEL_SPI, false);
	guest_eoi(vcpu(0), LEVEL_SPI);
	settle();
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
}

static void test_level_withdrawn(void **state)
{
	(void)state;
	line(LEVEL_SPI, true);
	assert_int_not_equal(lr_of(vcpu(0), LEVEL_SPI), 0);
	line(LEVEL_SPI, false);
	assert_int_equal(lr_of(vcpu(0), LEVEL_SPI), 0);
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
}

static void test_edge(void **state)
{
	(void)state;
	line(EDGE_SPI, true);
	line(EDGE_SPI, false); /* an edge is not taken back */
	assert_int_equal(guest_ack(vcpu(0)), EDGE_SPI);
	line(EDGE_SPI, true); /* another while active */
	line(EDGE_SPI, false);
	line(EDGE_SPI, true); /* two are one */
	guest_eoi(vcpu(0), EDGE_SPI);
	guest_takes(vcpu(0), EDGE_SPI);
	settle();
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
	assert_int_equal(world.maintenance, 0);
}

static void test_sgi(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, 3);
	for (unsigned int n = 0; n < 5; n++) {
		as(vcpu(0));
		vgic_sgi(vcpu(0), UINT64_C(3) << 24 | 1, 1);
		assert_int_equal(guest_ack(vcpu(0)), 3);
		as(vcpu(0));
		vgic_sgi(vcpu(0), UINT64_C(3) << 24 | 1, 1); /* while it is active */
		guest_eoi(vcpu(0), 3);
		guest_takes(vcpu(0), 3);
		assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
	}
	assert_int_equal(world.maintenance, 0);
	assert_int_equal(guest_cpu(vcpu(0))->kicks, 0);
}

static void test_sgi_elsewhere(void **state)
{
	(void)state;
	irq_write(vcpu(1), ISENABLER, 5);
	as(vcpu(0));
	for (unsigned int n = 1; n < 4; n++) {
		vgic_sgi(vcpu(0), UINT64_C(5) << 24 | 2, 1);
		assert_int_equal(guest_cpu(vcpu(1))->kicks, n);
		assert_true(vgic_needs_flush(vcpu(1)));
		settle();
		guest_takes(vcpu(1), 5);
		as(vcpu(0));
	}
}

static void test_ppi(void **state)
{
	(void)state;
	irq_write(vcpu(1), ISENABLER, 30);
	on_core(0);
	vgic_set_ppi(vcpu(1), 30, true); /* from another core */
	settle();
	assert_int_equal(guest_ack(vcpu(1)), 30);
	on_core(0);
	vgic_set_ppi(vcpu(1), 30, false);
	settle();
	guest_eoi(vcpu(1), 30);
	settle();
	assert_int_equal(guest_ack(vcpu(1)), NO_IRQ);
}

/* What fires physically, as taken at EL2: active until the guest ends it. */
static void timer_fires(struct vcpu *v)
{
	as(v);
	assert_false(world.phys_active[guest_cpu(v)->core][27]);
	world.phys_active[guest_cpu(v)->core][27] = true;
	vtimer_host_irq(v);
}

static void test_hw(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, 27);
	for (unsigned int n = 0; n < 5; n++) {
		timer_fires(vcpu(0));
		assert_int_equal(lr_of(vcpu(0), 27) & (ICH_LR_HW | ICH_LR_STATE), ICH_LR_HW | ICH_LR_PENDING);
		assert_int_equal(guest_ack(vcpu(0)), 27);
		assert_true(world.phys_active[0][27]);
		guest_eoi(vcpu(0), 27);
		assert_false(world.phys_active[0][27]);
		assert_false(irq_read(vcpu(0), ISPENDR, 27));
	}
	assert_int_equal(world.maintenance, 0);
}

/* The vCPU is preempted with the timer's interrupt pending, then active: the physical state goes with it. */
static void test_hw_preempted(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, 27);
	irq_write(vcpu(1), ISENABLER, 27);
	timer_fires(vcpu(0));
	unload(vcpu(0));
	assert_false(world.phys_active[0][27]);
	unload(vcpu(1));
	load(vcpu(1), 0);
	timer_fires(vcpu(1)); /* the core's next vCPU has a timer of its own */
	guest_takes(vcpu(1), 27);
	load(vcpu(0), 1);
	assert_true(world.phys_active[1][27]);
	assert_int_equal(guest_ack(vcpu(0)), 27);
	unload(vcpu(0));
	assert_false(world.phys_active[1][27]);
	load(vcpu(0), 1);
	assert_true(world.phys_active[1][27]);
	guest_eoi(vcpu(0), 27);
	assert_false(world.phys_active[1][27]);
	unload(vcpu(0));
	load(vcpu(0), 1);
	assert_false(world.phys_active[1][27]);
	timer_fires(vcpu(0));
	guest_takes(vcpu(0), 27);
}

static void test_hw_disabled(void **state)
{
	(void)state;
	timer_fires(vcpu(0)); /* the guest did not enable it */
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
	assert_true(irq_read(vcpu(0), ISPENDR, 27));
	unload(vcpu(0));
	load(vcpu(0), 0);
	assert_true(world.phys_active[0][27]);
	irq_write(vcpu(0), ISENABLER, 27);
	guest_takes(vcpu(0), 27);
	assert_false(world.phys_active[0][27]);
}

/* GICR_ICACTIVER of it is its physical deactivation. */
static void test_hw_deactivated_by_register(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, 27);
	timer_fires(vcpu(0));
	assert_int_equal(guest_ack(vcpu(0)), 27);
	guest_drop(vcpu(0));
	irq_write(vcpu(0), ICACTIVER, 27);
	assert_false(world.phys_active[0][27]);
	timer_fires(vcpu(0));
	guest_takes(vcpu(0), 27);
}

/* A nest of priorities, and EOImode 1: dropped first, deactivated later, in any order. */
static void test_nested(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		irq_write(vcpu(0), ISENABLER, 50 + i);
		irq_prio(vcpu(0), 50 + i, (uint8_t)(0xa0 - 0x20 * i));
		line(50 + i, true);
		assert_int_equal(guest_ack(vcpu(0)), 50 + i);
		line(50 + i, false);
	}
	for (unsigned int i = 0; i < 3; i++)
		guest_drop(vcpu(0));
	guest_dir(vcpu(0), 51);
	guest_dir(vcpu(0), 50);
	assert_true(irq_read(vcpu(0), ISACTIVER, 52));
	assert_false(irq_read(vcpu(0), ISACTIVER, 51));
	guest_dir(vcpu(0), 52);
	settle();
	assert_int_equal(lrs_in_use(vcpu(0)), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_level),	T(test_level_stays),  T(test_level_bounces), T(test_level_withdrawn),
		T(test_edge),	T(test_sgi),	      T(test_sgi_elsewhere), T(test_ppi),
		T(test_hw),	T(test_hw_preempted), T(test_hw_disabled),   T(test_hw_deactivated_by_register),
		T(test_nested),
	};

	return cmocka_run_group_tests_name("vgic/complete", tests, NULL, NULL);
}
