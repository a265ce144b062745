/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Secure Partition packages, as TF-A's sptool writes them and BL2 loads them: a header, the manifest, the image. The
 * package lies in the SP's memory; its header and manifest are copied before they are looked at. Pure.
 */
#ifndef ROLE_SPMC_SPKG_H
#define ROLE_SPMC_SPKG_H

#include "abi/ffa.h"
#include "lib/types.h"

#define SPKG_MANIFEST_MAX (64 * KIB)

/* Where the parts are: offsets from the start of the package, all inside it, in this order and apart. */
struct spkg {
	uint32_t manifest, manifest_size;
	uint32_t image, image_size;
	uint32_t boot_info, boot_info_size; /* the room before the manifest: the header's, free once it has been read */
};

/*
 * Decode a header of which at least sizeof(struct spkg_header) bytes are at copy; the SP has mem_size bytes from its
 * load address on. NULL, or a text that says what is wrong (E_FORMAT to the caller of ours).
 */
const char *spkg_decode(const void *copy, uint64_t mem_size, struct spkg *out) MUST_CHECK;

#endif
