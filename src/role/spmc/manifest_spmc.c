/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The SPMC's manifest: rows of its nodes. No state, no lock. The form is TF-A's (docs/components, SPMC manifest) with
 * Hafnium's nodes for SPs and memory.
 */
#include <libfdt.h>

#include "lib/checked.h"
#include "lib/string.h"
#include "lib/string_ext.h"
#include "role/spmc/manifest_priv.h"

#define COMPATIBLE   "arm,ffa-core-manifest-1.0"
#define CELLS_MAX    2 /* of an address, of a size */
#define MPIDR_FIELDS UINT64_C(0xff00ffffff)

/* --- attribute: for SPMD, and who we are --- */

#define ATTR(name, member)                                                                                             \
	{                                                                                                              \
		name, PROP_NUM, true, .take = prop_take_num, PROP_TO(struct spmc_manifest, member)                     \
	}

static const struct prop_row attribute_rows[] = {
	ATTR("spmc_id", spmc_id),
	ATTR("maj_ver", major),
	ATTR("min_ver", minor),
	ATTR("exec_state", exec_state),
	ATTR("load_address", load_address),
	ATTR("entrypoint", entrypoint),
	ATTR("binary_size", binary_size),
};

static int parse_attribute(const struct prop_scope *root, struct spmc_manifest *m)
{
	const int node = manifest_find(root, "attribute");
	struct prop_scope s;
	uint64_t end;
	int r;

	if (node < 0) {
		prop_error(root, "attribute", "is missing");
		return E_INVAL;
	}
	s = manifest_child(root, node, m);
	r = prop_parse(&s, attribute_rows, ARRAY_SIZE(attribute_rows));
	if (r != OK)
		return r;
	if (m->spmc_id < FFA_ID_SPMC || m->spmc_id >= FFA_ID_SPMD) {
		prop_error(&s, "spmc_id", "0x%x is no identifier of the secure world", m->spmc_id);
		return E_RANGE;
	}
	if (m->exec_state) {
		prop_error(&s, "exec_state", "must be 0: AArch64");
		return E_NOTSUP;
	}
	if (!checked_add(m->load_address, m->binary_size, &end)) {
		prop_error(&s, "binary_size", "wraps");
		return E_RANGE;
	}
	return OK;
}

/* --- memory --- */

static const char *const memory_kinds[] = {
	[MANIFEST_RAM] = "memory",
	[MANIFEST_NS_RAM] = "ns-memory",
	[MANIFEST_DEVICE] = "device-memory",
	[MANIFEST_NS_DEVICE] = "ns-device-memory",
};

/* The kind that the node's device_type names, or -1. */
static int memory_kind(const struct prop_scope *s)
{
	int len;
	const char *type = fdt_getprop(s->fdt, s->offset, "device_type", &len);

	for (unsigned int i = 0; type && i < ARRAY_SIZE(memory_kinds); i++) {
		const size_t size = strlen(memory_kinds[i]) + 1;

		if ((size_t)len == size && memcmp(type, memory_kinds[i], size) == 0)
			return (int)i;
	}
	return -1;
}

static int add_range(const struct prop_scope *s, struct spmc_manifest *m, enum manifest_memory kind,
		     const uint64_t value[2])
{
	uint64_t end;

	if (!value[1] || !IS_ALIGNED(value[0] | value[1], PAGE_SIZE) || !checked_add(value[0], value[1], &end)) {
		prop_error(s, "reg", "0x%lx, 0x%lx bytes: empty, no pages, or wraps", value[0], value[1]);
		return E_RANGE;
	}
	if (m->nr_ranges == MANIFEST_RANGES_MAX) {
		prop_error(s, "reg", "more than %u ranges of memory", MANIFEST_RANGES_MAX);
		return E_RANGE;
	}
	for (unsigned int i = 0; i < m->nr_ranges; i++) {
		if (range_overlaps(value[0], value[1], m->range[i].base, m->range[i].size)) {
			prop_error(s, "reg", "0x%lx to 0x%lx overlaps another range of memory", value[0], end - 1);
			return E_EXIST;
		}
	}
	m->range[m->nr_ranges++] = (struct manifest_range){ kind, value[0], value[1] };
	return OK;
}

