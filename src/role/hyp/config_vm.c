/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One VM of the machine file: a row for each property of its node and of its modules. No state, no
 * lock. The vocabulary is Xen's dom0less binding (Xen, docs/misc/arm/device-tree/booting.txt) and
 * our own trivet,* names: docs/machine-file.md.
 */
#include <libfdt.h>

#include "lib/checked.h"
#include "lib/string.h"
#include "lib/string_ext.h"
#include "lib/tree.h"
#include "role/hyp/config_priv.h"
#include "role/hyp/vmap.h"

#define SECTOR	  512 /* of a disk: virtio 1.2, 5.2.4 */
#define CELLS_MAX 2   /* of an address, of a size */

/* --- the properties of a VM's node --- */

static int take_memory(struct prop_scope *p, const struct prop_row *prop, const struct prop_value *v)
{
	struct config_scope *s = config_scope(p);
	uint64_t bytes;

	if (!v->num) {
		vm_config_error(s->vm, s->prop.node, prop->name, "0 KiB: a VM needs memory");
		return E_INVAL;
	}
	if (!checked_mul(v->num, KIB, &bytes) || bytes > vmap[VMAP_RAM].size) {
		vm_config_error(s->vm, s->prop.node, prop->name, "%lu KiB is more than %lu KiB", v->num,
				vmap[VMAP_RAM].size / KIB);
		return E_RANGE;
	}
	if (!IS_ALIGNED(bytes, PAGE_SIZE)) {
		vm_config_error(s->vm, s->prop.node, prop->name, "%lu KiB is no multiple of 4 KiB", v->num);
		return E_INVAL;
	}
	s->vm->memory = bytes;
	return OK;
}

static int take_cpus(struct prop_scope *p, const struct prop_row *prop, const struct prop_value *v)
{
	struct config_scope *s = config_scope(p);
	if (!v->num) {
		vm_config_error(s->vm, s->prop.node, prop->name, "0: a VM needs a vCPU");
		return E_INVAL;
	}
	if (v->num > CONFIG_MAX_VCPUS) {
		vm_config_error(s->vm, s->prop.node, prop->name, "%lu is more than %u", v->num, CONFIG_MAX_VCPUS);
		return E_RANGE;
	}
	s->vm->nr_vcpus = (unsigned int)v->num;
	return OK;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-_.+,@", c));
}

static int take_name(struct prop_scope *p, const struct prop_row *prop, const struct prop_value *v)
{
	struct config_scope *s = config_scope(p);
	const size_t len = strlen(v->str);

	if (!len || len >= sizeof(s->vm->name)) {
		vm_config_error(s->vm, s->prop.node, prop->name, "must have 1 to %zu characters",
				sizeof(s->vm->name) - 1);
		return E_RANGE;
	}
	for (size_t i = 0; i < len; i++) {
		if (!is_name_char(v->str[i])) {
			vm_config_error(s->vm, s->prop.node, prop->name, "letters, digits and -_.+,@ only");
			return E_INVAL;
		}
	}
	str_copy(s->vm->name, v->str, sizeof(s->vm->name));
	return OK;
}

static int take_pcpus(struct prop_scope *p, const struct prop_row *prop, const struct prop_value *v)
{
	struct config_scope *s = config_scope(p);
	struct vm_config *vm = s->vm;
	uint64_t seen = 0;

	vm->nr_pcpus = 0;
	for (unsigned int i = 0; i < v->cells; i++) {
		uint32_t cpu = prop_cell(v, i);

		if (cpu >= s->src->nr_pcpus || cpu >= CONFIG_PCPUS_MAX) {
			vm_config_error(vm, s->prop.node, prop->name, "no core %u: this machine runs %u", cpu,
					s->src->nr_pcpus);
			return E_RANGE;
		}
		if (seen & BIT(cpu)) {
			vm_config_error(vm, s->prop.node, prop->name, "core %u is there twice", cpu);
			return E_INVAL;
		}
		seen |= BIT(cpu);
		vm->pcpu[vm->nr_pcpus++] = (uint8_t)cpu;
	}
	return OK;
}

