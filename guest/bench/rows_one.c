/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows of one vCPU: calls, emulated registers, its own interrupts. In each table a row is what is timed, and what is
 * done before it.
 *
 * State owned: none.
 */
#include "abi/psci.h"
#include "bench.h"

#define TRIES	    1000
#define DR_TRIES    200 /* each is a byte on the console */
#define TIMER_TRIES 200
#define TIMER_AHEAD 20000 /* ticks: more than it takes to program it and wait */

#define GICD_TYPER     0x0004
#define GICD_ISENABLER 0x0100
#define GICD_ICENABLER 0x0180
#define GICR_TYPER     0x0008
#define UARTDR	       0x00
#define UARTFR	       0x18

#define SPI_REG (SPI_UNUSED / 32 * 4)
#define SPI_BIT ((uint32_t)BIT(SPI_UNUSED % 32))

static void nothing(void)
{
	__asm__ volatile("");
}

static void hvc_version(void)
{
	register uint64_t x0 __asm__("x0") = PSCI_VERSION;

	__asm__ volatile("hvc #0" : "+r"(x0)::"memory");
}

static void smc_version(void)
{
	register uint64_t x0 __asm__("x0") = PSCI_VERSION;

	__asm__ volatile("smc #0" : "+r"(x0)::"memory");
}

static void gicd_typer(void)
{
	(void)io_read32(GICD + GICD_TYPER);
}

static void spi_disable(void)
{
	io_write32(GICD + GICD_ICENABLER + SPI_REG, SPI_BIT);
}

static void spi_enable(void)
{
	io_write32(GICD + GICD_ISENABLER + SPI_REG, SPI_BIT);
}

static void gicr_typer(void)
{
	(void)io_read64(GICR + GICR_TYPER);
}

static void uart_fr(void)
{
	(void)io_read32(UART + UARTFR);
}

static void uart_dr(void)
{
	io_write32(UART + UARTDR, 0);
}

static uint64_t self_sgi(void)
{
	uint64_t me = sysreg_read(mpidr_el1) & 0xff, count = load(&cpus[me].count), from;

	from = stamp();
	sysreg_write(S3_0_C12_C11_5, (uint64_t)SGI_SELF << 24 | BIT(me)); /* ICC_SGI1R_EL1 */
	isb();
	while (load(&cpus[me].count) == count)
		;
	return cpus[me].stamp - from;
}

static uint64_t start_timer(void)
{
	uint64_t due = stamp() + TIMER_AHEAD;

	sysreg_write(cntv_cval_el0, due);
	sysreg_write(cntv_ctl_el0, 1);
	isb();
	return due;
}

static uint64_t timer_busy(void)
{
	uint64_t count = load(&cpus[0].count), due = start_timer();

	while (load(&cpus[0].count) == count)
		(void)sysreg_read(cntvct_el0);
	return cpus[0].stamp - due;
}

uint64_t wake_from_wfi(void)
{
	uint64_t count = load(&cpus[0].count), due;

	/* TIMER_AHEAD is long enough for it not to come between the look and the WFI. */
	due = start_timer();
	while (load(&cpus[0].count) == count)
		__asm__ volatile("wfi" ::: "memory");
	return cpus[0].stamp - due;
}

/* How often is a loop of a million instructions interrupted, in tenths, and how many instructions that takes in all? */
#define LOOP_INSTRUCTIONS 1000000
#define LOOPS		  20

static void exits_in_loop(void)
{
	uint64_t begin = stamp(), last = begin, gaps = 0, stolen = 0, usual = UINT64_MAX;

	for (unsigned int i = 0; i < 100; i++) {
		uint64_t now = stamp();

		if (now - last && now - last < usual)
			usual = now - last;
		last = now;
	}
	begin = stamp();
	for (last = begin; last - begin < (uint64_t)LOOPS * LOOP_INSTRUCTIONS;) {
		uint64_t now = stamp();

		if (now - last > usual + 20) {
			gaps++;
			stolen += now - last - usual;
		}
		last = now;
	}
	result("exits-x10", gaps * 10 / LOOPS);
	result("stolen", stolen / LOOPS);
}

static const struct row rows[] = {
	{ .name = "empty", .op = nothing, .tries = TRIES },
	{ .name = "hvc", .op = hvc_version, .tries = TRIES },
	{ .name = "smc", .op = smc_version, .tries = TRIES },
	{ .name = "gicd-typer", .op = gicd_typer, .tries = TRIES },
	{ .name = "gicd-isenabler", .before = spi_disable, .op = spi_enable, .tries = TRIES },
	{ .name = "gicd-isenabler-again", .op = spi_enable, .tries = TRIES },
	{ .name = "gicr-typer", .op = gicr_typer, .tries = TRIES },
	{ .name = "uart-fr", .op = uart_fr, .tries = TRIES },
	{ .name = "uart-dr", .op = uart_dr, .tries = DR_TRIES },
	{ .name = "self-sgi", .value = self_sgi, .tries = TRIES },
	{ .name = "timer-busy", .value = timer_busy, .tries = TIMER_TRIES },
	{ .name = "wfi-alone", .value = wake_from_wfi, .tries = TIMER_TRIES },
};

void rows_one(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		run_row(&rows[i]);
	if (!is_tracing())
		exits_in_loop();
}
