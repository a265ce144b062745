/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/config: machine files, good and bad. Each bad one must give exactly one line that names file, node and
 * property, refuse that VM, and leave the others alone. Then cut and changed files: anything but a crash.
 */
#include "machine_log.h"
#include "machine_make.h"

#include <libfdt.h>

#include "core/guest_mem.h"
#include "core/heap.h"
#include "role/hyp/config.h"
#include "role/hyp/vfdt.h"
#include "role/hyp/vmap.h"

/* What the loader and the bundle reader would need and these tests never reach. */
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

/* --- surroundings: a bundle, and RAM for modules with a reg --- */

#define MODULES_AT   UINT64_C(0x48000000)
#define MODULES_SIZE UINT64_C(0x10000)

static uint8_t modules[MODULES_SIZE];
static struct config cfg;
static struct blob archive;
static struct bundle bundle;

static const void *module_at(pa_t pa, uint64_t size)
{
	if (pa.a < MODULES_AT || pa.a - MODULES_AT > MODULES_SIZE || size > MODULES_SIZE - (pa.a - MODULES_AT))
		return NULL;
	return modules + (pa.a - MODULES_AT);
}

static int set_up(void **state)
{
	struct blob image = machine_image(0x2000, 0, 0x300000);
	uint8_t bytes[4096] = { 0x1f, 0x8b };

	(void)state;
	archive = (struct blob){ NULL, 0 };
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
	machine_blob_free(&image);
	return bundle_open(&bundle, archive.data, archive.size);
}

static int tear_down(void **state)
{
	(void)state;
	machine_blob_free(&archive);
	return 0;
}

/* A machine with three disks, whose numbers are others than their places; the second can only be read. */
static int host_disk(unsigned int n, bool *readonly, const char **why)
{
	*readonly = n == 1;
	*why = "there are not so many";
	return n < 3 ? (int)(7 - n) : E_NOENT;
}

static bool no_host_disks;

static int parse_blob(const void *fdt, size_t size)
{
	const struct config_source src = {
		.fdt = fdt,
		.size = size,
		.file = "machine.dtb",
		.bundle = &bundle,
		.nr_pcpus = 4,
		.module_at = module_at,
		.host_disk = no_host_disks ? NULL : host_disk,
	};

	memset(&cfg, 0xa5, sizeof(cfg));
	log_forget();
	return config_parse(&src, &cfg);
}

static struct blob machine; /* the last one compiled: strings of cfg point into it */

static int parse_text(const char *chosen)
{
	static char text[16384];

	assert_true((size_t)snprintf(text, sizeof(text),
				     "/dts-v1/;\n/ { #address-cells = <2>; #size-cells = <2>;\n"
				     "chosen { #address-cells = <2>; #size-cells = <2>;\n%s\n}; };\n",
				     chosen) < sizeof(text));
	machine_blob_free(&machine);
	machine = machine_dtc(text);
	return parse_blob(machine.data, machine.size);
}

#define DOM(name, body) name " { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <2>;\n" body "\n};\n"
#define MEM		"memory = <0 0x10000>; "
#define CPUS		"cpus = <2>; "
#define KERNEL		"module@0 { compatible = \"multiboot,kernel\", \"multiboot,module\"; trivet,file = \"Image\"; };"
#define KERNEL_IS(x)	"module@0 { compatible = \"multiboot,kernel\", \"multiboot,module\"; " x " };"
#define RAMDISK_IS(x)	"module@1 { compatible = \"multiboot,ramdisk\", \"multiboot,module\"; " x " };"
#define DISK_IS(n, x)	"disk@" n " { compatible = \"trivet,disk\"; " x " };"
#define GOOD		MEM CPUS KERNEL

/* --- what must be accepted --- */

static void test_full(void **state)
{
	struct vm_config *vm = &cfg.vm[0];

	(void)state;
	assert_int_equal(
		parse_text("trivet,console = \"second\";" DOM(
			"domU1",
			"trivet,name = \"first\"; memory = <0x0 0x8080000>; cpus = <64>; vpl011; "
			"trivet,pcpus = <3 1>; trivet,pin; trivet,rng; trivet,no-rtc; "
			"trivet,on-poweroff = \"restart\"; trivet,on-reboot = \"stop\"; "
			"trivet,on-hang = \"restart\";" KERNEL_IS("trivet,file = \"Image\"; bootargs = \"a b\";")
				RAMDISK_IS("trivet,file = \"initramfs\";") DISK_IS("0", "trivet,file = \"disk.img\";")
					DISK_IS("1", "trivet,file = \"disk2.img\"; "
						     "trivet,readonly;"))
				   DOM("domU2", "trivet,name = \"second\"; trivet,rtc; " GOOD)),
		OK);
	assert_int_equal(log_lines, 0);
	assert_int_equal(log_notes, 0);
	assert_int_equal(cfg.nr_vms, 2);
	assert_int_equal(cfg.nr_refused, 0);
	assert_int_equal(cfg.console, 1);
	assert_string_equal(vm->name, "first");
	assert_string_equal(vm->node, "/chosen/domU1");
	assert_int_equal(vm->memory, 128 * GIB + 512 * MIB);
	assert_int_equal(vm->nr_vcpus, 64);
	assert_true(vm->vpl011 && vm->pin && vm->rng && !vm->rtc);
	assert_int_equal(vm->on_poweroff, VM_ACTION_RESTART);
	assert_int_equal(vm->on_reboot, VM_ACTION_STOP);
	assert_int_equal(vm->on_hang, VM_HANG_RESTART);
	assert_string_equal(vm->bootargs, "a b");
	assert_int_equal(vm->kernel.size, 0x2000);
	assert_string_equal(vm->kernel.file, "Image");
	assert_string_equal(vm->kernel.node, "/chosen/domU1/module@0");
	assert_int_equal(vm->ramdisk.size, 100);
	assert_int_equal(vm->nr_disks, 2);
	assert_int_equal(vm->disk[0].image.size, 1024);
	assert_false(vm->disk[0].readonly);
	assert_int_equal(vm->disk[1].image.size, 4096);
	assert_true(vm->disk[1].readonly);
	assert_int_equal(vm_config_virtio_slots(vm), 3);
	/* Pinned: the vCPUs take the listed cores in turn. */
	assert_int_equal(vm_config_affinity(vm, 0), BIT(3));
	assert_int_equal(vm_config_affinity(vm, 1), BIT(1));
	assert_int_equal(vm_config_affinity(vm, 62), BIT(3));
}

