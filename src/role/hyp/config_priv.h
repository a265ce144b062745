/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Between the files of the configuration decoder: config.c walks the tree, config_vm.c has the tables for a VM and its
 * modules, config_check.c looks at VMs side by side.
 */
#ifndef ROLE_HYP_CONFIG_PRIV_H
#define ROLE_HYP_CONFIG_PRIV_H

#include "core/prop.h"
#include "role/hyp/config.h"

/* One node being decoded. */
struct config_scope {
	const struct config_source *src;
	struct vm_config *vm;
	struct vm_image *image; /* in a module */
	struct vm_disk *disk;	/* in a disk */
	struct prop_scope prop; /* the node */
};

/* For the rows' handlers: the scope that p is in. */
static inline struct config_scope *config_scope(struct prop_scope *p)
{
	return container_of(p, struct config_scope, prop);
}

/* Is s a name from Xen's or our own vocabulary, and must therefore be understood? */
bool config_is_vocabulary(const char *s);

/* One VM: s->vm is zeroed, s->prop its node. */
int config_vm_parse(struct config_scope *s) MUST_CHECK;

/*
 * The range of a module's reg. parent is the node whose #address-cells count. E_NOENT: it has none. E_FORMAT, E_RANGE.
 */
int config_vm_reg(const void *fdt, int parent, int module, pa_t *base, uint64_t *size) MUST_CHECK;

/* The VM against those already accepted in cfg, and its images against each other. One line on an error. */
int config_check(const struct config_source *src, const struct config *cfg, const struct vm_config *vm) MUST_CHECK;

#endif
