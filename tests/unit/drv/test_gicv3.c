/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite drv/gicv3: the secure role's use of a GIC that others use too. Registers are memory here: what was written last
 * is what stands there. Offsets and fields as in IHI 0069 12.8 to 12.11, written down once more.
 */
#include "unit.h"

#include "drv/gicv3.c" /* not in the archive: src/arch/host has plat.h's functions there */

#include "arch/host.h"

#define CORES	4
#define LAST	2 /* cores 0 to LAST are up */
#define GROUP	(0x0080 / 4)
#define ENABLE	(0x0100 / 4)
#define DISABLE (0x0180 / 4)
#define SETPEND (0x0200 / 4)
#define INACT	(0x0380 / 4)
#define PRIO	0x0400
#define GRPMOD	(0x0d00 / 4)
#define SGI	(0x10000 / 4)

static uint32_t gicd_regs[0x10000 / 4] ALIGNED(65536);
static uint32_t gicr_regs[CORES][0x20000 / 4] ALIGNED(65536);
static unsigned int me;

unsigned int plat_cpu_index(void)
{
	return me;
}

static uint32_t *sgi_frame(unsigned int cpu)
{
	return gicr_regs[cpu] + SGI;
}

static void start(bool shared)
{
	host_reset();
	memset(gicd_regs, 0, sizeof(gicd_regs));
	memset(gicr_regs, 0, sizeof(gicr_regs));
	memset(gicr, 0, sizeof(gicr));
	memset(held, 0, sizeof(held));
	nr_regions = 0;
	gicd_regs[0xffe8 / 4] = 3 << 4; /* GICv3 */
	gicd_regs[4 / 4] = 7;		/* 256 interrupts */
	for (unsigned int i = 0; i < CORES; i++) {
		gicr_regs[i][0xc / 4] = i; /* GICR_TYPER: affinity, Last */
		gicr_regs[i][0x8 / 4] = i == CORES - 1 ? 1 << 4 : 0;
	}
	assert_int_equal(gicv3_init(gicd_regs, shared), OK);
	assert_int_equal(gicv3_add_region(gicr_regs, sizeof(gicr_regs)), OK);
	for (me = 0; me <= LAST; me++)
		assert_int_equal(gicv3_init_cpu(me, me), OK);
	me = 0;
	/* All that there is: the normal world's, priority as it gave it. */
	memset(gicd_regs + GROUP, 0xff, 32);
	memset((char *)gicd_regs + PRIO, 0xa0, 256);
	for (unsigned int i = 0; i < CORES; i++) {
		sgi_frame(i)[GROUP] = UINT32_MAX;
		memset((char *)sgi_frame(i) + PRIO, 0xa0, 32);
	}
}

static int setup(void **state UNUSED)
{
	start(true);
	return 0;
}

static uint8_t prio(const uint32_t *frame, uint32_t intid)
{
	return ((const uint8_t *)frame)[PRIO + intid];
}

/* One interrupt becomes secure group 1, above the normal world's; its neighbours stay what they are. */
static void expect_secure(const uint32_t *frame, uint32_t intid, uint8_t priority)
{
	const uint32_t bit = 1u << intid % 32;

	assert_int_equal(frame[GROUP + intid / 32], ~bit);
	assert_int_equal(frame[GRPMOD + intid / 32], bit);
	assert_int_equal(prio(frame, intid), priority);
	assert_int_equal(prio(frame, intid - 1), 0xa0);
	assert_int_equal(prio(frame, intid + 1), 0xa0);
}

static void test_enable_spi(void **state UNUSED)
{
	host_irq_enable(40);
	expect_secure(gicd_regs, 40, 0x40);
	assert_int_equal(gicd_regs[ENABLE + 1], 1 << 8);
	host_irq_disable(40);
	assert_int_equal(gicd_regs[DISABLE + 1], 1 << 8);
	host_irq_enable(256); /* there is none */
	assert_int_equal(gicd_regs[ENABLE + 8], 0);
	assert_int_equal(gicd_regs[GRPMOD + 8], 0);
}

