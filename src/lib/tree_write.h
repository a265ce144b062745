/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A device tree, written from its beginning to its end (Devicetree Specification 0.4, chapter 5). The first error
 * sticks, so that only the end needs to be checked. Pure.
 */
#ifndef LIB_TREE_WRITE_H
#define LIB_TREE_WRITE_H

#include "lib/types.h"

#define TREE_NAMES_MAX 64

struct tree_writer {
	char *buf;
	uint32_t room, at; /* bytes of buf; the structure block's end */
	bool failed;	   /* no room */
	unsigned int depth;
	/* Property names so far, and where they are in the strings block, which is written last. */
	uint32_t names, strings;
	const char *name[TREE_NAMES_MAX];
	uint32_t offset[TREE_NAMES_MAX];
};

/* Into size bytes at buf, 8-byte aligned. Names of properties must live until tree_write_finish(). */
void tree_write_begin(struct tree_writer *w, void *buf, size_t size);
void tree_write_node(struct tree_writer *w, const char *name);
void tree_write_prop(struct tree_writer *w, const char *name, const void *value, size_t size);
void tree_write_end(struct tree_writer *w);
/* The size of the whole; E_NOMEM: it did not fit, or has too many names. */
int tree_write_finish(struct tree_writer *w) MUST_CHECK;

#endif
