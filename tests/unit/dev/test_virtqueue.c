/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dev/virtqueue: what a good driver gives comes out as it was given; what a hostile one gives breaks its queue and
 * nothing else (bug classes 1, 2, 3). ASan and UBSan watch.
 */
#include "driver.h"

#include "dev/virtqueue.h"

#define NUM   16u
#define NEXT  VIRTQ_DESC_F_NEXT
#define WRITE VIRTQ_DESC_F_WRITE
#define INDIR VIRTQ_DESC_F_INDIRECT

static struct virtq q;
static struct virtq_chain c;

static void start(uint16_t num)
{
	q.part = &fake.part;
	virtq_reset(&q);
	memset(fake.ram, 0, sizeof(fake.ram));
	driver_init(0, num);
	q.num = num;
	q.desc = RING_DESC;
	q.avail = RING_AVAIL;
	q.used = RING_USED;
	q.indirect = true;
	assert_int_equal(virtq_start(&q), OK);
}

static int setup(void **state)
{
	fake_setup(state);
	start(NUM);
	return 0;
}

/* The queue has broken just now, says why, and stays dead. */
static void assert_breaks(int err)
{
	uint16_t used = q.next_used;
	unsigned int writes = fake.writes;

	assert_int_equal(err, E_FORMAT);
	assert_true(q.broken);
	assert_non_null(q.why);
	assert_int_equal(virtq_pop(&q, &c), E_NOENT);
	assert_false(virtq_rearm(&q));
	assert_int_equal(virtq_push(&q, 0, 0), OK);
	assert_false(virtq_wants_irq(&q));
	assert_int_equal(q.next_used, used);
	assert_int_equal(fake.writes, writes);
}

static void offer_breaks(uint16_t head)
{
	driver_offer(head);
	assert_breaks(virtq_pop(&q, &c));
	start(NUM);
}

static void test_start(void **state UNUSED)
{
	for (uint32_t num = 0; num <= UINT16_MAX; num++) {
		bool good = num && num <= VIRTQ_NUM_MAX && !(num & (num - 1));

		q.ready = false;
		q.num = (uint16_t)num;
		assert_int_equal(virtq_start(&q), good ? OK : E_INVAL);
		assert_int_equal(q.ready, good);
	}
}

