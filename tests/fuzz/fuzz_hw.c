/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * core/hw: the host's device tree, as any bytes, or a sound one that is changed. An answer each time: OK, or an error
 * with one line of text. What is accepted is within hw.h's bounds and free of contradictions, and the same input gives
 * the same machine.
 */
#include "fuzz.h"

#include "core/hw.h"
#include "role/machine_make.h"
#include "tree.h"

static const char text[] =
	"/dts-v1/; /memreserve/ 0x45000000 0x2000;\n"
	"/ { compatible = \"linux,dummy-virt\"; model = \"of a fuzzer\"; #address-cells = <2>; #size-cells = <2>;\n"
	"  interrupt-parent = <1>;\n"
	"  chosen { stdout-path = \"/soc/uart@9000000\"; linux,initrd-start = <0x48000000>;\n"
	"    linux,initrd-end = <0 0x49000000>; rng-seed = <1 2 3 4 5 6 7 8>; };\n"
	"  aliases { serial0 = \"/soc/uart@9000000\"; };\n"
	"  memory@40000000 { device_type = \"memory\"; reg = <0 0x40000000 0 0x20000000>; };\n"
	"  memory@100000000 { device_type = \"memory\"; reg = <1 0 1 0>, <3 0 0 0x10000>; };\n"
	"  reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;\n"
	"    fw@43000000 { reg = <0 0x43000000 0 0x10000>; no-map; }; pool { size = <0 0x100000>; }; };\n"
	"  cpus { #address-cells = <1>; #size-cells = <0>;\n"
	"    cpu@0 { device_type = \"cpu\"; reg = <0>; enable-method = \"psci\"; };\n"
	"    cpu@1 { device_type = \"cpu\"; reg = <1>; };\n"
	"    cpu@100 { device_type = \"cpu\"; reg = <0x100>; status = \"disabled\"; }; };\n"
	"  psci { compatible = \"arm,psci-1.0\", \"arm,psci-0.2\"; method = \"smc\"; };\n"
	"  timer { compatible = \"arm,armv8-timer\"; interrupts = <1 13 4>, <1 14 4>, <1 11 4>, <1 10 4>; };\n"
	"  soc { #address-cells = <1>; #size-cells = <1>; ranges = <0 0 0 0x10000000>;\n"
	"    gic: intc@8000000 { compatible = \"arm,gic-v3\"; #interrupt-cells = <3>; interrupt-controller;\n"
	"      #redistributor-regions = <1>; reg = <0x8000000 0x10000>, <0x80a0000 0xf60000>; interrupts = <1 9 4>;\n"
	"      phandle = <1>; };\n"
	"    uart@9000000 { compatible = \"arm,pl011\", \"arm,primecell\"; reg = <0x9000000 0x1000>; interrupts = <0 1 4>; };\n"
	"    rtc@9010000 { compatible = \"arm,pl031\"; reg = <0x9010000 0x1000>; interrupts = <0 2 4>; };\n"
	"    bus@a000000 { compatible = \"simple-bus\"; #address-cells = <1>; #size-cells = <1>;\n"
	"      ranges = <0 0xa000000 0x1000>; virtio@0 { compatible = \"virtio,mmio\"; reg = <0 0x200>; interrupts = <0 16 1>; }; };\n"
	"  };\n};\n";

static const char *const props[] = {
	"compatible",
	"reg",
	"status",
	"ranges",
	"#address-cells",
	"#size-cells",
	"stdout-path",
	"interrupts",
	"device_type",
	"linux,initrd-start",
	"method",
	"rng-seed",
	"linux,initrd-end",
	"model",
	"#redistributor-regions",
	"redistributor-stride",
	"no-map",
	"enable-method",
	"interrupt-parent",
	"dma-coherent",
};
static const char *const strings[] = { "arm,pl011",
				       "arm,pl031",
				       "arm,gic-v3",
				       "arm,psci-1.0",
				       "virtio,mmio",
				       "arm,armv8-timer",
				       "memory",
				       "cpu",
				       "okay",
				       "disabled",
				       "smc",
				       "hvc",
				       "serial0",
				       "serial0:115200n8",
				       "/soc/rtc@9010000",
				       "/soc/uart@9000000:9600",
				       "linux,dummy-virt",
				       "ok",
				       "" };
