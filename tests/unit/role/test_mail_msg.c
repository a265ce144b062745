/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * role/spmc/mail: what goes through mailboxes: partition information and indirect messages, for callers of each
 * version; memory that changes while it is read; calls and aborts in the middle of a copy.
 */
#include "mail_world.h"

#define POISON 0xa5

static int get_info(int who, const struct ffa_uuid *u, uint64_t w5)
{
	return CALL(who, mail_partition_info, FFA_PARTITION_INFO_GET, u->w[0], u->w[1], u->w[2], u->w[3], w5);
}

static const struct ffa_uuid nil;

/* --- partition information --- */

static void descriptors_of_each_version(void **state)
{
	static const uint32_t versions[] = { FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2 };

	(void)state;
	for (size_t v = 0; v < ARRAY_SIZE(versions); v++) {
		const uint64_t each = v ? 24 : 8;

		for (int who = NWD; who <= 0; who++) {
			const uint64_t rx = who < 0 ? NS_RX : SP_RX(0);
			uint8_t *p;

			setup(state);
			map_all(1);
			memset(at(who, rx), POISON, PAGE_SIZE);
			ffa_version_init(who < 0 ? &ns_version : &sp[0].version, versions[v]);
			assert_int_equal(get_info(who, &nil, 0), OK);
			assert_int_equal(r.x[2], 5); /* SP 0 has two UUIDs */
			assert_int_equal(r.x[3], v ? 24 : 0);
			p = at(who, rx);
			for (unsigned int i = 0; i < 5; i++) {
				struct ffa_partition_info d = { .uuid = nil };

				memcpy(&d, p + i * each, each);
				assert_int_equal(d.id, i < 2 ? 0x8001 : 0x8000 + i);
				assert_int_equal(d.ec_count, 4);
				assert_int_equal(d.properties, FFA_PARTITION_INDIRECT | FFA_PARTITION_DIRECT_RECV |
								       (who < 0 ? 0 : FFA_PARTITION_DIRECT_SEND));
				if (v)
					assert_memory_equal(&d.uuid, i < 2 ? &uuids[0][i] : uuids[i - 1], 16);
			}
			/* Not a byte more. */
			for (uint64_t i = 5 * each; i < PAGE_SIZE; i++)
				assert_int_equal(p[i], POISON);
			/* RX is the caller's now. */
			assert_int_equal(get_info(who, &nil, 0), FFA_BUSY);
			assert_int_equal(release(who, 0), OK);
			assert_int_equal(get_info(who, &nil, 0), OK);
		}
	}
}

static void by_uuid_and_only_the_count(void **state)
{
	const struct ffa_uuid none = { { 1, 2, 3, 5 } };

	(void)state;
	/* The count needs no buffer. */
	assert_int_equal(get_info(0, &nil, 1), OK);
	assert_true(r.x[2] == 5 && r.x[3] == 0);
	assert_int_equal(get_info(NWD, &uuids[1][0], 1), OK);
	assert_true(r.x[2] == 1 && r.x[3] == 0);
	assert_int_equal(get_info(0, &nil, 0), FFA_BUSY);
	assert_int_equal(get_info(NWD, &nil, 0), FFA_BUSY);
	map_all(1);
	assert_int_equal(get_info(0, &none, 0), FFA_INVALID_PARAMETERS);
	assert_int_equal(get_info(0, &nil, 2), FFA_INVALID_PARAMETERS);
	assert_int_equal(get_info(0, &uuids[3][0], 0), OK);
	assert_true(r.x[2] == 1 && r.x[3] == 24);
	assert_int_equal(*(uint16_t *)at(0, SP_RX(0)), 0x8004);
	/* In 1.0 w5 does not count. */
	ffa_version_init(&ns_version, FFA_VERSION_1_0);
	assert_int_equal(get_info(NWD, &uuids[3][0], 0xff), OK);
	assert_true(r.x[2] == 1 && r.x[3] == 0);
}

/* --- indirect messages --- */

/* Buffers of several pages are scattered in RAM: byte by byte. */
static uint8_t byte(uint32_t i)
{
	return (uint8_t)(i * 13 + i / 256 + 1);
}

