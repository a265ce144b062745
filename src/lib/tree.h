/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A device tree, read without copying (Devicetree Specification 0.4, chapter 5). tree_check() looks at all of it once;
 * after that reading costs a few instructions a property, since nothing has to be checked again. Nodes and properties
 * are offsets into the structure block, the same as libfdt's, so that both may be used on one tree.
 *
 * For trees that nobody changes meanwhile: what firmware left in memory, or what came with the bundle. Pure.
 */
#ifndef LIB_TREE_H
#define LIB_TREE_H

#include "lib/types.h"

/*
 * NULL if the first size bytes at fdt, 4-byte aligned, hold a tree of version 17 that is whole: then every string ends
 * and every offset lies inside. Otherwise what is wrong.
 */
const char *tree_check(const void *fdt, size_t size) MUST_CHECK;

/* The node behind it in the tree's order, -1 at the end. *depth: the first one's, then the found one's; may be NULL. */
int tree_next(const void *fdt, int node, int *depth);
/* The first subnode; the next node with the same parent; the parent. -1: none. */
int tree_child(const void *fdt, int node);
int tree_sibling(const void *fdt, int node);
int tree_parent(const void *fdt, int node);
const char *tree_name(const void *fdt, int node);
/* By path from the root, length bytes of it; unit addresses may be left out. -1: none. */
int tree_path(const void *fdt, const char *path, size_t length);
/* The same from a node on. */
int tree_path_from(const void *fdt, int node, const char *path, size_t length);

/* Its path from the root. False: it takes more than size bytes. */
bool tree_full_path(const void *fdt, int node, char *buf, size_t size) MUST_CHECK;

/* Entry i of the list of reserved memory. False: there are not so many. */
bool tree_reserved(const void *fdt, unsigned int i, uint64_t *base, uint64_t *size) MUST_CHECK;

/* A node's properties in their order; -1: no more. */
int tree_first_prop(const void *fdt, int node);
int tree_next_prop(const void *fdt, int prop);
/* Value of a property; *len: bytes, *name: its name. */
const void *tree_prop_at(const void *fdt, int prop, const char **name, int *len);
/* The same by its name, NULL: not there. len may be NULL. */
const void *tree_prop(const void *fdt, int node, const char *name, int *len);
/* A property of one cell, such as #address-cells; absent when there is no such one. -1: there is, and not one cell. */
int tree_cell(const void *fdt, int node, const char *name, int absent);

/* Is one of the strings of its "compatible" this one? */
bool tree_is_compatible(const void *fdt, int node, const char *what);
/* The next such node behind one, or from the root on for -1. -1: none. */
int tree_find_compatible(const void *fdt, int after, const char *what);

#endif
