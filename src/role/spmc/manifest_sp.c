/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An SP's manifest: rows of its root, of rx_tx-info and boot-info; and what its values must be together. No state, no
 * lock. FF-A 1.2, 5.2; TF-A's binding of it to device trees (docs/components, FF-A manifest binding).
 */
#include <libfdt.h>

#include "ffa/version.h"
#include "lib/string.h"
#include "role/spmc/mail.h"
#include "role/spmc/manifest_priv.h"

#define COMPATIBLE "arm,ffa-manifest-1.0"
#define UUID_CELLS 4

#define MESSAGES_1_1 (FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_DIRECT_SEND | FFA_PARTITION_INDIRECT)
#define MESSAGES_1_2 (FFA_PARTITION_DIRECT2_RECV | FFA_PARTITION_DIRECT2_SEND)

/* --- the root --- */

static int take_uuid(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v)
{
	struct sp_manifest *m = s->into;

	if (v->cells % UUID_CELLS || v->cells / UUID_CELLS > MANIFEST_UUIDS_MAX) {
		prop_error(s, row->name, "must be 1 to %u times four cells", MANIFEST_UUIDS_MAX);
		return E_INVAL;
	}
	for (unsigned int i = 0; i < v->cells; i += UUID_CELLS) {
		struct ffa_uuid *uuid = &m->uuid[m->nr_uuids];

		*uuid = (struct ffa_uuid){ { prop_cell(v, i), prop_cell(v, i + 1), prop_cell(v, i + 2),
					     prop_cell(v, i + 3) } };
		if (!(uuid->w[0] | uuid->w[1] | uuid->w[2] | uuid->w[3])) {
			prop_error(s, row->name, "is nil");
			return E_INVAL;
		}
		for (unsigned int j = 0; j < m->nr_uuids; j++) {
			if (memcmp(uuid, &m->uuid[j], sizeof(*uuid)) == 0) {
				prop_error(s, row->name, "has the same one twice");
				return E_EXIST;
			}
		}
		m->nr_uuids++;
	}
	return OK;
}

static int take_version(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v)
{
	struct sp_manifest *m = s->into;

	m->ffa_version = (uint32_t)v->num;
	if (ffa_version_is_compatible(m->ffa_version))
		return OK;
	prop_error(s, row->name, "%u.%u: this is FF-A 1.0 to %u.%u", FFA_VERSION_MAJOR(m->ffa_version),
		   FFA_VERSION_MINOR(m->ffa_version), FFA_VERSION_MAJOR(FFA_VERSION_OURS),
		   FFA_VERSION_MINOR(FFA_VERSION_OURS));
	return E_NOTSUP;
}

static int take_id(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v)
{
	struct sp_manifest *m = s->into;

	/* Manifests made for Hafnium leave the secure world's bit out. */
	m->own_id = (uint32_t)v->num | FFA_ID_SECURE;
	if (m->own_id > FFA_ID_SPMC && m->own_id < FFA_ID_SPMD)
		return OK;
	prop_error(s, row->name, "0x%lx is no identifier of an SP", v->num);
	return E_RANGE;
}

static int take_contexts(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v)
{
	struct sp_manifest *m = s->into;

	if (!v->num || v->num > MANIFEST_CTX_MAX) {
		prop_error(s, row->name, "%lu: must be 1 to %u", v->num, MANIFEST_CTX_MAX);
		return E_RANGE;
	}
	m->ctx_count = (uint16_t)v->num;
	return OK;
}

static int take_level(struct prop_scope *s, const struct prop_row *row, const struct prop_value *v)
{
	static const char *const names[] = { "EL1",	      "S-EL0",		 "S-EL1",
					     "EL1 (AArch32)", "S-EL0 (AArch32)", "S-EL1 (AArch32)" };
	struct sp_manifest *m = s->into;

	m->exception_level = (uint8_t)v->num;
	if (v->num == SP_EL_S_EL1)
		return OK;
	if (v->num >= ARRAY_SIZE(names)) {
		prop_error(s, row->name, "%lu is no exception level", v->num);
		return E_INVAL;
	}
	prop_error(s, row->name, "%lu: an SP at %s is not supported", v->num, names[v->num]);
	return E_NOTSUP;
}

#define NUM(name, mandatory, member)                                                                                   \
	{                                                                                                              \
		name, PROP_NUM, mandatory, .take = prop_take_num, PROP_TO(struct sp_manifest, member)                  \
	}
#define NUM_MAX(name, mandatory, member, most)                                                                         \
	{                                                                                                              \
		name, PROP_NUM, mandatory, .take = prop_take_num, PROP_TO(struct sp_manifest, member), .max = most     \
	}
#define FLAG(name, member)                                                                                             \
	{                                                                                                              \
		name, PROP_FLAG, false, .take = prop_take_flag, PROP_TO(struct sp_manifest, member)                    \
	}
#define IGNORED(name)                                                                                                  \
	{                                                                                                              \
		name, PROP_IGNORED, false, .take = NULL                                                                \
	}