static int send(int who, uint16_t to, uint32_t offset, uint32_t size)
{
	const uint16_t from = who < 0 ? 0 : sp[who].manifest.id;

	for (uint32_t i = 0; i < size; i++)
		*at(who, tx_of(who) + offset + i) = byte(i);
	write_header(at(who, tx_of(who)), from, to, offset, size);
	return send2(who, 0, 0);
}

static void check_received(int who, uint16_t from, uint32_t offset, uint32_t size)
{
	struct ffa_msg_header h;

	memcpy(&h, at(who, rx_of(who)), sizeof(h));
	assert_true(!h.flags && !h.reserved && h.sender == from && h.offset == offset && h.size == size);
	assert_int_equal(h.receiver, who < 0 ? 0 : sp[who].manifest.id);
	for (uint32_t i = 0; i < size; i++)
		assert_int_equal(*at(who, rx_of(who) + offset + i), byte(i));
}

static void between_all_pairs_of_worlds(void **state)
{
	static const struct {
		int from, to;
		uint16_t to_id;
	} row[] = { { 0, 1, 0x8002 }, { 1, 0, 0x8001 }, { NWD, 2, 0x8003 }, { 3, NWD, 0 } };

	(void)state;
	map_all(4);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		const uint16_t from = row[i].from < 0 ? 0 : (uint16_t)(0x8001 + row[i].from);
		static const uint32_t sizes[][2] = { { 40, 1 },	   { 40, 100 },	   { 4095, 2 },
						     { 40, 4056 }, { 4000, 1500 }, { 40, 16384 - 40 } };

		for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
			memset(at(row[i].to, rx_of(row[i].to)), POISON, PAGE_SIZE);
			assert_int_equal(send(row[i].from, row[i].to_id, sizes[k][0], sizes[k][1]), OK);
			check_received(row[i].to, from, sizes[k][0], sizes[k][1]);
			if (sizes[k][0] + sizes[k][1] < PAGE_SIZE)
				assert_int_equal(*at(row[i].to, rx_of(row[i].to) + sizes[k][0] + sizes[k][1]), POISON);
			/* Full until it is released. */
			assert_int_equal(send(row[i].from, row[i].to_id, 40, 1), FFA_BUSY);
			check_received(row[i].to, from, sizes[k][0], sizes[k][1]);
			if (row[i].to >= 0 && k % 2)
				assert_true(mail_release_on_wait(&ctx[row[i].to]));
			else
				assert_int_equal(release(row[i].to, 0), OK);
		}
	}
}

/* The header of 1.2 is longer: a message that lies where it is going to be moves behind it. */
static void headers_of_two_versions(void **state)
{
	struct ffa_msg_header_1_2 h;

	(void)state;
	map_all(1);
	ffa_version_init(&sp[0].version, FFA_VERSION_1_1);
	assert_int_equal(send(0, 0x8002, 20, 30), OK);
	memcpy(&h, at(1, SP_RX(1)), sizeof(h));
	assert_true(h.base.offset == 40 && !h.reserved && !h.uuid.w[0] && !h.uuid.w[3]);
	check_received(1, 0x8001, 40, 30);
	assert_int_equal(release(1, 0), OK);
	assert_int_equal(send(0, 0x8002, 200, 30), OK);
	check_received(1, 0x8001, 200, 30);
	assert_int_equal(release(1, 0), OK);
	/* Then it may not fit any more. */
	assert_int_equal(send(0, 0x8002, 20, PAGE_SIZE - 20), FFA_NO_MEMORY);
	assert_int_equal(send(0, 0x8002, 20, PAGE_SIZE - 40), OK);
	/* The other way it stays, and what is between belongs to nobody. */
	memset(at(0, SP_RX(0)), POISON, PAGE_SIZE);
	write_header(at(1, SP_TX(1)), 0x8002, 0x8001, 40, 3);
	at(1, SP_TX(1))[24] = 0x77; /* its UUID */
	memcpy(at(1, SP_TX(1)) + 40, "abc", 3);
	assert_int_equal(send2(1, 0, 0), OK);
	assert_int_equal(((struct ffa_msg_header *)at(0, SP_RX(0)))->offset, 40);
	assert_memory_equal(at(0, SP_RX(0)) + 40, "abc", 3);
	assert_int_equal(at(0, SP_RX(0))[20], POISON);
	assert_int_equal(at(0, SP_RX(0))[24], POISON);
	/* 1.2 to 1.2: with its UUID. */
	write_header(at(1, SP_TX(1)), 0x8002, 0x8003, 40, 3);
	memcpy(at(1, SP_TX(1)) + 24, &uuids[2][0], 16);
	assert_int_equal(send2(1, 0, 0), OK);
	assert_memory_equal(at(2, SP_RX(2)) + 24, &uuids[2][0], 16);
	/* 1.0 has no such messages. */
	ffa_version_init(&sp[3].version, FFA_VERSION_1_0);
	assert_int_equal(send(1, 0x8004, 40, 1), FFA_DENIED);
	ffa_version_init(&ns_version, FFA_VERSION_1_0);
	assert_int_equal(send(1, 0, 40, 1), FFA_DENIED);
}

