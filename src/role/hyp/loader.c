/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Laying a VM's RAM out and loading it. No state, no lock. The rules are those of Linux's
 * Documentation/arch/arm64/booting.rst:
 *
 *   RAM base              the device tree
 *   + 512 KiB             a raw kernel, or
 *   + text_offset         an Image with room for the tree below it, or
 *   + 2 MiB + text_offset any other Image
 *   end of RAM, downwards the ramdisk, in the 32 GiB from the start of RAM that the kernel can map early
 */
#include "role/hyp/loader.h"

#include "core/guest_mem.h"
#include "core/log.h"
#include "lib/checked.h"
#include "lib/string.h"
#include "role/hyp/vmap.h"

#define IMAGE_MAGIC	  0x644d5241 /* "ARM\x64" */
#define IMAGE_OLD_OFFSET  0x80000    /* text_offset of an Image that gives no image_size */
#define RAMDISK_WINDOW	  (32 * GIB)
#define INSTRUCTION_BYTES 4
#define MAGIC_MAX	  8

struct image_header {
	uint32_t code0, code1;
	uint64_t text_offset, image_size, flags;
	uint64_t reserved[3];
	uint32_t magic, pe_offset;
};
_Static_assert(sizeof(struct image_header) == 64, "arm64 Image header");
_Static_assert(offsetof(struct image_header, magic) == 0x38, "arm64 Image header");

/* Files that are often taken for a kernel and cannot be entered. The first that matches names it. */
static const struct {
	uint8_t magic[MAGIC_MAX];
	size_t len;
	const char *what;
} not_kernels[] = {
	{ { 0x7f, 'E', 'L', 'F' }, 4, "an ELF file" },
	{ { 0x1f, 0x8b }, 2, "compressed with gzip" },
	{ { 'B', 'Z', 'h' }, 3, "compressed with bzip2" },
	{ { 0xfd, '7', 'z', 'X', 'Z' }, 5, "compressed with xz" },
	{ { 0x28, 0xb5, 0x2f, 0xfd }, 4, "compressed with zstd" },
	{ { 0x02, 0x21, 0x4c, 0x18 }, 4, "compressed with lz4" },
	{ { 0x27, 0x05, 0x19, 0x56 }, 4, "a U-Boot uImage" },
	{ { 0xd0, 0x0d, 0xfe, 0xed }, 4, "a device tree or FIT image" },
	{ { 'M', 'Z', 0, 0, 'z', 'i', 'm', 'g' }, 8, "a compressed EFI image" },
	{ { 'M', 'Z' }, 2, "an EFI program without the Image magic" },
};

static const char *image_property(const struct vm_image *image)
{
	return image->file ? "trivet,file" : "reg";
}

/* Not one of the encodings that nobody has: ARM DDI 0487 C4.1, UDF among them. */
static bool is_instruction(uint32_t word)
{
	const unsigned int op0 = (unsigned int)BITS(word, 28, 25);

	return op0 == 0 ? word >> 31 : op0 != 1 && op0 != 3;
}

static const char *not_a_kernel(const struct vm_image *k)
{
	uint32_t first;

	for (size_t i = 0; i < ARRAY_SIZE(not_kernels); i++) {
		if (k->size >= not_kernels[i].len && memcmp(k->data, not_kernels[i].magic, not_kernels[i].len) == 0)
			return not_kernels[i].what;
	}
	if (k->size < sizeof(first))
		return "too short";
	memcpy(&first, k->data, sizeof(first));
	return is_instruction(first) ? NULL : "without Image magic, and does not begin with an instruction";
}

/* The header of an Image into *h; false when it is none. */
static bool image_header(const struct vm_image *k, struct image_header *h)
{
	if (k->size < sizeof(*h))
		return false;
	memcpy(h, k->data, sizeof(*h)); /* little-endian, as we are */
	return h->magic == IMAGE_MAGIC;
}

