/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite core/memory_map: holes against a bitmap of pages, and a whole machine's memory set up: what is free afterwards
 * is exactly what is RAM, in no hole, and no page record.
 */
#include "unit.h"

#include "arch/host.h"
#include "core/frame.h"
#include "core/memory_map.h"
#include "core/s1.h"

#define PAGES 512u

static uint64_t seed;

static uint64_t random_below(uint64_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (seed >> 33) % n;
}

/* --- against a model: taken[i] says that page i touches a hole --- */

static bool taken[PAGES + 1];

static void model_add(uint64_t base, uint64_t size)
{
	for (uint64_t i = base / PAGE_SIZE; size && i <= (base + size - 1) / PAGE_SIZE && i < PAGES; i++)
		taken[i] = true;
}

static void check_shape(const struct memory_map *m)
{
	for (unsigned int i = 0; i < m->count; i++) {
		assert_true(m->hole[i].size > 0);
		assert_true(IS_ALIGNED(m->hole[i].base | m->hole[i].size, PAGE_SIZE));
		/* Sorted, and what touches is one hole. */
		if (i)
			assert_true(m->hole[i - 1].base + m->hole[i - 1].size < m->hole[i].base);
	}
}

/* Walk the free pieces of [at, end): each is as long as can be, and together they are what the model says. */
static void check_free(const struct memory_map *m, uint64_t from, uint64_t end)
{
	uint64_t at = from, size, page = (from + PAGE_SIZE - 1) / PAGE_SIZE;

	while (memory_map_next_free(m, &at, end, &size)) {
		assert_true(size > 0 && IS_ALIGNED(at | size, PAGE_SIZE));
		assert_true(at >= from && at + size <= end);
		for (; page < at / PAGE_SIZE; page++)
			assert_true(taken[page]);
		for (; page < (at + size) / PAGE_SIZE; page++)
			assert_false(taken[page]);
		at += size;
	}
	for (; (page + 1) * PAGE_SIZE <= end; page++)
		assert_true(taken[page]);
}

static void test_model(void **state UNUSED)
{
	static struct memory_map m;

	for (unsigned int round = 0; round < 3000; round++) {
		unsigned int holes = (unsigned int)random_below(40);

		memset(&m, 0, sizeof(m));
		memset(taken, 0, sizeof(taken));
		for (unsigned int i = 0; i < holes; i++) {
			uint64_t base = random_below(PAGES * PAGE_SIZE);
			uint64_t size = random_below(i % 4 ? 3 * PAGE_SIZE : 40 * PAGE_SIZE);

			if (i % 3 == 0) {
				base = ALIGN_DOWN(base, PAGE_SIZE);
				size = ALIGN_DOWN(size, PAGE_SIZE);
			}
			assert_int_equal(memory_map_add(&m, (struct hw_range){ base, size }), OK);
			model_add(base, size);
			check_shape(&m);
		}
		check_free(&m, 0, PAGES * PAGE_SIZE);
		check_free(&m, random_below(PAGES * PAGE_SIZE), random_below(PAGES * PAGE_SIZE));
	}
}

static void test_full(void **state UNUSED)
{
	static struct memory_map m, before;
	struct hw_range all = { 0, 4 * MEMORY_MAP_HOLES_MAX * PAGE_SIZE };

	memset(&m, 0, sizeof(m));
	for (uint64_t i = 0; i < MEMORY_MAP_HOLES_MAX; i++)
		assert_int_equal(memory_map_add(&m, (struct hw_range){ i * 2 * PAGE_SIZE, 1 }), OK);
	before = m;
	assert_int_equal(memory_map_add(&m, (struct hw_range){ BIT(40), 1 }), E_NOMEM);
	assert_memory_equal(&m, &before, sizeof(m));
	/* One that joins others needs no room. */
	assert_int_equal(memory_map_add(&m, (struct hw_range){ 1, 10 }), OK);
	assert_int_equal(m.count, MEMORY_MAP_HOLES_MAX);
	assert_int_equal(memory_map_add(&m, (struct hw_range){ PAGE_SIZE, PAGE_SIZE }), OK);
	assert_int_equal(m.count, MEMORY_MAP_HOLES_MAX - 1);
	assert_int_equal(memory_map_add(&m, all), OK);
	assert_int_equal(m.count, 1);
}

/* Numbers from a device tree that is wrong: a hole up to the end of the address space is one. */
static void test_edges(void **state UNUSED)
{
	static const struct hw_range whole[] = { { 0, UINT64_MAX },
						 { PAGE_SIZE, UINT64_MAX - PAGE_SIZE },
						 { PAGE_SIZE, UINT64_MAX },
						 { 1, UINT64_MAX - 1 } };
	static struct memory_map m;
	uint64_t at, size;

	for (unsigned int i = 0; i < ARRAY_SIZE(whole); i++) {
		memset(&m, 0, sizeof(m));
		assert_int_equal(memory_map_add(&m, whole[i]), OK);
		at = PAGE_SIZE;
		assert_false(memory_map_next_free(&m, &at, BIT(52), &size));
		assert_int_equal(memory_map_add(&m, (struct hw_range){ GIB, GIB }), OK);
		assert_int_equal(m.count, 1);
	}
	memset(&m, 0, sizeof(m));
	assert_int_equal(memory_map_add(&m, (struct hw_range){ UINT64_MAX - 5, 5 }), OK);
	assert_int_equal(memory_map_add(&m, (struct hw_range){ UINT64_MAX, 1 }), OK);
	assert_int_equal(m.count, 0); /* no RAM is there */
	at = UINT64_MAX - 7;
	assert_false(memory_map_next_free(&m, &at, UINT64_MAX, &size));
	at = 7;
	assert_false(memory_map_next_free(&m, &at, PAGE_SIZE, &size));
	at = 7;
	assert_true(memory_map_next_free(&m, &at, 2 * PAGE_SIZE + 9, &size));
	assert_int_equal(at, PAGE_SIZE);
	assert_int_equal(size, PAGE_SIZE);
}

