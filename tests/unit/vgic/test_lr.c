/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The virtual interface: how interrupts get into list registers and out again, when there are too few, and when
 * vCPUs change cores.
 */
#include "world.h"

#include "arch/cpu.h"

#define FIRST 40u

static void line(unsigned int intid, bool level)
{
	vgic_set_level(&world.vm[0], intid, level);
}

/* n SPIs, edges, enabled, the first with the lowest priority. */
static void make_spis(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		irq_edge(vcpu(0), FIRST + i, true);
		irq_prio(vcpu(0), FIRST + i, (uint8_t)(0xf0 - 8 * i));
		irq_write(vcpu(0), ISENABLER, FIRST + i);
	}
}

/* Written straight into a free list register, as IHI 0069 12.4.8 has it. */
static void test_format(void **state)
{
	(void)state;
	make_spis(1);
	line(FIRST, true);
	assert_int_equal(lr_of(vcpu(0), FIRST), ICH_LR_PENDING | ICH_LR_GROUP1 | UINT64_C(0xf0) << 48 | FIRST);
	assert_false(vgic_needs_flush(vcpu(0)));
	irq_write(vcpu(0), ISENABLER, 50); /* a level asks for maintenance when it ends */
	line(50, true);
	assert_int_equal(lr_of(vcpu(0), 50), ICH_LR_PENDING | ICH_LR_GROUP1 | ICH_LR_EOI | UINT64_C(0xa0) << 48 | 50);
	assert_int_equal(guest_ack(vcpu(0)), 50);
	line(50, false);
	assert_int_equal(lr_of(vcpu(0), 50), ICH_LR_ACTIVE | ICH_LR_GROUP1 | UINT64_C(0xa0) << 48 | 50);
}

/* Twelve pending, four registers: taken in order of priority, with few maintenance interrupts. */
static void test_overflow(void **state)
{
	(void)state;
	make_spis(12);
	for (unsigned int i = 0; i < 12; i++)
		line(FIRST + i, true);
	settle();
	assert_int_equal(lrs_in_use(vcpu(0)), 4);
	assert_true(ich_hcr_read() & ICH_HCR_NPIE);
	for (unsigned int i = 12; i-- > 0;) {
		guest_takes(vcpu(0), FIRST + i);
		settle();
	}
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
	assert_int_equal(world.maintenance, 2);
	assert_int_equal(ich_hcr_read(), ICH_HCR_EN);
}

/* A better one comes while all registers are full: it is in at once. */
static void test_evict_pending(void **state)
{
	(void)state;
	make_spis(6);
	for (unsigned int i = 0; i < 4; i++)
		line(FIRST + i, true);
	settle();
	line(FIRST + 5, true);
	settle();
	assert_int_not_equal(lr_of(vcpu(0), FIRST + 5), 0);
	assert_int_equal(lr_of(vcpu(0), FIRST), 0);
	assert_true(irq_read(vcpu(0), ISPENDR, FIRST));
	guest_takes(vcpu(0), FIRST + 5);
	for (unsigned int i = 4; i-- > 0;) {
		settle();
		guest_takes(vcpu(0), FIRST + i);
	}
	settle();
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
}

/* What comes while better ones wait in the queue does not slip past them into a register that is free by now. */
static void test_no_overtaking(void **state)
{
	(void)state;
	make_spis(7);
	for (unsigned int i = 1; i < 7; i++)
		line(FIRST + i, true);
	settle();
	for (unsigned int i = 6; i > 3; i--)
		guest_takes(vcpu(0), FIRST + i);
	line(FIRST, true);
	settle();
	for (unsigned int i = 4; i-- > 0;) {
		guest_takes(vcpu(0), FIRST + i);
		settle();
	}
}

/* Those in the registers lose their priority: the ones that wait come first. */
static void test_priority_lost(void **state)
{
	(void)state;
	make_spis(6);
	for (unsigned int i = 0; i < 6; i++)
		line(FIRST + i, true);
	settle();
	for (unsigned int i = 2; i < 6; i++)
		irq_prio(vcpu(0), FIRST + i, 0xf8);
	settle();
	guest_takes(vcpu(0), FIRST + 1);
	settle();
	guest_takes(vcpu(0), FIRST);
}

/* Active and pending again, ended with interrupts masked: it is behind the better ones that wait. */
static void test_again_while_crowded(void **state)
{
	(void)state;
	world_make(4, 2);
	make_spis(3);
	line(FIRST, true);
	assert_int_equal(guest_ack(vcpu(0)), FIRST);
	line(FIRST, false);
	line(FIRST, true);
	line(FIRST + 1, true);
	line(FIRST + 2, true);
	settle();
	guest_eoi(vcpu(0), FIRST);
	settle();
	for (unsigned int i = 3; i-- > 0;) {
		guest_takes(vcpu(0), FIRST + i);
		settle();
	}
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
	world_end();
}

