/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of the normal world; see nsmem.h. Which is whose: the SPMC's manifest (sp.h), whose ranges don't overlap. */
#include "role/spmc/nsmem.h"

#include "core/s1.h"
#include "lib/checked.h"
#include "lib/string.h"
#include "role/spmc/sp.h"

int nsmem_init(void)
{
	return s1_slots_init();
}

static bool covered(uint64_t a, uint64_t size)
{
	const struct spmc_manifest *m = sp_spmc_manifest();

	for (unsigned int i = 0; m && i < m->nr_ranges; i++) {
		const struct manifest_range *r = &m->range[i];

		/* Below the base the difference wraps, and is more than any size. */
		if (r->kind == MANIFEST_NS_RAM && range_within(a - r->base, size, r->size))
			return true;
	}
	return false;
}

int nsmem_check(pa_t pa, uint64_t size)
{
	if (!size || !IS_ALIGNED(pa.a | size, PAGE_SIZE))
		return E_INVAL;
	return covered(pa.a, size) ? OK : E_RANGE;
}

/* Page by page. One of dst and src is ours, the other NULL: the normal world's. */
static int copy(pa_t pa, char *dst, const char *src, size_t size)
{
	if (!covered(pa.a, size))
		return E_RANGE;
	while (size) {
		const uint64_t offset = pa.a & (PAGE_SIZE - 1);
		const size_t n = MIN(size, PAGE_SIZE - offset);
		char *page = s1_slot_map(PA(pa.a - offset), dst ? S1_NS_RO : S1_NS_RW);

		if (!page)
			return E_NOMEM;
		if (dst) {
			memcpy(dst, page + offset, n);
			dst += n;
		} else {
			memcpy(page + offset, src, n);
			src += n;
		}
		s1_slot_unmap();
		pa.a += n;
		size -= n;
	}
	return OK;
}

int nsmem_read(pa_t pa, void *dst, size_t size)
{
	return copy(pa, dst, NULL, size);
}

int nsmem_write(pa_t pa, const void *src, size_t size)
{
	return copy(pa, NULL, src, size);
}
