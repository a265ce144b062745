/* SPDX-License-Identifier: BSD-3-Clause */
/* See world.h. */
#include "world.h"

#include "arch/guest.h"
#include "arch/host.h"
#include "core/heap.h"
#include "core/percpu.h"
#include "core/sched.h"
#include "core/time.h"
#include "plat/plat.h"

/* A test may have its own. */
#define WEAK __attribute__((weak))

struct world world;

static struct percpu cores[CORES];
static struct {
	uint64_t lr[ICH_LR_MAX], hcr, vmcr, cntv_ctl, cntv_cval;
} parked[CORES]; /* what the cores hold on which we are not */
static unsigned int here, lr_count;
static struct timer *timers[256];

/* --- What the product asks of the rest --- */

void *heap_alloc(size_t size)
{
	if (!world.allocs_left)
		return NULL;
	world.allocs_left--;
	world.allocs++;
	return calloc(1, size);
}

void heap_free(void *p)
{
	if (p)
		world.allocs--;
	free(p);
}

WEAK void sched_wake(struct vcpu *v)
{
	guest_cpu(v)->wakes++;
	if (v->state == VCPU_BLOCKED)
		v->state = VCPU_READY;
}

WEAK void sched_kick(struct vcpu *v)
{
	if (v->state == VCPU_RUNNING && guest_cpu(v)->core != here)
		guest_cpu(v)->kicks++;
}

void host_irq_set_active(uint32_t intid, bool active)
{
	assert_true(intid >= 16 && intid < 32);
	assert_int_not_equal(world.phys_active[here][intid], active);
	world.phys_active[here][intid] = active;
}

uint64_t time_now(void)
{
	return world.now;
}

void timer_init(struct timer *t, void (*fn)(struct timer *t))
{
	t->fn = fn;
	t->armed = false;
}

void timer_start(struct timer *t, uint64_t deadline)
{
	t->deadline = deadline;
	if (t->armed)
		return;
	t->armed = true;
	for (unsigned int i = 0; i < 256; i++) {
		if (!timers[i]) {
			timers[i] = t;
			world.timers++;
			return;
		}
	}
	fail();
}

void timer_stop(struct timer *t)
{
	if (!t->armed)
		return;
	t->armed = false;
	world.timers--;
	for (unsigned int i = 0; i < 256; i++) {
		if (timers[i] == t)
			timers[i] = NULL;
	}
}

void world_pass(uint64_t ticks)
{
	uint64_t end = world.now + ticks;

	for (;;) {
		struct timer *first = NULL;

		for (unsigned int i = 0; i < 256; i++) {
			if (timers[i] && timers[i]->deadline <= end &&
			    (!first || timers[i]->deadline < first->deadline))
				first = timers[i];
		}
		if (!first)
			break;
		if (first->deadline > world.now)
			world.now = first->deadline;
		timer_stop(first);
		first->fn(first);
	}
	world.now = end;
}

/* --- VMs, vCPUs, cores --- */

struct vcpu *vcpu(unsigned int i)
{
	return world.vm[0].vcpu[i];
}

struct vcpu *vcpu2(unsigned int i)
{
	return world.vm[1].vcpu[i];
}

struct guest_cpu *guest_cpu(const struct vcpu *v)
{
	return &world.cpu[v->part == &world.vm[1]][v->index];
}

void on_core(unsigned int core)
{
	if (core == here)
		return;
	for (unsigned int i = 0; i < lr_count; i++)
		parked[here].lr[i] = ich_lr_read(i);
	parked[here].hcr = ich_hcr_read();
	parked[here].vmcr = sysreg_read(ICH_VMCR_EL2);
	parked[here].cntv_ctl = guest_el1_read(R_CNTV_CTL_EL0);
	parked[here].cntv_cval = guest_el1_read(R_CNTV_CVAL_EL0);
	here = core;
	arch_this_cpu_set(&cores[core]);
	for (unsigned int i = 0; i < lr_count; i++)
		ich_lr_write(i, parked[here].lr[i]);
	ich_hcr_write(parked[here].hcr);
	sysreg_write(ICH_VMCR_EL2, parked[here].vmcr);
	guest_el1_write(R_CNTV_CTL_EL0, parked[here].cntv_ctl);
	guest_el1_write(R_CNTV_CVAL_EL0, parked[here].cntv_cval);
}

void as(const struct vcpu *v)
{
	if (guest_cpu(v)->core != NO_CORE)
		on_core(guest_cpu(v)->core);
}

