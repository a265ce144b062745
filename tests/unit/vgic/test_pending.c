/* SPDX-License-Identifier: BSD-3-Clause */
/* Global and pending state: what an interrupt's enable, group, pending and active bits do while it is on its way. */
#include "world.h"

#define SPI 40u

static void line(bool level)
{
	vgic_set_level(&world.vm[0], SPI, level);
}

/* Pending before enabled; withdrawn when disabled; there again. */
static void test_enable_late(void **state)
{
	(void)state;
	line(true);
	assert_int_equal(guest_peek(vcpu(0)), NO_IRQ);
	assert_true(irq_read(vcpu(0), ISPENDR, SPI));
	assert_false(vgic_irq_pending(vcpu(0)));
	irq_write(vcpu(0), ISENABLER, SPI);
	assert_int_equal(guest_peek(vcpu(0)), SPI);
	assert_true(vgic_irq_pending(vcpu(0)));
	irq_write(vcpu(0), ICENABLER, SPI);
	assert_int_equal(guest_peek(vcpu(0)), NO_IRQ);
	assert_false(vgic_irq_pending(vcpu(0)));
	assert_true(irq_read(vcpu(0), ISPENDR, SPI));
	irq_write(vcpu(0), ISENABLER, SPI);
	guest_takes(vcpu(0), SPI);
}

/* An edge is not lost while disabled, nor in a list register when that happens. */
static void test_edge_disabled(void **state)
{
	(void)state;
	irq_edge(vcpu(0), SPI, true);
	irq_write(vcpu(0), ISENABLER, SPI);
	line(true);
	irq_write(vcpu(0), ICENABLER, SPI);
	assert_int_equal(guest_peek(vcpu(0)), NO_IRQ);
	line(false);
	assert_true(irq_read(vcpu(0), ISPENDR, SPI));
	irq_write(vcpu(0), ISENABLER, SPI);
	guest_takes(vcpu(0), SPI);
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
}

/* Disabled while active: still to be ended, and not pending again until enabled. */
static void test_disable_active(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, SPI);
	line(true);
	assert_int_equal(guest_ack(vcpu(0)), SPI);
	irq_write(vcpu(0), ICENABLER, SPI);
	assert_true(irq_read(vcpu(0), ISACTIVER, SPI));
	guest_eoi(vcpu(0), SPI);
	settle();
	assert_false(irq_read(vcpu(0), ISACTIVER, SPI));
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
	irq_write(vcpu(0), ISENABLER, SPI);
	guest_takes(vcpu(0), SPI);
}

/* ISPENDR on a level: pending whatever the line does, until acknowledged or cleared. */
static void test_software_level(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, SPI);
	irq_write(vcpu(0), ISPENDR, SPI);
	line(true);
	line(false);
	assert_int_equal(guest_peek(vcpu(0)), SPI);
	guest_takes(vcpu(0), SPI);
	settle();
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
	irq_write(vcpu(0), ISPENDR, SPI);
	irq_write(vcpu(0), ICPENDR, SPI);
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
	line(true);
	irq_write(vcpu(0), ICPENDR, SPI); /* the line is high still */
	assert_true(irq_read(vcpu(0), ISPENDR, SPI));
	guest_takes(vcpu(0), SPI);
}

static void test_clear_edge(void **state)
{
	(void)state;
	irq_edge(vcpu(0), SPI, true);
	irq_write(vcpu(0), ISENABLER, SPI);
	line(true);
	irq_write(vcpu(0), ICPENDR, SPI);
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
	assert_false(irq_read(vcpu(0), ISPENDR, SPI));
	/* The same with it in the list register of another core: that core does it. */
	irq_route(vcpu(0), SPI, 1);
	irq_write(vcpu(0), ISPENDR, SPI);
	settle();
	assert_int_equal(guest_peek(vcpu(1)), SPI);
	irq_write(vcpu(0), ICPENDR, SPI);
	assert_false(irq_read(vcpu(0), ISPENDR, SPI));
	settle();
	assert_int_equal(guest_peek(vcpu(1)), NO_IRQ);
	/* Cleared and set again before that core looked: pending. */
	irq_write(vcpu(0), ISPENDR, SPI);
	settle();
	irq_write(vcpu(0), ICPENDR, SPI);
	irq_write(vcpu(0), ISPENDR, SPI);
	settle();
	assert_int_equal(guest_peek(vcpu(1)), SPI);
}

