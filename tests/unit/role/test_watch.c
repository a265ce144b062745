/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/watch: VMs that hang, and many that only look like it. The test says what each vCPU is seen to do, turns
 * the clock, and reads the log.
 */
#include "unit.h"

#include "arch/guest.h"
#include "arch/host.h"
#include "core/guest_mem.h"
#include "core/percpu.h"
#include "core/time.h"
#include "core/vcpu.h"
#include "machine_log.h"
#include "role/hyp/vm.h"
#include "role/role.h"
#include "vgic/vgic.h"

#define CPUS	2u
#define VCPUS	5u
#define MASKED	0x3c5u
#define OPEN	0x345u
#define PC	UINT64_C(0xffff800000081234)
#define WFI	0xd503207fu
#define NOP	0xd503201fu
#define SECOND	UINT64_C(1000000000)
#define HUNG(w) "one: takes no interrupts since 10 s: hung or dead (" w ")"

static struct vm vm_one, vm_two;
static struct vm *vms[3] = { &vm_one, NULL, &vm_two };
static struct partition part_one, part_two;
static struct vm_config cfg_one, cfg_two;
static struct vcpu vcpu[2 * VCPUS];
static struct vcpu *list[2 * VCPUS];
static bool pending[2 * VCPUS], can_wake;
static uint32_t insn;
static int fetch_result;
static unsigned int ends;
static struct vm *ended;

static unsigned int id(const struct vcpu *v)
{
	return (unsigned int)(v - vcpu);
}

/* --- what the watch asks --- */

bool role_vcpu_irq_pending(const struct vcpu *v)
{
	return pending[id(v)];
}

bool vgic_can_wake(const struct vcpu *v UNUSED)
{
	return can_wake;
}

int guest_mem_fetch(uint64_t va, uint32_t *words, unsigned int n)
{
	assert_true(va == PC - 4 || va == PC + 0x100 - 4);
	assert_int_equal(n, 1);
	*words = insn;
	return fetch_result;
}

void vm_end(struct vm *vm, enum vm_end why)
{
	assert_int_equal(why, VM_END_HANG);
	ended = vm;
	ends++;
}

/* --- turning it --- */

static void on(unsigned int cpu)
{
	arch_this_cpu_set(&percpu[cpu]);
}

static void add(struct vm *vm, struct partition *p, struct vm_config *cfg, const char *name, unsigned int first)
{
	memset(vm, 0, sizeof(*vm));
	memset(p, 0, sizeof(*p));
	memset(cfg, 0, sizeof(*cfg));
	vm->p = p;
	vm->cfg = cfg;
	strcpy(p->name, name);
	p->state = PARTITION_RUNNING;
	p->role = vm;
	p->vcpu = &list[first];
	p->nr_vcpus = VCPUS;
	for (unsigned int i = 0; i < VCPUS; i++) {
		list[first + i] = &vcpu[first + i];
		list[first + i]->part = p;
		list[first + i]->index = (uint16_t)i;
	}
}

static int setup(void **state UNUSED)
{
	host_reset();
	host_counter_freq_set(1000000000);
	memset(vcpu, 0, sizeof(vcpu));
	memset(pending, 0, sizeof(pending));
	memset(percpu, 0, sizeof(struct percpu) * CPUS);
	nr_cpus = CPUS;
	can_wake = true;
	insn = NOP;
	fetch_result = OK;
	ends = 0;
	ended = NULL;
	log_forget();
	add(&vm_one, &part_one, &cfg_one, "one", 0);
	add(&vm_two, &part_two, &cfg_two, "two", VCPUS);
	watch_init(vms, ARRAY_SIZE(vms));
	for (unsigned int i = CPUS; i-- > 0;) {
		percpu[i].index = i;
		on(i);
		time_init_cpu();
		watch_core();
	}
	return 0;
}

static int teardown(void **state UNUSED)
{
	for (unsigned int i = CPUS; i-- > 0;) {
		while (!list_empty(&percpu[i].timers))
			timer_stop(list_first(&percpu[i].timers, struct timer, link));
	}
	host_counter_set(0);
	arch_this_cpu_set(NULL);
	nr_cpus = 1;
	return 0;
}

/* Who is in the guest on that core now. */
static void runs(unsigned int cpu, struct vcpu *v)
{
	percpu[cpu].current = percpu[cpu].loaded = v;
	if (v)
		v->state = VCPU_RUNNING;
}

