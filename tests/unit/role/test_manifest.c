/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/manifest: SPMC and SP manifests, good and bad. Each bad one must give exactly one line that names file,
 * node and property; a bad SP must leave the others alone.
 */
#include "manifest_world.h"

static struct sp_manifest other;
static struct blob other_tree;

/* --- the SPMC's --- */

static void a_whole_spmc_manifest(void **state)
{
	static const struct manifest_range want[] = {
		{ MANIFEST_RAM, 0x0e100000, 0xf00000 },
		{ MANIFEST_NS_RAM, 0x40000000, 0x20000000 },
		{ MANIFEST_NS_RAM, UINT64_C(1) << 32, 0x1000000 },
		{ MANIFEST_DEVICE, 0x09000000, 0x1000000 },
		{ MANIFEST_NS_DEVICE, 0x0a000000, 0x1000000 },
	};

	(void)state;
	assert_int_equal(parse_spmc(NULL, NULL), OK);
	assert_int_equal(log_lines, 0);
	assert_true(spmc.spmc_id == 0x8000 && spmc.major == 1 && spmc.minor == 2);
	assert_true(spmc.load_address == 0x0e100000 && spmc.entrypoint == 0x0e100000 && spmc.binary_size == 0x100000);
	assert_int_equal(spmc.nr_ranges, ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_int_equal(spmc.range[i].kind, want[i].kind);
		assert_int_equal(spmc.range[i].base, want[i].base);
		assert_int_equal(spmc.range[i].size, want[i].size);
	}
	assert_int_equal(spmc.nr_cpus, 4);
	assert_int_equal(spmc.mpidr[1], 1);
	assert_int_equal(spmc.nr_sps, 2);
	assert_int_equal(spmc.nr_refused, 0);
	assert_string_equal(spmc.sp[0].name, "hello");
	assert_true(spmc.sp[0].id == 0x8001 && spmc.sp[0].load_address == 0x0e400000 &&
		    spmc.sp[0].mem_size == 0x100000 && spmc.sp[0].vcpu_count == 1);
	assert_true(spmc.sp[1].id == 0x8002 && spmc.sp[1].mem_size == 0x200000 && spmc.sp[1].vcpu_count == 4);
}

static void no_sp_at_all_is_no_error(void **state)
{
	(void)state;
	assert_int_equal(parse_spmc("hypervisor {", "other {"), OK);
	assert_int_equal(spmc.nr_sps, 0);
	assert_int_equal(spmc.nr_refused, 0);
	assert_int_equal(parse_spmc("cpus {", "other {"), OK);
	assert_int_equal(spmc.nr_cpus, 0);
	assert_int_equal(spmc.nr_sps, 2);
}

struct bad {
	const char *from, *to;
	int error;
	const char *line; /* behind the file's name */
};

static void spmc_manifests_that_end_the_boot(void **state)
{
	static const struct bad bad[] = {
		{ "arm,ffa-core-manifest-1.0", "arm,ffa-core-manifest-2.0", E_FORMAT,
		  "/: compatible: must be \"arm,ffa-core-manifest-1.0\"" },
		{ "attribute {", "attributes {", E_INVAL, "/: attribute: is missing" },
		{ "spmc_id = <0x8000>; ", "", E_INVAL, "/attribute: spmc_id: is missing" },
		{ "<0x8000>", "<0x7fff>", E_RANGE, "/attribute: spmc_id: 0x7fff is no identifier of the secure world" },
		{ "<0x8000>", "<0xffff>", E_RANGE, "/attribute: spmc_id: 0xffff is no identifier of the secure world" },
		{ "<0x8000>", "<1 0x8000>", E_RANGE, "/attribute: spmc_id: 0x100008000 is more than 0xffffffff" },
		{ "exec_state = <0>", "exec_state = <1>", E_NOTSUP, "/attribute: exec_state: must be 0: AArch64" },
		{ "binary_size = <0x100000>", "binary_size = <0xffffffff 0xffffffff>", E_RANGE,
		  "/attribute: binary_size: wraps" },
		{ "hafnium,hafnium", "hafnium", E_INVAL, "/hypervisor: compatible: must be \"hafnium,hafnium\"" },
		{ "device_type = \"memory\"", "device_type = \"ram\"", E_INVAL,
		  "/: memory: no node has the device_type \"memory\": there is no secure RAM" },
		{ "reg = <0 0x0e100000 0 0xf00000>", "reg = <0 0x0e100000 0>", E_INVAL,
		  "/memory@e100000: reg: must be addresses and sizes as #address-cells, #size-cells say" },
		{ "reg = <0 0x0e100000 0 0xf00000>;", "", E_INVAL,
		  "/memory@e100000: reg: must be addresses and sizes as #address-cells, #size-cells say" },
		{ "reg = <0 0x0e100000 0 0xf00000>", "reg = <0 0x0e100000 0 0>", E_RANGE,
		  "/memory@e100000: reg: 0xe100000, 0x0 bytes: empty, no pages, or wraps" },
		{ "reg = <0 0x0e100000 0 0xf00000>", "reg = <0 0x0e100000 0 0x800>", E_RANGE,
		  "/memory@e100000: reg: 0xe100000, 0x800 bytes: empty, no pages, or wraps" },
		{ "reg = <0 0x0e100000 0 0xf00000>", "reg = <0xffffffff 0xfffff000 0 0x2000>", E_RANGE,
		  "/memory@e100000: reg: 0xfffffffffffff000, 0x2000 bytes: empty, no pages, or wraps" },
		{ "reg = <0 0x09000000 0 0x1000000>", "reg = <0 0x0e000000 0 0x200000>", E_EXIST,
		  "/memory@9000000: reg: 0xe000000 to 0xe1fffff overlaps another range of memory" },
		{ "reg = <0 1>", "reg = <0 0>", E_EXIST, "/cpus/cpu@1: reg: 0x0 is there twice" },
		{ "reg = <0 1>", "reg = <1 1 1>", E_INVAL, "/cpus/cpu@1: reg: must be one cell, or two (64 bits)" },
		{ "reg = <0 1>", "reg = <0 0x80000001>", E_RANGE, "/cpus/cpu@1: reg: 0x80000001 is no MPIDR" },
	};
	char line[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(parse_spmc(bad[i].from, bad[i].to), bad[i].error);
		snprintf(line, sizeof(line), "spmc.dtb: %s", bad[i].line);
		assert_logged(line);
	}
}

