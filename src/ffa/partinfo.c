/* SPDX-License-Identifier: BSD-3-Clause */
/* Partition information; see partinfo.h. Pure. */
#include "ffa/partinfo.h"

#include "lib/string.h"

/* What an older version has no name for, it must not see. */
#define PROPERTIES_1_0 (FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_DIRECT_SEND | FFA_PARTITION_INDIRECT)
#define PROPERTIES_1_1                                                                                                 \
	(PROPERTIES_1_0 | FFA_PARTITION_NOTIFICATION | FFA_PARTITION_VM_CREATED | FFA_PARTITION_VM_DESTROYED |         \
	 FFA_PARTITION_AARCH64)
#define PROPERTIES_1_2 (PROPERTIES_1_1 | FFA_PARTITION_DIRECT2_RECV | FFA_PARTITION_DIRECT2_SEND)

#define REGS_MOST ((FFA_REGS - FFA_INFO_REGS_FIRST) / FFA_INFO_REGS_EACH) /* descriptors in one answer */

static bool is_nil(const struct ffa_uuid *uuid)
{
	return !(uuid->w[0] | uuid->w[1] | uuid->w[2] | uuid->w[3]);
}

static bool matches(const struct ffa_uuid *wanted, const struct ffa_uuid *uuid)
{
	return is_nil(wanted) || memcmp(wanted, uuid, sizeof(*uuid)) == 0;
}

unsigned int ffa_partinfo_size(uint32_t version)
{
	return version < FFA_VERSION_1_1 ? sizeof(struct ffa_partition_info_1_0) : sizeof(struct ffa_partition_info);
}

unsigned int ffa_partinfo_count(const struct ffa_partinfo_list *list, const struct ffa_uuid *uuid)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < list->count; i++) {
		for (unsigned int j = 0; j < list->partition[i].nr_uuids; j++)
			n += matches(uuid, &list->partition[i].uuid[j]);
	}
	return n;
}

struct ffa_uuid ffa_partinfo_uuid(const struct ffa_regs *r)
{
	return (struct ffa_uuid){ { (uint32_t)r->x[1], (uint32_t)r->x[2], (uint32_t)r->x[3], (uint32_t)r->x[4] } };
}

int ffa_partinfo_check(const struct ffa_partinfo_list *list, const struct ffa_regs *r, uint32_t version,
		       unsigned int *count, bool *count_only)
{
	const struct ffa_uuid uuid = ffa_partinfo_uuid(r);
	/* In 1.0 w5 is no parameter of the call. */
	const uint32_t flags = version < FFA_VERSION_1_1 ? 0 : (uint32_t)r->x[5];

	if (flags & ~(uint32_t)FFA_PARTITION_COUNT_FLAG)
		return FFA_INVALID_PARAMETERS;
	*count = ffa_partinfo_count(list, &uuid);
	*count_only = flags & FFA_PARTITION_COUNT_FLAG;
	return *count || is_nil(&uuid) ? OK : FFA_INVALID_PARAMETERS;
}

static uint32_t properties(const struct ffa_partinfo *p, const struct ffa_partinfo_caller *caller)
{
	uint32_t mask = caller->version < FFA_VERSION_1_1   ? PROPERTIES_1_0
			: caller->version < FFA_VERSION_1_2 ? PROPERTIES_1_1
							    : PROPERTIES_1_2;

	if (!caller->secure)
		mask &= ~(uint32_t)(FFA_PARTITION_DIRECT_SEND | FFA_PARTITION_DIRECT2_SEND);
	return p->properties & mask;
}

/* Descriptor number `index` for that UUID into *out. False: there are fewer. */
static bool descriptor(const struct ffa_partinfo_list *list, const struct ffa_uuid *uuid,
		       const struct ffa_partinfo_caller *caller, unsigned int index, struct ffa_partition_info *out)
{
	for (unsigned int i = 0; i < list->count; i++) {
		const struct ffa_partinfo *p = &list->partition[i];

		for (unsigned int j = 0; j < p->nr_uuids; j++) {
			if (!matches(uuid, &p->uuid[j]) || index--)
				continue;
			*out = (struct ffa_partition_info){ p->id, p->ec_count, properties(p, caller), { { 0 } } };
			/* Who asked by UUID knows it: then it is 0. */
			if (is_nil(uuid))
				out->uuid = p->uuid[j];
			return true;
		}
	}
	return false;
}

int ffa_partinfo_write(const struct ffa_partinfo_list *list, const struct ffa_uuid *uuid,
		       const struct ffa_partinfo_caller *caller, void *buf, size_t size)
{
	const size_t each = ffa_partinfo_size(caller->version);
	const size_t count = ffa_partinfo_count(list, uuid);
	struct ffa_partition_info d;

	if (count > size / each)
		return FFA_NO_MEMORY;
	for (unsigned int i = 0; i < count && descriptor(list, uuid, caller, i, &d); i++)
		memcpy((uint8_t *)buf + i * each, &d, each); /* 1.0's descriptor is the start of 1.1's */
	return (int)(count * each);
}

static int regs_check(const struct ffa_regs *r, unsigned int count, uint16_t tag)
{
	const uint32_t start = (uint32_t)r->x[3] & 0xffff, asked = (uint32_t)r->x[3] >> 16;

	if (start >= count || r->x[3] >> 32 || (!start && asked))
		return FFA_INVALID_PARAMETERS;
	return start && asked != tag ? FFA_RETRY : OK;
}

void ffa_partinfo_regs(const struct ffa_partinfo_list *list, uint16_t tag, const struct ffa_partinfo_caller *caller,
		       struct ffa_regs *r)
{
	const struct ffa_uuid uuid = { { (uint32_t)r->x[1], (uint32_t)(r->x[1] >> 32), (uint32_t)r->x[2],
					 (uint32_t)(r->x[2] >> 32) } };
	const unsigned int count = ffa_partinfo_count(list, &uuid);
	const unsigned int start = r->x[3] & 0xffff;
	const int error = regs_check(r, count, tag);
	struct ffa_partition_info d;
	unsigned int n;

	if (error) {
		ffa_call_error(r, error);
		return;
	}
	*r = (struct ffa_regs){ .x = { [0] = FFA_SUCCESS_64 } };
	for (n = 0; n < REGS_MOST && descriptor(list, &uuid, caller, start + n, &d); n++)
		memcpy(&r->x[FFA_INFO_REGS_FIRST + n * FFA_INFO_REGS_EACH], &d, sizeof(d));
	r->x[2] = (uint64_t)(count - 1) | (uint64_t)(start + n - 1) << 16 | (uint64_t)tag << 32 |
		  (uint64_t)sizeof(d) << 48;
}
