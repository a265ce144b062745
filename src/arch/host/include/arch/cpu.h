/* SPDX-License-Identifier: BSD-3-Clause */
/* Host twin: a core is a thread; the counter is one that the tests turn (arch/host.h). */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include "arch/sysreg.h"
#include "lib/types.h"

struct percpu;

/* The thread's percpu: a blank one of its own until arch_this_cpu_set(). */
struct percpu *this_cpu(void);
void arch_this_cpu_set(struct percpu *cpu);

uint64_t arch_mpidr(void);
uint64_t arch_counter(void);
uint64_t arch_counter_raw(void);
uint64_t arch_counter_freq(void);
void arch_wfi(void);
void arch_relax(void);
static inline void arch_dma_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void arch_timer_arm(uint64_t deadline);
bool arch_random(uint64_t *v);
void arch_smc(uint64_t x[18]);

#endif
