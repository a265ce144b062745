/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine from its device tree; see hw.h. Everything that the tree says is checked before use: firmware
 * is input too.
 */
#include "core/hw.h"

#include <libfdt.h>

#include "arch/world.h"
#include "lib/checked.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "lib/string_ext.h"
#include "lib/tree.h"

#define DEPTH_MAX 16

#define HW_TIMERS_NEEDED 4 /* those below have been in every binding; more is optional */

struct hw hw;

struct parse {
	const void *fdt;
	struct hw *hw;
	struct hw_error *err;
	int reserved, cpus, chosen; /* nodes below the root; -1: there is none */
	int child, parent; /* parent_of() found last, since finding it is a walk through the tree; 0: none yet */
};

static int parent_of(struct parse *p, int node)
{
	if (node != p->child) {
		p->parent = tree_parent(p->fdt, node);
		p->child = node;
	}
	return p->parent;
}

static int fail(struct parse *p, int node, const char *prop, const char *why)
{
	char path[96];

	if (node < 0 || !tree_full_path(p->fdt, node, path, sizeof(path)))
		str_copy(path, "/", sizeof(path));
	fmt_snprintf(p->err->text, sizeof(p->err->text), "%s: %s: %s: %s", world_tree, path, prop, why);
	str_make_printable(p->err->text);
	return E_FORMAT;
}

static uint64_t cells(const fdt32_t *c, int n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 32 | fdt32_to_cpu(*c++);
	return v;
}

/*
 * Entry index of node's reg, translated to the CPU's view: buses on the way must map one to one (an empty "ranges") or
 * by ranges. OK, E_NOENT when there is no such entry, E_FORMAT.
 */
static int get_reg(struct parse *p, int node, unsigned int index, struct hw_range *r)
{
	int parent = parent_of(p, node), len, ac, sc;
	const fdt32_t *reg = tree_prop(p->fdt, node, "reg", &len);

	if (!reg || parent < 0)
		return E_NOENT;
	ac = tree_cell(p->fdt, parent, "#address-cells", 2);
	sc = tree_cell(p->fdt, parent, "#size-cells", 1);
	if (ac < 1 || ac > 2 || sc < 0 || sc > 2)
		return fail(p, parent, "#address-cells", "must be 1 or 2");
	if (len % ((ac + sc) * 4))
		return fail(p, node, "reg", "length is no multiple of an entry");
	if ((unsigned int)len / (unsigned int)((ac + sc) * 4) <= index)
		return E_NOENT;
	reg += index * (unsigned int)(ac + sc);
	r->base = cells(reg, ac);
	r->size = cells(reg + ac, sc);
	if (r->size && r->base + (r->size - 1) < r->base)
		return fail(p, node, "reg", "wraps around");
	return OK;
}

/* Translate *base from the address space of node's parent up to the root's. */
static int translate(struct parse *p, int node, uint64_t *base)
{
	int bus = parent_of(p, node);

	for (int depth = 0; bus > 0 && depth < DEPTH_MAX; depth++) {
		int up = tree_parent(p->fdt, bus), len;
		int cac = tree_cell(p->fdt, bus, "#address-cells", 2), csc = tree_cell(p->fdt, bus, "#size-cells", 1);
		int pac = tree_cell(p->fdt, up, "#address-cells", 2), entry;
		const fdt32_t *ranges = tree_prop(p->fdt, bus, "ranges", &len);
		bool found = false;

		if (!ranges)
			return E_NOENT; /* a bus that the CPU does not see */
		if (cac < 1 || cac > 2 || pac < 1 || pac > 2 || csc < 1 || csc > 2)
			return fail(p, bus, "ranges", "not understood");
		entry = (cac + pac + csc) * 4;
		if (len % entry)
			return fail(p, bus, "ranges", "not understood");
		for (int i = 0; i < len / entry && !found; i++) {
			const fdt32_t *e = ranges + i * entry / 4;
			uint64_t child = cells(e, cac), size = cells(e + cac + pac, csc);

			if (*base >= child && *base - child < size) {
				*base = cells(e + cac, pac) + (*base - child);
				found = true;
			}
		}
		if (len && !found)
			return E_NOENT;
		bus = up;
	}
	return bus > 0 ? E_NOENT : OK;
}

