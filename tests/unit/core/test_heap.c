/* SPDX-License-Identifier: BSD-3-Clause */
/* core/heap: size classes, zeroing, double frees, nothing lost. */
#include "unit.h"

#include "arch/host.h"
#include "core/frame.h"
#include "core/heap.h"
#include "core/s1.h"

#define BASE UINT64_C(0x80000000)
#define SIZE (16 * MIB)

static uint8_t records[SIZE / 256] ALIGNED(4096);
static uint64_t all;

static int setup(void **state)
{
	(void)state;
	host_reset();
	host_ram_init(PA(BASE), SIZE);
	frame_reset();
	heap_reset();
	assert_int_equal(frame_add_bank(PA(BASE), SIZE, records), OK);
	assert_int_equal(frame_release(PA(BASE), SIZE), OK);
	all = frame_count_free();
	/* What the firmware left: heap_alloc must not show it. */
	memset(pa_to_ptr(PA(BASE)), 0xa5, SIZE);
	return 0;
}

static void assert_zero(const char *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		assert_int_equal(p[i], 0);
}

static void test_sizes(void **state)
{
	(void)state;
	for (size_t size = 1; size < 20000; size += size < 2100 ? 1 : 777) {
		char *p = heap_alloc(size), *q = heap_alloc(size);

		assert_non_null(p);
		assert_non_null(q);
		assert_true(IS_ALIGNED((uintptr_t)p, 16));
		if (size > HEAP_SMALL_MAX)
			assert_true(IS_ALIGNED((uintptr_t)p, PAGE_SIZE));
		assert_true(p + size <= q || q + size <= p);
		assert_zero(p, size);
		assert_true(heap_in_use() >= 2 * size);
		memset(p, 0x5a, size);
		memset(q, 0x5b, size);
		assert_int_equal(p[0], 0x5a);
		assert_int_equal(p[size - 1], 0x5a);
		heap_free(p);
		heap_free(q);
		assert_int_equal(heap_in_use(), 0);
	}
	assert_int_equal(frame_count_free(), all);
	assert_null(heap_alloc(0));
	assert_null(heap_alloc(SIZE + 1));
	assert_null(heap_alloc(SIZE_MAX));
	heap_free(NULL);
}

static void test_exhaustion(void **state)
{
	void **last = NULL, **p;
	unsigned int n = 0;

	(void)state;
	while ((p = heap_alloc(100)) != NULL) {
		*p = last;
		last = p;
		n++;
	}
	assert_int_equal(frame_count_free(), 0);
	assert_int_equal(n, all * ((PAGE_SIZE - 64) / 128));
	while (last) {
		p = *last;
		heap_free(last);
		last = p;
	}
	assert_int_equal(frame_count_free(), all);
	assert_int_equal(heap_in_use(), 0);
}

/* What is freed in a full slab is handed out again, before a new slab is begun. */
static void test_full_slab_is_used_again(void **state)
{
	void *p[4032 / 128], *q;
	uint64_t free;

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
		p[i] = heap_alloc(128);
	free = frame_count_free();
	heap_free(p[7]);
	q = heap_alloc(128);
	assert_ptr_equal(q, p[7]);
	assert_int_equal(frame_count_free(), free);
	q = heap_alloc(128);
	assert_int_equal(frame_count_free(), free - 1);
	heap_free(q);
	for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
		heap_free(p[i]);
	assert_int_equal(frame_count_free(), all);
}

static void test_our_mistakes_are_caught(void **state)
{
	char *p, *q;
	pa_t pa;

	(void)state;
	p = heap_alloc(40);
	q = heap_alloc(40);
	assert_non_null(q);
	heap_free(p);
	assert_true(HOST_PANICS(heap_free(p)));

	setup(NULL);
	p = heap_alloc(40);
	heap_free(p); /* its slab is gone, too */
	assert_true(HOST_PANICS(heap_free(p)));

	setup(NULL);
	p = heap_alloc(40);
	assert_true(HOST_PANICS(heap_free(p + 16)));

	setup(NULL);
	p = heap_alloc(5000);
	assert_true(HOST_PANICS(heap_free(p + 16)));

	setup(NULL);
	p = heap_alloc(5000);
	assert_true(HOST_PANICS(heap_free(p + PAGE_SIZE)));

	setup(NULL);
	p = heap_alloc(5000);
	heap_free(p);
	assert_true(HOST_PANICS(heap_free(p)));

	setup(NULL);
	pa = frame_alloc(0, 3); /* a partition's page */
	assert_true(HOST_PANICS(heap_free(pa_to_ptr(pa))));
}

static void test_random(void **state)
{
	enum { LIVE = 300 };
	struct {
		uint8_t *p, fill;
		size_t size;
	} live[LIVE];
	unsigned int n = 0;

	(void)state;
	srandom(3);
	for (unsigned int step = 0; step < 20000; step++) {
		if (n == LIVE || (n && random() % 2)) {
			unsigned int i = (unsigned int)random() % n;

			for (size_t k = 0; k < live[i].size; k++)
				assert_int_equal(live[i].p[k], live[i].fill);
			heap_free(live[i].p);
			live[i] = live[--n];
		} else {
			size_t size = 1 + (size_t)random() % (random() % 8 ? 300 : 9000);
			uint8_t *p = heap_alloc(size);

			assert_non_null(p);
			assert_zero((char *)p, size);
			live[n].fill = (uint8_t)(1 + random() % 255);
			memset(p, live[n].fill, size);
			live[n].p = p;
			live[n++].size = size;
		}
	}
	while (n--)
		heap_free(live[n].p);
	assert_int_equal(heap_in_use(), 0);
	assert_int_equal(frame_count_free(), all);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sizes),
		TEST(test_exhaustion),
		TEST(test_full_slab_is_used_again),
		TEST(test_our_mistakes_are_caught),
		TEST(test_random),
	};

	return UNIT_RUN(tests);
}
