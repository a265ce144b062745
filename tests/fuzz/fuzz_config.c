/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * role/hyp/bundle and role/hyp/config: a bundle of any bytes; a machine file of any bytes; a sound machine file that is
 * changed. Each refused VM costs exactly one line, which names file and node. What is accepted keeps config.h's
 * promises: it can be laid out, its device tree is sound, and nobody writes to what another one reads.
 */
#include "fuzz.h"

#include <libfdt.h>

#include "core/guest_mem.h"
#include "core/heap.h"
#include "role/hyp/config.h"
#include "role/hyp/loader.h"
#include "role/hyp/vfdt.h"
#include "role/hyp/vmap.h"
#include "role/machine_make.h"
#include "tree.h"

#define CORES	     4u
#define MODULES_AT   UINT64_C(0x48000000)
#define MODULES_SIZE UINT64_C(0x10000)

static const char text[] =
	"/dts-v1/; / { #address-cells = <2>; #size-cells = <2>;\n"
	" chosen { #address-cells = <2>; #size-cells = <2>; trivet,console = \"first\";\n"
	"  domU1 { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <2>; memory = <0 0x10000>; cpus = <2>;\n"
	"   trivet,name = \"first\"; vpl011; trivet,pcpus = <3 1>; trivet,pin; trivet,rng; bootargs = \"a b\";\n"
	"   trivet,on-poweroff = \"restart\"; trivet,on-reboot = \"stop\";\n"
	"   module@0 { compatible = \"multiboot,kernel\", \"multiboot,module\"; trivet,file = \"Image\"; };\n"
	"   module@1 { compatible = \"multiboot,ramdisk\", \"multiboot,module\"; trivet,file = \"initramfs\"; };\n"
	"   disk@0 { compatible = \"trivet,disk\"; trivet,file = \"disk.img\"; };\n"
	"   disk@1 { compatible = \"trivet,disk\"; trivet,file = \"disk2.img\"; trivet,readonly; }; };\n"
	"  domU2 { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <2>; memory = <0 0x8000>; cpus = <1>;\n"
	"   module@48000000 { compatible = \"multiboot,kernel\", \"multiboot,module\"; reg = <0 0x48000000 0 0x2000>; };\n"
	"   module@48002000 { compatible = \"multiboot,ramdisk\"; reg = <0 0x48002000 0 0x1000>; };\n"
	"   disk@0 { compatible = \"trivet,disk\"; trivet,file = \"disk2.img\"; trivet,readonly; }; };\n"
	"  domU3 { compatible = \"xen,domain\"; memory = <0 0x2000>; cpus = <1>; status = \"okay\"; trivet,no-rtc;\n"
	"   kernel { compatible = \"xen,linux-zimage\"; trivet,file = \"raw.bin\"; bootargs = \"x\"; }; };\n"
	" }; };\n";

static const char *const props[] = {
	"compatible",	 "memory",	     "cpus",
	"vpl011",	 "bootargs",	     "trivet,name",
	"trivet,pcpus",	 "trivet,pin",	     "trivet,rtc",
	"trivet,no-rtc", "trivet,rng",	     "trivet,on-poweroff",
	"reg",		 "trivet,on-reboot", "#address-cells",
	"#size-cells",	 "status",	     "xen,enhanced",
	"passthrough",	 "direct-map",	     "nr_spis",
	"trivet,file",	 "trivet,readonly",  "trivet,console",
	"phandle",	 "xen,nonsense",     "trivet,nonsense",
};
static const char *const strings[] = {
	"xen,domain",
	"multiboot,kernel",
	"multiboot,ramdisk",
	"multiboot,module",
	"multiboot,device-tree",
	"trivet,disk",
	"xen,linux-zimage",
	"xen,linux-initrd",
	"Image",
	"Image.gz",
	"raw.bin",
	"zeros",
	"initramfs",
	"disk.img",
	"disk2.img",
	"odd.img",
	"machine.dtb",
	"empty",
	"stop",
	"restart",
	"first",
	"domU2",
	"okay",
	"disabled",
	"a\x01name",
	"",
	"./disk.img",
};
static const char *const nodes[] = { "domU", "module@", "disk@", "chosen", "a" };
static const struct tree_words words = { props, ARRAY_SIZE(props), strings, ARRAY_SIZE(strings),
					 nodes, ARRAY_SIZE(nodes) };

