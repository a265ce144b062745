/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * core/guest_mem: copies across pages that are scattered in RAM, permissions, holes, atomic accesses,
 * cache maintenance.
 */
#include "unit.h"

#include <pthread.h>

#include "arch/host.h"
#include "core/frame.h"
#include "core/guest_mem.h"
#include "core/partition.h"
#include "core/s1.h"
#include "core/s2.h"

#define BASE UINT64_C(0x80000000)
#define SIZE (32 * MIB)
#define IPA0 UINT64_C(0x40000000)

static uint8_t records[SIZE / 256] ALIGNED(4096);
static struct partition part;
static pa_t block;   /* 4 MiB at IPA0 + 4 MiB, in two blocks */
static pa_t page[8]; /* 8 pages at IPA0, in reverse order and not adjacent */

#define BLOCK_IPA (IPA0 + 4 * MIB)

static int setup(void **state)
{
	(void)state;
	host_reset();
	host_ram_init(PA(BASE), SIZE);
	frame_reset();
	assert_int_equal(frame_add_bank(PA(BASE), SIZE, records), OK);
	assert_int_equal(frame_release(PA(BASE), SIZE), OK);
	memset(&part, 0, sizeof(part));
	assert_int_equal(s2_init(&part.s2, 3, 40), OK);
	for (unsigned int i = 8; i-- > 0;) {
		page[i] = frame_alloc(0, 3);
		(void)!frame_alloc(0, 4).a; /* another's page in between */
		assert_int_equal(s2_map(&part.s2, IPA(IPA0 + i * PAGE_SIZE), page[i], PAGE_SIZE, i == 6 ? S2_R : S2_RW),
				 OK);
	}
	block = frame_alloc(10, 3);
	assert_int_equal(s2_map(&part.s2, IPA(BLOCK_IPA), block, 4 * MIB, S2_RWX), OK);
	assert_int_equal(s2_map(&part.s2, IPA(IPA0 + GIB), PA(0x9000000), PAGE_SIZE, S2_RW | S2_DEVICE), OK);
	assert_int_equal(s2_map(&part.s2, IPA(IPA0 + 2 * GIB), block, PAGE_SIZE, S2_W), OK);
	return 0;
}

static uint8_t *ram(uint64_t ipa)
{
	pa_t pa;

	assert_int_equal(s2_lookup(&part.s2, IPA(ipa), &pa, NULL, NULL), OK);
	assert_int_not_equal(pa.a, ipa);
	return pa_to_ptr(pa);
}

static void test_crosses_pages(void **state)
{
	uint8_t out[3 * PAGE_SIZE], in[3 * PAGE_SIZE];
	uint64_t at = IPA0 + PAGE_SIZE - 7;

	(void)state;
	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(i * 7 + i / 256);
	assert_int_equal(guest_mem_write(&part, IPA(at), out, sizeof(out)), OK);
	for (size_t i = 0; i < sizeof(out); i++)
		assert_int_equal(*ram(at + i), out[i]);
	assert_int_equal(*ram(at - 1), 0);
	assert_int_equal(*ram(at + sizeof(out)), 0);
	memset(in, 0, sizeof(in));
	assert_int_equal(guest_mem_read(&part, IPA(at), in, sizeof(in)), OK);
	assert_memory_equal(in, out, sizeof(in));
}

static void test_large(void **state)
{
	static uint8_t out[3 * MIB], in[3 * MIB];

	(void)state;
	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(i * 31 + i / 4096);
	assert_int_equal(guest_mem_write(&part, IPA(BLOCK_IPA + 100), out, sizeof(out)), OK);
	assert_memory_equal((char *)pa_to_ptr(block) + 100, out, sizeof(out));
	assert_int_equal(guest_mem_read(&part, IPA(BLOCK_IPA + 100), in, sizeof(in)), OK);
	assert_memory_equal(in, out, sizeof(in));
}

