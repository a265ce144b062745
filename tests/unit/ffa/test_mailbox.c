/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite ffa/mailbox: each event in each state, and what RXTX_MAP does to memory, also when it fails half-way. */
#include "unit.h"

#include "ffa/mailbox.h"

/* --- the table, as mailbox.h has it --- */

#define DENIED	FFA_DENIED
#define BUSY	FFA_BUSY
#define INVALID FFA_INVALID_PARAMETERS

/* A state (>= 0), or an error. */
static const int expected[MAILBOX_STATES][MAILBOX_EVENTS] = {
	/* MAP, UNMAP, FILL, COMMIT, CANCEL, RELEASE, ACQUIRE */
	{ MAILBOX_EMPTY, INVALID, BUSY, E_STATE, E_STATE, DENIED, DENIED },
	{ DENIED, MAILBOX_UNMAPPED, MAILBOX_FILLING, E_STATE, E_STATE, DENIED, MAILBOX_ACQUIRED },
	{ DENIED, DENIED, BUSY, MAILBOX_FULL, MAILBOX_EMPTY, DENIED, DENIED },
	{ DENIED, MAILBOX_UNMAPPED, BUSY, E_STATE, E_STATE, MAILBOX_EMPTY, DENIED },
	{ DENIED, MAILBOX_UNMAPPED, BUSY, E_STATE, E_STATE, MAILBOX_EMPTY, DENIED },
};

static void each_event_in_each_state(void **state)
{
	(void)state;
	for (unsigned int s = 0; s < MAILBOX_STATES; s++) {
		for (unsigned int e = 0; e < MAILBOX_EVENTS; e++) {
			enum mailbox_state next = 99;
			const int r = mailbox_next(s, e, &next);

			if (expected[s][e] >= 0) {
				assert_int_equal(r, OK);
				assert_int_equal(next, expected[s][e]);
			} else {
				assert_int_equal(r, expected[s][e]);
				assert_int_equal(next, 99);
			}
		}
	}
}

/* --- memory --- */

static struct {
	struct {
		uint64_t at;
		uint32_t pages;
		bool write, on;
	} did[16];
	unsigned int n;
	int mapped;
	int fail_at, fail_with; /* the fail_at-th map fails */
} mem;
static struct mailbox m;

static int do_map(void *ctx, ipa_t at, uint32_t pages, bool write)
{
	assert_ptr_equal(ctx, &mem);
	if (mem.fail_at && !--mem.fail_at)
		return mem.fail_with;
	mem.did[mem.n].at = at.a;
	mem.did[mem.n].pages = pages;
	mem.did[mem.n].write = write;
	mem.did[mem.n++].on = true;
	mem.mapped++;
	return OK;
}

static void do_unmap(void *ctx, ipa_t at, uint32_t pages, bool write)
{
	assert_ptr_equal(ctx, &mem);
	mem.did[mem.n].at = at.a;
	mem.did[mem.n].pages = pages;
	mem.did[mem.n].write = write;
	mem.did[mem.n++].on = false;
	mem.mapped--;
}

static const struct mailbox_ops ops = { do_map, do_unmap };

static int fresh(void **state)
{
	(void)state;
	memset(&mem, 0, sizeof(mem));
	memset(&m, 0xa5, sizeof(m));
	mailbox_init(&m, &ops, &mem);
	return 0;
}

#define TX UINT64_C(0x40001000)
#define RX UINT64_C(0x40005000)

static int map(uint64_t tx, uint64_t rx, uint32_t w3)
{
	return mailbox_map(&m, IPA(tx), IPA(rx), w3, 4);
}

static void tx_is_mapped_to_read_and_rx_to_write(void **state)
{
	(void)state;
	assert_int_equal(mailbox_size(&m), 0);
	assert_int_equal(map(TX, RX, 2), OK);
	assert_int_equal(m.state, MAILBOX_EMPTY);
	assert_int_equal(mailbox_size(&m), 0x2000);
	assert_int_equal(mem.n, 2);
	assert_true(mem.did[0].at == TX && mem.did[0].pages == 2 && !mem.did[0].write && mem.did[0].on);
	assert_true(mem.did[1].at == RX && mem.did[1].pages == 2 && mem.did[1].write && mem.did[1].on);
	assert_int_equal(m.tx.a, TX);
	assert_int_equal(m.rx.a, RX);
}

