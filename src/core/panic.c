/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The end: say why, as plainly as a machine can, and stop. See panic.h. Takes no lock: whoever holds one may be the one
 * that is broken.
 */
#include "core/panic.h"

#include "arch/unwind.h"
#include "core/irq.h"
#include "core/partition.h"
#include "core/percpu.h"
#include "core/vcpu.h"
#include "lib/printf.h"
#include "plat/plat.h"

#define FRAMES_MAX 24

static uint32_t panicking;

static void say(const char *fmt, ...) PRINTF(1, 2);

static void say(const char *fmt, ...)
{
	char line[200];
	va_list ap;

	va_start(ap, fmt);
	fmt_vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	for (const char *s = line; *s; s++) {
		if (*s == '\n')
			host_uart_putc('\r');
		host_uart_putc(*s);
	}
}

static void say_backtrace(uint64_t fp)
{
	uint64_t pc;

	for (unsigned int i = 0; i < FRAMES_MAX && arch_unwind(&fp, &pc); i++)
		say("  #%u 0x%llx (linked 0x%llx)\n", i, (unsigned long long)pc,
		    (unsigned long long)arch_link_address(pc));
}

static void say_trace(struct trace_ring *r)
{
	uint64_t count = trace_count(r);

	say("last trace records of this core (newest last: counter, kind, partition/vCPU, a, b):\n");
	for (uint64_t i = count - MIN(count, UINT64_C(12)); i < count; i++) {
		const struct trace_record *t = trace_at(r, i);

		say("  %llu %u %u/%u 0x%llx 0x%llx\n", (unsigned long long)t->stamp, (unsigned int)(t->who & 0xffff),
		    (unsigned int)BITS(t->who, 31, 16), (unsigned int)BITS(t->who, 47, 32), (unsigned long long)t->a,
		    (unsigned long long)t->b);
	}
}

void panic_report(const char *what, uint64_t fp)
{
	struct percpu *cpu = this_cpu();
	const struct vcpu *v = cpu->current;

	if (__atomic_exchange_n(&panicking, 1, __ATOMIC_SEQ_CST))
		arch_halt(); /* another core reports, or the report itself failed */
	say("\n*** trivet: panic on core %u: %s\n", cpu->index, what);
	if (v)
		say("running: %s vcpu%u\n", v->part->name, v->index);
	say("backtrace:\n");
	say_backtrace(fp);
	say_trace(&cpu->trace);
	for (unsigned int i = 0; i < nr_cpus; i++)
		if (i != cpu->index && (cpus_online & BIT(i)))
			host_irq_send_sgi(i, SGI_PANIC);
	say("*** halted\n");
	arch_halt();
}

void panic(const char *fmt, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	fmt_vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	panic_report(text, (uint64_t)__builtin_frame_address(0));
}