/* The same with an SGI to itself. */
static void test_sgi_while_crowded(void **state)
{
	(void)state;
	world_make(4, 2);
	make_spis(2);
	irq_write(vcpu(0), ISENABLER, 3);
	irq_prio(vcpu(0), 3, 0xf8);
	as(vcpu(0));
	vgic_sgi(vcpu(0), UINT64_C(3) << 24 | 1, 1);
	assert_int_equal(guest_ack(vcpu(0)), 3);
	line(FIRST, true);
	line(FIRST + 1, true);
	settle();
	assert_int_not_equal(lr_of(vcpu(0), 3), 0);
	guest_eoi(vcpu(0), 3);
	vgic_sgi(vcpu(0), UINT64_C(3) << 24 | 1, 1);
	settle();
	guest_takes(vcpu(0), FIRST + 1);
	settle();
	guest_takes(vcpu(0), FIRST);
	settle();
	guest_takes(vcpu(0), 3);
	world_end();
}

/* A nest deeper than there are registers: the outer ones wait outside, active, and their end is counted. */
static void test_evict_active(void **state)
{
	(void)state;
	make_spis(8);
	for (unsigned int i = 0; i < 8; i++) {
		line(FIRST + i, true);
		settle();
		assert_int_equal(guest_ack(vcpu(0)), FIRST + i);
		settle();
	}
	for (unsigned int i = 0; i < 8; i++)
		assert_true(irq_read(vcpu(0), ISACTIVER, FIRST + i));
	assert_true(ich_hcr_read() & ICH_HCR_LRENPIE);
	for (unsigned int i = 4; i < 8; i++)
		assert_int_not_equal(lr_of(vcpu(0), FIRST + i), 0);
	for (unsigned int i = 8; i-- > 0;) {
		guest_eoi(vcpu(0), FIRST + i);
		settle();
		for (unsigned int k = 0; k < 8; k++)
			assert_int_equal(irq_read(vcpu(0), ISACTIVER, FIRST + k), k < i);
	}
	settle();
	assert_int_equal(lrs_in_use(vcpu(0)), 0);
	assert_int_equal(ich_hcr_read(), ICH_HCR_EN);
}

/* The hardware-linked one is pushed out while active: its end is still the physical one's. */
static void test_evict_hw(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, 27);
	irq_prio(vcpu(0), 27, 0xf8);
	as(vcpu(0));
	world.phys_active[0][27] = true;
	vtimer_host_irq(vcpu(0));
	assert_int_equal(guest_ack(vcpu(0)), 27);
	make_spis(5);
	for (unsigned int i = 0; i < 5; i++) {
		line(FIRST + i, true);
		settle();
		assert_int_equal(guest_ack(vcpu(0)), FIRST + i);
		settle();
	}
	assert_int_equal(lr_of(vcpu(0), 27), 0);
	assert_true(world.phys_active[0][27]);
	unload(vcpu(0));
	assert_false(world.phys_active[0][27]);
	load(vcpu(0), 0);
	for (unsigned int i = 5; i-- > 0;) {
		guest_eoi(vcpu(0), FIRST + i);
		settle();
	}
	guest_eoi(vcpu(0), 27);
	settle();
	assert_false(world.phys_active[0][27]);
	assert_false(irq_read(vcpu(0), ISACTIVER, 27));
}

/* Empty registers are used again without a word to anybody. */
static void test_reuse(void **state)
{
	(void)state;
	make_spis(12);
	for (unsigned int i = 0; i < 12; i++) {
		line(FIRST + i, true);
		assert_false(vgic_needs_flush(vcpu(0)));
		guest_takes(vcpu(0), FIRST + i);
	}
	assert_int_equal(world.maintenance, 0);
}

/* Pending and active ones move with the vCPU; what comes meanwhile waits in the queue. */
static void test_switch(void **state)
{
	(void)state;
	make_spis(4);
	line(FIRST, true);
	assert_int_equal(guest_ack(vcpu(0)), FIRST);
	line(FIRST + 1, true);
	unload(vcpu(0));
	line(FIRST + 2, true);
	assert_true(vgic_needs_flush(vcpu(0)));
	assert_true(vgic_irq_pending(vcpu(0)));
	unload(vcpu(1));
	load(vcpu(0), 1);
	assert_int_equal(lrs_in_use(vcpu(0)), 3);
	assert_int_equal(guest_ack(vcpu(0)), FIRST + 2);
	guest_eoi(vcpu(0), FIRST + 2);
	guest_takes(vcpu(0), FIRST + 1);
	guest_eoi(vcpu(0), FIRST);
	settle();
	assert_int_equal(lrs_in_use(vcpu(0)), 0);
}

