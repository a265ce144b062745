/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers that start.S and C share: sizes of stacks, and offsets in struct attack_frame and struct attack_entry. */
#ifndef ATTACK_LAYOUT_H
#define ATTACK_LAYOUT_H

#define CPUS_MAX       16
#define STACK_SIZE     0x8000
#define EL0_STACK_SIZE 0x1000
#define FRAME_SIZE     272

/* struct attack_entry */
#define ENTRY_SIZE  4096
#define ENTRY_CPACR 256
#define ENTRY_FP    272
#define ENTRY_SYS   800

#define EL0_RETURN 0x7a7a /* SVC's number that ends attack_el0() */

#endif
