/* SPDX-License-Identifier: BSD-3-Clause */
/* Programs: the registers of distributor and redistributors. */
#include "guest.h"

#define FILE_ID 5

PROGRAM(g_gicd)
{
	uint32_t typer = io32_r(GICD + 0x04);

	G_EQ(io32_r(GICD), 0x50); /* DS, ARE */
	io32_w(GICD, 0x13);
	G_EQ(io32_r(GICD), 0x53);
	G_EQ(typer & 0x1f, 2);	  /* ITLinesNumber: 64 SPIs */
	G_EQ(typer >> 17 & 1, 0); /* no LPIs */
	G_CHECK((typer >> 19 & 0x1f) >= 9);
	G_EQ(io32_r(GICD + 0xffe8) >> 4 & 0xf, 3); /* PIDR2: GICv3 */
	/* Enables: set and clear, both read the same. */
	io32_w(GICD + 0x104, 0x0f0f0f0f);
	G_EQ(io32_r(GICD + 0x104), 0x0f0f0f0f);
	io32_w(GICD + 0x184, 0x0000ffff);
	G_EQ(io32_r(GICD + 0x104), 0x0f0f0000);
	G_EQ(io32_r(GICD + 0x184), 0x0f0f0000);
	/* Priorities: bytes and words, five bits. */
	io32_w(GICD + 0x428, 0x80604020);
	G_EQ(io8(GICD + 0x42a), 0x60);
	io8(GICD + 0x429) = 0xff;
	G_EQ(io32_r(GICD + 0x428), 0x8060f820);
	/* Trigger, group, route. */
	io32_w(GICD + 0xc08, 0xaaaaaaaa);
	G_EQ(io32_r(GICD + 0xc08), 0xaaaaaaaa);
	io32_w(GICD + 0x84, 0x12345678);
	G_EQ(io32_r(GICD + 0x84), 0x12345678);
	io64_w(GICD + 0x6000 + 40 * 8, 0x80000001);
	G_CHECK(io64_r(GICD + 0x6000 + 40 * 8) & 0x80000000);
	io64_w(GICD + 0x6000 + 40 * 8, 0);
	/* Bank 0 belongs to the redistributors: zero, ignored. */
	io32_w(GICD + 0x100, 0xffffffff);
	G_EQ(io32_r(GICD + 0x100), 0);
	/* Beyond what there is, and what nobody has. */
	io32_w(GICD + 0x110, 0xffffffff);
	G_EQ(io32_r(GICD + 0x110), 0);
	G_EQ(io32_r(GICD + 0x30), 0);
	G_EQ(SEEN.count, 0);
}

PROGRAM(g_gicr)
{
	unsigned int n = (unsigned int)slot_get(0);

	for (unsigned int i = 0; i < n; i++) {
		uint64_t typer = io64_r(GICR(i) + 0x08);

		G_EQ(typer >> 32, i);		  /* affinity */
		G_EQ(typer >> 8 & 0xffff, i);	  /* processor number */
		G_EQ(typer >> 4 & 1, i == n - 1); /* Last, and only there */
		G_EQ(io32_r(GICR(i) + 0x0c), i);  /* the same, in halves */
		G_EQ(io32_r(GICR(i) + 0xffe8) >> 4 & 0xf, 3);
		G_EQ(io32_r(GICR(i)), 0);
		/* Each its own: what is written in one is not in the others. */
		io32_w(GICR_SGI(i) + 0x100, BIT(i) | BIT(27));
		io8(GICR_SGI(i) + 0x400 + 27) = (uint8_t)(i * 0x10);
	}
	for (unsigned int i = 0; i < n; i++) {
		G_EQ(io32_r(GICR_SGI(i) + 0x100), BIT(i) | BIT(27));
		G_EQ(io8(GICR_SGI(i) + 0x400 + 27), i * 0x10);
		io32_w(GICR_SGI(i) + 0x180, 0xffffffff);
		G_EQ(io32_r(GICR_SGI(i) + 0x100), 0);
	}
	/* The wake-up handshake. */
	io32_w(GICR(0) + 0x14, 2);
	G_EQ(io32_r(GICR(0) + 0x14) & 6, 6);
	io32_w(GICR(0) + 0x14, 0);
	G_EQ(io32_r(GICR(0) + 0x14) & 6, 0);
	/* SGIs are edge-triggered; PPIs can be either. */
	io32_w(GICR_SGI(0) + 0xc00, 0);
	G_EQ(io32_r(GICR_SGI(0) + 0xc00), 0xaaaaaaaa);
	/* No redistributor beyond the last. */
	G_ABORT((void)io64_r(GICR(n) + 0x08), GICR(n) + 0x08);
}
