/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The normal world's side of the tests of the secure role: a flat program at NS-EL2, loaded as BL33, that makes FF-A
 * calls by SMC, judges the answers and prints TAP on UART0. What all its files share. SMCCC 1.2: x0-x17 in and out.
 */
#ifndef CLIENT_H
#define CLIENT_H

#define CLIENT_CPUS  8
#define CLIENT_STACK 0x4000

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct regs {
	uint64_t x[18];
};

/* --- runtime.c: calls, cores, the program --- */

/* SMC #0 with all of r, in place. */
void client_smc(struct regs *r);

/* A call with up to four arguments; the answer's registers. */
struct regs ffa_call(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4);

struct test {
	const char *name;
	void (*run)(void);
};

/* The program's tests, in order; a program is this table and the files beside this one. */
extern const struct test tests[];
extern const unsigned int tests_count;

/*
 * Run fn on core cpu (1 to CLIENT_CPUS - 1, by PSCI CPU_ON, MPIDR affinity 0.0.0.cpu); false when it does not come
 * (TF-A turns on what is not there). fn has interrupts masked and its own stack.
 */
bool cpu_start(unsigned int cpu, void (*fn)(unsigned int cpu));
/*
 * Wait until fn has returned there, and the core is off. False: it is not, after two minutes, or since PSCI refused
 * CPU_OFF; in the second case cpu_start() may be used all the same.
 */
bool cpu_join(unsigned int cpu);
/* How many there are: tried once. */
unsigned int cpu_count(void);
/* fn on all of them at once, on this one as well; returns when all are done. */
void cpu_run_all(void (*fn)(unsigned int cpu));
unsigned int cpu_index(void);

/* --- report.c: output and expectations; any core --- */

/* printf with %s %c %d %u %x %llx and %%; whole lines come out whole on several cores. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define CLIENT_STRING_2(x) #x
#define CLIENT_STRING(x)   CLIENT_STRING_2(x)
#define CLIENT_HERE	   __FILE_NAME__ ":" CLIENT_STRING(__LINE__)

/* A failed expectation: noted in the result of the test that runs, which goes on. True if it holds. */
bool expect_at(bool holds, const char *what, const char *where);
#define EXPECT(cond) expect_at((cond), #cond, CLIENT_HERE)
bool expect_eq_at(uint64_t seen, uint64_t wanted, const char *what, const char *where);
#define EXPECT_EQ(seen, wanted) expect_eq_at((uint64_t)(seen), (uint64_t)(wanted), #seen, CLIENT_HERE)
/* r is FFA_ERROR with this code, and nothing else in it; FFA_SUCCESS. */
bool expect_error_at(const struct regs *r, int code, const char *where);
#define EXPECT_ERROR(r, code) expect_error_at(&(r), (code), CLIENT_HERE)
bool expect_success_at(const struct regs *r, const char *where);
#define EXPECT_SUCCESS(r) expect_success_at(&(r), CLIENT_HERE)
/* The test that runs cannot be made here. */
void skip(const char *why);

/* Between tests. */
void report_begin(void);
void report_result(unsigned int number, const char *name);

/* --- time.c --- */

uint64_t time_counter(void);
uint64_t time_ms(uint64_t n); /* in ticks of the counter */
uint64_t time_us(uint64_t n);
bool time_is_over(uint64_t deadline);
/* Do nothing for so long. */
void time_wait(uint64_t ticks);

/* --- irq.c: each core its own --- */

/* Once on each core. */
void irq_init(void);
/*
 * CNTHP fires in so many ticks; never. Its interrupt, and any other, is taken where this core lets it: in
 * irq_window(), or between irq_unmask() and irq_mask(). The handler (NULL: none) gets the INTID; CNTHP is off by then
 * and may be started again.
 */
#define IRQ_CNTHP 26
void irq_timer(uint64_t ticks);
void irq_timer_off(void);
/* An interrupt of ours for that core, now. */
#define IRQ_SGI 1
void irq_send(unsigned int cpu);
void irq_handler(void (*fn)(uint32_t intid));
void irq_unmask(void);
void irq_mask(void);
/* Take what is pending: how many that were. */
unsigned int irq_window(void);
/* Is one pending for this core? */
bool irq_is_pending(void);
/* Wait until one is, at most that long. */
bool irq_wait(uint64_t ticks);
/* How many this core has taken since it came up. */
uint64_t irq_taken(void);

/* --- random.c: a number of 64 bits; below limit --- */

uint64_t random_next(void);
uint64_t random_below(uint64_t limit);
#endif
#endif
