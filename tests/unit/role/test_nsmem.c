/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * role/spmc/nsmem: which memory is the normal world's, and copies of it page by page, each mapped only meanwhile. The
 * slot of core/s1_slot.c is a fake here: an arena, and a count of what is mapped.
 */
#include "unit.h"

#include "core/s1.h"
#include "role/spmc/nsmem.h"
#include "role/spmc/sp.h"

#define NS_BASE	 UINT64_C(0x40000000)
#define NS_SIZE	 (8 * PAGE_SIZE)
#define NS2_BASE (NS_BASE + NS_SIZE) /* follows it, as a range of its own */

static struct spmc_manifest manifest = {
	.range = { { MANIFEST_RAM, 0xe100000, 0x100000 },
		   { MANIFEST_NS_DEVICE, 0x9000000, 0x1000 },
		   { MANIFEST_NS_RAM, NS_BASE, NS_SIZE },
		   { MANIFEST_DEVICE, 0x8000000, 0x1000000 },
		   { MANIFEST_NS_RAM, NS2_BASE, PAGE_SIZE },
		   { MANIFEST_NS_RAM, UINT64_MAX - 2 * PAGE_SIZE + 1, PAGE_SIZE } },
	.nr_ranges = 6,
};
static bool has_manifest;

const struct spmc_manifest *sp_spmc_manifest(void)
{
	return has_manifest ? &manifest : NULL;
}

/* --- the slot --- */

static uint8_t arena[NS_SIZE] ALIGNED(4096);
static struct {
	unsigned int inits, maps, unmaps, fail_at;
	enum s1_attr attr;
	int on;
} slot;

int s1_slots_init(void)
{
	slot.inits++;
	return OK;
}

void *s1_slot_map(pa_t page, enum s1_attr attr)
{
	assert_int_equal(slot.on, 0);
	assert_true(IS_ALIGNED(page.a, PAGE_SIZE));
	assert_in_range(page.a, NS_BASE, NS_BASE + NS_SIZE - 1);
	if (++slot.maps == slot.fail_at)
		return NULL;
	slot.attr = attr;
	slot.on = 1;
	return arena + (page.a - NS_BASE);
}

void s1_slot_unmap(void)
{
	assert_int_equal(slot.on, 1);
	slot.on = 0;
	slot.unmaps++;
}

static int setup(void **state)
{
	(void)state;
	has_manifest = true;
	memset(&slot, 0, sizeof(slot));
	for (size_t i = 0; i < sizeof(arena); i++)
		arena[i] = (uint8_t)(i * 7 + i / 251);
	return 0;
}

