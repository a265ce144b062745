/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The world of the vGIC tests: VMs with vCPUs on a few cores, a scheduler that notes what it is asked, a clock that is
 * pushed, and, on the list registers, a small model of the virtual CPU interface: what a guest's reads of ICC_IAR1 and
 * writes of ICC_EOIR1 and ICC_DIR do (IHI 0069 4.8, 12.4).
 */
#ifndef TESTS_UNIT_VGIC_WORLD_H
#define TESTS_UNIT_VGIC_WORLD_H

#include "unit.h"

#include "core/mmio.h"
#include "core/partition.h"
#include "core/vcpu.h"
#include "vgic/internal.h"
#include "vgic/vtimer.h"

#define GICD	  0x08000000u
#define GICR	  0x080a0000u
#define SPI0	  32u
#define NR_SPIS	  64u
#define NO_IRQ	  1023u
#define NO_CORE	  99u
#define CORES	  4u
#define MAX_VMS	  2u
#define MAX_VCPUS 34u

/* GICD, and GICR's second frame */
enum {
	CTLR = 0,
	TYPER = 4,
	IGROUPR = 0x80,
	ISENABLER = 0x100,
	ICENABLER = 0x180,
	ISPENDR = 0x200,
	ICPENDR = 0x280,
	ISACTIVER = 0x300,
	ICACTIVER = 0x380,
	IPRIORITYR = 0x400,
	ICFGR = 0xc00,
	IROUTER = 0x6000,
};

struct guest_cpu {
	unsigned int core; /* on which it is loaded, or NO_CORE */
	unsigned int wakes, kicks;
	uint8_t running[64]; /* priorities of what it has acknowledged and not ended, the last one last */
	unsigned int depth;
};

struct world {
	struct partition vm[MAX_VMS];
	struct vcpu *vcpus[MAX_VMS][MAX_VCPUS];
	struct guest_cpu cpu[MAX_VMS][MAX_VCPUS];
	bool phys_active[CORES][32]; /* of each core's own PPIs */
	unsigned int maintenance;    /* maintenance interrupts taken */
	unsigned int allocs, allocs_left;
	uint64_t now;
	unsigned int timers;
};

extern struct world world;

/*
 * One VM with that many vCPUs and list registers; vCPU i of the first CORES is loaded and RUNNING on core i; all
 * interrupts in group 1, priority 0xa0, groups on.
 */
void world_make(unsigned int nr_vcpus, unsigned int nr_lrs);
/* A second one beside it, loaded nowhere. */
void world_make_second(unsigned int nr_vcpus);
void world_end(void);
/* The same as cmocka set-up and tear-down: four vCPUs, four list registers. */
int world_setup(void **state);
int world_teardown(void **state);

struct vcpu *vcpu(unsigned int i);  /* of the first VM */
struct vcpu *vcpu2(unsigned int i); /* of the second */
struct guest_cpu *guest_cpu(const struct vcpu *v);

/* Be on that core: its list registers, its percpu. */
void on_core(unsigned int core);
/* Be where v runs. */
void as(const struct vcpu *v);
/* Take v from its core / put it on one. Leaves and enters as the scheduler does. */
void unload(struct vcpu *v);
void load(struct vcpu *v, unsigned int core);
/* Each vCPU that has something to do comes by its exit; maintenance interrupts are taken. */
void settle(void);

/* A guest's access by v, at an offset of GICD, of v's SGI frame, or of its control frame. */
uint32_t gicd_read(struct vcpu *v, uint32_t off);
void gicd_write(struct vcpu *v, uint32_t off, uint32_t value);
uint32_t sgi_read(struct vcpu *v, uint32_t off);
void sgi_write(struct vcpu *v, uint32_t off, uint32_t value);
uint64_t mmio(struct vcpu *v, uint64_t ipa, unsigned int size, bool write, uint64_t value);

/* The bit of intid in a register file (ISENABLER..., GICD or v's GICR), and the like. */
void irq_write(struct vcpu *v, uint32_t file, unsigned int intid);
bool irq_read(struct vcpu *v, uint32_t file, unsigned int intid);
void irq_prio(struct vcpu *v, unsigned int intid, uint8_t prio);
void irq_edge(struct vcpu *v, unsigned int intid, bool edge);
void irq_route(struct vcpu *v, unsigned int intid, uint64_t router);
void irq_group(struct vcpu *v, unsigned int intid, unsigned int group);

/*
 * The guest on v, which is loaded: acknowledge (NO_IRQ when there is nothing), end with deactivation, priority drop
 * alone, deactivation alone.
 */
unsigned int guest_peek(struct vcpu *v);
unsigned int guest_ack(struct vcpu *v);
void guest_eoi(struct vcpu *v, unsigned int intid);
void guest_drop(struct vcpu *v);
void guest_dir(struct vcpu *v, unsigned int intid);
/* Acknowledge, which must give intid, and end. */
void guest_takes(struct vcpu *v, unsigned int intid);

/* List registers of v that are not empty (in hardware or memory). */
unsigned int lrs_in_use(struct vcpu *v);
uint64_t lr_of(struct vcpu *v, unsigned int intid); /* 0: in none */

void world_pass(uint64_t ticks);

#endif
