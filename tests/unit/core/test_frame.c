/* SPDX-License-Identifier: BSD-3-Clause */
/* core/frame: records, the buddy allocator, scrubbing, and the mistakes of ours that it must catch. */
#include "unit.h"

#include <pthread.h>

#include "arch/host.h"
#include "core/frame.h"
#include "core/s1.h"

#define BASE   UINT64_C(0x80000000)
#define SIZE   (64 * MIB)
#define PAGES  (SIZE / PAGE_SIZE)
#define RECORD (PAGES * 16)

/* RAM with its records in its last pages, as at boot. */
static int setup(void **state)
{
	(void)state;
	host_reset();
	host_ram_init(PA(BASE), SIZE);
	frame_reset();
	assert_int_equal(frame_records_size(SIZE), RECORD);
	assert_int_equal(frame_add_bank(PA(BASE), SIZE, pa_to_ptr(PA(BASE + SIZE - RECORD))), OK);
	return 0;
}

static uint64_t release_all(void)
{
	assert_int_equal(frame_release(PA(BASE), SIZE - RECORD), OK);
	return PAGES - RECORD / PAGE_SIZE;
}

static void test_reserved_until_released(void **state)
{
	struct frame_info f;

	(void)state;
	assert_int_equal(frame_count_total(), PAGES);
	assert_int_equal(frame_count_free(), 0);
	assert_true(pa_is_none(frame_alloc(0, FRAME_TRIVET)));
	assert_int_equal(frame_get(PA(BASE), &f), OK);
	assert_int_equal(f.state, FRAME_RESERVED);
	assert_int_equal(f.owner, FRAME_NOBODY);
	assert_int_equal(f.order, FRAME_NO_ORDER);
	assert_int_equal(frame_get(PA(BASE - 1), &f), E_RANGE);
	assert_int_equal(frame_get(PA(BASE + SIZE), &f), E_RANGE);
	assert_int_equal(frame_get(PA_NONE, &f), E_RANGE);
}

static void test_release_is_exact(void **state)
{
	struct frame_info f;
	uint64_t free;

	(void)state;
	/* Only the whole pages inside. */
	assert_int_equal(frame_release(PA(BASE + 1), 3 * PAGE_SIZE), OK);
	assert_int_equal(frame_count_free(), 2);
	assert_int_equal(frame_get(PA(BASE), &f), OK);
	assert_int_equal(f.state, FRAME_RESERVED);
	/* Nothing twice, nothing outside, nothing that wraps; and a refusal changes nothing. */
	free = frame_count_free();
	assert_int_equal(frame_release(PA(BASE), 4 * PAGE_SIZE), E_STATE);
	assert_int_equal(frame_release(PA(BASE - PAGE_SIZE), 2 * PAGE_SIZE), E_RANGE);
	assert_int_equal(frame_release(PA(BASE + SIZE - PAGE_SIZE), 2 * PAGE_SIZE), E_RANGE);
	assert_int_equal(frame_release(PA(BASE), 100), OK);
	assert_int_equal(frame_count_free(), free);
	assert_int_equal(frame_get(PA(BASE + 3 * PAGE_SIZE), &f), OK);
	assert_int_equal(f.state, FRAME_RESERVED);
}

static void test_orders_are_aligned(void **state)
{
	(void)state;
	release_all();
	for (unsigned int order = 0; order <= 13; order++) {
		pa_t pa = frame_alloc(order, 7);
		struct frame_info f;

		assert_false(pa_is_none(pa));
		assert_true(IS_ALIGNED(pa.a, PAGE_SIZE << order));
		assert_true(frame_owned_by(pa, PAGE_SIZE << order, 7));
		assert_false(frame_owned_by(pa, PAGE_SIZE << order, 8));
		assert_int_equal(frame_get(pa, &f), OK);
		assert_int_equal(f.order, order);
		assert_int_equal(f.state, FRAME_OWNED);
		frame_free(pa, order);
	}
	assert_true(pa_is_none(frame_alloc(FRAME_ORDER_MAX + 1, 7)));
	assert_true(pa_is_none(frame_alloc(14, 7)));
}

