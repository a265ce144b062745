/* SPDX-License-Identifier: BSD-3-Clause */
/* Indirect messages; see indirect.h. Pure. */
#include "ffa/indirect.h"

#include "lib/checked.h"
#include "lib/string.h"

/*
 * Which header it is, copied to h. There are senders (Linux 6.12) that negotiate 1.2 and write the header of 1.1: their
 * message starts where the UUID would be. The word before the UUID is left as it was by them, so nobody looks at it.
 */
static size_t take_header(const void *copy, size_t copied, uint32_t version, struct ffa_msg_header_1_2 *h)
{
	if (copied < sizeof(h->base))
		return 0;
	memcpy(&h->base, copy, sizeof(h->base));
	if (version < FFA_VERSION_1_2 || h->base.offset < sizeof(*h))
		return sizeof(h->base);
	if (copied < sizeof(*h))
		return 0;
	memcpy(h, copy, sizeof(*h));
	return sizeof(*h);
}

int ffa_indirect_decode(const void *copy, size_t copied, uint64_t buf_size, uint32_t version, struct ffa_indirect *out)
{
	struct ffa_msg_header_1_2 h = { .reserved = 0 };
	const size_t size = take_header(copy, copied, version, &h);

	if (!size || buf_size < size)
		return FFA_INVALID_PARAMETERS;
	if (h.base.flags || h.base.reserved || h.base.sender == h.base.receiver)
		return FFA_INVALID_PARAMETERS;
	if (h.base.offset < size || !h.base.size || !range_within(h.base.offset, h.base.size, buf_size))
		return FFA_INVALID_PARAMETERS;
	*out = (struct ffa_indirect){ .sender = h.base.sender,
				      .receiver = h.base.receiver,
				      .offset = h.base.offset,
				      .size = h.base.size,
				      .header = (uint32_t)size,
				      .uuid = h.uuid };
	return OK;
}

int ffa_indirect_check(const struct ffa_indirect *m, uint32_t w1, uint32_t w2, uint16_t caller)
{
	const uint32_t sender = FFA_SENDER(w1);
	const bool is_sp = caller & FFA_ID_SECURE;

	if (FFA_RECEIVER(w1) || (w2 & ~(is_sp ? (uint32_t)FFA_MSG_SEND2_DELAY_SRI : 0)))
		return FFA_INVALID_PARAMETERS;
	if (is_sp)
		return !sender && m->sender == caller ? OK : FFA_INVALID_PARAMETERS;
	return !(sender & FFA_ID_SECURE) && m->sender == sender ? OK : FFA_INVALID_PARAMETERS;
}
