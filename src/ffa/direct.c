/* SPDX-License-Identifier: BSD-3-Clause */
/* Direct messages; see direct.h. Pure. */
#include "ffa/direct.h"

/* Framework requests: who may send them to us for an SP, and what answers them. */
static const struct framework {
	uint8_t req, resp, from;
} frameworks[] = {
	{ FFA_FRAMEWORK_PSCI_REQ, FFA_FRAMEWORK_PSCI_RESP, FFA_FROM_SPMD },
	{ FFA_FRAMEWORK_PSCI_BOOT_REQ, FFA_FRAMEWORK_PSCI_RESP, FFA_FROM_SPMD },
	{ FFA_FRAMEWORK_VM_CREATED_REQ, FFA_FRAMEWORK_VM_CREATED_RESP, FFA_FROM_NS },
	{ FFA_FRAMEWORK_VM_DESTROYED_REQ, FFA_FRAMEWORK_VM_DESTROYED_RESP, FFA_FROM_NS },
	{ FFA_FRAMEWORK_VERSION_REQ, FFA_FRAMEWORK_VERSION_RESP, FFA_FROM_SPMD },
};

static const struct framework *find_framework(uint8_t req)
{
	for (size_t i = 0; i < ARRAY_SIZE(frameworks); i++) {
		if (frameworks[i].req == req)
			return &frameworks[i];
	}
	return NULL;
}

static bool is_secure(uint16_t id)
{
	return id & FFA_ID_SECURE;
}

/* What only REQ2 and RESP2 have. */
static int decode_long(const struct ffa_regs *r, struct ffa_direct *out)
{
	out->kind = FFA_DIRECT_REGS18;
	if (r->x[0] == FFA_MSG_SEND_DIRECT_REQ2)
		out->uuid = (struct ffa_uuid){ { (uint32_t)r->x[2], (uint32_t)(r->x[2] >> 32), (uint32_t)r->x[3],
						 (uint32_t)(r->x[3] >> 32) } };
	else if (r->x[2] || r->x[3])
		return FFA_INVALID_PARAMETERS;
	return OK;
}

/* What requests and responses have in common. */
static inline int decode(const struct ffa_regs *r, struct ffa_direct *out)
{
	const uint32_t id = (uint32_t)r->x[0], w1 = (uint32_t)r->x[1];
	uint32_t w2 = (uint32_t)r->x[2];

	*out = (struct ffa_direct){
		.sender = (uint16_t)FFA_SENDER(w1),
		.receiver = (uint16_t)FFA_RECEIVER(w1),
		.is64 = id & FFA_ID_IS_64,
	};
	if (unlikely(ffa_call_is_long(id)))
		return decode_long(r, out);
	if (likely(!w2))
		return OK;
	out->framework = w2 & FFA_DIRECT_FRAMEWORK;
	out->message = (uint8_t)(w2 & FFA_DIRECT_FRAMEWORK_MASK);
	if (out->framework)
		w2 &= ~(uint32_t)(FFA_DIRECT_FRAMEWORK | FFA_DIRECT_FRAMEWORK_MASK);
	return w2 ? FFA_INVALID_PARAMETERS : OK;
}

/* Is it the caller who speaks? */
static bool sender_is(uint16_t sender, const struct ffa_caller *caller)
{
	return caller->from == FFA_FROM_NS ? !is_secure(sender) : sender == caller->id;
}

static int check_framework(const struct ffa_direct *d, const struct ffa_caller *caller)
{
	const struct framework *f = find_framework(d->message);

	if (!f || !(f->from & caller->from))
		return FFA_INVALID_PARAMETERS;
	return caller->from == FFA_FROM_NS && d->sender != FFA_ID_HYPERVISOR ? FFA_INVALID_PARAMETERS : OK;
}

int ffa_direct_decode_req(const struct ffa_regs *r, const struct ffa_caller *caller, uint16_t spmc,
			  struct ffa_direct *out)
{
	const int error = decode(r, out);

	if (error)
		return error;
	if (!sender_is(out->sender, caller) || out->sender == out->receiver)
		return FFA_INVALID_PARAMETERS;
	/* SPMD speaks to the SPMC itself, in framework messages only. */
	if (caller->from == FFA_FROM_SPMD)
		return out->framework && out->receiver == spmc ? check_framework(out, caller) : FFA_INVALID_PARAMETERS;
	if (!is_secure(out->receiver) || out->receiver == spmc || out->receiver == FFA_ID_SPMD)
		return FFA_INVALID_PARAMETERS;
	return out->framework ? check_framework(out, caller) : OK;
}

int ffa_direct_decode_resp(const struct ffa_regs *r, const struct ffa_caller *caller, const struct ffa_direct *req,
			   struct ffa_direct *out)
{
	const int error = decode(r, out);
	const struct framework *f;

	if (error)
		return error;
	if (out->sender != caller->id || out->sender != req->receiver || out->receiver != req->sender ||
	    out->kind != req->kind || out->framework != req->framework)
		return FFA_INVALID_PARAMETERS;
	if (!req->framework)
		return OK;
	f = find_framework(req->message);
	return f && out->message == f->resp ? OK : FFA_INVALID_PARAMETERS;
}

int ffa_direct_may(const struct ffa_direct *req, const struct ffa_direct_end *sender,
		   const struct ffa_direct_end *receiver)
{
	const bool is2 = req->kind == FFA_DIRECT_REGS18;
	uint32_t receives = is2 ? FFA_PARTITION_DIRECT2_RECV : FFA_PARTITION_DIRECT_RECV;
	const uint32_t sends = is2 ? FFA_PARTITION_DIRECT2_SEND : FFA_PARTITION_DIRECT_SEND;

	/* The framework's own come to whoever subscribed to them. */
	if (req->framework && req->message == FFA_FRAMEWORK_VM_CREATED_REQ)
		receives = FFA_PARTITION_VM_CREATED;
	else if (req->framework && req->message == FFA_FRAMEWORK_VM_DESTROYED_REQ)
		receives = FFA_PARTITION_VM_DESTROYED;
	if (!req->framework && !(sender->properties & sends))
		return FFA_DENIED;
	return receiver->properties & receives ? OK : FFA_DENIED;
}

void ffa_direct_narrow(struct ffa_regs *r)
{
	uint64_t *x = r->x;

	x[0] = (uint32_t)x[0];
	x[1] = (uint32_t)x[1];
	if (x[0] & FFA_ID_IS_64)
		return;
	for (unsigned int i = 2; i < FFA_REGS_SHORT; i++)
		x[i] = (uint32_t)x[i];
}
