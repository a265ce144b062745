/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RXTX_MAP that the normal world's hypervisor forwards for one of its VMs: an endpoint RX/TX descriptor at the start of
 * its TX buffer, and two composites behind it. FF-A 1.2, 13.4. No state. Each part is copied once, and the copy is
 * what is looked at.
 */
#include "ffa/version.h"
#include "lib/checked.h"
#include "role/spmc/mail_priv.h"

/* A buffer of a VM. Those that are scattered are not supported: one range. */
struct buffer {
	struct ffa_composite composite;
	struct ffa_range range;
};
_Static_assert(sizeof(struct buffer) == 32, "a range follows its composite");

static int read_buffer(const struct mail_end *tx, uint32_t offset, struct buffer *b)
{
	int rc;

	if (!IS_ALIGNED(offset, 8) || !range_within(offset, sizeof(*b), mailbox_size(&tx->box)))
		return FFA_INVALID_PARAMETERS;
	rc = mail_read(tx, offset, b, sizeof(*b));
	if (rc)
		return rc;
	if (b->composite.reserved || b->range.reserved || b->composite.count != 1 ||
	    b->composite.pages != b->range.pages)
		return FFA_INVALID_PARAMETERS;
	return OK;
}

static int map(const struct mail_end *own)
{
	struct ffa_rxtx_desc d;
	struct buffer rx, tx;
	int rc = mail_read(own, 0, &d, sizeof(d));

	if (rc)
		return rc;
	if (d.reserved || d.pad || !d.endpoint || (d.endpoint & FFA_ID_SECURE))
		return FFA_INVALID_PARAMETERS;
	rc = read_buffer(own, d.rx_offset, &rx);
	rc = rc ? rc : read_buffer(own, d.tx_offset, &tx);
	if (rc)
		return rc;
	if (rx.range.pages != tx.range.pages)
		return FFA_INVALID_PARAMETERS;
	return mail_map(d.endpoint, IPA(tx.range.address), IPA(rx.range.address), rx.range.pages);
}

int mail_map_vm(const struct ffa_caller *caller)
{
	struct mail_end *own;
	int rc;

	/* 1.0's descriptor is another one, and 1.0 has no messages that would come that way. */
	if (ffa_version_get(caller->version) < FFA_VERSION_1_1)
		return FFA_NOT_SUPPORTED;
	rc = mail_tx_begin(caller->id, &own);
	if (rc)
		return rc == FFA_DENIED ? FFA_INVALID_PARAMETERS : rc; /* no buffer to describe it in */
	rc = map(own);
	mail_tx_end(own);
	return rc;
}
