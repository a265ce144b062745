/* SPDX-License-Identifier: BSD-3-Clause */
/* Mailboxes; see mail.h. State owned: those of the normal world, under `lock`, as those in struct sp are. */
#include "role/spmc/mail_priv.h"

#include "core/guest_mem.h"
#include "core/lock.h"
#include "core/log.h"
#include "core/partition.h"
#include "ffa/version.h"
#include "role/spmc/nsmem.h"
#include "role/spmc/sp.h"

static struct spinlock lock = SPINLOCK_INIT(LOCK_MAIL);
static struct mail_end ns_end[1 + MAIL_VMS_MAX]; /* the hypervisor's or OS's, then VMs' */
static const struct ffa_version *ns_version;

/* --- what a mailbox needs of memory --- */

/* Its own normal memory, to read and write: IPA is PA there. Each access looks again (core/guest_mem.h). */
static int map_sp(void *ctx, ipa_t at, uint32_t pages, bool write UNUSED)
{
	const struct mail_end *e = ctx;
	const uint64_t size = pages * PAGE_SIZE;
	uint64_t run;

	for (uint64_t off = 0; off < size; off += run) {
		unsigned int perm;

		if (s2_lookup(&e->sp->p->s2, IPA(at.a + off), NULL, &perm, &run) != OK ||
		    (perm & (S2_RW | S2_DEVICE)) != S2_RW)
			return FFA_INVALID_PARAMETERS;
	}
	return OK;
}

static int map_ns(void *ctx UNUSED, ipa_t at, uint32_t pages, bool write UNUSED)
{
	return nsmem_check(PA(at.a), pages * PAGE_SIZE) == OK ? OK : FFA_INVALID_PARAMETERS;
}

static void unmap(void *ctx UNUSED, ipa_t at UNUSED, uint32_t pages UNUSED, bool write UNUSED)
{
}

static const struct mailbox_ops sp_ops = { map_sp, unmap }, ns_ops = { map_ns, unmap };

void mail_init(const struct ffa_version *version)
{
	ns_version = version;
	for (unsigned int i = 0; i < ARRAY_SIZE(ns_end); i++) {
		ns_end[i] = (struct mail_end){ .sp = NULL };
		mailbox_init(&ns_end[i].box, &ns_ops, &ns_end[i]);
	}
	if (nsmem_init() != OK)
		log_error("mail: no memory to reach the normal world's with");
}

uint32_t mail_ns_version(void)
{
	return ffa_version_get(ns_version);
}

/* --- whose --- */

/* The mailbox of id, or NULL: a VM that has none, or an SP that there is not. Under the lock. */
static struct mail_end *find(uint16_t id)
{
	struct sp *sp;

	if (id == FFA_ID_HYPERVISOR)
		return &ns_end[0];
	if (id & FFA_ID_SECURE) {
		sp = sp_find(id);
		return sp ? &sp->mail : NULL;
	}
	for (unsigned int i = 1; i < ARRAY_SIZE(ns_end); i++)
		if (ns_end[i].id == id)
			return &ns_end[i];
	return NULL;
}

static struct mail_end *find_free(void)
{
	for (unsigned int i = 1; i < ARRAY_SIZE(ns_end); i++)
		if (!ns_end[i].id)
			return &ns_end[i];
	return NULL;
}

int mail_whose(const struct ffa_caller *caller, uint32_t vm, uint16_t *id)
{
	if (caller->from == FFA_FROM_SP ? vm != 0 : (vm & FFA_ID_SECURE) != 0)
		return FFA_INVALID_PARAMETERS;
	*id = vm ? (uint16_t)vm : caller->id;
	return OK;
}

/* An aborted SP's buffers go once nobody copies from or to them. Under the lock. */
static void settle(struct mail_end *e)
{
	if (e->closed && e->box.state != MAILBOX_FILLING && !e->box.tx_busy)
		mailbox_destroy(&e->box);
}

/* --- mapping, and turns --- */

int mail_map(uint16_t id, ipa_t tx, ipa_t rx, uint32_t w3)
{
	struct mail_end *e;
	int rc = FFA_NO_MEMORY;

	spin_lock(&lock);
	e = find(id);
	if (!e && !(id & FFA_ID_SECURE))
		e = find_free();
	if (e)
		rc = e->closed ? FFA_DENIED : mailbox_map(&e->box, tx, rx, w3, MAIL_PAGES_MAX);
	if (rc == OK)
		e->id = id;
	spin_unlock(&lock);
	return rc;
}

void mail_rxtx_map(struct ffa_caller *caller, struct ffa_regs *r)
{
	const uint64_t mask = (uint32_t)r->x[0] == FFA_RXTX_MAP_64 ? UINT64_MAX : UINT32_MAX;
	const uint64_t tx = r->x[1] & mask, rx = r->x[2] & mask;
	const uint32_t w3 = (uint32_t)r->x[3];

	if (caller->from == FFA_FROM_NS && !tx && !rx && !w3)
		ffa_call_result(r, mail_map_vm(caller));
	else
		ffa_call_result(r, mail_map(caller->id, IPA(tx), IPA(rx), w3));
}

