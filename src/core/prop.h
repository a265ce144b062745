/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Decoding the properties of a device-tree node by a table: a row a property. What machine files and manifests have in
 * common. Any bytes may come, in a tree that fdt_check_full() has passed: what is wrong gives one line "<file>: <node>:
 * <property>: <text>" and an error. No state, no lock. Devicetree Specification 0.4, 2.2.4 has the value types.
 */
#ifndef CORE_PROP_H
#define CORE_PROP_H

#include <stdarg.h>

#include "core/log.h"
#include "lib/types.h"

#define PROP_PATH_MAX 80 /* a node's path with its terminator; longer ones are cut */
#define PROP_ROWS_MAX 64

/* One node being decoded. */
struct prop_scope {
	const void *fdt;
	const char *file;	  /* the tree's name in messages */
	int offset;		  /* of the node in the tree */
	char node[PROP_PATH_MAX]; /* its path */
	void *into;		  /* what prop_take_num() and prop_take_flag() fill in; may be NULL for others */
	/* A property without a row: must it be understood, and is therefore an error? NULL: none must. */
	bool (*must_know)(const char *name);
};

enum prop_type {
	PROP_IGNORED,
	PROP_FLAG,   /* no value */
	PROP_U32,    /* one cell */
	PROP_U64,    /* two cells */
	PROP_NUM,    /* one cell or two */
	PROP_CELLS,  /* one cell or more */
	PROP_STRING, /* exactly one string */
	PROP_OFF,    /* a feature that we lack: only its being "disabled" is accepted */
	PROP_REFUSED /* asks for what we cannot do */
};

struct prop_value {
	const void *raw; /* big-endian cells, or the string */
	unsigned int cells;
	uint64_t num;	 /* U32, U64, NUM */
	const char *str; /* STRING */
};

/* take stores the value: OK, or an error of which it has said a line. NULL: the value is of no interest. */
struct prop_row {
	const char *name;
	uint8_t type; /* enum prop_type */
	bool mandatory;
	/* For prop_take_num() and prop_take_flag(): a member of *into. */
	uint8_t size; /* 1, 2, 4, 8: an unsigned member */
	uint16_t offset;
	int (*take)(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v);
	uint64_t max; /* 0: as much as fits */
};

/* The last members of a row whose value goes to a member of a struct. */
#define PROP_TO(type, member) .offset = offsetof(type, member), .size = sizeof(((type *)0)->member)

/*
 * Decode the node's properties by the rows, at most PROP_ROWS_MAX. OK; E_INVAL (malformed, missing, twice), E_NOTSUP,
 * or take's error, with one line. A property without a row is noted in the log, or refused, see must_know.
 */
int prop_parse(struct prop_scope *s, const struct prop_row *rows, unsigned int count) MUST_CHECK;

/* For rows: the number into its member, E_RANGE when it is more than max; true into a bool. */
int prop_take_num(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v) MUST_CHECK;
int prop_take_flag(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v) MUST_CHECK;

/* Cell i of a value of cells. */
uint32_t prop_cell(const struct prop_value *v, unsigned int i);

/* --- paths and lines --- */

/* Path of a child; cut when it is too long, unprintable bytes become '?'. parent "": a child of the root. */
void prop_path(char path[PROP_PATH_MAX], const char *parent, const char *name);

struct prop_place {
	const char *file, *node, *property;
};

/* One line: "<file>: <node>: <property>: <text>", unprintable bytes as '?'. */
void prop_say(enum log_level level, const struct prop_place *at, const char *fmt, ...) PRINTF(3, 4);
void prop_vsay(enum log_level level, const struct prop_place *at, const char *fmt, va_list ap) PRINTF(3, 0);
/* An error at a property of this node. */
void prop_error(const struct prop_scope *s, const char *property, const char *fmt, ...) PRINTF(3, 4);

#endif
