/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a core does before the normal world has it: boot the SPs that have a context there; and before the normal world
 * turns it off: ask those that want to know. State owned: what struct run has for it, own core only. FF-A 1.2, 18.2
 * (power management messages).
 */
#include "abi/psci.h"
#include "core/percpu.h"
#include "core/vcpu.h"
#include "ffa/direct.h"
#include "role/spmc/chain.h"
#include "role/spmc/common.h"
#include "role/spmc/nwd.h"
#include "role/spmc/run.h"
#include "role/spmc/run_priv.h"
#include "role/spmc/sint.h"
#include "role/spmc/sp.h"

void run_power_come_up(struct run *r)
{
	r->nwd = (struct ffa_regs){ { FFA_MSG_WAIT } };
	r->on = r->left = NULL;
	r->to_boot = 0;
	r->goes_off = r->on_top = false;
	sint_init_cpu();
}

/*
 * The SPs boot one after the other, before the first FFA_MSG_WAIT to SPMD; on other cores those that have a context of
 * their own there, once the first one has booted.
 */
bool run_power_boot(struct run *r)
{
	while (r->to_boot < sp_count()) {
		struct sp *sp = sp_at(r->to_boot++);
		struct sp_ctx *c = sp_ctx_here(sp);

		if (!c || (c->index && sp_context_state(&sp->ctx[0].state) == SP_RESET) ||
		    (this_cpu()->index && !c->index))
			continue;
		if (chain_push(NULL, c, SP_MODEL_INIT) != OK)
			continue;
		if (c->index)
			vcpu_reset(c->v, sp->entry, 0);
		run_irq_new_hold(r);
		r->on = c;
		return true;
	}
	return false;
}

/* --- PSCI_CPU_OFF --- */

/* Is there a context that stands still, and has last run here? */
static bool is_unfinished(const struct sp_ctx *c)
{
	enum sp_state state = sp_context_state(&c->state);

	return (state == SP_YIELDED || state == SP_PREEMPTED || state == SP_CHAIN_PREEMPTED) &&
	       READ_ONCE(c->core) == this_cpu()->index;
}

static bool has_unfinished(void)
{
	for (unsigned int i = 0; i < sp_count(); i++)
		for (unsigned int k = 0; k < sp_at(i)->manifest.ctx_count; k++)
			if (is_unfinished(&sp_at(i)->ctx[k]))
				return true;
	return false;
}

/*
 * Tell the next SP that wants to know that its core goes. Once all are told, look again: an interrupt may have come
 * meanwhile, and its handler have been set aside.
 */
bool run_power_tell(struct run *r)
{
	/* Until one of them minds. */
	while (unlikely(r->goes_off) && r->to_tell < sp_count() &&
	       (uint32_t)r->nwd.x[0] == FFA_MSG_SEND_DIRECT_RESP_32) {
		struct sp *sp = sp_at(r->to_tell++);
		struct sp_ctx *c = sp_ctx_here(sp);
		const uint32_t ends = FFA_ENDPOINTS((uint32_t)common_spmc_id, sp->manifest.id);

		if (!c || !(sp->manifest.power_messages & SP_POWER_CPU_OFF) ||
		    chain_push(NULL, c, SP_MODEL_REQUEST) != OK)
			continue;
		run_irq_new_hold(r);
		c->ns_action = SP_NS_QUEUED; /* who would go on with it? */
		c->request = (struct ffa_direct){ .sender = common_spmc_id,
						  .receiver = sp->manifest.id,
						  .kind = FFA_DIRECT_REGS8,
						  .framework = true,
						  .message = FFA_FRAMEWORK_PSCI_REQ };
		sp_ctx_put_regs(
			c, &(struct ffa_regs){ .x = { FFA_MSG_SEND_DIRECT_REQ_32, ends,
						      FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF } });
		r->on = c;
		return true;
	}
	if (unlikely(r->goes_off)) {
		r->goes_off = false;
		if (r->wanted || has_unfinished())
			nwd_refuse_power_off(&r->nwd);
		if ((uint32_t)r->nwd.x[0] == FFA_MSG_SEND_DIRECT_RESP_32)
			sint_exit_cpu();
	}
	return false;
}

int run_power_off(void)
{
	struct run *r = run_here();

	if (has_unfinished())
		return FFA_DENIED;
	r->to_tell = 0;
	r->goes_off = true;
	return OK;
}

void run_power_answer(int32_t status)
{
	struct run *r = run_here();

	/* It was preempted, or yielded: SPMD had its answer then, and this one's is to FFA_RUN. */
	if (!r->goes_off)
		ffa_call_answer(&r->nwd, FFA_MSG_WAIT, 0, 0, 0);
	else if (status != PSCI_SUCCESS)
		nwd_refuse_power_off(&r->nwd);
}
