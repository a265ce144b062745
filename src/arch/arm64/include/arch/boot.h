/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the boot code has set up when core/main.c starts: two fixed places in EL2's address space, and how other
 * cores are started.
 */
#ifndef ARCH_BOOT_H
#define ARCH_BOOT_H

#include "lib/types.h"

/* The device tree, read only, from its 2 MiB block on; and the early UART's page. Not part of s1's window. */
#define BOOT_FDT_VA	UINT64_C(0xa00000000000)
#define BOOT_FDT_WINDOW (4 * MIB)
#define BOOT_UART_VA	UINT64_C(0xa00040000000)

extern uint64_t boot_root;

/* For arch_secondary_entry_unnamed(): who is who. Ends with a NULL. */
struct percpu;
struct boot_cpu {
	uint64_t mpidr; /* affinity fields */
	struct percpu *cpu;
};
extern struct boot_cpu boot_cpus[CONFIG_MAX_CPUS + 1];

/* Tables for the MMU-on moment; returns the root's physical address. Called by head.S. */
uint64_t boot_map(uint64_t fdt_pa);

/* Physical address of the entry point for other cores (PSCI CPU_ON); x0 there is the core's struct percpu. */
uint64_t arch_secondary_entry(void);
/* The same for cores that are told nothing: they find their percpu in boot_cpus. */
uint64_t arch_secondary_entry_unnamed(void);

/* Each core, early in C: EL2 control registers to known values, features off that are not switched between vCPUs. */
void arch_init_cpu(void);

/* The image in memory: base, and size with .bss and stacks. */
pa_t arch_image_base(void);
uint64_t arch_image_size(void);

/* Top of core i's stacks. */
uint64_t arch_stack_top(unsigned int i);
uint64_t arch_panic_stack_top(unsigned int i);

/* Start running: enter v. */
struct vcpu;
void guest_enter(struct vcpu *v) NORETURN;

#endif