void unload(struct vcpu *v)
{
	as(v);
	vgic_save(v);
	vtimer_save(v);
	v->arch.el1[R_CNTV_CTL_EL0] = guest_el1_read(R_CNTV_CTL_EL0);
	v->arch.el1[R_CNTV_CVAL_EL0] = guest_el1_read(R_CNTV_CVAL_EL0);
	guest_el1_write(R_CNTV_CTL_EL0, 0);
	guest_cpu(v)->core = NO_CORE;
	if (v->state == VCPU_RUNNING)
		v->state = VCPU_READY;
	for (unsigned int i = 0; i < lr_count; i++)
		assert_int_equal(ich_lr_read(i), 0);
	assert_int_equal(ich_hcr_read(), 0);
}

void load(struct vcpu *v, unsigned int core)
{
	on_core(core);
	guest_el1_write(R_CNTV_CTL_EL0, v->arch.el1[R_CNTV_CTL_EL0]);
	guest_el1_write(R_CNTV_CVAL_EL0, v->arch.el1[R_CNTV_CVAL_EL0]);
	guest_cpu(v)->core = core;
	v->state = VCPU_RUNNING;
	vgic_load(v);
	vtimer_load(v);
	if (vgic_needs_flush(v))
		vgic_flush(v);
}

static bool maintenance_due(void)
{
	uint64_t hcr = ich_hcr_read();
	bool pending = false;

	for (unsigned int i = 0; i < lr_count; i++) {
		uint64_t lr = ich_lr_read(i);

		pending |= (lr & ICH_LR_STATE) == ICH_LR_PENDING;
		if (!(lr & (ICH_LR_STATE | ICH_LR_HW)) && (lr & ICH_LR_EOI))
			return true;
	}
	return ((hcr & ICH_HCR_NPIE) && !pending) || ((hcr & ICH_HCR_LRENPIE) && ICH_HCR_EOICOUNT(hcr));
}

/* v comes by its exit. True if there was something to do. */
static bool settle_one(struct vcpu *v)
{
	bool did = false;

	as(v);
	for (unsigned int n = 0; maintenance_due(); n++) {
		assert_true(n < 3); /* else it would never stop */
		world.maintenance++;
		vgic_maintenance(v);
		did = true;
	}
	if (vgic_needs_flush(v)) {
		vgic_flush(v);
		assert_false(vgic_needs_flush(v));
		did = true;
	}
	assert_int_equal(cores[here].lock_ranks, 0);
	return did;
}

void settle(void)
{
	unsigned int was = here, n = 0;
	bool did;

	do {
		did = false;
		for (unsigned int m = 0; m < MAX_VMS; m++) {
			for (unsigned int i = 0; i < world.vm[m].nr_vcpus; i++) {
				if (world.cpu[m][i].core != NO_CORE)
					did |= settle_one(world.vm[m].vcpu[i]);
			}
		}
		assert_true(n++ < 10);
	} while (did);
	on_core(was);
}

static void make_vm(unsigned int m, unsigned int nr_vcpus)
{
	struct vgic_config cfg = { .gicd = IPA(GICD), .gicr = IPA(GICR), .nr_spis = NR_SPIS };
	struct partition *p = &world.vm[m];

	assert_true(nr_vcpus <= MAX_VCPUS);
	p->id = (uint16_t)(m + 1);
	p->vcpu = world.vcpus[m];
	p->nr_vcpus = nr_vcpus;
	for (unsigned int i = 0; i < nr_vcpus; i++) {
		struct vcpu *v = calloc(1, sizeof(*v));

		v->part = p;
		v->index = (uint16_t)i;
		v->state = VCPU_OFF;
		p->vcpu[i] = v;
		world.cpu[m][i].core = NO_CORE;
	}
	assert_int_equal(vgic_create(p, &cfg), OK);
	vgic_reset(p);
	for (unsigned int i = 0; i < nr_vcpus; i++)
		vtimer_init(p->vcpu[i]);
}

static void start_vm(unsigned int m)
{
	struct partition *p = &world.vm[m];

	gicd_write(p->vcpu[0], CTLR, 3);
	for (unsigned int i = SPI0; i < SPI0 + NR_SPIS; i += 32)
		gicd_write(p->vcpu[0], IGROUPR + i / 8, 0xffffffff);
	for (unsigned int i = SPI0; i < SPI0 + NR_SPIS; i += 4)
		gicd_write(p->vcpu[0], IPRIORITYR + i, 0xa0a0a0a0);
	for (unsigned int i = 0; i < p->nr_vcpus; i++) {
		sgi_write(p->vcpu[i], IGROUPR, 0xffffffff);
		for (unsigned int n = 0; n < 32; n += 4)
			sgi_write(p->vcpu[i], IPRIORITYR + n, 0xa0a0a0a0);
		p->vcpu[i]->state = VCPU_READY;
	}
}