static void test_start_addresses(void **state UNUSED)
{
	static const struct {
		uint64_t desc, avail, used;
		int err;
	} row[] = {
		{ 0, 0, 0, OK },
		{ 16, 2, 4, OK },
		{ 8, 0, 0, E_INVAL },
		{ 1, 0, 0, E_INVAL },
		{ 0, 1, 0, E_INVAL },
		{ 0, 0, 2, E_INVAL },
		{ 0, 0, 1, E_INVAL },
		{ UINT64_MAX - 15, 0, 0, E_INVAL },
		{ UINT64_MAX - 255, 0, 0, E_INVAL }, /* ends at 2^64: its end is not a number */
		{ UINT64_MAX - 271, 0, 0, OK },
		{ 0, UINT64_MAX - 1, 0, E_INVAL },
		{ 0, UINT64_MAX - 37, 0, E_INVAL },
		{ 0, UINT64_MAX - 39, 0, OK },
		{ 0, 0, UINT64_MAX - 3, E_INVAL },
		{ 0, 0, UINT64_MAX - 131, E_INVAL },
		{ 0, 0, UINT64_MAX - 135, OK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		q.ready = false;
		q.desc = row[i].desc;
		q.avail = row[i].avail;
		q.used = row[i].used;
		assert_int_equal(virtq_start(&q), row[i].err);
	}
}

static void test_not_ready(void **state UNUSED)
{
	driver_desc(0, RING_DATA, 16, 0, 0);
	driver_offer(0);
	virtq_reset(&q);
	fake.reads = 0;
	assert_int_equal(virtq_pop(&q, &c), E_NOENT);
	assert_false(virtq_rearm(&q));
	assert_int_equal(virtq_push(&q, 0, 0), OK);
	assert_false(virtq_wants_irq(&q));
	assert_int_equal(fake.reads + fake.writes, 0);
	assert_ptr_equal(q.part, &fake.part);
}

static void test_one_chain(void **state UNUSED)
{
	assert_int_equal(virtq_pop(&q, &c), E_NOENT);
	driver_desc(3, RING_DATA, 16, NEXT, 5);
	driver_desc(5, RING_DATA + 100, 200, NEXT | WRITE, 1);
	driver_desc(1, RING_DATA + 300, 1, WRITE, 99 /* unused */);
	driver_offer(3);
	assert_int_equal(virtq_pop(&q, &c), OK);
	assert_int_equal(c.head, 3);
	assert_int_equal(c.nr_out, 1);
	assert_int_equal(c.nr_in, 2);
	assert_int_equal(c.out_bytes, 16);
	assert_int_equal(c.in_bytes, 201);
	assert_int_equal(c.iov[0].addr.a, RING_DATA);
	assert_int_equal(virtq_in(&c).v[0].addr.a, RING_DATA + 100);
	assert_int_equal(virtq_in(&c).v[1].len, 1);
	assert_int_equal(virtq_pop(&q, &c), E_NOENT);
	assert_int_equal(virtq_push(&q, c.head, 201), OK);
	assert_int_equal(fake_peek(RING_USED + 2, 2), 1);
	assert_int_equal(fake_peek(RING_USED + 4, 4), 3);
	assert_int_equal(fake_peek(RING_USED + 8, 4), 201);
}

/* Indices are 16 bits, whatever the size of the ring: twice around. */
static void test_indices_wrap(void **state UNUSED)
{
	for (unsigned int i = 0; i < 2 * 65536 + 5; i++) {
		uint16_t head = (uint16_t)(i * 7 % NUM);
		uint32_t id, len;

		driver_desc(head, RING_DATA + i, i + 1, 0, 0);
		driver_offer(head);
		assert_int_equal(virtq_pop(&q, &c), OK);
		assert_int_equal(c.head, head);
		assert_int_equal(c.out_bytes, i + 1);
		assert_int_equal(virtq_pop(&q, &c), E_NOENT); /* one was offered, one is taken */
		assert_int_equal(virtq_push(&q, head, i), OK);
		assert_true(driver_used(&id, &len));
		assert_int_equal(id, head);
		assert_int_equal(len, i);
	}
	assert_int_equal(fake_peek(RING_USED + 2, 2), 5);
}

static void test_longest_chain(void **state UNUSED)
{
	for (uint16_t i = 0; i < NUM; i++)
		driver_desc(i, RING_DATA + i, 1, i + 1u < NUM ? NEXT : 0, (uint16_t)(i + 1));
	driver_offer(0);
	assert_int_equal(virtq_pop(&q, &c), OK);
	assert_int_equal(c.nr_out, NUM);
}

static void test_cycles(void **state UNUSED)
{
	for (uint16_t len = 1; len <= NUM; len++) {
		for (uint16_t i = 0; i < len; i++)
			driver_desc(i, RING_DATA, 1, NEXT, (uint16_t)((i + 1) % len));
		fake.reads = 0;
		driver_offer(0);
		assert_int_equal(virtq_pop(&q, &c), E_FORMAT);
		assert_true(fake.reads <= NUM + 3u); /* capped by the queue */
		assert_breaks(E_FORMAT);
		start(NUM);
	}
	/* With a tail that leads into the cycle. */
	driver_desc(0, RING_DATA, 1, NEXT, 1);
	driver_desc(1, RING_DATA, 1, NEXT, 2);
	driver_desc(2, RING_DATA, 1, NEXT, 1);
	offer_breaks(0);
}

static void test_numbers_outside(void **state UNUSED)
{
	static const uint16_t bad[] = { NUM, NUM + 1, 128, 255, 0x7fff, 0x8000, 0xffff };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		offer_breaks(bad[i]);
		driver_desc(0, RING_DATA, 1, NEXT, bad[i]);
		offer_breaks(0);
	}
}

static void test_index_runs_ahead(void **state UNUSED)
{
	for (unsigned int idx = 0; idx <= UINT16_MAX; idx++) {
		bool good = idx <= NUM;

		start(NUM);
		driver_desc(0, RING_DATA, 1, 0, 0);
		fake_poke(RING_AVAIL + 2, 2, idx);
		assert_int_equal(virtq_pop(&q, &c), !idx ? E_NOENT : good ? OK : E_FORMAT);
		if (idx == 40)
			idx = 0xff00;
	}
}

