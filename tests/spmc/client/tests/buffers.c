/* SPDX-License-Identifier: BSD-3-Clause */
/* RX and TX buffers: 7, and what is wrong with some. FF-A 1.2, 7.2 and 13.4 to 13.7. */
#include "buffers.h"

#include "ask.h"
#include "tests.h"

#define TX	((uint64_t)buffers_tx)
#define RX	((uint64_t)buffers_rx)
#define POISON	0xa5
#define UART	0x09000000ul /* not memory */
#define SECURE	0x0e400000ul /* SP1's */
#define RAM_END 0xc0000000ul
#define HIGH	0xffffffff00000000ul

uint8_t buffers_tx[BUFFERS_PAGES * FFA_PAGE_SIZE] __attribute__((aligned(FFA_PAGE_SIZE)));
uint8_t buffers_rx[BUFFERS_PAGES * FFA_PAGE_SIZE] __attribute__((aligned(FFA_PAGE_SIZE)));

bool buffers_map(void)
{
	struct regs r;

	memset(buffers_rx, POISON, sizeof(buffers_rx));
	r = ffa_call(FFA_RXTX_MAP_64, TX, RX, 1, 0);
	return EXPECT_SUCCESS(r);
}

bool buffers_unmap(void)
{
	struct regs r = ffa_call(FFA_RXTX_UNMAP, 0, 0, 0, 0);

	return EXPECT_SUCCESS(r);
}

bool buffers_release(void)
{
	struct regs r = ffa_call(FFA_RX_RELEASE, 0, 0, 0, 0);

	return EXPECT_SUCCESS(r);
}

