/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * role/spmc/mail: mailboxes of SPs, of the normal world, and of its VMs: mapping, turns, whose, and the end of an SP.
 */
#include "mail_world.h"

static void an_sps_buffers_are_its_own_memory(void **state)
{
	const uint64_t a = SP_BASE(1);
	const struct {
		uint64_t tx, rx, pages;
	} bad[] = {
		{ SP_RO(1), a, 1 },	       /* may only read */
		{ a, SP_RO(1), 1 },	       /* */
		{ SP_WO(1), a, 1 },	       /* may only write */
		{ a, SP_WO(1), 1 },	       /* */
		{ SP_DEV(1), a, 1 },	       /* a device */
		{ a, SP_DEV(1), 1 },	       /* */
		{ SP_BASE(0), a, 1 },	       /* another's */
		{ a, SP_BASE(2), 1 },	       /* */
		{ NS(0), a, 1 },	       /* the normal world's */
		{ a, NS(0), 1 },	       /* */
		{ RAM_BASE, a, 1 },	       /* a PA */
		{ a, a, 1 },		       /* twice */
		{ a, a + 0x1000, 2 },	       /* overlap */
		{ a + 8, a + 0x2000, 1 },      /* misaligned */
		{ a, a + 0x2010, 1 },	       /* */
		{ a, a + 0x4000, 0 },	       /* none */
		{ a, a + 0x4000, 5 },	       /* beyond the end */
		{ a + 0x6000, a, 3 },	       /* */
		{ a, a + 0x4000, 17 },	       /* too many */
		{ a, a + 0x4000, 0x41 },       /* reserved bits */
		{ a, a + 0x4000, 0x80000001 }, /* */
		{ BIT(36) - 0x1000, a, 1 },    /* the end of its IPA space */
		{ a, BIT(36), 1 },	       /* */
		{ UINT64_MAX - 0xfff, a, 1 },  /* wraps */
		{ a, UINT64_MAX - 0x1fff, 3 }, /* */
		{ 0, 0, 0 },		       /* a forwarded call, from an SP */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(map_at(1, bad[i].tx, bad[i].rx, bad[i].pages), FFA_INVALID_PARAMETERS);
		assert_int_equal(sp[1].mail.box.state, MAILBOX_UNMAPPED);
	}
	assert_int_equal(map_at(1, a, a + 0x4000, 4), OK);
	assert_int_equal(map_at(1, a, a + 0x4000, 4), FFA_DENIED);
	assert_int_equal(unmap(1, 0), OK);
	assert_int_equal(unmap(1, 0), FFA_INVALID_PARAMETERS);
	assert_int_equal(map_at(1, a + 0x1000, a, 1), OK);
}

/* Of a 32-bit call the upper halves do not count; of a 64-bit one they do. */
static void thirty_two_and_sixty_four_bits(void **state)
{
	const uint64_t junk = UINT64_C(0xdead000000000000);

	(void)state;
	assert_int_equal(CALL(0, mail_rxtx_map, FFA_RXTX_MAP_64, SP_TX(0) | junk, SP_RX(0), 1), FFA_INVALID_PARAMETERS);
	assert_int_equal(CALL(0, mail_rxtx_map, FFA_RXTX_MAP_32, SP_TX(0) | junk, SP_RX(0) | junk, 1 | junk), OK);
	assert_int_equal(sp[0].mail.box.tx.a, SP_TX(0));
	assert_int_equal(CALL(NWD, mail_rxtx_map, FFA_RXTX_MAP_32, NS_TX | junk, NS_RX | junk, 1 | junk), OK);
	assert_true((r.x[1] | r.x[2] | r.x[3] | r.x[4] | r.x[5] | r.x[6] | r.x[7]) == 0);
}