/* Offset of the kernel from the start of RAM and the RAM that it takes. */
static int plan_kernel_format(const struct vm_config *vm, struct loader_plan *plan, uint64_t *offset)
{
	const struct vm_image *k = &vm->kernel;
	const char *what;
	struct image_header h;

	plan->kernel_size = k->size;
	if (!k->size) {
		vm_config_error(vm, k->node, image_property(k), "the kernel is empty");
		return E_FORMAT;
	}
	if (!image_header(k, &h)) {
		what = not_a_kernel(k);
		if (what) {
			vm_config_error(vm, k->node, image_property(k),
					"the kernel is %s; give an Image or a raw binary", what);
			return E_FORMAT;
		}
		plan->raw = true;
		*offset = VMAP_RAW_OFFSET;
		return OK;
	}
	/* Before Linux 3.17 both fields were 0 and meant this. */
	*offset = h.image_size ? h.text_offset : IMAGE_OLD_OFFSET;
	plan->kernel_size = MAX(h.image_size, (uint64_t)k->size);
	if (*offset % INSTRUCTION_BYTES) {
		vm_config_error(vm, k->node, image_property(k), "text_offset 0x%lx of the Image is misaligned",
				*offset);
		return E_FORMAT;
	}
	if (*offset < VMAP_DTB_MAX)
		*offset += BLOCK_SIZE;
	return OK;
}

static int plan_kernel(const struct vm_config *vm, struct loader_plan *plan)
{
	const uint64_t base = vmap[VMAP_RAM].base;
	uint64_t offset = 0;
	int r = plan_kernel_format(vm, plan, &offset);

	if (r != OK)
		return r;
	if (!range_within(offset, plan->kernel_size, vm->memory)) {
		vm_config_error(vm, NULL, "memory", "%lu KiB do not hold the kernel: %lu KiB at an offset of %lu KiB",
				vm->memory / KIB, plan->kernel_size / KIB + 1, offset / KIB);
		return E_RANGE;
	}
	plan->kernel = IPA(base + offset);
	plan->entry = plan->kernel;
	plan->kernel_data = vm->kernel.data;
	plan->kernel_file_size = vm->kernel.size;
	return OK;
}

/* As high as the window allows, so that a kernel that grows while it unpacks itself doesn't meet it. */
static int plan_ramdisk(const struct vm_config *vm, struct loader_plan *plan)
{
	const uint64_t base = vmap[VMAP_RAM].base;
	const uint64_t top = base + MIN(vm->memory, RAMDISK_WINDOW - base % RAMDISK_WINDOW);
	const uint64_t free = ALIGN_UP(plan->kernel.a + plan->kernel_size, PAGE_SIZE);
	const uint64_t size = vm->ramdisk.size;
	uint64_t at;

	if (!size)
		return OK;
	if (free > top || size > top - free) {
		vm_config_error(vm, NULL, "memory",
				"%lu KiB do not hold the ramdisk: %lu KiB above the kernel, %lu KiB needed",
				vm->memory / KIB, free > top ? 0 : (top - free) / KIB, size / KIB + 1);
		return E_RANGE;
	}
	at = ALIGN_DOWN(top - size, BLOCK_SIZE);
	if (at < free)
		at = ALIGN_DOWN(top - size, PAGE_SIZE);
	plan->ramdisk = IPA(at);
	plan->ramdisk_size = size;
	plan->ramdisk_data = vm->ramdisk.data;
	return OK;
}

int loader_plan(const struct vm_config *vm, struct loader_plan *plan)
{
	int r;

	*plan = (struct loader_plan){ .dtb = IPA(vmap[VMAP_RAM].base) };
	r = plan_kernel(vm, plan);
	return r == OK ? plan_ramdisk(vm, plan) : r;
}

int loader_load(struct partition *p, const struct loader_plan *plan, const void *dtb, size_t dtb_size)
{
	int r = guest_mem_load_image(p, plan->kernel, plan->kernel_data, plan->kernel_file_size);

	if (r == OK && plan->ramdisk_size)
		r = guest_mem_load_image(p, plan->ramdisk, plan->ramdisk_data, plan->ramdisk_size);
	if (r == OK)
		r = dtb_size <= VMAP_DTB_MAX ? guest_mem_load_image(p, plan->dtb, dtb, dtb_size) : E_RANGE;
	if (r != OK)
		log_error("%s: its images cannot be loaded: error %d", p->name, r);
	return r;
}
