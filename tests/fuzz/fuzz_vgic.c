/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * src/vgic against a plain model of the GIC: what guests, devices and the scheduler do, one step after the other. The
 * model knows no list registers and no queues: a bit or a number for each state that IHI 0069 gives an interrupt, a
 * register file that is decoded from offset and width, and a search among all for what a CPU would take. After each
 * step what a guest can read and what each vCPU is offered must be the model's.
 *
 * Left out, where the hardware tells a hypervisor too little (an EOI that found no list register does not say whose it
 * was), unless there are more list registers than interrupts in play ("roomy"): active bits set and cleared by
 * register, priorities changed while an interrupt is handled, EOImode 1. The timer's own pending and active bits
 * belong to the hardware. Which vCPU gets a 1-of-N interrupt is open: any may.
 */
#include "fuzz.h"

#include "vgic/world.h"

#include "arch/host.h"

#define VCPUS	3u
#define TIMER	27u
#define STEPS	160u
#define OPEN	0xfffeu /* 1 of N */
#define NOBODY	0xffffu
#define STRIDE	0x20000u
#define NESTED	24u
#define IGNORED UINT64_C(0x80000008) /* RWP, UWP: whether another core has followed yet */

struct irq {
	bool enabled, group1, edge, line, latch, active, inflight;
	bool handled; /* acknowledged by a guest, and not ended */
	uint8_t prio;
	uint32_t router;
};

static struct {
	struct irq priv[VCPUS][32], spi[NR_SPIS];
	unsigned int taken[VCPUS][NESTED + 1], depth[VCPUS]; /* acknowledged, priority not dropped */
	uint8_t prio[VCPUS][NESTED + 1];		     /* at which it was acknowledged */
	unsigned int dropped[VCPUS][NESTED + 1], nr_dropped[VCPUS];
	bool waker[VCPUS];
	uint32_t ctlr;
	bool roomy;
} m;

/* --- One interrupt --- */

static struct irq *irq_at(unsigned int cpu, unsigned int i)
{
	if (i < 32)
		return &m.priv[cpu][i];
	return i - SPI0 < NR_SPIS ? &m.spi[i - SPI0] : NULL;
}

static bool pending(const struct irq *q)
{
	return q->latch || (q->line && !q->edge) || (q->inflight && !q->active);
}

/* GICD_IROUTER: Aff3 is not there; vCPU i is 0.0.0.i. */
static unsigned int target(const struct irq *q)
{
	if (q->router >> 31)
		return OPEN;
	return (q->router & 0xffffff) < VCPUS ? q->router & 0xffffff : NOBODY;
}

/* Could cpu take it, were nothing else there? */
static bool candidate(unsigned int cpu, unsigned int i, bool open)
{
	const struct irq *q = irq_at(cpu, i);
	unsigned int limit = m.depth[cpu] ? m.prio[cpu][m.depth[cpu] - 1] : 0xff;

	if (!q->enabled || !(m.ctlr >> q->group1 & 1) || !pending(q) || q->active || q->prio >= limit)
		return false;
	return i < 32 || target(q) == (open ? OPEN : cpu);
}

/* Priority of the best, 0xff when there is none. */
static unsigned int best(unsigned int cpu)
{
	unsigned int p = 0xff;

	for (unsigned int i = 0; i < SPI0 + NR_SPIS; i++)
		if (candidate(cpu, i, false))
			p = MIN(p, (unsigned int)irq_at(cpu, i)->prio);
	return p;
}

static void set_line(struct irq *q, bool level)
{
	if (q->edge && level && !q->line)
		q->latch = true;
	q->line = level;
}

