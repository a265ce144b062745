/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage 2: a partition's IPA space. Built on core/pgtable.c (one walker, one writer of live
 * descriptors, break-before-make inside). 4 KiB granule; 2 MiB and 1 GiB blocks where alignment
 * allows; split as unmap and protect need. Lock: the s2's own (LOCK_S2), inside each call;
 * s2_lock() holds it over several steps.
 *
 * While a block is being split, what it maps is gone for a moment. So the handler of a stage-2
 * translation or permission fault calls s2_lookup() first and, if the access is allowed now, simply
 * returns to the guest.
 */
#ifndef CORE_S2_H
#define CORE_S2_H

#include "core/lock.h"
#include "core/pgtable.h"
#include "lib/types.h"

/* Permissions and memory type of a mapping. */
enum {
	S2_R = 1,
	S2_W = 2,
	S2_X = 4,
	S2_DEVICE = 8, /* Device-nGnRE; else Normal write-back, inner shareable */
	S2_RW = S2_R | S2_W,
	S2_RWX = S2_R | S2_W | S2_X,
};

struct s2 {
	struct spinlock lock;
	struct pgtable pt; /* root: one to sixteen concatenated tables */
	uint64_t vttbr;	   /* root and VMID, ready for VTTBR_EL2 */
	uint64_t vtcr;	   /* ready for VTCR_EL2 */
	unsigned int ipa_bits, root_order;
};

/* An s2 whose lock is held. */
struct s2_locked {
	struct s2 *s2;
};

/* Where an IPA goes. */
struct s2_leaf {
	pa_t pa;	   /* of the IPA itself */
	uint64_t run;	   /* bytes from the IPA to the end of the leaf */
	unsigned int perm; /* S2_* */
};

/* An empty IPA space of ipa_bits. E_RANGE when not 32..48, or more than arch_pa_bits(); E_NOMEM. */
int s2_init(struct s2 *s2, uint16_t vmid, unsigned int ipa_bits) MUST_CHECK;

/*
 * The same for the non-secure IPA space that a partition of the secure world has beside its own (ARM DDI 0487 D8.2.2),
 * under the same VMID.
 */
int s2_init_ns(struct s2 *s2, uint16_t vmid, unsigned int ipa_bits) MUST_CHECK;

/* Free the tables (not what they map) and flush the VMID. No core may have it loaded. */
void s2_destroy(struct s2 *s2);

/*
 * Map [ipa, ipa + size) to pa. All page-aligned. Nothing of the range may be mapped yet: E_EXIST.
 * E_RANGE when outside the IPA space or wrapping; E_INVAL when misaligned or empty; E_NOMEM. On an
 * error nothing has changed.
 */
int s2_map(struct s2 *s2, ipa_t ipa, pa_t pa, uint64_t size, unsigned int perm) MUST_CHECK;

/*
 * Unmap it; holes are fine. Splits a block that it cuts: E_NOMEM then, and nothing has changed. TLBs are
 * clean on return.
 */
int s2_unmap(struct s2 *s2, ipa_t ipa, uint64_t size) MUST_CHECK;

/*
 * Change the permissions of what is mapped there; the memory type stays (E_INVAL with S2_DEVICE). E_NOENT when a page
 * of the range is not mapped. On an error nothing has changed. TLBs are clean on return.
 */
int s2_protect(struct s2 *s2, ipa_t ipa, uint64_t size, unsigned int perm) MUST_CHECK;

/*
 * Where ipa goes: OK, *pa (with the offset), *perm, and *run: how many bytes from ipa on are mapped
 * by the same leaf. E_NOENT when not mapped. pa, perm, run may be NULL.
 */
int s2_lookup(struct s2 *s2, ipa_t ipa, pa_t *pa, unsigned int *perm, uint64_t *run) MUST_CHECK;

/* Hold the lock while what a lookup said is used. */
struct s2_locked s2_lock(struct s2 *s2) MUST_CHECK;
void s2_unlock(struct s2_locked l);
int s2_lookup_locked(struct s2_locked l, ipa_t ipa, struct s2_leaf *leaf) MUST_CHECK;

/* Table pages in use, the root included. */
uint64_t s2_tables(struct s2 *s2);

#endif
