/* SPDX-License-Identifier: BSD-3-Clause */
/* A device tree, read without copying; see tree.h. State owned: none. */
#include "lib/tree.h"

#include "lib/checked.h"
#include "lib/string.h"

#define MAGIC	   0xd00dfeedU
#define VERSION	   17
#define BEGIN_NODE 1
#define END_NODE   2
#define PROP	   3
#define NOP	   4
#define END	   9

/* Offsets of the header's words, and its size. */
#define H_MAGIC	       0
#define H_TOTALSIZE    4
#define H_STRUCT       8
#define H_STRINGS      12
#define H_RESERVED     16
#define H_VERSION      20
#define H_COMPATIBLE   24
#define H_STRINGS_SIZE 32
#define H_STRUCT_SIZE  36
#define H_SIZE	       40

#define DEPTH_MAX 32 /* of nodes: the walkers keep a stack of them */

static inline uint32_t word(const void *p)
{
	return __builtin_bswap32(*(const uint32_t *)p);
}

static inline const char *structure(const void *fdt)
{
	return (const char *)fdt + word((const char *)fdt + H_STRUCT);
}

static inline uint32_t aligned(uint32_t n)
{
	return (n + 3) & ~UINT32_C(3);
}

/* One of its four bytes is 0: the borrow reaches bit 7 of the first that is. */
static inline bool ends(uint32_t w)
{
	return (w - 0x01010101) & ~w & 0x80808080;
}

/* strcmp() is a call; most names differ in their first letters. */
static inline bool same(const char *a, const char *b)
{
	while (*a == *b) {
		if (!*a)
			return true;
		a++;
		b++;
	}
	return false;
}

/* --- the check --- */

struct check {
	const char *at; /* the structure block */
	uint32_t size, strings_size;
	unsigned int depth;
	bool after_child; /* of the node we are in a subnode has been */
};

static const char *check_node(struct check *c, uint32_t *off)
{
	uint32_t at = *off;

	while (at < c->size && !ends(*(const uint32_t *)(const void *)(c->at + at)))
		at += 4;
	if (at == c->size)
		return "a node's name does not end";
	if (!c->depth && c->at[*off])
		return "its root has a name";
	if (c->depth == DEPTH_MAX)
		return "nodes in nodes in nodes";
	c->depth++;
	c->after_child = false;
	*off = at + 4;
	return NULL;
}

static const char *check_prop(struct check *c, uint32_t *off)
{
	uint32_t len;

	if (c->size - *off < 8)
		return "a property is cut off";
	len = word(c->at + *off);
	if (!c->depth || c->after_child)
		return "a property is not at the beginning of a node";
	if (word(c->at + *off + 4) >= c->strings_size)
		return "a property's name is outside";
	*off += 8;
	if (len > c->size - *off)
		return "a property is cut off";
	*off += aligned(len); /* the block's size is a multiple of 4 */
	return NULL;
}

static const char *check_structure(struct check *c)
{
	const char *wrong = NULL;
	uint32_t off = 0;

	while (!wrong && off + 4 <= c->size) {
		uint32_t tag = word(c->at + off);

		off += 4;
		if (tag == PROP) {
			wrong = check_prop(c, &off);
		} else if (tag == BEGIN_NODE) {
			/* One root. */
			wrong = !c->depth && off > 4 ? "a second root" : check_node(c, &off);
		} else if (tag == END_NODE) {
			if (!c->depth)
				return "an end too many";
			c->depth--;
			c->after_child = true;
		} else if (tag == END) {
			return c->depth || off == 4 ? "ends in the middle" : NULL;
		} else if (tag != NOP || !c->depth) {
			return "an unknown token";
		}
	}
	return wrong ? wrong : "does not end";
}

static bool reserved_ends(const char *p, uint32_t from, uint32_t size)
{
	for (; from < size && size - from >= 16; from += 16) {
		if (!(word(p + from) | word(p + from + 4) | word(p + from + 8) | word(p + from + 12)))
			return true;
	}
	return false;
}

