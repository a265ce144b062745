/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What goes through mailboxes: partition information (FF-A 1.2, 13.8) and indirect messages (16). No state. Locks: none
 * while anything is copied.
 */
#include "ffa/indirect.h"
#include "ffa/version.h"
#include "lib/string.h"
#include "role/spmc/mail_priv.h"
#include "role/spmc/sp.h"

#define INFO_MAX  (MANIFEST_SPS_MAX * MANIFEST_UUIDS_MAX * sizeof(struct ffa_partition_info))
#define PIECE_MAX 1024 /* of a message, on our stack */

/* --- PARTITION_INFO_GET --- */

static int tell(const struct ffa_caller *caller, const struct ffa_uuid *uuid, uint32_t version)
{
	const struct ffa_partinfo_caller asks = { version, caller->from == FFA_FROM_SP };
	uint8_t buf[INFO_MAX] ALIGNED(8);
	const int n = ffa_partinfo_write(sp_partinfo(), uuid, &asks, buf, sizeof(buf));
	struct mail_end *to;
	int rc;

	if (n < 0)
		return n;
	rc = mail_fill(caller->id, (uint64_t)n, &to);
	if (rc)
		return rc;
	rc = mail_write(to, 0, buf, (size_t)n);
	mail_fill_end(to, rc == OK);
	return rc;
}

void mail_partition_info(struct ffa_caller *caller, struct ffa_regs *r)
{
	const uint32_t version = ffa_version_get(caller->version);
	const struct ffa_uuid uuid = ffa_partinfo_uuid(r);
	unsigned int count;
	bool count_only;
	int rc = ffa_partinfo_check(sp_partinfo(), r, version, &count, &count_only);

	if (rc == OK && !count_only)
		rc = tell(caller, &uuid, version);
	if (rc)
		ffa_call_error(r, rc);
	else /* 1.0 knows the size */
		ffa_call_success(r, count, count_only || version < FFA_VERSION_1_1 ? 0 : ffa_partinfo_size(version));
}

/* --- MSG_SEND2 --- */

static uint32_t header_size(uint32_t version)
{
	return version >= FFA_VERSION_1_2 ? sizeof(struct ffa_msg_header_1_2) : sizeof(struct ffa_msg_header);
}

/*
 * The version in which the receiver has its header. INVALID_PARAMETERS: there is no such endpoint behind us (what the
 * normal world sends to itself its hypervisor delivers). DENIED: it takes no indirect messages.
 */
static int receiver(const struct ffa_caller *caller, uint16_t id, uint32_t *version)
{
	const struct sp *sp;

	if (id & FFA_ID_SECURE) {
		sp = sp_find(id);
		if (!sp)
			return FFA_INVALID_PARAMETERS;
		*version = ffa_version_get(&sp->version);
		if (!(sp->properties & FFA_PARTITION_INDIRECT))
			return FFA_DENIED;
	} else {
		if (caller->from == FFA_FROM_NS)
			return FFA_INVALID_PARAMETERS;
		*version = mail_ns_version();
	}
	return *version < FFA_VERSION_1_1 ? FFA_DENIED : OK;
}

/*
 * The message, which stays where it was unless the header is longer there; then the header as the receiver knows it:
 * last, so that a receiver which nothing else tells of messages may look for one there.
 */
static int put(const struct mail_end *from, const struct ffa_indirect *m, const struct mail_end *to, uint32_t header,
	       uint32_t offset)
{
	const struct ffa_msg_header_1_2 h = {
		.base = { .offset = offset, .receiver = m->receiver, .sender = m->sender, .size = m->size },
		.uuid = m->uuid
	};
	uint8_t piece[PIECE_MAX] ALIGNED(8);
	int rc = OK;

	for (uint32_t done = 0, n; rc == OK && done < m->size; done += n) {
		n = MIN(m->size - done, PIECE_MAX);
		rc = mail_read(from, m->offset + done, piece, n);
		rc = rc ? rc : mail_write(to, offset + done, piece, n);
	}
	return rc ? rc : mail_write(to, 0, &h, header);
}

/* from: the sender's TX buffer is ours. */
static int deliver(const struct ffa_caller *caller, const struct ffa_regs *r, const struct mail_end *from)
{
	const uint32_t w1 = (uint32_t)r->x[1], w2 = (uint32_t)r->x[2];
	uint8_t copy[sizeof(struct ffa_msg_header_1_2)];
	struct ffa_indirect m;
	struct mail_end *to;
	uint32_t version, header, offset;
	int rc = mail_read(from, 0, copy, sizeof(copy));

	rc = rc ? rc
		: ffa_indirect_decode(copy, sizeof(copy), mailbox_size(&from->box), ffa_version_get(caller->version),
				      &m);
	rc = rc ? rc : ffa_indirect_check(&m, w1, w2, caller->id);
	rc = rc ? rc : receiver(caller, m.receiver, &version);
	if (rc)
		return rc;
	header = header_size(version);
	offset = MAX(m.offset, header);
	rc = mail_fill(m.receiver, (uint64_t)offset + m.size, &to);
	if (rc)
		return rc;
	rc = put(from, &m, to, header, offset);
	mail_fill_end(to, rc == OK);
	return rc;
}

static int send2(const struct ffa_caller *caller, const struct ffa_regs *r)
{
	const struct sp *sp = caller->from == FFA_FROM_SP ? ((const struct sp_ctx *)caller->role)->sp : NULL;
	struct mail_end *from;
	uint16_t id;
	int rc = mail_whose(caller, FFA_SENDER((uint32_t)r->x[1]), &id);

	if (rc)
		return rc;
	if (sp && !(sp->properties & FFA_PARTITION_INDIRECT))
		return FFA_DENIED;
	rc = mail_tx_begin(id, &from);
	if (rc)
		return rc;
	rc = deliver(caller, r, from);
	mail_tx_end(from);
	return rc;
}

void mail_send2(struct ffa_caller *caller, struct ffa_regs *r)
{
	ffa_call_result(r, send2(caller, r));
}