void world_make(unsigned int nr_vcpus, unsigned int nr_lrs)
{
	memset(&world, 0, sizeof(world));
	memset(cores, 0, sizeof(cores));
	memset(parked, 0, sizeof(parked));
	memset(timers, 0, sizeof(timers));
	host_reset();
	host_lr_count_set(nr_lrs);
	lr_count = nr_lrs;
	here = 0;
	arch_this_cpu_set(&cores[0]);
	world.allocs_left = 1000;
	world.now = 1000000;
	make_vm(0, nr_vcpus);
	start_vm(0);
	for (unsigned int i = 0; i < nr_vcpus && i < CORES; i++)
		load(vcpu(i), i);
	on_core(0);
}

void world_make_second(unsigned int nr_vcpus)
{
	make_vm(1, nr_vcpus);
	start_vm(1);
}

void world_end(void)
{
	for (unsigned int m = 0; m < MAX_VMS; m++) {
		if (!world.vm[m].nr_vcpus)
			continue;
		for (unsigned int i = 0; i < world.vm[m].nr_vcpus; i++)
			assert_false(spin_is_locked(&world.vm[m].vcpu[i]->vgic->lock));
		vgic_destroy(&world.vm[m]);
		for (unsigned int i = 0; i < world.vm[m].nr_vcpus; i++)
			free(world.vm[m].vcpu[i]);
	}
	for (unsigned int i = 0; i < CORES; i++)
		assert_int_equal(cores[i].lock_ranks, 0);
	assert_int_equal(world.allocs, 0);
}

int world_setup(void **state)
{
	(void)state;
	world_make(4, 4);
	return 0;
}

int world_teardown(void **state)
{
	(void)state;
	world_end();
	return 0;
}

/* --- Registers --- */

uint64_t mmio(struct vcpu *v, uint64_t ipa, unsigned int size, bool write, uint64_t value)
{
	const struct mmio_region *r = mmio_find(&v->part->mmio, IPA(ipa), size);
	struct mmio_access a = { .value = value, .size = (uint8_t)size, .write = write };
	unsigned int was = here;

	assert_non_null(r);
	a.offset = ipa - r->base;
	as(v);
	assert_int_equal(r->fn(r->dev, v, &a), MMIO_OK);
	on_core(was);
	return size == 8 ? a.value : a.value & (BIT(size * 8) - 1);
}

uint32_t gicd_read(struct vcpu *v, uint32_t off)
{
	return (uint32_t)mmio(v, GICD + off, 4, false, 0);
}

void gicd_write(struct vcpu *v, uint32_t off, uint32_t value)
{
	mmio(v, GICD + off, 4, true, value);
}

static uint64_t sgi_frame(const struct vcpu *v)
{
	return GICR + v->index * 0x20000u + 0x10000u;
}

uint32_t sgi_read(struct vcpu *v, uint32_t off)
{
	return (uint32_t)mmio(v, sgi_frame(v) + off, 4, false, 0);
}

void sgi_write(struct vcpu *v, uint32_t off, uint32_t value)
{
	mmio(v, sgi_frame(v) + off, 4, true, value);
}

static uint64_t file_of(const struct vcpu *v, unsigned int intid)
{
	return intid < 32 ? sgi_frame(v) : GICD;
}

void irq_write(struct vcpu *v, uint32_t file, unsigned int intid)
{
	mmio(v, file_of(v, intid) + file + intid / 32 * 4, 4, true, BIT(intid % 32));
}

bool irq_read(struct vcpu *v, uint32_t file, unsigned int intid)
{
	return mmio(v, file_of(v, intid) + file + intid / 32 * 4, 4, false, 0) & BIT(intid % 32);
}

void irq_prio(struct vcpu *v, unsigned int intid, uint8_t prio)
{
	mmio(v, file_of(v, intid) + IPRIORITYR + intid, 1, true, prio);
}

static void change(struct vcpu *v, uint64_t ipa, uint32_t clear, uint32_t set)
{
	mmio(v, ipa, 4, true, ((uint32_t)mmio(v, ipa, 4, false, 0) & ~clear) | set);
}

void irq_edge(struct vcpu *v, unsigned int intid, bool edge)
{
	uint32_t bit = (uint32_t)BIT(intid % 16 * 2 + 1);

	change(v, file_of(v, intid) + ICFGR + intid / 16 * 4, bit, edge ? bit : 0);
}

void irq_route(struct vcpu *v, unsigned int intid, uint64_t router)
{
	mmio(v, GICD + IROUTER + intid * 8, 8, true, router);
}