static void model_reset(void)
{
	bool roomy = m.roomy, ppi[VCPUS][32], spi[NR_SPIS];

	for (unsigned int i = 0; i < NR_SPIS; i++)
		spi[i] = m.spi[i].line;
	for (unsigned int i = 0; i < VCPUS * 32; i++)
		ppi[i / 32][i % 32] = m.priv[i / 32][i % 32].line;
	memset(&m, 0, sizeof(m));
	m.roomy = roomy;
	for (unsigned int i = 0; i < NR_SPIS; i++)
		m.spi[i].line = spi[i];
	for (unsigned int cpu = 0; cpu < VCPUS; cpu++) {
		m.waker[cpu] = true;
		for (unsigned int i = 0; i < 32; i++) {
			m.priv[cpu][i].line = ppi[cpu][i];
			m.priv[cpu][i].edge = i < 16;
		}
	}
}

/* --- The register file --- */

enum op { GROUP, ENABLE, DISABLE, PEND, UNPEND, ACTIVATE, DEACTIVATE };

static uint32_t bits_read(unsigned int cpu, unsigned int base, enum op op)
{
	uint32_t v = 0;

	for (unsigned int i = 0; i < 32; i++) {
		const struct irq *q = irq_at(cpu, base + i);
		bool bit = q && (op == GROUP			 ? q->group1
				 : op == ENABLE || op == DISABLE ? q->enabled
				 : op == PEND || op == UNPEND	 ? pending(q)
								 : q->active);

		v |= (uint32_t)bit << i;
	}
	return v;
}

static void bit_write(struct irq *q, enum op op, bool bit)
{
	if (op == GROUP)
		q->group1 = bit;
	else if (op == ENABLE || op == DISABLE)
		q->enabled = bit ? op == ENABLE : q->enabled;
	else if (op == PEND || op == UNPEND)
		q->latch = bit ? op == PEND : q->latch;
	else
		q->active = bit ? op == ACTIVATE : q->active;
}

static void bits_write(unsigned int cpu, unsigned int base, enum op op, uint32_t v)
{
	for (unsigned int i = 0; i < 32; i++)
		if (irq_at(cpu, base + i))
			bit_write(irq_at(cpu, base + i), op, v >> i & 1);
}

static uint64_t prio_access(unsigned int cpu, unsigned int base, unsigned int n, bool write, uint64_t v)
{
	uint64_t got = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct irq *q = irq_at(cpu, base + i);

		if (q && write)
			q->prio = (uint8_t)(v >> (8 * i)) & 0xf8; /* five bits are there */
		got |= q ? (uint64_t)q->prio << (8 * i) : 0;
	}
	return got;
}

static uint64_t cfg_access(unsigned int cpu, unsigned int base, bool write, uint64_t v)
{
	uint64_t got = 0;

	for (unsigned int i = 0; i < 16; i++) {
		struct irq *q = irq_at(cpu, base + i);

		if (q && write && base + i >= 16) /* SGIs are edge-triggered and stay so */
			q->edge = v >> (2 * i + 1) & 1;
		got |= q && q->edge ? BIT(2 * i + 1) : 0;
	}
	return got;
}

/* The files that GICD and the SGI frame have in common; base: what their first word is about. */
static bool file_access(unsigned int cpu, uint32_t off, unsigned int size, bool write, uint64_t *v)
{
	static const struct {
		uint32_t start;
		enum op op;
	} file[] = { { 0x80, GROUP },	{ 0x100, ENABLE },   { 0x180, DISABLE },   { 0x200, PEND },
		     { 0x280, UNPEND }, { 0x300, ACTIVATE }, { 0x380, DEACTIVATE } };

	for (unsigned int i = 0; i < ARRAY_SIZE(file); i++) {
		unsigned int base = (off - file[i].start) * 8;

		if (size != 4 || off < file[i].start || off >= file[i].start + 0x80)
			continue;
		if (write)
			bits_write(cpu, base, file[i].op, (uint32_t)*v);
		*v = bits_read(cpu, base, file[i].op);
		return true;
	}
	if (off >= 0x400 && off < 0x800 && (size == 1 || size == 4)) {
		*v = prio_access(cpu, off - 0x400, size, write, *v);
		return true;
	}
	if (off >= 0xc00 && off < 0xd00 && size == 4) {
		*v = cfg_access(cpu, (off - 0xc00) * 4, write, *v);
		return true;
	}
	return false;
}

