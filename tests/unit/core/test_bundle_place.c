/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite core/bundle_place: a bundle behind the image, at the next 64 KiB, whole, cut off at every byte, or none. */
#include "unit.h"

#include <sys/mman.h>

#include "arch/boot.h"
#include "arch/host.h"
#include "core/hw.h"
#include "core/s1.h"
#include "lib/cpio.h"

#define BASE  UINT64_C(0x40000000)
#define SIZE  (4 * MIB)
#define IMAGE (BASE + 0x80000)
#define PLACE (BASE + 0x190000) /* image of 1 MiB + 5 bytes */

struct hw hw;

static char archive[16384];
static size_t archive_size, whole_size;

static void entry(const char *name, const char *data)
{
	size_t at = archive_size;

	at += (size_t)sprintf(archive + at, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", 1, 0100644,
			      0, 0, 1, 0, strlen(data), 0, 0, 0, 0, strlen(name) + 1, 0);
	memcpy(archive + at, name, strlen(name) + 1);
	at = (at + strlen(name) + 1 + 3) & ~3ul;
	memcpy(archive + at, data, strlen(data));
	archive_size = (at + strlen(data) + 3) & ~3ul;
}

static int setup(void **state UNUSED)
{
	host_reset();
	host_ram_init(PA(BASE), SIZE);
	host_image_set(PA(IMAGE), MIB + 5);
	memset(&hw, 0, sizeof(hw));
	hw.nr_banks = 1;
	hw.bank[0] = (struct hw_range){ BASE, SIZE };
	memset(archive, 0, sizeof(archive));
	archive_size = 0;
	entry("machine.dtb", "not really");
	entry("Image", "0123456789abcdef0123456789");
	whole_size = archive_size;
	entry("TRAILER!!!", "");
	return 0;
}

static void place(size_t size)
{
	memset(pa_to_ptr(PA(PLACE)), 0, 64 * KIB);
	memcpy(pa_to_ptr(PA(PLACE)), archive, size);
	hw.initrd = (struct hw_range){ 0, 0 };
	hw_find_appended_bundle();
}

static void test_whole(void **state UNUSED)
{
	struct cpio_entry e;

	place(archive_size);
	assert_int_equal(hw.initrd.base, PLACE);
	assert_int_equal(hw.initrd.size, whole_size);
	assert_int_equal(cpio_find(pa_to_ptr(PA(PLACE)), hw.initrd.size, "Image", &e), OK);
	assert_int_equal(e.size, 26);
	assert_int_equal(cpio_find(pa_to_ptr(PA(PLACE)), hw.initrd.size, "none", &e), E_NOENT);
}

/* Cut off: it never reaches beyond what is there; what follows is some other content of RAM. */
static void test_cut(void **state UNUSED)
{
	for (size_t size = 0; size < archive_size; size++) {
		place(size);
		assert_true(hw.initrd.size <= archive_size);
		assert_true(!hw.initrd.size || hw.initrd.base == PLACE);
		memset(pa_to_ptr(PA(PLACE)), 0xff, 64 * KIB);
		memcpy(pa_to_ptr(PA(PLACE)), archive, size);
		hw.initrd.size = 0;
		hw_find_appended_bundle();
		assert_true(hw.initrd.size <= archive_size);
	}
}

static void test_none(void **state UNUSED)
{
	hw_find_appended_bundle();
	assert_int_equal(hw.initrd.size, 0);
	/* One that is not at the place. */
	memcpy((char *)pa_to_ptr(PA(PLACE)) + 4096, archive, archive_size);
	hw_find_appended_bundle();
	assert_int_equal(hw.initrd.size, 0);
}

static void test_initrd_comes_first(void **state UNUSED)
{
	memcpy(pa_to_ptr(PA(PLACE)), archive, archive_size);
	hw.initrd = (struct hw_range){ BASE + 2 * MIB, 7 };
	hw_find_appended_bundle();
	assert_int_equal(hw.initrd.base, BASE + 2 * MIB);
	assert_int_equal(hw.initrd.size, 7);
}

/* The end of RAM in every place of the archive: what is mapped are whole pages of it, and nothing behind is read. */
static void test_end_of_ram(void **state UNUSED)
{
	static char big[6000];

	for (uint64_t room = 0; room < archive_size; room++) {
		host_ram_init(PA(BASE), SIZE);
		hw.bank[0].size = SIZE;
		host_image_set(PA(IMAGE), MIB + 5);
		memcpy(pa_to_ptr(PA(PLACE)), archive, archive_size);
		hw.initrd.size = 0;
		hw.bank[0].size = PLACE - BASE + room;
		assert_int_equal(mprotect(pa_to_ptr(PA(PLACE)), PAGE_SIZE, PROT_NONE), 0);
		hw_find_appended_bundle();
		assert_int_equal(hw.initrd.size, 0); /* not a whole page of it is RAM */
	}
	/* Its second file reaches beyond: the first is what there is. */
	setup(NULL);
	archive_size = 0;
	entry("small", "data");
	whole_size = archive_size;
	memset(big, 'x', sizeof(big) - 1);
	entry("big", big);
	memcpy(pa_to_ptr(PA(PLACE)), archive, archive_size);
	hw.bank[0].size = PLACE - BASE + 2 * PAGE_SIZE - 1;
	assert_int_equal(mprotect((char *)pa_to_ptr(PA(PLACE)) + PAGE_SIZE, PAGE_SIZE, PROT_NONE), 0);
	hw_find_appended_bundle();
	assert_int_equal(hw.initrd.size, whole_size);
	hw.initrd.size = 0;
	hw.nr_banks = 0;
	hw_find_appended_bundle();
	assert_int_equal(hw.initrd.size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_whole, setup),	cmocka_unit_test_setup(test_cut, setup),
		cmocka_unit_test_setup(test_none, setup),	cmocka_unit_test_setup(test_initrd_comes_first, setup),
		cmocka_unit_test_setup(test_end_of_ram, setup),
	};

	return UNIT_RUN(tests);
}
