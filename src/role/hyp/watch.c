/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds VMs that hang; see watch.h.
 *
 * State owned: struct watch of each VM, the timers that look, and when the next round is due. A round is made by one
 * core, whichever comes first; looks are made by each core at its own vCPUs.
 *
 * What counts as alive: to run with interrupts unmasked (PSTATE.I); to have set its timer since the last look; or to
 * sleep in WFI, masked or not, while some interrupt is enabled that could end it: Linux idles so. What does not: none
 * of these, whenever it is looked at, for WATCH_ROUNDS rounds. A VM hangs when that is so of all its vCPUs that are on,
 * or of one that all the time had an interrupt pending: when Linux panics, all CPUs but one are parked so, and that one
 * goes on to count its ticks.
 */
#include "role/hyp/watch.h"

#include "arch/guest.h"
#include "core/guest_mem.h"
#include "core/log.h"
#include "core/percpu.h"
#include "core/time.h"
#include "core/vcpu.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "role/hyp/vm.h"
#include "role/role.h"
#include "vgic/vgic.h"

#define PSTATE_I BIT(7)
#define INSN_WFI 0xd503207f
#define NAMED	 3u /* vCPUs whose place a report tells */
#define REPORTS	 64

static struct vm *const *watched;
static unsigned int nr_watched;
static uint64_t round_due; /* counter; whoever moves it on makes the round */
static struct timer ticks[CONFIG_MAX_CPUS];

static struct watch_vcpu *watch_of(const struct vcpu *v)
{
	struct vm *vm = v->part->role;

	return &vm->watch.vcpu[v->index];
}

static void note(bool *what)
{
	__atomic_store_n(what, true, __ATOMIC_RELAXED);
}

static bool take(bool *what)
{
	return __atomic_exchange_n(what, false, __ATOMIC_RELAXED);
}

/* --- looks --- */

/* Is the instruction before v's PC the one that it waits in? */
static bool is_in_wfi(void)
{
	uint32_t insn;

	return guest_mem_fetch(guest_pc() - 4, &insn, 1) == OK && insn == INSN_WFI;
}

void watch_look(struct vcpu *v)
{
	struct watch_vcpu *w = watch_of(v);
	uint64_t cval;

	if (likely(!(guest_pstate() & PSTATE_I))) {
		note(&w->lives);
		return;
	}
	/* A WFI that traps, as the round sees. */
	if (__atomic_load_n(&v->state, __ATOMIC_RELAXED) == VCPU_BLOCKED)
		return;
	cval = guest_el1_read(R_CNTV_CVAL_EL0);
	if (cval != w->cval) {
		w->cval = cval;
		note(&w->lives);
		return;
	}
	if (role_vcpu_irq_pending(v)) {
		note(&w->neglects);
	} else if (is_in_wfi()) {
		note(&w->asleep);
		return;
	}
	__atomic_store_n(&w->pc, guest_pc(), __ATOMIC_RELAXED);
	note(&w->masked);
}

/* --- rounds --- */

static void count(uint8_t *rounds, bool again)
{
	*rounds = again ? (uint8_t)MIN(*rounds + 1u, WATCH_ROUNDS) : 0;
}

/*
 * What has been seen of v since the last round: true when it lives. One that had no core is as it was; one that is
 * off begins anew.
 */
static bool weigh(struct vcpu *v)
{
	struct watch_vcpu *w = watch_of(v);
	bool masked = take(&w->masked), neglects = take(&w->neglects), lives = take(&w->lives);
	bool asleep = take(&w->asleep) || __atomic_load_n(&v->state, __ATOMIC_RELAXED) == VCPU_BLOCKED;

	lives = lives || (asleep && vgic_can_wake(v));
	if (__atomic_load_n(&v->state, __ATOMIC_RELAXED) == VCPU_OFF) {
		w->deaf = w->ignore = 0;
		return false;
	}
	if (!masked && !lives && !asleep)
		return false;
	count(&w->deaf, !lives);
	count(&w->ignore, !lives && neglects);
	return lives;
}

