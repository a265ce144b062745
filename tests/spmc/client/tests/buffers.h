/* SPDX-License-Identifier: BSD-3-Clause */
/* The client's RX and TX buffers. State owned: they. */
#ifndef BUFFERS_H
#define BUFFERS_H

#include "abi/ffa.h"
#include "client.h"

#define BUFFERS_PAGES 2

extern uint8_t buffers_tx[BUFFERS_PAGES * FFA_PAGE_SIZE], buffers_rx[BUFFERS_PAGES * FFA_PAGE_SIZE];

/* RXTX_MAP and RXTX_UNMAP; false, and noted, if that fails. RX is poisoned first. */
bool buffers_map(void);
bool buffers_unmap(void);
bool buffers_release(void);

/* Compare or copy without the compiler's help being needed. */
void *memcpy(void *to, const void *from, size_t n);
void *memset(void *p, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
#endif