static void test_order_of_buffers(void **state UNUSED)
{
	driver_desc(0, RING_DATA, 1, NEXT | WRITE, 1);
	driver_desc(1, RING_DATA, 1, 0, 0);
	offer_breaks(0);
	/* The same through a table. */
	driver_table(RING_TABLE, 0, RING_DATA, 1, NEXT | WRITE, 1);
	driver_table(RING_TABLE, 1, RING_DATA, 1, 0, 0);
	driver_desc(0, RING_TABLE, 32, INDIR, 0);
	offer_breaks(0);
	/* And from the ring into a table. */
	driver_table(RING_TABLE, 0, RING_DATA, 1, 0, 0);
	driver_desc(0, RING_DATA, 1, NEXT | WRITE, 1);
	driver_desc(1, RING_TABLE, 16, INDIR, 0);
	offer_breaks(0);
}

static void test_huge_lengths(void **state UNUSED)
{
	for (uint16_t i = 0; i < NUM; i++)
		driver_desc(i, RING_DATA, UINT32_MAX, (i + 1u < NUM ? NEXT : 0) | (i > 7 ? WRITE : 0),
			    (uint16_t)(i + 1));
	driver_offer(0);
	assert_int_equal(virtq_pop(&q, &c), OK);
	assert_int_equal(c.out_bytes, 8 * (uint64_t)UINT32_MAX);
	assert_int_equal(c.in_bytes, 8 * (uint64_t)UINT32_MAX);
	assert_int_equal(iov_bytes(&(struct iov_list){ &fake.part, c.iov, NUM }), 16 * (uint64_t)UINT32_MAX);
	start(NUM);
	/* A buffer that wraps around. */
	driver_desc(0, UINT64_MAX, 2, 0, 0);
	offer_breaks(0);
	driver_desc(0, UINT64_MAX - 0xfffffffe, UINT32_MAX, 0, 0);
	offer_breaks(0);
	/* Nothing may be read of it: its address is only a number here. */
	driver_desc(0, FAKE_NOWHERE, UINT32_MAX, WRITE, 0);
	driver_offer(0);
	assert_int_equal(virtq_pop(&q, &c), OK);
	/* Length 0 is a buffer. */
	start(NUM);
	driver_desc(0, 0, 0, 0, 0);
	driver_offer(0);
	assert_int_equal(virtq_pop(&q, &c), OK);
	assert_int_equal(c.nr_out, 1);
	assert_int_equal(c.out_bytes, 0);
}

static void test_rings_nowhere(void **state UNUSED)
{
	q.avail = FAKE_NOWHERE;
	assert_breaks(virtq_pop(&q, &c));
	start(NUM);

	q.desc = FAKE_NOWHERE;
	offer_breaks(0);

	/* The ring starts inside RAM and leaves it. */
	q.avail = FAKE_RO + PAGE_SIZE - 4;
	fake_poke(q.avail + 2, 2, 1);
	assert_breaks(virtq_pop(&q, &c));
	start(NUM);

	q.used = FAKE_NOWHERE;
	assert_breaks(virtq_push(&q, 0, 0));
	start(NUM);
	q.used = FAKE_RO; /* can only be read */
	assert_breaks(virtq_push(&q, 0, 0));
	start(NUM);
	q.used = FAKE_RO - 4; /* flags and index can be written, the elements cannot */
	assert_breaks(virtq_push(&q, 0, 0));
	assert_int_equal(fake_peek(FAKE_RO - 2, 2), 0);
	start(NUM);

	q.event_idx = true;
	q.used = FAKE_RO;
	assert_false(virtq_rearm(&q));
	assert_breaks(E_FORMAT);
	start(NUM);
	assert_int_equal(virtq_push(&q, 0, 0), OK);
	q.avail = FAKE_NOWHERE;
	assert_false(virtq_wants_irq(&q));
	assert_breaks(E_FORMAT);
	start(NUM);
	q.event_idx = true;
	assert_int_equal(virtq_push(&q, 0, 0), OK);
	q.avail = FAKE_NOWHERE;
	assert_false(virtq_wants_irq(&q));
	assert_breaks(E_FORMAT);
}

