/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FF-A's codecs of what a partition wrote, and the header of a Secure Partition's package, with any bytes.
 *
 * Sources: src/ffa/indirect.c src/role/spmc/spkg.c
 */
#include "ffa/indirect.h"
#include "proof.h"
#include "role/spmc/spkg.h"

#include "ffa/version.h"

/*
 * Property: an indirect message that is accepted lies behind its header and wholly inside of the buffer, is not empty,
 * and is not to its
 *   sender; of the copy no more bytes are read than were copied
 * Bound: any bytes, any number of them copied, buffers of any size, any version
 */
void prove_ffa_indirect_decode(void)
{
	const size_t copied = nondet_u8();
	const uint64_t buf_size = nondet_u64();
	const uint32_t version = nondet_u32();
	struct ffa_indirect m;
	int rc;

	ASSUME(copied <= sizeof(struct ffa_msg_header_1_2));
	rc = ffa_indirect_decode(any_bytes(copied), copied, buf_size, version, &m);
	PROVE(rc == OK || rc == FFA_INVALID_PARAMETERS, "an answer");
	if (rc != OK)
		return;
	PROVE(m.header == sizeof(struct ffa_msg_header) || m.header == sizeof(struct ffa_msg_header_1_2),
	      "one of two headers");
	PROVE(m.header <= copied, "which was there");
	PROVE(m.offset >= m.header && m.size >= 1 && (uint64_t)m.offset + m.size <= buf_size, "behind it, inside");
	PROVE(m.sender != m.receiver, "to somebody else");
	POSSIBLE(m.header == sizeof(struct ffa_msg_header_1_2) && m.offset == m.header);
	POSSIBLE(m.header == sizeof(struct ffa_msg_header) && (uint64_t)m.offset + m.size == buf_size);
}

/*
 * Property: a package that is accepted has manifest and image inside of the partition's memory, apart from each other
 * and the header
 * Bound: any header, any size of memory
 */
void prove_spkg_decode(void)
{
	const uint64_t mem_size = nondet_u64();
	struct spkg s;

	if (spkg_decode(any_bytes(sizeof(struct spkg_header)), mem_size, &s))
		return;
	PROVE(s.manifest >= sizeof(struct spkg_header) && s.manifest_size >= 1, "a manifest behind the header");
	PROVE((wide_t)s.manifest + s.manifest_size <= s.image, "an image behind the manifest");
	PROVE((wide_t)s.image + s.image_size <= mem_size && s.image_size >= 1, "inside of the memory");
	PROVE(s.manifest_size <= SPKG_MANIFEST_MAX, "a manifest that can be copied");
	POSSIBLE((uint64_t)s.image + s.image_size == mem_size);
}
