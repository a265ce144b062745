/* SPDX-License-Identifier: BSD-3-Clause */
/* Secure Partition packages; see spkg.h. Pure. */
#include "role/spmc/spkg.h"

#include "lib/checked.h"
#include "lib/string.h"

const char *spkg_decode(const void *copy, uint64_t mem_size, struct spkg *out)
{
	struct spkg_header h;

	memcpy(&h, copy, sizeof(h));
	if (h.magic != SPKG_MAGIC)
		return "no SP package: its first bytes are not \"SPKG\"";
	if (h.version != SPKG_VERSION_1 && h.version != SPKG_VERSION_2)
		return "an SP package of an unknown version";
	if (h.pm_offset < sizeof(h) || !IS_ALIGNED(h.pm_offset, 8))
		return "the manifest's offset is inside the header, or no multiple of 8";
	if (!h.pm_size || h.pm_size > SPKG_MANIFEST_MAX)
		return "the manifest is empty, or larger than 64 KiB";
	if (!IS_ALIGNED(h.img_offset, PAGE_SIZE) || !h.img_size)
		return "the image is empty, or its offset no multiple of 4 KiB";
	/* Sums of two 32-bit numbers in 64 bits. */
	if ((uint64_t)h.pm_offset + h.pm_size > h.img_offset)
		return "the manifest overlaps the image";
	if (!range_within(h.img_offset, h.img_size, mem_size))
		return "larger than the SP's memory (mem_size)";
	*out = (struct spkg){ .manifest = h.pm_offset,
			      .manifest_size = h.pm_size,
			      .image = h.img_offset,
			      .image_size = h.img_size,
			      .boot_info = 0,
			      .boot_info_size = h.pm_offset };
	return NULL;
}
