/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts that guests send themselves and each other (SGIs), and what wakes a vCPU that waits. */
#include "world.h"

static int setup(void **state)
{
	world_setup(state);
	for (unsigned int i = 0; i < 4; i++)
		sgi_write(vcpu(i), ISENABLER, 0xffff);
	return 0;
}

static uint64_t sgir(unsigned int intid, uint64_t aff321, unsigned int list)
{
	return (uint64_t)intid << 24 | (aff321 & 0xff) << 16 | (aff321 >> 8 & 0xff) << 32 |
	       (aff321 >> 16 & 0xff) << 48 | list;
}

static void send(unsigned int from, uint64_t value, unsigned int group)
{
	as(vcpu(from));
	vgic_sgi(vcpu(from), value, group);
	settle();
}

/* Which of the first four have it. */
static unsigned int who(unsigned int intid)
{
	unsigned int mask = 0;

	for (unsigned int i = 0; i < 4; i++) {
		if (guest_peek(vcpu(i)) == intid) {
			guest_takes(vcpu(i), intid);
			mask |= 1u << i;
		}
		assert_int_equal(guest_ack(vcpu(i)), NO_IRQ);
	}
	return mask;
}

static void test_targets(void **state)
{
	(void)state;
	for (unsigned int list = 0; list < 16; list++) {
		for (unsigned int from = 0; from < 4; from++) {
			send(from, sgir(list, 0, list), 1);
			assert_int_equal(who(list), list);
		}
	}
}

static void test_all_but_self(void **state)
{
	(void)state;
	for (unsigned int from = 0; from < 4; from++) {
		send(from, UINT64_C(1) << 40 | sgir(7, 0xffffff, 0xffff), 1);
		assert_int_equal(who(7), 15 & ~(1u << from));
	}
}

/* vCPUs that are not there, by each field. */
static void test_nobody(void **state)
{
	(void)state;
	send(0, sgir(1, 0, 0xfff0), 1);
	send(0, sgir(1, 1, 1), 1);
	send(0, sgir(1, 0x100, 1), 1);
	send(0, sgir(1, 0x10000, 1), 1);
	send(0, sgir(1, 0, 1) | UINT64_C(1) << 44, 1); /* RS */
	send(0, sgir(1, 0, 1) | UINT64_C(15) << 44, 1);
	send(0, sgir(1, 0xff, 0xffff), 1);
	assert_int_equal(who(1), 0);
}

/* Fields that are RES0 do not matter. */
static void test_res0(void **state)
{
	(void)state;
	send(0, sgir(1, 0, 3) | UINT64_C(0xff) << 56 | UINT64_C(15) << 28 | UINT64_C(7) << 41, 1);
	assert_int_equal(who(1), 3);
}

/* Group 0: SGI0R and ASGI1R reach only interrupts of group 0, SGI1R reaches both. */
static void test_groups(void **state)
{
	(void)state;
	irq_group(vcpu(1), 3, 0);
	send(0, sgir(3, 0, 15), 0);
	assert_int_equal(who(3), 2);
	send(0, sgir(3, 0, 15), 1);
	assert_int_equal(who(3), 15);
	irq_group(vcpu(0), 3, 0);
	send(0, sgir(3, 0, 1), 0);
	assert_int_equal(who(3), 1);
	send(0, sgir(3, 0, 1), 0); /* the list register is at hand */
	assert_int_equal(who(3), 1);
}

static void test_disabled(void **state)
{
	(void)state;
	send(0, sgir(2, 0, 1), 1);
	assert_int_equal(who(2), 1);
	irq_write(vcpu(0), ICENABLER, 2);
	send(0, sgir(2, 0, 3), 1);
	assert_int_equal(who(2), 2);
	assert_true(irq_read(vcpu(0), ISPENDR, 2));
	irq_write(vcpu(0), ISENABLER, 2);
	assert_int_equal(who(2), 1);
	gicd_write(vcpu(1), CTLR, 0);
	send(0, sgir(2, 0, 3), 1);
	assert_int_equal(who(2), 0);
	gicd_write(vcpu(1), CTLR, 3);
	settle();
	assert_int_equal(who(2), 3);
}

