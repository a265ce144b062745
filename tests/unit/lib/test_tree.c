/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suites lib/tree and lib/tree_write: random trees, written by ours, read by ours and by libfdt alike; and trees that
 * are damaged: what the check lets pass can be read to its end inside its bytes, which ASan watches.
 */
#include "unit.h"

#include <libfdt.h>

#include "lib/string.h"
#include "lib/tree.h"
#include "lib/tree_write.h"

#define SIZE  8192
#define NODES 40

static uint64_t blob[SIZE / 8];
static int blob_size;
static uint64_t seed;

static const char *const props[] = { "reg", "compatible", "status", "a", "#address-cells", "interrupts", "re" };

static unsigned int rnd(unsigned int n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned int)(seed >> 33) % n;
}

static const char values[][25] = { "arm,pl011\0arm,primecell", "okay", "virtio,mmio", "", "x" };

/* A list of strings whole, since libfdt looks one byte behind one that is not; all else of any length. */
static void put(struct tree_writer *w, const char *name, unsigned int value)
{
	static const uint8_t whole[] = { 24, 5, 12, 1, 2 };

	tree_write_prop(w, name, values[value], strcmp(name, "compatible") ? rnd(25) : whole[value]);
}

static void write_node(struct tree_writer *w, unsigned int depth, unsigned int *left)
{
	char name[32];

	snprintf(name, sizeof(name), "%.*s@%x", (int)rnd(9) + 1, "abcdefghijkl", rnd(1000));
	tree_write_node(w, depth ? name : "");
	for (unsigned int i = rnd(ARRAY_SIZE(props) + 1); i-- > 0;)
		put(w, props[i], rnd(ARRAY_SIZE(values)));
	while (*left && depth < 6 && rnd(3)) {
		--*left;
		write_node(w, depth + 1, left);
	}
	tree_write_end(w);
}

static void make(uint64_t from)
{
	struct tree_writer w;
	unsigned int left = NODES;

	seed = from;
	tree_write_begin(&w, blob, sizeof(blob));
	write_node(&w, 0, &left);
	blob_size = tree_write_finish(&w);
	assert_true(blob_size > 0);
}

static void compare_node(int node)
{
	char path[256];

	assert_int_equal(tree_parent(blob, node),
			 fdt_parent_offset(blob, node) < 0 ? -1 : fdt_parent_offset(blob, node));
	assert_string_equal(tree_name(blob, node), fdt_get_name(blob, node, NULL));
	for (unsigned int i = 0; i < ARRAY_SIZE(props); i++) {
		int len = -7, want_len;
		const void *want = fdt_getprop(blob, node, props[i], &want_len);

		assert_ptr_equal(tree_prop(blob, node, props[i], &len), want);
		assert_int_equal(len, want ? want_len : -7);
	}
	assert_int_equal(tree_is_compatible(blob, node, "arm,primecell"),
			 fdt_node_check_compatible(blob, node, "arm,primecell") == 0);
	assert_int_equal(fdt_get_path(blob, node, path, sizeof(path)), 0);
	for (size_t size = 0; size <= strlen(path) + 2; size++) {
		char *mine = malloc(size + 1);

		assert_int_equal(tree_full_path(blob, node, mine, size), size > strlen(path));
		if (size > strlen(path))
			assert_string_equal(mine, path);
		free(mine);
	}
	assert_int_equal(tree_path(blob, path, strlen(path)), fdt_path_offset(blob, path));
	*strchrnul(path, '@') = '\0';
	assert_int_equal(tree_path(blob, path, strlen(path)),
			 fdt_path_offset(blob, path) < 0 ? -1 : fdt_path_offset(blob, path));
}

static int none(int found)
{
	return found < 0 ? -1 : found;
}

static void test_against_libfdt(void **state UNUSED)
{
	for (uint64_t i = 1; i < 100; i++) {
		int mine = 0, theirs = 0, depth = 0, their_depth = 0, child, prop, their_prop;

		make(i);
		assert_int_equal(fdt_check_full(blob, (size_t)blob_size), 0);
		assert_null(tree_check(blob, (size_t)blob_size));
		for (; mine >= 0; mine = tree_next(blob, mine, &depth)) {
			assert_int_equal(mine, theirs);
			assert_int_equal(depth, their_depth);
			compare_node(mine);
			child = fdt_first_subnode(blob, mine);
			assert_int_equal(tree_child(blob, mine), none(child));
			for (; child >= 0; child = fdt_next_subnode(blob, child))
				assert_int_equal(tree_sibling(blob, child), none(fdt_next_subnode(blob, child)));
			prop = tree_first_prop(blob, mine);
			for (their_prop = fdt_first_property_offset(blob, mine); their_prop >= 0;
			     their_prop = fdt_next_property_offset(blob, their_prop)) {
				assert_int_equal(prop, their_prop);
				prop = tree_next_prop(blob, prop);
			}
			assert_int_equal(prop, -1);
			theirs = fdt_next_node(blob, theirs, &their_depth);
		}
		assert_true(theirs < 0 || their_depth < 0);
		mine = theirs = -1;
		do {
			mine = tree_find_compatible(blob, mine, "virtio,mmio");
			theirs = fdt_node_offset_by_compatible(blob, theirs, "virtio,mmio");
			assert_int_equal(mine, none(theirs));
		} while (mine >= 0);
	}
}

