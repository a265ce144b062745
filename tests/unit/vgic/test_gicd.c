/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The distributor's registers: what they read after reset and after a write, which widths they take, and that no
 * access does harm.
 */
#include "world.h"

#include "vgic/regs.h"

/* Transcribed from IHI 0069 12.8, table of GICD registers: offset, length, widths in bytes. */
static const struct {
	uint32_t start, end, widths;
	const char *name;
} arm[] = {
	{ 0x0000, 0x0004, 4, "CTLR" },		 { 0x0004, 0x0008, 4, "TYPER" },
	{ 0x0008, 0x000c, 4, "IIDR" },		 { 0x000c, 0x0010, 4, "TYPER2" },
	{ 0x0010, 0x0014, 4, "STATUSR" },	 { 0x0040, 0x0044, 4 | 2, "SETSPI_NSR" },
	{ 0x0048, 0x004c, 4 | 2, "CLRSPI_NSR" }, { 0x0080, 0x0100, 4, "IGROUPR" },
	{ 0x0100, 0x0180, 4, "ISENABLER" },	 { 0x0180, 0x0200, 4, "ICENABLER" },
	{ 0x0200, 0x0280, 4, "ISPENDR" },	 { 0x0280, 0x0300, 4, "ICPENDR" },
	{ 0x0300, 0x0380, 4, "ISACTIVER" },	 { 0x0380, 0x0400, 4, "ICACTIVER" },
	{ 0x0400, 0x0800, 4 | 1, "IPRIORITYR" }, { 0x0800, 0x0c00, 4 | 1, "ITARGETSR" },
	{ 0x0c00, 0x0d00, 4, "ICFGR" },		 { 0x0d00, 0x0d80, 4, "IGRPMODR" },
	{ 0x0e00, 0x0f00, 4, "NSACR" },		 { 0x0f00, 0x0f04, 4, "SGIR" },
	{ 0x0f10, 0x0f20, 4 | 1, "CPENDSGIR" },	 { 0x0f20, 0x0f30, 4 | 1, "SPENDSGIR" },
	{ 0x6100, 0x7fe0, 8 | 4, "IROUTER" },	 { 0xffd0, 0x10000, 4, "ID" },
};

static void test_rows(void **state)
{
	(void)state;
	for (uint32_t off = 0; off < VGIC_FRAME_SIZE; off++) {
		const struct vgic_reg *r = vgic_regs_find(&vgic_gicd_frame, off);
		unsigned int i = 0;

		while (i < ARRAY_SIZE(arm) && !(off >= arm[i].start && off < arm[i].end))
			i++;
		if (i == ARRAY_SIZE(arm)) {
			assert_null(r);
			continue;
		}
		if (!r || r->start != arm[i].start || r->len != arm[i].end - arm[i].start || r->widths != arm[i].widths)
			fail_msg("offset %x: not %s", off, arm[i].name);
	}
	for (unsigned int i = 1; i <= vgic_gicd_frame.count; i++)
		assert_true(vgic_gicd_frame.reg[i].start > vgic_gicd_frame.reg[i - 1].start);
	assert_int_equal(vgic_gicd_frame.reg[vgic_gicd_frame.count].start, VGIC_FRAME_SIZE);
}

/*
 * Every aligned offset at every width, read and written, from every vCPU: an answer, locks free, and a
 * sane state after.
 */
static void test_all_accesses(void **state)
{
	(void)state;
	for (unsigned int size = 1; size <= 8; size *= 2) {
		for (uint32_t off = 0; off < VGIC_FRAME_SIZE; off += size) {
			const struct vgic_reg *r = vgic_regs_find(&vgic_gicd_frame, off);
			uint64_t got;

			mmio(vcpu(off % 4), GICD + off, size, true, UINT64_C(0xffffffffffffffff));
			got = mmio(vcpu(1), GICD + off, size, false, 0);
			if (!r || !(r->widths & size))
				assert_int_equal(got, 0);
		}
	}
	settle();
}

static void test_identity(void **state)
{
	(void)state;
	assert_int_equal(gicd_read(vcpu(0), TYPER), 9 << 19 | 1 << 16 | 2); /* 96 INTIDs */
	assert_int_equal(gicd_read(vcpu(0), 0xffe8) >> 4 & 15, 3);	    /* GICv3 */
	assert_int_equal(gicd_read(vcpu(0), 0xfff0), 0x0d);
	assert_int_equal(gicd_read(vcpu(0), 0xfffc), 0xb1);
	assert_int_equal(gicd_read(vcpu(0), 8) & 0xfff, 0x43b);
	gicd_write(vcpu(0), TYPER, 0);
	assert_int_equal(gicd_read(vcpu(0), TYPER) & 31, 2);
}

