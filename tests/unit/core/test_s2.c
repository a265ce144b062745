/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * core/s2: start levels, VTTBR and VMID, descriptors, and a long random sequence of map, unmap and
 * protect against a naive model, with allocations that fail in between.
 */
#include "unit.h"

#include "arch/host.h"
#include "arch/mmu.h"
#include "core/frame.h"
#include "core/s1.h"
#include "core/s2.h"

#define BASE UINT64_C(0x80000000)
#define SIZE (32 * MIB)

static uint8_t records[SIZE / 256] ALIGNED(4096);
static struct s2 s2;
static uint64_t all;

static int setup(void **state)
{
	(void)state;
	host_reset();
	host_pa_bits_set(48);
	host_ram_init(PA(BASE), SIZE);
	frame_reset();
	assert_int_equal(frame_add_bank(PA(BASE), SIZE, records), OK);
	assert_int_equal(frame_release(PA(BASE), SIZE), OK);
	memset(pa_to_ptr(PA(BASE)), 0xff, SIZE);
	all = frame_count_free();
	return 0;
}

/* ARM DDI 0487 D8.2: 4 KiB granule. 39 bits are three levels; up to sixteen concatenated tables add four more. */
static void test_start_levels(void **state)
{
	static const struct {
		unsigned int bits, level, tables;
	} row[] = {
		{ 32, 1, 1 }, { 36, 1, 1 },  { 39, 1, 1 }, { 40, 1, 2 }, { 41, 1, 4 },
		{ 42, 1, 8 }, { 43, 1, 16 }, { 44, 0, 1 }, { 47, 0, 1 }, { 48, 0, 1 },
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
		uint64_t last = BIT(row[i].bits) - PAGE_SIZE;
		pa_t pa;

		assert_int_equal(s2_init(&s2, 9, row[i].bits), OK);
		assert_int_equal(s2.pt.start_level, row[i].level);
		assert_int_equal(s2_tables(&s2), row[i].tables);
		assert_int_equal(s2.vtcr, arch_vtcr(row[i].bits, row[i].level));
		assert_true(IS_ALIGNED(s2.pt.root.a, row[i].tables * PAGE_SIZE));
		/* The first and the last page can be mapped, the one behind cannot. */
		assert_int_equal(s2_map(&s2, IPA(0), PA(0x7000), PAGE_SIZE, S2_RW), OK);
		assert_int_equal(s2_map(&s2, IPA(last), PA(0x9000), PAGE_SIZE, S2_RW), OK);
		assert_int_equal(s2_map(&s2, IPA(last + PAGE_SIZE), PA(0), PAGE_SIZE, S2_RW), E_RANGE);
		assert_int_equal(s2_lookup(&s2, IPA(last + 5), &pa, NULL, NULL), OK);
		assert_int_equal(pa.a, 0x9005);
		assert_int_equal(s2_lookup(&s2, IPA(7), &pa, NULL, NULL), OK);
		assert_int_equal(pa.a, 0x7007);
		assert_int_equal(s2_lookup(&s2, IPA(last + PAGE_SIZE), NULL, NULL, NULL), E_NOENT);
		assert_int_equal(s2_lookup(&s2, IPA(UINT64_MAX), NULL, NULL, NULL), E_NOENT);
		s2_destroy(&s2);
		assert_int_equal(frame_count_free(), all);
	}
}

/* There is no block of 512 GiB (D8.2: level 0 of the 4 KiB granule has tables only). */
static void test_level_0_has_no_blocks(void **state)
{
	uint64_t run;

	(void)state;
	assert_int_equal(s2_init(&s2, 1, 48), OK);
	assert_int_equal(s2_map(&s2, IPA(BIT(39)), PA(BIT(40)), BIT(39), S2_RW), OK);
	assert_int_equal(s2_tables(&s2), 2);
	assert_int_equal(s2_lookup(&s2, IPA(BIT(39)), NULL, NULL, &run), OK);
	assert_true(run == GIB);
	assert_int_equal(s2_unmap(&s2, IPA(BIT(39) + 5 * GIB + PAGE_SIZE), PAGE_SIZE), OK);
	assert_int_equal(s2_unmap(&s2, IPA(BIT(39)), BIT(39)), OK);
	assert_int_equal(s2_tables(&s2), 1);
	s2_destroy(&s2);
	assert_int_equal(frame_count_free(), all);
}

