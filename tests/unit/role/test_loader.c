/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/loader (guest loader): where images go, which kernels are refused, and that loading writes just that.
 * Guest memory is a fake: a block of host memory that stands for the VM's RAM.
 */
#include "machine_log.h"
#include "machine_make.h"

#include "core/guest_mem.h"
#include "role/hyp/loader.h"
#include "role/hyp/vmap.h"

#define RAM UINT64_C(0x40000000)

static uint8_t *ram; /* of the fake VM */
static uint64_t ram_size;
static unsigned int writes;

int guest_mem_load_image(struct partition *p, ipa_t ipa, const void *src, size_t size)
{
	(void)p;
	writes++;
	if (ipa.a < RAM || ipa.a - RAM > ram_size || size > ram_size - (ipa.a - RAM))
		return E_FAULT;
	memcpy(ram + (ipa.a - RAM), src, size);
	return OK;
}

static struct vm_config vm_with(uint64_t memory, struct blob kernel, struct blob ramdisk)
{
	return (struct vm_config){
		.name = "t",
		.file = "machine.dtb",
		.node = "/chosen/domU1",
		.memory = memory,
		.nr_vcpus = 1,
		.bootargs = "",
		.kernel = { kernel.data, kernel.size, "Image", "/chosen/domU1/module@0" },
		.ramdisk = { ramdisk.data, ramdisk.size, "rd", "/chosen/domU1/module@1" },
	};
}

static const struct blob none;

/* Rows of (Image header, memory, ramdisk) and where that must lie. */
static const struct place {
	const char *what;
	uint64_t text_offset, image_size;
	size_t file;
	uint64_t memory;
	size_t ramdisk;
	uint64_t kernel_at, kernel_size, ramdisk_at;
} places[] = {
	{ "Linux of today", 0, 0x300000, 0x2000, 64 * MIB, 0, RAM + 0x200000, 0x300000, 0 },
	{ "old Linux", 0x80000, 0x300000, 0x2000, 64 * MIB, 0, RAM + 0x80000, 0x300000, 0 },
	{ "before 3.17", 0, 0, 0x2000, 64 * MIB, 0, RAM + 0x80000, 0x2000, 0 },
	{ "before 3.17, offset not believed", 0x1234, 0, 0x2000, 64 * MIB, 0, RAM + 0x80000, 0x2000, 0 },
	{ "just above the tree", 0x10000, 0x4000, 0x2000, 64 * MIB, 0, RAM + 0x10000, 0x4000, 0 },
	{ "would meet the tree", 0xf000, 0x4000, 0x2000, 64 * MIB, 0, RAM + 0x20f000, 0x4000, 0 },
	{ "file longer than image_size", 0, 0x1000, 0x2000, 64 * MIB, 0, RAM + 0x200000, 0x2000, 0 },
	{ "far up", 0x1000000, 0x4000, 0x2000, 64 * MIB, 0, RAM + 0x1000000, 0x4000, 0 },
	{ "fits to the byte", 0, 0x200000, 0x2000, 4 * MIB, 0, RAM + 0x200000, 0x200000, 0 },
	{ "ramdisk at a block", 0, 0x300000, 0x2000, 64 * MIB, 0x5001, RAM + 0x200000, 0x300000, RAM + 0x3e00000 },
	{ "ramdisk of a block", 0, 0x300000, 0x2000, 64 * MIB, 0x200000, RAM + 0x200000, 0x300000, RAM + 0x3e00000 },
	{ "ramdisk needs the page", 0, 0x200001, 0x2000, 6 * MIB, 0x1ff000, RAM + 0x200000, 0x200001, RAM + 0x401000 },
	{ "ramdisk fits to the page", 0, 0x1000, 0x2000, 4 * MIB, 0x1fe000, RAM + 0x200000, 0x2000, RAM + 0x202000 },
	{ "ramdisk within 32 GiB", 0, 0x300000, 0x2000, 64 * GIB, 0x5001, RAM + 0x200000, 0x300000,
	  32 * GIB - 2 * MIB },
};

