/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Manifests: the SPMC's own (arm,ffa-core-manifest-1.0, TF-A's TOS_FW_CONFIG), which says what the secure world has and
 * which Secure Partitions there are; and each SP's (arm,ffa-manifest-1.0, out of its package). Decoded and validated,
 * nothing built yet. What boots under Hafnium boots here. docs/spmc-manifests.md has the vocabulary; FF-A 1.2, 5.
 *
 * Any bytes may come: what is wrong gives one line that names file, node and property. A wrong SP is refused and
 * the others go on; a wrong SPMC manifest ends the boot. Pure but for the log. No state, no lock. `file` pointers
 * stay the caller's.
 */
#ifndef ROLE_SPMC_MANIFEST_H
#define ROLE_SPMC_MANIFEST_H

#include "abi/ffa.h"
#include "core/prop.h"
#include "lib/types.h"

#define MANIFEST_SPS_MAX     8 /* as many as TF-A loads */
#define MANIFEST_UUIDS_MAX   4
#define MANIFEST_REGIONS_MAX 16
#define MANIFEST_DEVICES_MAX 8
#define MANIFEST_IRQS_MAX    8 /* of a device */
#define MANIFEST_STREAMS_MAX 8
#define MANIFEST_RANGES_MAX  16
#define MANIFEST_CPUS_MAX    16
#define MANIFEST_CTX_MAX     16
#define MANIFEST_NAME_MAX    32

/* A tree: 8-byte aligned; its name in messages. */
struct manifest_source {
	const void *fdt;
	size_t size;
	const char *file;
};

/* --- the SPMC's manifest --- */

enum manifest_memory { MANIFEST_RAM, MANIFEST_NS_RAM, MANIFEST_DEVICE, MANIFEST_NS_DEVICE };

struct manifest_range {
	enum manifest_memory kind;
	uint64_t base, size; /* pages; doesn't wrap */
};

/* An SP as the SPMC's manifest names it: /hypervisor/vmN. */
struct manifest_sp {
	uint16_t id; /* 0x8000 + N */
	char name[MANIFEST_NAME_MAX];
	uint64_t load_address, mem_size; /* pages in secure RAM */
	uint32_t vcpu_count;
};

struct spmc_manifest {
	uint32_t spmc_id, major, minor, exec_state;
	uint64_t load_address, entrypoint, binary_size;
	struct manifest_range range[MANIFEST_RANGES_MAX];
	unsigned int nr_ranges;
	uint64_t mpidr[MANIFEST_CPUS_MAX];
	unsigned int nr_cpus; /* 0: the manifest doesn't say */
	struct manifest_sp sp[MANIFEST_SPS_MAX];
	unsigned int nr_sps;
	unsigned int nr_refused;
};

/*
 * OK even when SPs were refused (nr_refused) or there is none. E_FORMAT: no sound device tree, or no SPMC manifest;
 * E_INVAL, E_NOTSUP, E_RANGE: something in attribute, cpus or memory; each with a line.
 */
int manifest_parse_spmc(const struct manifest_source *src, struct spmc_manifest *out) MUST_CHECK;

/* --- an SP's manifest --- */

enum sp_ns_action { SP_NS_QUEUED, SP_NS_MANAGED_EXIT, SP_NS_SIGNALED };
enum sp_s_action { SP_S_QUEUED, SP_S_SIGNALED };

/* Attributes of a region */
#define SP_ATTR_READ  0x1
#define SP_ATTR_WRITE 0x2
#define SP_ATTR_EXEC  0x4
#define SP_ATTR_NS    0x8

/* Attributes of an interrupt: priority 7:0 */
#define SP_IRQ_PRIORITY(a) ((a)&0xff)
#define SP_IRQ_SECURE	   0x100
#define SP_IRQ_LEVEL	   0x200

#define SP_NO_ID UINT32_MAX