static void test_defaults(void **state)
{
	const struct vm_config *vm = &cfg.vm[0];

	(void)state;
	assert_int_equal(parse_text(DOM("domU1", GOOD)), OK);
	assert_int_equal(cfg.nr_vms, 1);
	assert_int_equal(cfg.console, 0);
	assert_string_equal(vm->name, "domU1");
	assert_int_equal(vm->memory, 64 * MIB);
	assert_int_equal(vm->nr_vcpus, 2);
	assert_true(vm->rtc);
	assert_true(!vm->vpl011 && !vm->pin && !vm->rng);
	assert_int_equal(vm->on_poweroff, VM_ACTION_STOP);
	assert_int_equal(vm->on_reboot, VM_ACTION_RESTART);
	assert_int_equal(vm->on_hang, VM_HANG_REPORT);
	assert_string_equal(vm->bootargs, "");
	assert_int_equal(vm->ramdisk.size, 0);
	assert_int_equal(vm->nr_disks, 0);
	assert_int_equal(vm_config_virtio_slots(vm), 0);
	for (unsigned int i = 0; i < 5; i++)
		assert_int_equal(vm_config_affinity(vm, i), 0xf);
}

/* As Xen's own examples have it: modules by address, cells of another width, old names, legacy node names. */
static void test_xen(void **state)
{
	const struct vm_config *vm = &cfg.vm[0];
	struct blob image = machine_image(0x2000, 0, 0x300000);

	(void)state;
	memcpy(modules, image.data, image.size);
	assert_int_equal(
		parse_text("domU1 { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <1>; "
			   "memory = <0 131072>; cpus = <2>; vpl011; xen,enhanced = \"disabled\"; "
			   "module@48000000 { compatible = \"multiboot,kernel\", \"multiboot,module\"; "
			   "reg = <0x0 0x48000000 0x2000>; bootargs = \"console=ttyAMA0\"; }; "
			   "module@48004000 { compatible = \"multiboot,ramdisk\", \"multiboot,module\"; "
			   "reg = <0x0 0x48004000 0xffff0>; }; };"
			   "domU2 { compatible = \"xen,domain\"; #address-cells = <1>; #size-cells = <1>; "
			   "memory = <0 131072>; cpus = <2>; bootargs = \"from the node\"; "
			   "module@48000000 { compatible = \"xen,linux-zimage\", \"xen,multiboot-module\"; "
			   "reg = <0x48000000 0x2000>; }; "
			   "module@48004000 { compatible = \"xen,linux-initrd\"; reg = <0x48004000 0x123>; }; };"),
		OK);
	/* The ramdisk of the first reaches beyond the memory that modules are in. */
	assert_logged("machine.dtb: /chosen/domU1/module@48004000: reg: 0x48004000 to 0x48103fef is no RAM that "
		      "modules can lie in");
	assert_int_equal(cfg.nr_vms, 1);
	assert_int_equal(cfg.nr_refused, 1);
	assert_string_equal(vm->name, "domU2");
	assert_string_equal(vm->bootargs, "from the node");
	assert_ptr_equal(vm->kernel.data, modules);
	assert_null(vm->kernel.file);
	assert_int_equal(vm->kernel.size, 0x2000);
	assert_ptr_equal(vm->ramdisk.data, modules + 0x4000);
	assert_int_equal(vm->ramdisk.size, 0x123);
	machine_blob_free(&image);
}

static void test_notes(void **state)
{
	(void)state;
	/* Unknown, but not of a vocabulary that must be understood: noted. */
	assert_int_equal(parse_text(DOM("domU1", "max_grant_frames = <4>; " GOOD)), OK);
	assert_int_equal(cfg.nr_vms, 1);
	assert_int_equal(log_lines, 0);
	assert_int_equal(log_notes, 1);
	assert_string_equal(log_last_note, "machine.dtb: /chosen/domU1: max_grant_frames: ignored");
	/* A raw binary: said, since a damaged Image looks the same. */
	assert_int_equal(parse_text(DOM("domU1", MEM CPUS KERNEL_IS("trivet,file = \"raw.bin\";"))), OK);
	assert_int_equal(cfg.nr_vms, 1);
	assert_string_equal(log_last_note, "machine.dtb: /chosen/domU1/module@0: trivet,file: no Image magic: a raw "
					   "binary, goes to 0x40080000");
	/* Switched off. */
	assert_int_equal(
		parse_text(DOM("domU1", "status = \"disabled\"; " GOOD) DOM("domU2", "status = \"okay\"; " GOOD)), OK);
	assert_int_equal(cfg.nr_vms, 1);
	assert_int_equal(cfg.nr_refused, 0);
	assert_string_equal(cfg.vm[0].name, "domU2");
	/* A node that is no module. */
	assert_int_equal(parse_text(DOM("domU1", GOOD "info { date = \"today\"; };")), OK);
	assert_int_equal(cfg.nr_vms, 1);
	assert_string_equal(log_last_note, "machine.dtb: /chosen/domU1/info: compatible: node ignored");
	/* The console's VM isn't there: a line, and the first VM has it. */
	assert_int_equal(parse_text("trivet,console = \"none\";" DOM("domU1", GOOD)), OK);
	assert_logged("machine.dtb: /chosen: trivet,console: no VM is named \"none\"");
	assert_int_equal(cfg.nr_vms, 1);
}