static void a_second_map_is_denied(void **state)
{
	(void)state;
	assert_int_equal(map(TX, RX, 1), OK);
	assert_int_equal(map(TX + 0x10000, RX + 0x10000, 1), FFA_DENIED);
	assert_int_equal(map(1, 1, 0), FFA_DENIED);
	assert_int_equal(mem.n, 2);
	assert_int_equal(m.tx.a, TX);
}

static void bad_buffers_touch_no_memory(void **state)
{
	static const struct {
		uint64_t tx, rx;
		uint32_t w3;
	} bad[] = {
		{ TX, RX, 0 },				 /* no page */
		{ TX, RX, 5 },				 /* more than max */
		{ TX, RX, 0x41 },			 /* reserved bits */
		{ TX, RX, 0x80000001 },			 /* reserved bits */
		{ TX + 1, RX, 1 },			 /* alignment */
		{ TX, RX + 0x800, 1 },			 /* alignment */
		{ TX, TX, 1 },				 /* the same */
		{ TX, TX + 0x1000, 2 },			 /* overlap */
		{ TX + 0x1000, TX, 2 },			 /* the other way round */
		{ UINT64_C(0xfffffffffffff000), RX, 1 }, /* wraps */
		{ TX, UINT64_C(0xffffffffffffe000), 2 }, /* wraps */
		{ UINT64_C(0xfffffffffffff000), RX, 4 }, /* wraps */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(map(bad[i].tx, bad[i].rx, bad[i].w3), FFA_INVALID_PARAMETERS);
		assert_int_equal(m.state, MAILBOX_UNMAPPED);
		assert_int_equal(mem.n, 0);
	}
	assert_int_equal(map(TX, TX + 0x1000, 1), OK); /* side by side */
}

static void a_failure_leaves_nothing_mapped(void **state)
{
	(void)state;
	mem.fail_at = 1;
	mem.fail_with = FFA_NO_MEMORY;
	assert_int_equal(map(TX, RX, 1), FFA_NO_MEMORY);
	assert_int_equal(mem.mapped, 0);
	mem.fail_at = 2;
	mem.fail_with = FFA_INVALID_PARAMETERS;
	assert_int_equal(map(TX, RX, 1), FFA_INVALID_PARAMETERS);
	assert_int_equal(mem.mapped, 0);
	assert_int_equal(mem.did[mem.n - 1].at, TX);
	assert_int_equal(m.state, MAILBOX_UNMAPPED);
	assert_int_equal(mailbox_size(&m), 0);
	assert_int_equal(map(TX, RX, 1), OK);
}

static void unmap_undoes_map(void **state)
{
	(void)state;
	assert_int_equal(mailbox_unmap(&m), FFA_INVALID_PARAMETERS);
	assert_int_equal(map(TX, RX, 3), OK);
	assert_int_equal(mailbox_unmap(&m), OK);
	assert_int_equal(mem.mapped, 0);
	assert_int_equal(mem.n, 4);
	assert_int_equal(m.state, MAILBOX_UNMAPPED);
	assert_int_equal(mailbox_unmap(&m), FFA_INVALID_PARAMETERS);
	assert_int_equal(map(RX, TX, 1), OK);
}

static void unmap_while_in_use_is_denied(void **state)
{
	(void)state;
	assert_int_equal(map(TX, RX, 1), OK);
	/* The SPMC writes RX. */
	assert_int_equal(mailbox_fill(&m, 16), OK);
	assert_int_equal(mailbox_unmap(&m), FFA_DENIED);
	mailbox_cancel(&m);
	/* The SPMC reads TX. */
	assert_int_equal(mailbox_tx_begin(&m), OK);
	assert_int_equal(mailbox_unmap(&m), FFA_DENIED);
	mailbox_tx_end(&m);
	assert_int_equal(mem.mapped, 2);
	assert_int_equal(mailbox_unmap(&m), OK);
	assert_int_equal(mem.mapped, 0);
}

