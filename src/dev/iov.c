/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies from and to lists of guest buffers. No state, no lock; the memory behind them is the guest's and may change.
 */
#include "dev/iov.h"

#include "core/guest_mem.h"
#include "lib/checked.h"

uint64_t iov_bytes(const struct iov_list *l)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < l->n; i++)
		sum += l->v[i].len;
	return sum;
}

/* One of dst and src is NULL: that side is the list. */
static int copy(const struct iov_list *l, uint64_t skip, uint8_t *dst, const uint8_t *src, size_t size)
{
	size_t done = 0;

	if (!range_within(skip, size, iov_bytes(l)))
		return E_RANGE;

	for (const struct iov *v = l->v; done < size; v++) {
		size_t n;
		ipa_t at;
		int err;

		if (skip >= v->len) {
			skip -= v->len;
			continue;
		}
		n = MIN(size - done, (size_t)(v->len - skip));
		at = IPA(v->addr.a + skip);
		err = dst ? guest_mem_read(l->part, at, dst + done, n) : guest_mem_write(l->part, at, src + done, n);
		if (err)
			return err;
		skip = 0;
		done += n;
	}
	return OK;
}

int iov_read(const struct iov_list *l, uint64_t skip, void *dst, size_t size)
{
	return copy(l, skip, dst, NULL, size);
}

int iov_write(const struct iov_list *l, uint64_t skip, const void *src, size_t size)
{
	return copy(l, skip, NULL, src, size);
}
