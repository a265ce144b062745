/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A core on the host: its registers, its timer, its firmware. A thread is a core.
 * State owned: the names of registers (all threads, under a mutex), their values (each thread), the
 * counter (all threads).
 */
#include "arch/cpu.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arch/guest.h"
#include "arch/host.h"
#include "arch/ich.h"
#include "arch/idreg.h"
#include "core/panic.h"
#include "core/percpu.h"
#include "host_internal.h"
#include "plat/plat.h"

#define REGS_MAX 256

/* core/main.c has these on the target; it is not part of any unit test. */
HOST_FAKE struct percpu percpu[CONFIG_MAX_CPUS];
HOST_FAKE unsigned int nr_cpus = 1;
HOST_FAKE uint64_t cpus_online = 1;

static pthread_mutex_t names_lock = PTHREAD_MUTEX_INITIALIZER;
static const char *names[REGS_MAX];
static unsigned int names_count;

static struct {
	uint64_t counter, freq, random;
	unsigned int random_left, lr_count;
	void (*smc)(uint64_t x[18]);
	int (*translate)(uint64_t va, bool el0, pa_t *pa);
	uint64_t idreg[8][8];
} machine = { .freq = 62500000, .lr_count = 4 };

static _Thread_local struct {
	uint64_t reg[REGS_MAX];
	uint64_t lr[ICH_LR_MAX];
	uint64_t deadline;
	bool timer_used;
	struct percpu *cpu;
	struct percpu blank;
} core;

void host_reset(void)
{
	host_log_stop();
	host_mmu_reset();
	host_plat_reset();
	memset(&core, 0, sizeof(core));
	memset(&machine, 0, sizeof(machine));
	machine.freq = 62500000;
	machine.lr_count = 4;
}

