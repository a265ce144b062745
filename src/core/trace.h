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
	TRACE_KINDS
};

struct trace_record {
	uint64_t stamp; /* counter */
	uint64_t who;	/* trace_who(): kind 15:0, partition 31:16, vCPU 47:32, core 63:48 */
	uint64_t a, b;
};

_Static_assert(sizeof(struct trace_record) == 32, "tools and gdb helpers know this size");

struct trace_ring {
	uint64_t next; /* bytes written since boot: a record's index would cost a shift at each exit */
	struct trace_record record[CONFIG_TRACE_RECORDS];
};

_Static_assert((CONFIG_TRACE_RECORDS & (CONFIG_TRACE_RECORDS - 1)) == 0, "a power of two");

/* The n-th record since boot; only the last CONFIG_TRACE_RECORDS are there. */
static inline struct trace_record *trace_at(struct trace_ring *r, uint64_t n)
{
	return &r->record[n & (CONFIG_TRACE_RECORDS - 1)];
}

static inline uint64_t trace_count(const struct trace_ring *r)
{
	return r->next / sizeof(struct trace_record);
}

static inline void trace_put(struct trace_ring *r, uint64_t who, uint64_t a, uint64_t b)
{
	uint64_t at = r->next;
	struct trace_record *t = (struct trace_record *)(void *)((char *)r->record + (at & (sizeof(r->record) - 1)));

	r->next = at + sizeof(*t);
	*t = (struct trace_record){ .stamp = arch_counter_raw(), .who = who, .a = a, .b = b };
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

#endif
