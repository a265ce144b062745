/* SPDX-License-Identifier: BSD-3-Clause */
/* Who has a core; see run.h. */
#include "role/spmc/run.h"

#include "arch/boot.h"
#include "arch/cpu.h"
#include "arch/guest.h"
#include "arch/switch.h"
#include "arch/vcpu_regs.h"
#include "core/log.h"
#include "core/panic.h"
#include "core/partition.h"
#include "core/percpu.h"
#include "core/sched.h"
#include "core/vcpu.h"
#include "lib/string.h"
#include "role/spmc/nwd.h"
#include "role/spmc/sp.h"

static struct run {
	struct sp_ctx *on;   /* NULL: the normal world's turn */
	struct sp_ctx *left; /* who has given up the core, but whose state is still in it */
	enum sp_event event; /* by which */
	struct ffa_regs nwd; /* its call, then the answer to it */
	/* What SPMD does not switch: EL1 and EL0 of the normal world, while an SP is loaded. */
	struct arch_vcpu el1;
	struct arch_sve sve;
	bool away;
} run[CONFIG_MAX_CPUS];

static unsigned int to_boot; /* SPs that have been started on the boot core */

static struct run *here(void)
{
	return &run[this_cpu()->index];
}

void run_init(void)
{
	for (unsigned int i = 0; i < CONFIG_MAX_CPUS; i++) {
		run[i].nwd = (struct ffa_regs){ { FFA_MSG_WAIT } };
		arch_vcpu_init(&run[i].el1, 0);
	}
}

struct sp_ctx *run_current(void)
{
	return here()->on;
}

void run_enter(struct sp_ctx *c)
{
	here()->on = c;
}

/* What the answer does not have stays as the caller had it (SMCCC 1.2, 3.1). */
static void set_answer(struct run *r, const struct ffa_regs *answer)
{
	memcpy(r->nwd.x, answer->x, ffa_call_regs((uint32_t)answer->x[0]) * sizeof(answer->x[0]));
}

void run_leave(const struct ffa_regs *answer, enum sp_event event)
{
	struct run *r = here();

	CHECK(r->on && !r->left);
	r->left = r->on;
	r->event = event;
	r->on = NULL;
	if (answer)
		set_answer(r, answer);
	percpu_add_work(this_cpu(), WORK_SCHED);
}

/* The SPs boot one after the other, before the first FFA_MSG_WAIT to SPMD: the next one, if this core still has any. */
static bool boot_one(struct run *r)
{
	struct sp_ctx *c;

	if (likely(this_cpu()->index || to_boot == sp_count()))
		return false;
	c = &sp_at(to_boot++)->ctx[0];
	CHECK(sp_context_enter(&c->state, SP_MODEL_INIT) == OK);
	r->on = c;
	return true;
}

/* Save who has given up the core, and only then let go of it. */
static void settle(struct run *r)
{
	struct sp_ctx *c = r->left;
	struct ffa_regs answer;
	enum sp_model model;

	if (!c)
		return;
	r->left = NULL;
	model = c->state.model;
	sched_unload();
	if (sp_context_move(&c->state, r->event) == OK && r->event != SP_ABORT)
		return;
	ffa_call_error(&answer, FFA_ABORTED);
	if (model != SP_MODEL_INIT)
		set_answer(r, &answer);
}

static void give_to_normal_world(struct run *r)
{
	struct percpu *cpu = this_cpu();

	cpu->current = NULL;
	if (r->away) {
		arch_vcpu_load(&r->el1);
		world_sve_load(&r->sve);
		r->away = false;
	}
	nwd_exchange(&r->nwd);
}

struct vcpu *run_next(void)
{
	struct percpu *cpu = this_cpu();
	struct run *r = here();

	settle(r);
	while (!r->on && !boot_one(r))
		give_to_normal_world(r);
	if (!r->away) {
		world_sve_save(&r->sve);
		arch_vcpu_save(&r->el1);
		r->away = true;
	}
	cpu->current = r->on->v;
	if (cpu->loaded != r->on->v) {
		sched_load(r->on->v);
		/* The virtual timer stays the normal world's: its interrupt may be what ends the SP's turn. */
		guest_el1_write(R_CNTV_CVAL_EL0, r->el1.el1[R_CNTV_CVAL_EL0]);
		guest_el1_write(R_CNTV_CTL_EL0, r->el1.el1[R_CNTV_CTL_EL0]);
	}
	return r->on->v;
}
