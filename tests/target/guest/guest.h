/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the payload's programs share: registers, MMIO, calls, the test device, exceptions and the interrupt controller.
 * Runs at EL1, its MMU off.
 */
#ifndef GUEST_H
#define GUEST_H

#include "abi.h"
#include "abi/psci.h"
#include "abi/smccc.h"
#include "arch/mmio_io.h"
#include "arch/sysreg.h"
#include "lib/types.h"

#define GICD	      0x08000000ul
#define GICR(cpu)     (0x080a0000ul + (cpu)*0x20000ul)
#define GICR_SGI(cpu) (GICR(cpu) + 0x10000ul)
#define UART	      0x09000000ul
#define RTC	      0x09010000ul
#define VIRTIO(n)     (0x0a000000ul + (n)*0x1000ul)
#define RAM	      0x40000000ul
#define NOWHERE	      0x0c000000ul /* no device, no memory */

#define INTID_SPURIOUS 1023

/* --- registers and memory --- */

#define io8(a)	     (*(volatile uint8_t *)(uintptr_t)(a))
#define io16(a)	     (*(volatile uint16_t *)(uintptr_t)(a))
#define io32_r(a)    io_read32((void *)(uintptr_t)(a))
#define io32_w(a, v) io_write32((void *)(uintptr_t)(a), (uint32_t)(v))
#define io64_r(a)    io_read64((void *)(uintptr_t)(a))
#define io64_w(a, v) io_write64((void *)(uintptr_t)(a), (uint64_t)(v))

static inline void isb(void)
{
	__asm__ volatile("isb" ::: "memory");
}

static inline void dsb(void)
{
	__asm__ volatile("dsb sy" ::: "memory");
}

static inline void wfi(void)
{
	__asm__ volatile("dsb sy\n\twfi" ::: "memory");
}

static inline void relax(void)
{
	__asm__ volatile("yield" ::: "memory");
}

static inline void irq_on(void)
{
	__asm__ volatile("msr daifclr, #2" ::: "memory");
}

static inline void irq_off(void)
{
	__asm__ volatile("msr daifset, #2" ::: "memory");
}

static inline unsigned int cpu_id(void)
{
	return (unsigned int)(sysreg_read(MPIDR_EL1) & 0xf);
}

static inline uint64_t counter(void)
{
	isb();
	return sysreg_read(CNTVCT_EL0);
}

static inline uint64_t ms_ticks(uint64_t ms)
{
	return sysreg_read(CNTFRQ_EL0) * ms / 1000;
}

/* --- calls --- */

struct call {
	uint64_t x[18];
};

/* HVC #0 or SMC #0 with x0 to x17 in and out. */
void call_hvc(struct call *c);
void call_smc(struct call *c);
int64_t hvc(uint64_t fid, uint64_t a, uint64_t b, uint64_t c);

void guest_exit(void) NORETURN;	   /* SYSTEM_OFF */
void guest_cpu_off(void) NORETURN; /* CPU_OFF */

/* --- the test device --- */

static inline void slot_set(unsigned int i, uint64_t v)
{
	io64_w(TESTDEV_BASE + TESTDEV_SLOT + i * 8ul, v);
}

static inline uint64_t slot_get(unsigned int i)
{
	return io64_r(TESTDEV_BASE + TESTDEV_SLOT + i * 8ul);
}

static inline void line_set(unsigned int intid, bool level)
{
	io64_w(TESTDEV_BASE + TESTDEV_LINE, (uint64_t)intid << 1 | level);
}

static inline void snap(void)
{
	io64_w(TESTDEV_BASE + TESTDEV_SNAP, 0);
}

/* Until the test says at least that. */
void wait_go(uint64_t value);

/* A check that fails is reported with its place: FILE_ID, which each file defines, and line. */
#define CHECK_PLACE ((uint64_t)FILE_ID << 16 | __LINE__)
#define G_CHECK(cond)                                                                                                  \
	do {                                                                                                           \
		if (!(cond))                                                                                           \
			io64_w(TESTDEV_BASE + TESTDEV_FAIL, CHECK_PLACE);                                              \
	} while (0)
#define G_EQ(got, want)                                                                                                \
	do {                                                                                                           \
		uint64_t got_ = (uint64_t)(got);                                                                       \
		if (got_ != (uint64_t)(want)) {                                                                        \
			io64_w(TESTDEV_BASE + TESTDEV_VALUE, got_);                                                    \
			io64_w(TESTDEV_BASE + TESTDEV_FAIL, CHECK_PLACE);                                              \
		}                                                                                                      \
	} while (0)

/* --- exceptions --- */

struct frame {
	uint64_t x[20], fp, lr, elr, spsr, rest[10];
};

/* The last synchronous exception of a vCPU: it is noted, and the instruction is skipped. */
struct seen {
	uint64_t count, esr, far, elr, vector, spsr;
};
extern volatile struct seen seen[16];
#define SEEN	(seen[cpu_id()])
#define SEEN_EC (SEEN.esr >> 26)

