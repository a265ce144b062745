/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * This core: who it is, its barriers, its idle, its counter. The host build (arch/host) has the same functions
 * in plain C.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include "arch/sysreg.h"
#include "lib/types.h"

struct percpu;

static inline struct percpu *this_cpu(void)
{
	return (struct percpu *)sysreg_read(TPIDR_EL2);
}

static inline void arch_this_cpu_set(struct percpu *cpu)
{
	sysreg_write(TPIDR_EL2, (uint64_t)cpu);
}

static inline uint64_t arch_mpidr(void)
{
	return sysreg_read(MPIDR_EL1);
}

/* The physical counter, in ticks of arch_counter_freq(). Ordered after what precedes it in program order. */
static inline uint64_t arch_counter(void)
{
	__asm__ volatile("isb" ::: "memory");
	return sysreg_read(CNTPCT_EL0);
}

/* The same without the isb: for stamps, where a few instructions of disorder do not matter. */
static inline uint64_t arch_counter_raw(void)
{
	return sysreg_read(CNTPCT_EL0);
}

static inline uint64_t arch_counter_freq(void)
{
	return sysreg_read(CNTFRQ_EL0);
}

static inline void arch_wfi(void)
{
	__asm__ volatile("dsb sy\n\twfi" ::: "memory");
}

/* In a loop that waits for another core. */
static inline void arch_relax(void)
{
	__asm__ volatile("yield" ::: "memory");
}

/* DMB OSH: what is before it is seen before what is after it by devices too, loads and stores in both directions. */
static inline void arch_dma_barrier(void)
{
	__asm__ volatile("dmb osh" ::: "memory");
}

/*
 * Arm this core's EL2 timer (CNTHP here, CNTHPS in the secure world) to fire at an absolute count; UINT64_MAX stops it.
 */
void arch_timer_arm(uint64_t deadline);

/* One true random number (FEAT_RNG RNDR). False when the machine has none, or none now. */
bool arch_random(uint64_t *v);

/* Make a call to the firmware (SMC #0, SMCCC 1.2: x0-x17 in and out; the rest is kept). */
void arch_smc(uint64_t x[18]);

#endif