static void messages_that_are_refused(void **state)
{
	static const struct {
		int who;
		uint64_t w1, w2;
		uint16_t from, to;
		uint32_t offset, size;
		int rc;
	} row[] = {
		{ 0, 0, 0, 0x8001, 0x8002, 40, 8, OK },
		{ 0, 0, 2, 0x8001, 0x8003, 40, 8, OK },
		{ 0, 0, 1, 0x8001, 0x8002, 40, 8, FFA_INVALID_PARAMETERS },
		{ 0, 1, 0, 0x8001, 0x8002, 40, 8, FFA_INVALID_PARAMETERS },
		{ 0, 0x80010000, 0, 0x8001, 0x8002, 40, 8, FFA_INVALID_PARAMETERS },
		{ 0, 0, 0, 0x8003, 0x8002, 40, 8, FFA_INVALID_PARAMETERS }, /* in another's name */
		{ 0, 0, 0, 0, 0x8002, 40, 8, FFA_INVALID_PARAMETERS },
		{ 0, 0, 0, 0x8001, 0x8001, 40, 8, FFA_INVALID_PARAMETERS }, /* to itself */
		{ 0, 0, 0, 0x8001, 0x8000, 40, 8, FFA_INVALID_PARAMETERS }, /* to the SPMC */
		{ 0, 0, 0, 0x8001, 0xffff, 40, 8, FFA_INVALID_PARAMETERS },
		{ 0, 0, 0, 0x8001, 0x8009, 40, 8, FFA_INVALID_PARAMETERS },
		{ 0, 0, 0, 0x8001, 7, 40, 8, FFA_INVALID_PARAMETERS }, /* a VM without mailbox */
		{ 0, 0, 0, 0x8001, 0x8002, 19, 8, FFA_INVALID_PARAMETERS },
		{ 0, 0, 0, 0x8001, 0x8002, 40, 0, FFA_INVALID_PARAMETERS },
		{ 0, 0, 0, 0x8001, 0x8002, 40, 4057, FFA_INVALID_PARAMETERS },
		{ 0, 0, 0, 0x8001, 0x8002, 0xfffffff0, 0x20, FFA_INVALID_PARAMETERS },
		{ NWD, 0, 0, 0, 0x8004, 40, 8, OK },
		{ NWD, 0, 0, 0, 5, 40, 8, FFA_INVALID_PARAMETERS }, /* within the normal world */
		{ NWD, 0, 0, 5, 0x8002, 40, 8, FFA_INVALID_PARAMETERS },
		{ NWD, 0, 0, 0x8001, 0x8002, 40, 8, FFA_INVALID_PARAMETERS },
		{ NWD, 0x80010000, 0, 0x8001, 0x8002, 40, 8, FFA_INVALID_PARAMETERS },
		{ NWD, 0x90000, 0, 9, 0x8002, 40, 8, FFA_DENIED }, /* a VM without mailbox */
	};

	(void)state;
	map_all(1);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		write_header(at(row[i].who, tx_of(row[i].who)), row[i].from, row[i].to, 40, 1);
		((struct ffa_msg_header *)at(row[i].who, tx_of(row[i].who)))->offset = row[i].offset;
		((struct ffa_msg_header *)at(row[i].who, tx_of(row[i].who)))->size = row[i].size;
		assert_int_equal(send2(row[i].who, row[i].w1, row[i].w2), row[i].rc);
		if (row[i].rc == OK)
			assert_int_equal(release(row[i].to - 0x8001, 0), OK);
		for (unsigned int k = 0; k < SPS; k++)
			assert_true(sp[k].mail.box.state == MAILBOX_EMPTY && !sp[k].mail.box.tx_busy);
	}
}

