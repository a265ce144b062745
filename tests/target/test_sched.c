/* SPDX-License-Identifier: BSD-3-Clause */
/* Several vCPUs, several VMs: on many cores, and on one. */
#include "framework/guest.h"
#include "framework/test.h"

#include "core/guest_mem.h"
#include "core/percpu.h"
#include "core/sched.h"
#include "vgic/vgic.h"

#define COUNTS 32 /* slots of the vCPUs' counts */

static struct guest a, b, c;

static void smp_on(unsigned int nr_vcpus, uint64_t cores)
{
	guest_init(&a, G_SMP, nr_vcpus, cores);
	guest_slot_set(&a, 0, nr_vcpus);
	ASSERT(guest_build(&a));
	if (guest_start(&a))
		(void)guest_finish(&a);
	guest_free(&a);
}

static void three_on_three_cores(void)
{
	smp_on(3, 0xe);
}

static void four_on_one_core(void)
{
	smp_on(4, BIT(2));
}

static void eight_on_two_cores(void)
{
	smp_on(8, BIT(1) | BIT(3));
}

SUITE(multi_vcpu, { "three vCPUs on three cores", three_on_three_cores },
      { "four vCPUs on one core", four_on_one_core }, { "eight vCPUs on two cores", eight_on_two_cores });

#define WINDOW_MS 300

/*
 * How much each of n counters grows in a while: all by something, and none by four times what another does. Not finer:
 * under QEMU the host may take its core away for as long as a time slice.
 */
static bool grow_evenly(const uint64_t *const counter[], unsigned int n)
{
	uint64_t before[8], least = UINT64_MAX, most = 0;

	for (unsigned int i = 0; i < n; i++)
		before[i] = __atomic_load_n(counter[i], __ATOMIC_ACQUIRE);
	(void)WAIT_FOR(false, WINDOW_MS);
	for (unsigned int i = 0; i < n; i++) {
		uint64_t grown = __atomic_load_n(counter[i], __ATOMIC_ACQUIRE) - before[i];

		least = MIN(least, grown);
		most = MAX(most, grown);
	}
	if (least * 4 <= most)
		test_note("grown by %llu to %llu", (unsigned long long)least, (unsigned long long)most);
	return least * 4 > most;
}

static void vcpus_share_a_core(void)
{
	const uint64_t *const counter[] = { &a.slot[COUNTS], &a.slot[COUNTS + 1], &a.slot[COUNTS + 2] };

	guest_init(&a, G_SMP_COUNT, 3, BIT(1));
	guest_slot_set(&a, 0, 3);
	ASSERT(guest_build(&a));
	ASSERT(guest_start(&a));
	for (unsigned int i = 0; i < 3; i++)
		EXPECT(guest_slot_reaches(&a, COUNTS + i, 1, 3000));
	EXPECT(grow_evenly(counter, 3));
	guest_go(&a, 1);
	(void)guest_finish(&a);
	guest_free(&a);
}

/* Pinned vCPUs stay where they are said to be; the others go where there is room. */
static void placement(void)
{
	guest_init(&a, G_SMP_COUNT, 3, 0xe);
	a.cfg.pin = true;
	guest_slot_set(&a, 0, 3);
	ASSERT(guest_build(&a));
	ASSERT(guest_start(&a));
	for (unsigned int i = 0; i < 3; i++)
		EXPECT(guest_slot_reaches(&a, COUNTS + i, 20, 2000));
	for (unsigned int i = 0; i < 3; i++)
		EXPECT_EQ(a.vm->p->vcpu[i]->home, i + 1);
	guest_go(&a, 1);
	(void)guest_finish(&a);
	guest_free(&a);
}

/* Two count on a core that both may leave: an idle one takes the second. */
static void idle_cores_help(void)
{
	ASSERT(guest_launch(&a, G_COUNT, 1, BIT(1)));
	ASSERT(guest_launch(&b, G_COUNT, 1, BIT(1) | BIT(2)));
	ASSERT(guest_launch(&c, G_COUNT, 1, BIT(1) | BIT(2) | BIT(3)));
	EXPECT(WAIT_FOR(a.vm->p->vcpu[0]->home != b.vm->p->vcpu[0]->home &&
				b.vm->p->vcpu[0]->home != c.vm->p->vcpu[0]->home &&
				a.vm->p->vcpu[0]->home != c.vm->p->vcpu[0]->home,
			1000));
	guest_go(&a, 1);
	guest_go(&b, 1);
	guest_go(&c, 1);
	(void)guest_finish(&a);
	(void)guest_finish(&b);
	(void)guest_finish(&c);
	guest_free(&a);
	guest_free(&b);
	guest_free(&c);
}

