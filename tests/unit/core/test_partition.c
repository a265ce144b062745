/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite core/partition: creation and destruction, with the n-th allocation failing for every n (bug class 6),
 * identifiers and VMIDs, affinities, and the life cycle's states. The scheduler and the role here are this file's own.
 */
#include "unit.h"

#include "arch/host.h"
#include "core/frame.h"
#include "core/heap.h"
#include "core/partition.h"
#include "core/s1.h"
#include "core/sched.h"
#include "core/vcpu.h"
#include "role/role.h"

#define BASE UINT64_C(0x80000000)
#define SIZE (32 * MIB)

static uint8_t records[SIZE / 256] ALIGNED(4096);
static uint64_t all;
static unsigned int nr_stopped, nr_all_off;
static struct partition *about;

bool sched_stop(struct vcpu *v)
{
	assert_true(spin_is_locked(&v->part->lock));
	if (v->state == VCPU_OFF)
		return false;
	v->stop = true;
	return true;
}

void role_partition_stopped(struct partition *p)
{
	assert_false(spin_is_locked(&p->lock));
	assert_int_equal(p->state, PARTITION_STOPPED);
	about = p;
	nr_stopped++;
}

void role_partition_all_off(struct partition *p)
{
	assert_false(spin_is_locked(&p->lock));
	assert_int_equal(p->state, PARTITION_RUNNING);
	about = p;
	nr_all_off++;
}

static int setup(void **state UNUSED)
{
	host_reset();
	host_ram_init(PA(BASE), SIZE);
	frame_reset();
	heap_reset();
	assert_int_equal(frame_add_bank(PA(BASE), SIZE, records), OK);
	assert_int_equal(frame_release(PA(BASE), SIZE), OK);
	all = frame_count_free();
	memset(pa_to_ptr(PA(BASE)), 0xa5, SIZE); /* what the firmware left */
	nr_stopped = nr_all_off = 0;
	return 0;
}

static void test_create(void **state UNUSED)
{
	struct partition *p = partition_create("a name that is longer than there is room for", 37, 40);

	assert_non_null(p);
	assert_int_equal(p->state, PARTITION_NEW);
	assert_string_equal(p->name, "a name that is longer than ther");
	assert_int_equal(p->nr_vcpus, 37);
	assert_int_equal(p->s2.ipa_bits, 40);
	assert_int_equal(p->s2.vttbr >> 48, p->vmid);
	for (unsigned int i = 0; i < 37; i++) {
		const struct vcpu *v = p->vcpu[i];

		assert_ptr_equal(v->part, p);
		assert_int_equal(v->index, i);
		assert_int_equal(v->state, VCPU_OFF);
		assert_int_equal(v->arch.vmpidr, UINT64_C(0x80000000) | i / 16 << 8 | i % 16);
		assert_int_equal(v->arch.pstate, 0x3c5);
	}
	partition_destroy(p);
	assert_int_equal(frame_count_free(), all);
	assert_int_equal(heap_in_use(), 0);
}

/* Identifiers: never 0, never twice, given again; 255 of them. */
static void test_identifiers(void **state UNUSED)
{
	static struct partition *p[256];
	bool seen[256] = { false };
	unsigned int n = 0;

	while ((p[n] = partition_create("x", 1, 32)) != NULL) {
		assert_true(p[n]->id > 0 && p[n]->id < 256);
		assert_int_equal(p[n]->vmid, p[n]->id);
		assert_false(seen[p[n]->id]);
		seen[p[n]->id] = true;
		n++;
		assert_true(n < 256);
	}
	assert_int_equal(n, 255);
	partition_destroy(p[100]);
	p[100] = partition_create("y", 1, 32);
	assert_non_null(p[100]);
	while (n-- > 0)
		partition_destroy(p[n]);
	assert_int_equal(frame_count_free(), all);
}

static uint64_t free_after_taking(uint64_t leave, pa_t *taken, unsigned int *n)
{
	while (frame_count_free() > leave) {
		taken[*n] = frame_alloc(0, FRAME_TRIVET);
		assert_false(pa_is_none(taken[*n]));
		++*n;
	}
	return frame_count_free();
}

