/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine's console UART, a PL011 (DDI 0183); implements the UART part of plat/plat.h. Callers
 * serialise (LOCK_LOG, LOCK_CONSOLE).
 */
#ifndef DRV_PL011_H
#define DRV_PL011_H

#include "lib/types.h"

/* Early: transmit only, as firmware left it set up. NULL: no console. */
void pl011_early(void *base);

/*
 * From now on base (mapped, device), with FIFOs and the receive interrupts on. Line parameters are as
 * firmware left them.
 */
void pl011_init(void *base);

#endif
