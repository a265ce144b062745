/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The generated device tree of a VM. No state, no lock. Bindings: the Devicetree Specification 0.4
 * and Linux's Documentation/devicetree/bindings (arm/cpus, arm/psci, timer/arm,arch_timer,
 * interrupt-controller/arm,gic-v3, serial/pl011, rtc/arm,pl031, virtio/mmio); chosen: kaslr-seed,
 * rng-seed of the dt-schema.
 */
#include "role/hyp/vfdt.h"

#include <libfdt.h>

#include "lib/printf.h"
#include "lib/string.h"
#include "lib/tree_write.h"
#include "role/hyp/vmap.h"

#define NODE_NAME_MAX 40
#define CLOCK_HZ      24000000
#define RNG_SEED_SIZE 32

enum { PHANDLE_GIC = 1, PHANDLE_CLOCK = 2 };

/* Interrupt specifiers of the GICv3 binding. */
enum { GIC_SPI = 0, GIC_PPI = 1 };
enum { IRQ_LEVEL_HIGH = 4, IRQ_LEVEL_LOW = 8 };

static void put_flag(struct tree_writer *w, const char *name)
{
	tree_write_prop(w, name, NULL, 0);
}

static void put_str(struct tree_writer *w, const char *name, const char *s)
{
	tree_write_prop(w, name, s, strlen(s) + 1);
}

static void put_u32(struct tree_writer *w, const char *name, uint32_t v)
{
	fdt32_t cell = cpu_to_fdt32(v);

	tree_write_prop(w, name, &cell, sizeof(cell));
}

static void put_u64(struct tree_writer *w, const char *name, uint64_t v)
{
	fdt64_t cells = cpu_to_fdt64(v);

	tree_write_prop(w, name, &cells, sizeof(cells));
}

/* reg of count (address, size) pairs, two cells each. */
static void put_reg(struct tree_writer *w, const struct vmap_region *regions, size_t count)
{
	fdt64_t cells[4];

	for (size_t i = 0; i < count; i++) {
		cells[2 * i] = cpu_to_fdt64(regions[i].base);
		cells[2 * i + 1] = cpu_to_fdt64(regions[i].size);
	}
	tree_write_prop(w, "reg", cells, 2 * count * sizeof(cells[0]));
}

static void put_spi(struct tree_writer *w, unsigned int intid)
{
	const fdt32_t cells[] = { cpu_to_fdt32(GIC_SPI), cpu_to_fdt32(intid - VMAP_SPI(0)),
				  cpu_to_fdt32(IRQ_LEVEL_HIGH) };

	tree_write_prop(w, "interrupts", cells, sizeof(cells));
}

static void begin_at(struct tree_writer *w, const char *name, uint64_t address)
{
	char buf[NODE_NAME_MAX];

	fmt_snprintf(buf, sizeof(buf), "%s@%lx", name, address);
	tree_write_node(w, buf);
}

static void put_root(struct tree_writer *w)
{
	static const char compatible[] = "trivet,vm\0linux,dummy-virt";

	tree_write_prop(w, "compatible", compatible, sizeof(compatible));
	put_str(w, "model", "Trivet virtual machine");
	put_u32(w, "#address-cells", 2);
	put_u32(w, "#size-cells", 2);
	put_u32(w, "interrupt-parent", PHANDLE_GIC);
	put_flag(w, "dma-coherent");
}

static void write_chosen(struct tree_writer *w, const struct vm_config *vm, const struct loader_plan *plan,
			 vfdt_random_fn random)
{
	char path[NODE_NAME_MAX];
	uint8_t seed[RNG_SEED_SIZE];

	tree_write_node(w, "chosen");
	if (vm->bootargs[0])
		put_str(w, "bootargs", vm->bootargs);
	if (vm->vpl011) {
		fmt_snprintf(path, sizeof(path), "/%s@%lx", vmap[VMAP_PL011].name, vmap[VMAP_PL011].base);
		put_str(w, "stdout-path", path);
	}
	if (plan->ramdisk_size) {
		put_u64(w, "linux,initrd-start", plan->ramdisk.a);
		put_u64(w, "linux,initrd-end", plan->ramdisk.a + plan->ramdisk_size);
	}
	if (random) {
		random(seed, sizeof(uint64_t));
		tree_write_prop(w, "kaslr-seed", seed, sizeof(uint64_t));
		random(seed, sizeof(seed));
		tree_write_prop(w, "rng-seed", seed, sizeof(seed));
		memset(seed, 0, sizeof(seed));
	}
	tree_write_end(w);
}

static void write_memory(struct tree_writer *w, const struct vm_config *vm)
{
	const struct vmap_region ram = { .base = vmap[VMAP_RAM].base, .size = vm->memory };

	begin_at(w, vmap[VMAP_RAM].name, ram.base);
	put_str(w, "device_type", "memory");
	put_reg(w, &ram, 1);
	tree_write_end(w);
}

static void write_cpus(struct tree_writer *w, const struct vm_config *vm)
{
	tree_write_node(w, "cpus");
	put_u32(w, "#address-cells", 1);
	put_u32(w, "#size-cells", 0);
	for (unsigned int i = 0; i < vm->nr_vcpus; i++) {
		begin_at(w, "cpu", vmap_mpidr(i));
		put_str(w, "device_type", "cpu");
		put_str(w, "compatible", "arm,armv8");
		put_u32(w, "reg", (uint32_t)vmap_mpidr(i));
		put_str(w, "enable-method", "psci");
		tree_write_end(w);
	}
	tree_write_end(w);
}

