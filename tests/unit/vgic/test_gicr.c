/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The redistributors' registers: who they say they are, the SGI and PPI frame of each vCPU, and that no
 * access does harm.
 */
#include "world.h"

#include "vgic/regs.h"

static const struct row {
	uint32_t start, end, widths;
} rd[] = {
	{ 0x00, 0x04, 4 },	{ 0x04, 0x08, 4 },	{ 0x08, 0x10, 8 | 4 },	  { 0x10, 0x14, 4 },
	{ 0x14, 0x18, 4 },	{ 0x70, 0x78, 8 | 4 }, { 0x78, 0x80, 8 | 4 },	  { 0xffd0, 0x10000, 4 },
}, sgi[] = {
	{ 0x080, 0x084, 4 },	 { 0x100, 0x104, 4 }, { 0x180, 0x184, 4 }, { 0x200, 0x204, 4 },
	{ 0x280, 0x284, 4 },	 { 0x300, 0x304, 4 }, { 0x380, 0x384, 4 }, { 0x400, 0x420, 4 | 1 },
	{ 0xc00, 0xc08, 4 },	 { 0xd00, 0xd04, 4 }, { 0xe00, 0xe04, 4 },
};

static void check_rows(const struct vgic_frame *f, const struct row *arm, unsigned int n)
{
	for (uint32_t off = 0; off < VGIC_FRAME_SIZE; off++) {
		const struct vgic_reg *r = vgic_regs_find(f, off);
		unsigned int i = 0;

		while (i < n && !(off >= arm[i].start && off < arm[i].end))
			i++;
		if (i == n) {
			assert_null(r);
			continue;
		}
		if (!r || r->start != arm[i].start || r->len != arm[i].end - arm[i].start || r->widths != arm[i].widths)
			fail_msg("offset %x", off);
	}
}

static void test_rows(void **state)
{
	(void)state;
	check_rows(&vgic_rd_frame, rd, ARRAY_SIZE(rd));
	check_rows(&vgic_sgi_frame, sgi, ARRAY_SIZE(sgi));
}

static void test_all_accesses(void **state)
{
	(void)state;
	for (unsigned int size = 1; size <= 8; size *= 2) {
		for (uint32_t off = 0; off < 4 * 0x20000; off += size) {
			mmio(vcpu(off % 4), GICR + off, size, true, UINT64_C(0xffffffffffffffff));
			mmio(vcpu(1), GICR + off, size, false, 0);
		}
	}
	settle();
}

static uint64_t typer(unsigned int i)
{
	return mmio(vcpu(0), GICR + 0x20000 * i + 8, 8, false, 0);
}

/* 34 vCPUs: two rows of 16, and two. */
static void test_typer(void **state)
{
	(void)state;
	world_make(34, 4);
	assert_int_equal(typer(0), 0);
	assert_int_equal(typer(5), UINT64_C(5) << 32 | 5 << 8);
	assert_int_equal(typer(17), UINT64_C(0x0101) << 32 | 17 << 8);
	assert_int_equal(typer(32), UINT64_C(0x0200) << 32 | 32 << 8);
	assert_int_equal(typer(33), UINT64_C(0x0201) << 32 | 33 << 8 | 1 << 4); /* Last */
	assert_int_equal(mmio(vcpu(0), GICR + 0x20000 * 17 + 12, 4, false, 0), 0x0101);
	assert_int_equal(mmio(vcpu(0), GICR + 0x20000 * 17 + 8, 4, false, 0), 17 << 8);
	assert_null(mmio_find(&world.vm[0].mmio, IPA(GICR + 0x20000 * 34), 4));
	world_end();
}

static void test_control(void **state)
{
	(void)state;
	assert_int_equal(mmio(vcpu(0), GICR + 0x14, 4, false, 0), 6); /* asleep */
	mmio(vcpu(0), GICR + 0x14, 4, true, 0);
	assert_int_equal(mmio(vcpu(0), GICR + 0x14, 4, false, 0), 0);
	assert_int_equal(mmio(vcpu(0), GICR + 0x20014, 4, false, 0), 6);
	mmio(vcpu(0), GICR + 0x14, 4, true, 2);
	assert_int_equal(mmio(vcpu(0), GICR + 0x14, 4, false, 0), 6);
	mmio(vcpu(0), GICR, 4, true, 1); /* no LPIs */
	assert_int_equal(mmio(vcpu(0), GICR, 4, false, 0), 0);
	mmio(vcpu(0), GICR + 0x70, 8, true, UINT64_C(0xffffffffffff));
	assert_int_equal(mmio(vcpu(0), GICR + 0x70, 8, false, 0), 0);
	assert_int_equal(mmio(vcpu(0), GICR + 0xffe8, 4, false, 0) >> 4, 3);
	assert_int_equal(mmio(vcpu(0), GICR + 0x1ffe8, 4, false, 0), 0); /* the SGI frame has no IDs */
}

