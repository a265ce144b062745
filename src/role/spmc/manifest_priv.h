/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Between the files of the manifest decoder: manifest.c has what both kinds of manifest need, manifest_spmc.c and
 * manifest_sp.c their rows, manifest_region.c those of memory and device regions, manifest_check.c looks at SPs
 * side by side.
 */
#ifndef ROLE_SPMC_MANIFEST_PRIV_H
#define ROLE_SPMC_MANIFEST_PRIV_H

#include "role/spmc/manifest.h"

/* The root of a sound tree that is compatible; E_FORMAT with a line. */
int manifest_open(const struct manifest_source *src, const char *compatible, struct prop_scope *root) MUST_CHECK;

/* The scope of a child; into: what its rows fill in. */
struct prop_scope manifest_child(const struct prop_scope *parent, int offset, void *into);

/* The child of that name, or a negative number. */
int manifest_find(const struct prop_scope *parent, const char *name);

/* E_INVAL with a line when the node isn't compatible. */
int manifest_compatible(const struct prop_scope *s, const char *compatible) MUST_CHECK;

/* /memory-regions and /device-regions of an SP's manifest into m. No node: none. */
int manifest_regions(const struct prop_scope *root, struct sp_manifest *m) MUST_CHECK;
int manifest_devices(const struct prop_scope *root, struct sp_manifest *m) MUST_CHECK;

#endif