/* The CPU interface's own state goes with the vCPU. */
static void test_vmcr(void **state)
{
	(void)state;
	as(vcpu(0));
	sysreg_write(ICH_VMCR_EL2, 0xab000003);
	unload(vcpu(0));
	unload(vcpu(1));
	load(vcpu(1), 0);
	assert_int_equal(sysreg_read(ICH_VMCR_EL2), 0);
	unload(vcpu(1));
	load(vcpu(0), 0);
	assert_int_equal(sysreg_read(ICH_VMCR_EL2), 0xab000003);
	assert_int_equal(ich_hcr_read(), ICH_HCR_EN);
}

/* What is not loaded can be changed where it lies. */
static void test_memory(void **state)
{
	(void)state;
	make_spis(2);
	irq_write(vcpu(0), ISENABLER, 50);
	line(FIRST, true);
	line(50, true);
	unload(vcpu(0));
	line(50, false);
	assert_int_equal(lr_of(vcpu(0), 50), 0);
	irq_write(vcpu(1), ICENABLER, FIRST);
	assert_int_equal(lr_of(vcpu(0), FIRST), 0);
	assert_false(vgic_irq_pending(vcpu(0)));
	irq_write(vcpu(1), ISENABLER, FIRST);
	assert_true(vgic_irq_pending(vcpu(0)));
	load(vcpu(0), 0);
	guest_takes(vcpu(0), FIRST);
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
}

/* A level that ended just as its vCPU leaves the core, before the maintenance interrupt: not forgotten. */
static void test_owed(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, 50);
	line(50, true);
	guest_takes(vcpu(0), 50);
	as(vcpu(0));
	assert_true(vgic_irq_pending(vcpu(0))); /* it would not block */
	vcpu(0)->state = VCPU_BLOCKED;
	unload(vcpu(0));
	assert_int_equal(vcpu(0)->state, VCPU_READY);
	assert_true(vgic_irq_pending(vcpu(0)));
	load(vcpu(0), 0);
	guest_takes(vcpu(0), 50);
	line(50, false);
}

/* Another core's list register: the request is left there, and the core is told. */
static void test_notes(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, 50);
	irq_route(vcpu(0), 50, 1);
	on_core(0);
	line(50, true);
	assert_int_equal(guest_cpu(vcpu(1))->kicks, 1);
	settle();
	assert_int_equal(guest_peek(vcpu(1)), 50);
	on_core(0);
	line(50, false);
	assert_int_equal(guest_cpu(vcpu(1))->kicks, 2);
	assert_int_not_equal(lr_of(vcpu(1), 50), 0); /* not ours to touch */
	settle();
	assert_int_equal(lr_of(vcpu(1), 50), 0);
	/* Falls while it is active there: no second one. */
	on_core(0);
	line(50, true);
	settle();
	assert_int_equal(guest_ack(vcpu(1)), 50);
	on_core(0);
	line(50, false);
	settle();
	guest_eoi(vcpu(1), 50);
	settle();
	assert_int_equal(guest_ack(vcpu(1)), NO_IRQ);
	assert_int_equal(world.maintenance, 0);
}

/* A note, and before it is read the vCPU is taken from its core. */
static void test_note_then_switch(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, 50);
	irq_route(vcpu(0), 50, 1);
	on_core(0);
	line(50, true);
	settle();
	on_core(0);
	irq_write(vcpu(0), ICENABLER, 50);
	unload(vcpu(1));
	load(vcpu(1), 1);
	assert_int_equal(guest_ack(vcpu(1)), NO_IRQ);
	assert_true(irq_read(vcpu(0), ISPENDR, 50));
}

static void test_flush_of_nothing(void **state)
{
	(void)state;
	as(vcpu(0));
	vgic_flush(vcpu(0));
	vgic_maintenance(vcpu(0));
	assert_int_equal(lrs_in_use(vcpu(0)), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_format),
		T(test_overflow),
		T(test_evict_pending),
		T(test_evict_active),
		T(test_evict_hw),
		T(test_reuse),
		T(test_switch),
		T(test_vmcr),
		T(test_memory),
		T(test_owed),
		T(test_notes),
		T(test_note_then_switch),
		T(test_flush_of_nothing),
		T(test_no_overtaking),
		T(test_priority_lost),
		cmocka_unit_test(test_again_while_crowded),
		cmocka_unit_test(test_sgi_while_crowded),
	};

	return cmocka_run_group_tests_name("vgic/lr", tests, NULL, NULL);
}
