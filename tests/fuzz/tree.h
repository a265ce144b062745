/* SPDX-License-Identifier: BSD-3-Clause */
/* Device trees for the harnesses: a sound one, changed as the input says, so that most inputs are sound trees too. */
#ifndef TESTS_FUZZ_TREE_H
#define TESTS_FUZZ_TREE_H

#include "fuzz.h"

#define TREE_ROOM 4096 /* bytes that a tree may grow by */

/* Names and values that the reader at hand knows. */
struct tree_words {
	const char *const *prop;
	unsigned int nr_props;
	const char *const *string;
	unsigned int nr_strings;
	const char *const *node;
	unsigned int nr_nodes;
};

/* A block of its own for ASan, of the tree's size and 8-byte aligned; *size is its size. Free it. */
uint8_t *tree_changed(struct fuzz *f, const uint8_t *base, size_t *size, const struct tree_words *w);

#endif
