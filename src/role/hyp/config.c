/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine file as a whole: soundness of the tree, the list of VMs, the lines about what is
 * wrong. No state, no lock. After tree_check() every offset and string of the tree is inside
 * it, so libfdt's readers cannot be led astray.
 */
#include "role/hyp/config.h"

#include <libfdt.h>

#include "lib/string.h"
#include "lib/string_ext.h"
#include "lib/tree.h"
#include "role/hyp/config_priv.h"
#include "role/hyp/loader.h"

#define CHOSEN "/chosen"

/* --- lines --- */

void vm_config_error(const struct vm_config *vm, const char *node, const char *property, const char *fmt, ...)
{
	const struct prop_place at = { vm->file, node ? node : vm->node, property };
	va_list ap;

	va_start(ap, fmt);
	prop_vsay(LOG_ERROR, &at, fmt, ap);
	va_end(ap);
}

bool config_is_vocabulary(const char *s)
{
	return strncmp(s, "xen,", 4) == 0 || strncmp(s, "trivet,", 7) == 0;
}

/* --- what others ask of a VM's configuration --- */

uint64_t vm_config_affinity(const struct vm_config *vm, unsigned int vcpu)
{
	uint64_t mask = 0;

	if (vm->pin)
		return BIT(vm->pcpu[vcpu % vm->nr_pcpus]);
	for (unsigned int i = 0; i < vm->nr_pcpus; i++)
		mask |= BIT(vm->pcpu[i]);
	return mask;
}

/* --- the tree --- */

static int find_chosen(const void *fdt)
{
	return tree_path(fdt, CHOSEN, sizeof(CHOSEN) - 1);
}

static bool is_vm(const void *fdt, int node)
{
	return tree_is_compatible(fdt, node, "xen,domain");
}

void config_for_each_reg(const void *fdt, size_t size, void (*visit)(void *ctx, pa_t base, uint64_t size), void *ctx)
{
	int chosen, vm, module;
	uint64_t len;
	pa_t base;

	if (tree_check(fdt, size))
		return;
	chosen = find_chosen(fdt);
	if (chosen < 0)
		return;
	for (vm = tree_child(fdt, chosen); vm >= 0; vm = tree_sibling(fdt, vm)) {
		if (!is_vm(fdt, vm))
			continue;
		for (module = tree_child(fdt, vm); module >= 0; module = tree_sibling(fdt, module)) {
			if (config_vm_reg(fdt, vm, module, &base, &len) == OK)
				visit(ctx, base, len);
		}
	}
}

/* Devicetree Specification 2.3.4: anything but "okay" (or the old "ok") means: not there. */
static bool is_enabled(const void *fdt, int node)
{
	int len;
	const char *status = tree_prop(fdt, node, "status", &len);

	if (!status)
		return true;
	return (len == sizeof("okay") && memcmp(status, "okay", sizeof("okay")) == 0) ||
	       (len == sizeof("ok") && memcmp(status, "ok", sizeof("ok")) == 0);
}

/* The last look: does it all fit? The plan itself is made again when the VM is built. */
static int check_plan(const struct vm_config *vm)
{
	const struct prop_place at = { vm->file, vm->kernel.node, vm->kernel.file ? "trivet,file" : "reg" };
	struct loader_plan plan;
	int r = loader_plan(vm, &plan);

	if (r == OK && plan.raw)
		prop_say(LOG_INFO, &at, "no Image magic: a raw binary, goes to 0x%lx", plan.kernel.a);
	return r;
}

static void parse_vm(const struct config_source *src, struct config *cfg, int node)
{
	const char *name = tree_name(src->fdt, node);
	struct config_scope s = {
		.src = src,
		.prop = { .fdt = src->fdt, .file = src->file, .offset = node, .must_know = config_is_vocabulary }
	};
	const struct prop_place at = { src->file, s.prop.node, "compatible" };

	prop_path(s.prop.node, CHOSEN, name);
	if (cfg->nr_vms == ARRAY_SIZE(cfg->vm)) {
		prop_say(LOG_ERROR, &at, "more than %zu VMs", ARRAY_SIZE(cfg->vm));
		cfg->nr_refused++;
		return;
	}
	if (!is_enabled(src->fdt, node)) {
		prop_say(LOG_INFO, &at, "left out, its status is not \"okay\"");
		return;
	}
	s.vm = &cfg->vm[cfg->nr_vms];
	*s.vm = (struct vm_config){ .file = src->file };
	str_copy(s.vm->node, s.prop.node, sizeof(s.vm->node));
	str_copy(s.vm->name, s.prop.node + sizeof(CHOSEN), sizeof(s.vm->name));
	if (config_vm_parse(&s) == OK && config_check(src, cfg, s.vm) == OK && check_plan(s.vm) == OK)
		cfg->nr_vms++;
	else
		cfg->nr_refused++;
}

static void find_console(const struct config_source *src, struct config *cfg, int chosen)
{
	const struct prop_place at = { src->file, CHOSEN, "trivet,console" };
	int len;
	const char *name = tree_prop(src->fdt, chosen, at.property, &len);

	if (!name)
		return;
	if (len <= 0 || strnlen(name, (size_t)len) != (size_t)len - 1) {
		prop_say(LOG_WARN, &at, "must be one string");
		return;
	}
	for (unsigned int i = 0; i < cfg->nr_vms; i++) {
		if (strcmp(cfg->vm[i].name, name) == 0) {
			cfg->console = i;
			return;
		}
	}
	prop_say(LOG_WARN, &at, "no VM is named \"%s\"", name);
}

int config_parse(const struct config_source *src, struct config *cfg)
{
	const struct prop_place root = { src->file, "/", "header" };
	const struct prop_place at = { src->file, CHOSEN, "compatible" };
	const char *wrong = tree_check(src->fdt, src->size);
	int chosen, node, seen = 0;

	cfg->nr_vms = 0;
	cfg->nr_refused = 0;
	cfg->console = 0;
	if (wrong) {
		prop_say(LOG_ERROR, &root, "%zu bytes are no sound device tree: %s", src->size, wrong);
		return E_FORMAT;
	}
	chosen = find_chosen(src->fdt);
	if (chosen >= 0) {
		for (node = tree_child(src->fdt, chosen); node >= 0; node = tree_sibling(src->fdt, node)) {
			if (!is_vm(src->fdt, node))
				continue;
			parse_vm(src, cfg, node);
			seen++;
		}
	}
	if (!seen) {
		prop_say(LOG_ERROR, &at, "no node here is a \"xen,domain\": there is no VM");
		return E_NOENT;
	}
	find_console(src, cfg, chosen);
	return OK;
}
