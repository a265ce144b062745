/* SPDX-License-Identifier: BSD-3-Clause */
/* This core: its EL2 timer, random numbers, firmware calls, where other cores start. */
#include "arch/cpu.h"
#include "arch/boot.h"
#include "arch/world.h"

extern char secondary_entry[], secondary_entry_unnamed[];

uint64_t arch_secondary_entry(void)
{
	return (uint64_t)secondary_entry;
}

uint64_t arch_secondary_entry_unnamed(void)
{
	return (uint64_t)secondary_entry_unnamed;
}

void arch_timer_arm(uint64_t deadline)
{
	world_timer_write(deadline, deadline != UINT64_MAX);
	__asm__ volatile("isb" ::: "memory");
}

bool arch_random(uint64_t *v)
{
	uint64_t ok;

	if (!BITS(sysreg_read(ID_AA64ISAR0_EL1), 63, 60))
		return false;
	/* Z is set when there is none in reasonable time. */
	__asm__ volatile("mrs %0, " SYSREG_STR(RNDR) "\n\tcset %1, ne" : "=r"(*v), "=r"(ok) : : "cc");
	return ok;
}
