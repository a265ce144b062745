/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the decoders of both kinds of manifest share; see manifest.h. No state, no lock. After tree_check() every
 * offset and string of the tree is inside it, so libfdt's readers cannot be led astray.
 */
#include "role/spmc/manifest.h"

#include <libfdt.h>

#include "lib/string_ext.h"
#include "lib/tree.h"
#include "role/spmc/manifest_priv.h"

int manifest_open(const struct manifest_source *src, const char *compatible, struct prop_scope *root)
{
	const struct prop_place at = { src->file, "/", "header" };
	const char *wrong = tree_check(src->fdt, src->size);

	if (wrong) {
		prop_say(LOG_ERROR, &at, "%zu bytes are no sound device tree: %s", src->size, wrong);
		return E_FORMAT;
	}
	*root = (struct prop_scope){ .fdt = src->fdt, .file = src->file, .offset = 0, .node = "/" };
	return manifest_compatible(root, compatible) == OK ? OK : E_FORMAT;
}

struct prop_scope manifest_child(const struct prop_scope *parent, int offset, void *into)
{
	struct prop_scope s = *parent;

	/* The root's path ends in the separator that a child's begins with. */
	prop_path(s.node, parent->offset ? parent->node : "", fdt_get_name(parent->fdt, offset, NULL));
	s.offset = offset;
	s.into = into;
	return s;
}

int manifest_find(const struct prop_scope *parent, const char *name)
{
	return fdt_subnode_offset(parent->fdt, parent->offset, name);
}

int manifest_compatible(const struct prop_scope *s, const char *compatible)
{
	if (fdt_node_check_compatible(s->fdt, s->offset, compatible) == 0)
		return OK;
	prop_error(s, "compatible", "must be \"%s\"", compatible);
	return E_INVAL;
}

uint32_t manifest_properties(const struct sp_manifest *sp)
{
	uint32_t p = sp->messaging | FFA_PARTITION_AARCH64;

	if (sp->notifications)
		p |= FFA_PARTITION_NOTIFICATION;
	if (sp->vm_messages & SP_VM_CREATED)
		p |= FFA_PARTITION_VM_CREATED;
	if (sp->vm_messages & SP_VM_DESTROYED)
		p |= FFA_PARTITION_VM_DESTROYED;
	return p;
}
