/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the attack programs share: guests that misbehave in every way they can find, under the shipped image. A program
 * is a list of tests; `attack=NAME[,NAME...][,key=value...]` in bootargs says which programs run. Output is TAP on the
 * vPL011; the end is SYSTEM_OFF. docs/traps.md tells what each attacks.
 *
 * Runs at EL1 on up to 16 vCPUs. The MMU is off unless the program's row says otherwise (.mmu) or it turns it on: with
 * it off all memory is Device, where exclusives and atomics to RAM work in QEMU but need not on hardware; so programs
 * in which vCPUs share counters by atomics want .mmu.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include "abi/psci.h"
#include "abi/smccc.h"
#include "arch/mmio_io.h"
#include "arch/sysreg.h"
#include "layout.h"
#include "lib/types.h"

/* The VM's map (src/role/hyp/vmap.c). */
#define GICD	      0x08000000ul
#define GICR(cpu)     (0x080a0000ul + (cpu)*0x20000ul)
#define GICR_SGI(cpu) (GICR(cpu) + 0x10000ul)
#define UART	      0x09000000ul
#define RTC	      0x09010000ul
#define VIRTIO(n)     (0x0a000000ul + (n)*0x1000ul)
#define VIRTIO_SLOTS  32
#define RAM	      0x40000000ul
#define NOWHERE	      0x0c000000ul /* no device, no memory */
#define IPA_BITS      40

#define INTID_UART	33
#define INTID_RTC	34
#define INTID_VIRTIO(n) (48 + (n))
#define INTID_VTIMER	27
#define INTID_PTIMER	30
#define INTID_SPURIOUS	1023

/* --- programs ---------------------------------------------------------------------------------------------------- */

struct attack_test {
	const char *what;
	void (*fn)(void); /* on vCPU 0 */
};

struct attack_program {
	const char *name;
	const struct attack_test *tests;
	unsigned int nr_tests;
	bool mmu;	  /* flat and cacheable from the start, on each vCPU */
	void (*fn)(void); /* instead of tests: the program has its own output, and may never return */
};

/* Defined by the program's file, named in main.c's table: const struct attack_program attack_NAME. */
#define ATTACK_PROGRAM(id, list, ...)                                                                                  \
	const struct attack_program attack_##id = { #id, list, ARRAY_SIZE(list), __VA_ARGS__ }

extern const struct attack_program attack_mmio, attack_calls, attack_psci, attack_sysregs, attack_insns, attack_regs,
	attack_look, attack_virtio, attack_flood, attack_exits, attack_alloff, attack_spin;

/* What the device tree says; constant from the start. */
extern unsigned int attack_cpus; /* vCPUs */
extern uint64_t attack_ram_end;	 /* end of the VM's RAM */
extern uint64_t attack_dtb;

/* key=value in bootargs' attack=...: a decimal or 0x number; otherwise if it is not there. */
uint64_t attack_arg(const char *key, uint64_t otherwise);

/* --- output and checks ------------------------------------------------------------------------------------------- */

/* A line `# ...`. vCPU 0 only. */
void attack_note(const char *fmt, ...) PRINTF(1, 2);
/* Bare text, for programs with their own output: lines end in \r\n. vCPU 0 only. */
void attack_print(const char *fmt, ...) PRINTF(1, 2);

/*
 * The running test has failed. Any vCPU: those of vCPU 0 are printed at once, others' at the end of the test; the first
 * few of each vCPU only.
 */
void attack_fail(const char *file, int line, const char *what, uint64_t got, uint64_t want);
/* How often that has happened in this test, on all vCPUs. */
unsigned int attack_failures(void);