/* Many senders, one interrupt: none lost, none twice; the priority changed between is the one that it has. */
static void test_again_and_again(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 100; n++) {
		irq_prio(vcpu(0), 9, (uint8_t)(n << 3));
		send(n % 4, sgir(9, 0, 1), 1);
		send(0, sgir(9, 0, 1), 1);
		if (n % 32 == 31) { /* 0xf8: the lowest of all */
			assert_int_equal(lr_of(vcpu(0), 9) >> 48 & 0xff, 0xf8);
		}
		assert_int_equal(lr_of(vcpu(0), 9) >> 48 & 0xff, (n << 3) & 0xff);
		assert_int_equal(who(9), 1);
	}
}

/* Raised by ISPENDR of a sibling's redistributor, too. */
static void test_by_register(void **state)
{
	(void)state;
	mmio(vcpu(0), GICR + 3 * 0x20000 + 0x10000 + ISPENDR, 4, true, 1 << 4);
	settle();
	assert_int_equal(who(4), 8);
}

/* WFI: blocked on its core, blocked and away, off. */
static void test_wakes(void **state)
{
	(void)state;
	assert_false(vgic_irq_pending(vcpu(1)));
	vcpu(1)->state = VCPU_BLOCKED;
	send(0, sgir(1, 0, 2), 1);
	assert_int_equal(vcpu(1)->state, VCPU_READY);
	vcpu(1)->state = VCPU_RUNNING;
	assert_int_equal(who(1), 2);
	unload(vcpu(1));
	vcpu(1)->state = VCPU_BLOCKED;
	send(0, sgir(1, 0, 2), 1);
	assert_int_equal(vcpu(1)->state, VCPU_READY);
	assert_true(vgic_irq_pending(vcpu(1)));
	load(vcpu(1), 1);
	as(vcpu(1));
	assert_true(vgic_irq_pending(vcpu(1)));
	assert_int_equal(who(1), 2);
	as(vcpu(1));
	assert_false(vgic_irq_pending(vcpu(1)));
	/* What it cannot get does not wake it. */
	unload(vcpu(1));
	vcpu(1)->state = VCPU_BLOCKED;
	irq_write(vcpu(1), ICENABLER, 1);
	send(0, sgir(1, 0, 2), 1);
	assert_int_equal(vcpu(1)->state, VCPU_BLOCKED);
	assert_false(vgic_irq_pending(vcpu(1)));
	irq_write(vcpu(1), ISENABLER, 1);
	assert_int_equal(vcpu(1)->state, VCPU_READY);
}

/* Its own core, where it is still loaded, wakes it too: a device's backend or a timer runs there while it waits. */
static void test_wakes_here(void **state)
{
	(void)state;
	irq_write(vcpu(1), ISENABLER, 40);
	irq_route(vcpu(1), 40, 1);
	for (unsigned int n = 0; n < 3; n++) { /* from the second time on it still has a list register */
		vcpu(1)->state = VCPU_BLOCKED;
		as(vcpu(1));
		vgic_set_level(&world.vm[0], 40, true);
		assert_int_equal(vcpu(1)->state, VCPU_READY);
		vcpu(1)->state = VCPU_RUNNING;
		assert_int_equal(guest_ack(vcpu(1)), 40);
		as(vcpu(1));
		vgic_set_level(&world.vm[0], 40, false);
		guest_eoi(vcpu(1), 40);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_targets),  T(test_all_but_self),	   T(test_nobody),	T(test_res0),  T(test_groups),
		T(test_disabled), T(test_again_and_again), T(test_by_register), T(test_wakes), T(test_wakes_here),
	};

	return cmocka_run_group_tests_name("vgic/guest_irq", tests, NULL, NULL);
}
