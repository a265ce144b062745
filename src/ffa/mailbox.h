/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A mailbox: an endpoint's TX and RX buffers, and whose turn it is. One for each SP, for the normal world's
 * hypervisor or OS, and for each of its VMs. The state only: memory is reached by the role's callbacks. FF-A 1.2, 7.2
 * and 13.4 to 13.7.
 *
 *   state     | map   | unmap    | fill    | commit | cancel | release | acquire
 *   ----------+-------+----------+---------+--------+--------+---------+---------
 *   UNMAPPED  | EMPTY | invalid  | busy    | state  | state  | denied  | denied
 *   EMPTY     | denied| UNMAPPED | FILLING | state  | state  | denied  | ACQUIRED
 *   FILLING   | denied| denied   | busy    | FULL   | EMPTY  | denied  | denied
 *   FULL      | denied| UNMAPPED | busy    | state  | state  | EMPTY   | denied
 *   ACQUIRED  | denied| UNMAPPED | busy    | state  | state  | EMPTY   | denied
 *
 * Who has a message to read may give up the buffers with it: the next kernel after kexec does not know of any message.
 * EMPTY and FILLING: RX is ours, the producer's. FULL: its owner's, to read. ACQUIRED: a VM's RX is the hypervisor's,
 * which writes to it. "state" is a bug of ours, E_STATE. While the endpoint's TX is being read (mailbox_tx_begin) it
 * cannot be unmapped.
 *
 * The caller holds the endpoint's lock around each function; the lock is dropped while the buffer is written (FILLING)
 * or read (tx), which is what these states are for.
 */
#ifndef FFA_MAILBOX_H
#define FFA_MAILBOX_H

#include "abi/ffa.h"
#include "lib/types.h"

enum mailbox_state { MAILBOX_UNMAPPED, MAILBOX_EMPTY, MAILBOX_FILLING, MAILBOX_FULL, MAILBOX_ACQUIRED };
#define MAILBOX_STATES 5

enum mailbox_event {
	MAILBOX_MAP,
	MAILBOX_UNMAP,
	MAILBOX_FILL,	/* we start to write a message */
	MAILBOX_COMMIT, /* and it is complete */
	MAILBOX_CANCEL, /* or it is not */
	MAILBOX_RELEASE,
	MAILBOX_ACQUIRE
};
#define MAILBOX_EVENTS 7

/* What a mailbox needs of memory. */
struct mailbox_ops {
	/*
	 * Make pages of the endpoint's memory reachable for us. write: its RX. OK; INVALID_PARAMETERS: not its own
	 * normal memory with the rights that this needs, or of another world; NO_MEMORY.
	 */
	int (*map)(void *ctx, ipa_t at, uint32_t pages, bool write);
	/* The reverse; cannot fail. */
	void (*unmap)(void *ctx, ipa_t at, uint32_t pages, bool write);
};

struct mailbox {
	const struct mailbox_ops *ops;
	void *ctx; /* for ops: whose it is */
	enum mailbox_state state;
	bool tx_busy;
	ipa_t tx, rx;	/* in the endpoint's own address space */
	uint32_t pages; /* of each */
};

/* The table above: OK with the new state in *next, or the error. Pure. */
int mailbox_next(enum mailbox_state state, enum mailbox_event event, enum mailbox_state *next) MUST_CHECK;

/* Not mapped. */
void mailbox_init(struct mailbox *m, const struct mailbox_ops *ops, void *ctx);

/*
 * RXTX_MAP with the call's addresses and page count (w3 whole: its reserved bits are checked). max_pages: what FEATURES
 * says. DENIED: mapped already. INVALID_PARAMETERS: alignment, count, overlap, wrap-around. Errors of ops->map pass
 * through, with nothing left mapped.
 */
int mailbox_map(struct mailbox *m, ipa_t tx, ipa_t rx, uint32_t w3, uint32_t max_pages) MUST_CHECK;
int mailbox_unmap(struct mailbox *m) MUST_CHECK;
/* The endpoint is gone: unmapped, whatever was going on. Nobody writes or reads the buffers any more. */
void mailbox_destroy(struct mailbox *m);

/* Write a message of size bytes: fill, write, commit. BUSY: not mapped or not empty; NO_MEMORY: larger than RX. */
int mailbox_fill(struct mailbox *m, uint64_t size) MUST_CHECK;
void mailbox_commit(struct mailbox *m);
void mailbox_cancel(struct mailbox *m);

/* RX_RELEASE, and MSG_WAIT without its retain flag (which takes DENIED for: there was nothing to release). */
int mailbox_release(struct mailbox *m) MUST_CHECK;
/* RX_ACQUIRE, of the hypervisor for a VM. */
int mailbox_acquire(struct mailbox *m) MUST_CHECK;

/* The endpoint's TX is read from here to mailbox_tx_end(). BUSY: by another core already. DENIED: not mapped. */
int mailbox_tx_begin(struct mailbox *m) MUST_CHECK;
void mailbox_tx_end(struct mailbox *m);

/* Bytes of each buffer; 0: not mapped. */
uint64_t mailbox_size(const struct mailbox *m);

#endif
