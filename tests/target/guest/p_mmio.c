/* SPDX-License-Identifier: BSD-3-Clause */
/* Programs: accesses to emulated devices of every kind, and to pages that come and go. */
#include "guest.h"
#include "insn.h"

#define FILE_ID 2

#define BYTES (TESTDEV_BASE + TESTDEV_BYTES)
#define VALUE 0x8182838485868788ul

/* Every width, zero- and sign-extended; the zero register. The test looks at what the device saw. */
PROGRAM(g_mmio)
{
	io64_w(BYTES, VALUE);
	G_EQ(io64_r(BYTES), VALUE);
	G_EQ(io32_r(BYTES), 0x85868788);
	G_EQ(io32_r(BYTES + 4), 0x81828384);
	G_EQ(io16(BYTES + 2), 0x8586);
	G_EQ(io8(BYTES + 7), 0x81);
	G_EQ(do_ldrsb_x(BYTES), 0xffffffffffffff88);
	G_EQ(do_ldrsh_w(BYTES), 0xffff8788);
	G_EQ(do_ldrsw(BYTES), 0xffffffff85868788);
	G_EQ(do_ldar(BYTES), VALUE);
	io8(BYTES + 1) = 0x11;
	io16(BYTES + 2) = 0x2222;
	io32_w(BYTES + 4, 0x33333333);
	G_EQ(io64_r(BYTES), 0x3333333322221188);
	do_str_zr(BYTES);
	G_EQ(io64_r(BYTES), 0);
	do_stlr(BYTES + 8, VALUE);
	G_EQ(io64_r(BYTES + 8), VALUE);
	do_ldr_zr(BYTES + 8);
}

/* What no device answers is an external abort, with the address, and the guest goes on. */
PROGRAM(g_mmio_bad)
{
	G_ABORT((void)io32_r(NOWHERE), NOWHERE);
	G_CHECK(!(SEEN.esr & BIT(6)));
	G_ABORT(io8(NOWHERE + 0x123) = 1, NOWHERE + 0x123);
	G_CHECK(SEEN.esr & BIT(6));
	G_ABORT((void)io64_r(0x0), 0ul);
	G_ABORT((void)io64_r(0xfffffff000), 0xfffffff000ul);
	/* A register that the device does not have at that width. */
	G_ABORT((void)io32_r(TESTDEV_BASE + TESTDEV_SLOT), TESTDEV_BASE + TESTDEV_SLOT);
	/* Beyond the end of RAM. */
	G_ABORT((void)io64_r(RAM + 8 * MIB), RAM + 8 * MIB);
	G_EQ(SEEN.vector, 4);
	G_EQ(io64_r(BYTES), 0);
}

PROGRAM(g_decode)
{
	uint64_t r[2];

	io64_w(BYTES, VALUE);
	io64_w(BYTES + 8, 0x99);
	G_QUIET(do_ldp_x(BYTES, r));
	G_EQ(r[0], VALUE);
	G_EQ(r[1], 0x99);
	do_ldp_w(BYTES, r);
	G_EQ(r[0], 0x85868788);
	G_EQ(r[1], 0x81828384);
	do_ldpsw(BYTES, r);
	G_EQ(r[0], 0xffffffff85868788);
	G_EQ(r[1], 0xffffffff81828384);
	do_stp_x(BYTES + 16, 1, 2);
	G_EQ(io64_r(BYTES + 16), 1);
	G_EQ(io64_r(BYTES + 24), 2);
	do_stp_w(BYTES + 16, 0x100000003, 4);
	G_EQ(io64_r(BYTES + 16), 0x400000003);
	do_stp_zr(BYTES + 16, 7);
	G_EQ(io64_r(BYTES + 16), 7);
	G_EQ(io64_r(BYTES + 24), 0);
	G_EQ(do_ldr_post(BYTES + 8, r), BYTES + 32);
	G_EQ(r[0], 0x99);
	G_EQ(do_ldr_pre(BYTES, r), BYTES + 8);
	G_EQ(r[0], 0x99);
	G_EQ(do_ldrsb_post(BYTES, r), BYTES - 1);
	G_EQ(r[0], 0xffffff88);
	G_EQ(do_ldp_post(BYTES, r), BYTES - 32);
	G_EQ(r[0], VALUE);
	G_EQ(r[1], 0x99);
	G_EQ(do_str_post(BYTES + 32, 5), BYTES + 48);
	G_EQ(io64_r(BYTES + 32), 5);
	G_EQ(do_str_pre(BYTES + 44, 6), BYTES + 40);
	G_EQ(io32_r(BYTES + 40), 6);
	G_EQ(do_strh_post(BYTES + 48, 0x12345), BYTES + 50);
	G_EQ(io32_r(BYTES + 48), 0x2345);
	G_EQ(do_stp_pre(BYTES + 48, 8), BYTES + 64);
	G_EQ(io64_r(BYTES + 72), 8);
	G_EQ(do_str_sp(BYTES + 80, 9), BYTES + 96);
	G_EQ(io64_r(BYTES + 80), 9);
	G_EQ(do_ldur(BYTES + 16), 0x99);
	G_QUIET(do_prfm(BYTES));
	G_QUIET(do_prfm(NOWHERE));
	G_QUIET(do_dc_ivac(BYTES));
}

