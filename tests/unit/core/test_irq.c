/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite core/irq: which handler runs, in which order drop and deactivation follow, what nobody handles. The interrupt
 * controller is this file's own.
 */
#include "unit.h"

#include "arch/host.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/percpu.h"
#include "plat/plat.h"

enum step { ACK, HANDLE, DROP, DEACTIVATE, DISABLE };

static struct {
	enum step step;
	uint32_t intid;
} did[4096];
static unsigned int nr_did;
static uint32_t pending[64];
static unsigned int nr_pending, next_pending;
static enum irq_result answer;
static void *got_arg;

static void add(enum step s, uint32_t intid)
{
	did[nr_did].step = s;
	did[nr_did++].intid = intid;
}

uint32_t host_irq_ack(void)
{
	uint32_t intid = next_pending < nr_pending ? pending[next_pending++] : HOST_IRQ_NONE;

	if (intid < IRQ_MAX)
		add(ACK, intid);
	return intid;
}

void host_irq_drop(uint32_t intid)
{
	add(DROP, intid);
}

void host_irq_deactivate(uint32_t intid)
{
	add(DEACTIVATE, intid);
}

void host_irq_disable(uint32_t intid)
{
	add(DISABLE, intid);
}

static enum irq_result handler(uint32_t intid, void *arg)
{
	add(HANDLE, intid);
	got_arg = arg;
	return answer;
}

static void come(unsigned int n, const uint32_t *intids)
{
	memmove(pending, intids, n * sizeof(*intids));
	nr_pending = n;
	next_pending = nr_did = 0;
	do
		irq_dispatch(); /* one or more of them at a time: what is still pending interrupts again */
	while (next_pending < nr_pending);
	irq_dispatch();
}

static void expect(unsigned int n, const enum step *steps, uint32_t intid)
{
	assert_int_equal(nr_did, n);
	for (unsigned int i = 0; i < n; i++) {
		assert_int_equal(did[i].step, steps[i]);
		assert_int_equal(did[i].intid, intid);
	}
}

static void test_register(void **state UNUSED)
{
	assert_int_equal(irq_register(IRQ_MAX, handler, NULL), E_INVAL);
	assert_int_equal(irq_register(1023, handler, NULL), E_INVAL);
	assert_int_equal(irq_register(UINT32_MAX, handler, NULL), E_INVAL);
	assert_int_equal(irq_register(IRQ_MAX - 1, handler, NULL), OK);
	assert_int_equal(irq_register(0, handler, &nr_did), OK);
	assert_int_equal(irq_register(33, handler, &answer), OK);
	assert_int_equal(irq_register(33, handler, NULL), E_EXIST);
}

static void test_dispatch(void **state UNUSED)
{
	static const enum step done[] = { ACK, HANDLE, DROP, DEACTIVATE }, forwarded[] = { ACK, HANDLE, DROP };
	const uint32_t spi = 33, sgi = 0, last = IRQ_MAX - 1;

	answer = IRQ_DONE;
	come(1, &spi);
	expect(4, done, 33);
	assert_ptr_equal(got_arg, &answer); /* the second registration has changed nothing */
	come(1, &sgi);
	expect(4, done, 0);
	assert_ptr_equal(got_arg, &nr_did);
	come(1, &last);
	expect(4, done, last);
	/* A guest will deactivate it: not here. */
	answer = IRQ_FORWARDED;
	come(1, &spi);
	expect(3, forwarded, 33);
}

static void test_all_that_is_pending(void **state UNUSED)
{
	static const uint32_t three[] = { 33, 0, 33 };
	unsigned int handled = 0;

	answer = IRQ_DONE;
	come(3, three);
	assert_int_equal(nr_did, 3 * 4);
	for (unsigned int i = 0; i < nr_did; i++)
		if (did[i].step == HANDLE)
			assert_int_equal(did[i].intid, three[handled++]);
	assert_int_equal(handled, 3);
}

/* INTIDs 1020 to 1023 are no interrupts, and are not ended (IHI 0069 2.2.1). */
static void test_special(void **state UNUSED)
{
	for (uint32_t intid = IRQ_MAX; intid < 1030; intid++) {
		come(1, &intid);
		assert_int_equal(nr_did, 0);
	}
	come(0, pending);
	assert_int_equal(nr_did, 0);
}

/* Nobody's: disabled, so that it does not come for ever, ended, and said a bounded number of times. */
static void test_unexpected(void **state UNUSED)
{
	static const enum step steps[] = { ACK, DISABLE, DROP, DEACTIVATE };
	unsigned int lines = 0;

	log_set_sink(host_uart_putc);
	for (uint32_t intid = 100; intid < 900; intid++) {
		come(1, &intid);
		expect(4, steps, intid);
	}
	log_set_sink(NULL);
	assert_non_null(strstr(host_uart_text(), "irq: 100 came and has no handler"));
	for (const char *s = host_uart_text(); (s = strstr(s, "\r\n")); s++)
		lines++;
	assert_int_equal(lines, 17);
}

static void test_trace(void **state UNUSED)
{
	const struct trace_record *t;
	const uint32_t spi = 33;

	come(1, &spi);
	t = trace_at(&this_cpu()->trace, trace_count(&this_cpu()->trace) - 1);
	assert_int_equal(t->who & 0xffff, TRACE_IRQ);
	assert_int_equal(t->a, 33);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_register),
		cmocka_unit_test(test_dispatch),
		cmocka_unit_test(test_all_that_is_pending),
		cmocka_unit_test(test_special),
		cmocka_unit_test(test_unexpected),
		cmocka_unit_test(test_trace),
	};

	return UNIT_RUN(tests);
}
