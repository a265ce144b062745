/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/vfdt (dtb): the generated device tree, read back with libfdt, and given to dtc, for many shapes of VM.
 */
#include "machine_make.h"
#include "unit.h"

#include <libfdt.h>

#include "role/hyp/vfdt.h"
#include "role/hyp/vmap.h"

static uint8_t buf[VMAP_DTB_MAX] __attribute__((aligned(8)));

static struct vm_config make_vm(unsigned int nr_vcpus)
{
	return (struct vm_config){
		.name = "t",
		.memory = 512 * MIB,
		.nr_vcpus = nr_vcpus,
		.bootargs = "",
		.nr_pcpus = 1,
	};
}

static void fill_aa(void *p, size_t n)
{
	memset(p, 0xaa, n);
}

static int build(const struct vm_config *vm, const struct loader_plan *plan, vfdt_random_fn random)
{
	int size;

	memset(buf, 0x5a, sizeof(buf));
	size = vfdt_build(vm, plan, random, buf, sizeof(buf));
	assert_true(size > 0);
	assert_int_equal(fdt_check_full(buf, (size_t)size), 0);
	assert_int_equal((int)fdt_totalsize(buf), size);
	return size;
}

static int at(const char *path)
{
	int node = fdt_path_offset(buf, path);

	if (node < 0)
		fail_msg("%s: %s", path, fdt_strerror(node));
	return node;
}

static void has_cells(const char *path, const char *prop, const uint32_t *want, unsigned int count)
{
	int len;
	const fdt32_t *got = fdt_getprop(buf, at(path), prop, &len);

	if (!got || (size_t)len != count * sizeof(*got))
		fail_msg("%s: %s: %d bytes", path, prop, len);
	for (unsigned int i = 0; i < count; i++) {
		if (fdt32_to_cpu(got[i]) != want[i])
			fail_msg("%s: %s: cell %u is 0x%x, not 0x%x", path, prop, i, fdt32_to_cpu(got[i]), want[i]);
	}
}

#define HAS_CELLS(path, prop, ...)                                                                                     \
	has_cells(path, prop, (const uint32_t[]){ __VA_ARGS__ },                                                       \
		  sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t))

static void has_string(const char *path, const char *prop, const char *want)
{
	int len;
	const char *got = fdt_getprop(buf, at(path), prop, &len);

	if (!got)
		fail_msg("%s has no %s", path, prop);
	assert_string_equal(got, want);
	assert_int_equal(len, strlen(want) + 1);
}

static void compatible(const char *path, const char *with)
{
	assert_int_equal(fdt_node_check_compatible(buf, at(path), with), 0);
}

static void lacks(const char *path, const char *prop)
{
	assert_null(fdt_getprop(buf, at(path), prop, NULL));
}

