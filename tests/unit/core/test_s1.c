/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * core/s1: the direct map without the image, W^X, the window, tables at boot from the pool and later from frames; and
 * each core's slot.
 */
#include "unit.h"

#include "arch/host.h"
#include "core/frame.h"
#include "core/percpu.h"
#include "core/pgtable.h"
#include "core/s1.h"

#define BASE	   UINT64_C(0x40000000)
#define SIZE	   (64 * MIB)
#define IMAGE	   (BASE + 0x80000)
#define IMAGE_SIZE (3 * MIB + 0x5000)
#define ROOT	   (BASE + SIZE - PAGE_SIZE)

#define DEVICE_PA UINT64_C(0x9000000)

static uint8_t records[SIZE / 256] ALIGNED(4096);

static int setup(void **state)
{
	(void)state;
	host_reset();
	host_ram_init(PA(BASE), SIZE);
	frame_reset();
	s1_adopt(PA(ROOT), PA(IMAGE), IMAGE_SIZE);
	return 0;
}

static void frames_up(void)
{
	assert_int_equal(frame_add_bank(PA(BASE), SIZE, records), OK);
	assert_int_equal(frame_release(PA(BASE + 32 * MIB), 16 * MIB), OK);
}

/* A walk of our own: the descriptor that maps va, or 0. Tables of the pool are at their own (host) address. */
static uint64_t walk(uint64_t va, unsigned int *level)
{
	uint64_t desc = ROOT | 3;

	for (*level = 0;; ++*level) {
		uint64_t a = desc & PGTABLE_ADDR;
		uint64_t *t = a - BASE < SIZE ? pa_to_ptr(PA(a)) : (uint64_t *)(uintptr_t)a;

		desc = t[(va >> (39 - 9 * *level)) & 511];
		if (!(desc & 1))
			return 0;
		if (*level == 3 || !(desc & 2))
			return desc;
	}
}

static bool mapped(uint64_t va, uint64_t *pa)
{
	unsigned int level;
	uint64_t desc = walk(va, &level);

	*pa = (desc & PGTABLE_ADDR) | (va & (pgtable_size(level) - 1));
	return desc != 0;
}

static void test_direct_map_spares_the_image(void **state)
{
	uint64_t pa;

	(void)state;
	assert_int_equal(s1_map_ram(PA(BASE), SIZE), OK);
	for (uint64_t a = BASE; a < BASE + SIZE; a += PAGE_SIZE) {
		bool image = a >= IMAGE && a < IMAGE + IMAGE_SIZE;

		assert_int_equal(mapped(S1_DIRECT + a, &pa), !image);
		if (!image)
			assert_int_equal(pa, a);
	}
	assert_false(mapped(S1_DIRECT + BASE - 1, &pa));
	assert_false(mapped(S1_DIRECT + BASE + SIZE, &pa));
	assert_int_equal(s1_map_ram(PA(BASE), SIZE), E_EXIST);
}

static void test_map_ram_shapes(void **state)
{
	unsigned int level;
	uint64_t pa;

	(void)state;
	/* Large and far: blocks of 1 GiB. Part of a page at either end: left out. */
	assert_int_equal(s1_map_ram(PA(8 * GIB), 16 * GIB), OK);
	assert_int_not_equal(walk(S1_DIRECT + 9 * GIB, &level), 0);
	assert_int_equal(level, 1);
	assert_int_equal(s1_map_ram(PA(0x1001), 0x3000), OK);
	assert_false(mapped(S1_DIRECT + 0x1001, &pa));
	assert_true(mapped(S1_DIRECT + 0x2000, &pa));
	assert_true(mapped(S1_DIRECT + 0x3000, &pa));
	assert_false(mapped(S1_DIRECT + 0x4000, &pa));
	/* Nothing whole, all of the image, the front and the back of it. */
	assert_int_equal(s1_map_ram(PA(0x10001), 0x1000), OK);
	assert_int_equal(s1_map_ram(PA(IMAGE), IMAGE_SIZE), OK);
	assert_int_equal(s1_map_ram(PA(IMAGE - PAGE_SIZE), 2 * PAGE_SIZE), OK);
	assert_int_equal(s1_map_ram(PA(IMAGE + IMAGE_SIZE - PAGE_SIZE), 2 * PAGE_SIZE), OK);
	assert_true(mapped(S1_DIRECT + IMAGE - PAGE_SIZE, &pa));
	assert_false(mapped(S1_DIRECT + IMAGE, &pa));
	assert_false(mapped(S1_DIRECT + IMAGE + IMAGE_SIZE - PAGE_SIZE, &pa));
	assert_true(mapped(S1_DIRECT + IMAGE + IMAGE_SIZE, &pa));
	/* Beyond the direct map. */
	assert_int_equal(s1_map_ram(PA(S1_DIRECT_SIZE), PAGE_SIZE), E_RANGE);
	assert_int_equal(s1_map_ram(PA(S1_DIRECT_SIZE - PAGE_SIZE), 2 * PAGE_SIZE), E_RANGE);
	assert_int_equal(s1_map_ram(PA(UINT64_MAX - 4095), 8192), E_RANGE);
}