#define A_CHECK(cond)                                                                                                  \
	do {                                                                                                           \
		if (!(cond))                                                                                           \
			attack_fail(__FILE_NAME__, __LINE__, #cond, 0, 1);                                             \
	} while (0)
#define A_EQ(got, want)                                                                                                \
	do {                                                                                                           \
		uint64_t got_ = (uint64_t)(got), want_ = (uint64_t)(want);                                             \
		if (got_ != want_)                                                                                     \
			attack_fail(__FILE_NAME__, __LINE__, #got, got_, want_);                                       \
	} while (0)
/* The same with a number that says which of many: printed as part of what. Also any vCPU. */
#define A_EQ_AT(got, want, at)                                                                                         \
	do {                                                                                                           \
		uint64_t got_ = (uint64_t)(got), want_ = (uint64_t)(want);                                             \
		if (got_ != want_)                                                                                     \
			attack_fail_at(__FILE_NAME__, __LINE__, #got, got_, want_, at);                                \
	} while (0)
void attack_fail_at(const char *file, int line, const char *what, uint64_t got, uint64_t want, uint64_t at);

/* --- small things ------------------------------------------------------------------------------------------------ */

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

/* Wait until the condition holds, for up to ms of guest time; a failed check when it does not. */
#define A_WAIT_MS(cond, ms)                                                                                            \
	do {                                                                                                           \
		uint64_t end_ = counter() + ms_ticks(ms);                                                              \
		while (!(cond) && counter() < end_)                                                                    \
			relax();                                                                                       \
		A_CHECK(cond);                                                                                         \
	} while (0)
#define A_WAIT(cond) A_WAIT_MS(cond, 10000)

/* xorshift64*: a stream of its own for each state; seed it with anything but 0. */
uint64_t attack_random(uint64_t *state);
/* A start for the stream of this number, from seed= (default 1). */
uint64_t attack_seed(uint64_t stream);

/* --- calls ------------------------------------------------------------------------------------------------------- */

struct attack_call {
	uint64_t x[18];
};

/* HVC #0 or SMC #0 with x0 to x17 in and out. */
void attack_hvc(struct attack_call *c);
void attack_smc(struct attack_call *c);
int64_t hvc(uint64_t fid, uint64_t a, uint64_t b, uint64_t c);

void attack_off(void) NORETURN;	    /* SYSTEM_OFF */
void attack_cpu_off(void) NORETURN; /* CPU_OFF */

/* --- vCPUs ------------------------------------------------------------------------------------------------------- */

/*
 * CPU_ON: fn runs on that vCPU, with this program's MMU setting, and CPU_OFF when it returns. What CPU_ON said.
 * attack_secondary is the entry that it uses; with another argument than attack_cpu_on's (0) fn is still the
 * one set last.
 */
int64_t attack_cpu_on(unsigned int cpu, void (*fn)(void));
extern void attack_secondary(void);
/* Until AFFINITY_INFO says that it is off (false: not within 10 s, a failed check). */
bool attack_wait_off(unsigned int cpu);
/* fn on all vCPUs at once, 0 as well; returns when all are done and off again. */
void attack_everywhere(void (*fn)(void));

/* What a vCPU found in its registers at its very first instruction; x[0] is not noted. fp: V0 to V31. */
struct attack_entry {
	uint64_t x[31], sp;
	uint64_t cpacr, pad;
	uint64_t fpcr, fpsr, v[64];
	uint64_t sys[(ENTRY_SIZE - ENTRY_SYS) / 8]; /* attack_entry_hook's */
};
extern struct attack_entry attack_entries[CPUS_MAX];
/*
 * Weak: a program may define it, in assembly, to note system registers at entry. x0: where sys[] is; x30: the way back.
 * No stack, no vectors yet; it may use x0 to x18 and x20 to x29.
 */
void attack_entry_hook(void);

/* --- exceptions -------------------------------------------------------------------------------------------------- */

struct attack_frame {
	uint64_t x[31], elr, spsr, pad;
};

/*
 * The last synchronous exception (or SError) of a vCPU: it is noted, and the instruction is skipped; after a fetch
 * abort the vCPU goes on at x30. vector: 4 from EL1 with SP_EL1, 0 with SP_EL0, 8 from EL0; + 3 for SError.
 */
struct attack_seen {
	uint64_t count, esr, far, elr, spsr, vector;
};
extern volatile struct attack_seen attack_seen[CPUS_MAX];
#define SEEN	(attack_seen[cpu_id()])
#define SEEN_EC (SEEN.esr >> 26)

/*
 * Called first for each exception that is not an IRQ, on that vCPU; true: handled (elr set as it must
 * be). NULL: nothing.
 */
extern bool (*volatile attack_on_exception)(struct attack_frame *f, uint64_t vector);

#define EC_UNDEF     0x00
#define EC_SVC	     0x15
#define EC_SYSREG    0x18
#define EC_IABT_LOW  0x20
#define EC_IABT_SAME 0x21
#define EC_DABT_LOW  0x24
#define EC_DABT_SAME 0x25
#define EC_SERROR    0x2f

#define FSC_EXTERNAL	     0x10
#define FSC_EXTERNAL_WALK(l) (0x14 + (l))
#define FSC_ADDRESS_SIZE(l)  (0x00 + (l))
#define FSC_TRANSLATION(l)   (0x04 + (l))
#define FSC_ALIGNMENT	     0x21

/* stmt is to cause exactly one exception of that class. */
#define A_FAULTS(stmt, ec)                                                                                             \
	do {                                                                                                           \
		uint64_t before_ = SEEN.count;                                                                         \
		stmt;                                                                                                  \
		isb();                                                                                                 \
		A_EQ(SEEN.count, before_ + 1);                                                                         \
		A_EQ(SEEN_EC, ec);                                                                                     \
	} while (0)
#define A_UNDEF(stmt) A_FAULTS(stmt, EC_UNDEF)
/* A synchronous external abort with that address. */
#define A_ABORT(stmt, at)                                                                                              \
	do {                                                                                                           \
		A_FAULTS(stmt, EC_DABT_SAME);                                                                          \
		A_EQ(SEEN.far, at);                                                                                    \
		A_EQ(SEEN.esr & 0x3f, FSC_EXTERNAL);                                                                   \
	} while (0)
/* No exception at all. */
#define A_QUIET(stmt)                                                                                                  \
	do {                                                                                                           \
		uint64_t before_ = SEEN.count;                                                                         \
		stmt;                                                                                                  \
		isb();                                                                                                 \
		A_EQ(SEEN.count, before_);                                                                             \
	} while (0)

/* fn(arg) at EL0, on a small stack of its own, interrupts masked; the MMU must be off. Returns when fn does. */
void attack_el0(void (*fn)(void *arg), void *arg);

/* --- interrupts -------------------------------------------------------------------------------------------------- */

/* Called for each interrupt with its INTID, acknowledged; it is ended afterwards. NULL: counted only. */
extern void (*volatile attack_on_irq)(unsigned int intid);
extern volatile uint32_t attack_irqs[CPUS_MAX][128];
#define IRQS(intid) (attack_irqs[cpu_id()][intid])

/* Distributor and this vCPU's CPU interface on: group 1, all priorities. Interrupts stay masked in PSTATE. */
void gic_init(void);
void gic_cpu_init(void);
void gic_enable(unsigned int intid);
void gic_disable(unsigned int intid);
void gic_priority(unsigned int intid, uint8_t prio);
void gic_edge(unsigned int intid, bool edge);
void gic_set_pending(unsigned int intid);
void gic_clear_pending(unsigned int intid);
void gic_route(unsigned int intid, uint64_t router);
/* ICC_SGI1R_EL1: INTID to the vCPUs of a target list of affinity 0.0.0. */
void gic_sgi(unsigned int intid, uint64_t targets);

/* --- translation (4 KiB granule, 48-bit addresses) --------------------------------------------------------------- */

/* Attribute indices in MAIR_EL1, as descriptors have them. */
#define ATTR_DEVICE (0ul << 2)			 /* Device-nGnRnE */
#define ATTR_NORMAL (1ul << 2)			 /* write-back cacheable */
#define ATTR_NC	    (2ul << 2)			 /* normal, not cacheable */
#define ATTR_GRE    (3ul << 2)			 /* Device-GRE */
#define DESC_PAGE   (3ul | 1ul << 10 | 3ul << 8) /* valid, page, AF, inner shareable */
#define DESC_TABLE  3ul
#define DESC_EL0    (1ul << 6)
#define DESC_RO	    (1ul << 7)
#define DESC_XN	    (3ul << 53)

/*
 * The flat map: the first GiB as Device, RAM's as Normal, write-back and executable, VA == IPA. attack_mmu_on() on each
 * vCPU that wants it; tables are made once.
 */
void attack_mmu_on(void);
void attack_mmu_off(void);
/*
 * One page at va (any but the first 2 GiB) by this descriptor, 0: none; on all vCPUs. Tables come from a small pool:
 * keep the addresses of a program near each other. vCPU 0 only.
 */
void attack_map(uint64_t va, uint64_t desc);
/* The descriptor of level 0 to 3 that a walk of va meets there, or NULL when there is no table of that level. */
volatile uint64_t *attack_desc(uint64_t va, unsigned int level);
/* MAIR, TCR, TTBR0, SCTLR, with barriers and TLBI VMALLE1: for tables of your own. */
void attack_mmu_write(uint64_t mair, uint64_t tcr, uint64_t ttbr0, uint64_t sctlr);
uint64_t attack_mmu_tcr(void); /* as attack_mmu_on() sets it */
#define ATTACK_MAIR	 0x0c44ff00ul
#define ATTACK_SCTLR_OFF 0x30d00800ul /* RES1 bits of Armv8.0, nothing else */
#define ATTACK_SCTLR_ON	 (ATTACK_SCTLR_OFF | 1 | 1 << 2 | 1 << 12)

#endif
