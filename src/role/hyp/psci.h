/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PSCI 1.1 (DEN 0022) for a VM: handlers of the rows in smccc.c. Each reads its arguments from v's
 * x1 to x3 and writes x0 alone. No lock: a CPU_ON claims its target by an atomic bit, so of two
 * CPU_ON for one vCPU exactly one succeeds.
 */
#ifndef ROLE_HYP_PSCI_H
#define ROLE_HYP_PSCI_H

#include "lib/types.h"

struct vcpu;

/* What PSCI keeps of a vCPU: written and read on the vCPU's own core. */
struct psci_vcpu {
	bool resume; /* it sleeps in a powerdown state: when it wakes it goes on at entry, as after power-on */
	uint64_t entry, context;
};

void psci_version(struct vcpu *v);
void psci_features(struct vcpu *v);
void psci_cpu_suspend(struct vcpu *v);
void psci_cpu_off(struct vcpu *v);
void psci_cpu_on(struct vcpu *v);
void psci_affinity_info(struct vcpu *v);
void psci_migrate_info_type(struct vcpu *v);
/* The caller does not get back from these three: its VM stops, and restarts if its configuration says so. */
void psci_system_off(struct vcpu *v);
void psci_system_reset(struct vcpu *v);
void psci_system_reset2(struct vcpu *v);

/* v takes a core: a CPU_ON of it that was pending is complete. */
void psci_vcpu_entered(struct vcpu *v);

/*
 * v, loaded here, is about to be entered after it was blocked in a powerdown state (its psci_vcpu says resume): it
 * resumes at its entry.
 */
void psci_vcpu_resume(struct vcpu *v);

#endif