#define EC_UNDEF     0x00
#define EC_IABT_SAME 0x21
#define EC_DABT_SAME 0x25

/* stmt is to cause exactly one exception of that class, with that address when it is not 0. */
#define G_FAULTS(stmt, ec, at)                                                                                         \
	do {                                                                                                           \
		uint64_t before_ = SEEN.count;                                                                         \
		stmt;                                                                                                  \
		isb();                                                                                                 \
		G_EQ(SEEN.count, before_ + 1);                                                                         \
		G_EQ(SEEN_EC, ec);                                                                                     \
		if (at)                                                                                                \
			G_EQ(SEEN.far, at);                                                                            \
	} while (0)
#define G_UNDEF(stmt) G_FAULTS(stmt, EC_UNDEF, 0ul)
#define G_ABORT(stmt, at)                                                                                              \
	do {                                                                                                           \
		G_FAULTS(stmt, EC_DABT_SAME, at);                                                                      \
		G_EQ(SEEN.esr & 0x3f, 0x10);                                                                           \
	} while (0)
#define G_QUIET(stmt)                                                                                                  \
	do {                                                                                                           \
		uint64_t before_ = SEEN.count;                                                                         \
		stmt;                                                                                                  \
		isb();                                                                                                 \
		G_EQ(SEEN.count, before_);                                                                             \
	} while (0)

/*
 * What an interrupt does: called with its INTID, acknowledged; the caller ends it afterwards. NULL:
 * nothing but counting.
 */
extern void (*volatile on_irq)(unsigned int intid);
/* How often each came, on each vCPU; and the order of the first ones. */
extern volatile uint32_t irq_count[16][128];
extern volatile uint32_t irq_order[16][64], irq_orders[16];
#define IRQS(intid) (irq_count[cpu_id()][intid])

/* --- the interrupt controller --- */

/* Distributor and this vCPU's CPU interface on: group 1, all priorities. Interrupts stay masked in PSTATE. */
void gic_init(void);
void gic_cpu_init(void);
void gic_enable(unsigned int intid);
void gic_disable(unsigned int intid);
void gic_priority(unsigned int intid, uint8_t prio);
void gic_edge(unsigned int intid, bool edge);
void gic_set_pending(unsigned int intid);
void gic_route(unsigned int intid, uint64_t router);
bool gic_is_pending(unsigned int intid);
bool gic_is_active(unsigned int intid);
/* ICC_SGI1R_EL1: INTID to the vCPUs of a target list of affinity 0.0.0. */
void gic_sgi(unsigned int intid, uint64_t targets);

/* Wait until the condition holds, for up to two seconds; a failed check when it does not. */
#define G_WAIT(cond)                                                                                                   \
	do {                                                                                                           \
		uint64_t end_ = counter() + ms_ticks(2000);                                                            \
		while (!(cond) && counter() < end_)                                                                    \
			relax();                                                                                       \
		G_CHECK(cond);                                                                                         \
	} while (0)

/* Start another vCPU: it calls fn. */
int64_t cpu_on(unsigned int cpu, void (*fn)(void));
extern void guest_secondary(void);

/* fn runs with interrupts on for a while: ms of the virtual counter. */
void irq_window(uint64_t ms);

/* --- the programs --- */

typedef void (*program_fn)(void);
extern const program_fn programs[];
extern uint64_t guest_dtb; /* x0 at entry */

#define PROGRAM(name) void name(void)
PROGRAM(g_hello);
PROGRAM(g_dtb);
PROGRAM(g_hypercall);
PROGRAM(g_pages);
PROGRAM(g_pages_spin);
PROGRAM(g_smp);
PROGRAM(g_count);
PROGRAM(g_smp_count);
PROGRAM(g_mmio);
PROGRAM(g_mmio_bad);
PROGRAM(g_decode);
PROGRAM(g_decode_bad);
PROGRAM(g_idregs);
PROGRAM(g_undef);
PROGRAM(g_timer_regs);
PROGRAM(g_cpu_interface);
PROGRAM(g_lrs);
PROGRAM(g_level);
PROGRAM(g_edge);
PROGRAM(g_masked);
PROGRAM(g_many);
PROGRAM(g_priority);
PROGRAM(g_gicd);
PROGRAM(g_gicr);
PROGRAM(g_pending);
PROGRAM(g_enables);
PROGRAM(g_sgi);
PROGRAM(g_route);
PROGRAM(g_fill);
PROGRAM(g_look);
PROGRAM(g_survive);
PROGRAM(g_memory);
PROGRAM(g_restart);
PROGRAM(g_rtc);
PROGRAM(g_blk);
PROGRAM(g_rng);
PROGRAM(g_vtimer);
PROGRAM(g_ptimer);
PROGRAM(g_wfi);
PROGRAM(g_storm);
PROGRAM(g_pl011);
PROGRAM(g_fetch);
PROGRAM(g_psci);
PROGRAM(g_suspend);
PROGRAM(g_token);

#endif
