/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite core/sched (scheduler, VM scheduler): cores that take turns in one thread, with a clock that the tests turn. */
#include "sched_world.h"

/* As core/trap.c does after an interrupt: the scheduler is asked only when there is work. */
static struct vcpu *interrupt(unsigned int cpu)
{
	on(cpu);
	irq_dispatch();
	return percpu[cpu].work & WORK_SCHED || percpu[cpu].idle ? next(cpu) : percpu[cpu].current;
}

/* Time passes on one core, its timer fires when it is due. */
static void pass(unsigned int cpu, uint64_t ns)
{
	uint64_t end = time_now() + ns;

	interrupt(cpu); /* what there is to do already */
	while (percpu[cpu].timer_armed <= end) {
		host_counter_set(MAX(percpu[cpu].timer_armed, time_now()));
		interrupt(cpu);
	}
	host_counter_set(end);
}

static void block(unsigned int cpu)
{
	on(cpu);
	sched_block(percpu[cpu].current);
}

/* An interrupt for v, from core cpu. */
static void wake(unsigned int cpu, unsigned int i)
{
	on(cpu);
	__atomic_add_fetch(&sent[i], 1, __ATOMIC_SEQ_CST);
	sched_wake(&vcpu[i]);
	sched_kick(&vcpu[i]);
}

static void runs(unsigned int cpu, int i)
{
	struct vcpu *v = percpu[cpu].current;

	assert_int_equal(v ? (int)id(v) : -1, i);
	if (v)
		assert_int_equal(v->state, VCPU_RUNNING);
}

/* --- one core --- */

static void test_start(void **state UNUSED)
{
	vm(&a, list_a, 0, 2, 1);
	assert_null(next(0));
	start(0);
	assert_int_equal(vcpu[0].state, VCPU_READY);
	assert_int_equal(sched_start(&vcpu[0]), E_STATE);
	assert_true(percpu[0].work & WORK_SCHED);
	next(0);
	runs(0, 0);
	assert_int_equal(sched_start(&vcpu[0]), E_STATE);
	assert_true(sched_loaded_here(&vcpu[0]));
	assert_false(sched_loaded_here(&vcpu[1]));
	assert_int_equal(nr_entered[0], 1);
	a.state = PARTITION_STOPPING;
	assert_int_equal(sched_start(&vcpu[1]), E_STATE);
	a.state = PARTITION_RUNNING;
}

/* Round robin: over a long time each of those that compute has its share, of two VMs as of one. */
static void test_fair(void **state UNUSED)
{
	uint64_t ran[4] = { 0 };

	vm(&a, list_a, 0, 3, 1);
	vm(&b, list_b, 3, 1, 1);
	for (unsigned int i = 0; i < 4; i++)
		start(i);
	next(0);
	for (unsigned int t = 0; t < 40000; t++) { /* 4 s */
		pass(0, 100 * US);
		ran[id(percpu[0].current)] += 100 * US;
	}
	for (unsigned int i = 0; i < 4; i++)
		assert_in_range(ran[i], 970 * MS, 1030 * MS);
}

/* While nobody waits there is no tick at all (exits in a loop: 0). */
static void test_no_tick_alone(void **state UNUSED)
{
	vm(&a, list_a, 0, 2, 1);
	start(0);
	next(0);
	assert_true(percpu[0].timer_armed == UINT64_MAX);
	start(1);
	next(0);
	assert_true(percpu[0].timer_armed < UINT64_MAX);
	/* The other goes to sleep: the tick ends. */
	pass(0, 10 * MS);
	runs(0, 1);
	block(0);
	next(0);
	runs(0, 0);
	pass(0, MS);
	assert_true(percpu[0].timer_armed == UINT64_MAX);
}

static void test_slice(void **state UNUSED)
{
	vm(&a, list_a, 0, 2, 1);
	start(0);
	next(0);
	start(1);
	pass(0, 9900 * US);
	runs(0, 0);
	pass(0, 200 * US);
	runs(0, 1);
	pass(0, 9700 * US);
	runs(0, 1);
	pass(0, 400 * US);
	runs(0, 0);
}