static void an_sp_that_is_wrong_there_leaves_the_others(void **state)
{
	static const struct bad bad[] = {
		{ "is_ffa_partition; debug_name = \"hello\"", "debug_name = \"hello\"", 0,
		  "/hypervisor/vm1: is_ffa_partition: is missing" },
		{ "debug_name = \"hello\"; ", "", 0, "/hypervisor/vm1: debug_name: is missing" },
		{ "\"hello\"", "\"\"", 0, "/hypervisor/vm1: debug_name: is empty" },
		{ "<0x0e400000>", "<0x0e400800>", 0,
		  "/hypervisor/vm1: load_address: 0xe400800 is no multiple of 4 KiB" },
		{ "mem_size = <0x100000>", "mem_size = <0>", 0,
		  "/hypervisor/vm1: mem_size: 0x0 is 0, no multiple of 4 KiB, or wraps" },
		{ "mem_size = <0x100000>", "mem_size = <0xffffffff 0xfffff000>", 0,
		  "/hypervisor/vm1: mem_size: 0xfffffffffffff000 is 0, no multiple of 4 KiB, or wraps" },
		{ "vcpu_count = <1>", "vcpu_count = <1 1>", 0,
		  "/hypervisor/vm1: vcpu_count: 0x100000001 is more than 0xffffffff" },
		{ "vcpu_count = <1>", "vcpu_count = <1>; hyp_loaded", 0,
		  "/hypervisor/vm1: hyp_loaded: is not supported" },
		{ "vm1 {", "vm0 {", 0, "/hypervisor/vm0: name: an SP's node is vm1, vm2, ..." },
		{ "vm1 {", "vm01 {", 0, "/hypervisor/vm01: name: an SP's node is vm1, vm2, ..." },
		{ "vm1 {", "vm32767 {", 0, "/hypervisor/vm32767: name: an SP's node is vm1, vm2, ..." },
		{ "vm1 {", "vm4294967297 {", 0, "/hypervisor/vm4294967297: name: an SP's node is vm1, vm2, ..." },
		{ "vm1 {", "sp1 {", 0, "/hypervisor/sp1: name: an SP's node is vm1, vm2, ..." },
		{ "<0x0e400000>", "<0x0f000000>", 0,
		  "/hypervisor/vm1: load_address: 0xf000000 to 0xf0fffff is not in secure RAM" },
		{ "<0x0e400000>", "<0x0ef01000>", 0,
		  "/hypervisor/vm1: load_address: 0xef01000 to 0xf000fff is not in secure RAM" },
		{ "<0x0e400000>", "<0x40000000>", 0,
		  "/hypervisor/vm1: load_address: 0x40000000 to 0x400fffff is not in secure RAM" },
		{ "<0x0e400000>", "<0x0e1ff000>", 0,
		  "/hypervisor/vm1: load_address: 0xe1ff000 to 0xe2fefff overlaps the SPMC" },
	};
	char line[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(parse_spmc(bad[i].from, bad[i].to), OK);
		snprintf(line, sizeof(line), "spmc.dtb: %s", bad[i].line);
		assert_logged(line);
		assert_int_equal(spmc.nr_refused, 1);
		assert_int_equal(spmc.nr_sps, 1);
		assert_int_equal(spmc.sp[0].id, 0x8002);
	}
	assert_int_equal(parse_spmc("vm1 {", "vm32766 {"), OK);
	assert_int_equal(spmc.sp[0].id, 0xfffe);
}

