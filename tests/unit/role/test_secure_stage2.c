/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/secure_stage2: what SPs see of physical memory (role/spmc/sp_stage2.c): each page of the machine in the
 * right IPA space with the right permissions, or in none; regions that are refused; allocations that fail; what goes
 * into the registers (arch/secure_s2.h), and TLB maintenance of the non-secure space. The machine is one of 16 MiB of
 * secure RAM, two SPs in it, and the normal world's RAM above.
 */
#include "unit.h"

#include "arch/host.h"
#include "arch/mmu.h"
#include "arch/secure_s2.h"
#include "arch/sysreg.h"
#include "arch/world.h"
#include "core/frame.h"
#include "core/heap.h"
#include "core/hw.h"
#include "core/partition.h"
#include "core/s1.h"
#include "core/sched.h"
#include "core/stage2_fault.h"
#include "core/vcpu.h"
#include "role/role.h"
#include "role/spmc/sp.h"
#include "role/spmc/sp_stage2.h"

#define RAM	 UINT64_C(0x0e000000)
#define RAM_SIZE (16 * MIB)
#define SP_SIZE	 MIB
#define SP1	 (RAM + 4 * MIB)
#define SP2	 (RAM + 6 * MIB)
#define MORE	 (RAM + 12 * MIB) /* in the largest block: no table of ours is there */
#define NS	 UINT64_C(0x50000000)
#define UART	 UINT64_C(0x09040000)
#define NS_UART	 UINT64_C(0x09000000)
#define GICD	 UINT64_C(0x08000000)
#define GICR	 UINT64_C(0x080a0000)
#define IPA_BITS 36

#define R  SP_ATTR_READ
#define RW (SP_ATTR_READ | SP_ATTR_WRITE)
#define RX (SP_ATTR_READ | SP_ATTR_EXEC)

struct hw hw; /* core/hw.c stays out of this */

static uint8_t records[RAM_SIZE / 256] ALIGNED(4096);
static uint64_t all;
static struct sp *sp1, *sp2;

/* The scheduler and the role stay out of it too. */
bool sched_stop(struct vcpu *v UNUSED)
{
	return false;
}

void role_partition_stopped(struct partition *p UNUSED)
{
}

void role_partition_all_off(struct partition *p UNUSED)
{
}

static struct sp *make(const char *name, uint64_t base)
{
	struct sp *sp = calloc(1, sizeof(*sp));

	sp->manifest.file = name;
	sp->manifest.load_address = base;
	sp->manifest.mem_size = SP_SIZE;
	sp->p = partition_create(name, 1, IPA_BITS);
	assert_non_null(sp->p);
	return sp;
}

static void unmake(struct sp *sp)
{
	sp_stage2_destroy(sp);
	partition_destroy(sp->p);
	free(sp);
}

static int setup(void **state UNUSED)
{
	host_reset();
	host_ram_init(PA(RAM), RAM_SIZE);
	frame_reset();
	heap_reset();
	assert_int_equal(frame_add_bank(PA(RAM), RAM_SIZE, records), OK);
	assert_int_equal(frame_release(PA(RAM), 4 * MIB), OK);
	assert_int_equal(frame_release(PA(SP1 + SP_SIZE), MIB), OK);
	assert_int_equal(frame_release(PA(SP2 + SP_SIZE), RAM + RAM_SIZE - SP2 - SP_SIZE), OK);
	memset(pa_to_ptr(PA(RAM)), 0xa5, RAM_SIZE);
	all = frame_count_free();
	hw = (struct hw){ .gicd = { GICD, 0x10000 }, .gicr = { { GICR, 0xf60000 } }, .nr_gicr = 1 };
	sp1 = make("sp1", SP1);
	sp2 = make("sp2", SP2);
	return 0;
}

static int teardown(void **state UNUSED)
{
	unmake(sp1);
	unmake(sp2);
	assert_int_equal(frame_count_free(), all);
	assert_int_equal(heap_in_use(), 0);
	return 0;
}

static void add(struct sp *sp, bool device, uint64_t base, uint32_t pages, uint32_t attributes)
{
	struct sp_manifest *m = &sp->manifest;
	struct sp_region *r = device ? &m->device[m->nr_devices++].at : &m->region[m->nr_regions++];

	*r = (struct sp_region){ .base = base, .pages = pages, .attributes = attributes, .node = "/r" };
}

