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

void psci_version(struct vcpu *v);
void psci_features(struct vcpu *v);
void psci_cpu_suspend(struct vcpu *v);
void psci_cpu_off(struct vcpu *v);
void psci_cpu_on(struct vcpu *v);
void psci_affinity_info(struct vcpu *v);
void psci_migrate_info_type(struct vcpu *v);
/* The caller does not get back from these three: its VM stops, and restarts if its configuration
 * says so. */
void psci_system_off(struct vcpu *v);
void psci_system_reset(struct vcpu *v);
void psci_system_reset2(struct vcpu *v);

/* v takes a core: a CPU_ON of it that was pending is complete. */
void psci_vcpu_entered(struct vcpu *v);

#endif