/* The first one has it. */
static void sps_that_overlap(void **state)
{
	(void)state;
	assert_int_equal(parse_spmc("<0 0x0e600000>", "<0 0x0e4ff000>"), OK);
	assert_logged("spmc.dtb: /hypervisor/vm2: load_address: 0xe4ff000 to 0xe6fefff overlaps hello");
	assert_true(spmc.nr_refused == 1 && spmc.nr_sps == 1 && spmc.sp[0].id == 0x8001);
	assert_int_equal(parse_spmc("<0 0x0e600000>", "<0 0x0e500000>"), OK);
	assert_true(spmc.nr_refused == 0 && spmc.nr_sps == 2);
}

static void more_sps_than_fit(void **state)
{
	char nodes[2048] = "vm1 {";
	size_t n = 0;

	(void)state;
	for (unsigned int i = 3; i < 3 + MANIFEST_SPS_MAX - 1; i++)
		n += (size_t)snprintf(
			nodes + n, sizeof(nodes) - n,
			"vm%u { is_ffa_partition; debug_name = \"x\"; load_address = <0x%x>; vcpu_count = <1>; "
			"mem_size = <0x1000>; };\n",
			i, 0x0e800000 + i * 0x1000);
	snprintf(nodes + n, sizeof(nodes) - n, "vm1 {");
	assert_int_equal(parse_spmc("vm1 {", nodes), OK);
	assert_int_equal(spmc.nr_sps, MANIFEST_SPS_MAX);
	assert_int_equal(spmc.nr_refused, 1);
	assert_logged("spmc.dtb: /hypervisor/vm2: compatible: more than 8 SPs");
}

/* --- an SP's --- */

static void every_property(void **state)
{
	(void)state;
	assert_int_equal(parse_sp(NULL, NULL), OK);
	assert_int_equal(log_lines, 0);
	assert_int_equal(log_notes, 0); /* none is unknown */
	assert_int_equal(sp.ffa_version, 0x10001);
	assert_int_equal(sp.nr_uuids, 2);
	assert_int_equal(sp.uuid[0].w[0], 0x11111111);
	assert_int_equal(sp.uuid[1].w[3], 8);
	assert_true(sp.id == 0x8001 && sp.own_id == 0x8001 && sp.auxiliary_id == 0xae); /* not vm2's 0x8002 */
	assert_true(sp.load_address == 0x0e600000 && sp.mem_size == 0x200000);
	assert_true(sp.ctx_count == 4 && sp.exception_level == 2 && sp.execution_state == 0 && sp.xlat_granule == 0);
	assert_true(sp.entrypoint_offset == 0x4000 && sp.boot_order == 3 && sp.messaging == 7 && sp.gp_register == 0);
	assert_true(sp.ns_action == SP_NS_MANAGED_EXIT && sp.managed_exit_virq && sp.other_s_action == SP_S_SIGNALED);
	assert_true(sp.sri_policy == 2 && sp.notifications && sp.power_messages == 9 && sp.vm_messages == 3);
	assert_true(sp.lifecycle && sp.abort_action == 1 && sp.boot_info_fdt);
	assert_int_equal(manifest_properties(&sp), 0x7 | 0x8 | 0x40 | 0x80 | 0x100);
}

static void every_region(void **state)
{
	const struct sp_region *r = sp.region;
	const struct sp_device *d = sp.device;

	(void)state;
	assert_int_equal(parse_sp(NULL, NULL), OK);
	assert_int_equal(sp.nr_regions, 4);
	assert_true(sp.rx == 0 && sp.tx == 1);
	/* An RX buffer that is read-only there can be written: that is how its messages get in. */
	assert_true(r[0].base == 0x0e900000 && r[0].pages == 1 && r[0].attributes == (SP_ATTR_READ | SP_ATTR_WRITE));
	assert_string_equal(r[0].node, "/memory-regions/rx");
	assert_true(r[1].base == 0x0e901000 && r[1].relative == UINT64_MAX);
	assert_true(r[2].base == 0x0e610000 && r[2].relative == 0x10000 && r[2].pages == 16);
	assert_true(r[3].attributes == (SP_ATTR_READ | SP_ATTR_WRITE | SP_ATTR_NS));
	assert_true(r[3].smmu_id == 1 && r[3].nr_streams == 2 && r[3].stream[1] == 8 && r[0].smmu_id == SP_NO_ID);
	assert_int_equal(sp.nr_devices, 2);
	assert_true(d[0].at.base == 0x09040000 && d[0].exclusive && d[0].nr_irqs == 2);
	assert_true(d[0].irq[0].intid == 40 && !d[0].irq[0].targeted && (d[0].irq[0].attributes & SP_IRQ_SECURE) &&
		    !(d[0].irq[0].attributes & SP_IRQ_LEVEL));
	assert_true(d[0].irq[1].intid == 41 && d[0].irq[1].targeted && d[0].irq[1].mpidr == 3);
	assert_true((d[0].irq[1].attributes & SP_IRQ_LEVEL) && SP_IRQ_PRIORITY(d[0].irq[1].attributes) == 0x10);
	assert_true(!d[1].exclusive && d[1].nr_irqs == 1 && d[1].irq[0].intid == 29);
}

