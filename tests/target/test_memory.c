/* SPDX-License-Identifier: BSD-3-Clause */
/* The allocators, and Trivet's own address space as the hardware sees it. */
#include "framework/guest.h"
#include "framework/test.h"

#include "arch/boot.h"
#include "arch/cpu.h"
#include "arch/mmu.h"
#include "core/frame.h"
#include "core/heap.h"
#include "core/hw.h"
#include "core/percpu.h"
#include "core/s1.h"
#include "lib/string.h"

#define NR 32

static void blocks_are_aligned_owned_and_returned(void)
{
	uint64_t before = frame_count_free();
	struct frame_info info;

	for (unsigned int order = 0; order <= 9; order += 3) {
		pa_t pa = frame_alloc(order, 7);

		ASSERT(!pa_is_none(pa));
		EXPECT(IS_ALIGNED(pa.a, PAGE_SIZE << order));
		EXPECT(frame_owned_by(pa, PAGE_SIZE << order, 7));
		EXPECT(!frame_owned_by(pa, PAGE_SIZE << order, 8));
		EXPECT_EQ(frame_count_free(), before - BIT(order));
		memset(pa_to_ptr(pa), 0xa5, PAGE_SIZE << order);
		frame_free(pa, order);
		EXPECT_EQ(((const uint64_t *)pa_to_ptr(pa))[(PAGE_SIZE << order) / 8 - 1], 0);
		ASSERT(frame_get(pa, &info) == OK);
		EXPECT(info.state == FRAME_FREE);
	}
	EXPECT_EQ(frame_count_free(), before);
}

/* FEAT_MOPS or DC ZVA, as the CPU has them: all of it, and not a byte more. */
static void zeroing_ends_where_it_should(void)
{
	pa_t pa = frame_alloc(3, FRAME_TRIVET);
	uint8_t *p;

	ASSERT(!pa_is_none(pa));
	p = pa_to_ptr(pa);
	for (unsigned int from = 0; from < 8; from++) {
		for (unsigned int to = from; to <= 8; to++) {
			unsigned int wrong = 0;

			memset(p, 0xa5, 8 * PAGE_SIZE);
			arch_zero_pages(p + from * PAGE_SIZE, (to - from) * PAGE_SIZE);
			for (unsigned int i = 0; i < 8 * PAGE_SIZE; i++)
				wrong += p[i] != (i / PAGE_SIZE >= from && i / PAGE_SIZE < to ? 0 : 0xa5);
			EXPECT_EQ(wrong, 0);
		}
	}
	frame_free(pa, 3);
}

static void blocks_are_disjoint(void)
{
	static pa_t pa[NR];
	uint64_t before = frame_count_free();

	for (unsigned int i = 0; i < NR; i++) {
		pa[i] = frame_alloc(i % 4, FRAME_TRIVET);
		ASSERT(!pa_is_none(pa[i]));
		*(uint64_t *)pa_to_ptr(pa[i]) = i + 1;
	}
	for (unsigned int i = 0; i < NR; i++)
		EXPECT_EQ(*(uint64_t *)pa_to_ptr(pa[i]), i + 1);
	for (unsigned int i = NR; i-- > 0;)
		frame_free(pa[i], i % 4);
	EXPECT_EQ(frame_count_free(), before);
	EXPECT(pa_is_none(frame_alloc(FRAME_ORDER_MAX + 1, 7)));
}

static void image_and_tree_are_reserved(void)
{
	struct frame_info info;

	for (uint64_t off = 0; off < arch_image_size(); off += PAGE_SIZE) {
		ASSERT(frame_get(PA(arch_image_base().a + off), &info) == OK);
		ASSERT(info.state == FRAME_RESERVED);
	}
	EXPECT_EQ(frame_get(PA(0x08000000), &info), E_RANGE);
	EXPECT(!frame_is_ram(PA(hw.bank[0].base + hw.bank[0].size - PAGE_SIZE), 2 * PAGE_SIZE));
}

SUITE(allocator, { "blocks are aligned, owned, scrubbed, returned", blocks_are_aligned_owned_and_returned },
      { "zeroing ends where it should", zeroing_ends_where_it_should }, { "blocks are disjoint", blocks_are_disjoint },
      { "the image is reserved", image_and_tree_are_reserved });

static void heap_zeroes_and_aligns(void)
{
	size_t before = heap_in_use();
	static const size_t sizes[] = { 1, 16, 17, 100, 2016, 2017, 4096, 5000, 70000 };
	void *p[ARRAY_SIZE(sizes)], *kept[ARRAY_SIZE(sizes)];

	/* These keep the pages in use, so that what is freed below is given again as it is. */
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++)
		kept[i] = heap_alloc(sizes[i]);
	for (unsigned int round = 0; round < 3; round++) {
		for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
			p[i] = heap_alloc(sizes[i]);
			ASSERT(p[i]);
			EXPECT(IS_ALIGNED((uint64_t)p[i], sizes[i] > HEAP_SMALL_MAX ? PAGE_SIZE : 16));
			for (size_t k = 0; k < sizes[i]; k++)
				ASSERT(((uint8_t *)p[i])[k] == 0);
			memset(p[i], 0xff, sizes[i]);
		}
		for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++)
			heap_free(p[(i * 4 + round) % ARRAY_SIZE(sizes)]);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++)
		heap_free(kept[i]);
	EXPECT_EQ(heap_in_use(), before);
	heap_free(NULL);
	p[0] = heap_alloc(0);
	EXPECT(!p[0]);
	p[0] = heap_alloc(64 * GIB);
	EXPECT(!p[0]);
}

