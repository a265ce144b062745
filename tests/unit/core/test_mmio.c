/* SPDX-License-Identifier: BSD-3-Clause */
/* core/mmio: the table stays sorted and disjoint, and the search finds what a plain loop finds. */
#include "unit.h"

#include "core/mmio.h"
#include "core/partition.h"

static struct partition p;

static enum mmio_result handler(void *dev UNUSED, struct vcpu *v UNUSED, struct mmio_access *a UNUSED)
{
	return MMIO_OK;
}

static int setup(void **state UNUSED)
{
	memset(&p, 0, sizeof(p));
	return 0;
}

static int add(uint64_t base, uint64_t size)
{
	return mmio_register(&p, IPA(base), size, handler, (void *)(uintptr_t)base);
}

static const struct mmio_region *find(uint64_t ipa, uint64_t size)
{
	return mmio_find(&p.mmio, IPA(ipa), size);
}

static const struct mmio_region *plain(uint64_t ipa, uint64_t size)
{
	for (unsigned int i = 0; i < p.mmio.count; i++) {
		const struct mmio_region *r = &p.mmio.region[i];

		if (ipa >= r->base && ipa - r->base < r->size && size <= r->size - (ipa - r->base))
			return r;
	}
	return NULL;
}

static void test_empty(void **state UNUSED)
{
	assert_null(find(0, 1));
	assert_null(find(0, 8));
	assert_null(find(0x9000000, 4));
	assert_null(find(UINT64_MAX, 1));
}

static void test_sorted(void **state UNUSED)
{
	static const uint64_t base[] = { 0x9000000, 0x8000000, 0xa000000, 0x80a0000, 0x9010000 };

	for (size_t i = 0; i < ARRAY_SIZE(base); i++)
		assert_int_equal(add(base[i], 0x1000), OK);
	assert_int_equal(p.mmio.count, 5);
	for (unsigned int i = 1; i < 5; i++)
		assert_true(p.mmio.region[i - 1].base < p.mmio.region[i].base);
	for (size_t i = 0; i < ARRAY_SIZE(base); i++) {
		const struct mmio_region *r = find(base[i] + 0x18, 4);

		assert_non_null(r);
		assert_int_equal(r->base, base[i]);
		assert_ptr_equal(r->dev, (void *)(uintptr_t)base[i]);
		assert_ptr_equal(r->fn, handler);
	}
}

static void test_edges(void **state UNUSED)
{
	assert_int_equal(add(0x1000, 0x1000), OK);
	assert_int_equal(add(0x2000, 0x10), OK);
	for (int again = 0; again < 2; again++) { /* cold, and with the hint */
		assert_null(find(0xfff, 1));
		assert_null(find(0xffc, 8));
		assert_int_equal(find(0x1000, 8)->base, 0x1000);
		assert_int_equal(find(0x1fff, 1)->base, 0x1000);
		assert_null(find(0x1ffc, 8)); /* crosses into the neighbour */
		assert_int_equal(find(0x2000, 8)->base, 0x2000);
		assert_int_equal(find(0x2008, 8)->base, 0x2000);
		assert_null(find(0x200c, 8));
		assert_null(find(0x2010, 1));
		assert_null(find(0x1000, 0x1001));
		assert_null(find(0x1000, UINT64_MAX));
		assert_null(find(UINT64_MAX, 1));
	}
}

static void test_refused(void **state UNUSED)
{
	struct mmio_map before;

	assert_int_equal(add(0x2000, 0x1000), OK);
	before = p.mmio;
	assert_int_equal(add(0x1000, 0), E_INVAL);
	assert_int_equal(add(UINT64_MAX, 2), E_INVAL);
	assert_int_equal(add(0x1000, UINT64_MAX), E_INVAL);
	assert_int_equal(add(0x2000, 0x1000), E_EXIST);
	assert_int_equal(add(0x1fff, 2), E_EXIST);
	assert_int_equal(add(0x2fff, 1), E_EXIST);
	assert_int_equal(add(0x1000, 0x10000), E_EXIST);
	assert_int_equal(add(0x2100, 4), E_EXIST);
	assert_memory_equal(&before, &p.mmio, sizeof(before));
	assert_int_equal(add(0x1000, 0x1000), OK);
	assert_int_equal(add(0x3000, 0x1000), OK);
}

static void test_full(void **state UNUSED)
{
	for (uint64_t i = 0; i < MMIO_REGIONS_MAX; i++)
		assert_int_equal(add((MMIO_REGIONS_MAX - i) * 0x1000, 0x1000), OK);
	assert_int_equal(add(0x1000000, 0x1000), E_NOMEM);
	assert_int_equal(add(0x1000, 0x1000), E_EXIST);
	for (uint64_t i = 1; i <= MMIO_REGIONS_MAX; i++)
		assert_int_equal(find(i * 0x1000 + 0x10, 4)->base, i * 0x1000);
}

static void test_against_plain(void **state UNUSED)
{
	uint64_t x = 42, found = 0;

	for (int i = 0; i < 200; i++) {
		x = x * UINT64_C(6364136223846793005) + 1;
		(void)!add((x >> 40) & 0xffff, 1 + ((x >> 20) & 0x3ff));
	}
	assert_true(p.mmio.count > 20);
	for (int i = 0; i < 20000; i++) {
		uint64_t ipa, size;

		x = x * UINT64_C(6364136223846793005) + 1;
		ipa = (x >> 40) & 0x1ffff;
		size = BIT((x >> 30) & 3);
		assert_ptr_equal(find(ipa, size), plain(ipa, size));
		found += plain(ipa, size) != NULL;
	}
	assert_true(found > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_empty, setup), cmocka_unit_test_setup(test_sorted, setup),
		cmocka_unit_test_setup(test_edges, setup), cmocka_unit_test_setup(test_refused, setup),
		cmocka_unit_test_setup(test_full, setup),  cmocka_unit_test_setup(test_against_plain, setup),
	};

	return cmocka_run_group_tests_name("core/mmio", tests, NULL, NULL);
}
