/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SPs side by side: what each claims of the machine, and that no two claim the same. No state, no lock. An SP claims
 * its memory (load address, mem_size), its memory regions, its devices; a region that its manifest places relative to
 * the load address may lie in its own memory.
 */
#include "lib/checked.h"
#include "lib/string.h"
#include "role/spmc/manifest_priv.h"

#define CLAIMS_MAX (1 + MANIFEST_REGIONS_MAX + MANIFEST_DEVICES_MAX)

struct claim {
	uint64_t base, size;
	const char *node, *property;
	enum manifest_memory kind; /* where it must lie */
	bool in_own_memory;	   /* may */
};

static struct claim region_claim(const struct sp_region *r, bool is_device)
{
	const bool ns = r->attributes & SP_ATTR_NS;
	const bool relative = r->relative != UINT64_MAX;

	return (struct claim){
		.base = r->base,
		.size = r->pages * PAGE_SIZE,
		.node = r->node,
		.property = relative ? "load-address-relative-offset" : "base-address",
		.kind = is_device ? (ns ? MANIFEST_NS_DEVICE : MANIFEST_DEVICE) : (ns ? MANIFEST_NS_RAM : MANIFEST_RAM),
		.in_own_memory = relative,
	};
}

/* The SP's memory comes first. */
static unsigned int claims_of(const struct sp_manifest *sp, struct claim *out)
{
	unsigned int n = 0;

	out[n++] = (struct claim){ .base = sp->load_address,
				   .size = sp->mem_size,
				   .node = "/",
				   .property = "load-address",
				   .kind = MANIFEST_RAM };
	for (unsigned int i = 0; i < sp->nr_regions; i++)
		out[n++] = region_claim(&sp->region[i], false);
	for (unsigned int i = 0; i < sp->nr_devices; i++)
		out[n++] = region_claim(&sp->device[i].at, true);
	return n;
}

static void complain(const struct sp_manifest *sp, const char *node, const char *property, const char *fmt, ...)
	PRINTF(4, 5);

static void complain(const struct sp_manifest *sp, const char *node, const char *property, const char *fmt, ...)
{
	const struct prop_place at = { sp->file, node, property };
	va_list ap;

	va_start(ap, fmt);
	prop_vsay(LOG_ERROR, &at, fmt, ap);
	va_end(ap);
}

/* --- memory --- */

static int check_place(const struct spmc_manifest *spmc, const struct sp_manifest *sp, const struct claim *c)
{
	static const char *const names[] = {
		[MANIFEST_RAM] = "secure RAM",
		[MANIFEST_NS_RAM] = "the normal world's RAM",
		[MANIFEST_DEVICE] = "the secure world's devices",
		[MANIFEST_NS_DEVICE] = "the normal world's devices",
	};

	if (range_overlaps(c->base, c->size, spmc->load_address, spmc->binary_size)) {
		complain(sp, c->node, c->property, "0x%lx to 0x%lx overlaps the SPMC", c->base, c->base + c->size - 1);
		return E_EXIST;
	}
	for (unsigned int i = 0; i < spmc->nr_ranges; i++) {
		const struct manifest_range *range = &spmc->range[i];

		if (range->kind == c->kind && c->base >= range->base &&
		    range_within(c->base - range->base, c->size, range->size))
			return OK;
	}
	complain(sp, c->node, c->property, "0x%lx to 0x%lx is not in %s", c->base, c->base + c->size - 1,
		 names[c->kind]);
	return E_RANGE;
}

static int check_pair(const struct sp_manifest *sp, const struct claim *a, const struct sp_manifest *other,
		      const struct claim *b)
{
	if (!range_overlaps(a->base, a->size, b->base, b->size))
		return OK;
	complain(sp, a->node, a->property, "0x%lx to 0x%lx overlaps %s of %s", a->base, a->base + a->size - 1, b->node,
		 other->file);
	return E_EXIST;
}

static int check_own(const struct spmc_manifest *spmc, const struct sp_manifest *sp, const struct claim *mine,
		     unsigned int n)
{
	int r = OK;

	for (unsigned int i = 0; r == OK && i < n; i++) {
		r = check_place(spmc, sp, &mine[i]);
		for (unsigned int j = mine[i].in_own_memory ? 1 : 0; r == OK && j < i; j++)
			r = check_pair(sp, &mine[i], sp, &mine[j]);
	}
	return r;
}

