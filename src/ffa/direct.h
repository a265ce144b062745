/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Direct messages: what the registers of a request or a response may say, before anybody acts on them. Whether the
 * endpoints exist, and in which state they are, is the role's affair. Pure. FF-A 1.2, 15 (messages), 18.2 (framework).
 */
#ifndef FFA_DIRECT_H
#define FFA_DIRECT_H

#include "ffa/call.h"

/* Three pairs that go together: a request is answered in its own kind. 32 and 64 may answer each other. */
enum ffa_direct_kind { FFA_DIRECT_REGS8, FFA_DIRECT_REGS18 };

struct ffa_direct {
	_Alignas(8) uint16_t sender; /* of the whole: it is copied in pairs */
	uint16_t receiver;
	enum ffa_direct_kind kind;
	bool is64;
	bool framework;
	uint8_t message;      /* of a framework message */
	struct ffa_uuid uuid; /* of REQ2; else nil */
};

/* What an endpoint says of itself, for ffa_direct_may(). */
struct ffa_direct_end {
	uint16_t id;
	uint32_t properties; /* FFA_PARTITION_* */
};

/*
 * Decode DIRECT_REQ 32, 64 or REQ2 from that caller. INVALID_PARAMETERS: the sender isn't the caller (for the normal
 * world: not an identifier of its own), sender and receiver are the same or of no Secure Partition, reserved bits, or
 * a framework message that the caller may not send: the normal world's hypervisor sends VM created and destroyed,
 * SPMD its own.
 */
int ffa_direct_decode_req(const struct ffa_regs *r, const struct ffa_caller *caller, uint16_t spmc,
			  struct ffa_direct *out) MUST_CHECK;

/*
 * Decode DIRECT_RESP 32, 64 or RESP2 from that caller, who answers the request *req. INVALID_PARAMETERS: from or to
 * somebody else, of another kind, reserved bits, or another framework message than the answer to that one.
 */
int ffa_direct_decode_resp(const struct ffa_regs *r, const struct ffa_caller *caller, const struct ffa_direct *req,
			   struct ffa_direct *out) MUST_CHECK;

/* May they, as their properties go? DENIED: one doesn't send or the other doesn't receive such messages. */
int ffa_direct_may(const struct ffa_direct *req, const struct ffa_direct_end *sender,
		   const struct ffa_direct_end *receiver) MUST_CHECK;

/*
 * Make of it, in place, what the receiver gets: 32-bit ones with the upper halves clear. ffa_call_copy()
 * then copies it.
 */
void ffa_direct_narrow(struct ffa_regs *r);

#endif