/* A device's registers, as the CPU sees them. E_NOENT: there are none, or on a bus that it does not see. */
static int get_device(struct parse *p, int node, unsigned int index, struct hw_range *r)
{
	int rc = get_reg(p, node, index, r);

	if (rc == OK)
		rc = translate(p, node, &r->base);
	if (rc == OK && (!r->size || r->base + (r->size - 1) < r->base))
		return fail(p, node, "reg", "is empty, or wraps around");
	return rc;
}

static bool enabled(const void *fdt, int node)
{
	const char *status = tree_prop(fdt, node, "status", NULL);

	return !status || !strcmp(status, "okay") || !strcmp(status, "ok");
}

static int add_range(struct hw_range *list, unsigned int *n, unsigned int max, struct hw_range r)
{
	if (!r.size)
		return OK;
	if (*n == max)
		return E_NOMEM;
	list[(*n)++] = r;
	return OK;
}

/* A range may end at the very top of the address space: last bytes, not ends. */
static bool overlaps_bank(const struct hw *h, struct hw_range r)
{
	for (unsigned int i = 0; r.size && i < h->nr_banks; i++)
		if (r.base <= h->bank[i].base + (h->bank[i].size - 1) && h->bank[i].base <= r.base + (r.size - 1))
			return true;
	return false;
}

static void find_top(struct parse *p)
{
	p->reserved = p->cpus = p->chosen = -1;
	for (int node = tree_child(p->fdt, 0); node >= 0; node = tree_sibling(p->fdt, node)) {
		const char *name = tree_name(p->fdt, node);

		if (!strcmp(name, "reserved-memory"))
			p->reserved = node;
		else if (!strcmp(name, "cpus"))
			p->cpus = node;
		else if (!strcmp(name, "chosen"))
			p->chosen = node;
	}
}

static int parse_memory(struct parse *p)
{
	int node;

	for (node = tree_child(p->fdt, 0); node >= 0; node = tree_sibling(p->fdt, node)) {
		const char *type = tree_prop(p->fdt, node, "device_type", NULL);
		struct hw_range r;
		int rc = OK;

		if (!type || strcmp(type, "memory") || !enabled(p->fdt, node))
			continue;
		for (unsigned int i = 0; (rc = get_reg(p, node, i, &r)) == OK; i++) {
			if (overlaps_bank(p->hw, r))
				return fail(p, node, "reg", "overlaps other memory");
			if (add_range(p->hw->bank, &p->hw->nr_banks, HW_BANKS_MAX, r))
				return fail(p, node, "reg", "too many banks");
		}
		if (rc != E_NOENT)
			return rc;
	}
	return p->hw->nr_banks ? OK : fail(p, 0, "memory", "no memory node");
}

static int parse_reserved(struct parse *p)
{
	int node, top = p->reserved;

	struct hw_range r;

	for (unsigned int i = 0; tree_reserved(p->fdt, i, &r.base, &r.size); i++) {
		if (add_range(p->hw->reserved, &p->hw->nr_reserved, HW_RESERVED_MAX, r))
			return fail(p, 0, "/memreserve/", "too many entries");
	}
	if (top < 0)
		return OK;
	for (node = tree_child(p->fdt, top); node >= 0; node = tree_sibling(p->fdt, node)) {
		int rc = OK;

		/* A node without reg asks its operating system to choose: nothing is there yet. */
		for (unsigned int i = 0; (rc = get_reg(p, node, i, &r)) == OK; i++)
			if (add_range(p->hw->reserved, &p->hw->nr_reserved, HW_RESERVED_MAX, r))
				return fail(p, node, "reg", "too many reserved ranges");
		if (rc != E_NOENT)
			return rc;
	}
	return OK;
}