/* A PPI on the redistributor of the core that was named, and on no other. */
static void test_enable_ppi_on(void **state UNUSED)
{
	host_irq_enable_on(2, 29);
	expect_secure(sgi_frame(2), 29, 0x40);
	assert_int_equal(sgi_frame(2)[ENABLE], 1 << 29);
	assert_int_equal(sgi_frame(0)[ENABLE] | sgi_frame(1)[ENABLE] | gicd_regs[ENABLE], 0);
	assert_int_equal(sgi_frame(0)[GROUP], UINT32_MAX);
	host_irq_disable_on(1, 29);
	assert_int_equal(sgi_frame(1)[DISABLE], 1 << 29);
	assert_int_equal(sgi_frame(2)[DISABLE], 0);
	me = 1;
	host_irq_enable(27);
	assert_int_equal(sgi_frame(1)[ENABLE], 1 << 27);
}

/* A core that has not come up yet: nothing happens, anywhere. */
static void test_core_not_there(void **state UNUSED)
{
	host_irq_enable_on(LAST + 1, 29);
	host_irq_disable_on(LAST + 1, 29);
	host_irq_deactivate_on(LAST + 1, 29);
	me = LAST + 1;
	host_irq_set_pending(29);
	assert_false(host_irq_is_pending(29));
	host_irq_set_priority(29, 1);
	for (unsigned int i = 0; i < CORES; i++)
		assert_int_equal(sgi_frame(i)[ENABLE] | sgi_frame(i)[DISABLE] | sgi_frame(i)[INACT] |
					 sgi_frame(i)[SETPEND] | sgi_frame(i)[GRPMOD],
				 0);
	host_irq_enable_on(LAST + 1, 40); /* an SPI is no core's */
	assert_int_equal(gicd_regs[ENABLE + 1], 1 << 8);
}

/*
 * In the secure role by register, of the core that was named: ICC_DIR_EL1 would do it for SPIs and for this core's
 * PPIs, if QEMU had it so. Where all of the GIC is ours that is what does it.
 */
static void test_deactivate_on(void **state UNUSED)
{
	me = 1;
	host_irq_deactivate_on(2, 29);
	assert_int_equal(sgi_frame(2)[INACT], 1 << 29);
	assert_int_equal(sgi_frame(1)[INACT], 0);
	host_irq_deactivate(27);
	assert_int_equal(sgi_frame(1)[INACT], 1 << 27);
	host_irq_deactivate_on(2, 40);
	assert_int_equal(gicd_regs[INACT + 1], 1 << 8);
	start(false);
	host_irq_deactivate(27);
	assert_int_equal(sysreg_read(ICC_DIR_EL1), 27);
	host_irq_deactivate_on(2, 40);
	assert_int_equal(sysreg_read(ICC_DIR_EL1), 40);
	memset(gicr_regs, 0, sizeof(gicr_regs));
	host_irq_deactivate_on(2, 29);
	assert_int_equal(sgi_frame(2)[INACT], 1 << 29);
	assert_int_equal(sysreg_read(ICC_DIR_EL1), 40);
}

static void test_pending(void **state UNUSED)
{
	assert_false(host_irq_is_pending(29));
	host_irq_set_pending(29);
	assert_int_equal(sgi_frame(0)[SETPEND], 1 << 29);
	assert_true(host_irq_is_pending(29));
	assert_false(host_irq_is_pending(28));
	host_irq_set_pending(40);
	assert_int_equal(gicd_regs[SETPEND + 1], 1 << 8);
	assert_true(host_irq_is_pending(40));
	me = 1;
	assert_false(host_irq_is_pending(29)); /* core 0's */
	assert_true(host_irq_is_pending(40));
	assert_false(host_irq_is_pending(1019));
}

