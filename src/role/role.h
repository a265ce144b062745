/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a role (hyp, spmc, rmm; the target tests too) gives to the core. Chosen at link time.
 */
#ifndef ROLE_ROLE_H
#define ROLE_ROLE_H

#include "core/smc.h"
#include "core/trap.h"
#include "lib/types.h"

struct hw_range;
struct partition;
struct vcpu;

/* For the banner: "hyp". */
extern const char role_name[];

/*
 * On the boot core, once memory, interrupts and time work and the other cores are up or refused: build the partitions
 * and start them.
 */
void role_boot(void);

/*
 * RAM that must not be handed out: up to max ranges into out. Before there are frames or a heap; the device tree is
 * parsed and RAM is mapped. Returns how many.
 */
unsigned int role_kept_ranges(struct hw_range *out, unsigned int max);
#define ROLE_KEPT_MAX 32

/*
 * SMCCC: standard secure services (owner 4), functions 0x00 to 0xff; and everything else (true: answered). Or the role
 * has smc_dispatch() itself, in place of core/smc.c (mk/build.mk); so it is with mmio_trap().
 */
extern const struct smc_row role_smc_std[256];
bool role_smc_other(struct vcpu *v);

/* System registers that trap and belong to the role's vGIC and timers: handled before the core's own rows. */
extern const struct sysreg_row role_sysregs[];
extern const unsigned int role_sysregs_count;

/* v takes or leaves this core (not on each exit): move what the core does not know (vGIC, timers). */
void role_vcpu_load(struct vcpu *v);
void role_vcpu_save(struct vcpu *v);
/* Just before v is entered, whenever the scheduler was asked to look (sched_kick, a switch): not on each exit. */
void role_vcpu_enter(struct vcpu *v);
/* Would v wake from WFI? Any core. */
bool role_vcpu_irq_pending(const struct vcpu *v);

/* The last vCPU of p has left its core after partition_stop(). */
void role_partition_stopped(struct partition *p);
/* All vCPUs of p are off by their own doing. */
void role_partition_all_off(struct partition *p);
/*
 * v touched or executed what its stage 2 does not have. True: the role has ended it for that; else it gets
 * an external abort.
 */
bool role_stage2_abort(struct vcpu *v);
/* While v ran, an interrupt came that is not for this world. */
void role_foreign_irq(struct vcpu *v);
/* v did what it cannot go on from (e.g. an SError of its own): this partition ends, with the reason in the log. */
void role_partition_fault(struct vcpu *v, const char *why);

/*
 * Whom this core enters now: cur, whose exit has been handled (NULL at first, and when it is gone), or another one.
 * Does not return before there is one. In a role without a scheduler of its own: sched_next().
 */
struct vcpu *role_next(struct vcpu *cur);

/* The console UART has received something (called on the core that took its interrupt). */
void role_console_rx(void);

#endif
