/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Between the files of the configuration decoder: config.c walks the tree, config_prop.c decodes
 * the properties of a node by a table, config_vm.c has the tables for a VM and its modules,
 * config_check.c looks at VMs side by side.
 */
#ifndef ROLE_HYP_CONFIG_PRIV_H
#define ROLE_HYP_CONFIG_PRIV_H

#include "core/log.h"
#include "role/hyp/config.h"

/* One node being decoded. */
struct config_scope {
	const struct config_source *src;
	struct vm_config *vm;
	struct vm_image *image;	    /* in a module */
	struct vm_disk *disk;	    /* in a disk */
	int offset;		    /* of the node in the tree */
	char node[CONFIG_PATH_MAX]; /* its path */
};

enum config_prop_type {
	CONFIG_PROP_IGNORED,
	CONFIG_PROP_FLAG,   /* no value */
	CONFIG_PROP_U32,    /* one cell */
	CONFIG_PROP_U64,    /* two cells */
	CONFIG_PROP_CELLS,  /* one cell or more */
	CONFIG_PROP_STRING, /* exactly one string */
	CONFIG_PROP_OFF,    /* a feature that we lack: only its being off is accepted */
	CONFIG_PROP_REFUSED /* makes the VM another one than we can build */
};

struct config_value {
	const void *raw; /* big-endian cells, or the string */
	unsigned int cells;
	uint64_t num;	 /* U32, U64 */
	const char *str; /* STRING */
};

/* A row a property. take stores it: OK, or an error of which it has said a line. */
struct config_prop {
	const char *name;
	enum config_prop_type type;
	bool mandatory;
	int (*take)(struct config_scope *s, const struct config_prop *prop, const struct config_value *v);
};

#define CONFIG_PROPS_MAX 32

/*
 * Decode the node's properties by the rows. What has no row is refused when its name starts with
 * "xen," or "trivet," (it must be understood), else noted in the log. OK; E_INVAL, E_NOTSUP or
 * take's error, with one line.
 */
int config_prop_parse(struct config_scope *s, const struct config_prop *rows, unsigned int count) MUST_CHECK;

/* Cell i of a value of cells. */
uint32_t config_prop_cell(const struct config_value *v, unsigned int i);

/* Is s a name from Xen's or our own vocabulary? */
bool config_prop_is_vocabulary(const char *s);

/* One VM: s->vm is zeroed, s->offset its node. */
int config_vm_parse(struct config_scope *s) MUST_CHECK;

/*
 * The range of a module's reg. parent is the node whose #address-cells count. E_NOENT: it has none. E_FORMAT, E_RANGE.
 */
int config_vm_reg(const void *fdt, int parent, int module, pa_t *base, uint64_t *size) MUST_CHECK;

/* Path of a child; cut when it is too long, unprintable bytes become '?'. */
void config_path(char *path, const char *parent, const char *name);

/* The VM against those already accepted in cfg, and its images against each other. One line on an error. */
int config_check(const struct config_source *src, const struct config *cfg, const struct vm_config *vm) MUST_CHECK;

struct config_place {
	const char *file, *node, *property;
};

/* One line: "<file>: <node>: <property>: <text>", unprintable bytes as '?'. */
void config_say(enum log_level level, const struct config_place *at, const char *fmt, ...) PRINTF(3, 4);

#endif
