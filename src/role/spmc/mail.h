/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mailboxes: the RX and TX buffers of each SP, of the normal world's hypervisor or OS, and of its VMs; partition
 * information and indirect messages, which go through them. FF-A 1.2, 7.2 (buffers), 13.4 to 13.8, 16 (messages).
 *
 * Whose turn a buffer is: ffa/mailbox.h. State owned: the normal world's mailboxes; an SP's stand in struct sp. Lock:
 * LOCK_MAIL, one for all, inside each function; it covers whose turn it is and never a copy. While a buffer is being
 * read or written its mailbox says so, and cannot be unmapped.
 *
 * Buffers are reached by copying only: an SP's through its stage 2 (core/guest_mem.h), those of the normal world by
 * nsmem.h. Nothing is mapped for long, so nothing has to be taken back.
 */
#ifndef ROLE_SPMC_MAIL_H
#define ROLE_SPMC_MAIL_H

#include "ffa/call.h"
#include "ffa/mailbox.h"
#include "lib/types.h"

struct ffa_version;
struct sp;
struct sp_ctx;

#define MAIL_PAGES_MAX 16 /* of a buffer: in w2 of FEATURES for RXTX_MAP from 1.2 on */
#define MAIL_VMS_MAX   16 /* VMs that have a mailbox at a time */

struct mail_end {
	struct mailbox box;
	struct sp *sp; /* NULL: of the normal world */
	uint16_t id;   /* of a VM's place: 0: free */
	bool closed;   /* its SP was aborted: unmapped as soon as no copy is going on, and nothing starts any more */
};

/* Once, on the boot core, before any other call. ns_version: what the normal world has negotiated, now and later. */
void mail_init(const struct ffa_version *ns_version);

/* sp's mailbox is empty, or the one that its manifest describes. E_INVAL with a line: it may not have those. */
int mail_boot(struct sp *sp) MUST_CHECK;
/* sp is aborted: nobody gets anything into or out of its buffers from now on, but for a copy that is going on. */
void mail_abort(struct sp *sp);

/*
 * FFA_MSG_WAIT without its retain flag: its RX buffer is free again. False: there was nothing to be released, which
 * is no error.
 */
bool mail_release_on_wait(struct sp_ctx *c);

/* --- handlers of rows: of the normal world and of SPs alike --- */

/* RXTX_MAP, 32 and 64; from the normal world with w1 to w3 0: for the VM that the descriptor in TX names. */
void mail_rxtx_map(struct ffa_caller *caller, struct ffa_regs *r);
void mail_rxtx_unmap(struct ffa_caller *caller, struct ffa_regs *r);
void mail_rx_release(struct ffa_caller *caller, struct ffa_regs *r);
/* The normal world's only. */
void mail_rx_acquire(struct ffa_caller *caller, struct ffa_regs *r);
void mail_partition_info(struct ffa_caller *caller, struct ffa_regs *r);
/* From 1.1 on. */
void mail_send2(struct ffa_caller *caller, struct ffa_regs *r);

#endif
