/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine's disks; see disks.h. State owned: the list of them, made at the first question and complete from then
 * on; only the boot core writes it, before VMs run.
 */
#include "role/hyp/disks.h"

#include "core/heap.h"
#include "core/hw.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/s1.h"
#include "drv/virtio_blk_host.h"
#include "plat/plat.h"

#define PLACES_MAX 64
#define NOT_YET	   (-1)

/* One device of the kind. */
struct found {
	struct hw_virtio at;
	void *regs;
	int number;	 /* NOT_YET, or for plat.h */
	bool registered; /* its interrupt has come to us for good: that cannot be undone */
};

static struct found found[VIRTIO_BLK_HOST_DISKS];
static unsigned int nr_found;
static bool looked;

/* Many places are empty in QEMU: what is there is only known by looking. */
static void look_for_disks(void)
{
	struct hw_virtio place[PLACES_MAX];
	unsigned int n = hw_find_virtio(hw.tree, place, PLACES_MAX);

	looked = true;
	for (unsigned int i = 0; i < n && nr_found < ARRAY_SIZE(found); i++) {
		void *regs;

		if (place[i].regs.size < VIRTIO_BLK_HOST_REGS)
			continue;
		regs = s1_map_window(PA(place[i].regs.base), place[i].regs.size, S1_DEVICE);
		if (regs && virtio_blk_host_kind(regs) != VIRTIO_BLK_HOST_NONE)
			found[nr_found++] = (struct found){ place[i], regs, NOT_YET, false };
	}
}

static enum irq_result on_irq(uint32_t intid UNUSED, void *arg)
{
	const struct found *f = arg;

	virtio_blk_host_irq((unsigned int)f->number);
	return IRQ_DONE;
}

static int start(struct found *f, const char **why)
{
	struct virtio_blk_host_place place = {
		.regs = f->regs,
		.memory = heap_alloc(virtio_blk_host_memory()),
		.intid = f->at.intid,
		.coherent = f->at.coherent,
	};
	int number;

	if (!place.memory) {
		*why = "out of memory";
		return E_NOMEM;
	}
	place.memory_pa = ptr_to_pa(place.memory);
	*why = "its interrupt is somebody else's too";
	number = f->registered ? OK : irq_register(f->at.intid, on_irq, f);
	f->registered = number == OK;
	if (number == OK)
		number = virtio_blk_host_add(&place, why);
	if (number < 0) {
		heap_free(place.memory);
		return number;
	}
	f->number = number;
	return OK;
}

int disks_get(unsigned int n, bool *readonly, const char **why)
{
	struct host_disk_info info;
	struct found *f;
	int err;

	if (!looked)
		look_for_disks();
	*why = nr_found ? "there are not so many" : "this machine has no virtio-mmio disk";
	if (n >= nr_found)
		return E_NOENT;
	f = &found[n];
	if (f->number == NOT_YET) {
		err = start(f, why);
		if (err != OK)
			return err;
	}
	err = host_disk_info((unsigned int)f->number, &info);
	if (err != OK)
		return err;
	*readonly = info.readonly;
	return f->number;
}

void disks_enable(unsigned int disk, unsigned int cpu)
{
	for (unsigned int i = 0; i < nr_found; i++) {
		const struct found *f = &found[i];

		if (f->number != (int)disk)
			continue;
		host_irq_route_spi(f->at.intid, cpu, f->at.edge);
		host_irq_enable(f->at.intid);
	}
}
