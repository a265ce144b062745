/* SPDX-License-Identifier: BSD-3-Clause */
/* Secure interrupts and their owners; see sint.h. */
#include "role/spmc/sint.h"

#include "core/heap.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/panic.h"
#include "core/partition.h"
#include "core/percpu.h"
#include "plat/plat.h"
#include "role/spmc/run.h"
#include "role/spmc/test_hook.h"

#define SINT_MAX  VIRQ_DEVICES_MAX /* of all SPs, so that one can have them all */
#define SPI_FIRST 32

/* The most urgent that an SP can choose: behind 0x40, which is our own interrupts' and that of who chooses none. */
#define PRIORITY_FIRST 0x48

struct sint {
	uint32_t intid;
	struct sp *sp;	   /* NULL: nobody's, though the handler is there */
	unsigned int line; /* in the virq of each context */
	unsigned int home; /* an SPI: the core that should get it */
	unsigned int core; /* and the one that does */
	bool edge;
	bool off; /* HF_INTERRUPT_RECONFIGURE */
	uint8_t priority;
};

static struct sint pool[SINT_MAX];
static unsigned int nr_sints;
static struct spinlock lock = SPINLOCK_INIT(LOCK_VGIC);

/* --- who gets it --- */

static struct sp_ctx *ctx_on(struct sp *sp, unsigned int core)
{
	if (sp->manifest.ctx_count == 1)
		return &sp->ctx[0];
	return core < sp->manifest.ctx_count ? &sp->ctx[core] : NULL;
}

static enum irq_result on_interrupt(uint32_t intid, void *arg)
{
	struct sint *s = arg;
	const unsigned int core = this_cpu()->index;
	struct sp *sp = __atomic_load_n(&s->sp, __ATOMIC_ACQUIRE);
	struct sp_ctx *c = sp ? ctx_on(sp, core) : NULL;
	const int rc = c ? virq_post(&c->virq, s->line, core) : E_NOENT;

	if (unlikely(rc < 0)) {
		host_irq_disable(intid);
		return IRQ_DONE;
	}
	if (rc)
		run_interrupt(c);
	return IRQ_FORWARDED;
}

static struct sint *find(const struct sp *sp, uint32_t intid)
{
	for (unsigned int i = 0; i < nr_sints; i++)
		if (pool[i].sp == sp && pool[i].intid == intid)
			return &pool[i];
	return NULL;
}

/* --- the interrupt controller --- */

static void set_enabled(const struct sint *s, unsigned int core)
{
	const struct sp_ctx *c = ctx_on(s->sp, core);

	if (c && !s->off && virq_is_enabled(&c->virq, s->line))
		host_irq_enable_on(core, s->intid);
	else
		host_irq_disable_on(core, s->intid);
}

/* As the contexts say. Lock held. */
static void apply(const struct sint *s)
{
	if (s->intid < SPI_FIRST) {
		for (unsigned int i = 0; i < nr_cpus; i++)
			set_enabled(s, i);
		return;
	}
	set_enabled(s, s->core);
	if (s->priority) /* behind the first enable, which makes it ours and gives it the usual one */
		host_irq_set_priority(s->intid, s->priority);
}

static bool is_online(unsigned int core)
{
	return __atomic_load_n(&cpus_online, __ATOMIC_RELAXED) & BIT(core);
}

/* Lock held. */
static void route(struct sint *s, unsigned int core)
{
	s->core = core;
	host_irq_route_spi(s->intid, core, s->edge);
}

void sint_init_cpu(void)
{
	const unsigned int core = this_cpu()->index;

	spin_lock(&lock);
	for (unsigned int i = 0; i < nr_sints; i++) {
		struct sint *s = &pool[i];

		if (!s->sp)
			continue;
		if (s->intid < SPI_FIRST) {
			set_enabled(s, core);
		} else if (s->home == core) {
			route(s, core);
			apply(s);
		}
	}
	spin_unlock(&lock);
}

void sint_exit_cpu(void)
{
	const unsigned int core = this_cpu()->index;
	const uint64_t others = __atomic_and_fetch(&cpus_online, ~BIT(core), __ATOMIC_RELAXED);

	if (!others)
		return;
	spin_lock(&lock);
	for (unsigned int i = 0; i < nr_sints; i++) {
		if (pool[i].sp && pool[i].intid >= SPI_FIRST && pool[i].core == core) {
			route(&pool[i], (unsigned int)__builtin_ctzll(others));
			apply(&pool[i]);
		}
	}
	spin_unlock(&lock);
}

/* --- at boot --- */

static void refuse(const struct sp *sp, const struct sp_device *d, const struct sp_irq *q, const char *why)
{
	log_error("%s: %s: interrupts: %u %s", sp->manifest.file, d->at.node, q->intid, why);
}

/* The place of an INTID that nobody has: its own from before, when the SP that claimed it was refused, or a new one. */
static struct sint *place(const struct sp *sp, const struct sp_device *d, const struct sp_irq *q)
{
	struct sint *s = find(NULL, q->intid);

