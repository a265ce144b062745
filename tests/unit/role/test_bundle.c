/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/bundle: whole bundles, bundles cut at every byte, bundles with any byte changed. Each lies in a heap block
 * of exactly its size.
 */
#include "machine_log.h"
#include "machine_make.h"

#include "core/heap.h"
#include "role/hyp/bundle.h"

static unsigned int heap_blocks;
static bool heap_empty;

void *heap_alloc(size_t size)
{
	if (heap_empty)
		return NULL;
	heap_blocks++;
	return calloc(1, size);
}

void heap_free(void *p)
{
	heap_blocks--;
	free(p);
}

static const char tree[] = "not looked at by the bundle reader";
static const char kernel[] = "the kernel";

static struct blob make(size_t align)
{
	struct blob b = { NULL, 0 };

	machine_cpio_add(&b, "machine.dtb", tree, sizeof(tree), align);
	machine_cpio_add(&b, "Image", kernel, sizeof(kernel), align);
	machine_cpio_add(&b, "empty", NULL, 0, align);
	machine_cpio_end(&b);
	return b;
}

static void release(struct bundle *b)
{
	const uint8_t *m = b->machine;

	if (m && (m < b->base || m >= b->base + b->size))
		heap_free((void *)m);
}

static void test_whole(void **state)
{
	struct blob a = make(4096);
	struct bundle_file f;
	struct bundle b;

	(void)state;
	log_forget();
	assert_int_equal(bundle_open(&b, a.data, a.size), OK);
	assert_int_equal(b.machine_size, sizeof(tree));
	assert_memory_equal(b.machine, tree, sizeof(tree));
	assert_int_equal(bundle_find(&b, "Image", &f), OK);
	assert_int_equal(f.size, sizeof(kernel));
	assert_memory_equal(f.data, kernel, sizeof(kernel));
	assert_int_equal(bundle_find(&b, "./Image", &f), OK);
	assert_int_equal(bundle_find(&b, "empty", &f), OK);
	assert_int_equal(f.size, 0);
	assert_int_equal(bundle_find(&b, "Imag", &f), E_NOENT);
	assert_int_equal(bundle_find(&b, "", &f), E_NOENT);
	assert_int_equal(bundle_find(&b, "TRAILER!!!", &f), E_NOENT);
	assert_int_equal(log_lines, 0);
	assert_int_equal(heap_blocks, 0); /* read in place */
	machine_blob_free(&a);
}

/* The cpio program aligns to 4 only: the tree is then copied. */
static void test_misaligned(void **state)
{
	struct blob a = { NULL, 0 };
	struct bundle b;

	(void)state;
	machine_cpio_add(&a, "machine.dtb", tree, sizeof(tree), 4);
	machine_cpio_end(&a);
	assert_int_equal(a.data[124], tree[0]); /* 124 is no multiple of 8 */
	log_forget();
	assert_int_equal(bundle_open(&b, a.data, a.size), OK);
	assert_int_equal((uintptr_t)b.machine % 8, 0);
	assert_memory_equal(b.machine, tree, sizeof(tree));
	assert_int_equal(heap_blocks, 1);
	release(&b);

	heap_empty = true;
	assert_int_equal(bundle_open(&b, a.data, a.size), E_NOMEM);
	heap_empty = false;
	assert_int_equal(log_lines, 1);
	assert_non_null(strstr(log_text[0], "bundle: machine.dtb: no memory"));
	machine_blob_free(&a);
}

static void test_no_machine(void **state)
{
	struct blob a = { NULL, 0 };
	struct bundle b;

	(void)state;
	machine_cpio_add(&a, "Image", kernel, sizeof(kernel), 4);
	machine_cpio_end(&a);
	log_forget();
	assert_int_equal(bundle_open(&b, a.data, a.size), E_NOENT);
	assert_logged("bundle: machine.dtb: not in the archive of 252 bytes");
	log_forget();
	assert_int_equal(bundle_open(&b,
				     "no archive, but long enough for a header. It goes on and on, and then "
				     "there is yet more of it, to the end of it.",
				     112),
			 E_FORMAT);
	assert_int_equal(log_lines, 1);
	log_forget();
	assert_int_equal(bundle_open(&b, a.data, 0), E_NOENT);
	assert_int_equal(log_lines, 1);
	machine_blob_free(&a);
}

/* Cut at n: files that are whole are found, the others are missing or "cut"; one line when machine.dtb isn't there. */
static void test_cut(void **state)
{
	struct blob a = make(8);
	struct bundle_file f;
	struct bundle b;
	size_t tree_end, kernel_end;

	(void)state;
	assert_int_equal(bundle_open(&b, a.data, a.size), OK);
	tree_end = (size_t)((const uint8_t *)b.machine - a.data) + sizeof(tree);
	assert_int_equal(bundle_find(&b, "Image", &f), OK);
	kernel_end = (size_t)(f.data - a.data) + sizeof(kernel);
	for (size_t n = 0; n < a.size; n++) {
		struct blob cut = machine_blob(a.data, n);
		int r;

		log_forget();
		r = bundle_open(&b, cut.data, cut.size);
		assert_int_equal(r == OK, n >= tree_end);
		assert_int_equal(log_lines, n >= tree_end ? 0 : 1);
		if (r == OK) {
			assert_memory_equal(b.machine, tree, sizeof(tree));
			r = bundle_find(&b, "Image", &f);
			assert_int_equal(r == OK, n >= kernel_end);
			release(&b);
		}
		machine_blob_free(&cut);
	}
	machine_blob_free(&a);
}

static void test_any_byte(void **state)
{
	static const uint8_t values[] = { 0x00, 0xff, '0', 'F', 'z' };
	struct blob a = make(8);
	struct bundle_file f;
	struct bundle b;

	(void)state;
	for (size_t n = 0; n < a.size; n++) {
		for (size_t i = 0; i < sizeof(values); i++) {
			uint8_t was = a.data[n];
			int r;

			a.data[n] = values[i];
			log_forget();
			r = bundle_open(&b, a.data, a.size);
			assert_int_equal(log_lines, r == OK ? 0 : 1);
			if (r == OK) {
				assert_true(b.machine_size <= a.size);
				if (bundle_find(&b, "Image", &f) == OK)
					assert_true(f.data >= a.data && f.data + f.size <= a.data + a.size);
				release(&b);
			}
			a.data[n] = was;
		}
	}
	assert_int_equal(heap_blocks, 0);
	machine_blob_free(&a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_misaligned), cmocka_unit_test(test_no_machine),
		cmocka_unit_test(test_cut),   cmocka_unit_test(test_any_byte),
	};

	return UNIT_RUN(tests);
}
