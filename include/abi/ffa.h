/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Arm Firmware Framework for A-profile, FF-A 1.0 to 1.2 (DEN 0077): identifiers, error codes and data layouts; and the
 * paravirtual interrupt calls that Secure Partitions made for Hafnium use. For the product, Secure Partitions, guests
 * and tests. All data are little-endian, as the machine is. Assembly sees the constants only.
 */
#ifndef ABI_FFA_H
#define ABI_FFA_H

/* --- versions: major 30:16, minor 15:0, bit 31 zero --- */
#define FFA_VERSION_1_0	       0x10000
#define FFA_VERSION_1_1	       0x10001
#define FFA_VERSION_1_2	       0x10002
#define FFA_VERSION_RESERVED   0x80000000
#define FFA_VERSION_MAJOR(v)   ((v) >> 16 & 0x7fff)
#define FFA_VERSION_MINOR(v)   ((v)&0xffff)
#define FFA_VERSION_MAKE(a, i) ((a) << 16 | (i))

/* --- function identifiers --- */
#define FFA_ID_32    0x84000000
#define FFA_ID_64    0xc4000000
#define FFA_ID_IS_64 0x40000000
#define FFA_NUM_MIN  0x60
#define FFA_NUM_MAX  0x97
#define FFA_NUM_MASK 0xffff

#define FFA_ERROR		    0x84000060
#define FFA_SUCCESS_32		    0x84000061
#define FFA_SUCCESS_64		    0xc4000061
#define FFA_INTERRUPT		    0x84000062
#define FFA_VERSION		    0x84000063
#define FFA_FEATURES		    0x84000064
#define FFA_RX_RELEASE		    0x84000065
#define FFA_RXTX_MAP_32		    0x84000066
#define FFA_RXTX_MAP_64		    0xc4000066
#define FFA_RXTX_UNMAP		    0x84000067
#define FFA_PARTITION_INFO_GET	    0x84000068
#define FFA_ID_GET		    0x84000069
#define FFA_MSG_POLL		    0x8400006a /* 1.0 only */
#define FFA_MSG_WAIT		    0x8400006b
#define FFA_YIELD		    0x8400006c
#define FFA_RUN			    0x8400006d
#define FFA_MSG_SEND		    0x8400006e /* 1.0 only */
#define FFA_MSG_SEND_DIRECT_REQ_32  0x8400006f
#define FFA_MSG_SEND_DIRECT_REQ_64  0xc400006f
#define FFA_MSG_SEND_DIRECT_RESP_32 0x84000070
#define FFA_MSG_SEND_DIRECT_RESP_64 0xc4000070
#define FFA_MEM_DONATE_32	    0x84000071
#define FFA_MEM_DONATE_64	    0xc4000071
#define FFA_MEM_LEND_32		    0x84000072
#define FFA_MEM_LEND_64		    0xc4000072
#define FFA_MEM_SHARE_32	    0x84000073
#define FFA_MEM_SHARE_64	    0xc4000073
#define FFA_MEM_RETRIEVE_REQ_32	    0x84000074
#define FFA_MEM_RETRIEVE_REQ_64	    0xc4000074
#define FFA_MEM_RETRIEVE_RESP	    0x84000075
#define FFA_MEM_RELINQUISH	    0x84000076
#define FFA_MEM_RECLAIM		    0x84000077
#define FFA_MEM_FRAG_RX		    0x8400007a
#define FFA_MEM_FRAG_TX		    0x8400007b
#define FFA_NORMAL_WORLD_RESUME	    0x8400007c
/* 1.1 */
#define FFA_NOTIFICATION_BITMAP_CREATE	0x8400007d
#define FFA_NOTIFICATION_BITMAP_DESTROY 0x8400007e
#define FFA_NOTIFICATION_BIND		0x8400007f
#define FFA_NOTIFICATION_UNBIND		0x84000080
#define FFA_NOTIFICATION_SET		0x84000081
#define FFA_NOTIFICATION_GET		0x84000082
#define FFA_NOTIFICATION_INFO_GET_32	0x84000083
#define FFA_NOTIFICATION_INFO_GET_64	0xc4000083
#define FFA_RX_ACQUIRE			0x84000084
#define FFA_SPM_ID_GET			0x84000085
#define FFA_MSG_SEND2			0x84000086
#define FFA_SECONDARY_EP_REGISTER	0xc4000087
#define FFA_MEM_PERM_GET_32		0x84000088
#define FFA_MEM_PERM_GET_64		0xc4000088
#define FFA_MEM_PERM_SET_32		0x84000089
#define FFA_MEM_PERM_SET_64		0xc4000089
/* 1.2 */
#define FFA_CONSOLE_LOG_32	    0x8400008a
#define FFA_CONSOLE_LOG_64	    0xc400008a
#define FFA_PARTITION_INFO_GET_REGS 0xc400008b
#define FFA_EL3_INTR_HANDLE	    0x8400008c
#define FFA_MSG_SEND_DIRECT_REQ2    0xc400008d
#define FFA_MSG_SEND_DIRECT_RESP2   0xc400008e

