/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts, live: the vGIC on the hardware's virtual interface. */
#include "framework/guest.h"
#include "framework/test.h"

#include "arch/ich.h"
#include "core/heap.h"
#include "core/partition.h"
#include "core/percpu.h"
#include "core/time.h"
#include "dev/block.h"
#include "lib/string.h"
#include "vgic/vgic.h"

#define SPI(n) (32u + (n))

static struct guest g;

/* The list register of that interrupt, 0 when it has none. */
static uint64_t lr_of(const struct guest_snap *s, unsigned int intid)
{
	for (unsigned int i = 0; i < s->nr_lrs; i++)
		if ((s->lr[i] & ICH_LR_STATE) && (s->lr[i] & ICH_LR_VINTID_MASK) == intid)
			return s->lr[i];
	return 0;
}

static void list_registers_follow(void)
{
	uint64_t lr;

	ASSERT(guest_launch(&g, G_LRS, 1, BIT(1)));
	EXPECT(guest_slot_reaches(&g, 0, 1, 2000));
	lr = lr_of(&g.snap, SPI(5));
	EXPECT_EQ(lr & ICH_LR_STATE, ICH_LR_PENDING);
	EXPECT(lr & ICH_LR_GROUP1);
	EXPECT_EQ(BITS(lr, 55, 48), 0x40);
	EXPECT(!(lr & ICH_LR_HW));
	EXPECT(g.snap.ich_hcr & ICH_HCR_EN);
	guest_go(&g, 1);
	EXPECT(guest_slot_reaches(&g, 0, 2, 2000));
	EXPECT_EQ(lr_of(&g.snap, SPI(5)) & ICH_LR_STATE, ICH_LR_ACTIVE);
	guest_go(&g, 2);
	EXPECT(guest_slot_reaches(&g, 0, 3, 2000));
	EXPECT_EQ(lr_of(&g.snap, SPI(5)), 0);
	guest_go(&g, 3);
	(void)guest_finish(&g);
	guest_free(&g);
}

static void cpu_interface(void)
{
	ASSERT(guest_launch(&g, G_CPU_INTERFACE, 1, BIT(1)));
	(void)guest_finish(&g);
	EXPECT_EQ(BITS(g.snap.vmcr, 31, 24), 0x80); /* VPMR */
	EXPECT(g.snap.vmcr & 2);		    /* VENG1 */
	EXPECT(g.snap.nr_lrs >= 4);
	guest_free(&g);
}

SUITE(gicv3_interface, { "list registers: pending, active, empty", list_registers_follow },
      { "the CPU interface's registers", cpu_interface });

#define PROGRAM(fn, program, vcpus, cores)                                                                             \
	static void fn(void)                                                                                           \
	{                                                                                                              \
		guest_run(program, vcpus, cores);                                                                      \
	}

PROGRAM(level, G_LEVEL, 1, BIT(1))
PROGRAM(edge, G_EDGE, 1, BIT(2))
SUITE(complete_interrupt, { "level: until the line is low", level }, { "edge: once each", edge });

PROGRAM(gicd, G_GICD, 1, BIT(1))
SUITE(gicd, { "the distributor's registers", gicd });

static void gicr(void)
{
	for (unsigned int n = 1; n <= 8; n += n) {
		guest_init(&g, G_GICR, n, BIT(1));
		guest_slot_set(&g, 0, n);
		ASSERT(guest_build(&g));
		if (guest_start(&g))
			(void)guest_finish(&g);
		guest_free(&g);
	}
}

SUITE(gicr, { "the redistributors' registers, Last", gicr });

PROGRAM(pending, G_PENDING, 1, BIT(1))
PROGRAM(enables, G_ENABLES, 1, BIT(1))
SUITE(pending_state, { "pending and active by register", pending }, { "disabled and globally off", enables });

PROGRAM(masked, G_MASKED, 1, BIT(1))
PROGRAM(many, G_MANY, 1, BIT(1))
PROGRAM(priority, G_PRIORITY, 1, BIT(1))
PROGRAM(sgi, G_SGI, 3, 0xe)
PROGRAM(sgi_one_core, G_SGI, 3, BIT(1))
SUITE(guest_irq, { "masked by PSTATE, PMR and group", masked }, { "40 pending, few list registers", many },
      { "preemption by priority", priority }, { "SGIs on three cores", sgi }, { "SGIs on one core", sgi_one_core });

PROGRAM(route, G_ROUTE, 3, 0xe)
PROGRAM(route_one_core, G_ROUTE, 3, BIT(3))