static void test_init_refuses(void **state)
{
	(void)state;
	assert_int_equal(s2_init(&s2, 1, 31), E_RANGE);
	assert_int_equal(s2_init(&s2, 1, 49), E_RANGE);
	assert_int_equal(s2_init(&s2, 1, 0), E_RANGE);
	assert_int_equal(s2_init(&s2, 1, UINT32_MAX), E_RANGE);
	host_pa_bits_set(40);
	assert_int_equal(s2_init(&s2, 1, 41), E_RANGE);
	assert_int_equal(s2_init(&s2, 1, 40), OK);
	s2_destroy(&s2);
	frame_reset();
	assert_int_equal(s2_init(&s2, 1, 40), E_NOMEM);
}

static void test_vmid_and_vttbr(void **state)
{
	struct s2 other;

	(void)state;
	host_log_start();
	assert_int_equal(s2_init(&s2, 0x1234, 40), OK);
	assert_int_equal(s2_init(&other, 0xffff, 40), OK);
	assert_int_equal(s2.vttbr >> 48, 0x1234);
	assert_int_equal(other.vttbr >> 48, 0xffff);
	assert_int_equal(s2.vttbr & MASK(47, 0), s2.pt.root.a);
	assert_int_not_equal(s2.pt.root.a, other.pt.root.a);
	/* A VMID starts and ends clean. */
	assert_int_equal(host_log_at(host_log_find(HOST_S2_FLUSH_ALL, 0))->vttbr, s2.vttbr);
	assert_int_equal(s2_map(&s2, IPA(0), PA(MIB), 2 * MIB, S2_RW), OK);
	assert_int_equal(s2_map(&other, IPA(0), PA(GIB), 2 * MIB, S2_RW), OK);
	host_log_start();
	assert_int_equal(s2_unmap(&s2, IPA(0), 2 * MIB), OK);
	host_log_stop();
	assert_int_equal(host_log_at(host_log_find(HOST_S2_FLUSH, 0))->vttbr, s2.vttbr);
	/* The other is as it was. */
	assert_int_equal(s2_lookup(&s2, IPA(0), NULL, NULL, NULL), E_NOENT);
	assert_int_equal(s2_lookup(&other, IPA(0), NULL, NULL, NULL), OK);
	s2_destroy(&s2);
	s2_destroy(&other);
	assert_int_equal(frame_count_free(), all);
}

/* Transcribed from ARM DDI 0487 D8.3.2 and D8.5: XN 54, AF 10, SH 9:8, S2AP 7:6, MemAttr 5:2. */
static void test_descriptors(void **state)
{
	static const struct {
		unsigned int perm;
		uint64_t attr;
	} row[] = {
		{ S2_RWX, 0x7fc },
		{ S2_RW, 0x7fc | BIT(54) },
		{ S2_R, 0x77c | BIT(54) },
		{ S2_R | S2_X, 0x77c },
		{ S2_W, 0x7bc | BIT(54) },
		{ 0, 0x73c | BIT(54) },
		{ S2_RW | S2_DEVICE, 0x4c4 | BIT(54) },
		{ S2_R | S2_DEVICE, 0x444 | BIT(54) },
	};

	(void)state;
	assert_int_equal(s2_init(&s2, 1, 40), OK);
	for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
		struct pgtable_leaf leaf;
		unsigned int perm;

		assert_int_equal(s2_map(&s2, IPA(i * GIB), PA(i * GIB + 4 * GIB), GIB, row[i].perm), OK);
		assert_true(pgtable_lookup(&s2.pt, i * GIB, &leaf));
		assert_int_equal(leaf.desc, row[i].attr | (i * GIB + 4 * GIB) | 1);
		assert_int_equal(s2_lookup(&s2, IPA(i * GIB), NULL, &perm, NULL), OK);
		assert_int_equal(perm, row[i].perm);
		if (row[i].perm & S2_DEVICE)
			continue;
		/* And by way of protect. */
		assert_int_equal(s2_protect(&s2, IPA(0), GIB, row[i].perm), OK);
		assert_true(pgtable_lookup(&s2.pt, 0, &leaf));
		assert_int_equal(leaf.desc, row[i].attr | 4 * GIB | 1);
	}
	/* protect keeps the memory type. */
	assert_int_equal(s2_protect(&s2, IPA(6 * GIB), GIB, S2_R), OK);
	{
		unsigned int perm;

		assert_int_equal(s2_lookup(&s2, IPA(6 * GIB), NULL, &perm, NULL), OK);
		assert_int_equal(perm, S2_R | S2_DEVICE);
	}
	s2_destroy(&s2);
}

