/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * role/spmc/manifest*.c and spkg.c: the SPMC's manifest and an SP's, as any bytes, or sound ones that are changed; the
 * header of an SP's package. What is refused says so; what is accepted is within manifest.h's bounds and lies where the
 * secure world is.
 */
#include "fuzz.h"

#include "role/manifest_world.h"
#include "role/spmc/spkg.h"
#include "tree.h"

static const char *const props[] = {
	"compatible",
	"ffa-version",
	"uuid",
	"id",
	"execution-ctx-count",
	"exception-level",
	"execution-state",
	"load-address",
	"entrypoint-offset",
	"boot-order",
	"messaging-method",
	"managed-exit",
	"gp-register-num",
	"base-address",
	"pages-count",
	"attributes",
	"interrupts",
	"interrupts-target",
	"stream-ids",
	"rx-buffer",
	"tx-buffer",
	"load-address-relative-offset",
	"phandle",
	"reg",
	"device_type",
	"is_ffa_partition",
	"debug_name",
	"load_address",
	"vcpu_count",
	"mem_size",
	"spmc_id",
	"exclusive-access",
	"stream-ids-access-permissions",
	"#address-cells",
	"#size-cells",
	"xlat-granule",
};
static const char *const strings[] = { "arm,ffa-manifest-1.0",
				       "arm,ffa-core-manifest-1.0",
				       "hafnium,hafnium",
				       "arm,ffa-manifest-memory-regions",
				       "arm,ffa-manifest-device-regions",
				       "arm,ffa-manifest-rx_tx-buffer",
				       "arm,ffa-manifest-boot-info",
				       "memory",
				       "ns-memory",
				       "device-memory",
				       "cpu",
				       "" };
static const char *const nodes[] = { "vm", "cpu@", "memory@", "region", "hypervisor", "device" };
static const struct tree_words words = { props, ARRAY_SIZE(props), strings, ARRAY_SIZE(strings),
					 nodes, ARRAY_SIZE(nodes) };

static struct blob spmc_blob, sp_blob;
static struct spmc_manifest scratch, good;

void fuzz_setup(void)
{
	MUST_EQ(parse_spmc(NULL, NULL), OK);
	MUST_EQ(spmc.nr_sps, 2);
	good = spmc;
	spmc_blob = machine_blob(tree.data, tree.size);
	MUST_EQ(parse_sp(NULL, NULL), OK);
	sp_blob = machine_blob(tree.data, tree.size);
}

static bool sound(uint64_t base, uint64_t size)
{
	return size && base + (size - 1) >= base && base % PAGE_SIZE == 0 && size % PAGE_SIZE == 0;
}

static bool in_spmc(uint64_t base, uint64_t size)
{
	for (unsigned int i = 0; i < good.nr_ranges; i++)
		if (base >= good.range[i].base && base + (size - 1) - good.range[i].base < good.range[i].size)
			return true;
	return false;
}

static void check_spmc(int r)
{
	if (r != OK) {
		MUST(r < 0 && log_lines >= 1);
		return;
	}
	MUST(scratch.nr_sps <= MANIFEST_SPS_MAX && scratch.nr_cpus <= MANIFEST_CPUS_MAX);
	MUST(scratch.nr_ranges <= MANIFEST_RANGES_MAX);
	MUST(log_lines >= scratch.nr_refused);
	for (unsigned int i = 0; i < scratch.nr_ranges; i++)
		MUST(sound(scratch.range[i].base, scratch.range[i].size));
	for (unsigned int i = 0; i < scratch.nr_sps; i++) {
		const struct manifest_sp *s = &scratch.sp[i];

		MUST(sound(s->load_address, s->mem_size) && s->id > 0x8000);
		MUST(memchr(s->name, 0, sizeof(s->name)));
		for (unsigned int k = 0; k < i; k++)
			MUST(s->id != scratch.sp[k].id &&
			     (s->load_address + s->mem_size <= scratch.sp[k].load_address ||
			      scratch.sp[k].load_address + scratch.sp[k].mem_size <= s->load_address));
	}
}

