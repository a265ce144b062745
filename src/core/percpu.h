/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What each core has of its own. TPIDR_EL2 points here. Only the owner writes, but for the run queue and the timer
 * queue, which have locks.
 */
#ifndef CORE_PERCPU_H
#define CORE_PERCPU_H

#include "arch/cpu.h"
#include "core/lock.h"
#include "core/time.h"
#include "core/trace.h"
#include "lib/list.h"
#include "lib/types.h"

struct vcpu;

struct runqueue {
	struct spinlock lock; /* LOCK_RUNQUEUE */
	struct list ready;    /* vCPUs in VCPU_READY, next one first */
	unsigned int nr_ready;
	bool preempt;	      /* the first one goes before who runs */
	uint64_t turn;	      /* counter: when one last ran whose turn it was in order */
	unsigned int nr_home; /* vCPUs that are not off and have this core as home */
};

/* A reason to look, before the guest goes on. Whoever sets one on another core sends it SGI_KICK after. */
enum {
	WORK_SCHED = 1, /* sched_next(): another vCPU may have to run */
	WORK_ENTER = 2, /* role_vcpu_enter(): the same one goes on, with something new for it */
};

struct percpu {
	uint64_t stack_top;	  /* vectors.S: offset 0 */
	uint64_t panic_stack_top; /* vectors.S: offset 8 */
#ifdef CONFIG_TRACE_EXITS
	struct trace_meter meter; /* vectors.S: offsets 16 and 24 */
#endif
	struct vcpu *current; /* in the guest, or whose exit is being handled; NULL while idle */
	struct vcpu *loaded;  /* whose EL1 state the hardware holds; see core/sched.h */
	uint32_t work;	      /* WORK_*: what the tail of an exit has to see to; set by any core, atomically */
	uint32_t index;
	uint64_t mpidr;
	bool online, idle;
	struct trace_ring trace;

	struct runqueue rq;
	struct timer slice; /* the next look at the running vCPU while others wait */

	struct spinlock timer_lock;  /* LOCK_TIMER */
	struct list timers;	     /* by deadline */
	uint64_t timer_armed;	     /* what the EL2 timer is set to */
	struct timer *timer_running; /* whose function runs on this core; under timer_lock */

	uint32_t lock_ranks; /* CONFIG_DEBUG: ranks held, a bit each */
};

/* True when it was not asked for already: then whoever asks another core also sends the SGI. */
static inline bool percpu_add_work(struct percpu *cpu, uint32_t work)
{
	return !(__atomic_fetch_or(&cpu->work, work, __ATOMIC_ACQ_REL) & work);
}

extern struct percpu percpu[CONFIG_MAX_CPUS];

/* Cores found in the device tree (some may have refused to start), and which are online: a bit each. */
extern unsigned int nr_cpus;
extern uint64_t cpus_online;

#endif