void test_rxtx(void)
{
	struct regs r = ffa_call(FFA_RX_RELEASE, 0, 0, 0, 0);

	EXPECT_ERROR(r, FFA_DENIED); /* there is none */
	if (!buffers_map())
		return;
	r = ffa_call(FFA_RXTX_MAP_64, TX, RX, 1, 0);
	EXPECT_ERROR(r, FFA_DENIED); /* there is one */
	r = ffa_call(FFA_RX_RELEASE, 0, 0, 0, 0);
	EXPECT_ERROR(r, FFA_DENIED); /* it is empty */
	r = ffa_call(FFA_PARTITION_INFO_GET, 0, 0, 0, 0);
	EXPECT_SUCCESS(r);
	EXPECT_EQ(buffers_rx[FFA_PAGE_SIZE], POISON);
	r = ffa_call(FFA_PARTITION_INFO_GET, 0, 0, 0, 0);
	EXPECT_ERROR(r, FFA_BUSY);
	buffers_release();
	r = ffa_call(FFA_PARTITION_INFO_GET, 0, 0, 0, 0);
	EXPECT_SUCCESS(r);
	buffers_unmap(); /* whether it has been read or not */
	r = ffa_call(FFA_RXTX_UNMAP, 0, 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	/* 32-bit, and of several pages; the upper halves are nobody's business. */
	r = ffa_call(FFA_RXTX_MAP_32, HIGH | TX, HIGH | RX, BUFFERS_PAGES, 0);
	if (EXPECT_SUCCESS(r))
		buffers_unmap();
}

void test_rxtx_errors(void)
{
	static const struct {
		uint64_t tx, rx, w3;
	} wrong[] = {
		{ 0x60100001, 0x60110000, 1 },		/* not aligned */
		{ 0x60100000, 0x60110800, 1 },		/* to a page */
		{ 0x60100000, 0x60100000, 1 },		/* the same */
		{ 0x60100000, 0x60101000, 2 },		/* overlapping */
		{ 0x60101000, 0x60100000, 2 },		/* the other way round */
		{ 0x60100000, 0x60110000, 0 },		/* no page */
		{ 0x60100000, 0x60200000, 17 },		/* too many */
		{ 0x60100000, 0x60110000, 1 | 1 << 6 }, /* reserved bits */
		{ 0x60100000, 0x60110000, 1ul | 1ul << 31 },
		{ UART, 0x60110000, 1 },		    /* a device */
		{ 0x60100000, UART, 1 },		    /* as RX */
		{ SECURE, 0x60110000, 1 },		    /* of the other world */
		{ 0x60100000, SECURE, 1 },		    /* as RX */
		{ 0x60100000, RAM_END - FFA_PAGE_SIZE, 2 }, /* half of it is not there */
		{ 0x60100000, RAM_END, 1 },
		{ 0xfffffffffffff000, 0x60110000, 1 }, /* the end of all */
		{ 0x60100000, 0xfffffffffffff000, 2 }, /* and behind it */
	};
	struct regs r;

	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		r = ffa_call(FFA_RXTX_MAP_64, wrong[i].tx, wrong[i].rx, wrong[i].w3, 0);
		if (!EXPECT_ERROR(r, FFA_INVALID_PARAMETERS))
			say("# row %u\n", i);
	}
	/* For a VM, but without buffers to describe its in. */
	r = ffa_call(FFA_RXTX_MAP_64, 0, 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = ffa_call(FFA_RXTX_UNMAP, 1, 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = ffa_call(FFA_RXTX_UNMAP, 5u << 16, 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = ffa_call(FFA_RXTX_UNMAP, SP1 << 16, 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = ffa_call(FFA_RX_RELEASE, 5, 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = ffa_call(FFA_RX_RELEASE, SP1, 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = ffa_call(FFA_RX_ACQUIRE, 0, 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = ffa_call(FFA_RX_ACQUIRE, 5, 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = ffa_call(FFA_PARTITION_INFO_GET, 0, 0, 0, 0);
	EXPECT_ERROR(r, FFA_BUSY);
	r = ffa_call(FFA_MSG_SEND2, 0, 0, 0, 0);
	EXPECT_ERROR(r, FFA_DENIED);
	/* After all that, it works. */
	if (buffers_map())
		buffers_unmap();
}

/*
 * --- those of a VM, which its hypervisor describes: an endpoint RX/TX descriptor, two composites of a range each ---
 */

#define VM	    7u
#define VM_TX	    0x60100000ul
#define VM_RX	    0x60110000ul
#define COMPOSITE_1 16
#define COMPOSITE_2 48

struct vm_description {
	struct ffa_rxtx_desc d;
	struct ffa_composite rx_c;
	struct ffa_range rx;
	struct ffa_composite tx_c;
	struct ffa_range tx;
};

static struct regs describe(const struct vm_description *d)
{
	memcpy(buffers_tx, d, sizeof(*d));
	return ffa_call(FFA_RXTX_MAP_64, 0, 0, 0, 0);
}

void test_rxtx_vm(void)
{
	static const struct vm_description good = {
		{ VM, 0, COMPOSITE_1, COMPOSITE_2, 0 }, { 1, 1, 0 }, { VM_RX, 1, 0 }, { 1, 1, 0 }, { VM_TX, 1, 0 }
	};
	struct vm_description bad = good;
	struct regs r;

	if (!buffers_map())
		return;
	bad.d.endpoint = (uint16_t)SP1;
	r = describe(&bad);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	bad = good;
	bad.d.tx_offset = FFA_PAGE_SIZE - 8;
	r = describe(&bad);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	bad = good;
	bad.rx.address = SECURE;
	r = describe(&bad);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = describe(&good);
	EXPECT_SUCCESS(r);
	r = describe(&good);
	EXPECT_ERROR(r, FFA_DENIED);
	r = ffa_call(FFA_RX_RELEASE, VM, 0, 0, 0);
	EXPECT_ERROR(r, FFA_DENIED);
	r = ffa_call(FFA_RX_ACQUIRE, VM, 0, 0, 0);
	EXPECT_SUCCESS(r);
	r = ffa_call(FFA_RX_ACQUIRE, VM, 0, 0, 0);
	EXPECT_ERROR(r, FFA_DENIED);
	r = ffa_call(FFA_RX_RELEASE, VM, 0, 0, 0);
	EXPECT_SUCCESS(r);
	r = ffa_call(FFA_RXTX_UNMAP, VM << 16, 0, 0, 0);
	EXPECT_SUCCESS(r);
	r = ffa_call(FFA_RXTX_UNMAP, VM << 16, 0, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	buffers_unmap();
}