const char *tree_check(const void *fdt, size_t size)
{
	const char *p = fdt;
	uint32_t total, strings;
	struct check c = { 0 };

	if (!IS_ALIGNED((uintptr_t)p, 4) || size < H_SIZE || word(p + H_MAGIC) != MAGIC)
		return "no device tree";
	if (word(p + H_VERSION) < VERSION || word(p + H_COMPATIBLE) > VERSION)
		return "a version that is not understood";
	total = word(p + H_TOTALSIZE);
	c.size = word(p + H_STRUCT_SIZE);
	c.strings_size = word(p + H_STRINGS_SIZE);
	strings = word(p + H_STRINGS);
	c.at = structure(fdt);
	if (total > size || total > INT32_MAX || !range_within(word(p + H_STRUCT), c.size, total) ||
	    !range_within(strings, c.strings_size, total) || !IS_ALIGNED(word(p + H_STRUCT) | c.size, 4))
		return "larger than it may be";
	if (MIN(MIN(word(p + H_STRUCT), strings), word(p + H_RESERVED)) < H_SIZE)
		return "a part of it lies in its header";
	if (!IS_ALIGNED(word(p + H_RESERVED), 8) || !reserved_ends(p, word(p + H_RESERVED), total))
		return "its list of reserved memory does not end";
	/* So that every name ends, wherever it begins. */
	if (c.strings_size && p[strings + c.strings_size - 1])
		return "its last name does not end";
	return check_structure(&c);
}

/* --- tokens --- */

/* The token behind the one at off, which is no END. A name is padded with zeroes. */
static inline uint32_t skip(const char *s, uint32_t off, uint32_t tag)
{
	if (tag == PROP)
		return off + 12 + aligned(word(s + off + 4));
	off += 4;
	if (tag == BEGIN_NODE) {
		while (!ends(*(const uint32_t *)(const void *)(s + off)))
			off += 4;
		off += 4;
	}
	return off;
}

int tree_next(const void *fdt, int node, int *depth)
{
	const char *s = structure(fdt);
	uint32_t off = (uint32_t)node, tag = BEGIN_NODE;
	int d = depth ? *depth : 0;

	do {
		off = skip(s, off, tag);
		tag = word(s + off);
		if (tag == END)
			return -1;
		d -= tag == END_NODE;
	} while (tag != BEGIN_NODE);
	if (depth)
		*depth = d + 1;
	return (int)off;
}

int tree_child(const void *fdt, int node)
{
	int depth = 0;

	node = tree_next(fdt, node, &depth);
	return depth == 1 ? node : -1;
}

int tree_sibling(const void *fdt, int node)
{
	const char *s = structure(fdt);
	uint32_t off = (uint32_t)node, tag = BEGIN_NODE;
	int depth = 0;

	for (;;) {
		off = skip(s, off, tag);
		tag = word(s + off);
		if (tag == END_NODE && --depth < -1)
			return -1; /* the parent's */
		if (tag == BEGIN_NODE && depth++ < 0)
			return (int)off;
		if (tag == END)
			return -1;
	}
}

const char *tree_name(const void *fdt, int node)
{
	return structure(fdt) + node + 4;
}

/* The nodes from the root to this one, which is above[depth]; returns the depth, or -1. */
static int ancestors(const void *fdt, int node, int above[DEPTH_MAX])
{
	int depth = 0, at = 0;

	while (at >= 0 && at < node) {
		above[depth] = at;
		at = tree_next(fdt, at, &depth);
	}
	if (at != node)
		return -1;
	above[depth] = node;
	return depth;
}

int tree_parent(const void *fdt, int node)
{
	int above[DEPTH_MAX], depth = ancestors(fdt, node, above);

	return depth > 0 ? above[depth - 1] : -1;
}

bool tree_full_path(const void *fdt, int node, char *buf, size_t size)
{
	int above[DEPTH_MAX], depth = ancestors(fdt, node, above);
	size_t n = 0;

	if (depth < 0 || size < 2)
		return false;
	buf[n++] = '/';
	for (int i = 1; i <= depth; i++) {
		const char *name = tree_name(fdt, above[i]);
		size_t length = strlen(name);

		if (length + 1 > size - n)
			return false;
		memcpy(buf + n, name, length);
		n += length;
		buf[n++] = '/';
	}
	/* But for the root it does not end in one. */
	buf[depth ? n - 1 : n] = '\0';
	return true;
}

/* Does a node's name fit: length bytes, with or without a unit address? */
static bool fits(const char *name, const char *want, size_t length)
{
	return !strncmp(name, want, length) && (!name[length] || (name[length] == '@' && !memchr(want, '@', length)));
}