static void those_who_cannot(void **state)
{
	(void)state;
	map_all(1);
	/* By their properties. */
	sp[1].properties &= ~(uint32_t)FFA_PARTITION_INDIRECT;
	assert_int_equal(send(1, 0x8001, 40, 1), FFA_DENIED);
	assert_int_equal(send(0, 0x8002, 40, 1), FFA_DENIED);
	assert_int_equal(send(NWD, 0x8002, 40, 1), FFA_DENIED);
	/* Without buffers. */
	assert_int_equal(send(0, 0x8004, 40, 1), OK);
	assert_int_equal(release(3, 0), OK);
	assert_int_equal(unmap(3, 0), OK);
	assert_int_equal(send(0, 0x8004, 40, 1), FFA_BUSY);
	assert_int_equal(send2(3, 0, 0), FFA_DENIED);
	assert_int_equal(unmap(NWD, 0), OK);
	assert_int_equal(send2(NWD, 0, 0), FFA_DENIED);
	assert_int_equal(send(0, 0, 40, 1), FFA_BUSY);
	mail_abort(&sp[3]);
	assert_int_equal(send(0, 0x8004, 40, 1), FFA_DENIED);
}

static void to_and_from_vms(void **state)
{
	(void)state;
	map_all(1);
	assert_int_equal(map_vm(5, 0), OK);
	write_header(at(NWD, VM_TX(0)), 5, 0x8001, 40, 5);
	memcpy(at(NWD, VM_TX(0)) + 40, "hello", 5);
	assert_int_equal(send2(NWD, 5 << 16, 0), OK);
	assert_memory_equal(at(0, SP_RX(0)) + 40, "hello", 5);
	assert_int_equal(((struct ffa_msg_header *)at(0, SP_RX(0)))->sender, 5);
	/* What stays in the normal world is not ours to deliver. */
	write_header(at(NWD, VM_TX(0)), 5, 0, 40, 5);
	assert_int_equal(send2(NWD, 5 << 16, 0), FFA_INVALID_PARAMETERS);
	assert_int_equal(send(NWD, 5, 40, 1), FFA_INVALID_PARAMETERS);
	/* An answer, into the VM's own RX; not while the hypervisor has that. */
	assert_int_equal(acquire(5), OK);
	assert_int_equal(send(0, 5, 40, 8), FFA_BUSY);
	assert_int_equal(release(NWD, 5), OK);
	assert_int_equal(send(0, 5, 40, 8), OK);
	assert_int_equal(((struct ffa_msg_header *)at(NWD, VM_RX(0)))->receiver, 5);
	assert_int_equal(at(NWD, VM_RX(0))[40], byte(0));
	assert_int_equal(*(uint32_t *)at(NWD, NS_RX), 0xa5a5a5a5);
	assert_int_equal(acquire(5), FFA_DENIED);
	assert_int_equal(release(NWD, 5), OK);
	assert_int_equal(unmap(NWD, 5 << 16), OK);
	assert_int_equal(send(0, 5, 40, 8), FFA_INVALID_PARAMETERS);
}

