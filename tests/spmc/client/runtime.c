/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a client program stands on: the console, TAP, cores, calls; see client.h. State owned: all of it; one lock,
 * around a line of output.
 */
#include "client.h"

#include <stdarg.h>

#include "abi/ffa.h"
#include "abi/psci.h"

#define UART	((volatile uint32_t *)0x09000000)
#define UART_FR 6
#define FR_TXFF (UINT32_C(1) << 5)

void client_main(void);
void client_secondary(unsigned int cpu);
void client_exception(unsigned int vector, uint64_t esr, uint64_t elr, uint64_t far);
unsigned int client_cpu_id(void);
extern char secondary_entry[];

static uint32_t line_lock;
static unsigned int failures; /* of the test that runs */
static struct {
	void (*fn)(unsigned int cpu);
	uint32_t busy, arrived;
} cpu_job[CLIENT_CPUS];

/* --- output --- */

static void put(char c)
{
	while (UART[UART_FR] & FR_TXFF)
		;
	UART[0] = (uint8_t)c;
}

static void put_string(const char *s)
{
	for (; *s; s++) {
		if (*s == '\n')
			put('\r');
		put(*s);
	}
}

static void put_number(uint64_t v, unsigned int base)
{
	char text[24];
	unsigned int i = sizeof(text) - 1;

	text[i] = '\0';
	do {
		text[--i] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	put_string(text + i);
}

static void put_arg(char kind, bool wide, va_list *ap)
{
	int64_t d;

	switch (kind) {
	case 's':
		put_string(va_arg(*ap, const char *));
		break;
	case 'c':
		put((char)va_arg(*ap, int));
		break;
	case 'd':
		d = wide ? va_arg(*ap, long long) : va_arg(*ap, int);
		if (d < 0)
			put('-');
		put_number(d < 0 ? -(uint64_t)d : (uint64_t)d, 10);
		break;
	case 'u':
	case 'x':
		put_number(wide ? va_arg(*ap, unsigned long long) : va_arg(*ap, unsigned int), kind == 'x' ? 16 : 10);
		break;
	default:
		put(kind);
		break;
	}
}

void say(const char *fmt, ...)
{
	va_list ap;

	while (__atomic_exchange_n(&line_lock, 1, __ATOMIC_ACQUIRE))
		__asm__ volatile("yield");
	va_start(ap, fmt);
	for (; *fmt; fmt++) {
		bool wide = false;

		if (*fmt != '%') {
			if (*fmt == '\n')
				put('\r');
			put(*fmt);
			continue;
		}
		for (fmt++; *fmt == 'l'; fmt++)
			wide = true;
		put_arg(*fmt, wide, &ap);
	}
	va_end(ap);
	__atomic_store_n(&line_lock, 0, __ATOMIC_RELEASE);
}

/* --- calls --- */

struct regs ffa_call(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4)
{
	struct regs r = { { fid, x1, x2, x3, x4 } };

	client_smc(&r);
	return r;
}

static void power_off(void)
{
	struct regs r = { { PSCI_SYSTEM_OFF } };

	client_smc(&r);
	for (;;)
		__asm__ volatile("wfi");
}

/* --- expectations --- */

bool expect_at(bool holds, const char *what, unsigned int line)
{
	if (holds)
		return true;
	__atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
	say("# line %u: %s does not hold\n", line, what);
	return false;
}

bool expect_eq_at(uint64_t seen, uint64_t wanted, const char *what, unsigned int line)
{
	if (seen == wanted)
		return true;
	__atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
	say("# line %u: %s is 0x%llx, not 0x%llx\n", line, what, (unsigned long long)seen, (unsigned long long)wanted);
	return false;
}

bool expect_error_at(const struct regs *r, int code, unsigned int line)
{
	return expect_eq_at(r->x[0], FFA_ERROR, "x0", line) &&
	       expect_eq_at((uint32_t)r->x[2], (uint32_t)code, "w2 of FFA_ERROR", line);
}

bool expect_success_at(const struct regs *r, unsigned int line)
{
	if (r->x[0] == FFA_SUCCESS_32 || r->x[0] == FFA_SUCCESS_64)
		return true;
	__atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
	say("# line %u: x0 is 0x%llx (w2 %d), not FFA_SUCCESS\n", line, (unsigned long long)r->x[0], (int)r->x[2]);
	return false;
}

/* --- cores --- */

unsigned int cpu_index(void)
{
	return client_cpu_id();
}

/* TF-A turns cores on that the machine does not have: whoever is not there in half a second does not exist. */
static bool wait_for(const uint32_t *flag)
{
	uint64_t freq, start, now;

	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(freq));
	__asm__ volatile("isb\n\tmrs %0, cntpct_el0" : "=r"(start)::"memory");
	do {
		if (__atomic_load_n(flag, __ATOMIC_ACQUIRE))
			return true;
		__asm__ volatile("yield");
		__asm__ volatile("isb\n\tmrs %0, cntpct_el0" : "=r"(now)::"memory");
	} while (now - start < freq / 2);
	return false;
}

bool cpu_start(unsigned int cpu, void (*fn)(unsigned int cpu))
{
	struct regs r = { { PSCI_CPU_ON_64, cpu, (uint64_t)secondary_entry, cpu } };

	cpu_job[cpu].fn = fn;
	__atomic_store_n(&cpu_job[cpu].busy, 1, __ATOMIC_RELEASE);
	__atomic_store_n(&cpu_job[cpu].arrived, 0, __ATOMIC_RELEASE);
	client_smc(&r);
	return (int32_t)r.x[0] == 0 && wait_for(&cpu_job[cpu].arrived);
}

void cpu_join(unsigned int cpu)
{
	while (__atomic_load_n(&cpu_job[cpu].busy, __ATOMIC_ACQUIRE))
		__asm__ volatile("yield");
}

void client_secondary(unsigned int cpu)
{
	struct regs r = { { PSCI_CPU_OFF } };

	__atomic_store_n(&cpu_job[cpu].arrived, 1, __ATOMIC_RELEASE);
	cpu_job[cpu].fn(cpu);
	__atomic_store_n(&cpu_job[cpu].busy, 0, __ATOMIC_RELEASE);
	client_smc(&r);
	say("# core %u: CPU_OFF returned %d\n", cpu, (int)r.x[0]);
	for (;;)
		__asm__ volatile("wfi");
}

/* --- the program --- */

void client_exception(unsigned int vector, uint64_t esr, uint64_t elr, uint64_t far)
{
	say("Bail out! exception at EL2: vector %u ESR 0x%llx ELR 0x%llx FAR 0x%llx\n", vector, (unsigned long long)esr,
	    (unsigned long long)elr, (unsigned long long)far);
	power_off();
}

void client_main(void)
{
	say("TAP version 13\n1..%u\n", tests_count);
	for (unsigned int i = 0; i < tests_count; i++) {
		failures = 0;
		tests[i].run();
		say("%s %u - %s\n", failures ? "not ok" : "ok", i + 1, tests[i].name);
	}
	power_off();
}
