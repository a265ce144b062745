/* SPDX-License-Identifier: BSD-3-Clause */
/* Where Trivet's own address space begins to see RAM: a constant here, on the host wherever its RAM arena lies. */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

#define ARCH_S1_DIRECT UINT64_C(0x800000000000) /* 128 TiB */

#endif
