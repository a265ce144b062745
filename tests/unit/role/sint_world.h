/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the suites role/sint, role/sint_boot and role/pend_hook share: an engine and a heap that only note what they are
 * asked for, SPs with interrupts, and what became of an interrupt.
 */
#ifndef TESTS_UNIT_SINT_WORLD_H
#define TESTS_UNIT_SINT_WORLD_H

#include "unit.h"

#include "arch/el2_bits.h"
#include "arch/host.h"
#include "core/heap.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/partition.h"
#include "core/percpu.h"
#include "plat/plat.h"
#include "role/spmc/run.h"
#include "role/spmc/sint.h"
#include "role/spmc/test_hook.h"

#define CORES 4
#define MINUS UINT64_MAX

/* --- the engine and the heap --- */

static UNUSED struct sp_ctx *looked[64];
static UNUSED unsigned int nr_looked;

void run_interrupt(struct sp_ctx *c)
{
	looked[nr_looked++ % ARRAY_SIZE(looked)] = c;
}

static UNUSED bool heap_is_empty;
static unsigned int blocks;

void *heap_alloc(size_t size)
{
	if (heap_is_empty || !size)
		return NULL;
	blocks++;
	return calloc(1, size);
}

void heap_free(void *p)
{
	blocks -= p != NULL;
	free(p);
}

static UNUSED char said[4096];

static UNUSED void say(char c)
{
	const size_t n = strlen(said);

	if (n + 1 < sizeof(said)) {
		said[n] = c;
		said[n + 1] = 0;
	}
}

/* --- SPs: INTIDs are taken for good, so each test has its own --- */

static UNUSED struct sp sps[40];
static UNUSED struct sp_ctx ctxs[40][CORES];
static UNUSED struct vcpu vcpus[40][CORES];
static UNUSED unsigned int nr_sps;
static UNUSED uint32_t next_ppi = 16, next_spi = 32;

static UNUSED void on_core(unsigned int core)
{
	arch_this_cpu_set(&percpu[core]);
	percpu[core].index = core;
}

static UNUSED struct sp *make(unsigned int contexts)
{
	struct sp *sp = &sps[nr_sps];

	sp->ctx = ctxs[nr_sps];
	sp->manifest = (struct sp_manifest){ .file = "irq", .ctx_count = (uint16_t)contexts, .nr_devices = 1 };
	sp->manifest.ns_action = SP_NS_SIGNALED;
	strcpy(sp->manifest.device[0].at.node, "/device-regions/uart");
	for (unsigned int i = 0; i < contexts; i++) {
		sp->ctx[i].sp = sp;
		sp->ctx[i].v = &vcpus[nr_sps][i];
		sp->ctx[i].v->role = &sp->ctx[i];
	}
	nr_sps++;
	return sp;
}

static UNUSED struct sp_irq *give(struct sp *sp, uint32_t intid, uint32_t attributes)
{
	struct sp_device *d = &sp->manifest.device[0];

	d->irq[d->nr_irqs] = (struct sp_irq){ .intid = intid, .attributes = attributes | SP_IRQ_SECURE };
	return &d->irq[d->nr_irqs++];
}

/* An SP with one interrupt. */
static UNUSED struct sp *make_with(unsigned int contexts, uint32_t intid)
{
	struct sp *sp = make(contexts);

	give(sp, intid, 0);
	assert_int_equal(sint_add(sp), OK);
	return sp;
}

static UNUSED uint64_t hvc(struct sp_ctx *c, uint64_t fn, uint64_t a, uint64_t b, uint64_t d)
{
	uint64_t *x = c->v->arch.x;

	for (unsigned int i = 4; i < 31; i++)
		x[i] = 0x1000 + i;
	x[0] = fn;
	x[1] = a;
	x[2] = b;
	x[3] = d;
	assert_true(sint_hvc(c->v));
	assert_int_equal(x[1], a);
	assert_int_equal(x[2], b);
	assert_int_equal(x[3], d);
	for (unsigned int i = 4; i < 31; i++)
		assert_int_equal(x[i], 0x1000 + i);
	return x[0];
}

static UNUSED void come(unsigned int core, uint32_t intid)
{
	on_core(core);
	host_irq_raise(intid);
	irq_dispatch();
}

static UNUSED unsigned int deactivations(uint32_t intid, unsigned int core)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < host_log_count(); i++)
		n += host_log_at(i)->kind == HOST_IRQ_DEACTIVATE && host_log_at(i)->a == intid &&
		     host_log_at(i)->b == core;
	return n;
}

/* By irq_dispatch(), as soon as the handler is done. */
static UNUSED unsigned int ended_at_once(uint32_t intid)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < host_log_count(); i++)
		n += host_log_at(i)->kind == HOST_IRQ_ACTIVE && host_log_at(i)->a == intid;
	return n;
}

static UNUSED void lines(const struct sp_ctx *c, bool irq, bool fiq)
{
	assert_int_equal(c->v->arch.hcr & (HCR_VI | HCR_VF), (irq ? HCR_VI : 0) | (fiq ? HCR_VF : 0));
	assert_int_equal(sysreg_read(HCR_EL2) & (HCR_VI | HCR_VF), (irq ? HCR_VI : 0) | (fiq ? HCR_VF : 0));
}

static UNUSED int setup(void **state UNUSED)
{
	host_reset();
	nr_cpus = CORES;
	cpus_online = MASK(CORES - 1, 0);
	for (unsigned int i = CORES; i-- > 0;) {
		on_core(i);
		percpu[i].mpidr = BIT(31) | i << 8;
		time_init_cpu();
	}
	nr_looked = 0;
	heap_is_empty = false;
	said[0] = 0;
	log_set_sink(say);
	host_log_start();
	return 0;
}

#endif