static const struct prop_row root_rows[] = {
	{ "compatible", PROP_IGNORED, true, .take = NULL },
	{ "ffa-version", PROP_U32, true, .take = take_version },
	{ "uuid", PROP_CELLS, true, .take = take_uuid },
	{ "id", PROP_NUM, false, .take = take_id },
	NUM("auxiliary-id", false, auxiliary_id),
	IGNORED("description"),
	{ "execution-ctx-count", PROP_NUM, true, .take = take_contexts },
	{ "exception-level", PROP_NUM, true, .take = take_level },
	NUM("execution-state", true, execution_state),
	NUM("load-address", false, manifest_load_address),
	NUM("entrypoint-offset", false, entrypoint_offset),
	NUM("xlat-granule", false, xlat_granule),
	NUM("boot-order", false, boot_order),
	NUM_MAX("gp-register-num", false, gp_register, 3),
	NUM("messaging-method", true, messaging),
	NUM_MAX("ns-interrupts-action", false, ns_action, SP_NS_SIGNALED),
	FLAG("managed-exit", managed_exit),
	FLAG("managed-exit-virq", managed_exit_virq),
	NUM_MAX("other-s-interrupts-action", false, other_s_action, SP_S_SIGNALED),
	NUM("sri-interrupts-policy", false, sri_policy),
	FLAG("notification-support", notifications),
	NUM("power-management-messages", false, power_messages),
	NUM_MAX("vm-availability-messages", false, vm_messages, SP_VM_CREATED | SP_VM_DESTROYED),
	FLAG("lifecycle-support", lifecycle),
	NUM("abort-action", false, abort_action),
	/* Understood by other SPMCs; they say nothing that changes what we do. */
	IGNORED("run-time-model"),
	IGNORED("has-primary-scheduler"),
	IGNORED("time-slice-mem"),
	IGNORED("stream-endpoint-ids"),
	IGNORED("image-name"),
	IGNORED("#address-cells"),
	IGNORED("#size-cells"),
};
_Static_assert(ARRAY_SIZE(root_rows) <= PROP_ROWS_MAX, "more rows than bits in seen");

/* --- what the values must be, alone and together --- */

static int check_state(const struct prop_scope *s, const struct sp_manifest *m)
{
	if (m->execution_state) {
		prop_error(s, "execution-state", "%u: only AArch64 (0) is supported", m->execution_state);
		return E_NOTSUP;
	}
	if (m->xlat_granule) {
		prop_error(s, "xlat-granule", "%u: only 4 KiB (0) is supported", m->xlat_granule);
		return E_NOTSUP;
	}
	if (m->entrypoint_offset >= m->mem_size || !IS_ALIGNED(m->entrypoint_offset, 4)) {
		prop_error(s, "entrypoint-offset", "0x%lx is outside the SP's 0x%lx bytes, or no multiple of 4",
			   m->entrypoint_offset, m->mem_size);
		return E_RANGE;
	}
	return OK;
}

static int check_messages(const struct prop_scope *s, const struct sp_manifest *m)
{
	const bool is_1_2 = m->ffa_version >= FFA_VERSION_1_2;

	if (m->messaging & ~(uint32_t)(MESSAGES_1_1 | MESSAGES_1_2)) {
		prop_error(s, "messaging-method", "0x%x has unknown bits", m->messaging);
		return E_INVAL;
	}
	if (!is_1_2 && (m->messaging & MESSAGES_1_2)) {
		prop_error(s, "messaging-method", "0x%x has bits of FF-A 1.2, but ffa-version is 1.%u", m->messaging,
			   FFA_VERSION_MINOR(m->ffa_version));
		return E_INVAL;
	}
	if (m->other_s_action == SP_S_QUEUED && m->ns_action != SP_NS_QUEUED) {
		prop_error(s, "other-s-interrupts-action", "queued, but ns-interrupts-action is not");
		return E_INVAL;
	}
	return OK;
}

/* What follows from the values, and what is worth a line. */
static void settle(const struct prop_scope *s, const struct manifest_sp *sp, struct sp_manifest *m)
{
	const struct prop_place load = { s->file, s->node, "load-address" };
	const struct prop_place contexts = { s->file, s->node, "execution-ctx-count" };

	/* FF-A 1.0's name for it. */
	if (m->managed_exit)
		m->ns_action = SP_NS_MANAGED_EXIT;
	m->managed_exit_virq &= m->ns_action == SP_NS_MANAGED_EXIT;
	m->power_messages &= m->ctx_count == 1 ? 0 : SP_POWER_CPU_OFF | SP_POWER_CPU_ON;
	if (m->own_id)
		m->id = (uint16_t)m->own_id;
	if (m->manifest_load_address != SP_NO_LOAD && m->manifest_load_address != sp->load_address)
		prop_say(LOG_WARN, &load, "0x%lx, but it is at 0x%lx", m->manifest_load_address, sp->load_address);
	if (m->ctx_count != sp->vcpu_count)
		prop_say(LOG_WARN, &contexts, "%u, but the SPMC's manifest says vcpu_count %u: the former counts",
			 m->ctx_count, sp->vcpu_count);
}

