/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * role/hyp/loader: kernels with any header and size, any amount of memory, any ramdisk. What is accepted lies inside of
 * RAM, apart from each other and from the device tree, at addresses that the header and Linux's booting.rst allow, and
 * loading writes just that. What is refused costs one line.
 */
#include "fuzz.h"

#include "core/guest_mem.h"
#include "role/hyp/loader.h"
#include "role/hyp/vmap.h"

#define RAM    UINT64_C(0x40000000)
#define ENOUGH UINT64_C(0x8000000)

static struct {
	uint64_t at;
	const void *from;
	size_t size;
} loaded[3];
static unsigned int nr_loaded;

int guest_mem_load_image(struct partition *p UNUSED, ipa_t ipa, const void *src, size_t size)
{
	MUST(nr_loaded < ARRAY_SIZE(loaded));
	loaded[nr_loaded].at = ipa.a;
	loaded[nr_loaded].from = src;
	loaded[nr_loaded++].size = size;
	return OK;
}

static bool apart(uint64_t a, uint64_t an, uint64_t b, uint64_t bn)
{
	return a + an <= b || b + bn <= a;
}

/* The three do not meet, and are in RAM. */
static void check_places(const struct vm_config *vm, const struct loader_plan *p)
{
	uint64_t end = RAM + vm->memory;

	MUST_EQ(p->dtb.a, RAM);
	MUST(p->kernel.a >= RAM + VMAP_DTB_MAX && p->kernel.a < end && p->kernel_size <= end - p->kernel.a);
	MUST(p->kernel_size >= vm->kernel.size && p->entry.a == p->kernel.a && p->entry.a % 4 == 0);
	MUST_EQ(p->ramdisk_size, vm->ramdisk.size);
	if (!p->ramdisk_size)
		return;
	MUST(p->ramdisk.a % PAGE_SIZE == 0 && p->ramdisk.a < end && p->ramdisk_size <= end - p->ramdisk.a);
	MUST(apart(p->ramdisk.a, p->ramdisk_size, p->kernel.a, p->kernel_size));
	MUST(apart(p->ramdisk.a, p->ramdisk_size, RAM, VMAP_DTB_MAX));
	/* In the window of 32 GiB that the kernel maps early. */
	MUST(p->ramdisk.a / (32 * GIB) == RAM / (32 * GIB));
	MUST((p->ramdisk.a + p->ramdisk_size - 1) / (32 * GIB) == RAM / (32 * GIB));
}

/* The header: text_offset at 8, image_size at 16, magic at 0x38. */
static void check_header(const struct vm_config *vm, const struct loader_plan *p)
{
	uint64_t text_offset = 0, image_size = 0, off = p->kernel.a - RAM;
	bool image = vm->kernel.size >= 64 && memcmp(vm->kernel.data + 0x38, "ARM\x64", 4) == 0;

	MUST_EQ(p->raw, !image);
	if (!image) {
		MUST_EQ(off, 512 * KIB);
		MUST_EQ(p->kernel_size, vm->kernel.size);
		return;
	}
	memcpy(&text_offset, vm->kernel.data + 8, 8);
	memcpy(&image_size, vm->kernel.data + 16, 8);
	if (!image_size)
		text_offset = 0x80000; /* before 3.17 */
	/* From a 2 MiB-aligned base. */
	MUST(off == text_offset || off == text_offset + 2 * MIB);
	MUST_EQ(p->kernel_size, MAX(image_size, (uint64_t)vm->kernel.size));
}

static void check_load(const struct vm_config *vm, const struct loader_plan *p)
{
	static const uint8_t tree[64];
	struct partition part = { .id = 1 };

	nr_loaded = 0;
	MUST_EQ(loader_load(&part, p, tree, sizeof(tree)), OK);
	MUST_EQ(nr_loaded, 2 + (p->ramdisk_size != 0));
	for (unsigned int i = 0; i < nr_loaded; i++) {
		const void *from = loaded[i].from;
		uint64_t at = from == vm->kernel.data ? p->kernel.a : from == tree ? RAM : p->ramdisk.a;

		MUST(from == vm->kernel.data || from == tree || from == vm->ramdisk.data);
		MUST_EQ(loaded[i].at, at);
		MUST_EQ(loaded[i].size, from == vm->kernel.data ? vm->kernel.size
					: from == tree		? sizeof(tree)
								: vm->ramdisk.size);
	}
}

/* A file that the test does not fill: the planner reads no more than the header. */
static uint8_t *make_kernel(struct fuzz *f, size_t *size)
{
	static const uint8_t magic[] = "ARM\x64";
	unsigned int how = fuzz_u8(f);
	uint64_t field;
	uint8_t *k;

	*size = how & 1 ? 64 + fuzz_u16(f) : fuzz_u8(f);
	k = calloc(1, *size ? *size : 1);
	MUST(k);
	for (size_t i = 0; i < MIN(*size, (size_t)(how & 2 ? 64 : 4)); i++)
		k[i] = fuzz_u8(f);
	if (*size < 64 || !(how & 4))
		return k;
	memcpy(k + 0x38, magic, 4);
	field = how & 8 ? fuzz_odd(f) : fuzz_u16(f) * UINT64_C(0x1000);
	memcpy(k + 8, &field, 8);
	field = how & 16 ? fuzz_odd(f) : fuzz_u16(f) * UINT64_C(0x1000);
	memcpy(k + 16, &field, 8);
	return k;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = fuzz_open(data, size);
	struct vm_config vm = {
		.name = "t", .file = "machine.dtb", .node = "/chosen/a", .nr_vcpus = 1, .bootargs = ""
	};
	struct loader_plan plan;
	uint64_t memory;
	uint8_t *k = make_kernel(&f, &vm.kernel.size);
	int r;

	memory = fuzz_u8(&f) & 1 ? fuzz_odd(&f) : ENOUGH + fuzz_u16(&f);
	vm.memory = MIN(ALIGN_UP(MAX(memory % vmap[VMAP_RAM].size, (uint64_t)1), PAGE_SIZE), vmap[VMAP_RAM].size);
	vm.kernel.data = k;
	vm.kernel.file = "Image";
	vm.ramdisk.data = (const uint8_t *)0x1000; /* not looked at */
	vm.ramdisk.size = fuzz_u8(&f) & 1 ? fuzz_odd(&f) : fuzz_u16(&f);
	fuzz_log_forget();
	r = loader_plan(&vm, &plan);
	MUST(r == OK || r == E_FORMAT || r == E_RANGE);
	MUST_EQ(fuzz_log_lines, r != OK);
	if (r == OK) {
		check_places(&vm, &plan);
		check_header(&vm, &plan);
		check_load(&vm, &plan);
	} else if (r == E_RANGE && !vm.ramdisk.size && vm.kernel.size >= 64 && vm.memory >= ENOUGH) {
		/* Only a header that asks for much is too much. */
		MUST(memcmp(k + 0x38, "ARM\x64", 4) == 0);
	}
	free(k);
	return 0;
}
