/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the tests talk to Secure Partitions: direct requests with the commands of sp/libsp/commands.h. State owned: what
 * has happened meanwhile, each core its own.
 */
#ifndef ASK_H
#define ASK_H

#include "abi/ffa.h"
#include "client.h"
#include "commands.h"

#define SP1    0x8001u /* hello */
#define SP2    0x8002u /* irq */
#define SP3    0x8003u /* relay */
#define SP4    0x8004u /* rogue */
#define NOBODY 0x8007u
#define SPS    4
#define ADDED  SP_ECHO_ADDED

#define PPI	  29 /* SP2's */
#define UART1_SPI 40

/* A 64-bit request with x3 to x7, as it is: whatever comes back. */
struct regs ask_once_with(unsigned int sp, const uint64_t arg[5]);
#define ASK_ONCE(sp, ...) ask_once_with((sp), (const uint64_t[5]){ __VA_ARGS__ })

/*
 * The same until it is answered: BUSY, interrupts of ours (their handler runs), yields and managed exits are dealt
 * with, for at most ten seconds. An answer that comes is checked to be from that SP to us; an error is returned.
 */
struct regs ask_with(unsigned int sp, const uint64_t arg[5]);
#define ASK(sp, ...) ask_with((sp), (const uint64_t[5]){ __VA_ARGS__ })

/* Go on with what was interrupted, r being FFA_INTERRUPT or FFA_YIELD, until it is something else. */
struct regs ask_go_on(struct regs r);

/* Is r the answer of that SP to us, 64-bit? Noted as a failure if not. */
bool ask_answered_at(const struct regs *r, unsigned int sp, const char *where);
#define EXPECT_ANSWER(r, sp) ask_answered_at(&(r), (sp), CLIENT_HERE)

/* Have the SP make a call by SMC, or by HVC, with x0 to x7: x0 to x7 of what it returns, 0 in the others. */
struct regs ask_call_with(unsigned int sp, uint64_t how, const uint64_t arg[8]);
#define ASK_SMC(sp, ...) ask_call_with((sp), SP_CMD_SMC, (const uint64_t[8]){ __VA_ARGS__ })
#define ASK_HVC(sp, ...) ask_call_with((sp), SP_CMD_HVC, (const uint64_t[8]){ __VA_ARGS__ })

/* What the core that calls has met with in ask_with() and ask_go_on(). */
struct ask_count {
	uint64_t interrupts, yields, busy, managed_exits;
};
struct ask_count *ask_count(void);

/* SP2's own figures, and setting them to 0. */
struct ask_irq {
	uint64_t taken; /* of PPI */
	uint64_t last;	/* INTID */
	uint64_t managed_exits, entries;
};
struct ask_irq ask_irq(void);
/* The same, once SP2 has taken that many; the normal world runs most of the time until then. */
struct ask_irq ask_irq_wait(uint64_t taken);
void ask_irq_reset(void);

/* PPI becomes pending on this core in so many ticks, times times. True if it will. */
bool ask_irq_pend(uint64_t ticks, uint64_t times);

/*
 * What depends on when something happens comes out as it is meant sooner or later, on a machine that is not too busy:
 * is once() true for one of twenty times? What must hold whenever is expected in once().
 */
bool ask_until(bool (*once)(void));

/* An echo of SP1, SP2, SP3 or SP4, checked. */
bool ask_echo(unsigned int sp, uint64_t value);
#endif
