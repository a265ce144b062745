/* SPDX-License-Identifier: BSD-3-Clause */
/* The timers of a vCPU: the emulated physical one, and the wake-ups for the virtual one while it is away. */
#include "world.h"

#include "arch/guest.h"

#define ENABLE	1u
#define IMASK	2u
#define ISTATUS 4u

static int setup(void **state)
{
	world_setup(state);
	for (unsigned int i = 0; i < 4; i++) {
		irq_write(vcpu(i), ISENABLER, 30);
		irq_write(vcpu(i), ISENABLER, 27);
	}
	return 0;
}

static uint64_t rd(struct vcpu *v, enum vtimer_reg r)
{
	return vtimer_cntp_read(v, r);
}

static void wr(struct vcpu *v, enum vtimer_reg r, uint64_t value)
{
	as(v);
	vtimer_cntp_write(v, r, value);
}

static void test_cval(void **state)
{
	struct vcpu *v = vcpu(0);

	(void)state;
	wr(v, VTIMER_CNTP_CVAL, world.now + 100);
	wr(v, VTIMER_CNTP_CTL, ENABLE);
	assert_int_equal(rd(v, VTIMER_CNTP_CTL), ENABLE);
	assert_int_equal(guest_ack(v), NO_IRQ);
	world_pass(99);
	assert_int_equal(guest_ack(v), NO_IRQ);
	world_pass(1);
	assert_int_equal(rd(v, VTIMER_CNTP_CTL), ENABLE | ISTATUS);
	assert_int_equal(guest_ack(v), 30);
	wr(v, VTIMER_CNTP_CTL, 0);
	guest_eoi(v, 30);
	settle();
	assert_int_equal(guest_ack(v), NO_IRQ);
	assert_int_equal(world.timers, 0);
}

/* A level: until it is masked, disabled or moved into the future. */
static void test_level(void **state)
{
	struct vcpu *v = vcpu(0);

	(void)state;
	wr(v, VTIMER_CNTP_CTL, ENABLE);
	for (unsigned int n = 0; n < 3; n++) {
		guest_takes(v, 30);
		settle();
	}
	wr(v, VTIMER_CNTP_CTL, ENABLE | IMASK);
	assert_int_equal(rd(v, VTIMER_CNTP_CTL), ENABLE | IMASK | ISTATUS);
	assert_int_equal(guest_ack(v), NO_IRQ);
	wr(v, VTIMER_CNTP_CTL, ENABLE);
	assert_int_equal(guest_peek(v), 30);
	wr(v, VTIMER_CNTP_TVAL, 50);
	assert_int_equal(guest_ack(v), NO_IRQ);
	world_pass(50);
	assert_int_equal(guest_peek(v), 30);
	wr(v, VTIMER_CNTP_CTL, 0);
	assert_int_equal(guest_ack(v), NO_IRQ);
}

static void test_tval(void **state)
{
	struct vcpu *v = vcpu(0);

	(void)state;
	wr(v, VTIMER_CNTP_TVAL, 1000);
	assert_int_equal(rd(v, VTIMER_CNTP_CVAL), world.now + 1000);
	world_pass(300);
	assert_int_equal(rd(v, VTIMER_CNTP_TVAL), 700);
	world_pass(1000);
	assert_int_equal(rd(v, VTIMER_CNTP_TVAL), 0xffffffff & -300); /* 32 bits, in the past */
	wr(v, VTIMER_CNTP_TVAL, UINT64_C(0xfffffff0));		      /* sign-extended */
	assert_int_equal(rd(v, VTIMER_CNTP_CVAL), world.now - 16);
	wr(v, VTIMER_CNTP_TVAL, UINT64_C(0x500000001)); /* the upper half is ignored */
	assert_int_equal(rd(v, VTIMER_CNTP_CVAL), world.now + 1);
}

/* Only the two writable bits of CTL are kept. */
static void test_ctl(void **state)
{
	struct vcpu *v = vcpu(0);

	(void)state;
	wr(v, VTIMER_CNTP_CVAL, UINT64_MAX);
	wr(v, VTIMER_CNTP_CTL, UINT64_MAX);
	assert_int_equal(rd(v, VTIMER_CNTP_CTL), ENABLE | IMASK);
	wr(v, VTIMER_CNTP_CTL, ISTATUS);
	assert_int_equal(rd(v, VTIMER_CNTP_CTL), 0);
	assert_int_equal(world.timers, 0);
	wr(v, VTIMER_CNTP_CTL, ENABLE); /* never, and no overflow on the way */
	world_pass(1000000);
	assert_int_equal(guest_ack(v), NO_IRQ);
}

/* Away from its core it fires as well, and wakes. */
static void test_cntp_away(void **state)
{
	struct vcpu *v = vcpu(0);

	(void)state;
	wr(v, VTIMER_CNTP_TVAL, 100);
	wr(v, VTIMER_CNTP_CTL, ENABLE);
	unload(v);
	v->state = VCPU_BLOCKED;
	world_pass(200);
	assert_int_equal(v->state, VCPU_READY);
	load(v, 2 - 2);
	guest_takes(v, 30);
	unload(v);
	vtimer_reset(v);
	vgic_vcpu_reset(v);
	assert_int_equal(rd(v, VTIMER_CNTP_CTL), 0);
	load(v, 0);
	assert_int_equal(guest_ack(v), NO_IRQ);
	assert_int_equal(world.timers, 0);
}