/* FEAT_S2FWB, D8.6.5: MemAttr 0b0110 is write-back, whatever stage 1 says; device memory as before. */
static void test_forced_descriptors(void **state UNUSED)
{
	static const struct {
		unsigned int perm;
		uint64_t attr;
	} row[] = { { S2_RWX, 0x7d8 }, { S2_R, 0x758 | BIT(54) }, { S2_RW | S2_DEVICE, 0x4c4 | BIT(54) } };

	host_s2_coherent_set(true);
	assert_int_equal(s2_init(&s2, 1, 40), OK);
	for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
		struct pgtable_leaf leaf;
		unsigned int perm;

		assert_int_equal(s2_map(&s2, IPA(i * GIB), PA(i * GIB + 4 * GIB), GIB, row[i].perm), OK);
		assert_true(pgtable_lookup(&s2.pt, i * GIB, &leaf));
		assert_int_equal(leaf.desc, row[i].attr | (i * GIB + 4 * GIB) | 1);
		assert_int_equal(s2_lookup(&s2, IPA(i * GIB), NULL, &perm, NULL), OK);
		assert_int_equal(perm, row[i].perm);
	}
	s2_destroy(&s2);
	host_s2_coherent_set(false);
}

/*
 * The model: a word a page, 0 for a hole, else PA | perm | 1 << 11. The window of IPA that it
 * watches begins and ends inside a 1 GiB and a 2 MiB block's reach.
 */
#define WIN_IPA	  (3 * GIB - 16 * MIB)
#define WIN_PAGES 16384 /* 64 MiB */
#define SET	  BIT(11)

static uint64_t model[WIN_PAGES], was[WIN_PAGES];

static int model_map(unsigned int first, unsigned int n, uint64_t pa, unsigned int perm)
{
	for (unsigned int i = 0; i < n; i++) {
		if (model[first + i])
			return E_EXIST;
	}
	for (unsigned int i = 0; i < n; i++)
		model[first + i] = (pa + i * PAGE_SIZE) | perm | SET;
	return OK;
}

static int model_protect(unsigned int first, unsigned int n, unsigned int perm)
{
	for (unsigned int i = 0; i < n; i++) {
		if (!model[first + i])
			return E_NOENT;
	}
	for (unsigned int i = 0; i < n; i++)
		model[first + i] = (model[first + i] & ~UINT64_C(7)) | perm;
	return OK;
}

static void assert_page(unsigned int i)
{
	uint64_t run;
	unsigned int perm;
	pa_t pa;
	int rc = s2_lookup(&s2, IPA(WIN_IPA + i * PAGE_SIZE + 0x123), &pa, &perm, &run);

	if (!model[i]) {
		assert_int_equal(rc, E_NOENT);
		return;
	}
	assert_int_equal(rc, OK);
	assert_int_equal((pa.a - 0x123) | perm | SET, model[i]);
	assert_true(run >= PAGE_SIZE - 0x123);
}

/* Every page that lost or changed its mapping was flushed, and the last store was before some flush. */
static void assert_flushed(void)
{
	static bool flushed[WIN_PAGES];
	unsigned int n = host_log_count();

	memset(flushed, 0, sizeof(flushed));
	for (unsigned int k = host_log_find(HOST_S2_FLUSH, 0); k < n; k = host_log_find(HOST_S2_FLUSH, k + 1)) {
		const struct host_event *e = host_log_at(k);

		for (uint64_t a = e->a; a < e->a + e->b; a += PAGE_SIZE) {
			if (a - WIN_IPA < WIN_PAGES * PAGE_SIZE)
				flushed[(a - WIN_IPA) / PAGE_SIZE] = true;
		}
	}
	for (unsigned int i = 0; i < WIN_PAGES; i++) {
		if (was[i] && was[i] != model[i])
			assert_true(flushed[i]);
	}
}

