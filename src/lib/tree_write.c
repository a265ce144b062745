/* SPDX-License-Identifier: BSD-3-Clause */
/* A device tree, written from its beginning to its end; see tree_write.h. State owned: none. */
#include "lib/tree_write.h"

#include "lib/string.h"

#define HEADER	   40
#define RESERVED   16 /* its end alone */
#define BEGIN_NODE 1
#define END_NODE   2
#define PROP	   3
#define END	   9

static void set_word(char *p, uint32_t v)
{
	*(uint32_t *)(void *)p = __builtin_bswap32(v);
}

/* n bytes more, in whole words, the last of them zero; NULL: no room. */
static char *more(struct tree_writer *w, size_t n)
{
	uint32_t begin = w->at;

	if (w->failed || n > w->room - w->at || ALIGN_UP(n, 4) > w->room - w->at) {
		w->failed = true;
		return NULL;
	}
	w->at += (uint32_t)ALIGN_UP(n, 4);
	if (n)
		set_word(w->buf + w->at - 4, 0);
	return w->buf + begin;
}

static void put_word(struct tree_writer *w, uint32_t v)
{
	char *p = more(w, 4);

	if (p)
		set_word(p, v);
}

static void put_bytes(struct tree_writer *w, const void *bytes, size_t n)
{
	char *p = more(w, n);

	if (p && n)
		memcpy(p, bytes, n);
}

/* Where a name is in the strings block. */
static uint32_t offset_of(struct tree_writer *w, const char *name)
{
	for (uint32_t i = 0; i < w->names; i++) {
		if (w->name[i] == name || (w->name[i][0] == name[0] && !strcmp(w->name[i], name)))
			return w->offset[i];
	}
	if (w->names == TREE_NAMES_MAX) {
		w->failed = true;
		return 0;
	}
	w->name[w->names] = name;
	w->offset[w->names++] = w->strings;
	w->strings += (uint32_t)strlen(name) + 1;
	return w->offset[w->names - 1];
}

void tree_write_begin(struct tree_writer *w, void *buf, size_t size)
{
	char *p;

	w->buf = buf;
	w->room = (uint32_t)MIN(size, (size_t)INT32_MAX);
	w->at = 0;
	w->failed = false;
	w->depth = 0;
	w->names = 0;
	w->strings = 0;
	p = more(w, HEADER + RESERVED);
	if (p)
		memset(p, 0, HEADER + RESERVED);
}

void tree_write_node(struct tree_writer *w, const char *name)
{
	put_word(w, BEGIN_NODE);
	put_bytes(w, name, strlen(name) + 1);
	w->depth++;
}

void tree_write_prop(struct tree_writer *w, const char *name, const void *value, size_t size)
{
	char *p = more(w, 12);

	if (!p)
		return;
	set_word(p, PROP);
	set_word(p + 4, (uint32_t)size);
	set_word(p + 8, offset_of(w, name));
	put_bytes(w, value, size);
}

void tree_write_end(struct tree_writer *w)
{
	put_word(w, END_NODE);
	w->depth--;
}

int tree_write_finish(struct tree_writer *w)
{
	uint32_t strings;

	put_word(w, END);
	strings = w->at;
	if (w->depth || w->failed)
		return E_NOMEM;
	for (uint32_t i = 0; i < w->names; i++) {
		/* Not in whole words. */
		uint32_t at = strings + w->offset[i];
		size_t n = strlen(w->name[i]) + 1;

		if (n > w->room - at)
			return E_NOMEM;
		memcpy(w->buf + at, w->name[i], n);
	}
	/*
	 * magic, total size, where the structure, the strings, the reserved ranges are; version,
	 * compatible, core, sizes
	 */
	const uint32_t header[] = {
		0xd00dfeed, strings + w->strings, HEADER + RESERVED,	      strings, HEADER, 17, 16,
		0,	    w->strings,		  strings - HEADER - RESERVED
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(header); i++)
		set_word(w->buf + 4 * i, header[i]);
	return (int)(strings + w->strings);
}