static void test_indirect(void **state UNUSED)
{
	driver_table(RING_TABLE, 0, RING_DATA, 16, NEXT, 2);
	driver_table(RING_TABLE, 2, RING_DATA + 16, 512, NEXT | WRITE, 1);
	driver_table(RING_TABLE, 1, RING_DATA + 600, 1, WRITE, 0);
	driver_desc(4, RING_TABLE, 48, INDIR, 0);
	fake.reads = 0;
	driver_offer(4);
	assert_int_equal(virtq_pop(&q, &c), OK);
	assert_int_equal(fake.reads, 4); /* index, entry, descriptor, table */
	assert_int_equal(c.head, 4);
	assert_int_equal(c.nr_out, 1);
	assert_int_equal(c.nr_in, 2);
	assert_int_equal(c.in_bytes, 513);
	/* Plain descriptors before the table are allowed (2.7.5.3.2). */
	driver_desc(0, RING_DATA, 7, NEXT, 4);
	driver_offer(0);
	assert_int_equal(virtq_pop(&q, &c), OK);
	assert_int_equal(c.nr_out, 2);
	assert_int_equal(c.out_bytes, 23);
	/* WRITE on the descriptor that names a table means nothing (2.7.5.3.2). */
	driver_desc(4, RING_TABLE, 48, INDIR | WRITE, 0);
	driver_offer(4);
	assert_int_equal(virtq_pop(&q, &c), OK);
	assert_int_equal(c.nr_out, 1);
}

static void test_indirect_longest(void **state UNUSED)
{
	for (uint16_t i = 0; i < VIRTQ_NUM_MAX; i++)
		driver_table(RING_TABLE, i, RING_DATA + i, 1, i + 1u < VIRTQ_NUM_MAX ? NEXT : 0, (uint16_t)(i + 1));
	driver_desc(0, RING_TABLE, VIRTQ_NUM_MAX * 16, INDIR, 0);
	driver_offer(0);
	assert_int_equal(virtq_pop(&q, &c), OK);
	assert_int_equal(c.nr_out, VIRTQ_NUM_MAX);
	/* One more in front of it is too much. */
	driver_desc(1, RING_DATA, 1, NEXT, 0);
	driver_offer(1);
	assert_breaks(virtq_pop(&q, &c));
}

static void test_indirect_hostile(void **state UNUSED)
{
	static const uint32_t bad_len[] = {
		0, 1, 15, 17, 31, 16 * (VIRTQ_NUM_MAX + 1), UINT32_MAX, UINT32_MAX - 15, 0x80000000
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad_len); i++) {
		driver_table(RING_TABLE, 0, RING_DATA, 1, 0, 0);
		driver_desc(0, RING_TABLE, bad_len[i], INDIR, 0);
		offer_breaks(0);
	}
	/* Without the feature. */
	driver_desc(0, RING_TABLE, 16, INDIR, 0);
	q.indirect = false;
	offer_breaks(0);
	/* Indirect and next. */
	driver_desc(0, RING_TABLE, 16, INDIR | NEXT, 1);
	offer_breaks(0);
	/* A table in a table, first or later. */
	driver_table(RING_TABLE, 0, RING_TABLE, 16, INDIR, 0);
	driver_desc(0, RING_TABLE, 16, INDIR, 0);
	offer_breaks(0);
	driver_table(RING_TABLE, 0, RING_DATA, 16, NEXT, 1);
	driver_table(RING_TABLE, 1, RING_TABLE, 16, INDIR, 0);
	driver_desc(0, RING_TABLE, 32, INDIR, 0);
	offer_breaks(0);
	/* Next outside of the table, though inside the queue. */
	driver_table(RING_TABLE, 0, RING_DATA, 16, NEXT, 2);
	driver_desc(0, RING_TABLE, 32, INDIR, 0);
	offer_breaks(0);
	driver_table(RING_TABLE, 0, RING_DATA, 16, NEXT, 0xffff);
	driver_desc(0, RING_TABLE, 32, INDIR, 0);
	offer_breaks(0);
	/* Not in memory; half in memory; wrapping. */
	driver_desc(0, FAKE_NOWHERE, 16, INDIR, 0);
	offer_breaks(0);
	driver_desc(0, FAKE_RO + PAGE_SIZE - 16, 32, INDIR, 0);
	offer_breaks(0);
	driver_desc(0, UINT64_MAX - 15, 32, INDIR, 0);
	offer_breaks(0);
}