static unsigned int perm_at(struct s2 *s2, uint64_t a)
{
	unsigned int perm;
	pa_t pa;

	if (!s2->vttbr || s2_lookup(s2, IPA(a), &pa, &perm, NULL) != OK)
		return 0;
	assert_int_equal(pa.a, a);
	return perm;
}

struct expect {
	uint64_t base, pages;
	unsigned int secure, ns; /* S2_* in each space */
};

/* Of what can be touched at all: each page as the first row that has it says, in neither space when none has. */
static void look(struct sp *sp, const struct expect *e, unsigned int n)
{
	static const struct {
		uint64_t from, to;
	} machine[] = { { GICD, GICD + 0x10000 },
			{ GICR, GICR + 0x40000 },
			{ NS_UART, UART + 0x10000 },
			{ RAM - MIB, RAM + RAM_SIZE + MIB },
			{ NS - MIB, NS + MIB } };

	for (unsigned int m = 0; m < ARRAY_SIZE(machine); m++) {
		for (uint64_t a = machine[m].from; a < machine[m].to; a += PAGE_SIZE) {
			unsigned int secure = 0, ns = 0;

			for (unsigned int i = n; i-- > 0;)
				if (a >= e[i].base && a < e[i].base + e[i].pages * PAGE_SIZE) {
					secure = e[i].secure;
					ns = e[i].ns;
				}
			if (perm_at(&sp->p->s2, a) != secure || perm_at(&sp->ns, a) != ns)
				fail_msg("0x%lx: %x and %x, not %x and %x", a, perm_at(&sp->p->s2, a),
					 perm_at(&sp->ns, a), secure, ns);
		}
	}
}

/* --- what is mapped --- */

static void test_own_memory_only(void **state UNUSED)
{
	const struct expect e[] = { { SP1, SP_SIZE / PAGE_SIZE, S2_RWX, 0 } };

	assert_int_equal(sp_stage2_build(sp1), OK);
	look(sp1, e, ARRAY_SIZE(e));
	assert_int_equal(sp1->ns.vttbr, 0); /* made only when it is wanted */
}

static void test_permissions(void **state UNUSED)
{
	const uint64_t more = MORE;
	const struct expect e[] = {
		{ SP1 + 0x8000, 2, S2_R, 0 },
		{ SP1 + 0xa000, 1, S2_RW, 0 },
		{ SP1 + 0xc000, 4, S2_R | S2_X, 0 },
		{ SP1, SP_SIZE / PAGE_SIZE, S2_RWX, 0 },
		{ more, 1, S2_R, 0 },
		{ more + 0x5000, 3, S2_RW, 0 },
		{ more + 0x9000, 1, S2_R | S2_X, 0 },
		{ UART, 1, S2_RW | S2_DEVICE, 0 },
		{ UART + 0x1000, 2, S2_R | S2_DEVICE, 0 },
	};

	add(sp1, false, e[0].base, 2, R);
	add(sp1, false, e[1].base, 1, RW);
	add(sp1, false, e[2].base, 4, RX);
	add(sp1, false, e[4].base, 1, R);
	add(sp1, false, e[5].base, 3, RW);
	add(sp1, false, e[6].base, 1, RX);
	add(sp1, true, e[7].base, 1, RW);
	add(sp1, true, e[8].base, 2, RX); /* no parser lets X pass; nor does this */
	assert_int_equal(sp_stage2_build(sp1), OK);
	look(sp1, e, ARRAY_SIZE(e));
}

/* The normal world's memory and devices: in the other space and only there, never executable. */
static void test_normal_world(void **state UNUSED)
{
	const struct expect e[] = {
		{ SP1, SP_SIZE / PAGE_SIZE, S2_RWX, 0 },
		{ NS, 1, 0, S2_RW },
		{ NS + 0x10000, 2, 0, S2_R },
		{ NS + 0x20000, 1, 0, S2_R },
		{ NS_UART, 1, 0, S2_RW | S2_DEVICE },
	};

	add(sp1, false, e[1].base, 1, RW | SP_ATTR_NS);
	add(sp1, false, e[2].base, 2, R | SP_ATTR_NS);
	add(sp1, false, e[3].base, 1, RX | SP_ATTR_NS);
	add(sp1, true, e[4].base, 1, RW | SP_ATTR_NS);
	assert_int_equal(sp_stage2_build(sp1), OK);
	look(sp1, e, ARRAY_SIZE(e));
	/* Another SP's spaces have nothing of it. */
	assert_int_equal(sp_stage2_build(sp2), OK);
	look(sp2, &(struct expect){ SP2, SP_SIZE / PAGE_SIZE, S2_RWX, 0 }, 1);
}

