/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The trace: a ring of fixed 32-byte records for each core, always compiled in. Written by its core only, without a
 * lock; read by gdb, by the panic report and by tools that look at memory. A record costs about ten instructions.
 */
#ifndef CORE_TRACE_H
#define CORE_TRACE_H

#include "arch/cpu.h"
#include "lib/types.h"

enum trace_kind {
	TRACE_NONE,
	TRACE_EXIT,   /* a: ESR_EL2, b: ELR_EL2 */
	TRACE_IRQ,    /* a: INTID */
	TRACE_SWITCH, /* who takes the core; a, b: 0 */
	TRACE_IDLE,   /* nobody has the core from here on; a, b: 0 */
	TRACE_WAKE,   /* who wakes, in the ring of the core that wakes it; a: its home core, b: 0 */
	TRACE_INJECT, /* an exception given to a guest. a: its ESR_EL1, b: where it was */
	TRACE_PSCI,   /* a: function, b: result */
	/*
	 * With CONFIG_TRACE_EXITS only (core/trace_exits.h); EXIT is then stamped by the first instructions after it.
	 * PEND's vCPU may be TRACE_NO_VCPU, as START's is. What an exit was about: a call's function, the address of
	 * an abort, what was written to a register.
	 */
	TRACE_ASYNC, /* an exit that no instruction asked for. a: enum trace_async, b: ELR_EL2 */
	TRACE_RETURN, /* just before ERET. a: EL2's ticks up to here, on behalf of who goes on, b: what the exit was about */
	TRACE_AWAKE, /* the core goes on after IDLE. a: ticks that it slept, b: 0 */
	TRACE_PEND,  /* an interrupt becomes pending. a: INTID, b: counter at which its timer was due, or 0 */
	TRACE_LIST,  /* it goes into a list register as pending. a: INTID, b: which */
	TRACE_TIMER, /* a software timer of EL2 fires. a: its deadline, b: its function */
	TRACE_START, /* a partition starts. a, b: the first 16 bytes of its name */
	TRACE_KINDS
};

#define TRACE_NO_VCPU 0xffff
#define TRACE_GONE    UINT64_MAX /* PEND's b: its level has fallen, it is pending no longer */

enum trace_async { TRACE_ASYNC_IRQ, TRACE_ASYNC_FIQ, TRACE_ASYNC_SERROR };

struct trace_record {
	uint64_t stamp; /* counter */
	uint64_t who;	/* trace_who(): kind 15:0, partition 31:16, vCPU 47:32, core 63:48 */
	uint64_t a, b;
};

_Static_assert(sizeof(struct trace_record) == 32, "tools and gdb helpers know this size");

_Static_assert((CONFIG_TRACE_RECORDS & (CONFIG_TRACE_RECORDS - 1)) == 0, "a power of two");

#ifdef CONFIG_TRACE_EXITS
/* The ring is too large for .bss: a small one until there are pages (core/trace_exits.c). */
struct trace_ring {
	uint64_t next;		    /* as below */
	struct trace_record *pages; /* CONFIG_TRACE_RECORDS of them; NULL: not yet */
	struct trace_record first[64];
};

static inline struct trace_record *trace_base(struct trace_ring *r)
{
	return r->pages ? r->pages : r->first;
}

static inline uint64_t trace_size(const struct trace_ring *r)
{
	return r->pages ? CONFIG_TRACE_RECORDS * sizeof(struct trace_record) : sizeof(r->first);
}
#else
struct trace_ring {
	uint64_t next; /* bytes written since boot: a record's index would cost a shift at each exit */
	struct trace_record record[CONFIG_TRACE_RECORDS];
};

static inline struct trace_record *trace_base(struct trace_ring *r)
{
	return r->record;
}

static inline uint64_t trace_size(const struct trace_ring *r)
{
	return sizeof(r->record);
}
#endif

/* The n-th record since boot; only the last ones are there, trace_size() bytes of them. */
static inline struct trace_record *trace_at(struct trace_ring *r, uint64_t n)
{
	return (struct trace_record *)(void *)((char *)trace_base(r) +
					       (n * sizeof(struct trace_record) & (trace_size(r) - 1)));
}

static inline uint64_t trace_count(const struct trace_ring *r)
{
	return r->next / sizeof(struct trace_record);
}

static inline struct trace_record *trace_next(struct trace_ring *r)
{
	uint64_t at = r->next;

	r->next = at + sizeof(struct trace_record);
	return (struct trace_record *)(void *)((char *)trace_base(r) + (at & (trace_size(r) - 1)));
}

static inline void trace_put(struct trace_ring *r, uint64_t who, uint64_t a, uint64_t b)
{
	*trace_next(r) = (struct trace_record){ .stamp = arch_counter_raw(), .who = who, .a = a, .b = b };
}

static inline uint64_t trace_who(enum trace_kind kind, unsigned int part, unsigned int vcpu, unsigned int cpu)
{
	return (uint64_t)kind | (uint64_t)part << 16 | (uint64_t)vcpu << 32 | (uint64_t)cpu << 48;
}

/* The same who, of another kind. */
static inline uint64_t trace_as(uint64_t who, enum trace_kind kind)
{
	return (who & ~UINT64_C(0xffff)) | (uint64_t)kind;
}

/* With CONFIG_TRACE_EXITS: what exits cost. Counter ticks. A vCPU's, from its VM's start on: */
struct trace_total {
	uint64_t exits;
	uint64_t ticks; /* of EL2, on its behalf */
};

/* And a core's. */
struct trace_meter {
	uint64_t taken;	  /* when it last came from a guest: vectors.S */
	uint64_t entered; /* when it last went to one: vectors.S */
	uint64_t charged; /* up to here EL2's time has been charged to a vCPU, to nobody, or was slept */
	uint64_t nobody;  /* ticks of EL2 that served no vCPU: boot, the end of a VM */
	uint64_t slept;	  /* ticks in WFI at EL2 */
	uint64_t about;	  /* what RETURN is to say of the last exit */
};

#endif
