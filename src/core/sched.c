/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The scheduler; see sched.h. State owned: each core's run queue, and the state of every vCPU.
 *
 *   OFF --sched_start--> READY --picked--> RUNNING --WFI--> BLOCKED --wake--> READY
 *                          ^------slice------'  '--CPU_OFF, stop--> OFF
 *
 * A transition happens under the lock of the home core's queue. To and from OFF, also under the partition's lock,
 * which counts them.
 */
#include "core/sched.h"

#include "arch/guest.h"
#include "arch/switch.h"
#include "core/debug_regs.h"
#include "core/irq.h"
#include "core/panic.h"
#include "core/partition.h"
#include "core/percpu.h"
#include "core/spin.h"
#include "core/trace_exits.h"
#include "lib/bitmap.h"
#include "plat/plat.h"
#include "role/role.h"

#define SLICE_NS 10000000

/*
 * While others wait for its core, a vCPU is looked at this often: does it spin (core/spin.h) for one of them? Then it
 * gives way. One that has interrupts masked, so perhaps holds a lock that the others want, keeps the core for up to
 * GRACE_MAX looks more.
 */
#define LOOK_NS	  100000
#define GRACE_NS  20000
#define GRACE_MAX 8

#define PSTATE_I BIT(7)

/* What other cores look at without the lock under which it changes. */
#define GET(x)	    __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define SET(x, val) __atomic_store_n(&(x), (val), __ATOMIC_RELAXED)

/* vCPUs that are not off, in all: not more than cores means that WFI may let a core sleep with its guest. */
static uint32_t nr_live;

static void kick(unsigned int cpu, uint32_t work)
{
	/* Asked twice, told once: the first one's SGI is on its way, or its exit has yet to look. */
	if (percpu_add_work(&percpu[cpu], work) && cpu != this_cpu()->index)
		host_irq_send_sgi(cpu, SGI_KICK);
}

/* Lock the queue of v's home, which may change until it is locked. */
static struct percpu *lock_home(const struct vcpu *v)
{
	for (;;) {
		struct percpu *cpu = &percpu[GET(v->home)];

		spin_lock(&cpu->rq.lock);
		if (cpu->index == GET(v->home))
			return cpu;
		spin_unlock(&cpu->rq.lock);
	}
}

/* At the tail, with a new slice. */
static void enqueue(struct percpu *cpu, struct vcpu *v)
{
	v->slice_left = time_ns_to_ticks(SLICE_NS);
	v->in_order = true;
	SET(v->state, VCPU_READY);
	list_add_tail(&cpu->rq.ready, &v->rq_link);
	SET(cpu->rq.nr_ready, cpu->rq.nr_ready + 1);
}

/* At the head, to take the core from who has it: v has something to do now and has not used up its slice. */
static void enqueue_first(struct percpu *cpu, struct vcpu *v)
{
	if (!v->slice_left) {
		enqueue(cpu, v);
		return;
	}
	v->in_order = false;
	SET(v->state, VCPU_READY);
	list_add(&cpu->rq.ready, &v->rq_link);
	SET(cpu->rq.nr_ready, cpu->rq.nr_ready + 1);
	cpu->rq.preempt = true;
}

static struct vcpu *dequeue(struct percpu *cpu, struct vcpu *v)
{
	list_del(&v->rq_link);
	SET(cpu->rq.nr_ready, cpu->rq.nr_ready - 1);
	return v;
}

void sched_add(struct vcpu *v, uint64_t affinity)
{
	v->affinity = affinity;
	SET(v->state, VCPU_OFF);
	SET(v->home, (unsigned int)__builtin_ctzll(affinity & cpus_online));
	list_init(&v->rq_link);
}

