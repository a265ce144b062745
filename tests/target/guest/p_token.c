/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Programs: vCPUs that wait for one another by spinning, each in a way that kernels do it (test_overcommit.c). Slot 0:
 * how many vCPUs, 1: enum token_wait, 2: how long in ms, 3: how far behind in the circle the next one is. Slot 4, at
 * the end: how often the token was handed over.
 */
#include "guest.h"

#define FILE_ID 9

/* Each on a cache line of its own. */
static struct {
	volatile uint64_t word;
	uint64_t pad[15];
} token ALIGNED(128), total, finished, stop;

static unsigned int vcpus, stride;
static enum token_wait how;

static void wait_with_yield(uint64_t want)
{
	while (token.word != want && !stop.word)
		relax();
}

static void wait_with_wfe(uint64_t want)
{
	while (token.word != want && !stop.word)
		__asm__ volatile("wfe" ::: "memory");
}

/* As Linux's smp_cond_load_acquire(): watch the word's granule, and sleep until somebody writes to it. */
static void wait_with_monitor(uint64_t want)
{
	for (;;) {
		uint64_t now = __atomic_load_n(&token.word, __ATOMIC_ACQUIRE), left;

		if (now == want || stop.word)
			return;
		__asm__ volatile("sevl\n\t"
				 "wfe\n\t"
				 "ldaxr	%0, [%1]\n\t"
				 "eor	%0, %0, %2\n\t"
				 "cbnz	%0, 1f\n\t"
				 "wfe\n"
				 "1:"
				 : "=&r"(left)
				 : "r"(&token.word), "r"(now)
				 : "memory");
	}
}

static void pass_round(unsigned int me)
{
	static void (*const wait[])(uint64_t) = {
		[TOKEN_YIELD] = wait_with_yield,
		[TOKEN_WFE] = wait_with_wfe,
		[TOKEN_MONITOR] = wait_with_monitor,
	};

	while (!stop.word) {
		wait[how](me);
		if (stop.word)
			break;
		total.word++;
		__atomic_store_n(&token.word, (me + stride) % vcpus, __ATOMIC_RELEASE);
		__asm__ volatile("sev");
	}
}

static void take_part(void)
{
	pass_round(cpu_id());
	(void)__atomic_add_fetch(&finished.word, 1, __ATOMIC_RELEASE);
}

/* On an interrupt of vCPU 0's timer: the end. */
static void time_is_up(unsigned int intid UNUSED)
{
	stop.word = 1;
	dsb();
	__asm__ volatile("sev");
	sysreg_write(CNTV_CTL_EL0, 0);
}

PROGRAM(g_token)
{
	vcpus = (unsigned int)slot_get(0);
	how = (enum token_wait)slot_get(1);
	stride = (unsigned int)slot_get(3);
	gic_init();
	gic_enable(27);
	on_irq = time_is_up;
	for (unsigned int i = 1; i < vcpus; i++)
		G_EQ(cpu_on(i, take_part), 0);
	sysreg_write(CNTV_CVAL_EL0, counter() + ms_ticks(slot_get(2)));
	sysreg_write(CNTV_CTL_EL0, 1);
	irq_on();
	take_part();
	irq_off();
	G_WAIT(finished.word == vcpus);
	slot_set(4, total.word);
}
