/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The virtual interrupts of an SP's execution context: which are pending, and what HF_INTERRUPT_GET gives. An SP has no
 * virtual GIC: HCR_EL2.VI and VF say that something is pending, calls say what. Pure.
 *
 * A line is an INTID. INTIDs from 16 on are physical, the same number as on the machine; a PPI may be pending on
 * several cores at once for a context that migrates, so what is pending and active is a set of cores, a bit each. Those
 * below (managed exit, NPI) have no physical side.
 *
 *   post: the core's bit -> pending;  get: a bit pending -> active;  deactivate: an active bit goes
 *
 * State owned: struct virq, one in each context. Any core posts; the core that runs the context gets and deactivates;
 * any core kills. Each call takes the lock (LOCK_VGIC_CPU, none is held meanwhile); the summaries, which every entry
 * looks at, are read without.
 */
#ifndef ROLE_SPMC_VIRQ_H
#define ROLE_SPMC_VIRQ_H

#include "abi/ffa.h"
#include "core/lock.h"
#include "lib/types.h"
#include "role/spmc/manifest.h"

#define VIRQ_PHYSICAL	 16		      /* the first INTID that is one of the machine's */
#define VIRQ_LINES_MAX	 64		      /* a bit each in the summaries */
#define VIRQ_DEVICES_MAX (VIRQ_LINES_MAX - 2) /* the others are virtual */

struct virq_line {
	uint32_t intid;
	bool enabled, fiq;
	bool told; /* the context has been entered for what is pending: once is enough, whatever it enables or not */
	uint64_t pending, active; /* cores; of a virtual one: bit 0 */
};

struct virq {
	/*
	 * Lines that are enabled and pending, by the pin that tells of them; and those of them that nobody
	 * has looked at.
	 */
	uint64_t irq, fiq, fresh;
	struct spinlock lock;
	unsigned int nr, max;
	bool dead; /* the SP is gone: nothing becomes pending any more */
	struct virq_line *line;
};

/* No lines yet; room for max of them in line, which is zero and stays the caller's. Nobody else knows of q. */
void virq_init(struct virq *q, struct virq_line *line, unsigned int max);

/* A line, disabled, at its pin. Its index, or E_NOMEM, E_EXIST. Before the context runs. */
int virq_add(struct virq *q, uint32_t intid, bool fiq) MUST_CHECK;

/* The index of an INTID's line, or E_NOENT. */
int virq_find(const struct virq *q, uint32_t intid) MUST_CHECK;

/*
 * The interrupt has come on that core. 1: somebody must look, for it is enabled and was not pending there yet; 0: not
 * so; E_STATE: nobody is there any more, and nothing is pending. What the caller reads after 1 is later than the post
 * for every core (so who gives up the context after it reads virq_is_fresh() before a fence of its own cannot miss it).
 */
int virq_post(struct virq *q, unsigned int line, unsigned int core) MUST_CHECK;

/* The lowest INTID that is enabled and pending, which is then active; HF_INTERRUPT_NONE. */
uint32_t virq_get(struct virq *q) MUST_CHECK;

/* Enable a line at a pin, or disable it; what is pending stays so. E_NOENT: no such line; E_STATE: dead. */
int virq_enable(struct virq *q, uint32_t intid, bool on, bool fiq) MUST_CHECK;
bool virq_is_enabled(const struct virq *q, unsigned int line);

/* Done with it; *core: where it was active. E_NOENT: no such line; E_STATE: it is not active. */
int virq_deactivate(struct virq *q, uint32_t intid, unsigned int *core) MUST_CHECK;

/* A virtual one that nobody has got yet is not pending any more. */
void virq_cancel(struct virq *q, unsigned int line);

/*
 * Nothing is deliverable from now on, nor becomes pending. virq_held() is then what is left of a line: the cores on
 * which it is pending or active; it is forgotten with that.
 */
void virq_kill(struct virq *q);
uint64_t virq_take_held(struct virq *q, unsigned int line) MUST_CHECK;
static inline bool virq_is_dead(const struct virq *q)
{
	return __atomic_load_n(&q->dead, __ATOMIC_ACQUIRE);
}

/* --- for each entry --- */

/* HCR_EL2.VI and VF. */
static inline bool virq_irq(const struct virq *q)
{
	return READ_ONCE(q->irq) != 0;
}

static inline bool virq_fiq(const struct virq *q)
{
	return READ_ONCE(q->fiq) != 0;
}

/* Has a physical line become deliverable that the context has neither got nor been entered for? */
static inline bool virq_is_fresh(const struct virq *q)
{
	return READ_ONCE(q->fresh) != 0;
}

/* The lowest of those: it is so no longer. False: there is none. */
bool virq_take_fresh_slow(struct virq *q, uint32_t *intid) MUST_CHECK;
static inline bool virq_take_fresh(struct virq *q, uint32_t *intid)
{
	return unlikely(virq_is_fresh(q)) && virq_take_fresh_slow(q, intid);
}

#endif
