/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory and device regions of an SP's manifest: rows. No state, no lock. FF-A 1.2, 5.2.2 and 5.2.3. */
#include <libfdt.h>

#include "lib/checked.h"
#include "lib/string_ext.h"
#include "role/spmc/manifest_priv.h"

#define INTID_PPI_FIRST 16
#define INTID_SPI_LAST	1019
#define MPIDR_FIELDS	UINT64_C(0xff00ffffff)
#define ATTR_ALL	(SP_ATTR_READ | SP_ATTR_WRITE | SP_ATTR_EXEC | SP_ATTR_NS)
#define IRQ_CELLS	2 /* INTID, attributes */
#define TARGET_CELLS	3 /* INTID, MPIDR high, low */

/* What lies beyond these bits (shareability, cacheability in some manifests) is ours to choose. */
static int attributes(struct prop_scope *s, const struct prop_row *row, uint64_t num, bool may_execute)
{
	struct sp_region *region = s->into;
	const uint64_t rights = num & (SP_ATTR_READ | SP_ATTR_WRITE | SP_ATTR_EXEC);

	if (rights != SP_ATTR_READ && rights != (SP_ATTR_READ | SP_ATTR_WRITE) &&
	    (!may_execute || rights != (SP_ATTR_READ | SP_ATTR_EXEC))) {
		prop_error(s, row->name, "0x%lx: must be read-only, read-write%s", num,
			   may_execute ? " or read-execute" : "");
		return E_INVAL;
	}
	region->attributes = (uint32_t)num & ATTR_ALL;
	return OK;
}

static int take_memory_attributes(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v)
{
	return attributes(s, row, v->num, true);
}

static int take_device_attributes(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v)
{
	return attributes(s, row, v->num, false);
}

static int take_pages(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v)
{
	struct sp_region *region = s->into;

	if (!v->num) {
		prop_error(s, row->name, "0: a region has pages");
		return E_INVAL;
	}
	region->pages = (uint32_t)v->num;
	return OK;
}

static int take_streams(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v)
{
	struct sp_region *region = s->into;

	if (v->cells > MANIFEST_STREAMS_MAX) {
		prop_error(s, row->name, "more than %u", MANIFEST_STREAMS_MAX);
		return E_RANGE;
	}
	for (unsigned int i = 0; i < v->cells; i++)
		region->stream[i] = prop_cell(v, i);
	region->nr_streams = v->cells;
	return OK;
}

static struct sp_irq *find_irq(struct sp_device *device, uint32_t intid)
{
	for (unsigned int i = 0; i < device->nr_irqs; i++) {
		if (device->irq[i].intid == intid)
			return &device->irq[i];
	}
	return NULL;
}

static int add_irq(struct prop_scope *s, const char *property, uint32_t intid, uint32_t attributes)
{
	struct sp_device *device = s->into;

	if (intid < INTID_PPI_FIRST || intid > INTID_SPI_LAST) {
		prop_error(s, property, "%u is no PPI or SPI", intid);
		return E_RANGE;
	}
	if (find_irq(device, intid)) {
		prop_error(s, property, "%u is there twice", intid);
		return E_EXIST;
	}
	if (device->nr_irqs == MANIFEST_IRQS_MAX) {
		prop_error(s, property, "more than %u", MANIFEST_IRQS_MAX);
		return E_RANGE;
	}
	device->irq[device->nr_irqs++] = (struct sp_irq){ .intid = intid, .attributes = attributes };
	return OK;
}

static int take_irqs(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v)
{
	int r = OK;

	if (v->cells % IRQ_CELLS) {
		prop_error(s, row->name, "must be pairs: INTID, attributes");
		return E_INVAL;
	}
	for (unsigned int i = 0; r == OK && i < v->cells; i += IRQ_CELLS)
		r = add_irq(s, row->name, prop_cell(v, i), prop_cell(v, i + 1));
	return r;
}

/* Once the interrupts are known: in a tree the properties come in any order. */
static int take_targets(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v)
{
	if (v->cells % TARGET_CELLS) {
		prop_error(s, row->name, "must be triples: INTID, MPIDR (64 bits)");
		return E_INVAL;
	}
	for (unsigned int i = 0; i < v->cells; i += TARGET_CELLS) {
		struct sp_irq *irq = find_irq(s->into, prop_cell(v, i));
		const uint64_t mpidr = (uint64_t)prop_cell(v, i + 1) << 32 | prop_cell(v, i + 2);

		if (!irq || (mpidr & ~MPIDR_FIELDS)) {
			prop_error(s, row->name, "%u is none of its interrupts, or 0x%lx no MPIDR", prop_cell(v, i),
				   mpidr);
			return E_INVAL;
		}
		irq->targeted = true;
		irq->mpidr = mpidr;
	}
	return OK;
}

#define COMMON(base_mandatory, take_attributes)                                                                        \
	{ "base-address", PROP_NUM, base_mandatory, .take = prop_take_num, PROP_TO(struct sp_region, base) },          \
		{ "pages-count", PROP_U32, true, .take = take_pages },                                                 \
		{ "attributes", PROP_U32, true, .take = take_attributes },                                             \
		{ "smmu-id", PROP_U32, false, .take = prop_take_num, PROP_TO(struct sp_region, smmu_id) },             \
		{ "stream-ids", PROP_CELLS, false, .take = take_streams },                                             \
		{ "description", PROP_IGNORED, false, .take = NULL },                                                  \
		{ "phandle", PROP_U32, false, .take = prop_take_num, PROP_TO(struct sp_region, phandle) },             \
	{                                                                                                              \
		"linux,phandle", PROP_IGNORED, false, .take = NULL                                                     \
	}