int tree_path(const void *fdt, const char *path, size_t length)
{
	return tree_path_from(fdt, 0, path, length);
}

int tree_path_from(const void *fdt, int node, const char *path, size_t length)
{
	/* It may come from a tree, and so have a zero in it: it ends there, as a node's name would. */
	const char *s = structure(fdt), *end = path + strnlen(path, length);

	while (path < end && node >= 0) {
		size_t n = 0;

		if (*path == '/') {
			path++;
			continue;
		}
		while (path + n < end && path[n] != '/')
			n++;
		for (node = tree_child(fdt, node); node >= 0 && !fits(s + node + 4, path, n);)
			node = tree_sibling(fdt, node);
		path += n;
	}
	return node;
}

bool tree_reserved(const void *fdt, unsigned int i, uint64_t *base, uint64_t *size)
{
	const char *p = (const char *)fdt + word((const char *)fdt + H_RESERVED);

	for (;; i--, p += 16) {
		*base = (uint64_t)word(p) << 32 | word(p + 4);
		*size = (uint64_t)word(p + 8) << 32 | word(p + 12);
		if (!*base && !*size)
			return false;
		if (!i)
			return true;
	}
}

/* --- properties --- */

/* The property at off or behind NOPs. */
static int prop_from(const char *s, uint32_t off)
{
	while (word(s + off) == NOP)
		off += 4;
	return word(s + off) == PROP ? (int)off : -1;
}

int tree_first_prop(const void *fdt, int node)
{
	const char *s = structure(fdt);

	return prop_from(s, skip(s, (uint32_t)node, BEGIN_NODE));
}

int tree_next_prop(const void *fdt, int prop)
{
	const char *s = structure(fdt);

	return prop_from(s, skip(s, (uint32_t)prop, PROP));
}

const void *tree_prop_at(const void *fdt, int prop, const char **name, int *len)
{
	const char *p = structure(fdt) + prop;

	*len = (int)word(p + 4);
	*name = (const char *)fdt + word((const char *)fdt + H_STRINGS) + word(p + 8);
	return p + 12;
}

const void *tree_prop(const void *fdt, int node, const char *name, int *len)
{
	const char *s = structure(fdt), *names = (const char *)fdt + word((const char *)fdt + H_STRINGS);

	for (int prop = tree_first_prop(fdt, node); prop >= 0; prop = prop_from(s, skip(s, (uint32_t)prop, PROP))) {
		if (!same(names + word(s + prop + 8), name))
			continue;
		if (len)
			*len = (int)word(s + prop + 4);
		return s + prop + 12;
	}
	return NULL;
}

int tree_cell(const void *fdt, int node, const char *name, int absent)
{
	int len;
	const void *value = tree_prop(fdt, node, name, &len);

	if (!value)
		return absent;
	return len == 4 && word(value) <= INT32_MAX ? (int)word(value) : -1;
}

/* Is what one of the strings of a list? The last one may lack its end. */
static bool in_list(const char *list, size_t size, const char *what)
{
	const char *end = list + size;

	while (list < end) {
		const char *w = what;

		while (list < end && *list && *list == *w) {
			list++;
			w++;
		}
		if (list < end && *list == *w)
			return true;
		while (list < end && *list)
			list++;
		list++;
	}
	return false;
}

bool tree_is_compatible(const void *fdt, int node, const char *what)
{
	int len;
	const char *list = tree_prop(fdt, node, "compatible", &len);

	return list && in_list(list, (size_t)len, what);
}

int tree_find_compatible(const void *fdt, int after, const char *what)
{
	const char *s = structure(fdt), *names = (const char *)fdt + word((const char *)fdt + H_STRINGS);
	int node = after < 0 ? 0 : tree_next(fdt, after, NULL);
	uint32_t off = (uint32_t)node, tag;

	if (node < 0)
		return -1;
	for (; (tag = word(s + off)) != END; off = skip(s, off, tag)) {
		if (tag == BEGIN_NODE)
			node = (int)off;
		else if (tag == PROP && same(names + word(s + off + 8), "compatible") &&
			 in_list(s + off + 12, word(s + off + 4), what) && tree_is_compatible(fdt, node, what))
			return node; /* the first of that name counts, as for all who read one */
	}
	return -1;
}
