/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The attack programs and how they are run: TAP 1.. over the tests of those that bootargs name. State owned:
 * the results of the running test; failures have a row a vCPU, written by that vCPU alone and read by vCPU 0 at
 * the test's end.
 */
#include <stdarg.h>

#include "lib/printf.h"
#include "lib/string.h"
#include "private.h"

#define LINE	 256
#define FAIL_MAX 8 /* a vCPU and test: the rest is only counted */

#define UART_DR (UART + 0x00)
#define UART_FR (UART + 0x18)
#define UART_CR (UART + 0x30)
#define FR_RXFE BIT(4)
#define FR_TXFF BIT(5)
#define CR_ON	0x301

/* A program that has no file yet is not there. */
#pragma weak attack_mmio
#pragma weak attack_calls
#pragma weak attack_psci
#pragma weak attack_sysregs
#pragma weak attack_insns
#pragma weak attack_regs
#pragma weak attack_look
#pragma weak attack_virtio
#pragma weak attack_flood
#pragma weak attack_exits
#pragma weak attack_alloff
#pragma weak attack_spin

static const struct attack_program *const programs[] = {
	&attack_mmio,	 /* devices and memory that is not there, by every kind of access */
	&attack_calls,	 /* SMC and HVC */
	&attack_psci,	 /* vCPUs on and off, misused */
	&attack_sysregs, /* every system register */
	&attack_insns,	 /* random instructions */
	&attack_regs,	 /* registers kept over switches */
	&attack_look,	 /* registers of others seen */
	&attack_virtio,	 /* virtqueues */
	&attack_flood,	 /* interrupts, exits, output */
	&attack_exits,	 /* exits alone, as many as can be */
	&attack_alloff,	 /* ends with all vCPUs off */
	&attack_spin,	 /* ends spinning with interrupts masked */
};

struct failure {
	const char *file, *what;
	int line;
	bool has_at;
	uint64_t got, want, at;
};

static const char *args;
static struct {
	volatile unsigned int count;
	struct failure first[FAIL_MAX];
} failures[CPUS_MAX];

/* --- output --- */

static void put(const char *s)
{
	for (; *s; s++) {
		while (io32_r(UART_FR) & FR_TXFF)
			relax();
		io32_w(UART_DR, (uint8_t)*s);
	}
}

static void print_va(const char *prefix, const char *fmt, va_list ap)
{
	char line[LINE];

	put(prefix);
	fmt_vsnprintf(line, sizeof(line), fmt, ap);
	put(line);
}

void attack_print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_va("", fmt, ap);
	va_end(ap);
}

void attack_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_va("# ", fmt, ap);
	va_end(ap);
	put("\r\n");
}

static void print_failure(unsigned int cpu, const struct failure *f)
{
	attack_print("# %s:%d: vCPU %u: %s: got 0x%llx, want 0x%llx", f->file, f->line, cpu, f->what,
		     (unsigned long long)f->got, (unsigned long long)f->want);
	if (f->has_at)
		attack_print(", at 0x%llx", (unsigned long long)f->at);
	put("\r\n");
}

static void fail(const struct failure *f)
{
	unsigned int cpu = cpu_id(), n = failures[cpu].count++;

	if (n >= FAIL_MAX)
		return;
	failures[cpu].first[n] = *f;
	if (!cpu)
		print_failure(cpu, f);
}

void attack_fail(const char *file, int line, const char *what, uint64_t got, uint64_t want)
{
	fail(&(struct failure){ .file = file, .line = line, .what = what, .got = got, .want = want });
}

void attack_fail_at(const char *file, int line, const char *what, uint64_t got, uint64_t want, uint64_t at)
{
	fail(&(struct failure){
		.file = file, .line = line, .what = what, .got = got, .want = want, .at = at, .has_at = true });
}

unsigned int attack_failures(void)
{
	unsigned int sum = 0;

	for (unsigned int i = 0; i < CPUS_MAX; i++)
		sum += failures[i].count;
	return sum;
}

/* --- arguments --- */

static bool is_end(char c)
{
	return !c || c == ' ' || c == ',';
}

/* The next word after s (at a comma), or NULL. */
static const char *next_word(const char *s)
{
	while (!is_end(*s))
		s++;
	return *s == ',' ? s + 1 : NULL;
}

static bool is_named(const char *name)
{
	size_t n = strlen(name);

	for (const char *s = args; s; s = next_word(s))
		if (!strncmp(s, name, n) && is_end(s[n]))
			return true;
	return false;
}

static unsigned int digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a') + 10 : 16;
}

static uint64_t number(const char *s)
{
	unsigned int base = s[0] == '0' && s[1] == 'x' ? 16 : 10;
	uint64_t n = 0;

	for (s += base == 16 ? 2 : 0; digit(*s) < base; s++)
		n = n * base + digit(*s);
	return n;
}

uint64_t attack_arg(const char *key, uint64_t otherwise)
{
	size_t n = strlen(key);

	for (const char *s = args; s; s = next_word(s))
		if (!strncmp(s, key, n) && s[n] == '=')
			return number(s + n + 1);
	return otherwise;
}

/* --- running --- */

/* attack=...,wait: nothing before a key is typed, so that a test chooses the moment. */
static void wait_for_key(void)
{
	attack_print("press a key\r\n");
	irq_on();
	while (io32_r(UART_FR) & FR_RXFE)
		relax();
	irq_off();
	(void)io32_r(UART_DR);
}

static void print_others(void)
{
	for (unsigned int i = 0; i < CPUS_MAX; i++) {
		unsigned int n = failures[i].count;

		for (unsigned int k = 0; i && k < MIN(n, FAIL_MAX); k++)
			print_failure(i, &failures[i].first[k]);
		if (n > FAIL_MAX)
			attack_note("vCPU %u: %u more", i, n - FAIL_MAX);
	}
}

static void run_test(const struct attack_test *t, unsigned int number_of_it)
{
	memset(failures, 0, sizeof(failures));
	t->fn();
	dsb();
	print_others();
	attack_print("%s %u - %s\r\n", attack_failures() ? "not ok" : "ok", number_of_it, t->what);
}

static unsigned int run_program(const struct attack_program *p, unsigned int number_of_it)
{
	runtime_set_mmu(p->mmu);
	attack_note("%s", p->name);
	if (p->fn)
		p->fn();
	for (unsigned int i = 0; i < p->nr_tests; i++)
		run_test(&p->tests[i], number_of_it++);
	runtime_set_mmu(false);
	return number_of_it;
}

void attack_main(void)
{
	unsigned int planned = 0, at = 1;
	bool any = false;

	io32_w(UART_CR, CR_ON);
	args = tree_read();
	for (unsigned int i = 0; i < ARRAY_SIZE(programs); i++)
		if (programs[i] && is_named(programs[i]->name)) {
			planned += programs[i]->nr_tests;
			any = true;
		}
	if (is_named("wait"))
		wait_for_key();
	if (!any)
		attack_print("Bail out! no program here is called: %s\r\n", args);
	else if (planned)
		attack_print("1..%u\r\n", planned);
	for (unsigned int i = 0; i < ARRAY_SIZE(programs); i++)
		if (programs[i] && is_named(programs[i]->name))
			at = run_program(programs[i], at);
}
