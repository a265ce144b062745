/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts and who has a core (FF-A 1.2, 9): those of the normal world while an SP runs, by the chain's action; those
 * that belong to an SP, whoever runs. State owned: the second half of struct run, own core only.
 */
#include "arch/cpu.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/partition.h"
#include "core/percpu.h"
#include "core/vcpu.h"
#include "plat/plat.h"
#include "role/spmc/chain.h"
#include "role/spmc/msg.h"
#include "role/spmc/run.h"
#include "role/spmc/run_priv.h"
#include "role/spmc/sint.h"
#include "role/spmc/sp.h"

/*
 * How long an SP may keep interrupts of the normal world back, by its manifest or while it handles a secure interrupt;
 * then they are let through. Its initialization, before which there is no normal world: then it is aborted.
 */
#define HOLD_NS	     100000000
#define HOLD_INIT_NS 2000000000
/*
 * One that did not handle its interrupt in that time goes on after the normal world has had the core for so long, and
 * each time twice as long, up to 1.28 s: one that never ends has 7 % of the core.
 */
#define ASIDE_NS 10000000
/*
 * All that interrupt the normal world on a core together: HOLD_NS at a time, and as many times what it has had
 * since. So interrupts that come again as soon as they are handled (a level that the owner does not quiet) leave it
 * a fifth of it.
 */
#define CREDIT_SHARE 4
#define ASIDE_MAX    7 /* times that it is doubled */

static void look(void)
{
	percpu_add_work(this_cpu(), WORK_SCHED);
}

static void on_hold_over(struct timer *t UNUSED)
{
	run_here()->hold_over = true;
	look();
}

static void on_again(struct timer *t UNUSED)
{
	run_here()->again_due = true;
	look();
}

static void on_retry(struct timer *t UNUSED)
{
	look();
}

void run_irq_init(struct run *r)
{
	timer_init(&r->hold, on_hold_over);
	timer_init(&r->again, on_again);
	timer_init(&r->retry, on_retry);
	r->credit = time_ns_to_ticks(HOLD_NS);
}

/* --- the normal world's --- */

static bool is_booting(const struct run *r)
{
	return chain_head(r->on)->state.model == SP_MODEL_INIT;
}

bool run_irq_wants_hold(const struct run *r)
{
	return (r->on->ns_action == SP_NS_QUEUED || r->on->held) && !r->hold_over;
}

void run_irq_hold_change(struct run *r, bool hold)
{
	r->holding = hold;
	host_irq_hold_foreign(hold);
	if (!hold)
		timer_stop(&r->hold);
	else if (r->on_top)
		timer_start(&r->hold, time_now() + r->credit);
	else
		timer_start(&r->hold, time_now() + time_ns_to_ticks(is_booting(r) ? HOLD_INIT_NS : HOLD_NS));
}

void run_irq_new_hold(struct run *r)
{
	run_irq_hold(r, false);
	r->hold_over = false;
}

/* One that it has called, and that may be innocent, has the same time once more; whoever it was for is no more. */
static void end_boot(struct run *r)
{
	struct sp_ctx *c = chain_head(r->on);

	if (sp_context_state(&c->state) == SP_ABORTED)
		c = r->on;
	log_error("%s: vCPU %u did not reach FFA_MSG_WAIT in %u ms: it is aborted", c->sp->p->name, c->index,
		  HOLD_INIT_NS / 1000000);
	run_irq_new_hold(r);
	msg_abort(c->v);
}

static void give_back(const struct run *r)
{
	log_limited(8, LOG_WARN, "%s: kept interrupts of the normal world back for %u ms: preempted",
		    r->on->sp->p->name, HOLD_NS / 1000000);
	run_preempt();
}

bool run_irq_end_hold(struct run *r)
{
	if (is_booting(r))
		end_boot(r);
	else if (!run_is_called(chain_head(r->on)))
		give_back(r); /* it interrupted the normal world, which has not asked for it */
	else
		return false;
	return true;
}

void run_foreign_irq(void)
{
	struct run *r = run_here();
	struct sp_ctx *c = r->on;
	bool asks_it = c->sp->manifest.ns_action == SP_NS_MANAGED_EXIT;

	if (host_irq_foreign_is_firmware()) {
		uint64_t x[FFA_REGS] = { FFA_EL3_INTR_HANDLE };

		arch_smc(x);
		return;
	}
	if (r->hold_over) {
		give_back(r);
		return;
	}
	/* One that is called by an SP with a managed exit, and has none itself, is let finish. */
	if (c->ns_action == SP_NS_SIGNALED ||
	    (c->ns_action == SP_NS_MANAGED_EXIT && asks_it && !sint_managed_exit(c))) {
		run_preempt();
		return;
	}
	c->held = true;
	look();
}

/* --- the SPs' --- */