/* Two nodes for one core would be two cores to whoever starts them. */
static int add_cpu(struct parse *p, int node, uint64_t mpidr)
{
	for (unsigned int i = 0; i < p->hw->nr_cpus; i++) {
		if (p->hw->mpidr[i] == mpidr)
			return fail(p, node, "reg", "another core has the same");
	}
	if (p->hw->nr_cpus == CONFIG_MAX_CPUS)
		p->hw->cpus_ignored++;
	else
		p->hw->mpidr[p->hw->nr_cpus++] = mpidr;
	return OK;
}

static int parse_cpus(struct parse *p)
{
	int node, cpus = p->cpus;

	if (cpus < 0)
		return fail(p, 0, "cpus", "missing");
	for (node = tree_child(p->fdt, cpus); node >= 0; node = tree_sibling(p->fdt, node)) {
		const char *type = tree_prop(p->fdt, node, "device_type", NULL);
		int len, ac = tree_cell(p->fdt, cpus, "#address-cells", 2);
		const fdt32_t *reg = tree_prop(p->fdt, node, "reg", &len);

		if (!type || strcmp(type, "cpu") || !enabled(p->fdt, node))
			continue;
		if (!reg || ac < 1 || ac > 2 || len != ac * 4)
			return fail(p, node, "reg", "missing or of the wrong length");
		if (add_cpu(p, node, cells(reg, ac)))
			return E_FORMAT;
	}
	return p->hw->nr_cpus ? OK : fail(p, cpus, "cpu", "no core is enabled");
}

/* INTID of entry index of node's interrupts (three cells or more: type, number, flags; arm,gic-v3). */
static int get_intid(struct parse *p, int node, unsigned int index, unsigned int stride, uint32_t *intid)
{
	int len;
	const fdt32_t *irq = tree_prop(p->fdt, node, "interrupts", &len);
	uint32_t type, n;

	if (!irq || (unsigned int)len < (index + 1) * stride * 4)
		return E_NOENT;
	irq += index * stride;
	type = fdt32_to_cpu(irq[0]);
	n = fdt32_to_cpu(irq[1]);
	if (type > 1 || n > (type ? 15u : 987u))
		return fail(p, node, "interrupts", "neither SPI nor PPI of a GIC");
	*intid = type ? 16 + n : 32 + n;
	return OK;
}

static int parse_gic(struct parse *p, unsigned int *stride)
{
	int node = tree_find_compatible(p->fdt, -1, "arm,gic-v3"), len;
	const fdt32_t *n;
	unsigned int regions = 1;
	int rc;

	if (node < 0)
		return fail(p, 0, "arm,gic-v3", "no GICv3 (with QEMU: -M virt,gic-version=3)");
	n = tree_prop(p->fdt, node, "#redistributor-regions", &len);
	if (n && len == 4)
		regions = fdt32_to_cpu(*n);
	if (!regions || regions > HW_GICR_MAX)
		return fail(p, node, "#redistributor-regions", "0 or too many");
	rc = get_device(p, node, 0, &p->hw->gicd);
	for (unsigned int i = 0; rc == OK && i < regions; i++)
		rc = get_device(p, node, 1 + i, &p->hw->gicr[i]);
	if (rc)
		return rc == E_NOENT ? fail(p, node, "reg", "too short") : rc;
	p->hw->nr_gicr = regions;
	n = tree_prop(p->fdt, node, "#interrupt-cells", &len);
	if (!n || len != 4 || fdt32_to_cpu(*n) < 3 || fdt32_to_cpu(*n) > 8)
		return fail(p, node, "#interrupt-cells", "missing or less than 3");
	*stride = fdt32_to_cpu(*n);
	rc = get_intid(p, node, 0, *stride, &p->hw->maintenance_intid);
	return rc == E_NOENT ? fail(p, node, "interrupts", "no maintenance interrupt: no virtualization") : rc;
}