void irq_group(struct vcpu *v, unsigned int intid, unsigned int group)
{
	uint32_t bit = (uint32_t)BIT(intid % 32);

	change(v, file_of(v, intid) + IGROUPR + intid / 32 * 4, bit, group ? bit : 0);
}

/* --- The virtual CPU interface: both groups on, PMR open --- */

static unsigned int lr_intid(uint64_t lr)
{
	return (unsigned int)(lr & ICH_LR_VINTID_MASK);
}

static uint8_t lr_prio(uint64_t lr)
{
	return (uint8_t)(lr >> 48);
}

/* The list register of the highest priority pending interrupt that preempts, or -1. */
static int best_lr(struct vcpu *v)
{
	struct guest_cpu *c = guest_cpu(v);
	uint8_t limit = c->depth ? c->running[c->depth - 1] : 0xff;
	int best = -1;

	for (unsigned int i = 0; i < lr_count; i++) {
		uint64_t lr = ich_lr_read(i);

		if ((lr & ICH_LR_STATE) != ICH_LR_PENDING || lr_prio(lr) >= limit)
			continue;
		limit = lr_prio(lr);
		best = (int)i;
	}
	return best;
}

static void check_lrs(void)
{
	for (unsigned int i = 0; i < lr_count; i++) {
		uint64_t a = ich_lr_read(i);

		/* UNPREDICTABLE states: 12.4.8, pending and active with HW; the same vINTID twice. */
		if (!(a & ICH_LR_STATE))
			continue;
		assert_false((a & ICH_LR_HW) && (a & ICH_LR_STATE) == ICH_LR_STATE);
		for (unsigned int k = 0; k < i; k++) {
			if (ich_lr_read(k) & ICH_LR_STATE)
				assert_int_not_equal(lr_intid(ich_lr_read(k)), lr_intid(a));
		}
	}
}

unsigned int guest_peek(struct vcpu *v)
{
	int i;

	if (guest_cpu(v)->core == NO_CORE)
		return NO_IRQ;
	as(v);
	check_lrs();
	i = best_lr(v);
	return i < 0 ? NO_IRQ : lr_intid(ich_lr_read((unsigned int)i));
}

unsigned int guest_ack(struct vcpu *v)
{
	struct guest_cpu *c = guest_cpu(v);
	uint64_t lr;
	int i;

	assert_int_not_equal(c->core, NO_CORE);
	as(v);
	check_lrs();
	i = best_lr(v);
	if (i < 0)
		return NO_IRQ;
	lr = ich_lr_read((unsigned int)i);
	ich_lr_write((unsigned int)i, (lr & ~ICH_LR_PENDING) | ICH_LR_ACTIVE);
	assert_true(c->depth < 64);
	c->running[c->depth++] = lr_prio(lr);
	return lr_intid(lr);
}

void guest_drop(struct vcpu *v)
{
	assert_true(guest_cpu(v)->depth > 0);
	guest_cpu(v)->depth--;
}

void guest_dir(struct vcpu *v, unsigned int intid)
{
	as(v);
	for (unsigned int i = 0; i < lr_count; i++) {
		uint64_t lr = ich_lr_read(i);

		if (!(lr & ICH_LR_ACTIVE) || lr_intid(lr) != intid)
			continue;
		ich_lr_write(i, lr & ~ICH_LR_ACTIVE);
		if (lr & ICH_LR_HW) {
			unsigned int pintid = (unsigned int)BITS(lr, 41, 32);

			assert_true(world.phys_active[here][pintid]);
			world.phys_active[here][pintid] = false;
		}
		return;
	}
	ich_hcr_write(ich_hcr_read() + BIT(27));
}

void guest_eoi(struct vcpu *v, unsigned int intid)
{
	guest_drop(v);
	guest_dir(v, intid);
}

void guest_takes(struct vcpu *v, unsigned int intid)
{
	assert_int_equal(guest_ack(v), intid);
	guest_eoi(v, intid);
}

static uint64_t lr_at(struct vcpu *v, unsigned int i)
{
	if (guest_cpu(v)->core == NO_CORE)
		return (v->vgic->lr_used & BIT(i)) ? v->arch.vgic.lr[i] : 0;
	as(v);
	return ich_lr_read(i);
}

unsigned int lrs_in_use(struct vcpu *v)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < lr_count; i++)
		n += !!(lr_at(v, i) & ICH_LR_STATE);
	return n;
}

uint64_t lr_of(struct vcpu *v, unsigned int intid)
{
	for (unsigned int i = 0; i < lr_count; i++) {
		if ((lr_at(v, i) & ICH_LR_STATE) && lr_intid(lr_at(v, i)) == intid)
			return lr_at(v, i);
	}
	return 0;
}