static void test_sharing(void **state)
{
	struct blob image = machine_image(0x2000, 0, 0x300000);

	(void)state;
	memcpy(modules, image.data, image.size);
	/* The same kernel for two VMs, by file and by address, and one read-only disk. */
	assert_int_equal(parse_text(DOM("domU1", GOOD DISK_IS("0", "trivet,file = \"disk.img\"; trivet,readonly;")) DOM(
				 "domU2", GOOD DISK_IS("0", "trivet,file = \"disk.img\"; trivet,readonly;"))),
			 OK);
	assert_int_equal(cfg.nr_vms, 2);
	assert_int_equal(parse_text(DOM("domU1", MEM CPUS KERNEL_IS("reg = <0 0x48000000 0 0x2000>;"))
					    DOM("domU2", MEM CPUS KERNEL_IS("reg = <0 0x48000000 0 0x2000>;"))),
			 OK);
	assert_int_equal(cfg.nr_vms, 2);
	assert_int_equal(log_lines, 0);
	machine_blob_free(&image);
}

static void test_host_disks(void **state)
{
	const struct vm_disk *d = cfg.vm[0].disk;

	(void)state;
	assert_int_equal(
		parse_text(DOM("domU1",
			       GOOD DISK_IS("0", "trivet,host-disk = <2>;") DISK_IS("1", "trivet,file = \"disk.img\";")
				       DISK_IS("2", "trivet,readonly; trivet,host-disk = <0>;"))
				   DOM("domU2", GOOD DISK_IS("0", "trivet,host-disk = <0>; trivet,readonly;"))),
		OK);
	assert_int_equal(cfg.nr_vms, 2);
	assert_int_equal(cfg.vm[0].nr_disks, 3);
	assert_int_equal(log_lines, 0);
	assert_true(d[0].host && !d[0].readonly && d[0].host_disk == 5 && !d[0].image.size);
	assert_true(!d[1].host && d[1].image.size == 1024);
	assert_true(d[2].host && d[2].readonly && d[2].host_disk == 7);
	assert_true(cfg.vm[1].disk[0].host && cfg.vm[1].disk[0].host_disk == 7);
	/* One that can only be read is so for the guest too, and then may be shared. */
	assert_int_equal(parse_text(DOM("domU1", GOOD DISK_IS("0", "trivet,host-disk = <1>;")) DOM(
				 "domU2", GOOD DISK_IS("0", "trivet,host-disk = <1>; trivet,readonly;"))),
			 OK);
	assert_int_equal(cfg.nr_vms, 2);
	assert_true(d[0].readonly);
	assert_int_equal(log_lines, 0);
	assert_string_equal(
		log_last_note,
		"machine.dtb: /chosen/domU1/disk@0: trivet,host-disk: can only be read: as with trivet,readonly");
	no_host_disks = true;
	assert_int_equal(parse_text(DOM("domU1", GOOD DISK_IS("0", "trivet,host-disk = <0>;"))), OK);
	no_host_disks = false;
	assert_int_equal(cfg.nr_refused, 1);
	assert_logged("machine.dtb: /chosen/domU1/disk@0: trivet,host-disk: disk 0: this machine has no disks");
}

/* --- what must be refused: the body of domU1, and the line --- */

#define D1  "machine.dtb: /chosen/domU1: "
#define M0  "machine.dtb: /chosen/domU1/module@0: "
#define M1  "machine.dtb: /chosen/domU1/module@1: "
#define K0  "machine.dtb: /chosen/domU1/disk@0: "
#define K1  "machine.dtb: /chosen/domU1/disk@1: "
#define TEN "0123456789"