/* Leave that many pages free: where the others went. */
static unsigned int exhaust(uint64_t leave, pa_t *taken)
{
	unsigned int n = 0;

	while (frame_count_free() > leave)
		taken[n++] = frame_alloc(0, FRAME_TRIVET);
	return n;
}

/* What an SP gets beside its own memory is nobody else's from then on, and shows nothing of who had it. */
static void test_more_secure_ram(void **state UNUSED)
{
	static pa_t taken[RAM_SIZE / PAGE_SIZE];
	const uint64_t more = RAM + MIB + 0x3000, end = more + 5 * PAGE_SIZE;
	unsigned int n;

	add(sp1, false, more, 5, RW);
	assert_int_equal(sp_stage2_build(sp1), OK);
	for (uint64_t a = more; a < end; a++)
		assert_int_equal(*(uint8_t *)pa_to_ptr(PA(a)), 0);
	assert_int_equal(*(uint8_t *)pa_to_ptr(PA(RAM)), 0xa5);
	assert_true(frame_owned_by(PA(more), end - more, sp1->p->id));
	add(sp2, false, end - PAGE_SIZE, 2, RW);
	assert_int_equal(sp_stage2_build(sp2), E_BUSY);
	n = exhaust(0, taken);
	while (n-- > 0) {
		assert_true(taken[n].a + PAGE_SIZE <= more || taken[n].a >= end);
		frame_free(taken[n], 0);
	}
}

/* --- what is refused, and leaves nothing --- */

static void refused(struct sp *sp, bool device, uint64_t base, uint32_t pages, uint32_t attributes, int rc)
{
	struct sp_manifest *m = &sp->manifest;
	uint64_t tables = s2_tables(&sp->p->s2), free_before = frame_count_free();

	/* After others that succeed: they go too. */
	add(sp, false, MORE, 3, RW);
	add(sp, false, NS, 1, RW | SP_ATTR_NS);
	add(sp, device, base, pages, attributes);
	assert_int_equal(sp_stage2_build(sp), rc);
	assert_int_equal(sp->ns.vttbr, 0);
	assert_int_equal(perm_at(&sp->ns, base), 0);
	free_before += tables;
	assert_int_equal(frame_count_free() + s2_tables(&sp->p->s2), free_before);
	/* The partition is destroyed now, in life; here it goes on empty. */
	for (uint64_t a = RAM - 32 * MIB; a < NS; a += 32 * MIB)
		assert_int_equal(s2_unmap(&sp->p->s2, IPA(a), 32 * MIB), OK);
	assert_int_equal(frame_count_free(), free_before - tables);
	m->nr_regions = m->nr_devices = 0;
}

static void test_refused(void **state UNUSED)
{
	pa_t ours = frame_alloc(0, FRAME_TRIVET);

	/* Memory that is ours; another SP's; partly its own; none of the machine's. */
	refused(sp1, false, ours.a, 1, RW, E_BUSY);
	refused(sp1, false, ours.a - PAGE_SIZE, 2, R, E_BUSY);
	refused(sp1, false, SP2, 1, RW, E_BUSY);
	refused(sp1, false, SP2 + SP_SIZE - PAGE_SIZE, 1, R, E_BUSY);
	refused(sp1, false, SP1 - PAGE_SIZE, 2, RW, E_BUSY);
	refused(sp1, false, SP1 + SP_SIZE - PAGE_SIZE, 2, RW, E_BUSY);
	refused(sp1, false, RAM + RAM_SIZE - PAGE_SIZE, 2, RW, E_BUSY);
	refused(sp1, false, NS, 1, RW, E_BUSY);
	refused(sp1, false, 0, 1, RW, E_BUSY);
	/* Twice, in either space. */
	refused(sp1, false, MORE + 2 * PAGE_SIZE, 1, RW, E_BUSY);
	refused(sp1, false, NS, 1, R | SP_ATTR_NS, E_EXIST);
	refused(sp1, true, SP1, 1, RW, E_EXIST);
	/* The GIC. */
	refused(sp1, true, GICD, 1, RW, E_BUSY);
	refused(sp1, true, GICD - PAGE_SIZE, 2, RW, E_BUSY);
	refused(sp1, true, GICD + 0xf000, 1, R, E_BUSY);
	refused(sp1, true, GICR + 0xf5f000, 1, RW, E_BUSY);
	/* Beyond the IPA space. */
	refused(sp1, false, BIT(IPA_BITS), 1, RW | SP_ATTR_NS, E_RANGE);
	refused(sp1, true, BIT(IPA_BITS) - PAGE_SIZE, 2, RW, E_RANGE);
	frame_free(ours, 0);
}