/* The allowed core with the fewest vCPUs; a vCPU keeps its last home when that is as good. */
static unsigned int choose_home(const struct vcpu *v)
{
	unsigned int best = v->home;

	for (unsigned int i = 0; i < nr_cpus; i++)
		if ((v->affinity & cpus_online & BIT(i)) && GET(percpu[i].rq.nr_home) < GET(percpu[best].rq.nr_home))
			best = i;
	return best;
}

/*
 * From now on there are more vCPUs than cores: WFI must trap on all of them, also where a guest's is letting the core
 * sleep right now.
 */
static void all_look_again(void)
{
	for (unsigned int i = 0; i < nr_cpus; i++)
		if (cpus_online & BIT(i))
			kick(i, WORK_SCHED);
}

int sched_start(struct vcpu *v)
{
	struct partition *p = v->part;
	struct percpu *cpu;
	uint32_t live;

	spin_lock(&p->lock);
	if (GET(v->state) != VCPU_OFF || p->state != PARTITION_RUNNING) {
		spin_unlock(&p->lock);
		return E_STATE;
	}
	SET(v->home, choose_home(v));
	cpu = lock_home(v);
	SET(v->stop, false);
	v->yield = false;
	enqueue(cpu, v);
	SET(cpu->rq.nr_home, cpu->rq.nr_home + 1);
	live = __atomic_add_fetch(&nr_live, 1, __ATOMIC_RELAXED);
	spin_unlock(&cpu->rq.lock);
	spin_unlock(&p->lock);
	if (live == bitmap_count(&cpus_online, CONFIG_MAX_CPUS) + 1)
		all_look_again();
	else
		kick(cpu->index, WORK_SCHED);
	return OK;
}

/* A core that could run v now, other than its home; nr_cpus when there is none. */
static unsigned int find_idle(const struct vcpu *v)
{
	unsigned int i;

	for (i = 0; i < nr_cpus; i++)
		if ((v->affinity & cpus_online & BIT(i)) && __atomic_load_n(&percpu[i].idle, __ATOMIC_RELAXED))
			break;
	return i;
}

/* v waits in a queue and is loaded nowhere: a core that has nothing to do may come for it. */
static void offer(const struct vcpu *v)
{
	unsigned int other = find_idle(v);

	if (other < nr_cpus)
		kick(other, WORK_SCHED);
}