/* Known and not emulated: an abort, nothing changed. */
PROGRAM(g_decode_bad)
{
	io64_w(BYTES, VALUE);
	G_ABORT(do_ldr_q(BYTES), BYTES);
	G_FAULTS(do_ldxr(BYTES), EC_DABT_SAME, BYTES);
	if (sysreg_read(ID_AA64ISAR0_EL1) >> 20 & 0xf) {
		G_FAULTS(do_ldadd(BYTES), EC_DABT_SAME, BYTES);
		G_FAULTS(do_cas(BYTES), EC_DABT_SAME, BYTES);
	}
	G_EQ(io64_r(BYTES), VALUE);
	/* The second half of the pair has no register there. */
	G_FAULTS(do_stp_x(NOWHERE - 8 + 8, 1, 2), EC_DABT_SAME, NOWHERE);
}

PROGRAM(g_fetch)
{
	G_FAULTS(do_call(NOWHERE), EC_IABT_SAME, NOWHERE);
	G_FAULTS(do_call(UART), EC_IABT_SAME, UART);
	G_EQ(SEEN.esr & 0x3f, 0x10);
}

#define BLOCK (RAM + 0x400000)
#define HOLE  (BLOCK + 0x13000)

static void look_around(uint64_t hole, bool is_there, bool writable)
{
	G_QUIET(G_EQ(io64_r(hole - 0x1000), hole - 0x1000));
	G_QUIET(G_EQ(io64_r(hole + 0x1000), hole + 0x1000));
	G_QUIET(G_EQ(io64_r(hole - 8), 0));
	if (is_there)
		G_QUIET(G_EQ(io64_r(hole), hole));
	else
		G_ABORT((void)io64_r(hole), hole);
	if (writable)
		G_QUIET(io64_w(hole + 8, 1));
	else
		G_ABORT(io64_w(hole + 8, 1), hole + 8);
}

/* One page of a 2 MiB block goes, comes back read-only, and then wholly: go 1, 2, 3. */
PROGRAM(g_pages)
{
	for (uint64_t at = BLOCK; at < BLOCK + 0x200000; at += 0x1000)
		io64_w(at, at);
	/* Used just now: the TLB has it, and must lose it. */
	io64_w(HOLE, io64_r(HOLE));
	slot_set(0, 1);
	wait_go(1);
	G_ABORT((void)io64_r(HOLE), HOLE);
	look_around(HOLE, false, false);
	slot_set(0, 2);
	wait_go(2);
	look_around(HOLE, true, false);
	slot_set(0, 3);
	wait_go(3);
	look_around(HOLE, true, true);
	for (uint64_t at = BLOCK; at < BLOCK + 0x200000; at += 0x1000)
		G_EQ(io64_r(at), at);
	G_EQ(SEEN.count, 4);
}

/* Reads and writes all of a block for ever, while the test splits it: none of that may fault. */
PROGRAM(g_pages_spin)
{
	uint64_t at = BLOCK;

	while (!io64_r(TESTDEV_BASE + TESTDEV_GO)) {
		for (unsigned int i = 0; i < 512; i++, at += 0x1000) {
			if (at >= BLOCK + 0x200000)
				at = BLOCK;
			if (at == HOLE)
				continue;
			io64_w(at, at);
			if (io64_r(at) != at)
				G_CHECK(false);
		}
		slot_set(0, slot_get(0) + 1);
	}
	slot_set(1, SEEN.far);
	G_EQ(SEEN.count, 0);
}
