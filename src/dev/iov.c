/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies from and to lists of guest buffers. No state, no lock; the memory behind them is the
 * guest's and may change. */
#include "dev/iov.h"

#include "core/guest_mem.h"
#include "lib/checked.h"

uint64_t iov_bytes(const struct iov *v, unsigned int n)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < n; i++)
		sum += v[i].len;
	return sum;
}

/* One piece of a copy: from guest memory when src is NULL, else to it. */
static int copy_piece(struct partition *p, ipa_t addr, uint8_t *dst, const uint8_t *src, size_t n)
{
	return src ? guest_mem_write(p, addr, src, n) : guest_mem_read(p, addr, dst, n);
}

static int copy(struct partition *p, const struct iov *v, unsigned int n, uint64_t skip,
		uint8_t *dst, const uint8_t *src, size_t size)
{
	if (!range_within(skip, size, iov_bytes(v, n)))
		return E_RANGE;

	for (unsigned int i = 0; size; i++) {
		size_t piece;
		int err;

		if (skip >= v[i].len) {
			skip -= v[i].len;
			continue;
		}
		piece = MIN(size, (size_t)(v[i].len - skip));
		err = copy_piece(p, IPA(v[i].addr.a + skip), dst, src, piece);
		if (err)
			return err;
		skip = 0;
		size -= piece;
		if (src)
			src += piece;
		else
			dst += piece;
	}
	return OK;
}

int iov_read(struct partition *p, const struct iov *v, unsigned int n, uint64_t skip, void *dst,
	     size_t size)
{
	return copy(p, v, n, skip, dst, NULL, size);
}

int iov_write(struct partition *p, const struct iov *v, unsigned int n, uint64_t skip,
	      const void *src, size_t size)
{
	return copy(p, v, n, skip, NULL, src, size);
}