/* ARM DDI 0487 D8.3.2: XN 54, AF 10, SH 9:8, AP[2] 7, AP[1] 6 (RES1 at EL2), NS 5, AttrIndx 4:2. Never both W and X. */
static void test_descriptors(void **state)
{
	static const struct {
		enum s1_attr attr;
		uint64_t bits;
	} row[] = {
		{ S1_RO, BIT(54) | 0x7c7 },	{ S1_RW, BIT(54) | 0x747 },    { S1_RX, 0x7c7 },
		{ S1_DEVICE, BIT(54) | 0x443 }, { S1_NS_RO, BIT(54) | 0x7e7 }, { S1_NS_RW, BIT(54) | 0x767 },
	};
	unsigned int level;

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
		uint64_t va = S1_WINDOW + i * PAGE_SIZE, desc;

		assert_int_equal(s1_map(VA(va), PA(DEVICE_PA), PAGE_SIZE, row[i].attr), OK);
		desc = walk(va, &level);
		assert_int_equal(level, 3);
		assert_int_equal(desc, row[i].bits | DEVICE_PA);
		assert_true((desc & BIT(54)) || (desc & BIT(7)));
	}
	assert_int_equal(s1_map_ram(PA(BASE), SIZE), OK);
	assert_true(walk(S1_DIRECT + BASE, &level) & BIT(54));
}

static void test_map_and_unmap(void **state)
{
	uint64_t pa, va = S1_WINDOW + GIB;

	(void)state;
	assert_int_equal(s1_map(VA(va), PA(DEVICE_PA), 3 * PAGE_SIZE, S1_DEVICE), OK);
	assert_int_equal(s1_map(VA(va + 2 * PAGE_SIZE), PA(0), PAGE_SIZE, S1_RW), E_EXIST);
	assert_int_equal(s1_map(VA(va + 1), PA(0), PAGE_SIZE, S1_RW), E_INVAL);
	assert_int_equal(s1_map(VA(BIT(48)), PA(0), PAGE_SIZE, S1_RW), E_RANGE);
	host_log_start();
	assert_int_equal(s1_unmap(VA(va + PAGE_SIZE), PAGE_SIZE), OK);
	host_log_stop();
	assert_int_equal(host_log_at(host_log_find(HOST_S1_FLUSH, 0))->a, va + PAGE_SIZE);
	assert_true(mapped(va, &pa));
	assert_false(mapped(va + PAGE_SIZE, &pa));
	assert_true(mapped(va + 2 * PAGE_SIZE, &pa));
	assert_int_equal(s1_unmap(VA(va), 3 * PAGE_SIZE), OK);
	assert_false(mapped(va, &pa));
}

static void test_window(void **state)
{
	char *p, *q, *big;
	uint64_t pa;
	unsigned int level;

	(void)state;
	p = s1_map_window(PA(DEVICE_PA + 0x123), 0x10, S1_DEVICE);
	q = s1_map_window(PA(DEVICE_PA + PAGE_SIZE - 1), 2, S1_DEVICE);
	assert_true((uint64_t)(uintptr_t)p >= S1_WINDOW);
	assert_true(mapped((uintptr_t)p, &pa));
	assert_int_equal(pa, DEVICE_PA + 0x123);
	assert_true(mapped((uintptr_t)q, &pa));
	assert_int_equal(pa, DEVICE_PA + PAGE_SIZE - 1);
	assert_true(mapped((uintptr_t)q + 1, &pa));
	assert_int_equal(pa, DEVICE_PA + PAGE_SIZE);
	/* A guard page between them. */
	assert_false(mapped((uintptr_t)p + PAGE_SIZE, &pa));
	big = s1_map_window(PA(4 * GIB + 3 * PAGE_SIZE), 8 * MIB, S1_RO);
	assert_true(mapped((uintptr_t)big, &pa));
	assert_int_equal(pa, 4 * GIB + 3 * PAGE_SIZE);
	assert_int_not_equal(walk((uintptr_t)big + 2 * MIB, &level), 0);
	assert_int_equal(level, 2);

	assert_null(s1_map_window(PA(0), 0, S1_RO));
	assert_null(s1_map_window(PA(UINT64_MAX), 2, S1_RO));
	assert_null(s1_map_window(PA(5), UINT64_MAX, S1_RO));
	assert_null(s1_map_window(PA(0), UINT64_MAX - 100, S1_RO));
	assert_null(s1_map_window(PA(0), 64 * 1024 * GIB, S1_RO));
	assert_null(s1_map_window(PA(BIT(48)), PAGE_SIZE, S1_RO));
	/* None of these cost anything. */
	assert_int_equal((uintptr_t)s1_map_window(PA(0), 1, S1_RO) >> 40, S1_WINDOW >> 40);
}

