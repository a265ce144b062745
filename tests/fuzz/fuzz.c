/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts that all harnesses share: see fuzz.h. */
#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

__attribute__((weak)) void fuzz_setup(void)
{
}

int LLVMFuzzerInitialize(int *argc UNUSED, char ***argv UNUSED)
{
	/* The worlds of the unit tests assert by cmocka: outside of its runner that must not be a longjmp. */
	setenv("CMOCKA_TEST_ABORT", "1", 1);
	fuzz_setup();
	return 0;
}

uint64_t fuzz_int(struct fuzz *f, unsigned int n)
{
	uint64_t v = 0;

	for (unsigned int i = 0; i < n && f->left; i++) {
		v |= (uint64_t)*f->p << (8 * i);
		f->p++;
		f->left--;
	}
	return v;
}

uint64_t fuzz_odd(struct fuzz *f)
{
	unsigned int kind = fuzz_u8(f), shift = kind & 63;

	switch (kind >> 6) {
	case 0:
		return shift;
	case 1:
		return BIT(shift) + (uint64_t)(int64_t)(int8_t)fuzz_u8(f);
	case 2:
		return UINT64_MAX >> shift;
	default:
		return fuzz_int(f, (shift & 7) + 1);
	}
}

const uint8_t *fuzz_bytes(struct fuzz *f, size_t n, size_t *got)
{
	const uint8_t *at = f->p;

	*got = MIN(n, f->left);
	f->p += *got;
	f->left -= *got;
	return at;
}

uint8_t *fuzz_copy(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	MUST(copy);
	if (size)
		memcpy(copy, data, size);
	return copy;
}

void fuzz_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "\n%s:%d: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	abort();
}
