/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A vCPU: its registers, whose it is, what it is doing, and where it may run.
 *
 * State owned: the state machine below. Every transition is made in sched.c, under the lock of the run queue of the
 * vCPU's home core (docs/scheduling.md has the table).
 */
#ifndef CORE_VCPU_H
#define CORE_VCPU_H

#include "arch/vcpu_regs.h"
#include "core/time.h"
#include "core/trace.h"
#include "lib/list.h"
#include "lib/types.h"

struct mmio_region;
struct partition;
struct vgic_vcpu;

enum vcpu_state {
	VCPU_OFF,     /* PSCI off: no context */
	VCPU_READY,   /* in the run queue of its home core */
	VCPU_RUNNING, /* on its home core */
	VCPU_BLOCKED, /* waits for an interrupt (WFI, CPU_SUSPEND) */
};

struct vcpu {
	struct arch_vcpu arch; /* first: SP_EL2 points here while the vCPU runs */

	struct partition *part;
	uint16_t index;	  /* in its partition; Aff0.. of its VMPIDR come from it */
	bool stop;	  /* leave the core and turn off at the next opportunity */
	bool yield;	  /* at the next opportunity let the others of this core run first */
	bool dbg_used;	  /* one of dbg[] is not 0 */
	bool os_unlocked; /* OSLAR_EL1: the OS lock is set at reset */
	enum vcpu_state state;
	uint64_t trace_exit; /* trace_who() of its exits on this core */
#ifdef CONFIG_TRACE_EXITS
	struct trace_total total;
#endif

	/* Scheduling: core/sched.c */
	struct list rq_link;
	unsigned int home;		  /* the core in whose queue it is or on which it runs */
	uint64_t affinity;		  /* physical cores that it may use, a bit each */
	uint64_t slice_start, slice_left; /* counter: charged up to here; ticks of its time slice that are left */
	bool in_order;			  /* it waits, or waited, at the place in the queue that it came to in time */
	unsigned int grace;		  /* looks during which it was left the core for its masked interrupts */

	/* Interrupts: src/vgic; NULL in a role without one. */
	struct vgic_vcpu *vgic;
	/* The EL1 physical timer, emulated: src/vgic/vtimer.c */
	struct timer vtimer_soft, ptimer_soft;
	uint64_t cntp_ctl, cntp_cval;

	/* Breakpoints and watchpoints as the guest wrote them (core/debug_regs.c). */
	uint64_t dbg[4][16]; /* BVR, BCR, WVR, WCR */
	uint64_t unread_pc;  /* core/mmio_trap.c: an instruction that could not be read, once; 0: none */
	const struct mmio_region *mmio_last; /* core/mmio_trap.c: the device of its last access; NULL: none yet */

	void *role; /* the role's own */
};

/*
 * Registers as after power-on (ARM DDI 0487 D1.3): EL1h, DAIF masked, MMU and caches off, pc and x0 as given, all else
 * zero. For a vCPU that is off and loaded nowhere.
 */
void vcpu_reset(struct vcpu *v, uint64_t pc, uint64_t x0);

#endif