static const struct bad {
	const char *body, *line;
} bads[] = {
	{ CPUS KERNEL, D1 "memory: is missing" },
	{ "memory = <0 0>; " CPUS KERNEL, D1 "memory: 0 KiB: a VM needs memory" },
	{ "memory = <0x10000>; " CPUS KERNEL, D1 "memory: must be two cells (64 bits)" },
	{ "memory = <0 2 3>; " CPUS KERNEL, D1 "memory: must be two cells (64 bits)" },
	{ "memory; " CPUS KERNEL, D1 "memory: must be two cells (64 bits)" },
	{ "memory = <0 0x10001>; " CPUS KERNEL, D1 "memory: 65537 KiB is no multiple of 4 KiB" },
	{ "memory = <0xffffffff 0xffffffff>; " CPUS KERNEL,
	  D1 "memory: 18446744073709551615 KiB is more than 1072693248 KiB" },
	{ "memory = <0x400000 0>; " CPUS KERNEL, D1 "memory: 18014398509481984 KiB is more than 1072693248 KiB" },
	{ "memory = <0 0x3ff00004>; " CPUS KERNEL, D1 "memory: 1072693252 KiB is more than 1072693248 KiB" },
	{ "memory = <0 4>; " CPUS KERNEL,
	  D1 "memory: 4 KiB do not hold the kernel: 3073 KiB at an offset of 2048 KiB" },
	{ "memory = <0 0x1400>; " CPUS KERNEL RAMDISK_IS("trivet,file = \"initramfs\";"),
	  D1 "memory: 5120 KiB do not hold the ramdisk: 0 KiB above the kernel, 1 KiB needed" },
	{ MEM KERNEL, D1 "cpus: is missing" },
	{ MEM "cpus = <0>; " KERNEL, D1 "cpus: 0: a VM needs a vCPU" },
	{ MEM "cpus = <65>; " KERNEL, D1 "cpus: 65 is more than 64" },
	{ MEM "cpus = <0xffffffff>; " KERNEL, D1 "cpus: 4294967295 is more than 64" },
	{ MEM "cpus = <0 2>; " KERNEL, D1 "cpus: must be one cell" },
	{ MEM "cpus = \"2\"; " KERNEL, D1 "cpus: must be one cell" },
	{ MEM CPUS, D1 "compatible: no kernel: none of its modules is a \"multiboot,kernel\"" },
	{ MEM CPUS RAMDISK_IS("trivet,file = \"initramfs\";"),
	  D1 "compatible: no kernel: none of its modules is a \"multiboot,kernel\"" },
	{ "vpl011 = <1>; " GOOD, D1 "vpl011: takes no value" },
	{ "trivet,pin = \"yes\"; " GOOD, D1 "trivet,pin: takes no value" },
	{ "trivet,name = \"\"; " GOOD, D1 "trivet,name: must have 1 to 31 characters" },
	{ "trivet,name = \"" TEN TEN TEN "12\"; " GOOD, D1 "trivet,name: must have 1 to 31 characters" },
	{ "trivet,name = \"a b\"; " GOOD, D1 "trivet,name: letters, digits and -_.+,@ only" },
	{ "trivet,name = \"a\", \"b\"; " GOOD, D1 "trivet,name: must be one string" },
	{ "trivet,name = [61 62]; " GOOD, D1 "trivet,name: must be one string" },
	{ "trivet,name; " GOOD, D1 "trivet,name: must be one string" },
	{ "trivet,name = \"domU0\"; " GOOD, D1 "trivet,name: \"domU0\" is the name of /chosen/domU0 too" },
	{ "trivet,pcpus = <4>; " GOOD, D1 "trivet,pcpus: no core 4: this machine runs 4" },
	{ "trivet,pcpus = <0 0xffffffff>; " GOOD, D1 "trivet,pcpus: no core 4294967295: this machine runs 4" },
	{ "trivet,pcpus = <1 2 1>; " GOOD, D1 "trivet,pcpus: core 1 is there twice" },
	{ "trivet,pcpus; " GOOD, D1 "trivet,pcpus: must be cells" },
	{ "trivet,pcpus = [00 00 00]; " GOOD, D1 "trivet,pcpus: must be cells" },
	{ "trivet,rtc; trivet,no-rtc; " GOOD, D1 "trivet,no-rtc: is given together with trivet,rtc" },
	{ "trivet,on-reboot = \"explode\"; " GOOD, D1 "trivet,on-reboot: must be \"stop\" or \"restart\"" },
	{ "trivet,on-hang = \"reboot\"; " GOOD, D1 "trivet,on-hang: must be \"report\", \"stop\" or \"restart\"" },
	{ "trivet,on-poweroff = <1>; " GOOD, D1 "trivet,on-poweroff: must be one string" },
	{ "trivet,pcpu = <0>; " GOOD, D1 "trivet,pcpu: is not understood" },
	{ "xen,static-mem = <0 1 0 1>; " GOOD, D1 "xen,static-mem: is not understood" },
	{ "xen,passthrough; " GOOD, D1 "xen,passthrough: is not understood" },
	{ "direct-map; " GOOD, D1 "direct-map: is not supported" },
	{ "nr_spis = <32>; " GOOD, D1 "nr_spis: is not supported" },
	{ "passthrough = \"enabled\"; " GOOD, D1 "passthrough: is not supported" },
	{ "xen,enhanced = \"enabled\"; " GOOD, D1 "xen,enhanced: is not supported" },
	{ "xen,enhanced; " GOOD, D1 "xen,enhanced: is not supported" },
	{ "sve = <1>; " GOOD, D1 "sve: is not supported" },
	/* modules */
	{ MEM CPUS KERNEL_IS(""), M0 "trivet,file: is missing, and so is reg" },
	{ MEM CPUS KERNEL_IS("trivet,file = \"Imag\";"), M0 "trivet,file: \"Imag\" is missing: not in the bundle" },
	{ MEM CPUS KERNEL_IS("trivet,file = \"\";"), M0 "trivet,file: \"\" is missing: not in the bundle" },
	{ MEM CPUS KERNEL_IS("trivet,file = \"\\x1b[2J\";"), M0 "trivet,file: \"?[2J\" is missing: not in the bundle" },
	{ MEM CPUS KERNEL_IS("trivet,file = \"empty\";"), M0 "trivet,file: \"empty\" is empty" },
	{ MEM CPUS KERNEL_IS("trivet,file = <1>;"), M0 "trivet,file: must be one string" },
	{ MEM CPUS KERNEL_IS("trivet,file = \"Image\"; reg = <0 0x48000000 0 1>;"),
	  M0 "reg: is given together with trivet,file" },
	{ MEM CPUS KERNEL_IS("trivet,file = \"Image\"; trivet,readonly;"), M0 "trivet,readonly: belongs to a disk" },
	{ MEM CPUS KERNEL_IS("trivet,file = \"Image\"; trivet,size = <1>;"), M0 "trivet,size: is not understood" },
	{ MEM CPUS KERNEL_IS("trivet,file = \"Image\"; xen,uefi-binary = \"x\";"),
	  M0 "xen,uefi-binary: is not understood" },
	{ MEM CPUS KERNEL_IS("trivet,file = \"Image.gz\";"),
	  M0 "trivet,file: the kernel is compressed with gzip; give an Image or a raw binary" },
	{ MEM CPUS KERNEL_IS("trivet,file = \"zeros\";"), M0
	  "trivet,file: the kernel is without Image magic, and does not begin with an instruction; give an Image or a "
	  "raw binary" },
	{ MEM CPUS KERNEL_IS("reg = <0 0x47fff000 0 0x2000>;"),
	  M0 "reg: 0x47fff000 to 0x48000fff is no RAM that modules can lie in" },
	{ MEM CPUS KERNEL_IS("reg = <0 0x4800f000 0 0x1001>;"),
	  M0 "reg: 0x4800f000 to 0x48010000 is no RAM that modules can lie in" },
	{ MEM CPUS KERNEL_IS("reg = <0 0x48000000 0 0>;"), M0 "reg: is empty or wraps" },
	{ MEM CPUS KERNEL_IS("reg = <0xffffffff 0xfffff000 0 0x1000>;"), M0 "reg: is empty or wraps" },
	{ MEM CPUS KERNEL_IS("reg = <0 0x48000000 0x1000>;"),
	  M0 "reg: must be one address and size as #address-cells, #size-cells say" },
	{ MEM CPUS KERNEL_IS("reg;"), M0 "reg: must be one address and size as #address-cells, #size-cells say" },
	{ GOOD "module@1 { compatible = \"multiboot,kernel\"; trivet,file = \"Image\"; };",
	  M1 "compatible: this VM has one already: /chosen/domU1/module@0" },
	{ GOOD "module@1 { compatible = \"multiboot,module\"; trivet,file = \"Image\"; };",
	  M1 "compatible: \"multiboot,module\" is not understood" },
	{ GOOD "module@1 { compatible = \"multiboot,device-tree\", \"multiboot,module\"; trivet,file = \"Image\"; };",
	  M1 "compatible: a partial device tree is not supported" },
	{ GOOD "module@1 { compatible = \"xen,domain-shared-memory-v1\"; };",
	  M1 "compatible: \"xen,domain-shared-memory-v1\" is not understood" },
	{ GOOD RAMDISK_IS("trivet,file = \"initramfs\"; bootargs = \"x\";"), M1 "bootargs: belongs to the kernel" },
	{ GOOD RAMDISK_IS("trivet,file = \"none\";"), M1 "trivet,file: \"none\" is missing: not in the bundle" },
	/* overlaps */
	{ MEM CPUS KERNEL_IS("reg = <0 0x48000000 0 0x2000>;") RAMDISK_IS("reg = <0 0x48001fff 0 0x1000>;"),
	  M1 "reg: overlaps /chosen/domU1/module@0" },
	{ MEM CPUS KERNEL_IS("reg = <0 0x48000000 0 0x2000>;") RAMDISK_IS("reg = <0 0x48000000 0 0x2000>;"),
	  M1 "reg: overlaps /chosen/domU1/module@0" },
	{ MEM CPUS KERNEL_IS("reg = <0 0x48000000 0 0x2000>;") RAMDISK_IS("reg = <0 0x48008000 0 0x1000>;"),
	  M1 "reg: overlaps /chosen/domU0/module@1" },
	/* disks */
	{ GOOD DISK_IS("0", "trivet,file = \"none.img\";"),
	  K0 "trivet,file: \"none.img\" is missing: not in the bundle" },
	{ GOOD DISK_IS("0", "trivet,file = \"odd.img\";"), K0 "trivet,file: 1000 bytes is no multiple of 512" },
	{ GOOD DISK_IS("0", "trivet,file = \"disk.img\"; trivet,readonly = <1>;"),
	  K0 "trivet,readonly: takes no value" },
	{ GOOD DISK_IS("0", "trivet,file = \"disk.img\"; bootargs = \"x\";"), K0 "bootargs: belongs to the kernel" },
	{ GOOD DISK_IS("0", "trivet,file = \"disk.img\";") DISK_IS("1", "trivet,file = \"disk.img\"; trivet,readonly;"),
	  K1 "trivet,file: a writable disk cannot share its image: overlaps /chosen/domU1/disk@0" },
	{ GOOD DISK_IS("0", "trivet,file = \"Image\";"),
	  K0 "trivet,file: a writable disk cannot share its image: overlaps /chosen/domU1/module@0" },
	{ GOOD DISK_IS("0", "trivet,file = \"disk2.img\";"),
	  K0 "trivet,file: a writable disk cannot share its image: overlaps /chosen/domU0/disk@0" },
	/* disks of the machine */
	{ GOOD DISK_IS("0", "trivet,host-disk = <3>;"), K0 "trivet,host-disk: disk 3: there are not so many" },
	{ GOOD DISK_IS("0", "trivet,host-disk = <0xffffffff>;"),
	  K0 "trivet,host-disk: disk 4294967295: there are not so many" },
	{ GOOD DISK_IS("0", "trivet,host-disk = \"sda1\";"), K0 "trivet,host-disk: must be one cell" },
	{ GOOD DISK_IS("0", "trivet,host-disk;"), K0 "trivet,host-disk: must be one cell" },
	{ GOOD DISK_IS("0", "trivet,host-disk = <0>; trivet,file = \"disk.img\";"),
	  K0 "trivet,host-disk: is given together with trivet,file" },
	{ GOOD DISK_IS("0", "trivet,host-disk = <0>; reg = <0 0x48000000 0 0x1000>;"),
	  K0 "reg: is given together with trivet,host-disk" },
	{ MEM CPUS KERNEL_IS("trivet,host-disk = <0>;"), M0 "trivet,host-disk: belongs to a disk" },
	{ GOOD DISK_IS("0", "trivet,host-disk = <0>;") DISK_IS("1", "trivet,host-disk = <0>; trivet,readonly;"),
	  K1 "trivet,host-disk: a writable disk cannot be shared: /chosen/domU1/disk@0 has it too" },
	{ GOOD DISK_IS("0", "trivet,host-disk = <0>; trivet,readonly;") DISK_IS("1", "trivet,host-disk = <0>;"),
	  K1 "trivet,host-disk: a writable disk cannot be shared: /chosen/domU1/disk@0 has it too" },
	{ GOOD DISK_IS("0", "trivet,host-disk = <2>;"),
	  K0 "trivet,host-disk: a writable disk cannot be shared: /chosen/domU0/disk@1 has it too" },
};

