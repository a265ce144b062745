/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * core/pgtable by way of stage 2: the shape of tables, the order of every change to a live descriptor as the host's log
 * saw it (bug class 4), and what is left when an allocation fails (bug class 6).
 */
#include "unit.h"

#include "arch/host.h"
#include "arch/mmu.h"
#include "core/frame.h"
#include "core/s1.h"
#include "core/s2.h"

#define BASE  UINT64_C(0x80000000)
#define SIZE  (16 * MIB)
#define VMID  5
#define IPA0  UINT64_C(0x40000000)
#define PA0   UINT64_C(0x280000000) /* what is mapped: no RAM of the host need be there */
#define ATTRS (MASK(11, 2) | MASK(63, 48))

static uint8_t records[SIZE / 256] ALIGNED(4096);
static struct s2 s2;
static uint64_t all;

static int setup(void **state)
{
	(void)state;
	host_reset();
	host_ram_init(PA(BASE), SIZE);
	frame_reset();
	assert_int_equal(frame_add_bank(PA(BASE), SIZE, records), OK);
	assert_int_equal(frame_release(PA(BASE), SIZE), OK);
	/* Tables must be zeroed by those who take them. */
	memset(pa_to_ptr(PA(BASE)), 0xff, SIZE);
	all = frame_count_free();
	assert_int_equal(s2_init(&s2, VMID, 40), OK);
	return 0;
}

/* The descriptor of a level on the way to ipa, and where it is. Only for what exists. */
static uint64_t *pte_at(uint64_t ipa, unsigned int level)
{
	uint64_t *t = pa_to_ptr(s2.pt.root);
	uint64_t *e = &t[ipa >> 30];

	for (unsigned int l = 2; l <= level; l++) {
		assert_int_equal(*e & 3, 3);
		t = pa_to_ptr(PA(*e & PGTABLE_ADDR));
		e = &t[(ipa >> (12 + 9 * (3 - l))) & 511];
	}
	return e;
}

static void assert_maps(uint64_t ipa, uint64_t want_pa, uint64_t want_run)
{
	uint64_t run;
	pa_t pa;

	assert_int_equal(s2_lookup(&s2, IPA(ipa), &pa, NULL, &run), OK);
	assert_int_equal(pa.a, want_pa);
	assert_int_equal(run, want_run);
}

static void assert_hole(uint64_t ipa)
{
	assert_int_equal(s2_lookup(&s2, IPA(ipa), NULL, NULL, NULL), E_NOENT);
}

/*
 * Replay the log over shadow copies of the descriptors: each store to an entry must be allowed by what it says before
 * (ARM DDI 0487 D8.16.1), each table must be visible (a publish or a flush after its last store) before it is linked,
 * and every entry that lost something must be flushed later.
 */
struct shadow {
	uint64_t *pte, value;
	unsigned int written;	 /* event of the last store */
	unsigned int owes_flush; /* event after which a flush is needed, + 1 */
};

static struct shadow shadow[20000];
static unsigned int shadows;

static struct shadow *shadow_of(uint64_t *pte)
{
	for (unsigned int i = shadows; i-- > 0;) {
		if (shadow[i].pte == pte)
			return &shadow[i];
	}
	return NULL;
}

static unsigned int last_barrier;

static void replay_store(unsigned int i, uint64_t *pte, uint64_t value, uint64_t before)
{
	struct shadow *s = shadow_of(pte);

	if (!s) {
		s = &shadow[shadows++];
		assert_true(shadows < ARRAY_SIZE(shadow));
		*s = (struct shadow){ .pte = pte, .value = before };
	}
	if ((s->value & 1) && (value & 1) && s->value != value) {
		/* Valid to valid: permissions only. Break-before-make for the rest. */
		assert_int_equal((s->value ^ value) & ~(MASK(7, 6) | BIT(54)), 0);
		s->owes_flush = i + 1;
	}
	if ((s->value & 1) && !(value & 1))
		s->owes_flush = i + 1;
	if (!(s->value & 1) && (value & 1))
		assert_int_equal(s->owes_flush, 0); /* break, invalidate, then make */
	s->value = value;
	s->written = i;
}

