/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VMs side by side: names, and who may share an image. No state, no lock. Images are compared by where Trivet sees
 * them, so a file of the bundle and a reg that points into it are found out as well.
 */
#include "lib/checked.h"
#include "lib/string.h"
#include "role/hyp/config_priv.h"

#define IMAGES_MAX (2 + CONFIG_DISKS_MAX) /* of one VM */

struct user {
	const struct vm_image *image;
	bool writes;
};

static unsigned int images_of(const struct vm_config *vm, struct user *out)
{
	unsigned int n = 0;

	out[n++] = (struct user){ &vm->kernel, false };
	if (vm->ramdisk.size)
		out[n++] = (struct user){ &vm->ramdisk, false };
	for (unsigned int i = 0; i < vm->nr_disks; i++)
		out[n++] = (struct user){ &vm->disk[i].image, !vm->disk[i].readonly };
	return n;
}

static bool overlap(const void *a, size_t alen, const void *b, size_t blen)
{
	return range_overlaps((uintptr_t)a, alen, (uintptr_t)b, blen);
}

/*
 * Two users of the same bytes get on when neither writes and they mean the same image: the same file, or the same
 * address in different VMs. Within one VM, two modules at one address are a mistake.
 */
static bool may_share(const struct user *a, const struct user *b, bool same_vm)
{
	if (a->writes || b->writes)
		return false;
	if (a->image->data != b->image->data || a->image->size != b->image->size)
		return false;
	return (a->image->file && b->image->file) || (!a->image->file && !b->image->file && !same_vm);
}

static int check_pair(const struct vm_config *vm, const struct user *a, const struct user *b, bool same_vm)
{
	if (!overlap(a->image->data, a->image->size, b->image->data, b->image->size) || may_share(a, b, same_vm))
		return OK;
	vm_config_error(vm, a->image->node, a->image->file ? "trivet,file" : "reg", "%s %s",
			a->writes || b->writes ? "a writable disk cannot share its image: overlaps" : "overlaps",
			b->image->node);
	return E_EXIST;
}

/* The same disk of the machine: only for those that all only read it. */
static int check_host_disks(const struct vm_config *vm, const struct vm_config *other)
{
	for (unsigned int i = 0; i < vm->nr_disks; i++) {
		const struct vm_disk *mine = &vm->disk[i];
		const unsigned int n = vm == other ? i : other->nr_disks;

		for (unsigned int j = 0; mine->host && j < n; j++) {
			const struct vm_disk *theirs = &other->disk[j];

			if (!theirs->host || theirs->host_disk != mine->host_disk ||
			    (mine->readonly && theirs->readonly))
				continue;
			vm_config_error(vm, mine->image.node, "trivet,host-disk",
					"a writable disk cannot be shared: %s has it too", theirs->image.node);
			return E_EXIST;
		}
	}
	return OK;
}

/* A disk must not write to the machine file, and a reg has no business there. */
static int check_machine_file(const struct config_source *src, const struct vm_config *vm, const struct user *u)
{
	if (!overlap(u->image->data, u->image->size, src->fdt, src->size) || (u->image->file && !u->writes))
		return OK;
	vm_config_error(vm, u->image->node, u->image->file ? "trivet,file" : "reg", "overlaps the machine file");
	return E_EXIST;
}

static int check_against(const struct vm_config *vm, const struct user *mine, unsigned int count,
			 const struct vm_config *other)
{
	struct user theirs[IMAGES_MAX];
	const unsigned int n = images_of(other, theirs);
	int r;

	if (strcmp(vm->name, other->name) == 0) {
		vm_config_error(vm, NULL, "trivet,name", "\"%s\" is the name of %s too", vm->name, other->node);
		return E_EXIST;
	}
	r = check_host_disks(vm, other);
	for (unsigned int i = 0; r == OK && i < count; i++) {
		for (unsigned int j = 0; r == OK && j < n; j++)
			r = check_pair(vm, &mine[i], &theirs[j], false);
	}
	return r;
}

int config_check(const struct config_source *src, const struct config *cfg, const struct vm_config *vm)
{
	struct user mine[IMAGES_MAX];
	const unsigned int n = images_of(vm, mine);
	int r = check_host_disks(vm, vm);

	for (unsigned int i = 0; r == OK && i < n; i++) {
		r = check_machine_file(src, vm, &mine[i]);
		for (unsigned int j = 0; r == OK && j < i; j++)
			r = check_pair(vm, &mine[i], &mine[j], true);
	}
	for (unsigned int i = 0; r == OK && i < cfg->nr_vms; i++)
		r = check_against(vm, mine, n, &cfg->vm[i]);
	return r;
}