/* Does vm hang? And one of the vCPUs that make it so, or more: a bit each. */
static bool hangs(const struct vm *vm, uint64_t *who)
{
	uint64_t on = 0, deaf = 0, ignore = 0;

	for (unsigned int i = 0; i < vm->p->nr_vcpus; i++) {
		const struct watch_vcpu *w = &vm->watch.vcpu[i];

		if (__atomic_load_n(&vm->p->vcpu[i]->state, __ATOMIC_RELAXED) == VCPU_OFF)
			continue;
		on |= BIT(i);
		deaf |= w->deaf == WATCH_ROUNDS ? BIT(i) : 0;
		ignore |= w->ignore == WATCH_ROUNDS ? BIT(i) : 0;
	}
	*who = on && deaf == on ? deaf : ignore;
	return *who != 0;
}

static void act(struct vm *vm)
{
	if (vm->cfg->on_hang != VM_HANG_REPORT)
		vm_end(vm, VM_END_HANG);
}

static void tell(const struct vm *vm, uint64_t who)
{
	char where[NAMED * 48 + 8] = "";
	unsigned int n = 0, at = 0;

	for (unsigned int i = 0; i < vm->p->nr_vcpus; i++) {
		if (!(who & BIT(i)))
			continue;
		if (n == NAMED) {
			(void)fmt_snprintf(where + at, sizeof(where) - at, ", ...");
			break;
		}
		at += (unsigned int)fmt_snprintf(where + at, sizeof(where) - at, "%svCPU %u at pc 0x%llx",
						 n++ ? ", " : "", i, (unsigned long long)vm->watch.vcpu[i].pc);
	}
	log_limited(REPORTS, LOG_WARN, "%s: takes no interrupts since %u s: hung or dead (%s)", vm->p->name,
		    WATCH_ROUNDS, where);
}

static void judge(struct vm *vm)
{
	uint64_t who;
	bool lives = false;

	if (__atomic_load_n(&vm->p->state, __ATOMIC_RELAXED) != PARTITION_RUNNING)
		return;
	for (unsigned int i = 0; i < vm->p->nr_vcpus; i++)
		lives |= weigh(vm->p->vcpu[i]);
	/* That another vCPU is on by now, of which nothing is known, is no sign of life. */
	if (hangs(vm, &who) == vm->watch.told || (vm->watch.told && !lives))
		return;
	vm->watch.told = !vm->watch.told;
	if (!vm->watch.told) {
		log_limited(REPORTS, LOG_INFO, "%s: takes interrupts again", vm->p->name);
		return;
	}
	tell(vm, who);
	act(vm);
}

/*
 * The next look at this core: not in step with what its guests do, whose own ticks divide a second. A hash of the
 * counter is as good as chance.
 */
static uint64_t next_look(uint64_t now, uint64_t period)
{
	return now + period + (now * UINT64_C(0x9e3779b97f4a7c15) >> 32) % (period / 16 + 1);
}

static void tick(struct timer *t)
{
	struct percpu *cpu = this_cpu();
	uint64_t now = time_now(), due = __atomic_load_n(&round_due, __ATOMIC_RELAXED);
	uint64_t period = time_ns_to_ticks(WATCH_PERIOD_NS);

	if (cpu->current && cpu->current == cpu->loaded)
		watch_look(cpu->current);
	timer_start(t, next_look(now, period));
	if (now < due ||
	    !__atomic_compare_exchange_n(&round_due, &due, now + period, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return;
	for (unsigned int i = 0; i < nr_watched; i++)
		if (watched[i])
			judge(watched[i]);
}

/* --- what others tell --- */

void watch_init(struct vm *const *vms, unsigned int n)
{
	watched = vms;
	nr_watched = n;
	__atomic_store_n(&round_due, 0, __ATOMIC_RELAXED);
}

void watch_core(void)
{
	struct timer *t = &ticks[this_cpu()->index];

	if (!nr_watched)
		return;
	timer_init(t, tick);
	timer_start(t, time_now() + time_ns_to_ticks(WATCH_PERIOD_NS));
}

void watch_reset(struct vm *vm)
{
	memset(&vm->watch, 0, sizeof(vm->watch));
}

void watch_all_off(struct vm *vm)
{
	log_limited(REPORTS, LOG_WARN, "%s: all vCPUs are off, and nobody is left to turn one on", vm->p->name);
	act(vm);
}