/* All stores into [table, table + 4096) happened before the last barrier. */
static void assert_published(uint64_t table)
{
	uintptr_t t = (uintptr_t)pa_to_ptr(PA(table & PGTABLE_ADDR));

	for (unsigned int i = 0; i < shadows; i++) {
		if ((uintptr_t)shadow[i].pte - t < PAGE_SIZE)
			assert_true(shadow[i].written < last_barrier);
	}
}

/* snapshot: the RAM as it was when the log began. */
static void replay(const char *snapshot)
{
	const char *ram = pa_to_ptr(PA(BASE));
	unsigned int n = host_log_count();

	shadows = 0;
	last_barrier = 0;
	for (unsigned int i = 0; i < n; i++) {
		const struct host_event *e = host_log_at(i);

		switch ((int)e->kind) {
		case HOST_PTE_WRITE: {
			size_t off = e->a - (uintptr_t)ram;
			uint64_t before;

			memcpy(&before, snapshot + off, 8);
			/* 4 KiB of 0xff: a page that was zeroed meanwhile (see HOST_ZERO). */
			if (before == UINT64_MAX)
				before = 0;
			if ((e->b & 3) == 3 && (e->b & PGTABLE_ADDR) >= BASE && (e->b & PGTABLE_ADDR) < BASE + SIZE)
				assert_published(e->b);
			replay_store(i, (uint64_t *)e->a, e->b, before);
			break;
		}
		case HOST_S2_FLUSH:
			assert_int_equal(e->vttbr, s2.vttbr);
			for (unsigned int k = 0; k < shadows; k++)
				shadow[k].owes_flush = 0;
			last_barrier = i;
			break;
		case HOST_PUBLISH:
			last_barrier = i;
			break;
		}
	}
	for (unsigned int k = 0; k < shadows; k++) {
		assert_int_equal(shadow[k].owes_flush, 0);
		assert_true(shadow[k].written < last_barrier || !(shadow[k].value & 1));
	}
}

static char before[SIZE];

static void log_begin(void)
{
	memcpy(before, pa_to_ptr(PA(BASE)), SIZE);
	host_log_start();
}

static void log_check(void)
{
	host_log_stop();
	replay(before);
}

static void test_blocks_where_they_fit(void **state)
{
	(void)state;
	log_begin();
	assert_int_equal(s2_map(&s2, IPA(IPA0), PA(PA0), 2 * GIB, S2_RWX), OK);
	log_check();
	/* Two blocks of 1 GiB: no table but the root, two stores, no flush. */
	assert_int_equal(s2_tables(&s2), 2);
	assert_int_equal(host_log_find(HOST_S2_FLUSH, 0), host_log_count());
	assert_int_equal(host_log_count(), 3);
	assert_maps(IPA0, PA0, GIB);
	assert_maps(IPA0 + GIB + 0x1234, PA0 + GIB + 0x1234, GIB - 0x1234);

	/* 2 MiB and 4 KiB at both ends. */
	log_begin();
	assert_int_equal(
		s2_map(&s2, IPA(4 * GIB - PAGE_SIZE), PA(8 * GIB - PAGE_SIZE), GIB + 4 * MIB + 2 * PAGE_SIZE, S2_RW),
		OK);
	log_check();
	assert_maps(4 * GIB - PAGE_SIZE, 8 * GIB - PAGE_SIZE, PAGE_SIZE);
	assert_maps(4 * GIB, 8 * GIB, GIB);
	assert_maps(5 * GIB, 9 * GIB, 2 * MIB);
	assert_maps(5 * GIB + 4 * MIB, 9 * GIB + 4 * MIB, PAGE_SIZE);
	assert_hole(5 * GIB + 4 * MIB + PAGE_SIZE);
	assert_hole(4 * GIB - 2 * PAGE_SIZE);
	assert_int_equal(s2_tables(&s2), 2 + 4);
}

