/* SPDX-License-Identifier: BSD-3-Clause */
/* What the runtime's own files share: not for programs. */
#ifndef ATTACK_PRIVATE_H
#define ATTACK_PRIVATE_H

#include "attack.h"

void attack_main(void);
void attack_secondary_main(void);
void attack_exception(struct attack_frame *f, uint64_t vector);
extern void attack_el0_back(void);

/* This vCPU's MMU, and that of those that are turned on from now on. */
void runtime_set_mmu(bool on);

/* The device tree: the text behind attack= in bootargs ("" when there is none), attack_cpus, attack_ram_end. */
const char *tree_read(void);

#endif