/* Each bad VM stands between two good ones, which must go on. */
static void test_bad(void **state)
{
	static char text[8192];
	struct blob image = machine_image(0x2000, 0, 0x300000);

	(void)state;
	memcpy(modules, image.data, image.size);
	for (size_t i = 0; i < ARRAY_SIZE(bads); i++) {
		snprintf(text, sizeof(text),
			 DOM("domU0", GOOD RAMDISK_IS("reg = <0 0x48008000 0 0x1001>;")
					      DISK_IS("0", "trivet,file = \"disk2.img\"; trivet,readonly;")
						      DISK_IS("1", "trivet,host-disk = <2>; trivet,readonly;"))
				 DOM("domU1", "%s") DOM("domU2", GOOD),
			 bads[i].body);
		if (parse_text(text) != OK || log_lines != 1 || strcmp(log_text[0], bads[i].line) != 0)
			fail_msg("%s\ngave %u lines: %s\n        not: %s", bads[i].body, log_lines, log_text[0],
				 bads[i].line);
		assert_int_equal(cfg.nr_refused, 1);
		assert_int_equal(cfg.nr_vms, 2);
		assert_string_equal(cfg.vm[0].name, "domU0");
		assert_string_equal(cfg.vm[1].name, "domU2");
		assert_int_equal(cfg.vm[1].nr_disks, 0);
		assert_int_equal(cfg.vm[1].ramdisk.size, 0);
	}
	machine_blob_free(&image);
}

