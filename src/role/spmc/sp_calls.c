/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls of Secure Partitions; see sp_calls.h. No state. */
#include "role/spmc/sp_calls.h"

#include "core/partition.h"
#include "core/vcpu.h"
#include "ffa/features.h"
#include "lib/checked.h"
#include "role/spmc/common.h"
#include "role/spmc/msg.h"
#include "role/spmc/run.h"
#include "role/spmc/sp.h"

static struct sp_ctx *ctx_of(const struct ffa_caller *caller)
{
	return caller->role;
}

/* --- what is there --- */

static const struct ffa_row rows[];

static void features(struct ffa_caller *caller, struct ffa_regs *r)
{
	static const struct ffa_feature feature[] = {
		{ FFA_FEATURE_NPI, FFA_VERSION_1_1, FFA_FROM_SP, HF_INTID_NPI },
		{ FFA_FEATURE_MEI, FFA_VERSION_1_1, FFA_FROM_SP, HF_INTID_MANAGED_EXIT },
	};
	static const struct ffa_features ours = {
		.rows = rows,
		.feature = feature,
		.nr_features = 2,
		.rxtx_max_pages = MAIL_PAGES_MAX,
	};

	ffa_features_answer(&ours, caller, r);
}

static void console_log(struct ffa_caller *caller, struct ffa_regs *r)
{
	struct sp_ctx *c = ctx_of(caller);

	console_call(&c->line, c->sp->p->name, ffa_version_get(caller->version), r);
}

/* Where the other contexts of an MP SP start: inside the SP, and before they do (FF-A 1.2, 18.2.1). */
static void secondary_entry(struct ffa_caller *caller, struct ffa_regs *r)
{
	struct sp_ctx *c = ctx_of(caller);
	const struct sp_manifest *m = &c->sp->manifest;

	if (c->state.model != SP_MODEL_INIT || c->index) {
		ffa_call_error(r, FFA_DENIED);
		return;
	}
	if (r->x[1] % 4 || !range_within(r->x[1] - m->load_address, 4, m->mem_size)) {
		ffa_call_error(r, FFA_INVALID_PARAMETERS);
		return;
	}
	c->sp->entry = r->x[1];
	ffa_call_success(r, 0, 0);
}

#define ROW(id, min, conv, fn) [FFA_ROW_INDEX(id)] = { min, conv, FFA_FROM_SP, fn, 0 }

static const struct ffa_row rows[FFA_ROWS] = {
	ROW(FFA_VERSION, FFA_VERSION_1_0, FFA_CONV_32, common_version),
	ROW(FFA_FEATURES, FFA_VERSION_1_0, FFA_CONV_32, features),
	ROW(FFA_ID_GET, FFA_VERSION_1_0, FFA_CONV_32, common_id_get),
	ROW(FFA_SPM_ID_GET, FFA_VERSION_1_1, FFA_CONV_32, common_spm_id_get),
	ROW(FFA_PARTITION_INFO_GET_REGS, FFA_VERSION_1_2, FFA_CONV_64, common_info_regs),
	ROW(FFA_PARTITION_INFO_GET, FFA_VERSION_1_0, FFA_CONV_32, mail_partition_info),
	ROW(FFA_RXTX_MAP_32, FFA_VERSION_1_0, FFA_CONV_BOTH, mail_rxtx_map),
	ROW(FFA_RXTX_UNMAP, FFA_VERSION_1_0, FFA_CONV_32, mail_rxtx_unmap),
	ROW(FFA_RX_RELEASE, FFA_VERSION_1_0, FFA_CONV_32, mail_rx_release),
	ROW(FFA_MSG_SEND2, FFA_VERSION_1_1, FFA_CONV_32, mail_send2),
	ROW(FFA_CONSOLE_LOG_32, FFA_VERSION_1_0, FFA_CONV_BOTH, console_log),
	ROW(FFA_MSG_WAIT, FFA_VERSION_1_0, FFA_CONV_32, msg_wait),
	ROW(FFA_YIELD, FFA_VERSION_1_0, FFA_CONV_32, msg_yield),
	ROW(FFA_RUN, FFA_VERSION_1_0, FFA_CONV_32, msg_run),
	ROW(FFA_MSG_SEND_DIRECT_REQ_32, FFA_VERSION_1_0, FFA_CONV_BOTH, msg_request),
	ROW(FFA_MSG_SEND_DIRECT_RESP_32, FFA_VERSION_1_0, FFA_CONV_BOTH, msg_response),
	ROW(FFA_MSG_SEND_DIRECT_REQ2, FFA_VERSION_1_2, FFA_CONV_64, msg_request),
	ROW(FFA_MSG_SEND_DIRECT_RESP2, FFA_VERSION_1_2, FFA_CONV_64, msg_response),
	ROW(FFA_SECONDARY_EP_REGISTER, FFA_VERSION_1_1, FFA_CONV_64, secondary_entry),
};

void sp_calls_ffa(struct vcpu *v)
{
	struct sp_ctx *c = v->role;
	struct ffa_caller caller = { FFA_FROM_SP, c->sp->manifest.id, &c->sp->version, c };

	/* In place. One that gives up the core gets its next message, or its answer, when it is entered. */
	ffa_call_dispatch(rows, &caller, (struct ffa_regs *)(void *)v->arch.x);
}