static struct blob base, archive;
static struct bundle bundle;
static struct config cfg;
static uint8_t *modules;
static unsigned int blocks; /* of the heap */

/* --- What they ask of others --- */

int guest_mem_load_image(struct partition *p UNUSED, ipa_t ipa UNUSED, const void *src UNUSED, size_t size UNUSED)
{
	return E_FAULT;
}

void *heap_alloc(size_t size)
{
	blocks++;
	return calloc(1, size);
}

void heap_free(void *p)
{
	blocks -= p != NULL;
	free(p);
}

static const void *module_at(pa_t pa, uint64_t size)
{
	MUST(size && pa.a + size > pa.a);
	if (pa.a < MODULES_AT || pa.a - MODULES_AT > MODULES_SIZE || size > MODULES_SIZE - (pa.a - MODULES_AT))
		return NULL;
	return modules + (pa.a - MODULES_AT);
}

static int parse(const struct bundle *from, const void *fdt, size_t size)
{
	const struct config_source src = {
		.fdt = fdt,
		.size = size,
		.file = "machine.dtb",
		.bundle = from,
		.nr_pcpus = CORES,
		.module_at = module_at,
	};

	memset(&cfg, 0xa5, sizeof(cfg));
	fuzz_log_forget();
	return config_parse(&src, &cfg);
}

static void make_archive(void)
{
	struct blob image = machine_image(0x2000, 0, 0x300000);
	uint8_t bytes[4096] = { 0x1f, 0x8b };

	machine_cpio_add(&archive, "machine.dtb", "stands in", 10, 8);
	machine_cpio_add(&archive, "Image", image.data, image.size, 4);
	machine_cpio_add(&archive, "Image.gz", bytes, sizeof(bytes), 4);
	memcpy(bytes, "\x00\x00\x00\x14", 4); /* b . */
	machine_cpio_add(&archive, "raw.bin", bytes, 100, 4);
	memset(bytes, 0, 4);
	machine_cpio_add(&archive, "zeros", bytes, 100, 4);
	machine_cpio_add(&archive, "initramfs", bytes, 100, 4);
	machine_cpio_add(&archive, "empty", bytes, 0, 4);
	machine_cpio_add(&archive, "disk.img", bytes, 1024, 4);
	machine_cpio_add(&archive, "disk2.img", bytes, 4096, 4);
	machine_cpio_add(&archive, "odd.img", bytes, 1000, 4);
	machine_cpio_end(&archive);
	modules = calloc(1, MODULES_SIZE);
	memcpy(modules, image.data, image.size);
	machine_blob_free(&image);
}

void fuzz_setup(void)
{
	make_archive();
	MUST_EQ(bundle_open(&bundle, archive.data, archive.size), OK);
	base = machine_dtc(text);
	if (parse(&bundle, base.data, base.size) != OK || cfg.nr_vms != 3 || cfg.nr_refused)
		fuzz_fail(__FILE__, __LINE__, "the sound machine file is refused: %s", fuzz_log_last);
}

/* --- What is accepted --- */

struct use {
	const struct vm_image *image;
	bool writes;
};

static unsigned int uses_of(const struct vm_config *vm, struct use *u)
{
	unsigned int n = 0;

	u[n++] = (struct use){ &vm->kernel, false };
	if (vm->ramdisk.size)
		u[n++] = (struct use){ &vm->ramdisk, false };
	for (unsigned int i = 0; i < vm->nr_disks; i++)
		u[n++] = (struct use){ &vm->disk[i].image, !vm->disk[i].readonly };
	return n;
}

static bool meet(const struct vm_image *a, const struct vm_image *b)
{
	return a->data < b->data + b->size && b->data < a->data + a->size;
}

/* What one writes nobody else has. */
static void check_writers(void)
{
	struct use all[CONFIG_MAX_VMS * (2 + CONFIG_DISKS_MAX)];
	unsigned int n = 0;

	for (unsigned int i = 0; i < cfg.nr_vms; i++)
		n += uses_of(&cfg.vm[i], all + n);
	for (unsigned int i = 0; i < n; i++)
		for (unsigned int k = 0; k < i; k++)
			MUST(!((all[i].writes || all[k].writes) && meet(all[i].image, all[k].image)));
}

