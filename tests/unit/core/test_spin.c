/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite core/spin: WFE and YIELD in the code around the program counter, at each distance, at page edges, and code that
 * cannot be read.
 */
#include "unit.h"

#include "arch/guest.h"
#include "arch/host.h"
#include "core/frame.h"
#include "core/s1.h"
#include "core/spin.h"

#define BASE  UINT64_C(0x80000000)
#define SIZE  (4 * MIB)
#define VA0   UINT64_C(0xffff800010000000)
#define YIELD 0xd503203f
#define WFE   0xd503205f
#define NOP   0xd503201f

static uint8_t records[SIZE / 256] ALIGNED(4096);
static uint32_t *page[3]; /* at VA0, VA0 + 4 KiB, VA0 + 8 KiB: not adjacent in RAM */
static bool expect_el0, device;

static int translate(uint64_t va, bool el0, pa_t *pa)
{
	assert_int_equal(el0, expect_el0);
	if (va < VA0 || va >= VA0 + 3 * PAGE_SIZE)
		return E_FAULT;
	*pa = PA((device ? 0x9000000 : BASE + (2 - (va - VA0) / PAGE_SIZE) * 2 * PAGE_SIZE) + va % PAGE_SIZE);
	return OK;
}

static int setup(void **state UNUSED)
{
	host_reset();
	host_ram_init(PA(BASE), SIZE);
	frame_reset();
	assert_int_equal(frame_add_bank(PA(BASE), SIZE, records), OK);
	host_translate_set(translate);
	expect_el0 = device = false;
	guest_pstate_set(0x5);
	for (unsigned int i = 0; i < 3; i++) {
		page[i] = pa_to_ptr(PA(BASE + (2 - i) * 2 * PAGE_SIZE));
		for (unsigned int j = 0; j < PAGE_SIZE / 4; j++)
			page[i][j] = NOP;
	}
	/* What lies behind in RAM is not what lies behind in the guest's view. */
	for (unsigned int j = 0; j < 8; j++)
		page[1][1024 + j] = WFE;
	return 0;
}

static bool at(uint64_t offset)
{
	guest_pc_set(VA0 + PAGE_SIZE + offset);
	return spin_guest_waits();
}

static void test_distance(void **state UNUSED)
{
	static const uint32_t words[] = { YIELD, WFE };

	for (unsigned int w = 0; w < 2; w++) {
		page[1][512] = words[w];
		for (unsigned int i = 490; i < 534; i++)
			assert_int_equal(at(4 * i), i >= 508 && i <= 516);
	}
	page[1][512] = 0xd503207f; /* WFI */
	assert_false(at(4 * 512));
}

/* Only the page of the program counter is looked at. */
static void test_page_edges(void **state UNUSED)
{
	page[0][1023] = page[2][0] = WFE;
	for (unsigned int i = 0; i < 1024; i++)
		assert_false(at(4 * i));
	page[1][0] = YIELD;
	assert_true(at(0));
	assert_true(at(16));
	assert_false(at(20));
	page[1][1023] = WFE;
	assert_true(at(4092));
	assert_true(at(4076));
	assert_false(at(4072));
}

static void test_unreadable(void **state UNUSED)
{
	page[1][512] = WFE;
	assert_false(at(2049));
	assert_false(at(2050));
	guest_pc_set(0);
	assert_false(spin_guest_waits());
	guest_pc_set(UINT64_MAX - 3);
	assert_false(spin_guest_waits());
	/* Code in a device: never read. */
	device = true;
	assert_false(at(2048));
}

static void test_el0(void **state UNUSED)
{
	page[1][512] = WFE;
	guest_pstate_set(0);
	expect_el0 = true;
	assert_true(at(2048));
	guest_pstate_set(4); /* EL1t */
	expect_el0 = false;
	assert_true(at(2048));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_distance, setup),
		cmocka_unit_test_setup(test_page_edges, setup),
		cmocka_unit_test_setup(test_unreadable, setup),
		cmocka_unit_test_setup(test_el0, setup),
	};

	return UNIT_RUN(tests);
}