static void test_block_and_wake(void **state UNUSED)
{
	vm(&a, list_a, 0, 1, 1);
	start(0);
	next(0);
	block(0);
	assert_null(next(0));
	assert_int_equal(vcpu[0].state, VCPU_BLOCKED);
	assert_ptr_equal(percpu[0].loaded, &vcpu[0]); /* its state stays where it is */
	assert_true(percpu[0].idle);
	sched_kick(&vcpu[0]); /* does not wake */
	assert_int_equal(vcpu[0].state, VCPU_BLOCKED);
	wake(0, 0);
	next(0);
	runs(0, 0);
	assert_int_equal(vcpu[0].arch.pc, 0); /* never saved */
	/* An interrupt is pending already: it does not sleep. */
	block(0);
	assert_int_equal(vcpu[0].state, VCPU_RUNNING);
	seen[0] = sent[0];
	/* It comes between WFI and the scheduler. */
	block(0);
	wake(0, 0);
	next(0);
	runs(0, 0);
}

/* What wakes goes before who runs, who comes next after it, with what is left of its slice. */
static void test_wake_preempts(void **state UNUSED)
{
	vm(&a, list_a, 0, 3, 1);
	for (unsigned int i = 0; i < 3; i++)
		start(i);
	next(0);
	runs(0, 0);
	block(0);
	next(0);
	runs(0, 1);
	pass(0, 4 * MS);
	wake(0, 0);
	assert_true(percpu[0].work & WORK_SCHED);
	next(0);
	runs(0, 0);
	pass(0, 2 * MS);
	seen[0] = sent[0];
	block(0);
	next(0);
	runs(0, 1);
	pass(0, 5900 * US);
	runs(0, 1);
	pass(0, 200 * US);
	runs(0, 2);
}

/* Not more than its share, however often it is woken: its slice is used up, then it queues. */
static void test_wake_is_no_advantage(void **state UNUSED)
{
	uint64_t ran[2] = { 0 };

	vm(&a, list_a, 0, 1, 1);
	vm(&b, list_b, 1, 1, 1);
	start(0);
	start(1);
	next(0);
	for (unsigned int t = 0; t < 20000;
	     t++) { /* 0 works 190 us of each 200 us that it gets, and sleeps for a moment */
		if (percpu[0].current == &vcpu[0] && t % 2) {
			seen[0] = sent[0];
			block(0);
			next(0);
			wake(0, 0);
			next(0);
		}
		pass(0, 100 * US);
		ran[id(percpu[0].current)] += 100 * US;
	}
	assert_in_range(ran[1], 900 * MS, 1100 * MS);
}

static void test_give_way(void **state UNUSED)
{
	vm(&a, list_a, 0, 3, 1);
	for (unsigned int i = 0; i < 3; i++)
		start(i);
	next(0);
	for (unsigned int i = 0; i < 6; i++) {
		runs(0, (int)i % 3);
		sched_give_way(percpu[0].current);
		next(0);
	}
	/* Alone: it goes on. */
	block(0);
	next(0);
	block(0);
	next(0);
	sched_give_way(percpu[0].current);
	next(0);
	runs(0, 2);
	assert_false(vcpu[2].yield);
}

/* A vCPU that spins is found out at the first look and gives way; one that computes keeps its slice. */
static void test_spin(void **state UNUSED)
{
	vm(&a, list_a, 0, 2, 1);
	start(0);
	start(1);
	next(0);
	spins[0] = true;
	pass(0, 90 * US);
	runs(0, 0);
	pass(0, 20 * US);
	runs(0, 1);
	pass(0, 5 * MS);
	runs(0, 1);
	sched_give_way(&vcpu[1]);
	next(0);
	runs(0, 0);
	pass(0, 110 * US);
	runs(0, 1);
}

/* With interrupts masked it may hold a lock: some time more, not for ever. */
static void test_grace(void **state UNUSED)
{
	vm(&a, list_a, 0, 2, 1);
	start(0);
	next(0);
	start(1);
	masked[0] = true;
	pass(0, 10010 * US);
	runs(0, 0);
	pass(0, 100 * US);
	runs(0, 0);
	masked[0] = false; /* the lock is released */
	pass(0, 25 * US);
	runs(0, 1);
	/* Masked for ever: at most eight looks. */
	masked[1] = true;
	pass(0, 10 * MS);
	runs(0, 1);
	pass(0, 300 * US);
	runs(0, 0);
	/* Giving way itself, it has no grace. */
	masked[0] = true;
	sched_give_way(&vcpu[0]);
	next(0);
	runs(0, 1);
}