struct sp_irq {
	uint32_t intid;
	uint32_t attributes;
	bool targeted; /* goes to the core mpidr; else to one that the SPMC picks */
	uint64_t mpidr;
};

/* Memory, or a device's registers. */
struct sp_region {
	uint64_t base;
	uint64_t relative; /* the offset from load-address that base came from; UINT64_MAX: base-address */
	uint32_t pages;
	uint32_t attributes;
	uint32_t phandle; /* 0: none */
	uint32_t smmu_id; /* SP_NO_ID: none */
	uint32_t stream[MANIFEST_STREAMS_MAX];
	unsigned int nr_streams;
	char node[PROP_PATH_MAX];
};

struct sp_device {
	struct sp_region at; /* first: what both have in their manifest's rows is found there */
	struct sp_irq irq[MANIFEST_IRQS_MAX];
	unsigned int nr_irqs;
	bool exclusive;
};
_Static_assert(__builtin_offsetof(struct sp_device, at) == 0, "manifest_region.c: rows of both");

struct sp_manifest {
	const char *file;
	uint16_t id; /* of the manifest's id, or of vmN */
	uint64_t load_address, mem_size;

	uint32_t ffa_version;
	struct ffa_uuid uuid[MANIFEST_UUIDS_MAX];
	unsigned int nr_uuids;
	uint32_t own_id, auxiliary_id; /* 0: not given */
	uint16_t ctx_count;	       /* 1: UP, migrates; more: MP, each pinned to a core */
	uint8_t exception_level, execution_state, xlat_granule;
	uint64_t manifest_load_address; /* what the manifest believes; SP_NO_LOAD: nothing */
	uint64_t entrypoint_offset;
	uint16_t boot_order;
	uint32_t gp_register; /* 0 to 3: gets the address of the boot information; SP_NO_ID: none */
	uint32_t messaging;   /* FFA_PARTITION_* of messages */
	uint8_t ns_action;    /* enum sp_ns_action */
	bool managed_exit, managed_exit_virq;
	uint8_t other_s_action; /* enum sp_s_action */
	uint32_t sri_policy;
	bool notifications;
	uint32_t power_messages; /* SP_POWER_*, 0 for UP */
	uint32_t vm_messages;	 /* SP_VM_* */
	bool lifecycle;
	uint32_t abort_action;
	bool boot_info_fdt; /* wants its manifest in the boot information */

	struct sp_region region[MANIFEST_REGIONS_MAX];
	unsigned int nr_regions;
	struct sp_device device[MANIFEST_DEVICES_MAX];
	unsigned int nr_devices;
	int rx, tx; /* regions that are its buffers; -1: none */
};

#define SP_NO_LOAD	 UINT64_MAX
#define SP_LAST_TO_BOOT	 0xffff
#define SP_EL_S_EL1	 2
#define SP_POWER_CPU_OFF 0x1
#define SP_POWER_CPU_ON	 0x8
#define SP_VM_CREATED	 0x1
#define SP_VM_DESTROYED	 0x2

/*
 * Decode the manifest of an SP that the SPMC's manifest names. *out is large: keep it in static memory. E_FORMAT: no
 * sound device tree, or no SP manifest; E_INVAL, E_NOTSUP, E_RANGE; each with a line.
 */
int manifest_parse_sp(const struct manifest_source *src, const struct manifest_sp *sp,
		      struct sp_manifest *out) MUST_CHECK;

/*
 * The SP beside the secure world and beside those already accepted: its memory, regions and devices are where such
 * things are, overlap with nothing, and nobody else has its identifier, UUIDs, INTIDs or place in the boot order.
 * E_RANGE, E_EXIST with one line.
 */
int manifest_check_sp(const struct spmc_manifest *spmc, const struct sp_manifest *const *accepted, unsigned int count,
		      const struct sp_manifest *sp) MUST_CHECK;

/* Partition properties as FFA_PARTITION_INFO_GET tells them. */
uint32_t manifest_properties(const struct sp_manifest *sp);

#endif
