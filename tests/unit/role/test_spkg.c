/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/spkg: headers of SP packages, good and corrupt, and the boot information that goes into their first page.
 */
#include "unit.h"

#include "lib/checked.h"
#include "role/spmc/bootinfo.h"
#include "role/spmc/spkg.h"

#define MEM (1 * MIB)

static struct spkg_header h;
static struct spkg p;

static int fresh(void **state)
{
	(void)state;
	/* As sptool writes it. */
	h = (struct spkg_header){ SPKG_MAGIC, SPKG_VERSION_2, 0x1000, 0x5a1, 0x4000, 0x8123 };
	memset(&p, 0xa5, sizeof(p));
	return 0;
}

static void what_sptool_writes(void **state)
{
	static const uint8_t bytes[] = { 'S',  'P', 'K', 'G', 2, 0,    0, 0, 0,	   0x10, 0, 0,
					 0xa1, 5,   0,	 0,   0, 0x40, 0, 0, 0x23, 0x81, 0, 0 };

	(void)state;
	assert_null(spkg_decode(bytes, MEM, &p));
	assert_true(p.manifest == 0x1000 && p.manifest_size == 0x5a1 && p.image == 0x4000 && p.image_size == 0x8123);
	assert_true(p.boot_info == 0 && p.boot_info_size == 0x1000);
	h.version = SPKG_VERSION_1;
	assert_null(spkg_decode(&h, MEM, &p));
	assert_null(spkg_decode(&h, 0x4000 + 0x8123, &p)); /* fills the memory */
}

static void refused(const char *part)
{
	const char *why = spkg_decode(&h, MEM, &p);
	const struct spkg poison = { 0xa5a5a5a5, 0xa5a5a5a5, 0xa5a5a5a5, 0xa5a5a5a5, 0xa5a5a5a5, 0xa5a5a5a5 };

	assert_non_null(why);
	if (!strstr(why, part))
		fail_msg("\"%s\" doesn't say \"%s\"", why, part);
	assert_memory_equal(&p, &poison, sizeof(p));
	fresh(NULL);
}

static void corrupt_headers(void **state)
{
	(void)state;
	h.magic ^= 1;
	refused("SPKG");
	h.magic = __builtin_bswap32(SPKG_MAGIC);
	refused("SPKG");
	h.version = 0;
	refused("version");
	h.version = 3;
	refused("version");
	h.pm_offset = 0;
	refused("manifest's offset");
	h.pm_offset = 23;
	refused("manifest's offset");
	h.pm_offset = 0x1004;
	refused("manifest's offset");
	h.pm_size = 0;
	refused("manifest is empty");
	h.pm_size = 64 * 1024 + 1;
	refused("larger than 64 KiB");
	h.img_size = 0;
	refused("image is empty");
	h.img_offset = 0x4001;
	refused("4 KiB");
	h.pm_size = 0x3001;
	refused("overlaps");
	h.img_offset = 0;
	refused("overlaps");
	h.img_size = MEM - 0x4000 + 1;
	refused("mem_size");
	h.img_offset = 0xfffff000;
	refused("mem_size");
	h.img_offset = 0xfffff000;
	h.img_size = 0xffffffff;
	refused("mem_size");
	h.pm_offset = 0xfffffff8;
	refused("overlaps"); /* the sum doesn't wrap */
}

/* A package that is accepted lies inside its memory, its parts in order and apart. */
static void expect_sound(void)
{
	assert_true(p.manifest >= sizeof(h) && p.manifest % 8 == 0 && p.manifest_size &&
		    p.manifest_size <= SPKG_MANIFEST_MAX);
	assert_true((uint64_t)p.manifest + p.manifest_size <= p.image && p.image % PAGE_SIZE == 0);
	assert_true(p.image_size && (uint64_t)p.image + p.image_size <= MEM);
	assert_true(p.boot_info_size <= p.manifest);
}

/* Each byte with each value. */
static void each_byte(void **state)
{
	uint8_t *copy = malloc(sizeof(h));
	unsigned int accepted = 0;

	(void)state;
	for (size_t at = 0; at < sizeof(h); at++) {
		for (unsigned int value = 0; value < 256; value++) {
			memcpy(copy, &h, sizeof(h));
			copy[at] = (uint8_t)value;
			if (spkg_decode(copy, MEM, &p))
				continue;
			accepted++;
			expect_sound();
		}
	}
	assert_true(accepted > 24);
	free(copy);
}