static const struct prop_row memory_rows[] = {
	COMMON(false, take_memory_attributes),
	{ "load-address-relative-offset", PROP_NUM, false, .take = prop_take_num, PROP_TO(struct sp_region, relative) },
	{ "stream-ids-access-permissions", PROP_CELLS, false, .take = NULL },
};

static const struct prop_row device_rows[] = {
	COMMON(true, take_device_attributes),
	{ "interrupts", PROP_CELLS, false, .take = take_irqs },
	{ "exclusive-access", PROP_FLAG, false, .take = prop_take_flag, PROP_TO(struct sp_device, exclusive) },
	{ "interrupts-target", PROP_CELLS, false, .take = NULL }, /* second pass */
};

static const struct prop_row target_row = { "interrupts-target", PROP_CELLS, false, .take = take_targets };

/* Where it is: base-address, or an offset from where the SP is loaded. */
static int place(struct prop_scope *s, struct sp_region *region, uint64_t load_address)
{
	const bool has_base = fdt_getprop(s->fdt, s->offset, "base-address", NULL);
	const char *property = has_base ? "base-address" : "load-address-relative-offset";
	uint64_t end;

	if (has_base == (region->relative != UINT64_MAX)) {
		prop_error(s, "base-address", "%s",
			   has_base ? "is given together with load-address-relative-offset"
				    : "is missing, and so is load-address-relative-offset");
		return E_INVAL;
	}
	if (!has_base && !checked_add(load_address, region->relative, &region->base)) {
		prop_error(s, property, "wraps");
		return E_RANGE;
	}
	if (!IS_ALIGNED(region->base, PAGE_SIZE)) {
		prop_error(s, property, "0x%lx is no multiple of 4 KiB", region->base);
		return E_INVAL;
	}
	if (!checked_add(region->base, region->pages * PAGE_SIZE, &end)) {
		prop_error(s, "pages-count", "0x%x wraps", region->pages);
		return E_RANGE;
	}
	if (region->nr_streams && region->smmu_id == SP_NO_ID) {
		prop_error(s, "smmu-id", "is missing: there are stream-ids");
		return E_INVAL;
	}
	return OK;
}

static int parse_region(struct prop_scope *s, bool is_device, uint64_t load_address)
{
	struct sp_region *region = s->into;
	struct prop_value v;
	int len, r;

	*region = (struct sp_region){ .relative = UINT64_MAX, .smmu_id = SP_NO_ID };
	str_copy(region->node, s->node, sizeof(region->node));
	r = is_device ? prop_parse(s, device_rows, ARRAY_SIZE(device_rows))
		      : prop_parse(s, memory_rows, ARRAY_SIZE(memory_rows));
	if (r != OK)
		return r;
	v = (struct prop_value){ .raw = fdt_getprop(s->fdt, s->offset, target_row.name, &len) };
	if (is_device && v.raw) {
		v.cells = (unsigned int)len / sizeof(fdt32_t);
		r = target_row.take(s, &target_row, &v);
	}
	return r == OK ? place(s, region, load_address) : r;
}

/* What differs between the two nodes. */
struct list {
	const char *name, *compatible;
	bool is_device;
	unsigned int max, *count;
	char *first; /* struct sp_region, or sp_device */
	size_t size; /* of one */
};

static int parse_list(const struct prop_scope *root, const struct list *l, uint64_t load_address)
{
	const int list = manifest_find(root, l->name);
	struct prop_scope s;
	int node, r;

	if (list < 0)
		return OK;
	s = manifest_child(root, list, NULL);
	r = manifest_compatible(&s, l->compatible);
	if (r != OK)
		return r;
	fdt_for_each_subnode(node, root->fdt, list) {
		struct prop_scope child = manifest_child(&s, node, l->first + *l->count * l->size);

		if (*l->count == l->max) {
			prop_error(&child, "base-address", "more than %u regions", l->max);
			return E_RANGE;
		}
		r = parse_region(&child, l->is_device, load_address);
		if (r != OK)
			return r;
		(*l->count)++;
	}
	if (!*l->count) {
		prop_error(&s, "base-address", "the node has no region");
		return E_INVAL;
	}
	return OK;
}

int manifest_regions(const struct prop_scope *root, struct sp_manifest *m)
{
	const struct list l = { .name = "memory-regions",
				.compatible = "arm,ffa-manifest-memory-regions",
				.is_device = false,
				.max = MANIFEST_REGIONS_MAX,
				.count = &m->nr_regions,
				.first = (char *)m->region,
				.size = sizeof(m->region[0]) };

	return parse_list(root, &l, m->load_address);
}

int manifest_devices(const struct prop_scope *root, struct sp_manifest *m)
{
	const struct list l = { .name = "device-regions",
				.compatible = "arm,ffa-manifest-device-regions",
				.is_device = true,
				.max = MANIFEST_DEVICES_MAX,
				.count = &m->nr_devices,
				.first = (char *)m->device,
				.size = sizeof(m->device[0]) };

	return parse_list(root, &l, m->load_address);
}
