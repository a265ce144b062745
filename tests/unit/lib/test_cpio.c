/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite lib/cpio: good archives, and archives cut at every byte or with any byte changed. Each
 * archive lies in a heap block of exactly its size, so that ASan sees a read of one byte too many.
 */
#include "unit.h"

#include "lib/cpio.h"

#define FILE_MODE 0100644
#define DIR_MODE  040755

struct archive {
	uint8_t bytes[4096];
	size_t size;
};

static void put(struct archive *a, const void *data, size_t n)
{
	assert_true(a->size + n <= sizeof(a->bytes));
	memcpy(a->bytes + a->size, data, n);
	a->size += n;
}

static void pad(struct archive *a)
{
	while (a->size % 4)
		put(a, "", 1);
}

/* An entry whose name has extra terminators behind it. */
static void entry_padded(struct archive *a, const char *name, uint32_t mode, const char *data, size_t n, size_t extra)
{
	char header[111];
	size_t name_size = strlen(name) + 1 + extra;

	snprintf(header, sizeof(header), "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", 1u, mode, 0u, 0u,
		 1u, 0u, (unsigned int)n, 0u, 0u, 0u, 0u, (unsigned int)name_size, 0u);
	put(a, header, 110);
	put(a, name, strlen(name) + 1);
	for (; extra; extra--)
		put(a, "", 1);
	pad(a);
	if (n)
		put(a, data, n);
	pad(a);
}

static void entry(struct archive *a, const char *name, uint32_t mode, const char *data)
{
	entry_padded(a, name, mode, data, data ? strlen(data) : 0, 0);
}

static void trailer(struct archive *a)
{
	entry(a, "TRAILER!!!", 0, NULL);
}

static struct archive good(void)
{
	struct archive a = { .size = 0 };

	entry(&a, "machine.dtb", FILE_MODE, "tree");
	entry(&a, "dir", DIR_MODE, NULL);
	entry_padded(&a, "Image", FILE_MODE, "kernel!", 7, 37);
	entry(&a, "./empty", FILE_MODE, NULL);
	trailer(&a);
	return a;
}

static void walks_all(void **state)
{
	struct archive a = good();
	struct cpio_entry e;
	struct cpio c;

	(void)state;
	cpio_open(&c, a.bytes, a.size);
	assert_int_equal(cpio_next(&c, &e), OK);
	assert_string_equal(e.name, "machine.dtb");
	assert_int_equal(e.size, 4);
	assert_memory_equal(e.data, "tree", 4);
	assert_int_equal(e.mode, FILE_MODE);
	assert_int_equal(cpio_next(&c, &e), OK);
	assert_string_equal(e.name, "dir");
	assert_int_equal(e.mode, DIR_MODE);
	assert_int_equal(cpio_next(&c, &e), OK);
	assert_string_equal(e.name, "Image");
	assert_memory_equal(e.data, "kernel!", 7);
	assert_int_equal(cpio_next(&c, &e), OK);
	assert_string_equal(e.name, "./empty");
	assert_int_equal(e.size, 0);
	assert_int_equal(cpio_next(&c, &e), E_NOENT);
	assert_int_equal(cpio_next(&c, &e), E_NOENT);
}

static void finds(void **state)
{
	struct archive a = good();
	struct cpio_entry e;

	(void)state;
	assert_int_equal(cpio_find(a.bytes, a.size, "Image", &e), OK);
	assert_memory_equal(e.data, "kernel!", 7);
	assert_int_equal(cpio_find(a.bytes, a.size, "./Image", &e), OK);
	assert_int_equal(cpio_find(a.bytes, a.size, "empty", &e), OK);
	assert_int_equal(cpio_find(a.bytes, a.size, "dir", &e), E_NOENT);
	assert_int_equal(cpio_find(a.bytes, a.size, "nothing", &e), E_NOENT);
	assert_int_equal(cpio_find(a.bytes, a.size, "", &e), E_NOENT);
	assert_int_equal(cpio_find(a.bytes, a.size, "TRAILER!!!", &e), E_NOENT);
	assert_int_equal(cpio_find(a.bytes, 0, "Image", &e), E_NOENT);
}

