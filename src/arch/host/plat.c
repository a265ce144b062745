/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine's hardware as core sees it through plat/plat.h: an interrupt controller that remembers, a UART that is a
 * buffer, firmware that ends the test. State owned: all of that, one for all threads but for the interrupt raised. All
 * of it may be replaced by a test.
 */
#include "plat/plat.h"

#include <string.h>

#include "arch/host.h"
#include "core/panic.h"
#include "host_internal.h"

#define INTIDS	  1024
#define UART_SIZE 16384

HOST_FAKE const char plat_name[] = "host";

/* Of each core; SPIs in core 0's place. */
static struct {
	bool enabled[INTIDS], pending[INTIDS];
	uint8_t priority[INTIDS];
	bool held;
} irq[CONFIG_MAX_CPUS];
static bool firmware_irq;
static _Thread_local uint32_t raised = HOST_IRQ_NONE;
static char text[UART_SIZE];
static size_t text_len;
static const char *typed = "";

void host_plat_reset(void)
{
	memset(irq, 0, sizeof(irq));
	firmware_irq = false;
	raised = HOST_IRQ_NONE;
	text[0] = 0;
	text_len = 0;
	typed = "";
}

void host_irq_raise(uint32_t intid)
{
	raised = intid;
}

const char *host_uart_text(void)
{
	return text;
}

void host_uart_type(const char *s)
{
	typed = s;
}

HOST_FAKE uint32_t host_irq_ack(void)
{
	uint32_t intid = raised;

	raised = HOST_IRQ_NONE;
	return intid;
}

HOST_FAKE void host_irq_drop(uint32_t intid)
{
	(void)intid;
}

HOST_FAKE void host_irq_deactivate(uint32_t intid)
{
	host_irq_set_active(intid, false);
}

static unsigned int home(unsigned int cpu, uint32_t intid)
{
	CHECK(intid < INTIDS && cpu < CONFIG_MAX_CPUS);
	return intid < 32 ? cpu : 0;
}

bool host_irq_enabled(unsigned int cpu, uint32_t intid)
{
	return __atomic_load_n(&irq[home(cpu, intid)].enabled[intid], __ATOMIC_RELAXED);
}

uint8_t host_irq_priority(unsigned int cpu, uint32_t intid)
{
	return __atomic_load_n(&irq[home(cpu, intid)].priority[intid], __ATOMIC_RELAXED);
}

bool host_irq_foreign_held(unsigned int cpu)
{
	return __atomic_load_n(&irq[cpu].held, __ATOMIC_RELAXED);
}

void host_irq_clear_pending(unsigned int cpu, uint32_t intid)
{
	__atomic_store_n(&irq[home(cpu, intid)].pending[intid], false, __ATOMIC_RELAXED);
}

void host_irq_firmware_set(bool pending)
{
	firmware_irq = pending;
}

HOST_FAKE void host_irq_enable_on(unsigned int cpu, uint32_t intid)
{
	__atomic_store_n(&irq[home(cpu, intid)].enabled[intid], true, __ATOMIC_RELAXED);
	host_log_add(HOST_IRQ_ENABLE, intid, true, cpu);
}

HOST_FAKE void host_irq_disable_on(unsigned int cpu, uint32_t intid)
{
	__atomic_store_n(&irq[home(cpu, intid)].enabled[intid], false, __ATOMIC_RELAXED);
	host_log_add(HOST_IRQ_ENABLE, intid, false, cpu);
}

HOST_FAKE void host_irq_enable(uint32_t intid)
{
	host_irq_enable_on(plat_cpu_index(), intid);
}

HOST_FAKE void host_irq_disable(uint32_t intid)
{
	host_irq_disable_on(plat_cpu_index(), intid);
}

HOST_FAKE void host_irq_deactivate_on(unsigned int cpu, uint32_t intid)
{
	(void)home(cpu, intid);
	host_log_add(HOST_IRQ_DEACTIVATE, intid, cpu, 0);
}

HOST_FAKE void host_irq_set_pending(uint32_t intid)
{
	__atomic_store_n(&irq[home(plat_cpu_index(), intid)].pending[intid], true, __ATOMIC_RELAXED);
}

HOST_FAKE bool host_irq_is_pending(uint32_t intid)
{
	return __atomic_load_n(&irq[home(plat_cpu_index(), intid)].pending[intid], __ATOMIC_RELAXED);
}

HOST_FAKE void host_irq_set_priority(uint32_t intid, uint8_t priority)
{
	__atomic_store_n(&irq[home(plat_cpu_index(), intid)].priority[intid], MIN(priority, 0x7f), __ATOMIC_RELAXED);
}

HOST_FAKE void host_irq_hold_foreign(bool hold)
{
	unsigned int cpu = plat_cpu_index();

	if (host_irq_foreign_held(cpu) == hold)
		return;
	__atomic_store_n(&irq[cpu].held, hold, __ATOMIC_RELAXED);
	host_log_add(HOST_IRQ_HOLD, hold, cpu, 0);
}

HOST_FAKE bool host_irq_foreign_is_firmware(void)
{
	return firmware_irq;
}

HOST_FAKE void host_irq_set_active(uint32_t intid, bool on)
{
	CHECK(intid < INTIDS);
	host_log_add(HOST_IRQ_ACTIVE, intid, on, 0);
}

HOST_FAKE void host_irq_route_spi(uint32_t intid, unsigned int cpu, bool edge)
{
	(void)cpu;
	(void)edge;
	CHECK(intid >= 32 && intid < INTIDS);
}

HOST_FAKE void host_irq_send_sgi(unsigned int cpu, unsigned int sgi)
{
	host_log_add(HOST_SGI, cpu, sgi, 0);
}

HOST_FAKE void host_uart_putc(char c)
{
	if (text_len + 1 < UART_SIZE) {
		text[text_len++] = c;
		text[text_len] = 0;
	}
}

HOST_FAKE int host_uart_getc(void)
{
	return *typed ? (unsigned char)*typed++ : -1;
}

HOST_FAKE void plat_power_off(void)
{
	panic("plat_power_off");
}
