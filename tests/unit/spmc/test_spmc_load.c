/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite spmc/spmc_load: SPs that are refused while they are loaded leave nothing behind, and the others go on; what an
 * SP that is accepted starts with.
 */
#include "world.h"

#include "arch/host.h"
#include "core/frame.h"
#include "core/heap.h"
#include "core/hw.h"
#include "core/partition.h"
#include "core/s1.h"
#include "core/vcpu.h"
#include "plat/plat.h"

static void *package(uint16_t id)
{
	return pa_to_ptr(PA(world_manifest(id)->load_address));
}

static bool is_said(const char *text)
{
	return strstr(host_uart_text(), text) != NULL;
}

/* --- the SPMC's manifest --- */

static int no_manifest(struct spmc_manifest *out UNUSED)
{
	return E_FORMAT;
}

WORLD_TEST(without_a_manifest)
{
	struct hw_range range[SPS + 1] = { 0 };

	assert_null(sp_spmc_manifest());
	assert_int_equal(sp_kept_ranges(range, SPS), 0);
	world_on_spmc = no_manifest;
	assert_int_equal(sp_read_manifest(), E_FORMAT);
	assert_null(sp_spmc_manifest());
	assert_int_equal(sp_kept_ranges(range, SPS), 0);
	world_on_spmc = NULL;
	assert_int_equal(sp_read_manifest(), OK);
	assert_int_equal(sp_spmc_manifest()->spmc_id, SPMC);
	/* No more than there is room for. */
	assert_int_equal(sp_kept_ranges(range, 2), 2);
	assert_int_equal(range[1].base, world_manifest(MP)->load_address);
	assert_int_equal(range[1].size, world_manifest(MP)->mem_size);
	assert_int_equal(range[2].size, 0);
	assert_int_equal(sp_kept_ranges(range, SPS + 1), SPS);
	assert_int_equal(range[SPS].size, 0);
}

/* Behind the last one there is one that could be loaded. */
static int one_behind(struct spmc_manifest *out)
{
	out->sp[SPS] = out->sp[3];
	return OK;
}

WORLD_TEST(behind_the_last_one)
{
	world_manifest(QU)->nr_devices = 0;
	world_on_spmc = one_behind;
	world_load();
	assert_int_equal(sp_count(), SPS);
}

static int outside(struct spmc_manifest *out)
{
	out->sp[1].load_address = UINT64_C(0x40000000);
	return OK;
}

WORLD_TEST(memory_that_is_not_ours)
{
	world_on_spmc = outside;
	world_load();
	assert_int_equal(sp_count(), SPS - 1);
	assert_null(sp_find(MP));
	assert_true(is_said("are not ours to give"));
	assert_false(is_said("no SP package")); /* nobody has looked there */
}

/* --- refused: at which step --- */

static int error;

static int refuse_sp(const struct manifest_source *src UNUSED, const struct manifest_sp *sp UNUSED)
{
	return error;
}

static int refuse_check(const struct sp_manifest *const *accepted UNUSED, unsigned int count UNUSED,
			const struct sp_manifest *sp UNUSED)
{
	return error;
}

static void bad_packages(void)
{
	for (unsigned int i = 0; i < SPS; i++)
		*(uint32_t *)package((uint16_t)(UP + i)) ^= 1;
}

static void bad_manifests(void)
{
	world_on_sp = refuse_sp;
}

static void bad_neighbours(void)
{
	world_on_check = refuse_check;
}

/* The same page for both. */
static void bad_buffers(void)
{
	for (unsigned int i = 0; i < SPS; i++)
		world_manifest((uint16_t)(UP + i))->rx = world_manifest((uint16_t)(UP + i))->tx = 0;
}

/* Each wants the interrupt controller, after memory of both worlds. */
static void add_regions(void)
{
	for (unsigned int i = 0; i < SPS; i++) {
		struct sp_manifest *m = world_manifest((uint16_t)(UP + i));

		m->nr_regions = 2;
		m->region[0].base = UINT64_C(0x0e800000) + i * 4 * PAGE_SIZE;
		m->region[0].pages = 4;
		m->region[0].attributes = SP_ATTR_READ | SP_ATTR_WRITE;
		m->region[1].base = UINT64_C(0x80000000) + i * PAGE_SIZE;
		m->region[1].pages = 1;
		m->region[1].attributes = SP_ATTR_READ | SP_ATTR_NS;
	}
}

static void bad_devices(void)
{
	add_regions();
	hw.gicd.base = UINT64_C(0x09000000);
	hw.gicd.size = SPS * PAGE_SIZE;
}

static void bad_interrupts(void)
{
	add_regions();
	for (unsigned int i = 0; i < SPS; i++)
		world_manifest((uint16_t)(UP + i))->device[0].irq[0].intid = 1u << 30;
}

static void none_is_left(void (*spoil)(void))
{
	const uint64_t frames = frame_count_free();
	const size_t heap = heap_in_use();

	error = E_RANGE;
	spoil();
	world_load();
	assert_int_equal(sp_count(), 0);
	for (unsigned int i = 0; i < SPS; i++)
		assert_null(sp_find((uint16_t)(UP + i)));
	assert_int_equal(heap_in_use(), heap);
	assert_int_equal(frame_count_free(), frames);
}

WORLD_TEST(packages_are_refused)
{
	none_is_left(bad_packages);
	assert_true(is_said("no SP package"));
}

WORLD_TEST(manifests_are_refused)
{
	none_is_left(bad_manifests);
}

WORLD_TEST(refused_beside_the_others)
{
	none_is_left(bad_neighbours);
}

WORLD_TEST(buffers_are_refused)
{
	none_is_left(bad_buffers);
	assert_true(is_said("not both memory that it can read and write"));
}