static void write_psci(struct tree_writer *w)
{
	static const char compatible[] = "arm,psci-1.0\0arm,psci-0.2";

	tree_write_node(w, "psci");
	tree_write_prop(w, "compatible", compatible, sizeof(compatible));
	put_str(w, "method", "hvc");
	tree_write_end(w);
}

static void write_timer(struct tree_writer *w)
{
	/* The binding's order: secure, non-secure, virtual, hypervisor. */
	static const unsigned int ppi[] = { VMAP_PPI_SEC_TIMER, VMAP_PPI_PTIMER, VMAP_PPI_VTIMER, VMAP_PPI_HYP_TIMER };
	fdt32_t cells[3 * ARRAY_SIZE(ppi)];

	for (size_t i = 0; i < ARRAY_SIZE(ppi); i++) {
		cells[3 * i] = cpu_to_fdt32(GIC_PPI);
		cells[3 * i + 1] = cpu_to_fdt32(ppi[i] - 16);
		cells[3 * i + 2] = cpu_to_fdt32(IRQ_LEVEL_LOW);
	}
	tree_write_node(w, "timer");
	put_str(w, "compatible", "arm,armv8-timer");
	tree_write_prop(w, "interrupts", cells, sizeof(cells));
	tree_write_end(w);
}

static void write_gic(struct tree_writer *w, const struct vm_config *vm)
{
	const struct vmap_region regions[] = {
		vmap[VMAP_GICD],
		{ .base = vmap[VMAP_GICR].base, .size = vmap_gicr_size(vm->nr_vcpus) },
	};

	begin_at(w, vmap[VMAP_GICD].name, vmap[VMAP_GICD].base);
	put_str(w, "compatible", "arm,gic-v3");
	put_u32(w, "#interrupt-cells", 3);
	put_u32(w, "#address-cells", 2);
	put_u32(w, "#size-cells", 2);
	put_flag(w, "ranges");
	put_flag(w, "interrupt-controller");
	put_u32(w, "#redistributor-regions", 1);
	put_reg(w, regions, ARRAY_SIZE(regions));
	put_u32(w, "phandle", PHANDLE_GIC);
	tree_write_end(w);
}

static void write_clock(struct tree_writer *w)
{
	tree_write_node(w, "apb-pclk");
	put_str(w, "compatible", "fixed-clock");
	put_u32(w, "#clock-cells", 0);
	put_u32(w, "clock-frequency", CLOCK_HZ);
	put_str(w, "clock-output-names", "clk24mhz");
	put_u32(w, "phandle", PHANDLE_CLOCK);
	tree_write_end(w);
}

static void write_pl011(struct tree_writer *w)
{
	static const char compatible[] = "arm,pl011\0arm,primecell";
	static const char clock_names[] = "uartclk\0apb_pclk";
	const fdt32_t clocks[] = { cpu_to_fdt32(PHANDLE_CLOCK), cpu_to_fdt32(PHANDLE_CLOCK) };

	begin_at(w, vmap[VMAP_PL011].name, vmap[VMAP_PL011].base);
	tree_write_prop(w, "compatible", compatible, sizeof(compatible));
	put_reg(w, &vmap[VMAP_PL011], 1);
	put_spi(w, vmap[VMAP_PL011].intid);
	tree_write_prop(w, "clocks", clocks, sizeof(clocks));
	tree_write_prop(w, "clock-names", clock_names, sizeof(clock_names));
	tree_write_end(w);
}

static void write_pl031(struct tree_writer *w)
{
	static const char compatible[] = "arm,pl031\0arm,primecell";

	begin_at(w, vmap[VMAP_PL031].name, vmap[VMAP_PL031].base);
	tree_write_prop(w, "compatible", compatible, sizeof(compatible));
	put_reg(w, &vmap[VMAP_PL031], 1);
	put_spi(w, vmap[VMAP_PL031].intid);
	put_u32(w, "clocks", PHANDLE_CLOCK);
	put_str(w, "clock-names", "apb_pclk");
	tree_write_end(w);
}

static void write_virtio(struct tree_writer *w, unsigned int slot)
{
	const struct vmap_region region = { .base = vmap_virtio_base(slot).a, .size = vmap[VMAP_VIRTIO].size };

	begin_at(w, vmap[VMAP_VIRTIO].name, region.base);
	put_str(w, "compatible", "virtio,mmio");
	put_reg(w, &region, 1);
	put_spi(w, vmap_virtio_intid(slot));
	put_flag(w, "dma-coherent");
	tree_write_end(w);
}

static void write_devices(struct tree_writer *w, const struct vm_config *vm)
{
	if (vm->vpl011 || vm->rtc)
		write_clock(w);
	if (vm->vpl011)
		write_pl011(w);
	if (vm->rtc)
		write_pl031(w);
	for (unsigned int slot = 0; slot < vm_config_virtio_slots(vm); slot++)
		write_virtio(w, slot);
}

int vfdt_build(const struct vm_config *vm, const struct loader_plan *plan, vfdt_random_fn random, void *buf,
	       size_t size)
{
	struct tree_writer w;

	tree_write_begin(&w, buf, size);
	tree_write_node(&w, "");
	put_root(&w);
	write_chosen(&w, vm, plan, random);
	write_memory(&w, vm);
	write_cpus(&w, vm);
	write_psci(&w);
	write_timer(&w);
	write_gic(&w, vm);
	write_devices(&w, vm);
	tree_write_end(&w);
	return tree_write_finish(&w);
}