static void test_long_bootargs(void **state)
{
	static char text[3 * CONFIG_ARGS_MAX], args[CONFIG_ARGS_MAX + 1];

	(void)state;
	memset(args, 'x', CONFIG_ARGS_MAX);
	for (unsigned int n = CONFIG_ARGS_MAX - 1; n <= CONFIG_ARGS_MAX; n++) {
		snprintf(text, sizeof(text), DOM("domU1", "bootargs = \"%.*s\"; " GOOD), (int)n, args);
		assert_int_equal(parse_text(text), OK);
		assert_int_equal(cfg.nr_vms, n < CONFIG_ARGS_MAX);
	}
	assert_logged(D1 "bootargs: more than 4095 characters");
}

static void test_too_many(void **state)
{
	static char text[16384];
	size_t n = 0;

	(void)state;
	for (unsigned int i = 0; i < CONFIG_MAX_VMS + 2; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, DOM("domU%u", GOOD), i);
	assert_int_equal(parse_text(text), OK);
	assert_int_equal(cfg.nr_vms, CONFIG_MAX_VMS);
	assert_int_equal(cfg.nr_refused, 2);
	assert_int_equal(log_lines, 2);
	assert_string_equal(log_text[0], "machine.dtb: /chosen/domU16: compatible: more than 16 VMs");

	n = (size_t)snprintf(text, sizeof(text), "domU1 { compatible = \"xen,domain\";" GOOD);
	for (unsigned int i = 0; i <= CONFIG_DISKS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
				      "disk@%u { compatible = \"trivet,disk\"; trivet,file = \"disk.img\"; "
				      "trivet,readonly; };",
				      i);
	snprintf(text + n, sizeof(text) - n, "};");
	assert_int_equal(parse_text(text), OK);
	assert_logged("machine.dtb: /chosen/domU1/disk@8: compatible: more than 8 disks");
	assert_int_equal(cfg.nr_vms, 0);
}

static void test_no_vm(void **state)
{
	static const char empty[] = "/dts-v1/; / { };";
	struct blob b = machine_dtc(empty);

	(void)state;
	assert_int_equal(parse_blob(b.data, b.size), E_NOENT);
	assert_logged("machine.dtb: /chosen: compatible: no node here is a \"xen,domain\": there is no VM");
	assert_int_equal(cfg.nr_vms, 0);
	machine_blob_free(&b);
	assert_int_equal(parse_text("node { compatible = \"other\"; };"), E_NOENT);
	assert_int_equal(log_lines, 1);
	/* All are refused: no error of the file. */
	assert_int_equal(parse_text(DOM("domU1", "")), OK);
	assert_int_equal(cfg.nr_vms, 0);
	assert_int_equal(cfg.nr_refused, 1);
}

/* dtc merges a property that is given twice; another program may not. */
static void test_twice(void **state)
{
	uint8_t *name;

	(void)state;
	assert_int_equal(parse_text(DOM("domU1", "cpuz = <3>; " GOOD)), OK);
	assert_int_equal(cfg.nr_vms, 1);
	name = memmem(machine.data, machine.size, "cpuz", 5);
	assert_non_null(name);
	name[3] = 's';
	assert_int_equal(parse_blob(machine.data, machine.size), OK);
	assert_logged(D1 "cpus: is given twice");
	assert_int_equal(cfg.nr_vms, 0);
}