static int take_action(struct prop_scope *p, const struct prop_row *prop, const struct prop_value *v)
{
	struct config_scope *s = config_scope(p);
	enum vm_action *out = strcmp(prop->name, "trivet,on-reboot") == 0 ? &s->vm->on_reboot : &s->vm->on_poweroff;

	if (strcmp(v->str, "stop") == 0) {
		*out = VM_ACTION_STOP;
	} else if (strcmp(v->str, "restart") == 0) {
		*out = VM_ACTION_RESTART;
	} else {
		vm_config_error(s->vm, s->prop.node, prop->name, "must be \"stop\" or \"restart\"");
		return E_INVAL;
	}
	return OK;
}

static int take_on_hang(struct prop_scope *p, const struct prop_row *prop, const struct prop_value *v)
{
	static const char *const words[] = {
		[VM_HANG_REPORT] = "report",
		[VM_HANG_STOP] = "stop",
		[VM_HANG_RESTART] = "restart",
	};
	struct config_scope *s = config_scope(p);

	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(v->str, words[i]) == 0) {
			s->vm->on_hang = (enum vm_on_hang)i;
			return OK;
		}
	}
	vm_config_error(s->vm, s->prop.node, prop->name, "must be \"report\", \"stop\" or \"restart\"");
	return E_INVAL;
}

static int take_bootargs(struct prop_scope *p, const struct prop_row *prop, const struct prop_value *v)
{
	struct config_scope *s = config_scope(p);
	if (s->image && s->image != &s->vm->kernel) {
		vm_config_error(s->vm, s->prop.node, prop->name, "belongs to the kernel");
		return E_INVAL;
	}
	if (strlen(v->str) >= CONFIG_ARGS_MAX) {
		vm_config_error(s->vm, s->prop.node, prop->name, "more than %u characters", CONFIG_ARGS_MAX - 1);
		return E_RANGE;
	}
	s->vm->bootargs = v->str;
	return OK;
}

static int take_flag(struct prop_scope *p, const struct prop_row *prop, const struct prop_value *v)
{
	struct vm_config *vm = config_scope(p)->vm;

	(void)v;
	if (strcmp(prop->name, "vpl011") == 0)
		vm->vpl011 = true;
	else if (strcmp(prop->name, "trivet,pin") == 0)
		vm->pin = true;
	else
		vm->rng = true;
	return OK;
}

static int take_no_rtc(struct prop_scope *p, const struct prop_row *prop, const struct prop_value *v)
{
	struct config_scope *s = config_scope(p);
	(void)v;
	if (tree_prop(s->prop.fdt, s->prop.offset, "trivet,rtc", NULL)) {
		vm_config_error(s->vm, s->prop.node, prop->name, "is given together with trivet,rtc");
		return E_INVAL;
	}
	s->vm->rtc = false;
	return OK;
}

