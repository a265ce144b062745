/* SPDX-License-Identifier: BSD-3-Clause */
/* For the tests of the machine file: trees from source text, bundles, and what was logged. */
#ifndef TESTS_UNIT_ROLE_MACHINE_MAKE_H
#define TESTS_UNIT_ROLE_MACHINE_MAKE_H

#include <stddef.h>
#include <stdint.h>

struct blob {
	uint8_t *data; /* exactly size bytes from malloc, so that ASan sees one byte too many */
	size_t size;
};

/* Compile source text with dtc. Fails the test when dtc does. */
struct blob machine_dtc(const char *source);
/* What `dtc -I dtb -O dts` says to a blob: 0 when it takes it. */
int machine_dtc_check(const void *dtb, size_t size);

/*
 * A newc archive that grows: data start at multiples of align (as tools/bundle does with 4096; the cpio
 * program with 4).
 */
void machine_cpio_add(struct blob *archive, const char *name, const void *data, size_t size, size_t align);
void machine_cpio_end(struct blob *archive);

/* An exact copy; free both. */
struct blob machine_blob(const void *data, size_t size);
void machine_blob_free(struct blob *b);

/* An arm64 Image of file_size bytes, filled with a pattern. */
struct blob machine_image(size_t file_size, uint64_t text_offset, uint64_t image_size);

#endif