/* A long node name is cut, not overrun; a name that a terminal would obey isn't printed as it is. */
static void test_names(void **state)
{
	static char text[8192];
	uint8_t *name;

	(void)state;
	snprintf(text, sizeof(text),
		 DOM("domU" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN,
		     MEM CPUS "module@" TEN TEN TEN " { compatible = \"multiboot,kernel\"; };"));
	assert_int_equal(parse_text(text), OK);
	assert_int_equal(log_lines, 1);
	assert_int_equal(parse_text(DOM("domU1", "")), OK);
	name = memmem(machine.data, machine.size, "domU1", 5);
	assert_non_null(name);
	name[1] = 0x1b;
	assert_int_equal(parse_blob(machine.data, machine.size), OK);
	assert_logged("machine.dtb: /chosen/d?mU1: memory: is missing");
	assert_int_equal(parse_text(DOM("domU1", GOOD)), OK);
	name = memmem(machine.data, machine.size, "domU1", 5);
	name[1] = 0x80;
	assert_int_equal(parse_blob(machine.data, machine.size), OK);
	assert_string_equal(cfg.vm[0].name, "d?mU1");
}

/* A bundle that is cut: VMs whose files are whole go on. */
static void test_cut_bundle(void **state)
{
	struct bundle whole = bundle;
	struct bundle_file file;

	(void)state;
	assert_int_equal(bundle_find(&bundle, "disk.img", &file), OK);
	bundle.size = (size_t)(file.data - archive.data) + 100;
	assert_int_equal(parse_text(DOM("domU1", GOOD DISK_IS("0", "trivet,file = \"disk.img\";")) DOM("domU2", GOOD)),
			 OK);
	assert_logged(K0 "trivet,file: \"disk.img\" is missing: the bundle is cut or corrupt");
	assert_int_equal(cfg.nr_vms, 1);
	assert_string_equal(cfg.vm[0].name, "domU2");
	bundle = whole;
}

static void test_no_bundle(void **state)
{
	const struct config_source src = { .file = "host tree", .nr_pcpus = 1 };
	struct config_source s = src;

	(void)state;
	parse_text(DOM("domU1", GOOD));
	s.fdt = machine.data;
	s.size = machine.size;
	log_forget();
	assert_int_equal(config_parse(&s, &cfg), OK);
	assert_logged("host tree: /chosen/domU1/module@0: trivet,file: \"Image\": there is no bundle");
	parse_text(DOM("domU1", MEM CPUS KERNEL_IS("reg = <0 0x48000000 0 0x2000>;")));
	s.fdt = machine.data;
	s.size = machine.size;
	log_forget();
	assert_int_equal(config_parse(&s, &cfg), OK);
	assert_logged("host tree: /chosen/domU1/module@0: reg: 0x48000000 to 0x48001fff is no RAM that modules can lie "
		      "in");
}

/* A reg into the machine file itself, and a disk that is the machine file. */
static void test_machine_file_is_safe(void **state)
{
	struct config_source s = { .file = "machine.dtb", .nr_pcpus = 1, .bundle = &bundle, .module_at = module_at };

	(void)state;
	parse_text(DOM("domU1", GOOD RAMDISK_IS("reg = <0 0x48000010 0 0x10>;")));
	memcpy(modules, machine.data, machine.size);
	s.fdt = modules;
	s.size = machine.size;
	log_forget();
	assert_int_equal(config_parse(&s, &cfg), OK);
	assert_logged(M1 "reg: overlaps the machine file");
	assert_int_equal(cfg.nr_vms, 0);
}

static struct {
	unsigned int count;
	uint64_t base[8], size[8];
} regs;

static void visit(void *ctx, pa_t base, uint64_t size)
{
	assert_ptr_equal(ctx, &regs);
	if (regs.count < 8) {
		regs.base[regs.count] = base.a;
		regs.size[regs.count] = size;
	}
	regs.count++;
}

static void test_for_each_reg(void **state)
{
	(void)state;
	parse_text("module@1 { compatible = \"multiboot,kernel\"; reg = <0 1 0 1>; };" DOM(
		"domU1", KERNEL_IS("reg = <1 0x48000000 0 0x2000>;") RAMDISK_IS("trivet,file = \"x\";"))
			   DOM("domU2", DISK_IS("0", "reg = <0 0x50000000 0 0x2000>;") RAMDISK_IS("reg = <0 1>;")
						DISK_IS("1", "reg = <0 1 0 0>;")));
	regs.count = 0;
	config_for_each_reg(machine.data, machine.size, visit, &regs);
	assert_int_equal(regs.count, 2);
	assert_int_equal(regs.base[0], 0x148000000);
	assert_int_equal(regs.size[0], 0x2000);
	assert_int_equal(regs.base[1], 0x50000000);
	config_for_each_reg(machine.data, machine.size - 1, visit, &regs);
	config_for_each_reg("none", 4, visit, &regs);
	assert_int_equal(regs.count, 2);
}

/* --- any bytes --- */

static const char sample[] = "trivet,console = \"first\";" DOM(
	"domU1",
	"trivet,name = \"first\"; vpl011; trivet,pcpus = <3 1>; trivet,pin; trivet,rng; "
	"trivet,on-poweroff = \"restart\"; bootargs = \"x y\"; " GOOD RAMDISK_IS("trivet,file = \"initramfs\";")
		DISK_IS("0", "trivet,file = \"disk.img\";"))
	DOM("domU2", MEM CPUS KERNEL_IS("reg = <0 0x48000000 0 0x2000>;"));

static void parse_sample(void)
{
	struct blob image = machine_image(0x2000, 0, 0x300000);

	memcpy(modules, image.data, image.size);
	machine_blob_free(&image);
	assert_int_equal(parse_text(sample), OK);
	assert_int_equal(cfg.nr_vms, 2);
	assert_int_equal(log_lines, 0);
}