static int parse_memory(const struct prop_scope *s, struct spmc_manifest *m, enum manifest_memory kind)
{
	const int na = fdt_address_cells(s->fdt, 0), ns = fdt_size_cells(s->fdt, 0);
	int len, r = OK;
	struct prop_value v = { .raw = fdt_getprop(s->fdt, s->offset, "reg", &len) };
	unsigned int each;

	if (!v.raw || na < 1 || na > CELLS_MAX || ns < 1 || ns > CELLS_MAX || !len ||
	    len % ((na + ns) * (int)sizeof(fdt32_t))) {
		prop_error(s, "reg", "must be addresses and sizes as #address-cells, #size-cells say");
		return E_INVAL;
	}
	each = (unsigned int)(na + ns);
	v.cells = (unsigned int)len / sizeof(fdt32_t);
	for (unsigned int i = 0; r == OK && i < v.cells; i += each) {
		uint64_t value[2] = { 0, 0 };

		for (unsigned int j = 0; j < each; j++)
			value[j >= (unsigned int)na] = value[j >= (unsigned int)na] << 32 | prop_cell(&v, i + j);
		r = add_range(s, m, kind, value);
	}
	return r;
}

static int parse_memories(const struct prop_scope *root, struct spmc_manifest *m)
{
	int node, r;

	fdt_for_each_subnode(node, root->fdt, root->offset) {
		const struct prop_scope s = manifest_child(root, node, NULL);
		const int kind = memory_kind(&s);

		r = kind < 0 ? OK : parse_memory(&s, m, (enum manifest_memory)kind);
		if (r != OK)
			return r;
	}
	for (unsigned int i = 0; i < m->nr_ranges; i++) {
		if (m->range[i].kind == MANIFEST_RAM)
			return OK;
	}
	prop_error(root, "memory", "no node has the device_type \"memory\": there is no secure RAM");
	return E_INVAL;
}

/* --- cpus --- */

static int take_mpidr(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v)
{
	struct spmc_manifest *m = s->into;

	if (v->num & ~MPIDR_FIELDS) {
		prop_error(s, row->name, "0x%lx is no MPIDR", v->num);
		return E_RANGE;
	}
	for (unsigned int i = 0; i < m->nr_cpus; i++) {
		if (m->mpidr[i] == v->num) {
			prop_error(s, row->name, "0x%lx is there twice", v->num);
			return E_EXIST;
		}
	}
	if (m->nr_cpus == MANIFEST_CPUS_MAX) {
		prop_error(s, row->name, "more than %u cores", MANIFEST_CPUS_MAX);
		return E_RANGE;
	}
	m->mpidr[m->nr_cpus++] = v->num;
	return OK;
}

static const struct prop_row cpu_rows[] = {
	{ "reg", PROP_NUM, true, .take = take_mpidr },	     { "device_type", PROP_STRING, false, .take = NULL },
	{ "compatible", PROP_IGNORED, false, .take = NULL }, { "enable-method", PROP_IGNORED, false, .take = NULL },
	{ "phandle", PROP_IGNORED, false, .take = NULL },
};

static int parse_cpus(const struct prop_scope *root, struct spmc_manifest *m)
{
	const int cpus = manifest_find(root, "cpus");
	struct prop_scope s;
	int node, r;

	if (cpus < 0)
		return OK;
	s = manifest_child(root, cpus, NULL);
	fdt_for_each_subnode(node, root->fdt, cpus) {
		struct prop_scope cpu = manifest_child(&s, node, m);

		/* cpu-map and caches stand here as well. */
		if (strncmp(fdt_get_name(root->fdt, node, NULL), "cpu@", 4) != 0)
			continue;
		r = prop_parse(&cpu, cpu_rows, ARRAY_SIZE(cpu_rows));
		if (r != OK)
			return r;
	}
	return OK;
}

/* --- hypervisor: the SPs --- */

static int take_name(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v)
{
	struct manifest_sp *sp = s->into;

	if (!v->str[0]) {
		prop_error(s, row->name, "is empty");
		return E_INVAL;
	}
	str_copy(sp->name, v->str, sizeof(sp->name));
	str_make_printable(sp->name);
	return OK;
}

static const struct prop_row vm_rows[] = {
	{ "is_ffa_partition", PROP_FLAG, true, .take = NULL },
	{ "debug_name", PROP_STRING, true, .take = take_name },
	{ "load_address", PROP_NUM, true, .take = prop_take_num, PROP_TO(struct manifest_sp, load_address) },
	{ "mem_size", PROP_NUM, true, .take = prop_take_num, PROP_TO(struct manifest_sp, mem_size) },
	{ "vcpu_count", PROP_NUM, true, .take = prop_take_num, PROP_TO(struct manifest_sp, vcpu_count) },
	{ "smc_whitelist", PROP_IGNORED, false, .take = NULL },
	{ "smc_whitelist_permissive", PROP_IGNORED, false, .take = NULL },
	{ "phandle", PROP_IGNORED, false, .take = NULL },
	/* Not from a package, but linked into the image. */
	{ "hyp_loaded", PROP_REFUSED, false, .take = NULL },
};

