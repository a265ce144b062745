/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an SP is entered for, and the answers; see sp.h. State: what it serves, and for each context its counts, which
 * only that context touches. FF-A 1.2, 8 (runtime models) and 18 (framework messages).
 */
#include "sp.h"

void sp_enter(unsigned int context, uint64_t boot_info);
extern char _start[];

static const struct sp_service *service;
static struct {
	struct sp_counts counts;
	volatile bool must_leave;
	bool open; /* interrupts, while a request is handled */
} of[SP_CONTEXTS];

/* The other contexts of an SP with several enter where the first one says: all at the same place. */
void sp_enter(unsigned int context, uint64_t boot_info)
{
	if (!context) {
		struct sp_regs r = { { FFA_SECONDARY_EP_REGISTER, (uint64_t)_start } };

		/* An SP with one context has no use for it, and is told so. */
		sp_call(&r);
	}
	sp_main(context, boot_info);
}

const struct sp_counts *sp_counts(void)
{
	return &of[sp_context()].counts;
}

/* --- interrupts --- */

bool sp_irq_enable(uint32_t intid, enum sp_pin pin)
{
	return sp_hvc(HF_INTERRUPT_ENABLE, intid, 1, pin) == 0;
}

bool sp_must_leave(void)
{
	return of[sp_context()].must_leave;
}

/* Also from the vectors, interrupts masked. */
void sp_irq_poll(void)
{
	unsigned int me = sp_context();
	uint32_t intid;

	while ((intid = (uint32_t)sp_hvc(HF_INTERRUPT_GET, 0, 0, 0)) != HF_INTERRUPT_NONE) {
		if (intid == HF_INTID_MANAGED_EXIT) {
			of[me].counts.managed_exits++;
			of[me].must_leave = true;
			continue;
		}
		if (service && service->interrupt)
			service->interrupt(intid);
		sp_hvc(HF_INTERRUPT_DEACTIVATE, intid, intid, 0);
	}
}

/* --- messages --- */

static void count_framework(struct sp_counts *c, uint32_t w2)
{
	switch (w2 & FFA_DIRECT_FRAMEWORK_MASK) {
	case FFA_FRAMEWORK_PSCI_REQ:
		c->cpu_off++;
		break;
	case FFA_FRAMEWORK_VM_CREATED_REQ:
		c->vm_created++;
		break;
	case FFA_FRAMEWORK_VM_DESTROYED_REQ:
		c->vm_destroyed++;
		break;
	}
}

static void do_request(unsigned int me, struct sp_regs *r)
{
	bool framework = (uint32_t)r->x[0] == FFA_MSG_SEND_DIRECT_REQ_32 && (r->x[2] & FFA_DIRECT_FRAMEWORK);

	if (framework)
		count_framework(&of[me].counts, (uint32_t)r->x[2]);
	else if (service->request)
		service->request(r);
	of[me].counts.requests += !framework;
	sp_make_response(r);
}

/* What r has brought is done; r is then the call with which the context gives the core back. */
static void handle(unsigned int me, struct sp_regs *r)
{
	switch ((uint32_t)r->x[0]) {
	case FFA_MSG_SEND_DIRECT_REQ_32:
	case FFA_MSG_SEND_DIRECT_REQ_64:
	case FFA_MSG_SEND_DIRECT_REQ2:
		do_request(me, r);
		return;
	case FFA_INTERRUPT:
		of[me].counts.interrupt_entries++;
		sp_irq_mask();
		sp_irq_poll();
		break;
	case FFA_RUN:
		of[me].counts.runs++;
		break;
	case FFA_ERROR:
		sp_panic("libsp: a call that gives the core back was refused\n");
	}
	/* That gives the RX buffer back. FFA_MSG_WAIT must not: a message that has come since would be lost. */
	sp_receive(service->message);
	*r = (struct sp_regs){ { FFA_MSG_WAIT, 0, FFA_MSG_WAIT_RETAIN_RX } };
}

void sp_serve(const struct sp_service *s)
{
	unsigned int me = sp_context();
	struct sp_regs r = { { FFA_MSG_WAIT } };

	service = s;
	of[me].open = s->interrupt;
	for (;;) {
		/*
		 * Masked, so that a managed exit meant for this request is not taken for one of the next. The SPMC
		 * withdraws it with the answer; another interrupt enters us again.
		 */
		if (of[me].open) {
			sp_irq_mask();
			of[me].must_leave = false;
			sp_call(&r);
			sp_irq_unmask();
		} else {
			sp_call(&r);
		}
		handle(me, &r);
	}
}