/* --- error codes, in w2 of FFA_ERROR; FFA_VERSION gives NOT_SUPPORTED in w0 --- */
#define FFA_NOT_SUPPORTED      (-1)
#define FFA_INVALID_PARAMETERS (-2)
#define FFA_NO_MEMORY	       (-3)
#define FFA_BUSY	       (-4)
#define FFA_INTERRUPTED	       (-5)
#define FFA_DENIED	       (-6)
#define FFA_RETRY	       (-7)
#define FFA_ABORTED	       (-8)
#define FFA_NO_DATA	       (-9)
#define FFA_NOT_READY	       (-10)

/* --- endpoint identifiers --- */
#define FFA_ID_HYPERVISOR 0x0000 /* or the primary OS, when there is no hypervisor */
#define FFA_ID_SECURE	  0x8000 /* this bit: an endpoint of the secure world */
#define FFA_ID_SPMC	  0x8000 /* as its manifest says; this by convention */
#define FFA_ID_SP_FIRST	  0x8001
#define FFA_ID_SPMD	  0xffff

/* w1 of a message: sender 31:16, receiver 15:0; of RUN, YIELD, INTERRUPT: endpoint 31:16, vCPU 15:0 */
#define FFA_SENDER(w1)	    ((w1) >> 16 & 0xffff)
#define FFA_RECEIVER(w1)    ((w1)&0xffff)
#define FFA_ENDPOINTS(s, r) ((s) << 16 | (r))

/* --- FEATURES --- */
#define FFA_FEATURE_IS_FUNCTION 0x80000000 /* w1: a function identifier, else a feature identifier in 7:0 */
#define FFA_FEATURE_ID_MASK	0xff
#define FFA_FEATURE_NPI		1 /* notification pending interrupt */
#define FFA_FEATURE_SRI		2 /* schedule receiver interrupt */
#define FFA_FEATURE_MEI		3 /* managed exit interrupt */
/* w2 for RXTX_MAP: smallest size and alignment of a buffer 1:0; 1.2: most pages 31:16 (0: no limit) */
#define FFA_RXTX_SIZE_4K	 0
#define FFA_RXTX_SIZE_64K	 1
#define FFA_RXTX_SIZE_16K	 2
#define FFA_RXTX_MAX_PAGES_SHIFT 16
/* RXTX_MAP, w3: page count 5:0, the rest zero */
#define FFA_RXTX_PAGES_MASK 0x3f
/* RXTX_UNMAP, w1: endpoint 31:16 */

/* --- PARTITION_INFO_GET --- */
#define FFA_PARTITION_COUNT_FLAG   0x1 /* w5: the count only */
#define FFA_PARTITION_DIRECT_RECV  0x1
#define FFA_PARTITION_DIRECT_SEND  0x2
#define FFA_PARTITION_INDIRECT	   0x4
#define FFA_PARTITION_NOTIFICATION 0x8
#define FFA_PARTITION_VM_CREATED   0x40
#define FFA_PARTITION_VM_DESTROYED 0x80
#define FFA_PARTITION_AARCH64	   0x100
#define FFA_PARTITION_DIRECT2_RECV 0x200
#define FFA_PARTITION_DIRECT2_SEND 0x400
/*
 * PARTITION_INFO_GET_REGS: x3 start index 15:0, tag 31:16; result x2: last index, index of the last descriptor here,
 * tag, bytes of a descriptor; x3... descriptors
 */
#define FFA_INFO_REGS_FIRST 3
#define FFA_INFO_REGS_EACH  3

/* --- direct messages --- */
#define FFA_DIRECT_FRAMEWORK		0x80000000 /* w2: a framework message, number in 7:0 */
#define FFA_DIRECT_FRAMEWORK_MASK	0xff
#define FFA_FRAMEWORK_PSCI_REQ		0x00 /* w3 PSCI function, w4.. its arguments */
#define FFA_FRAMEWORK_PSCI_BOOT_REQ	0x01 /* warm boot; w3 bit 0: from a low-power state, else by CPU_ON */
#define FFA_FRAMEWORK_PSCI_RESP		0x02 /* w3 PSCI's return value */
#define FFA_FRAMEWORK_VM_CREATED_REQ	0x04
#define FFA_FRAMEWORK_VM_CREATED_RESP	0x05
#define FFA_FRAMEWORK_VM_DESTROYED_REQ	0x06
#define FFA_FRAMEWORK_VM_DESTROYED_RESP 0x07
#define FFA_FRAMEWORK_VERSION_REQ	0x08 /* SPMD to SPMC: w3 the version that the normal world asks for */
#define FFA_FRAMEWORK_VERSION_RESP	0x09