static void test_indirect_cycles(void **state UNUSED)
{
	for (uint16_t len = 1; len <= VIRTQ_NUM_MAX; len++) {
		for (uint16_t i = 0; i < len; i++)
			driver_table(RING_TABLE, i, RING_DATA, 1, NEXT, (uint16_t)((i + 1) % len));
		driver_desc(0, RING_TABLE, len * 16u, INDIR, 0);
		fake.reads = 0;
		driver_offer(0);
		assert_int_equal(virtq_pop(&q, &c), E_FORMAT);
		assert_int_equal(fake.reads, 4);
		assert_breaks(E_FORMAT);
		start(NUM);
	}
}

/* Bug class 1: what is checked is what is used. The guest changes each thing right before it would be read again. */
static uint64_t seen[256];
static unsigned int nr_seen;

static void note_read(uint64_t ipa, size_t size UNUSED)
{
	for (unsigned int i = 0; i < nr_seen; i++)
		assert_int_not_equal(seen[i], ipa);
	assert_true(nr_seen < ARRAY_SIZE(seen));
	seen[nr_seen++] = ipa;
}

static void test_each_thing_is_read_once(void **state UNUSED)
{
	for (uint16_t i = 0; i < 5; i++)
		driver_desc(i, RING_DATA, 16, NEXT, (uint16_t)(i + 1));
	driver_desc(5, RING_TABLE, 64, INDIR, 0);
	for (uint16_t i = 0; i < 4; i++)
		driver_table(RING_TABLE, i, RING_DATA, 16, i < 3 ? NEXT : 0, (uint16_t)(i + 1));
	driver_offer(0);
	nr_seen = 0;
	fake.on_read = note_read;
	assert_int_equal(virtq_pop(&q, &c), OK);
	assert_int_equal(c.nr_out, 9);
	assert_int_equal(nr_seen, 2 + 6 + 1);
}

static uint64_t seed;

/* RAM that changes at every read: mostly plausible values, so that walks get far. */
static void scramble(uint64_t ipa, size_t size)
{
	uint8_t *at;

	if (ipa < FAKE_RAM || ipa - FAKE_RAM > FAKE_RAM_SIZE || size > FAKE_RO - ipa)
		return;
	at = fake_ram(ipa);
	for (size_t i = 0; i + 16 <= size; i += 16) {
		const struct virtq_desc d = {
			.addr = fake_rand(&seed) % 8 ? RING_DATA + fake_rand(&seed) % 4096
						     : (uint64_t)fake_rand(&seed) << 33,
			.len = fake_rand(&seed) % 4 ? fake_rand(&seed) % 256 : fake_rand(&seed) << 1,
			.flags = (uint16_t)(fake_rand(&seed) % 16 ? NEXT | (fake_rand(&seed) % 8 ? 0 : INDIR)
								  : fake_rand(&seed)),
			.next = (uint16_t)(fake_rand(&seed) % 32 ? fake_rand(&seed) % NUM : fake_rand(&seed)),
		};

		memcpy(at + i, &d, 16);
	}
	if (size == 2)
		at[0] = (uint8_t)(fake_rand(&seed) % (NUM + 1));
}

static void check_chain(void)
{
	uint64_t out = 0, in = 0, end;

	assert_true(c.nr_out + c.nr_in <= VIRTQ_NUM_MAX);
	assert_true(c.head < NUM);
	for (unsigned int i = 0; i < c.nr_out + c.nr_in; i++) {
		assert_false(__builtin_add_overflow(c.iov[i].addr.a, (uint64_t)c.iov[i].len, &end));
		*(i < c.nr_out ? &out : &in) += c.iov[i].len;
	}
	assert_int_equal(out, c.out_bytes);
	assert_int_equal(in, c.in_bytes);
}

