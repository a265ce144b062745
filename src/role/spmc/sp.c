/* SPDX-License-Identifier: BSD-3-Clause */
/* The Secure Partitions; see sp.h. FF-A 1.2, 5 (setup). */
#include "role/spmc/sp.h"

#include <libfdt.h>

#include "arch/boot.h"
#include "arch/mmu.h"
#include "core/heap.h"
#include "core/log.h"
#include "core/partition.h"
#include "core/percpu.h"
#include "core/s1.h"
#include "core/vcpu.h"
#include "lib/string.h"
#include "role/spmc/bootinfo.h"
#include "role/spmc/sint.h"
#include "role/spmc/sp_stage2.h"
#include "role/spmc/spkg.h"

#define IPA_BITS 36 /* IPA is PA for an SP: its manifest says where things are. One table at the start level. */

static struct spmc_manifest spmc;
static bool spmc_known;
static struct sp *sps[MANIFEST_SPS_MAX];
static unsigned int nr_sps;
static struct ffa_partinfo info[MANIFEST_SPS_MAX];
static struct ffa_partinfo_list info_list = { info, 0 };

int sp_read_manifest(void)
{
	const struct manifest_source src = { hw.tree, fdt_totalsize(hw.tree), "TOS_FW_CONFIG" };
	int rc = manifest_parse_spmc(&src, &spmc);

	spmc_known = rc == OK;
	return rc;
}

const struct spmc_manifest *sp_spmc_manifest(void)
{
	return spmc_known ? &spmc : NULL;
}

unsigned int sp_kept_ranges(struct hw_range *out, unsigned int max)
{
	unsigned int n = spmc_known ? MIN(spmc.nr_sps, max) : 0;

	for (unsigned int i = 0; i < n; i++)
		out[i] = (struct hw_range){ spmc.sp[i].load_address, spmc.sp[i].mem_size };
	return n;
}

unsigned int sp_count(void)
{
	return nr_sps;
}

struct sp *sp_at(unsigned int i)
{
	return sps[i];
}

struct sp *sp_find(uint16_t id)
{
	for (unsigned int i = 0; i < nr_sps; i++)
		if (sps[i]->manifest.id == id)
			return sps[i];
	return NULL;
}

struct sp_ctx *sp_ctx_here(struct sp *sp)
{
	unsigned int i = sp->manifest.ctx_count > 1 ? this_cpu()->index : 0;

	return likely(i < sp->manifest.ctx_count) ? &sp->ctx[i] : NULL;
}

/* An answer of FFA_REGS_SHORT registers leaves the others as they are (SMCCC 1.2, 3.1). */
void sp_ctx_put_regs(struct sp_ctx *c, const struct ffa_regs *r)
{
	ffa_call_copy(c->v->arch.x, r->x);
}

const struct ffa_partinfo_list *sp_partinfo(void)
{
	return &info_list;
}

/* --- one SP --- */

static int no_memory(const char *name)
{
	log_error("%s: no memory for it", name);
	return E_NOMEM;
}

/* Its memory is RAM of ours that nothing else of ours is in. */
static int check_memory(const struct manifest_sp *m)
{
	if (s1_is_direct(PA(m->load_address), m->mem_size))
		return OK;
	log_error("TOS_FW_CONFIG: /hypervisor/vm%u: load_address: 0x%llx, 0x%llx bytes are not ours to give",
		  m->id & ~(unsigned int)FFA_ID_SECURE, (unsigned long long)m->load_address,
		  (unsigned long long)m->mem_size);
	return E_RANGE;
}

/*
 * The parts of the package, which lies at the start of the SP's memory. Nobody runs there yet; what is looked at is a
 * copy all the same.
 */
static int read_package(const struct manifest_sp *m, struct spkg *pkg, void **manifest)
{
	const char *base = pa_to_ptr(PA(m->load_address));
	struct spkg_header header;
	const char *why;

	memcpy(&header, base, sizeof(header));
	why = spkg_decode(&header, m->mem_size, pkg);
	if (why) {
		log_error("%s: package at 0x%llx: %s: refused", m->name, (unsigned long long)m->load_address, why);
		return E_FORMAT;
	}
	*manifest = heap_alloc(pkg->manifest_size);
	if (!*manifest)
		return no_memory(m->name);
	memcpy(*manifest, base + pkg->manifest, pkg->manifest_size);
	return OK;
}

static int decode_manifest(const struct manifest_sp *m, struct sp *sp, void *tree, size_t size)
{
	const struct sp_manifest *accepted[MANIFEST_SPS_MAX];
	const struct manifest_source src = { tree, size, m->name };
	int rc = manifest_parse_sp(&src, m, &sp->manifest);

	for (unsigned int i = 0; i < nr_sps; i++)
		accepted[i] = &sps[i]->manifest;
	return rc ? rc : manifest_check_sp(&spmc, accepted, nr_sps, &sp->manifest);
}

