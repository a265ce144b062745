/* SPDX-License-Identifier: BSD-3-Clause */
/* Changes to device trees by libfdt's writers; see tree.h. */
#include "tree.h"

#include <libfdt.h>

#define CHANGES 16u
#define VALUE	256u

struct tree {
	void *fdt;
	const struct tree_words *words;
	struct fuzz *f;
};

static unsigned int count_nodes(const void *fdt)
{
	unsigned int n = 0;

	for (int at = 0; at >= 0; at = fdt_next_node(fdt, at, NULL))
		n++;
	return n;
}

static int any_node(struct tree *t)
{
	unsigned int n = fuzz_u8(t->f) % count_nodes(t->fdt);
	int at = 0;

	while (n--)
		at = fdt_next_node(t->fdt, at, NULL);
	return at;
}

/* A property that the node has, or, from 0x80 on, one that a reader may know. */
static const char *any_prop(struct tree *t, int node)
{
	unsigned int n = fuzz_u8(t->f), count = 0;
	const char *name = NULL;
	int at;

	fdt_for_each_property_offset(at, t->fdt, node)
		count++;
	if (n >= 0x80 || !count)
		return t->words->prop[n % t->words->nr_props];
	n %= count;
	fdt_for_each_property_offset(at, t->fdt, node)
		if (!n--)
			fdt_getprop_by_offset(t->fdt, at, &name, NULL);
	return name;
}

static void set_cells(struct tree *t, int node)
{
	const char *name = any_prop(t, node);
	unsigned int n = fuzz_below(t->f, 10);
	fdt32_t cell[10];

	for (unsigned int i = 0; i < n; i++)
		cell[i] = cpu_to_fdt32((uint32_t)fuzz_odd(t->f));
	(void)fdt_setprop(t->fdt, node, name, cell, (int)n * 4);
}

/* One cell of what is there. */
static void change_cell(struct tree *t, int node)
{
	const char *name = any_prop(t, node);
	unsigned int n = fuzz_u8(t->f);
	uint32_t value = (uint32_t)fuzz_odd(t->f);
	int len;
	fdt32_t *cell = fdt_getprop_w(t->fdt, node, name, &len);

	if (cell && len >= 4)
		cell[n % ((unsigned int)len / 4)] = cpu_to_fdt32(value);
}

static const char *any_string(struct tree *t)
{
	return t->words->string[fuzz_below(t->f, t->words->nr_strings)];
}

static void set_string(struct tree *t, int node)
{
	const char *name = any_prop(t, node), *s = any_string(t);

	(void)fdt_setprop_string(t->fdt, node, name, s);
}

static void add_string(struct tree *t, int node)
{
	const char *name = any_prop(t, node), *s = any_string(t);

	(void)fdt_appendprop_string(t->fdt, node, name, s);
}

static void set_bytes(struct tree *t, int node)
{
	const char *name = any_prop(t, node);
	size_t n = fuzz_below(t->f, 64);
	const uint8_t *bytes = fuzz_bytes(t->f, n, &n);

	(void)fdt_setprop(t->fdt, node, name, bytes, (int)n);
}

static void cut(struct tree *t, int node)
{
	const char *name = any_prop(t, node);
	unsigned int by = fuzz_u8(t->f);
	uint8_t copy[VALUE];
	int len;
	const void *value = fdt_getprop(t->fdt, node, name, &len);

	if (!value || len > (int)VALUE || !len)
		return;
	memcpy(copy, value, (size_t)len);
	(void)fdt_setprop(t->fdt, node, name, copy, (int)(by % (unsigned int)len));
}

static void drop(struct tree *t, int node)
{
	(void)fdt_delprop(t->fdt, node, any_prop(t, node));
}

static void drop_node(struct tree *t, int node)
{
	if (node)
		(void)fdt_del_node(t->fdt, node);
}

static void add_node(struct tree *t, int node)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%u", t->words->node[fuzz_below(t->f, t->words->nr_nodes)], fuzz_u8(t->f));
	(void)fdt_add_subnode(t->fdt, node, name);
}

/* The properties of one node to another, which may be new. */
static void copy_node(struct tree *t, int from)
{
	char to_path[128];
	uint8_t copy[VALUE];
	int to = any_node(t), at, len;
	const char *name;

	if (fdt_get_path(t->fdt, from, to_path, sizeof(to_path)))
		return;
	for (unsigned int i = 0; i < 16; i++) {
		unsigned int n = i;

		fdt_for_each_property_offset(at, t->fdt, from)
			if (!n--)
				break;
		if (at < 0)
			return;
		name = NULL;
		memcpy(copy, fdt_getprop_by_offset(t->fdt, at, &name, &len), len > (int)VALUE ? 0 : (size_t)len);
		if (len > (int)VALUE || fdt_setprop(t->fdt, to, name, copy, len))
			return;
		from = fdt_path_offset(t->fdt, to_path);
		if (from < 0)
			return;
	}
}

static void (*const change[])(struct tree *t, int node) = {
	set_cells, change_cell, change_cell, set_string, add_string, set_bytes,
	cut,	   drop,	drop_node,   add_node,	 copy_node,
};

/* After all, some bytes of the blob itself. */
static void damage(struct fuzz *f, uint8_t *fdt, size_t size)
{
	for (unsigned int n = fuzz_below(f, 8); n; n--) {
		size_t at = fuzz_u16(f) % size;

		fdt[at] = fuzz_u8(f);
	}
}

uint8_t *tree_changed(struct fuzz *f, const uint8_t *base, size_t *size, const struct tree_words *w)
{
	size_t room = *size + TREE_ROOM;
	uint8_t *fdt = calloc(1, room), *out;
	struct tree t = { fdt, w, f };
	unsigned int how = fuzz_u8(f);
	size_t short_of;

	MUST(fdt && fdt_open_into(base, fdt, (int)room) == 0);
	for (unsigned int n = how % CHANGES; n && fuzz_more(f); n--) {
		unsigned int kind = fuzz_below(f, ARRAY_SIZE(change));

		change[kind](&t, any_node(&t));
	}
	MUST_EQ(fdt_pack(fdt), 0);
	*size = fdt_totalsize(fdt);
	if (how & 0x40)
		damage(f, fdt, *size);
	if ((how & 0xc0) == 0xc0) {
		short_of = fuzz_u16(f);
		*size -= short_of % *size;
	}
	out = aligned_alloc(8, ALIGN_UP(*size, 8));
	MUST(out);
	memcpy(out, fdt, *size);
	free(fdt);
	return out;
}