static void test_hostile_ram(void **state UNUSED)
{
	unsigned int good = 0, bad = 0;

	seed = 7;
	fake.on_read = scramble;
	for (int i = 0; i < 30000; i++) {
		int err;

		fake.reads = 0;
		err = virtq_pop(&q, &c);
		assert_true(fake.reads <= NUM + 3u);
		if (err == OK) {
			check_chain();
			(void)!virtq_push(&q, c.head, 1);
			(void)virtq_wants_irq(&q);
			good++;
		}
		q.event_idx = fake_rand(&seed) % 2;
		(void)virtq_rearm(&q);
		if (q.broken) {
			bad++;
			virtq_reset(&q);
			q.num = NUM;
			q.desc = RING_DESC;
			q.avail = RING_AVAIL;
			q.used = RING_USED;
			q.indirect = fake_rand(&seed) % 4 != 0;
			assert_int_equal(virtq_start(&q), OK);
		}
	}
	/* Both happen, so the test tests something. */
	assert_true(good > 500);
	assert_true(bad > 5000);
}

static void test_interrupt_flag(void **state UNUSED)
{
	assert_false(virtq_wants_irq(&q)); /* nothing pushed */
	assert_int_equal(virtq_push(&q, 1, 0), OK);
	assert_true(virtq_wants_irq(&q));
	assert_false(virtq_wants_irq(&q)); /* told already */
	fake_poke(RING_AVAIL, 2, VIRTQ_AVAIL_F_NO_INTERRUPT);
	assert_int_equal(virtq_push(&q, 1, 0), OK);
	assert_false(virtq_wants_irq(&q));
	fake_poke(RING_AVAIL, 2, 0);
	assert_false(virtq_wants_irq(&q));
	assert_int_equal(virtq_push(&q, 1, 0), OK);
	assert_int_equal(virtq_push(&q, 2, 0), OK);
	assert_true(virtq_wants_irq(&q));
}

/* 2.7.10 by its words: an interrupt when one of the entries written since is the one that used_event names. */
static void test_interrupt_event(void **state UNUSED)
{
	uint64_t s = 99;
	unsigned int yes = 0;

	q.event_idx = true;
	fake_poke(RING_AVAIL, 2, VIRTQ_AVAIL_F_NO_INTERRUPT); /* is ignored then */
	for (int i = 0; i < 20000; i++) {
		uint16_t old = q.next_used, event = (uint16_t)(old + fake_rand(&s) % 40 - 20);
		unsigned int n = fake_rand(&s) % 8;
		bool want = false;

		fake_poke(RING_AVAIL + VIRTQ_AVAIL_USED_EVENT(NUM), 2, event);
		for (unsigned int k = 0; k < n; k++) {
			want |= (uint16_t)(old + k) == event;
			assert_int_equal(virtq_push(&q, 0, 0), OK);
		}
		assert_int_equal(virtq_wants_irq(&q), want);
		yes += want;
	}
	assert_true(yes > 500);
}

static void test_rearm(void **state UNUSED)
{
	q.event_idx = true;
	driver_desc(0, RING_DATA, 1, 0, 0);
	for (unsigned int i = 1; i <= 100; i++) {
		driver_offer(0);
		assert_int_equal(virtq_pop(&q, &c), OK);
		assert_int_equal(virtq_pop(&q, &c), E_NOENT);
		assert_false(virtq_rearm(&q));
		assert_int_equal(fake_peek(RING_USED + VIRTQ_USED_AVAIL_EVENT(NUM), 2), i);
	}
	/* One comes between the last look and the wish. */
	driver_offer(0);
	assert_true(virtq_rearm(&q));
	assert_int_equal(virtq_pop(&q, &c), OK);
	/* Without the feature nothing is written. */
	q.event_idx = false;
	fake.writes = 0;
	assert_false(virtq_rearm(&q));
	assert_int_equal(fake.writes, 0);
	driver_offer(0);
	assert_true(virtq_rearm(&q));
}

