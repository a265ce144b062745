/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the scheduler's suites stand on, each included by one program: cores that take turns in one thread (or are
 * threads), a clock that the tests turn, and loading and saving of this file's own, which know at any time which vCPU
 * is on which core.
 */
#ifndef TESTS_UNIT_CORE_SCHED_WORLD_H
#define TESTS_UNIT_CORE_SCHED_WORLD_H

#include "unit.h"

#include "arch/el2_bits.h"
#include "arch/guest.h"
#include "arch/host.h"
#include "arch/switch.h"
#include "core/debug_regs.h"
#include "core/irq.h"
#include "core/partition.h"
#include "core/percpu.h"
#include "core/sched.h"
#include "core/spin.h"
#include "core/vcpu.h"
#include "plat/plat.h"
#include "role/role.h"

#define CPUS  4u
#define VCPUS 12u
#define MS    UINT64_C(1000000) /* the counter counts nanoseconds here */
#define US    UINT64_C(1000)

static struct vcpu vcpu[VCPUS];
static struct vcpu *list_a[VCPUS], *list_b[VCPUS];
static struct partition a, b;
static uint32_t owner[VCPUS];		  /* 1 + the core that has it loaded; 0: none */
static uint32_t sent[VCPUS], seen[VCPUS]; /* interrupts: pending while they differ */
static bool spins[VCPUS], masked[VCPUS];
/* How often each part of a vCPU's state was moved. */
static struct moved {
	uint32_t regs, debug, role;
} loads[VCPUS], saves[VCPUS];
static uint32_t nr_stopped, nr_all_off, nr_entered[VCPUS], flushes[CPUS], wrong;
static bool threaded;
static uint32_t quit;
static _Thread_local jmp_buf asleep;

/* --- what the scheduler works on --- */

static unsigned int id(const struct vcpu *v)
{
	return (unsigned int)(v - vcpu);
}

static struct vcpu *of(const struct arch_vcpu *a_)
{
	return container_of(a_, struct vcpu, arch);
}

/* In a thread other than the first, cmocka's asserts must not be used. */
static void must(bool ok)
{
	if (!ok)
		__atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
	if (!threaded)
		assert_true(ok);
}

void arch_vcpu_load(const struct arch_vcpu *v)
{
	must(__atomic_exchange_n(&owner[id(of((struct arch_vcpu *)(uintptr_t)v))], 1 + this_cpu()->index,
				 __ATOMIC_RELAXED) == 0);
	loads[id(of((struct arch_vcpu *)(uintptr_t)v))].regs++;
}

void arch_vcpu_save(struct arch_vcpu *v)
{
	must(__atomic_exchange_n(&owner[id(of(v))], 0, __ATOMIC_RELAXED) == 1 + this_cpu()->index);
	v->pc++; /* plain: whoever loads it next must see this */
	saves[id(of(v))].regs++;
}

void arch_tlb_flush_vmid_local(void)
{
	flushes[this_cpu()->index]++;
}

void arch_stage2_load(uint64_t vttbr, uint64_t vtcr)
{
	(void)vttbr;
	(void)vtcr;
}

void debug_regs_load(struct vcpu *v)
{
	must(owner[id(v)] == 1 + this_cpu()->index);
	loads[id(v)].debug++;
}

void role_vcpu_load(struct vcpu *v)
{
	must(owner[id(v)] == 1 + this_cpu()->index);
	loads[id(v)].role++;
}

void role_vcpu_save(struct vcpu *v)
{
	must(owner[id(v)] == 1 + this_cpu()->index);
	saves[id(v)].role++;
}

void role_vcpu_enter(struct vcpu *v)
{
	must(this_cpu()->current == v && owner[id(v)] == 1 + this_cpu()->index);
	nr_entered[id(v)]++;
}

bool role_vcpu_irq_pending(const struct vcpu *v)
{
	return __atomic_load_n(&sent[id(v)], __ATOMIC_SEQ_CST) != __atomic_load_n(&seen[id(v)], __ATOMIC_RELAXED);
}

void role_partition_stopped(struct partition *p UNUSED)
{
	__atomic_add_fetch(&nr_stopped, 1, __ATOMIC_SEQ_CST);
}

void role_partition_all_off(struct partition *p UNUSED)
{
	__atomic_add_fetch(&nr_all_off, 1, __ATOMIC_SEQ_CST);
}