static void states_are_guarded(void)
{
	struct vcpu *v;

	ASSERT(guest_launch(&a, G_COUNT, 1, BIT(1)));
	v = a.vm->p->vcpu[0];
	EXPECT_EQ(sched_start(v), E_STATE);
	EXPECT(guest_slot_reaches(&a, COUNTS, 1, 2000));
	/* Harmless. */
	sched_wake(v);
	sched_kick(v);
	guest_go(&a, 1);
	(void)guest_finish(&a);
	EXPECT(v->state == VCPU_OFF);
	EXPECT_EQ(sched_start(v), E_STATE); /* its partition has stopped */
	EXPECT_EQ(percpu[1].rq.nr_home, 0);
	guest_free(&a);
}

SUITE(scheduler, { "three vCPUs share a core evenly", vcpus_share_a_core }, { "pinned vCPUs stay", placement },
      { "idle cores take work", idle_cores_help }, { "states are guarded", states_are_guarded });

/* --- VMs --- */

static void two_vms_share_a_core(void)
{
	const uint64_t *const counter[] = { &a.slot[COUNTS], &b.slot[COUNTS] };
	uint64_t x;

	ASSERT(guest_launch(&a, G_COUNT, 1, BIT(1)));
	ASSERT(guest_launch(&b, G_COUNT, 1, BIT(1)));
	EXPECT(guest_slot_reaches(&a, COUNTS, 1, 3000));
	EXPECT(guest_slot_reaches(&b, COUNTS, 1, 3000));
	EXPECT(grow_evenly(counter, 2));
	guest_go(&a, 1);
	(void)guest_finish(&a);
	/* The other has it all now. */
	x = guest_slot(&b, COUNTS);
	EXPECT(guest_slot_reaches(&b, COUNTS, x + 50, 2000));
	guest_go(&b, 1);
	(void)guest_finish(&b);
	guest_free(&a);
	guest_free(&b);
}

static void one_vm_ends_the_other_goes_on(void)
{
	uint64_t x;

	ASSERT(guest_launch(&a, G_COUNT, 1, BIT(1)));
	ASSERT(guest_launch(&b, G_SMP_COUNT, 1, BIT(1)));
	EXPECT(guest_slot_reaches(&a, COUNTS, 10, 2000));
	guest_kill(&a);
	EXPECT(a.vm->p->state == PARTITION_STOPPED);
	x = guest_slot(&a, COUNTS);
	EXPECT(guest_slot_reaches(&b, COUNTS, guest_slot(&b, COUNTS) + 20, 2000));
	EXPECT_EQ(guest_slot(&a, COUNTS), x);
	guest_go(&b, 1);
	(void)guest_finish(&b);
	guest_free(&a);
	guest_free(&b);
}

SUITE(vm_scheduler, { "two VMs share a core", two_vms_share_a_core },
      { "one ends, the other goes on", one_vm_ends_the_other_goes_on });

/* --- nothing of one VM is seen by another --- */

#define SEED 0x5eed0001

static void registers_do_not_leak(void)
{
	/* A fills everything on core 1 and stays; B starts there, and looks. */
	guest_init(&a, G_FILL, 1, BIT(1));
	guest_slot_set(&a, 0, SEED);
	ASSERT(guest_build(&a));
	ASSERT(guest_start(&a));
	EXPECT(guest_slot_reaches(&a, 1, 1, 2000));
	guest_init(&b, G_LOOK, 1, BIT(1));
	guest_slot_set(&b, 0, SEED);
	ASSERT(guest_build(&b));
	if (guest_start(&b))
		(void)guest_finish(&b);
	guest_free(&b);
	guest_go(&a, 1);
	(void)guest_finish(&a);
	guest_free(&a);
	/* And after its end. */
	guest_init(&b, G_LOOK, 1, BIT(1));
	guest_slot_set(&b, 0, SEED);
	ASSERT(guest_build(&b));
	if (guest_start(&b))
		(void)guest_finish(&b);
	guest_free(&b);
}

/* Within three seconds, so many changes of the vCPU that the core has. */
static bool sees_switches(const struct percpu *cpu, unsigned int want)
{
	const struct vcpu *last = NULL;
	unsigned int seen = 0;

	return WAIT_FOR(({
				const struct vcpu *now = __atomic_load_n(&cpu->loaded, __ATOMIC_RELAXED);

				seen += now != last;
				last = now;
				seen > want;
			}),
			3000);
}

static void registers_survive_switches(void)
{
	struct guest *g[] = { &a, &b, &c };

	for (unsigned int i = 0; i < 3; i++) {
		guest_init(g[i], G_SURVIVE, 1, BIT(1));
		guest_slot_set(g[i], 0, SEED * (i + 2));
		ASSERT(guest_build(g[i]));
		ASSERT(guest_start(g[i]));
	}
	for (unsigned int i = 0; i < 3; i++)
		EXPECT(guest_slot_reaches(g[i], 1, 10, 3000));
	EXPECT(sees_switches(&percpu[1], 15));
	for (unsigned int i = 0; i < 3; i++)
		guest_go(g[i], 1);
	for (unsigned int i = 0; i < 3; i++) {
		if (!guest_finish(g[i]))
			test_note("differences: %llu %llu %llu", (unsigned long long)guest_slot(g[i], 100),
				  (unsigned long long)guest_slot(g[i], 101), (unsigned long long)guest_slot(g[i], 102));
		guest_free(g[i]);
	}
}

