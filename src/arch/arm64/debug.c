/* SPDX-License-Identifier: BSD-3-Clause */
/* Breakpoint and watchpoint registers of the hardware (ARM DDI 0487 D19.3). */
#include "arch/debug.h"
#include "arch/sysreg.h"
#include "arch/world.h"

unsigned int arch_debug_breakpoints(void)
{
	return world_has_debug ? (unsigned int)BITS(sysreg_read(ID_AA64DFR0_EL1), 15, 12) + 1 : 0;
}

unsigned int arch_debug_watchpoints(void)
{
	return world_has_debug ? (unsigned int)BITS(sysreg_read(ID_AA64DFR0_EL1), 23, 20) + 1 : 0;
}

#define NUMBERS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

#define WRITER(reg)                                                                                                    \
	static void write_##reg(unsigned int n, uint64_t value)                                                        \
	{                                                                                                              \
		switch (n) {                                                                                           \
			NUMBERS(CASE_##reg)                                                                            \
		}                                                                                                      \
	}
#define CASE_DBGBVR(n)                                                                                                 \
	case n:                                                                                                        \
		sysreg_write(DBGBVR##n##_EL1, value);                                                                  \
		break;
#define CASE_DBGBCR(n)                                                                                                 \
	case n:                                                                                                        \
		sysreg_write(DBGBCR##n##_EL1, value);                                                                  \
		break;
#define CASE_DBGWVR(n)                                                                                                 \
	case n:                                                                                                        \
		sysreg_write(DBGWVR##n##_EL1, value);                                                                  \
		break;
#define CASE_DBGWCR(n)                                                                                                 \
	case n:                                                                                                        \
		sysreg_write(DBGWCR##n##_EL1, value);                                                                  \
		break;

WRITER(DBGBVR)
WRITER(DBGBCR)
WRITER(DBGWVR)
WRITER(DBGWCR)

void arch_debug_reg_write(unsigned int kind, unsigned int n, uint64_t value)
{
	static void (*const writer[4])(unsigned int n, uint64_t value) = { write_DBGBVR, write_DBGBCR, write_DBGWVR,
									   write_DBGWCR };

	writer[kind](n, value);
}