/* The software timer finds its registers changed when it runs: it does nothing wrong. */
static void test_cntp_race(void **state)
{
	struct vcpu *v = vcpu(0);

	(void)state;
	wr(v, VTIMER_CNTP_TVAL, 100);
	wr(v, VTIMER_CNTP_CTL, ENABLE);
	v->ptimer_soft.fn(&v->ptimer_soft); /* early */
	assert_int_equal(guest_ack(v), NO_IRQ);
	assert_int_equal(world.timers, 1);
	wr(v, VTIMER_CNTP_CTL, 0);
	world_pass(200);
	v->ptimer_soft.fn(&v->ptimer_soft); /* had been on its way when it was stopped */
	assert_int_equal(guest_ack(v), NO_IRQ);
	assert_int_equal(world.timers, 0);
}

/* --- CNTV of a vCPU that leaves its core --- */

static void leave(struct vcpu *v, uint64_t ctl, uint64_t cval)
{
	as(v);
	guest_el1_write(R_CNTV_CTL_EL0, ctl);
	guest_el1_write(R_CNTV_CVAL_EL0, cval);
	unload(v);
	v->state = v->state == VCPU_READY && guest_cpu(v)->wakes ? VCPU_READY : VCPU_BLOCKED;
}

static void test_cntv_wakes(void **state)
{
	struct vcpu *v = vcpu(0);

	(void)state;
	v->arch.cntvoff = 900000;
	leave(v, ENABLE, world.now - 900000 + 100);
	world_pass(99);
	assert_int_equal(v->state, VCPU_BLOCKED);
	world_pass(1);
	assert_int_equal(v->state, VCPU_READY);
	assert_int_equal(world.timers, 0);
}

static void test_cntv_due(void **state)
{
	(void)state;
	vcpu(0)->arch.cntvoff = 900000;
	leave(vcpu(0), ENABLE, 5);
	assert_int_equal(guest_cpu(vcpu(0))->wakes, 1);
	assert_int_equal(world.timers, 0);
}

static void test_cntv_off(void **state)
{
	(void)state;
	leave(vcpu(0), 0, 5);
	leave(vcpu(1), ENABLE | IMASK, 5);
	leave(vcpu(2), ENABLE, UINT64_MAX);
	assert_int_equal(guest_cpu(vcpu(0))->wakes + guest_cpu(vcpu(1))->wakes, 0);
	world_pass(10000000);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(vcpu(i)->state, VCPU_BLOCKED);
}

/* The guest's counter may be ahead of ours. */
static void test_cntv_negative_offset(void **state)
{
	struct vcpu *v = vcpu(0);

	(void)state;
	v->arch.cntvoff = UINT64_C(0) - 5000000;
	leave(v, ENABLE, world.now + 5000000 + 10);
	assert_int_equal(world.timers, 1);
	world_pass(10);
	assert_int_equal(v->state, VCPU_READY);
}

static void test_cntv_back(void **state)
{
	struct vcpu *v = vcpu(0);

	(void)state;
	leave(v, ENABLE, world.now + 100);
	assert_int_equal(world.timers, 1);
	load(v, 0);
	assert_int_equal(world.timers, 0); /* the hardware's turn */
	world_pass(1000);
	assert_int_equal(guest_ack(v), NO_IRQ);
}

/* It has fired already: the interrupt is pending or being handled, no second wake-up is needed; after its end it is. */
static void test_cntv_in_flight(void **state)
{
	struct vcpu *v = vcpu(0);

	(void)state;
	as(v);
	world.phys_active[0][27] = true;
	vtimer_host_irq(v);
	assert_int_equal(guest_ack(v), 27);
	leave(v, ENABLE, 5);
	assert_int_equal(guest_cpu(v)->wakes, 0);
	load(v, 0);
	guest_eoi(v, 27);
	leave(v, ENABLE, 5);
	assert_int_equal(guest_cpu(v)->wakes, 1);
}

/* Fires while its vCPU waits, loaded: wakes it. */
static void test_cntv_wakes_here(void **state)
{
	struct vcpu *v = vcpu(0);

	(void)state;
	for (unsigned int n = 0; n < 3; n++) {
		v->state = VCPU_BLOCKED;
		as(v);
		world.phys_active[0][27] = true;
		vtimer_host_irq(v);
		assert_int_equal(v->state, VCPU_READY);
		assert_true(vgic_irq_pending(v));
		v->state = VCPU_RUNNING;
		guest_takes(v, 27);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_cval),
		T(test_level),
		T(test_tval),
		T(test_ctl),
		T(test_cntp_away),
		T(test_cntp_race),
		T(test_cntv_wakes),
		T(test_cntv_due),
		T(test_cntv_off),
		T(test_cntv_negative_offset),
		T(test_cntv_back),
		T(test_cntv_in_flight),
		T(test_cntv_wakes_here),
	};

	return cmocka_run_group_tests_name("vgic/vtimer", tests, NULL, NULL);
}
