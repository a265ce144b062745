/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which rows are measured follows from the number of vCPUs: one, two that are to share a core, or four with a core
 * each. The protocol on the UART: `BENCH name value` a row, `BENCH-END`, then SYSTEM_OFF.
 *
 * State owned: none.
 */
#include "bench.h"

#define WARM_UP	     50
#define TRACED_TRIES 4

static const char *traced; /* the row to trace, or NULL */

/* The text behind key in the device tree, where only the command line has it. */
static const char *find_argument(const char *fdt, const char *key)
{
	uint32_t size = __builtin_bswap32(*(const uint32_t *)(const void *)(fdt + 4));
	size_t n = 0;

	while (key[n])
		n++;
	for (uint32_t i = 0; i + n < size; i++) {
		size_t k = 0;

		while (k < n && fdt[i + k] == key[k])
			k++;
		if (k == n)
			return fdt + i + n;
	}
	return NULL;
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

bool is_tracing(void)
{
	return traced;
}

static uint64_t try_once(const struct row *row)
{
	uint64_t from;

	if (row->value)
		return row->value();
	if (row->before)
		row->before();
	from = stamp();
	row->op();
	return stamp() - from;
}

static uint64_t least(const struct row *row, unsigned int tries)
{
	uint64_t min = UINT64_MAX;

	for (unsigned int i = 0; i < tries; i++) {
		uint64_t value = try_once(row);

		if (value < min)
			min = value;
	}
	return min;
}

void run_row(const struct row *row)
{
	if (!traced) {
		result(row->name, least(row, row->tries));
		return;
	}
	if (!same(row->name, traced))
		return;
	(void)least(row, WARM_UP);
	trace_point("begin");
	/* The first tries meet what the console left in caches of Trivet's; the last one is looked at. */
	result(row->name, least(row, TRACED_TRIES));
	trace_point("end");
}

void bench_main(const char *fdt)
{
	unsigned int n = gic_cpus();

	gic_init();
	gic_init_cpu();
	traced = find_argument(fdt, "trace=");
	put_string("\r\nBENCH-BEGIN\r\n");
	if (!traced)
		result("frequency", sysreg_read(cntfrq_el0));
	if (find_argument(fdt, "disk="))
		rows_disk();
	else if (n == 1)
		rows_one();
	else if (n == 2)
		rows_shared();
	else
		rows_smp();
	put_string("BENCH-END\r\n");
	power_off();
}