static void test_all_pages_and_back(void **state)
{
	uint64_t free = release_all(), n = 0;
	static pa_t got[PAGES];

	(void)state;
	while (!pa_is_none(got[n] = frame_alloc(0, FRAME_TRIVET)))
		n++;
	assert_int_equal(n, free);
	assert_int_equal(frame_count_free(), 0);
	/* Every other page first: nothing can merge; then the rest: all must. */
	for (uint64_t i = 0; i < n; i += 2)
		frame_free(got[i], 0);
	for (uint64_t i = 1; i < n; i += 2)
		frame_free(got[i], 0);
	assert_int_equal(frame_count_free(), free);
	got[0] = frame_alloc(13, FRAME_TRIVET); /* 32 MiB of 63: only when merged */
	assert_false(pa_is_none(got[0]));
	frame_free(got[0], 13);
}

static void test_free_scrubs(void **state)
{
	pa_t pa;
	char *p;

	(void)state;
	release_all();
	for (unsigned int owner = 1; owner < 3; owner++) {
		pa = frame_alloc(3, owner == 1 ? 1 : FRAME_TRIVET);
		p = pa_to_ptr(pa);
		memset(p, 0xa5, 8 * PAGE_SIZE);
		frame_free(pa, 3);
		for (unsigned int i = 0; i < 8 * PAGE_SIZE; i++)
			assert_int_equal(p[i], 0);
	}
}

static void test_our_mistakes_are_caught(void **state)
{
	static pa_t pa;

	(void)state;
	release_all();
	pa = frame_alloc(2, FRAME_TRIVET);
	assert_true(HOST_PANICS(frame_free(pa, 1)));
	setup(NULL);
	release_all();
	pa = frame_alloc(2, FRAME_TRIVET);
	assert_true(HOST_PANICS(frame_free(PA(pa.a + PAGE_SIZE), 0)));
	setup(NULL);
	release_all();
	pa = frame_alloc(2, FRAME_TRIVET);
	frame_free(pa, 2);
	assert_true(HOST_PANICS(frame_free(pa, 2)));
	setup(NULL);
	assert_true(HOST_PANICS(frame_free(PA(BASE), 0)));
	setup(NULL);
	assert_true(HOST_PANICS(frame_free(PA(0), 0)));
	setup(NULL);
	assert_true(HOST_PANICS((void)(frame_alloc(0, FRAME_NOBODY).a + 1)));
}

static void test_banks(void **state)
{
	/* A bank that begins in the middle of a block, behind a hole. */
	uint64_t second = BASE + SIZE + 4 * MIB + 3 * PAGE_SIZE;
	static uint8_t records[2 * MIB] ALIGNED(4096);
	pa_t pa;

	(void)state;
	host_ram_init(PA(BASE), SIZE + 32 * MIB);
	frame_reset();
	assert_int_equal(frame_add_bank(PA(BASE), SIZE, records), OK);
	assert_int_equal(frame_add_bank(PA(BASE + SIZE - 1), MIB, records), OK); /* whole pages only */
	assert_int_equal(frame_add_bank(PA(BASE + MIB), MIB, records), E_EXIST);
	assert_int_equal(frame_add_bank(PA(second), 100, records), E_INVAL);
	assert_int_equal(frame_add_bank(PA(UINT64_MAX - 100), MIB, records), E_INVAL);
	frame_reset();
	assert_int_equal(frame_add_bank(PA(BASE), SIZE, records), OK);
	assert_int_equal(frame_add_bank(PA(second), 8 * MIB, records + MIB), OK);
	assert_int_equal(frame_release(PA(second), 8 * MIB), OK);
	assert_int_equal(frame_count_free(), 8 * MIB / PAGE_SIZE);
	for (unsigned int order = 0; order <= 10; order++) {
		pa = frame_alloc(order, 3);
		assert_false(pa_is_none(pa));
		assert_true(IS_ALIGNED(pa.a, PAGE_SIZE << order));
		assert_true(pa.a >= second && pa.a + (PAGE_SIZE << order) <= second + 8 * MIB);
		frame_free(pa, order);
	}
	assert_true(frame_is_ram(PA(second), 8 * MIB));
	assert_true(frame_is_ram(PA(BASE + 5), 10));
	assert_false(frame_is_ram(PA(BASE + SIZE - 5), 10));
	assert_false(frame_is_ram(PA(second - 1), 10));
	assert_false(frame_is_ram(PA(UINT64_MAX - 5), 10));
	assert_false(frame_is_ram(PA(BASE), 0));
}

