/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/disks: which of the machine's places are disks, and when they are started. The device tree, the driver,
 * the interrupt controller and memory are the test's.
 */
#include "unit.h"

#include "arch/host.h"
#include "core/hw.h"
#include "core/irq.h"
#include "drv/virtio_blk_host.h"
#include "plat/plat.h"

#include "role/hyp/disks.c" /* for its state */

#define PLACES 6

static const enum virtio_blk_host_kind kinds[PLACES] = { VIRTIO_BLK_HOST_NONE, VIRTIO_BLK_HOST_DISK,
							 VIRTIO_BLK_HOST_NONE, VIRTIO_BLK_HOST_LEGACY,
							 VIRTIO_BLK_HOST_DISK, VIRTIO_BLK_HOST_DISK };
static uint8_t regs[PLACES][0x200];
static unsigned int nr_places, looks, maps, adds, irqs, allocated, interrupts;
static bool no_memory, irq_taken, add_fails;
static irq_fn handler;
static void *handler_arg;

struct hw hw;

unsigned int hw_find_virtio(const void *fdt UNUSED, struct hw_virtio *list, unsigned int max)
{
	looks++;
	for (unsigned int i = 0; i < nr_places; i++) {
		assert_true(i < max);
		list[i] = (struct hw_virtio){ { 0xa000000 + i * 0x200, i == 5 ? 0x100 : 0x200 }, 48 + i, true, i != 4 };
	}
	return nr_places;
}

void *s1_map_window(pa_t pa, uint64_t size, enum s1_attr attr)
{
	assert_int_equal(attr, S1_DEVICE);
	assert_int_equal(size, 0x200);
	maps++;
	return regs[(pa.a - 0xa000000) / 0x200];
}

pa_t ptr_to_pa(const void *p)
{
	return PA((uintptr_t)p + 0x1000000000);
}

enum virtio_blk_host_kind virtio_blk_host_kind(const void *r)
{
	return kinds[((const uint8_t *)r - regs[0]) / 0x200];
}

size_t virtio_blk_host_memory(void)
{
	return 100;
}

int virtio_blk_host_add(const struct virtio_blk_host_place *at, const char **why)
{
	const size_t i = (size_t)((uint8_t *)at->regs - regs[0]) / 0x200;

	assert_int_equal(at->intid, 48 + i);
	assert_int_equal(at->coherent, i != 4);
	assert_int_equal(at->memory_pa.a, (uintptr_t)at->memory + 0x1000000000);
	if (add_fails || kinds[i] == VIRTIO_BLK_HOST_LEGACY) {
		*why = "it is broken";
		return E_IO;
	}
	return (int)(10 + adds++);
}

void virtio_blk_host_irq(unsigned int n)
{
	interrupts = interrupts * 100 + n;
}

int host_disk_info(unsigned int n, struct host_disk_info *info)
{
	*info = (struct host_disk_info){ .readonly = n == 11 };
	return OK;
}

int host_disk_submit(unsigned int n UNUSED, struct host_disk_io *io UNUSED)
{
	return E_IO;
}

int irq_register(uint32_t intid, irq_fn fn, void *arg)
{
	(void)intid;
	if (irq_taken)
		return E_EXIST;
	irqs++;
	handler = fn;
	handler_arg = arg;
	return OK;
}

void *heap_alloc(size_t size)
{
	static uint8_t memory[8][128];

	assert_true(size <= sizeof(memory[0]) && allocated < 8);
	return no_memory ? NULL : memory[allocated++];
}

void heap_free(void *p)
{
	allocated -= !!p;
}

static int setup(void **state UNUSED)
{
	host_reset();
	memset(found, 0, sizeof(found));
	nr_found = 0;
	looked = false;
	nr_places = PLACES;
	looks = maps = adds = irqs = allocated = interrupts = 0;
	no_memory = irq_taken = add_fails = false;
	return 0;
}

static int get(unsigned int n, bool *readonly)
{
	const char *why = NULL;
	int r = disks_get(n, readonly, &why);

	assert_non_null(why);
	return r;
}

static void test_in_order(void **state UNUSED)
{
	bool readonly = true;

	assert_int_equal(looks, 0);
	assert_int_equal(get(2, &readonly), 10); /* at the third place that is a disk: the fifth of all */
	assert_false(readonly);
	assert_int_equal(adds, 1);
	assert_false(host_irq_enabled(0, 52)); /* not before somebody has it */
	assert_int_equal(get(0, &readonly), 11);
	assert_true(readonly);
	assert_int_equal(get(2, &readonly), 10); /* again: it is started */
	assert_int_equal(adds, 2);
	assert_int_equal(allocated, 2);
	assert_int_equal(looks, 1);
	assert_int_equal(maps, PLACES - 1); /* one has not enough registers */
	assert_int_equal(get(3, &readonly), E_NOENT);
	assert_int_equal(get(UINT32_MAX, &readonly), E_NOENT);
	disks_enable(11, 0);
	assert_true(host_irq_enabled(0, 49));
	assert_false(host_irq_enabled(0, 52));
	assert_int_equal(handler(49, handler_arg), IRQ_DONE);
	assert_int_equal(interrupts, 11);
}

static void test_none(void **state UNUSED)
{
	const char *why;
	bool readonly;

	nr_places = 1;
	assert_int_equal(disks_get(0, &readonly, &why), E_NOENT);
	assert_non_null(strstr(why, "no virtio-mmio disk"));
	assert_int_equal(adds, 0);
}

/* What cannot be started leaves nothing, and can be asked for again. */
static void test_failures(void **state UNUSED)
{
	bool readonly;

	no_memory = true;
	assert_int_equal(get(0, &readonly), E_NOMEM);
	no_memory = false;
	irq_taken = true;
	assert_int_equal(get(0, &readonly), E_EXIST);
	assert_int_equal(adds, 0);
	irq_taken = false;
	add_fails = true;
	assert_int_equal(get(0, &readonly), E_IO);
	assert_int_equal(get(0, &readonly), E_IO); /* another VM wants it: the same reason */
	assert_int_equal(irqs, 1);
	assert_int_equal(get(1, &readonly), E_IO); /* a legacy one counts, and is refused */
	assert_int_equal(allocated, 0);
	add_fails = false;
	assert_int_equal(get(0, &readonly), 10);
	assert_int_equal(allocated, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_in_order, setup),
		cmocka_unit_test_setup(test_none, setup),
		cmocka_unit_test_setup(test_failures, setup),
	};

	return UNIT_RUN(tests);
}
