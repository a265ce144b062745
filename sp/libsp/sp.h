/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a Secure Partition of ours stands on: entry, stage 1, calls, messages, interrupts. An SP is one program with a
 * manifest: sp_main(), which says what it serves and calls sp_serve(). It runs at S-EL1, one stack for each execution
 * context. FF-A 1.2; paravirtual interrupts as in Hafnium (abi/ffa.h).
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
 * Does not return. Context 0 comes first, alone.
 */
void sp_main(unsigned int context, uint64_t boot_info);

/* --- serving --- */

/* What an SP does for others. Each may be NULL: then nothing happens, but the message is answered all the same. */
struct sp_service {
	/*
	 * A direct request, in r as it came: put the answer's payload over the request's (x3 to x7; of REQ2:
	 * x4 to x17).
	 */
	void (*request)(struct sp_regs *r);
	/* An indirect message; text is a copy. */
	void (*message)(uint16_t sender, const void *text, size_t size);
	/*
	 * An interrupt of a device of the manifest, which sp_irq_enable() has switched on; it is deactivated
	 * afterwards.
	 */
	void (*interrupt)(uint32_t intid);
};

/*
 * Wait for messages and answer them, for ever; framework messages (power management, VMs come and go) with success.
 * With an interrupt handler, interrupts are open while a request is handled.
 */
__attribute__((noreturn)) void sp_serve(const struct sp_service *service);

/* The calling context, and what has happened to it since its start. */
struct sp_counts {
	uint64_t requests, runs, interrupt_entries, managed_exits;
	uint64_t cpu_off, vm_created, vm_destroyed;
};
unsigned int sp_context(void);
const struct sp_counts *sp_counts(void);

/* --- calls --- */

/* By SMC, by HVC, all registers, in place; by HVC (HF_*), its result. */
void sp_call(struct sp_regs *r);
void sp_call_hvc(struct sp_regs *r);
uint64_t sp_hvc(uint64_t fn, uint64_t a, uint64_t b, uint64_t c);

/* FFA_MSG_WAIT: r is then the message. */
void sp_wait(struct sp_regs *r);

/*
 * Turn the request in r into the answer to it (32, 64 bits, or REQ2), payload kept and all that is unused 0; of a
 * framework message: success. sp_call() then sends it.
 */
void sp_make_response(struct sp_regs *r);

/* A direct request to another SP, 64 bits: r's x3 to x7. What came back is in r whole: see x0. */
void sp_request(uint16_t to, struct sp_regs *r);

/* A line for the log, by FFA_CONSOLE_LOG. */
void sp_log(const char *text);

/* Something that cannot be: say it, and be ended. */
__attribute__((noreturn)) void sp_panic(const char *text);

/* This SP's own identifier. */
uint16_t sp_id(void);

/* --- indirect messages --- */

/*
 * Have buffers of libsp's for them (RXTX_MAP); or those that the manifest has (rx_tx-info), a page each
 * at these addresses.
 */
bool sp_rxtx_map(void);
bool sp_rxtx_use(uint64_t rx, uint64_t tx);

/* Send one: what FFA_MSG_SEND2 returned, w0 and, for FFA_ERROR, the code. */
struct sp_sent {
	uint32_t w0, w2;
};
struct sp_sent sp_send2(uint16_t to, const void *text, size_t size);

/* Hand a message that is in the RX buffer to f, and give the buffer back; false: there was none. */
bool sp_receive(void (*f)(uint16_t sender, const void *text, size_t size));

/* --- interrupts --- */

/* Switch on an interrupt of this SP's for the calling context; fiq: it is signalled as FIQ. */
enum sp_pin { SP_PIN_IRQ, SP_PIN_FIQ };
bool sp_irq_enable(uint32_t intid, enum sp_pin pin);
void sp_irq_unmask(void);
void sp_irq_mask(void);

/* Take what is pending now, as if an interrupt had come. For code that runs with interrupts masked. */
void sp_irq_poll(void);

/*
 * The normal world wants its core back (managed exit, which needs sp_irq_enable(HF_INTID_MANAGED_EXIT)): answer the
 * request as soon as you can.
 */
bool sp_must_leave(void);

/* --- memory, time --- */

/*
 * Map size bytes at pa for this SP, and return where: non-secure (memory of the normal world), device. Never undone.
 * NULL: no room, or not whole pages.
 */
enum { SP_MAP_NS = 1, SP_MAP_DEVICE = 2 };
void *sp_map(uint64_t pa, size_t size, unsigned int how);

/* Where the package is (the linker's SP_LOAD): what load-address-relative-offset counts from. */
extern char SP_LOAD[];

/* The counter, which goes on in the normal world; its ticks in a second. */
uint64_t sp_counter(void);
uint64_t sp_counter_hz(void);

/* Contexts run at the same time on several cores. */
typedef uint32_t sp_lock_t;
void sp_lock(sp_lock_t *l);
void sp_unlock(sp_lock_t *l);

/*
 * Read a register or run an instruction that this SP should not have (enum sp_touch of commands.h): false when it was
 * UNDEFINED; else *value is what it gave.
 */
bool sp_probe(unsigned int what, uint64_t *value);
#endif
#endif
