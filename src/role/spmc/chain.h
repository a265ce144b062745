/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Call chains: who waits for whom. On each core the normal world is at the bottom; on top of it the context that it
 * called, on top of that the one that this called, or that handles a secure interrupt: head, ..., top. Only the top
 * runs. FF-A 1.2, 8 (runtime models), 9 (interrupts).
 *
 *   normal world <--caller-- head <--caller-- ... <--caller-- top        callee points the other way
 *
 * The links belong to whoever has the head: the core that runs the chain, or who takes a preempted one by
 * chain_resume(). No lock, no hardware: this file says who is next, run.c does it.
 */
#ifndef ROLE_SPMC_CHAIN_H
#define ROLE_SPMC_CHAIN_H

#include "lib/types.h"
#include "role/spmc/sp_context.h"

struct sp_ctx;

/*
 * c, idle (or in reset, for INIT), runs on top of below, which runs on this core; NULL: the normal world. It inherits
 * the stricter actions on interrupts. E_STATE: it is neither; nothing has changed.
 */
int chain_push(struct sp_ctx *below, struct sp_ctx *c, enum sp_model model) MUST_CHECK;

/*
 * top is done with its turn (and still RUNNING): the one below it runs again. Returns that; NULL: the normal world. One
 * that has been aborted meanwhile is left out, and it is the turn of the next: *above is the last one left out, or top.
 */
struct sp_ctx *chain_pop(struct sp_ctx *top, struct sp_ctx **above);

/* The first one; top itself when it is alone. */
struct sp_ctx *chain_head(struct sp_ctx *top);

/* Is c at or below top? */
bool chain_has(const struct sp_ctx *top, const struct sp_ctx *c);

/*
 * The normal world takes the core: top to PREEMPTED, the others to CHAIN_PREEMPTED, the head last, from when on any
 * core may resume it. top's registers have been saved. One that was aborted meanwhile stays so.
 */
void chain_preempt(struct sp_ctx *top);

/*
 * FFA_RUN: go on with a chain whose head is c (or with c, which has yielded), for below; NULL: the normal world. *top
 * is who runs now; it may have been aborted meanwhile. The normal world goes on with one for which nobody waits, too:
 * its callers are aborted, or idle again. DENIED: it waits for somebody else; BUSY: it runs, or waits for the end of a
 * call; ABORTED; INVALID_PARAMETERS: it is bound to another core than cpu.
 */
int chain_resume(struct sp_ctx *below, struct sp_ctx *c, unsigned int cpu, struct sp_ctx **top) MUST_CHECK;

/* The same for one that was handling a secure interrupt, on top of the normal world; DENIED: c is not. */
int chain_resume_aside(struct sp_ctx *c, unsigned int cpu, struct sp_ctx **top) MUST_CHECK;

#endif
