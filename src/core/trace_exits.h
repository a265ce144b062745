/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CONFIG_TRACE_EXITS: how long each exit keeps a guest waiting, on whose behalf, and what becomes of an interrupt
 * between its source and the guest. Records beside those of core/trace.h, and sums.
 *
 * EL2's time on a core lies between two stamps of the counter: one as soon as an exit has a free register, one when
 * the guest's registers are almost all loaded (vectors.S). It is charged to the vCPU that exited until that one loses
 * the core, and to the one that is entered from when it was chosen. Sleep (WFI at EL2) is nobody's and does not count.
 *
 * Without the option each of the functions at the end is nothing at all: not an instruction, not an argument
 * evaluated. State owned: percpu.meter, by its core; vcpu.total, by the core that has the vCPU.
 */
#ifndef CORE_TRACE_EXITS_H
#define CORE_TRACE_EXITS_H

#include "arch/guest.h"
#include "core/partition.h"
#include "core/percpu.h"
#include "core/vcpu.h"

/* An exit has been taken at m->taken: what lies between the last charge and the entry before it is t's. */
static inline void trace_meter_exit(struct trace_meter *m, struct trace_total *t)
{
	t->exits++;
	t->ticks += m->entered - m->charged;
	m->charged = m->taken;
}

/* Who had the core (NULL: nobody) loses it now, and pays for EL2's time up to here. */
static inline void trace_meter_charge(struct trace_meter *m, struct trace_total *t, uint64_t now)
{
	*(t ? &t->ticks : &m->nobody) += now - m->charged;
	m->charged = now;
}

/* The core has slept since it was charged last. Ticks. */
static inline uint64_t trace_meter_awake(struct trace_meter *m, uint64_t now)
{
	uint64_t slept = now - m->charged;

	m->slept += slept;
	m->charged = now;
	return slept;
}

#ifdef CONFIG_TRACE_EXITS

/* v has exited for esr; b of each record is where it was. */
void trace_exit(struct percpu *cpu, struct vcpu *v, uint64_t esr);
void trace_exit_async(struct percpu *cpu, struct vcpu *v, enum trace_async why);
void trace_charge(struct percpu *cpu, struct vcpu *v);
void trace_awake(struct percpu *cpu);

/*
 * INTID of p becomes pending, for a vCPU that only the distributor knows; of v. due: when its timer was due; 0: that is
 * not known; TRACE_GONE.
 */
void trace_pend_spi(const struct partition *p, uint64_t intid, uint64_t due);
void trace_pend(const struct vcpu *v, uint64_t intid, uint64_t due);
/* If pending: INTID of v is in list register i as such from now on, if it was not before. */
void trace_list(const struct vcpu *v, uint64_t intid, uint64_t i, bool pending);
void trace_timer(struct percpu *cpu, const struct timer *t);
void trace_start(const struct partition *p);
/* p has stopped: a line in the log of what its exits cost since `started`, and its sums are zero again. */
void trace_say(struct partition *p, uint64_t started);
/* Give cpu's ring its pages, if there are pages already. Before that core writes records. */
void trace_ring_init(struct percpu *cpu);

#else

static inline void trace_exit(struct percpu *cpu, const struct vcpu *v, uint64_t esr)
{
	trace_put(&cpu->trace, v->trace_exit, esr, guest_pc());
}

#define trace_exit_async(cpu, v, why)	 ((void)0)
#define trace_charge(cpu, v)		 ((void)0)
#define trace_awake(cpu)		 ((void)0)
#define trace_pend_spi(p, intid, due)	 ((void)0)
#define trace_pend(v, intid, due)	 ((void)0)
#define trace_list(v, intid, i, pending) ((void)0)
#define trace_timer(cpu, t)		 ((void)0)
#define trace_start(p)			 ((void)0)
#define trace_say(p, started)		 ((void)0)
#define trace_ring_init(cpu)		 ((void)0)

#endif
#endif
