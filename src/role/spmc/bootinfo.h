/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FF-A boot information: what an SP is told at its start, by the address in its gp-register-num. Pure: the blob is
 * built in our memory and copied to the SP. FF-A 1.2, 5.4.
 */
#ifndef ROLE_SPMC_BOOTINFO_H
#define ROLE_SPMC_BOOTINFO_H

#include "abi/ffa.h"
#include "lib/types.h"

/* One thing that is told. */
struct bootinfo_item {
	uint8_t type;	  /* FFA_BOOT_INFO_TYPE_* */
	bool is_value;	  /* content is the thing, of size bytes (1 to 8); else its address in the SP's IPA space */
	const char *name; /* at most 15 characters, or NULL */
	uint32_t size;
	uint64_t content;
};

/* Bytes of a blob with that many items. */
uint32_t bootinfo_size(unsigned int count);

/* Build the blob in buf; *used is bootinfo_size(). E_RANGE: it doesn't fit into size; E_INVAL: an item is malformed. */
int bootinfo_build(const struct bootinfo_item *item, unsigned int count, void *buf, size_t size,
		   uint32_t *used) MUST_CHECK;

#endif