static void test_no_blocks_where_addresses_disagree(void **state)
{
	(void)state;
	assert_int_equal(s2_map(&s2, IPA(IPA0), PA(PA0 + PAGE_SIZE), 4 * MIB, S2_RW), OK);
	assert_maps(IPA0, PA0 + PAGE_SIZE, PAGE_SIZE);
	assert_int_equal(s2_map(&s2, IPA(2 * GIB), PA(PA0 + 2 * MIB), GIB, S2_RW), OK);
	assert_maps(2 * GIB, PA0 + 2 * MIB, 2 * MIB);
	assert_int_equal(s2_tables(&s2), 2 + 3 + 1);
}

/* Dynamic page tables: map 2 MiB, unmap 4 KiB of it. */
static void test_split_breaks_before_it_makes(void **state)
{
	uint64_t *pte, table, hole = IPA0 + 5 * PAGE_SIZE;
	unsigned int i, broke, flush, made;

	(void)state;
	assert_int_equal(s2_map(&s2, IPA(IPA0), PA(PA0), 2 * MIB, S2_RWX), OK);
	pte = pte_at(IPA0, 2);
	assert_int_equal(*pte & 3, 1);
	log_begin();
	assert_int_equal(s2_unmap(&s2, IPA(hole), PAGE_SIZE), OK);
	log_check();
	table = *pte;
	assert_int_equal(table & 3, 3);

	/* In this order: the new table, a barrier, the break, the flush of the block, the link, the page, its flush. */
	for (broke = 0; host_log_at(broke)->a != (uintptr_t)pte; broke++)
		;
	assert_int_equal(host_log_at(broke)->b, 0);
	assert_int_equal(host_log_at(broke - 1)->kind, HOST_PUBLISH);
	for (i = 1; i <= PGTABLE_ENTRIES; i++)
		assert_int_equal(host_log_at(broke - 1 - i)->kind, HOST_PTE_WRITE);
	flush = broke + 1;
	assert_int_equal(host_log_at(flush)->kind, HOST_S2_FLUSH);
	assert_int_equal(host_log_at(flush)->a, IPA0);
	assert_int_equal(host_log_at(flush)->b, 2 * MIB);
	made = flush + 1;
	assert_int_equal(host_log_at(made)->a, (uintptr_t)pte);
	assert_int_equal(host_log_at(made)->b, table);
	assert_int_equal(host_log_at(made + 1)->a, (uintptr_t)pte_at(hole, 3));
	assert_int_equal(host_log_at(made + 1)->b, 0);
	assert_int_equal(host_log_at(made + 2)->kind, HOST_S2_FLUSH);
	assert_int_equal(host_log_at(made + 2)->a, hole);
	assert_int_equal(host_log_at(made + 2)->b, PAGE_SIZE);
	assert_int_equal(host_log_count(), made + 3);

	/* All pages are as before, but one. */
	for (uint64_t a = IPA0; a < IPA0 + 2 * MIB; a += PAGE_SIZE) {
		if (a == hole)
			assert_hole(a);
		else
			assert_maps(a, PA0 + (a - IPA0), PAGE_SIZE);
	}
	assert_int_equal(s2_tables(&s2), 2 + 2);
}

static void test_split_of_a_gigabyte(void **state)
{
	(void)state;
	assert_int_equal(s2_map(&s2, IPA(IPA0), PA(PA0), GIB, S2_RWX), OK);
	log_begin();
	assert_int_equal(s2_unmap(&s2, IPA(IPA0 + GIB - 3 * PAGE_SIZE), PAGE_SIZE), OK);
	log_check();
	assert_int_equal(s2_tables(&s2), 2 + 2);
	assert_maps(IPA0, PA0, 2 * MIB);
	assert_maps(IPA0 + GIB - PAGE_SIZE, PA0 + GIB - PAGE_SIZE, PAGE_SIZE);
	assert_hole(IPA0 + GIB - 3 * PAGE_SIZE);
}

