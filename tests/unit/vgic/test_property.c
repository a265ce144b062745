/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random sequences of what guests and devices do, against a model of the GIC that knows no list registers: each
 * interrupt has its bits, and a CPU's best pending one is looked for among all (IHI 0069 4.1, 4.8). After each step
 * every core comes by an exit, and everything that a guest can see must agree.
 *
 * Left out, as the architecture leaves it open or the hardware tells too little: priorities and active bits changed by
 * register while the interrupt is being handled; 1-of-N routing (test_routing.c).
 */
#include "world.h"

#include "arch/host.h"

#define VCPUS  4u
#define SPIS   16u /* of those that there are: the more they meet each other */
#define NOBODY 0xffffu

struct model_irq {
	bool enabled, group1, edge, line, latch, active;
	uint8_t prio;
	unsigned int target; /* SPI: vCPU, or NOBODY */
	bool inflight;	     /* the timer's */
	bool handled;	     /* acknowledged by a guest and not ended */
};

static struct {
	struct model_irq priv[VCPUS][32], spi[SPIS];
	unsigned int taken[VCPUS][64]; /* acknowledged, not ended, per vCPU */
	uint8_t prio[VCPUS][64];
	unsigned int depth[VCPUS];
	bool grp[2];
} m;

static uint64_t seed;

static uint32_t rnd(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % n;
}

static struct model_irq *m_irq(unsigned int cpu, unsigned int intid)
{
	return intid < 32 ? &m.priv[cpu][intid] : &m.spi[intid - SPI0];
}

static bool m_pending(const struct model_irq *irq)
{
	return irq->latch || (irq->line && !irq->edge) || (irq->inflight && !irq->active);
}

static bool m_candidate(unsigned int cpu, unsigned int intid)
{
	const struct model_irq *irq = m_irq(cpu, intid);
	uint8_t limit = m.depth[cpu] ? m.prio[cpu][m.depth[cpu] - 1] : 0xff;

	return irq->enabled && m.grp[irq->group1] && m_pending(irq) && !irq->active && irq->prio < limit &&
	       (intid < 32 || irq->target == cpu);
}

/* Priority of the best candidate, 0xff: none. */
static uint8_t m_best(unsigned int cpu)
{
	uint8_t best = 0xff;

	for (unsigned int i = 0; i < SPI0 + SPIS; i++) {
		if (m_candidate(cpu, i) && m_irq(cpu, i)->prio < best)
			best = m_irq(cpu, i)->prio;
	}
	return best;
}

/* --- Steps --- */

static unsigned int any_irq(void)
{
	static const unsigned int some[] = { 0, 1, 2, 15, 20, 30 };

	return rnd(3) ? SPI0 + rnd(SPIS) : some[rnd(6)];
}

static void step_line(void)
{
	unsigned int i = rnd(SPIS), on = rnd(CORES);
	bool level = rnd(2);

	on_core(on);
	vgic_set_level(&world.vm[0], SPI0 + i, level);
	m.spi[i].latch |= m.spi[i].edge && level && !m.spi[i].line;
	m.spi[i].line = level;
}

static void step_ppi(void)
{
	unsigned int cpu = rnd(VCPUS), i = rnd(2) ? 20 : 30;
	bool level = rnd(2);

	on_core(rnd(CORES));
	vgic_set_ppi(vcpu(cpu), i, level);
	m.priv[cpu][i].latch |= m.priv[cpu][i].edge && level && !m.priv[cpu][i].line;
	m.priv[cpu][i].line = level;
}

static void step_sgi(void)
{
	unsigned int from = rnd(VCPUS), list = rnd(16), intid = rnd(3), group = rnd(2);
	bool all = !rnd(8);

	if (guest_cpu(vcpu(from))->core == NO_CORE)
		return;
	as(vcpu(from));
	vgic_sgi(vcpu(from), (uint64_t)intid << 24 | list | (all ? BIT(40) : 0), group);
	for (unsigned int i = 0; i < VCPUS; i++) {
		if (all ? i == from : !(list & BIT(i)))
			continue;
		if (group || !m.priv[i][intid].group1)
			m.priv[i][intid].latch = true;
	}
}