static void test_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const struct place *p = &places[i];
		struct blob k = machine_image(p->file, p->text_offset, p->image_size);
		struct blob rd = { calloc(1, p->ramdisk + 1), p->ramdisk };
		struct vm_config vm = vm_with(p->memory, k, rd);
		struct loader_plan plan;

		log_forget();
		if (loader_plan(&vm, &plan) != OK)
			fail_msg("%s: %s", p->what, log_text[0]);
		assert_int_equal(log_lines, 0);
		if (plan.kernel.a != p->kernel_at || plan.kernel_size != p->kernel_size ||
		    plan.ramdisk.a != p->ramdisk_at)
			fail_msg("%s: kernel 0x%lx (0x%lx bytes), ramdisk 0x%lx", p->what, plan.kernel.a,
				 plan.kernel_size, plan.ramdisk.a);
		assert_int_equal(plan.entry.a, plan.kernel.a);
		assert_int_equal(plan.dtb.a, RAM);
		assert_false(plan.raw);
		assert_int_equal(plan.ramdisk_size, vm.ramdisk.size);
		machine_blob_free(&k);
		machine_blob_free(&rd);
	}
}

static void test_raw(void **state)
{
	uint8_t insn[] = { 0x00, 0x00, 0x00, 0x14 };
	struct vm_config vm = vm_with(1 * MIB, (struct blob){ insn, sizeof(insn) }, none);
	struct loader_plan plan;
	uint8_t big[128] = { 0x4d, 0x5b, 0x00, 0x91 }; /* an add, much like an Image's "MZ" */

	(void)state;
	log_forget();
	assert_int_equal(loader_plan(&vm, &plan), OK);
	assert_true(plan.raw);
	assert_int_equal(plan.entry.a, 0x40080000);
	assert_int_equal(plan.kernel_size, sizeof(insn));
	/* 64 bytes and more, and a magic that is wrong in one bit. */
	memcpy(big + 0x38, "ARM\x65", 4);
	vm.kernel.data = big;
	vm.kernel.size = sizeof(big);
	assert_int_equal(loader_plan(&vm, &plan), OK);
	assert_true(plan.raw);
	memcpy(big + 0x38, "ARM\x64", 4);
	vm.kernel.size = 63; /* the magic is there, the header isn't whole */
	assert_int_equal(loader_plan(&vm, &plan), OK);
	assert_true(plan.raw);
	assert_int_equal(log_lines, 0);
	/* First words that are instructions: SME, SVE, data processing, branch, load, SIMD. */
	for (unsigned int i = 0; i < 256; i++) {
		unsigned int op0 = i >> 1 & 0xf;
		uint8_t word[4] = { 0, 0, 0, (uint8_t)i };

		vm.kernel.data = word;
		vm.kernel.size = sizeof(word);
		assert_int_equal(loader_plan(&vm, &plan) == OK,
				 (op0 > 0 && op0 != 1 && op0 != 3) || (op0 == 0 && i >= 0x80));
	}
}

#define AT "machine.dtb: /chosen/domU1/module@0: trivet,file: the kernel is "

