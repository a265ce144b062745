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

/* SMC #0 with all of r, in place. */
void client_smc(struct regs *r);

/* A call with up to seven arguments; the answer's registers. */
struct regs ffa_call(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4);

/* printf with %s %c %d %u %x %llx and %%; whole lines come out whole on several cores. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A failed expectation: noted in the result of the test that runs, which goes on. True if it holds. */
bool expect_at(bool holds, const char *what, unsigned int line);
#define EXPECT(cond) expect_at((cond), #cond, __LINE__)
bool expect_eq_at(uint64_t seen, uint64_t wanted, const char *what, unsigned int line);
#define EXPECT_EQ(seen, wanted) expect_eq_at((uint64_t)(seen), (uint64_t)(wanted), #seen, __LINE__)
/* r is FFA_ERROR with this code; FFA_SUCCESS. */
bool expect_error_at(const struct regs *r, int code, unsigned int line);
#define EXPECT_ERROR(r, code) expect_error_at(&(r), (code), __LINE__)
bool expect_success_at(const struct regs *r, unsigned int line);
#define EXPECT_SUCCESS(r) expect_success_at(&(r), __LINE__)

struct test {
	const char *name;
	void (*run)(void);
};

/* The program's tests, in order; a program is this table and runtime.c, start.S. */
extern const struct test tests[];
extern const unsigned int tests_count;

/*
 * Run fn on core cpu (1 to CLIENT_CPUS - 1, by PSCI CPU_ON, MPIDR affinity 0.0.0.cpu); false when it does not come
 * (TF-A turns on what is not there).
 */
bool cpu_start(unsigned int cpu, void (*fn)(unsigned int cpu));
/* Wait until fn has returned there. */
void cpu_join(unsigned int cpu);
unsigned int cpu_index(void);
#endif
#endif
