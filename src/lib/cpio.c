/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reader of cpio archives in the "newc" format: a header of 110 characters (magic, then 13 fields
 * of eight hexadecimal digits), the name with its terminator, padding to 4, the data, padding to 4
 * (cpio(5)). Pure, no state, no lock. Nothing in the archive is believed: each offset is checked
 * against the size before it is used.
 */
#include "lib/cpio.h"

#include "lib/checked.h"
#include "lib/string.h"

#define HEADER_SIZE 110
#define MAGIC_SIZE  6
#define FIELD_SIZE  8
#define TRAILER	    "TRAILER!!!"
#define MODE_TYPE   0170000
#define MODE_FILE   0100000

enum { FIELD_MODE = 1, FIELD_FILESIZE = 6, FIELD_NAMESIZE = 11 };

void cpio_open(struct cpio *c, const void *base, size_t size)
{
	*c = (struct cpio){ .base = base, .size = size };
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool cpio_field(const uint8_t *header, unsigned int field, uint32_t *out)
{
	const uint8_t *p = header + MAGIC_SIZE + field * FIELD_SIZE;
	uint32_t v = 0;

	for (unsigned int i = 0; i < FIELD_SIZE; i++) {
		int d = hex_digit(p[i]);

		if (d < 0)
			return false;
		v = v << 4 | (uint32_t)d;
	}
	*out = v;
	return true;
}

static bool cpio_magic(const uint8_t *header)
{
	return memcmp(header, "070701", MAGIC_SIZE) == 0 || memcmp(header, "070702", MAGIC_SIZE) == 0;
}

/* Only zeros from off on: an archive may be padded to a block, and the end without a trailer is then there. */
static bool cpio_only_padding(const struct cpio *c, size_t off)
{
	for (; off < c->size; off++) {
		if (c->base[off])
			return false;
	}
	return true;
}

/* Where the data and the next header are. False when any part lies outside the archive. */
static bool cpio_layout(const struct cpio *c, size_t name_size, size_t data_size, size_t *data, size_t *next)
{
	uint64_t off;

	if (!checked_add(c->next, HEADER_SIZE + name_size, &off) || !checked_align_up(off, 4, &off))
		return false;
	/* No padding is needed behind a name (or data) that ends the archive. */
	if (!data_size)
		off = MIN(off, c->size);
	if (!range_within(off, data_size, c->size))
		return false;
	*data = off;
	*next = MIN(ALIGN_UP(off + data_size, 4), c->size);
	return true;
}

int cpio_next(struct cpio *c, struct cpio_entry *e)
{
	const uint8_t *h = c->base + c->next;
	uint32_t mode, name_size, data_size;
	size_t data, next;
	const char *name;

	if (c->next >= c->size || cpio_only_padding(c, c->next))
		return E_NOENT;
	if (!range_within(c->next, HEADER_SIZE, c->size) || !cpio_magic(h))
		return E_FORMAT;
	if (!cpio_field(h, FIELD_MODE, &mode) || !cpio_field(h, FIELD_FILESIZE, &data_size) ||
	    !cpio_field(h, FIELD_NAMESIZE, &name_size))
		return E_FORMAT;
	if (!name_size || !range_within(c->next + HEADER_SIZE, name_size, c->size))
		return E_FORMAT;
	/* The name may be padded with more than one terminator. */
	name = (const char *)h + HEADER_SIZE;
	if (name[name_size - 1] || !cpio_layout(c, name_size, data_size, &data, &next))
		return E_FORMAT;
	if (strcmp(name, TRAILER) == 0)
		return E_NOENT;
	*e = (struct cpio_entry){ .name = name, .data = c->base + data, .size = data_size, .mode = mode };
	c->next = next;
	return OK;
}

static const char *skip_dot_slash(const char *name)
{
	return name[0] == '.' && name[1] == '/' ? name + 2 : name;
}

int cpio_find(const void *base, size_t size, const char *name, struct cpio_entry *e)
{
	struct cpio c;
	int r;

	cpio_open(&c, base, size);
	while ((r = cpio_next(&c, e)) == OK) {
		if ((e->mode & MODE_TYPE) == MODE_FILE && strcmp(skip_dot_slash(e->name), skip_dot_slash(name)) == 0)
			return OK;
	}
	return r;
}
