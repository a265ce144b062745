/* SPDX-License-Identifier: BSD-3-Clause */
/* For the suites of manifests: a good manifest of each kind, of which a test replaces a piece; and their parsing. */
#ifndef MANIFEST_WORLD_H
#define MANIFEST_WORLD_H

#include "machine_log.h"
#include "machine_make.h"

#include "role/spmc/manifest.h"

static const char spmc_text[] =
	"/dts-v1/;\n/ { compatible = \"arm,ffa-core-manifest-1.0\"; #address-cells = <2>; #size-cells = <2>;\n"
	"attribute { spmc_id = <0x8000>; maj_ver = <1>; min_ver = <2>; exec_state = <0>; load_address = <0 0x0e100000>;"
	" entrypoint = <0 0x0e100000>; binary_size = <0x100000>; };\n"
	"hypervisor { compatible = \"hafnium,hafnium\";\n"
	"vm1 { is_ffa_partition; debug_name = \"hello\"; load_address = <0x0e400000>; vcpu_count = <1>; mem_size = <0x100000>; };\n"
	"vm2 { is_ffa_partition; debug_name = \"irq\"; load_address = <0 0x0e600000>; vcpu_count = <4>; mem_size = <0 0x200000>; };\n"
	"};\n"
	"cpus { #address-cells = <2>; #size-cells = <0>;\n"
	"cpu@0 { device_type = \"cpu\"; reg = <0 0>; }; cpu@1 { device_type = \"cpu\"; reg = <0 1>; };\n"
	"cpu@2 { device_type = \"cpu\"; reg = <0 2>; }; cpu@3 { device_type = \"cpu\"; reg = <0 3>; }; cpu-map { }; };\n"
	"memory@e100000 { device_type = \"memory\"; reg = <0 0x0e100000 0 0xf00000>; };\n"
	"memory@40000000 { device_type = \"ns-memory\"; reg = <0 0x40000000 0 0x20000000 1 0 0 0x1000000>; };\n"
	"memory@9000000 { device_type = \"device-memory\"; reg = <0 0x09000000 0 0x1000000>; };\n"
	"memory@a000000 { device_type = \"ns-device-memory\"; reg = <0 0x0a000000 0 0x1000000>; };\n};\n";

#define UUID_1 "<0x11111111 0x22222222 0x33333333 0x44444444>"

/* Every property that there is. */
static const char sp_text[] =
	"/dts-v1/;\n/ { compatible = \"arm,ffa-manifest-1.0\"; description = \"all of it\"; ffa-version = <0x00010001>;\n"
	"uuid = <0x11111111 0x22222222 0x33333333 0x44444444>, <5 6 7 8>; id = <1>; auxiliary-id = <0xae>;\n"
	"execution-ctx-count = <4>; exception-level = <2>; execution-state = <0>; load-address = <0x0e600000>;\n"
	"entrypoint-offset = <0x4000>; xlat-granule = <0>; boot-order = <3>; messaging-method = <7>;\n"
	"ns-interrupts-action = <1>; managed-exit; managed-exit-virq; other-s-interrupts-action = <1>;\n"
	"sri-interrupts-policy = <2>; notification-support; gp-register-num = <0>; run-time-model = <1>;\n"
	"power-management-messages = <9>; vm-availability-messages = <3>; lifecycle-support; abort-action = <1>;\n"
	"boot-info { compatible = \"arm,ffa-manifest-boot-info\"; ffa_manifest; };\n"
	"rx_tx-info { compatible = \"arm,ffa-manifest-rx_tx-buffer\"; rx-buffer = <&rx>; tx-buffer = <&tx>; };\n"
	"memory-regions { compatible = \"arm,ffa-manifest-memory-regions\";\n"
	"rx: rx { description = \"rx\"; pages-count = <1>; base-address = <0 0x0e900000>; attributes = <1>; };\n"
	"tx: tx { pages-count = <1>; base-address = <0x0e901000>; attributes = <3>; };\n"
	"heap { pages-count = <16>; load-address-relative-offset = <0 0x10000>; attributes = <3>; };\n"
	"shared { pages-count = <2>; base-address = <0 0x48000000>; attributes = <0xb>; smmu-id = <1>; stream-ids = <7 8>;"
	" stream-ids-access-permissions = <3 3>; };\n};\n"
	"device-regions { compatible = \"arm,ffa-manifest-device-regions\";\n"
	"uart { base-address = <0 0x09040000>; pages-count = <1>; attributes = <3>; interrupts = <40 0x900 41 0xb10>;"
	" interrupts-target = <41 0 0x3>; exclusive-access; };\n"
	"timer { base-address = <0x09050000>; pages-count = <1>; attributes = <1>; interrupts = <29 0x500>; };\n};\n};\n";

static struct spmc_manifest spmc;
static struct sp_manifest sp;
static struct blob tree;
static char text[8192];

/* base with `from` (which must be there once) replaced. NULL: as it is. */
static inline const char *with(const char *base, const char *from, const char *to)
{
	const char *at = from ? strstr(base, from) : base;

	assert_non_null(at);
	if (from)
		assert_null(strstr(at + 1, from));
	assert_true((size_t)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - base), base, from ? to : "",
				     at + (from ? strlen(from) : 0)) < sizeof(text));
	return text;
}

static inline int parse_spmc(const char *from, const char *to)
{
	struct manifest_source src = { .file = "spmc.dtb" };

	machine_blob_free(&tree);
	tree = machine_dtc(with(spmc_text, from, to));
	src.fdt = tree.data;
	src.size = tree.size;
	memset(&spmc, 0xa5, sizeof(spmc));
	log_forget();
	return manifest_parse_spmc(&src, &spmc);
}

static inline int parse_as(unsigned int index, const char *file, struct blob *blob, struct sp_manifest *out,
			   const char *from, const char *to)
{
	struct manifest_source src = { .file = file };

	assert_true(index < spmc.nr_sps);
	machine_blob_free(blob);
	*blob = machine_dtc(with(sp_text, from, to));
	src.fdt = blob->data;
	src.size = blob->size;
	memset(out, 0xa5, sizeof(*out));
	log_forget();
	return manifest_parse_sp(&src, &spmc.sp[index], out);
}

static inline int parse_sp(const char *from, const char *to)
{
	return parse_as(1, "irq", &tree, &sp, from, to);
}

static inline int set_up(void **state)
{
	(void)state;
	assert_int_equal(parse_spmc(NULL, NULL), OK);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	machine_blob_free(&tree);
	return 0;
}

#endif
