/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite core/hw (dtb): the host's device tree. One like QEMU virt's, one with buses that translate; then trees that are
 * wrong in one place each, cut off at each length, and with each byte changed: an answer each time, and what is
 * accepted is within bounds.
 */
#include "unit.h"

#include <libfdt.h>

#include "core/hw.h"

#define TREE_MAX 16384

static uint8_t tree[TREE_MAX] __attribute__((aligned(8)));
static struct hw got;
static struct hw_error err;

/* --- writing trees --- */

static void cells(const char *name, unsigned int n, const uint32_t *v)
{
	fdt32_t raw[32];

	assert_true(n <= 32);
	for (unsigned int i = 0; i < n; i++)
		raw[i] = cpu_to_fdt32(v[i]);
	assert_int_equal(fdt_property(tree, name, raw, (int)(n * 4)), 0);
}

#define CELLS(name, ...) cells(name, sizeof((uint32_t[]){ __VA_ARGS__ }) / 4, (uint32_t[]){ __VA_ARGS__ })
#define STR(name, s)	 assert_int_equal(fdt_property_string(tree, name, s), 0)
#define STRS(name, s)	 assert_int_equal(fdt_property(tree, name, s, sizeof(s)), 0)
#define NODE(name)	 assert_int_equal(fdt_begin_node(tree, name), 0)
#define END		 assert_int_equal(fdt_end_node(tree), 0)

/* What the trees differ in. */
static struct {
	unsigned int cpus, banks, gicr_regions;
	const char *stdout_path, *uart_status;
	bool no_psci, hvc, initrd64, virtio;
} opt;

static void cpu_nodes(void)
{
	NODE("cpus");
	CELLS("#address-cells", 1);
	CELLS("#size-cells", 0);
	NODE("cpu-map");
	END;
	for (unsigned int i = 0; i < opt.cpus; i++) {
		char name[16];

		sprintf(name, "cpu@%x", i);
		NODE(name);
		STR("device_type", "cpu");
		CELLS("reg", i);
		if (i == 1)
			STR("status", "disabled");
		END;
	}
	END;
}

static void gic_node(void)
{
	NODE("intc@8000000");
	STR("compatible", "arm,gic-v3");
	CELLS("#interrupt-cells", 3);
	CELLS("#redistributor-regions", opt.gicr_regions);
	CELLS("reg", 0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0xf60000, 0x40, 0, 0, 0x4000000);
	CELLS("interrupts", 1, 9, 4);
	END;
}

static void chosen_node(void)
{
	NODE("chosen");
	if (opt.stdout_path)
		STR("stdout-path", opt.stdout_path);
	if (opt.initrd64) {
		CELLS("linux,initrd-start", 1, 0x48000000);
		CELLS("linux,initrd-end", 1, 0x48001234);
	} else {
		CELLS("linux,initrd-start", 0x48000000);
		CELLS("linux,initrd-end", 0x49000000);
	}
	CELLS("rng-seed", 0x01020304, 0x05060708);
	END;
}

static void memory_nodes(void)
{
	for (unsigned int i = 0; i < opt.banks; i++) {
		char name[32];

		sprintf(name, "memory@%x00000000", i);
		NODE(name);
		STR("device_type", "memory");
		CELLS("reg", i, 0x40000000, 0, 0x20000000);
		END;
	}
	NODE("reserved-memory");
	CELLS("#address-cells", 2);
	CELLS("#size-cells", 2);
	assert_int_equal(fdt_property(tree, "ranges", NULL, 0), 0);
	NODE("fw@43000000");
	CELLS("reg", 0, 0x43000000, 0, 0x10000, 0, 0x44000000, 0, 0x1000);
	END;
	NODE("pool"); /* the operating system may choose where */
	CELLS("size", 0, 0x100000);
	END;
	END;
}

