/* SPDX-License-Identifier: BSD-3-Clause */
/* Decoding a node's properties by a table; see prop.h. */
#include "core/prop.h"

#include <libfdt.h>

#include "lib/printf.h"
#include "lib/string.h"
#include "lib/string_ext.h"
#include "lib/tree.h"

#define CELL	  sizeof(fdt32_t)
#define LINE_SIZE 224

/* --- paths and lines --- */

void prop_path(char path[PROP_PATH_MAX], const char *parent, const char *name)
{
	fmt_snprintf(path, PROP_PATH_MAX, "%s/%s", parent, name && name[0] ? name : "?");
	str_make_printable(path);
}

void prop_vsay(enum log_level level, const struct prop_place *at, const char *fmt, va_list ap)
{
	char line[LINE_SIZE];
	int n = fmt_snprintf(line, sizeof(line), "%s: %s: %s: ", at->file, at->node, at->property);

	if (n >= 0 && (size_t)n < sizeof(line))
		fmt_vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, ap);
	str_make_printable(line);
	log_at(level, "%s", line);
}

void prop_say(enum log_level level, const struct prop_place *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	prop_vsay(level, at, fmt, ap);
	va_end(ap);
}

void prop_error(const struct prop_scope *s, const char *property, const char *fmt, ...)
{
	const struct prop_place at = { s->file, s->node, property };
	va_list ap;

	va_start(ap, fmt);
	prop_vsay(LOG_ERROR, &at, fmt, ap);
	va_end(ap);
}

/* --- values --- */

uint32_t prop_cell(const struct prop_value *v, unsigned int i)
{
	fdt32_t cell;

	memcpy(&cell, (const uint8_t *)v->raw + i * CELL, CELL);
	return fdt32_to_cpu(cell);
}

static uint64_t two_cells(const struct prop_value *v)
{
	return (uint64_t)prop_cell(v, 0) << 32 | prop_cell(v, 1);
}

/* Exactly one string, terminated at its end. */
static bool is_string(const void *raw, size_t len)
{
	return len && strnlen(raw, len) == len - 1;
}

/* What is wrong with a value of that type, or NULL: then *v is filled. */
static const char *decode(enum prop_type type, size_t len, struct prop_value *v)
{
	v->cells = (unsigned int)(len / CELL);
	switch (type) {
	case PROP_FLAG:
		return len ? "takes no value" : NULL;
	case PROP_U32:
		if (len != CELL)
			return "must be one cell";
		v->num = prop_cell(v, 0);
		return NULL;
	case PROP_U64:
		if (len != 2 * CELL)
			return "must be two cells (64 bits)";
		v->num = two_cells(v);
		return NULL;
	case PROP_NUM:
		if (len != CELL && len != 2 * CELL)
			return "must be one cell, or two (64 bits)";
		v->num = len == CELL ? prop_cell(v, 0) : two_cells(v);
		return NULL;
	case PROP_CELLS:
		return len && len % CELL == 0 ? NULL : "must be cells";
	case PROP_STRING:
		if (!is_string(v->raw, len))
			return "must be one string";
		v->str = v->raw;
		return NULL;
	case PROP_OFF:
		if (is_string(v->raw, len) && strcmp(v->raw, "disabled") == 0)
			return NULL;
		return "is not supported";
	case PROP_REFUSED:
		return "is not supported";
	case PROP_IGNORED:
		return NULL;
	}
	return "has an unknown type";
}

static void store(void *to, unsigned int size, uint64_t num)
{
	switch (size) {
	case 1:
		*(uint8_t *)to = (uint8_t)num;
		break;
	case 2:
		*(uint16_t *)to = (uint16_t)num;
		break;
	case 4:
		*(uint32_t *)to = (uint32_t)num;
		break;
	default:
		*(uint64_t *)to = num;
		break;
	}
}

int prop_take_num(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v)
{
	const uint64_t fits = row->size < 8 ? BIT(8 * row->size) - 1 : UINT64_MAX;
	const uint64_t max = row->max ? row->max : fits;

	if (v->num > max) {
		prop_error(s, row->name, "0x%lx is more than 0x%lx", v->num, max);
		return E_RANGE;
	}
	store((uint8_t *)s->into + row->offset, row->size, v->num);
	return OK;
}

int prop_take_flag(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v)
{
	(void)v;
	*(bool *)((uint8_t *)s->into + row->offset) = true;
	return OK;
}

/* --- the node --- */

static int parse_one(struct prop_scope *s, const struct prop_row *row, struct prop_value *v, size_t len)
{
	const char *wrong = decode(row->type, len, v);

	if (wrong) {
		prop_error(s, row->name, "%s", wrong);
		return row->type >= PROP_OFF ? E_NOTSUP : E_INVAL;
	}
	return row->take ? row->take(s, row, v) : OK;
}

static int unknown(struct prop_scope *s, const char *name)
{
	const struct prop_place at = { s->file, s->node, name };

	if (s->must_know && s->must_know(name)) {
		prop_error(s, name, "is not understood");
		return E_NOTSUP;
	}
	prop_say(LOG_INFO, &at, "ignored");
	return OK;
}

static int parse_at(struct prop_scope *s, const struct prop_row *rows, unsigned int count, int offset, uint64_t *seen)
{
	const char *name;
	int len;
	struct prop_value v = { .raw = tree_prop_at(s->fdt, offset, &name, &len) };

	for (unsigned int i = 0; i < count; i++) {
		if (strcmp(rows[i].name, name))
			continue;
		if (*seen & BIT(i)) {
			prop_error(s, name, "is given twice");
			return E_INVAL;
		}
		*seen |= BIT(i);
		return parse_one(s, &rows[i], &v, (size_t)len);
	}
	return unknown(s, name);
}

int prop_parse(struct prop_scope *s, const struct prop_row *rows, unsigned int count)
{
	uint64_t seen = 0;
	int offset, r;

	for (offset = tree_first_prop(s->fdt, s->offset); offset >= 0; offset = tree_next_prop(s->fdt, offset)) {
		r = parse_at(s, rows, count, offset, &seen);
		if (r != OK)
			return r;
	}
	for (unsigned int i = 0; i < count; i++) {
		if (rows[i].mandatory && !(seen & BIT(i))) {
			prop_error(s, rows[i].name, "is missing");
			return E_INVAL;
		}
	}
	return OK;
}