static void test_tables_from_pool_then_frames(void **state)
{
	uint64_t free, pa;
	unsigned int n = 0;

	(void)state;
	/* Without frames the pool runs out, cleanly: each of these takes two tables (the first three). */
	while (s1_map(VA(S1_WINDOW + n * GIB), PA(DEVICE_PA), PAGE_SIZE, S1_DEVICE) == OK)
		n++;
	assert_int_equal(n, 31);
	assert_false(mapped(S1_WINDOW + n * GIB, &pa));
	/* Given back, they can be used again. */
	assert_int_equal(s1_unmap(VA(S1_WINDOW), PAGE_SIZE), OK);
	assert_int_equal(s1_map(VA(S1_WINDOW + n * GIB), PA(DEVICE_PA), PAGE_SIZE, S1_DEVICE), OK);
	/* Pages of RAM hold anything. */
	memset(pa_to_ptr(PA(BASE + 32 * MIB)), 0xff, 16 * MIB);
	frames_up();
	free = frame_count_free();
	assert_int_equal(s1_map(VA(S1_WINDOW), PA(DEVICE_PA), PAGE_SIZE, S1_DEVICE), OK);
	assert_int_equal(frame_count_free(), free - 2);
	assert_true(mapped(S1_WINDOW, &pa));
	assert_false(mapped(S1_WINDOW + PAGE_SIZE, &pa));
	assert_false(mapped(S1_WINDOW + 2 * MIB, &pa));
	assert_int_equal(s1_unmap(VA(S1_WINDOW), 64 * GIB), OK);
	assert_int_equal(frame_count_free(), free);
}

/* A core's page: gone from every TLB before it maps something else, without memory for tables, beside other cores'. */
static void test_slots(void **state)
{
	static struct percpu cpu[2] = { { .index = 0 }, { .index = CONFIG_MAX_CPUS - 1 } };
	uint64_t free, pa;
	char *p, *q;

	(void)state;
	frames_up();
	arch_this_cpu_set(&cpu[0]);
	assert_int_equal(s1_slots_init(), OK);
	assert_int_equal(s1_slots_init(), E_EXIST);
	free = frame_count_free();
	for (unsigned int i = 0; i < 3; i++) {
		host_log_start();
		p = s1_slot_map(PA(BASE + i * PAGE_SIZE), S1_NS_RW);
		assert_non_null(p);
		assert_true((uintptr_t)p >= S1_SLOTS && S1_SLOTS >= S1_WINDOW_END);
		assert_true(mapped((uintptr_t)p, &pa) && pa == BASE + i * PAGE_SIZE);
		s1_slot_unmap();
		host_log_stop();
		assert_false(mapped((uintptr_t)p, &pa));
		assert_int_equal(host_log_at(host_log_count() - 1)->kind, HOST_S1_FLUSH);
		assert_int_equal(host_log_at(host_log_count() - 1)->a, (uintptr_t)p);
	}
	p = s1_slot_map(PA(BASE), S1_NS_RO);
	assert_null(s1_slot_map(PA(BASE), S1_NS_RO)); /* it has one only */
	arch_this_cpu_set(&cpu[1]);
	q = s1_slot_map(PA(BASE + PAGE_SIZE), S1_NS_RO);
	assert_true(q && p != q && mapped((uintptr_t)q, &pa) && pa == BASE + PAGE_SIZE);
	s1_slot_unmap();
	assert_true(mapped((uintptr_t)p, &pa) && pa == BASE);
	arch_this_cpu_set(&cpu[0]);
	s1_slot_unmap();
	assert_null(s1_slot_map(PA(BIT(48)), S1_NS_RO));
	assert_null(s1_slot_map(PA(BASE + 1), S1_NS_RO));
	assert_int_equal(frame_count_free(), free);
	arch_this_cpu_set(NULL);
}

static void test_is_direct(void **state)
{
	(void)state;
	frames_up();
	assert_true(s1_is_direct(PA(BASE), 4));
	assert_true(s1_is_direct(PA(IMAGE - 4), 4));
	assert_false(s1_is_direct(PA(IMAGE - 4), 5));
	assert_false(s1_is_direct(PA(IMAGE + 8), 4));
	assert_true(s1_is_direct(PA(IMAGE + IMAGE_SIZE), 4));
	assert_false(s1_is_direct(PA(BASE + SIZE - 2), 4));
	assert_false(s1_is_direct(PA(DEVICE_PA), 4));
	assert_false(s1_is_direct(PA(UINT64_MAX - 1), 4));
}

static void test_pointers(void **state)
{
	(void)state;
	assert_int_equal(ptr_to_pa(pa_to_ptr(PA(BASE + 0x1234))).a, BASE + 0x1234);
	/* The image is where it is. */
	assert_int_equal(ptr_to_pa((void *)(uintptr_t)(IMAGE + 8)).a, IMAGE + 8);
	assert_true(HOST_PANICS((void)ptr_to_pa((void *)8)));
	assert_true(HOST_PANICS((void)ptr_to_pa((void *)(uintptr_t)S1_WINDOW)));
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_direct_map_spares_the_image),
		TEST(test_map_ram_shapes),
		TEST(test_descriptors),
		TEST(test_map_and_unmap),
		TEST(test_window),
		TEST(test_tables_from_pool_then_frames),
		TEST(test_slots),
		TEST(test_is_direct),
		TEST(test_pointers),
	};

	return UNIT_RUN(tests);
}