static int parse_timer(struct parse *p, unsigned int stride)
{
	int node = tree_find_compatible(p->fdt, -1, "arm,armv8-timer");

	if (node < 0)
		return fail(p, 0, "arm,armv8-timer", "missing");
	for (unsigned int i = 0; i < HW_TIMERS; i++) {
		int rc = get_intid(p, node, i, stride, &p->hw->timer_intid[i]);

		if (rc == E_NOENT && i < HW_TIMERS_NEEDED)
			return fail(p, node, "interrupts", "fewer than 4");
		if (rc == E_FORMAT)
			return rc;
	}
	/*
	 * A guest's list register names the physical interrupt that its EOI ends: the virtual timer's, PPI 27 on every
	 * machine (Arm BSA).
	 */
	if (p->hw->timer_intid[2] != 27)
		return fail(p, node, "interrupts", "the virtual timer is not PPI 11 (INTID 27)");
	return OK;
}

/* The node of a path, or of an alias with a path behind it. */
static int find_path(struct parse *p, const char *path, size_t length)
{
	const char *slash = memchr(path, '/', length), *value;
	size_t n = slash ? (size_t)(slash - path) : length;
	char alias[32];
	int len, node, aliases;

	if (!n)
		return tree_path(p->fdt, path, length);
	aliases = tree_path(p->fdt, "/aliases", 8);
	if (aliases < 0 || n >= sizeof(alias))
		return -1;
	memcpy(alias, path, n);
	alias[n] = '\0';
	value = tree_prop(p->fdt, aliases, alias, &len);
	node = value && len > 1 && *value == '/' ? tree_path(p->fdt, value, strnlen(value, (size_t)len)) : -1;
	return node < 0 || !slash ? node : tree_path_from(p->fdt, node, slash, length - n);
}

/* The console: /chosen/stdout-path when it is a PL011 that is enabled, else the first such one. None is no error. */
static int parse_uart(struct parse *p, unsigned int stride)
{
	int chosen = p->chosen, node = -1, len = 0;
	const char *path = chosen >= 0 ? tree_prop(p->fdt, chosen, "stdout-path", &len) : NULL;

	if (path && len > 0) {
		const char *colon = memchr(path, ':', (size_t)len - 1);

		size_t length = colon ? (size_t)(colon - path) : (size_t)len - 1;

		node = find_path(p, path, length);
	}
	if (node < 0 || !tree_is_compatible(p->fdt, node, "arm,pl011") || !enabled(p->fdt, node))
		for (node = tree_find_compatible(p->fdt, -1, "arm,pl011"); node >= 0 && !enabled(p->fdt, node);)
			node = tree_find_compatible(p->fdt, node, "arm,pl011");
	if (node < 0)
		return OK;
	if (get_device(p, node, 0, &p->hw->uart))
		return fail(p, node, "reg", "missing, empty or not understood");
	return get_intid(p, node, 0, stride, &p->hw->uart_intid) == E_FORMAT ? E_FORMAT : OK;
}

static int parse_rtc(struct parse *p)
{
	int node = tree_find_compatible(p->fdt, -1, "arm,pl031");

	if (node < 0 || !enabled(p->fdt, node))
		return OK;
	if (get_device(p, node, 0, &p->hw->rtc))
		return fail(p, node, "reg", "missing, empty or not understood");
	return OK;
}

static int parse_psci(struct parse *p)
{
	static const char *const kinds[] = { "arm,psci-1.0", "arm,psci-0.2" };
	int node = -1;
	const char *method;

	for (size_t i = 0; i < ARRAY_SIZE(kinds) && node < 0; i++)
		node = tree_find_compatible(p->fdt, -1, kinds[i]);
	if (node < 0)
		return OK; /* one core then, and no power-off */
	method = tree_prop(p->fdt, node, "method", NULL);
	p->hw->psci_smc = method && !strcmp(method, "smc");
	if (!p->hw->psci_smc)
		return fail(p, node, "method", "not \"smc\": there is no firmware above EL2");
	return OK;
}