static void kick(unsigned int cpu, uint32_t work)
{
	if (percpu_add_work(&percpu[cpu], work) && cpu != this_cpu()->index)
		host_irq_send_sgi(cpu, SGI_KICK);
}

static void want(struct run *r, const struct sp_ctx *c)
{
	r->wanted |= BIT(c->sp->index);
	look();
}

void run_interrupt(struct sp_ctx *c)
{
	/* Pairs with run_next() and run_irq_idle(): they see what is pending, or we see the state that they set. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	switch (sp_context_state(&c->state)) {
	case SP_IDLE:
		want(run_here(), c);
		break;
	case SP_RUNNING:
		kick(READ_ONCE(c->core), WORK_ENTER);
		break;
	case SP_RESET:
	case SP_BLOCKED:
	case SP_YIELDED:
	case SP_PREEMPTED:
	case SP_CHAIN_PREEMPTED:
	case SP_ABORTED:
		break;
	}
}

void run_tell_aborted(struct sp_ctx *c)
{
	kick(READ_ONCE(c->core), WORK_SCHED);
}

void run_irq_idle(struct run *r, struct sp_ctx *c)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (unlikely(virq_is_fresh(&c->virq)))
		want(r, c);
}

/* --- how much of a core they may have --- */

/* May somebody interrupt the normal world now? If not, there will be another look. */
static bool may_interrupt(struct run *r)
{
	const uint64_t now = time_now(), full = time_ns_to_ticks(HOLD_NS), since = now - r->mark;

	r->credit = since >= full ? full : MIN(full, r->credit + CREDIT_SHARE * since);
	r->mark = now;
	/* Less would set aside handlers that take no longer than they should. */
	if (likely(r->credit >= full / 10))
		return true;
	log_limited(8, LOG_WARN, "core %u: secure interrupts take too much of it: they wait", this_cpu()->index);
	if (!r->retry.armed)
		timer_start(&r->retry, now + time_ns_to_ticks(ASIDE_NS));
	return false;
}

static void interrupt_normal_world(struct run *r)
{
	run_irq_new_hold(r);
	r->on_top = true;
}

void run_irq_done(struct run *r)
{
	const uint64_t now = time_now();

	r->credit -= MIN(r->credit, now - r->mark);
	r->mark = now;
	r->on_top = false;
}

/* c was idle a moment ago and had an interrupt. False: not any more. */
static bool enter_for_interrupt(struct run *r, struct sp_ctx *c)
{
	uint32_t intid;

	if (chain_push(r->on, c, SP_MODEL_INTERRUPT) != OK) {
		run_interrupt(c);
		return false;
	}
	if (!virq_take_fresh(&c->virq, &intid)) {
		run_pop(r, c, NULL);
		sp_context_mine(&c->state, SP_WAIT);
		run_irq_idle(r, c);
		return false;
	}
	sp_ctx_put_regs(c, &(struct ffa_regs){ .x = { FFA_INTERRUPT, 0, intid } });
	if (!r->on)
		interrupt_normal_world(r);
	r->on = c;
	return true;
}

bool run_irq_enter(struct run *r)
{
	while (unlikely(r->wanted) && (r->on ? !r->on->s_queued : may_interrupt(r))) {
		unsigned int i = (unsigned int)__builtin_ctzll(r->wanted);
		struct sp_ctx *c = sp_ctx_here(sp_at(i));

		r->wanted &= ~BIT(i);
		if (c && virq_is_fresh(&c->virq) && enter_for_interrupt(r, c))
			return true;
	}
	return false;
}

void run_irq_set_aside(struct run *r, struct sp_ctx *head)
{
	const uint64_t wait = (uint64_t)ASIDE_NS << head->asides;

	head->asides = (uint8_t)MIN(head->asides + 1, ASIDE_MAX);
	r->aside |= BIT(head->sp->index);
	r->again_due = false; /* the normal world has its time before any of them goes on */
	timer_start(&r->again, time_now() + time_ns_to_ticks(wait));
}

bool run_irq_resume_aside(struct run *r)
{
	/* Without credit it stays due. */
	if (likely(!r->again_due) || (r->aside && !may_interrupt(r)))
		return false;
	while (r->aside) {
		const uint64_t later = r->aside & ~MASK(r->last, 0);
		const unsigned int i = (unsigned int)__builtin_ctzll(later ? later : r->aside);
		struct sp_ctx *top;

		r->last = i;
		r->aside &= ~BIT(i);
		/* DENIED: the normal world has gone on with it by FFA_RUN, or it was aborted. */
		if (chain_resume_aside(sp_ctx_here(sp_at(i)), this_cpu()->index, &top) == OK) {
			interrupt_normal_world(r);
			r->on = top;
			return true;
		}
	}
	r->again_due = false;
	return false;
}
