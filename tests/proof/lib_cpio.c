/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The cpio reader with any bytes.
 *
 * Sources: src/lib/string.c (and the file itself, included for its static functions)
 */
#include "lib/cpio.c" // NOLINT(bugprone-suspicious-include)
#include "proof.h"

#define STEP_MAX 140 /* header, name, data, padding */

/*
 * Property: where an entry's data and the next header are is computed without a wrap, lies inside of the archive,
 * behind the header
 *   and the name, aligned to 4; the next header is at least a header further on: a reader comes to an end
 * Bound: archives of any size below 2^63, any place in them, any sizes of name and data
 */
void prove_cpio_layout(void)
{
	const struct cpio c = { .base = NULL, .size = nondet_u64(), .next = nondet_u64() };
	const uint32_t name = nondet_u32(), data_size = nondet_u32();
	size_t data, next;

	ASSUME(c.size < INT64_MAX && c.next < c.size);
	/* Checked by cpio_next before. */
	ASSUME(name && range_within(c.next + HEADER_SIZE, name, c.size));
	if (!cpio_layout(&c, name, data_size, &data, &next)) {
		POSSIBLE(data_size < c.size);
		return;
	}
	PROVE(range_within(data, data_size, c.size), "data inside");
	PROVE(data >= c.next + HEADER_SIZE + name, "behind the name");
	PROVE(IS_ALIGNED(data, 4) || !data_size, "aligned");
	PROVE(next >= c.next + HEADER_SIZE + name && next >= data + data_size && next <= c.size, "goes on, inside");
	PROVE(IS_ALIGNED(next, 4) || next == c.size, "the next header is aligned");
	POSSIBLE(data_size > GIB && c.next > GIB);
	POSSIBLE(next == c.size);
}

/*
 * Property: cpio_next reads nothing behind the archive; an entry's name ends and lies, as its data does, inside of it;
 * when it fails
 *   nothing changes
 * Bound: any bytes, any size up to 140, from the archive's start (from any place: cpio_layout)
 * Options: --unwind 142 --unwindset memcmp.0:8,strcmp.0:18,cpio_field.0:9
 */
void prove_cpio_next(void)
{
	const size_t size = nondet_u64();
	struct cpio_entry e = { .name = NULL };
	const uint8_t *base;
	bool ends = false;
	struct cpio c;
	int rc;

	ASSUME(size <= STEP_MAX);
	base = any_bytes(size);
	cpio_open(&c, base, size);
	rc = cpio_next(&c, &e);
	PROVE(rc == OK || rc == E_NOENT || rc == E_FORMAT, "an answer");
	PROVE(c.base == base && c.size == size, "the archive stays the same");
	if (rc != OK) {
		PROVE(c.next == 0 && e.name == NULL, "nothing has changed");
		POSSIBLE(rc == E_FORMAT);
		POSSIBLE(rc == E_NOENT && size > HEADER_SIZE && base[0]);
		return;
	}
	POSSIBLE(e.size == 4);
	PROVE(e.data >= base && range_within((size_t)(e.data - base), e.size, size), "data inside");
	PROVE((const uint8_t *)e.name == base + HEADER_SIZE, "the name follows the header");
	for (size_t i = HEADER_SIZE; i < STEP_MAX && !ends; i++)
		ends = i < size && !base[i];
	PROVE(ends, "the name ends inside");
}
