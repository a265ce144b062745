/* SPDX-License-Identifier: BSD-3-Clause */
/* Physical interrupts taken at EL2; see irq.h. */
#include "core/irq.h"

#include "core/log.h"
#include "core/percpu.h"
#include "plat/plat.h"

static struct {
	irq_fn fn;
	void *arg;
} handler[IRQ_MAX];

int irq_register(uint32_t intid, irq_fn fn, void *arg)
{
	if (intid >= IRQ_MAX)
		return E_INVAL;
	if (handler[intid].fn)
		return E_EXIST;
	handler[intid].arg = arg;
	handler[intid].fn = fn;
	return OK;
}

/* Nobody's: switch it off, so that it cannot come for ever. */
static enum irq_result unexpected(uint32_t intid)
{
	host_irq_disable(intid);
	log_limited(16, LOG_WARN, "irq: %u came and has no handler: disabled", intid);
	return IRQ_DONE;
}

void irq_dispatch(void)
{
	struct percpu *cpu = this_cpu();
	uint32_t intid = host_irq_ack();
	enum irq_result r;

	if (unlikely(intid >= IRQ_MAX))
		return;
	trace_put(&cpu->trace, trace_who(TRACE_IRQ, 0, 0, cpu->index), intid, 0);
	r = likely(handler[intid].fn) ? handler[intid].fn(intid, handler[intid].arg) : unexpected(intid);
	host_irq_drop(intid);
	if (r == IRQ_DONE)
		host_irq_deactivate(intid);
}