/* Memory that is gone: the message is not delivered, and the receiver can get the next one. */
static void a_buffer_that_is_no_longer_there(void **state)
{
	(void)state;
	map_all(2);
	assert_int_equal(s2_unmap(&part[0].s2, IPA(SP_TX(0) + PAGE_SIZE), PAGE_SIZE), OK);
	write_header(at(0, SP_TX(0)), 0x8001, 0x8002, 40, 5000);
	assert_int_equal(send2(0, 0, 0), FFA_ABORTED);
	assert_int_equal(sp[1].mail.box.state, MAILBOX_EMPTY);
	write_header(at(0, SP_TX(0)), 0x8001, 0x8002, 40, 50);
	assert_int_equal(send2(0, 0, 0), OK);
	assert_int_equal(release(1, 0), OK);
	assert_int_equal(s2_protect(&part[1].s2, IPA(SP_RX(1)), PAGE_SIZE, S2_R), OK);
	assert_int_equal(send2(0, 0, 0), FFA_ABORTED);
	assert_int_equal(get_info(1, &nil, 0), FFA_ABORTED);
	assert_int_equal(sp[1].mail.box.state, MAILBOX_EMPTY);
	assert_int_equal(s2_unmap(&part[0].s2, IPA(SP_TX(0)), PAGE_SIZE), OK);
	assert_int_equal(send2(0, 0, 0), FFA_ABORTED);
	assert_int_equal(unmap(0, 0), OK);
}

/* --- in the middle of a copy --- */

/* The header changes as soon as it was read once. */
static void change_header(bool write, uint64_t pa, size_t size)
{
	(void)size;
	if (!write && pa == NS_TX)
		write_header(at(NWD, NS_TX), 0x8003, 0x8004, 40, 0xfffffff);
}

static void a_header_that_changes_while_it_is_read(void **state)
{
	(void)state;
	map_all(1);
	ns_hook = change_header;
	assert_int_equal(send(NWD, 0x8002, 40, 100), OK);
	check_received(1, 0, 40, 100);
	assert_int_equal(sp[3].mail.box.state, MAILBOX_EMPTY);
}

static int during[9];

/* At the copy of the message itself. */
static void call_meanwhile(bool write, uint64_t pa, size_t size)
{
	const struct ffa_regs keep = r;

	(void)size;
	if (write || pa == NS_TX)
		return;
	ns_hook = NULL;
	during[0] = unmap(NWD, 0); /* the sender's */
	during[1] = unmap(1, 0);   /* the receiver's */
	during[2] = release(1, 0); /* it has nothing yet */
	during[3] = send2(NWD, 0, 0);
	during[4] = send(0, 0x8002, 40, 1); /* another's message */
	during[5] = get_info(1, &nil, 0);
	during[6] = send(0, 0x8003, 40, 1); /* nobody's business */
	during[7] = send(1, 0, 40, 1);	    /* the receiver to the sender */
	during[8] = mail_release_on_wait(&ctx[1]);
	r = keep;
}

static void while_a_message_is_copied(void **state)
{
	static const int expected[] = {
		FFA_DENIED, FFA_DENIED, FFA_DENIED, FFA_BUSY, FFA_BUSY, FFA_BUSY, OK, OK, false
	};

	(void)state;
	map_all(2);
	ns_hook = call_meanwhile;
	assert_int_equal(send(NWD, 0x8002, 40, 3000), OK);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_int_equal(during[i], expected[i]);
	check_received(1, 0, 40, 3000);
	check_received(NWD, 0x8002, 40, 1);
	assert_int_equal(unmap(NWD, 0), OK); /* though RX is full */
}

static unsigned int writes, header_writes;

static void watch_the_header(bool write, uint64_t pa, size_t size)
{
	(void)size;
	if (!write)
		return;
	assert_int_equal(header_writes, 0);
	writes++;
	header_writes += pa == NS_RX;
}

/* So that an SP which polls its RX buffer does not see one without its message. */
static void the_header_comes_last(void **state)
{
	(void)state;
	map_all(2);
	ns_hook = watch_the_header;
	assert_int_equal(send(0, 0, 40, 3000), OK);
	assert_true(writes > 1 && header_writes == 1);
}

static unsigned int victim;
static int sent_after;