static void what_is_not_said(void **state)
{
	static const char small[] =
		"/dts-v1/;\n/ { compatible = \"arm,ffa-manifest-1.0\"; ffa-version = <0x10000>; uuid = <1 2 3 4>;\n"
		"execution-ctx-count = <1>; exception-level = <2>; execution-state = <0>; messaging-method = <1>; };\n";
	struct manifest_source src = { .file = "small" };
	struct blob b = machine_dtc(small);

	(void)state;
	src.fdt = b.data;
	src.size = b.size;
	log_forget();
	assert_int_equal(manifest_parse_sp(&src, &spmc.sp[0], &sp), OK);
	assert_int_equal(log_lines, 0);
	assert_true(sp.id == 0x8001 && sp.own_id == 0 && sp.boot_order == SP_LAST_TO_BOOT &&
		    sp.gp_register == SP_NO_ID);
	assert_true(sp.ns_action == SP_NS_SIGNALED && sp.other_s_action == SP_S_SIGNALED && !sp.managed_exit_virq);
	assert_true(sp.rx == -1 && sp.tx == -1 && !sp.nr_regions && !sp.nr_devices && !sp.boot_info_fdt);
	assert_true(sp.power_messages == 0 && sp.manifest_load_address == SP_NO_LOAD && sp.entrypoint_offset == 0);
	machine_blob_free(&b);
}

static void managed_exit_by_its_old_name(void **state)
{
	(void)state;
	assert_int_equal(parse_sp("ns-interrupts-action = <1>; ", ""), OK);
	assert_int_equal(sp.ns_action, SP_NS_MANAGED_EXIT);
	assert_int_equal(parse_sp("ns-interrupts-action = <1>; managed-exit; ", "ns-interrupts-action = <2>; "), OK);
	assert_int_equal(sp.ns_action, SP_NS_SIGNALED);
	assert_false(sp.managed_exit_virq);
	assert_int_equal(
		parse_sp("ns-interrupts-action = <1>; managed-exit; managed-exit-virq; other-s-interrupts-action = <1>",
			 "ns-interrupts-action = <0>; other-s-interrupts-action = <0>"),
		OK);
	assert_true(sp.ns_action == SP_NS_QUEUED && sp.other_s_action == SP_S_QUEUED);
}

static void what_is_only_worth_a_line(void **state)
{
	(void)state;
	assert_int_equal(parse_sp("load-address = <0x0e600000>", "load-address = <0x7000000>"), OK);
	assert_logged("irq: /: load-address: 0x7000000, but it is at 0xe600000");
	assert_int_equal(parse_sp("execution-ctx-count = <4>", "execution-ctx-count = <1>"), OK);
	assert_logged("irq: /: execution-ctx-count: 1, but the SPMC's manifest says vcpu_count 4: the former counts");
	assert_int_equal(sp.ctx_count, 1);
	assert_int_equal(sp.power_messages, 0); /* UP SPs get none */
	assert_int_equal(parse_sp("run-time-model", "walk-time-model"), OK);
	assert_int_equal(log_lines, 0);
	assert_string_equal(log_last_note, "irq: /: walk-time-model: ignored");
}

