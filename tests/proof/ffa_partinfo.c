/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Partition information, written into a caller's buffer and registers.
 *
 * Sources: src/ffa/partinfo.c
 */
#include "ffa/partinfo.h"

#include "ffa/version.h"
#include "proof.h"

#define PARTITIONS 2u
#define UUIDS	   2u
#define BUFFER_MAX 100u

static struct ffa_partinfo partition[PARTITIONS];
static struct ffa_uuid uuid[PARTITIONS][UUIDS];

void ffa_call_error(struct ffa_regs *r, int error)
{
	*r = (struct ffa_regs){ .x = { [0] = FFA_ERROR, [2] = (uint64_t)(uint32_t)error } };
}

static struct ffa_uuid any_uuid(void)
{
	return (struct ffa_uuid){ { nondet_u32(), nondet_u32(), nondet_u32(), nondet_u32() } };
}

static struct ffa_partinfo_list any_list(void)
{
	struct ffa_partinfo_list l = { partition, nondet_u8() };

	ASSUME(l.count <= PARTITIONS);
	for (unsigned int i = 0; i < PARTITIONS; i++) {
		partition[i] = (struct ffa_partinfo){ nondet_u16(), nondet_u16(), nondet_u32(), uuid[i], nondet_u8() };
		ASSUME(partition[i].nr_uuids <= UUIDS);
		for (unsigned int j = 0; j < UUIDS; j++)
			uuid[i][j] = any_uuid();
	}
	return l;
}

/* Nothing is copied behind the buffer, and only whole descriptors; memcpy() itself is lib/string.c's affair. */
static uint8_t buffer[BUFFER_MAX];
static size_t buffer_size, each, written;

static void write_for(const struct ffa_partinfo_list *l, uint32_t version)
{
	const struct ffa_partinfo_caller caller = { version, nondet_bool() };
	const struct ffa_uuid wanted = any_uuid();
	int n;

	each = version < FFA_VERSION_1_1 ? 8 : 24;
	n = ffa_partinfo_write(l, &wanted, &caller, buffer, buffer_size);
	PROVE(n == FFA_NO_MEMORY || (n >= 0 && (size_t)n == written), "what was written, or none");
	PROVE(n >= 0 || written == 0, "none when they do not all fit");
	PROVE(n < 0 || (unsigned int)n == ffa_partinfo_count(l, &wanted) * each, "all of them");
	POSSIBLE(n == FFA_NO_MEMORY);
	POSSIBLE(written == PARTITIONS * UUIDS * each);
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	PROVE(__CPROVER_r_ok(src, n), "from a descriptor");
	PROVE((uint8_t *)dst == buffer + written && n == each, "one behind the other");
	written += n;
	PROVE(written <= buffer_size, "inside of the buffer");
	return dst;
}

/* UUIDs only, as words. */
int memcmp(const void *a, const void *b, size_t n)
{
	const struct ffa_uuid *x = a, *y = b;

	PROVE(n == sizeof(*x), "a UUID");
	return x->w[0] != y->w[0] || x->w[1] != y->w[1] || x->w[2] != y->w[2] || x->w[3] != y->w[3];
}

/*
 * Property: descriptors are written whole and inside of the buffer, or not at all; what is returned is what was written
 * Bound: up to 2 partitions of up to 2 UUIDs, anything in them; buffers of any size up to 100; versions 1.0 and 1.2
 * Options: --unwind 3 --unwindset ffa_partinfo_write.0:6 wraps
 */
void prove_partinfo_write(void)
{
	const struct ffa_partinfo_list l = any_list();

	buffer_size = nondet_u8();
	ASSUME(buffer_size <= BUFFER_MAX);
	if (nondet_bool())
		write_for(&l, FFA_VERSION_1_0);
	else
		write_for(&l, FFA_VERSION_1_2);
}