/* --- MSG_WAIT, MSG_SEND2 --- */
#define FFA_MSG_WAIT_RETAIN_RX	0x1 /* 1.2 */
#define FFA_MSG_SEND2_DELAY_SRI 0x2

/* --- CONSOLE_LOG: most characters --- */
#define FFA_CONSOLE_LOG_32_MAX	   24
#define FFA_CONSOLE_LOG_64_MAX	   128
#define FFA_CONSOLE_LOG_64_MAX_1_1 48 /* x2 to x7: before 1.2 defined the call */

/* --- MEM_PERM --- */
#define FFA_MEM_PERM_RX 3
#define FFA_MEM_PERM_RW 5
#define FFA_MEM_PERM_RO 7

#define FFA_PAGE_SIZE 4096

/* --- paravirtual interrupt calls to the SPMC, by HVC with the number in x0 --- */
#define HF_INTERRUPT_ENABLE	 0xff03 /* INTID, enable, pin (0 IRQ, 1 FIQ) */
#define HF_INTERRUPT_GET	 0xff04 /* the INTID, or HF_INTERRUPT_NONE */
#define HF_INTERRUPT_DEACTIVATE	 0xff08 /* physical INTID, virtual INTID */
#define HF_INTERRUPT_RECONFIGURE 0xff09 /* INTID, command, value */
#define HF_INTERRUPT_SEND_IPI	 0xff0a /* vCPU */
#define HF_INTERRUPT_NONE	 0xffffffff
#define HF_RECONFIGURE_TARGET	 0
#define HF_RECONFIGURE_SECURITY	 1
#define HF_RECONFIGURE_ENABLE	 2
/* Virtual INTIDs */
#define HF_INTID_MAILBOX_READABLE 1
#define HF_INTID_MAILBOX_WRITABLE 2
#define HF_INTID_VTIMER		  3
#define HF_INTID_MANAGED_EXIT	  4
#define HF_INTID_NPI		  5
#define HF_INTID_SRI		  8
#define HF_INTID_IPI		  9

/* --- boot information --- */
#define FFA_BOOT_INFO_SIGNATURE	    0x0ffa
#define FFA_BOOT_INFO_VERSION	    0x10001
#define FFA_BOOT_INFO_NAME_SIZE	    16
#define FFA_BOOT_INFO_TYPE_IMPDEF   0x80 /* bit 7, else standard; number in 6:0 */
#define FFA_BOOT_INFO_TYPE_FDT	    0x00 /* the SP's manifest */
#define FFA_BOOT_INFO_TYPE_HOB	    0x01
#define FFA_BOOT_INFO_NAME_UUID	    0x1 /* flags 1:0: what the name is, else a string */
#define FFA_BOOT_INFO_CONTENT_VALUE 0x4 /* flags 3:2: content is the value, else its address */

/* --- Secure Partition package --- */
#define SPKG_MAGIC     0x474b5053 /* "SPKG" */
#define SPKG_VERSION_1 1
#define SPKG_VERSION_2 2

#if !defined(__ASSEMBLY__) && !defined(__ASSEMBLER__)

#include <stdint.h>

/* As calls carry it in w1 to w4, and as a manifest's four cells. */
struct ffa_uuid {
	uint32_t w[4];
};
_Static_assert(sizeof(struct ffa_uuid) == 16, "UUID");

/* PARTITION_INFO_GET for a 1.0 caller */
struct ffa_partition_info_1_0 {
	uint16_t id;
	uint16_t ec_count;
	uint32_t properties;
};
_Static_assert(sizeof(struct ffa_partition_info_1_0) == 8, "FF-A 1.0, partition information descriptor");
_Static_assert(__builtin_offsetof(struct ffa_partition_info_1_0, ec_count) == 2, "ec_count");
_Static_assert(__builtin_offsetof(struct ffa_partition_info_1_0, properties) == 4, "properties");

/* 1.1 and 1.2 */
struct ffa_partition_info {
	uint16_t id;
	uint16_t ec_count;
	uint32_t properties;
	struct ffa_uuid uuid; /* zero unless all partitions were asked for */
};
_Static_assert(sizeof(struct ffa_partition_info) == 24, "FF-A 1.1, partition information descriptor");
_Static_assert(__builtin_offsetof(struct ffa_partition_info, ec_count) == 2, "ec_count");
_Static_assert(__builtin_offsetof(struct ffa_partition_info, properties) == 4, "properties");
_Static_assert(__builtin_offsetof(struct ffa_partition_info, uuid) == 8, "uuid");