/* clang-format off */
static const struct prop_row vm_props[] = {
	/* name                      type                  must   handler */
	{ "compatible",              PROP_IGNORED,  true,  .take = NULL },
	{ "memory",                  PROP_U64,      true,  .take = take_memory },
	{ "cpus",                    PROP_U32,      true,  .take = take_cpus },
	{ "vpl011",                  PROP_FLAG,     false, .take = take_flag },
	{ "bootargs",                PROP_STRING,   false, .take = take_bootargs },
	{ "trivet,name",             PROP_STRING,   false, .take = take_name },
	{ "trivet,pcpus",            PROP_CELLS,    false, .take = take_pcpus },
	{ "trivet,pin",              PROP_FLAG,     false, .take = take_flag },
	{ "trivet,rtc",              PROP_FLAG,     false, .take = NULL },
	{ "trivet,no-rtc",           PROP_FLAG,     false, .take = take_no_rtc },
	{ "trivet,rng",              PROP_FLAG,     false, .take = take_flag },
	{ "trivet,on-poweroff",      PROP_STRING,   false, .take = take_action },
	{ "trivet,on-reboot",        PROP_STRING,   false, .take = take_action },
	{ "trivet,on-hang",          PROP_STRING,   false, .take = take_on_hang },
	{ "#address-cells",          PROP_U32,      false, .take = NULL },
	{ "#size-cells",             PROP_U32,      false, .take = NULL },
	{ "phandle",                 PROP_IGNORED,  false, .take = NULL },
	{ "status",                  PROP_IGNORED,  false, .take = NULL }, /* config.c has looked */
	/* Xen's, that would make another VM of it. */
	{ "xen,enhanced",            PROP_OFF,      false, .take = NULL },
	{ "passthrough",             PROP_OFF,      false, .take = NULL },
	{ "direct-map",              PROP_REFUSED,  false, .take = NULL },
	{ "nr_spis",                 PROP_REFUSED,  false, .take = NULL },
	{ "sve",                     PROP_REFUSED,  false, .take = NULL },
	{ "mpu",                     PROP_REFUSED,  false, .take = NULL },
	{ "vpci",                    PROP_REFUSED,  false, .take = NULL },
	{ "capabilities",            PROP_REFUSED,  false, .take = NULL },
	{ "llc-colors",              PROP_REFUSED,  false, .take = NULL },
	{ "domain-cpupool",          PROP_REFUSED,  false, .take = NULL },
	{ "trap-unmapped-accesses",  PROP_REFUSED,  false, .take = NULL },
};
/* clang-format on */
_Static_assert(ARRAY_SIZE(vm_props) <= PROP_ROWS_MAX, "more rows than bits in seen");

/* --- the images: modules and disks --- */

static bool is_host_disk(const struct config_scope *s)
{
	return s->disk && s->disk->host;
}

static int take_readonly(struct prop_scope *p, const struct prop_row *prop, const struct prop_value *v)
{
	struct config_scope *s = config_scope(p);
	(void)v;
	if (!s->disk) {
		vm_config_error(s->vm, s->prop.node, prop->name, "belongs to a disk");
		return E_INVAL;
	}
	s->disk->readonly = true;
	return OK;
}

static int take_file(struct prop_scope *p, const struct prop_row *prop, const struct prop_value *v)
{
	struct config_scope *s = config_scope(p);
	struct bundle_file file;
	int r;

	if (!s->src->bundle) {
		vm_config_error(s->vm, s->prop.node, prop->name, "\"%s\": there is no bundle", v->str);
		return E_NOENT;
	}
	r = bundle_find(s->src->bundle, v->str, &file);
	if (r != OK) {
		vm_config_error(s->vm, s->prop.node, prop->name, "\"%s\" is missing: %s", v->str,
				r == E_NOENT ? "not in the bundle" : "the bundle is cut or corrupt");
		return r;
	}
	if (!file.size) {
		vm_config_error(s->vm, s->prop.node, prop->name, "\"%s\" is empty", v->str);
		return E_FORMAT;
	}
	s->image->file = v->str;
	s->image->data = file.data;
	s->image->size = file.size;
	return OK;
}

static int take_host_disk(struct prop_scope *p, const struct prop_row *prop, const struct prop_value *v)
{
	struct config_scope *s = config_scope(p);
	const char *why = "this machine has no disks";
	bool readonly = false;
	int disk = E_NOENT;

	if (!s->disk) {
		vm_config_error(s->vm, s->prop.node, prop->name, "belongs to a disk");
		return E_INVAL;
	}
	if (s->src->host_disk)
		disk = s->src->host_disk((unsigned int)v->num, &readonly, &why);
	if (disk < 0) {
		vm_config_error(s->vm, s->prop.node, prop->name, "disk %lu: %s", v->num, why);
		return disk;
	}
	s->disk->host = true;
	s->disk->host_disk = (unsigned int)disk;
	s->disk->host_readonly = readonly;
	return OK;
}