static const char *const nodes[] = { "memory@", "cpu@", "uart@", "bus@", "fw@", "intc@" };
static const struct tree_words words = { props, ARRAY_SIZE(props), strings, ARRAY_SIZE(strings),
					 nodes, ARRAY_SIZE(nodes) };

static struct blob base;
static struct hw got, again;

void fuzz_setup(void)
{
	struct hw_error err;

	base = machine_dtc(text);
	if (hw_parse(base.data, base.size, &got, &err))
		fuzz_fail(__FILE__, __LINE__, "the sound tree is refused: %s", err.text);
}

static bool is_range(const struct hw_range *r)
{
	return r->size && r->base + (r->size - 1) >= r->base;
}

static void check(void)
{
	MUST(got.nr_banks >= 1 && got.nr_banks <= HW_BANKS_MAX && got.nr_reserved <= HW_RESERVED_MAX);
	MUST(got.nr_cpus >= 1 && got.nr_cpus <= CONFIG_MAX_CPUS);
	MUST(got.nr_gicr >= 1 && got.nr_gicr <= HW_GICR_MAX);
	MUST(got.seed_size <= HW_SEED_MAX);
	MUST(got.maintenance_intid >= 16 && got.maintenance_intid < 1020 && got.uart_intid < 1020);
	MUST(memchr(got.model, 0, sizeof(got.model)));
	for (unsigned int i = 0; i < 4; i++)
		MUST(got.timer_intid[i] >= 16 && got.timer_intid[i] < 1020);
	for (unsigned int i = 0; i < got.nr_banks; i++)
		MUST(is_range(&got.bank[i]));
	for (unsigned int i = 0; i < got.nr_reserved; i++)
		MUST(got.reserved[i].base + got.reserved[i].size >= got.reserved[i].base);
	for (unsigned int i = 0; i < got.nr_gicr; i++)
		MUST(is_range(&got.gicr[i]));
	MUST(is_range(&got.gicd));
	MUST(!got.uart.size || is_range(&got.uart));
	MUST(!got.rtc.size || is_range(&got.rtc));
	MUST(!got.initrd.size || is_range(&got.initrd));
	for (unsigned int i = 0; i < got.nr_cpus; i++)
		for (unsigned int k = 0; k < i; k++)
			MUST(got.mpidr[i] != got.mpidr[k]);
}

/* The virtio devices, of a tree that was accepted: by address, interrupts that are SPIs. */
static void check_virtio(const void *tree)
{
	struct hw_virtio list[3];
	unsigned int n = hw_find_virtio(tree, list, ARRAY_SIZE(list));

	MUST(n <= ARRAY_SIZE(list));
	for (unsigned int i = 0; i < n; i++) {
		MUST(is_range(&list[i].regs) && list[i].intid >= 32 && list[i].intid < 1020);
		MUST(!i || list[i - 1].regs.base <= list[i].regs.base);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = fuzz_open(data, size);
	bool raw = fuzz_u8(&f) % 16 == 15;
	size_t n = raw ? f.left : base.size;
	struct hw_error err;
	uint8_t *tree;
	int r;

	if (raw && (!n || n > 16384))
		return 0;
	if (raw) {
		tree = aligned_alloc(8, ALIGN_UP(n, 8));
		memcpy(tree, f.p, n);
	} else {
		tree = tree_changed(&f, base.data, &n, &words);
	}
	memset(&got, 0xa5, sizeof(got));
	memset(&err, 0xa5, sizeof(err));
	r = hw_parse(tree, n, &got, &err);
	MUST(r == OK || r == E_FORMAT);
	MUST(memchr(err.text, 0, sizeof(err.text)));
	MUST((err.text[0] != 0) == (r != OK));
	for (const char *c = err.text; *c; c++)
		MUST(*c >= ' ' && *c <= '~');
	if (r == OK) {
		check();
		check_virtio(tree);
		memset(&again, 0x5a, sizeof(again));
		MUST_EQ(hw_parse(tree, n, &again, &err), OK);
		MUST(again.nr_banks == got.nr_banks && again.nr_cpus == got.nr_cpus &&
		     again.nr_reserved == got.nr_reserved && again.uart.base == got.uart.base);
	}
	free(tree);
	return 0;
}