static void device_nodes(void)
{
	NODE("pl011@9000000");
	STRS("compatible", "arm,pl011\0arm,primecell");
	CELLS("reg", 0, 0x9000000, 0, 0x1000);
	CELLS("interrupts", 0, 1, 4);
	if (opt.uart_status)
		STR("status", opt.uart_status);
	END;
	NODE("pl011@9040000");
	STRS("compatible", "arm,pl011\0arm,primecell");
	CELLS("reg", 0, 0x9040000, 0, 0x1000);
	CELLS("interrupts", 0, 8, 4);
	END;
	NODE("pl031@9010000");
	STR("compatible", "arm,pl031");
	CELLS("reg", 0, 0x9010000, 0, 0x1000);
	END;
	NODE("timer");
	STRS("compatible", "arm,armv8-timer\0arm,armv7-timer");
	CELLS("interrupts", 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4);
	END;
	if (opt.no_psci)
		return;
	NODE("psci");
	STRS("compatible", "arm,psci-1.0\0arm,psci-0.2\0arm,psci");
	STR("method", opt.hvc ? "hvc" : "smc");
	END;
}

/* Not in the order of their addresses; behind a bus; and those that are not to be used. */
static void virtio_nodes(void)
{
	NODE("virtio_mmio@a000200");
	STR("compatible", "virtio,mmio");
	CELLS("reg", 0, 0xa000200, 0, 0x200);
	CELLS("interrupts", 0, 17, 1);
	assert_int_equal(fdt_property(tree, "dma-coherent", NULL, 0), 0);
	END;
	NODE("virtio_mmio@a000000");
	STR("compatible", "virtio,mmio");
	CELLS("reg", 0, 0xa000000, 0, 0x200);
	CELLS("interrupts", 0, 16, 4);
	END;
	NODE("bus");
	CELLS("#address-cells", 1);
	CELLS("#size-cells", 1);
	CELLS("ranges", 0, 0, 0x9f00000, 0x10000);
	assert_int_equal(fdt_property(tree, "dma-coherent", NULL, 0), 0);
	NODE("virtio@100");
	STRS("compatible", "some,device\0virtio,mmio");
	CELLS("reg", 0x100, 0x100);
	CELLS("interrupts", 0, 18, 2);
	END;
	END;
	NODE("virtio_mmio@a000400");
	STR("compatible", "virtio,mmio");
	STR("status", "disabled");
	CELLS("reg", 0, 0xa000400, 0, 0x200);
	CELLS("interrupts", 0, 19, 1);
	END;
	NODE("virtio_mmio@a000600");
	STR("compatible", "virtio,mmio");
	CELLS("interrupts", 0, 20, 1);
	END;
	NODE("virtio_mmio@a000800");
	STR("compatible", "virtio,mmio");
	CELLS("reg", 0, 0xa000800, 0, 0x200);
	END;
	NODE("virtio_mmio@a000a00"); /* a PPI: of which core? */
	STR("compatible", "virtio,mmio");
	CELLS("reg", 0, 0xa000a00, 0, 0x200);
	CELLS("interrupts", 1, 5, 1);
	END;
	NODE("virtio_mmio@a000c00");
	STR("compatible", "virtio,mmio");
	CELLS("reg", 0, 0xa000c00, 0, 0x200);
	CELLS("interrupts", 0, 2000, 1);
	END;
}

static size_t build(void)
{
	assert_int_equal(fdt_create(tree, sizeof(tree)), 0);
	assert_int_equal(fdt_add_reservemap_entry(tree, 0x45000000, 0x2000), 0);
	assert_int_equal(fdt_finish_reservemap(tree), 0);
	NODE("");
	STR("compatible", "linux,dummy-virt");
	STR("model", "a machine of the test");
	CELLS("#address-cells", 2);
	CELLS("#size-cells", 2);
	chosen_node();
	NODE("aliases");
	STR("serial0", "/pl011@9040000");
	STR("serial1", "serial1");
	END;
	memory_nodes();
	cpu_nodes();
	gic_node();
	device_nodes();
	if (opt.virtio)
		virtio_nodes();
	END;
	assert_int_equal(fdt_finish(tree), 0);
	return fdt_totalsize(tree);
}

static int parse(size_t size)
{
	int rc;

	memset(&got, 0xa5, sizeof(got));
	memset(&err, 0xa5, sizeof(err));
	rc = hw_parse(tree, size, &got, &err);
	assert_true(rc == OK || rc == E_FORMAT);
	assert_non_null(memchr(err.text, 0, sizeof(err.text)));
	assert_int_equal(err.text[0] != 0, rc != OK);
	return rc;
}