	if (s)
		return s;
	if (nr_sints == SINT_MAX) {
		refuse(sp, d, q, "is one too many for the SPMC");
		return NULL;
	}
	s = &pool[nr_sints];
	s->intid = q->intid;
	if (irq_register(q->intid, on_interrupt, s)) {
		refuse(sp, d, q, "is the SPMC's own, or no interrupt");
		return NULL;
	}
	nr_sints++;
	return s;
}

/* The core that an SPI should go to: what the manifest says, or the boot core. */
static int core_of(const struct sp_irq *q, unsigned int *core)
{
	*core = 0;
	if (!q->targeted)
		return OK;
	for (; *core < nr_cpus; (*core)++)
		if ((percpu[*core].mpidr & UINT64_C(0xff00ffffff)) == q->mpidr)
			return OK;
	return E_NOENT;
}

/* What the tree says of the machine's timers: the first one is the secure EL1 timer, which nobody here has. */
static bool is_normal_worlds(uint32_t intid)
{
	for (unsigned int i = 1; i < HW_TIMERS; i++)
		if (intid == hw.timer_intid[i])
			return true;
	return intid == hw.maintenance_intid;
}

static int add_one(struct sp *sp, const struct sp_device *d, const struct sp_irq *q)
{
	struct sint *s;
	unsigned int core;
	int line = E_NOMEM;

	if (!(q->attributes & SP_IRQ_SECURE)) {
		log_warn("%s: %s: interrupts: %u is the normal world's: ignored", sp->manifest.file, d->at.node,
			 q->intid);
		return OK;
	}
	if (is_normal_worlds(q->intid)) {
		refuse(sp, d, q, "is one of the normal world's timers, or its GIC's");
		return E_EXIST;
	}
	if (core_of(q, &core) != OK) {
		refuse(sp, d, q, "has a target that is no core");
		return E_NOENT;
	}
	s = place(sp, d, q);
	if (!s)
		return E_EXIST;
	for (unsigned int i = 0; i < sp->manifest.ctx_count; i++)
		line = virq_add(&sp->ctx[i].virq, q->intid, false);
	CHECK(line >= 0);
	*s = (struct sint){ .intid = q->intid,
			    .line = (unsigned int)line,
			    .home = core,
			    .edge = !(q->attributes & SP_IRQ_LEVEL),
			    .priority = SP_IRQ_PRIORITY(q->attributes) };
	if (s->priority && s->priority < PRIORITY_FIRST)
		s->priority = PRIORITY_FIRST;
	if (q->intid >= SPI_FIRST)
		route(s, is_online(core) ? core : 0);
	__atomic_store_n(&s->sp, sp, __ATOMIC_RELEASE);
	return OK;
}

/* As Hafnium has them: there, and enabled, when the manifest wants them. They come first, so there is room. */
static void add_virtual(struct virq *q, uint32_t intid, bool fiq)
{
	CHECK(virq_add(q, intid, fiq) >= 0 && virq_enable(q, intid, true, fiq) == OK);
}

static void init_virq(struct virq *q, struct virq_line *line, unsigned int n, const struct sp_manifest *m)
{
	virq_init(q, line, n);
	if (m->ns_action == SP_NS_MANAGED_EXIT)
		add_virtual(q, HF_INTID_MANAGED_EXIT, !m->managed_exit_virq);
	if (m->notifications)
		add_virtual(q, HF_INTID_NPI, false);
}

static unsigned int count(const struct sp_manifest *m)
{
	unsigned int n = (m->ns_action == SP_NS_MANAGED_EXIT ? 1u : 0u) + (m->notifications ? 1u : 0u);

	for (unsigned int i = 0; i < m->nr_devices; i++)
		n += m->device[i].nr_irqs;
	return MIN(n, VIRQ_LINES_MAX);
}

static void undo(struct sp *sp, struct virq_line *lines)
{
	for (unsigned int i = 0; i < nr_sints; i++)
		if (pool[i].sp == sp)
			__atomic_store_n(&pool[i].sp, NULL, __ATOMIC_RELEASE);
	for (unsigned int i = 0; i < sp->manifest.ctx_count; i++)
		virq_init(&sp->ctx[i].virq, NULL, 0);
	heap_free(lines);
}

int sint_add(struct sp *sp)
{
	const struct sp_manifest *m = &sp->manifest;
	const unsigned int n = count(m);
	struct virq_line *lines = n ? heap_alloc(n * m->ctx_count * sizeof(*lines)) : NULL;
	int rc = OK;

	if (n && !lines) {
		log_error("%s: no memory for its interrupts", m->file);
		return E_NOMEM;
	}
	for (unsigned int i = 0; i < m->ctx_count; i++)
		init_virq(&sp->ctx[i].virq, n ? lines + i * n : NULL, n, m);
	for (unsigned int d = 0; rc == OK && d < m->nr_devices; d++)
		for (unsigned int i = 0; rc == OK && i < m->device[d].nr_irqs; i++)
			rc = add_one(sp, &m->device[d], &m->device[d].irq[i]);
	if (rc)
		undo(sp, lines);
	return rc;
}

/* --- calls --- */

