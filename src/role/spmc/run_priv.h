/* SPDX-License-Identifier: BSD-3-Clause */
/* Between run.c, run_irq.c and run_power.c. */
#ifndef ROLE_SPMC_RUN_PRIV_H
#define ROLE_SPMC_RUN_PRIV_H

#include "arch/switch.h"
#include "core/time.h"
#include "ffa/call.h"
#include "role/spmc/sp_context.h"

struct sp_ctx;

/* A core's. */
struct run {
	struct sp_ctx *on;   /* NULL: the normal world's turn */
	struct sp_ctx *left; /* who has given up the core, but whose state is still in it */
	enum sp_event event; /* by which */
	struct ffa_regs nwd; /* the normal world's call, then the answer to it */

	/* run_power.c */
	unsigned int to_boot, to_tell; /* the next SP, of those that boot, and of those that are told of CPU_OFF */
	bool goes_off;		       /* once all are told and nobody minds */

	/* run_irq.c */
	uint64_t wanted;    /* SPs whose context here was idle when a secure interrupt came: a bit each */
	uint64_t aside;	    /* SPs whose context here was handling one for too long */
	unsigned int last;  /* the one of them that has gone on last: each has its turn */
	struct timer again; /* when the next one goes on */
	bool again_due;
	bool on_top;	    /* one handles an interrupt on top of the normal world */
	struct timer retry; /* when those that are wanted are looked at again, for there was no credit */
	uint64_t credit;    /* ticks for which such may still have the core */
	uint64_t mark;	    /* counter: when it began, or the last one ended */
	struct timer hold;  /* until when interrupts of the normal world are held back */
	bool holding, hold_over;

	/* What SPMD does not switch: EL1 and EL0 of the normal world, while an SP is loaded. */
	struct arch_vcpu el1;
	struct arch_sve sve;
	bool away;
};

struct run *run_here(void);

void run_irq_init(struct run *r);

/* head, which handles a secure interrupt on top of the normal world, is preempted: it goes on after a while. */
void run_irq_set_aside(struct run *r, struct sp_ctx *head);
bool run_irq_resume_aside(struct run *r);

/* Who handled an interrupt on top of the normal world has given up the core. */
void run_irq_done(struct run *r);

/* c is idle since just now: does it have an interrupt that nobody has looked at? */
void run_irq_idle(struct run *r, struct sp_ctx *c);

/* If an idle context has one, and who runs lets it: that context is on top now. */
bool run_irq_enter(struct run *r);

/* Interrupts of the normal world are held back from now on, or come again. */
void run_irq_hold_change(struct run *r, bool hold);
static inline void run_irq_hold(struct run *r, bool hold)
{
	if (unlikely(r->holding != hold))
		run_irq_hold_change(r, hold);
}
bool run_irq_wants_hold(const struct run *r);

/* Who is entered next has its own time. */
void run_irq_new_hold(struct run *r);

/*
 * The time is over in which interrupts of the normal world were held back. True: who runs has to go for it, since no
 * such interrupt would make it; false: it goes as soon as one comes.
 */
bool run_irq_end_hold(struct run *r);

/*
 * A core comes up. The SPs that boot on it, one after the other; those that are told that it goes: is there one more?
 */
void run_power_come_up(struct run *r);
bool run_power_boot(struct run *r);
bool run_power_tell(struct run *r);

/* Does the one below wait for what c's turn results in? */
bool run_is_called(const struct sp_ctx *c);

/* c is done with its turn: who is below it has the next, with that answer, or none. */
void run_pop(struct run *r, struct sp_ctx *c, const struct ffa_regs *answer);

#endif