/* Seconds pass on all cores, on each of which PSTATE is that. */
static void seconds(unsigned int n, const uint64_t pstate[CPUS])
{
	for (unsigned int s = 0; s < n; s++) {
		host_counter_advance(SECOND + SECOND / 16);
		for (unsigned int c = 0; c < CPUS; c++) {
			on(c);
			guest_pstate_set(pstate[c]);
			guest_pc_set(PC + 0x100 * c);
			if (insn == WFI)
				guest_pc_set(PC);
			time_interrupt();
		}
	}
}

static void pass(unsigned int n, uint64_t p0, uint64_t p1)
{
	seconds(n, (const uint64_t[CPUS]){ p0, p1 });
}

/* v leaves its core 0 now. */
static void leaves(struct vcpu *v, uint64_t pstate)
{
	on(0);
	guest_pstate_set(pstate);
	guest_pc_set(PC);
	watch_look(v);
}

/* --- one vCPU --- */

/* It spins with interrupts masked: told once, after ten seconds and not before; and that it goes on. */
static void test_spins(void **state UNUSED)
{
	insn = NOP;
	fetch_result = E_FAULT; /* code that cannot be read is no WFI */
	runs(0, &vcpu[0]);
	pass(9, MASKED, 0);
	assert_int_equal(log_lines, 0);
	pass(2, MASKED, 0);
	assert_logged(HUNG("vCPU 0 at pc 0xffff800000081234"));
	pass(30, MASKED, 0);
	assert_int_equal(log_lines, 1);
	assert_int_equal(log_notes, 0);
	pass(2, OPEN, 0);
	assert_int_equal(log_notes, 1);
	assert_string_equal(log_last_note, "one: takes interrupts again");
	pass(30, OPEN, 0);
	assert_int_equal(log_lines + log_notes, 2);
	/* And again. */
	pass(12, MASKED, 0);
	assert_int_equal(log_lines, 2);
	assert_int_equal(ends, 0);
}

/* Whatever it does: unmasked now and then is enough. */
static void test_busy(void **state UNUSED)
{
	runs(0, &vcpu[0]);
	pending[0] = true;
	for (unsigned int i = 0; i < 20; i++) {
		pass(9, MASKED, 0);
		pass(1, OPEN, 0);
	}
	for (unsigned int i = 0; i < 30; i++) {
		pass(1, MASKED, 0);
		leaves(&vcpu[0], OPEN);
	}
	assert_int_equal(log_lines + log_notes, 0);
}

/* Masked whenever it is seen, as its ticks and ours may fall together; but it sets its timer each time. */
static void test_in_step(void **state UNUSED)
{
	runs(0, &vcpu[0]);
	pending[0] = true;
	for (uint64_t i = 0; i < 40; i++) {
		guest_el1_write(R_CNTV_CVAL_EL0, 1000 + i);
		pass(1, MASKED, 0);
	}
	assert_int_equal(log_lines, 0);
	/* No more of that. */
	pass(12, MASKED, 0);
	assert_int_equal(log_lines, 1);
}

/* Looks are never the same time apart twice. */
static void test_looks_are_uneven(void **state UNUSED)
{
	uint64_t last = 0, gap = 0;

	runs(0, &vcpu[0]);
	for (unsigned int i = 0; i < 50; i++) {
		uint64_t due;

		on(0);
		due = list_first(&percpu[0].timers, struct timer, link)->deadline;
		assert_in_range(due - last, SECOND, SECOND + SECOND / 16);
		assert_true(due - last != gap);
		gap = due - last;
		last = due;
		host_counter_set(due);
		guest_pstate_set(OPEN);
		time_interrupt();
	}
}

/* Linux sleeps in WFI with interrupts masked: with its WFI trapped, and not. */
static void test_idle(void **state UNUSED)
{
	insn = WFI;
	runs(0, &vcpu[0]);
	pass(60, MASKED, 0);
	assert_int_equal(log_lines, 0);
	vcpu[0].state = VCPU_BLOCKED;
	percpu[0].current = NULL; /* it stays loaded */
	pass(60, MASKED, 0);
	/* Another takes the core from it. */
	for (unsigned int i = 0; i < 60; i++) {
		leaves(&vcpu[0], MASKED);
		pass(1, MASKED, 0);
	}
	assert_int_equal(log_lines, 0);
}

