/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls that give the core to somebody; see msg.h. */
#include "role/spmc/msg.h"

#include "core/partition.h"
#include "core/percpu.h"
#include "core/vcpu.h"
#include "ffa/direct.h"
#include "role/spmc/chain.h"
#include "role/spmc/common.h"
#include "role/spmc/run.h"
#include "role/spmc/sint.h"
#include "role/spmc/sp.h"

static struct sp_ctx *ctx_of(const struct ffa_caller *caller)
{
	return caller->role;
}

/* --- requests --- */

/* Why it could not be entered: of its state, which may be another one by now. */
static int enter_error(const struct sp_ctx *from, const struct sp_ctx *c)
{
	enum sp_state state = sp_context_state(&c->state);

	if (state == SP_ABORTED)
		return FFA_ABORTED;
	if (state == SP_RESET || chain_has(from, c))
		return FFA_DENIED;
	return FFA_BUSY;
}

static uint32_t properties_of(const struct sp_ctx *from)
{
	return from ? from->sp->properties : FFA_PARTITION_DIRECT_SEND | FFA_PARTITION_DIRECT2_SEND;
}

static int request(const struct ffa_caller *caller, struct ffa_regs *r)
{
	struct sp_ctx *from = ctx_of(caller), *c;
	struct ffa_direct_end sender, receiver;
	struct ffa_direct req;
	struct sp *sp;
	int rc = ffa_direct_decode_req(r, caller, common_spmc_id, &req);

	if (rc)
		return rc;
	sp = sp_find(req.receiver);
	c = sp ? sp_ctx_here(sp) : NULL;
	if (!c)
		return FFA_INVALID_PARAMETERS;
	sender = (struct ffa_direct_end){ req.sender, properties_of(from) };
	receiver = (struct ffa_direct_end){ req.receiver, sp->properties };
	rc = ffa_direct_may(&req, &sender, &receiver);
	if (rc)
		return rc;
	if (chain_push(from, c, SP_MODEL_REQUEST) != OK)
		return enter_error(from, c);
	c->request = req;
	ffa_direct_narrow(r);
	sp_ctx_put_regs(c, r);
	run_enter(c);
	return OK;
}

void msg_request(struct ffa_caller *caller, struct ffa_regs *r)
{
	int rc = request(caller, r);

	if (rc)
		ffa_call_error(r, rc);
}

void msg_response(struct ffa_caller *caller, struct ffa_regs *r)
{
	struct sp_ctx *c = ctx_of(caller);
	struct ffa_direct answer;
	int rc;

	if (!sp_context_may_leave(c->state.model, SP_LEAVE_ANSWER)) {
		ffa_call_error(r, FFA_DENIED);
		return;
	}
	rc = ffa_direct_decode_resp(r, caller, &c->request, &answer);
	if (rc) {
		ffa_call_error(r, rc);
		return;
	}
	sint_managed_exit_end(c);
	if (c->request.sender == common_spmc_id) {
		run_power_answer((int32_t)r->x[3]);
		run_leave(NULL, SP_WAIT);
		return;
	}
	ffa_direct_narrow(r);
	/* Who asked has been aborted, and the normal world went on with it: this is none of its business. */
	if (unlikely(!c->caller && (c->request.sender & FFA_ID_SECURE)))
		ffa_call_answer(r, FFA_MSG_WAIT, 0, 0, 0);
	run_leave(r, SP_WAIT);
}

/* --- giving up the core --- */

void msg_wait(struct ffa_caller *caller, struct ffa_regs *r)
{
	struct sp_ctx *c = ctx_of(caller);
	uint32_t flags = ffa_version_get(caller->version) >= FFA_VERSION_1_2 ? (uint32_t)r->x[2] : 0;

	if (!sp_context_may_leave(c->state.model, SP_LEAVE_WAIT)) {
		ffa_call_error(r, FFA_DENIED);
		return;
	}
	if (flags & ~(uint32_t)FFA_MSG_WAIT_RETAIN_RX) {
		ffa_call_error(r, FFA_INVALID_PARAMETERS);
		return;
	}
	if (!flags)
		mail_release_on_wait(c);
	sint_managed_exit_end(c);
	if (c->state.model == SP_MODEL_RUN)
		run_leave(&(struct ffa_regs){ .x = { FFA_MSG_WAIT } }, SP_WAIT); /* what FFA_RUN returns */
	else
		run_leave(NULL, SP_WAIT);
}

void msg_yield(struct ffa_caller *caller, struct ffa_regs *r)
{
	struct sp_ctx *c = ctx_of(caller);
	struct ffa_regs answer = { .x = { FFA_YIELD, FFA_ENDPOINTS((uint32_t)c->sp->manifest.id, c->index),
					  (uint32_t)r->x[2], (uint32_t)r->x[3] } };
	struct ffa_regs resumed;

	if (!sp_context_may_leave(c->state.model, SP_LEAVE_YIELD)) {
		ffa_call_error(r, FFA_DENIED);
		return;
	}
	ffa_call_success(&resumed, 0, 0);
	sp_ctx_put_regs(c, &resumed);
	run_leave(&answer, SP_YIELD);
}

/* --- FFA_RUN --- */

/* w1: endpoint and vCPU. The context, or NULL. */
static struct sp_ctx *find_ctx(uint32_t w1)
{
	struct sp *sp = sp_find((uint16_t)FFA_SENDER(w1));
	unsigned int vcpu = FFA_RECEIVER(w1);

	return sp && vcpu < sp->manifest.ctx_count ? &sp->ctx[vcpu] : NULL;
}

/* It waits for messages: it is given the core all the same, for what there is in its RX buffer. */
static int wake(struct sp_ctx *c, uint32_t w1)
{
	if (c->sp->manifest.ctx_count > 1 && c->index != this_cpu()->index)
		return FFA_INVALID_PARAMETERS; /* bound to another core */
	if (chain_push(NULL, c, SP_MODEL_RUN) != OK)
		return enter_error(NULL, c);
	sp_ctx_put_regs(c, &(struct ffa_regs){ .x = { FFA_RUN, w1 } });
	run_enter(c);
	return OK;
}

static int run_it(struct sp_ctx *from, uint32_t w1)
{
	struct sp_ctx *c = find_ctx(w1), *top;
	int rc;

	if (!c)
		return FFA_INVALID_PARAMETERS;
	if (!from && sp_context_state(&c->state) == SP_IDLE)
		return wake(c, w1);
	rc = chain_resume(from, c, this_cpu()->index, &top);
	if (rc)
		return rc;
	/* Set aside while it handled a secure interrupt: from now on it runs for the normal world, whom it answers. */
	if (c->state.model == SP_MODEL_INTERRUPT)
		__atomic_store_n(&c->state.model, SP_MODEL_RUN, __ATOMIC_RELAXED); /* chain_resume_aside() */
	run_enter(top);
	return OK;
}

void msg_run(struct ffa_caller *caller, struct ffa_regs *r)
{
	int rc = run_it(ctx_of(caller), (uint32_t)r->x[1]);

	if (rc)
		ffa_call_error(r, rc);
}

/* --- the end of an SP --- */

void msg_abort(struct vcpu *v)
{
	struct sp_ctx *c = v->role, *here = run_current();
	struct sp *sp = c->sp;

	for (unsigned int i = 0; i < sp->manifest.ctx_count; i++)
		if (&sp->ctx[i] != here && sp_context_abort(&sp->ctx[i].state))
			run_tell_aborted(&sp->ctx[i]);
	sint_abort(sp);
	mail_abort(sp);
	if (here == c)
		run_abort();
}
