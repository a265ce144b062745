/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Partition information: who is there and what it can do, as FFA_PARTITION_INFO_GET (into the RX buffer) and
 * FFA_PARTITION_INFO_GET_REGS tell it. Pure. FF-A 1.2, 13.8 and 13.9; the 8-byte form is 1.0's, 8.
 */
#ifndef FFA_PARTINFO_H
#define FFA_PARTINFO_H

#include "ffa/call.h"

/* One partition. It has one descriptor for each UUID that it serves. */
struct ffa_partinfo {
	uint16_t id;
	uint16_t ec_count;
	uint32_t properties; /* FFA_PARTITION_* */
	const struct ffa_uuid *uuid;
	unsigned int nr_uuids;
};

/* Which partitions there are, in the order in which they are told. */
struct ffa_partinfo_list {
	const struct ffa_partinfo *partition;
	unsigned int count;
};

/* Who asks. */
struct ffa_partinfo_caller {
	uint32_t version;
	bool secure; /* an SP; else the normal world, which no SP may send a direct request to */
};

/* Bytes of a descriptor for a caller of that version: 8 or 24. */
unsigned int ffa_partinfo_size(uint32_t version);

/* Descriptors for that UUID; nil: for all. */
unsigned int ffa_partinfo_count(const struct ffa_partinfo_list *list, const struct ffa_uuid *uuid);

/*
 * PARTITION_INFO_GET: check w5 and the UUID in w1 to w4. *count is the number of descriptors, *count_only what bit 0 of
 * w5 says (never in 1.0). INVALID_PARAMETERS: a reserved flag, or nobody has the UUID.
 */
int ffa_partinfo_check(const struct ffa_partinfo_list *list, const struct ffa_regs *r, uint32_t version,
		       unsigned int *count, bool *count_only) MUST_CHECK;

/* The UUID in w1 to w4. */
struct ffa_uuid ffa_partinfo_uuid(const struct ffa_regs *r);

/*
 * The descriptors into buf, whole ones only. Returns the bytes written; NO_MEMORY: they don't fit, buf is as it was.
 */
int ffa_partinfo_write(const struct ffa_partinfo_list *list, const struct ffa_uuid *uuid,
		       const struct ffa_partinfo_caller *caller, void *buf, size_t size) MUST_CHECK;

/*
 * Answer PARTITION_INFO_GET_REGS in r. tag: of the list's present content. INVALID_PARAMETERS: no such UUID, a start
 * behind the end, a tag with the start 0; RETRY: the list is no longer what an earlier call told.
 */
void ffa_partinfo_regs(const struct ffa_partinfo_list *list, uint16_t tag, const struct ffa_partinfo_caller *caller,
		       struct ffa_regs *r);

#endif