/* An interrupt for one that is in the queue, whose sender may wait for it: it goes first. */
static void test_kick_hurries(void **state UNUSED)
{
	vm(&a, list_a, 0, 4, 1);
	for (unsigned int i = 0; i < 4; i++)
		start(i);
	next(0);
	pass(0, MS);
	wake(0, 3);
	next(0);
	runs(0, 3);
	seen[3] = sent[3];
	block(0);
	next(0);
	runs(0, 0);
	pass(0, 9200 * US);
	runs(0, 1);
	/* One that is blocked, or off: nothing by a kick alone. */
	sched_kick(&vcpu[3]);
	assert_int_equal(vcpu[3].state, VCPU_BLOCKED);
}

/* Not when it is another VM that has the core. */
static void test_kick_takes_nobodys_turn(void **state UNUSED)
{
	vm(&a, list_a, 0, 2, 1);
	vm(&b, list_b, 2, 1, 1);
	start(2);
	next(0);
	start(0);
	start(1);
	next(0);
	for (unsigned int i = 0; i < 5; i++) {
		wake(0, i % 2);
		next(0);
		runs(0, 2);
	}
	pass(0, 10100 * US);
	runs(0, 0);
}

/* Two that interrupt one another all the time, as in a storm of SGIs: a sibling and another VM get their shares. */
static void test_kicks_starve_nobody(void **state UNUSED)
{
	uint64_t ran[4] = { 0 };

	vm(&a, list_a, 0, 3, 1);
	vm(&b, list_b, 3, 1, 1);
	for (unsigned int i = 0; i < 4; i++)
		start(i);
	next(0);
	for (unsigned int t = 0; t < 40000; t++) { /* 4 s */
		unsigned int i = id(percpu[0].current);

		if (i < 2) {
			wake(0, !i);
			next(0);
		}
		pass(0, 100 * US);
		ran[id(percpu[0].current)] += 100 * US;
	}
	assert_true(ran[2] >= 700 * MS);
	assert_true(ran[3] >= 700 * MS);
	assert_true(ran[0] + ran[1] >= 1000 * MS);
}

static void test_kick_of_who_runs(void **state UNUSED)
{
	machine(2);
	vm(&a, list_a, 0, 2, 3);
	start(0);
	start(1);
	next(0);
	next(1);
	percpu[1].work = percpu[0].work = 0;
	host_log_start();
	on(0);
	sched_kick(percpu[1].current);
	sched_kick(percpu[1].current); /* asked twice, told once */
	host_log_stop();
	assert_int_equal(host_log_count(), 1);
	assert_int_equal(host_log_find(HOST_SGI, 0), 0);
	assert_int_equal(host_log_at(0)->a, 1);
	assert_int_equal(host_log_at(0)->b, SGI_KICK);
	assert_true(percpu[1].work & WORK_ENTER);
	assert_int_equal(percpu[0].work, 0);
}

/* --- turning off --- */

static void test_off(void **state UNUSED)
{
	vm(&a, list_a, 0, 2, 1);
	start(0);
	start(1);
	next(0);
	sched_off(&vcpu[0]);
	next(0);
	assert_int_equal(vcpu[0].state, VCPU_OFF);
	assert_int_equal(owner[0], 0);
	runs(0, 1);
	assert_int_equal(nr_all_off, 0);
	start(0); /* CPU_ON again */
	sched_off(&vcpu[1]);
	next(0);
	runs(0, 0);
	sched_off(&vcpu[0]);
	assert_null(next(0));
	assert_int_equal(nr_all_off, 1);
	assert_int_equal(nr_stopped, 0);
	assert_null(percpu[0].loaded);
}

