/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/tree: any bytes, or a sound tree with some words changed. What the check passes, libfdt's passes too, and both
 * read the same out of it, node by node and property by property; names and values lie inside, for which ASan looks.
 * What libfdt alone passes has a reason of ours that is in the list below. Trees that lib/tree_write makes: in config.
 */
#include "fuzz.h"

#include <libfdt.h>

#include "lib/tree.h"
#include "role/machine_make.h"
#include "tree.h"

#define BYTES_MAX 4096u
#define WORDS_MAX 8u

static const char text[] = "/dts-v1/; /memreserve/ 0x45000000 0x2000; /memreserve/ 0 0x1000;\n"
			   "/ { #address-cells = <2>; compatible = \"a,b\", \"linux,dummy-virt\"; empty;\n"
			   "  a { b@1 { compatible = \"virtio,mmio\"; reg = <1>; c { x; }; };\n"
			   "    b@2 { compatible = \"a\", \"virtio,mmio\"; }; };\n"
			   "  chosen { stdout-path = \"/a/b@2\"; }; d { };\n"
			   "  bb { reg = <1 2 3>; status = \"okay\"; e { f { g { y = [01]; }; }; }; };\n"
			   "};\n";

static const char *const props[] = { "compatible", "reg", "#address-cells", "status", "x", "empty" };
static const char *const strings[] = { "virtio,mmio", "a,b", "a", "" };
static const char *const nodes[] = { "b@", "chosen", "a" };
static const struct tree_words words = { props, ARRAY_SIZE(props), strings, ARRAY_SIZE(strings),
					 nodes, ARRAY_SIZE(nodes) };

static struct blob base;

void fuzz_setup(void)
{
	base = machine_dtc(text);
	MUST(!tree_check(base.data, base.size));
}

static int none(int found)
{
	return found < 0 ? -1 : found;
}

static void read_props(const void *fdt, int node)
{
	int prop = tree_first_prop(fdt, node), len, their_len;
	const char *name, *their_name;

	for (int at = fdt_first_property_offset(fdt, node); at >= 0; at = fdt_next_property_offset(fdt, at)) {
		const void *value, *theirs = fdt_getprop_by_offset(fdt, at, &their_name, &their_len);

		MUST_EQ(prop, at);
		value = tree_prop_at(fdt, prop, &name, &len);
		MUST(value == theirs && name == their_name && len == their_len);
		value = tree_prop(fdt, node, name, &len);
		theirs = fdt_getprop(fdt, node, name, &their_len);
		MUST(value == theirs && len == their_len);
		(void)tree_cell(fdt, node, name, 0);
		prop = tree_next_prop(fdt, prop);
	}
	MUST_EQ(prop, -1);
	for (unsigned int i = 0; i < ARRAY_SIZE(props); i++)
		MUST(tree_prop(fdt, node, props[i], NULL) == fdt_getprop(fdt, node, props[i], NULL));
}

/* Empty names, and names with a slash: libfdt takes them for other than they are when it goes back up a path. */
static bool has_odd_names(const void *fdt)
{
	for (int node = fdt_next_node(fdt, 0, NULL); node >= 0; node = fdt_next_node(fdt, node, NULL)) {
		const char *name = fdt_get_name(fdt, node, NULL);

		if (!*name || strchr(name, '/'))
			return true;
	}
	return false;
}

static void read_node(const void *fdt, int node, bool odd_names)
{
	char mine[512], theirs[512];
	int child = fdt_first_subnode(fdt, node);
	bool fits;

	MUST_EQ(tree_parent(fdt, node), none(fdt_parent_offset(fdt, node)));
	MUST(tree_name(fdt, node) == fdt_get_name(fdt, node, NULL));
	MUST_EQ(tree_child(fdt, node), none(child));
	for (; child >= 0; child = fdt_next_subnode(fdt, child))
		MUST_EQ(tree_sibling(fdt, child), none(fdt_next_subnode(fdt, child)));
	fits = tree_full_path(fdt, node, mine, sizeof(mine));
	if (fits && !odd_names) {
		MUST_EQ(fdt_get_path(fdt, node, theirs, sizeof(theirs)), 0);
		MUST(!strcmp(mine, theirs));
		MUST_EQ(tree_path(fdt, mine, strlen(mine)), none(fdt_path_offset(fdt, mine)));
	}
	read_props(fdt, node);
}

