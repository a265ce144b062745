/* SPDX-License-Identifier: BSD-3-Clause */
/* The physical GICv3; see gicv3.h. Register names and offsets as in IHI 0069 12.8 to 12.11. */
#include "drv/gicv3.h"

#include "arch/gic_cpuif.h"
#include "arch/mmio_io.h"
#include "arch/world.h"
#include "core/lock.h"
#include "plat/plat.h"

#define GICD_CTLR	0x0000
#define GICD_TYPER	0x0004
#define GICD_IGROUPR	0x0080
#define GICD_ISENABLER	0x0100
#define GICD_ICENABLER	0x0180
#define GICD_ISPENDR	0x0200
#define GICD_ISACTIVER	0x0300
#define GICD_ICACTIVER	0x0380
#define GICD_IPRIORITYR 0x0400
#define GICD_ICFGR	0x0c00
#define GICD_IROUTER	0x6000
#define GICD_PIDR2	0xffe8
#define GICD_IGRPMODR	0x0d00

#define GICD_CTLR_RWP	  BIT(31)
#define GICD_CTLR_ARE_NS  BIT(4)
#define GICD_CTLR_ENGRP1A BIT(1)

#define GICR_TYPER	    0x0008
#define GICR_WAKER	    0x0014
#define GICR_FRAME	    0x10000 /* RD_base, then SGI_base */
#define GICR_SGI	    GICR_FRAME
#define GICR_TYPER_LAST	    BIT(4)
#define GICR_TYPER_VLPIS    BIT(1)
#define GICR_WAKER_SLEEP    BIT(1)
#define GICR_WAKER_CHILDREN BIT(2)

#define GICD_CTLR_ENGRP1S BIT(2) /* secure view */

#define PRIO_MIDDLE	0xa0
#define PRIO_SECURE	0x40 /* above all that the normal world can have: 0x80 to 0xff */
#define PRIO_SECURE_MAX 0x7f
#define PMR_SECURE_ONLY 0x80
#define REGIONS_MAX	8
#define SPINS_MAX	1000000 /* of a register poll that the architecture says ends soon */

static char *gicd;
static bool gic_shared;
static unsigned int sgi_base;	/* of the SGIs that are ours */
static unsigned int nr_spi_end; /* first INTID after the SPIs */
static struct {
	char *base;
	uint64_t size;
} region[REGIONS_MAX];
static unsigned int nr_regions;
static char *gicr[CONFIG_MAX_CPUS];
static uint64_t cpu_mpidr[CONFIG_MAX_CPUS];
static uint64_t cpu_sgi1r[CONFIG_MAX_CPUS]; /* ICC_SGI1R_EL1 for an SGI to it, but the INTID */
static struct spinlock config_lock = SPINLOCK_INIT(LOCK_GIC);

/* The normal world's ICC_PMR_EL1 while we hold its interrupts back, of each core. */
static struct {
	uint64_t pmr;
	bool on;
} held[CONFIG_MAX_CPUS];

static void wait_rwp(void)
{
	for (unsigned int i = 0; i < SPINS_MAX && (io_read32(gicd + GICD_CTLR) & GICD_CTLR_RWP); i++)
		;
}

int gicv3_init(void *distributor, bool shared)
{
	gicd = distributor;
	if (BITS(io_read32(gicd + GICD_PIDR2), 7, 4) < 3)
		return E_NOTSUP;
	nr_spi_end = 32 * ((io_read32(gicd + GICD_TYPER) & 0x1f) + 1);
	nr_spi_end = MIN(nr_spi_end, 1020);
	gic_shared = shared;
	sgi_base = world_sgi_base;
	if (shared) {
		io_write32(gicd + GICD_CTLR, io_read32(gicd + GICD_CTLR) | (uint32_t)GICD_CTLR_ENGRP1S);
		wait_rwp();
		return OK;
	}
	io_write32(gicd + GICD_CTLR, 0);
	wait_rwp();
	for (unsigned int i = 32; i < nr_spi_end; i += 32) {
		io_write32(gicd + GICD_ICENABLER + i / 8, UINT32_MAX);
		io_write32(gicd + GICD_ICACTIVER + i / 8, UINT32_MAX);
		io_write32(gicd + GICD_IGROUPR + i / 8, UINT32_MAX);
	}
	for (unsigned int i = 32; i < nr_spi_end; i += 4)
		io_write32(gicd + GICD_IPRIORITYR + i, PRIO_MIDDLE * 0x01010101u);
	wait_rwp();
	io_write32(gicd + GICD_CTLR, GICD_CTLR_ARE_NS | GICD_CTLR_ENGRP1A);
	wait_rwp();
	return OK;
}

