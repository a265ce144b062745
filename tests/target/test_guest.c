/* SPDX-License-Identifier: BSD-3-Clause */
/* Guests one at a time: starting, calls, loading, pages, MMIO, traps. */
#include "framework/guest.h"
#include "framework/test.h"

#include "core/frame.h"
#include "core/guest_mem.h"
#include "core/heap.h"
#include "core/s2.h"
#include "lib/string.h"
#include "role/hyp/loader.h"

#define RAM 0x40000000

static struct guest g;

static void hello(void)
{
	guest_init(&g, G_HELLO, 1, BIT(1));
	g.cfg.vpl011 = true;
	ASSERT(guest_build(&g));
	if (guest_start(&g) && guest_finish(&g)) {
		EXPECT_EQ(guest_slot(&g, 0), 1); /* EL1 */
		EXPECT_EQ(guest_slot(&g, 1), BIT(31));
		EXPECT_EQ(guest_slot(&g, 2), RAM);
		EXPECT_EQ(guest_slot(&g, 3), 0x600d);
	}
	guest_free(&g);
}

static void nothing_is_left_of_a_guest(void)
{
	uint64_t frames = frame_count_free();
	size_t heap = heap_in_use();

	for (unsigned int i = 0; i < 5; i++)
		guest_run(G_NOTHING, 3, BIT(1) | BIT(2));
	EXPECT_EQ(heap_in_use(), heap);
	/* The heap may keep a page or two that it has split into small objects. */
	EXPECT(frame_count_free() + 4 >= frames);
}

static void uart_answers(void)
{
	guest_init(&g, G_PL011, 1, BIT(2));
	g.cfg.vpl011 = true;
	ASSERT(guest_build(&g));
	if (guest_start(&g)) {
		for (unsigned int i = 0; i < 4 && guest_slot_reaches(&g, 0, i + 1, 2000); i++)
			EXPECT(vpl011_rx(g.vm->uart, (uint8_t) "type"[i]));
		(void)guest_finish(&g);
	}
	guest_free(&g);
}

SUITE(simple_guest, { "a guest runs and switches itself off", hello },
      { "nothing is left of it", nothing_is_left_of_a_guest }, { "its UART", uart_answers });

static void calls(void)
{
	guest_run(G_HYPERCALL, 1, BIT(1));
}

static void psci_calls(void)
{
	guest_run(G_PSCI, 2, BIT(1));
}

static void suspend(void)
{
	ASSERT(guest_launch(&g, G_SUSPEND, 1, BIT(3)));
	(void)guest_finish(&g);
	EXPECT_EQ(guest_slot(&g, 0), 2);
	guest_free(&g);
}

SUITE(hypercall, { "CPU_SUSPEND: standby and powerdown", suspend }, { "SMCCC by HVC and SMC", calls },
      { "PSCI refuses what is wrong", psci_calls });

/* --- loading --- */

static void tree_is_at_the_start_of_ram(void)
{
	guest_run(G_DTB, 1, BIT(1));
}

/* The payload made an Image by its header (Linux Documentation/arch/arm64/booting.rst). */
static void image_is_placed_by_its_header(void)
{
	static const char ramdisk[] = "the ramdisk's content";
	size_t size = (size_t)(guest_image_end - guest_image);
	uint8_t *image = heap_alloc(size);
	char got[sizeof(ramdisk)] = "";

	ASSERT(image);
	memcpy(image, guest_image, size);
	memcpy(image + 8, &(uint64_t){ 0x80000 }, 8);
	memcpy(image + 16, &(uint64_t){ MIB }, 8);
	memcpy(image + 0x38, "ARM\x64", 4);
	guest_init(&g, G_HELLO, 1, BIT(1));
	g.cfg.vpl011 = true;
	g.cfg.kernel.data = image;
	g.cfg.ramdisk.data = (const uint8_t *)ramdisk;
	g.cfg.ramdisk.size = sizeof(ramdisk);
	ASSERT(guest_build(&g));
	EXPECT(!g.vm->plan.raw);
	EXPECT_EQ(g.vm->plan.kernel_size, MIB);
	if (guest_start(&g) && guest_finish(&g)) {
		EXPECT_EQ(guest_slot(&g, 3), 0x600d);
		EXPECT_EQ(guest_mem_read(g.vm->p, g.vm->plan.ramdisk, got, sizeof(got)), OK);
		EXPECT(!strcmp(got, ramdisk));
	}
	guest_free(&g);
	heap_free(image);
}

static void refused(const void *kernel, size_t size, uint64_t memory, int want)
{
	struct loader_plan plan;

	guest_init(&g, G_NOTHING, 1, BIT(1));
	g.cfg.kernel.data = kernel;
	g.cfg.kernel.size = size;
	g.cfg.memory = memory;
	EXPECT_EQ(loader_plan(&g.cfg, &plan), want);
	EXPECT(strlen(test_log()) > 0);
	test_log_clear();
}

