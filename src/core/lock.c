/* SPDX-License-Identifier: BSD-3-Clause */
/* Ticket spinlocks; see lock.h. The acquire load pairs with the release store of the unlocker. */
#include "core/lock.h"

#include "core/panic.h"
#include "core/percpu.h"

#ifdef CONFIG_DEBUG
void spin_rank_take(const struct spinlock *l)
{
	struct percpu *cpu = this_cpu();

	CHECK(!(cpu->lock_ranks >> l->rank)); /* none of this rank or above is held */
	cpu->lock_ranks |= UINT32_C(1) << l->rank;
}

void spin_rank_drop(const struct spinlock *l)
{
	this_cpu()->lock_ranks &= ~(UINT32_C(1) << l->rank);
}
#endif

void spin_init(struct spinlock *l, enum lock_rank rank)
{
	*l = (struct spinlock)SPINLOCK_INIT(rank);
}

void spin_wait(const struct spinlock *l, uint32_t ticket)
{
	while (__atomic_load_n(&l->owner, __ATOMIC_ACQUIRE) != ticket)
		arch_relax();
}

bool spin_is_locked(const struct spinlock *l)
{
	return __atomic_load_n(&l->owner, __ATOMIC_RELAXED) != __atomic_load_n(&l->next, __ATOMIC_RELAXED);
}