static int check_memory(const struct sp_manifest *sp, const struct claim *mine, unsigned int n,
			const struct sp_manifest *other)
{
	struct claim theirs[CLAIMS_MAX];
	const unsigned int m = claims_of(other, theirs);
	int r = OK;

	for (unsigned int i = 0; r == OK && i < n; i++) {
		for (unsigned int j = 0; r == OK && j < m; j++)
			r = check_pair(sp, &mine[i], other, &theirs[j]);
	}
	return r;
}

/* --- names and interrupts --- */

static int check_names(const struct sp_manifest *sp, const struct sp_manifest *other)
{
	if (sp->id == other->id) {
		complain(sp, "/", "id", "0x%x is that of %s too", sp->id, other->file);
		return E_EXIST;
	}
	if (sp->boot_order != SP_LAST_TO_BOOT && sp->boot_order == other->boot_order) {
		complain(sp, "/", "boot-order", "%u is that of %s too", sp->boot_order, other->file);
		return E_EXIST;
	}
	for (unsigned int i = 0; i < sp->nr_uuids; i++) {
		for (unsigned int j = 0; j < other->nr_uuids; j++) {
			if (memcmp(&sp->uuid[i], &other->uuid[j], sizeof(sp->uuid[i])))
				continue;
			complain(sp, "/", "uuid", "%08x-%08x-%08x-%08x is of %s too", sp->uuid[i].w[0],
				 sp->uuid[i].w[1], sp->uuid[i].w[2], sp->uuid[i].w[3], other->file);
			return E_EXIST;
		}
	}
	return OK;
}

static bool owns(const struct sp_device *device, uint32_t intid)
{
	for (unsigned int i = 0; i < device->nr_irqs; i++) {
		if (device->irq[i].intid == intid)
			return true;
	}
	return false;
}

/* Device d's interrupts against those of the first n devices of other. */
static int check_irqs(const struct sp_manifest *sp, const struct sp_device *d, const struct sp_manifest *other,
		      unsigned int n)
{
	for (unsigned int i = 0; i < d->nr_irqs; i++) {
		for (unsigned int j = 0; j < n; j++) {
			if (!owns(&other->device[j], d->irq[i].intid))
				continue;
			complain(sp, d->at.node, "interrupts", "%u belongs to %s of %s", d->irq[i].intid,
				 other->device[j].at.node, other->file);
			return E_EXIST;
		}
	}
	return OK;
}

/* A context for each core, or one that goes where it is called (FF-A 1.2, 5.2.1). */
static int check_contexts(const struct spmc_manifest *spmc, const struct sp_manifest *sp)
{
	if (sp->ctx_count == 1 || sp->ctx_count == spmc->nr_cpus)
		return OK;
	complain(sp, "/", "execution-ctx-count", "%u: must be 1, or %u: the number of cores", sp->ctx_count,
		 spmc->nr_cpus);
	return E_RANGE;
}

static int check_against(const struct sp_manifest *sp, const struct claim *mine, unsigned int n,
			 const struct sp_manifest *other)
{
	int r = check_names(sp, other);

	if (r == OK)
		r = check_memory(sp, mine, n, other);
	for (unsigned int i = 0; r == OK && i < sp->nr_devices; i++)
		r = check_irqs(sp, &sp->device[i], other, other->nr_devices);
	return r;
}

int manifest_check_sp(const struct spmc_manifest *spmc, const struct sp_manifest *const *accepted, unsigned int count,
		      const struct sp_manifest *sp)
{
	struct claim mine[CLAIMS_MAX];
	const unsigned int n = claims_of(sp, mine);
	int r = check_contexts(spmc, sp);

	if (r == OK && sp->id == spmc->spmc_id) {
		complain(sp, "/", "id", "0x%x is the SPMC's", sp->id);
		r = E_EXIST;
	}
	if (r == OK)
		r = check_own(spmc, sp, mine, n);
	for (unsigned int i = 0; r == OK && i < sp->nr_devices; i++)
		r = check_irqs(sp, &sp->device[i], sp, i);
	for (unsigned int i = 0; r == OK && i < count; i++)
		r = check_against(sp, mine, n, accepted[i]);
	return r;
}