void sched_wake(struct vcpu *v)
{
	struct percpu *cpu;
	bool woken = false, movable = false;

	/* Pairs with the fence in sched_block: either we see BLOCKED, or it sees what we have just made pending. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (GET(v->state) != VCPU_BLOCKED)
		return;
	cpu = lock_home(v);
	if (GET(v->state) == VCPU_BLOCKED) {
		enqueue_first(cpu, v);
		woken = true;
		movable = GET(cpu->loaded) != v && GET(cpu->current);
	}
	spin_unlock(&cpu->rq.lock);
	if (!woken)
		return;
	trace_put(&this_cpu()->trace, trace_as(GET(v->trace_exit), TRACE_WAKE), cpu->index, 0);
	kick(cpu->index, WORK_SCHED);
	if (movable)
		offer(v);
}

/*
 * v waits in a queue and has an interrupt now, perhaps one whose sender spins until it is handled: let it go first, if
 * it is a sibling that has the core. Another VM's turn is not theirs to take; nor may two that interrupt one another
 * keep the rest of the queue waiting, so this ends a slice after the queue last moved on in order.
 */
static void hurry(struct vcpu *v)
{
	struct percpu *cpu = lock_home(v);
	const struct vcpu *cur = GET(cpu->current);
	bool move = GET(v->state) == VCPU_READY && cur && cur->part == v->part &&
		    (cpu->rq.ready.next != &v->rq_link || !cpu->rq.preempt) &&
		    time_now() - cpu->rq.turn < time_ns_to_ticks(SLICE_NS);

	if (move) {
		dequeue(cpu, v);
		enqueue_first(cpu, v);
	}
	spin_unlock(&cpu->rq.lock);
	if (move)
		kick(cpu->index, WORK_SCHED);
}

void sched_kick(struct vcpu *v)
{
	enum vcpu_state state;

	/* Pairs with the fence in sched_next: either it sees what is pending, or we see that it runs. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	state = GET(v->state);
	if (state == VCPU_RUNNING)
		kick(GET(v->home), WORK_ENTER);
	else if (state == VCPU_READY)
		hurry(v);
}

void sched_block(struct vcpu *v)
{
	struct percpu *cpu = this_cpu();

	spin_lock(&cpu->rq.lock);
	SET(v->state, VCPU_BLOCKED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* pairs with sched_wake */
	if (role_vcpu_irq_pending(v) || GET(v->stop))
		SET(v->state, VCPU_RUNNING);
	else
		percpu_add_work(cpu, WORK_SCHED);
	spin_unlock(&cpu->rq.lock);
}

void sched_give_way(struct vcpu *v)
{
	v->yield = true;
	percpu_add_work(this_cpu(), WORK_SCHED);
}

void sched_off(struct vcpu *v)
{
	SET(v->stop, true);
	percpu_add_work(this_cpu(), WORK_SCHED);
}

bool sched_loaded_here(const struct vcpu *v)
{
	return this_cpu()->loaded == v;
}

bool sched_stop(struct vcpu *v)
{
	struct percpu *cpu;

	if (GET(v->state) == VCPU_OFF)
		return false;
	cpu = lock_home(v);
	SET(v->stop, true);
	if (GET(v->state) == VCPU_BLOCKED)
		enqueue(cpu, v);
	spin_unlock(&cpu->rq.lock);
	kick(cpu->index, WORK_SCHED);
	return true;
}

/* v, just taken from the queue or from the core, has turned itself off or is being stopped. */
static void retire(struct percpu *cpu, struct vcpu *v)
{
	struct partition *p = v->part;

	trace_charge(cpu, v);
	if (cpu->loaded == v) {
		role_vcpu_save(v);
		arch_vcpu_save(&v->arch);
		__atomic_store_n(&cpu->loaded, NULL, __ATOMIC_RELEASE);
	}
	spin_lock(&p->lock);
	spin_lock(&cpu->rq.lock);
	SET(v->state, VCPU_OFF);
	SET(v->stop, false);
	SET(cpu->rq.nr_home, cpu->rq.nr_home - 1);
	spin_unlock(&cpu->rq.lock);
	__atomic_sub_fetch(&nr_live, 1, __ATOMIC_RELAXED);
	partition_vcpu_off_and_unlock(p);
}

/* Take a vCPU from another core's queue: one that may run here and is loaded nowhere. */
static struct vcpu *steal(struct percpu *cpu)
{
	for (unsigned int n = 1; n < nr_cpus; n++) {
		struct percpu *from = &percpu[(cpu->index + n) % nr_cpus];
		struct vcpu *got = NULL;

		if (!__atomic_load_n(&from->rq.nr_ready, __ATOMIC_RELAXED))
			continue;
		spin_lock(&from->rq.lock);
		list_for_each(l, &from->rq.ready) {
			struct vcpu *v = list_entry(l, struct vcpu, rq_link);

			/* Acquire: who is no longer loaded there has been saved. */
			if ((v->affinity & BIT(cpu->index)) && __atomic_load_n(&from->loaded, __ATOMIC_ACQUIRE) != v) {
				got = dequeue(from, v);
				SET(from->rq.nr_home, from->rq.nr_home - 1);
				SET(v->state, VCPU_RUNNING);
				SET(v->home, cpu->index);
				v->yield = false;
				v->grace = 0;
				break;
			}
		}
		spin_unlock(&from->rq.lock);
		if (!got)
			continue;
		spin_lock(&cpu->rq.lock);
		SET(cpu->rq.nr_home, cpu->rq.nr_home + 1);
		spin_unlock(&cpu->rq.lock);
		return got;
	}
	return NULL;
}

/* Charge cur for the time since it was last charged. */
static void charge(struct vcpu *cur)
{
	uint64_t now = time_now(), used = now - cur->slice_start;

	cur->slice_start = now;
	cur->slice_left = used < cur->slice_left ? cur->slice_left - used : 0;
}

/* Would taking the core from cur now leave the others spinning on its lock? */
static bool has_grace(struct vcpu *cur)
{
	if (!(guest_pstate() & PSTATE_I) || cur->grace == GRACE_MAX)
		return false;
	cur->grace++;
	return true;
}

/* cur runs: must another go first? Lock held. */
static bool must_give_way(struct runqueue *rq, struct vcpu *cur)
{
	if (GET(cur->stop) || !rq->nr_ready)
		return false;
	if (cur->yield)
		return true;
	return (rq->preempt || !cur->slice_left) && !has_grace(cur);
}

/*
 * Who runs next here: cur again unless it is done, or its slice is and another waits, or one that woke takes
 * precedence; then cur is the next after that one, with what is left of its slice.
 */
static struct vcpu *pick(struct percpu *cpu, struct vcpu *cur)
{
	struct runqueue *rq = &cpu->rq;
	struct vcpu *next = NULL;

	spin_lock(&rq->lock);
	if (cur)
		charge(cur);
	if (cur && GET(cur->state) == VCPU_RUNNING && !must_give_way(rq, cur)) {
		next = cur;
	} else if (rq->nr_ready) {
		next = dequeue(cpu, list_first(&rq->ready, struct vcpu, rq_link));
		if (cur && GET(cur->state) == VCPU_RUNNING && cur->yield)
			enqueue(cpu, cur);
		else if (cur && GET(cur->state) == VCPU_RUNNING)
			enqueue_first(cpu, cur);
		rq->preempt = false;
		next->grace = 0;
		if (next->in_order)
			rq->turn = time_now();
	}
	if (next) {
		SET(next->state, VCPU_RUNNING);
		next->yield = false;
	}
	spin_unlock(&rq->lock);
	return next ? next : steal(cpu);
}

static void switch_to(struct percpu *cpu, struct vcpu *next)
{
	struct vcpu *old = cpu->loaded;

	if (old == next)
		return;
	if (old) {
		role_vcpu_save(old);
		arch_vcpu_save(&old->arch);
		/* Release: a thief that sees this sees all of old's state. */
		__atomic_store_n(&cpu->loaded, NULL, __ATOMIC_RELEASE);
	}
	if (!old || old->part != next->part)
		arch_stage2_load(next->part->s2.vttbr, next->part->s2.vtcr);
	/*
	 * Each PE's TLB is its own (no CnP): entries that a sibling left under the same VMID and ASID must not be seen.
	 */
	if (next->part->last_ran[cpu->index] != next->index + 1) {
		next->part->last_ran[cpu->index] = (uint16_t)(next->index + 1);
		arch_tlb_flush_vmid_local();
	}
	SET(next->trace_exit, trace_who(TRACE_EXIT, next->part->id, next->index, cpu->index));
	trace_put(&cpu->trace, trace_as(next->trace_exit, TRACE_SWITCH), 0, 0);
	arch_vcpu_load(&next->arch);
	next->arch.reload = 1;
	debug_regs_load(next);
	role_vcpu_load(next);
	SET(cpu->loaded, next);
	/* Whom next has put back into the queue may move now that it is loaded nowhere. */
	if (old && GET(old->state) == VCPU_READY)
		offer(old);
}

void sched_load(struct vcpu *v)
{
	switch_to(this_cpu(), v);
}

void sched_unload(void)
{
	struct percpu *cpu = this_cpu();

	if (!cpu->loaded)
		return;
	role_vcpu_save(cpu->loaded);
	arch_vcpu_save(&cpu->loaded->arch);
	__atomic_store_n(&cpu->loaded, NULL, __ATOMIC_RELEASE); /* as in switch_to() */
}

static void idle(struct percpu *cpu)
{
	trace_charge(cpu, NULL);
	trace_put(&cpu->trace, trace_who(TRACE_IDLE, 0, 0, cpu->index), 0, 0);
	__atomic_store_n(&cpu->idle, true, __ATOMIC_SEQ_CST);
	/* A queue that filled since pick() has kicked, and the interrupt is pending: WFI does not wait. */
	arch_wfi();
	trace_awake(cpu);
	__atomic_store_n(&cpu->idle, false, __ATOMIC_RELAXED);
	irq_dispatch();
}

/* The look at the running vCPU: see LOOK_NS. */
static void look(struct timer *t UNUSED)
{
	struct percpu *cpu = this_cpu();
	struct vcpu *cur = cpu->current;

	percpu_add_work(cpu, WORK_SCHED);
	if (cur && cur == cpu->loaded && spin_guest_waits())
		cur->yield = true;
}

/* The timer runs only while another vCPU waits for this core. */
static void start_look(struct percpu *cpu, struct vcpu *next, bool fresh)
{
	uint64_t now, wait;

	if (!__atomic_load_n(&cpu->rq.nr_ready, __ATOMIC_RELAXED)) {
		if (fresh)
			next->slice_start = time_now();
		if (cpu->slice.armed)
			timer_stop(&cpu->slice);
		return;
	}
	now = time_now();
	if (fresh)
		next->slice_start = now;
	else if (cpu->slice.armed)
		return;
	wait = time_ns_to_ticks(next->grace ? GRACE_NS : LOOK_NS);
	timer_start(&cpu->slice, now + (next->slice_left ? MIN(wait, next->slice_left) : wait));
}

void sched_init_cpu(struct percpu *cpu)
{
	timer_init(&cpu->slice, look);
}

/*
 * Who has this core now, with its hardware still as the last one left it; idles until there is one. cur: who had
 * it, or NULL.
 */
static struct vcpu *choose(struct percpu *cpu, struct vcpu *cur)
{
	for (;;) {
		struct vcpu *next;

		(void)__atomic_exchange_n(&cpu->work, 0, __ATOMIC_ACQUIRE);
		next = pick(cpu, cur);
		if (cur && next != cur)
			trace_charge(cpu, cur);
		if (next && GET(next->stop)) {
			SET(cpu->current, NULL);
			retire(cpu, next);
			trace_charge(cpu, NULL);
			cur = NULL;
			continue;
		}
		if (next)
			return next;
		/* cur, if it blocks, stays loaded: the hardware's own timer and interrupts wake it. */
		cur = NULL;
		SET(cpu->current, NULL);
		idle(cpu);
	}
}

/* WFI may let the core sleep while no other vCPU could use it. */
static bool is_alone(const struct percpu *cpu)
{
	return GET(cpu->rq.nr_home) == 1 && GET(nr_live) <= bitmap_count(&cpus_online, CONFIG_MAX_CPUS);
}

struct vcpu *sched_next(struct vcpu *cur)
{
	struct percpu *cpu = this_cpu();

	for (bool again = false;; again = true) {
		struct vcpu *next = choose(cpu, cur);

		switch_to(cpu, next);
		start_look(cpu, next, next != cur);
		SET(cpu->current, next);
		arch_guest_trap_waits(&next->arch, !is_alone(cpu));
		__atomic_thread_fence(__ATOMIC_SEQ_CST); /* pairs with sched_kick */
		role_vcpu_enter(next);
		/*
		 * Entering may have woken another vCPU of this core, without an interrupt that says so:
		 * look again, once.
		 */
		if (likely(!READ_ONCE(cpu->work)))
			return next;
		if (again) {
			/* Whoever goes on asking, the guest goes on too, if only for an instruction. */
			host_irq_send_sgi(cpu->index, SGI_KICK);
			return next;
		}
		cur = next;
	}
}
