/* SPDX-License-Identifier: BSD-3-Clause */
/* Trees, archives and images for the tests of the machine file. */
#include "machine_make.h"

#include <unistd.h>

#include "unit.h"

struct blob machine_blob(const void *data, size_t size)
{
	struct blob b = { malloc(size ? size : 1), size };

	assert_non_null(b.data);
	if (size)
		memcpy(b.data, data, size);
	return b;
}

void machine_blob_free(struct blob *b)
{
	free(b->data);
	*b = (struct blob){ NULL, 0 };
}

static void temp_file(char *path, const void *data, size_t size)
{
	int fd;

	strcpy(path, "/tmp/trivet-unit-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size), (ssize_t)size);
	close(fd);
}

struct blob machine_dtc(const char *source)
{
	static uint8_t buf[256 * 1024];
	char path[32], command[96];
	size_t size;
	FILE *f;

	temp_file(path, source, strlen(source));
	snprintf(command, sizeof(command), "dtc -q -I dts -O dtb %s", path);
	f = popen(command, "r");
	assert_non_null(f);
	size = fread(buf, 1, sizeof(buf), f);
	if (pclose(f) || !size)
		fail_msg("dtc refuses:\n%s", source);
	unlink(path);
	return machine_blob(buf, size);
}

int machine_dtc_check(const void *dtb, size_t size)
{
	char path[32], command[96];
	int r;

	temp_file(path, dtb, size);
	snprintf(command, sizeof(command), "dtc -I dtb -O dts -o /dev/null -E interrupts_property %s", path);
	r = system(command);
	unlink(path);
	return r;
}

static void put(struct blob *a, const void *data, size_t n)
{
	a->data = realloc(a->data, a->size + n + 1);
	assert_non_null(a->data);
	memcpy(a->data + a->size, data, n);
	a->size += n;
}

static void pad(struct blob *a, size_t align)
{
	while (a->size % align)
		put(a, "", 1);
}

void machine_cpio_add(struct blob *a, const char *name, const void *data, size_t size, size_t align)
{
	size_t name_size = strlen(name) + 1;
	char header[111];

	while (size && (a->size + 110 + name_size) % align > 0)
		name_size++;
	snprintf(header, sizeof(header), "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", 1, 0100644, 0, 0,
		 1, 0, (unsigned int)size, 0, 0, 0, 0, (unsigned int)name_size, 0);
	put(a, header, 110);
	put(a, name, strlen(name) + 1);
	for (size_t i = strlen(name) + 1; i < name_size; i++)
		put(a, "", 1);
	pad(a, 4);
	if (size)
		put(a, data, size);
	pad(a, 4);
}

void machine_cpio_end(struct blob *a)
{
	machine_cpio_add(a, "TRAILER!!!", NULL, 0, 4);
}

struct blob machine_image(size_t file_size, uint64_t text_offset, uint64_t image_size)
{
	struct blob b = { malloc(file_size), file_size };

	assert_non_null(b.data);
	assert_true(file_size >= 64);
	for (size_t i = 0; i < file_size; i++)
		b.data[i] = (uint8_t)(i * 7 + (i >> 8));
	memcpy(b.data + 8, &text_offset, 8);
	memcpy(b.data + 16, &image_size, 8);
	memcpy(b.data + 0x38, "ARM\x64", 4);
	return b;
}
