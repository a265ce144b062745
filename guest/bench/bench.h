/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The benchmark payload: a bare EL1 program that times what a hypervisor does for it, in ticks of CNTVCT (one
 * instruction each under QEMU's -icount shift=0). Runs on QEMU's virt map, under any hypervisor or none. What is shared
 * by its files.
 */
#ifndef BENCH_H
#define BENCH_H

#ifdef __ASSEMBLER__
/*
 * Where it is linked and runs with its MMU on; physical memory starts VA_TO_PA lower. No hypervisor has code there, so
 * a trace tells them apart.
 */
#define VA_TO_PA   0x40000000
#define STACK_SIZE 8192
#define CPUS_MAX   4
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VA_TO_PA   0x40000000ul
#define STACK_SIZE 8192
#define CPUS_MAX   4

#define GICD 0x08000000ul
#define GICR 0x080a0000ul
#define UART 0x09000000ul

#define SGI_SELF   1
#define SGI_PING   2
#define PPI_VTIMER 27
#define SPI_UNUSED 60 /* nothing is wired to it */

#define BIT(n) (UINT64_C(1) << (n))

#define sysreg_read(name)                                                                                              \
	({                                                                                                             \
		uint64_t value_;                                                                                       \
		__asm__ volatile("mrs %0, " #name : "=r"(value_)::"memory");                                           \
		value_;                                                                                                \
	})
#define sysreg_write(name, value) __asm__ volatile("msr " #name ", %0" ::"r"((uint64_t)(value)) : "memory")
#define isb()			  __asm__ volatile("isb" ::: "memory")

/* What a core's interrupt handler leaves behind. TPIDR_EL1 points to it. */
struct cpu {
	uint64_t stamp; /* CNTVCT at the handler's first instruction */
	uint64_t count; /* interrupts taken */
	uint64_t intid; /* of the last one */
};

extern struct cpu cpus[CPUS_MAX];

static inline uint32_t io_read32(uint64_t a)
{
	uint32_t v;

	__asm__ volatile("ldr %w0, [%1]" : "=r"(v) : "r"(a) : "memory");
	return v;
}

static inline uint64_t io_read64(uint64_t a)
{
	uint64_t v;

	__asm__ volatile("ldr %0, [%1]" : "=r"(v) : "r"(a) : "memory");
	return v;
}

static inline void io_write32(uint64_t a, uint32_t v)
{
	__asm__ volatile("str %w0, [%1]" ::"r"(v), "r"(a) : "memory");
}

static inline uint64_t load(const uint64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static inline void relax(void)
{
	__asm__ volatile("yield" ::: "memory");
}

/* start.S */
uint64_t stamp(void); /* isb, then CNTVCT */
uint64_t hvc(uint64_t fid, uint64_t a, uint64_t b, uint64_t c);
uint64_t smc(uint64_t fid, uint64_t a, uint64_t b, uint64_t c);
extern char secondary_entry[];
/*
 * Called there: with the MMU off, the translation tables; the boot core; another core, its CPU_ON's context and its
 * first instruction's CNTVCT.
 */
void mmu_tables(void);
void bench_main(const char *fdt) __attribute__((noreturn));
void bench_secondary(uint64_t context, uint64_t first) __attribute__((noreturn));
void bench_irq(uint64_t first);
void bench_exception(void) __attribute__((noreturn));

/* machine.c */
void gic_init(void);	 /* distributor; once */
void gic_init_cpu(void); /* this core's redistributor and CPU interface, interrupts unmasked */
unsigned int gic_cpus(void);
/* Says so on the console and waits for a key. */
void trace_point(const char *name);
void put_string(const char *s);
void put_number(uint64_t n);
void result(const char *name, uint64_t value);
void power_off(void) __attribute__((noreturn));

/*
 * A row: either op is timed, with what it takes between two calls of stamp(), and before, unless NULL, goes ahead of it
 * untimed; or value gives the figure. The result is the least of many tries.
 */
struct row {
	const char *name;
	void (*before)(void);
	void (*op)(void);
	uint64_t (*value)(void);
	unsigned int tries;
};

/*
 * main.c: measure and print a row; with trace=NAME on the command line only that one, with a stop before and after
 * a last try.
 */
void run_row(const struct row *row);
bool is_tracing(void);

/* rows_one.c, rows_smp.c: all rows that need no other core; one vCPU of two on a core; a core for each of four. */
void rows_disk(void);
void rows_one(void);
void rows_shared(void);
void rows_smp(void);
/* The virtual timer to its handler while the core waits in WFI. */
uint64_t wake_from_wfi(void);
#endif
#endif