int gicv3_add_region(void *base, uint64_t size)
{
	if (nr_regions == REGIONS_MAX)
		return E_NOMEM;
	region[nr_regions].base = base;
	region[nr_regions++].size = size;
	return OK;
}

/* Affinity as GICR_TYPER has it in 63:32. */
static uint64_t typer_affinity(uint64_t mpidr)
{
	return BITS(mpidr, 39, 32) << 24 | (mpidr & 0xffffff);
}

static char *find_redistributor(uint64_t mpidr)
{
	for (unsigned int r = 0; r < nr_regions; r++) {
		uint64_t off = 0;

		while (off + 2 * GICR_FRAME <= region[r].size) {
			char *rd = region[r].base + off;
			uint64_t typer = io_read64(rd + GICR_TYPER);

			if (typer >> 32 == typer_affinity(mpidr))
				return rd;
			if (typer & GICR_TYPER_LAST)
				break;
			off += (typer & GICR_TYPER_VLPIS ? 4 : 2) * (uint64_t)GICR_FRAME;
		}
	}
	return NULL;
}

int gicv3_init_cpu(unsigned int cpu, uint64_t mpidr)
{
	char *rd = find_redistributor(mpidr);

	if (!rd)
		return E_NOENT;
	__atomic_store_n(&gicr[cpu], rd, __ATOMIC_RELEASE);
	cpu_mpidr[cpu] = mpidr;
	/* ICC_SGI1R_EL1: Aff3 55:48, RS 47:44, Aff2 39:32, INTID 27:24, Aff1 23:16, target list 15:0. */
	cpu_sgi1r[cpu] = BITS(mpidr, 39, 32) << 48 | BITS(mpidr, 7, 4) << 44 | BITS(mpidr, 23, 16) << 32 |
			 BITS(mpidr, 15, 8) << 16 | BIT(mpidr & 0xf);
	if (gic_shared) {
		gic_cpuif_init_shared();
		return OK;
	}
	io_write32(rd + GICR_WAKER, io_read32(rd + GICR_WAKER) & (uint32_t)~GICR_WAKER_SLEEP);
	for (unsigned int i = 0; i < SPINS_MAX && (io_read32(rd + GICR_WAKER) & GICR_WAKER_CHILDREN); i++)
		;
	io_write32(rd + GICR_SGI + GICD_ICENABLER, UINT32_MAX);
	io_write32(rd + GICR_SGI + GICD_ICACTIVER, UINT32_MAX);
	io_write32(rd + GICR_SGI + GICD_IGROUPR, UINT32_MAX);
	for (unsigned int i = 0; i < 32; i += 4)
		io_write32(rd + GICR_SGI + GICD_IPRIORITYR + i, PRIO_MIDDLE * 0x01010101u);
	io_write32(rd + GICR_SGI + GICD_ISENABLER, 0xffff); /* our own SGIs */

	gic_cpuif_init();
	return OK;
}

/* The frame that an INTID's bit is in: SGIs and PPIs in the core's redistributor, SPIs in the distributor. Or NULL. */
static char *frame_of(unsigned int cpu, uint32_t intid)
{
	char *rd;

	if (intid >= nr_spi_end)
		return NULL;
	if (intid >= 32)
		return gicd;
	rd = __atomic_load_n(&gicr[cpu], __ATOMIC_ACQUIRE); /* of another core, which may be coming up */
	return rd ? rd + GICR_SGI : NULL;
}

/* Of the registers where writing a one acts on that interrupt, and zeros do nothing. */
static void write_bit(unsigned int cpu, uint32_t intid, uint32_t reg)
{
	char *frame = frame_of(cpu, intid);

	if (frame)
		io_write32(frame + reg + intid / 32 * 4, UINT32_C(1) << (intid % 32));
}

static void change_bits(char *reg, uint32_t clear, uint32_t set)
{
	io_write32(reg, (io_read32(reg) & ~clear) | set);
}

/* A byte: the others of the word may be the normal world's, who may be writing them (IHI 0069 12.9.20). */
static void set_priority(char *frame, uint32_t intid, uint8_t priority)
{
	io_write8(frame + GICD_IPRIORITYR + intid, priority);
}

/*
 * Group 1 secure: IGROUPR 0, IGRPMODR 1 (IHI 0069 12.9.9). The priority of one that is secure already stays: it may
 * have been chosen. Several interrupts share each of these registers, and any core may come here.
 */
static void make_secure(unsigned int cpu, uint32_t intid)
{
	char *f = frame_of(cpu, intid);
	uint32_t bit = UINT32_C(1) << (intid % 32), word = intid / 32 * 4;

	if (!f)
		return;
	spin_lock(&config_lock);
	if ((io_read32(f + GICD_IGROUPR + word) & bit) || !(io_read32(f + GICD_IGRPMODR + word) & bit)) {
		change_bits(f + GICD_IGRPMODR + word, 0, bit);
		change_bits(f + GICD_IGROUPR + word, bit, 0);
		set_priority(f, intid, PRIO_SECURE);
	}
	spin_unlock(&config_lock);
}

