/* SPDX-License-Identifier: BSD-3-Clause */
/* FF-A calls of an SP; see sp.h. No state. */
#include "sp.h"

void sp_fault(uint64_t esr, uint64_t elr, uint64_t far);

void sp_wait(struct sp_regs *r)
{
	*r = (struct sp_regs){ { FFA_MSG_WAIT } };
	sp_call(r);
}

void sp_make_response(struct sp_regs *r)
{
	uint32_t ends = (uint32_t)r->x[1];

	switch ((uint32_t)r->x[0]) {
	case FFA_MSG_SEND_DIRECT_REQ_32:
		r->x[0] = FFA_MSG_SEND_DIRECT_RESP_32;
		r->x[2] = 0;
		break;
	case FFA_MSG_SEND_DIRECT_REQ_64:
		r->x[0] = FFA_MSG_SEND_DIRECT_RESP_64;
		r->x[2] = 0;
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
	struct sp_regs r = { { FFA_ID_GET } };

	sp_call(&r);
	return (uint16_t)r.x[2];
}

/* A bug of this SP: say so, and be ended for it (an SP may not do this: the SPMC takes it as a fault). */
void sp_fault(uint64_t esr, uint64_t elr, uint64_t far)
{
	static const char digit[] = "0123456789abcdef";
	uint64_t value[3] = { esr, elr, far };
	char text[] = "fault: ESR 0000000000000000 ELR 0000000000000000 FAR 0000000000000000\n";

	for (unsigned int v = 0; v < 3; v++)
		for (unsigned int i = 0; i < 16; i++)
			text[11 + v * 21 + i] = digit[value[v] >> (60 - 4 * i) & 15];
	sp_log(text);
	*(volatile uint32_t *)0 = 0;
	for (;;)
		;
}