static void bad_roots(void **state)
{
	static const struct bad bad[] = {
		{ "arm,ffa-manifest-1.0", "arm,ffa-manifest-3.0", E_FORMAT,
		  "/: compatible: must be \"arm,ffa-manifest-1.0\"" },
		{ "ffa-version = <0x00010001>;", "", E_INVAL, "/: ffa-version: is missing" },
		{ "<0x00010001>", "<0x00010003>", E_NOTSUP, "/: ffa-version: 1.3: this is FF-A 1.0 to 1.2" },
		{ "<0x00010001>", "<0x00020000>", E_NOTSUP, "/: ffa-version: 2.0: this is FF-A 1.0 to 1.2" },
		{ "uuid = <0x11111111 0x22222222 0x33333333 0x44444444>, <5 6 7 8>;", "", E_INVAL,
		  "/: uuid: is missing" },
		{ ", <5 6 7 8>", ", <5 6 7>", E_INVAL, "/: uuid: must be 1 to 4 times four cells" },
		{ ", <5 6 7 8>", ", <1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1>", E_INVAL,
		  "/: uuid: must be 1 to 4 times four cells" },
		{ ", <5 6 7 8>", ", <0 0 0 0>", E_INVAL, "/: uuid: is nil" },
		{ ", <5 6 7 8>", ", " UUID_1, E_EXIST, "/: uuid: has the same one twice" },
		{ " id = <1>", " id = <0>", E_RANGE, "/: id: 0x0 is no identifier of an SP" },
		{ " id = <1>", " id = <0xffff>", E_RANGE, "/: id: 0xffff is no identifier of an SP" },
		{ " id = <1>", " id = <0x18001>", E_RANGE, "/: id: 0x18001 is no identifier of an SP" },
		{ "execution-ctx-count = <4>", "execution-ctx-count = <0>", E_RANGE,
		  "/: execution-ctx-count: 0: must be 1 to 16" },
		{ "execution-ctx-count = <4>", "execution-ctx-count = <17>", E_RANGE,
		  "/: execution-ctx-count: 17: must be 1 to 16" },
		{ "exception-level = <2>", "exception-level = <1>", E_NOTSUP,
		  "/: exception-level: 1: an SP at S-EL0 is not supported" },
		{ "exception-level = <2>", "exception-level = <7>", E_INVAL,
		  "/: exception-level: 7 is no exception level" },
		{ "exception-level = <2>", "exception-level", E_INVAL,
		  "/: exception-level: must be one cell, or two (64 bits)" },
		{ "exception-level = <2>;", "", E_INVAL, "/: exception-level: is missing" },
		{ "execution-state = <0>", "execution-state = <1>", E_NOTSUP,
		  "/: execution-state: 1: only AArch64 (0) is supported" },
		{ "xlat-granule = <0>", "xlat-granule = <2>", E_NOTSUP,
		  "/: xlat-granule: 2: only 4 KiB (0) is supported" },
		{ "entrypoint-offset = <0x4000>", "entrypoint-offset = <0x200000>", E_RANGE,
		  "/: entrypoint-offset: 0x200000 is outside the SP's 0x200000 bytes, or no multiple of 4" },
		{ "entrypoint-offset = <0x4000>", "entrypoint-offset = <0x4002>", E_RANGE,
		  "/: entrypoint-offset: 0x4002 is outside the SP's 0x200000 bytes, or no multiple of 4" },
		{ "boot-order = <3>", "boot-order = <0x10000>", E_RANGE, "/: boot-order: 0x10000 is more than 0xffff" },
		{ "gp-register-num = <0>", "gp-register-num = <4>", E_RANGE,
		  "/: gp-register-num: 0x4 is more than 0x3" },
		{ "messaging-method = <7>;", "", E_INVAL, "/: messaging-method: is missing" },
		{ "messaging-method = <7>", "messaging-method = <0x10>", E_INVAL,
		  "/: messaging-method: 0x10 has unknown bits" },
		{ "messaging-method = <7>", "messaging-method = <0x207>", E_INVAL,
		  "/: messaging-method: 0x207 has bits of FF-A 1.2, but ffa-version is 1.1" },
		{ "ns-interrupts-action = <1>", "ns-interrupts-action = <3>", E_RANGE,
		  "/: ns-interrupts-action: 0x3 is more than 0x2" },
		{ "other-s-interrupts-action = <1>", "other-s-interrupts-action = <2>", E_RANGE,
		  "/: other-s-interrupts-action: 0x2 is more than 0x1" },
		{ "other-s-interrupts-action = <1>", "other-s-interrupts-action = <0>", E_INVAL,
		  "/: other-s-interrupts-action: queued, but ns-interrupts-action is not" },
		{ "vm-availability-messages = <3>", "vm-availability-messages = <4>", E_RANGE,
		  "/: vm-availability-messages: 0x4 is more than 0x3" },
		{ "notification-support;", "notification-support = <1>;", E_INVAL,
		  "/: notification-support: takes no value" },
		{ "arm,ffa-manifest-boot-info", "x", E_INVAL,
		  "/boot-info: compatible: must be \"arm,ffa-manifest-boot-info\"" },
		{ "arm,ffa-manifest-rx_tx-buffer", "x", E_INVAL,
		  "/rx_tx-info: compatible: must be \"arm,ffa-manifest-rx_tx-buffer\"" },
		{ "rx-buffer = <&rx>", "rx-buffer = <77>", E_INVAL,
		  "/rx_tx-info: rx-buffer: names none of the memory-regions" },
		{ "tx-buffer = <&tx>", "tx-buffer = <0>", E_INVAL,
		  "/rx_tx-info: tx-buffer: names none of the memory-regions" },
		{ "tx-buffer = <&tx>", "tx-buffer = <&rx>", E_INVAL,
		  "/rx_tx-info: tx-buffer: must be another region than rx-buffer, of the same size" },
		{ "tx: tx { pages-count = <1>", "tx: tx { pages-count = <2>", E_INVAL,
		  "/rx_tx-info: tx-buffer: must be another region than rx-buffer, of the same size" },
		{ "rx-buffer = <&rx>; tx-buffer = <&tx>", "rx-buffer = <&tx>; tx-buffer = <&rx>", E_INVAL,
		  "/rx_tx-info: tx-buffer: /memory-regions/rx must be secure memory to read and write, of 1 to 16 pages" },
		{ "<0 0x0e900000>; attributes = <1>", "<0 0x0e900000>; attributes = <5>", E_INVAL,
		  "/rx_tx-info: rx-buffer: /memory-regions/rx must be secure memory to read, of 1 to 16 pages" },
		{ "<0 0x0e900000>; attributes = <1>", "<0 0x0e900000>; attributes = <9>", E_INVAL,
		  "/rx_tx-info: rx-buffer: /memory-regions/rx must be secure memory to read, of 1 to 16 pages" },
		{ "<0x0e901000>; attributes = <3>", "<0x0e901000>; attributes = <0xb>", E_INVAL,
		  "/rx_tx-info: tx-buffer: /memory-regions/tx must be secure memory to read and write, of 1 to 16 pages" },
		{ "rx: rx { description = \"rx\"; pages-count = <1>; base-address = <0 0x0e900000>; attributes = <1>; };\n"
		  "tx: tx { pages-count = <1>;",
		  "rx: rx { pages-count = <17>; base-address = <0 0x0ea00000>; attributes = <1>; };\n"
		  "tx: tx { pages-count = <17>;",
		  E_INVAL,
		  "/rx_tx-info: rx-buffer: /memory-regions/rx must be secure memory to read, of 1 to 16 pages" },
	};
	char line[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(parse_sp(bad[i].from, bad[i].to), bad[i].error);
		snprintf(line, sizeof(line), "irq: %s", bad[i].line);
		assert_logged(line);
	}
	assert_int_equal(parse_sp("ffa-version = <0x00010001>", "ffa-version = <0x00010002>"), OK);
}