static void message(uint64_t v, bool set)
{
	unsigned int i = (unsigned int)v & 0x3ff;
	struct irq *q = i < 32 ? NULL : irq_at(0, i);

	if (q && q->edge)
		q->latch = set;
	else if (q)
		q->line = set;
}

static uint64_t router_access(uint32_t off, unsigned int size, bool write, uint64_t v)
{
	struct irq *q = irq_at(0, off / 8);
	bool upper = off & 4;

	if (!q || (size != 4 && size != 8) || upper)
		return 0;
	if (write)
		q->router = (uint32_t)v & 0x80ffffff;
	return q->router;
}

/* What of offset and width a word of this GICD is; private interrupts are not here. */
static uint64_t gicd_access(uint32_t off, unsigned int size, bool write, uint64_t v)
{
	uint32_t word = off & ~3u;
	bool private =
		(word == 0x80 || word == 0x100 || word == 0x180 || word == 0x200 || word == 0x280 || word == 0x300 ||
		 word == 0x380 || (off >= 0x400 && off < 0x420) || (off >= 0xc00 && off < 0xc08));

	if (off >= 0x6100 && off < 0x7fe0)
		return router_access(off - 0x6000, size, write, v);
	if (private)
		return 0;
	if (write && (size == 2 || size == 4) && (off == 0x40 || off == 0x48))
		message(v, off == 0x40);
	if (file_access(0, off, size, write, &v))
		return v;
	if (size != 4)
		return 0;
	if (off == 0 && write)
		m.ctlr = v & 3;
	return off == 0 ? m.ctlr | 0x50 : off == 4 ? 9u << 19 | 1u << 16 | NR_SPIS / 32 : 0;
}

static uint64_t rd_access(unsigned int cpu, uint32_t off, unsigned int size, bool write, uint64_t v)
{
	/* Affinity, processor number, last of the region. */
	uint64_t typer = (uint64_t)cpu << 32 | (uint64_t)cpu << 8 | (cpu == VCPUS - 1 ? 0x10 : 0);

	if (off == 8 && size == 8)
		return typer;
	if (size != 4)
		return 0;
	if (off == 0x14 && write)
		m.waker[cpu] = v & 2;
	return off == 8 ? (uint32_t)typer : off == 0xc ? typer >> 32 : off == 0x14 ? (m.waker[cpu] ? 6 : 0) : 0;
}

static uint64_t sgi_access(unsigned int cpu, uint32_t off, unsigned int size, bool write, uint64_t v)
{
	uint32_t word = off & ~3u;
	bool there = word == 0x80 || word == 0x100 || word == 0x180 || word == 0x200 || word == 0x280 ||
		     word == 0x300 || word == 0x380 || (off >= 0x400 && off < 0x420) || (off >= 0xc00 && off < 0xc08);

	return there && file_access(cpu, off, size, write, &v) ? v : 0;
}

/* --- Accesses to both --- */

static bool is_file(uint32_t off, uint32_t from, uint32_t to)
{
	return off >= from && off < to;
}