/* Whoever has a message to read, or to write, may give up the buffers with it. */
static void unmap_drops_a_message(void **state)
{
	(void)state;
	assert_int_equal(map(TX, RX, 1), OK);
	assert_int_equal(mailbox_fill(&m, 16), OK);
	mailbox_commit(&m);
	assert_int_equal(mailbox_unmap(&m), OK);
	assert_int_equal(map(TX, RX, 1), OK);
	assert_int_equal(mailbox_acquire(&m), OK);
	assert_int_equal(mailbox_unmap(&m), OK);
	assert_int_equal(mem.mapped, 0);
}

static void a_message_is_there_until_it_is_released(void **state)
{
	(void)state;
	assert_int_equal(mailbox_fill(&m, 1), FFA_BUSY); /* not mapped */
	assert_int_equal(map(TX, RX, 1), OK);
	assert_int_equal(mailbox_release(&m), FFA_DENIED); /* nothing to release */
	assert_int_equal(mailbox_fill(&m, 4097), FFA_NO_MEMORY);
	assert_int_equal(m.state, MAILBOX_EMPTY);
	assert_int_equal(mailbox_fill(&m, 4096), OK);
	assert_int_equal(mailbox_fill(&m, 1), FFA_BUSY);
	assert_int_equal(mailbox_release(&m), FFA_DENIED); /* not his yet */
	mailbox_commit(&m);
	assert_int_equal(mailbox_fill(&m, 1), FFA_BUSY);
	assert_int_equal(mailbox_acquire(&m), FFA_DENIED);
	assert_int_equal(mailbox_release(&m), OK);
	assert_int_equal(mailbox_release(&m), FFA_DENIED);
	assert_int_equal(mailbox_fill(&m, 1), OK);
	mailbox_cancel(&m);
	assert_int_equal(m.state, MAILBOX_EMPTY);
}

static void acquired_by_the_hypervisor_it_is_not_ours_to_fill(void **state)
{
	(void)state;
	assert_int_equal(mailbox_acquire(&m), FFA_DENIED);
	assert_int_equal(map(TX, RX, 1), OK);
	assert_int_equal(mailbox_acquire(&m), OK);
	assert_int_equal(mailbox_acquire(&m), FFA_DENIED);
	assert_int_equal(mailbox_fill(&m, 1), FFA_BUSY);
	assert_int_equal(mailbox_release(&m), OK);
	assert_int_equal(mailbox_fill(&m, 1), OK);
}

static void tx_is_read_by_one_core_at_a_time(void **state)
{
	(void)state;
	assert_int_equal(mailbox_tx_begin(&m), FFA_DENIED); /* not mapped */
	assert_int_equal(map(TX, RX, 1), OK);
	assert_int_equal(mailbox_tx_begin(&m), OK);
	assert_int_equal(mailbox_tx_begin(&m), FFA_BUSY);
	assert_int_equal(mailbox_fill(&m, 1), OK); /* RX is another matter */
	mailbox_tx_end(&m);
	assert_int_equal(mailbox_tx_begin(&m), OK);
}

static void an_endpoint_that_ends_leaves_nothing_mapped(void **state)
{
	(void)state;
	mailbox_destroy(&m);
	assert_int_equal(mem.n, 0);
	for (unsigned int in = 0; in < 3; in++) {
		assert_int_equal(map(TX, RX, 1), OK);
		if (in)
			assert_int_equal(mailbox_fill(&m, 1), OK);
		if (in == 2) {
			mailbox_commit(&m);
			assert_int_equal(mailbox_tx_begin(&m), OK);
		}
		mailbox_destroy(&m);
		assert_int_equal(mem.mapped, 0);
		assert_int_equal(m.state, MAILBOX_UNMAPPED);
		assert_false(m.tx_busy);
	}
}

#define TEST(f) cmocka_unit_test_setup(f, fresh)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_event_in_each_state),
		TEST(tx_is_mapped_to_read_and_rx_to_write),
		TEST(a_second_map_is_denied),
		TEST(bad_buffers_touch_no_memory),
		TEST(a_failure_leaves_nothing_mapped),
		TEST(unmap_undoes_map),
		TEST(unmap_while_in_use_is_denied),
		TEST(unmap_drops_a_message),
		TEST(a_message_is_there_until_it_is_released),
		TEST(acquired_by_the_hypervisor_it_is_not_ours_to_fill),
		TEST(tx_is_read_by_one_core_at_a_time),
		TEST(an_endpoint_that_ends_leaves_nothing_mapped),
	};

	return UNIT_RUN(tests);
}