static void test_faults(void **state)
{
	static uint8_t buf[64 * KIB];
	uint64_t v;

	(void)state;
	/* Holes: at the start, at the end, beyond the IPA space, wrapping. */
	assert_int_equal(guest_mem_read(&part, IPA(IPA0 - 1), buf, 2), E_FAULT);
	assert_int_equal(guest_mem_read(&part, IPA(IPA0 + 8 * PAGE_SIZE - 1), buf, 2), E_FAULT);
	assert_int_equal(guest_mem_read(&part, IPA(IPA0), buf, sizeof(buf)), E_FAULT);
	assert_int_equal(guest_mem_read(&part, IPA(BIT(40) - 1), buf, 2), E_FAULT);
	assert_int_equal(guest_mem_read(&part, IPA(UINT64_MAX), buf, 1), E_FAULT);
	assert_int_equal(guest_mem_read(&part, IPA(UINT64_MAX), buf, 2), E_FAULT);
	assert_int_equal(guest_mem_write(&part, IPA(UINT64_MAX - 8), buf, SIZE_MAX), E_FAULT);
	/* Nothing is always there. */
	assert_int_equal(guest_mem_read(&part, IPA(0), buf, 0), OK);
	/* Permissions and memory type. */
	assert_int_equal(guest_mem_read(&part, IPA(IPA0 + 6 * PAGE_SIZE), buf, 8), OK);
	assert_int_equal(guest_mem_write(&part, IPA(IPA0 + 6 * PAGE_SIZE), buf, 8), E_FAULT);
	assert_int_equal(guest_mem_load_image(&part, IPA(IPA0 + 6 * PAGE_SIZE), buf, 8), E_FAULT);
	assert_int_equal(guest_mem_store(&part, IPA(IPA0 + 6 * PAGE_SIZE), 8, 1), E_FAULT);
	assert_int_equal(guest_mem_load(&part, IPA(IPA0 + 6 * PAGE_SIZE), 8, &v), OK);
	assert_int_equal(guest_mem_read(&part, IPA(IPA0 + 2 * GIB), buf, 8), E_FAULT);
	assert_int_equal(guest_mem_load(&part, IPA(IPA0 + 2 * GIB), 8, &v), E_FAULT);
	assert_int_equal(guest_mem_write(&part, IPA(IPA0 + 2 * GIB), buf, 8), OK);
	assert_int_equal(guest_mem_read(&part, IPA(IPA0 + GIB), buf, 8), E_FAULT);
	assert_int_equal(guest_mem_write(&part, IPA(IPA0 + GIB), buf, 8), E_FAULT);
	assert_int_equal(guest_mem_load(&part, IPA(IPA0 + GIB), 8, &v), E_FAULT);
	assert_int_equal(guest_mem_store(&part, IPA(IPA0 + GIB), 8, v), E_FAULT);
}

static void test_atomic_accesses(void **state)
{
	uint64_t v = 0;

	(void)state;
	assert_int_equal(guest_mem_store(&part, IPA(IPA0 + 8), 8, UINT64_C(0x1122334455667788)), OK);
	assert_int_equal(guest_mem_load(&part, IPA(IPA0 + 8), 8, &v), OK);
	assert_true(v == UINT64_C(0x1122334455667788));
	assert_int_equal(guest_mem_load(&part, IPA(IPA0 + 12), 4, &v), OK);
	assert_int_equal(v, 0x11223344);
	assert_int_equal(guest_mem_load(&part, IPA(IPA0 + 10), 2, &v), OK);
	assert_int_equal(v, 0x5566);
	/* A store changes its own bytes only. */
	assert_int_equal(guest_mem_store(&part, IPA(IPA0 + 10), 2, UINT64_MAX), OK);
	assert_int_equal(guest_mem_store(&part, IPA(IPA0 + 12), 4, 0), OK);
	assert_int_equal(guest_mem_load(&part, IPA(IPA0 + 8), 8, &v), OK);
	assert_int_equal(v, 0xffff7788);
	assert_int_equal(guest_mem_load(&part, IPA(IPA0 + 16), 8, &v), OK);
	assert_int_equal(v, 0);

	for (unsigned int size = 0; size <= 16; size++) {
		if (size == 2 || size == 4 || size == 8) {
			assert_int_equal(guest_mem_load(&part, IPA(IPA0 + size / 2), size, &v), E_INVAL);
			assert_int_equal(guest_mem_store(&part, IPA(IPA0 + size - 1), size, v), E_INVAL);
			assert_int_equal(guest_mem_load(&part, IPA(0), size, &v), E_FAULT);
			assert_int_equal(guest_mem_store(&part, IPA(0), size, v), E_FAULT);
			assert_int_equal(guest_mem_load(&part, IPA(UINT64_MAX - size + 1), size, &v), E_FAULT);
		} else {
			assert_int_equal(guest_mem_load(&part, IPA(IPA0), size, &v), E_INVAL);
			assert_int_equal(guest_mem_store(&part, IPA(IPA0), size, v), E_INVAL);
		}
	}
}

