/* SPDX-License-Identifier: BSD-3-Clause */
/* Between the files of src/arch/host. */
#ifndef HOST_INTERNAL_H
#define HOST_INTERNAL_H

void host_mmu_reset(void);

#endif
