/* SPDX-License-Identifier: BSD-3-Clause */
/* FF-A boot information; see bootinfo.h. Pure. */
#include "role/spmc/bootinfo.h"

#include "lib/string.h"

#define VALUE_MAX sizeof(uint64_t)

uint32_t bootinfo_size(unsigned int count)
{
	return (uint32_t)(sizeof(struct ffa_boot_info_header) + count * sizeof(struct ffa_boot_info_desc));
}

static int describe(const struct bootinfo_item *item, struct ffa_boot_info_desc *d)
{
	const size_t len = item->name ? strlen(item->name) : 0;

	if (len >= sizeof(d->name) || (item->is_value && (!item->size || item->size > VALUE_MAX)))
		return E_INVAL;
	*d = (struct ffa_boot_info_desc){
		.type = item->type,
		.flags = item->is_value ? FFA_BOOT_INFO_CONTENT_VALUE : 0,
		.size = item->size,
		.content = item->content,
	};
	if (len)
		memcpy(d->name, item->name, len);
	return OK;
}

int bootinfo_build(const struct bootinfo_item *item, unsigned int count, void *buf, size_t size, uint32_t *used)
{
	const struct ffa_boot_info_header h = {
		.signature = FFA_BOOT_INFO_SIGNATURE,
		.version = FFA_BOOT_INFO_VERSION,
		.blob_size = bootinfo_size(count),
		.desc_size = sizeof(struct ffa_boot_info_desc),
		.desc_count = count,
		.desc_offset = sizeof(h),
	};
	struct ffa_boot_info_desc d;

	if (size < sizeof(h) || count > (size - sizeof(h)) / sizeof(d))
		return E_RANGE;
	for (unsigned int i = 0; i < count; i++) {
		const int r = describe(&item[i], &d);

		if (r != OK)
			return r;
		memcpy((uint8_t *)buf + sizeof(h) + i * sizeof(d), &d, sizeof(d));
	}
	memcpy(buf, &h, sizeof(h));
	*used = h.blob_size;
	return OK;
}