static void test_too_many_banks(void **state)
{
	static uint8_t records[PAGE_SIZE] ALIGNED(4096);
	unsigned int n = 1;
	int rc;

	(void)state;
	while ((rc = frame_add_bank(PA(BASE + n * GIB), PAGE_SIZE, records)) == OK)
		n++;
	assert_int_equal(rc, E_NOMEM);
	assert_int_equal(n, 16);
}

/* Thousands of random allocations and frees against a map of who owns which page. */
static void test_random(void **state)
{
	enum { LIVE = 200 };
	struct {
		pa_t pa;
		unsigned int order;
		uint16_t owner;
	} live[LIVE];
	static uint16_t model[PAGES];
	uint64_t free = release_all(), used = 0;
	unsigned int n = 0;

	(void)state;
	memset(model, 0, sizeof(model));
	srandom(2);
	for (unsigned int step = 0; step < 20000; step++) {
		unsigned int i = n ? (unsigned int)random() % n : 0;

		if (n && (n == LIVE || random() % 2)) {
			uint64_t first = (live[i].pa.a - BASE) / PAGE_SIZE;

			for (uint64_t k = 0; k < BIT(live[i].order); k++) {
				assert_int_equal(model[first + k], live[i].owner);
				model[first + k] = 0;
			}
			assert_true(frame_owned_by(live[i].pa, PAGE_SIZE << live[i].order, live[i].owner));
			frame_free(live[i].pa, live[i].order);
			used -= BIT(live[i].order);
			live[i] = live[--n];
		} else {
			unsigned int order = (unsigned int)random() % 7;
			uint16_t owner = (uint16_t)(1 + random() % 9);
			pa_t pa = frame_alloc(order, owner);

			if (pa_is_none(pa))
				continue;
			for (uint64_t k = 0; k < BIT(order); k++) {
				assert_int_equal(model[(pa.a - BASE) / PAGE_SIZE + k], 0);
				model[(pa.a - BASE) / PAGE_SIZE + k] = owner;
			}
			used += BIT(order);
			live[n].pa = pa;
			live[n].order = order;
			live[n++].owner = owner;
		}
		assert_int_equal(frame_count_free(), free - used);
	}
	while (n--)
		frame_free(live[n].pa, live[n].order);
	assert_int_equal(frame_count_free(), free);
	assert_false(pa_is_none(frame_alloc(13, 1)));
}

/*
 * Several cores at once: no page is given to two of them. Runs under ThreadSanitizer, too (make check-tsan).
 */
static void *allocate_and_free(void *arg)
{
	uint16_t owner = (uint16_t)(uintptr_t)arg;
	unsigned int seed = owner;
	uintptr_t wrong = 0;

	for (unsigned int step = 0; step < 2000; step++) {
		unsigned int order = (unsigned int)rand_r(&seed) % 4;
		pa_t pa = frame_alloc(order, owner);
		uint64_t *p;

		if (pa_is_none(pa))
			continue;
		p = pa_to_ptr(pa);
		p[0] = owner;
		p[511] = owner;
		wrong += !frame_owned_by(pa, PAGE_SIZE << order, owner);
		wrong += p[0] != owner || p[511] != owner;
		frame_free(pa, order);
	}
	return (void *)wrong;
}

static void test_many_cores(void **state)
{
	uint64_t free;
	pthread_t t[4];

	(void)state;
	assert_int_equal(frame_release(PA(BASE), 64 * PAGE_SIZE), OK);
	free = frame_count_free();
	for (uintptr_t i = 0; i < ARRAY_SIZE(t); i++)
		assert_int_equal(pthread_create(&t[i], NULL, allocate_and_free, (void *)(i + 1)), 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
		void *wrong;

		assert_int_equal(pthread_join(t[i], &wrong), 0);
		assert_null(wrong);
	}
	assert_int_equal(frame_count_free(), free);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_reserved_until_released),
		TEST(test_release_is_exact),
		TEST(test_orders_are_aligned),
		TEST(test_all_pages_and_back),
		TEST(test_free_scrubs),
		TEST(test_our_mistakes_are_caught),
		TEST(test_banks),
		TEST(test_too_many_banks),
		TEST(test_random),
		TEST(test_many_cores),
	};

	return UNIT_RUN(tests);
}