int config_vm_reg(const void *fdt, int parent, int module, pa_t *base, uint64_t *size)
{
	const int na = tree_cell(fdt, parent, "#address-cells", 2), ns = tree_cell(fdt, parent, "#size-cells", 1);
	int len;
	struct prop_value v = { .raw = tree_prop(fdt, module, "reg", &len) };
	uint64_t n[2] = { 0, 0 }, end;

	if (!v.raw)
		return E_NOENT;
	if (na < 1 || na > CELLS_MAX || ns < 1 || ns > CELLS_MAX || len != (na + ns) * (int)sizeof(fdt32_t))
		return E_FORMAT;
	for (int i = 0; i < na + ns; i++)
		n[i >= na] = n[i >= na] << 32 | prop_cell(&v, (unsigned int)i);
	if (!n[1] || !checked_add(n[0], n[1], &end))
		return E_RANGE;
	*base = PA(n[0]);
	*size = n[1];
	return OK;
}

/* A module without trivet,file: what lies at its reg. parent is the VM's node. */
static int image_from_reg(struct config_scope *s, int parent)
{
	uint64_t size;
	pa_t base;
	int r = config_vm_reg(s->prop.fdt, parent, s->prop.offset, &base, &size);

	switch (r) {
	case OK:
		break;
	case E_NOENT:
		vm_config_error(s->vm, s->prop.node, "trivet,file", "is missing, and so is reg");
		return r;
	case E_FORMAT:
		vm_config_error(s->vm, s->prop.node, "reg",
				"must be one address and size as #address-cells, #size-cells say");
		return r;
	default:
		vm_config_error(s->vm, s->prop.node, "reg", "is empty or wraps");
		return r;
	}
	s->image->data = s->src->module_at ? s->src->module_at(base, size) : NULL;
	if (!s->image->data) {
		vm_config_error(s->vm, s->prop.node, "reg", "0x%lx to 0x%lx is no RAM that modules can lie in", base.a,
				base.a + size - 1);
		return E_RANGE;
	}
	s->image->size = size;
	return OK;
}

static const struct prop_row image_props[] = {
	{ "compatible", PROP_IGNORED, true, .take = NULL },
	{ "trivet,file", PROP_STRING, false, .take = take_file },
	{ "trivet,host-disk", PROP_U32, false, .take = take_host_disk },
	{ "trivet,readonly", PROP_FLAG, false, .take = take_readonly },
	{ "bootargs", PROP_STRING, false, .take = take_bootargs },
	{ "reg", PROP_IGNORED, false, .take = NULL }, /* image_from_reg() */
	{ "phandle", PROP_IGNORED, false, .take = NULL },
};
_Static_assert(ARRAY_SIZE(image_props) <= PROP_ROWS_MAX, "more rows than bits in seen");

/* Of the three places that an image can be in, one. */
static int check_place(struct config_scope *s)
{
	const char *other = s->image->file ? "trivet,file" : "trivet,host-disk";

	if ((s->image->file || is_host_disk(s)) && tree_prop(s->prop.fdt, s->prop.offset, "reg", NULL)) {
		vm_config_error(s->vm, s->prop.node, "reg", "is given together with %s", other);
		return E_INVAL;
	}
	if (s->image->file && is_host_disk(s)) {
		vm_config_error(s->vm, s->prop.node, "trivet,host-disk", "is given together with trivet,file");
		return E_INVAL;
	}
	return OK;
}

static int parse_image(struct config_scope *s, int parent)
{
	int r;

	if (s->image->size) {
		vm_config_error(s->vm, s->prop.node, "compatible", "this VM has one already: %s", s->image->node);
		return E_EXIST;
	}
	str_copy(s->image->node, s->prop.node, sizeof(s->image->node));
	r = prop_parse(&s->prop, image_props, ARRAY_SIZE(image_props));
	if (r != OK)
		return r;
	if (!s->image->file && !is_host_disk(s))
		return image_from_reg(s, parent);
	return check_place(s);
}

static int parse_kernel(struct config_scope *s, int parent)
{
	s->image = &s->vm->kernel;
	return parse_image(s, parent);
}

static int parse_ramdisk(struct config_scope *s, int parent)
{
	s->image = &s->vm->ramdisk;
	return parse_image(s, parent);
}