/* The bits of a write that the header's exceptions leave: what the model does not know is not done. */
static uint64_t spare(unsigned int cpu, bool gicd, uint32_t off, unsigned int size, uint64_t v)
{
	unsigned int base = (off & 0x7f) * 8;

	if (is_file(off, 0x200, 0x300) && !gicd)
		v &= ~BIT(TIMER);
	if (m.roomy && is_file(off, 0x200, 0x400))
		v &= !gicd ? 0x0811000f : base == 32 ? 0xff : 0;
	if (m.roomy && gicd && (off == 0x40 || off == 0x48))
		v = SPI0 + v % 8;
	if (is_file(off, 0x300, 0x400)) {
		if (!gicd)
			v &= ~BIT(TIMER);
		for (unsigned int i = 0; !m.roomy && i < 32; i++) {
			const struct irq *q = irq_at(cpu, base + i);

			if (off < 0x380 || (q && q->handled))
				v &= ~BIT(i);
		}
	}
	for (unsigned int i = 0; is_file(off, 0x400, 0x800) && !m.roomy && i < size; i++) {
		const struct irq *q = irq_at(cpu, off - 0x400 + i);

		if (q && q->active)
			v = (v & ~(UINT64_C(0xff) << (8 * i))) | (uint64_t)q->prio << (8 * i);
	}
	if (is_file(off, 0xc04, 0xc08) && !gicd)
		v &= ~BIT(2 * (TIMER - 16) + 1); /* the timer is level-sensitive, as in hardware */
	return v;
}

/* Identification that is ours to choose. */
static bool is_unknown(unsigned int frame, uint32_t off)
{
	return off >= 0xffc0 || (frame == 0 ? off == 8 : frame == 1 && off == 4);
}

/* frame: 0 GICD, 1 cpu's control frame, 2 cpu's SGI frame. */
static void access_both(unsigned int by, unsigned int frame, unsigned int cpu, uint32_t off, unsigned int size,
			bool write, uint64_t v)
{
	uint64_t ipa = frame ? GICR + cpu * STRIDE + (frame - 1) * 0x10000u + off : GICD + off;
	uint64_t mask = size == 8 ? UINT64_MAX : BIT(8 * size) - 1, want, got;

	v &= mask;
	if (write && frame != 1)
		v = spare(cpu, frame == 0, off, size, v);
	got = mmio(vcpu(by), ipa, size, write, v);
	want = frame == 0   ? gicd_access(off, size, write, v)
	       : frame == 1 ? rd_access(cpu, off, size, write, v)
			    : sgi_access(cpu, off, size, write, v);
	if (write || is_unknown(frame, off))
		return;
	if (off == 0 && frame < 2) {
		got &= ~IGNORED;
		want &= ~IGNORED;
	}
	/* Pending and active states in another core's list registers are seen at the second look. */
	if (is_file(off, 0x200, 0x400))
		return;
	if (got != want)
		fuzz_fail(__FILE__, __LINE__, "frame %u of vCPU %u, offset 0x%x, %u bytes: 0x%llx, model has 0x%llx",
			  frame, cpu, off, size, (unsigned long long)got, (unsigned long long)want);
}

static uint32_t any_offset(struct fuzz *f, unsigned int frame)
{
	static const uint16_t files[] = { 0x80, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380, 0x400, 0xc00 };
	unsigned int kind = fuzz_u8(f);

	if (kind < 180)
		return files[kind % ARRAY_SIZE(files)] +
		       (frame == 0) * 4 *
			       (kind % ARRAY_SIZE(files) < 7	? 1
				: kind % ARRAY_SIZE(files) == 7 ? 8
								: 2) +
		       (kind / 9 % 3 ? 0 : fuzz_u8(f) % 64);
	if (kind < 220 && frame == 0)
		return 0x6100 + fuzz_below(f, NR_SPIS) * 8 + (kind & 1) * 4;
	if (kind < 240)
		return frame == 1 ? 0x14 : kind & 1 ? 0x40 : kind & 2 ? 0x48 : 0;
	return fuzz_u16(f);
}

static uint64_t any_value(struct fuzz *f)
{
	unsigned int kind = fuzz_u8(f);

	if (kind < 128)
		return BIT(kind & 63);
	if (kind < 160)
		return (uint64_t)(kind & 31) * 0x08080808;
	if (kind < 192)
		return SPI0 + (kind & 31); /* an INTID, a small number */
	return kind < 200 ? 0 : kind < 208 ? UINT64_MAX : fuzz_u32(f);
}