static void read_all(const void *fdt)
{
	int depth = 0, their_depth = 0, theirs = 0;
	uint64_t a, b, their_a, their_b;
	unsigned int i = 0;
	bool odd_names = has_odd_names(fdt);

	for (int node = 0; node >= 0; node = tree_next(fdt, node, &depth)) {
		MUST(node == theirs && depth == their_depth);
		read_node(fdt, node, odd_names);
		theirs = fdt_next_node(fdt, theirs, &their_depth);
	}
	MUST(theirs < 0 || their_depth < 0);
	for (; tree_reserved(fdt, i, &a, &b); i++) {
		MUST_EQ(fdt_get_mem_rsv(fdt, (int)i, &their_a, &their_b), 0);
		MUST(a == their_a && b == their_b);
	}
}

/* Only strings that end count; libfdt itself looks a byte behind a list that does not. */
static bool listed(const void *fdt, int node, const char *what)
{
	int len;
	const char *p = fdt_getprop(fdt, node, "compatible", &len), *end = p ? p + len : NULL;

	for (; p && p < end && memchr(p, 0, (size_t)(end - p)); p += strlen(p) + 1)
		if (!strcmp(p, what))
			return true;
	return false;
}

static void find_compatible(const void *fdt, const char *what)
{
	int found = tree_find_compatible(fdt, -1, what);

	for (int node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL)) {
		bool is = listed(fdt, node, what);

		MUST_EQ(tree_is_compatible(fdt, node, what), is);
		MUST_EQ(is, found == node);
		if (is)
			found = tree_find_compatible(fdt, node, what);
	}
	MUST_EQ(found, -1);
}

/* A path of any bytes, with zeroes in it and no end: what libfdt finds for it as a string, we find. */
static void look_up(struct fuzz *f, const void *fdt)
{
	size_t n, size = fuzz_below(f, 32);
	const uint8_t *p = fuzz_bytes(f, size, &n);
	char *path = (char *)fuzz_copy(p, n), *string = calloc(1, n + 2);
	int node = tree_path(fdt, path, n);

	string[0] = '/';
	memcpy(string + 1, path, n);
	MUST_EQ(node, none(fdt_path_offset(fdt, string)));
	free(path);
	free(string);
}

/* What libfdt takes, and we do not. */
static bool is_stricter(const void *fdt, const char *why)
{
	static const char *const reasons[] = { "a version that is not understood",
					       "an unknown token",   /* NOP before the root or behind its end */
					       "ends in the middle", /* at once: no root */
					       "nodes in nodes in nodes",
					       "a property is not at the beginning of a node",
					       "its last name does not end",
					       "its list of reserved memory does not end" };

	for (unsigned int i = 0; i < ARRAY_SIZE(reasons); i++)
		if (!strcmp(why, reasons[i]))
			return true;
	return (fdt_off_dt_struct(fdt) | fdt_size_dt_struct(fdt)) & 3;
}

static uint8_t *any_tree(struct fuzz *f, size_t *n)
{
	unsigned int kind = fuzz_below(f, 4);
	const uint8_t *raw;
	uint8_t *tree;

	if (kind == 0) {
		raw = fuzz_bytes(f, BYTES_MAX, n);
		tree = aligned_alloc(8, ALIGN_UP(*n + 1, 8));
		memcpy(tree, raw, *n);
		return tree;
	}
	*n = base.size;
	if (kind == 1)
		return tree_changed(f, base.data, n, &words);
	tree = aligned_alloc(8, ALIGN_UP(*n, 8));
	memcpy(tree, base.data, *n);
	for (unsigned int i = fuzz_below(f, WORDS_MAX) + 1; i-- > 0;) {
		uint32_t v = cpu_to_fdt32((uint32_t)(kind == 2 ? fuzz_below(f, 16) : fuzz_odd(f)));

		memcpy(tree + fuzz_u16(f) % (*n / 4) * 4, &v, sizeof(v));
	}
	return tree;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = fuzz_open(data, size);
	size_t n;
	uint8_t *tree = any_tree(&f, &n);
	const char *why = tree_check(tree, n);
	int theirs = fdt_check_full(tree, n);

	if (!why) {
		MUST_EQ(theirs, 0);
		read_all(tree);
		look_up(&f, tree);
		find_compatible(tree, "virtio,mmio");
		find_compatible(tree, "a");
	} else if (!theirs) {
		if (!is_stricter(tree, why))
			fuzz_fail(__FILE__, __LINE__, "libfdt takes it; ours: %s", why);
	}
	free(tree);
	return 0;
}