bool spin_guest_waits(void)
{
	return spins[id(this_cpu()->current)];
}

/* The only physical interrupt that matters: this core's timer. Kicks are in percpu.work. */
void irq_dispatch(void)
{
	if (this_cpu()->timer_armed <= time_now())
		time_interrupt();
}

/* Nothing to run: back to the test; the core stays in its WFI. */
void arch_wfi(void)
{
	if (!threaded || __atomic_load_n(&quit, __ATOMIC_ACQUIRE))
		longjmp(asleep, 1);
	host_counter_advance(US);
	arch_relax();
}

/* --- turning it --- */

static void on(unsigned int cpu)
{
	const struct vcpu *v = percpu[cpu].current;

	arch_this_cpu_set(&percpu[cpu]);
	guest_pstate_set(v && masked[id(v)] ? 0x85 : 0x5);
}

/* The tail of an exit of who runs on cpu, or the end of its WFI: who runs then. */
static struct vcpu *next(unsigned int cpu)
{
	on(cpu);
	if (percpu[cpu].idle) {
		percpu[cpu].idle = false;
		irq_dispatch();
	}
	return setjmp(asleep) ? NULL : sched_next(percpu[cpu].current);
}

static void vm(struct partition *p, struct vcpu **list, unsigned int first, unsigned int n, uint64_t affinity)
{
	memset(p, 0, sizeof(*p));
	spin_init(&p->lock, LOCK_PARTITION);
	p->id = p->vmid = (uint16_t)(1 + first);
	p->state = PARTITION_RUNNING;
	p->vcpu = list;
	p->nr_vcpus = n;
	for (unsigned int i = 0; i < n; i++) {
		struct vcpu *v = &vcpu[first + i];

		list[i] = v;
		v->part = p;
		v->index = (uint16_t)i;
		sched_add(v, affinity);
	}
}

static void machine(unsigned int cpus)
{
	host_reset();
	host_counter_freq_set(1000000000);
	nr_cpus = cpus;
	cpus_online = BIT(cpus) - 1;
	memset(percpu, 0, sizeof(struct percpu) * CPUS);
	for (unsigned int i = CPUS; i-- > 0;) {
		percpu[i].index = i;
		arch_this_cpu_set(&percpu[i]);
		spin_init(&percpu[i].rq.lock, LOCK_RUNQUEUE);
		list_init(&percpu[i].rq.ready);
		sched_init_cpu(&percpu[i]);
		time_init_cpu();
	}
	memset(vcpu, 0, sizeof(vcpu));
	memset(owner, 0, sizeof(owner));
	memset(sent, 0, sizeof(sent));
	memset(seen, 0, sizeof(seen));
	memset(spins, 0, sizeof(spins));
	memset(masked, 0, sizeof(masked));
	memset(nr_entered, 0, sizeof(nr_entered));
	memset(flushes, 0, sizeof(flushes));
	memset(loads, 0, sizeof(loads));
	memset(saves, 0, sizeof(saves));
	nr_stopped = nr_all_off = 0;
	on(0);
}

static int setup(void **state UNUSED)
{
	machine(1);
	return 0;
}

/* nr_live is the scheduler's own: each test leaves none on. */
static int teardown(void **state UNUSED)
{
	for (unsigned int i = 0; i < VCPUS; i++)
		if (vcpu[i].part && vcpu[i].part->state == PARTITION_RUNNING)
			partition_stop(vcpu[i].part);
	for (unsigned int n = 0; n < VCPUS + 1; n++)
		for (unsigned int c = 0; c < nr_cpus; c++)
			(void)next(c);
	for (unsigned int i = 0; i < VCPUS; i++)
		assert_int_equal(vcpu[i].state, VCPU_OFF);
	for (unsigned int c = 0; c < CPUS; c++) {
		assert_int_equal(percpu[c].rq.nr_ready | percpu[c].rq.nr_home | percpu[c].lock_ranks, 0);
		assert_null(percpu[c].loaded);
	}
	arch_this_cpu_set(NULL);
	nr_cpus = 1;
	cpus_online = 1;
	return 0;
}

static void start(unsigned int i)
{
	assert_int_equal(sched_start(&vcpu[i]), OK);
}

#define SUITE(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

#endif
