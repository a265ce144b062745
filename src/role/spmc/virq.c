/* SPDX-License-Identifier: BSD-3-Clause */
/* Virtual interrupts of an SP's execution context; see virq.h. */
#include "role/spmc/virq.h"

void virq_init(struct virq *q, struct virq_line *line, unsigned int max)
{
	*q = (struct virq){ .line = line, .max = MIN(max, VIRQ_LINES_MAX) };
	spin_init(&q->lock, LOCK_VGIC_CPU);
}

int virq_find(const struct virq *q, uint32_t intid)
{
	for (unsigned int i = 0; i < q->nr; i++)
		if (q->line[i].intid == intid)
			return (int)i;
	return E_NOENT;
}

int virq_add(struct virq *q, uint32_t intid, bool fiq)
{
	if (virq_find(q, intid) >= 0)
		return E_EXIST;
	if (q->nr == q->max)
		return E_NOMEM;
	q->line[q->nr] = (struct virq_line){ .intid = intid, .fiq = fiq };
	return (int)q->nr++;
}

/* Who reads a summary without the lock sees a value that was right. */
static void set_bit(uint64_t *word, unsigned int i, bool on)
{
	__atomic_store_n(word, on ? *word | BIT(i) : *word & ~BIT(i), __ATOMIC_RELAXED);
}

/* The summaries follow the line. Lock held. */
static void summarize(struct virq *q, unsigned int i)
{
	const struct virq_line *l = &q->line[i];
	const bool up = l->enabled && l->pending;

	set_bit(&q->irq, i, up && !l->fiq);
	set_bit(&q->fiq, i, up && l->fiq);
}

/* An SP is entered for physical interrupts only: the others are for one that runs. Lock held. */
static void set_fresh(struct virq *q, unsigned int i, bool on)
{
	const struct virq_line *l = &q->line[i];

	set_bit(&q->fresh, i, on && l->enabled && l->pending && l->intid >= VIRQ_PHYSICAL);
}

int virq_post(struct virq *q, unsigned int line, unsigned int core)
{
	struct virq_line *l = &q->line[line];
	int rc = E_STATE;

	spin_lock(&q->lock);
	if (!q->dead) {
		const bool was = l->pending & BIT(core);

		rc = l->enabled && !was;
		l->told &= was;
		l->pending |= BIT(core);
		summarize(q, line);
		if (rc)
			set_fresh(q, line, true);
	}
	spin_unlock(&q->lock);
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* pairs with that of who leaves the context; virq.h */
	return rc;
}

/* The one with the lowest INTID of a set of lines, which is not empty. */
static unsigned int lowest(const struct virq *q, uint64_t lines)
{
	unsigned int best = (unsigned int)__builtin_ctzll(lines);

	for (; lines; lines &= lines - 1) {
		unsigned int i = (unsigned int)__builtin_ctzll(lines);

		if (q->line[i].intid < q->line[best].intid)
			best = i;
	}
	return best;
}

uint32_t virq_get(struct virq *q)
{
	uint32_t intid = HF_INTERRUPT_NONE;
	uint64_t lines;

	spin_lock(&q->lock);
	lines = q->irq | q->fiq;
	if (lines) {
		const unsigned int i = lowest(q, lines);
		struct virq_line *l = &q->line[i];
		const uint64_t core = l->pending & -l->pending;

		l->pending &= ~core;
		l->active |= core;
		summarize(q, i);
		/* It was told of this core's; another core's is news again. */
		l->told = false;
		set_fresh(q, i, true);
		intid = l->intid;
	}
	spin_unlock(&q->lock);
	return intid;
}

int virq_enable(struct virq *q, uint32_t intid, bool on, bool fiq)
{
	const int i = virq_find(q, intid);
	int rc = OK;

	if (i < 0)
		return E_NOENT;
	spin_lock(&q->lock);
	if (q->dead) {
		rc = E_STATE;
	} else {
		const bool was = q->line[i].enabled;

		q->line[i].fiq = fiq;
		__atomic_store_n(&q->line[i].enabled, on, __ATOMIC_RELAXED);
		summarize(q, (unsigned int)i);
		if (was != on)
			set_fresh(q, (unsigned int)i, on && !q->line[i].told);
	}
	spin_unlock(&q->lock);
	return rc;
}

bool virq_is_enabled(const struct virq *q, unsigned int line)
{
	return __atomic_load_n(&q->line[line].enabled, __ATOMIC_RELAXED) && !virq_is_dead(q);
}

int virq_deactivate(struct virq *q, uint32_t intid, unsigned int *core)
{
	const int i = virq_find(q, intid);
	int rc = E_STATE;

	if (i < 0)
		return E_NOENT;
	spin_lock(&q->lock);
	if (!q->dead && q->line[i].active) {
		*core = (unsigned int)__builtin_ctzll(q->line[i].active);
		q->line[i].active &= ~BIT(*core);
		rc = OK;
	}
	spin_unlock(&q->lock);
	return rc;
}

void virq_cancel(struct virq *q, unsigned int line)
{
	spin_lock(&q->lock);
	if (q->line[line].intid < VIRQ_PHYSICAL) {
		q->line[line].pending = 0;
		summarize(q, line);
	}
	spin_unlock(&q->lock);
}

bool virq_take_fresh_slow(struct virq *q, uint32_t *intid)
{
	bool any;

	spin_lock(&q->lock);
	any = q->fresh;
	if (any) {
		const unsigned int i = lowest(q, q->fresh);

		*intid = q->line[i].intid;
		q->line[i].told = true;
		set_fresh(q, i, false);
	}
	spin_unlock(&q->lock);
	return any;
}

void virq_kill(struct virq *q)
{
	spin_lock(&q->lock);
	__atomic_store_n(&q->dead, true, __ATOMIC_RELEASE);
	__atomic_store_n(&q->irq, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&q->fiq, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&q->fresh, 0, __ATOMIC_RELAXED);
	spin_unlock(&q->lock);
}

uint64_t virq_take_held(struct virq *q, unsigned int line)
{
	struct virq_line *l = &q->line[line];
	uint64_t held;

	spin_lock(&q->lock);
	held = l->pending | l->active;
	l->pending = 0;
	l->active = 0;
	spin_unlock(&q->lock);
	return held;
}
