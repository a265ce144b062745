/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/cpio: any bytes as an archive. What comes out lies inside; it is what a second reader, written from cpio(5),
 * reads; a walk ends; a name that was seen is found.
 */
#include "fuzz.h"

#include "lib/cpio.h"

/* The second reader: strtoul on copies, 64-bit sums, no shortcuts. */
struct ref {
	uint64_t name, name_size, data, data_size, next;
	uint32_t mode;
};

static bool number(const uint8_t *at, uint64_t *out)
{
	char digits[9] = { 0 };

	memcpy(digits, at, 8);
	for (int i = 0; i < 8; i++)
		if (!strchr("0123456789abcdefABCDEF", digits[i]) || !digits[i])
			return false;
	*out = strtoul(digits, NULL, 16);
	return true;
}

static uint64_t up4(uint64_t n)
{
	return (n + 3) / 4 * 4;
}

static int ref_next(const uint8_t *a, uint64_t size, uint64_t at, struct ref *r)
{
	uint64_t mode, i;

	for (i = at; i < size && !a[i]; i++)
		;
	if (i == size)
		return E_NOENT;
	if (size - at < 110 || (memcmp(a + at, "070701", 6) && memcmp(a + at, "070702", 6)))
		return E_FORMAT;
	if (!number(a + at + 14, &mode) || !number(a + at + 54, &r->data_size) || !number(a + at + 94, &r->name_size))
		return E_FORMAT;
	r->name = at + 110;
	r->mode = (uint32_t)mode;
	if (!r->name_size || r->name + r->name_size > size || a[r->name + r->name_size - 1])
		return E_FORMAT;
	r->data = up4(r->name + r->name_size);
	/* What ends the archive needs no padding. */
	if (!r->data_size && r->data > size)
		r->data = size;
	if (r->data + r->data_size > size)
		return E_FORMAT;
	r->next = MIN(up4(r->data + r->data_size), size);
	return strcmp((const char *)a + r->name, "TRAILER!!!") ? OK : E_NOENT;
}

static void looks_it_up(const uint8_t *a, size_t size, const struct cpio_entry *first)
{
	struct cpio_entry e;
	int r = cpio_find(a, size, first->name, &e);

	if ((first->mode & 0170000) != 0100000)
		return;
	MUST_EQ(r, OK);
	MUST(e.data <= first->data); /* it, or one of that name before */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *a = fuzz_copy(data, size);
	struct cpio_entry e, miss;
	struct cpio c;
	unsigned int n = 0;
	uint64_t at = 0;

	cpio_open(&c, a, size);
	for (;;) {
		struct ref r = { 0 };
		int want = ref_next(a, size, at, &r), got = cpio_next(&c, &e);

		MUST_EQ(got, want);
		if (got != OK)
			break;
		MUST_EQ(e.name - (const char *)a, r.name);
		MUST_EQ(e.data - a, r.data);
		MUST_EQ(e.size, r.data_size);
		MUST_EQ(e.mode, r.mode);
		MUST_EQ(c.next, r.next);
		at = r.next;
		if (n++ < 8)
			looks_it_up(a, size, &e);
		MUST(n <= size / 110);
	}
	MUST(cpio_find(a, size, "machine.dtb/not there", &miss) != OK || n);
	free(a);
	return 0;
}
