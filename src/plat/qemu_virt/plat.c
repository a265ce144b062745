/* SPDX-License-Identifier: BSD-3-Clause */
/* QEMU's virt machine: everything comes from its device tree, so a name is all there is to say. */
#include "plat/plat.h"

const char plat_name[] = "qemu_virt";