void host_irq_enable_on(unsigned int cpu, uint32_t intid)
{
	if (gic_shared)
		make_secure(cpu, intid);
	write_bit(cpu, intid, GICD_ISENABLER);
}

void host_irq_disable_on(unsigned int cpu, uint32_t intid)
{
	write_bit(cpu, intid, GICD_ICENABLER);
}

void host_irq_enable(uint32_t intid)
{
	host_irq_enable_on(plat_cpu_index(), intid);
}

void host_irq_disable(uint32_t intid)
{
	host_irq_disable_on(plat_cpu_index(), intid);
}

void host_irq_set_priority(uint32_t intid, uint8_t priority)
{
	char *f = frame_of(plat_cpu_index(), intid);

	if (!f)
		return;
	spin_lock(&config_lock);
	set_priority(f, intid, gic_shared ? MIN(priority, PRIO_SECURE_MAX) : priority);
	spin_unlock(&config_lock);
}

void host_irq_set_pending(uint32_t intid)
{
	write_bit(plat_cpu_index(), intid, GICD_ISPENDR);
}

bool host_irq_is_pending(uint32_t intid)
{
	char *f = frame_of(plat_cpu_index(), intid);

	return f && (io_read32(f + GICD_ISPENDR + intid / 32 * 4) & UINT32_C(1) << (intid % 32));
}

/*
 * A PPI can be deactivated by ICC_DIR_EL1 only where it is active; an SPI anywhere (IHI 0069 4.1). In QEMU ICC_DIR_EL1
 * at S-EL2 does nothing to a secure interrupt (its check is that of EL2 before FEAT_SEL2): the register does the same.
 */
void host_irq_deactivate_on(unsigned int cpu, uint32_t intid)
{
	if (!gic_shared && (intid >= 32 || cpu == plat_cpu_index()))
		gic_cpuif_deactivate(intid);
	else
		write_bit(cpu, intid, GICD_ICACTIVER);
}

void host_irq_hold_foreign(bool hold)
{
	unsigned int cpu = plat_cpu_index();

	if (!gic_shared || held[cpu].on == hold)
		return;
	held[cpu].on = hold;
	if (hold)
		held[cpu].pmr = gic_cpuif_priority_mask(PMR_SECURE_ONLY);
	else
		(void)gic_cpuif_priority_mask(held[cpu].pmr);
}

/* A FIQ that is not of group 0 is the normal world's: it has no group here that could be read (IHI 0069 4.6.3). */
bool host_irq_foreign_is_firmware(void)
{
	return gic_shared && gic_cpuif_pending_group0() < HOST_IRQ_SPECIAL;
}

void host_irq_set_active(uint32_t intid, bool active)
{
	write_bit(plat_cpu_index(), intid, active ? GICD_ISACTIVER : GICD_ICACTIVER);
}

void host_irq_route_spi(uint32_t intid, unsigned int cpu, bool edge)
{
	char *reg = gicd + GICD_ICFGR + intid / 16 * 4;
	const unsigned int lsb = intid % 16 * 2;
	uint32_t cfg;

	if (intid < 32 || intid >= nr_spi_end)
		return;
	cfg = io_read32(reg);
	/*
	 * Fifteen others are in the word, perhaps the normal world's: written only if it must be, which is
	 * once, at boot.
	 */
	if ((bool)(cfg >> lsb & 2) != edge)
		io_write32(reg, (cfg & ~(UINT32_C(3) << lsb)) | (edge ? UINT32_C(2) << lsb : 0));
	io_write64(gicd + GICD_IROUTER + intid * 8ul, cpu_mpidr[cpu] & UINT64_C(0xff00ffffff));
}

uint32_t host_irq_ack(void)
{
	return gic_cpuif_ack();
}

void host_irq_drop(uint32_t intid)
{
	gic_cpuif_drop(intid);
}

static __attribute__((noinline)) void deactivate_shared(uint32_t intid)
{
	write_bit(plat_cpu_index(), intid, GICD_ICACTIVER);
}

/* Of this core's own: without a stack frame, as each interrupt comes here. */
void host_irq_deactivate(uint32_t intid)
{
	if (likely(!gic_shared))
		gic_cpuif_deactivate(intid);
	else
		deactivate_shared(intid);
}

void host_irq_send_sgi(unsigned int cpu, unsigned int sgi)
{
	gic_cpuif_sgi(cpu_sgi1r[cpu] | (uint64_t)(sgi_base + sgi) << 24);
}