/* The boot information, where the package's header was. Its address, or 0 when the SP does not want it. */
static uint64_t write_boot_info(const struct sp *sp, const struct spkg *pkg)
{
	const uint64_t at = sp->manifest.load_address + pkg->boot_info;
	const struct bootinfo_item tree = { .type = FFA_BOOT_INFO_TYPE_FDT,
					    .name = "manifest",
					    .size = pkg->manifest_size,
					    .content = sp->manifest.load_address + pkg->manifest };
	uint32_t used;

	if (sp->manifest.gp_register == SP_NO_ID)
		return 0;
	if (bootinfo_build(&tree, sp->manifest.boot_info_fdt, pa_to_ptr(PA(at)), pkg->boot_info_size, &used) != OK) {
		log_warn("%s: no room for its boot information", sp->p->name);
		return 0;
	}
	return at;
}

static void reset_contexts(struct sp *sp)
{
	const struct sp_manifest *m = &sp->manifest;

	sp->entry = m->load_address + m->entrypoint_offset;
	for (unsigned int i = 0; i < m->ctx_count; i++) {
		struct vcpu *v = sp->p->vcpu[i];

		sp_context_init(&sp->ctx[i].state);
		sp->ctx[i].sp = sp;
		sp->ctx[i].v = v;
		sp->ctx[i].index = (uint16_t)i;
		v->role = &sp->ctx[i];
		vcpu_reset(v, sp->entry, 0);
		v->state = VCPU_RUNNING;
	}
}

/* Its partition, contexts, memory, buffers and interrupts. On an error destroy() frees what is there. */
static int furnish(struct sp *sp, const char *name)
{
	int rc;

	sp->ctx = heap_alloc(sp->manifest.ctx_count * sizeof(*sp->ctx));
	sp->p = sp->ctx ? partition_create(name, sp->manifest.ctx_count, IPA_BITS) : NULL;
	if (!sp->p)
		return no_memory(name);
	sp->p->state = PARTITION_RUNNING;
	sp->p->role = sp;
	rc = sp_stage2_build(sp);
	if (rc)
		return rc;
	reset_contexts(sp);
	rc = mail_boot(sp);
	return rc ? rc : sint_add(sp);
}

static void destroy(struct sp *sp)
{
	if (sp->p) {
		sp_stage2_destroy(sp);
		partition_destroy(sp->p);
	}
	heap_free(sp->ctx);
	heap_free(sp);
}

static int build(const struct manifest_sp *m, struct sp *sp)
{
	struct spkg pkg;
	void *tree = NULL;
	uint64_t boot_info;
	int rc = check_memory(m);

	rc = rc ? rc : read_package(m, &pkg, &tree);
	rc = rc ? rc : decode_manifest(m, sp, tree, pkg.manifest_size);
	heap_free(tree);
	ffa_version_init(&sp->version, sp->manifest.ffa_version);
	sp->properties = manifest_properties(&sp->manifest);
	rc = rc ? rc : furnish(sp, m->name);
	if (rc)
		return rc;
	boot_info = write_boot_info(sp, &pkg);
	if (boot_info)
		sp->p->vcpu[0]->arch.x[sp->manifest.gp_register] = boot_info;
	/* It starts with its MMU off. */
	arch_dcache_clean_inval(pa_to_ptr(PA(m->load_address)), m->mem_size);
	arch_icache_sync(pa_to_ptr(PA(m->load_address)), m->mem_size);
	return OK;
}

/* Behind those that boot earlier. */
static void insert(struct sp *sp)
{
	unsigned int at = nr_sps++;

	for (; at && sps[at - 1]->manifest.boot_order > sp->manifest.boot_order; at--)
		sps[at] = sps[at - 1];
	sps[at] = sp;
}

void sp_init(void)
{
	for (unsigned int i = 0; i < spmc.nr_sps; i++) {
		struct sp *sp = heap_alloc(sizeof(*sp));

		/* Whoever refuses has said why. */
		if (!sp)
			no_memory(spmc.sp[i].name);
		else if (build(&spmc.sp[i], sp) == OK)
			insert(sp);
		else
			destroy(sp);
	}
	for (unsigned int i = 0; i < nr_sps; i++)
		sps[i]->index = i;
	for (unsigned int i = 0; i < nr_sps; i++)
		info[i] = (struct ffa_partinfo){ sps[i]->manifest.id, sps[i]->manifest.ctx_count, sps[i]->properties,
						 sps[i]->manifest.uuid, sps[i]->manifest.nr_uuids };
	info_list.count = nr_sps;
}