static int setup(void **state UNUSED)
{
	memset(&opt, 0, sizeof(opt));
	opt.cpus = 4;
	opt.banks = 1;
	opt.gicr_regions = 2;
	opt.stdout_path = "/pl011@9000000";
	return 0;
}

static void is_range(struct hw_range r, uint64_t base, uint64_t size)
{
	assert_true(r.base == base);
	assert_true(r.size == size);
}

static void refused(const char *text)
{
	assert_int_equal(parse(build()), E_FORMAT);
	if (!strstr(err.text, text))
		fail_msg("\"%s\" and not \"%s\"", err.text, text);
}

/* --- a good one --- */

static void test_virt(void **state UNUSED)
{
	static const uint8_t seed[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	static const uint64_t mpidr[] = { 0, 2, 3 }; /* core 1 is disabled */
	static const uint32_t timer[] = { 29, 30, 27, 26 };

	opt.banks = 2;
	assert_int_equal(parse(build()), OK);
	assert_string_equal(got.model, "a machine of the test");
	assert_int_equal(got.nr_banks, 2);
	is_range(got.bank[0], 0x40000000, 0x20000000);
	is_range(got.bank[1], 0x140000000, 0x20000000);
	assert_int_equal(got.nr_reserved, 3);
	is_range(got.reserved[0], 0x45000000, 0x2000);
	is_range(got.reserved[1], 0x43000000, 0x10000);
	is_range(got.reserved[2], 0x44000000, 0x1000);
	assert_int_equal(got.nr_cpus, 3);
	assert_memory_equal(got.mpidr, mpidr, sizeof(mpidr));
	assert_int_equal(got.cpus_ignored, 0);
	is_range(got.gicd, 0x8000000, 0x10000);
	assert_int_equal(got.nr_gicr, 2);
	is_range(got.gicr[0], 0x80a0000, 0xf60000);
	is_range(got.gicr[1], UINT64_C(0x4000000000), 0x4000000);
	assert_int_equal(got.maintenance_intid, 25);
	assert_memory_equal(got.timer_intid, timer, sizeof(timer));
	is_range(got.uart, 0x9000000, 0x1000);
	assert_int_equal(got.uart_intid, 33);
	is_range(got.rtc, 0x9010000, 0x1000);
	assert_true(got.psci_smc);
	is_range(got.initrd, 0x48000000, 0x1000000);
	assert_int_equal(got.seed_size, 8);
	assert_memory_equal(got.seed, seed, 8);
}

static void test_initrd_of_64_bits(void **state UNUSED)
{
	opt.initrd64 = true;
	assert_int_equal(parse(build()), OK);
	is_range(got.initrd, 0x148000000, 0x1234);
}

/*
 * stdout-path: a path, with options, an alias; and what is no PL011, is disabled, or is not there: the first
 * that is enabled.
 */
static void test_console(void **state UNUSED)
{
	static const struct {
		const char *path, *status;
		uint64_t base;
	} c[] = {
		{ "/pl011@9000000", NULL, 0x9000000 },
		{ "/pl011@9040000", NULL, 0x9040000 },
		{ "/pl011@9040000:115200n8", NULL, 0x9040000 },
		{ "serial0", NULL, 0x9040000 },
		{ "serial0:9600", NULL, 0x9040000 },
		{ "serial1", NULL, 0x9000000 }, /* an alias of itself */
		{ "serial9", NULL, 0x9000000 },
		{ "/pl031@9010000", NULL, 0x9000000 },
		{ "", NULL, 0x9000000 },
		{ ":", NULL, 0x9000000 },
		{ NULL, NULL, 0x9000000 },
		{ NULL, "disabled", 0x9040000 },
		{ "/pl011@9000000", "disabled", 0x9040000 },
		{ "/pl011@9000000", "okay", 0x9000000 },
		{ "/pl011@9000000", "fail", 0x9040000 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(c); i++) {
		opt.stdout_path = c[i].path;
		opt.uart_status = c[i].status;
		assert_int_equal(parse(build()), OK);
		is_range(got.uart, c[i].base, 0x1000);
	}
}

static void test_limits(void **state UNUSED)
{
	opt.cpus = CONFIG_MAX_CPUS + 4;
	assert_int_equal(parse(build()), OK);
	assert_int_equal(got.nr_cpus, CONFIG_MAX_CPUS);
	assert_int_equal(got.cpus_ignored, 3);
	assert_int_equal(got.mpidr[CONFIG_MAX_CPUS - 1], CONFIG_MAX_CPUS);
	setup(NULL);
	opt.banks = HW_BANKS_MAX;
	assert_int_equal(parse(build()), OK);
	assert_int_equal(got.nr_banks, HW_BANKS_MAX);
	opt.banks++;
	refused("too many banks");
}

static void test_missing(void **state UNUSED)
{
	opt.banks = 0;
	refused("no memory node");
	setup(NULL);
	opt.cpus = 0;
	refused("/cpus: cpu: no core");
	setup(NULL);
	opt.gicr_regions = 0;
	refused("#redistributor-regions");
	opt.gicr_regions = HW_GICR_MAX + 1;
	refused("#redistributor-regions");
	opt.gicr_regions = UINT32_MAX;
	refused("#redistributor-regions");
	opt.gicr_regions = 3; /* reg has two */
	refused("/intc@8000000: reg: too short");
	setup(NULL);
	opt.hvc = true;
	refused("/psci: method");
	setup(NULL);
	opt.no_psci = true;
	assert_int_equal(parse(build()), OK);
	assert_false(got.psci_smc);
}

/* --- one property changed in a tree that is otherwise good --- */

static int with(const char *path, const char *prop, unsigned int n, const uint32_t *v)
{
	fdt32_t raw[32];
	int node;

	build();
	assert_int_equal(fdt_open_into(tree, tree, sizeof(tree)), 0);
	node = fdt_path_offset(tree, path);
	assert_true(node >= 0);
	for (unsigned int i = 0; i < n; i++)
		raw[i] = cpu_to_fdt32(v[i]);
	assert_int_equal(fdt_setprop(tree, node, prop, raw, (int)(n * 4)), 0);
	return parse(fdt_totalsize(tree));
}

#define WITH(path, prop, ...) with(path, prop, sizeof((uint32_t[]){ __VA_ARGS__ }) / 4, (uint32_t[]){ __VA_ARGS__ })

/* Names and the model are the firmware's words: nothing that a terminal would obey comes of them. */
static void test_unprintable(void **state UNUSED)
{
	const fdt32_t wraps[4] = { UINT32_MAX, UINT32_MAX, 0, cpu_to_fdt32(2) };
	int node;

	build();
	assert_int_equal(fdt_open_into(tree, tree, sizeof(tree)), 0);
	node = fdt_path_offset(tree, "/memory");
	assert_int_equal(fdt_setprop(tree, node, "reg", wraps, sizeof(wraps)), 0);
	assert_int_equal(fdt_set_name(tree, node, "memory@\x1b[2J\xff"), 0);
	assert_int_equal(parse(fdt_totalsize(tree)), E_FORMAT);
	if (!strstr(err.text, "/memory@?[2J?: "))
		fail_msg("%s", err.text);
	build();
	assert_int_equal(fdt_open_into(tree, tree, sizeof(tree)), 0);
	assert_int_equal(fdt_setprop_string(tree, 0, "model", "a\x07\x1bmodel"), 0);
	assert_int_equal(parse(fdt_totalsize(tree)), OK);
	assert_string_equal(got.model, "a??model");
}

static void test_wrong_numbers(void **state UNUSED)
{
	assert_int_equal(WITH("/memory", "reg", UINT32_MAX, UINT32_MAX, 0, 2), E_FORMAT); /* wraps */
	assert_non_null(strstr(err.text, "/memory@000000000: reg: wraps around"));
	assert_int_equal(WITH("/memory", "reg", 0, 0x40000000, 0), E_FORMAT);
	assert_int_equal(WITH("/memory", "reg", 0, 0x40000000, 0, 0), E_FORMAT); /* nothing in it */
	assert_int_equal(WITH("/memory", "reg", UINT32_MAX, UINT32_MAX, 0, 1), OK);
	assert_int_equal(WITH("/memory", "reg", 0, 0x40000000, 0, 0x2000, 0, 0x40001fff, 0, 1), E_FORMAT);
	assert_non_null(strstr(err.text, "/memory@000000000: reg: overlaps other memory"));
	assert_int_equal(WITH("/memory", "reg", 0, 0x40001000, 0, 0x2000, 0, 0x40000000, 0, 0x1001), E_FORMAT);
	assert_int_equal(WITH("/memory", "reg", 0, 0x40001000, 0, 0x1000, 0, 0x40000000, 0, 0x1000), OK);
	assert_int_equal(WITH("/memory", "reg", UINT32_MAX, 0xfffff000, 0, 0x1000, UINT32_MAX, 0xfffff800, 0, 0x800),
			 E_FORMAT);
	assert_int_equal(WITH("/", "#address-cells", 3), E_FORMAT);
	assert_int_equal(WITH("/", "#address-cells", 0), E_FORMAT);
	assert_int_equal(WITH("/", "#size-cells", 3), E_FORMAT);
	assert_int_equal(WITH("/", "#size-cells", UINT32_MAX), E_FORMAT);
	assert_int_equal(WITH("/cpus", "#address-cells", 2), E_FORMAT);
	assert_int_equal(WITH("/cpus/cpu@0", "reg", 1, 2), E_FORMAT);
	assert_int_equal(WITH("/cpus/cpu@2", "reg", 0), E_FORMAT);
	assert_non_null(strstr(err.text, "/cpus/cpu@2: reg: another core has the same"));
	assert_int_equal(WITH("/cpus/cpu@1", "reg", 0), OK); /* is disabled */
	assert_int_equal(WITH("/intc@8000000", "#interrupt-cells", 2), E_FORMAT);
	assert_int_equal(WITH("/intc@8000000", "#interrupt-cells", UINT32_MAX), E_FORMAT);
	assert_int_equal(WITH("/intc@8000000", "interrupts", 1), E_FORMAT);
	assert_non_null(strstr(err.text, "no maintenance interrupt"));
	assert_int_equal(WITH("/intc@8000000", "interrupts", 1, 16, 4), E_FORMAT);
	assert_int_equal(WITH("/intc@8000000", "interrupts", 0, 988, 4), E_FORMAT);
	assert_int_equal(WITH("/intc@8000000", "interrupts", 2, 0, 4), E_FORMAT);
	assert_int_equal(WITH("/intc@8000000", "interrupts", 0, 987, 4), OK);
	assert_int_equal(got.maintenance_intid, 1019);
	assert_int_equal(WITH("/timer", "interrupts", 1, 13, 4, 1, 14, 4, 1, 11, 4), E_FORMAT);
	assert_int_equal(WITH("/timer", "interrupts", 1, 13, 4, 1, 14, 4, 1, 12, 4, 1, 10, 4), E_FORMAT);
	assert_int_equal(WITH("/timer", "interrupts", 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4), OK);
	assert_int_equal(WITH("/pl011@9000000", "interrupts", 1, 99, 4), E_FORMAT);
	assert_int_equal(WITH("/pl011@9000000", "reg", 0), E_FORMAT);
	assert_int_equal(WITH("/pl011@9000000", "reg", 0, 0x9000000, 0, 0), E_FORMAT);
	assert_int_equal(WITH("/intc@8000000", "reg", 0, 0x8000000, 0, 0, 0, 0x80a0000, 0, 0xf60000, 0x40, 0, 0, 1),
			 E_FORMAT);
	assert_non_null(strstr(err.text, "/intc@8000000: reg: is empty, or wraps around"));
	assert_int_equal(WITH("/chosen", "linux,initrd-end", 0x47ffffff), E_FORMAT);
	assert_int_equal(WITH("/chosen", "linux,initrd-end", 0, 0, 0), E_FORMAT);
	assert_int_equal(WITH("/chosen", "linux,initrd-end", 0x48000000), OK); /* empty */
	assert_int_equal(got.initrd.size, 0);
	assert_int_equal(WITH("/reserved-memory/pool", "reg", 1, 2, 3), E_FORMAT);
}

static void test_many_reserved(void **state UNUSED)
{
	uint32_t v[4 * 8];

	for (unsigned int i = 0; i < 32; i++)
		v[i] = i % 4 == 3;
	assert_int_equal(with("/reserved-memory/pool", "reg", 32, v), OK);
	assert_int_equal(got.nr_reserved, 11);
	/* memreserve entries, up to the room and beyond */
	build();
	assert_int_equal(fdt_open_into(tree, tree, sizeof(tree)), 0);
	for (unsigned int i = 3; i < HW_RESERVED_MAX; i++)
		assert_int_equal(fdt_add_mem_rsv(tree, i * MIB, MIB), 0);
	assert_int_equal(parse(sizeof(tree)), OK);
	assert_int_equal(got.nr_reserved, HW_RESERVED_MAX);
	assert_int_equal(fdt_add_mem_rsv(tree, GIB, MIB), 0);
	assert_int_equal(parse(sizeof(tree)), E_FORMAT);
}

static void long_seed(void)
{
	uint8_t seed[HW_SEED_MAX + 20];

	for (unsigned int i = 0; i < sizeof(seed); i++)
		seed[i] = (uint8_t)i;
	build();
	assert_int_equal(fdt_open_into(tree, tree, sizeof(tree)), 0);
	assert_int_equal(fdt_setprop(tree, fdt_path_offset(tree, "/chosen"), "rng-seed", seed, sizeof(seed)), 0);
	assert_int_equal(parse(sizeof(tree)), OK);
	assert_int_equal(got.seed_size, HW_SEED_MAX);
	assert_memory_equal(got.seed, seed, HW_SEED_MAX);
}

static void long_model(void)
{
	char model[200];

	memset(model, 'm', sizeof(model));
	build();
	assert_int_equal(fdt_open_into(tree, tree, sizeof(tree)), 0);
	assert_int_equal(fdt_setprop(tree, 0, "model", model, sizeof(model)), 0); /* no end */
	assert_int_equal(parse(sizeof(tree)), OK);
	assert_int_equal(strlen(got.model), sizeof(got.model) - 1);
}

static void test_long_values(void **state UNUSED)
{
	long_seed();
	long_model();
}

/* --- buses --- */

static const uint32_t two_buses[] = { 0, 0x1000, 0x10, 0x8000, 0x2000 };

/*
 * A UART behind `depth` buses; the second adds 0x1000 to the address, those inside it nothing; ranges is
 * the outermost one's.
 */
static int behind(unsigned int depth, const uint32_t *ranges, unsigned int n)
{
	assert_int_equal(fdt_create(tree, sizeof(tree)), 0);
	assert_int_equal(fdt_finish_reservemap(tree), 0);
	NODE("");
	CELLS("#address-cells", 2);
	CELLS("#size-cells", 2);
	memory_nodes();
	cpu_nodes();
	gic_node();
	NODE("timer");
	STR("compatible", "arm,armv8-timer");
	CELLS("interrupts", 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4);
	END;
	for (unsigned int i = 0; i < depth; i++) {
		NODE("bus");
		CELLS("#address-cells", 1);
		CELLS("#size-cells", 1);
		if (i) {
			CELLS("ranges", 0, i == 1 ? 0x1000 : 0, 0x1000);
		} else if (ranges) {
			/* child (1), parent (2), size (1) */
			cells("ranges", n, ranges);
		}
	}
	NODE("uart@10");
	STR("compatible", "arm,pl011");
	CELLS("reg", 0x10, 0x100);
	END;
	for (unsigned int i = 0; i < depth; i++)
		END;
	END;
	assert_int_equal(fdt_finish(tree), 0);
	return parse(fdt_totalsize(tree));
}

/* A bus whose cells are so many that an entry's size does not fit into a number. */
static void test_huge_cells(void **state UNUSED)
{
	static const char *const names[] = { "#address-cells", "#size-cells" };
	const uint32_t first[] = { 0, 0x10, 0x8000, 0x2000 };

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(behind(2, first, 4), OK);
		assert_int_equal(fdt_setprop_inplace_u32(tree, fdt_path_offset(tree, "/bus"), names[i], INT32_MAX), 0);
		assert_int_equal(parse(fdt_totalsize(tree)), E_FORMAT);
		assert_non_null(strstr(err.text, "not understood"));
	}
}

static void test_buses(void **state UNUSED)
{
	const uint32_t first[] = { 0, 0x10, 0x8000, 0x2000 }, second[] = { 0x5000, 1, 0, 0x100, 0, 0x10, 0x8000, 0x20 };
	const uint32_t beside[] = { 0x20, 0x10, 0x8000, 0x2000 }, below[] = { 0, 0x10, 0x8000, 0x10 };

	assert_int_equal(behind(1, first, 4), OK);
	is_range(got.uart, UINT64_C(0x1000008010), 0x100);
	assert_int_equal(behind(1, second, 8), OK);
	is_range(got.uart, UINT64_C(0x1000008010), 0x100);
	assert_int_equal(behind(2, two_buses + 1, 4), OK);
	is_range(got.uart, UINT64_C(0x1000008010), 0x100);
	/* One to one; not mapped; half an entry; no ranges at all: the CPU does not see it. */
	assert_int_equal(behind(1, first, 0), OK);
	is_range(got.uart, 0x10, 0x100);
	assert_int_equal(behind(1, beside, 4), E_FORMAT);
	assert_int_equal(behind(1, below, 4), E_FORMAT);
	assert_int_equal(behind(12, two_buses + 1, 4), OK);
	is_range(got.uart, UINT64_C(0x1000008010), 0x100);
	assert_int_equal(behind(1, first, 3), E_FORMAT);
	assert_int_equal(behind(1, NULL, 0), E_FORMAT);
	/* Too deep to follow is refused, not taken as it is. */
	assert_int_equal(behind(30, two_buses + 1, 4), E_FORMAT);
}

static void test_virtio(void **state UNUSED)
{
	struct hw_virtio v[8];

	assert_int_equal(parse(build()), OK);
	assert_int_equal(hw_find_virtio(tree, v, 8), 0);
	opt.virtio = true;
	assert_int_equal(parse(build()), OK);
	memset(v, 0xa5, sizeof(v));
	assert_int_equal(hw_find_virtio(tree, v, 8), 3);
	is_range(v[0].regs, 0x9f00100, 0x100);
	is_range(v[1].regs, 0xa000000, 0x200);
	is_range(v[2].regs, 0xa000200, 0x200);
	assert_int_equal(v[0].intid, 50);
	assert_int_equal(v[1].intid, 48);
	assert_int_equal(v[2].intid, 49);
	assert_true(v[0].edge && !v[1].edge && v[2].edge);
	assert_true(v[0].coherent && !v[1].coherent && v[2].coherent);
	memset(v, 0xa5, sizeof(v));
	assert_int_equal(hw_find_virtio(tree, v, 2), 2);
	assert_int_equal(v[2].intid, 0xa5a5a5a5);
}

/* --- hostile trees --- */

static void check_bounds(void)
{
	assert_true(got.nr_banks >= 1 && got.nr_banks <= HW_BANKS_MAX);
	assert_true(got.nr_reserved <= HW_RESERVED_MAX);
	assert_true(got.nr_cpus >= 1 && got.nr_cpus <= CONFIG_MAX_CPUS);
	assert_true(got.nr_gicr >= 1 && got.nr_gicr <= HW_GICR_MAX);
	assert_true(got.seed_size <= HW_SEED_MAX);
	assert_true(got.maintenance_intid >= 16 && got.maintenance_intid < 1020);
	assert_true(got.uart_intid < 1020);
	assert_non_null(memchr(got.model, 0, sizeof(got.model)));
	for (unsigned int i = 0; i < 4; i++)
		assert_true(got.timer_intid[i] >= 16 && got.timer_intid[i] < 1020);
	for (unsigned int i = 0; i < got.nr_banks; i++)
		assert_true(got.bank[i].size && got.bank[i].base + (got.bank[i].size - 1) >= got.bank[i].base);
}

static void check_virtio(const void *fdt)
{
	struct hw_virtio v[4];
	const unsigned int n = hw_find_virtio(fdt, v, ARRAY_SIZE(v));

	assert_true(n <= ARRAY_SIZE(v));
	for (unsigned int i = 0; i < n; i++) {
		assert_true(v[i].intid >= 32 && v[i].intid < 1020);
		assert_true(!i || v[i - 1].regs.base <= v[i].regs.base);
	}
}

/* The tree in memory of just its size, so that ASan sees the first byte too far. */
static int parse_copy(const uint8_t *from, size_t size)
{
	uint8_t *copy = aligned_alloc(8, (size + 7) & ~(size_t)7);
	int rc;

	/* The last bytes up to size, so that its end is the end of the allocation but for alignment. */
	memcpy(copy, from, size);
	memset(&got, 0xa5, sizeof(got));
	rc = hw_parse(copy, size, &got, &err);
	assert_true(rc == OK || rc == E_FORMAT);
	if (rc == OK) {
		check_bounds();
		check_virtio(copy);
	}
	free(copy);
	return rc;
}

static void test_cut_off(void **state UNUSED)
{
	size_t size = build();

	for (size_t n = 0; n < size; n++) {
		static uint8_t cut[TREE_MAX] __attribute__((aligned(8)));

		if (n)
			assert_int_equal(parse_copy(tree, n), E_FORMAT);
		/* With a header that says so. */
		memcpy(cut, tree, n);
		if (n >= 40) {
			fdt_set_totalsize(cut, (uint32_t)n);
			parse_copy(cut, n);
			if (fdt_off_dt_struct(cut) < n)
				fdt_set_size_dt_struct(cut, (uint32_t)n - fdt_off_dt_struct(cut));
			parse_copy(cut, n);
		}
	}
	assert_int_equal(parse_copy(tree, size), OK);
}

static void test_bytes_changed(void **state UNUSED)
{
	static const uint8_t flip[] = { 0x01, 0x80, 0xff };
	size_t size = build();
	unsigned int accepted = 0;

	for (size_t n = 0; n < size; n++) {
		uint8_t was = tree[n];

		for (unsigned int i = 0; i < ARRAY_SIZE(flip); i++) {
			tree[n] = was ^ flip[i];
			accepted += parse_copy(tree, size) == OK;
		}
		tree[n] = 0;
		accepted += parse_copy(tree, size) == OK;
		tree[n] = was;
	}
	assert_true(accepted > size); /* names of what nobody asks for, addresses */
}

static void test_words_changed(void **state UNUSED)
{
	static uint8_t good[TREE_MAX];
	uint64_t seed = 11;
	size_t size;

	opt.virtio = true;
	size = build();
	memcpy(good, tree, size);
	for (unsigned int i = 0; i < 10000; i++) {
		memcpy(tree, good, size);
		for (unsigned int k = 0; k < 1 + i % 4; k++) {
			static const uint32_t words[] = { 0, 1,		 2,	     3,		 4,
							  9, 0x7fffffff, 0x80000000, UINT32_MAX, 0x7ffffffc };
			fdt32_t w;

			seed = seed * 6364136223846793005u + 1442695040888963407u;
			w = cpu_to_fdt32(seed & 1 ? words[(seed >> 40) % ARRAY_SIZE(words)] : (uint32_t)(seed >> 8));
			memcpy(tree + (seed >> 33) % (size / 4) * 4, &w, 4);
		}
		parse_copy(tree, size);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_virt, setup),
		cmocka_unit_test_setup(test_initrd_of_64_bits, setup),
		cmocka_unit_test_setup(test_console, setup),
		cmocka_unit_test_setup(test_limits, setup),
		cmocka_unit_test_setup(test_missing, setup),
		cmocka_unit_test_setup(test_wrong_numbers, setup),
		cmocka_unit_test_setup(test_unprintable, setup),
		cmocka_unit_test_setup(test_many_reserved, setup),
		cmocka_unit_test_setup(test_long_values, setup),
		cmocka_unit_test_setup(test_buses, setup),
		cmocka_unit_test_setup(test_huge_cells, setup),
		cmocka_unit_test_setup(test_virtio, setup),
		cmocka_unit_test_setup(test_cut_off, setup),
		cmocka_unit_test_setup(test_bytes_changed, setup),
		cmocka_unit_test_setup(test_words_changed, setup),
	};

	return UNIT_RUN(tests);
}