static void test_unmap_frees_empty_tables(void **state)
{
	(void)state;
	assert_int_equal(s2_map(&s2, IPA(IPA0), PA(PA0 + PAGE_SIZE), 8 * MIB, S2_RW), OK);
	assert_int_equal(s2_tables(&s2), 2 + 1 + 4);
	log_begin();
	/* One and a half tables, then the rest. */
	assert_int_equal(s2_unmap(&s2, IPA(IPA0), 3 * MIB), OK);
	log_check();
	assert_int_equal(s2_tables(&s2), 2 + 1 + 3);
	log_begin();
	assert_int_equal(s2_unmap(&s2, IPA(0), 16 * GIB), OK);
	log_check();
	assert_int_equal(s2_tables(&s2), 2);
	/* One flush was enough. */
	assert_int_equal(host_log_find(HOST_S2_FLUSH, host_log_find(HOST_S2_FLUSH, 0) + 1), host_log_count());
	/* And nothing is left to do. */
	log_begin();
	assert_int_equal(s2_unmap(&s2, IPA(0), BIT(40)), OK);
	assert_int_equal(host_log_find(HOST_PTE_WRITE, 0), host_log_count());
	host_log_stop();
}

/* The flush comes before a table goes back: frame_free scrubs it, which is in the log. */
static void test_tables_are_freed_after_the_flush(void **state)
{
	unsigned int flush, zero;

	(void)state;
	assert_int_equal(s2_map(&s2, IPA(IPA0), PA(PA0), PAGE_SIZE, S2_RW), OK);
	host_log_start();
	assert_int_equal(s2_unmap(&s2, IPA(IPA0), PAGE_SIZE), OK);
	host_log_stop();
	flush = host_log_find(HOST_S2_FLUSH, 0);
	zero = host_log_find(HOST_ZERO, 0);
	assert_true(flush < zero && zero < host_log_count());
	assert_true(host_log_find(HOST_S2_FLUSH, zero) == host_log_count());
}

static void test_cost_of_large_ranges(void **state)
{
	(void)state;
	assert_int_equal(s2_map(&s2, IPA(IPA0), PA(PA0 + PAGE_SIZE), 256 * MIB, S2_RW), OK);
	host_log_start();
	assert_int_equal(s2_unmap(&s2, IPA(IPA0), 256 * MIB), OK);
	host_log_stop();
	/* 65536 pages in 128 tables: a few stores for each table, not one for each page. */
	assert_true(host_log_count() < 128 * 8);
	host_log_start();
	assert_int_equal(s2_map(&s2, IPA(IPA0), PA(PA0), 64 * GIB, S2_RW), OK);
	assert_int_equal(s2_protect(&s2, IPA(IPA0), 64 * GIB, S2_R), OK);
	assert_int_equal(s2_unmap(&s2, IPA(IPA0), 64 * GIB), OK);
	host_log_stop();
	assert_int_equal(host_log_count(), 3 * 64 + 3);
}