/* --- rx_tx-info, boot-info --- */

struct rxtx {
	uint32_t rx, tx;
};

static const struct prop_row rxtx_rows[] = {
	{ "compatible", PROP_IGNORED, true, .take = NULL },
	{ "rx-buffer", PROP_U32, true, .take = prop_take_num, PROP_TO(struct rxtx, rx) },
	{ "tx-buffer", PROP_U32, true, .take = prop_take_num, PROP_TO(struct rxtx, tx) },
};

static int region_of(const struct sp_manifest *m, uint32_t phandle)
{
	for (unsigned int i = 0; phandle && i < m->nr_regions; i++) {
		if (m->region[i].phandle == phandle)
			return (int)i;
	}
	return -1;
}

/* Memory of its own, not code. */
static int check_buffer(const struct prop_scope *s, const char *property, const struct sp_region *r, uint32_t rights)
{
	if ((r->attributes & (rights | SP_ATTR_EXEC | SP_ATTR_NS)) == rights && r->pages <= MAIL_PAGES_MAX)
		return OK;
	prop_error(s, property, "%s must be secure memory to %s, of 1 to %u pages", r->node,
		   rights & SP_ATTR_WRITE ? "read and write" : "read", MAIL_PAGES_MAX);
	return E_INVAL;
}

static int parse_rxtx(const struct prop_scope *root, struct sp_manifest *m)
{
	const int node = manifest_find(root, "rx_tx-info");
	struct rxtx rxtx;
	struct prop_scope s;
	int r;

	m->rx = m->tx = -1;
	if (node < 0)
		return OK;
	s = manifest_child(root, node, &rxtx);
	r = manifest_compatible(&s, "arm,ffa-manifest-rx_tx-buffer");
	if (r == OK)
		r = prop_parse(&s, rxtx_rows, ARRAY_SIZE(rxtx_rows));
	if (r != OK)
		return r;
	m->rx = region_of(m, rxtx.rx);
	m->tx = region_of(m, rxtx.tx);
	if (m->rx < 0 || m->tx < 0) {
		prop_error(&s, m->rx < 0 ? "rx-buffer" : "tx-buffer", "names none of the memory-regions");
		return E_INVAL;
	}
	if (m->rx == m->tx || m->region[m->rx].pages != m->region[m->tx].pages) {
		prop_error(&s, "tx-buffer", "must be another region than rx-buffer, of the same size");
		return E_INVAL;
	}
	r = check_buffer(&s, "rx-buffer", &m->region[m->rx], SP_ATTR_READ);
	if (r == OK)
		r = check_buffer(&s, "tx-buffer", &m->region[m->tx], SP_ATTR_READ | SP_ATTR_WRITE);
	/* Most manifests say that the SP only reads it. We write by the SP's own mapping (mail.c). */
	m->region[m->rx].attributes |= SP_ATTR_WRITE;
	return r;
}

static const struct prop_row boot_rows[] = {
	{ "compatible", PROP_IGNORED, true, .take = NULL },
	FLAG("ffa_manifest", boot_info_fdt),
};

static int parse_boot_info(const struct prop_scope *root, struct sp_manifest *m)
{
	const int node = manifest_find(root, "boot-info");
	struct prop_scope s;
	int r;

	if (node < 0)
		return OK;
	s = manifest_child(root, node, m);
	r = manifest_compatible(&s, "arm,ffa-manifest-boot-info");
	return r == OK ? prop_parse(&s, boot_rows, ARRAY_SIZE(boot_rows)) : r;
}

int manifest_parse_sp(const struct manifest_source *src, const struct manifest_sp *sp, struct sp_manifest *out)
{
	struct prop_scope root;
	int r = manifest_open(src, COMPATIBLE, &root);

	if (r != OK)
		return r;
	*out = (struct sp_manifest){
		.file = src->file,
		.id = sp->id,
		.load_address = sp->load_address,
		.mem_size = sp->mem_size,
		.manifest_load_address = SP_NO_LOAD,
		.boot_order = SP_LAST_TO_BOOT,
		.gp_register = SP_NO_ID,
		.ns_action = SP_NS_SIGNALED,
		.other_s_action = SP_S_SIGNALED,
		.power_messages = SP_POWER_CPU_OFF | SP_POWER_CPU_ON,
	};
	root.into = out;
	r = prop_parse(&root, root_rows, ARRAY_SIZE(root_rows));
	if (r == OK)
		r = check_state(&root, out);
	if (r == OK)
		r = check_messages(&root, out);
	if (r == OK)
		r = manifest_regions(&root, out);
	if (r == OK)
		r = manifest_devices(&root, out);
	if (r == OK)
		r = parse_rxtx(&root, out);
	if (r == OK)
		r = parse_boot_info(&root, out);
	if (r == OK)
		settle(&root, sp, out);
	return r;
}