static unsigned int find_name(const char *name)
{
	unsigned int i, n = __atomic_load_n(&names_count, __ATOMIC_ACQUIRE);

	for (i = 0; i < n; i++) {
		if (names[i] == name || strcmp(names[i], name) == 0)
			return i;
	}
	pthread_mutex_lock(&names_lock);
	for (i = 0; i < names_count && strcmp(names[i], name) != 0; i++)
		;
	if (i == REGS_MAX)
		abort();
	if (i == names_count) {
		names[i] = name;
		__atomic_store_n(&names_count, i + 1, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&names_lock);
	return i;
}

/* Names that are no plain cell: what they mean, in place of a number. */
enum { REG_COUNTER = REGS_MAX, REG_FREQ, REG_EMPTY_LRS, REG_LR0 };

static unsigned int number_of(const char *name)
{
	/* The one list register that ich.h reaches by its name. */
	if (strcmp(name, "ICH_LR0_EL2") == 0)
		return REG_LR0;
	if (strcmp(name, "CNTPCT_EL0") == 0)
		return REG_COUNTER;
	if (strcmp(name, "CNTFRQ_EL0") == 0)
		return REG_FREQ;
	if (strcmp(name, "ICH_ELRSR_EL2") == 0)
		return REG_EMPTY_LRS;
	return find_name(name);
}

/* A place in the code always asks with the same literal: comparing pointers mostly does. A literal never changes. */
static unsigned int look_up(const char *name)
{
	static _Thread_local struct {
		const char *name;
		unsigned int number;
	} seen[256];
	unsigned int at = (unsigned int)((uintptr_t)name * UINT64_C(0x9e3779b97f4a7c15) >> 56);

	if (seen[at].name != name) {
		seen[at].number = number_of(name);
		seen[at].name = name;
	}
	return seen[at].number;
}

uint64_t *host_cell(const char *name)
{
	unsigned int n = look_up(name);

	return n < REGS_MAX ? &core.reg[n] : n == REG_LR0 ? &core.lr[0] : &core.reg[find_name(name)];
}

uint64_t *host_lr(unsigned int i)
{
	CHECK(i < machine.lr_count);
	return &core.lr[i];
}

/* ICH_ELRSR_EL2: empty is no state, and no maintenance interrupt still owed for an EOI (IHI 0069 12.4.4). */
static uint64_t empty_lrs(void)
{
	uint64_t empty = 0;

	for (unsigned int i = 0; i < machine.lr_count; i++) {
		bool eoi = !(core.lr[i] & ICH_LR_HW) && (core.lr[i] & ICH_LR_EOI);

		if (!(core.lr[i] & ICH_LR_STATE) && !eoi)
			empty |= BIT(i);
	}
	return empty;
}

uint64_t host_sysreg_read(const char *name)
{
	switch (look_up(name)) {
	case REG_COUNTER:
		return arch_counter_raw();
	case REG_FREQ:
		return arch_counter_freq();
	case REG_EMPTY_LRS:
		return empty_lrs();
	default:
		return *host_cell(name);
	}
}

void host_sysreg_write(const char *name, uint64_t value)
{
	*host_cell(name) = value;
}

struct percpu *this_cpu(void)
{
	return core.cpu ? core.cpu : &core.blank;
}

void arch_this_cpu_set(struct percpu *cpu)
{
	core.cpu = cpu;
}

HOST_FAKE uint64_t arch_mpidr(void)
{
	return sysreg_read(MPIDR_EL1) | BIT(31);
}

uint64_t arch_counter(void)
{
	return arch_counter_raw();
}

uint64_t arch_counter_raw(void)
{
	return __atomic_load_n(&machine.counter, __ATOMIC_SEQ_CST);
}

uint64_t arch_counter_freq(void)
{
	return machine.freq;
}

void host_counter_set(uint64_t now)
{
	__atomic_store_n(&machine.counter, now, __ATOMIC_SEQ_CST);
}

void host_counter_advance(uint64_t ticks)
{
	__atomic_fetch_add(&machine.counter, ticks, __ATOMIC_SEQ_CST);
}

void host_counter_freq_set(uint64_t hz)
{
	machine.freq = hz;
}

HOST_FAKE void arch_wfi(void)
{
	host_log_add(HOST_WFI, 0, 0, 0);
}

HOST_FAKE void arch_relax(void)
{
	syscall(SYS_sched_yield);
}

HOST_FAKE void arch_timer_arm(uint64_t deadline)
{
	core.deadline = deadline;
	core.timer_used = true;
	host_log_add(HOST_TIMER, deadline, 0, 0);
}

uint64_t host_timer_deadline(void)
{
	return core.timer_used ? core.deadline : UINT64_MAX;
}

HOST_FAKE bool arch_random(uint64_t *v)
{
	if (!machine.random_left)
		return false;
	machine.random_left--;
	*v = machine.random++;
	return true;
}

void host_random_set(uint64_t first, unsigned int count)
{
	machine.random = first;
	machine.random_left = count;
}

HOST_FAKE void arch_smc(uint64_t x[18])
{
	host_log_add(HOST_SMC, x[0], x[1], 0);
	if (machine.smc)
		machine.smc(x);
	else
		x[0] = UINT64_MAX;
}

void host_smc_set(void (*fn)(uint64_t x[18]))
{
	machine.smc = fn;
}

HOST_FAKE int guest_translate(uint64_t va, bool el0, pa_t *pa)
{
	return machine.translate ? machine.translate(va, el0, pa) : E_FAULT;
}

void host_translate_set(int (*fn)(uint64_t va, bool el0, pa_t *pa))
{
	machine.translate = fn;
}

unsigned int ich_lr_count(void)
{
	return machine.lr_count;
}

void host_lr_count_set(unsigned int n)
{
	machine.lr_count = n;
}

uint64_t arch_idreg(unsigned int crm, unsigned int op2)
{
	return crm < 8 && op2 < 8 ? machine.idreg[crm][op2] : 0;
}

void host_idreg_set(unsigned int crm, unsigned int op2, uint64_t value)
{
	machine.idreg[crm][op2] = value;
}

HOST_FAKE unsigned int plat_cpu_index(void)
{
	return this_cpu()->index;
}
