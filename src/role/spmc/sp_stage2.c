/* SPDX-License-Identifier: BSD-3-Clause */
/* What an SP sees of physical memory; see sp_stage2.h. */
#include "role/spmc/sp_stage2.h"

#include "arch/mmu.h"
#include "arch/world.h"
#include "core/frame.h"
#include "core/hw.h"
#include "core/log.h"
#include "core/partition.h"
#include "core/s1.h"
#include "lib/checked.h"
#include "role/spmc/sp.h"

static uint64_t size_of(const struct sp_region *r)
{
	return r->pages * PAGE_SIZE;
}

static bool in_own_memory(const struct sp *sp, const struct sp_region *r)
{
	const struct sp_manifest *m = &sp->manifest;

	return r->base >= m->load_address && range_within(r->base - m->load_address, size_of(r), m->mem_size);
}

/* Of what is never executed. */
static unsigned int data_perm(const struct sp_region *r)
{
	return (r->attributes & SP_ATTR_READ ? S2_R : 0u) | (r->attributes & SP_ATTR_WRITE ? S2_W : 0u);
}

static unsigned int perm(const struct sp_region *r)
{
	return data_perm(r) | (r->attributes & SP_ATTR_EXEC ? S2_X : 0u);
}

static int refuse(const struct sp *sp, const struct sp_region *r, const char *why, int rc)
{
	log_error("%s: %s: base-address: 0x%llx to 0x%llx %s", sp->manifest.file, r->node, (unsigned long long)r->base,
		  (unsigned long long)(r->base + size_of(r) - 1), why);
	return rc;
}

/* --- the secure IPA space --- */

/*
 * Secure RAM that did not come with the SP is taken out of what we have to give: so it is neither ours nor another
 * SP's, whatever the manifest says, and nobody gets it later. The SP starts with its caches off.
 */
static int take(struct sp *sp, const struct sp_region *r)
{
	void *at = pa_to_ptr(PA(r->base));

	if (frame_take(PA(r->base), size_of(r), sp->p->id) != OK)
		return refuse(sp, r, "is not free", E_BUSY);
	arch_zero_pages(at, size_of(r));
	arch_dcache_clean_inval(at, size_of(r));
	return OK;
}

static bool is_gic(const struct sp_region *r)
{
	bool found = range_overlaps(r->base, size_of(r), hw.gicd.base, hw.gicd.size);

	for (unsigned int i = 0; i < hw.nr_gicr; i++)
		found = found || range_overlaps(r->base, size_of(r), hw.gicr[i].base, hw.gicr[i].size);
	return found;
}

static int map_secure(struct sp *sp, const struct sp_region *r, bool device)
{
	int rc;

	if (device) {
		if (is_gic(r))
			return refuse(sp, r, "is the interrupt controller", E_BUSY);
		return s2_map(&sp->p->s2, IPA(r->base), PA(r->base), size_of(r), data_perm(r) | S2_DEVICE);
	}
	if (in_own_memory(sp, r))
		return s2_protect(&sp->p->s2, IPA(r->base), size_of(r), perm(r));
	rc = take(sp, r);
	return rc ? rc : s2_map(&sp->p->s2, IPA(r->base), PA(r->base), size_of(r), perm(r));
}

/* --- the non-secure one --- */

static bool has_ns(const struct sp *sp)
{
	return sp->ns.vttbr != 0;
}

/* Never executable: what the normal world can write must not become the secure world's code. */
static int map_ns(struct sp *sp, const struct sp_region *r, bool device)
{
	int rc = has_ns(sp) ? OK : s2_init_ns(&sp->ns, sp->p->vmid, sp->p->s2.ipa_bits);

	if (rc)
		return rc;
	if (r->attributes & SP_ATTR_EXEC)
		log_warn("%s: %s: attributes: memory of the normal world is not executable", sp->manifest.file,
			 r->node);
	return s2_map(&sp->ns, IPA(r->base), PA(r->base), size_of(r), data_perm(r) | (device ? S2_DEVICE : 0u));
}

static int map_region(struct sp *sp, const struct sp_region *r, bool device)
{
	int rc = r->attributes & SP_ATTR_NS ? map_ns(sp, r, device) : map_secure(sp, r, device);

	/* E_BUSY: it has been said why. */
	return rc == OK || rc == E_BUSY ? rc : refuse(sp, r, "cannot be mapped", rc);
}

int sp_stage2_build(struct sp *sp)
{
	const struct sp_manifest *m = &sp->manifest;
	int rc = s2_map(&sp->p->s2, IPA(m->load_address), PA(m->load_address), m->mem_size, S2_RWX);

	if (rc)
		log_error("%s: /: load-address: 0x%llx cannot be mapped", m->file, (unsigned long long)m->load_address);
	for (unsigned int i = 0; rc == OK && i < m->nr_regions; i++)
		rc = map_region(sp, &m->region[i], false);
	for (unsigned int i = 0; rc == OK && i < m->nr_devices; i++)
		rc = map_region(sp, &m->device[i].at, true);
	if (rc)
		sp_stage2_destroy(sp);
	return rc;
}

void sp_stage2_destroy(struct sp *sp)
{
	const struct sp_manifest *m = &sp->manifest;

	for (unsigned int i = 0; i < m->nr_regions; i++) {
		const struct sp_region *r = &m->region[i];

		if (!frame_owned_by(PA(r->base), size_of(r), sp->p->id))
			continue; /* its own memory, the normal world's, or not taken yet */
		for (uint64_t at = 0; at < size_of(r); at += PAGE_SIZE)
			frame_free(PA(r->base + at), 0);
	}
	if (has_ns(sp))
		s2_destroy(&sp->ns);
	sp->ns = (struct s2){ 0 };
}

void sp_stage2_load(const struct sp *sp)
{
	if (has_ns(sp))
		world_stage2_ns_load(sp->ns.vttbr, sp->ns.vtcr);
}
