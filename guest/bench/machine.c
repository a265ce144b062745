/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine that the payload runs on: translation tables, GICv3 (IHI 0069), PL011 (DDI 0183), interrupt handler.
 *
 * State owned: the tables; cpus[], each by its core.
 */
#include "abi/psci.h"
#include "bench.h"

#define GICD_CTLR	0x0000
#define GICD_IGROUPR	0x0080
#define GICR_STRIDE	0x20000ul
#define GICR_TYPER	0x0008
#define GICR_WAKER	0x0014
#define GICR_SGI	0x10000
#define GICR_TYPER_LAST BIT(4)
#define ISENABLER	0x0100
#define IPRIORITYR	0x0400

#define UARTDR	  0x00
#define UARTFR	  0x18
#define UARTCR	  0x30
#define FR_RXFE	  BIT(4)
#define CR_ENABLE 0x301

/*
 * Level 1 block descriptors (ARM DDI 0487 D8.3): valid, access flag; attribute 0 with execute-never, or
 * 1, inner shareable.
 */
#define DEVICE (BIT(0) | BIT(10) | BIT(54))
#define NORMAL (BIT(0) | BIT(10) | BIT(2) | UINT64_C(3) << 8)

#define RAM 0x40000000ul

uint64_t tables[512] __attribute__((aligned(4096)));
struct cpu cpus[CPUS_MAX];

void mmu_tables(void)
{
	tables[0] = DEVICE;
	tables[1] = RAM | NORMAL;
	tables[2] = RAM | NORMAL; /* where we are linked */
}

static struct cpu *this_cpu(void)
{
	return (struct cpu *)sysreg_read(tpidr_el1);
}

void bench_irq(uint64_t first)
{
	struct cpu *cpu = this_cpu();
	uint64_t intid = sysreg_read(S3_0_C12_C12_0); /* ICC_IAR1_EL1 */

	if (intid >= 1020)
		return;
	if (intid == PPI_VTIMER)
		sysreg_write(cntv_ctl_el0, 0);
	cpu->stamp = first;
	cpu->intid = intid;
	__atomic_store_n(&cpu->count, cpu->count + 1, __ATOMIC_RELEASE);
	sysreg_write(S3_0_C12_C12_1, intid); /* ICC_EOIR1_EL1 */
}

void bench_exception(void)
{
	put_string("BENCH-ERROR exception: ESR ");
	put_number(sysreg_read(esr_el1));
	put_string(" ELR ");
	put_number(sysreg_read(elr_el1));
	put_string("\r\n");
	power_off();
}

unsigned int gic_cpus(void)
{
	unsigned int n = 1;

	while (n < CPUS_MAX && !(io_read64(GICR + (n - 1) * GICR_STRIDE + GICR_TYPER) & GICR_TYPER_LAST))
		n++;
	return n;
}

void gic_init(void)
{
	io_write32(UART + UARTCR, CR_ENABLE);
	io_write32(GICD + GICD_CTLR, 0x12); /* ARE, group 1 */
	io_write32(GICD + GICD_IGROUPR + SPI_UNUSED / 32 * 4, UINT32_MAX);
}

void gic_init_cpu(void)
{
	uint64_t rd = GICR + (sysreg_read(mpidr_el1) & 0xff) * GICR_STRIDE, sgi = rd + GICR_SGI;

	io_write32(rd + GICR_WAKER, 0);
	io_write32(sgi + GICD_IGROUPR, UINT32_MAX);
	io_write32(sgi + IPRIORITYR, 0x80808080);
	io_write32(sgi + IPRIORITYR + (PPI_VTIMER & ~3u), 0x80808080);
	io_write32(sgi + ISENABLER, (uint32_t)(BIT(SGI_SELF) | BIT(SGI_PING) | BIT(PPI_VTIMER)));
	sysreg_write(S3_0_C12_C12_5, 1); /* ICC_SRE_EL1 */
	isb();
	sysreg_write(S3_0_C4_C6_0, 0xff); /* ICC_PMR_EL1 */
	sysreg_write(S3_0_C12_C12_7, 1);  /* ICC_IGRPEN1_EL1 */
	isb();
	__asm__ volatile("msr daifclr, #0xf" ::: "memory");
}

void put_string(const char *s)
{
	for (; *s; s++)
		io_write32(UART + UARTDR, (uint8_t)*s);
}

void put_number(uint64_t n)
{
	char text[21], *p = &text[20];

	*p = 0;
	do
		*--p = (char)('0' + n % 10);
	while (n /= 10);
	put_string(p);
}

void result(const char *name, uint64_t value)
{
	put_string("BENCH ");
	put_string(name);
	put_string(" ");
	put_number(value);
	put_string("\r\n");
}

void trace_point(const char *name)
{
	put_string("TRACE ");
	put_string(name);
	put_string("\r\n");
	while (io_read32(UART + UARTFR) & FR_RXFE)
		relax();
	(void)io_read32(UART + UARTDR);
}

void power_off(void)
{
	(void)hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		__asm__ volatile("wfi");
}
