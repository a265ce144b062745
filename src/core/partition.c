/* SPDX-License-Identifier: BSD-3-Clause */
/* Partitions: building, and leaving; see partition.h. State owned: which identifiers are in use. */
#include "core/partition.h"

#include "core/heap.h"
#include "core/sched.h"
#include "core/vcpu.h"
#include "lib/bitmap.h"
#include "lib/string_ext.h"
#include "role/role.h"

/* VMIDs have 8 bits on every CPU; identifier and VMID are the same number, and 0 is nobody's. */
#define IDS 256

static uint64_t ids[BITMAP_WORDS(IDS)];
static struct spinlock ids_lock = SPINLOCK_INIT(LOCK_PARTITION);

#define MPIDR_RES1 BIT(31)
#define AFF0_MAX   16

static unsigned int take_id(void)
{
	unsigned int id;

	spin_lock(&ids_lock);
	id = bitmap_next_clear(ids, IDS, 1);
	if (id < IDS)
		bitmap_set(ids, id);
	spin_unlock(&ids_lock);
	return id < IDS ? id : 0;
}

static void give_id(unsigned int id)
{
	spin_lock(&ids_lock);
	bitmap_clear(ids, id);
	spin_unlock(&ids_lock);
}

static int add_vcpus(struct partition *p, unsigned int n)
{
	p->vcpu = heap_alloc(n * sizeof(p->vcpu[0]));
	if (!p->vcpu)
		return E_NOMEM;
	for (unsigned int i = 0; i < n; i++) {
		struct vcpu *v = heap_alloc(sizeof(*v));

		if (!v)
			return E_NOMEM;
		v->part = p;
		v->index = (uint16_t)i;
		v->arch.vmpidr = MPIDR_RES1 | (i / AFF0_MAX) << 8 | i % AFF0_MAX;
		vcpu_reset(v, 0, 0);
		p->vcpu[i] = v;
		p->nr_vcpus = i + 1;
	}
	return OK;
}

struct partition *partition_create(const char *name, unsigned int nr_vcpus, unsigned int ipa_bits)
{
	struct partition *p = heap_alloc(sizeof(*p));

	if (!p)
		return NULL;
	p->id = (uint16_t)take_id();
	p->vmid = p->id;
	spin_init(&p->lock, LOCK_PARTITION);
	str_copy(p->name, name, sizeof(p->name));
	if (!p->id || s2_init(&p->s2, p->vmid, ipa_bits)) {
		if (p->id)
			give_id(p->id);
		heap_free(p);
		return NULL;
	}
	if (add_vcpus(p, nr_vcpus)) {
		partition_destroy(p);
		return NULL;
	}
	return p;
}

void partition_destroy(struct partition *p)
{
	for (unsigned int i = 0; i < p->nr_vcpus; i++)
		heap_free(p->vcpu[i]);
	heap_free(p->vcpu);
	s2_destroy(&p->s2);
	give_id(p->id);
	heap_free(p);
}

void partition_stop(struct partition *p)
{
	bool none;

	spin_lock(&p->lock);
	if (p->state != PARTITION_RUNNING) {
		spin_unlock(&p->lock);
		return;
	}
	p->state = PARTITION_STOPPING;
	p->nr_live = 0;
	for (unsigned int i = 0; i < p->nr_vcpus; i++)
		p->nr_live += sched_stop(p->vcpu[i]);
	none = !p->nr_live;
	if (none)
		p->state = PARTITION_STOPPED;
	spin_unlock(&p->lock);
	if (none)
		role_partition_stopped(p);
}

void partition_vcpu_off_and_unlock(struct partition *p)
{
	bool stopped = false, all_off = true;

	for (unsigned int i = 0; i < p->nr_vcpus; i++)
		all_off = all_off && __atomic_load_n(&p->vcpu[i]->state, __ATOMIC_RELAXED) == VCPU_OFF;
	if (p->state == PARTITION_STOPPING && --p->nr_live == 0) {
		p->state = PARTITION_STOPPED;
		stopped = true;
	}
	all_off = all_off && p->state == PARTITION_RUNNING;
	spin_unlock(&p->lock);
	if (stopped)
		role_partition_stopped(p);
	else if (all_off)
		role_partition_all_off(p);
}