/* Never down among the normal world's, and what was chosen survives being enabled again. */
static void test_priority(void **state UNUSED)
{
	host_irq_enable(40);
	host_irq_set_priority(40, 0x10);
	expect_secure(gicd_regs, 40, 0x10);
	host_irq_set_priority(40, 0x80);
	expect_secure(gicd_regs, 40, 0x7f);
	host_irq_set_priority(40, 0xff);
	expect_secure(gicd_regs, 40, 0x7f);
	host_irq_set_priority(40, 0);
	host_irq_enable(40);
	expect_secure(gicd_regs, 40, 0);
	start(false);
	host_irq_set_priority(40, 0xc0);
	assert_int_equal(prio(gicd_regs, 40), 0xc0);
}

/* The normal world's mask comes back exactly, however often we were told. */
static void test_hold(void **state UNUSED)
{
	sysreg_write(ICC_PMR_EL1, 0xf8);
	host_irq_hold_foreign(false);
	assert_int_equal(sysreg_read(ICC_PMR_EL1), 0xf8);
	host_irq_hold_foreign(true);
	assert_int_equal(sysreg_read(ICC_PMR_EL1), 0x80);
	host_irq_hold_foreign(true);
	host_irq_hold_foreign(false);
	assert_int_equal(sysreg_read(ICC_PMR_EL1), 0xf8);
	sysreg_write(ICC_PMR_EL1, 0xc0);
	host_irq_hold_foreign(false);
	assert_int_equal(sysreg_read(ICC_PMR_EL1), 0xc0);
	host_irq_hold_foreign(true);
	me = 1; /* each core has its own */
	sysreg_write(ICC_PMR_EL1, 0xa8);
	host_irq_hold_foreign(false);
	assert_int_equal(sysreg_read(ICC_PMR_EL1), 0xa8);
	host_irq_hold_foreign(true);
	host_irq_hold_foreign(false);
	assert_int_equal(sysreg_read(ICC_PMR_EL1), 0xa8);
	me = 0;
	host_irq_hold_foreign(false);
	assert_int_equal(sysreg_read(ICC_PMR_EL1), 0xc0);
	/* Where all of the GIC is ours there is nobody to hold back. */
	start(false);
	sysreg_write(ICC_PMR_EL1, 0xff);
	host_irq_hold_foreign(true);
	assert_int_equal(sysreg_read(ICC_PMR_EL1), 0xff);
}

static void test_firmware(void **state UNUSED)
{
	static const uint32_t special[] = { 1020, 1021, 1022, 1023 };

	for (unsigned int i = 0; i < ARRAY_SIZE(special); i++) {
		sysreg_write(ICC_HPPIR0_EL1, special[i]);
		assert_false(host_irq_foreign_is_firmware());
	}
	sysreg_write(ICC_HPPIR0_EL1, 15);
	assert_true(host_irq_foreign_is_firmware());
	sysreg_write(ICC_HPPIR0_EL1, 1019);
	assert_true(host_irq_foreign_is_firmware());
}

/* What is shared is not set up anew: the distributor's groups, priorities, enables; the normal world's mask. */
static void test_shared_init(void **state UNUSED)
{
	static uint32_t before[ARRAY_SIZE(gicd_regs)];

	sysreg_write(ICC_PMR_EL1, 0xf0);
	memcpy(before, gicd_regs, sizeof(before));
	assert_int_equal(gicv3_init(gicd_regs, true), OK);
	before[0] |= 1 << 2; /* GICD_CTLR.EnableGrp1S */
	assert_memory_equal(before, gicd_regs, sizeof(before));
	assert_int_equal(gicv3_init_cpu(0, 0), OK);
	assert_int_equal(sysreg_read(ICC_PMR_EL1), 0xf0);
	assert_int_equal(sysreg_read(ICC_IGRPEN1_EL1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_enable_spi, setup),	    cmocka_unit_test_setup(test_enable_ppi_on, setup),
		cmocka_unit_test_setup(test_core_not_there, setup), cmocka_unit_test_setup(test_deactivate_on, setup),
		cmocka_unit_test_setup(test_pending, setup),	    cmocka_unit_test_setup(test_priority, setup),
		cmocka_unit_test_setup(test_hold, setup),	    cmocka_unit_test_setup(test_firmware, setup),
		cmocka_unit_test_setup(test_shared_init, setup),
	};

	return UNIT_RUN(tests);
}