static void whole_pages_of_one_range(void **state)
{
	static const struct {
		uint64_t pa, size;
		int rc;
	} row[] = {
		{ NS_BASE, PAGE_SIZE, OK },
		{ NS_BASE, NS_SIZE, OK },
		{ NS_BASE + NS_SIZE - PAGE_SIZE, PAGE_SIZE, OK },
		{ NS2_BASE, PAGE_SIZE, OK },
		{ NS_BASE, 0, E_INVAL },
		{ NS_BASE + 8, PAGE_SIZE, E_INVAL },
		{ NS_BASE, PAGE_SIZE + 8, E_INVAL },
		{ NS_BASE - PAGE_SIZE, PAGE_SIZE, E_RANGE },
		{ NS_BASE - PAGE_SIZE, 2 * PAGE_SIZE, E_RANGE },
		{ NS_BASE + NS_SIZE - PAGE_SIZE, 2 * PAGE_SIZE, E_RANGE }, /* two ranges */
		{ NS2_BASE + PAGE_SIZE, PAGE_SIZE, E_RANGE },
		{ 0, PAGE_SIZE, E_RANGE },
		{ 0xe100000, PAGE_SIZE, E_RANGE }, /* secure */
		{ 0x9000000, PAGE_SIZE, E_RANGE }, /* devices */
		{ 0x8000000, PAGE_SIZE, E_RANGE },
		{ UINT64_MAX - 2 * PAGE_SIZE + 1, PAGE_SIZE, OK },
		{ UINT64_MAX - 2 * PAGE_SIZE + 1, 3 * PAGE_SIZE, E_RANGE }, /* wraps */
		{ NS_BASE, UINT64_MAX - PAGE_SIZE + 1, E_RANGE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		assert_int_equal(nsmem_check(PA(row[i].pa), row[i].size), row[i].rc);
	has_manifest = false;
	assert_int_equal(nsmem_check(PA(NS_BASE), PAGE_SIZE), E_RANGE);
	assert_int_equal(slot.maps, 0);
}

static void copies_of_any_alignment(void **state)
{
	static uint8_t buf[NS_SIZE + 2], was[NS_SIZE];

	(void)state;
	memcpy(was, arena, sizeof(was));
	srandom(11);
	for (unsigned int step = 0; step < 2000; step++) {
		const size_t at = (size_t)random() % NS_SIZE, n = (size_t)random() % (NS_SIZE - at + 1);
		const unsigned int pages = n ? (unsigned int)((at + n - 1) / PAGE_SIZE - at / PAGE_SIZE + 1) : 0;
		const bool write = random() % 2;

		memset(buf, 0xee, sizeof(buf));
		slot.maps = slot.unmaps = 0;
		if (write) {
			for (size_t i = 0; i < n; i++)
				was[at + i] = buf[1 + i] = (uint8_t)random();
			assert_int_equal(nsmem_write(PA(NS_BASE + at), buf + 1, n), OK);
		} else {
			assert_int_equal(nsmem_read(PA(NS_BASE + at), buf + 1, n), OK);
			assert_memory_equal(buf + 1, was + at, n);
		}
		assert_true(buf[0] == 0xee && buf[n + 1] == 0xee);
		assert_memory_equal(arena, was, sizeof(was));
		assert_int_equal(slot.maps, pages);
		assert_int_equal(slot.unmaps, pages);
		if (n)
			assert_int_equal(slot.attr, write ? S1_NS_RW : S1_NS_RO);
	}
}

/* What is not the normal world's RAM is not mapped, not even a page of it. */
static void nothing_else_is_touched(void **state)
{
	static const struct {
		uint64_t pa, size;
	} row[] = { { NS_BASE - 1, 1 },
		    { NS_BASE - 1, 2 },
		    { NS_BASE + NS_SIZE - 1, 2 },
		    { NS_BASE + NS_SIZE + PAGE_SIZE, 1 },
		    { 0xe100000, 8 },
		    { 0x9000000, 8 },
		    { UINT64_MAX, 2 },
		    { NS_BASE + 1, UINT64_MAX } };
	uint8_t byte = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		assert_int_equal(nsmem_read(PA(row[i].pa), &byte, row[i].size), E_RANGE);
		assert_int_equal(nsmem_write(PA(row[i].pa), &byte, row[i].size), E_RANGE);
	}
	has_manifest = false;
	assert_int_equal(nsmem_read(PA(NS_BASE), &byte, 1), E_RANGE);
	assert_int_equal(slot.maps, 0);
}

static void no_slot_in_the_middle(void **state)
{
	static uint8_t buf[4 * PAGE_SIZE];

	(void)state;
	for (unsigned int n = 1; n <= 5; n++) {
		slot.maps = slot.unmaps = 0;
		slot.fail_at = n;
		assert_int_equal(nsmem_read(PA(NS_BASE + 8), buf, sizeof(buf)), E_NOMEM);
		assert_int_equal(slot.unmaps, n - 1);
		assert_int_equal(slot.on, 0);
	}
	slot.fail_at = 0;
	assert_int_equal(nsmem_read(PA(NS_BASE + 8), buf, sizeof(buf)), OK);
}

static void slots_are_prepared_once(void **state)
{
	(void)state;
	assert_int_equal(nsmem_init(), OK);
	assert_int_equal(slot.inits, 1);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whole_pages_of_one_range), TEST(copies_of_any_alignment), TEST(nothing_else_is_touched),
		TEST(no_slot_in_the_middle),	TEST(slots_are_prepared_once),
	};

	return UNIT_RUN(tests);
}
