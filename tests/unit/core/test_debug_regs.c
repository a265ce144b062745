/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite core/debug_regs: what a guest writes to breakpoint and watchpoint registers it reads back; it cannot name EL2
 * or another VM in them, and none of it is in the hardware while another vCPU runs (ARM DDI 0487 D2.8, D2.9, D19.3).
 * The hardware is this file's own, a set a core.
 */
#include "unit.h"

#include "arch/debug.h"
#include "arch/host.h"
#include "core/debug_regs.h"
#include "core/percpu.h"
#include "core/vcpu.h"

#define BPS 6u
#define WPS 3u

static uint64_t hw[2][4][16];
static unsigned int writes;
static struct percpu cpu[2];
static struct vcpu a, b;

unsigned int arch_debug_breakpoints(void)
{
	return BPS;
}

unsigned int arch_debug_watchpoints(void)
{
	return WPS;
}

void arch_debug_reg_write(unsigned int kind, unsigned int n, uint64_t value)
{
	assert_true(n < (kind < 2 ? BPS : WPS));
	hw[this_cpu()->index][kind][n] = value;
	writes++;
}

static int setup(void **state UNUSED)
{
	/* Leave no core dirty from the test before. */
	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	for (unsigned int i = 2; i-- > 0;) {
		cpu[i].index = i;
		arch_this_cpu_set(&cpu[i]);
		debug_regs_load(&a);
	}
	memset(hw, 0, sizeof(hw));
	writes = 0;
	return 0;
}

static uint64_t arg(unsigned int kind, unsigned int n)
{
	return kind << 4 | n;
}

static uint64_t get(struct vcpu *v, unsigned int kind, unsigned int n)
{
	uint64_t value = 0;

	assert_int_equal(debug_reg_read(v, arg(kind, n), &value), TRAP_DONE);
	return value;
}

static void test_all(void **state UNUSED)
{
	for (unsigned int kind = 0; kind < 4; kind++) {
		for (unsigned int n = 0; n < 16; n++) {
			bool there = n < (kind < 2 ? BPS : WPS);
			uint64_t value = 0x1230 + kind * 16 + n, got = 77;

			/* Value registers hold an address; control registers, here, BAS alone. */
			value = kind & 1 ? (n + 1) << 5 : value << 2;
			assert_int_equal(debug_reg_write(&a, arg(kind, n), value), there ? TRAP_DONE : TRAP_UNDEF);
			assert_int_equal(debug_reg_read(&a, arg(kind, n), &got), there ? TRAP_DONE : TRAP_UNDEF);
			assert_true(got == (there ? value : 77));
			assert_true(hw[0][kind][n] == (there ? value : 0));
		}
	}
	/* All were different registers. */
	for (unsigned int n = 0; n < BPS; n++) {
		assert_int_equal(get(&a, 0, n), (0x1230 + n) << 2);
		assert_int_equal(get(&a, 1, n), (n + 1) << 5);
	}
	for (unsigned int n = 0; n < WPS; n++)
		assert_int_equal(get(&a, 2, n), (0x1250 + n) << 2);
}

/*
 * DBGBCR: HMC 13, SSC 15:14; DBGWCR: HMC 13, SSC 15:14. With HMC 0 and SSC 0 a match is at EL1 and EL0 by PMC / PAC, in
 * this security state, never at EL2 (table D2-12). Above bit 28 nothing is defined here.
 */
static void test_no_el2(void **state UNUSED)
{
	for (unsigned int kind = 1; kind < 4; kind += 2) {
		assert_int_equal(debug_reg_write(&a, arg(kind, 0), UINT64_MAX), TRAP_DONE);
		assert_int_equal(hw[0][kind][0] & (BIT(13) | BIT(14) | BIT(15)), 0);
		assert_int_equal(hw[0][kind][0] >> 29, 0);
		assert_int_equal(hw[0][kind][0] & 7, 7); /* E, PMC / PAC */
		assert_int_equal(get(&a, kind, 0), hw[0][kind][0]);
	}
}

static void test_switch(void **state UNUSED)
{
	assert_int_equal(debug_reg_write(&a, arg(0, 1), 0x4000), TRAP_DONE);
	assert_int_equal(debug_reg_write(&a, arg(1, 1), 0x1e5), TRAP_DONE);
	/* b comes: it has none, and a's are gone. */
	debug_regs_load(&b);
	assert_int_equal(hw[0][0][1] | hw[0][1][1], 0);
	assert_int_equal(get(&b, 0, 1), 0);
	/* From now on there is nothing to do for b. */
	writes = 0;
	debug_regs_load(&b);
	assert_int_equal(writes, 0);
	/* a on another core, where nothing of it has been. */
	arch_this_cpu_set(&cpu[1]);
	debug_regs_load(&b);
	assert_int_equal(writes, 0);
	debug_regs_load(&a);
	assert_int_equal(hw[1][0][1], 0x4000);
	assert_int_equal(hw[1][1][1], 0x1e5);
	assert_int_equal(hw[0][1][1], 0);
	/* a clears its own: the hardware as well, and then it costs nothing. */
	assert_int_equal(debug_reg_write(&a, arg(1, 1), 0), TRAP_DONE);
	assert_int_equal(debug_reg_write(&a, arg(0, 1), 0), TRAP_DONE);
	assert_int_equal(hw[1][0][1] | hw[1][1][1], 0);
	writes = 0;
	debug_regs_load(&a);
	debug_regs_load(&b);
	assert_int_equal(writes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_all, setup),
		cmocka_unit_test_setup(test_no_el2, setup),
		cmocka_unit_test_setup(test_switch, setup),
	};

	return UNIT_RUN(tests);
}