static void bad_regions(void **state)
{
	static const struct bad bad[] = {
		{ "arm,ffa-manifest-memory-regions", "x", E_INVAL,
		  "/memory-regions: compatible: must be \"arm,ffa-manifest-memory-regions\"" },
		{ "pages-count = <16>", "pages-count = <0>", E_INVAL,
		  "/memory-regions/heap: pages-count: 0: a region has pages" },
		{ "pages-count = <16>; ", "", E_INVAL, "/memory-regions/heap: pages-count: is missing" },
		{ "load-address-relative-offset = <0 0x10000>; ", "", E_INVAL,
		  "/memory-regions/heap: base-address: is missing, and so is load-address-relative-offset" },
		{ "load-address-relative-offset = <0 0x10000>",
		  "load-address-relative-offset = <0>; base-address = <0>", E_INVAL,
		  "/memory-regions/heap: base-address: is given together with load-address-relative-offset" },
		{ "load-address-relative-offset = <0 0x10000>",
		  "load-address-relative-offset = <0xffffffff 0xfffff000>", E_RANGE,
		  "/memory-regions/heap: load-address-relative-offset: wraps" },
		{ "<0 0x10000>", "<0 0x10800>", E_INVAL,
		  "/memory-regions/heap: load-address-relative-offset: 0xe610800 is no multiple of 4 KiB" },
		{ "base-address = <0 0x48000000>", "base-address = <0xffffffff 0xfffff000>", E_RANGE,
		  "/memory-regions/shared: pages-count: 0x2 wraps" },
		{ "attributes = <0xb>", "attributes = <2>", E_INVAL,
		  "/memory-regions/shared: attributes: 0x2: must be read-only, read-write or read-execute" },
		{ "attributes = <0xb>", "attributes = <7>", E_INVAL,
		  "/memory-regions/shared: attributes: 0x7: must be read-only, read-write or read-execute" },
		{ "smmu-id = <1>; ", "", E_INVAL, "/memory-regions/shared: smmu-id: is missing: there are stream-ids" },
		{ "stream-ids = <7 8>", "stream-ids = <1 2 3 4 5 6 7 8 9>", E_RANGE,
		  "/memory-regions/shared: stream-ids: more than 8" },
		{ "arm,ffa-manifest-device-regions", "x", E_INVAL,
		  "/device-regions: compatible: must be \"arm,ffa-manifest-device-regions\"" },
		{ "uart { base-address = <0 0x09040000>; ", "uart { ", E_INVAL,
		  "/device-regions/uart: base-address: is missing" },
		{ "attributes = <3>; interrupts = <40 0x900 41 0xb10>", "attributes = <5>", E_INVAL,
		  "/device-regions/uart: attributes: 0x5: must be read-only, read-write" },
		{ "<29 0x500>", "<29>", E_INVAL,
		  "/device-regions/timer: interrupts: must be pairs: INTID, attributes" },
		{ "<29 0x500>", "<15 0x500>", E_RANGE, "/device-regions/timer: interrupts: 15 is no PPI or SPI" },
		{ "<29 0x500>", "<1020 0x500>", E_RANGE, "/device-regions/timer: interrupts: 1020 is no PPI or SPI" },
		{ "<29 0x500>", "<0xffffffff 0x500>", E_RANGE,
		  "/device-regions/timer: interrupts: 4294967295 is no PPI or SPI" },
		{ "<29 0x500>", "<29 0x500 29 0x500>", E_EXIST,
		  "/device-regions/timer: interrupts: 29 is there twice" },
		{ "<29 0x500>", "<20 0 21 0 22 0 23 0 24 0 25 0 26 0 27 0 28 0>", E_RANGE,
		  "/device-regions/timer: interrupts: more than 8" },
		{ "<41 0 0x3>", "<41 0>", E_INVAL,
		  "/device-regions/uart: interrupts-target: must be triples: INTID, MPIDR (64 bits)" },
		{ "<41 0 0x3>", "<42 0 0x3>", E_INVAL,
		  "/device-regions/uart: interrupts-target: 42 is none of its interrupts, or 0x3 no MPIDR" },
		{ "<41 0 0x3>", "<41 0x100 0x3>", E_INVAL,
		  "/device-regions/uart: interrupts-target: 41 is none of its interrupts, or 0x10000000003 no MPIDR" },
	};
	char line[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(parse_sp(bad[i].from, bad[i].to), bad[i].error);
		snprintf(line, sizeof(line), "irq: %s", bad[i].line);
		assert_logged(line);
	}
}