static void step_register(void)
{
	unsigned int by = rnd(VCPUS), cpu = rnd(VCPUS), i = any_irq();
	struct model_irq *irq = m_irq(cpu, i);
	struct vcpu *v = vcpu(i < 32 ? cpu : by); /* whose frame */

	switch (rnd(8)) {
	case 0:
	case 1:
		irq_write(v, ISENABLER, i);
		irq->enabled = true;
		break;
	case 2:
		irq_write(v, ICENABLER, i);
		irq->enabled = false;
		break;
	case 3:
		irq_write(v, ISPENDR, i);
		irq->latch = true;
		break;
	case 4:
		irq_write(v, ICPENDR, i);
		irq->latch = false;
		break;
	case 5:
		if (irq->active)
			break;
		irq->prio = (uint8_t)(rnd(6) * 0x20 + 0x18);
		irq_prio(v, i, irq->prio);
		break;
	case 6:
		if (irq->handled)
			break;
		/* Few: an end that finds no list register does not say whose it is. */
		if (irq->active || rnd(4)) {
			irq_write(v, ICACTIVER, i);
			irq->active = false;
		}
		break;
	default:
		if (i < 16)
			break;
		irq->edge = rnd(2);
		irq_edge(v, i, irq->edge);
	}
}

static void step_config(void)
{
	unsigned int by = rnd(VCPUS), i, cpu;

	switch (rnd(4)) {
	case 0:
	case 1:
		i = rnd(SPIS);
		cpu = rnd(VCPUS + 1);
		irq_route(vcpu(by), SPI0 + i, cpu < VCPUS ? cpu : rnd(2) ? 0x100 : 0x10000);
		m.spi[i].target = cpu < VCPUS ? cpu : NOBODY;
		break;
	case 2:
		i = any_irq();
		cpu = i < 32 ? rnd(VCPUS) : by;
		m_irq(cpu, i)->group1 = !m_irq(cpu, i)->group1;
		irq_group(vcpu(cpu), i, m_irq(cpu, i)->group1);
		break;
	default:
		if (rnd(4))
			break;
		i = rnd(4) ? 3 : rnd(4);
		gicd_write(vcpu(by), CTLR, i);
		m.grp[0] = i & 1;
		m.grp[1] = i & 2;
	}
}

static void step_timer(void)
{
	unsigned int cpu = rnd(VCPUS), core = guest_cpu(vcpu(cpu))->core;
	struct model_irq *irq = &m.priv[cpu][27];

	if (core == NO_CORE || world.phys_active[core][27])
		return;
	assert_false(irq->inflight);
	as(vcpu(cpu));
	world.phys_active[core][27] = true;
	vtimer_host_irq(vcpu(cpu));
	irq->inflight = true;
}

static void step_ack(void)
{
	unsigned int cpu = rnd(VCPUS), i;
	struct model_irq *irq;
	uint8_t best = m_best(cpu);

	if (guest_cpu(vcpu(cpu))->core == NO_CORE || m.depth[cpu] > 40)
		return;
	i = guest_ack(vcpu(cpu));
	if (best == 0xff) {
		assert_int_equal(i, NO_IRQ);
		return;
	}
	assert_int_not_equal(i, NO_IRQ);
	assert_true(m_candidate(cpu, i)); /* among equals any will do */
	irq = m_irq(cpu, i);
	assert_int_equal(irq->prio, best);
	irq->active = true;
	irq->handled = true;
	irq->latch = false;
	m.prio[cpu][m.depth[cpu]] = best;
	m.taken[cpu][m.depth[cpu]++] = i;
}

static void step_eoi(void)
{
	unsigned int cpu = rnd(VCPUS), i;
	struct model_irq *irq;

	if (guest_cpu(vcpu(cpu))->core == NO_CORE || !m.depth[cpu])
		return;
	i = m.taken[cpu][--m.depth[cpu]];
	guest_eoi(vcpu(cpu), i);
	irq = m_irq(cpu, i);
	irq->active = false;
	irq->handled = false;
	irq->inflight = false;
}

/* vCPUs change places. */
static void step_switch(void)
{
	unsigned int cpu = rnd(VCPUS), core = rnd(CORES);
	struct vcpu *v = vcpu(cpu);

	if (guest_cpu(v)->core != NO_CORE) {
		unload(v);
		return;
	}
	for (unsigned int i = 0; i < VCPUS; i++) {
		if (guest_cpu(vcpu(i))->core == core)
			unload(vcpu(i));
	}
	load(v, core);
}

/* --- All that can be seen --- */

