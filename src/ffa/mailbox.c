/* SPDX-License-Identifier: BSD-3-Clause */
/* Mailboxes; see mailbox.h. State in struct mailbox, under its endpoint's lock. */
#include "ffa/mailbox.h"

#include "core/panic.h"
#include "lib/checked.h"

struct step {
	int error;
	enum mailbox_state next;
};

#define TO(s)                                                                                                          \
	{                                                                                                              \
		OK, MAILBOX_##s                                                                                        \
	}
#define NO(e)                                                                                                          \
	{                                                                                                              \
		FFA_##e, MAILBOX_UNMAPPED                                                                              \
	}
#define NEVER                                                                                                          \
	{                                                                                                              \
		E_STATE, MAILBOX_UNMAPPED                                                                              \
	}
#define INVALID NO(INVALID_PARAMETERS)

static const struct step table[MAILBOX_STATES][MAILBOX_EVENTS] = {
	/* map, unmap, fill, commit, cancel, release, acquire */
	[MAILBOX_UNMAPPED] = { TO(EMPTY), INVALID, NO(BUSY), NEVER, NEVER, NO(DENIED), NO(DENIED) },
	[MAILBOX_EMPTY] = { NO(DENIED), TO(UNMAPPED), TO(FILLING), NEVER, NEVER, NO(DENIED), TO(ACQUIRED) },
	[MAILBOX_FILLING] = { NO(DENIED), NO(DENIED), NO(BUSY), TO(FULL), TO(EMPTY), NO(DENIED), NO(DENIED) },
	[MAILBOX_FULL] = { NO(DENIED), TO(UNMAPPED), NO(BUSY), NEVER, NEVER, TO(EMPTY), NO(DENIED) },
	[MAILBOX_ACQUIRED] = { NO(DENIED), TO(UNMAPPED), NO(BUSY), NEVER, NEVER, TO(EMPTY), NO(DENIED) },
};

int mailbox_next(enum mailbox_state state, enum mailbox_event event, enum mailbox_state *next)
{
	const struct step *s = &table[state][event];

	if (s->error == OK)
		*next = s->next;
	return s->error;
}

static int move(struct mailbox *m, enum mailbox_event event)
{
	return mailbox_next(m->state, event, &m->state);
}

void mailbox_init(struct mailbox *m, const struct mailbox_ops *ops, void *ctx)
{
	*m = (struct mailbox){ .state = MAILBOX_UNMAPPED, .ops = ops, .ctx = ctx };
}

static int check_buffers(ipa_t tx, ipa_t rx, uint32_t w3, uint32_t max_pages)
{
	const uint32_t pages = w3 & FFA_RXTX_PAGES_MASK;
	const uint64_t size = pages * PAGE_SIZE;
	uint64_t end;

	if (w3 != pages || !pages || pages > max_pages)
		return FFA_INVALID_PARAMETERS;
	if (!IS_ALIGNED(tx.a, PAGE_SIZE) || !IS_ALIGNED(rx.a, PAGE_SIZE))
		return FFA_INVALID_PARAMETERS;
	if (!checked_add(tx.a, size, &end) || !checked_add(rx.a, size, &end) || range_overlaps(tx.a, size, rx.a, size))
		return FFA_INVALID_PARAMETERS;
	return OK;
}

int mailbox_map(struct mailbox *m, ipa_t tx, ipa_t rx, uint32_t w3, uint32_t max_pages)
{
	enum mailbox_state next;
	int r = mailbox_next(m->state, MAILBOX_MAP, &next);

	if (r == OK)
		r = check_buffers(tx, rx, w3, max_pages);
	if (r == OK)
		r = m->ops->map(m->ctx, tx, w3, false);
	if (r != OK)
		return r;
	r = m->ops->map(m->ctx, rx, w3, true);
	if (r != OK) {
		m->ops->unmap(m->ctx, tx, w3, false);
		return r;
	}
	m->state = next;
	m->tx = tx;
	m->rx = rx;
	m->pages = w3;
	return OK;
}

static void unmap_both(struct mailbox *m)
{
	m->ops->unmap(m->ctx, m->rx, m->pages, true);
	m->ops->unmap(m->ctx, m->tx, m->pages, false);
	mailbox_init(m, m->ops, m->ctx);
}

int mailbox_unmap(struct mailbox *m)
{
	enum mailbox_state next;
	const int r = mailbox_next(m->state, MAILBOX_UNMAP, &next);

	if (r != OK)
		return r;
	if (m->tx_busy)
		return FFA_DENIED;
	unmap_both(m);
	return OK;
}

void mailbox_destroy(struct mailbox *m)
{
	if (m->state != MAILBOX_UNMAPPED)
		unmap_both(m);
}

int mailbox_fill(struct mailbox *m, uint64_t size)
{
	enum mailbox_state next;
	const int r = mailbox_next(m->state, MAILBOX_FILL, &next);

	if (r != OK)
		return r;
	if (size > mailbox_size(m))
		return FFA_NO_MEMORY;
	m->state = next;
	return OK;
}

void mailbox_commit(struct mailbox *m)
{
	CHECK(move(m, MAILBOX_COMMIT) == OK);
}

void mailbox_cancel(struct mailbox *m)
{
	CHECK(move(m, MAILBOX_CANCEL) == OK);
}

int mailbox_release(struct mailbox *m)
{
	return move(m, MAILBOX_RELEASE);
}

int mailbox_acquire(struct mailbox *m)
{
	return move(m, MAILBOX_ACQUIRE);
}

int mailbox_tx_begin(struct mailbox *m)
{
	if (m->state == MAILBOX_UNMAPPED)
		return FFA_DENIED;
	if (m->tx_busy)
		return FFA_BUSY;
	m->tx_busy = true;
	return OK;
}

void mailbox_tx_end(struct mailbox *m)
{
	CHECK(m->tx_busy);
	m->tx_busy = false;
}

uint64_t mailbox_size(const struct mailbox *m)
{
	return m->pages * PAGE_SIZE;
}
