/* SPDX-License-Identifier: BSD-3-Clause */
/* Who has a core; see run.h. What happens at interrupts: run_irq.c; while a core comes up or goes: run_power.c. */
#include "role/spmc/run.h"

#include "arch/cpu.h"
#include "arch/guest.h"
#include "arch/switch.h"
#include "arch/world.h"
#include "core/panic.h"
#include "core/percpu.h"
#include "core/sched.h"
#include "role/spmc/chain.h"
#include "role/spmc/nwd.h"
#include "role/spmc/run_priv.h"
#include "role/spmc/sint.h"
#include "role/spmc/sp.h"

static struct run run[CONFIG_MAX_CPUS];

struct run *run_here(void)
{
	return &run[this_cpu()->index];
}

void run_init(void)
{
	for (unsigned int i = 0; i < CONFIG_MAX_CPUS; i++) {
		arch_vcpu_init(&run[i].el1, 0);
		run_irq_init(&run[i]);
	}
}

struct sp_ctx *run_current(void)
{
	return run_here()->on;
}

void run_enter(struct sp_ctx *c)
{
	struct run *r = run_here();

	/* The normal world's call is handled inside run_next(). */
	if (r->on)
		percpu_add_work(this_cpu(), WORK_SCHED);
	r->on = c;
}

/* --- giving up the core --- */

/* SPMD's PSCI message gets no other answer. Who is told of it and faults does not mind any more. */
static void refuse_to_go_off(struct run *r, const struct ffa_regs *answer)
{
	if ((uint32_t)answer->x[0] != FFA_ERROR)
		nwd_refuse_power_off(&r->nwd);
}

/* What the answer does not have stays as the caller had it (SMCCC 1.2, 3.1). */
static void give_answer(struct run *r, const struct ffa_regs *answer)
{
	if (r->on)
		sp_ctx_put_regs(r->on, answer);
	else if (unlikely(r->goes_off))
		refuse_to_go_off(r, answer);
	else
		ffa_call_copy(r->nwd.x, answer->x);
}

bool run_is_called(const struct sp_ctx *c)
{
	return c->state.model == SP_MODEL_REQUEST || c->state.model == SP_MODEL_RUN;
}

void run_pop(struct run *r, struct sp_ctx *c, const struct ffa_regs *answer)
{
	struct ffa_regs aborted;
	struct sp_ctx *above;

	r->on = chain_pop(c, &above);
	if (unlikely(above != c)) {
		ffa_call_error(&aborted, FFA_ABORTED);
		answer = run_is_called(above) ? &aborted : NULL;
	}
	if (answer)
		give_answer(r, answer);
	if (unlikely(r->on_top) && !r->on)
		run_irq_done(r);
}

void run_leave(const struct ffa_regs *answer, enum sp_event event)
{
	struct run *r = run_here();

	CHECK(r->on && !r->left);
	r->left = r->on;
	r->event = event;
	run_pop(r, r->left, answer);
	percpu_add_work(this_cpu(), WORK_SCHED);
}

void run_abort(void)
{
	struct ffa_regs aborted;

	ffa_call_error(&aborted, FFA_ABORTED);
	run_leave(run_is_called(run_here()->on) ? &aborted : NULL, SP_ABORT);
}

void run_preempt(void)
{
	struct run *r = run_here();
	struct sp_ctx *head = chain_head(r->on);
	struct ffa_regs answer;

	CHECK(!r->left);
	r->left = r->on;
	r->event = SP_PREEMPT;
	r->on = NULL;
	if (run_is_called(head)) {
		ffa_call_interrupt(&answer, head->sp->manifest.id, head->index, 0);
		give_answer(r, &answer);
	} else {
		run_irq_set_aside(r, head);
		run_irq_done(r);
	}
	percpu_add_work(this_cpu(), WORK_SCHED);
}

/* --- the hardware --- */

static void load(struct run *r, struct sp_ctx *c)
{
	struct percpu *cpu = this_cpu();

	if (!r->away) {
		world_vectors_save(&r->sve, &r->el1.fp);
		arch_el1_save(&r->el1);
		r->away = true;
	}
	cpu->current = c->v;
	if (cpu->loaded == c->v)
		return;
	sched_load(c->v);
	if (likely(world_keeps_vtimer))
		return;
	/* The virtual timer stays the normal world's: its interrupt may be what ends the SP's turn. */
	guest_el1_write(R_CNTV_CVAL_EL0, r->el1.el1[R_CNTV_CVAL_EL0]);
	guest_el1_write(R_CNTV_CTL_EL0, r->el1.el1[R_CNTV_CTL_EL0]);
}

static void give_to_normal_world(struct run *r)
{
	this_cpu()->current = NULL;
	run_irq_hold(r, false);
	r->hold_over = false;
	if (r->away) {
		arch_el1_load(&r->el1);
		world_vectors_load(&r->sve, &r->el1.fp);
		r->away = false;
	}
	nwd_exchange(&r->nwd);
}

/* Save who has given up the core, and only then let go of it. */
static void settle(struct run *r)
{
	struct sp_ctx *c = r->left;

	if (!c)
		return;
	r->left = NULL;
	if (r->on)
		load(r, r->on);
	else
		sched_unload();
	if (r->event == SP_PREEMPT) {
		chain_preempt(c);
		return;
	}
	__atomic_store_n(&c->pinned, c->sp->manifest.ctx_count > 1, __ATOMIC_RELAXED);
	/* E_STATE: another core has aborted it, and so it stays. */
	sp_context_mine(&c->state, r->event);
	if (r->event == SP_WAIT)
		run_irq_idle(r, c);
}

/* --- the tail of each exit --- */

/* Decide until it is somebody's turn who may have it. */
static struct sp_ctx *choose(struct run *r)
{
	for (;;) {
		settle(r);
		if (r->on && unlikely(r->hold_over) && run_irq_end_hold(r))
			continue;
		if (r->on && unlikely(sp_context_state(&r->on->state) == SP_ABORTED))
			run_abort();
		else if (run_irq_enter(r) || r->on || run_power_boot(r) || run_irq_resume_aside(r) || run_power_tell(r))
			return r->on;
		else
			give_to_normal_world(r);
	}
}

struct vcpu *run_next(bool first)
{
	struct percpu *cpu = this_cpu();
	struct run *r = run_here();
	struct sp_ctx *c;

	if (first)
		run_power_come_up(r);
	for (;;) {
		c = choose(r);
		load(r, c);
		run_irq_hold(r, run_irq_wants_hold(r));
		/* Either we see what is pending for c, or whoever posts it sees that c runs here. */
		__atomic_store_n(&c->core, cpu->index, __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		sint_set_lines(c);
		if (likely(!READ_ONCE(cpu->work)))
			return c->v;
		/*
		 * Left from the normal world's time, or just asked: a bit that stays would keep the next
		 * one's SGI back.
		 */
		(void)__atomic_exchange_n(&cpu->work, 0, __ATOMIC_ACQUIRE);
	}
}
