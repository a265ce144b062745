/* SPDX-License-Identifier: BSD-3-Clause */
/* FF-A calls of an SP; see sp.h. State: its identifier, once it is known. */
#include "sp.h"

void sp_fault(uint64_t esr, uint64_t elr, uint64_t far);

void sp_wait(struct sp_regs *r)
{
	*r = (struct sp_regs){ { FFA_MSG_WAIT } };
	sp_call(r);
}

/* FF-A 1.2, 18.2 and 18.3: the answer's number is one or two above the request's; w3 = 0 is success for all. */
static uint64_t framework_answer(uint32_t request)
{
	switch (request & FFA_DIRECT_FRAMEWORK_MASK) {
	case FFA_FRAMEWORK_VM_CREATED_REQ:
		return FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VM_CREATED_RESP;
	case FFA_FRAMEWORK_VM_DESTROYED_REQ:
		return FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_VM_DESTROYED_RESP;
	default:
		return FFA_DIRECT_FRAMEWORK | FFA_FRAMEWORK_PSCI_RESP;
	}
}

static void answer_short(struct sp_regs *r, uint64_t fid, uint64_t mask)
{
	const bool framework = r->x[2] & FFA_DIRECT_FRAMEWORK;

	if (framework)
		mask = 0;
	r->x[0] = fid;
	r->x[2] = framework ? framework_answer((uint32_t)r->x[2]) : 0;
	r->x[3] &= mask;
	r->x[4] &= mask;
	r->x[5] &= mask;
	r->x[6] &= mask;
	r->x[7] &= mask;
}

void sp_make_response(struct sp_regs *r)
{
	uint32_t ends = (uint32_t)r->x[1];

	switch ((uint32_t)r->x[0]) {
	case FFA_MSG_SEND_DIRECT_REQ_32:
		answer_short(r, FFA_MSG_SEND_DIRECT_RESP_32, UINT32_MAX);
		break;
	case FFA_MSG_SEND_DIRECT_REQ_64:
		answer_short(r, FFA_MSG_SEND_DIRECT_RESP_64, UINT64_MAX);
		break;
	case FFA_MSG_SEND_DIRECT_REQ2:
		r->x[0] = FFA_MSG_SEND_DIRECT_RESP2;
		r->x[2] = 0;
		r->x[3] = 0;
		break;
	default:
		return;
	}
	r->x[1] = FFA_ENDPOINTS(FFA_RECEIVER(ends), FFA_SENDER(ends));
}

void sp_request(uint16_t to, struct sp_regs *r)
{
	r->x[0] = FFA_MSG_SEND_DIRECT_REQ_64;
	r->x[1] = FFA_ENDPOINTS((uint32_t)sp_id(), to);
	r->x[2] = 0;
	for (unsigned int i = 8; i < 18; i++)
		r->x[i] = 0;
	sp_call(r);
}

void sp_log(const char *text)
{
	while (*text) {
		struct sp_regs r = { { FFA_CONSOLE_LOG_32 } };
		unsigned int n;

		for (n = 0; n < FFA_CONSOLE_LOG_32_MAX && text[n]; n++)
			r.x[2 + n / 4] |= (uint64_t)(uint8_t)text[n] << (n % 4 * 8);
		r.x[1] = n;
		sp_call(&r);
		if ((uint32_t)r.x[0] == FFA_ERROR)
			return;
		text += n;
	}
}

uint16_t sp_id(void)
{
	static uint16_t id;
	struct sp_regs r = { { FFA_ID_GET } };

	/* Contexts that ask at the same time get the same answer. */
	if (!id) {
		sp_call(&r);
		id = (uint16_t)r.x[2];
	}
	return id;
}

/* An SP may not do this: the SPMC takes it as a fault. */
static __attribute__((noreturn)) void end(void)
{
	*(volatile uint32_t *)0 = 0;
	for (;;)
		;
}

void sp_panic(const char *text)
{
	sp_log(text);
	end();
}

/* A bug of this SP: say so, and be ended for it. */
void sp_fault(uint64_t esr, uint64_t elr, uint64_t far)
{
	static const char digit[] = "0123456789abcdef";
	uint64_t value[3] = { esr, elr, far };
	char text[] = "fault: ESR 0000000000000000 ELR 0000000000000000 FAR 0000000000000000\n";

	for (unsigned int v = 0; v < 3; v++)
		for (unsigned int i = 0; i < 16; i++)
			text[11 + v * 21 + i] = digit[value[v] >> (60 - 4 * i) & 15];
	sp_panic(text);
}