/* A device's line reaches the vCPU that the guest chose, from any core: here from the boot core. */
static void lines_from_elsewhere(void)
{
	ASSERT(guest_launch(&g, G_WFI, 1, BIT(1)));
	for (unsigned int i = 1; i <= 20; i++) {
		ASSERT(guest_slot_reaches(&g, 0, i, 2000));
		/* Let it fall asleep, most times. */
		(void)WAIT_FOR(g.vm->p->vcpu[0]->state == VCPU_BLOCKED, i % 4);
		partition_irq_set(g.vm->p, SPI(9), true);
		partition_irq_set(g.vm->p, SPI(9), false);
	}
	(void)guest_finish(&g);
	guest_free(&g);
}

SUITE(device_routing, { "SPIs follow IROUTER on three cores", route },
      { "SPIs follow IROUTER on one core", route_one_core },
      { "a device's line wakes a guest in WFI", lines_from_elsewhere });

PROGRAM(vtimer, G_VTIMER, 1, BIT(1))
PROGRAM(ptimer, G_PTIMER, 1, BIT(1))

/* Another VM keeps the core busy: the timers come all the same, in software while their vCPU is away. */
static void timers_while_away(void)
{
	static struct guest busy;

	ASSERT(guest_launch(&busy, G_COUNT, 1, BIT(1)));
	guest_run(G_VTIMER, 1, BIT(1));
	guest_run(G_PTIMER, 1, BIT(1));
	guest_go(&busy, 1);
	(void)guest_finish(&busy);
	guest_free(&busy);
}

SUITE(guest_timer, { "the virtual timer, busy and in WFI", vtimer }, { "the physical timer, busy and in WFI", ptimer },
      { "both while another VM has the core", timers_while_away });

/* SGIs to and fro between two vCPUs, with the boot core raising SPIs all the while. */
static void storm_on(uint64_t cores)
{
	uint64_t raised = 0;

	ASSERT(guest_launch(&g, G_STORM, 2, cores));
	EXPECT(guest_slot_reaches(&g, 0, 1, 2000));
	while (guest_slot(&g, 0) == 1 && raised < 1000000) {
		partition_irq_set(g.vm->p, SPI(9), true);
		partition_irq_set(g.vm->p, SPI(9), false);
		raised++;
		(void)WAIT_FOR(false, 1);
	}
	partition_irq_set(g.vm->p, SPI(9), true);
	partition_irq_set(g.vm->p, SPI(9), false);
	EXPECT(guest_slot_reaches(&g, 0, 2, 10000));
	guest_go(&g, 1);
	(void)guest_finish(&g);
	EXPECT(guest_slot(&g, 1) >= 1 && guest_slot(&g, 1) <= raised + 1);
	guest_free(&g);
}

static void storm(void)
{
	storm_on(BIT(1) | BIT(2));
}

static void storm_one_core(void)
{
	storm_on(BIT(1));
}

SUITE(guest_interrupt, { "100 SGIs to and fro amid SPIs, two cores", storm },
      { "100 SGIs to and fro amid SPIs, one core", storm_one_core });

/* --- devices --- */

static void clock_and_alarm(void)
{
	uint64_t now, before = time_wall_seconds();

	guest_init(&g, G_RTC, 1, BIT(1));
	g.cfg.rtc = true;
	ASSERT(guest_build(&g));
	if (guest_start(&g) && guest_finish(&g)) {
		now = guest_slot(&g, 0);
		EXPECT(now >= before && now <= before + 2);
	}
	guest_free(&g);
}

SUITE(pl031, { "time, alarm, setting", clock_and_alarm });

#define SECTORS 16

static void block_device(void)
{
	uint8_t *disk = heap_alloc(SECTORS * 512);

	ASSERT(disk);
	for (unsigned int i = 0; i < SECTORS * 512; i++)
		disk[i] = (uint8_t)(i * 7);
	guest_init(&g, G_BLK, 1, BIT(1));
	g.cfg.nr_disks = 1;
	g.cfg.disk[0].image.data = disk;
	g.cfg.disk[0].image.size = SECTORS * 512;
	guest_slot_set(&g, 0, SECTORS);
	if (guest_build(&g)) {
		if (guest_start(&g) && guest_finish(&g)) {
			for (unsigned int i = 0; i < 512; i++)
				ASSERT(disk[3 * 512 + i] == (uint8_t)(i ^ 0x5a));
			EXPECT_EQ(disk[4 * 512], (uint8_t)(4 * 512 * 7));
		}
		guest_free(&g);
	}
	heap_free(disk);
}

static void entropy_device(void)
{
	guest_init(&g, G_RNG, 1, BIT(2));
	g.cfg.rng = true;
	ASSERT(guest_build(&g));
	if (guest_start(&g))
		(void)guest_finish(&g);
	guest_free(&g);
}

SUITE(virtio, { "a guest drives virtio-blk", block_device }, { "a guest drives virtio-rng", entropy_device });
