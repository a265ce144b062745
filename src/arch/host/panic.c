/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * panic() on the host: caught by a test that expects it (HOST_PANICS), else the end of the test program. The archive of
 * the unit tests has this before core/panic.c, so the linker takes this one.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "arch/host.h"
#include "arch/unwind.h"
#include "core/panic.h"

static _Thread_local jmp_buf *catcher;
static _Thread_local char text[256];

jmp_buf *host_panic_catch(jmp_buf *to)
{
	jmp_buf *old = catcher;

	catcher = to;
	return old;
}

const char *host_panic_text(void)
{
	return text;
}

HOST_FAKE void panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (catcher)
		longjmp(*catcher, 1);
	fprintf(stderr, "panic: %s\n", text);
	abort();
}

HOST_FAKE void panic_report(const char *what, uint64_t fp)
{
	(void)fp;
	panic("%s", what);
}

bool arch_unwind(uint64_t *fp, uint64_t *pc)
{
	(void)fp;
	(void)pc;
	return false;
}

uint64_t arch_link_address(uint64_t pc)
{
	return pc;
}

void arch_halt(void)
{
	panic("arch_halt");
}