static void step_access(struct fuzz *f)
{
	unsigned int who = fuzz_u8(f), frame = who % 3, size = 4;
	uint32_t off = any_offset(f, frame);

	if (off >= 0x6100 && (who & 0x40))
		size = 8;
	else if (off % 4 || (who & 0xc0) == 0xc0)
		size = off % 4 ? (off % 2 ? 1 : 1u << (who >> 5 & 1)) : 1u << (who >> 4 & 3);
	off &= ~(size - 1);
	access_both(who / 3 % VCPUS, frame, who / 9 % VCPUS, off, size, !(who & 0x20), any_value(f));
}

/* --- Devices, SGIs, timer, scheduler --- */

static void step_line(struct fuzz *f)
{
	unsigned int n = fuzz_u8(f), i = n / 2 % (m.roomy ? 8 : NR_SPIS);

	on_core(n % CORES);
	vgic_set_level(&world.vm[0], SPI0 + i, n & 1);
	set_line(&m.spi[i], n & 1);
}

static void step_ppi(struct fuzz *f)
{
	static const uint8_t some[] = { 16, 20, 25, 30, 31 };
	unsigned int n = fuzz_u8(f), cpu = n / 2 % VCPUS, i = some[n / 6 % (m.roomy ? 2 : 5)];

	on_core(n / 32 % CORES);
	vgic_set_ppi(vcpu(cpu), i, n & 1);
	set_line(&m.priv[cpu][i], n & 1);
}

/* ICC_SGI1R_EL1, ICC_ASGI1R_EL1, ICC_SGI0R_EL1: with one security state the latter two reach group 0 alone. */
static void step_sgi(struct fuzz *f)
{
	unsigned int n = fuzz_u8(f), from = n % VCPUS, group = !(n & 0x40), i = fuzz_below(f, m.roomy ? 4 : 16);
	uint64_t sgir = (uint64_t)i << 24;

	if (guest_cpu(vcpu(from))->core == NO_CORE)
		return;
	if (n & 0x80)
		sgir |= fuzz_u64(f) & ~UINT64_C(0x0f000000);
	else
		sgir |= n / 3 % 8;
	as(vcpu(from));
	vgic_sgi(vcpu(from), sgir, group);
	for (unsigned int cpu = 0; cpu < VCPUS; cpu++) {
		bool me = (sgir & 0xffff) >> cpu & 1 && !(sgir & UINT64_C(0x00fff0ff00ff0000));

		/* Bits 63:56, 47:44 is RS, 43:41, 31:28: RS counts, the others are RES0. */
		if (sgir & BIT(40) ? cpu == from : !me)
			continue;
		if (group || !m.priv[cpu][i].group1)
			m.priv[cpu][i].latch = true;
	}
}

static void step_timer(struct fuzz *f)
{
	unsigned int cpu = fuzz_below(f, VCPUS), core = guest_cpu(vcpu(cpu))->core;

	if (core == NO_CORE || world.phys_active[core][TIMER])
		return;
	as(vcpu(cpu));
	world.phys_active[core][TIMER] = true;
	vtimer_host_irq(vcpu(cpu));
	m.priv[cpu][TIMER].inflight = true;
}

static void unload_both(unsigned int cpu)
{
	if (guest_cpu(vcpu(cpu))->core != NO_CORE)
		unload(vcpu(cpu));
}

static void step_switch(struct fuzz *f)
{
	unsigned int n = fuzz_u8(f), cpu = n % VCPUS, core = n / VCPUS % CORES;

	if (guest_cpu(vcpu(cpu))->core != NO_CORE) {
		unload_both(cpu);
		return;
	}
	for (unsigned int i = 0; i < VCPUS; i++)
		if (guest_cpu(vcpu(i))->core == core)
			unload_both(i);
	load(vcpu(cpu), core);
}

/* The VM starts again. */
static void step_reset(struct fuzz *f)
{
	if (fuzz_u8(f) % 8)
		return;
	for (unsigned int i = 0; i < VCPUS; i++) {
		unload_both(i);
		guest_cpu(vcpu(i))->depth = 0;
	}
	vgic_reset(&world.vm[0]);
	model_reset();
}

