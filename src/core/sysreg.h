/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System registers that trap: the role's rows, the ID registers, the core's own rows. What is in none of
 * them is UNDEFINED.
 */
#ifndef CORE_SYSREG_H
#define CORE_SYSREG_H

#include "core/trap.h"

enum trap_result sysreg_trap_read(struct vcpu *v, uint32_t key, uint64_t *value);
enum trap_result sysreg_trap_write(struct vcpu *v, uint32_t key, uint64_t value);

/* The core's rows: for the tests. */
extern const struct sysreg_row sysreg_rows[];
extern const unsigned int sysreg_rows_count;

#endif