/* A range that likes the edges of blocks. */
static void random_range(unsigned int *first, unsigned int *n)
{
	unsigned int r = (unsigned int)random();

	*first = (unsigned int)random() % WIN_PAGES;
	*n = 1 + (unsigned int)random() % (r & 1 ? 8 : 3000);
	if (r & 2)
		*first &= ~511U;
	if (r & 4)
		*n = (*n + 511) & ~511U;
	*n = MIN(*n, WIN_PAGES - *first);
}

static pa_t hoard[SIZE / PAGE_SIZE];
static unsigned int hoarded;

static int step(unsigned int *kind)
{
	unsigned int first, n, perm = 1 + (unsigned int)random() % 7;
	uint64_t pa = 64 * GIB + ((uint64_t)random() % 64) * GIB;
	int want, rc;

	random_range(&first, &n);
	/* Often congruent, so that blocks are used. */
	pa += (random() % 4) ? first * PAGE_SIZE : (uint64_t)(random() % 1000) * PAGE_SIZE;
	memcpy(was, model, sizeof(model));
	*kind = (unsigned int)random() % 3;
	host_log_start();
	switch (*kind) {
	case 0:
		want = model_map(first, n, pa, perm);
		rc = s2_map(&s2, IPA(WIN_IPA + first * PAGE_SIZE), PA(pa), n * PAGE_SIZE, perm);
		break;
	case 1:
		want = OK;
		memset(&model[first], 0, n * sizeof(model[0]));
		rc = s2_unmap(&s2, IPA(WIN_IPA + first * PAGE_SIZE), n * PAGE_SIZE);
		break;
	default:
		want = model_protect(first, n, perm);
		rc = s2_protect(&s2, IPA(WIN_IPA + first * PAGE_SIZE), n * PAGE_SIZE, perm);
		break;
	}
	host_log_stop();
	if (rc == E_NOMEM && hoarded)
		memcpy(model, was, sizeof(model)); /* nothing may have changed */
	else
		assert_int_equal(rc, want);
	assert_flushed();
	assert_page(first);
	assert_page(first + n - 1);
	assert_page(first ? first - 1 : 0);
	assert_page(MIN(first + n, WIN_PAGES - 1U));
	return rc;
}

static void random_steps(unsigned int seed, unsigned int steps)
{
	unsigned int done[3] = { 0 }, nomem = 0, kind;

	assert_int_equal(s2_init(&s2, 77, 40), OK);
	memset(model, 0, sizeof(model));
	srandom(seed);
	for (unsigned int k = 0; k < steps; k++) {
		int rc;

		/* From time to time, few pages are left for tables. */
		if (k % 64 == 32) {
			uint64_t left = (uint64_t)random() % 6;

			while (frame_count_free() > left)
				hoard[hoarded++] = frame_alloc(0, FRAME_TRIVET);
		}
		rc = step(&kind);
		done[kind] += rc == OK;
		nomem += rc == E_NOMEM;
		if (k % 64 == 48) {
			while (hoarded)
				frame_free(hoard[--hoarded], 0);
		}
		assert_int_equal(frame_count_free() + s2_tables(&s2) + hoarded, all);
		if (k % 100 == 0) {
			for (unsigned int i = 0; i < WIN_PAGES; i++)
				assert_page(i);
		}
	}
	while (hoarded)
		frame_free(hoard[--hoarded], 0);
	/* It was a test only if each thing happened often. */
	assert_true(done[0] > steps / 30 && done[1] > steps / 10 && done[2] > steps / 100);
	assert_true(nomem > steps / 200);
	assert_int_equal(s2_unmap(&s2, IPA(0), BIT(40)), OK);
	assert_int_equal(s2_tables(&s2), 2);
	s2_destroy(&s2);
	assert_int_equal(frame_count_free(), all);
}

static void test_random_against_a_model(void **state)
{
	(void)state;
	random_steps(1, 3000);
	random_steps(20, 3000);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_start_levels),	   TEST(test_init_refuses), TEST(test_level_0_has_no_blocks),
		TEST(test_vmid_and_vttbr),	   TEST(test_descriptors),  TEST(test_forced_descriptors),
		TEST(test_random_against_a_model),
	};

	return UNIT_RUN(tests);
}