static void test_common(void **state)
{
	const struct loader_plan plan = { .dtb = IPA(0x40000000) };
	struct vm_config vm = make_vm(1);

	(void)state;
	vm.memory = 0x123456000;
	build(&vm, &plan, NULL);
	compatible("/", "trivet,vm");
	compatible("/", "linux,dummy-virt");
	HAS_CELLS("/", "#address-cells", 2);
	HAS_CELLS("/", "#size-cells", 2);
	HAS_CELLS("/", "interrupt-parent", fdt_get_phandle(buf, at("/intc@8000000")));
	has_string("/memory@40000000", "device_type", "memory");
	HAS_CELLS("/memory@40000000", "reg", 0, 0x40000000, 1, 0x23456000);
	compatible("/psci", "arm,psci-1.0");
	compatible("/psci", "arm,psci-0.2");
	has_string("/psci", "method", "hvc");
	compatible("/timer", "arm,armv8-timer");
	HAS_CELLS("/timer", "interrupts", 1, 13, 8, 1, 14, 8, 1, 11, 8, 1, 10, 8);
	compatible("/intc@8000000", "arm,gic-v3");
	HAS_CELLS("/intc@8000000", "#interrupt-cells", 3);
	HAS_CELLS("/intc@8000000", "#redistributor-regions", 1);
	HAS_CELLS("/intc@8000000", "reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0x20000);
	assert_non_null(fdt_getprop(buf, at("/intc@8000000"), "interrupt-controller", NULL));
	lacks("/chosen", "bootargs");
	lacks("/chosen", "stdout-path");
	lacks("/chosen", "linux,initrd-start");
	lacks("/chosen", "kaslr-seed");
	lacks("/chosen", "rng-seed");
	assert_true(fdt_path_offset(buf, "/pl011@9000000") < 0);
	assert_true(fdt_path_offset(buf, "/pl031@9010000") < 0);
	assert_true(fdt_path_offset(buf, "/virtio_mmio@a000000") < 0);
}

static void test_cpus(void **state)
{
	const struct loader_plan plan = { .dtb = IPA(0x40000000) };

	(void)state;
	for (unsigned int n = 1; n <= CONFIG_MAX_VCPUS; n++) {
		struct vm_config vm = make_vm(n);
		unsigned int count = 0;
		int node;

		build(&vm, &plan, NULL);
		HAS_CELLS("/cpus", "#address-cells", 1);
		HAS_CELLS("/cpus", "#size-cells", 0);
		fdt_for_each_subnode(node, buf, at("/cpus")) {
			const fdt32_t *reg = fdt_getprop(buf, node, "reg", NULL);

			assert_int_equal(fdt32_to_cpu(*reg), count / 16 << 8 | count % 16);
			assert_int_equal(fdt32_to_cpu(*reg), vmap_mpidr(count));
			assert_string_equal(fdt_getprop(buf, node, "enable-method", NULL), "psci");
			assert_string_equal(fdt_getprop(buf, node, "device_type", NULL), "cpu");
			assert_int_equal(fdt_node_check_compatible(buf, node, "arm,armv8"), 0);
			count++;
		}
		assert_int_equal(count, n);
		HAS_CELLS("/intc@8000000", "reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, n * 0x20000);
	}
	assert_true(fdt_path_offset(buf, "/cpus/cpu@30f") > 0);
}

static void test_devices(void **state)
{
	const struct loader_plan plan = { .ramdisk = IPA(0x123400000), .ramdisk_size = 0x5001 };
	struct vm_config vm = make_vm(4);

	(void)state;
	vm.vpl011 = true;
	vm.rtc = true;
	vm.rng = true;
	vm.nr_disks = 2;
	vm.bootargs = "console=ttyAMA0 \"quoted\"";
	build(&vm, &plan, fill_aa);
	compatible("/pl011@9000000", "arm,pl011");
	compatible("/pl011@9000000", "arm,primecell");
	HAS_CELLS("/pl011@9000000", "reg", 0, 0x09000000, 0, 0x1000);
	HAS_CELLS("/pl011@9000000", "interrupts", 0, 1, 4);
	compatible("/pl031@9010000", "arm,pl031");
	HAS_CELLS("/pl031@9010000", "reg", 0, 0x09010000, 0, 0x1000);
	HAS_CELLS("/pl031@9010000", "interrupts", 0, 2, 4);
	compatible("/apb-pclk", "fixed-clock");
	HAS_CELLS("/pl031@9010000", "clocks", fdt_get_phandle(buf, at("/apb-pclk")));
	compatible("/virtio_mmio@a000000", "virtio,mmio");
	HAS_CELLS("/virtio_mmio@a000000", "reg", 0, 0x0a000000, 0, 0x1000);
	HAS_CELLS("/virtio_mmio@a000000", "interrupts", 0, 16, 4);
	HAS_CELLS("/virtio_mmio@a001000", "interrupts", 0, 17, 4);
	HAS_CELLS("/virtio_mmio@a002000", "reg", 0, 0x0a002000, 0, 0x1000);
	HAS_CELLS("/virtio_mmio@a002000", "interrupts", 0, 18, 4);
	assert_true(fdt_path_offset(buf, "/virtio_mmio@a003000") < 0);
	has_string("/chosen", "bootargs", vm.bootargs);
	has_string("/chosen", "stdout-path", "/pl011@9000000");
	HAS_CELLS("/chosen", "linux,initrd-start", 1, 0x23400000);
	HAS_CELLS("/chosen", "linux,initrd-end", 1, 0x23405001);
	HAS_CELLS("/chosen", "kaslr-seed", 0xaaaaaaaa, 0xaaaaaaaa);
	HAS_CELLS("/chosen", "rng-seed", 0xaaaaaaaa, 0xaaaaaaaa, 0xaaaaaaaa, 0xaaaaaaaa, 0xaaaaaaaa, 0xaaaaaaaa,
		  0xaaaaaaaa, 0xaaaaaaaa);
}

static void test_dtc(void **state)
{
	const struct loader_plan plan = { .ramdisk = IPA(0x44000000), .ramdisk_size = 1 };
	struct vm_config vm = make_vm(20);
	int size;

	(void)state;
	vm.vpl011 = true;
	vm.rtc = true;
	vm.rng = true;
	vm.nr_disks = CONFIG_DISKS_MAX;
	size = build(&vm, &plan, fill_aa);
	if (system("dtc --version >/dev/null 2>&1"))
		skip();
	assert_int_equal(machine_dtc_check(buf, (size_t)size), 0);
}

/* The same input makes the same bytes, whatever was in the buffer. */
static void test_deterministic(void **state)
{
	const struct loader_plan plan = { .dtb = IPA(0x40000000) };
	struct vm_config vm = make_vm(3);
	uint8_t *other = malloc(sizeof(buf));
	int size;

	(void)state;
	vm.vpl011 = true;
	size = build(&vm, &plan, NULL);
	memset(other, 0xc3, sizeof(buf));
	assert_int_equal(vfdt_build(&vm, &plan, NULL, other, sizeof(buf)), size);
	assert_memory_equal(other, buf, size);
	free(other);
}

/* A buffer of any size: the tree, or E_NOMEM and nothing beyond the buffer. The largest VM fits into VMAP_DTB_MAX. */
static void test_sizes(void **state)
{
	static char args[CONFIG_ARGS_MAX];
	const struct loader_plan plan = { .ramdisk = IPA(0x44000000), .ramdisk_size = 1 };
	struct vm_config vm = make_vm(2);
	int size;

	(void)state;
	vm.vpl011 = true;
	size = build(&vm, &plan, fill_aa);
	for (size_t n = 0; n < (size_t)size + 64; n++) {
		struct blob b = { malloc(n + 1), n };
		int r = vfdt_build(&vm, &plan, fill_aa, b.data, n);

		assert_true(r == E_NOMEM || r == size);
		if (n < (size_t)size)
			assert_int_equal(r, E_NOMEM);
		machine_blob_free(&b);
	}
	memset(args, 'x', sizeof(args) - 1);
	vm.bootargs = args;
	vm.nr_vcpus = CONFIG_MAX_VCPUS;
	vm.rtc = true;
	vm.rng = true;
	vm.nr_disks = CONFIG_DISKS_MAX;
	assert_true(build(&vm, &plan, fill_aa) < (int)VMAP_DTB_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_common), cmocka_unit_test(test_cpus),  cmocka_unit_test(test_devices),
		cmocka_unit_test(test_dtc),    cmocka_unit_test(test_sizes), cmocka_unit_test(test_deterministic),
	};

	return UNIT_RUN(tests);
}