static int parse_chosen(struct parse *p)
{
	int node = p->chosen, len, elen;
	const fdt32_t *start, *end;
	const uint8_t *seed;

	if (node < 0)
		return OK;
	start = tree_prop(p->fdt, node, "linux,initrd-start", &len);
	end = tree_prop(p->fdt, node, "linux,initrd-end", &elen);
	if (start && end) {
		uint64_t from, to;

		if ((len != 4 && len != 8) || (elen != 4 && elen != 8))
			return fail(p, node, "linux,initrd-start", "neither 4 nor 8 bytes");
		from = cells(start, len / 4);
		to = cells(end, elen / 4);
		if (to < from)
			return fail(p, node, "linux,initrd-end", "before linux,initrd-start");
		p->hw->initrd = (struct hw_range){ from, to - from };
	}
	seed = tree_prop(p->fdt, node, "rng-seed", &len);
	if (seed && len > 0) {
		p->hw->seed_size = MIN((unsigned int)len, (unsigned int)HW_SEED_MAX);
		memcpy(p->hw->seed, seed, p->hw->seed_size);
	}
	return OK;
}

int hw_parse(const void *fdt, size_t size, struct hw *out, struct hw_error *err)
{
	struct parse p = { .fdt = fdt, .hw = out, .err = err };
	unsigned int stride = 3;
	const char *wrong, *model;
	int rc;

	memset(out, 0, sizeof(*out));
	err->text[0] = '\0';
	/* The whole structure, so that every string and cell read below is inside it. */
	wrong = tree_check(fdt, size);
	if (wrong) {
		fmt_snprintf(err->text, sizeof(err->text), "%s: %s", world_tree, wrong);
		return E_FORMAT;
	}
	model = tree_prop(fdt, 0, "model", NULL);
	if (!model)
		model = tree_prop(fdt, 0, "compatible", NULL);
	str_copy(out->model, model ? model : "unknown machine", sizeof(out->model));
	str_make_printable(out->model);
	find_top(&p);
	rc = parse_memory(&p);
	rc = rc ? rc : parse_reserved(&p);
	rc = rc ? rc : parse_cpus(&p);
	rc = rc ? rc : parse_gic(&p, &stride);
	rc = rc ? rc : parse_timer(&p, stride);
	rc = rc ? rc : parse_uart(&p, stride);
	rc = rc ? rc : parse_rtc(&p);
	rc = rc ? rc : parse_psci(&p);
	return rc ? rc : parse_chosen(&p);
}

/* --- virtio,mmio --- */

#define IRQ_EDGES 3 /* third cell of a GIC's interrupt, 3:0: 1 rising, 2 falling, 4 and 8 levels */

/* The property stands at the device or at a bus above it. */
static bool is_coherent(const void *fdt, int node)
{
	for (int depth = 0; node >= 0 && depth < DEPTH_MAX; depth++) {
		if (tree_prop(fdt, node, "dma-coherent", NULL))
			return true;
		node = tree_parent(fdt, node);
	}
	return false;
}

static bool read_virtio(struct parse *p, int node, unsigned int stride, struct hw_virtio *v)
{
	int len;
	const fdt32_t *irq = tree_prop(p->fdt, node, "interrupts", &len);

	if (!enabled(p->fdt, node) || get_device(p, node, 0, &v->regs) || get_intid(p, node, 0, stride, &v->intid))
		return false;
	v->edge = fdt32_to_cpu(irq[2]) & IRQ_EDGES;
	v->coherent = is_coherent(p->fdt, node);
	return v->intid >= 32;
}

unsigned int hw_find_virtio(const void *fdt, struct hw_virtio *list, unsigned int max)
{
	struct hw_error err;
	struct hw scratch; /* parse_gic() fills one in */
	struct parse p = { .fdt = fdt, .hw = &scratch, .err = &err };
	unsigned int stride, n = 0;
	int node = -1;

	if (parse_gic(&p, &stride))
		return 0;
	while (n < max && (node = tree_find_compatible(fdt, node, "virtio,mmio")) >= 0) {
		struct hw_virtio v;
		unsigned int at = n;

		if (!read_virtio(&p, node, stride, &v))
			continue;
		for (; at && list[at - 1].regs.base > v.regs.base; at--)
			list[at] = list[at - 1];
		list[at] = v;
		n++;
	}
	return n;
}