WORLD_TEST(devices_are_refused)
{
	none_is_left(bad_devices);
	assert_true(is_said("is the interrupt controller"));
}

WORLD_TEST(interrupts_are_refused)
{
	none_is_left(bad_interrupts);
}

/* --- what the others are looked at beside --- */

static unsigned int checks;

static int third_is_refused(const struct sp_manifest *const *accepted, unsigned int count, const struct sp_manifest *sp)
{
	static const uint16_t ids[] = { UP, MP, QU };

	assert_int_equal(count, MIN(checks, 2));
	for (unsigned int i = 0; i < count; i++)
		assert_int_equal(accepted[i]->id, ids[i]);
	assert_int_equal(sp->id, UP + checks);
	return checks++ == 2 ? E_EXIST : OK;
}

WORLD_TEST(one_is_refused_and_the_others_go_on)
{
	world_on_check = third_is_refused;
	world_load();
	assert_int_equal(checks, SPS);
	assert_int_equal(sp_count(), SPS - 1);
	assert_null(sp_find(ME));
	for (unsigned int i = 0; i < SPS - 1; i++)
		assert_int_equal(sp_at(i)->index, i);
	assert_int_equal(sp_partinfo()->count, SPS - 1);
}

/* --- what is read, and what it starts with --- */

static unsigned int sources;

/* A copy of what is in the package, and not that itself. */
static int look_at_source(const struct manifest_source *src, const struct manifest_sp *sp)
{
	uint8_t *in_package = (uint8_t *)package(sp->id) + 64;

	assert_int_equal(src->size, 8);
	assert_memory_equal(src->fdt, in_package, 8);
	memset(in_package, 0xee, 8);
	assert_int_not_equal(*(const uint8_t *)src->fdt, 0xee);
	sources++;
	return OK;
}

WORLD_TEST(manifests_are_copied)
{
	for (unsigned int i = 0; i < SPS; i++)
		memset((uint8_t *)package((uint16_t)(UP + i)) + 64, (int)(0x31 + i), 8);
	world_on_sp = look_at_source;
	world_load();
	assert_int_equal(sources, SPS);
	assert_int_equal(sp_count(), SPS);
}

static bool is_done(unsigned int kind, const void *at, uint64_t size)
{
	for (unsigned int i = 0; i < host_log_count(); i++)
		if (host_log_at(i)->kind == kind && host_log_at(i)->a == (uintptr_t)at && host_log_at(i)->b == size)
			return true;
	return false;
}

WORLD_TEST(what_they_start_with)
{
	host_log_start();
	world_load();
	assert_int_equal(sp_count(), SPS);
	for (unsigned int i = 0; i < SPS; i++) {
		struct sp *sp = sp_at(i);
		const uint64_t entry = sp->manifest.load_address + sp->manifest.entrypoint_offset;

		assert_int_equal(sp->entry, entry);
		assert_ptr_equal(sp->p->role, sp);
		assert_int_equal(sp->p->state, PARTITION_RUNNING);
		for (unsigned int k = 0; k < sp->manifest.ctx_count; k++) {
			assert_int_equal(sp->ctx[k].v->arch.pc, entry);
			assert_int_equal(sp->ctx[k].v->state, VCPU_RUNNING);
			expect_state(sp->manifest.id, k, SP_RESET);
		}
		assert_true(is_done(HOST_DCACHE, package(sp->manifest.id), sp->manifest.mem_size));
		assert_true(is_done(HOST_ICACHE, package(sp->manifest.id), sp->manifest.mem_size));
	}
}

/* The header has to be larger than the boot information, which takes its place. */
WORLD_TEST(no_room_for_boot_information)
{
	struct spkg_header *h = package(UP);

	world_manifest(UP)->gp_register = 0;
	world_manifest(MP)->gp_register = 1;
	h->pm_offset = sizeof(*h);
	world_boot();
	assert_true(is_said("no room for its boot information"));
	expect_sp(0, UP, 0, 0);
	sp_call(0, FFA_MSG_WAIT);
	expect_sp(0, MP, 0, 0, world_manifest(MP)->load_address);
	assert_int_equal(*(const uint32_t *)package(MP), FFA_BOOT_INFO_SIGNATURE);
}

/* --- memory runs out --- */

static unsigned int left;

static void with_so_many_pages(void)
{
	size_t heap;
	uint64_t frames;

	while (frame_count_free() > left)
		assert_false(pa_is_none(frame_alloc(0, FRAME_TRIVET)));
	heap = heap_in_use();
	frames = frame_count_free();
	world_load();
	assert_true(sp_count() <= SPS);
	if (sp_count() < SPS)
		assert_true(is_said("no memory for it") || is_said("cannot be mapped"));
	if (sp_count())
		return;
	assert_int_equal(heap_in_use(), heap);
	assert_int_equal(frame_count_free(), frames);
}

static void memory_runs_out(void **state UNUSED)
{
	for (left = 0; left < 64; left++)
		world_run(with_so_many_pages);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_manifest),		cmocka_unit_test(behind_the_last_one),
		cmocka_unit_test(memory_that_is_not_ours),	cmocka_unit_test(packages_are_refused),
		cmocka_unit_test(manifests_are_refused),	cmocka_unit_test(refused_beside_the_others),
		cmocka_unit_test(buffers_are_refused),		cmocka_unit_test(devices_are_refused),
		cmocka_unit_test(interrupts_are_refused),	cmocka_unit_test(one_is_refused_and_the_others_go_on),
		cmocka_unit_test(manifests_are_copied),		cmocka_unit_test(what_they_start_with),
		cmocka_unit_test(no_room_for_boot_information), cmocka_unit_test(memory_runs_out),
	};

	return UNIT_RUN(tests);
}