/*
 * Memory for n pages only, for every n until it is enough: each time nothing stays behind, neither memory
 * nor an identifier.
 */
static void test_nth_allocation_fails(void **state UNUSED)
{
	static pa_t taken[SIZE / PAGE_SIZE];
	struct partition *p = NULL;
	unsigned int n = 0, failed = 0;
	uint16_t id = 0;

	for (uint64_t leave = 0; !p; leave++) {
		n = 0;
		assert_int_equal(free_after_taking(leave, taken, &n), leave);
		p = partition_create("p", 64, 40);
		if (!p) {
			failed++;
			assert_int_equal(frame_count_free(), leave);
			assert_int_equal(heap_in_use(), 0);
		} else {
			id = p->id;
		}
		while (n-- > 0)
			frame_free(taken[n], 0);
	}
	assert_true(failed > 20); /* 64 vCPUs do not share pages */
	assert_int_equal(id, 1);
	partition_destroy(p);
	assert_int_equal(frame_count_free(), all);
}

static void test_create_refuses(void **state UNUSED)
{
	struct partition *p;

	assert_null(partition_create("p", 1, 20));
	assert_null(partition_create("p", 1, 60));
	assert_int_equal(heap_in_use(), 0);
	assert_int_equal(frame_count_free(), all);
	p = partition_create("p", 1, 40);
	assert_int_equal(p->id, 1);
	partition_destroy(p);
}

/* --- life cycle --- */

static struct partition *running(unsigned int nr, unsigned int on)
{
	struct partition *p = partition_create("p", nr, 40);

	p->state = PARTITION_RUNNING;
	for (unsigned int i = 0; i < on; i++)
		p->vcpu[i]->state = VCPU_READY;
	return p;
}

static void off(struct vcpu *v)
{
	spin_lock(&v->part->lock);
	v->state = VCPU_OFF;
	partition_vcpu_off_and_unlock(v->part);
}

static void test_stop(void **state UNUSED)
{
	struct partition *p = running(4, 3);

	partition_stop(p);
	assert_int_equal(p->state, PARTITION_STOPPING);
	assert_int_equal(p->nr_live, 3);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(p->vcpu[i]->stop, i < 3);
	partition_stop(p); /* again: nothing */
	assert_int_equal(p->nr_live, 3);
	off(p->vcpu[1]);
	off(p->vcpu[0]);
	assert_int_equal(nr_stopped, 0);
	off(p->vcpu[2]);
	assert_int_equal(nr_stopped, 1);
	assert_int_equal(nr_all_off, 0);
	assert_ptr_equal(about, p);
	partition_stop(p);
	assert_int_equal(nr_stopped, 1);
	assert_int_equal(p->state, PARTITION_STOPPED);
	partition_destroy(p);
}

static void test_stop_when_none_is_on(void **state UNUSED)
{
	struct partition *p = running(2, 0);

	partition_stop(p);
	assert_int_equal(nr_stopped, 1);
	partition_destroy(p);
	p = partition_create("new", 1, 40);
	partition_stop(p); /* it has never run */
	assert_int_equal(nr_stopped, 1);
	assert_int_equal(p->state, PARTITION_NEW);
	partition_destroy(p);
}

static void test_all_off_by_themselves(void **state UNUSED)
{
	struct partition *p = running(3, 2);

	off(p->vcpu[0]);
	assert_int_equal(nr_all_off, 0);
	p->vcpu[2]->state = VCPU_READY; /* CPU_ON */
	off(p->vcpu[1]);
	assert_int_equal(nr_all_off, 0);
	off(p->vcpu[2]);
	assert_int_equal(nr_all_off, 1);
	assert_int_equal(nr_stopped, 0);
	assert_int_equal(p->state, PARTITION_RUNNING);
	partition_destroy(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_create, setup),
		cmocka_unit_test_setup(test_identifiers, setup),
		cmocka_unit_test_setup(test_nth_allocation_fails, setup),
		cmocka_unit_test_setup(test_create_refuses, setup),
		cmocka_unit_test_setup(test_stop, setup),
		cmocka_unit_test_setup(test_stop_when_none_is_on, setup),
		cmocka_unit_test_setup(test_all_off_by_themselves, setup),
	};

	return UNIT_RUN(tests);
}