SUITE(isolation, { "no register of a VM is seen by the next", registers_do_not_leak },
      { "all registers survive switches", registers_survive_switches });

static void same_address_other_memory(void)
{
	struct guest *g[] = { &a, &b, &c };

	for (unsigned int i = 0; i < 3; i++) {
		guest_init(g[i], G_MEMORY, 1, BIT(1));
		guest_slot_set(g[i], 0, 0x1000 + i);
		ASSERT(guest_build(g[i]));
		ASSERT(guest_start(g[i]));
	}
	for (unsigned int i = 0; i < 3; i++)
		EXPECT(guest_slot_reaches(g[i], 1, 100, 3000));
	for (unsigned int i = 0; i < 3; i++) {
		uint64_t v = 0;

		guest_go(g[i], 1);
		(void)guest_finish(g[i]);
		EXPECT_EQ(guest_mem_read(g[i]->vm->p, IPA(0x40400000), &v, 8), OK);
		EXPECT_EQ(v, 0x1000 + i);
		/* What the core walked while this one ran. */
		EXPECT_EQ(g[i]->snap.vttbr, g[i]->vm->p->s2.vttbr);
		EXPECT_EQ(g[i]->snap.vtcr, g[i]->vm->p->s2.vtcr);
		EXPECT_EQ(g[i]->snap.vttbr >> 48, g[i]->vm->p->vmid);
		EXPECT(g[i]->vm->p->vmid != 0);
		EXPECT(g[i]->snap.hcr & 1);
	}
	EXPECT(a.vm->p->vmid != b.vm->p->vmid && b.vm->p->vmid != c.vm->p->vmid && a.vm->p->vmid != c.vm->p->vmid);
	EXPECT((a.snap.vttbr & MASK(47, 1)) != (b.snap.vttbr & MASK(47, 1)));
	for (unsigned int i = 0; i < 3; i++)
		guest_free(g[i]);
}

/* A VMID that is given again brings no translation of its last owner along. */
static void vmids_are_clean_when_given_again(void)
{
	uint16_t first = 0;

	for (unsigned int i = 0; i < 4; i++) {
		guest_init(&a, G_MEMORY, 1, BIT(1));
		guest_slot_set(&a, 0, 0x2000 + i);
		ASSERT(guest_build(&a));
		if (!i)
			first = a.vm->p->vmid;
		EXPECT_EQ(a.vm->p->vmid, first);
		ASSERT(guest_start(&a));
		EXPECT(guest_slot_reaches(&a, 1, 20, 2000));
		guest_go(&a, 1);
		(void)guest_finish(&a);
		guest_free(&a);
	}
}

SUITE(vmid, { "the same address is other memory in each VM", same_address_other_memory },
      { "a VMID given again is clean", vmids_are_clean_when_given_again });

/* --- activation --- */

static void restarts_as_new(void)
{
	guest_init(&a, G_RESTART, 1, BIT(1));
	a.cfg.on_reboot = VM_ACTION_RESTART;
	ASSERT(guest_build(&a));
	EXPECT(a.vm->p->state == PARTITION_NEW);
	ASSERT(guest_start(&a));
	(void)guest_finish(&a);
	EXPECT_EQ(guest_slot(&a, 0), 3);
	EXPECT(a.vm->p->state == PARTITION_STOPPED);
	guest_free(&a);
}

static void starts_again_after_the_end(void)
{
	guest_init(&a, G_HELLO, 1, BIT(1));
	a.cfg.vpl011 = true;
	ASSERT(guest_build(&a));
	for (unsigned int i = 1; i <= 3; i++) {
		guest_slot_set(&a, 3, 0);
		ASSERT(guest_start(&a));
		ASSERT(WAIT_FOR(__atomic_load_n(&a.stopped, __ATOMIC_ACQUIRE) == i, 3000));
		EXPECT_EQ(guest_slot(&a, 3), 0x600d);
	}
	guest_free(&a);
}

static void stops_with_vcpus_everywhere(void)
{
	for (unsigned int i = 0; i < 5; i++) {
		guest_init(&a, G_SMP_COUNT, 6, 0xe);
		guest_slot_set(&a, 0, 6);
		ASSERT(guest_build(&a));
		ASSERT(guest_start(&a));
		EXPECT(guest_slot_reaches(&a, COUNTS + 5, 1, 3000));
		guest_kill(&a);
		for (unsigned int k = 0; k < 6; k++)
			EXPECT(a.vm->p->vcpu[k]->state == VCPU_OFF);
		partition_stop(a.vm->p); /* idempotent */
		guest_free(&a);
	}
}

SUITE(vm_activate, { "SYSTEM_RESET starts it as new", restarts_as_new },
      { "it starts again after its end", starts_again_after_the_end },
      { "it stops wherever its vCPUs are", stops_with_vcpus_everywhere });
