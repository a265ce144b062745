/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reader of cpio archives in the "newc" format (magic 070701 / 070702), in place and bounds-checked: a bundle may be
 * truncated or hostile. Pure; owns nothing.
 */
#ifndef LIB_CPIO_H
#define LIB_CPIO_H

#include "lib/types.h"

struct cpio {
	const uint8_t *base;
	size_t size;
	size_t next; /* offset of the next header */
};

struct cpio_entry {
	const char *name; /* terminated, inside the archive */
	const uint8_t *data;
	size_t size;
	uint32_t mode;
};

/* Start at the first entry. Reads nothing. */
void cpio_open(struct cpio *c, const void *base, size_t size);

/*
 * The next entry into *e. OK; E_NOENT at the trailer or at the exact end; E_FORMAT when what is there is
 * no whole entry.
 */
int cpio_next(struct cpio *c, struct cpio_entry *e) MUST_CHECK;

/*
 * The first regular file of that name ("./" in front is ignored). OK, E_NOENT, or E_FORMAT when the archive
 * ends badly before.
 */
int cpio_find(const void *base, size_t size, const char *name, struct cpio_entry *e) MUST_CHECK;

#endif