static void test_image_is_cleaned(void **state)
{
	static const char text[3 * PAGE_SIZE] = "code";
	uint64_t clean = 0, sync = 0;

	(void)state;
	host_log_start();
	assert_int_equal(guest_mem_load_image(&part, IPA(IPA0 + 100), text, sizeof(text)), OK);
	host_log_stop();
	for (unsigned int i = 0; i < host_log_count(); i++) {
		const struct host_event *e = host_log_at(i);

		clean += e->kind == HOST_DCACHE ? e->b : 0;
		sync += e->kind == HOST_ICACHE ? e->b : 0;
	}
	assert_int_equal(clean, sizeof(text));
	assert_int_equal(sync, sizeof(text));
	assert_string_equal(ram(IPA0 + 100), "code");
	assert_int_equal(host_log_at(host_log_find(HOST_DCACHE, 0))->a, (uintptr_t)ram(IPA0 + 100));
}

/* Against a flat copy of the range that is mapped. */
static void test_random(void **state)
{
	static uint8_t flat[6 * PAGE_SIZE], buf[6 * PAGE_SIZE];

	(void)state;
	srandom(4);
	for (unsigned int step = 0; step < 5000; step++) {
		size_t at = (size_t)random() % sizeof(flat);
		size_t n = (size_t)random() % (sizeof(flat) - at + 1);

		if (random() % 2) {
			memset(buf, (int)random(), n);
			memcpy(flat + at, buf, n);
			assert_int_equal(guest_mem_write(&part, IPA(IPA0 + at), buf, n), OK);
		} else {
			assert_int_equal(guest_mem_read(&part, IPA(IPA0 + at), buf, n), OK);
			assert_memory_equal(buf, flat + at, n);
		}
	}
}

/*
 * One core takes a page away from the guest and gives it to another owner, while others copy. What was unmapped isn't
 * touched any more once s2_unmap has returned (bug class 5).
 */
static bool done;

static void *copy_around(void *arg)
{
	uint64_t v[64];
	uintptr_t wrong = 0;

	while (!__atomic_load_n(&done, __ATOMIC_RELAXED)) {
		memset(v, 0x11, sizeof(v));
		if (guest_mem_write(&part, IPA(IPA0 + PAGE_SIZE - 256), v, sizeof(v)) == OK &&
		    guest_mem_read(&part, IPA(IPA0 + PAGE_SIZE - 256), v, sizeof(v)) == OK) {
			/* The page was fresh, or holds what we all write. */
			for (unsigned int i = 0; i < ARRAY_SIZE(v); i++)
				wrong += v[i] != 0 && v[i] != UINT64_C(0x1111111111111111);
		}
		(void)!guest_mem_store(&part, IPA(IPA0 + PAGE_SIZE), 8, 0);
		(void)!guest_mem_load(&part, IPA(IPA0 + PAGE_SIZE), 8, v);
	}
	(void)arg;
	return (void *)wrong;
}

static void test_unmap_while_copying(void **state)
{
	pthread_t t[3];

	(void)state;
	done = false;
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		assert_int_equal(pthread_create(&t[i], NULL, copy_around, NULL), 0);
	for (unsigned int i = 0; i < 2000; i++) {
		uint8_t *p = pa_to_ptr(page[1]);

		assert_int_equal(s2_unmap(&part.s2, IPA(IPA0 + PAGE_SIZE), PAGE_SIZE), OK);
		memset(p, 0x77, PAGE_SIZE); /* another's secret */
		for (unsigned int k = 0; k < PAGE_SIZE; k += 64)
			assert_int_equal(p[k], 0x77);
		memset(p, 0, PAGE_SIZE);
		assert_int_equal(s2_map(&part.s2, IPA(IPA0 + PAGE_SIZE), page[1], PAGE_SIZE, S2_RW), OK);
	}
	__atomic_store_n(&done, true, __ATOMIC_RELAXED);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
		void *wrong;

		assert_int_equal(pthread_join(t[i], &wrong), 0);
		assert_null(wrong);
	}
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_crosses_pages),
		TEST(test_large),
		TEST(test_faults),
		TEST(test_atomic_accesses),
		TEST(test_image_is_cleaned),
		TEST(test_random),
		TEST(test_unmap_while_copying),
	};

	return UNIT_RUN(tests);
}
