/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the mailbox suites stand on, each included by one program: four SPs with a real stage 2 (IPA never equals PA
 * here), and a normal world whose RAM is an array; while it is being copied, a test's own function runs.
 */
#ifndef TESTS_UNIT_ROLE_MAIL_WORLD_H
#define TESTS_UNIT_ROLE_MAIL_WORLD_H

#include "unit.h"

#include "arch/host.h"
#include "core/frame.h"
#include "core/partition.h"
#include "core/percpu.h"
#include "core/s1.h"
#include "role/spmc/mail.h"
#include "role/spmc/nsmem.h"
#include "role/spmc/sp.h"

#define RAM_BASE UINT64_C(0x80000000)
#define RAM_SIZE (32 * MIB)
#define NS_BASE	 UINT64_C(0x40000000)
#define NS_PAGES 64u
#define NS(n)	 (NS_BASE + (n)*PAGE_SIZE)
#define SPS	 4u

/* An SP's memory: eight pages; then one that it can only read, one that it can only write, a device. */
#define SP_BASE(i) (UINT64_C(0x0e400000) + (i)*UINT64_C(0x200000))
#define SP_PAGES   8u
#define SP_RO(i)   (SP_BASE(i) + 0x10000)
#define SP_WO(i)   (SP_BASE(i) + 0x11000)
#define SP_DEV(i)  (SP_BASE(i) + 0x12000)
#define SP_TX(i)   SP_BASE(i)
#define SP_RX(i)   (SP_BASE(i) + 0x4000)

static uint8_t records[RAM_SIZE / 256] ALIGNED(4096);
static struct partition part[SPS];
static struct sp sp[SPS];
static struct sp_ctx ctx[SPS];
static struct ffa_version ns_version;
static uint8_t ns_ram[NS_PAGES * PAGE_SIZE] ALIGNED(4096);
static const struct ffa_uuid uuids[SPS][2] = { { { { 1, 2, 3, 4 } }, { { 9, 9, 9, 9 } } },
					       { { { 5, 6, 7, 8 } }, { { 0 } } },
					       { { { 11, 0, 0, 0 } }, { { 0 } } },
					       { { { 0, 0, 0, 12 } }, { { 0 } } } };

/* Runs after each copy from (or to) the normal world, with no lock held. */
static void (*ns_hook)(bool write, uint64_t pa, size_t size);
static unsigned int ns_copies;

/* --- what mail.c asks others for --- */

static struct ffa_partinfo info[SPS];
static struct ffa_partinfo_list info_list = { info, SPS };

const struct ffa_partinfo_list *sp_partinfo(void)
{
	return &info_list;
}

struct sp *sp_find(uint16_t id)
{
	for (unsigned int i = 0; i < SPS; i++)
		if (sp[i].manifest.id == id)
			return &sp[i];
	return NULL;
}

int nsmem_init(void)
{
	return OK;
}

int nsmem_check(pa_t pa, uint64_t size)
{
	return pa.a >= NS_BASE && size <= sizeof(ns_ram) && pa.a - NS_BASE <= sizeof(ns_ram) - size ? OK : E_RANGE;
}

static int ns_copy(bool write, pa_t pa, void *ours, size_t size)
{
	void (*hook)(bool w, uint64_t at, size_t n) = ns_hook;

	if (this_cpu()->lock_ranks) /* copies take time */
		abort();
	if (nsmem_check(pa, size) != OK)
		return E_RANGE;
	if (write)
		memcpy(ns_ram + (pa.a - NS_BASE), ours, size);
	else
		memcpy(ours, ns_ram + (pa.a - NS_BASE), size);
	__atomic_add_fetch(&ns_copies, 1, __ATOMIC_RELAXED);
	if (hook)
		hook(write, pa.a, size);
	return OK;
}

int nsmem_read(pa_t pa, void *dst, size_t size)
{
	return ns_copy(false, pa, dst, size);
}

int nsmem_write(pa_t pa, const void *src, size_t size)
{
	return ns_copy(true, pa, (void *)(uintptr_t)src, size);
}

/* --- set-up --- */

static void make_sp(unsigned int i)
{
	struct sp *s = &sp[i];
	pa_t pa;

	memset(&part[i], 0, sizeof(part[i]));
	assert_int_equal(s2_init(&part[i].s2, (uint16_t)(i + 1), 36), OK);
	for (unsigned int page = SP_PAGES; page-- > 0;) {
		pa = frame_alloc(0, (uint16_t)(i + 1));
		assert_int_equal(
			s2_map(&part[i].s2, IPA(SP_BASE(i) + page * PAGE_SIZE), pa, PAGE_SIZE, page ? S2_RW : S2_RWX),
			OK);
	}
	pa = frame_alloc(0, (uint16_t)(i + 1));
	assert_int_equal(s2_map(&part[i].s2, IPA(SP_RO(i)), pa, PAGE_SIZE, S2_R | S2_X), OK);
	assert_int_equal(s2_map(&part[i].s2, IPA(SP_WO(i)), pa, PAGE_SIZE, S2_W), OK);
	assert_int_equal(s2_map(&part[i].s2, IPA(SP_DEV(i)), PA(0x9000000), PAGE_SIZE, S2_RW | S2_DEVICE), OK);
	*s = (struct sp){ .manifest = { .id = (uint16_t)(0x8001 + i), .rx = -1, .tx = -1, .nr_uuids = i ? 1 : 2 },
			  .p = &part[i],
			  .properties = FFA_PARTITION_INDIRECT | FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_DIRECT_SEND,
			  .ctx = &ctx[i] };
	ctx[i] = (struct sp_ctx){ .sp = s };
	memcpy(s->manifest.uuid, uuids[i], sizeof(uuids[i]));
	ffa_version_init(&s->version, FFA_VERSION_1_2);
	info[i] = (struct ffa_partinfo){ s->manifest.id, 4, s->properties, s->manifest.uuid, s->manifest.nr_uuids };
	assert_int_equal(mail_boot(s), OK);
}