/* --- The guest's CPU interface --- */

static void step_ack(struct fuzz *f)
{
	unsigned int cpu = fuzz_below(f, VCPUS), must = best(cpu), i;
	struct irq *q;

	if (guest_cpu(vcpu(cpu))->core == NO_CORE || m.depth[cpu] + m.nr_dropped[cpu] >= NESTED)
		return;
	i = guest_ack(vcpu(cpu));
	if (i == NO_IRQ) {
		MUST_EQ(must, 0xff);
		return;
	}
	MUST(candidate(cpu, i, false) || candidate(cpu, i, true));
	q = irq_at(cpu, i);
	MUST(q->prio <= must);
	m.taken[cpu][m.depth[cpu]] = i;
	m.prio[cpu][m.depth[cpu]++] = q->prio;
	q->active = q->handled = true;
	q->latch = false;
}

static void ended(unsigned int cpu, unsigned int i)
{
	struct irq *q = irq_at(cpu, i);

	q->active = q->handled = q->inflight = false;
}

static void step_eoi(struct fuzz *f)
{
	unsigned int cpu = fuzz_below(f, VCPUS);

	if (guest_cpu(vcpu(cpu))->core == NO_CORE || !m.depth[cpu])
		return;
	m.depth[cpu]--;
	guest_eoi(vcpu(cpu), m.taken[cpu][m.depth[cpu]]);
	ended(cpu, m.taken[cpu][m.depth[cpu]]);
}

/* EOImode 1: the priority drops now, the interrupt ends later, in any order. */
static void step_drop_or_dir(struct fuzz *f)
{
	unsigned int n = fuzz_u8(f), cpu = n % VCPUS, *of = &m.nr_dropped[cpu], k;

	if (guest_cpu(vcpu(cpu))->core == NO_CORE || !m.roomy)
		return;
	if ((n & 0x80) && m.depth[cpu]) {
		guest_drop(vcpu(cpu));
		m.dropped[cpu][(*of)++] = m.taken[cpu][--m.depth[cpu]];
	} else if (*of) {
		k = n / VCPUS % *of;
		guest_dir(vcpu(cpu), m.dropped[cpu][k]);
		ended(cpu, m.dropped[cpu][k]);
		m.dropped[cpu][k] = m.dropped[cpu][--*of];
	}
}

/* --- All that can be seen --- */

static void check_cpu(unsigned int cpu)
{
	unsigned int core = guest_cpu(vcpu(cpu))->core, must = best(cpu), i;

	as(vcpu(cpu));
	if (must != 0xff)
		MUST(vgic_irq_pending(vcpu(cpu)));
	if (core == NO_CORE)
		return;
	i = guest_peek(vcpu(cpu));
	if (i == NO_IRQ)
		MUST_EQ(must, 0xff);
	else if (!candidate(cpu, i, false) && !candidate(cpu, i, true))
		fuzz_fail(__FILE__, __LINE__, "vCPU %u is offered %u, which it cannot take", cpu, i);
	else
		MUST(irq_at(cpu, i)->prio <= must);
	MUST_EQ(world.phys_active[core][TIMER], m.priv[cpu][TIMER].inflight);
}

static void check_word(unsigned int cpu, unsigned int base, uint32_t file, enum op op)
{
	struct vcpu *v = vcpu(cpu);
	uint32_t got = base < 32 ? sgi_read(v, file) : gicd_read(v, file + base / 8), want = bits_read(cpu, base, op);

	if (got != want)
		fuzz_fail(__FILE__, __LINE__, "vCPU %u, register 0x%x, interrupts from %u: 0x%x, model has 0x%x", cpu,
			  file, base, got, want);
}