static bool inside(const struct vm_image *image, const struct bundle *from)
{
	const uint8_t *start = image->file ? (const uint8_t *)from->base : modules;

	return image->data >= start && image->data + image->size <= start + (image->file ? from->size : MODULES_SIZE);
}

static void check_vm(const struct vm_config *vm, const struct bundle *from)
{
	static uint8_t tree[VMAP_DTB_MAX] ALIGNED(8);
	struct use u[2 + CONFIG_DISKS_MAX];
	struct loader_plan plan;
	int size;

	MUST(vm->nr_vcpus >= 1 && vm->nr_vcpus <= CONFIG_MAX_VCPUS);
	MUST(vm->memory && vm->memory % PAGE_SIZE == 0 && vm->memory <= vmap[VMAP_RAM].size);
	MUST(vm->nr_pcpus >= 1 && vm->nr_pcpus <= CORES && vm->nr_disks <= CONFIG_DISKS_MAX);
	for (unsigned int i = 0; i < vm->nr_vcpus; i++)
		MUST(vm_config_affinity(vm, i) && vm_config_affinity(vm, i) < BIT(CORES));
	MUST(vm->name[0] && strnlen(vm->name, sizeof(vm->name)) < sizeof(vm->name));
	MUST(strlen(vm->bootargs) < CONFIG_ARGS_MAX && vm->kernel.size);
	for (unsigned int i = 0, n = uses_of(vm, u); i < n; i++)
		MUST(inside(u[i].image, from));
	MUST_EQ(loader_plan(vm, &plan), OK);
	size = vfdt_build(vm, &plan, NULL, tree, sizeof(tree));
	MUST(size > 0 && fdt_check_full(tree, (size_t)size) == 0);
}

static void visit(void *ctx, pa_t at, uint64_t size)
{
	MUST(size && at.a + size > at.a);
	++*(unsigned int *)ctx;
}

static void check(const struct bundle *from, const void *fdt, size_t size)
{
	unsigned int regs = 0;
	int r = parse(from, fdt, size);

	MUST(r == OK || r == E_FORMAT || r == E_NOENT);
	if (r != OK) {
		MUST_EQ(fuzz_log_lines, 1);
		MUST(strncmp(fuzz_log_last, "machine.dtb: /", 14) == 0);
		MUST_EQ(cfg.nr_vms, 0);
	} else {
		/* One for each VM, and one for a console that is not there. */
		MUST(fuzz_log_lines == cfg.nr_refused || fuzz_log_lines == cfg.nr_refused + 1);
		MUST(cfg.nr_vms <= CONFIG_MAX_VMS && (cfg.console == 0 || cfg.console < cfg.nr_vms));
		for (unsigned int i = 0; i < cfg.nr_vms; i++) {
			check_vm(&cfg.vm[i], from);
			for (unsigned int k = 0; k < i; k++)
				MUST(strcmp(cfg.vm[i].name, cfg.vm[k].name));
		}
		check_writers();
	}
	config_for_each_reg(fdt, size, visit, &regs);
}

/* The bytes as a bundle, with whatever machine file is in it. */
static void any_bundle(struct fuzz *f)
{
	size_t n = MIN(f->left, (size_t)16384);
	uint8_t *a = fuzz_copy(f->p, n);
	struct bundle b;

	fuzz_log_forget();
	if (bundle_open(&b, a, n) == OK) {
		MUST_EQ(fuzz_log_lines, 0);
		check(&b, b.machine, b.machine_size);
		if ((const uint8_t *)b.machine < a || (const uint8_t *)b.machine >= a + n)
			heap_free((void *)(uintptr_t)b.machine);
	} else {
		MUST_EQ(fuzz_log_lines, 1);
	}
	MUST_EQ(blocks, 0);
	free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = fuzz_open(data, size);
	unsigned int how = fuzz_u8(&f) % 16;
	size_t n = base.size;
	uint8_t *tree;

	if (how == 15) {
		any_bundle(&f);
		return 0;
	}
	if (how == 14) {
		n = MIN(f.left, (size_t)16384);
		tree = aligned_alloc(8, ALIGN_UP(n + 1, 8));
		memcpy(tree, f.p, n);
	} else {
		tree = tree_changed(&f, base.data, &n, &words);
	}
	check(&bundle, tree, n);
	free(tree);
	return 0;
}