static void check_irq(unsigned int cpu, unsigned int i)
{
	const struct model_irq *irq = m_irq(cpu, i);
	struct vcpu *v = vcpu(cpu);

	if (irq_read(v, ISPENDR, i) != m_pending(irq))
		fail_msg("cpu %u irq %u: pending is %d", cpu, i, !m_pending(irq));
	if (irq_read(v, ICACTIVER, i) != irq->active)
		fail_msg("cpu %u irq %u: active is %d", cpu, i, !irq->active);
	assert_int_equal(irq_read(v, ICENABLER, i), irq->enabled);
	assert_int_equal(irq_read(v, IGROUPR, i), irq->group1);
}

static void check_cpu(unsigned int cpu)
{
	struct vcpu *v = vcpu(cpu);
	unsigned int core = guest_cpu(v)->core, i;
	uint8_t best = m_best(cpu);

	if (core == NO_CORE) {
		/* It would not sleep over it. */
		if (best != 0xff)
			assert_true(vgic_irq_pending(v));
		return;
	}
	i = guest_peek(v);
	if ((i == NO_IRQ) != (best == 0xff))
		fail_msg("cpu %u: offers %u, model's best has %x", cpu, i, best);
	if (i != NO_IRQ)
		assert_int_equal(m_irq(cpu, i)->prio, best);
	if (best != 0xff)
		assert_true(vgic_irq_pending(v));
	assert_int_equal(world.phys_active[core][27], m.priv[cpu][27].inflight);
}

static void check(bool all)
{
	/* What another core's list registers hold is seen at the second look. */
	for (unsigned int i = SPI0; all && i < SPI0 + SPIS; i++)
		irq_read(vcpu(rnd(VCPUS)), ISACTIVER, i);
	settle();
	for (unsigned int cpu = 0; cpu < VCPUS; cpu++) {
		check_cpu(cpu);
		for (unsigned int i = 0; all && i < 32; i++)
			check_irq(cpu, i);
	}
	for (unsigned int i = 0; all && i < SPIS; i++)
		check_irq(rnd(VCPUS), SPI0 + i);
	/* Reading asks other cores for news. */
	settle();
}

static void start(unsigned int lrs, uint64_t with_seed)
{
	world_make(VCPUS, lrs);
	memset(&m, 0, sizeof(m));
	seed = with_seed;
	m.grp[0] = m.grp[1] = true;
	for (unsigned int i = 0; i < SPIS; i++)
		m.spi[i] = (struct model_irq){ .group1 = true, .prio = 0xa0 };
	for (unsigned int cpu = 0; cpu < VCPUS; cpu++) {
		for (unsigned int i = 0; i < 32; i++)
			m.priv[cpu][i] = (struct model_irq){ .group1 = true, .prio = 0xa0, .edge = i < 16 };
		irq_write(vcpu(cpu), ISENABLER, 27);
		m.priv[cpu][27].enabled = true;
	}
}

static void run(unsigned int lrs, uint64_t with_seed, unsigned int steps)
{
	static void (*const step[])(void) = {
		step_line,     step_line,     step_ppi,	   step_sgi,   step_sgi,    step_register,
		step_register, step_register, step_config, step_timer, step_ack,    step_ack,
		step_ack,      step_eoi,      step_eoi,	   step_eoi,   step_switch,
	};

	start(lrs, with_seed);
	for (unsigned int n = 0; n < steps; n++) {
		unsigned int s = rnd(ARRAY_SIZE(step));

		if (getenv("VGIC_STEPS"))
			fprintf(stderr, "seed %u step %u kind %u\n", (unsigned int)with_seed, n, s);
		step[s]();
		settle();
		check(n % 8 == 0);
	}
	world_end();
}

/* VGIC_SEEDS=n for more than usual. */
static void runs(unsigned int lrs)
{
	const char *more = getenv("VGIC_SEEDS");
	unsigned int n = more ? (unsigned int)atoi(more) : 10;

	for (unsigned int s = 0; s < n; s++)
		run(lrs, lrs * 100000 + s, 1500);
}

static void test_sixteen_lrs(void **state)
{
	(void)state;
	runs(16);
}

static void test_four_lrs(void **state)
{
	(void)state;
	runs(4);
}

/* Nearly everything overflows. */
static void test_two_lrs(void **state)
{
	(void)state;
	runs(2);
}

static void test_one_lr(void **state)
{
	(void)state;
	runs(1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sixteen_lrs),
		cmocka_unit_test(test_four_lrs),
		cmocka_unit_test(test_two_lrs),
		cmocka_unit_test(test_one_lr),
	};

	return cmocka_run_group_tests_name("vgic/property", tests, NULL, NULL);
}
