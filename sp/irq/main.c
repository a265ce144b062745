/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SP2 irq: owns interrupts, one of UART1 and a private one of each core, and counts them. It has one execution context,
 * which runs on whichever core calls it, and is asked to leave (managed exit) when the normal world wants that core
 * back. Its RX and TX buffers are those of its manifest. Commands: sp/libsp/commands.h. PL011: Arm DDI 0183.
 */
#include "agent.h"
#include "commands.h"

#include "abi/trivet_test.h"

#define UART1	     0x09040000
#define UART1_INTID  40
#define PPI	     29
#define RX	     0xfe000 /* from where the SP is loaded, as in irq.dts */
#define TX	     0xff000
#define INTIDS	     1020
#define UART_CR	     (0x30 / 4)
#define UART_IMSC    (0x38 / 4)
#define UART_ICR     (0x44 / 4)
#define UART_CR_ON   0x101 /* UARTEN, TXE */
#define UART_TX	     0x20
#define UART_DR	     0
#define PATIENCE_DIV 10 /* of a second */

static volatile uint32_t *uart;
static uint64_t taken[INTIDS], all, last;
static struct sp_counts since; /* what the counts were at IRQ_CMD_RESET */

static void interrupt(uint32_t intid)
{
	if (intid == UART1_INTID) {
		uart[UART_IMSC] = 0;
		uart[UART_ICR] = UART_TX;
	}
	taken[intid % INTIDS]++;
	all++;
	last = intid;
}

static void status(uint64_t *a)
{
	a[1] = taken[a[1] % INTIDS];
	a[2] = last;
	a[3] = sp_counts()->managed_exits - since.managed_exits;
	a[4] = sp_counts()->interrupt_entries - since.interrupt_entries;
}

static void reset(uint64_t *a)
{
	(void)a;
	sp_irq_mask();
	for (unsigned int i = 0; i < INTIDS; i++)
		taken[i] = 0;
	all = last = 0;
	since = *sp_counts();
	sp_irq_unmask();
}

static void pend(uint64_t *a)
{
	struct sp_regs r = { { HF_TEST_PEND, a[1], a[2], a[3], a[4] } };

	sp_call_hvc(&r);
	a[2] = r.x[0];
}

/* UART1 has something to say as soon as a character has gone out. */
static void use_uart(uint64_t *a)
{
	uint64_t before = *(volatile uint64_t *)&taken[UART1_INTID], start = sp_counter();

	uart[UART_CR] = UART_CR_ON;
	uart[UART_IMSC] = UART_TX;
	uart[UART_DR] = '.';
	while (*(volatile uint64_t *)&taken[UART1_INTID] == before &&
	       sp_counter() - start < sp_counter_hz() / PATIENCE_DIV)
		;
	a[1] = taken[UART1_INTID] - before;
	a[2] = last;
}

static void spin(uint64_t *a)
{
	uint64_t before = all;

	if (!agent_spin(a, a[2]))
		return;
	a[1] = *(volatile uint64_t *)&all - before;
	a[2] = last;
}

static void spin_slow(uint64_t *a)
{
	uint64_t before = all, start = sp_counter();

	sp_irq_mask();
	while (sp_counter() - start < a[2])
		;
	sp_irq_poll();
	a[1] = all - before;
	a[2] = last;
	sp_irq_unmask();
}

static void request(struct sp_regs *r)
{
	uint64_t *a = agent_args(r);

	switch (a[0]) {
	case IRQ_CMD_STATUS:
		status(a);
		break;
	case IRQ_CMD_RESET:
		reset(a);
		break;
	case IRQ_CMD_PEND:
		pend(a);
		break;
	case IRQ_CMD_UART:
		use_uart(a);
		break;
	case IRQ_CMD_SPIN:
		spin(a);
		break;
	case IRQ_CMD_SPIN_SLOW:
		spin_slow(a);
		break;
	default:
		agent_request(r);
	}
}

static const struct sp_service service = { .request = request, .message = agent_message, .interrupt = interrupt };

void sp_main(unsigned int context, uint64_t boot_info)
{
	const struct ffa_boot_info_header *info = (const struct ffa_boot_info_header *)boot_info;

	(void)context;
	uart = sp_map(UART1, FFA_PAGE_SIZE, SP_MAP_DEVICE);
	if (!info || info->signature != FFA_BOOT_INFO_SIGNATURE || !info->desc_count)
		sp_log("irq: no boot information\n");
	if (!sp_rxtx_use((uint64_t)SP_LOAD + RX, (uint64_t)SP_LOAD + TX))
		sp_log("irq: no buffers\n");
	if (!sp_irq_enable(UART1_INTID, SP_PIN_IRQ) || !sp_irq_enable(PPI, SP_PIN_IRQ) ||
	    !sp_irq_enable(HF_INTID_MANAGED_EXIT, SP_PIN_FIQ))
		sp_log("irq: the interrupts of its manifest are not to be had\n");
	sp_log("irq: Secure Partition at S-EL1\n");
	sp_serve(&service);
}