static void what_is_no_kernel_is_refused(void)
{
	static const uint8_t elf[64] = { 0x7f, 'E', 'L', 'F' };
	static const uint8_t gzip[64] = { 0x1f, 0x8b }, zero[64];

	refused(elf, sizeof(elf), 8 * MIB, E_FORMAT);
	refused(gzip, sizeof(gzip), 8 * MIB, E_FORMAT);
	refused(zero, sizeof(zero), 8 * MIB, E_FORMAT);
	refused(elf, 0, 8 * MIB, E_FORMAT);
	refused(guest_image, (size_t)(guest_image_end - guest_image), PAGE_SIZE, E_RANGE);
}

SUITE(guest_loader, { "the tree is at the start of RAM", tree_is_at_the_start_of_ram },
      { "an Image is placed by its header", image_is_placed_by_its_header },
      { "what is no kernel is refused", what_is_no_kernel_is_refused });

/* --- pages --- */

#define BLOCK (RAM + 0x400000)
#define HOLE  (BLOCK + 0x13000)

static void one_page_of_a_block_goes(void)
{
	struct s2 *s2;
	uint64_t run = 0;
	pa_t pa;

	ASSERT(guest_launch(&g, G_PAGES, 1, BIT(1)));
	s2 = &g.vm->p->s2;
	EXPECT_EQ(s2_lookup(s2, IPA(HOLE), &pa, NULL, &run), OK);
	EXPECT(run >= BLOCK_SIZE - 0x13000); /* a block covers it */
	if (guest_slot_reaches(&g, 0, 1, 2000)) {
		EXPECT_EQ(s2_unmap(s2, IPA(HOLE), PAGE_SIZE), OK);
		EXPECT_EQ(s2_lookup(s2, IPA(HOLE), NULL, NULL, NULL), E_NOENT);
		EXPECT_EQ(s2_lookup(s2, IPA(HOLE - PAGE_SIZE), NULL, NULL, &run), OK);
		EXPECT_EQ(run, PAGE_SIZE);
	}
	guest_go(&g, 1);
	EXPECT(guest_slot_reaches(&g, 0, 2, 2000));
	EXPECT_EQ(s2_map(s2, IPA(HOLE), pa, PAGE_SIZE, S2_R), OK);
	guest_go(&g, 2);
	EXPECT(guest_slot_reaches(&g, 0, 3, 2000));
	EXPECT_EQ(s2_protect(s2, IPA(HOLE), PAGE_SIZE, S2_RWX), OK);
	guest_go(&g, 3);
	(void)guest_finish(&g);
	guest_free(&g);
}

/* While the guest uses all of the block: break-before-make must not show. */
static void splitting_does_not_disturb(void)
{
	struct s2 *s2;
	pa_t pa;

	ASSERT(guest_launch(&g, G_PAGES_SPIN, 1, BIT(1)));
	s2 = &g.vm->p->s2;
	EXPECT(guest_slot_reaches(&g, 0, 1, 2000));
	ASSERT(s2_lookup(s2, IPA(BLOCK), &pa, NULL, NULL) == OK);
	for (unsigned int i = 0; i < 100; i++) {
		/* Split it; and it becomes a block again, of the very same memory. */
		EXPECT_EQ(s2_protect(s2, IPA(HOLE), PAGE_SIZE, S2_R), OK);
		EXPECT_EQ(s2_protect(s2, IPA(HOLE), PAGE_SIZE, S2_RWX), OK);
		EXPECT_EQ(s2_unmap(s2, IPA(HOLE), PAGE_SIZE), OK);
		EXPECT_EQ(s2_map(s2, IPA(HOLE), PA(pa.a + HOLE - BLOCK), PAGE_SIZE, S2_RWX), OK);
	}
	guest_go(&g, 1);
	(void)guest_finish(&g);
	if (guest_slot(&g, 1))
		test_note("the last abort was at 0x%llx", (unsigned long long)guest_slot(&g, 1));
	guest_free(&g);
}

/*
 * Break-before-make, slowly: between the break and the make the guest has time to fault. It must find out that the
 * fault is no longer true, and go on.
 */
static const struct pgtable_ops *quick_ops;

static void slow_flush(struct pgtable *pt, uint64_t addr, uint64_t size)
{
	quick_ops->flush(pt, addr, size);
	(void)WAIT_FOR(false, 3);
}

static void splitting_live_blocks(void)
{
	static struct pgtable_ops slow_ops;

	for (unsigned int i = 0; i < 5; i++) {
		ASSERT(guest_launch(&g, G_PAGES_SPIN, 1, BIT(1)));
		quick_ops = g.vm->p->s2.pt.ops;
		slow_ops = *quick_ops;
		slow_ops.flush = slow_flush;
		EXPECT(guest_slot_reaches(&g, 0, 1, 2000));
		g.vm->p->s2.pt.ops = &slow_ops;
		EXPECT_EQ(s2_unmap(&g.vm->p->s2, IPA(HOLE), PAGE_SIZE), OK);
		g.vm->p->s2.pt.ops = quick_ops;
		guest_go(&g, 1);
		if (!guest_finish(&g))
			test_note("the last abort was at 0x%llx", (unsigned long long)guest_slot(&g, 1));
		guest_free(&g);
	}
}