static void check_states(void)
{
	/* The first look asks other cores for news. */
	for (unsigned int n = 0; n < 2; n++) {
		for (unsigned int base = 0; base < SPI0 + NR_SPIS; base += 32) {
			for (unsigned int cpu = 0; cpu < (base ? 1 : VCPUS); cpu++) {
				if (n == 0) {
					(void)(base ? gicd_read(vcpu(cpu), 0x300 + base / 8)
						    : sgi_read(vcpu(cpu), 0x300));
					continue;
				}
				check_word(cpu, base, 0x200, PEND);
				check_word(cpu, base, 0x280, UNPEND);
				check_word(cpu, base, 0x300, ACTIVATE);
				check_word(cpu, base, 0x380, DEACTIVATE);
			}
		}
		settle();
	}
}

/* The registers of the configuration from one offset to another. */
static void check_frame(unsigned int frame, uint32_t from, uint32_t to, unsigned int size)
{
	for (unsigned int cpu = 0; cpu < (frame ? VCPUS : 1); cpu++)
		for (uint32_t off = from; off < to; off += size)
			access_both(cpu, frame, cpu, off, size, false, 0);
}

static void check_configuration(void)
{
	static const uint32_t file[] = { 0x80, 0x100, 0x180 };

	for (unsigned int i = 0; i < ARRAY_SIZE(file); i++) {
		check_frame(0, file[i], file[i] + 16, 4);
		check_frame(2, file[i], file[i] + 4, 4);
	}
	check_frame(0, 0, 8, 4);
	check_frame(0, 0x400, 0x400 + SPI0 + NR_SPIS, 4);
	check_frame(0, 0xc00, 0xc00 + (SPI0 + NR_SPIS) / 4, 4);
	check_frame(0, 0x6100, 0x6100 + NR_SPIS * 8, 8);
	check_frame(1, 0, 0x18, 4);
	check_frame(2, 0x400, 0x420, 4);
	check_frame(2, 0xc00, 0xc08, 4);
}

/* As world_make() has left it. */
static void model_start(void)
{
	memset(&m, 0, sizeof(m));
	model_reset();
	m.ctlr = 3;
	for (unsigned int i = 0; i < NR_SPIS; i++) {
		m.spi[i].group1 = true;
		m.spi[i].prio = 0xa0;
	}
	for (unsigned int cpu = 0; cpu < VCPUS; cpu++) {
		for (unsigned int i = 0; i < 32; i++) {
			m.priv[cpu][i].group1 = true;
			m.priv[cpu][i].prio = 0xa0;
		}
	}
}

static void (*const step[])(struct fuzz *f) = {
	step_access, step_access, step_access, step_access, step_access, step_line,	   step_line,
	step_ppi,    step_sgi,	  step_sgi,    step_timer,  step_switch, step_ack,	   step_ack,
	step_ack,    step_eoi,	  step_eoi,    step_eoi,    step_reset,	 step_drop_or_dir,
};

/* Everything on, so that short inputs get far. */
static void open_up(void)
{
	for (unsigned int cpu = 0; cpu < VCPUS; cpu++)
		access_both(cpu, 2, cpu, 0x100, 4, true, UINT32_MAX);
	for (uint32_t off = 0x104; off < 0x10c; off += 4)
		access_both(0, 0, 0, off, 4, true, UINT32_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t lrs[] = { 1, 2, 4, 16 };
	struct fuzz f = fuzz_open(data, size);
	unsigned int how = fuzz_u8(&f), n;

	world_make(VCPUS, lrs[how & 3]);
	model_start();
	m.roomy = (how & 7) == 7;
	if (how & 8)
		open_up();
	for (n = 0; n < STEPS && fuzz_more(&f); n++) {
		step[fuzz_below(&f, ARRAY_SIZE(step))](&f);
		settle();
		for (unsigned int cpu = 0; cpu < VCPUS; cpu++)
			check_cpu(cpu);
		if (n % 4 == 0)
			check_states();
	}
	check_states();
	check_configuration();
	world_end();
	return 0;
}