/* A range of memory, and a set of them: a composite is followed by its ranges */
struct ffa_range {
	uint64_t address;
	uint32_t pages;
	uint32_t reserved;
};
_Static_assert(sizeof(struct ffa_range) == 16, "FF-A 1.1, constituent memory region descriptor");
_Static_assert(__builtin_offsetof(struct ffa_range, pages) == 8, "pages");

struct ffa_composite {
	uint32_t pages; /* of all ranges */
	uint32_t count;
	uint64_t reserved;
};
_Static_assert(sizeof(struct ffa_composite) == 16, "FF-A 1.1, composite memory region descriptor");
_Static_assert(__builtin_offsetof(struct ffa_composite, count) == 4, "count");

/* RXTX_MAP that a hypervisor forwards for a VM, w1 to w3 0: the start of the hypervisor's TX buffer */
struct ffa_rxtx_desc {
	uint16_t endpoint;
	uint16_t reserved;
	uint32_t rx_offset; /* of a composite, from here; a multiple of 8 */
	uint32_t tx_offset;
	uint32_t pad;
};
_Static_assert(sizeof(struct ffa_rxtx_desc) == 16, "FF-A 1.1, endpoint RX/TX descriptor");
_Static_assert(__builtin_offsetof(struct ffa_rxtx_desc, rx_offset) == 4, "rx_offset");
_Static_assert(__builtin_offsetof(struct ffa_rxtx_desc, tx_offset) == 8, "tx_offset");

/* MSG_SEND2: the start of the TX buffer */
struct ffa_msg_header {
	uint32_t flags; /* zero */
	uint32_t reserved;
	uint32_t offset; /* of the message from the start of the buffer */
	uint16_t receiver;
	uint16_t sender;
	uint32_t size; /* of the message */
};
_Static_assert(sizeof(struct ffa_msg_header) == 20, "FF-A 1.1, partition message header");
_Static_assert(__builtin_offsetof(struct ffa_msg_header, offset) == 8, "offset");
_Static_assert(__builtin_offsetof(struct ffa_msg_header, receiver) == 12, "receiver");
_Static_assert(__builtin_offsetof(struct ffa_msg_header, sender) == 14, "sender");
_Static_assert(__builtin_offsetof(struct ffa_msg_header, size) == 16, "size");

/* 1.2 adds a UUID */
struct ffa_msg_header_1_2 {
	struct ffa_msg_header base;
	uint32_t reserved;
	struct ffa_uuid uuid;
};
_Static_assert(sizeof(struct ffa_msg_header_1_2) == 40, "FF-A 1.2, partition message header");
_Static_assert(__builtin_offsetof(struct ffa_msg_header_1_2, uuid) == 24, "uuid");

/* Boot information: this, then descriptors */
struct ffa_boot_info_header {
	uint32_t signature;
	uint32_t version;
	uint32_t blob_size; /* header, descriptors and what lies behind them */
	uint32_t desc_size;
	uint32_t desc_count;
	uint32_t desc_offset;
	uint64_t reserved;
};
_Static_assert(sizeof(struct ffa_boot_info_header) == 32, "FF-A 1.1, boot information header");
_Static_assert(__builtin_offsetof(struct ffa_boot_info_header, blob_size) == 8, "blob_size");
_Static_assert(__builtin_offsetof(struct ffa_boot_info_header, desc_count) == 16, "desc_count");
_Static_assert(__builtin_offsetof(struct ffa_boot_info_header, desc_offset) == 20, "desc_offset");

struct ffa_boot_info_desc {
	uint8_t name[FFA_BOOT_INFO_NAME_SIZE];
	uint8_t type;
	uint8_t reserved;
	uint16_t flags;
	uint32_t size;
	uint64_t content;
};
_Static_assert(sizeof(struct ffa_boot_info_desc) == 32, "FF-A 1.1, boot information descriptor");
_Static_assert(__builtin_offsetof(struct ffa_boot_info_desc, type) == 16, "type");
_Static_assert(__builtin_offsetof(struct ffa_boot_info_desc, flags) == 18, "flags");
_Static_assert(__builtin_offsetof(struct ffa_boot_info_desc, size) == 20, "size");
_Static_assert(__builtin_offsetof(struct ffa_boot_info_desc, content) == 24, "content");

/* The start of a Secure Partition package, as TF-A's sptool writes it; offsets from here */
struct spkg_header {
	uint32_t magic;
	uint32_t version;
	uint32_t pm_offset; /* the manifest */
	uint32_t pm_size;
	uint32_t img_offset; /* the image */
	uint32_t img_size;
};
_Static_assert(sizeof(struct spkg_header) == 24, "SP package header");
_Static_assert(__builtin_offsetof(struct spkg_header, pm_offset) == 8, "pm_offset");
_Static_assert(__builtin_offsetof(struct spkg_header, img_offset) == 16, "img_offset");

#endif
#endif