static void too_many_or_no_regions(void **state)
{
	char nodes[4096] = "";
	size_t n = 0;

	(void)state;
	for (unsigned int i = 0; i < MANIFEST_REGIONS_MAX - 3; i++)
		n += (size_t)snprintf(nodes + n, sizeof(nodes) - n,
				      "r%u { pages-count = <1>; base-address = <%u>; attributes = <1>; };\n", i,
				      i * 4096);
	snprintf(nodes + n, sizeof(nodes) - n, "heap {");
	assert_int_equal(parse_sp("heap {", nodes), E_RANGE);
	assert_logged("irq: /memory-regions/shared: base-address: more than 16 regions");
	assert_int_equal(parse_sp("device-regions {",
				  "device-regions { compatible = \"arm,ffa-manifest-device-regions\"; }; x {"),
			 E_INVAL);
	assert_logged("irq: /device-regions: base-address: the node has no region");
}

/* --- SPs side by side --- */

static int check(void)
{
	const struct sp_manifest *const accepted[] = { &other };

	log_forget();
	return manifest_check_sp(&spmc, accepted, 1, &sp);
}

/* "hello" at 0x0e400000, and an "irq" that is changed. Their texts differ in what must differ. */
static void two(const char *from, const char *to)
{
	static char hello[sizeof(sp_text)];
	struct manifest_source src = { .file = "hello" };

	snprintf(
		hello, sizeof(hello), "%s",
		"/dts-v1/;\n/ { compatible = \"arm,ffa-manifest-1.0\"; ffa-version = <0x10001>; uuid = <9 9 9 9>, <8 8 8 8>;\n"
		"execution-ctx-count = <1>; exception-level = <2>; execution-state = <0>; messaging-method = <1>; id = <9>;\n"
		"boot-order = <1>; memory-regions { compatible = \"arm,ffa-manifest-memory-regions\"; buf { pages-count = <4>; "
		"base-address = <0x0ea00000>; attributes = <3>; }; };\n"
		"device-regions { compatible = \"arm,ffa-manifest-device-regions\"; rtc { base-address = <0x09010000>; "
		"pages-count = <1>; attributes = <3>; interrupts = <34 0x900>; }; }; };\n");
	machine_blob_free(&other_tree);
	other_tree = machine_dtc(hello);
	src.fdt = other_tree.data;
	src.size = other_tree.size;
	log_forget();
	assert_int_equal(manifest_parse_sp(&src, &spmc.sp[0], &other), OK);
	assert_int_equal(manifest_check_sp(&spmc, NULL, 0, &other), OK);
	assert_int_equal(parse_sp(from, to), OK);
}

static void two_that_get_on(void **state)
{
	(void)state;
	two(NULL, NULL);
	assert_int_equal(check(), OK);
	assert_int_equal(log_lines, 0);
}

