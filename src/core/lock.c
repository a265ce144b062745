/* SPDX-License-Identifier: BSD-3-Clause */
/* Ticket spinlocks; see lock.h. The acquire load pairs with the release store of the unlocker. */
#include "core/lock.h"

#include "core/panic.h"
#include "core/percpu.h"

#ifdef CONFIG_DEBUG
static void rank_take(const struct spinlock *l)
{
	struct percpu *cpu = this_cpu();

	CHECK(!(cpu->lock_ranks >> l->rank)); /* none of this rank or above is held */
	cpu->lock_ranks |= UINT32_C(1) << l->rank;
}

static void rank_drop(const struct spinlock *l)
{
	this_cpu()->lock_ranks &= ~(UINT32_C(1) << l->rank);
}
#else
static void rank_take(const struct spinlock *l UNUSED)
{
}

static void rank_drop(const struct spinlock *l UNUSED)
{
}
#endif

void spin_init(struct spinlock *l, enum lock_rank rank)
{
	*l = (struct spinlock)SPINLOCK_INIT(rank);
}

void spin_lock(struct spinlock *l)
{
	uint32_t ticket;

	rank_take(l);
	ticket = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED);
	while (__atomic_load_n(&l->owner, __ATOMIC_ACQUIRE) != ticket)
		arch_relax();
}

void spin_unlock(struct spinlock *l)
{
	rank_drop(l);
	__atomic_store_n(&l->owner, l->owner + 1, __ATOMIC_RELEASE);
}

bool spin_is_locked(const struct spinlock *l)
{
	return __atomic_load_n(&l->owner, __ATOMIC_RELAXED) != __atomic_load_n(&l->next, __ATOMIC_RELAXED);
}
