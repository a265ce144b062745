/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The scheduler: which vCPU each core runs. A run queue a core, round robin, 10 ms slices, work stealing by idle cores.
 *
 * A vCPU has a home core. Its hardware state may stay loaded there while it is blocked (percpu.loaded), so only a vCPU
 * that is loaded nowhere moves to another core. Locks: each queue has LOCK_RUNQUEUE; two are never held at once.
 */
#ifndef CORE_SCHED_H
#define CORE_SCHED_H

#include "core/vcpu.h"

struct percpu;

/* Once a core, before it schedules. */
void sched_init_cpu(struct percpu *cpu);

/* Once a vCPU is built (VCPU_OFF): where it may run. affinity is a mask of core indices, not empty. */
void sched_add(struct vcpu *v, uint64_t affinity);

/* VCPU_OFF -> READY: its registers are set. E_STATE when it is not off. */
int sched_start(struct vcpu *v) MUST_CHECK;

/* Something arrived for v: BLOCKED -> READY, and its home core is told. Harmless in every other state. Any core. */
void sched_wake(struct vcpu *v);

/*
 * v, if it runs on another core now, leaves the guest soon and re-enters through vgic_flush. For the current vCPU or
 * one that does not run: nothing. Any core.
 */
void sched_kick(struct vcpu *v);

/*
 * The running vCPU waits for an interrupt: takes effect when its exit handler returns; not, if
 * role_vcpu_irq_pending(v).
 */
void sched_block(struct vcpu *v);

/* The running vCPU lets the others of its core go first (WFE trap, PSCI yield). */
void sched_give_way(struct vcpu *v);

/* The running vCPU turns itself off (PSCI CPU_OFF): takes effect when its exit handler returns. */
void sched_off(struct vcpu *v);

/*
 * v leaves its core and turns off soon. False when it is off already. Any core; its partition's lock is held.
 */
bool sched_stop(struct vcpu *v);

/*
 * For a role that decides itself who runs: load v on this core in place of who is loaded; save who is loaded, so that
 * nobody is. The state of vCPUs and run queues is not looked at.
 */
void sched_load(struct vcpu *v);
void sched_unload(void);

/* Is v loaded on this core, so that its live state is in the hardware? */
bool sched_loaded_here(const struct vcpu *v);

/* The tail of every exit: the vCPU to enter now, NULL never (idles inside until there is one). */
struct vcpu *sched_next(struct vcpu *cur);

#endif
