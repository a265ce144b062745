/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Secure Partitions: what was loaded and accepted, from manifests and packages to partitions that can run. State
 * owned: all of them, and the SPMC's manifest; built once by sp_init(), only read afterwards but for what is in struct
 * sp_ctx. No lock: a context belongs to the core that moved it to RUNNING (sp_context.h).
 */
#ifndef ROLE_SPMC_SP_H
#define ROLE_SPMC_SP_H

#include "core/hw.h"
#include "core/s2.h"
#include "ffa/call.h"
#include "ffa/direct.h"
#include "ffa/partinfo.h"
#include "ffa/version.h"
#include "lib/types.h"
#include "role/spmc/console.h"
#include "role/spmc/mail.h"
#include "role/spmc/manifest.h"
#include "role/spmc/sp_context.h"
#include "role/spmc/virq.h"

struct sp;
struct vcpu;

/* An execution context: a vCPU of the partition, and what it is doing. */
struct sp_ctx {
	struct sp_context state;
	struct sp *sp;
	struct vcpu *v;
	uint16_t index; /* MP: the core that it is bound to */

	/* Its place in a call chain: chain.h. */
	struct sp_ctx *caller, *callee;
	uint8_t ns_action;	   /* enum sp_ns_action, with what it inherits */
	bool s_queued;		   /* secure interrupts of others wait until it is done */
	bool held;		   /* interrupts of the normal world are held back until it leaves: managed exit */
	bool pinned;		   /* preempted: it, or what it waits for, can go on at `core` only */
	uint8_t asides;		   /* times that it was set aside in this turn: run_irq.c */
	uint32_t core;		   /* where it runs, or did last; atomic */
	struct ffa_direct request; /* while it runs for one: what it has to answer */

	struct virq virq;
	struct console_line line;
};

struct sp {
	struct sp_manifest manifest;
	struct partition *p;
	struct s2 ns; /* its non-secure IPA space; all zero: empty (sp_stage2.h) */
	struct ffa_version version;
	uint32_t properties;
	unsigned int index; /* in boot order */
	uint64_t entry;	    /* of contexts other than the first: FFA_SECONDARY_EP_REGISTER, or the manifest's */
	struct mail_end mail;
	struct sp_ctx *ctx; /* manifest.ctx_count of them */
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

/* The context that serves a call on this core: the only one (UP), or this core's own (MP); NULL: it has none. */
struct sp_ctx *sp_ctx_here(struct sp *sp);

/* The first registers of what c's call returns, or of its message: as many as an answer of that kind has. */
void sp_ctx_put_regs(struct sp_ctx *c, const struct ffa_regs *r);

/* For PARTITION_INFO_GET and _GET_REGS. */
const struct ffa_partinfo_list *sp_partinfo(void);

#endif
