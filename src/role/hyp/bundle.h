/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bundle: one newc cpio archive with machine.dtb and the files that it names. Read in place; its memory must stay
 * as long as a VM may restart (kernels are loaded anew from it, disks live in it).
 */
#ifndef ROLE_HYP_BUNDLE_H
#define ROLE_HYP_BUNDLE_H

#include "lib/types.h"

#define BUNDLE_MACHINE_FILE "machine.dtb"

struct bundle {
	const uint8_t *base;
	size_t size;
	const void *machine; /* machine.dtb, 8-byte aligned as libfdt wants it */
	size_t machine_size;
};

struct bundle_file {
	const uint8_t *data;
	size_t size;
};

/*
 * Take the archive at base and find its machine.dtb (copied to the heap if it isn't aligned). What
 * lies behind machine.dtb isn't looked at: an archive that was cut there still serves the VMs whose
 * files are whole. E_NOENT, E_FORMAT, E_NOMEM: one line in the log says why.
 */
int bundle_open(struct bundle *b, const void *base, size_t size) MUST_CHECK;

/*
 * A file by its name. E_NOENT: not there; E_FORMAT: not there up to where the archive is cut or corrupt. Says nothing.
 */
int bundle_find(const struct bundle *b, const char *name, struct bundle_file *file) MUST_CHECK;

#endif
