/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RAM kept back for modules at an address; see kept.h. State owned: the list, written once at boot by the boot core and
 * only read afterwards; no lock.
 */
#include "role/hyp/kept.h"

#include "core/s1.h"
#include "lib/checked.h"
#include "lib/string.h"
#include "role/hyp/config.h"

static struct hw_range kept[KEPT_MAX];
static unsigned int nr_kept;

/*
 * There is no heap yet: where a machine file goes that the archive doesn't align. A larger one must be
 * aligned (tools/bundle does).
 */
#define FDT_ALIGN 8
static uint8_t copy[16 * KIB] ALIGNED(FDT_ALIGN);

struct search {
	const struct hw *hw;
	struct hw_range image;
};

static bool within(struct hw_range inner, struct hw_range outer)
{
	return inner.base >= outer.base && range_within(inner.base - outer.base, inner.size, outer.size);
}

/* Page by page: a page is somebody's as a whole. */
static bool meets(struct hw_range a, struct hw_range b)
{
	const uint64_t first_a = a.base / PAGE_SIZE, last_a = (a.base + (a.size - 1)) / PAGE_SIZE;
	const uint64_t first_b = b.base / PAGE_SIZE, last_b = (b.base + (b.size - 1)) / PAGE_SIZE;

	return a.size && b.size && first_a <= last_b && first_b <= last_a;
}

static bool is_ram(const struct hw *h, struct hw_range r)
{
	for (unsigned int i = 0; i < h->nr_banks; i++) {
		if (within(r, h->bank[i]))
			return true;
	}
	return false;
}

static bool is_taken(const struct search *s, struct hw_range r)
{
	if (meets(r, s->image) || meets(r, s->hw->initrd))
		return true;
	for (unsigned int i = 0; i < s->hw->nr_reserved; i++) {
		if (meets(r, s->hw->reserved[i]))
			return true;
	}
	return false;
}

static void visit(void *ctx, pa_t base, uint64_t size)
{
	const struct search *s = ctx;
	const struct hw_range r = { .base = base.a, .size = size };

	/* VMs may share a module: it needs no second entry. */
	for (unsigned int i = 0; i < nr_kept; i++) {
		if (within(r, kept[i]))
			return;
	}
	if (nr_kept < KEPT_MAX && is_ram(s->hw, r) && !is_taken(s, r))
		kept[nr_kept++] = r;
}

void kept_find(const void *fdt, size_t size, const struct hw *h, struct hw_range image)
{
	struct search s = { .hw = h, .image = image };

	nr_kept = 0;
	if (!IS_ALIGNED((uintptr_t)fdt, FDT_ALIGN)) {
		if (size > sizeof(copy))
			return;
		memcpy(copy, fdt, size);
		fdt = copy;
	}
	config_for_each_reg(fdt, size, visit, &s);
}

unsigned int kept_ranges(const struct hw_range **ranges)
{
	*ranges = kept;
	return nr_kept;
}

const void *kept_module_at(pa_t pa, uint64_t size)
{
	const struct hw_range r = { .base = pa.a, .size = size };

	for (unsigned int i = 0; i < nr_kept; i++) {
		if (within(r, kept[i]))
			return pa_to_ptr(pa);
	}
	return NULL;
}
