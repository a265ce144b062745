/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device routing: a device's line through its partition's irqchip to the vCPU that GICD_IROUTER names, whatever state
 * it is in when that changes.
 */
#include "world.h"

#define SPI 48u

static int setup(void **state)
{
	world_setup(state);
	irq_write(vcpu(0), ISENABLER, SPI);
	return 0;
}

static void line(bool level)
{
	partition_irq_set(&world.vm[0], SPI, level);
}

static void is_at(unsigned int cpu)
{
	settle();
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(guest_peek(vcpu(i)), i == cpu ? SPI : NO_IRQ);
}

static void test_each(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		irq_route(vcpu(0), SPI, i);
		line(true);
		is_at(i);
		line(false);
		is_at(99);
	}
}

/* Pending in a list register of one core, it goes to another. */
static void test_while_pending(void **state)
{
	(void)state;
	line(true);
	is_at(0);
	irq_route(vcpu(0), SPI, 2);
	is_at(2);
	irq_route(vcpu(0), SPI, 1);
	is_at(1);
	unload(vcpu(1));
	irq_route(vcpu(0), SPI, 3);
	is_at(3);
}

/* Pending for a vCPU that is not loaded: in its queue. */
static void test_from_queue(void **state)
{
	(void)state;
	unload(vcpu(1));
	irq_route(vcpu(0), SPI, 1);
	line(true);
	assert_true(vgic_irq_pending(vcpu(1)));
	irq_route(vcpu(0), SPI, 2);
	settle();
	assert_int_equal(guest_peek(vcpu(2)), SPI);
	load(vcpu(1), 1);
	assert_int_equal(guest_ack(vcpu(1)), NO_IRQ);
}

/* Active on one when it is routed to another: ended where it was taken, the next one goes to the other. */
static void test_while_active(void **state)
{
	(void)state;
	line(true);
	assert_int_equal(guest_ack(vcpu(0)), SPI);
	irq_route(vcpu(0), SPI, 3);
	settle();
	assert_int_equal(guest_peek(vcpu(3)), NO_IRQ);
	assert_true(irq_read(vcpu(0), ISACTIVER, SPI));
	guest_eoi(vcpu(0), SPI);
	is_at(3);
	/* The same, told by a core that is not the one which has it. */
	assert_int_equal(guest_ack(vcpu(3)), SPI);
	irq_route(vcpu(0), SPI, 1);
	guest_eoi(vcpu(3), SPI);
	is_at(1);
}

/* An edge that came while active goes to the new target. */
static void test_edge_while_active(void **state)
{
	(void)state;
	irq_edge(vcpu(0), SPI, true);
	line(true);
	assert_int_equal(guest_ack(vcpu(0)), SPI);
	line(false);
	line(true);
	irq_route(vcpu(0), SPI, 2);
	settle();
	guest_eoi(vcpu(0), SPI);
	is_at(2);
	guest_takes(vcpu(2), SPI);
	is_at(99);
}

/* Nobody has that affinity: pending, and delivered when the route is mended. */
static void test_nowhere(void **state)
{
	(void)state;
	irq_route(vcpu(0), SPI, 4);
	line(true);
	is_at(99);
	assert_true(irq_read(vcpu(0), ISPENDR, SPI));
	irq_route(vcpu(0), SPI, 0x1000000 | 1); /* bit 24 is not part of it */
	is_at(1);
	irq_route(vcpu(0), SPI, 0x10001); /* Aff2 */
	is_at(99);
	irq_route(vcpu(0), SPI, 16); /* Aff0 above 15 */
	is_at(99);
	irq_route(vcpu(0), SPI, 0x100); /* vCPU 16 */
	is_at(99);
	irq_route(vcpu(0), SPI, 3);
	is_at(3);
}

/* 1 of N: one that is on gets it. */
static void test_any(void **state)
{
	(void)state;
	irq_route(vcpu(0), SPI, UINT64_C(1) << 31);
	line(true);
	is_at(0);
	line(false);
	for (unsigned int i = 0; i < 2; i++) {
		unload(vcpu(i));
		vcpu(i)->state = VCPU_OFF;
	}
	line(true);
	settle();
	assert_int_equal(guest_peek(vcpu(2)), SPI);
	/* It stays where it is when the route names that one. */
	irq_route(vcpu(2), SPI, 2);
	settle();
	assert_int_equal(guest_peek(vcpu(2)), SPI);
	irq_route(vcpu(2), SPI, UINT64_C(1) << 31);
	settle();
	guest_takes(vcpu(2), SPI);
}

static void test_all_off(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		unload(vcpu(i));
		vcpu(i)->state = VCPU_OFF;
	}
	irq_route(vcpu(0), SPI, UINT64_C(1) << 31);
	line(true);
	vcpu(0)->state = VCPU_READY;
	load(vcpu(0), 0);
	guest_takes(vcpu(0), SPI);
}

/* Routed to one that blocks: it is woken; to one that is off: it waits there. */
static void test_wakes(void **state)
{
	(void)state;
	irq_route(vcpu(0), SPI, 2);
	vcpu(2)->state = VCPU_BLOCKED; /* and still loaded */
	on_core(0);
	line(true);
	assert_int_equal(vcpu(2)->state, VCPU_READY);
	vcpu(2)->state = VCPU_RUNNING;
	settle();
	guest_takes(vcpu(2), SPI);
	line(false);
	settle();
	unload(vcpu(2));
	vcpu(2)->state = VCPU_BLOCKED;
	on_core(0);
	line(true);
	assert_int_equal(vcpu(2)->state, VCPU_READY);
	load(vcpu(2), 3 - 1);
	guest_takes(vcpu(2), SPI);
}

/* 40 vCPUs would have two rows of affinities: the second one is reached by Aff1. */
static void test_aff1(void **state)
{
	(void)state;
	world_make(34, 4);
	irq_write(vcpu(0), ISENABLER, SPI);
	irq_route(vcpu(0), SPI, 0x201);
	line(true);
	assert_true(vgic_irq_pending(vcpu(33)));
	for (unsigned int i = 0; i < 33; i++)
		assert_false(vgic_irq_pending(vcpu(i)));
	irq_route(vcpu(0), SPI, 0x11); /* not the same as 0x101 */
	for (unsigned int i = 0; i < 34; i++)
		assert_false(vgic_irq_pending(vcpu(i)));
	world_end();
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_each),
		T(test_while_pending),
		T(test_from_queue),
		T(test_while_active),
		T(test_edge_while_active),
		T(test_nowhere),
		T(test_any),
		T(test_all_off),
		T(test_wakes),
		cmocka_unit_test(test_aff1),
	};

	return cmocka_run_group_tests_name("vgic/routing", tests, NULL, NULL);
}