static void memory_is_reached_by_copies(void)
{
	uint64_t v = 0x1122334455667788, got = 0;
	struct partition *p;

	guest_init(&g, G_NOTHING, 1, BIT(1));
	ASSERT(guest_build(&g));
	p = g.vm->p;
	EXPECT_EQ(guest_mem_write(p, IPA(BLOCK - 4), &v, 8), OK);
	EXPECT_EQ(guest_mem_read(p, IPA(BLOCK - 4), &got, 8), OK);
	EXPECT_EQ(got, v);
	EXPECT_EQ(guest_mem_load(p, IPA(BLOCK), 4, &got), OK);
	EXPECT_EQ(got, 0x11223344);
	EXPECT_EQ(guest_mem_load(p, IPA(BLOCK + 1), 4, &got), E_INVAL);
	EXPECT_EQ(guest_mem_read(p, IPA(RAM + 8 * MIB - 4), &got, 8), E_FAULT);
	EXPECT_EQ(guest_mem_write(p, IPA(0x09000000), &v, 8), E_FAULT);
	EXPECT_EQ(guest_mem_read(p, IPA(UINT64_MAX - 3), &got, 8), E_FAULT);
	guest_free(&g);
}

SUITE(pages, { "one page of a 2 MiB block goes and comes back", one_page_of_a_block_goes },
      { "changes beside a running guest do not show", splitting_does_not_disturb },
      { "a block is split under a running guest", splitting_live_blocks },
      { "guest memory is reached by copies", memory_is_reached_by_copies });

/* --- MMIO --- */

static const struct guest_access mmio_seen[] = {
	{ 0x8182838485868788, 0, 8, true },
	{ 0x8182838485868788, 0, 8, false },
	{ 0x85868788, 0, 4, false },
	{ 0x81828384, 4, 4, false },
	{ 0x8586, 2, 2, false },
	{ 0x81, 7, 1, false },
	{ 0x88, 0, 1, false },
	{ 0x8788, 0, 2, false },
	{ 0x85868788, 0, 4, false },
	{ 0x8182838485868788, 0, 8, false },
	{ 0x11, 1, 1, true },
	{ 0x2222, 2, 2, true },
	{ 0x33333333, 4, 4, true },
	{ 0x3333333322221188, 0, 8, false },
	{ 0, 0, 8, true },
	{ 0, 0, 8, false },
	{ 0x8182838485868788, 8, 8, true },
	{ 0x8182838485868788, 8, 8, false },
	{ 0x8182838485868788, 8, 8, false },
};

static void widths(void)
{
	ASSERT(guest_launch(&g, G_MMIO, 1, BIT(1)));
	(void)guest_finish(&g);
	EXPECT_EQ(g.accesses, ARRAY_SIZE(mmio_seen));
	for (unsigned int i = 0; i < MIN(g.accesses, ARRAY_SIZE(mmio_seen)); i++) {
		EXPECT_EQ(g.access[i].value, mmio_seen[i].value);
		EXPECT_EQ(g.access[i].offset, mmio_seen[i].offset);
		EXPECT_EQ(g.access[i].size, mmio_seen[i].size);
		EXPECT_EQ(g.access[i].write, mmio_seen[i].write);
	}
	guest_free(&g);
}

static void nobody_there(void)
{
	guest_run(G_MMIO_BAD, 1, BIT(1));
}

static void fetches(void)
{
	guest_run(G_FETCH, 1, BIT(1));
}

SUITE(mmio, { "all widths, signs, the zero register", widths }, { "an abort where nothing is", nobody_there },
      { "fetching there is an abort", fetches });

static void decoded(void)
{
	guest_run(G_DECODE, 1, BIT(1));
}

static void not_decoded(void)
{
	guest_run(G_DECODE_BAD, 1, BIT(1));
}

SUITE(decode, { "pairs and write-back on MMIO", decoded }, { "what is not emulated aborts", not_decoded });

static void idregs(void)
{
	ASSERT(guest_launch(&g, G_IDREGS, 1, BIT(1)));
	if (guest_finish(&g)) {
		/* Crypto and atomics pass; the CPU's identity too. */
		EXPECT(BITS(guest_slot(&g, 0), 23, 20) == BITS(sysreg_read(ID_AA64ISAR0_EL1), 23, 20));
		EXPECT_EQ(guest_slot(&g, 1), sysreg_read(MIDR_EL1));
	}
	guest_free(&g);
}

static void undefined(void)
{
	guest_run(G_UNDEF, 1, BIT(1));
}

static void timer_registers(void)
{
	guest_run(G_TIMER_REGS, 1, BIT(1));
}

SUITE(sysreg_traps, { "ID registers hide SVE, SME, MTE and others", idregs },
      { "unknown ones are UNDEFINED at the guest's vector", undefined }, { "timer registers", timer_registers });