static void test_ctlr(void **state)
{
	(void)state;
	vgic_reset(&world.vm[0]);			  /* not loaded: see setup */
	assert_int_equal(gicd_read(vcpu(0), CTLR), 0x50); /* ARE and DS always */
	gicd_write(vcpu(0), CTLR, 0xffffffff);
	assert_int_equal(gicd_read(vcpu(0), CTLR), 0x53);
	gicd_write(vcpu(0), CTLR, 2);
	assert_int_equal(gicd_read(vcpu(0), CTLR), 0x52);
}

/* What another core still has to do shows as RWP. */
static void test_rwp(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, 40);
	irq_route(vcpu(0), 40, 1);
	vgic_set_level(&world.vm[0], 40, true);
	settle();
	assert_int_not_equal(lr_of(vcpu(1), 40), 0);
	irq_write(vcpu(0), ICENABLER, 40);
	assert_true(gicd_read(vcpu(0), CTLR) >> 31);
	settle();
	assert_false(gicd_read(vcpu(0), CTLR) >> 31);
	assert_int_equal(guest_ack(vcpu(1)), NO_IRQ);
}

static void test_reset_values(void **state)
{
	(void)state;
	irq_write(vcpu(0), ISENABLER, 33);
	irq_write(vcpu(0), ISPENDR, 33);
	vgic_reset(&world.vm[0]);
	for (uint32_t off = 0x80; off < 0xd00; off += 4)
		assert_int_equal(gicd_read(vcpu(0), off), 0);
	for (uint32_t off = 0x6100; off < 0x7fe0; off += 4)
		assert_int_equal(gicd_read(vcpu(0), off), 0);
}

/* Set and clear registers of each kind: a bit changes only what it names, a zero nothing. */
static void set_clear(uint32_t set, uint32_t clear)
{
	gicd_write(vcpu(0), set + 4, 0x00ff0011);
	assert_int_equal(gicd_read(vcpu(0), set + 4), 0x00ff0011);
	assert_int_equal(gicd_read(vcpu(0), clear + 4), 0x00ff0011);
	gicd_write(vcpu(0), set + 4, 0x80000000);
	gicd_write(vcpu(0), clear + 4, 0x000f0010);
	assert_int_equal(gicd_read(vcpu(0), set + 4), 0x80f00001);
	gicd_write(vcpu(0), clear + 4, 0);
	assert_int_equal(gicd_read(vcpu(0), clear + 4), 0x80f00001);
	assert_int_equal(gicd_read(vcpu(0), set + 8), 0);
	gicd_write(vcpu(0), clear + 4, 0xffffffff);
	assert_int_equal(gicd_read(vcpu(0), set + 4), 0);
	/* Private interrupts are not the distributor's; what is not there reads as zero. */
	gicd_write(vcpu(0), set, 0xffffffff);
	assert_int_equal(gicd_read(vcpu(0), set), 0);
	gicd_write(vcpu(0), set + 12, 0xffffffff);
	assert_int_equal(gicd_read(vcpu(0), set + 12), 0);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(sgi_read(vcpu(i), set), 0);
}

static void test_enable(void **state)
{
	(void)state;
	set_clear(ISENABLER, ICENABLER);
}

static void test_pend(void **state)
{
	(void)state;
	set_clear(ISPENDR, ICPENDR);
}

static void test_active(void **state)
{
	(void)state;
	set_clear(ISACTIVER, ICACTIVER);
}

static void test_group(void **state)
{
	(void)state;
	gicd_write(vcpu(0), IGROUPR + 4, 0x12345678);
	assert_int_equal(gicd_read(vcpu(0), IGROUPR + 4), 0x12345678);
	gicd_write(vcpu(0), IGROUPR + 4, 0xff);
	assert_int_equal(gicd_read(vcpu(0), IGROUPR + 4), 0xff);
	gicd_write(vcpu(0), IGROUPR, 0xff);
	assert_int_equal(gicd_read(vcpu(0), IGROUPR), 0);
}

static void test_priority(void **state)
{
	(void)state;
	gicd_write(vcpu(0), IPRIORITYR + 40, 0x11223344);
	assert_int_equal(gicd_read(vcpu(0), IPRIORITYR + 40), 0x10203040); /* five bits */
	mmio(vcpu(0), GICD + IPRIORITYR + 42, 1, true, 0xff);
	assert_int_equal(gicd_read(vcpu(0), IPRIORITYR + 40), 0x10f83040);
	assert_int_equal(mmio(vcpu(0), GICD + IPRIORITYR + 43, 1, false, 0), 0x10);
	mmio(vcpu(0), GICD + IPRIORITYR + 40, 2, true, 0); /* not a width of it */
	assert_int_equal(gicd_read(vcpu(0), IPRIORITYR + 40), 0x10f83040);
	gicd_write(vcpu(0), IPRIORITYR + 4, 0xf8f8f8f8);
	assert_int_equal(gicd_read(vcpu(0), IPRIORITYR + 4), 0);
	gicd_write(vcpu(0), IPRIORITYR + 96, 0xf8f8f8f8);
	assert_int_equal(gicd_read(vcpu(0), IPRIORITYR + 96), 0);
	assert_int_equal(gicd_read(vcpu(0), IPRIORITYR + 92), 0xa0a0a0a0);
}