static void test_protect(void **state)
{
	unsigned int perm;

	(void)state;
	assert_int_equal(s2_map(&s2, IPA(IPA0), PA(PA0), 4 * MIB, S2_RWX), OK);
	/* A whole block: in place, no break, one flush. */
	log_begin();
	assert_int_equal(s2_protect(&s2, IPA(IPA0), 2 * MIB, S2_R | S2_X), OK);
	log_check();
	assert_int_equal(host_log_count(), 2);
	assert_maps(IPA0, PA0, 2 * MIB);
	/* What it is already: nothing to do, not even a split. */
	log_begin();
	assert_int_equal(s2_protect(&s2, IPA(IPA0 + MIB), PAGE_SIZE, S2_R | S2_X), OK);
	assert_int_equal(host_log_find(HOST_PTE_WRITE, 0), host_log_count());
	host_log_stop();
	/* A part: split. */
	log_begin();
	assert_int_equal(s2_protect(&s2, IPA(IPA0 + MIB), 2 * MIB, S2_RW), OK);
	log_check();
	assert_int_equal(s2_lookup(&s2, IPA(IPA0 + MIB - 1), NULL, &perm, NULL), OK);
	assert_int_equal(perm, S2_R | S2_X);
	assert_int_equal(s2_lookup(&s2, IPA(IPA0 + MIB), NULL, &perm, NULL), OK);
	assert_int_equal(perm, S2_RW);
	assert_int_equal(s2_lookup(&s2, IPA(IPA0 + 3 * MIB), NULL, &perm, NULL), OK);
	assert_int_equal(perm, S2_RWX);
	/* A hole at the end: nothing changes at all. */
	log_begin();
	assert_int_equal(s2_protect(&s2, IPA(IPA0 + 2 * MIB), 2 * MIB + PAGE_SIZE, S2_R), E_NOENT);
	assert_int_equal(host_log_find(HOST_PTE_WRITE, 0), host_log_count());
	host_log_stop();
	assert_int_equal(s2_protect(&s2, IPA(IPA0), PAGE_SIZE, S2_R | S2_DEVICE), E_INVAL);
	assert_int_equal(s2_protect(&s2, IPA(IPA0), PAGE_SIZE, 16), E_INVAL);
}

static void test_refusals_change_nothing(void **state)
{
	static const struct {
		uint64_t ipa, pa, size;
		int rc;
	} row[] = {
		{ IPA0 + 1, PA0, PAGE_SIZE, E_INVAL },
		{ IPA0, PA0 + 8, PAGE_SIZE, E_INVAL },
		{ IPA0, PA0, 0, E_INVAL },
		{ IPA0, PA0, 100, E_INVAL },
		{ BIT(40), PA0, PAGE_SIZE, E_RANGE },
		{ BIT(40) - PAGE_SIZE, PA0, 2 * PAGE_SIZE, E_RANGE },
		{ IPA0, PA0, UINT64_MAX - 4095, E_RANGE },
		{ UINT64_MAX - 4095, PA0, PAGE_SIZE, E_RANGE },
		{ UINT64_MAX - 4095, PA0, 2 * PAGE_SIZE, E_RANGE },
		{ IPA0, BIT(48), PAGE_SIZE, E_RANGE },
		{ IPA0, BIT(48) - PAGE_SIZE, 2 * PAGE_SIZE, E_RANGE },
		{ IPA0, UINT64_MAX - 4095, PAGE_SIZE, E_RANGE },
		{ IPA0 + 16 * MIB, PA0, 2 * MIB, E_EXIST },
		{ IPA0 - GIB, PA0, 3 * GIB, E_EXIST },
		{ IPA0 + 18 * MIB - PAGE_SIZE, PA0, PAGE_SIZE, E_EXIST },
	};

	(void)state;
	assert_int_equal(s2_map(&s2, IPA(IPA0 + 16 * MIB), PA(PA0), 2 * MIB, S2_RW), OK);
	for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
		uint64_t free = frame_count_free();

		host_log_start();
		assert_int_equal(s2_map(&s2, IPA(row[i].ipa), PA(row[i].pa), row[i].size, S2_RW), row[i].rc);
		assert_int_equal(host_log_count(), 0);
		host_log_stop();
		assert_int_equal(frame_count_free(), free);
		if (row[i].rc == E_EXIST || (row[i].pa != PA0 && row[i].rc == E_RANGE) || row[i].pa == PA0 + 8)
			continue;
		assert_int_equal(s2_unmap(&s2, IPA(row[i].ipa), row[i].size), row[i].rc);
		assert_int_equal(s2_protect(&s2, IPA(row[i].ipa), row[i].size, S2_R), row[i].rc);
	}
	assert_int_equal(s2_map(&s2, IPA(IPA0), PA(PA0), PAGE_SIZE, 16), E_INVAL);
}

/* Leave n free pages; what was taken goes to hoard[]. */
static pa_t hoard[SIZE / PAGE_SIZE];
static unsigned int hoarded;

