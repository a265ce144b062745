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

static bool enabled[INTIDS];
static _Thread_local uint32_t raised = HOST_IRQ_NONE;
static char text[UART_SIZE];
static size_t text_len;
static const char *typed = "";

void host_plat_reset(void)
{
	memset(enabled, 0, sizeof(enabled));
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

HOST_FAKE void host_irq_enable(uint32_t intid)
{
	CHECK(intid < INTIDS);
	enabled[intid] = true;
}

HOST_FAKE void host_irq_disable(uint32_t intid)
{
	CHECK(intid < INTIDS);
	enabled[intid] = false;
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