static void test_not_kernels(void **state)
{
	static const struct {
		const char *start;
		size_t len;
		const char *line;
	} rows[] = {
		{ "", 0, AT "empty" },
		{ "\x7f"
		  "ELF\x02\x01",
		  6, AT "an ELF file; give an Image or a raw binary" },
		{ "\x1f\x8b\x08", 3, AT "compressed with gzip; give an Image or a raw binary" },
		{ "BZh9", 4, AT "compressed with bzip2; give an Image or a raw binary" },
		{ "\xfd"
		  "7zXZ",
		  6, AT "compressed with xz; give an Image or a raw binary" },
		{ "\x28\xb5\x2f\xfd", 4, AT "compressed with zstd; give an Image or a raw binary" },
		{ "\x02\x21\x4c\x18", 4, AT "compressed with lz4; give an Image or a raw binary" },
		{ "\x27\x05\x19\x56", 4, AT "a U-Boot uImage; give an Image or a raw binary" },
		{ "\xd0\x0d\xfe\xed", 4, AT "a device tree or FIT image; give an Image or a raw binary" },
		{ "MZ\0\0zimg", 8, AT "a compressed EFI image; give an Image or a raw binary" },
		{ "\0\0\0\0", 4,
		  AT "without Image magic, and does not begin with an instruction; give an Image or a raw "
		     "binary" },
		{ "abc\x03", 4,
		  AT "without Image magic, and does not begin with an instruction; give an Image or a raw "
		     "binary" },
		{ "abc\x66", 4,
		  AT "without Image magic, and does not begin with an instruction; give an Image or a raw "
		     "binary" },
		{ "\x14\0\0", 3, AT "too short; give an Image or a raw binary" },
		{ "MZ\x90", 3, AT "an EFI program without the Image magic; give an Image or a raw binary" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct blob k = machine_blob(rows[i].start, rows[i].len);
		struct vm_config vm = vm_with(64 * MIB, k, none);
		struct loader_plan plan;

		log_forget();
		assert_int_equal(loader_plan(&vm, &plan), E_FORMAT);
		assert_logged(rows[i].line);
		machine_blob_free(&k);
	}
}

static void refused(uint64_t text_offset, uint64_t image_size, uint64_t memory, size_t ramdisk, int err,
		    const char *line)
{
	struct blob k = machine_image(0x1000, text_offset, image_size);
	struct vm_config vm = vm_with(memory, k, (struct blob){ k.data, ramdisk });
	struct loader_plan plan;

	log_forget();
	assert_int_equal(loader_plan(&vm, &plan), err);
	assert_logged(line);
	machine_blob_free(&k);
}

static void test_too_large(void **state)
{
	(void)state;
	refused(0, 0x200001, 4 * MIB, 0, E_RANGE,
		"machine.dtb: /chosen/domU1: memory: 4096 KiB do not hold the kernel: 2049 KiB at an offset of 2048 KiB");
	refused(0, 0x1000, 2 * MIB, 0, E_RANGE,
		"machine.dtb: /chosen/domU1: memory: 2048 KiB do not hold the kernel: 5 KiB at an offset of 2048 KiB");
	refused(0x10000000, 0x1000, 64 * MIB, 0, E_RANGE,
		"machine.dtb: /chosen/domU1: memory: 65536 KiB do not hold the kernel: 5 KiB at an offset of 262144 KiB");
	refused(UINT64_MAX & ~UINT64_C(3), 0x1000, 4 * MIB, 0, E_RANGE,
		"machine.dtb: /chosen/domU1: memory: 4096 KiB do not hold the kernel: 5 KiB at an offset of 18014398509481983 KiB");
	refused(0, 0x1000, 4 * MIB, 0x1ff001, E_RANGE,
		"machine.dtb: /chosen/domU1: memory: 4096 KiB do not hold the ramdisk: 2044 KiB above the kernel, 2045 KiB needed");
	refused(0, 0x1000, 4 * MIB, SIZE_MAX, E_RANGE,
		"machine.dtb: /chosen/domU1: memory: 4096 KiB do not hold the ramdisk: 2044 KiB above the kernel, 18014398509481984 KiB needed");
	refused(0x80002, 0x1000, 4 * MIB, 0, E_FORMAT,
		"machine.dtb: /chosen/domU1/module@0: trivet,file: text_offset 0x80002 of the Image is misaligned");
	/* The kernel ends where the 32 GiB do: nothing is left for a ramdisk that it could reach. */
	refused(31 * GIB, 0x1000, 64 * GIB, 1, E_RANGE,
		"machine.dtb: /chosen/domU1: memory: 67108864 KiB do not hold the ramdisk: 0 KiB above the kernel, 1 KiB needed");
}

/* Numbers from the Image header that wrap, in all pairs. Whatever is accepted lies in RAM and nothing overlaps. */
static void test_hostile_header(void **state)
{
	static const uint64_t n[] = { 0,
				      4,
				      0xfff0,
				      0x10000,
				      0x80000,
				      2 * MIB,
				      0x3fffffff,
				      0x40000000,
				      0x80000000,
				      0xffffffff,
				      UINT64_C(1) << 40,
				      INT64_MAX,
				      (uint64_t)INT64_MIN,
				      UINT64_MAX - 2 * MIB,
				      (UINT64_MAX - 2 * MIB) & ~UINT64_C(3),
				      UINT64_MAX & ~UINT64_C(3),
				      UINT64_MAX };
	static const uint64_t memories[] = { 4096, 2 * MIB, 64 * MIB, 40 * GIB, BIT(40) - RAM };
	static const size_t disks[] = { 0, 1, 4096, 2 * MIB, 40 * GIB, SIZE_MAX };
	unsigned int accepted = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(n) * ARRAY_SIZE(n) * ARRAY_SIZE(memories) * ARRAY_SIZE(disks); i++) {
		size_t j = i / ARRAY_SIZE(n) / ARRAY_SIZE(n);
		struct blob k = machine_image(64, n[i % ARRAY_SIZE(n)], n[i / ARRAY_SIZE(n) % ARRAY_SIZE(n)]);
		struct vm_config vm = vm_with(memories[j % ARRAY_SIZE(memories)], k,
					      (struct blob){ k.data, disks[j / ARRAY_SIZE(memories)] });
		struct loader_plan p;
		int r;

		log_forget();
		r = loader_plan(&vm, &p);
		assert_int_equal(log_lines, r == OK ? 0 : 1);
		if (r == OK) {
			accepted++;
			assert_true(p.kernel.a >= RAM + VMAP_DTB_MAX);
			assert_true(p.kernel_size <= vm.memory && p.kernel.a - RAM <= vm.memory - p.kernel_size);
			if (p.ramdisk_size) {
				assert_true(p.ramdisk.a >= p.kernel.a + p.kernel_size);
				assert_true(p.ramdisk.a - RAM <= vm.memory - p.ramdisk_size);
				assert_true(p.ramdisk.a + p.ramdisk_size <= 32 * GIB);
			}
		}
		machine_blob_free(&k);
	}
	assert_true(accepted > 100);
}