static int setup(void **state)
{
	(void)state;
	host_reset();
	host_ram_init(PA(RAM_BASE), RAM_SIZE);
	frame_reset();
	assert_int_equal(frame_add_bank(PA(RAM_BASE), RAM_SIZE, records), OK);
	assert_int_equal(frame_release(PA(RAM_BASE), RAM_SIZE), OK);
	ns_hook = NULL;
	memset(ns_ram, 0xa5, sizeof(ns_ram));
	ffa_version_init(&ns_version, FFA_VERSION_1_2);
	mail_init(&ns_version);
	for (unsigned int i = 0; i < SPS; i++)
		make_sp(i);
	return 0;
}

/* --- calls --- */

static struct ffa_regs r;

#define NWD (-1) /* who calls: the normal world, or an SP by its number */

static int call(int who, void (*fn)(struct ffa_caller *, struct ffa_regs *), const uint64_t x[6])
{
	struct ffa_caller c = { FFA_FROM_NS, FFA_ID_HYPERVISOR, &ns_version, NULL };

	if (who >= 0)
		c = (struct ffa_caller){ FFA_FROM_SP, sp[who].manifest.id, &sp[who].version, &ctx[who] };
	memset(&r, 0x5a, sizeof(r));
	memcpy(r.x, x, 6 * sizeof(*x));
	fn(&c, &r);
	if (this_cpu()->lock_ranks)
		abort();
	return (uint32_t)r.x[0] == FFA_SUCCESS_32 ? OK : (uint32_t)r.x[0] == FFA_ERROR ? (int32_t)r.x[2] : INT32_MIN;
}

#define CALL(who, fn, ...) call(who, fn, (const uint64_t[6]){ __VA_ARGS__ })

static int map_at(int who, uint64_t tx, uint64_t rx, uint64_t pages)
{
	return CALL(who, mail_rxtx_map, FFA_RXTX_MAP_64, tx, rx, pages);
}

static inline int unmap(int who, uint64_t w1)
{
	return CALL(who, mail_rxtx_unmap, FFA_RXTX_UNMAP, w1);
}

static inline int release(int who, uint64_t w1)
{
	return CALL(who, mail_rx_release, FFA_RX_RELEASE, w1);
}

static inline int acquire(uint64_t w1)
{
	return CALL(NWD, mail_rx_acquire, FFA_RX_ACQUIRE, w1);
}

static inline int send2(int who, uint64_t w1, uint64_t w2)
{
	return CALL(who, mail_send2, FFA_MSG_SEND2, w1, w2);
}

/* The normal world's buffers: TX 0 to 3, RX 4 to 7; VM n's: TX 8 + 2 n, RX 9 + 2 n. */
#define NS_TX	 NS(0)
#define NS_RX	 NS(4)
#define VM_TX(n) NS(8 + 2 * (n))
#define VM_RX(n) NS(9 + 2 * (n))

static inline void map_all(uint64_t pages)
{
	for (int i = 0; i < (int)SPS; i++)
		assert_int_equal(map_at(i, SP_TX(i), SP_RX(i), pages), OK);
	assert_int_equal(map_at(NWD, NS_TX, NS_RX, pages), OK);
}

/* --- memory, as its owner sees it --- */

static uint8_t *at(int who, uint64_t a)
{
	pa_t pa;

	if (who < 0)
		return ns_ram + (a - NS_BASE);
	assert_int_equal(s2_lookup(&part[who].s2, IPA(a), &pa, NULL, NULL), OK);
	return pa_to_ptr(pa);
}

/* --- messages --- */

static inline uint64_t tx_of(int who)
{
	return who < 0 ? NS_TX : SP_TX(who);
}

static inline uint64_t rx_of(int who)
{
	return who < 0 ? NS_RX : SP_RX(who);
}

static inline void write_header(void *tx, uint16_t from, uint16_t to, uint32_t offset, uint32_t size)
{
	const struct ffa_msg_header_1_2 h = {
		.base = { .offset = offset, .receiver = to, .sender = from, .size = size }
	};

	memcpy(tx, &h, MIN(offset, sizeof(h)));
}

/* --- VMs --- */

static struct {
	struct ffa_rxtx_desc d;
	struct ffa_composite rx;
	struct ffa_range rx_range;
	struct ffa_composite tx;
	struct ffa_range tx_range;
} vm_desc;

static inline void describe_vm(uint16_t id, unsigned int n)
{
	vm_desc.d = (struct ffa_rxtx_desc){ .endpoint = id, .rx_offset = 16, .tx_offset = 48 };
	vm_desc.rx = vm_desc.tx = (struct ffa_composite){ .pages = 1, .count = 1 };
	vm_desc.rx_range = (struct ffa_range){ .address = VM_RX(n), .pages = 1 };
	vm_desc.tx_range = (struct ffa_range){ .address = VM_TX(n), .pages = 1 };
}

static inline int map_described(void)
{
	memcpy(at(NWD, NS_TX), &vm_desc, sizeof(vm_desc));
	return map_at(NWD, 0, 0, 0);
}

static inline int map_vm(uint16_t id, unsigned int n)
{
	describe_vm(id, n);
	return map_described();
}

#endif