/* Random good chains, plain and indirect mixed, against what was put in. */
static void test_random_chains(void **state UNUSED)
{
	uint64_t s = 5;

	for (int round = 0; round < 5000; round++) {
		unsigned int n = 1 + fake_rand(&s) % NUM, out = fake_rand(&s) % (n + 1), direct = fake_rand(&s) % n;
		struct iov want[NUM];

		if (fake_rand(&s) % 2)
			direct = n;
		for (unsigned int i = 0; i < n; i++) {
			unsigned int flags = (i >= out ? WRITE : 0) | (i + 1 < n ? NEXT : 0);

			want[i] = (struct iov){ IPA((uint64_t)fake_rand(&s) << 8), fake_rand(&s) % 5000 };
			if (i < direct)
				driver_desc((uint16_t)i, want[i].addr.a, want[i].len, flags, (uint16_t)(i + 1));
			else
				driver_table(RING_TABLE, (uint16_t)(i - direct), want[i].addr.a, want[i].len, flags,
					     (uint16_t)(i - direct + 1));
		}
		if (direct < n)
			driver_desc((uint16_t)direct, RING_TABLE, (n - direct) * 16, INDIR, 0);
		driver_offer(0);
		assert_int_equal(virtq_pop(&q, &c), OK);
		assert_int_equal(c.nr_out, out);
		assert_int_equal(c.nr_in, n - out);
		for (unsigned int i = 0; i < n; i++) {
			assert_int_equal(c.iov[i].addr.a, want[i].addr.a);
			assert_int_equal(c.iov[i].len, want[i].len);
		}
		check_chain();
	}
}

static void test_iov(void **state UNUSED)
{
	const struct iov v[4] = {
		{ IPA(RING_DATA), 3 }, { IPA(RING_DATA + 100), 0 }, { IPA(RING_DATA + 50), 5 }, { IPA(FAKE_RO - 2), 4 }
	};
	const struct iov_list all = { &fake.part, v, 4 }, three = { &fake.part, v, 3 }, none = { &fake.part, v, 0 };
	char buf[16] = { 0 };

	assert_int_equal(iov_bytes(&all), 12);
	assert_int_equal(iov_bytes(&none), 0);
	assert_int_equal(iov_write(&all, 0, "abcdefgh", 8), OK);
	assert_memory_equal(fake_ram(RING_DATA), "abc", 3);
	assert_memory_equal(fake_ram(RING_DATA + 50), "defgh", 5);
	for (uint64_t skip = 0; skip <= 8; skip++) {
		for (size_t n = 0; n <= 8 - skip; n++) {
			memset(buf, '.', sizeof(buf));
			assert_int_equal(iov_read(&three, skip, buf, n), OK);
			assert_memory_equal(buf, "abcdefgh" + skip, n);
			assert_int_equal(buf[n], '.');
		}
		assert_int_equal(iov_read(&three, skip, buf, 9 - skip), E_RANGE);
		assert_int_equal(iov_write(&three, skip, buf, 9 - skip), E_RANGE);
	}
	assert_int_equal(iov_read(&three, UINT64_MAX, buf, 1), E_RANGE);
	assert_int_equal(iov_write(&all, 8, "wxyz", 2), OK);
	assert_int_equal(iov_write(&all, 8, "wxyz", 4), E_FAULT); /* runs into read-only memory */
	assert_int_equal(iov_read(&all, 8, buf, 4), OK);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_start),
		T(test_start_addresses),
		T(test_not_ready),
		T(test_one_chain),
		T(test_indices_wrap),
		T(test_longest_chain),
		T(test_cycles),
		T(test_numbers_outside),
		T(test_index_runs_ahead),
		T(test_order_of_buffers),
		T(test_huge_lengths),
		T(test_rings_nowhere),
		T(test_indirect),
		T(test_indirect_longest),
		T(test_indirect_hostile),
		T(test_indirect_cycles),
		T(test_each_thing_is_read_once),
		T(test_hostile_ram),
		T(test_interrupt_flag),
		T(test_interrupt_event),
		T(test_rearm),
		T(test_random_chains),
		T(test_iov),
	};

	return cmocka_run_group_tests_name("dev/virtqueue", tests, NULL, NULL);
}
