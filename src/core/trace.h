/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The trace: a ring of fixed 32-byte records for each core, always compiled in. Written by its core only, without a lock; read by gdb, by the
 * panic report and by tools that look at memory. A record costs about ten instructions.
 */
#ifndef CORE_TRACE_H
#define CORE_TRACE_H

#include "arch/cpu.h"
#include "lib/types.h"

enum trace_kind {
	TRACE_NONE,
	TRACE_EXIT,   /* a: ESR_EL2, b: ELR_EL2 */
	TRACE_IRQ,    /* a: INTID */
	TRACE_SWITCH, /* a: vCPU that takes the core (partition << 16 | index) */
	TRACE_IDLE,
	TRACE_WAKE,   /* a: vCPU */
	TRACE_INJECT, /* a: INTID or exception class, b: vCPU */
	TRACE_PSCI,   /* a: function, b: result */
	TRACE_TIMER,  /* a: deadline */
	TRACE_KINDS
};

struct trace_record {
	uint64_t stamp; /* counter */
	uint64_t who;	/* trace_who(): kind 15:0, partition 31:16, vCPU 47:32, core 63:48 */
	uint64_t a, b;
};

_Static_assert(sizeof(struct trace_record) == 32, "tools and gdb helpers know this size");

struct trace_ring {
	uint64_t next; /* records written since boot */
	struct trace_record record[CONFIG_TRACE_RECORDS];
};

_Static_assert((CONFIG_TRACE_RECORDS & (CONFIG_TRACE_RECORDS - 1)) == 0, "a power of two");

static inline void trace_put(struct trace_ring *r, uint64_t who, uint64_t a, uint64_t b)
{
	struct trace_record *t = &r->record[r->next++ & (CONFIG_TRACE_RECORDS - 1)];

	t->stamp = arch_counter_raw();
	t->who = who;
	t->a = a;
	t->b = b;
}

static inline uint64_t trace_who(enum trace_kind kind, unsigned int part, unsigned int vcpu, unsigned int cpu)
{
	return (uint64_t)kind | (uint64_t)part << 16 | (uint64_t)vcpu << 32 | (uint64_t)cpu << 48;
}

#endif
