/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine that the unit tests run on, as they see and turn it: RAM, registers, time, the log of what was done to
 * the hardware, and panics that can be caught. Only tests and src/arch/host include this.
 */
#ifndef ARCH_HOST_H
#define ARCH_HOST_H

#include <setjmp.h>

#include "lib/types.h"

/* A fake that a test may replace by a function of its own. */
#define HOST_FAKE __attribute__((weak))

/* All of the below as at the start, for this thread; the log off and empty; no RAM; the counter at 0. */
void host_reset(void);

/*
 * RAM: [base, base + size) of physical address space, zeroed, reached at pa_to_ptr(). Physical and
 * host addresses never agree. An earlier arena is gone. Up to 64 GiB: only what is touched costs
 * memory. base and size are page-aligned.
 */
void host_ram_init(pa_t base, uint64_t size);

/* The log: off until host_log_start(), which also empties it. Any thread. */
enum host_event_kind {
	HOST_PTE_WRITE,	   /* a: host address of the descriptor, b: value */
	HOST_PUBLISH,	   /* dsb ishst for descriptors */
	HOST_S1_FLUSH,	   /* a: va, b: size */
	HOST_S2_FLUSH,	   /* a: ipa, b: size, vttbr */
	HOST_S2_FLUSH_NS,  /* the same, of the non-secure IPA space */
	HOST_S2_FLUSH_ALL, /* vttbr */
	HOST_DCACHE,	   /* a: host address, b: size */
	HOST_ICACHE,	   /* a: host address, b: size */
	HOST_ZERO,	   /* a: host address, b: size */
	HOST_SMC,	   /* a: x0, b: x1 */
	HOST_TIMER,	   /* a: deadline */
	HOST_WFI,
	HOST_SGI,	     /* a: core, b: SGI */
	HOST_IRQ_ACTIVE,     /* a: INTID, b: active */
	HOST_IRQ_ENABLE,     /* a: INTID, b: enabled; vttbr: core */
	HOST_IRQ_DEACTIVATE, /* host_irq_deactivate_on: a: INTID, b: core */
	HOST_IRQ_HOLD,	     /* a: held; b: core. Only when it changes */
	HOST_STAGE2_LOAD,    /* a: VTCR, vttbr */
	HOST_OTHER,	     /* host_log_add by a test or another fake */
};

struct host_event {
	enum host_event_kind kind;
	uint64_t a, b, vttbr;
};

#define HOST_LOG_MAX 65536

void host_log_start(void);
void host_log_stop(void);
void host_log_add(enum host_event_kind kind, uint64_t a, uint64_t b, uint64_t vttbr);
/* Events so far; more than HOST_LOG_MAX of them end the test program. */
unsigned int host_log_count(void);
const struct host_event *host_log_at(unsigned int i);
/* Index of the first event of that kind at or after from; host_log_count() when there is none. */
unsigned int host_log_find(enum host_event_kind kind, unsigned int from);

/* The counter, one for all threads, and the deadline that this thread's EL2 timer is armed with (UINT64_MAX: none). */
void host_counter_set(uint64_t now);
void host_counter_advance(uint64_t ticks);
void host_counter_freq_set(uint64_t hz);
uint64_t host_timer_deadline(void);

/* What the machine is. Defaults: 44 bits, 4 list registers, no random numbers, MPIDR 0x80000000. */
void host_pa_bits_set(unsigned int bits);
/* What arch_s2_is_coherent() says; false after a reset. */
void host_s2_coherent_set(bool is);
void host_lr_count_set(unsigned int n);
/* arch_random gives these from now on, counting up; none after count of them. */
void host_random_set(uint64_t first, unsigned int count);

/* Who answers arch_smc (default: NULL: x0 = -1, NOT_SUPPORTED) and guest_translate (default: NULL: E_FAULT). */
void host_smc_set(void (*fn)(uint64_t x[18]));
void host_translate_set(int (*fn)(uint64_t va, bool el0, pa_t *pa));

/* ID registers of the machine: op0 3, op1 0, CRn 0. Default: all 0. */
void host_idreg_set(unsigned int crm, unsigned int op2, uint64_t value);

/* The interrupt that host_irq_ack() gives next, once, on this core; it is active then. */
void host_irq_raise(uint32_t intid);

/*
 * What plat/plat.h has been told of an interrupt of that core (SPIs: of any). host_irq_is_pending() is true from
 * host_irq_set_pending() until host_irq_clear_pending().
 */
bool host_irq_enabled(unsigned int cpu, uint32_t intid);
uint8_t host_irq_priority(unsigned int cpu, uint32_t intid);
void host_irq_clear_pending(unsigned int cpu, uint32_t intid);
bool host_irq_foreign_held(unsigned int cpu);
/* What host_irq_foreign_is_firmware() says from now on. */
void host_irq_firmware_set(bool pending);

/* What the console UART was told since host_reset(), as a string, and what it will say. */
const char *host_uart_text(void);
void host_uart_type(const char *text);

/* What the image pretends to be: arch_image_base() and arch_image_size(). */
void host_image_set(pa_t base, uint64_t size);

/*
 * Did stmt panic? Without it, a panic prints and aborts. The longjmp leaves whatever locks were held as they are: reset
 * the modules involved afterwards. host_panic_text() is what the last panic said.
 */
#define HOST_PANICS(stmt)                                                                                              \
	({                                                                                                             \
		volatile bool panicked_ = true;                                                                        \
		jmp_buf jump_;                                                                                         \
		jmp_buf *outer_ = host_panic_catch(&jump_);                                                            \
		if (setjmp(jump_) == 0) {                                                                              \
			stmt;                                                                                          \
			panicked_ = false;                                                                             \
		}                                                                                                      \
		host_panic_catch(outer_);                                                                              \
		panicked_;                                                                                             \
	})

jmp_buf *host_panic_catch(jmp_buf *to);
const char *host_panic_text(void);

#endif