static void the_normal_worlds_buffers_are_its_ram(void **state)
{
	static const struct {
		uint64_t tx, rx, pages;
	} bad[] = {
		{ SP_BASE(0), NS(0), 1 },
		{ NS(0), SP_BASE(0), 1 },
		{ RAM_BASE, NS(0), 1 },
		{ NS(0), NS(NS_PAGES), 1 },
		{ NS(NS_PAGES - 1), NS(0), 2 },
		{ NS(0), NS(0), 1 },
		{ NS(0) + 1, NS(1), 1 },
		{ NS(0), NS(20), 17 },
		{ 0, 0, 1 },
		{ 0, NS(1), 0 },
		{ NS(1), 0, 0 },
		{ 0x9000000, NS(1), 1 },
		{ NS(0), UINT64_MAX - 0xfff, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(map_at(NWD, bad[i].tx, bad[i].rx, bad[i].pages), FFA_INVALID_PARAMETERS);
	assert_int_equal(map_at(NWD, NS(0), NS(16), 16), OK);
	assert_int_equal(map_at(NWD, NS(0), NS(16), 16), FFA_DENIED);
	assert_int_equal(unmap(NWD, 0), OK);
	assert_int_equal(unmap(NWD, 0), FFA_INVALID_PARAMETERS);
	assert_int_equal(ns_copies, 0);
}

static void who_is_meant(void **state)
{
	(void)state;
	map_all(1);
	/* An SP means itself. */
	assert_int_equal(unmap(0, 0x80020000), FFA_INVALID_PARAMETERS);
	assert_int_equal(unmap(0, 0x80010000), FFA_INVALID_PARAMETERS);
	assert_int_equal(unmap(0, 1), FFA_INVALID_PARAMETERS);
	assert_int_equal(release(0, 0x8002), FFA_INVALID_PARAMETERS);
	assert_int_equal(release(0, 0x10000), FFA_INVALID_PARAMETERS);
	assert_int_equal(send2(0, 0x80020000, 0), FFA_INVALID_PARAMETERS);
	/* The hypervisor: itself, or one of its VMs that has a mailbox; never an SP. */
	for (int w1 = 5; w1 < 0x10000; w1 += 0x7ffd) { /* 5, 0x8002, 0xffff */
		assert_int_equal(unmap(NWD, (uint64_t)w1 << 16), FFA_INVALID_PARAMETERS);
		assert_int_equal(release(NWD, (uint64_t)w1), FFA_INVALID_PARAMETERS);
		assert_int_equal(acquire((uint64_t)w1), FFA_INVALID_PARAMETERS);
	}
	assert_int_equal(unmap(NWD, 1), FFA_INVALID_PARAMETERS);
	assert_int_equal(release(NWD, 0x10000), FFA_INVALID_PARAMETERS);
	assert_int_equal(acquire(0), FFA_INVALID_PARAMETERS);
	assert_int_equal(acquire(0x10000), FFA_INVALID_PARAMETERS);
	for (unsigned int i = 0; i < SPS; i++)
		assert_int_equal(sp[i].mail.box.state, MAILBOX_EMPTY);
	/* Nothing to be released. */
	assert_int_equal(release(0, 0), FFA_DENIED);
	assert_int_equal(release(NWD, 0), FFA_DENIED);
	assert_false(mail_release_on_wait(&ctx[0]));
	assert_int_equal(unmap(0, 0), OK);
	assert_int_equal(release(0, 0), FFA_DENIED);
}

/* --- a hypervisor's VMs --- */

static void a_vms_buffers(void **state)
{
	(void)state;
	/* Without a TX buffer there is nothing to read the descriptor from. */
	assert_int_equal(map_vm(5, 0), FFA_INVALID_PARAMETERS);
	map_all(1);
	assert_int_equal(map_vm(5, 0), OK);
	assert_int_equal(map_vm(5, 1), FFA_DENIED);
	assert_int_equal(map_vm(6, 1), OK);
	assert_int_equal(release(NWD, 5), FFA_DENIED);
	/* The hypervisor wants to write to it itself, and gives it back. */
	assert_int_equal(acquire(5), OK);
	assert_int_equal(acquire(5), FFA_DENIED);
	assert_int_equal(release(NWD, 5), OK);
	assert_int_equal(release(NWD, 5), FFA_DENIED);
	assert_int_equal(acquire(5), OK);
	assert_int_equal(unmap(NWD, 5 << 16), OK);
	assert_int_equal(unmap(NWD, 5 << 16), FFA_INVALID_PARAMETERS);
	assert_int_equal(acquire(5), FFA_INVALID_PARAMETERS);
	/* The hypervisor's own stays, and so does VM 6's without it. */
	assert_int_equal(unmap(NWD, 0), OK);
	assert_int_equal(acquire(6), OK);
	/* 1.0 has another descriptor, and no use for it. */
	ffa_version_init(&ns_version, FFA_VERSION_1_0);
	assert_int_equal(map_at(NWD, NS_TX, NS_RX, 1), OK);
	assert_int_equal(map_vm(7, 2), FFA_NOT_SUPPORTED);
}

static void places_for_vms_run_out(void **state)
{
	(void)state;
	map_all(1);
	for (unsigned int i = 0; i < MAIL_VMS_MAX; i++)
		assert_int_equal(map_vm((uint16_t)(100 + i), i), OK);
	assert_int_equal(map_vm(200, 20), FFA_NO_MEMORY);
	assert_int_equal(map_vm(100, 20), FFA_DENIED);
	assert_int_equal(unmap(NWD, 103 << 16), OK);
	assert_int_equal(map_vm(200, 20), OK);
	assert_int_equal(acquire(103), FFA_INVALID_PARAMETERS);
	assert_int_equal(acquire(200), OK);
	assert_int_equal(map_vm(103, 3), FFA_NO_MEMORY);
	/* What could not be mapped takes no place. */
	assert_int_equal(unmap(NWD, 104 << 16), OK);
	describe_vm(104, 4);
	vm_desc.tx_range.address = SP_BASE(0);
	assert_int_equal(map_described(), FFA_INVALID_PARAMETERS);
	assert_int_equal(acquire(104), FFA_INVALID_PARAMETERS);
	assert_int_equal(map_vm(104, 4), OK);
}

#define BAD(change)                                                                                                    \
	do {                                                                                                           \
		describe_vm(5, 0);                                                                                     \
		change;                                                                                                \
		assert_int_equal(map_described(), FFA_INVALID_PARAMETERS);                                             \
		assert_int_equal(acquire(5), FFA_INVALID_PARAMETERS);                                                  \
	} while (0)

static void malformed_descriptors(void **state)
{
	(void)state;
	map_all(1);
	BAD(vm_desc.d.endpoint = 0);
	BAD(vm_desc.d.endpoint = 0x8001);
	BAD(vm_desc.d.endpoint = 0xffff);
	BAD(vm_desc.d.reserved = 1);
	BAD(vm_desc.d.pad = 1);
	BAD(vm_desc.d.rx_offset = 0);
	BAD(vm_desc.d.rx_offset = 8);
	BAD(vm_desc.d.tx_offset = 12);
	BAD(vm_desc.d.rx_offset = 20);
	BAD(vm_desc.d.rx_offset = PAGE_SIZE);
	BAD(vm_desc.d.rx_offset = PAGE_SIZE - 24);
	BAD(vm_desc.d.tx_offset = 0xfffffff8);
	BAD(vm_desc.d.tx_offset = 0x80000000);
	BAD(vm_desc.rx.count = 0);
	BAD(vm_desc.tx.count = 2);
	BAD(vm_desc.tx.count = 0xffffffff);
	BAD(vm_desc.rx.reserved = 1);
	BAD(vm_desc.rx_range.reserved = 1);
	BAD(vm_desc.rx.pages = 2);
	BAD(vm_desc.tx_range.pages = 0);
	BAD(vm_desc.tx.pages = vm_desc.tx_range.pages = 2);
	BAD(vm_desc.rx.pages = vm_desc.rx_range.pages = vm_desc.tx.pages = vm_desc.tx_range.pages = 0);
	BAD(vm_desc.rx.pages = vm_desc.rx_range.pages = vm_desc.tx.pages = vm_desc.tx_range.pages = 0x40000001);
	BAD(vm_desc.rx_range.address = SP_RX(0));
	BAD(vm_desc.rx_range.address = vm_desc.tx_range.address);
	BAD(vm_desc.rx_range.address += 4);
	/* Sound, but at an odd place; and half of it behind the buffer. */
	describe_vm(5, 0);
	vm_desc.d.rx_offset = 100;
	memcpy(at(NWD, NS_TX) + 100, &vm_desc.rx, 32);
	assert_int_equal(map_described(), FFA_INVALID_PARAMETERS);
	vm_desc.d.rx_offset = PAGE_SIZE - 16;
	memcpy(at(NWD, NS_TX) + PAGE_SIZE - 16, &vm_desc.rx, 32);
	assert_int_equal(map_described(), FFA_INVALID_PARAMETERS);
	/* The composites anywhere in the buffer. */
	describe_vm(5, 0);
	vm_desc.d.rx_offset = PAGE_SIZE - 32;
	memcpy(at(NWD, NS_TX) + PAGE_SIZE - 32, &vm_desc.rx, 32);
	assert_int_equal(map_described(), OK);
	assert_int_equal(acquire(5), OK);
}

/* A forwarded call is the hypervisor's, with zeros in all three registers. */
static void what_is_no_forwarded_call(void **state)
{
	(void)state;
	map_all(1);
	describe_vm(5, 0);
	memcpy(at(NWD, NS_TX), &vm_desc, sizeof(vm_desc));
	memcpy(at(0, SP_TX(0)), &vm_desc, sizeof(vm_desc));
	assert_int_equal(map_at(0, 0, 0, 0), FFA_DENIED);
	assert_int_equal(map_at(NWD, NS(20), 0, 0), FFA_DENIED);
	assert_int_equal(map_at(NWD, 0, NS(20), 0), FFA_DENIED);
	assert_int_equal(map_at(NWD, 0, 0, 1), FFA_DENIED);
	assert_int_equal(acquire(5), FFA_INVALID_PARAMETERS);
	assert_int_equal(map_at(NWD, 0, 0, 0), OK);
	assert_int_equal(acquire(5), OK);
}

/* Each part changes right after it was read: what counts is what was read, once. */
static void spoil(bool write, uint64_t pa, size_t size)
{
	assert_false(write);
	memset(ns_ram + (pa - NS_BASE), 0xff, size);
}

static void a_descriptor_that_changes_while_it_is_read(void **state)
{
	(void)state;
	map_all(1);
	ns_hook = spoil;
	ns_copies = 0;
	assert_int_equal(map_vm(5, 0), OK);
	assert_int_equal(ns_copies, 3);
	ns_hook = NULL;
	assert_int_equal(acquire(5), OK);
	assert_int_equal(*(uint32_t *)at(NWD, NS_TX), 0xffffffff);
}

static int nested[4];

static void call_meanwhile(bool write, uint64_t pa, size_t size)
{
	(void)write;
	(void)pa;
	(void)size;
	ns_hook = NULL;
	nested[0] = unmap(NWD, 0);
	nested[1] = map_at(NWD, 0, 0, 0);
	nested[2] = map_at(NWD, NS(20), NS(21), 1);
}

static void while_the_descriptor_is_read(void **state)
{
	(void)state;
	map_all(1);
	ns_hook = call_meanwhile;
	assert_int_equal(map_vm(5, 0), OK);
	assert_int_equal(nested[0], FFA_DENIED);
	assert_int_equal(nested[1], FFA_BUSY);
	assert_int_equal(nested[2], FFA_DENIED);
	assert_int_equal(unmap(NWD, 0), OK);
}

/* --- the start and the end of an SP --- */

static void buffers_of_the_manifest(void **state)
{
	struct sp_manifest *m = &sp[0].manifest;

	(void)state;
	m->region[0] = (struct sp_region){ .base = SP_RX(0), .pages = 2, .node = "/memory-regions/rx" };
	m->region[1] = (struct sp_region){ .base = SP_TX(0), .pages = 2, .node = "/memory-regions/tx" };
	m->rx = 0;
	m->tx = 1;
	assert_int_equal(mail_boot(&sp[0]), OK);
	assert_int_equal(sp[0].mail.box.state, MAILBOX_EMPTY);
	assert_int_equal(sp[0].mail.box.rx.a, SP_RX(0));
	assert_int_equal(sp[0].mail.box.tx.a, SP_TX(0));
	assert_int_equal(mailbox_size(&sp[0].mail.box), 0x2000);
	assert_int_equal(map_at(0, SP_TX(0), SP_RX(0), 2), FFA_DENIED);

	m->region[0].base = SP_RO(0);
	m->region[0].pages = m->region[1].pages = 1;
	assert_int_equal(mail_boot(&sp[0]), E_INVAL);
	m->region[0].base = SP_RX(0);
	m->region[0].pages = m->region[1].pages = MAIL_PAGES_MAX + 1;
	assert_int_equal(mail_boot(&sp[0]), E_INVAL);
	m->region[0].pages = m->region[1].pages = 0xffffffff;
	assert_int_equal(mail_boot(&sp[0]), E_INVAL);
	assert_int_equal(sp[0].mail.box.state, MAILBOX_UNMAPPED);
}

static void an_aborted_sp_has_no_mailbox(void **state)
{
	(void)state;
	map_all(1);
	mail_abort(&sp[2]);
	mail_abort(&sp[2]);
	assert_int_equal(sp[2].mail.box.state, MAILBOX_UNMAPPED);
	/* Its other contexts may still be running. */
	assert_int_equal(map_at(2, SP_TX(2), SP_RX(2), 1), FFA_DENIED);
	assert_int_equal(unmap(2, 0), FFA_DENIED);
	assert_int_equal(release(2, 0), FFA_DENIED);
	assert_int_equal(send2(2, 0, 0), FFA_DENIED);
	assert_false(mail_release_on_wait(&ctx[2]));
	assert_int_equal(CALL(2, mail_partition_info, FFA_PARTITION_INFO_GET, 0), FFA_DENIED);
	/* Built anew it has one again. */
	assert_int_equal(mail_boot(&sp[2]), OK);
	assert_int_equal(map_at(2, SP_TX(2), SP_RX(2), 1), OK);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_sps_buffers_are_its_own_memory),
		TEST(thirty_two_and_sixty_four_bits),
		TEST(the_normal_worlds_buffers_are_its_ram),
		TEST(who_is_meant),
		TEST(a_vms_buffers),
		TEST(places_for_vms_run_out),
		TEST(malformed_descriptors),
		TEST(what_is_no_forwarded_call),
		TEST(a_descriptor_that_changes_while_it_is_read),
		TEST(while_the_descriptor_is_read),
		TEST(buffers_of_the_manifest),
		TEST(an_aborted_sp_has_no_mailbox),
	};

	return UNIT_RUN(tests);
}
