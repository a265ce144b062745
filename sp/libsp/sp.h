/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a Secure Partition of ours stands on: entry, stage 1, calls. An SP is one program: sp_main() and what it needs.
 * It runs at S-EL1, one stack for each execution context, interrupts masked unless it opens them. FF-A 1.2; paravirtual
 * interrupts as in Hafnium (abi/ffa.h).
 */
#ifndef SP_H
#define SP_H

#define SP_CONTEXTS 8
#define SP_STACK    0x2000

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/ffa.h"

/* x0 to x17 of a call and of what it returns. */
struct sp_regs {
	uint64_t x[18];
};

/*
 * The SP: called once in each execution context, with its number and the address of the boot information (0: none).
 * Does not return.
 */
void sp_main(unsigned int context, uint64_t boot_info);

/* A call by SMC, in place; by HVC (HF_*), its result. */
void sp_call(struct sp_regs *r);
uint64_t sp_hvc(uint64_t fn, uint64_t a, uint64_t b, uint64_t c);

/* Make the call of r, which gives up the core until a message comes: r is then the message. */
void sp_wait(struct sp_regs *r);

/*
 * Turn the request in r into the answer to it (32, 64 bits, or REQ2), payload kept; sp_call() or sp_wait()
 * then sends it.
 */
void sp_make_response(struct sp_regs *r);

/* A line for the log, by FFA_CONSOLE_LOG. */
void sp_log(const char *text);

/* This SP's own identifier. */
uint16_t sp_id(void);

/*
 * Map size bytes at pa for this SP, and return where: non-secure (memory of the normal world), device. Never undone.
 * NULL: no room, or not whole pages.
 */
enum { SP_MAP_NS = 1, SP_MAP_DEVICE = 2 };
void *sp_map(uint64_t pa, size_t size, unsigned int how);

/* Called for an interrupt (IRQ at S-EL1), if the SP unmasks them. The weak one of libsp does nothing. */
void sp_irq(void);
void sp_irq_unmask(void);
void sp_irq_mask(void);
#endif
#endif