static void set_clear(uint32_t set, uint32_t clear)
{
	for (unsigned int by = 0; by < 4; by++) {
		struct vcpu *v = vcpu((by + 1) % 4); /* whose frame */
		uint64_t frame = GICR + 0x20000u * v->index + 0x10000;

		mmio(vcpu(by), frame + set, 4, true, 0x80f00011);
		settle();
		assert_int_equal(mmio(vcpu(by), frame + set, 4, false, 0), 0x80f00011);
		assert_int_equal(sgi_read(vcpu(by), set), 0);
		mmio(vcpu(by), frame + clear, 4, true, 0x80000010);
		settle();
		mmio(vcpu(by), frame + set, 4, false, 0); /* what another core holds: at the second look */
		settle();
		assert_int_equal(mmio(vcpu(by), frame + clear, 4, false, 0), 0x00f00001);
		mmio(vcpu(by), frame + clear, 4, true, 0xffffffff);
		settle();
		assert_int_equal(sgi_read(v, set), 0);
	}
}

static void test_bits(void **state)
{
	(void)state;
	set_clear(ISENABLER, ICENABLER);
	set_clear(ISPENDR, ICPENDR);
	set_clear(ISACTIVER, ICACTIVER);
	sgi_write(vcpu(1), IGROUPR, 0x5555);
	assert_int_equal(sgi_read(vcpu(1), IGROUPR), 0x5555);
	assert_int_equal(sgi_read(vcpu(0), IGROUPR), 0xffffffff);
}

static void test_priority_config(void **state)
{
	(void)state;
	sgi_write(vcpu(2), IPRIORITYR + 28, 0x11223344);
	assert_int_equal(sgi_read(vcpu(2), IPRIORITYR + 28), 0x10203040);
	assert_int_equal(sgi_read(vcpu(1), IPRIORITYR + 28), 0xa0a0a0a0);
	irq_prio(vcpu(2), 31, 0x50);
	assert_int_equal(sgi_read(vcpu(2), IPRIORITYR + 28), 0x50203040);
	assert_int_equal(sgi_read(vcpu(2), ICFGR), 0xaaaaaaaa);
	sgi_write(vcpu(2), ICFGR, 0); /* SGIs stay edges */
	assert_int_equal(sgi_read(vcpu(2), ICFGR), 0xaaaaaaaa);
	sgi_write(vcpu(2), ICFGR + 4, 0x2);
	assert_int_equal(sgi_read(vcpu(2), ICFGR + 4), 2);
	assert_int_equal(sgi_read(vcpu(1), ICFGR + 4), 0);
}

/* PSCI CPU_ON of one that was on before: its CPU interface is new, its redistributor is not. */
static void test_vcpu_reset(void **state)
{
	struct vcpu *v = vcpu(1);

	(void)state;
	irq_write(v, ISENABLER, 4);
	irq_write(v, ISENABLER, 5);
	irq_write(v, ISENABLER, 40);
	irq_route(v, 40, 1);
	on_core(0);
	vgic_sgi(vcpu(0), UINT64_C(4) << 24 | 2, 1);
	vgic_set_level(&world.vm[0], 40, true);
	settle();
	v->arch.vgic.ap1r[0] = 5;
	unload(v);
	v->state = VCPU_OFF;
	on_core(0);
	vgic_sgi(vcpu(0), UINT64_C(5) << 24 | 2, 1);
	vgic_vcpu_reset(v);
	assert_int_equal(v->arch.vgic.ap1r[0], 0);
	assert_int_equal(v->arch.vgic.vmcr, 0);
	assert_true(irq_read(v, ISENABLER, 4));
	assert_true(irq_read(v, ISPENDR, 4));
	assert_true(irq_read(v, ISPENDR, 5));
	v->state = VCPU_READY;
	load(v, 1);
	assert_int_not_equal(lr_of(v, 4), 0);
	assert_int_not_equal(lr_of(v, 5), 0);
	assert_int_not_equal(lr_of(v, 40), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_rows), T(test_all_accesses),    cmocka_unit_test(test_typer), T(test_control),
		T(test_bits), T(test_priority_config), T(test_vcpu_reset),
	};

	return cmocka_run_group_tests_name("vgic/gicr", tests, NULL, NULL);
}
