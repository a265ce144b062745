/* SPDX-License-Identifier: BSD-3-Clause */
/* What exits cost, and where interrupts go: see trace_exits.h. Empty without CONFIG_TRACE_EXITS. */
#include "core/trace_exits.h"
#include "arch/guest.h"

#ifdef CONFIG_TRACE_EXITS

#include "core/frame.h"
#include "core/log.h"
#include "core/s1.h"
#include "core/trap.h"
#include "lib/string.h"

/* Where tools/trace-boot finds the rings: physical addresses. */
struct trace_where {
	uint64_t records; /* of the ring; 0: it has no pages */
	uint64_t count;	  /* of records in it */
	uint64_t next;	  /* of the ring's `next` */
};
extern struct trace_where trace_where[CONFIG_MAX_CPUS];
struct trace_where trace_where[CONFIG_MAX_CPUS] __attribute__((used)); /* nobody here reads it */

_Static_assert(offsetof(struct percpu, meter.taken) == 16 && offsetof(struct percpu, meter.entered) == 24, "vectors.S");

static void put_at(struct trace_ring *r, uint64_t stamp, uint64_t who, uint64_t a, uint64_t b)
{
	*trace_next(r) = (struct trace_record){ .stamp = stamp, .who = who, .a = a, .b = b };
}

/* What the syndrome leaves out: a call's function, the address of an abort, the value written to a register. */
static uint64_t what_about(const struct vcpu *v, uint64_t esr)
{
	switch (BITS(esr, 31, 26)) {
	case 0x16: /* HVC, SMC */
	case 0x17:
		return v->arch.x[0];
	case 0x18:
		return esr & BIT(0) ? 0 : trap_reg_read(v, BITS(esr, 9, 5));
	case 0x20: /* stage-2 aborts */
	case 0x24:
		return guest_fault_ipa_page().a | (guest_far() & (PAGE_SIZE - 1));
	default:
		return 0;
	}
}

/* The RETURN before this exit is written only now: its stamp was taken after the last C code of then. */
static void taken(struct percpu *cpu, struct vcpu *v, enum trace_kind kind, uint64_t a)
{
	struct trace_meter *m = &cpu->meter;

	put_at(&cpu->trace, m->entered, trace_as(v->trace_exit, TRACE_RETURN), m->entered - m->charged, m->about);
	trace_meter_exit(m, &v->total);
	put_at(&cpu->trace, m->taken, trace_as(v->trace_exit, kind), a, guest_pc());
}

void trace_exit(struct percpu *cpu, struct vcpu *v, uint64_t esr)
{
	taken(cpu, v, TRACE_EXIT, esr);
	cpu->meter.about = what_about(v, esr);
}

void trace_exit_async(struct percpu *cpu, struct vcpu *v, enum trace_async why)
{
	taken(cpu, v, TRACE_ASYNC, why);
	cpu->meter.about = 0;
}

void trace_charge(struct percpu *cpu, struct vcpu *v)
{
	trace_meter_charge(&cpu->meter, v ? &v->total : NULL, arch_counter_raw());
}

void trace_awake(struct percpu *cpu)
{
	uint64_t now = arch_counter_raw();

	put_at(&cpu->trace, now, trace_who(TRACE_AWAKE, 0, 0, cpu->index), trace_meter_awake(&cpu->meter, now), 0);
}

/* Of whichever core this happens on; vCPU and partition are those whom it is about. */
static void put_about(enum trace_kind kind, const struct partition *p, unsigned int vcpu, uint64_t a, uint64_t b)
{
	struct percpu *cpu = this_cpu();

	trace_put(&cpu->trace, trace_who(kind, p->id, vcpu, cpu->index), a, b);
}

void trace_pend_spi(const struct partition *p, uint64_t intid, uint64_t due)
{
	put_about(TRACE_PEND, p, TRACE_NO_VCPU, intid, due);
}

void trace_pend(const struct vcpu *v, uint64_t intid, uint64_t due)
{
	put_about(TRACE_PEND, v->part, v->index, intid, due);
}

void trace_list(const struct vcpu *v, uint64_t intid, uint64_t i, bool pending)
{
	if (!pending)
		return;
	put_about(TRACE_LIST, v->part, v->index, intid, i);
}

void trace_timer(struct percpu *cpu, const struct timer *t)
{
	trace_put(&cpu->trace, trace_who(TRACE_TIMER, 0, 0, cpu->index), t->deadline, (uint64_t)t->fn);
}

void trace_start(const struct partition *p)
{
	uint64_t name[2];

	_Static_assert(sizeof(name) <= sizeof(p->name), "there is that much of it");
	memcpy(name, p->name, sizeof(name));
	put_about(TRACE_START, p, TRACE_NO_VCPU, name[0], name[1]);
}

void trace_say(struct partition *p, uint64_t started)
{
	struct trace_total sum = { 0 };

	for (unsigned int i = 0; i < p->nr_vcpus; i++) {
		struct trace_total *t = &p->vcpu[i]->total;

		sum.exits += t->exits;
		sum.ticks += t->ticks;
		*t = (struct trace_total){ 0 };
	}
	log_limited(1000, LOG_INFO, "%s: %llu exits, %llu ticks at EL2 of %llu", p->name, (unsigned long long)sum.exits,
		    (unsigned long long)sum.ticks, (unsigned long long)(arch_counter_raw() - started));
}

void trace_ring_init(struct percpu *cpu)
{
	unsigned int order = 0;
	pa_t pa;

	while ((PAGE_SIZE << order) < CONFIG_TRACE_RECORDS * sizeof(struct trace_record))
		order++;
	if (!frame_count_total())
		return;
	pa = order <= FRAME_ORDER_MAX ? frame_alloc(order, FRAME_TRIVET) : PA_NONE;
	if (pa_is_none(pa)) {
		log_warn("core %u: no memory for its trace", cpu->index);
		return;
	}
	cpu->trace.next = 0;
	cpu->trace.pages = pa_to_ptr(pa);
	trace_where[cpu->index] = (struct trace_where){ pa.a, CONFIG_TRACE_RECORDS, ptr_to_pa(&cpu->trace.next).a };
}

#endif