static void two_that_do_not(void **state)
{
	static const struct bad bad[] = {
		{ "execution-ctx-count = <4>", "execution-ctx-count = <2>", E_RANGE,
		  "/: execution-ctx-count: 2: must be 1, or 4: the number of cores" },
		{ "execution-ctx-count = <4>", "execution-ctx-count = <5>", E_RANGE,
		  "/: execution-ctx-count: 5: must be 1, or 4: the number of cores" },
		{ " id = <1>", " id = <0x8009>", E_EXIST, "/: id: 0x8009 is that of hello too" },
		{ "<5 6 7 8>", "<8 8 8 8>", E_EXIST, "/: uuid: 00000008-00000008-00000008-00000008 is of hello too" },
		{ "boot-order = <3>", "boot-order = <1>", E_EXIST, "/: boot-order: 1 is that of hello too" },
		{ "<29 0x500>", "<34 0x500>", E_EXIST,
		  "/device-regions/timer: interrupts: 34 belongs to /device-regions/rtc of hello" },
		{ "<29 0x500>", "<40 0x500>", E_EXIST,
		  "/device-regions/timer: interrupts: 40 belongs to /device-regions/uart of irq" },
		{ "base-address = <0 0x0e900000>", "base-address = <0 0x0ea03000>", E_EXIST,
		  "/memory-regions/rx: base-address: 0xea03000 to 0xea03fff overlaps /memory-regions/buf of hello" },
		{ "base-address = <0 0x0e900000>", "base-address = <0 0x0e4ff000>", E_EXIST,
		  "/memory-regions/rx: base-address: 0xe4ff000 to 0xe4fffff overlaps / of hello" },
		{ "base-address = <0x09050000>", "base-address = <0x09010000>", E_EXIST,
		  "/device-regions/timer: base-address: 0x9010000 to 0x9010fff overlaps /device-regions/rtc of hello" },
		{ "base-address = <0x09050000>", "base-address = <0x09040000>", E_EXIST,
		  "/device-regions/timer: base-address: 0x9040000 to 0x9040fff overlaps /device-regions/uart of irq" },
		{ "base-address = <0x0e901000>", "base-address = <0x0e900000>", E_EXIST,
		  "/memory-regions/tx: base-address: 0xe900000 to 0xe900fff overlaps /memory-regions/rx of irq" },
		{ "base-address = <0x0e901000>", "base-address = <0x0e7ff000>", E_EXIST,
		  "/memory-regions/tx: base-address: 0xe7ff000 to 0xe7fffff overlaps / of irq" },
		{ "base-address = <0x0e901000>", "base-address = <0x0e1ff000>", E_EXIST,
		  "/memory-regions/tx: base-address: 0xe1ff000 to 0xe1fffff overlaps the SPMC" },
		{ "base-address = <0x0e901000>", "base-address = <0x0f000000>", E_RANGE,
		  "/memory-regions/tx: base-address: 0xf000000 to 0xf000fff is not in secure RAM" },
		{ "base-address = <0x0e901000>", "base-address = <0x48100000>", E_RANGE,
		  "/memory-regions/tx: base-address: 0x48100000 to 0x48100fff is not in secure RAM" },
		{ "base-address = <0 0x48000000>", "base-address = <0 0x0e910000>", E_RANGE,
		  "/memory-regions/shared: base-address: 0xe910000 to 0xe911fff is not in the normal world's RAM" },
		{ "base-address = <0 0x48000000>", "base-address = <0 0x5ffff000>", E_RANGE,
		  "/memory-regions/shared: base-address: 0x5ffff000 to 0x60000fff is not in the normal world's RAM" },
		{ "base-address = <0x09050000>", "base-address = <0x0a000000>", E_RANGE,
		  "/device-regions/timer: base-address: 0xa000000 to 0xa000fff is not in the secure world's devices" },
		{ "load-address-relative-offset = <0 0x10000>", "load-address-relative-offset = <0 0xa00000>", E_RANGE,
		  "/memory-regions/heap: load-address-relative-offset: 0xf000000 to 0xf00ffff is not in secure RAM" },
	};
	char line[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		two(bad[i].from, bad[i].to);
		assert_int_equal(check(), bad[i].error);
		snprintf(line, sizeof(line), "irq: %s", bad[i].line);
		assert_logged(line);
	}
}

static void an_sp_outside_secure_ram_or_on_another(void **state)
{
	(void)state;
	two(NULL, NULL);
	sp.id = (uint16_t)spmc.spmc_id;
	assert_int_equal(check(), E_EXIST);
	assert_logged("irq: /: id: 0x8000 is the SPMC's");
	sp.id = 0x8001;
	sp.load_address = 0x0ff00000;
	assert_int_equal(check(), E_RANGE);
	assert_logged("irq: /: load-address: 0xff00000 to 0x100fffff is not in secure RAM");
	sp.load_address = 0x0e300000;
	sp.mem_size = 0x101000;
	assert_int_equal(check(), E_EXIST);
	assert_logged("irq: /: load-address: 0xe300000 to 0xe400fff overlaps / of hello");
	sp.load_address = 0x0e180000;
	assert_int_equal(check(), E_EXIST);
	assert_logged("irq: /: load-address: 0xe180000 to 0xe280fff overlaps the SPMC");
}

static int tear_down_both(void **state)
{
	machine_blob_free(&other_tree);
	return tear_down(state);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down_both)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_whole_spmc_manifest),
		TEST(no_sp_at_all_is_no_error),
		TEST(spmc_manifests_that_end_the_boot),
		TEST(an_sp_that_is_wrong_there_leaves_the_others),
		TEST(sps_that_overlap),
		TEST(more_sps_than_fit),
		TEST(every_property),
		TEST(every_region),
		TEST(what_is_not_said),
		TEST(managed_exit_by_its_old_name),
		TEST(what_is_only_worth_a_line),
		TEST(bad_roots),
		TEST(bad_regions),
		TEST(too_many_or_no_regions),
		TEST(two_that_get_on),
		TEST(two_that_do_not),
		TEST(an_sp_outside_secure_ram_or_on_another),
	};

	return UNIT_RUN(tests);
}
