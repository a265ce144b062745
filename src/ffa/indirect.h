/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Indirect messages (FFA_MSG_SEND2): the header at the start of the sender's TX buffer, looked at in our copy of it.
 * Pure. FF-A 1.2, 7.1 and 16.2.
 */
#ifndef FFA_INDIRECT_H
#define FFA_INDIRECT_H

#include "abi/ffa.h"
#include "lib/types.h"

struct ffa_indirect {
	uint16_t sender, receiver;
	uint32_t offset, size; /* of the message in the buffer; inside it */
	uint32_t header;       /* bytes that the header has */
	struct ffa_uuid uuid;  /* 1.2; else nil */
};

/*
 * Decode the header, of which `copied` bytes (at most sizeof(struct ffa_msg_header_1_2)) were copied from a buffer of
 * buf_size bytes. version: the sender's. INVALID_PARAMETERS: reserved fields, the message not wholly behind the header
 * and in the buffer, empty, or to the sender itself. Whether the sender is the caller: ffa_indirect_check().
 */
int ffa_indirect_decode(const void *copy, size_t copied, uint64_t buf_size, uint32_t version,
			struct ffa_indirect *out) MUST_CHECK;

/*
 * MSG_SEND2's registers: w1 has the sender in 31:16, which must be 0 from an SP and is a VM, or 0, from the normal
 * world; w2 only the delay flag, which SPs alone have. INVALID_PARAMETERS: something else, or not the header's sender.
 * caller: the SP's identifier, or FFA_ID_HYPERVISOR.
 */
int ffa_indirect_check(const struct ffa_indirect *m, uint32_t w1, uint32_t w2, uint16_t caller) MUST_CHECK;

#endif