static void leave_free(uint64_t n)
{
	while (frame_count_free() > n) {
		hoard[hoarded] = frame_alloc(0, FRAME_TRIVET);
		assert_false(pa_is_none(hoard[hoarded++]));
	}
}

static void give_back(void)
{
	while (hoarded)
		frame_free(hoard[--hoarded], 0);
}

/* Three operations that need tables; each fails when there are fewer than it needs. */
static int operation(unsigned int which)
{
	switch (which) {
	case 0:
		return s2_map(&s2, IPA(4 * GIB - PAGE_SIZE), PA(8 * GIB - PAGE_SIZE), GIB + 2 * MIB + 2 * PAGE_SIZE,
			      S2_RW);
	case 1:
		return s2_unmap(&s2, IPA(IPA0 + PAGE_SIZE), GIB);
	default:
		return s2_protect(&s2, IPA(IPA0 + PAGE_SIZE), GIB, S2_R);
	}
}

static void test_nth_allocation_fails(void **state)
{
	static const unsigned int needs[] = { 4, 4, 4 };
	static char copy[SIZE];

	(void)state;
	for (unsigned int which = 0; which < ARRAY_SIZE(needs); which++) {
		for (unsigned int n = 0; n <= needs[which]; n++) {
			uint64_t free, tables;
			int rc;

			setup(NULL);
			assert_int_equal(s2_map(&s2, IPA(IPA0), PA(PA0), 2 * GIB, S2_RWX), OK);
			tables = s2_tables(&s2);
			leave_free(n);
			free = frame_count_free();
			memcpy(copy, pa_to_ptr(s2.pt.root), 2 * PAGE_SIZE);
			host_log_start();
			rc = operation(which);
			host_log_stop();
			if (n < needs[which]) {
				assert_int_equal(rc, E_NOMEM);
				assert_int_equal(frame_count_free(), free);
				assert_int_equal(s2_tables(&s2), tables);
				assert_memory_equal(copy, pa_to_ptr(s2.pt.root), 2 * PAGE_SIZE);
				assert_int_equal(host_log_find(HOST_S2_FLUSH, 0), host_log_count());
			} else {
				assert_int_equal(rc, OK);
				assert_int_equal(frame_count_free(), 0);
				assert_int_equal(s2_tables(&s2), tables + n);
			}
			give_back();
			s2_destroy(&s2);
			assert_int_equal(frame_count_free(), all);
		}
	}
}

static void test_destroy_gives_all_back(void **state)
{
	unsigned int flush;

	(void)state;
	assert_int_equal(s2_map(&s2, IPA(IPA0), PA(PA0 + PAGE_SIZE), 16 * MIB, S2_RW), OK);
	assert_int_equal(s2_map(&s2, IPA(2 * GIB), PA(PA0), GIB, S2_RW), OK);
	assert_int_equal(s2_map(&s2, IPA(BIT(40) - PAGE_SIZE), PA(PA0), PAGE_SIZE, S2_RW), OK);
	host_log_start();
	s2_destroy(&s2);
	host_log_stop();
	flush = host_log_find(HOST_S2_FLUSH_ALL, 0);
	assert_true(flush < host_log_find(HOST_PTE_WRITE, 0));
	assert_int_equal(frame_count_free(), all);
	assert_hole(IPA0);
	assert_int_equal(s2_map(&s2, IPA(0), PA(PA0), PAGE_SIZE, S2_RW), E_RANGE);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_blocks_where_they_fit),	 TEST(test_no_blocks_where_addresses_disagree),
		TEST(test_split_breaks_before_it_makes), TEST(test_split_of_a_gigabyte),
		TEST(test_unmap_frees_empty_tables),	 TEST(test_tables_are_freed_after_the_flush),
		TEST(test_cost_of_large_ranges),	 TEST(test_protect),
		TEST(test_refusals_change_nothing),	 TEST(test_nth_allocation_fails),
		TEST(test_destroy_gives_all_back),
	};

	return UNIT_RUN(tests);
}
