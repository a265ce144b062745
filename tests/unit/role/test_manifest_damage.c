/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite role/manifest_damage: manifests that are cut, or in which bytes have changed: anything but a crash. */
#include "manifest_world.h"

#include <libfdt.h>

static void torn_trees(void **state)
{
	struct blob whole;
	struct manifest_source src = { .file = "torn" };
	const struct spmc_manifest good = spmc;

	(void)state;
	assert_int_equal(parse_sp(NULL, NULL), OK);
	whole = machine_blob(tree.data, tree.size);
	for (size_t n = 0; n < whole.size; n++) {
		struct blob cut = machine_blob(whole.data, n);

		src.fdt = cut.data;
		src.size = cut.size;
		log_forget();
		assert_int_equal(manifest_parse_sp(&src, &spmc.sp[1], &sp), E_FORMAT);
		assert_int_equal(log_lines, 1);
		assert_int_equal(manifest_parse_spmc(&src, &spmc), E_FORMAT);
		machine_blob_free(&cut);
		spmc = good;
	}
	machine_blob_free(&whole);
}

/* Parse a copy. It is accepted, or a line says what is wrong with it; what is accepted can be checked. */
static bool parse_copy(const struct blob *whole, bool is_sp)
{
	static struct spmc_manifest scratch;
	struct blob b = machine_blob(whole->data, whole->size);
	const struct manifest_source src = { b.data, b.size, "changed" };
	bool ok;

	log_forget();
	ok = is_sp ? manifest_parse_sp(&src, &spmc.sp[1], &sp) == OK : manifest_parse_spmc(&src, &scratch) == OK;
	if (ok && is_sp) {
		assert_true(sp.nr_regions <= MANIFEST_REGIONS_MAX && sp.nr_devices <= MANIFEST_DEVICES_MAX);
		assert_true(sp.rx < (int)sp.nr_regions && sp.tx < (int)sp.nr_regions && sp.ctx_count >= 1);
		(void)!manifest_check_sp(&spmc, NULL, 0, &sp);
	} else if (ok) {
		assert_true(scratch.nr_sps <= MANIFEST_SPS_MAX && scratch.nr_cpus <= MANIFEST_CPUS_MAX);
		for (unsigned int i = 0; i < scratch.nr_sps; i++)
			assert_true(scratch.sp[i].mem_size);
	} else {
		assert_true(log_lines >= 1); /* refused SPs have lines of their own */
	}
	machine_blob_free(&b);
	return ok;
}

/* Each byte, changed in some ways. */
static void each_byte(void **state)
{
	static const uint8_t with_0[] = { 0, 0xff }, flip[] = { 1, 0x80 };
	struct blob whole;
	unsigned int fine = 0;

	(void)state;
	for (int is_sp = 0; is_sp < 2; is_sp++) {
		assert_int_equal(is_sp ? parse_sp(NULL, NULL) : parse_spmc(NULL, NULL), OK);
		whole = machine_blob(tree.data, tree.size);
		for (size_t at = 0; at < whole.size; at++) {
			const uint8_t was = whole.data[at];

			for (size_t i = 0; i < ARRAY_SIZE(with_0) + ARRAY_SIZE(flip); i++) {
				whole.data[at] =
					i < ARRAY_SIZE(with_0) ? with_0[i] : was ^ flip[i - ARRAY_SIZE(with_0)];
				fine += parse_copy(&whole, is_sp);
			}
			whole.data[at] = was;
		}
		assert_true(parse_copy(&whole, is_sp));
		machine_blob_free(&whole);
	}
	assert_true(fine > 1000);
}

/* Cut off at each byte, and the header says so: what is in the rest points behind it. */
static void each_end(void **state)
{
	struct blob whole;

	(void)state;
	for (int is_sp = 0; is_sp < 2; is_sp++) {
		assert_int_equal(is_sp ? parse_sp(NULL, NULL) : parse_spmc(NULL, NULL), OK);
		for (size_t n = 8; n < tree.size; n++) {
			whole = machine_blob(tree.data, n);
			fdt_set_totalsize(whole.data, (uint32_t)n);
			assert_false(parse_copy(&whole, is_sp));
			machine_blob_free(&whole);
		}
		set_up(NULL);
	}
}

static void changed_bytes(void **state)
{
	struct blob sp_blob, spmc_blob;
	unsigned int seed = 1, fine = 0;

	(void)state;
	assert_int_equal(parse_sp(NULL, NULL), OK);
	sp_blob = machine_blob(tree.data, tree.size);
	assert_int_equal(parse_spmc(NULL, NULL), OK);
	spmc_blob = machine_blob(tree.data, tree.size);
	for (unsigned int i = 0; i < 40000; i++) {
		struct blob *whole = i & 1 ? &sp_blob : &spmc_blob;
		struct blob b = machine_blob(whole->data, whole->size);

		for (unsigned int j = 0; j < 1 + i % 3; j++) {
			seed = seed * 1103515245 + 12345;
			b.data[(seed >> 8) % b.size] ^= (uint8_t)(1 << (seed >> 28) % 8);
		}
		fine += parse_copy(&b, i & 1);
		machine_blob_free(&b);
	}
	assert_true(fine > 1000);
	machine_blob_free(&sp_blob);
	machine_blob_free(&spmc_blob);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(torn_trees),
		TEST(each_byte),
		TEST(each_end),
		TEST(changed_bytes),
	};

	return UNIT_RUN(tests);
}
