/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ID registers that a guest reads (HCR_EL2.TID3): the hardware's, reduced to what the guest can really use. A field
 * that no row allows reads as zero.
 */
#ifndef CORE_IDREGS_H
#define CORE_IDREGS_H

#include "lib/types.h"

/*
 * The value of op0 3, op1 0, CRn 0, CRm crm (1 to 7), op2 (0 to 7) for guests with an IPA space of ipa_bits. hw is the
 * hardware's value. Pure.
 */
uint64_t idreg_value(unsigned int crm, unsigned int op2, uint64_t hw, unsigned int ipa_bits);

#endif