static void check_region(const struct sp_region *g)
{
	MUST(g->pages && sound(g->base, (uint64_t)g->pages * PAGE_SIZE));
	MUST(in_spmc(g->base, (uint64_t)g->pages * PAGE_SIZE));
	MUST(g->nr_streams <= MANIFEST_STREAMS_MAX);
}

static void check_sp(int r)
{
	if (r == OK)
		r = manifest_check_sp(&good, NULL, 0, &sp);
	if (r != OK) {
		MUST(r < 0 && log_lines >= 1); /* warnings come on top */
		return;
	}
	MUST(sp.nr_regions <= MANIFEST_REGIONS_MAX && sp.nr_devices <= MANIFEST_DEVICES_MAX);
	MUST(sp.nr_uuids >= 1 && sp.nr_uuids <= MANIFEST_UUIDS_MAX);
	MUST(sp.ctx_count >= 1 && sp.ctx_count <= MANIFEST_CTX_MAX);
	MUST(sp.rx < (int)sp.nr_regions && sp.tx < (int)sp.nr_regions && (sp.rx < 0) == (sp.tx < 0));
	MUST(sp.entrypoint_offset < sp.mem_size && in_spmc(sp.load_address, sp.mem_size));
	MUST(sp.gp_register <= 3 || sp.gp_register == SP_NO_ID);
	for (unsigned int i = 0; i < sp.nr_regions; i++)
		check_region(&sp.region[i]);
	for (unsigned int i = 0; i < sp.nr_devices; i++) {
		check_region(&sp.device[i].at);
		MUST(sp.device[i].nr_irqs <= MANIFEST_IRQS_MAX);
	}
}

/* Parts in order, apart, inside. */
static void any_header(struct fuzz *f)
{
	struct spkg_header h = { SPKG_MAGIC,
				 1 + fuzz_below(f, 3),
				 (uint32_t)fuzz_odd(f),
				 (uint32_t)fuzz_odd(f),
				 (uint32_t)fuzz_odd(f),
				 (uint32_t)fuzz_odd(f) };
	uint64_t mem = fuzz_odd(f);
	struct spkg p;

	if (fuzz_u8(f) & 1)
		h.img_offset &= ~(uint32_t)(PAGE_SIZE - 1);
	if (spkg_decode(&h, mem, &p))
		return;
	MUST(p.manifest_size && p.manifest_size <= SPKG_MANIFEST_MAX && p.image_size);
	MUST(p.manifest >= sizeof(h) && (uint64_t)p.manifest + p.manifest_size <= p.image);
	MUST((uint64_t)p.image + p.image_size <= mem && p.image % PAGE_SIZE == 0);
	MUST((uint64_t)p.boot_info + p.boot_info_size <= p.manifest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = fuzz_open(data, size);
	unsigned int how = fuzz_u8(&f) % 16;
	const struct blob *base = how & 1 ? &sp_blob : &spmc_blob;
	size_t n = base->size;
	struct manifest_source src = { .file = "changed" };
	uint8_t *t;

	if (how == 14) {
		any_header(&f);
		return 0;
	}
	if (how == 15) {
		how = fuzz_u8(&f);
		n = MIN(f.left, (size_t)8192);
		t = aligned_alloc(8, ALIGN_UP(n + 1, 8));
		memcpy(t, f.p, n);
	} else {
		t = tree_changed(&f, base->data, &n, &words);
	}
	src.fdt = t;
	src.size = n;
	log_forget();
	memset(&sp, 0xa5, sizeof(sp));
	memset(&scratch, 0xa5, sizeof(scratch));
	if (how & 1)
		check_sp(manifest_parse_sp(&src, &good.sp[1], &sp));
	else
		check_spmc(manifest_parse_spmc(&src, &scratch));
	free(t);
	return 0;
}
