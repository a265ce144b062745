/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Decoding a node's properties by a table. No state, no lock. Devicetree Specification 0.4, 2.2.4
 * has the value types.
 */
#include <libfdt.h>

#include "lib/string.h"
#include "role/hyp/config_priv.h"

#define CELL sizeof(fdt32_t)

uint32_t config_prop_cell(const struct config_value *v, unsigned int i)
{
	fdt32_t cell;

	memcpy(&cell, (const uint8_t *)v->raw + i * CELL, CELL);
	return fdt32_to_cpu(cell);
}

bool config_prop_is_vocabulary(const char *s)
{
	return strncmp(s, "xen,", 4) == 0 || strncmp(s, "trivet,", 7) == 0;
}

/* Exactly one string, terminated at its end. */
static bool is_string(const void *raw, size_t len)
{
	return len && strnlen(raw, len) == len - 1;
}

/* What is wrong with a value of that type, or NULL: then *v is filled. */
static const char *decode(enum config_prop_type type, size_t len, struct config_value *v)
{
	v->cells = (unsigned int)(len / CELL);
	switch (type) {
	case CONFIG_PROP_FLAG:
		return len ? "takes no value" : NULL;
	case CONFIG_PROP_U32:
		if (len != CELL)
			return "must be one cell";
		v->num = config_prop_cell(v, 0);
		return NULL;
	case CONFIG_PROP_U64:
		if (len != 2 * CELL)
			return "must be two cells (64 bits)";
		v->num = (uint64_t)config_prop_cell(v, 0) << 32 | config_prop_cell(v, 1);
		return NULL;
	case CONFIG_PROP_CELLS:
		return len && len % CELL == 0 ? NULL : "must be cells";
	case CONFIG_PROP_STRING:
		if (!is_string(v->raw, len))
			return "must be one string";
		v->str = v->raw;
		return NULL;
	case CONFIG_PROP_OFF:
		if (is_string(v->raw, len) && strcmp(v->raw, "disabled") == 0)
			return NULL;
		return "is not supported";
	case CONFIG_PROP_REFUSED:
		return "is not supported";
	case CONFIG_PROP_IGNORED:
		return NULL;
	}
	return "has an unknown type";
}

static int parse_one(struct config_scope *s, const struct config_prop *row, struct config_value *v, size_t len)
{
	const char *wrong = decode(row->type, len, v);

	if (wrong) {
		vm_config_error(s->vm, s->node, row->name, "%s", wrong);
		return row->type >= CONFIG_PROP_OFF ? E_NOTSUP : E_INVAL;
	}
	return row->take ? row->take(s, row, v) : OK;
}

static int unknown(struct config_scope *s, const char *name)
{
	const struct config_place at = { s->src->file, s->node, name };

	if (config_prop_is_vocabulary(name)) {
		vm_config_error(s->vm, s->node, name, "is not understood");
		return E_NOTSUP;
	}
	config_say(LOG_INFO, &at, "ignored");
	return OK;
}

static int parse_at(struct config_scope *s, const struct config_prop *rows, unsigned int count, int offset,
		    uint64_t *seen)
{
	const char *name;
	int len;
	struct config_value v = { .raw = fdt_getprop_by_offset(s->src->fdt, offset, &name, &len) };

	/* The whole tree has been checked: this is for a tree that changed since. */
	if (!v.raw || len < 0)
		return E_FORMAT;
	for (unsigned int i = 0; i < count; i++) {
		if (strcmp(rows[i].name, name))
			continue;
		if (*seen & BIT(i)) {
			vm_config_error(s->vm, s->node, name, "is given twice");
			return E_INVAL;
		}
		*seen |= BIT(i);
		return parse_one(s, &rows[i], &v, (size_t)len);
	}
	return unknown(s, name);
}

int config_prop_parse(struct config_scope *s, const struct config_prop *rows, unsigned int count)
{
	uint64_t seen = 0;
	int offset, r;

	fdt_for_each_property_offset(offset, s->src->fdt, s->offset) {
		r = parse_at(s, rows, count, offset, &seen);
		if (r != OK)
			return r;
	}
	for (unsigned int i = 0; i < count; i++) {
		if (rows[i].mandatory && !(seen & BIT(i))) {
			vm_config_error(s->vm, s->node, rows[i].name, "is missing");
			return E_INVAL;
		}
	}
	return OK;
}