static void test_nth_allocation_fails(void **state UNUSED)
{
	static pa_t taken[RAM_SIZE / PAGE_SIZE];
	unsigned int failed = 0;
	int rc = E_NOMEM;

	unmake(sp1);
	add(sp2, false, NS, 1, RW | SP_ATTR_NS);
	add(sp2, false, NS + GIB, 1, RW | SP_ATTR_NS);
	add(sp2, true, UART, 1, RW);
	for (uint64_t leave = 0; rc != OK; leave++) {
		unsigned int n = exhaust(leave, taken);

		rc = sp_stage2_build(sp2);
		if (rc) {
			assert_int_equal(rc, E_NOMEM);
			assert_int_equal(sp2->ns.vttbr, 0);
			assert_int_equal(s2_unmap(&sp2->p->s2, IPA(0), 64 * MIB), OK);
			assert_int_equal(s2_unmap(&sp2->p->s2, IPA(64 * MIB), 64 * MIB), OK);
			assert_int_equal(s2_unmap(&sp2->p->s2, IPA(128 * MIB), 256 * MIB), OK);
			assert_int_equal(frame_count_free(), leave);
			failed++;
		}
		while (n-- > 0)
			frame_free(taken[n], 0);
	}
	/* Own memory: two tables; the device: one; the other space: three, and two for another GiB. */
	assert_in_range(failed, 7, 9);
	sp1 = make("sp1", SP1);
}

/* --- registers --- */

/* ARM DDI 0487: VSTCR_EL2, VTCR_EL2, VSTTBR_EL2, VTTBR_EL2; 36 bits from level 1, inner shareable write-back walks. */
static void test_registers(void **state UNUSED)
{
	const uint64_t vtcr = UINT64_C(0x80043500) | 1 << 6 | (64 - 36), vttbr = UINT64_C(0x0007000000123000);

	assert_int_equal(secure_s2_vstcr(vtcr), 0x80000000 | 1 << 6 | 28);	      /* SA, SW 0 */
	assert_int_equal(secure_s2_vtcr(vtcr, VTCR_EMPTY), 0xc0043500 | 1 << 6 | 25); /* NSA 1, NSW 0 */
	assert_int_equal(secure_s2_vtcr(vtcr, vtcr), 0xc0043500 | 1 << 6 | 28);
	assert_int_equal(secure_s2_vsttbr(vttbr), 0x123000);
	assert_int_equal(secure_s2_vttbr(vttbr, 0x456000), UINT64_C(0x0007000000456000));
	/* Whatever is in the other bits, neither register ever says that secure tables or memory are non-secure. */
	assert_int_equal(secure_s2_vstcr(UINT64_MAX) & (BIT(30) | BIT(29)), 0);
	assert_int_equal(secure_s2_vtcr(vtcr, UINT64_MAX) & BIT(29), 0);
}

#define NS_VTTBR "VTTBR_EL2 of the NS space"
#define NS_VTCR	 "VTCR_EL2 of the NS space"

/* One VMID for both spaces, roots of their own; who has no non-secure space leaves the empty one where it is. */
static void test_load(void **state UNUSED)
{
	add(sp2, false, NS, 1, RW | SP_ATTR_NS);
	assert_int_equal(sp_stage2_build(sp1), OK);
	assert_int_equal(sp_stage2_build(sp2), OK);
	host_sysreg_write(NS_VTTBR, 0x5a);
	sp_stage2_load(sp1);
	assert_int_equal(host_sysreg_read(NS_VTTBR), 0x5a);
	sp_stage2_load(sp2);
	assert_int_equal(host_sysreg_read(NS_VTTBR), sp2->ns.vttbr);
	assert_int_equal(host_sysreg_read(NS_VTCR), sp2->ns.vtcr);
	assert_int_equal(sp2->ns.vttbr >> 48, sp2->p->s2.vttbr >> 48);
	assert_int_not_equal(sp2->ns.vttbr, sp2->p->s2.vttbr);
	assert_int_equal(sp2->ns.vtcr, arch_vtcr(IPA_BITS, 1));
	assert_int_not_equal(sp1->p->vmid, sp2->p->vmid);
}

