/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite role/kept: which addresses a module may have, and that nothing else can be reached through a module. */
#include "machine_log.h"
#include "machine_make.h"

#include "core/guest_mem.h"
#include "core/heap.h"
#include "core/s1.h"
#include "role/hyp/kept.h"

/* What the decoder links and these tests never reach. */
int guest_mem_load_image(struct partition *p, ipa_t ipa, const void *src, size_t size)
{
	(void)p;
	(void)ipa;
	(void)src;
	(void)size;
	return E_FAULT;
}

void *heap_alloc(size_t size)
{
	return calloc(1, size);
}

void heap_free(void *p)
{
	free(p);
}

static const struct hw machine = {
	.bank = { { 0x40000000, 0x20000000 }, { 0x100000000, 0x10000000 } },
	.nr_banks = 2,
	.reserved = { { 0x50000000, 0x1800 }, { 0, 0 } },
	.nr_reserved = 2,
	.initrd = { 0x48000000, 0x1000001 },
};

static const struct hw_range image = { 0x40080000, 0x100000 };

static uint8_t shifted[32 * 1024] __attribute__((aligned(8)));
static size_t shift; /* of the tree in memory: cpio aligns to 4 only */

static void find(const char *regs)
{
	static char text[16384];
	struct blob b;

	snprintf(text, sizeof(text),
		 "/dts-v1/; / { chosen { domU1 { compatible = \"xen,domain\"; #address-cells = <2>; "
		 "#size-cells = <2>; %s }; }; };",
		 regs);
	b = machine_dtc(text);
	memcpy(shifted + shift, b.data, b.size);
	kept_find(shifted + shift, b.size, &machine, image);
	machine_blob_free(&b);
}

static unsigned int count(void)
{
	const struct hw_range *r;

	return kept_ranges(&r);
}

static void test_good(void **state)
{
	const struct hw_range *r;

	(void)state;
	find("a { reg = <0 0x44000000 0 0x2345>; }; b { reg = <1 0 0 0x10000000>; }; c { reg = <0 0x44000000 0 0x2345>; };");
	assert_int_equal(kept_ranges(&r), 2); /* the third is the first again */
	assert_int_equal(r[0].base, 0x44000000);
	assert_int_equal(r[0].size, 0x2345);
	assert_int_equal(r[1].base, 0x100000000);
	assert_ptr_equal(kept_module_at(PA(0x44000000), 0x2345), pa_to_ptr(PA(0x44000000)));
	assert_ptr_equal(kept_module_at(PA(0x44000010), 0x10), pa_to_ptr(PA(0x44000010)));
	assert_ptr_equal(kept_module_at(PA(0x100000000), 0x10000000), pa_to_ptr(PA(0x100000000)));
	/* One byte beyond, before, and nowhere near. */
	assert_null(kept_module_at(PA(0x44000000), 0x2346));
	assert_null(kept_module_at(PA(0x43ffffff), 0x10));
	assert_null(kept_module_at(PA(0x44000001), UINT64_MAX));
	assert_null(kept_module_at(PA(UINT64_MAX), 2));
	assert_null(kept_module_at(PA(0x40080000), 4));
	assert_null(kept_module_at(PA(0), 4));
}

static void test_misaligned(void **state)
{
	(void)state;
	for (shift = 0; shift < 8; shift++) {
		find("a { reg = <0 0x44000000 0 0x2345>; };");
		assert_int_equal(count(), 1);
	}
	/* Too large for the copy: nothing is kept, nothing overrun. */
	shift = 4;
	find("big = [00 01]; a { reg = <0 0x44000000 0 0x2345>; };");
	assert_int_equal(count(), 1);
	kept_find(shifted + 4, 16 * 1024 + 1, &machine, image);
	assert_int_equal(count(), 0);
	shift = 0;
}

static void test_bad(void **state)
{
	static const char *const regs[] = {
		"0 0x40080000 0 0x1000",	 /* Trivet itself */
		"0 0x40000000 0 0x80001",	 /* runs into it */
		"0 0x4017ffff 0 0x1000",	 /* its last byte */
		"0 0x40000000 0 0x1000000",	 /* around it */
		"0 0x48000000 0 0x10",		 /* the bundle */
		"0 0x49000000 0 0x10",		 /* its last byte */
		"0 0x49000010 0 0x10",		 /* the rest of its last page */
		"0 0x4ffff000 0 0x1001",	 /* reserved */
		"0 0x50001000 0 0x1000",	 /* reserved to its middle */
		"0 0x5ffff000 0 0x1001",	 /* beyond the end of the bank */
		"0 0x3ffff000 0 0x2000",	 /* before its start */
		"0 0x09000000 0 0x1000",	 /* a device */
		"0 0x40000000 1 0",		 /* all */
		"0xffffffff 0xfffff000 0 0xfff", /* the end of everything */
		"0 0x44000000 0 0",		 /* nothing */
	};
	char text[96];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(regs); i++) {
		snprintf(text, sizeof(text), "a { reg = <%s>; };", regs[i]);
		find(text);
		if (count() != 0)
			fail_msg("%s is kept", regs[i]);
		assert_null(kept_module_at(PA(0x48000000), 0x10));
	}
	/* Just beside what is taken. */
	find("a { reg = <0 0x40180000 0 0x10>; }; b { reg = <0 0x4007f000 0 0x1000>; }; c { reg = <0 0x49001000 0 1>; }; "
	     "d { reg = <0 0x50002000 0 1>; }; e { reg = <0 0x4ffff000 0 0x1000>; };");
	assert_int_equal(count(), 5);
}

static void test_too_many(void **state)
{
	static char text[8192];
	size_t n = 0;

	(void)state;
	for (unsigned int i = 0; i < KEPT_MAX + 3; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "m%u { reg = <1 0x%x 0 0x1000>; };", i, i * 0x10000);
	find(text);
	assert_int_equal(count(), KEPT_MAX);
	assert_non_null(kept_module_at(PA(0x100000000 + (KEPT_MAX - 1) * 0x10000), 0x1000));
	assert_null(kept_module_at(PA(0x100000000 + KEPT_MAX * 0x10000), 0x1000));
	/* A file that is none: nothing is kept. */
	kept_find("nonsense", 8, &machine, image);
	assert_int_equal(count(), 0);
	log_forget();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_misaligned),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_too_many),
	};

	return UNIT_RUN(tests);
}