/* All that can be read of a tree that has passed. */
static void read_all(const void *fdt)
{
	int depth = 0;

	for (int node = 0; node >= 0; node = tree_next(fdt, node, &depth)) {
		assert_in_range(depth, 0, 32);
		(void)tree_parent(fdt, node);
		(void)tree_child(fdt, node);
		(void)tree_sibling(fdt, node);
		(void)tree_is_compatible(fdt, node, "virtio,mmio");
		(void)tree_cell(fdt, node, "#address-cells", 2);
		for (int prop = tree_first_prop(fdt, node); prop >= 0; prop = tree_next_prop(fdt, prop)) {
			const char *name;
			int len;
			const uint8_t *value = tree_prop_at(fdt, prop, &name, &len);

			(void)strlen(name);
			for (int i = 0; i < len; i++)
				(void)*(const volatile uint8_t *)&value[i];
		}
	}
	(void)tree_path(fdt, "/a/b", 4);
	(void)tree_find_compatible(fdt, -1, "arm,pl011");
}

static void test_damaged(void **state UNUSED)
{
	unsigned int passed = 0;

	for (uint64_t i = 1; i < 20000; i++) {
		uint8_t *copy;

		if (i % 50 == 1)
			make(i);
		seed = i;
		copy = malloc((size_t)blob_size);
		memcpy(copy, blob, (size_t)blob_size);
		for (unsigned int n = rnd(4) + 1; n-- > 0;) {
			/* Mostly tokens and lengths, whose upper bytes are zero. */
			unsigned int at =
				rnd(2) ? rnd((unsigned int)blob_size) : rnd((unsigned int)blob_size / 4) * 4 + 3;

			copy[at] = (uint8_t)(rnd(3) ? rnd(16) : rnd(256));
		}
		if (!tree_check(copy, (size_t)blob_size)) {
			read_all(copy);
			passed++;
		}
		free(copy);
	}
	assert_in_range(passed, 1000, 18000);
}

static void test_cut(void **state UNUSED)
{
	make(3);
	for (size_t n = 0; n < (size_t)blob_size; n++) {
		uint8_t *copy = malloc(n + 1);

		memcpy(copy, blob, n);
		assert_non_null(tree_check(copy, n));
		/* And if its header knows about it. */
		if (n >= 8) {
			copy[4] = copy[5] = 0;
			copy[6] = (uint8_t)(n >> 8);
			copy[7] = (uint8_t)n;
			assert_non_null(tree_check(copy, n));
		}
		free(copy);
	}
	assert_non_null(tree_check((uint8_t *)blob + 1, (size_t)blob_size - 1));
}

/* One fault each: a word of the structure block, and what is said. */
static void refused(unsigned int word, uint32_t value, const char *why)
{
	uint32_t tree[] = { /* header */ 0xd00dfeed,
			    116,
			    56,
			    112,
			    40,
			    17,
			    16,
			    0,
			    4,
			    56,
			    /* reserved */ 0,
			    0,
			    0,
			    0,
			    /* 14: root */ 1,
			    0,
			    /* 16: prop */ 3,
			    4,
			    0,
			    7,
			    /* 20: node */ 1,
			    0x61000000,
			    2,
			    /* 23 */ 4,
			    2,
			    /* 25 */ 9,
			    4,
			    4,
			    /* 28: strings */ 0x61000000 };

	if (word < ARRAY_SIZE(tree))
		tree[word] = value;
	for (unsigned int i = 0; i < ARRAY_SIZE(tree); i++)
		tree[i] = __builtin_bswap32(tree[i]);
	if (why)
		assert_string_equal(tree_check(tree, sizeof(tree)), why);
	else
		assert_null(tree_check(tree, sizeof(tree)));
}

static void test_refused(void **state UNUSED)
{
	refused(99, 0, NULL);
	refused(0, 0xd00dfeee, "no device tree");
	refused(5, 16, "a version that is not understood");
	refused(6, 18, "a version that is not understood");
	refused(1, 120, "larger than it may be");
	refused(2, 57, "larger than it may be");
	refused(9, 64, "larger than it may be");
	refused(8, 5, "larger than it may be");
	refused(2, 36, "a part of it lies in its header");
	refused(3, 39, "a part of it lies in its header");
	refused(4, 32, "a part of it lies in its header");
	refused(4, 44, "its list of reserved memory does not end");
	refused(4, 104, "its list of reserved memory does not end");
	refused(28, 0x61616161, "its last name does not end");
	refused(17, 100, "a property is cut off");
	refused(17, 0xfffffffd, "a property is cut off");
	refused(18, 4, "a property's name is outside");
	refused(18, 0xfffffff0, "a property's name is outside");
	refused(15, 0x61000000, "its root has a name");
	refused(23, 3, "a property is not at the beginning of a node");
	refused(23, 5, "an unknown token");
	refused(24, 4, "ends in the middle");
	refused(23, 2, "an end too many");
	refused(25, 1, "a second root");
	refused(25, 4, "an unknown token");
	refused(14, 9, "ends in the middle");
	refused(9, 44, "does not end");
}

