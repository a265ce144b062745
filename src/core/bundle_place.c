/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the bundle is: given as initrd, or appended to the image by tools/bundle --append. See hw.h. */
#include "arch/boot.h"
#include "core/hw.h"
#include "core/s1.h"
#include "lib/cpio.h"
#include "lib/string.h"

#define APPEND_ALIGN (64 * KIB)

static const struct hw_range *bank_of(uint64_t base)
{
	for (unsigned int i = 0; i < hw.nr_banks; i++)
		if (base >= hw.bank[i].base && base - hw.bank[i].base < hw.bank[i].size)
			return &hw.bank[i];
	return NULL;
}

void hw_find_appended_bundle(void)
{
	uint64_t base = ALIGN_UP(arch_image_base().a + arch_image_size(), APPEND_ALIGN);
	const struct hw_range *bank = bank_of(base);
	struct cpio_entry e;
	struct cpio c;
	uint64_t end;
	const char *p;

	if (hw.initrd.size || !bank)
		return;
	end = ALIGN_DOWN(bank->base + bank->size, PAGE_SIZE); /* whole pages are mapped */
	if (base >= end)
		return;
	p = pa_to_ptr(PA(base));
	if (memcmp(p, "070701", 6))
		return;
	cpio_open(&c, p, end - base);
	while (cpio_next(&c, &e) == OK)
		;
	hw.initrd = (struct hw_range){ base, c.next };
}

int hw_bundle(const void **base, size_t *size)
{
	const struct hw_range *bank = bank_of(hw.initrd.base);

	if (!hw.initrd.size)
		return E_NOENT;
	/* Only what is RAM is in the direct map. */
	if (!bank || hw.initrd.size > bank->base + bank->size - hw.initrd.base)
		return E_RANGE;
	*base = pa_to_ptr(PA(hw.initrd.base));
	*size = hw.initrd.size;
	return OK;
}