static int enable(struct sp_ctx *c, const uint64_t *x)
{
	const uint32_t intid = (uint32_t)x[1], pin = (uint32_t)x[3];
	bool fiq = pin == 1;
	const struct sint *s;
	int rc;

	if (pin > 1)
		return E_INVAL;
	if (intid == HF_INTID_MANAGED_EXIT) /* the manifest says which */
		fiq = !c->sp->manifest.managed_exit_virq;
	spin_lock(&lock);
	s = find(c->sp, intid);
	rc = virq_enable(&c->virq, intid, (uint32_t)x[2] != 0, fiq);
	if (rc == OK && s)
		apply(s);
	spin_unlock(&lock);
	return rc;
}

static int deactivate(struct sp_ctx *c, const uint64_t *x)
{
	const uint32_t intid = (uint32_t)x[1];
	unsigned int core;
	int rc;

	if (intid != (uint32_t)x[2]) /* the machine's number and ours are the same */
		return E_INVAL;
	rc = virq_deactivate(&c->virq, intid, &core);
	if (rc == OK && intid >= VIRQ_PHYSICAL)
		host_irq_deactivate_on(core, intid);
	return rc;
}

/* An SPI to another core. A context that migrates can only have it where it is. Lock held. */
static int retarget(const struct sp_ctx *c, struct sint *s, uint32_t core)
{
	if (s->intid < SPI_FIRST || core >= nr_cpus || !is_online(core))
		return E_INVAL;
	if (c->sp->manifest.ctx_count == 1 && core != this_cpu()->index)
		return E_PERM;
	s->home = core;
	route(s, core);
	return OK;
}

static int reconfigure(struct sp_ctx *c, const uint64_t *x)
{
	const uint32_t command = (uint32_t)x[2], value = (uint32_t)x[3];
	struct sint *s;
	int rc = E_INVAL;

	spin_lock(&lock);
	s = find(c->sp, (uint32_t)x[1]);
	if (s && command == HF_RECONFIGURE_TARGET) {
		rc = retarget(c, s, value);
	} else if (s && command == HF_RECONFIGURE_SECURITY) {
		rc = value == 1 ? OK : E_NOTSUP; /* secure it is, and stays */
	} else if (s && command == HF_RECONFIGURE_ENABLE && value <= 1) {
		s->off = !value;
		rc = OK;
	}
	if (rc == OK)
		apply(s);
	spin_unlock(&lock);
	return rc;
}

static int pend(struct sp_ctx *c, const uint64_t *x)
{
	return find(c->sp, (uint32_t)x[1]) ? test_hook_pend(&c->virq, x) : E_NOENT;
}

bool sint_hvc(struct vcpu *v)
{
	struct sp_ctx *c = v->role;
	uint64_t *x = v->arch.x;
	int rc = E_NOTSUP;

	switch ((uint32_t)x[0]) {
	case HF_INTERRUPT_GET:
		x[0] = virq_get(&c->virq);
		sint_set_lines(c);
		return true;
	case HF_INTERRUPT_DEACTIVATE:
		rc = deactivate(c, x);
		break;
	case HF_INTERRUPT_ENABLE:
		rc = enable(c, x);
		break;
	case HF_INTERRUPT_RECONFIGURE:
		rc = reconfigure(c, x);
		break;
	case HF_INTERRUPT_SEND_IPI:
		break;
	case HF_TEST_PEND:
		if (!test_hook_is_there())
			return false;
		rc = pend(c, x);
		break;
	default:
		return false;
	}
	x[0] = rc == OK ? 0 : UINT64_MAX;
	sint_set_lines(c);
	return true;
}

/* --- for run.c --- */

bool sint_managed_exit(struct sp_ctx *c)
{
	const int line = virq_find(&c->virq, HF_INTID_MANAGED_EXIT);

	if (line < 0 || !virq_is_enabled(&c->virq, (unsigned int)line) ||
	    virq_post(&c->virq, (unsigned int)line, 0) < 0)
		return false;
	sint_set_lines(c);
	return true;
}

void sint_managed_exit_end(struct sp_ctx *c)
{
	const int line = virq_find(&c->virq, HF_INTID_MANAGED_EXIT);

	if (line >= 0)
		virq_cancel(&c->virq, (unsigned int)line);
}

static void deactivate_all(const struct sint *s, uint64_t cores)
{
	for (; cores; cores &= cores - 1)
		host_irq_deactivate_on((unsigned int)__builtin_ctzll(cores), s->intid);
}

void sint_abort(struct sp *sp)
{
	const unsigned int n = sp->manifest.ctx_count;

	spin_lock(&lock);
	for (unsigned int i = 0; i < n; i++)
		virq_kill(&sp->ctx[i].virq);
	for (unsigned int k = 0; k < nr_sints; k++) {
		if (pool[k].sp != sp)
			continue;
		apply(&pool[k]);
		for (unsigned int i = 0; i < n; i++)
			deactivate_all(&pool[k], virq_take_held(&sp->ctx[i].virq, pool[k].line));
	}
	spin_unlock(&lock);
}
