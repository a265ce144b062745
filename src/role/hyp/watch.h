/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The watch: tells of a VM that does not take interrupts any more, because it hangs, has panicked or has turned all its
 * vCPUs off; and does with it what its machine file says (trivet,on-hang).
 *
 * Evidence costs nothing on the path of an exit: a vCPU is looked at when it leaves its core, and once a second on each
 * core that has one. Locks: none held; those of the VM's end and of its vGIC inside.
 */
#ifndef ROLE_HYP_WATCH_H
#define ROLE_HYP_WATCH_H

#include "lib/types.h"

struct vcpu;
struct vm;

#define WATCH_PERIOD_NS UINT64_C(1000000000)
/* So many rounds, one a period at most, in which a vCPU was looked at and showed no sign of life, make it hung. */
#define WATCH_ROUNDS 10u

/* Of one vCPU. Written on its core, but for the counts; bits that get lost or seen twice cost a round. */
struct watch_vcpu {
	bool lives;	/* since the last round it was seen with interrupts unmasked, or had set its timer anew, */
	bool masked;	/* ... it was seen running with interrupts masked, */
	bool asleep;	/* ... in a WFI that is not trapped, with nothing pending, */
	bool neglects;	/* ... masked, with an interrupt pending for it */
	uint64_t cval;	/* its virtual timer's CVAL when it was seen masked last, */
	uint64_t pc;	/* and where it was */
	uint8_t deaf;	/* rounds in a row in which it was seen, and no sign of life */
	uint8_t ignore; /* rounds in a row in which it was seen to neglect an interrupt as well */
};

/* Of one VM. */
struct watch {
	bool told; /* that it hangs */
	struct watch_vcpu vcpu[CONFIG_MAX_VCPUS];
};

/* The VMs to watch: n entries, NULL where there is none, which stay. Before any of them runs. */
void watch_init(struct vm *const *vms, unsigned int n);

/* This core has a vCPU from now on: looks at who runs on it, each second. Once a core. */
void watch_core(void);

/* vm is about to start: nothing is known of it. */
void watch_reset(struct vm *vm);

/* v, which is loaded here, leaves the core, or is being looked at. */
void watch_look(struct vcpu *v);

/* All vCPUs of vm have turned themselves off: nobody can ever turn one on. */
void watch_all_off(struct vm *vm);

#endif