static void test_too_deep(void **state UNUSED)
{
	for (unsigned int depth = 31; depth < 35; depth++) {
		struct tree_writer w;
		int size;

		tree_write_begin(&w, blob, sizeof(blob));
		for (unsigned int i = 0; i < depth; i++)
			tree_write_node(&w, i ? "n" : "");
		for (unsigned int i = 0; i < depth; i++)
			tree_write_end(&w);
		size = tree_write_finish(&w);
		assert_true(size > 0);
		if (depth <= 32)
			assert_null(tree_check(blob, (size_t)size));
		else
			assert_string_equal(tree_check(blob, (size_t)size), "nodes in nodes in nodes");
	}
}

/* Whatever the room: the whole tree, or nothing beyond the room. */
static void test_writer_room(void **state UNUSED)
{
	int whole;

	make(5);
	whole = blob_size;
	for (size_t room = 0; room <= (size_t)whole; room++) {
		struct tree_writer w;
		unsigned int left = NODES;
		void *buf = malloc(room + 1);

		seed = 5;
		tree_write_begin(&w, buf, room);
		write_node(&w, 0, &left);
		assert_int_equal(tree_write_finish(&w), room == (size_t)whole ? whole : E_NOMEM);
		free(buf);
	}
}

static void test_writer_names(void **state UNUSED)
{
	static char names[TREE_NAMES_MAX + 1][8];
	struct tree_writer w;

	for (unsigned int n = TREE_NAMES_MAX; n <= TREE_NAMES_MAX + 1; n++) {
		tree_write_begin(&w, blob, sizeof(blob));
		tree_write_node(&w, "");
		for (unsigned int i = 0; i < n; i++) {
			snprintf(names[i], sizeof(names[i]), "p%u", i);
			tree_write_prop(&w, names[i], &i, sizeof(i));
		}
		tree_write_end(&w);
		assert_int_equal(tree_write_finish(&w) > 0, n == TREE_NAMES_MAX);
	}
	/* A node is open. */
	tree_write_begin(&w, blob, sizeof(blob));
	tree_write_node(&w, "");
	assert_int_equal(tree_write_finish(&w), E_NOMEM);
}

static void test_list_without_end(void **state UNUSED)
{
	for (unsigned int size = 0; size < 9; size++) {
		struct tree_writer w;

		tree_write_begin(&w, blob, sizeof(blob));
		tree_write_node(&w, "");
		tree_write_prop(&w, "compatible", "abc\0efg", size);
		tree_write_end(&w);
		assert_in_range(tree_write_finish(&w), 1, sizeof(blob));
		assert_int_equal(tree_is_compatible(blob, 0, "abc"), size >= 4);
		assert_int_equal(tree_is_compatible(blob, 0, "efg"), size >= 8);
		assert_false(tree_is_compatible(blob, 0, "ab"));
	}
}

/* Of properties of one name the first counts, whoever asks. */
static void test_compatible_twice(void **state UNUSED)
{
	struct tree_writer w;

	tree_write_begin(&w, blob, sizeof(blob));
	tree_write_node(&w, "");
	tree_write_prop(&w, "compatible", "a", 2);
	tree_write_prop(&w, "compatible", "b", 2);
	tree_write_end(&w);
	assert_in_range(tree_write_finish(&w), 1, sizeof(blob));
	assert_int_equal(tree_find_compatible(blob, -1, "a"), 0);
	assert_int_equal(tree_find_compatible(blob, -1, "b"), -1);
	assert_int_equal(fdt_node_offset_by_compatible(blob, -1, "b"), -FDT_ERR_NOTFOUND);
}

/*
 * A path out of a property may have a zero in it and go on: nothing is read behind the name that it is compared with.
 */
static void test_path_with_a_zero(void **state UNUSED)
{
	static const char path[64] = "/a/bc\0/d";
	struct tree_writer w;
	uint8_t *copy;
	int size;

	tree_write_begin(&w, blob, sizeof(blob));
	tree_write_node(&w, "");
	tree_write_node(&w, "a");
	tree_write_node(&w, "bc");
	for (unsigned int i = 0; i < 3; i++)
		tree_write_end(&w);
	size = tree_write_finish(&w);
	assert_true(size > 0);
	copy = malloc((size_t)size);
	memcpy(copy, blob, (size_t)size);
	assert_null(tree_check(copy, (size_t)size));
	for (size_t n = 5; n < sizeof(path); n++)
		assert_string_equal(tree_name(copy, tree_path(copy, path, n)), "bc");
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_libfdt),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_deep),
		cmocka_unit_test(test_writer_room),
		cmocka_unit_test(test_writer_names),
		cmocka_unit_test(test_list_without_end),
		cmocka_unit_test(test_path_with_a_zero),
		cmocka_unit_test(test_compatible_twice),
	};

	return UNIT_RUN(tests);
}