/* Whatever was accepted keeps config.h's promises, and a tree can be made of it. */
static void check_promises(void)
{
	static uint8_t tree[VMAP_DTB_MAX] __attribute__((aligned(8)));

	assert_true(cfg.nr_vms <= CONFIG_MAX_VMS);
	assert_true(cfg.console == 0 || cfg.console < cfg.nr_vms);
	for (unsigned int i = 0; i < cfg.nr_vms; i++) {
		const struct vm_config *vm = &cfg.vm[i];
		struct loader_plan plan;
		int size;

		assert_true(vm->nr_vcpus >= 1 && vm->nr_vcpus <= CONFIG_MAX_VCPUS);
		assert_true(vm->memory && vm->memory % PAGE_SIZE == 0 && vm->memory <= vmap[VMAP_RAM].size);
		assert_true(vm->nr_pcpus >= 1 && vm->nr_pcpus <= 4);
		assert_true(vm_config_affinity(vm, i) && vm_config_affinity(vm, i) < 16);
		assert_true(vm->kernel.size && vm->nr_disks <= CONFIG_DISKS_MAX);
		assert_true(strlen(vm->name) > 0 && strlen(vm->bootargs) < CONFIG_ARGS_MAX);
		assert_int_equal(loader_plan(vm, &plan), OK);
		size = vfdt_build(vm, &plan, NULL, tree, sizeof(tree));
		assert_true(size > 0);
		assert_int_equal(fdt_check_full(tree, (size_t)size), 0);
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(vm->name, cfg.vm[j].name);
	}
}

static void any_bytes(const struct blob *b)
{
	int r = parse_blob(b->data, b->size);

	if (r == OK) {
		/* One line a VM, and one for a console that isn't there. */
		assert_in_range(log_lines, cfg.nr_refused, cfg.nr_refused + 1);
		check_promises();
	} else {
		assert_int_equal(log_lines, 1);
		assert_memory_equal(log_text[0], "machine.dtb: /", 14);
		assert_int_equal(cfg.nr_vms, 0);
	}
	regs.count = 0;
	config_for_each_reg(b->data, b->size, visit, &regs);
}

static void test_truncated(void **state)
{
	(void)state;
	parse_sample();
	for (size_t n = 0; n < machine.size; n++) {
		struct blob cut = machine_blob(machine.data, n);

		any_bytes(&cut);
		assert_int_equal(cfg.nr_vms, 0); /* a tree that is cut is no tree */
		machine_blob_free(&cut);
	}
}

static void test_any_byte(void **state)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x02, 0x09, 0x40, 0x7f, 0x80, 0xff };
	struct blob b;

	(void)state;
	parse_sample();
	b = machine_blob(machine.data, machine.size);
	for (size_t n = 0; n < b.size; n++) {
		for (size_t i = 0; i < sizeof(values) + 8; i++) {
			b.data[n] =
				i < sizeof(values) ? values[i] : machine.data[n] ^ (uint8_t)(1 << (i - sizeof(values)));
			any_bytes(&b);
		}
		b.data[n] = machine.data[n];
	}
	machine_blob_free(&b);
}

/* Words exchanged and overwritten at random places, a seeded sequence. */
static void test_shuffled(void **state)
{
	uint64_t x = 0x9e3779b97f4a7c15;
	struct blob b;

	(void)state;
	parse_sample();
	b = machine_blob(machine.data, machine.size);
	for (unsigned int i = 0; i < 20000; i++) {
		memcpy(b.data, machine.data, b.size);
		for (unsigned int j = 0; j <= i % 4; j++) {
			size_t to, from;

			x = x * 6364136223846793005 + 1442695040888963407;
			to = (x >> 33) % (b.size / 4) * 4;
			from = (x >> 13) % (b.size / 4) * 4;
			memcpy(b.data + to, machine.data + from, 4);
		}
		any_bytes(&b);
	}
	machine_blob_free(&b);
}

/* The examples of the tree must be sound, as far as their text goes. */
static void test_examples(void **state)
{
	static const char *const files[] = { "machines/linux.dts", "machines/linux-smp.dts" };
	struct bundle whole = bundle;
	struct blob a = { NULL, 0 }, image = machine_image(0x2000, 0, 0x300000);
	static uint8_t disk[4096];
	static char text[16384];

	(void)state;
	machine_cpio_add(&a, "machine.dtb", "stands in", 10, 8);
	machine_cpio_add(&a, "Image", image.data, image.size, 4);
	machine_cpio_add(&a, "initramfs.cpio.gz", disk, 100, 4);
	machine_cpio_add(&a, "disk.img", disk, sizeof(disk), 4);
	machine_cpio_end(&a);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		FILE *f = fopen(files[i], "r");
		struct blob b;
		size_t n;

		assert_non_null(f);
		n = fread(text, 1, sizeof(text) - 1, f);
		text[n] = '\0';
		fclose(f);
		b = machine_dtc(text);
		assert_int_equal(bundle_open(&bundle, a.data, a.size), OK);
		assert_int_equal(parse_blob(b.data, b.size), OK);
		assert_int_equal(log_lines, 0);
		assert_int_equal(cfg.nr_refused, 0);
		assert_true(cfg.nr_vms >= 1);
		assert_int_equal(cfg.vm[0].nr_disks, 1);
		check_promises();
		machine_blob_free(&b);
	}
	bundle = whole;
	machine_blob_free(&a);
	machine_blob_free(&image);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_xen),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_sharing),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_host_disks),
		cmocka_unit_test(test_long_bootargs),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_no_vm),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_cut_bundle),
		cmocka_unit_test(test_no_bundle),
		cmocka_unit_test(test_machine_file_is_safe),
		cmocka_unit_test(test_for_each_reg),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_any_byte),
		cmocka_unit_test(test_shuffled),
		cmocka_unit_test(test_examples),
	};
	int failed = cmocka_run_group_tests(tests, set_up, tear_down);

	machine_blob_free(&machine);
	return failed;
}
