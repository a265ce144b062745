/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An SP's RX and TX buffers: indirect messages. State: where they are, under one lock each, since all contexts share
 * them. FF-A 1.2, 7.2 and 13.4 to 13.7.
 */
#include "sp.h"

#define HEADER sizeof(struct ffa_msg_header_1_2)

void *memcpy(void *to, const void *from, size_t n);

static uint8_t own_rx[FFA_PAGE_SIZE] __attribute__((aligned(FFA_PAGE_SIZE)));
static uint8_t own_tx[FFA_PAGE_SIZE] __attribute__((aligned(FFA_PAGE_SIZE)));
static uint8_t *rx, *tx;
static sp_lock_t rx_lock, tx_lock;

void sp_lock(sp_lock_t *l)
{
	while (__atomic_exchange_n(l, 1, __ATOMIC_ACQUIRE))
		;
}

void sp_unlock(sp_lock_t *l)
{
	__atomic_store_n(l, 0, __ATOMIC_RELEASE);
}

bool sp_rxtx_map(void)
{
	struct sp_regs r = { { FFA_RXTX_MAP_64, (uint64_t)own_tx, (uint64_t)own_rx, 1 } };

	sp_call(&r);
	if ((uint32_t)r.x[0] == FFA_ERROR)
		return false;
	rx = own_rx;
	tx = own_tx;
	return true;
}

bool sp_rxtx_use(uint64_t rx_pa, uint64_t tx_pa)
{
	tx = sp_map(tx_pa, FFA_PAGE_SIZE, 0);
	rx = sp_map(rx_pa, FFA_PAGE_SIZE, 0);
	return rx && tx;
}

struct sp_sent sp_send2(uint16_t to, const void *text, size_t size)
{
	const struct ffa_msg_header_1_2 h = {
		.base = { .offset = HEADER, .receiver = to, .sender = sp_id(), .size = (uint32_t)size }
	};
	struct sp_regs r = { { FFA_MSG_SEND2 } };

	if (!tx || size > FFA_PAGE_SIZE - HEADER)
		return (struct sp_sent){ FFA_ERROR, (uint32_t)FFA_NO_MEMORY };
	sp_lock(&tx_lock);
	memcpy(tx, &h, sizeof(h));
	memcpy(tx + HEADER, text, size);
	sp_call(&r);
	sp_unlock(&tx_lock);
	return (struct sp_sent){ (uint32_t)r.x[0], (uint32_t)r.x[2] };
}

/*
 * Whether RX has a message only the SPMC knows: RX_RELEASE says it. So what is there is copied first; after the release
 * the next one may be written over it.
 */
bool sp_receive(void (*f)(uint16_t sender, const void *text, size_t size))
{
	static uint8_t copy[FFA_PAGE_SIZE];
	struct sp_regs r = { { FFA_RX_RELEASE } };
	struct ffa_msg_header h;
	bool there;

	if (!rx)
		return false;
	sp_lock(&rx_lock);
	memcpy(copy, rx, sizeof(copy));
	sp_call(&r);
	there = (uint32_t)r.x[0] != FFA_ERROR;
	memcpy(&h, copy, sizeof(h));
	if (there && f && h.offset <= sizeof(copy) && h.size <= sizeof(copy) - h.offset)
		f(h.sender, copy + h.offset, h.size);
	sp_unlock(&rx_lock);
	return there;
}