/* Nothing is enabled that could ever wake it. */
static void test_sleeps_for_ever(void **state UNUSED)
{
	can_wake = false;
	vcpu[0].state = VCPU_BLOCKED;
	pass(9, MASKED, 0);
	assert_int_equal(log_lines, 0);
	pass(2, MASKED, 0);
	assert_int_equal(log_lines, 1);
	can_wake = true;
	pass(1, MASKED, 0);
	assert_string_equal(log_last_note, "one: takes interrupts again");
	/* The same where WFI does not trap. */
	can_wake = false;
	insn = WFI;
	runs(0, &vcpu[0]);
	pass(12, MASKED, 0);
	assert_int_equal(log_lines, 2);
}

/* One that has no core cannot show that it lives. */
static void test_starved(void **state UNUSED)
{
	runs(0, &vcpu[0]);
	pass(5, MASKED, 0);
	runs(0, NULL);
	vcpu[0].state = VCPU_READY;
	pass(100, MASKED, 0);
	assert_int_equal(log_lines, 0);
	/* The looks before and after count, those between are not there. */
	runs(0, &vcpu[0]);
	pass(7, MASKED, 0);
	assert_int_equal(log_lines, 1);
}

/* Looks at the moment when it leaves its core count as well: whom the tick never meets is found in the same time. */
static void test_met_by_switches(void **state UNUSED)
{
	vcpu[0].state = VCPU_READY;
	for (unsigned int i = 0; i < 11; i++) {
		leaves(&vcpu[0], MASKED);
		leaves(&vcpu[0], MASKED);
		pass(1, 0, 0);
	}
	assert_int_equal(log_lines, 1);
}

/* --- several vCPUs --- */

static void test_all_of_them(void **state UNUSED)
{
	runs(0, &vcpu[0]);
	runs(1, &vcpu[1]);
	/* One masked with nothing pending: it may be a program without interrupts. */
	pass(40, MASKED, OPEN);
	assert_int_equal(log_lines, 0);
	/* A sibling that sleeps is alive as well. */
	runs(1, NULL);
	vcpu[1].state = VCPU_BLOCKED;
	pass(40, MASKED, OPEN);
	assert_int_equal(log_lines, 0);
	/* Off does not count. */
	vcpu[1].state = VCPU_OFF;
	pass(1, MASKED, OPEN);
	assert_logged(HUNG("vCPU 0 at pc 0xffff800000081234"));
	/* A new one is alive until seen otherwise. */
	runs(1, &vcpu[1]);
	pass(2, MASKED, OPEN);
	assert_int_equal(log_notes, 1);
	pass(12, MASKED, MASKED);
	assert_int_equal(log_lines, 2);
	assert_string_equal(log_text[1], HUNG("vCPU 0 at pc 0xffff800000081234, vCPU 1 at pc 0xffff800000081334"));
}

/* vCPUs that come and go, of which none ever takes an interrupt: told once. */
static void test_comes_and_goes(void **state UNUSED)
{
	runs(0, &vcpu[0]);
	runs(1, &vcpu[1]);
	pass(12, MASKED, MASKED);
	assert_int_equal(log_lines, 1);
	for (unsigned int i = 0; i < 5; i++) {
		vcpu[1].state = VCPU_OFF;
		pass(3, MASKED, MASKED);
		vcpu[1].state = VCPU_READY;
		runs(1, NULL);
		pass(3, MASKED, MASKED);
		runs(1, &vcpu[1]);
		pass(3, MASKED, MASKED);
	}
	assert_int_equal(log_lines + log_notes, 1);
	/* One that was off has its ten seconds anew. */
	pass(1, OPEN, MASKED);
	assert_int_equal(log_notes, 1);
	vcpu[1].state = VCPU_OFF;
	pass(1, OPEN, MASKED);
	runs(1, &vcpu[1]);
	pending[1] = true;
	pass(8, OPEN, MASKED);
	assert_int_equal(log_lines, 1);
	pass(3, OPEN, MASKED);
	assert_int_equal(log_lines, 2);
}