SUITE(heap, { "zeroed, aligned, returned", heap_zeroes_and_aligns });

/* --- what the hardware's own translation says (AT: ARM DDI 0487 D8.2; PAR_EL1 bit 0: fault) --- */

static bool may_read(uint64_t va)
{
	__asm__ volatile("at s1e2r, %0\n\tisb" : : "r"(va) : "memory");
	return !(sysreg_read(PAR_EL1) & 1);
}

static bool may_write(uint64_t va)
{
	__asm__ volatile("at s1e2w, %0\n\tisb" : : "r"(va) : "memory");
	return !(sysreg_read(PAR_EL1) & 1);
}

extern const char _start[], _text_end[], _rodata_end[], _end[];

static void text_and_constants_are_read_only(void)
{
	for (const char *p = _start; p < _rodata_end; p += PAGE_SIZE) {
		ASSERT(may_read((uint64_t)p));
		ASSERT(!may_write((uint64_t)p));
	}
	EXPECT(may_write((uint64_t)_rodata_end));
	EXPECT(may_write((uint64_t)&percpu[0]));
	EXPECT(!may_read((uint64_t)_end));
	EXPECT(!may_read(0));
}

#define DESC_XN BIT(54)
#define DESC_RO BIT(7)

static const uint64_t *table_at(uint64_t pa)
{
	uint64_t base = arch_image_base().a;

	return pa >= base && pa - base < arch_image_size() ? (const uint64_t *)pa : pa_to_ptr(PA(pa));
}

struct leaves {
	uint64_t rx, rw, ro, bad, text_alias;
};

/* Every leaf of the tables that the hardware walks. */
static void count_leaves(uint64_t table, unsigned int level, struct leaves *n)
{
	const uint64_t *t = table_at(table);

	for (unsigned int i = 0; i < 512; i++) {
		uint64_t d = t[i], pa = d & MASK(47, 12);

		if (!(d & 1))
			continue;
		if (level < 3 && (d & 2)) {
			count_leaves(pa, level + 1, n);
			continue;
		}
		if (!(d & DESC_XN) && !(d & DESC_RO))
			n->bad++;
		if (!(d & DESC_XN))
			n->rx++;
		else if (d & DESC_RO)
			n->ro++;
		else
			n->rw++;
		if (!(d & DESC_RO) && pa < (uint64_t)_text_end &&
		    pa + (PAGE_SIZE << 9 * (3 - level)) > (uint64_t)_start)
			n->text_alias++;
	}
}

static void nothing_is_writable_and_executable(void)
{
	struct leaves n = { 0 };

	count_leaves(sysreg_read(TTBR0_EL2) & MASK(47, 12), 0, &n);
	EXPECT_EQ(n.bad, 0);
	EXPECT_EQ(n.text_alias, 0);
	EXPECT_EQ(n.rx, (uint64_t)(_text_end - _start) / PAGE_SIZE);
	EXPECT(n.rw > 0 && n.ro > 0);
}

SUITE(wxorx, { "text and constants are read-only", text_and_constants_are_read_only },
      { "no leaf is writable and executable", nothing_is_writable_and_executable });

static void every_stack_has_a_guard(void)
{
	for (unsigned int i = 0; i < CONFIG_MAX_CPUS; i++) {
		uint64_t top = arch_stack_top(i), bottom = top - CONFIG_STACK_SIZE;

		EXPECT(may_write(top - 8));
		EXPECT(may_write(bottom));
		EXPECT(!may_read(bottom - 8));
		EXPECT(!may_read(bottom - PAGE_SIZE));
		EXPECT(may_write(arch_panic_stack_top(i) - 8));
	}
}

static void each_core_is_on_its_own(void)
{
	static struct guest g;

	EXPECT((uint64_t)__builtin_frame_address(0) < arch_stack_top(0));
	EXPECT((uint64_t)__builtin_frame_address(0) > arch_stack_top(0) - CONFIG_STACK_SIZE);
	for (unsigned int i = 1; i < nr_cpus; i++) {
		ASSERT(guest_launch(&g, G_CPU_INTERFACE, 1, BIT(i)));
		(void)guest_finish(&g);
		EXPECT_EQ(g.snap.cpu, i);
		EXPECT(g.snap.stack < arch_stack_top(i));
		EXPECT(g.snap.stack > arch_stack_top(i) - CONFIG_STACK_SIZE);
		guest_free(&g);
	}
}

SUITE(stacks, { "every stack has a guard page", every_stack_has_a_guard },
      { "each core uses its own", each_core_is_on_its_own });
