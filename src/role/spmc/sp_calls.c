/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls of Secure Partitions; see sp_calls.h. No state but who we are. */
#include "role/spmc/sp_calls.h"

#include "core/log.h"
#include "core/partition.h"
#include "core/vcpu.h"
#include "ffa/console_log.h"
#include "ffa/direct.h"
#include "ffa/features.h"
#include "lib/string.h"
#include "role/spmc/run.h"
#include "role/spmc/sp.h"

static uint16_t spmc_id;

void sp_calls_init(uint16_t id)
{
	spmc_id = id;
}

static struct sp_ctx *ctx_of(const struct ffa_caller *caller)
{
	return caller->role;
}

/* --- what is there --- */

static const struct ffa_row rows[];

static void version(struct ffa_caller *caller, struct ffa_regs *r)
{
	*r = (struct ffa_regs){ .x = { (uint32_t)ffa_version_negotiate(caller->version, (uint32_t)r->x[1]) } };
}

static void features(struct ffa_caller *caller, struct ffa_regs *r)
{
	static const struct ffa_features ours = { .rows = rows };

	ffa_features_answer(&ours, caller, r);
}

static void id_get(struct ffa_caller *caller, struct ffa_regs *r)
{
	ffa_call_success(r, caller->id, 0);
}

static void spm_id_get(struct ffa_caller *caller UNUSED, struct ffa_regs *r)
{
	ffa_call_success(r, spmc_id, 0);
}

static void info_regs(struct ffa_caller *caller, struct ffa_regs *r)
{
	const struct ffa_partinfo_caller asks = { ffa_version_get(caller->version), true };

	ffa_partinfo_regs(sp_partinfo(), 0, &asks, r);
}

/* Calls carry few characters: whole lines go to the log, from each context its own. */
static void log_char(struct sp_ctx *c, char ch)
{
	if (ch != '\n' && ch != '\0')
		c->line[c->line_len++] = ch >= ' ' && ch <= '~' ? ch : '?';
	if (!c->line_len || (ch != '\n' && c->line_len < sizeof(c->line) - 1))
		return;
	c->line[c->line_len] = '\0';
	c->line_len = 0;
	log_info("%s: %s", c->sp->p->name, c->line);
}

static void console_log(struct ffa_caller *caller, struct ffa_regs *r)
{
	char text[FFA_CONSOLE_LOG_64_MAX];
	unsigned int n;
	int rc = ffa_console_log_decode(r, ffa_version_get(caller->version), text, &n);

	for (unsigned int i = 0; rc == OK && i < n; i++)
		log_char(ctx_of(caller), text[i]);
	ffa_call_result(r, rc);
}

/* --- giving up the core --- */

static void msg_wait(struct ffa_caller *caller, struct ffa_regs *r)
{
	struct sp_ctx *c = ctx_of(caller);

	if (!sp_context_may_leave(c->state.model, SP_LEAVE_WAIT)) {
		ffa_call_error(r, FFA_DENIED);
		return;
	}
	if (c->state.model == SP_MODEL_RUN)
		run_leave(&(struct ffa_regs){ .x = { FFA_MSG_WAIT } }, SP_WAIT); /* what FFA_RUN returns */
	else
		run_leave(NULL, SP_WAIT);
}

static void response(struct ffa_caller *caller, struct ffa_regs *r)
{
	struct sp_ctx *c = ctx_of(caller);
	struct ffa_direct answer;
	struct ffa_regs out;
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
	ffa_direct_copy(r, &out);
	run_leave(&out, SP_WAIT);
}

#define ROW(id, min, conv, fn) [FFA_ROW_INDEX(id)] = { #id, min, conv, FFA_FROM_SP, fn, 0 }

static const struct ffa_row rows[FFA_ROWS] = {
	ROW(FFA_VERSION, FFA_VERSION_1_0, FFA_CONV_32, version),
	ROW(FFA_FEATURES, FFA_VERSION_1_0, FFA_CONV_32, features),
	ROW(FFA_ID_GET, FFA_VERSION_1_0, FFA_CONV_32, id_get),
	ROW(FFA_SPM_ID_GET, FFA_VERSION_1_1, FFA_CONV_32, spm_id_get),
	ROW(FFA_PARTITION_INFO_GET_REGS, FFA_VERSION_1_2, FFA_CONV_64, info_regs),
	ROW(FFA_CONSOLE_LOG_32, FFA_VERSION_1_0, FFA_CONV_BOTH, console_log),
	ROW(FFA_MSG_WAIT, FFA_VERSION_1_0, FFA_CONV_32, msg_wait),
	ROW(FFA_MSG_SEND_DIRECT_RESP_32, FFA_VERSION_1_0, FFA_CONV_BOTH, response),
	ROW(FFA_MSG_SEND_DIRECT_RESP2, FFA_VERSION_1_2, FFA_CONV_64, response),
};