static int parse_disk(struct config_scope *s, int parent)
{
	int r;

	if (s->vm->nr_disks == CONFIG_DISKS_MAX) {
		vm_config_error(s->vm, s->prop.node, "compatible", "more than %u disks", CONFIG_DISKS_MAX);
		return E_RANGE;
	}
	s->disk = &s->vm->disk[s->vm->nr_disks];
	s->image = &s->disk->image;
	r = parse_image(s, parent);
	if (r != OK)
		return r;
	if (s->disk->host_readonly && !s->disk->readonly) {
		const struct prop_place at = { s->src->file, s->prop.node, "trivet,host-disk" };

		prop_say(LOG_INFO, &at, "can only be read: as with trivet,readonly");
		s->disk->readonly = true;
	}
	if (s->image->size % SECTOR) {
		vm_config_error(s->vm, s->prop.node, s->image->file ? "trivet,file" : "reg",
				"%zu bytes is no multiple of %u", s->image->size, SECTOR);
		return E_FORMAT;
	}
	s->vm->nr_disks++;
	return OK;
}

static int refuse_child(struct config_scope *s, int parent)
{
	(void)parent;
	vm_config_error(s->vm, s->prop.node, "compatible", "a partial device tree is not supported");
	return E_NOTSUP;
}

/* The first that the node is compatible with. "xen,linux-*" are Xen 4.4's names. */
static const struct {
	const char *compatible;
	int (*parse)(struct config_scope *s, int parent);
} child_kinds[] = {
	{ "multiboot,kernel", parse_kernel },	   { "xen,linux-zimage", parse_kernel },
	{ "multiboot,ramdisk", parse_ramdisk },	   { "xen,linux-initrd", parse_ramdisk },
	{ "multiboot,device-tree", refuse_child }, { "trivet,disk", parse_disk },
};

static int parse_child(struct config_scope *s, int parent)
{
	const struct prop_place at = { s->src->file, s->prop.node, "compatible" };
	const char *compatible;
	int len;

	for (size_t i = 0; i < ARRAY_SIZE(child_kinds); i++) {
		if (tree_is_compatible(s->prop.fdt, s->prop.offset, child_kinds[i].compatible))
			return child_kinds[i].parse(s, parent);
	}
	compatible = tree_prop(s->prop.fdt, s->prop.offset, "compatible", &len);
	if (compatible && len > 0 && compatible[len - 1] == '\0' &&
	    (config_is_vocabulary(compatible) || strncmp(compatible, "multiboot,", 10) == 0)) {
		vm_config_error(s->vm, s->prop.node, "compatible", "\"%s\" is not understood", compatible);
		return E_NOTSUP;
	}
	prop_say(LOG_INFO, &at, "node ignored");
	return OK;
}

int config_vm_parse(struct config_scope *s)
{
	struct vm_config *vm = s->vm;
	int child, r;

	vm->bootargs = "";
	vm->rtc = true;
	vm->on_reboot = VM_ACTION_RESTART;
	vm->nr_pcpus = MIN(s->src->nr_pcpus, (unsigned int)CONFIG_PCPUS_MAX);
	for (unsigned int i = 0; i < vm->nr_pcpus; i++)
		vm->pcpu[i] = (uint8_t)i;

	r = prop_parse(&s->prop, vm_props, ARRAY_SIZE(vm_props));
	if (r != OK)
		return r;
	for (child = tree_child(s->prop.fdt, s->prop.offset); child >= 0; child = tree_sibling(s->prop.fdt, child)) {
		struct config_scope sub = { .src = s->src, .vm = vm, .prop = s->prop };

		sub.prop.offset = child;

		prop_path(sub.prop.node, s->prop.node, tree_name(s->prop.fdt, child));
		r = parse_child(&sub, s->prop.offset);
		if (r != OK)
			return r;
	}
	if (!vm->kernel.size) {
		vm_config_error(vm, NULL, "compatible", "no kernel: none of its modules is a \"multiboot,kernel\"");
		return E_INVAL;
	}
	return OK;
}