static void abort_meanwhile(bool write, uint64_t pa, size_t size)
{
	(void)size;
	if (write != (victim == 0) || pa == NS_TX)
		return;
	mail_abort(&sp[victim]);
	/* Another of its contexts, which doesn't know yet. */
	sent_after = send2((int)victim, 0, 0);
}

/* The receiver, then the sender, ends in the middle: no panic, and once the copy is over nothing is mapped. */
static void an_abort_while_a_message_is_copied(void **state)
{
	(void)state;
	map_all(2);
	ns_hook = abort_meanwhile;
	victim = 1;
	assert_int_equal(send(NWD, 0x8002, 40, 3000), OK);
	assert_int_equal(sent_after, FFA_DENIED);
	assert_int_equal(sp[1].mail.box.state, MAILBOX_UNMAPPED);
	assert_int_equal(send(NWD, 0x8002, 40, 3000), FFA_DENIED);
	victim = 0;
	assert_int_equal(send(0, 0, 40, 3000), OK);
	assert_true(sp[0].mail.box.state == MAILBOX_UNMAPPED && !sp[0].mail.box.tx_busy);
	assert_int_equal(release(NWD, 0), OK);
	assert_int_equal(send2(0, 0, 0), FFA_DENIED);
}

/* --- anything at all --- */

static uint64_t some_value(void)
{
	static const uint64_t near[] = { 0,	   1,	       5,	   40,	       0x8001, 0x8002,
					 5 << 16,  0x80010000, PAGE_SIZE,  NS_TX,      NS_RX,  SP_TX(0),
					 SP_RX(0), SP_TX(1),   UINT32_MAX, UINT64_MAX, NS(20), NS(21) };

	return near[(size_t)random() % ARRAY_SIZE(near)] ^ (random() % 4 ? 0 : BIT(random() % 64));
}

/* Random calls with random registers and buffers: each has an answer that is one, and nobody's lock is left. */
static void random_calls(void **state)
{
	static void (*const fn[])(struct ffa_caller *, struct ffa_regs *) = {
		mail_rxtx_map, mail_rxtx_unmap, mail_rx_release, mail_partition_info, mail_send2, mail_rx_acquire,
	};

	(void)state;
	srandom(7);
	for (unsigned int i = 0; i < 200000; i++) {
		const int who = (int)(random() % 3) - 1;
		const size_t f = (size_t)random() % (ARRAY_SIZE(fn) - (who < 0 ? 0 : 1));
		uint64_t x[6] = { random() % 2 ? FFA_RXTX_MAP_64 : FFA_RXTX_MAP_32 };
		int rc;

		for (unsigned int k = 1; k < 6; k++)
			x[k] = some_value();
		for (unsigned int k = 0; k < 10; k++)
			((uint32_t *)at(who, tx_of(who)))[k] = (uint32_t)some_value();
		if (random() % 8 == 0)
			write_header(at(who, tx_of(who)), who < 0 ? 0 : (uint16_t)(0x8001 + who), 0x8002, 40, 1);
		rc = call(who, fn[f], x);
		assert_in_range(-rc, 0, 10);
		assert_true(!r.x[1] && !r.x[4] && !r.x[5] && !r.x[6] && !r.x[7]);
		if (random() % 64 == 0)
			(void)!map_at(who, tx_of(who), rx_of(who), 1);
	}
	for (unsigned int i = 0; i < SPS; i++)
		assert_false(sp[i].mail.box.tx_busy || sp[i].mail.box.state == MAILBOX_FILLING);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(descriptors_of_each_version),
		TEST(by_uuid_and_only_the_count),
		TEST(between_all_pairs_of_worlds),
		TEST(headers_of_two_versions),
		TEST(messages_that_are_refused),
		TEST(those_who_cannot),
		TEST(to_and_from_vms),
		TEST(a_buffer_that_is_no_longer_there),
		TEST(a_header_that_changes_while_it_is_read),
		TEST(while_a_message_is_copied),
		TEST(the_header_comes_last),
		TEST(random_calls),
		TEST(an_abort_while_a_message_is_copied),
	};

	return UNIT_RUN(tests);
}