/* In memory of any size. */
static void each_size(void **state)
{
	(void)state;
	for (uint64_t size = 0; size < 0x4000 + 0x8123; size++)
		assert_non_null(spkg_decode(&h, size, &p));
	assert_null(spkg_decode(&h, 0x4000 + 0x8123, &p));
}

static void any_bytes(void **state)
{
	static const uint32_t some[] = { 0,	 1,	  24,	   0x1000,   0x3ff8,	 0x4000,
					 0xffff, 0x10000, 0xff000, 0x100000, 0xfffff000, 0xffffffff };
	unsigned int seed = 1, accepted = 0;

	(void)state;
	for (unsigned int i = 0; i < 200000; i++) {
		uint32_t *field = &h.pm_offset;

		fresh(NULL);
		for (unsigned int j = 0; j < 4; j++) {
			seed = seed * 1103515245 + 12345;
			if (seed >> 16 & 1)
				field[j] = some[(seed >> 18) % ARRAY_SIZE(some)];
		}
		if (spkg_decode(&h, MEM, &p))
			continue;
		accepted++;
		expect_sound();
	}
	assert_true(accepted > 100);
}

/* --- boot information --- */

static void a_blob_byte_by_byte(void **state)
{
	static const struct bootinfo_item items[] = {
		{ .type = FFA_BOOT_INFO_TYPE_FDT, .size = 0x5a1, .content = UINT64_C(0x0e301000) },
		{ .type = FFA_BOOT_INFO_TYPE_IMPDEF | 3, .is_value = true, .name = "answer", .size = 8, .content = 42 },
	};
	static const uint8_t want[96] = {
		0xfa, 0x0f, 0, 0, 1,   0,   1,	 0,   96,  0,	0, 0, 32,   0, 0, 0, 2, 0,    0,    0,
		32,   0,    0, 0, 0,   0,   0,	 0,   0,   0,	0, 0, 0,    0, 0, 0, 0, 0,    0,    0,
		0,    0,    0, 0, 0,   0,   0,	 0,   0,   0,	0, 0, 0xa1, 5, 0, 0, 0, 0x10, 0x30, 0x0e,
		0,    0,    0, 0, 'a', 'n', 's', 'w', 'e', 'r', 0, 0, 0,    0, 0, 0, 0, 0,    0,    0,
		0x83, 0,    4, 0, 8,   0,   0,	 0,   42,  0,	0, 0, 0,    0, 0, 0,
	};
	uint8_t buf[100];
	uint32_t used = 0;

	(void)state;
	memset(buf, 0xa5, sizeof(buf));
	assert_int_equal(bootinfo_size(2), 96);
	assert_int_equal(bootinfo_build(items, 2, buf, sizeof(buf), &used), OK);
	assert_int_equal(used, 96);
	assert_memory_equal(buf, want, 96);
	assert_int_equal(buf[96], 0xa5);
}

static void blobs_that_do_not_fit_or_are_malformed(void **state)
{
	struct bootinfo_item item = { .size = 1 };
	uint8_t *exact = malloc(64);
	uint32_t used = 99;

	(void)state;
	for (size_t size = 0; size < 64; size++)
		assert_int_equal(bootinfo_build(&item, 1, exact, size, &used), E_RANGE);
	assert_int_equal(bootinfo_build(&item, 0xffffffff, exact, 64, &used), E_RANGE);
	item.name = "sixteen letters!";
	assert_int_equal(bootinfo_build(&item, 1, exact, 64, &used), E_INVAL);
	item.name = "fifteen letters";
	assert_int_equal(bootinfo_build(&item, 1, exact, 64, &used), OK);
	assert_int_equal(used, 64);
	item.is_value = true;
	item.size = 9;
	assert_int_equal(bootinfo_build(&item, 1, exact, 64, &used), E_INVAL);
	item.size = 0;
	assert_int_equal(bootinfo_build(&item, 1, exact, 64, &used), E_INVAL);
	assert_int_equal(bootinfo_build(NULL, 0, exact, 32, &used), OK);
	assert_int_equal(used, 32);
	free(exact);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_sptool_writes, fresh),
		cmocka_unit_test_setup(corrupt_headers, fresh),
		cmocka_unit_test_setup(each_byte, fresh),
		cmocka_unit_test_setup(each_size, fresh),
		cmocka_unit_test_setup(any_bytes, fresh),
		cmocka_unit_test(a_blob_byte_by_byte),
		cmocka_unit_test(blobs_that_do_not_fit_or_are_malformed),
	};

	return UNIT_RUN(tests);
}