/* A CPU that Linux's panic has parked neglects its interrupts, while another goes on. */
static void test_neglect(void **state UNUSED)
{
	runs(0, &vcpu[0]);
	runs(1, &vcpu[1]);
	pending[0] = true;
	pass(9, MASKED, OPEN);
	assert_int_equal(log_lines, 0);
	pass(2, MASKED, OPEN);
	assert_logged(HUNG("vCPU 0 at pc 0xffff800000081234"));
	pass(40, MASKED, OPEN);
	assert_int_equal(log_lines + log_notes, 1);
	pending[0] = false; /* it has taken it, or somebody has taken it away */
	pass(1, MASKED, OPEN);
	assert_string_equal(log_last_note, "one: takes interrupts again");
}

static void test_line_is_bounded(void **state UNUSED)
{
	for (unsigned int n = 0; n < 12; n++) {
		for (unsigned int i = 0; i < VCPUS; i++) {
			vcpu[i].state = VCPU_READY;
			leaves(&vcpu[i], MASKED);
		}
		pass(1, 0, 0);
	}
	assert_logged(HUNG("vCPU 0 at pc 0xffff800000081234, vCPU 1 at pc 0xffff800000081234, "
			   "vCPU 2 at pc 0xffff800000081234, ..."));
}

static void test_vms_are_apart(void **state UNUSED)
{
	runs(0, &vcpu[0]);
	runs(1, &vcpu[VCPUS]);
	pass(30, OPEN, MASKED);
	assert_int_equal(log_lines, 1);
	assert_int_equal(strncmp(log_text[0], "two: takes no interrupts", 24), 0);
}

/* --- what follows --- */

static void test_actions(void **state UNUSED)
{
	static const enum vm_on_hang ends_it[] = { VM_HANG_STOP, VM_HANG_RESTART };

	for (unsigned int i = 0; i < ARRAY_SIZE(ends_it); i++) {
		cfg_one.on_hang = ends_it[i];
		watch_reset(&vm_one);
		ends = 0;
		part_one.state = PARTITION_RUNNING;
		runs(0, &vcpu[0]);
		pass(12, MASKED, 0);
		assert_int_equal(ends, 1);
		assert_ptr_equal(ended, &vm_one);
		/* It stops: no more is seen of it. */
		part_one.state = PARTITION_STOPPING;
		pass(30, MASKED, 0);
		assert_int_equal(ends, 1);
	}
	assert_int_equal(log_lines, 2);
}

/* A new life begins with nothing known: neither ten seconds of the last one, nor that it was told. */
static void test_restarts(void **state UNUSED)
{
	runs(0, &vcpu[0]);
	pass(8, MASKED, 0);
	watch_reset(&vm_one);
	pass(9, MASKED, 0);
	assert_int_equal(log_lines, 0);
	pass(2, MASKED, 0);
	assert_int_equal(log_lines, 1);
	watch_reset(&vm_one);
	pass(5, OPEN, 0);
	assert_int_equal(log_notes, 0);
}

static void test_all_off(void **state UNUSED)
{
	watch_all_off(&vm_one);
	assert_logged("one: all vCPUs are off, and nobody is left to turn one on");
	assert_int_equal(ends, 0);
	/* The watch itself has nothing to add. */
	pass(30, MASKED, 0);
	assert_int_equal(log_lines, 1);
	cfg_one.on_hang = VM_HANG_STOP;
	watch_all_off(&vm_one);
	assert_int_equal(ends, 1);
}

/* A core that nobody watches on has no timer: the target tests' VMs are not watched. */
static void test_nobody_to_watch(void **state UNUSED)
{
	teardown(NULL);
	watch_init(vms, 0);
	on(0);
	time_init_cpu();
	watch_core();
	assert_true(list_empty(&percpu[0].timers));
	setup(NULL);
}

#define SUITE(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SUITE(test_spins),
		SUITE(test_busy),
		SUITE(test_in_step),
		SUITE(test_looks_are_uneven),
		SUITE(test_idle),
		SUITE(test_sleeps_for_ever),
		SUITE(test_starved),
		SUITE(test_met_by_switches),
		SUITE(test_all_of_them),
		SUITE(test_comes_and_goes),
		SUITE(test_neglect),
		SUITE(test_line_is_bounded),
		SUITE(test_vms_are_apart),
		SUITE(test_actions),
		SUITE(test_restarts),
		SUITE(test_all_off),
		SUITE(test_nobody_to_watch),
	};

	return UNIT_RUN(tests);
}