/* An answer of FFA_REGS_SHORT registers leaves the others as they are (SMCCC 1.2, 3.1). */
static void put_regs(struct vcpu *v, const struct ffa_regs *r)
{
	memcpy(v->arch.x, r->x, ffa_call_regs((uint32_t)r->x[0]) * sizeof(r->x[0]));
}

void sp_calls_ffa(struct vcpu *v)
{
	struct sp_ctx *c = v->role;
	struct ffa_caller caller = { FFA_FROM_SP, c->sp->manifest.id, &c->sp->version, c };
	struct ffa_regs r;

	memcpy(r.x, v->arch.x, sizeof(r.x));
	ffa_call_dispatch(rows, &caller, &r);
	/* One that gave up the core gets its next message when it is entered. */
	if (run_current() == c)
		put_regs(v, &r);
}

/* --- requests --- */

static int enter_error(const struct sp_ctx *c)
{
	switch (sp_context_state(&c->state)) {
	case SP_ABORTED:
		return FFA_ABORTED;
	case SP_RESET:
		return FFA_DENIED;
	case SP_IDLE:
	case SP_RUNNING:
	case SP_BLOCKED:
	case SP_PREEMPTED:
	case SP_CHAIN_PREEMPTED:
		break;
	}
	return FFA_BUSY;
}

static int request(struct ffa_caller *caller, const struct ffa_regs *r)
{
	struct ffa_direct_end from = { 0, FFA_PARTITION_DIRECT_SEND | FFA_PARTITION_DIRECT2_SEND }, to;
	struct ffa_direct req;
	struct ffa_regs message;
	struct sp_ctx *c;
	struct sp *sp;
	int rc = ffa_direct_decode_req(r, caller, spmc_id, &req);

	if (rc)
		return rc;
	sp = sp_find(req.receiver);
	if (!sp)
		return FFA_INVALID_PARAMETERS;
	from.id = req.sender;
	to = (struct ffa_direct_end){ req.receiver, sp->properties };
	rc = ffa_direct_may(&req, &from, &to);
	if (rc)
		return rc;
	c = sp_ctx_here(sp);
	if (sp_context_enter(&c->state, SP_MODEL_REQUEST) != OK)
		return enter_error(c);
	c->request = req;
	ffa_direct_copy(r, &message);
	put_regs(c->v, &message);
	run_enter(c);
	return OK;
}

void sp_calls_request(struct ffa_caller *caller, struct ffa_regs *r)
{
	int rc = request(caller, r);

	if (rc)
		ffa_call_error(r, rc);
}

void sp_calls_abort(struct vcpu *v)
{
	struct sp_ctx *c = v->role;

	/* Its other contexts find out when they next leave their cores, or are entered. */
	for (unsigned int i = 0; i < c->sp->manifest.ctx_count; i++)
		if (&c->sp->ctx[i] != c)
			(void)sp_context_abort(&c->sp->ctx[i].state);
	if (run_current() == c)
		run_leave(NULL, SP_ABORT);
}

/* --- preemption by the normal world (FF-A 1.2, 8.3: the action "signalled"; the others are not there yet) --- */

void sp_calls_preempt(struct vcpu *v)
{
	struct sp_ctx *c = v->role;
	struct ffa_regs answer;

	/* Not while an SP boots: the normal world does not run yet, or not on this core. */
	if (c->state.model == SP_MODEL_INIT)
		return;
	ffa_call_interrupt(&answer, c->sp->manifest.id, v->index, 0);
	run_leave(&answer, SP_PREEMPT);
}

/* w1: endpoint and vCPU. The context, or NULL. */
static struct sp_ctx *find_ctx(uint32_t w1)
{
	struct sp *sp = sp_find((uint16_t)FFA_SENDER(w1));
	unsigned int vcpu = FFA_RECEIVER(w1);

	return sp && vcpu < sp->manifest.ctx_count ? &sp->ctx[vcpu] : NULL;
}

void sp_calls_run(struct ffa_caller *caller UNUSED, struct ffa_regs *r)
{
	struct sp_ctx *c = find_ctx((uint32_t)r->x[1]);

	if (!c) {
		ffa_call_error(r, FFA_INVALID_PARAMETERS);
		return;
	}
	if (c->sp->manifest.ctx_count > 1 && c != sp_ctx_here(c->sp)) {
		ffa_call_error(r, FFA_INVALID_PARAMETERS); /* pinned to another core */
		return;
	}
	if (sp_context_move(&c->state, SP_RESUME) == OK) {
		run_enter(c); /* where it was interrupted: its registers are its own */
		return;
	}
	if (sp_context_state(&c->state) == SP_IDLE && sp_context_enter(&c->state, SP_MODEL_RUN) == OK) {
		put_regs(c->v, &(struct ffa_regs){ .x = { FFA_RUN, (uint32_t)r->x[1] } });
		run_enter(c);
		return;
	}
	ffa_call_error(r, enter_error(c));
}