/* An event of the mailbox that is meant. */
static int happen(const struct ffa_caller *caller, uint32_t vm, int (*event)(struct mailbox *m))
{
	struct mail_end *e;
	uint16_t id;
	int rc = mail_whose(caller, vm, &id);

	if (rc)
		return rc;
	spin_lock(&lock);
	e = find(id);
	if (!e)
		rc = FFA_INVALID_PARAMETERS;
	else
		rc = e->closed ? FFA_DENIED : event(&e->box);
	/* A VM has a place as long as it has buffers. */
	if (rc == OK && !e->sp && e->box.state == MAILBOX_UNMAPPED)
		e->id = 0;
	spin_unlock(&lock);
	return rc;
}

void mail_rxtx_unmap(struct ffa_caller *caller, struct ffa_regs *r)
{
	const uint32_t w1 = (uint32_t)r->x[1];

	/* The identifier is in 31:16. */
	ffa_call_result(r, w1 & 0xffff ? FFA_INVALID_PARAMETERS : happen(caller, w1 >> 16, mailbox_unmap));
}

void mail_rx_release(struct ffa_caller *caller, struct ffa_regs *r)
{
	const uint32_t w1 = (uint32_t)r->x[1];

	ffa_call_result(r, w1 >> 16 ? FFA_INVALID_PARAMETERS : happen(caller, w1, mailbox_release));
}

void mail_rx_acquire(struct ffa_caller *caller, struct ffa_regs *r)
{
	const uint32_t w1 = (uint32_t)r->x[1];

	/* Of its own RX buffer the hypervisor is the consumer: there is nothing to acquire. */
	ffa_call_result(r, !w1 || w1 >> 16 ? FFA_INVALID_PARAMETERS : happen(caller, w1, mailbox_acquire));
}

bool mail_release_on_wait(struct sp_ctx *c)
{
	int rc;

	spin_lock(&lock);
	rc = mailbox_release(&c->sp->mail.box);
	spin_unlock(&lock);
	return rc == OK;
}

int mail_boot(struct sp *sp)
{
	const struct sp_manifest *m = &sp->manifest;
	struct mail_end *e = &sp->mail;
	int rc = OK;

	spin_lock(&lock);
	*e = (struct mail_end){ .sp = sp, .id = m->id };
	mailbox_init(&e->box, &sp_ops, e);
	if (m->rx >= 0)
		rc = mailbox_map(&e->box, IPA(m->region[m->tx].base), IPA(m->region[m->rx].base),
				 m->region[m->rx].pages, MAIL_PAGES_MAX);
	spin_unlock(&lock);
	if (rc == OK)
		return OK;
	log_error("%s: %s, %s: not both memory that it can read and write, of 1 to %u pages: refused", sp->p->name,
		  m->region[m->rx].node, m->region[m->tx].node, MAIL_PAGES_MAX);
	return E_INVAL;
}

void mail_abort(struct sp *sp)
{
	spin_lock(&lock);
	sp->mail.closed = true;
	settle(&sp->mail);
	spin_unlock(&lock);
}

/* --- copies --- */

int mail_tx_begin(uint16_t id, struct mail_end **end)
{
	struct mail_end *e;
	int rc = FFA_DENIED;

	spin_lock(&lock);
	e = find(id);
	if (e && !e->closed)
		rc = mailbox_tx_begin(&e->box);
	spin_unlock(&lock);
	*end = e;
	return rc;
}

void mail_tx_end(struct mail_end *end)
{
	spin_lock(&lock);
	mailbox_tx_end(&end->box);
	settle(end);
	spin_unlock(&lock);
}

int mail_fill(uint16_t id, uint64_t size, struct mail_end **end)
{
	struct mail_end *e;
	int rc = FFA_INVALID_PARAMETERS;

	spin_lock(&lock);
	e = find(id);
	if (e)
		rc = e->closed ? FFA_DENIED : mailbox_fill(&e->box, size);
	spin_unlock(&lock);
	*end = e;
	return rc;
}

void mail_fill_end(struct mail_end *end, bool done)
{
	spin_lock(&lock);
	if (done)
		mailbox_commit(&end->box);
	else
		mailbox_cancel(&end->box);
	settle(end);
	spin_unlock(&lock);
}

int mail_read(const struct mail_end *end, uint64_t offset, void *dst, size_t n)
{
	const uint64_t at = end->box.tx.a + offset;
	const int rc = end->sp ? guest_mem_read(end->sp->p, IPA(at), dst, n) : nsmem_read(PA(at), dst, n);

	return rc == OK ? OK : FFA_ABORTED;
}

int mail_write(const struct mail_end *end, uint64_t offset, const void *src, size_t n)
{
	const uint64_t at = end->box.rx.a + offset;
	const int rc = end->sp ? guest_mem_write(end->sp->p, IPA(at), src, n) : nsmem_write(PA(at), src, n);

	return rc == OK ? OK : FFA_ABORTED;
}