static void test_load(void **state)
{
	struct blob k = machine_image(0x3001, 0, 0x8000), rd = machine_image(0x1803, 0, 0);
	struct vm_config vm = vm_with(4 * MIB, k, rd);
	struct partition p = { .name = "t" };
	struct loader_plan plan;
	uint8_t dtb[600], *want;

	(void)state;
	memset(dtb, 0xdb, sizeof(dtb));
	ram_size = vm.memory;
	ram = calloc(1, ram_size);
	want = calloc(1, ram_size);
	assert_int_equal(loader_plan(&vm, &plan), OK);
	log_forget();
	assert_int_equal(loader_load(&p, &plan, dtb, sizeof(dtb)), OK);
	assert_int_equal(log_lines, 0);
	memcpy(want, dtb, sizeof(dtb));
	memcpy(want + 0x200000, k.data, k.size);
	memcpy(want + (plan.ramdisk.a - RAM), rd.data, rd.size);
	assert_memory_equal(ram, want, ram_size);

	/* RAM that is not there, at each of the three writes. */
	for (uint64_t size = 0; size < plan.ramdisk.a - RAM + rd.size; size += 0x1000) {
		ram_size = size;
		log_forget();
		assert_int_equal(loader_load(&p, &plan, dtb, sizeof(dtb)), E_FAULT);
		assert_logged("t: its images cannot be loaded: error -7");
	}
	ram_size = vm.memory;
	writes = 0;
	log_forget();
	assert_int_equal(loader_load(&p, &plan, dtb, VMAP_DTB_MAX + 1), E_RANGE);
	assert_int_equal(log_lines, 1);
	assert_int_equal(writes, 2); /* the tree was not written */
	free(ram);
	free(want);
	machine_blob_free(&k);
	machine_blob_free(&rd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),	       cmocka_unit_test(test_raw),
		cmocka_unit_test(test_not_kernels),    cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_hostile_header), cmocka_unit_test(test_load),
	};

	return UNIT_RUN(tests);
}