static void test_stop(void **state UNUSED)
{
	machine(2);
	vm(&a, list_a, 0, 4, 3);
	vm(&b, list_b, 4, 1, 3);
	for (unsigned int i = 0; i < 5; i++)
		start(i);
	next(0);
	next(1);
	/* One runs, one sleeps on its core, one waits, one is off. */
	sched_off(percpu[0].current);
	next(0);
	block(0);
	next(0);
	on(1);
	partition_stop(&a);
	assert_int_equal(nr_stopped, 0);
	for (unsigned int i = 0; i < 6; i++) {
		next(0);
		next(1);
	}
	assert_int_equal(nr_stopped, 1);
	assert_int_equal(nr_all_off, 0);
	assert_int_equal(a.state, PARTITION_STOPPED);
	for (unsigned int i = 0; i < 4; i++) {
		assert_int_equal(vcpu[i].state, VCPU_OFF);
		assert_false(vcpu[i].stop);
		assert_int_equal(owner[i], 0);
	}
	assert_int_not_equal(vcpu[4].state, VCPU_OFF); /* the other VM goes on */
	assert_int_equal(sched_start(&vcpu[0]), E_STATE);
}

/* WFI and the end of the VM at the same time: it must not sleep for ever. */
static void test_stop_while_blocking(void **state UNUSED)
{
	vm(&a, list_a, 0, 1, 1);
	start(0);
	next(0);
	partition_stop(&a);
	block(0);
	assert_int_equal(vcpu[0].state, VCPU_RUNNING);
	assert_null(next(0));
	assert_int_equal(nr_stopped, 1);
}

/* --- several cores --- */

static void test_spread(void **state UNUSED)
{
	machine(4);
	vm(&a, list_a, 0, 4, 0xf);
	vm(&b, list_b, 4, 4, 0xf);
	for (unsigned int i = 0; i < 8; i++)
		start(i);
	for (unsigned int c = 0; c < 4; c++)
		assert_int_equal(percpu[c].rq.nr_home, 2);
}

static void test_steal(void **state UNUSED)
{
	machine(2);
	vm(&a, list_a, 0, 3, 3);
	for (unsigned int i = 0; i < 3; i++)
		vcpu[i].home = 0;
	cpus_online = 1; /* so that all begin on core 0 */
	for (unsigned int i = 0; i < 3; i++)
		start(i);
	cpus_online = 3;
	next(0);
	runs(0, 0);
	vcpu[1].yield = true;
	vcpu[1].grace = 8;
	next(1);
	runs(1, 1);
	assert_int_equal(vcpu[1].home, 1);
	assert_false(vcpu[1].yield);
	assert_int_equal(vcpu[1].grace, 0);
	assert_int_equal(percpu[0].rq.nr_home, 2);
	assert_int_equal(percpu[1].rq.nr_home, 1);
	block(1);
	next(1);
	runs(1, 2);
	/* What is loaded on its core is not taken from it. */
	block(0);
	assert_null(next(0));
	wake(1, 0);
	assert_int_equal(vcpu[0].state, VCPU_READY);
	sched_off(percpu[1].current);
	next(1);
	runs(1, -1);
	next(0);
	runs(0, 0);
	assert_int_equal(vcpu[0].home, 0);
}

static void test_affinity(void **state UNUSED)
{
	machine(4);
	vm(&a, list_a, 0, 3, BIT(2));
	vm(&b, list_b, 3, 1, BIT(1) | BIT(2));
	for (unsigned int i = 0; i < 4; i++)
		start(i);
	assert_int_equal(vcpu[3].home, 1);
	for (unsigned int n = 0; n < 5; n++) {
		assert_null(next(0));
		assert_null(next(3));
		next(2);
		next(1);
		runs(1, 3);
		on(2);
		sched_give_way(percpu[2].current);
	}
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(vcpu[i].home, 2);
}

/* A core that sleeps hears of one that it could run. */
static void test_idle_core_is_told(void **state UNUSED)
{
	machine(2);
	vm(&a, list_a, 0, 2, 3);
	cpus_online = 1;
	start(0);
	start(1);
	cpus_online = 3;
	next(0);
	block(0);
	next(0);
	runs(0, 1);	      /* 0 sleeps, and is loaded nowhere */
	assert_null(next(1)); /* this core as well */
	percpu[1].work = 0;
	wake(0, 0);
	assert_true(percpu[1].work & WORK_SCHED);
	next(1);
	runs(1, 0);
	runs(0, 1);
}

