/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bundle: finding machine.dtb and files in a newc cpio archive. No state, no lock; the format
 * is cpio(5), read by lib/cpio.c which checks every bound.
 */
#include "role/hyp/bundle.h"

#include "core/heap.h"
#include "core/log.h"
#include "lib/cpio.h"
#include "lib/string.h"

#define FDT_ALIGN 8 /* Devicetree Specification 5.2; libfdt insists */

int bundle_find(const struct bundle *b, const char *name, struct bundle_file *file)
{
	struct cpio_entry e;
	int r = cpio_find(b->base, b->size, name, &e);

	if (r == OK)
		*file = (struct bundle_file){ .data = e.data, .size = e.size };
	return r;
}

int bundle_open(struct bundle *b, const void *base, size_t size)
{
	struct bundle_file file;
	void *copy;
	int r;

	*b = (struct bundle){ .base = base, .size = size };
	r = bundle_find(b, BUNDLE_MACHINE_FILE, &file);
	if (r == E_NOENT) {
		log_error("bundle: %s: not in the archive of %zu bytes", BUNDLE_MACHINE_FILE, size);
		return r;
	}
	if (r != OK) {
		log_error("bundle: %s: not found: the %zu bytes are no newc cpio archive, or are cut or corrupt",
			  BUNDLE_MACHINE_FILE, size);
		return r;
	}
	b->machine = file.data;
	b->machine_size = file.size;
	if (IS_ALIGNED((uintptr_t)file.data, FDT_ALIGN))
		return OK;

	/* cpio aligns data to 4 only; tools/bundle does better, the cpio program doesn't. */
	copy = heap_alloc(MAX(file.size, (size_t)1));
	if (!copy) {
		log_error("bundle: %s: no memory for a copy of %zu bytes", BUNDLE_MACHINE_FILE, file.size);
		return E_NOMEM;
	}
	memcpy(copy, file.data, file.size);
	b->machine = copy;
	return OK;
}