/* TLBI by IPA names the space. */
static void test_tlb(void **state UNUSED)
{
	add(sp1, false, NS, 4, RW | SP_ATTR_NS);
	assert_int_equal(sp_stage2_build(sp1), OK);
	host_log_start();
	assert_int_equal(s2_unmap(&sp1->ns, IPA(NS), PAGE_SIZE), OK);
	assert_int_equal(host_log_find(HOST_S2_FLUSH, 0), host_log_count());
	assert_int_equal(host_log_at(host_log_find(HOST_S2_FLUSH_NS, 0))->a, NS);
	assert_int_equal(host_log_at(host_log_find(HOST_S2_FLUSH_NS, 0))->vttbr, sp1->ns.vttbr);
	host_log_start();
	assert_int_equal(s2_unmap(&sp1->p->s2, IPA(SP1), PAGE_SIZE), OK);
	assert_int_equal(host_log_find(HOST_S2_FLUSH_NS, 0), host_log_count());
	assert_true(host_log_find(HOST_S2_FLUSH, 0) < host_log_count());
	host_log_stop();
}

/* --- a fault in the other space --- */

static bool own;
static uint64_t asked;

bool world_ipa_is_own(uint64_t va)
{
	asked = va;
	return own;
}

bool role_stage2_abort(struct vcpu *v UNUSED)
{
	return true;
}

/*
 * An SP touches a non-secure IPA that is not mapped, and that is mapped as a secure one: that is no fault that is over
 * by now, after which it would be sent back to fault again, for ever.
 */
static void test_fault_in_the_other_space(void **state UNUSED)
{
	struct vcpu v = { .part = sp1->p };
	const uint64_t translation = 0x06, va = 0x3fe04008;

	assert_int_equal(sp_stage2_build(sp1), OK);
	sysreg_write(HPFAR_EL2, SP1 >> 12 << 4);
	sysreg_write(FAR_EL2, va);
	own = true;
	assert_true(stage2_fault_is_gone(&v, translation, S2_R));
	assert_int_equal(asked, va);
	own = false;
	assert_false(stage2_fault_is_gone(&v, translation, S2_R));
	own = true;
	sysreg_write(HPFAR_EL2, SP2 >> 12 << 4);
	assert_false(stage2_fault_is_gone(&v, translation, S2_R));
}

/* --- frame_take --- */

static void test_frame_take(void **state UNUSED)
{
	static const struct {
		uint64_t at, pages;
	} piece[] = { { RAM, 1 },	    { RAM + 0x1000, 1 },  { RAM + 0x3ff000, 1 }, { RAM + 0x200000, 256 },
		      { RAM + 0x5000, 11 }, { RAM + 0xfff000, 1 } };
	uint64_t before = frame_count_free();

	assert_int_equal(frame_take(PA(RAM), 0, 7), E_INVAL);
	assert_int_equal(frame_take(PA(RAM + 1), PAGE_SIZE, 7), E_INVAL);
	assert_int_equal(frame_take(PA(RAM - PAGE_SIZE), 2 * PAGE_SIZE, 7), E_RANGE);
	assert_int_equal(frame_take(PA(SP1 - PAGE_SIZE), 2 * PAGE_SIZE, 7), E_STATE);
	for (unsigned int i = 0; i < ARRAY_SIZE(piece); i++) {
		uint64_t n = frame_count_free();

		assert_int_equal(frame_take(PA(piece[i].at), piece[i].pages * PAGE_SIZE, 7), OK);
		assert_int_equal(frame_count_free(), n - piece[i].pages);
		assert_true(frame_owned_by(PA(piece[i].at), piece[i].pages * PAGE_SIZE, 7));
		assert_int_equal(frame_take(PA(piece[i].at), PAGE_SIZE, 8), E_STATE);
	}
	assert_true(frame_count_free() < before);
	for (unsigned int i = 0; i < ARRAY_SIZE(piece); i++)
		for (uint64_t j = 0; j < piece[i].pages; j++)
			frame_free(PA(piece[i].at + j * PAGE_SIZE), 0);
	assert_int_equal(frame_count_free(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_own_memory_only, setup, teardown),
		cmocka_unit_test_setup_teardown(test_permissions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_normal_world, setup, teardown),
		cmocka_unit_test_setup_teardown(test_more_secure_ram, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nth_allocation_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(test_registers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_load, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tlb, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fault_in_the_other_space, setup, teardown),
		cmocka_unit_test_setup_teardown(test_frame_take, setup, teardown),
	};

	return UNIT_RUN(tests);
}