/* --- the whole machine --- */

#define BASE  UINT64_C(0x80000000)
#define SPAN  (64 * MIB)
#define SPAGE (SPAN / PAGE_SIZE)

static bool inside(const struct hw_range *r, unsigned int n, uint64_t page)
{
	for (unsigned int i = 0; i < n; i++)
		if (r[i].size && page + PAGE_SIZE > r[i].base && page < r[i].base + r[i].size)
			return true;
	return false;
}

static bool whole_inside(const struct hw_range *r, unsigned int n, uint64_t page)
{
	for (unsigned int i = 0; i < n; i++)
		if (page >= r[i].base && page + PAGE_SIZE <= r[i].base + r[i].size)
			return true;
	return false;
}

static struct hw_range piece(uint64_t most)
{
	return (struct hw_range){ BASE + random_below(SPAN), random_below(most) };
}

static void check_machine(const struct hw *h, const struct hw_range *own, unsigned int nr_own)
{
	uint64_t records = 0, free = 0, reserved = 0;

	for (unsigned int b = 0; b < h->nr_banks; b++)
		records += frame_records_size(h->bank[b].size) / PAGE_SIZE;
	for (uint64_t i = 0; i < SPAGE; i++) {
		uint64_t page = BASE + i * PAGE_SIZE;
		bool ram = whole_inside(h->bank, h->nr_banks, page);
		bool hole = inside(h->reserved, h->nr_reserved, page) || inside(own, nr_own, page);
		struct frame_info f;

		assert_int_equal(frame_is_ram(PA(page), PAGE_SIZE), ram);
		if (!ram)
			continue;
		assert_int_equal(frame_get(PA(page), &f), OK);
		if (f.state == FRAME_FREE) {
			assert_false(hole);
			free++;
		} else {
			assert_int_equal(f.state, FRAME_RESERVED);
			reserved += !hole;
		}
	}
	/* What is neither free nor a hole are the records, which lie in RAM and in no hole. */
	assert_int_equal(reserved, records);
	assert_int_equal(free, frame_count_free());
}

static void test_init(void **state UNUSED)
{
	for (unsigned int round = 0; round < 300; round++) {
		struct hw h = { .nr_banks = 1 + (unsigned int)random_below(4),
				.nr_reserved = (unsigned int)random_below(8) };
		struct hw_range own[4];

		host_reset();
		host_ram_init(PA(BASE), SPAN);
		frame_reset();
		/* Banks of a sixteenth to a quarter of the span, apart from each other. */
		for (unsigned int b = 0; b < h.nr_banks; b++)
			h.bank[b] = (struct hw_range){ BASE + b * (SPAN / 4) + random_below(2) * 12345,
						       4 * MIB + random_below(11 * MIB) };
		for (unsigned int i = 0; i < h.nr_reserved; i++)
			h.reserved[i] = piece(3 * MIB);
		for (unsigned int i = 0; i < 4; i++)
			own[i] = piece(i % 2 ? 20 : MIB);
		if (memory_map_init(&h, own, 4) == OK)
			check_machine(&h, own, 4);
		else
			assert_true(h.nr_reserved); /* may leave no place for the records */
	}
}

static void test_init_refuses(void **state UNUSED)
{
	struct hw h = { .nr_banks = 1, .bank = { { BASE, SPAN } } };
	struct hw_range own = { BASE, SPAN }, much[HW_RESERVED_MAX + 1 + MEMORY_MAP_HOLES_MAX];

	host_reset();
	host_ram_init(PA(BASE), SPAN);
	frame_reset();
	assert_int_equal(memory_map_init(&h, &own, 1), E_NOMEM); /* nothing is left */
	for (unsigned int i = 0; i < ARRAY_SIZE(much); i++)
		much[i] = (struct hw_range){ BASE + i * 2 * PAGE_SIZE, 1 };
	assert_int_equal(memory_map_init(&h, much, ARRAY_SIZE(much)), E_NOMEM);
	assert_int_equal(frame_count_total(), 0);
	/* Two banks that overlap. */
	h.bank[h.nr_banks++] = (struct hw_range){ BASE + MIB, MIB };
	assert_int_equal(memory_map_init(&h, NULL, 0), E_EXIST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model), cmocka_unit_test(test_full),	   cmocka_unit_test(test_edges),
		cmocka_unit_test(test_init),  cmocka_unit_test(test_init_refuses),
	};

	return UNIT_RUN(tests);
}
