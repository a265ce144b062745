/* SPDX-License-Identifier: BSD-3-Clause */
/* PL011 driver; see pl011.h. */
#include "drv/pl011.h"

#include "arch/mmio_io.h"
#include "plat/plat.h"

#define UARTDR	  0x00
#define UARTFR	  0x18
#define UARTLCR_H 0x2c
#define UARTCR	  0x30
#define UARTIFLS  0x34
#define UARTIMSC  0x38
#define UARTICR	  0x44

#define FR_RXFE BIT(4)
#define FR_TXFF BIT(5)

#define LCR_H_FEN  BIT(4)
#define LCR_H_8BIT (UINT32_C(3) << 5)

#define CR_ENABLE (BIT(9) | BIT(8) | BIT(0)) /* RXE, TXE, UARTEN */
#define INT_RX	  (BIT(6) | BIT(4))	     /* receive timeout, receive */

#define SPINS_MAX 1000000 /* a transmitter that never drains loses a character, not the machine */

static char *uart;
static int early = -1; /* a byte that came before pl011_init() */

void pl011_early(void *base)
{
	uart = base;
}

void pl011_init(void *base)
{
	bool holds;

	uart = base;
	io_write32(uart + UARTIMSC, 0);
	io_write32(uart + UARTIFLS, 0);
	/*
	 * Turning the FIFO on may declare it empty, with a byte in its first place: what was typed before we came.
	 * Reading it also tells QEMU that there is room again. Its interrupt would stay raised for ever.
	 */
	holds = !(io_read32(uart + UARTFR) & FR_RXFE);
	io_write32(uart + UARTLCR_H, LCR_H_8BIT | LCR_H_FEN);
	io_write32(uart + UARTICR, 0x7ff);
	if (holds)
		early = (int)(io_read32(uart + UARTDR) & 0xff);
	io_write32(uart + UARTCR, CR_ENABLE);
	io_write32(uart + UARTIMSC, INT_RX);
}

void host_uart_putc(char c)
{
	if (!uart)
		return;
	for (unsigned int i = 0; i < SPINS_MAX && (io_read32(uart + UARTFR) & FR_TXFF); i++)
		;
	io_write32(uart + UARTDR, (uint8_t)c);
}

int host_uart_getc(void)
{
	int c = early;

	early = -1;
	if (c >= 0)
		return c;
	if (!uart || (io_read32(uart + UARTFR) & FR_RXFE))
		return -1;
	return (int)(io_read32(uart + UARTDR) & 0xff);
}
