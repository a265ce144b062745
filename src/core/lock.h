/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Spinlocks: ticket locks in C atomics, so that the host's ThreadSanitizer sees them.
 *
 * Interrupts are masked at EL2, always: a lock is never taken by a handler that interrupted its holder. Ranks: a core
 * that holds a lock takes only locks of a higher rank (docs/locking.md); CONFIG_DEBUG checks it.
 */
#ifndef CORE_LOCK_H
#define CORE_LOCK_H

#include "lib/types.h"

enum lock_rank {
	LOCK_ROLE = 1,	/* VM life cycle */
	LOCK_PARTITION, /* one partition's life cycle */
	LOCK_DEVICE,	/* one emulated device */
	LOCK_MAIL,	/* the mailboxes of FF-A endpoints */
	LOCK_S2,	/* one partition's stage 2 */
	LOCK_VGIC,	/* one partition's distributor, or one vCPU's pending interrupts (LOCK_VGIC_CPU) */
	LOCK_VGIC_CPU,
	LOCK_RUNQUEUE,
	LOCK_TIMER,
	LOCK_S1,
	LOCK_HEAP,
	LOCK_FRAME,
	LOCK_RANDOM, /* the random number generator */
	LOCK_GIC,    /* the machine's distributor and redistributors: registers of several interrupts */
	LOCK_DISK,   /* one disk of the machine: its queue */
	LOCK_LOG,
	LOCK_CONSOLE,
};

struct spinlock {
	uint32_t next;	/* ticket to give */
	uint32_t owner; /* ticket that holds it */
	uint32_t rank;
};

#define SPINLOCK_INIT(r)                                                                                               \
	{                                                                                                              \
		.next = 0, .owner = 0, .rank = (r)                                                                     \
	}

void spin_init(struct spinlock *l, enum lock_rank rank);

/* Until the ticket's turn comes. */
void spin_wait(const struct spinlock *l, uint32_t ticket);

#ifdef CONFIG_DEBUG
/* Checks of what this core holds: ranks only rise. */
void spin_rank_take(const struct spinlock *l);
void spin_rank_drop(const struct spinlock *l);
#else
static inline void spin_rank_take(const struct spinlock *l UNUSED)
{
}

static inline void spin_rank_drop(const struct spinlock *l UNUSED)
{
}
#endif

/* Inline: on every path that is worth being short. */
static inline void spin_lock(struct spinlock *l)
{
	uint32_t ticket;

	spin_rank_take(l);
	ticket = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED);
	if (unlikely(__atomic_load_n(&l->owner, __ATOMIC_ACQUIRE) != ticket))
		spin_wait(l, ticket);
}

static inline void spin_unlock(struct spinlock *l)
{
	spin_rank_drop(l);
	__atomic_store_n(&l->owner, l->owner + 1, __ATOMIC_RELEASE);
}

bool spin_is_locked(const struct spinlock *l);

#endif
