/* SPDX-License-Identifier: BSD-3-Clause */
/* SP1 hello: says so, and answers every direct request with what it was sent, x4 increased by 0x1000. */
#include "sp.h"

#define ADDED 0x1000

static void answer(struct sp_regs *r)
{
	uint32_t id = (uint32_t)r->x[0];

	if (id != FFA_MSG_SEND_DIRECT_REQ_32 && id != FFA_MSG_SEND_DIRECT_REQ_64 && id != FFA_MSG_SEND_DIRECT_REQ2) {
		sp_wait(r);
		return;
	}
	r->x[4] += ADDED;
	if (id == FFA_MSG_SEND_DIRECT_REQ_32)
		r->x[4] = (uint32_t)r->x[4];
	sp_make_response(r);
	sp_call(r);
}

void sp_main(unsigned int context, uint64_t boot_info)
{
	struct sp_regs r;

	(void)boot_info;
	if (!context)
		sp_log("hello: Secure Partition at S-EL1\n");
	sp_wait(&r);
	for (;;)
		answer(&r);
}
