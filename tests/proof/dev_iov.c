/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies from and to lists of buffers.
 *
 * Sources: src/dev/iov.c
 */
#include "dev/iov.h"

#include "core/guest_mem.h"
#include "lib/checked.h"
#include "proof.h"

#define BUFFERS 2u

static struct iov v[BUFFERS];
static uint8_t *ours;
static uint64_t skipped, asked, done;

/* The n bytes at ipa lie in one buffer and are where a copy goes on: done of those asked for are copied. */
static void next_piece(ipa_t ipa, const uint8_t *mine, size_t n)
{
	bool inside = false, goes_on = false;

	for (unsigned int i = 0; i < BUFFERS; i++) {
		const uint64_t off = ipa.a - v[i].addr.a;

		inside |= range_within(off, n, v[i].len);
		goes_on |= off == (done ? 0 : i ? skipped - v[0].len : skipped);
	}
	PROVE(inside, "in one buffer");
	PROVE(goes_on, "from its start, or the first one from where the copy starts");
	PROVE(mine == ours + done && n && n <= asked - done, "our next bytes");
	done += n;
}

int guest_mem_read(struct partition *p UNUSED, ipa_t ipa, void *dst, size_t size)
{
	next_piece(ipa, dst, size);
	return nondet_bool() ? OK : E_FAULT;
}

int guest_mem_write(struct partition *p UNUSED, ipa_t ipa, const void *src, size_t size)
{
	next_piece(ipa, src, size);
	return nondet_bool() ? OK : E_FAULT;
}

/*
 * Property: a copy goes in pieces that each lie in one buffer; the first begins where the copy starts, each other where
 * a buffer does;
 *   together they are as long as was asked for; more than the list has is refused before any is copied
 * Bound: lists of 2 buffers of any length (32 bits) at any address, any skip and size
 * Options: --unwind 4 wraps
 */
void prove_iov_copy(void)
{
	const struct iov_list l = { NULL, v, BUFFERS };
	const bool read = nondet_bool();
	uint64_t sum = 0;
	int rc;

	for (unsigned int i = 0; i < BUFFERS; i++) {
		v[i] = (struct iov){ IPA(nondet_u64()), nondet_u32() };
		ASSUME(v[i].addr.a <= UINT64_MAX - v[i].len); /* virtqueue: add_buffer */
		sum += v[i].len;
	}
	PROVE(iov_bytes(&l) == sum, "the sum");
	skipped = nondet_u64();
	asked = nondet_u64();
	ours = any_bytes(BIT(40)); /* next_piece() says where in it the end is */
	rc = read ? iov_read(&l, skipped, ours, asked) : iov_write(&l, skipped, ours, asked);
	PROVE((rc == E_RANGE) == ((wide_t)skipped + asked > sum), "refused when the list is shorter");
	PROVE(rc != E_RANGE || done == 0, "refused before anything is copied");
	PROVE(rc != OK || done == asked, "all of it");
	POSSIBLE(rc == OK && asked > v[0].len && skipped > 0 && skipped < v[0].len);
	POSSIBLE(rc == OK && asked > UINT32_MAX);
}