/* The N of vmN: 1 to 0x7ffe without leading zeros; 0: something else. */
static unsigned int vm_number(const char *name)
{
	unsigned int n = 0;

	if (strncmp(name, "vm", 2) != 0 || name[2] == '0')
		return 0;
	for (name += 2; *name >= '0' && *name <= '9' && n < 0x7fff; name++)
		n = n * 10 + (unsigned int)(*name - '0');
	return *name || n >= 0x7fff ? 0 : n;
}

static int parse_vm(struct prop_scope *s, struct manifest_sp *sp)
{
	uint64_t end;
	int r = prop_parse(s, vm_rows, ARRAY_SIZE(vm_rows));

	if (r != OK)
		return r;
	if (!IS_ALIGNED(sp->load_address, PAGE_SIZE)) {
		prop_error(s, "load_address", "0x%lx is no multiple of 4 KiB", sp->load_address);
		return E_INVAL;
	}
	if (!sp->mem_size || !IS_ALIGNED(sp->mem_size, PAGE_SIZE) ||
	    !checked_add(sp->load_address, sp->mem_size, &end)) {
		prop_error(s, "mem_size", "0x%lx is 0, no multiple of 4 KiB, or wraps", sp->mem_size);
		return E_RANGE;
	}
	return OK;
}

/* Before anybody looks at what lies there: it is secure RAM, not ours, and no SP's that was accepted before. */
static int check_vm(const struct prop_scope *s, const struct spmc_manifest *m, const struct manifest_sp *sp)
{
	const uint64_t base = sp->load_address, size = sp->mem_size, last = base + size - 1;
	bool is_ram = false;

	for (unsigned int i = 0; i < m->nr_ranges; i++) {
		const struct manifest_range *r = &m->range[i];

		is_ram |= r->kind == MANIFEST_RAM && base >= r->base && range_within(base - r->base, size, r->size);
	}
	if (!is_ram) {
		prop_error(s, "load_address", "0x%lx to 0x%lx is not in secure RAM", base, last);
		return E_RANGE;
	}
	if (range_overlaps(base, size, m->load_address, m->binary_size)) {
		prop_error(s, "load_address", "0x%lx to 0x%lx overlaps the SPMC", base, last);
		return E_EXIST;
	}
	for (unsigned int i = 0; i < m->nr_sps; i++) {
		if (range_overlaps(base, size, m->sp[i].load_address, m->sp[i].mem_size)) {
			prop_error(s, "load_address", "0x%lx to 0x%lx overlaps %s", base, last, m->sp[i].name);
			return E_EXIST;
		}
	}
	return OK;
}

static void add_vm(struct prop_scope *s, struct spmc_manifest *m, unsigned int number)
{
	struct manifest_sp *sp = &m->sp[m->nr_sps];

	if (m->nr_sps == MANIFEST_SPS_MAX) {
		prop_error(s, "compatible", "more than %u SPs", MANIFEST_SPS_MAX);
		m->nr_refused++;
		return;
	}
	*sp = (struct manifest_sp){ .id = (uint16_t)(FFA_ID_SECURE | number) };
	s->into = sp;
	if (parse_vm(s, sp) == OK && check_vm(s, m, sp) == OK)
		m->nr_sps++;
	else
		m->nr_refused++;
}

static int parse_hypervisor(const struct prop_scope *root, struct spmc_manifest *m)
{
	const int hypervisor = manifest_find(root, "hypervisor");
	struct prop_scope s;
	int node, r;

	if (hypervisor < 0)
		return OK; /* no SP at all */
	s = manifest_child(root, hypervisor, NULL);
	r = manifest_compatible(&s, "hafnium,hafnium");
	if (r != OK)
		return r;
	fdt_for_each_subnode(node, root->fdt, hypervisor) {
		struct prop_scope vm = manifest_child(&s, node, NULL);
		const unsigned int number = vm_number(fdt_get_name(root->fdt, node, NULL));

		if (number) {
			add_vm(&vm, m, number);
		} else {
			prop_error(&vm, "name", "an SP's node is vm1, vm2, ...");
			m->nr_refused++;
		}
	}
	return OK;
}

int manifest_parse_spmc(const struct manifest_source *src, struct spmc_manifest *out)
{
	struct prop_scope root;
	int r = manifest_open(src, COMPATIBLE, &root);

	*out = (struct spmc_manifest){ .nr_sps = 0 };
	if (r == OK)
		r = parse_attribute(&root, out);
	if (r == OK)
		r = parse_memories(&root, out);
	if (r == OK)
		r = parse_cpus(&root, out);
	if (r == OK)
		r = parse_hypervisor(&root, out);
	return r;
}