/* WFI need not trap while no other vCPU could use the core. */
static void test_wfi_trap(void **state UNUSED)
{
	machine(2);
	vm(&a, list_a, 0, 3, 3);
	start(0);
	next(vcpu[0].home);
	assert_false(vcpu[0].arch.hcr & HCR_TWI);
	start(1);
	next(vcpu[1].home);
	assert_false(vcpu[1].arch.hcr & HCR_TWI);
	start(2); /* three on two cores */
	next(0);
	next(1);
	assert_true(percpu[0].current->arch.hcr & HCR_TWI);
	assert_true(percpu[1].current->arch.hcr & HCR_TWI);
}

/* An idle core that found nothing to steal is told when a vCPU is preempted that may come to it. */
static void test_preempted_is_offered(void **state UNUSED)
{
	machine(2);
	vm(&a, list_a, 0, 1, 3);
	vm(&b, list_b, 1, 1, 1);
	start(0);
	next(0);
	start(1);
	assert_null(next(1));
	assert_int_equal(percpu[1].work, 0);
	pass(0, 10100 * US);
	runs(0, 1);
	assert_true(percpu[1].work & WORK_SCHED);
	next(1);
	runs(1, 0);
}

/* More vCPUs than cores from now on: WFI traps on every core, also where nothing else happens. */
static void test_one_too_many(void **state UNUSED)
{
	machine(2);
	vm(&a, list_a, 0, 2, 3);
	vm(&b, list_b, 2, 1, 1);
	start(0);
	start(1);
	next(0);
	next(1);
	runs(1, 1);
	assert_false(vcpu[1].arch.hcr & HCR_TWI);
	assert_int_equal(percpu[1].work, 0);
	start(2);
	assert_true(percpu[1].work & WORK_SCHED);
	next(1);
	runs(1, 1);
	assert_true(vcpu[1].arch.hcr & HCR_TWI);
}

/*
 * Siblings share a VMID, and a core's TLB does not know which of them left an entry: flushed when they change places,
 * not when another VM comes between.
 */
static void test_tlb(void **state UNUSED)
{
	vm(&a, list_a, 0, 2, 1);
	vm(&b, list_b, 2, 1, 1);
	start(0);
	start(2);
	next(0);
	runs(0, 0);
	assert_int_equal(flushes[0], 1);
	for (unsigned int i = 0; i < 4; i++) {
		sched_give_way(percpu[0].current);
		next(0);
	}
	runs(0, 0);
	assert_int_equal(flushes[0], 2); /* each for its first time */
	start(1);
	for (unsigned int i = 0; i < 3; i++) {
		sched_give_way(percpu[0].current);
		next(0);
	}
	assert_int_equal(flushes[0], 4);
}

/* All parts of the state go with it, each time (bug class 11). */
static void test_all_parts_move(void **state UNUSED)
{
	vm(&a, list_a, 0, 2, 1);
	vm(&b, list_b, 2, 1, 1);
	for (unsigned int i = 0; i < 3; i++)
		start(i);
	for (unsigned int i = 0; i < 10; i++) {
		next(0);
		sched_give_way(percpu[0].current);
	}
	for (unsigned int i = 0; i < 3; i++) {
		assert_true(loads[i].regs >= 3);
		assert_int_equal(loads[i].debug, loads[i].regs);
		assert_int_equal(loads[i].role, loads[i].regs);
		assert_int_equal(saves[i].role, saves[i].regs);
		assert_int_equal(saves[i].regs + (percpu[0].loaded == &vcpu[i]), loads[i].regs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SUITE(test_start),
		SUITE(test_fair),
		SUITE(test_no_tick_alone),
		SUITE(test_slice),
		SUITE(test_block_and_wake),
		SUITE(test_wake_preempts),
		SUITE(test_wake_is_no_advantage),
		SUITE(test_give_way),
		SUITE(test_spin),
		SUITE(test_grace),
		SUITE(test_kick_hurries),
		SUITE(test_kick_of_who_runs),
		SUITE(test_kick_takes_nobodys_turn),
		SUITE(test_kicks_starve_nobody),
		SUITE(test_preempted_is_offered),
		SUITE(test_one_too_many),
		SUITE(test_off),
		SUITE(test_stop),
		SUITE(test_stop_while_blocking),
		SUITE(test_spread),
		SUITE(test_steal),
		SUITE(test_affinity),
		SUITE(test_idle_core_is_told),
		SUITE(test_wfi_trap),
		SUITE(test_tlb),
		SUITE(test_all_parts_move),
	};

	return UNIT_RUN(tests);
}