static void ends_without_trailer(void **state)
{
	struct archive a = { .size = 0 };
	struct cpio_entry e;

	(void)state;
	entry(&a, "f", FILE_MODE, "1234");
	assert_int_equal(cpio_find(a.bytes, a.size, "g", &e), E_NOENT);
	memset(a.bytes + a.size, 0, 512);
	assert_int_equal(cpio_find(a.bytes, a.size + 512, "g", &e), E_NOENT);
	a.bytes[a.size + 300] = 1;
	assert_int_equal(cpio_find(a.bytes, a.size + 512, "g", &e), E_FORMAT);
}

/* Walk bytes[size] in a block of just that size; each entry must lie inside. Returns the end's code, counts entries. */
static int walk(const uint8_t *bytes, size_t size, unsigned int *entries)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct cpio_entry e;
	struct cpio c;
	int r;

	memcpy(copy, bytes, size);
	cpio_open(&c, copy, size);
	*entries = 0;
	while ((r = cpio_next(&c, &e)) == OK) {
		assert_true(e.data >= copy && e.data <= copy + size && e.size <= (size_t)(copy + size - e.data));
		assert_true((uint8_t *)e.name >= copy && (uint8_t *)e.name + strlen(e.name) < copy + size);
		assert_true(++*entries < 100);
	}
	free(copy);
	return r;
}

static void cut_at_every_byte(void **state)
{
	struct archive a = good();
	unsigned int entries, last = 0;

	(void)state;
	for (size_t size = 0; size <= a.size; size++) {
		int r = walk(a.bytes, size, &entries);

		assert_true(r == E_FORMAT || r == E_NOENT);
		assert_true(entries >= last && entries <= 4);
		last = entries;
	}
	assert_int_equal(last, 4);
}

static void any_byte_changed(void **state)
{
	const uint8_t values[] = { 0, 1, '0', '8', 'F', 'f', 'g', '/', ':', '@', '`', 0x7f, 0xff };
	struct archive a = good();
	unsigned int entries;

	(void)state;
	for (size_t i = 0; i < a.size; i++) {
		uint8_t old = a.bytes[i];

		for (size_t v = 0; v < sizeof(values); v++) {
			int r;

			a.bytes[i] = values[v];
			r = walk(a.bytes, a.size, &entries);
			assert_true(r == E_FORMAT || r == E_NOENT);
		}
		a.bytes[i] = old;
	}
}

static void set_field(struct archive *a, unsigned int field, const char *digits)
{
	memcpy(a->bytes + 6 + 8 * field, digits, 8);
}

static void bad_fields(void **state)
{
	static const struct {
		unsigned int field;
		const char *digits;
	} bad[] = {
		{ 6, "FFFFFFFF" },  { 6, "00001000" },	{ 6, "0000000G" },  { 6, "-0000001" },
		{ 11, "00000000" }, { 11, "FFFFFFFF" }, { 11, "7FFFFFFF" }, { 11, "00000001" },
		{ 11, "00000004" }, { 11, "0x000001" }, { 1, "        " },  { 6, "FFFFFF8C" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct archive a = good();
		struct cpio_entry e;

		set_field(&a, bad[i].field, bad[i].digits);
		assert_int_equal(cpio_find(a.bytes, a.size, "machine.dtb", &e), E_FORMAT);
	}
}

static void magics(void **state)
{
	static const struct {
		const char *magic;
		int want;
	} rows[] = { { "070701", OK },
		     { "070702", OK },
		     { "070707", E_FORMAT },
		     { "\xc7\x71zzzz", E_FORMAT },
		     { "070703", E_FORMAT } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct archive a = good();
		struct cpio_entry e;

		memcpy(a.bytes, rows[i].magic, 6);
		assert_int_equal(cpio_find(a.bytes, a.size, "machine.dtb", &e), rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_all),
		cmocka_unit_test(finds),
		cmocka_unit_test(ends_without_trailer),
		cmocka_unit_test(cut_at_every_byte),
		cmocka_unit_test(any_byte_changed),
		cmocka_unit_test(bad_fields),
		cmocka_unit_test(magics),
	};

	return UNIT_RUN(tests);
}
