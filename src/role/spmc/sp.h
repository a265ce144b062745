/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Secure Partitions: what was loaded and accepted, from manifests and packages to partitions that can run. State
 * owned: all of them, and the SPMC's manifest; built once by sp_init(), only read afterwards but for what is in struct
 * sp_ctx. No lock: a context belongs to the core that moved it to RUNNING (sp_context.h).
 */
#ifndef ROLE_SPMC_SP_H
#define ROLE_SPMC_SP_H

#include "core/hw.h"
#include "ffa/call.h"
#include "ffa/direct.h"
#include "ffa/partinfo.h"
#include "ffa/version.h"
#include "lib/types.h"
#include "role/spmc/manifest.h"
#include "role/spmc/sp_context.h"

struct sp;
struct vcpu;

/* An execution context: a vCPU of the partition, and what it is doing. */
struct sp_ctx {
	struct sp_context state;
	struct sp *sp;
	struct vcpu *v;
	struct ffa_direct request; /* while it runs for one: what it has to answer */
	char line[100];		   /* FFA_CONSOLE_LOG: what has come of a line */
	uint8_t line_len;
};

struct sp {
	struct sp_manifest manifest;
	struct partition *p;
	struct ffa_version version;
	uint32_t properties;
	struct sp_ctx ctx[MANIFEST_CTX_MAX];
};

/* Read the SPMC's manifest, once: OK, or E_* with a line in the log. Before there are frames or a heap. */
int sp_read_manifest(void) MUST_CHECK;
const struct spmc_manifest *sp_spmc_manifest(void);

/* Memory of the SPs, which nobody else gets: up to max ranges. After sp_read_manifest(). */
unsigned int sp_kept_ranges(struct hw_range *out, unsigned int max);

/* Load every SP that the manifest names; one that is refused is named in the log, and the others go on. */
void sp_init(void);

/* In boot order. */
unsigned int sp_count(void);
struct sp *sp_at(unsigned int i);
struct sp *sp_find(uint16_t id);

/* The context that serves a call on this core: the only one (UP), or this core's own (MP). */
struct sp_ctx *sp_ctx_here(struct sp *sp);

/* For PARTITION_INFO_GET and _GET_REGS. */
const struct ffa_partinfo_list *sp_partinfo(void);

#endif
