/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SP1 hello: says so, and answers every direct request with what it was sent, x4 increased by 0x1000. x3 = HELLO_SPIN:
 * only after x5 ticks of the counter; HELLO_FAULT: never, it touches what is not there; HELLO_LOOP: never.
 */
#include "hello.h"
#include "sp.h"

#define ADDED 0x1000

static uint64_t counter(void)
{
	uint64_t t;

	__asm__ volatile("isb\n\tmrs %0, cntpct_el0" : "=r"(t)::"memory");
	return t;
}

static void obey(const struct sp_regs *r)
{
	uint64_t start = counter();

	switch ((uint32_t)r->x[3]) {
	case HELLO_SPIN:
		while (counter() - start < r->x[5])
			;
		break;
	case HELLO_FAULT:
		*(volatile uint32_t *)sp_map(HELLO_NOWHERE, 4096, 0) = 0;
		break;
	case HELLO_LOOP:
		for (;;)
			;
	}
}

static void answer(struct sp_regs *r)
{
	uint32_t id = (uint32_t)r->x[0];

	if (id != FFA_MSG_SEND_DIRECT_REQ_32 && id != FFA_MSG_SEND_DIRECT_REQ_64 && id != FFA_MSG_SEND_DIRECT_REQ2) {
		sp_wait(r);
		return;
	}
	obey(r);
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