static void test_active_registers(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, SPI);
	irq_write(vcpu(0), ISACTIVER, SPI);
	assert_true(irq_read(vcpu(0), ISACTIVER, SPI));
	line(true);
	assert_int_equal(guest_peek(vcpu(0)), NO_IRQ); /* active: not again */
	irq_write(vcpu(0), ICACTIVER, SPI);
	settle();
	assert_int_equal(guest_peek(vcpu(0)), SPI);
	/* Seen and done from another core. */
	assert_int_equal(guest_ack(vcpu(0)), SPI);
	irq_read(vcpu(1), ISACTIVER, SPI);
	settle();
	assert_true(irq_read(vcpu(1), ISACTIVER, SPI));
	guest_drop(vcpu(0));
	irq_write(vcpu(1), ICACTIVER, SPI);
	assert_false(irq_read(vcpu(1), ISACTIVER, SPI));
	settle();
	assert_int_equal(guest_peek(vcpu(0)), SPI);
}

/* GICD_CTLR.EnableGrp1 off and on with interrupts pending everywhere; an active one stays. */
static void test_groups(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, SPI);
	irq_write(vcpu(0), ISENABLER, 41);
	irq_group(vcpu(0), 41, 0);
	for (unsigned int i = 0; i < 4; i++) {
		irq_write(vcpu(i), ISENABLER, 1);
		irq_write(vcpu(i), ISPENDR, 1);
	}
	assert_int_equal(guest_ack(vcpu(0)), 1);
	guest_drop(vcpu(0));
	line(true);
	vgic_set_level(&world.vm[0], 41, true);
	settle();
	assert_false(lr_of(vcpu(0), 41) & ICH_LR_GROUP1);
	assert_true(lr_of(vcpu(0), SPI) & ICH_LR_GROUP1);
	gicd_write(vcpu(0), CTLR, 1);
	settle();
	assert_int_equal(lr_of(vcpu(0), SPI), 0);
	assert_int_not_equal(lr_of(vcpu(0), 41), 0);
	assert_true(lr_of(vcpu(0), 1) & ICH_LR_ACTIVE);
	for (unsigned int i = 1; i < 4; i++)
		assert_int_equal(guest_peek(vcpu(i)), NO_IRQ);
	gicd_write(vcpu(0), CTLR, 2);
	settle();
	assert_int_equal(lr_of(vcpu(0), 41), 0);
	assert_int_not_equal(lr_of(vcpu(0), SPI), 0);
	for (unsigned int i = 1; i < 4; i++)
		guest_takes(vcpu(i), 1);
	/* The group changes in the list register. */
	irq_group(vcpu(0), SPI, 0);
	assert_int_equal(lr_of(vcpu(0), SPI), 0);
	gicd_write(vcpu(0), CTLR, 3);
	assert_false(lr_of(vcpu(0), SPI) & ICH_LR_GROUP1);
}

static void test_priority_moves(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, SPI);
	irq_write(vcpu(0), ISENABLER, 41);
	irq_prio(vcpu(0), 41, 0x80);
	line(true);
	vgic_set_level(&world.vm[0], 41, true);
	assert_int_equal(guest_peek(vcpu(0)), 41);
	irq_prio(vcpu(0), SPI, 0x40);
	assert_int_equal(guest_peek(vcpu(0)), SPI);
	irq_prio(vcpu(0), SPI, 0xf0);
	assert_int_equal(guest_peek(vcpu(0)), 41);
}

/* Level and edge change places while it is pending. */
static void test_trigger_moves(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, SPI);
	line(true);
	irq_edge(vcpu(0), SPI, true); /* nothing was latched */
	assert_int_equal(guest_peek(vcpu(0)), NO_IRQ);
	irq_edge(vcpu(0), SPI, false);
	assert_int_equal(guest_peek(vcpu(0)), SPI);
	line(false);
	assert_int_equal(guest_peek(vcpu(0)), NO_IRQ);
}

static void test_reset_keeps_lines(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, SPI);
	irq_write(vcpu(0), ISENABLER, 41);
	irq_write(vcpu(0), ISPENDR, 41);
	line(true);
	for (unsigned int i = 0; i < 4; i++)
		unload(vcpu(i));
	vgic_reset(&world.vm[0]);
	assert_false(irq_read(vcpu(0), ISENABLER, SPI));
	assert_false(irq_read(vcpu(0), ISPENDR, 41));
	assert_true(irq_read(vcpu(0), ISPENDR, SPI)); /* the device's */
	assert_false(vgic_irq_pending(vcpu(0)));
	load(vcpu(0), 0);
	assert_int_equal(lrs_in_use(vcpu(0)), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_enable_late),   T(test_edge_disabled),	  T(test_disable_active), T(test_software_level),
		T(test_clear_edge),    T(test_active_registers),  T(test_groups),	  T(test_priority_moves),
		T(test_trigger_moves), T(test_reset_keeps_lines),
	};

	return cmocka_run_group_tests_name("vgic/pending", tests, NULL, NULL);
}