static void test_config(void **state)
{
	(void)state;
	gicd_write(vcpu(0), ICFGR + 8, 0xffff0003);
	assert_int_equal(gicd_read(vcpu(0), ICFGR + 8), 0xaaaa0002); /* the lower bit of each is RES0 */
	gicd_write(vcpu(0), ICFGR, 0xffffffff);
	assert_int_equal(gicd_read(vcpu(0), ICFGR), 0);
}

static void test_router(void **state)
{
	(void)state;
	irq_route(vcpu(0), 40, UINT64_C(0xffffffffffffffff));
	assert_int_equal(mmio(vcpu(0), GICD + IROUTER + 320, 8, false, 0), 0x80ffffff);
	assert_int_equal(gicd_read(vcpu(0), IROUTER + 324), 0);
	gicd_write(vcpu(0), IROUTER + 320, 0x000102);
	gicd_write(vcpu(0), IROUTER + 324, 0xff);
	assert_int_equal(mmio(vcpu(0), GICD + IROUTER + 320, 8, false, 0), 0x102);
	irq_route(vcpu(0), 96, 1); /* not there */
	assert_int_equal(mmio(vcpu(0), GICD + IROUTER + 96 * 8, 8, false, 0), 0);
	irq_route(vcpu(0), 1019, 1);
}

/* SETSPI_NSR and CLRSPI_NSR: an edge is pending, a level follows. */
static void test_messages(void **state)
{
	(void)state;
	irq_edge(vcpu(0), 41, true);
	irq_write(vcpu(0), ISENABLER, 40);
	irq_write(vcpu(0), ISENABLER, 41);
	gicd_write(vcpu(0), 0x40, 41);
	guest_takes(vcpu(0), 41);
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
	gicd_write(vcpu(0), 0x40, 41);
	gicd_write(vcpu(0), 0x48, 41);
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
	mmio(vcpu(0), GICD + 0x40, 2, true, 40);
	guest_takes(vcpu(0), 40);
	settle();
	guest_takes(vcpu(0), 40);
	gicd_write(vcpu(0), 0x48, 40);
	settle();
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
	gicd_write(vcpu(0), 0x40, 3); /* not an SPI, and not there */
	gicd_write(vcpu(0), 0x40, 500);
	assert_int_equal(guest_ack(vcpu(0)), NO_IRQ);
}

static int setup_idle(void **state)
{
	world_setup(state);
	for (unsigned int i = 0; i < 4; i++)
		unload(vcpu(i));
	return 0;
}

static void test_create_fails(void **state)
{
	struct partition p = { .nr_vcpus = 2 };
	struct vcpu v[2] = { { .part = &p }, { .part = &p, .index = 1 } }, *vp[2] = { &v[0], &v[1] };
	struct vgic_config cfg = { .gicd = IPA(GICD), .gicr = IPA(GICR), .nr_spis = 64 };
	unsigned int before = world.allocs;

	(void)state;
	p.vcpu = vp;
	cfg.nr_spis = 33;
	assert_int_equal(vgic_create(&p, &cfg), E_INVAL);
	cfg.nr_spis = 992;
	assert_int_equal(vgic_create(&p, &cfg), E_INVAL);
	cfg.nr_spis = 64;
	cfg.gicr = IPA(GICR + 0x1000);
	assert_int_equal(vgic_create(&p, &cfg), E_INVAL);
	cfg.gicr = IPA(GICD);
	assert_int_equal(vgic_create(&p, &cfg), E_EXIST);
	assert_null(p.vgic);
	cfg.gicr = IPA(GICR);
	for (unsigned int n = 0; n < 4; n++) { /* the n-th allocation fails */
		p.mmio.count = 0;
		world.allocs_left = n;
		assert_int_equal(vgic_create(&p, &cfg), E_NOMEM);
		assert_int_equal(world.allocs, before);
		assert_null(p.vgic);
		assert_null(v[0].vgic);
	}
	p.mmio.count = 0;
	world.allocs_left = 4;
	assert_int_equal(vgic_create(&p, &cfg), OK);
	vgic_destroy(&p);
	assert_int_equal(world.allocs, before);
}

#define T(f)	cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
#define IDLE(f) cmocka_unit_test_setup_teardown(f, setup_idle, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_rows),	T(test_all_accesses),	 T(test_identity),     IDLE(test_ctlr),
		T(test_rwp),	IDLE(test_reset_values), T(test_enable),       T(test_pend),
		T(test_active), T(test_group),		 T(test_priority),     T(test_config),
		T(test_router), T(test_messages),	 T(test_create_fails),
	};

	return cmocka_run_group_tests_name("vgic/gicd", tests, NULL, NULL);
}
