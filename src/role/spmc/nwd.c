/* SPDX-License-Identifier: BSD-3-Clause */
/* The normal world and SPMD; see nwd.h. */
#include "role/spmc/nwd.h"

#include "abi/psci.h"
#include "arch/cpu.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/percpu.h"
#include "ffa/features.h"
#include "ffa/version.h"
#include "role/spmc/common.h"
#include "role/spmc/console.h"
#include "role/spmc/mail.h"
#include "role/spmc/msg.h"
#include "role/spmc/run.h"
#include "role/spmc/sp.h"

static struct ffa_version ns_version;

static struct ffa_caller normal_world = { FFA_FROM_NS, FFA_ID_HYPERVISOR, &ns_version, NULL };

void nwd_init(void)
{
	ffa_version_init(&ns_version, FFA_VERSION_1_0);
	mail_init(&ns_version);
}

/* --- what SPMD itself asks, as framework messages --- */

static void answer_spmd(struct ffa_regs *r, uint32_t message, uint32_t w3)
{
	ffa_call_answer(r, FFA_MSG_SEND_DIRECT_RESP_32, FFA_ENDPOINTS((uint32_t)common_spmc_id, FFA_ID_SPMD),
			FFA_DIRECT_FRAMEWORK | message, w3);
}

/*
 * TF-A 2.12 looks at the function of the answer only: PSCI_CPU_OFF fails for any but DIRECT_RESP_32. It must be a
 * response all the same, since another call would leave PSCI's locks taken. SPMD then comes back to us instead of the
 * normal world, with our own answer as the call, and the error to that is what PSCI_CPU_OFF returns.
 */
void nwd_refuse_power_off(struct ffa_regs *r)
{
	ffa_call_answer(r, FFA_MSG_SEND_DIRECT_RESP_64, FFA_ENDPOINTS((uint32_t)common_spmc_id, FFA_ID_SPMD),
			FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_RESP, (uint32_t)PSCI_DENIED);
}

static void power(struct ffa_regs *r)
{
	if ((uint32_t)r->x[3] == PSCI_CPU_OFF && run_power_off() != OK)
		nwd_refuse_power_off(r);
	else
		answer_spmd(r, FFA_FRAMEWORK_PSCI_RESP, PSCI_SUCCESS);
}

static void from_spmd(struct ffa_regs *r)
{
	switch ((uint32_t)r->x[2] & FFA_DIRECT_FRAMEWORK_MASK) {
	case FFA_FRAMEWORK_VERSION_REQ:
		answer_spmd(r, FFA_FRAMEWORK_VERSION_RESP,
			    (uint32_t)ffa_version_negotiate(&ns_version, (uint32_t)r->x[3]));
		break;
	case FFA_FRAMEWORK_PSCI_REQ:
		power(r);
		break;
	case FFA_FRAMEWORK_PSCI_BOOT_REQ:
		answer_spmd(r, FFA_FRAMEWORK_PSCI_RESP, PSCI_SUCCESS);
		break;
	default:
		log_limited(4, LOG_WARN, "SPMD: framework message 0x%llx is not known", (unsigned long long)r->x[2]);
		ffa_call_error(r, FFA_INVALID_PARAMETERS);
		break;
	}
}

/* SPMD does not let the normal world pretend to be secure, so the sender is who it says. */
static bool is_from_spmd(const struct ffa_regs *r)
{
	return (uint32_t)r->x[0] == FFA_MSG_SEND_DIRECT_REQ_32 && FFA_SENDER((uint32_t)r->x[1]) == FFA_ID_SPMD &&
	       ((uint32_t)r->x[2] & FFA_DIRECT_FRAMEWORK);
}

/* --- what the normal world calls --- */

static void features(struct ffa_caller *caller, struct ffa_regs *r)
{
	static const struct ffa_feature feature[] = {
		{ FFA_FEATURE_SRI, FFA_VERSION_1_1, FFA_FROM_NS, HF_INTID_SRI },
	};
	static const struct ffa_features ours = {
		.rows = nwd_rows,
		.feature = feature,
		.nr_features = 1,
		.rxtx_max_pages = MAIL_PAGES_MAX,
	};

	ffa_features_answer(&ours, caller, r);
}

/* Whole lines, of each core its own. */
static void console_log(struct ffa_caller *caller, struct ffa_regs *r)
{
	static struct console_line line[CONFIG_MAX_CPUS];

	console_call(&line[this_cpu()->index], "normal world", ffa_version_get(caller->version), r);
}

#define ROW(id, min, conv, fn) [FFA_ROW_INDEX(id)] = { min, conv, FFA_FROM_NS, fn, 0 }

const struct ffa_row nwd_rows[FFA_ROWS] = {
	ROW(FFA_VERSION, FFA_VERSION_1_0, FFA_CONV_32, common_version),
	ROW(FFA_FEATURES, FFA_VERSION_1_0, FFA_CONV_32, features),
	ROW(FFA_ID_GET, FFA_VERSION_1_0, FFA_CONV_32, common_id_get),
	ROW(FFA_SPM_ID_GET, FFA_VERSION_1_1, FFA_CONV_32, common_spm_id_get),
	ROW(FFA_PARTITION_INFO_GET_REGS, FFA_VERSION_1_2, FFA_CONV_64, common_info_regs),
	ROW(FFA_PARTITION_INFO_GET, FFA_VERSION_1_0, FFA_CONV_32, mail_partition_info),
	ROW(FFA_RXTX_MAP_32, FFA_VERSION_1_0, FFA_CONV_BOTH, mail_rxtx_map),
	ROW(FFA_RXTX_UNMAP, FFA_VERSION_1_0, FFA_CONV_32, mail_rxtx_unmap),
	ROW(FFA_RX_RELEASE, FFA_VERSION_1_0, FFA_CONV_32, mail_rx_release),
	ROW(FFA_RX_ACQUIRE, FFA_VERSION_1_1, FFA_CONV_32, mail_rx_acquire),
	ROW(FFA_MSG_SEND2, FFA_VERSION_1_1, FFA_CONV_32, mail_send2),
	ROW(FFA_CONSOLE_LOG_32, FFA_VERSION_1_0, FFA_CONV_BOTH, console_log),
	ROW(FFA_RUN, FFA_VERSION_1_0, FFA_CONV_32, msg_run),
	ROW(FFA_MSG_SEND_DIRECT_REQ_32, FFA_VERSION_1_0, FFA_CONV_BOTH, msg_request),
	ROW(FFA_MSG_SEND_DIRECT_REQ2, FFA_VERSION_1_2, FFA_CONV_64, msg_request),
};

static void handle(struct ffa_regs *r)
{
	if ((uint32_t)r->x[0] == FFA_INTERRUPT) {
		/* A secure interrupt, taken at EL3 while the normal world ran. */
		irq_dispatch();
		ffa_call_answer(r, FFA_NORMAL_WORLD_RESUME, 0, 0, 0);
		return;
	}
	if (unlikely(is_from_spmd(r)))
		from_spmd(r);
	else
		ffa_call_dispatch(nwd_rows, &normal_world, r);
}

void nwd_exchange(struct ffa_regs *r)
{
	arch_smc(r->x);
	handle(r);
}
